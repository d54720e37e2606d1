"""Exceptions: one for each subject, the right code, the right cents, ranked by what is at risk."""

from __future__ import annotations

import datetime as dt
from typing import Any
from unittest.mock import patch

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.matching.books import books
from tests.matching.oracle import rows
from tests.matching.test_laws import _shuffled
from tests.matching.test_partiels import VIREMENT, gathered
from tests.matching.test_partiels import alone as partial
from tests.matching.test_passes import LABEL, OFFICINE, REPRISE, book
from tests.matching.test_sans_retour import ALL, ONE, amo, lot
from tests.matching.test_sans_retour import book as without_return

from tiers_payant.domain import (
    Book,
    Constat,
    Etat,
    EtatVirement,
    Exceptions,
    PropositionsReponses,
    Rapprochement,
    Recherche,
    Sujet,
    Tables,
    groupe_ids,
    late_days,
    motifs_exceptions,
    repere_id,
    repere_ids,
    virement_ids,
)
from tiers_payant.matching import MatchPolicy, _sommes, reconcile
from tiers_payant.reports import rapprochement_chunks

Found = dict[tuple[Sujet, int], tuple[str, int]]

BY_STATE = {
    Etat.REPRISE: "REPRISE",
    Etat.PARTIELLE: "PARTIELLE",
    Etat.REJETEE: "REJETEE",
    Etat.LOT_REFUSE: "LOT_REFUSE",
    Etat.TRAITEMENT_CAISSE: "TRAITEMENT_CAISSE",
    Etat.DIFFEREE: "DIFFEREE",
}
WAITING = ("SANS_REPONSE", "SANS_PAIEMENT", "DIFFEREE")
BY_PROPOSAL = {
    "AMBIGU": "AMBIGU",
    "HORS_PERIODE": "HORS_PERIODE",
    "BRUT": "ECART_MONTANT",
    "MONTANT_INFERIEUR": "ECART_MONTANT",
    "MONTANT_SUPERIEUR": "ECART_MONTANT",
    "PAYEUR_INCONNU": "PAYEUR_INCONNU",
}


def codes(result: Rapprochement, today: dt.date | None = None) -> Found:
    return {(one.sujet, one.rang): (one.code, one.cents) for one in result.exceptions(today)}


