"""Levées: what a person verified is lifted, that and nothing else, until its last day."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from tests.dunning.dossiers import cible, day, dossier, facture, owing
from tests.dunning.livres_plan import annuaires, echanges_of, levees_of, policies, results, todays
from tests.dunning.oracle import Claim, Livre, covering

from tiers_payant import dunning
from tiers_payant.domain import (
    LEVABLES,
    Annuaire,
    Cible,
    Contact,
    GateSpec,
    Levee,
    PlanRelances,
    Raison,
    Rapprochement,
    RelancePolicy,
    TypeDebiteur,
    read_levees,
    virement_ids,
    write_levees,
)
from tiers_payant.errors import LayoutError, PolicyError
from tiers_payant.rejets import deadlines

TODAY = day("2026-04-01")
SAID: dict[str, Any] = {"par": "EXEMPLE", "le": TODAY, "au": day("2026-04-30"), "pourquoi": "exemple"}
LINE = (Raison.RETOUR_ABSENT, Raison.CREDIT_NON_AFFECTE)
ANNUAIRE = Annuaire(
    contacts=[Contact(id=one, nom="EXEMPLE", type=TypeDebiteur.PATIENT, debiteurs=(f"CLIENT:{one}",), email="e@ex.fr",
                      telephone="0000000000") for one in ("C1", "C2")]
)  # fmt: skip


def credited(*days: str, cents: int = 1000) -> Rapprochement:
    """A customer owes 10 EUR, and a credit of that very amount, from nobody known, came on each of these days."""
    return dossier(
        factures=[facture(1, nir="1850599999001", paiement="00")],
        comptes_clients=[owing(1)],
        comptes=[{"officine": "999000019", "compte": "A"}],
        releves=[{"compte": "A", "devise": "EUR", "du": "2026-03-01", "au": "2026-04-30"}],
        virements=[
            {"releve": 0, "compte": "A", "date": one, "montant_cents": cents, "devise": "EUR", "libelle": f"VIR {rank}"}
            for rank, one in enumerate(days)
        ],
    )  # fmt: skip


def planned(result: Rapprochement, *levees: Levee, today: dt.date = TODAY, **more: Any) -> PlanRelances:
    policy = attrs.evolve(RelancePolicy.standard(), cout_minute_cents=0)
    return dunning.plan(
        result, deadlines(result, today=today), policy=policy, today=today, annuaire=ANNUAIRE, levees=levees, **more
    )


def reasons(plan: PlanRelances) -> list[str]:
    return [raison.name for raison in plan.counts()]


def test_line_that_pays_nothing_holds_nothing():
    """
    One lifted, the other still holds; both lifted, the customer is reminded, and the contact says who looked when.
    """
    result = credited("2026-03-10", "2026-03-12")
    names = virement_ids(result.tables)
    first, second = (Levee(virement=name, **SAID) for name in names)
    assert ["CREDIT_NON_AFFECTE"] == reasons(planned(result))
    assert ["CREDIT_NON_AFFECTE"] == reasons(planned(result, first))
    assert ["CREDIT_NON_AFFECTE"] == reasons(planned(result, second))
    plan = planned(result, first, second)
    assert (1, []) == (len(plan), reasons(plan))
    assert "vérifié le 01/04/2026 pour 1 créance ;" in plan[0].pourquoi.replace("\u00a0", " ")
    assert [TODAY] == plan.creances.verifiee.tolist()


def test_levee_ends_by_itself():
    """
    Nothing before its day, nothing after its last one, for one plan as for a result that is planned day after day.
    """
    result = credited("2026-03-10")
    levee = Levee(virement=virement_ids(result.tables)[0], **{**SAID, "le": day("2026-04-02"), "au": day("2026-04-07")})
    ready = dunning.prepare(result, deadlines(result, today=TODAY), policy=RelancePolicy.standard(), annuaire=ANNUAIRE)
    held = [day(f"2026-04-{one:02}") for one in (1, 2, 7, 8)]
    assert [True, False, False, True] == [
        "CREDIT_NON_AFFECTE" in reasons(planned(result, levee, today=one)) for one in held
    ]
    assert [True, False, False, True] == [
        "CREDIT_NON_AFFECTE" in reasons(ready.plan(today=one, levees=[levee])) for one in held
    ]


def test_money_that_came_since_holds_again():
    """
    Who looked at a claim knew what was booked that day, no more.
    """
    levee = Levee(cible=cible(1), raison=Raison.CREDIT_NON_AFFECTE, **{**SAID, "le": day("2026-03-12")})
    assert [] == reasons(planned(credited("2026-03-10", "2026-03-12"), levee))
    assert ["CREDIT_NON_AFFECTE"] == reasons(planned(credited("2026-03-10", "2026-03-13"), levee))


def owed_by_the_caisse(line: str) -> Rapprochement:
    """An insurer owes a facture of 2 March, and sent on this day a transfer that no return announces."""
    return dossier(
        factures=[facture(1, nir="1850599999001")],
        comptes=[{"officine": "999000019", "compte": "A"}],
        releves=[{"compte": "A", "devise": "EUR", "du": "2026-03-01", "au": "2026-04-30"}],
        virements=[{"releve": 0, "compte": "A", "date": line, "montant_cents": 777, "devise": "EUR",
                    "libelle": "CPAM DE VILLE-EXEMPLE"}],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "seen", "reason"),
    [
        ("2026-03-01", None, "RETOUR_ANCIEN"),
        ("2026-03-02", None, "RETOUR_ABSENT"),
        ("2026-03-10", "2026-03-09", "RETOUR_ABSENT"),
        ("2026-03-10", "2026-03-10", "RETOUR_ANCIEN"),
    ],
)
def test_days_of_a_transfer_that_no_return_announces(line, seen, reason):
    """
    Nothing pays a claim before the day of its lot; who looked that evening saw it, who looked the day before did not.
    """
    said = {**SAID, "le": day(seen)} if seen else {}
    levees = [Levee(cible=cible(1), raison=Raison.RETOUR_ABSENT, **said)] if seen else []
    assert [reason] == reasons(planned(owed_by_the_caisse(line), *levees))


def test_reason_that_is_lifted_is_the_only_one():
    """
    A levée of another reason, or of another customer, lifts nothing; what people agreed holds all the same.
    """
    result = credited("2026-03-10")
    other = Levee(cible=cible(1), raison=Raison.REQUALIFICATION, **SAID)
    stranger = Levee(cible=cible(client="C2"), raison=Raison.CREDIT_NON_AFFECTE, **SAID)
    mine = Levee(cible=cible(client="C1"), raison=Raison.CREDIT_NON_AFFECTE, **SAID)
    assert ["CREDIT_NON_AFFECTE"] == reasons(planned(result, other, stranger))
    assert [stranger] == list(planned(result, other, stranger).levees_sans_objet)
    assert [] == reasons(planned(result, mine))
    everything = GateSpec(name="exemple", raison=Raison.SUSPENDUE, label="Exemple",
                          hold=lambda result, today: np.ones(len(result.creances), dtype=np.bool_))  # fmt: skip
    assert ["SUSPENDUE"] == reasons(planned(result, mine, gates=[everything]))
    doubt = attrs.evolve(everything, raison=Raison.REQUALIFICATION)
    assert ["REQUALIFICATION"] == reasons(planned(result, mine, gates=[doubt]))
    assert [] == reasons(planned(result, mine, other, gates=[doubt]))


def test_name_that_is_no_line_is_told():
    """
    A misspelt name lifts nothing, and is not lost.
    """
    result = credited("2026-03-10")
    for name in ("A:2026-03-10:1000:00000000", "A:2026-03-11:1000:ffffffff", "n'importe quoi", "000000001"):
        plan = planned(result, Levee(virement=name, **SAID))
        assert (["CREDIT_NON_AFFECTE"], [name]) == (
            reasons(plan), [one.virement for one in plan.levees_sans_objet]
        )  # fmt: skip


def test_run_file_keeps_the_trace():
    """
    The day on which somebody looked goes through the history; a claim that nothing held has none.
    """
    result = credited("2026-03-10")
    plan = planned(result, Levee(virement=virement_ids(result.tables)[0], **SAID))
    text = dunning.echanges_to_json(dunning.echanges_of(plan, result), TODAY)
    assert '"verifiee": "2026-04-01"' in text
    assert [TODAY] == dunning.echanges_from_json(text, TODAY, "x").verifiee.tolist()
    result = credited("2026-03-10", cents=900)
    text = dunning.echanges_to_json(dunning.echanges_of(planned(result), result), TODAY)
    assert "verifiee" not in text
    assert [None] == dunning.echanges_from_json(text, TODAY, "x").verifiee.tolist()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "virement: expected a bank line"),
        ({"virement": "x", "cible": cible(1)}, "virement: expected a bank line"),
        ({"virement": "x", "raison": Raison.RETOUR_ABSENT}, "raison: expected none"),
        ({"cible": cible(1)}, "raison: expected one of LECTURE_INCOMPLETE"),
        *(({"cible": cible(1), "raison": one}, "raison: expected one of") for one in Raison if one not in LEVABLES),
        ({"virement": "x", "par": " "}, "par: expected a text"),
        ({"virement": "x", "pourquoi": ""}, "pourquoi: expected a text"),
        ({"virement": "x", "au": day("2026-03-31")}, "au comes before le"),
    ],
)
def test_levee_that_cannot_be(changed, words):
    """
    Neither a death nor confidential care, a forclusion, a proposal or a statement: nobody lifts them.
    """
    with pytest.raises(PolicyError, match=words):
        Levee(**{**SAID, **changed})


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    today = draw(todays)
    result, policy = draw(results(today)), draw(policies())
    return {
        "result": result, "echeances": deadlines(result, today=today), "policy": policy, "today": today,
        "annuaire": draw(annuaires()), "echanges": echanges_of(draw, result, policy, today),
    }  # fmt: skip


def held(plan: PlanRelances) -> dict[int, Raison]:
    """What stops each claim before any step is looked at."""
    table = plan.ecarts
    some = table.raison <= Raison.REQUALIFICATION
    return dict(zip(table.creance[some].tolist(), map(Raison, table.raison[some].tolist()), strict=True))


@settings(max_examples=80, deadline=None)
@given(cases(), st.data())
def test_levee_lifts_exactly_what_it_names(case, data):
    """
    What another reason held first is held as before; a claim that is let go was held for what the levée is about.
    """
    (levee,) = [*data.draw(levees_of(case["result"], case["today"], counts=(1,))), None][:1]
    assume(levee is not None and levee.holds_on(case["today"]))
    before, after = held(dunning.plan(**case)), held(dunning.plan(**case, levees=[levee]))
    changed = {row for row in before.keys() | after.keys() if before.get(row) is not after.get(row)}
    event(f"changed: {min(len(changed), 1)}, {'line' if levee.virement else levee.raison.name}")
    lifted = LINE if levee.virement else (levee.raison,)
    assert {before.get(row) for row in changed} <= set(lifted)
    assert all(after.get(row, Raison.SOUS_LE_COUT) > before[row] for row in changed)


@settings(max_examples=40, deadline=None)
@given(cases(), st.data(), st.randoms(use_true_random=False))
def test_order_of_levees_changes_nothing(case, data, shuffled: random.Random):
    """
    In any order, twice over: the same contacts, the same reasons, the same days of verification.
    """
    levees = data.draw(levees_of(case["result"], case["today"]))
    moved = [*levees, *levees]
    shuffled.shuffle(moved)
    one, other = dunning.plan(**case, levees=levees), dunning.plan(**case, levees=moved)
    assert columns(one) == columns(other)


def columns(plan: PlanRelances) -> list[Any]:
    tables = (plan.relances, plan.creances, plan.ecarts, plan.retenants())
    return [values.tolist() for table in tables for values in table.columns().values()]


@settings(max_examples=80, deadline=None)
@given(cases(), st.data())
def test_lines_that_hold_are_counted_one_by_one(case, data):
    """
    For each line, the claims that it alone would hold; of a group or of an amount, the line that is shown.
    """
    levees = data.draw(levees_of(case["result"], case["today"]))
    plan = dunning.plan(**case, levees=levees)
    book = Livre(
        case["result"], case["echeances"], case["policy"], case["today"], case["annuaire"], case["echanges"], levees
    )
    claims = {claim.row: claim for claim in book.claims}
    proofs = zip(plan.ecarts.creance.tolist(), plan.ecarts.preuve.tolist(), strict=True)
    shown = {row: [line] if line >= 0 else [] for row, line in proofs}
    expected: Counter[int] = Counter()
    for row, raison in held(plan).items():
        if raison in LINE:
            for line in holding(book, claims[row], raison) or shown[row]:
                expected[line] += claims[row].rest
    table = plan.retenants()
    event(f"lines: {min(len(table), 2)}")
    assert dict(expected) == dict(zip(table.virement.tolist(), table.cents.tolist(), strict=True))


def holding(book: Livre, claim: Claim, raison: Raison) -> list[int]:
    """The lines each of which, were it the only one, might pay a claim."""
    every, found = book.lines, []
    for line in every:
        book.lines = [line]
        if covering(book, claim, without_return=raison is Raison.RETOUR_ABSENT):
            found.append(line["row"])
    book.lines = every
    return found


# --- files

days = st.dates(day("2026-01-01"), day("2027-12-31"))
printing = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
texts = st.lists(printing, min_size=1, max_size=3).map(" ".join)
references = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8).filter(
    lambda text: not text.startswith("#")
)


@st.composite
def levees(draw: st.DrawFn) -> Levee:
    first = draw(days)
    said: dict[str, Any] = {"par": draw(texts), "pourquoi": draw(texts), "le": first}
    said["au"] = first + dt.timedelta(days=draw(st.integers(0, 99)))
    if draw(st.booleans()):
        return Levee(virement=draw(texts), **said)
    named: dict[str, Any] = (
        {"debiteur": draw(references)} if draw(st.booleans()) else {"lot": draw(references), "facture": "1"}
    )
    target = Cible(officine=draw(references), lot_date=draw(st.none() | days), **named)
    return Levee(cible=target, raison=draw(st.sampled_from(LEVABLES)), **said)


@settings(max_examples=60)
@given(st.lists(levees(), max_size=4))
def test_any_file_round_trips(tmp_path_factory, every):
    """
    What is written is read back equal, whatever a spreadsheet might make of it.
    """
    path = tmp_path_factory.mktemp("levees") / "levees.csv"
    write_levees(every, path)
    assert tuple(every) == read_levees(path)


HEAD = "raison;virement;officine;debiteur;lot;facture;le;au;par;pourquoi\n"
RIGHT = ";A:2026-03-10:1000:0a0b0c0d;;;;;01/04/2026;30/04/2026;EXEMPLE;exemple\n"


def test_file_that_a_person_typed(tmp_path):
    """
    A bank line by its name, a customer by the officine's reference; capitals of the reason as they come.
    """
    path = tmp_path / "l.csv"
    path.write_text(
        HEAD + RIGHT + "requalification;;999000019;CLIENT:C1;;;01/04/2026;30/04/2026;EXEMPLE;exemple\n",
        encoding="utf-8",
    )
    expected = (
        Levee(virement="A:2026-03-10:1000:0a0b0c0d", **{**SAID, "par": "EXEMPLE"}),
        Levee(cible=cible(client="C1"), raison=Raison.REQUALIFICATION, **SAID),
    )
    assert expected == read_levees(path)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (";;;;;;2026-04-01;2026-04-30;E;e",
         "l.csv:3:2: virement: virement: expected a bank line, or else claims or a debtor"),
        ("deces;;9;C;;;2026-04-01;2026-04-30;E;e",
         f"l.csv:3:1: raison: expected one of {', '.join(one.name for one in LEVABLES)}, got 'AAAAA'"),
        ("retour_absent;A:1;;;;;2026-04-01;2026-04-30;E;e",
         "l.csv:3:1: raison: raison: expected none for a bank line, which then holds nothing at all"),
        ("retour_absent;;9;;;;2026-04-01;2026-04-30;E;e",
         "l.csv:3:3: officine: expected an officine, and a debtor or a facture"),
        (";A:1;;;;;2026-04-01;;E;e", "l.csv:3:8: au: expected a date AAAA-MM-JJ or JJ/MM/AAAA, got ''"),
        (";A:1;;;;;2026-04-01;2026-03-01;E;e", "l.csv:3:8: au: au comes before le"),
        (";A:1;;;;;2026-04-01;2026-04-30;;e", "l.csv:3:9: par: par: expected a text"),
    ],
)  # fmt: skip
def test_row_that_cannot_be(tmp_path, row, words):
    """
    Told with its place and its shape; the row that is right is not kept either.
    """
    path = tmp_path / "l.csv"
    path.write_text(f"{HEAD}{RIGHT}{row}\n", encoding="utf-8")
    with pytest.raises(LayoutError) as error:
        read_levees(path)
    assert [words] == str(error.value).splitlines()
