"""Explanations: why, on what evidence, which rivals lost and by how much, and why not; true, and fit to be read."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.matching.books import books
from tests.matching.test_decisions import TIED
from tests.matching.test_laws import _shuffled
from tests.matching.test_partiels import alone as partial
from tests.matching.test_partiels import gathered
from tests.matching.test_passes import LABEL, OFFICINE, REPRISE, book
from tests.matching.test_sans_retour import ONE as DIRECT
from tests.matching.test_sans_retour import amo, lot
from tests.matching.test_sans_retour import book as without_return
from tests.matching.test_sommes import ONE, TWO, owned

from tiers_payant.domain import (
    Book,
    Choix,
    Decision,
    EtatVirement,
    LiensDirects,
    PropositionsReponses,
    Rapprochement,
    Reponse,
    Sujet,
    Tables,
    groupe_ids,
    repere_id,
    repere_ids,
    virement_ids,
)
from tiers_payant.domain._temoins import witnesses
from tiers_payant.errors import ColumnError
from tiers_payant.matching import MatchPolicy, _passes, reconcile
from tiers_payant.matching._candidats import Edges
from tiers_payant.matching._groupes import bank_of

KEY = "999000019:2026-01-05:001:000000000:AMO"


def text(result: Rapprochement, what: Any) -> str:
    return str(result.explain(what)).replace("\u00a0", " ")


def line(result: Rapprochement, row: int) -> str:
    return virement_ids(result.tables)[row]


def transfer(result: Rapprochement, row: int = 0) -> str:
    return groupe_ids(result.tables)[row]


def everything(result: Rapprochement) -> list[Any]:
    return [*result.creances, *result.reponses, *result.groupes, *result.virements, *result.exceptions()]


@given(books())
def test_everything_can_be_explained(tables: Tables):
    """
    Créances, answers, transfers, bank lines and exceptions: lines without a gap, and facts that JSON can hold.
    """
    result = reconcile(Book(tables=tables))
    for what in everything(result):
        told = result.explain(what)
        assert str(told) == "\n".join(told.lignes)
        assert told.faits == json.loads(json.dumps(told.faits))
        assert not re.search(r"None|NaT|\bAMBIGU\b|[A-Z]+_[A-Z]+|\(\)", str(told))
        assert not re.search(
            r"\b[01] (?:\w+s|rivaux)\b|\b(?:[2-9]|\d\d+) (?:autre|jour|virement|règlement|retour)\b", str(told)
        )


@given(books())
def test_names_lead_back(tables: Tables):
    """
    The identifier that an explanation gives is that of the same thing, alone or among all.
    """
    result = reconcile(Book(tables=tables))
    reperes = [*result.reponses, *result.groupes, *result.virements]
    assert repere_ids(result, reperes) == [repere_id(result, one) for one in reperes]
    assert groupe_ids(tables) == [repere_id(result, one) for one in result.groupes]
    assert virement_ids(tables) == [repere_id(result, one) for one in result.virements]
    for one in reperes:
        assert [one] == result.named(repere_id(result, one))
    for creance in result.creances:
        assert result.explain(creance) == result.explain(result.explain(creance).id)


@given(books(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_word(tables: Tables, random: Any):
    """
    Permuted tables are explained in the same words, thing by thing.
    """

    def told(result: Rapprochement) -> dict[str, str]:
        things = [*result.creances, *result.reponses, *result.groupes, *result.virements]
        return {one.id: str(one) for one in map(result.explain, things)}

    assert told(reconcile(Book(tables=tables))) == told(reconcile(Book(tables=_shuffled(tables, random))))


@given(books())
def test_evidence_is_what_the_passes_saw(tables: Tables):
    """
    Labels held, payers that fit and dates that deny are read as the matching reads them.
    """
    result = reconcile(Book(tables=tables))
    groups, lines = len(tables.groupes), len(tables.virements)
    pairs = Edges(np.repeat(np.arange(groups), lines), np.tile(np.arange(lines), groups))
    paires = _passes.Contexte(tables, bank_of(tables, result.payeurs, MatchPolicy())).paires(pairs)
    seen = [witnesses(result, int(group), int(line)) for group, line in zip(pairs.left, pairs.right, strict=True)]
    assert _passes.label_holds(paires).tolist() == [bool(one.libelle) for one in seen]
    assert _passes.payer_fits(paires).tolist() == [one.payeur_convient for one in seen]
    assert _passes.denied(paires).tolist() == [one.autre_date for one in seen]


def test_a_settled_creance_says_why():
    """
    The answer, the pass in words, the evidence to the cent and to the day.
    """
    result = reconcile(book(groups=[{"label": LABEL}], lines=[{"label": f"CPAM DE VILLE-EXEMPLE {LABEL}"}]))
    told = text(result, result.creances[0])
    assert "Rattachée : l'officine, la date et le numéro du lot, et le numéro de facture sont les mêmes." in told
    assert "Reconnu : le relevé porte le libellé de virement que le retour annonce, et le montant net." in told
    assert f"Preuves : libellé « {LABEL} » porté par le relevé ; payeur nommé : Assurance maladie" in told
    assert "montant égal au centime ; crédité 1 jour après l'annonce." in told
    assert KEY == result.explain(result.creances[0]).id


def test_rivals_say_why_they_lost_and_by_how_much():
    """
    The same amount on another day, from another payer, under another reference: each is told.
    """
    lines = [
        {"label": f"CPAM {LABEL}"},
        {"label": "CETIP TP SP S", "date": "2026-01-14"},
        {"label": "CPAM TP-20260112-EXEMPLE-0002", "date": "2026-01-12"},
    ]
    result = reconcile(book(groups=[{"label": LABEL}], lines=lines))
    told = text(result, result.groupes[0])
    lost = told[told.index("Candidats écartés") :]
    assert (
        f"({line(result, 2)}), crédité 4 jours après l'annonce : la référence du relevé est d'un autre virement" in lost
    )
    assert f"({line(result, 1)}), crédité 6 jours après l'annonce : autre payeur nommé : CETIP" in lost
    assert lost.index("2026-01-12") < lost.index("2026-01-14")


def test_what_is_near_is_told_with_its_gap():
    """
    Nothing matches: the line of about the amount is named, with what is missing and when; farther ones are not.
    """
    result = reconcile(book(groups=[{}], lines=[{"cents": 980, "date": "2026-01-12"}, {"cents": 500}]))
    told = text(result, result.creances[0])
    assert "Aucun virement reconnu pour ce règlement." in told
    near = f"virement de 9,80 € du 12/01/2026 ({line(result, 0)}), crédité 4 jours après l'annonce : 0,20 € de moins"
    assert near in told
    assert "5,00 €" not in told
    back = text(result, line(result, 0))
    assert "Inexpliqué : aucun règlement annoncé ne lui correspond." in back
    near = f"règlement de 10,00 € annoncé le 08/01/2026 ({transfer(result)}), crédité 4 jours après l'annonce"
    assert f"{near} : 0,20 € de moins" in back
    alone = text(result, line(result, 1))
    assert "Aucun règlement annoncé ne s'en approche : il manque sans doute un retour." in alone


def test_neighbours_are_bounded():
    """
    Five are named, the others counted; those free to pay stand first.
    """
    lines = [{"cents": 1000 + gap, "date": "2026-01-12"} for gap in range(1, 9)]
    result = reconcile(book(groups=[{}], lines=lines))
    told = text(result, result.groupes[0])
    assert 5 == told.count("virement de 10,0")
    assert "- et 3 autres" in told


def test_a_tie_names_both_candidates():
    """
    From either end: what may pay it, what it may pay, how many rivals.
    """
    result = reconcile(book(groups=[{}], lines=[{}, {"date": "2026-01-12"}]))
    told = text(result, result.groupes[0])
    assert "Aucun virement n'est reconnu ; à confirmer par une personne :" in told
    assert told.index(f"({line(result, 0)}), crédité 1 jour") < told.index(f"({line(result, 1)}), crédité 4 jours")
    assert 2 == told.count("Ambigu : un autre candidat convient aussi, rien ne les départage.")
    assert "Il pourrait payer :\n    - règlement de 10,00 € annoncé le 08/01/2026" in text(result, result.virements[1])


def test_a_gross_match_says_the_withholding():
    """
    The line equals the payments, the transfer announces less: by how much.
    """
    result = reconcile(book(groups=[{}], lines=[{}], moves=[{"cents": -150}]))
    told = text(result, result.groupes[0])
    assert "Il égale les paiements sans les retenues : 1,50 € de plus que le net." in told


def test_withholdings_that_take_all_leave_nothing_to_wait_for():
    """
    A transfer of net zero has no credit: said, instead of looked for.
    """
    result = reconcile(book(groups=[{}], lines=[], moves=[{"cents": -1000}]))
    told = text(result, result.groupes[0])
    assert "Aucun virement n'est à attendre : les retenues absorbent tout le règlement." in told
    rejected = answered(Reponse.REJETEE)
    nothing = text(rejected, rejected.groupes[0])
    assert "Aucun virement n'est à attendre : ce règlement n'annonce rien à payer." in nothing


def test_a_class_is_told_from_both_ends():
    """
    Equal transfers paid by equal lines: all of them, and that no pair is stated.
    """
    result = reconcile(book(groups=[{}, {}], lines=[{}, {"date": "2026-01-12"}]))
    for what in (result.creances[0], result.groupes[1], result.virements[0]):
        told = text(result, what)
        assert "Payés ensemble : 2 règlements de 10,00 €, par 2 virements de ce montant." in told
        assert f"({line(result, 0)})" in told
        assert f"({line(result, 1)})" in told


def test_sums_are_told_from_both_ends():
    """
    Several lines for one transfer, several transfers in one line: the parts, and that they make the whole.
    """
    split = reconcile(owned(groups=[{"du": ONE + TWO}], lines=[{"cents": ONE}, {"cents": TWO}]))
    for what in (split.groupes[0], split.virements[1]):
        assert "Règlement payé par 2 virements : " in text(split, what)
    joint = reconcile(owned(groups=[{"du": ONE}, {"du": TWO}], lines=[{"cents": ONE + TWO}]))
    assert "qui en règle aussi 1 autre." in text(joint, joint.groupes[0])
    assert "montant égal au centime" in text(joint, joint.groupes[0])
    told = text(joint, joint.virements[0])
    assert "Il paie 2 règlements, dont la somme est la sienne :" in told
    assert "Reconnu : un virement est la somme de plusieurs règlements du payeur" in told


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"label": "LOYER EXEMPLE", "cents": 55}, "Hors tiers payant : ni payeur connu"),
        ({"cents": -500}, "Débit inexpliqué."),
        ({"statut": 1, "cents": 55}, "ce n'est pas encore de l'argent"),
        ({"devise": "CHF", "cents": 55}, "Il est en CHF, et seuls les euros comptent."),
    ],
    ids=["rent", "debit", "pending", "francs"],
)
def test_a_line_that_pays_nothing_says_what_it_is(line, words):
    """
    Out of scope, a debit, not yet money, not in euros.
    """
    result = reconcile(book(groups=[], lines=[line]))
    assert words in text(result, result.virements[0])


def test_a_search_that_gave_up_is_said():
    """
    More equal credits than anybody would choose from: the reason is told, and a few of them.
    """
    result = reconcile(book(groups=[{}], lines=[{"date": f"2026-01-{day:02d}"} for day in range(8, 23)] * 2))
    assert "trop de règlements du même montant" in text(result, result.virements[0])


def answered(said: Reponse, **columns: Any) -> Rapprochement:
    given = book(groups=[{}], lines=[])
    answers = given.tables.reponses.with_columns(reponse=[said], annonce_cents=[0], **columns)
    return reconcile(Book(tables=attrs.evolve(given.tables, reponses=answers)))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Reponse.REJETEE, ": rejet."),
        (Reponse.DIFFEREE, ": paiement différé."),
        (Reponse.TRAITEMENT_CAISSE, ": en traitement à la caisse."),
        (Reponse.NON_TRAITEE, ": sans paiement ni rejet."),
        (Reponse.PAYEE, ": paiement de zéro."),
    ],
)
def test_answers_without_money_are_said_in_words(said, words):
    """
    Never the name of an enumeration; and nothing is said of a transfer that brings no money.
    """
    result = answered(said)
    told = text(result, result.creances[0])
    assert words in told
    assert "règlement" not in told.lower()


def test_no_answer_says_which_returns_were_read():
    """
    A créance nobody answered: how many returns, of which days.
    """
    given = book(groups=[{}], lines=[])
    tables = attrs.evolve(given.tables, reponses=type(given.tables.reponses).empty())
    dated = attrs.evolve(tables, retours=tables.retours.with_columns(date=["2026-01-08"]))
    result = reconcile(Book(tables=dated))
    assert "1 retour lu, du 08/01/2026 : aucun ne parle de cette part." in text(result, result.creances[0])
    nothing = reconcile(Book.from_columns({"factures": tables.factures.columns()}))
    assert "Aucun retour n'a été lu." in text(nothing, nothing.creances[0])


def test_an_answer_that_looks_like_it_is_shown():
    """
    The same number in another lot: shown beside the créance, and the créance beside the answer, with the gap.
    """
    given = book(groups=[{}], lines=[])
    answers = given.tables.reponses.with_columns(lot=["002"], annonce_cents=[900])
    result = reconcile(Book(tables=attrs.evolve(given.tables, reponses=answers)))
    told = text(result, result.creances[0])
    assert "Des réponses sans facture y ressemblent :\n      - Réponse (colonnes) : annonce 9,00 €" in told
    told = text(result, "exemple#0")
    assert "Rattachée à rien. Réponse à une facture qu'aucun lot lu ne porte." in told
    assert "Facture 000000000, lot 001 du 05/01/2026, part AMO : 10,00 € dus, à 1,00 € près" in told


def test_a_tied_answer_names_its_creance_and_its_transfer():
    """
    Which share, for how much of it, and how the transfer was paid.
    """
    result = reconcile(book(groups=[{}], lines=[{}]))
    told = text(result, result.reponses[0])
    assert (
        f"Rattachée, pour 10,00 € sur 10,00 €, à : Facture 000000000, lot 001 du 05/01/2026, part AMO ({KEY})." in told
    )
    assert f"Dans le règlement de 10,00 € annoncé le 08/01/2026 ({transfer(result)})." in told
    assert "Règlement payé par le virement de 10,00 €" in told


def test_an_answer_that_is_only_proposed_is_told_from_both_ends():
    """
    Proposals of answers read as those of bank lines: the candidate, the pass, the rivals.
    """
    given = book(groups=[{}], lines=[])
    answers = given.tables.reponses.with_columns(facture=["000000009"])
    result = reconcile(Book(tables=attrs.evolve(given.tables, reponses=answers)))
    asked = PropositionsReponses.of(
        creance=[0], reponse=[0], cents=[1000], passe=["exemple"], motif=["AMBIGU"], rivaux=[2]
    )
    result = attrs.evolve(result, propositions_reponses=asked, passes={"exemple": "le montant est le même"})
    told = text(result, result.creances[0])
    assert "Aucune réponse n'est rattachée ; à confirmer par une personne :" in told
    assert "Critère : le montant est le même." in told
    assert "2 autres candidats conviennent aussi" in told
    assert "2 autres candidats conviennent aussi" in text(result, result.reponses[0])


def test_a_credit_without_a_return_is_told_from_both_ends():
    """
    Direct links: which line pays the créance, for how much, what else the line pays.
    """
    given = book(groups=[{}, {"du": 700}], lines=[{"cents": 1700}])
    tables = attrs.evolve(given.tables, reponses=type(given.tables.reponses).empty())
    direct = LiensDirects.of(creance=[0, 1], virement=[0, 0], cents=[1000, 700], passe=["lot", "lot"])
    result = reconcile(Book(tables=tables))
    result = attrs.evolve(
        result,
        liens_directs=direct,
        etats_virements=np.array([EtatVirement.EXPLIQUE], dtype=np.int8),
        passes={"lot": "la somme du lot est celle du virement"},
    )
    told = text(result, result.creances[0])
    paid = f"Payée sans retour, pour 10,00 €, par le virement de 17,00 € du 09/01/2026 ({line(result, 0)})"
    assert paid in told
    assert ", qui en paie aussi 1 autre." in told
    assert "Reconnu : la somme du lot est celle du virement." in told
    back = text(result, result.virements[0])
    assert "Il paie 2 créances, sans retour :\n    - 10,00 € : Facture 000000000" in back


def test_a_chain_is_told_from_both_ends():
    """
    The refused facture names the one that replaces it, and that one names it.
    """
    bill = {
        "officine": [OFFICINE] * 2, "lot_date": ["2026-01-05", "2026-01-20"], "lot": ["001", "002"],
        "facture": ["000000001", "000000002"], "paiement": ["05"] * 2, "part_amo_cents": [1000] * 2,
        "nir": ["1999999999999"] * 2, "date_soins": ["2026-01-05"] * 2,
    }  # fmt: skip
    given = book(groups=[{}], lines=[]).tables
    answer = given.reponses.with_columns(facture=["000000001"], reponse=[int(Reponse.REJETEE)], annonce_cents=[0])
    reject = {"officine": [OFFICINE], "lot_date": ["2026-01-05"], "lot": ["001"], "facture": ["000000001"]}
    columns = {"retours": given.retours, "groupes": given.groupes, "reponses": answer}
    result = reconcile(
        Book.from_columns(
            {
                "factures": bill,
                "rejets": {**reject, "code": ["X102"], "libelle": ["EXEMPLE"], "retour": [0]},
                **{name: table.columns() for name, table in columns.items()},
            }
        )
    )
    assert "Remplacée par la facture 000000002, lot 002 du 20/01/2026." in text(result, result.creances[0])
    assert "Remplace la facture 000000001, lot 001 du 05/01/2026, refusée." in text(result, result.creances[1])
    assert "Rejet X102 : EXEMPLE" in text(result, result.creances[0])


def test_debtors_are_words():
    """
    The fund, the complementary insurer; never the code that columns hold.
    """
    key = {"officine": [OFFICINE], "lot_date": ["2026-01-05"], "lot": ["001"], "facture": ["1"]}
    funds = {"regime": ["01"], "caisse": ["999"], "centre": ["0000"], "amc": ["0099999997"], "paiement": ["15"]}
    shares = {"part_amo_cents": [100], "part_amc_cents": [50]}
    result = reconcile(Book.from_columns({"factures": {**key, **funds, **shares}}))
    assert "à la charge de la caisse 999 (régime 01, centre 0000)." in text(result, result.creances[0])
    assert "part AMC, à la charge de la complémentaire 0099999997." in text(result, result.creances[1])


def _row_after(result: Rapprochement) -> Any:
    return attrs.evolve(result.groupes[0], rang=1)


@pytest.mark.parametrize(
    "what",
    [
        lambda r: "couleur",
        lambda r: "",
        lambda r: "A:2026-13-01:1000:00000000",
        lambda r: "exemple/00000000",
        lambda r: "exemple#x",
        _row_after,
    ],
    ids=["word", "nothing", "no day", "no group", "no answer", "no row"],
)
def test_what_is_not_there_is_refused(what: Callable[[Rapprochement], Any]):
    """
    An unknown name or row is an error of the call, told without its value.
    """
    result = reconcile(book(groups=[{}], lines=[{}]))
    with pytest.raises(ColumnError, match="this result has"):
        result.explain(what(result))


def test_a_facture_number_names_its_shares():
    """
    For a person who types what stands on the paper: every share of every facture of that number.
    """
    result = reconcile(book(groups=[{}, {}], lines=[]))
    assert [(Sujet.CREANCE, 1)] == [(one.sujet, one.rang) for one in result.named("000000001")]
    assert [] == result.named("000000009")


def test_handles_are_a_sequence():
    """
    As long as the table, sliced, from the end; beyond it there is nothing.
    """
    result = reconcile(book(groups=[{}, {}], lines=[{}]))
    assert (2, 2, 1) == (len(result.groupes), len(result.reponses), len(result.virements))
    assert 1 == result.groupes[-1].rang
    assert [0, 1] == [one.rang for one in result.groupes[:]]
    with pytest.raises(IndexError):
        result.virements[1]


def test_repr_says_nothing_of_what_was_read():
    """
    A log may show it.
    """
    result = reconcile(book(groups=[{}], lines=[{}]))
    assert "<Explication of a virement, 6 lines>" == repr(result.explain(result.virements[0]))


def test_a_partial_transfer_names_what_it_pays():
    """
    The factures that alone make its amount, and whether this answer is among them.
    """
    result = reconcile(partial(41_237 + 27_519))
    told = text(result, result.creances[0])
    assert "Seul choix qui en fait le montant : facture 000000000 (412,37 €) et facture 000000001 (275,19 €)." in told
    assert "Cette réponse en fait partie." in told
    assert "Cette réponse n'en fait pas partie." in text(result, result.creances[2])
    assert "Il paie 687,56 € sur le règlement de" in text(result, result.virements[0]).replace("\u202f", " ")


def test_a_partial_transfer_that_tells_nothing_says_so():
    """
    From each end: for which transfer is known, for which factures is not.
    """
    result = reconcile(partial(100_000))
    for what in (result.creances[0], result.groupes[0], result.virements[0]):
        assert "Ce qu'il paie n'est pas dit, et le montant seul ne le prouve pas." in text(result, what)
    assert "Virement partiel : on sait pour quel règlement" in text(result, result.virements[0])


@pytest.mark.parametrize(("cents", "gap"), [([200_000], "681,61 € de plus"), ([100_000, 20_000], "318,39 € de moins")])
def test_a_label_with_another_amount_says_by_how_much(cents, gap):
    """
    From both ends, with the rivals.
    """
    lines = [{"cents": each, "label": f"CPAM DE VILLE-EXEMPLE {LABEL}"} for each in cents]
    result = reconcile(gathered([[41_237, 27_519, 63_083]], [LABEL], lines=lines))
    for what in (result.creances[0], result.groupes[0], result.virements[0]):
        told = text(result, what)
        assert f"Le libellé annoncé y est, mais pas le montant : {gap} que le net." in told
        assert (len(cents) > 1) == ("un autre candidat convient aussi" in told)


def test_a_sum_taken_back_is_told_as_one():
    """
    A debit takes it: nobody pays, and nothing is credited.
    """
    debit = {"cents": -300, "date": "2026-02-12"}
    settled = reconcile(book(**REPRISE, lines=[{}, debit]))
    told = text(settled, settled.groupes[1])
    assert "Reprise de 3,00 € annoncée le 10/02/2026" in told
    assert "Reprise prélevée par le débit de 3,00 € du 12/02/2026" in told
    assert "débité 2 jours après l'annonce" in told
    assert "Il prélève la reprise de 3,00 €" in text(settled, settled.virements[1])
    asked = reconcile(book(**REPRISE, lines=[{}, debit, debit]))
    assert "Aucun débit n'est reconnu ; à confirmer par une personne :" in text(asked, asked.groupes[1])
    assert "Il pourrait prélever :\n    - reprise de 3,00 €" in text(asked, asked.virements[1])


def test_a_debit_that_nothing_takes_back_shows_what_is_near():
    """
    One cent less than what was announced: named from both ends, with the gap.
    """
    result = reconcile(book(**REPRISE, lines=[{}, {"cents": -299, "date": "2026-02-12"}]))
    told = text(result, result.groupes[1])
    assert "Aucun débit reconnu pour cette reprise." in told
    assert "débité 2 jours après l'annonce : 0,01 € de moins" in told
    assert "Débit inexpliqué." in text(result, result.virements[1])
    assert "- reprise de 3,00 € annoncée le 10/02/2026" in text(result, result.virements[1])


def test_equal_debits_of_equal_sums_are_told_together():
    """
    A class of sums taken back: debits, not credits.
    """
    taken = {"du": -300, "date": "2026-02-10"}
    lines = [{"cents": -300, "date": "2026-02-12"}, {"cents": -300, "date": "2026-02-13"}]
    result = reconcile(book(groups=[taken, taken], lines=lines))
    told = text(result, result.virements[0])
    assert "Prélevées ensemble : 2 reprises de 3,00 €, par 2 débits de ce montant." in told


def test_a_rival_of_a_decision_lost_to_a_person():
    """
    The other line is as good: only somebody's choice puts it aside.
    """
    tables = TIED.tables
    chosen = Decision(
        choix=Choix.LIER, groupes=groupe_ids(tables), virements=virement_ids(tables)[1:], auteur="EXEMPLE",
        le=dt.date(2026, 1, 20),
    )  # fmt: skip
    result = reconcile(TIED, decisions=[chosen])
    told = text(result, result.groupes[0])
    assert "Reconnu : une personne l'a décidé." in told
    assert "crédité 1 jour après l'annonce : une personne en a choisi un autre" in told


@pytest.mark.parametrize(
    ("factures", "lines", "said", "why"),
    [
        ([amo(DIRECT)], [{"montant_cents": DIRECT}], "pourrait la régler.", "Le hasard a pu réunir ce montant"),
        (lot(), [{}, {"date": "2026-01-13"}], "pourrait la régler, avec 2 autres.", "rien ne les départage"),
    ],
    ids=["chance", "tie"],
)
def test_a_proposal_without_a_return_says_why_it_is_no_more(factures, lines, said, why):
    """
    From both ends: what else the line would pay, and what is missing to be sure.
    """
    result = reconcile(without_return(factures, lines))
    told = text(result, result.creances[0])
    assert said in told
    assert why in told
    assert why in text(result, result.virements[0])