class Naive:
    """The exceptions, by loops over plain rows."""

    def __init__(self, result: Rapprochement) -> None:
        self.result, tables = result, result.tables
        self.creances, self.factures = rows(result.creances), rows(tables.factures)
        self.reponses, self.virements = rows(tables.reponses), rows(tables.virements)
        self.mouvements, self.propositions = rows(tables.mouvements), rows(result.propositions)
        self.links, self.bank = rows(result.liens_reponses), rows(result.liens_virements)
        self.directes, self.told = rows(result.propositions_directes), rows(result.ventilations)

    def found(self, today: dt.date | None = None) -> Found:
        found: Found = {}
        days = late_days(self.result.creances, today).tolist() if today else [0] * len(self.creances)
        for rank, row in enumerate(self.creances):
            code, cents = self._creance(rank, row)
            if days[rank] and code in WAITING:
                code = "EN_RETARD"
            found |= {(Sujet.CREANCE, rank): (code, max(cents, 0))} if code else {}
        for rank, row in enumerate(self.reponses):
            code = self._reponse(rank, row)
            found |= {(Sujet.REPONSE, rank): (code, abs(row["annonce_cents"]))} if code else {}
        for rank in range(len(self.result.tables.groupes)):
            code, cents = self._groupe(rank)
            found |= {(Sujet.GROUPE, rank): (code, cents)} if code else {}
        for rank, row in enumerate(self.virements):
            code = self._virement(rank, row)
            found |= {(Sujet.VIREMENT, rank): (code, abs(row["montant_cents"]))} if code else {}
        return found

    def _creance(self, rank: int, row: dict[str, Any]) -> tuple[str, int]:
        etat, due = Etat(row["etat"]), row["du_cents"]
        mine = [link for link in self.links if link["creance"] == rank and link["cents"] > 0]
        payers = {self.reponses[link["reponse"]]["retour"] for link in mine}
        surplus = max(row["annonce_cents"], row["credite_cents"]) - due
        if etat is Etat.RETRANSMISE:
            return "", 0
        if etat is Etat.REPRISE:
            return "REPRISE", due - row["credite_cents"]
        if any(self._same_bill(row, other) for other in self.creances[:rank]):
            return "DOUBLON", due
        if len(payers) > 1 and surplus > 0:
            return "DOUBLON", surplus
        if row["credite_cents"] > due:
            return "TROP_PERCU", row["credite_cents"] - due
        if etat in BY_STATE:
            return BY_STATE[etat], due - row["credite_cents"]
        if etat is Etat.ANNONCEE:
            return ("", 0) if row["annonce_cents"] == due else ("ECART_MONTANT", abs(due - row["annonce_cents"]))
        return (row["motif"], due - row["credite_cents"]) if etat is Etat.NON_REPONDUE else ("", 0)

    def _same_bill(self, one: dict[str, Any], other: dict[str, Any]) -> bool:
        if {Etat(one["etat"]), Etat(other["etat"])} & {Etat.RETRANSMISE, Etat.REJETEE, Etat.LOT_REFUSE}:
            return False
        bill = [
            (
                *(row[name] for name in ("officine", "facture", "part", "du_cents")),
                *(self.factures[row["facture_rang"]][name] for name in ("nir", "naissance", "rang", "date_soins")),
            )
            for row in (one, other)
        ]
        return bill[0] == bill[1] and bool(self.factures[one["facture_rang"]]["nir"])

    def _reponse(self, rank: int, row: dict[str, Any]) -> str:
        if any(link["reponse"] == rank for link in self.links):
            return ""
        if row["annonce_cents"] and self._is_paid(rank, row["groupe"]):
            return "NON_VENTILE"
        asked = [one for one in rows(self.result.propositions_reponses) if one["reponse"] == rank]
        if asked:
            return "AMBIGU" if any(one["rivaux"] for one in asked) else asked[0]["motif"]
        key = ("officine", "lot_date", "lot", "facture")
        billed = any(all(row[name] == facture[name] for name in key) for facture in self.factures)
        return "REPONSE_AMBIGUE" if billed else "REPONSE_SANS_FACTURE"

    def _is_paid(self, reponse: int, groupe: int) -> bool:
        """An answer is paid with its whole group, or when it is one of the parts told of a partial transfer."""
        brought = [link["cents"] for link in self.bank if link["groupe"] == groupe]
        told = any(part["reponse"] == reponse for part in self.told)
        return told or (bool(brought) and sum(brought) == self._gross(groupe) + self._moved(groupe))

    def _gross(self, groupe: int) -> int:
        return sum(row["annonce_cents"] for row in self.reponses if row["groupe"] == groupe)

    def _moved(self, groupe: int) -> int:
        return sum(row["montant_cents"] for row in self.mouvements if row["groupe"] == groupe)

    def _groupe(self, rank: int) -> tuple[str, int]:
        gross, brought = self._gross(rank), [link["cents"] for link in self.bank if link["groupe"] == rank]
        net = gross + self._moved(rank)
        if brought:
            return ("", 0) if sum(brought) == net else ("PARTIELLE", net - sum(brought))
        told = self._proposed([row["motif"] for row in self.propositions if row["groupe"] == rank])
        if told:
            return told, abs(net)
        if net <= 0:
            return ("NET_NEGATIF", gross) if gross > 0 else ("", 0)
        return "ANNONCE_NON_CREDITEE", net

    def _virement(self, rank: int, row: dict[str, Any]) -> str:
        etat = EtatVirement(self.result.etats_virements[rank])
        if etat is EtatVirement.PROPOSE:
            told = self._proposed([one["motif"] for one in self.propositions if one["virement"] == rank])
            direct = {one["motif"] for one in self.directes if one["virement"] == rank}
            return told or next(motif for motif in ("AMBIGU", "HORS_BUDGET", "FORTUIT") if motif in direct)
        if etat is EtatVirement.PARTIEL:
            return "NON_VENTILE"
        if etat is not EtatVirement.INEXPLIQUE:
            return ""
        return "DEBIT_INEXPLIQUE" if row["montant_cents"] < 0 else "CREDIT_INEXPLIQUE"

    @staticmethod
    def _proposed(motifs: list[str]) -> str:
        for motif, code in BY_PROPOSAL.items():
            if motif in motifs:
                return code
        return ""


