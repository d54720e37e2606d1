"""A book followed day by day concludes what a full re-run concludes, and tells exactly what changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matching.books import ACCOUNTS, books
from tests.matching.test_decisions import decision
from tests.matching.test_passes import OFFICINE, book

from tiers_payant.domain import (
    Book,
    Cause,
    Choix,
    Comptes,
    Creance,
    Decision,
    Delta,
    Etat,
    EtatVirement,
    Factures,
    Lecture,
    Lien,
    Rapprochement,
    Reponses,
    Source,
    Tables,
    groupe_ids,
    virement_ids,
)
from tiers_payant.matching import Suivi, reconcile, suivre
from tiers_payant.reports import rapprochement_chunks

NEUTRE = "tiers-payant/donnees/1"
"""Reference of a neutral file, whose rows may repeat those of another."""

Told = dict[str, Any]


def reading(tables: Tables, name: str, reference: str = "") -> Lecture:
    """Return *tables* as what one file of that name gave."""
    return Lecture(attrs.evolve(tables, sources=(Source(nom=name, format="exemple", reference=reference),)))


MAPPED = Comptes.of(
    officine=np.array(sorted(ACCOUNTS), dtype="S"),
    compte=np.array([ACCOUNTS[one] for one in sorted(ACCOUNTS)], dtype="S"),
)


@st.composite
def deliveries(draw: st.DrawFn) -> list[Lecture]:
    """Draw files whose rows meet, some of them delivered again, some accounts told and some not."""
    drawn = draw(st.lists(books(), min_size=1, max_size=4))
    if draw(st.booleans()):
        drawn = [attrs.evolve(tables, comptes=MAPPED) for tables in drawn]
    drawn += [drawn[rank] for rank in draw(st.lists(st.integers(0, len(drawn) - 1), max_size=2))]
    names = draw(st.lists(st.sampled_from("abcdef"), min_size=len(drawn), max_size=len(drawn)))
    reference = draw(st.sampled_from(["", NEUTRE]))
    return [reading(tables, name, reference) for tables, name in zip(drawn, names, strict=True)]


def document(result: Rapprochement) -> str:
    return "".join(rapprochement_chunks(result))


def plain(creance: Creance) -> tuple[Any, ...]:
    return (
        creance.debiteur, creance.du_cents, creance.annonce_cents, creance.credite_cents, creance.etat, creance.motif,
    )  # fmt: skip


def states(result: Rapprochement) -> dict[Any, Any]:
    return {creance.cle: plain(creance) for creance in result.creances}


def links(result: Rapprochement) -> set[tuple[frozenset[str], frozenset[str]]]:
    """Say the slow way which links there are: rows that share a class, a transfer or a bank line are one."""
    table = result.liens_virements
    groups, lines = groupe_ids(result.tables), virement_ids(result.tables)
    rows = list(zip(table.groupe.tolist(), table.virement.tolist(), table.classe.tolist(), strict=True))
    found = set()
    for row in rows:
        same = {
            other
            for other in rows
            if other == row or (other[2] == row[2] and (row[2] or other[0] == row[0] or other[1] == row[1]))
        }
        found.add((frozenset(groups[one] for one, _, _ in same), frozenset(lines[one] for _, one, _ in same)))
    directs, lone = result.liens_directs, creance_names(result)
    for line in set(directs.virement.tolist()):
        paid = frozenset(lone[row] for row in directs.creance[directs.virement == line].tolist())
        found.add((paid, frozenset({lines[line]})))
    return found


def creance_names(result: Rapprochement) -> list[str]:
    return [
        f"{one.officine}:{one.lot_date or 'NaT'}:{one.lot}:{one.facture}:{one.part.name}" for one in result.creances
    ]


def lines(result: Rapprochement) -> dict[str, tuple[int, int]]:
    cents = result.tables.virements.montant_cents.tolist()
    return dict(zip(virement_ids(result.tables), zip(result.etats_virements.tolist(), cents, strict=True), strict=True))


def offers(result: Rapprochement) -> set[tuple[Any, ...]]:
    table = result.propositions
    groups, names = groupe_ids(result.tables), virement_ids(result.tables)
    found: set[tuple[Any, ...]] = {
        (groups[table.groupe[row]], (), names[table.virement[row]], int(table.cents[row]), table.motif[row].decode())
        for row in range(len(table))
    }
    directs, lone = result.propositions_directes, creance_names(result)
    for number in set(directs.ensemble.tolist()):
        rows = np.flatnonzero(directs.ensemble == number).tolist()
        paid = tuple(sorted(lone[directs.creance[row]] for row in rows))
        line, cents = names[directs.virement[rows[0]]], int(directs.cents[rows].sum())
        found.add(("", paid, line, cents, directs.motif[rows[0]].decode()))
    return found


def compared(before: Rapprochement, after: Rapprochement) -> Told:
    """Compare two full results, the slow way."""
    old, new = states(before), states(after)
    was, now = lines(before), lines(after)
    return {
        "changed": {key: (old[key], new[key]) for key in old.keys() & new.keys() if old[key] != new[key]},
        "new": {key: new[key] for key in new.keys() - old.keys()},
        "gone": {key: old[key] for key in old.keys() - new.keys()},
        "settled": links(after) - links(before),
        "withdrawn": links(before) - links(after),
        "offers": offers(after) - offers(before),
        "offers gone": offers(before) - offers(after),
        "lines": {key: (was.get(key), now.get(key)) for key in was.keys() | now.keys() if was.get(key) != now.get(key)},
        "totals": (before.totaux, after.totaux),
    }


def ends(lien: Lien) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset({*lien.groupes, *lien.creances}), frozenset(lien.virements)


def told(delta: Delta) -> Told:
    return {
        "changed": {after.cle: (plain(before), plain(after)) for before, after in delta.creances()},
        "new": {creance.cle: plain(creance) for creance in delta.nouvelles},
        "gone": {creance.cle: plain(creance) for creance in delta.disparues},
        "settled": {ends(one) for one in delta.regles},
        "withdrawn": {ends(one.lien) for one in delta.retires},
        "offers": {attrs.astuple(one) for one in delta.offres},
        "offers gone": {attrs.astuple(one) for one in delta.offres_retirees},
        "lines": {
            one.virement: tuple(
                None if etat is None else (int(etat), one.montant_cents) for etat in (one.avant, one.apres)
            )
            for one in delta.virements
        },
        "totals": (delta.totaux_avant, delta.totaux_apres),
    }


@given(deliveries(), st.data())
@settings(deadline=None)
def test_each_step_tells_what_two_full_runs_differ_by(lectures, data):
    """
    In any order and any chunks: the delta is the difference of two full runs, and the follow-up is the full run.
    """
    suivi, read = suivre(), list[Lecture]()
    arriving = data.draw(st.permutations(lectures))
    while arriving:
        count = data.draw(st.integers(1, len(arriving)))
        before = reconcile(Book.from_lectures(read))
        read, arriving = [*read, *arriving[:count]], arriving[count:]
        suivi, delta = suivi.apply(read[-count:])
        after = reconcile(Book.from_lectures(read))
        assert compared(before, after) == told(delta)
        assert document(after) == document(suivi.result)
        assert after.totaux == suivi.totaux


@given(deliveries(), st.data())
@settings(deadline=None)
def test_decisions_change_what_a_full_run_would(lectures, data):
    """
    A decision taken or dropped on the way tells the difference of two full runs, and outlives the files that come.
    """
    first = data.draw(st.integers(0, len(lectures) - 1))
    whole = Book.from_lectures(lectures).tables
    ones = data.draw(st.lists(pairs_of(whole), max_size=3)) if len(whole.virements) else []
    suivi = suivre(lectures[:first])
    before = reconcile(Book.from_lectures(lectures[:first]))
    suivi, delta = suivi.decide(ones)
    after = reconcile(Book.from_lectures(lectures[:first]), decisions=ones)
    assert compared(before, after) == told(delta)
    suivi, delta = suivi.apply(lectures[first:])
    last = reconcile(Book.from_lectures(lectures), decisions=ones)
    assert compared(after, last) == told(delta)
    assert compared(last, reconcile(Book.from_lectures(lectures))) == told(suivi.decide([])[1])


def pairs_of(tables: Tables) -> st.SearchStrategy[Decision]:
    rows = st.integers(0, len(tables.groupes) - 1), st.integers(0, len(tables.virements) - 1)
    return st.builds(lambda group, line, choix: decision(tables, group, line, choix), *rows, st.sampled_from(Choix))


@given(deliveries())
@settings(deadline=None)
def test_the_same_files_again_change_nothing(lectures):
    """
    Idempotence: whatever was read once already tells nothing new.
    """
    suivi = suivre(lectures)
    _, delta = suivi.apply(lectures)
    assert not delta
    assert "Rien n'a changé." == delta.summary()


@given(deliveries())
@settings(deadline=None)
def test_a_step_leaves_the_step_before_as_it_was(lectures):
    """
    A follow-up never changes: going on from it twice gives the same twice.
    """
    suivi = suivre(lectures[:1])
    once, twice = suivi.apply(lectures[1:]), suivi.apply(lectures[1:])
    assert told(once[1]) == told(twice[1])
    assert document(reconcile(Book.from_lectures(lectures[:1]))) == document(suivi.result)


def day(name: str, **given_rows: Any) -> Lecture:
    return reading(book(**given_rows).tables, name)


def with_print(lecture: Lecture, mark: str, numero: str) -> Lecture:
    """Return a reading whose return and facture are not those of another."""
    tables = lecture.tables
    return Lecture(
        attrs.evolve(
            tables,
            retours=tables.retours.with_columns(empreinte=[mark]),
            factures=tables.factures.with_columns(lot=[numero] * len(tables.factures)),
            reponses=tables.reponses.with_columns(lot=[numero] * len(tables.reponses)),
        )
    )


JANUARY = with_print(day("b", groups=[{}], lines=[{"label": "CPAM DE VILLE-EXEMPLE"}]), "janvier", "001")
OLDER = with_print(day("a", groups=[{"date": "2025-12-01"}], lines=[]), "decembre", "002")


def test_an_older_transfer_withdraws_a_link_and_says_why():
    """
    A link by payer and amount, then an older open transfer of the same amount: it is withdrawn with both reasons.
    """
    suivi = suivre([JANUARY])
    assert [Etat.CREDITEE] == [creance.etat for creance in suivi.result.creances]
    after, delta = suivi.apply([OLDER])
    (retrait,) = delta.retires
    assert "payeur_net_periode" == retrait.lien.passe
    assert "le payeur, le montant net et la période" in retrait.evidence
    assert Cause.RIVAL is retrait.cause
    rival = next(name for name in groupe_ids(after.book.tables) if name.startswith("decembre"))
    assert (rival,) == retrait.rivaux
    assert rival in retrait.texte
    assert f"reconnu parce que {retrait.evidence}" in delta.summary()
    assert [(Etat.CREDITEE, Etat.ANNONCEE)] == [(one.etat, other.etat) for one, other in delta.creances()]
    assert [(EtatVirement.EXPLIQUE, EtatVirement.PROPOSE)] == [(one.avant, one.apres) for one in delta.virements]


def test_what_a_person_confirmed_is_never_withdrawn():
    """
    The same older transfer changes nothing to a link that a person accepted.
    """
    given_book = suivre([JANUARY]).book
    suivi = suivre([JANUARY], decisions=[decision(given_book.tables, 0, 0)])
    _, delta = suivi.apply([OLDER])
    assert () == delta.retires + delta.regles
    assert 0 == len(delta.apres)


def test_a_refused_link_is_withdrawn_as_such():
    """
    Undo of one link: the reason is the person's.
    """
    suivi = suivre([JANUARY])
    _, delta = suivi.decide([decision(suivi.book.tables, 0, 0, Choix.REFUSER, dt.date(2026, 2, 1))])
    assert [Cause.REFUSE] == [retrait.cause for retrait in delta.retires]


def test_a_link_that_a_better_one_replaces_names_it():
    """
    A return that announces the label of the bank line takes it: the former link names the new one.
    """
    label = "TP-20260108-EXEMPLE-0001"
    first = with_print(day("b", groups=[{}], lines=[{"label": f"CPAM {label}"}]), "janvier", "001")
    better = with_print(day("c", groups=[{"label": label}], lines=[]), "meilleur", "002")
    _, delta = suivre([first]).apply([better])
    assert [(Cause.REMPLACE, delta.regles)] == [(retrait.cause, retrait.remplace_par) for retrait in delta.retires]
    assert ["libelle_virement"] == [lien.passe for lien in delta.regles]


def test_a_movement_that_comes_later_changes_the_net():
    """
    An export of the movements of a transfer completes the one of its answers: the line is no longer its net.
    """
    more = with_print(day("c", groups=[{}], lines=[], moves=[{"cents": -100}]), "mouvements", "001").tables
    alone = attrs.evolve(more, factures=Factures.empty(), reponses=Reponses.empty())
    once, moved = (
        Lecture(attrs.evolve(tables, sources=(Source(nom=name, reference=NEUTRE),)))
        for name, tables in (("b", JANUARY.tables), ("c", alone))
    )
    suivi, delta = suivre([once]).apply([moved])
    assert [Cause.MONTANT] == [retrait.cause for retrait in delta.retires]
    assert compared(reconcile(Book.from_lectures([once])), suivi.result) == told(delta)


def two_officines() -> tuple[Suivi, Lecture]:
    """Return a follow-up of two officines, and a return of the second."""
    other = {"officine": ["999000027"]}
    first = attrs.evolve(JANUARY.tables, comptes=Comptes.of(officine=[OFFICINE], compte=["A"]))
    second = attrs.evolve(
        first,
        sources=(Source(nom="z", format="exemple"),),
        comptes=Comptes.of(**other, compte=["B"]),
        factures=first.factures.with_columns(**other),
        reponses=first.reponses.with_columns(**other),
        groupes=first.groupes.with_columns(**other),
        retours=first.retours.with_columns(empreinte=["autre"]),
        virements=first.virements.with_columns(compte=["B"]),
    )
    return suivre([Lecture(first), Lecture(second)]), reading(OLDER.tables, "y")


def test_a_step_judges_only_the_officines_that_it_touches():
    """
    The other officine keeps what was concluded of it: the very same object.
    """
    suivi, more = two_officines()
    after, delta = suivi.apply([more])
    kept = [one.bilan for one in suivi._registre.parties.values()]
    assert 1 == sum(any(one.bilan is bilan for bilan in kept) for one in after._registre.parties.values())
    assert {OFFICINE} == {creance.officine for creance in [*delta.apres, *delta.nouvelles]}


def test_an_account_that_two_officines_claim_joins_them():
    """
    A new table of accounts makes a line anybody's: everything is judged together, and cut again once it is told.
    """
    suivi, _ = two_officines()
    both = Tables(sources=(Source(nom="x"),), comptes=Comptes.of(officine=["999000027"], compte=["A"]))
    joined, delta = suivi.apply([Lecture(both)])
    assert 1 == len(joined._registre.parties)
    assert compared(suivi.result, joined.result) == told(delta)


def test_accounts_told_late_part_the_book():
    """
    Lines of nobody tie everything; once their account is told, the officines stand apart again.
    """
    suivi, _ = two_officines()
    tables = [attrs.evolve(lecture.tables, comptes=Comptes.empty()) for lecture in suivi.lectures]
    late = Tables(sources=(Source(nom="x"),), comptes=suivi.book.tables.comptes.with_columns(source=[0, 0]))
    joined = suivre(map(Lecture, tables))
    parted, delta = joined.apply([Lecture(late)])
    assert (1, 2) == (len(joined._registre.parties), len(parted._registre.parties))
    assert compared(joined.result, parted.result) == told(delta)