@given(books(), st.one_of(st.none(), st.dates(dt.date(2026, 1, 1), dt.date(2026, 6, 30))))
def test_exceptions_are_those_of_loops_over_rows(tables: Tables, today: dt.date | None):
    """
    Codes and cents are those of a naive reading of the same result.
    """
    result = reconcile(Book(tables=tables))
    assert Naive(result).found(today) == codes(result, today)


@given(books())
def test_each_subject_stands_once_and_the_most_cents_first(tables: Tables):
    """
    No euro of a subject is counted twice; every code is documented for that kind of subject.
    """
    found = reconcile(Book(tables=tables)).exceptions(dt.date(2026, 3, 2))
    subjects = list(zip(found.sujet.tolist(), found.rang.tolist(), strict=True))
    assert sorted(set(subjects)) == sorted(subjects)
    assert sorted(found.cents.tolist(), reverse=True) == found.cents.tolist()
    assert 0 <= min(found.cents.tolist(), default=0)
    for one in found:
        assert one.sujet.name.lower() in one.motif.sujet


@given(books(), st.randoms(use_true_random=False))
def test_rank_does_not_depend_on_the_order_of_rows(tables: Tables, random: Any):
    """
    Ties are broken by keys: permuted tables give the same exceptions under the same names, in the same order.
    """

    def named(result: Rapprochement) -> list[Any]:
        found = list(result.exceptions())
        return [
            (name, one.code, one.cents, one.nombre) for name, one in zip(repere_ids(result, found), found, strict=True)
        ]

    one, other = reconcile(Book(tables=tables)), reconcile(Book(tables=_shuffled(tables, random)))
    assert named(one) == named(other)
    assert [repere_id(one, each) for each in one.exceptions()] == [name for name, *_ in named(one)]


@given(books())
def test_without_a_day_nothing_is_late(tables: Tables):
    """
    Lateness is judged from the day that is given; the other exceptions are the same with and without it.
    """
    result = reconcile(Book(tables=tables))
    assert not {"EN_RETARD"} & {code for code, _ in codes(result).values()}
    assert {0} >= set(result.exceptions().jours.tolist())
    assert codes(result).keys() == codes(result, dt.date(2026, 6, 1)).keys()


def one(result: Rapprochement, today: dt.date | None = None) -> list[tuple[str, int, int]]:
    return [(each.code, each.cents, each.nombre) for each in result.exceptions(today)]


def test_a_transfer_is_listed_once_for_its_members():
    """
    Three créances announced in one transfer that the bank does not show are one exception, of its net.
    """
    given = book(groups=[{}, {}, {}], lines=[])
    tables = attrs.evolve(given.tables, reponses=given.tables.reponses.with_columns(groupe=[0, 0, 0]))
    assert [("ANNONCE_NON_CREDITEE", 3000, 0)] == one(reconcile(Book(tables=tables)))


def test_days_beyond_the_deadline_are_those_of_the_calendar():
    """
    AMO, lot of Monday 5 January 2026: 7 jours ouvrés end on the 14th, so the 20th is 6 days late.
    """
    given = book(groups=[{}], lines=[])
    lone = attrs.evolve(given.tables, reponses=type(given.tables.reponses).empty())
    result = reconcile(Book(tables=lone))
    assert [("SANS_REPONSE", 1000, 0)] == one(result) == one(result, dt.date(2026, 1, 14))
    assert [("EN_RETARD", 1000, 6)] == one(result, dt.date(2026, 1, 20))
    assert 0 == len(result.exceptions(dt.date(2026, 1, 14)).pressing())
    assert 1 == len(result.exceptions(dt.date(2026, 1, 20)).pressing())
    assert "En retard de 6 jours" in next(iter(result.exceptions(dt.date(2026, 1, 20)))).phrase


def test_a_transfer_is_as_late_as_its_latest_creance():
    """
    The announced transfer keeps its code, and tells the days.
    """
    found = reconcile(book(groups=[{}], lines=[])).exceptions(dt.date(2026, 1, 20))
    assert [("ANNONCE_NON_CREDITEE", 6)] == [(each.code, each.jours) for each in found]


@pytest.mark.parametrize("credited", [True, False], ids=["credited", "announced"])
def test_two_returns_that_pay_one_share_are_a_double(credited):
    """
    What exceeds the share is at risk, whether the bank shows it or not; the two returns are counted.
    """
    given = book(groups=[{}, {"du": 1000}], lines=[{}, {"cents": 900}] if credited else [])
    tables = given.tables
    answers = tables.reponses.with_columns(facture=["000000000"] * 2, retour=[0, 1], annonce_cents=[1000, 900])
    returns = type(tables.retours).of(2, emetteur_type=["CP", "CP"], empreinte=["exemple", "exemple-2"])
    groups = tables.groupes.with_columns(retour=[0, 1])
    tables = attrs.evolve(tables, reponses=answers, retours=returns, groupes=groups)
    found = {each.rang: each for each in reconcile(Book(tables=tables)).exceptions() if each.sujet is Sujet.CREANCE}
    assert ("DOUBLON", 900, 2) == (found[0].code, found[0].cents, found[0].nombre)
    assert "payée ou annoncée par 2 retours" in found[0].phrase


def twice(**changes: Any) -> Rapprochement:
    """One facture in two lots, the second as the first but for *changes*."""
    bill = {
        "officine": OFFICINE, "lot_date": "2026-01-05", "lot": "001", "facture": "000000001", "paiement": "05",
        "part_amo_cents": 1000, "nir": "1999999999999", "date_soins": "2026-01-05",
    }  # fmt: skip
    other = {**bill, "lot_date": "2026-01-06", "lot": "002", **changes}
    return reconcile(Book.from_columns({"factures": {name: [bill[name], other[name]] for name in bill}}))


def test_a_facture_in_two_lots_is_a_double():
    """
    The first is the facture, the second its double: the whole share is at risk.
    """
    found = {each.rang: (each.code, each.cents, each.nombre) for each in twice().exceptions()}
    assert {0: ("SANS_REPONSE", 1000, 0), 1: ("DOUBLON", 1000, 1)} == found


@pytest.mark.parametrize(
    "changes",
    [
        {"facture": "000000002"},
        {"part_amo_cents": 900},
        {"nir": "2999999999999"},
        {"date_soins": "2026-01-04"},
        {"officine": "999000027"},
    ],
    ids=str,
)
def test_another_facture_is_no_double(changes):
    """
    Number, amount, insured, care date or officine: one that differs makes another facture.
    """
    assert {"SANS_REPONSE"} == {each.code for each in twice(**changes).exceptions()}


def test_factures_of_nobody_known_are_no_doubles():
    """
    Without an insured nothing says that two factures are one.
    """
    given = twice()
    factures = given.tables.factures.with_columns(nir=[b"", b""])
    result = reconcile(Book(tables=attrs.evolve(given.tables, factures=factures)))
    assert {"SANS_REPONSE"} == {each.code for each in result.exceptions()}


def test_an_amount_announced_other_than_billed_is_told_beside_its_transfer():
    """
    The transfer waits for its net, the créance lacks the rest: two subjects, no euro twice.
    """
    given = book(groups=[{}], lines=[])
    less = given.tables.reponses.with_columns(annonce_cents=[600])
    found = one(reconcile(Book(tables=attrs.evolve(given.tables, reponses=less))))
    assert [("ANNONCE_NON_CREDITEE", 600, 0), ("ECART_MONTANT", 400, 0)] == found


def test_a_credit_of_the_gross_is_a_gap():
    """
    A credit that equals the payments before a withholding is told on both sides, and settles nothing.
    """
    found = one(reconcile(book(groups=[{}], lines=[{}], moves=[{"cents": -100}])))
    assert [("ECART_MONTANT", 1000, 0), ("ECART_MONTANT", 900, 0)] == found


def test_rivals_are_counted():
    """
    One transfer, three equal credits: each credit has two rivals, and so has the transfer.
    """
    found = one(reconcile(book(groups=[{}], lines=[{}, {"date": "2026-01-12"}, {"date": "2026-01-13"}])))
    assert [("AMBIGU", 1000, 2)] * 4 == found


def test_withholdings_that_take_all_are_told():
    """
    No credit is to be expected: what was announced for factures is at risk.
    """
    found = one(reconcile(book(groups=[{}], lines=[], moves=[{"cents": -1000}])))
    assert [("NET_NEGATIF", 1000, 0)] == found


@pytest.mark.parametrize(
    ("search", "code"),
    [
        (Recherche.ENTIERE, "CREDIT_INEXPLIQUE"),
        (Recherche.HORS_BUDGET, "HORS_BUDGET"),
        (Recherche.CANDIDATS_TROP_NOMBREUX, "CANDIDATS_TROP_NOMBREUX"),
    ],
)
def test_a_search_that_gave_up_is_told(search, code):
    """
    A credit that nothing explains says whether everything was tried.
    """
    result = reconcile(book(groups=[], lines=[{"cents": 333}]))
    result = attrs.evolve(result, recherche_virements=np.array([search], dtype=np.int8))
    assert [(code, 333, 0)] == one(result)


def test_the_cascade_tells_which_searches_gave_up():
    """
    Twenty-one equal credits for one transfer are too many to propose: each says so.
    """
    result = reconcile(book(groups=[{}], lines=[{"date": f"2026-01-{day:02d}"} for day in range(8, 23)] * 2))
    assert {Recherche.CANDIDATS_TROP_NOMBREUX} == set(result.recherche_virements.tolist())
    assert 30 == [code for code, _, _ in one(result)].count("CANDIDATS_TROP_NOMBREUX")


def test_a_line_out_of_scope_is_no_exception():
    """
    The rent is nobody's matter here; a debit of an insurer is.
    """
    assert [] == one(reconcile(book(groups=[], lines=[{"label": "LOYER EXEMPLE"}])))
    assert [("DEBIT_INEXPLIQUE", 500, 0)] == one(reconcile(book(groups=[], lines=[{"cents": -500}])))


def test_late_credits_and_unknown_payers_have_codes_of_their_own():
    """
    Why a pair is only proposed is why both of its ends are exceptions.
    """
    far = one(reconcile(book(groups=[{}], lines=[{"date": "2026-02-20"}]), policy=MatchPolicy()))
    assert ["HORS_PERIODE"] * 2 == [code for code, _, _ in far]
    nameless = one(reconcile(book(groups=[{}], lines=[{"label": "VIREMENT EXEMPLE"}])))
    assert ["PAYEUR_INCONNU"] * 2 == [code for code, _, _ in nameless]


def test_an_answer_that_may_be_of_several_creances_is_ambiguous():
    """
    Proposed for two créances, tied to none: its announced amount is at risk, with its rivals.
    """
    given = book(groups=[{}, {}], lines=[])
    answers = given.tables.reponses.with_columns(facture=["000000009", "000000001"])
    result = reconcile(Book(tables=attrs.evolve(given.tables, reponses=answers)))
    assert ("REPONSE_SANS_FACTURE", 1000) == codes(result)[Sujet.REPONSE, 0]
    asked = PropositionsReponses.of(
        creance=[0], reponse=[0], cents=[1000], passe=["exemple"], motif=["AMBIGU"], rivaux=[3]
    )
    found = [each for each in attrs.evolve(result, propositions_reponses=asked).exceptions() if each.nombre]
    assert [("AMBIGU", Sujet.REPONSE, 1000, 3)] == [(e.code, e.sujet, e.cents, e.nombre) for e in found]


def test_no_sentence_holds_what_was_read():
    """
    Neither the officine, the facture nor the label: an exception can be shown to anybody.
    """
    result = reconcile(book(groups=[{}, {"du": 700}], lines=[{"cents": 333}]))
    told = " ".join(each.phrase for each in result.exceptions(dt.date(2026, 3, 2)))
    assert not [word for word in (OFFICINE, "00000000", "EXEMPLE") if word in told]


def test_objects_say_what_columns_say():
    """
    Each row as an object, whose words are those of the catalogue.
    """
    table = reconcile(book(groups=[{}], lines=[])).exceptions()
    expected = Constat(code="ANNONCE_NON_CREDITEE", sujet=Sujet.GROUPE, rang=0, cents=1000, nombre=0, jours=0)
    assert [expected] == list(table)
    assert motifs_exceptions()["ANNONCE_NON_CREDITEE"] == expected.motif
    assert 0 == len(Exceptions.empty().pressing())


def test_the_document_holds_them_in_their_order():
    """
    Under the names that `explain` takes back.
    """
    result = reconcile(book(groups=[{}, {"du": 700}], lines=[{"cents": 333}]))
    text = "".join(rapprochement_chunks(result))
    names = [f'"id": "{name}"' for name in (*groupe_ids(result.tables), *virement_ids(result.tables))]
    assert sorted(map(text.rindex, names)) == list(map(text.rindex, names))


def told(result: Rapprochement) -> list[tuple[Sujet, str, int, int]]:
    return [(each.sujet, each.code, each.cents, each.nombre) for each in result.exceptions()]


def test_a_partial_transfer_that_tells_nothing_is_money_for_nobody():
    """
    The line came and pays no facture that is known; what is missing of the transfer is told once, not of each facture.
    """
    expected = [(Sujet.VIREMENT, "NON_VENTILE", 100_000, 0), (Sujet.GROUPE, "PARTIELLE", 31_839, 0)]
    assert expected == told(reconcile(partial(100_000)))


def test_a_partial_transfer_that_tells_what_it_pays_leaves_the_rest():
    """
    Nothing of the line is left to explain: the transfer lacks the facture that is not paid.
    """
    assert [(Sujet.GROUPE, "PARTIELLE", 63_083, 0)] == told(reconcile(partial(41_237 + 27_519)))


def test_an_answer_of_no_facture_in_a_partial_transfer_is_not_said_to_be_paid():
    """
    Nobody knows that its money came: the cents of the line are told once, with the line.
    """
    tables = partial(100_000).tables
    answers = tables.reponses.with_columns(facture=[b"000000000", b"000000001", b"000000009"])
    found = told(reconcile(Book(tables=attrs.evolve(tables, reponses=answers))))
    assert (Sujet.REPONSE, "REPONSE_SANS_FACTURE", 63_083, 0) in found
    assert [(Sujet.VIREMENT, "NON_VENTILE", 100_000, 0)] == [each for each in found if each[1] == "NON_VENTILE"]


@pytest.mark.parametrize("lines", [[200_000], [100_000, 20_000]], ids=["more", "less"])
def test_a_label_with_another_amount_is_a_gap(lines):
    """
    More than the net, or two lines that both hold less: proposed, and told of every end.
    """
    given = gathered([[41_237, 27_519, 63_083]], [LABEL], lines=[{"cents": each, "label": VIREMENT} for each in lines])
    expected = {(Sujet.GROUPE, "ECART_MONTANT", 131_839, 0)}
    expected |= {(Sujet.VIREMENT, "ECART_MONTANT", each, 0) for each in lines}
    assert expected == set(told(reconcile(given)))


def test_debits_that_are_proposed_are_at_risk_without_their_sign():
    """
    Two equal debits for one sum taken back: three euros on each side, with their rivals.
    """
    debit = {"cents": -300, "date": "2026-02-12"}
    found = told(reconcile(book(**REPRISE, lines=[{}, debit, debit])))
    assert {(Sujet.GROUPE, 300, 1), (Sujet.VIREMENT, 300, 1)} == {
        (sujet, cents, rivals) for sujet, code, cents, rivals in found if code == "AMBIGU"
    }


@pytest.mark.parametrize(
    ("factures", "lines", "code", "rivals"),
    [
        ([amo(ONE)], [{"montant_cents": ONE}], "FORTUIT", 0),
        (lot(), [{}, {"date": "2026-01-13"}], "AMBIGU", 1),
        ([amo(ALL), *lot(lot="002")], [{}], "AMBIGU", 1),
    ],
    ids=["chance", "two lines", "two choices"],
)
def test_a_credit_without_a_return_that_is_only_proposed_says_why(factures, lines, code, rivals):
    """
    Its reason, its amount, and how many other choices and lines compete.
    """
    found = told(reconcile(without_return(factures, lines)))
    cents = lines[0].get("montant_cents", ALL)
    assert [(code, cents, rivals)] * len(lines) == [each[1:] for each in found if each[0] is Sujet.VIREMENT]


def test_a_credit_whose_sums_are_too_many_says_so():
    """
    What is found is shown, and that not everything could be tried.
    """
    with patch.object(_sommes, "BUDGET", 2):
        found = told(reconcile(without_return(lot(), [{}])))
    assert (Sujet.VIREMENT, "HORS_BUDGET", ALL, 0) in found
