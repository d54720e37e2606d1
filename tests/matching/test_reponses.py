"""Answers whose key is no facture's: recognised, proposed or left, and never guessed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers_payant.domain import Book, Etat, Part, PassReponseSpec, Rapprochement, Tables
from tiers_payant.matching import MatchPolicy, reconcile

OFFICINE = "999000019"
OTHER = "999000027"
NIR = "2990199999001"
DAY = "2026-01-05"


def book(
    factures: list[dict[str, Any]], reponses: list[dict[str, Any]], rejets: list[dict[str, Any]] | None = None
) -> Book:
    """Build a book of AMO shares of 10 EUR, and answers that announce them in full unless they say otherwise."""
    rejets = rejets or []

    def each(rows: list[dict[str, Any]], name: str, default: object) -> list[Any]:
        return [row.get(name, default) for row in rows]

    senders = [row.get("sender", "CP") for row in reponses]
    return Book.from_columns(
        {
            "factures": {
                "officine": each(factures, "officine", OFFICINE), "lot_date": each(factures, "lot_date", DAY),
                "lot": each(factures, "lot", "001"),
                "facture": [row.get("facture", f"{rank:09d}") for rank, row in enumerate(factures)],
                "paiement": each(factures, "paiement", "05"), "part_amo_cents": each(factures, "cents", 1000),
                "part_amc_cents": each(factures, "amc_cents", 0), "amc": each(factures, "amc", "0"),
                "nir": each(factures, "nir", NIR), "naissance": each(factures, "naissance", "010199"),
            },
            "retours": {
                "emetteur_type": senders or ["CP"], "date": each(reponses, "jour", "2026-01-09") or ["2026-01-09"],
                "empreinte": [f"exemple{rank}" for rank in range(max(len(reponses), 1))],
            },
            "reponses": {
                "officine": each(reponses, "officine", OFFICINE), "lot_date": each(reponses, "lot_date", DAY),
                "lot": each(reponses, "lot", "001"), "facture": each(reponses, "facture", "777777777"),
                "part": each(reponses, "part", 0), "reponse": each(reponses, "reponse", 1),
                "annonce_cents": each(reponses, "cents", 1000), "demande_cents": each(reponses, "demande", 0),
                "nir": each(reponses, "nir", NIR), "naissance": each(reponses, "naissance", "010199"),
                "retour": list(range(len(reponses))),
            },
            "rejets": {
                "officine": each(rejets, "officine", OFFICINE), "lot_date": each(rejets, "lot_date", DAY),
                "lot": each(rejets, "lot", "001"), "facture": each(rejets, "facture", "777777777"),
                "code": each(rejets, "code", "X101"), "retour": [0] * len(rejets),
            },
        }
    )  # fmt: skip


def passes(result: Rapprochement) -> list[str]:
    return [name.decode() for name in result.liens_reponses.passe.tolist()]


def test_an_answer_of_another_lot_date_is_recognised_by_the_rest_of_its_key():
    """
    Lot, facture, payer and amount name one share: the insurer wrote another date.
    """
    result = reconcile(book([{"facture": "000000007"}], [{"facture": "7", "lot_date": "2025-12-31", "nir": ""}]))
    assert ["cle_sans_date"] == passes(result)
    assert [1000] == result.creances.annonce_cents.tolist()


def test_an_answer_without_lot_date_is_recognised_by_the_rest_of_its_key():
    """
    A date that is not told contradicts nothing.
    """
    result = reconcile(book([{"facture": "7"}], [{"facture": "7", "lot_date": None, "nir": ""}]))
    assert ["cle_sans_date"] == passes(result)


@pytest.mark.parametrize(
    "wrong",
    [
        {"cents": 999}, {"lot": "002"}, {"officine": OTHER}, {"sender": "OC"}, {"jour": "2026-01-04"},
        {"jour": "2026-04-06"},
    ],
)  # fmt: skip
def test_without_lot_date_money_payer_and_period_are_gates(wrong):
    """
    Another amount, lot, officine, payer or period, and the answer stays an orphan, told.
    """
    result = reconcile(book([{"facture": "7"}], [{"facture": "7", "lot_date": None, "nir": "", **wrong}]))
    assert [] == passes(result)
    assert ["REPONSES_SANS_FACTURE"] == [problem.code for problem in result.problems]


def test_an_answer_of_another_number_is_recognised_by_its_beneficiary():
    """
    Beneficiary, payer, amount and lot date name one share: the number was keyed anew.
    """
    result = reconcile(book([{}], [{}]))
    assert ["beneficiaire_lot"] == passes(result)


def test_an_answer_of_no_lot_is_recognised_by_its_beneficiary_in_the_period():
    """
    Without lot date the day of the answer is compared instead.
    """
    result = reconcile(book([{}], [{"lot_date": None, "lot": ""}]))
    assert ["beneficiaire_periode"] == passes(result)


@pytest.mark.parametrize(
    "wrong",
    [
        {"nir": "2990199999002"}, {"naissance": "020299"}, {"cents": 999}, {"sender": "OC"}, {"officine": OTHER},
        {"lot_date": "2026-01-13"}, {"lot_date": "2025-12-28"}, {"nir": ""},
    ],
)  # fmt: skip
def test_by_beneficiary_every_fact_is_a_gate(wrong):
    """
    Another insured, birth date, amount, payer, officine or lot date: nothing is linked.
    """
    assert [] == passes(reconcile(book([{}], [wrong])))


def test_two_shares_that_fit_one_answer_are_proposed():
    """
    A tie is never broken by order: both are proposed, with one rival each, and no state changes.
    """
    result = reconcile(book([{}, {}], [{}]))
    assert [] == passes(result)
    assert [1, 1] == result.propositions_reponses.rivaux.tolist()
    assert [b"AMBIGU"] * 2 == result.propositions_reponses.motif.tolist()
    assert [Etat.NON_REPONDUE] * 2 == [creance.etat for creance in result.creances]


def test_equal_shares_answered_by_as_many_equal_answers_are_a_class():
    """
    Two renewals, two payments: both are answered, and the class says that no pair is stated.
    """
    result = reconcile(book([{}, {}], [{"facture": "777777777"}, {"facture": "888888888"}]))
    assert [1, 1] == result.liens_reponses.classe.tolist()
    assert [1000, 1000] == result.creances.annonce_cents.tolist()


def test_equal_shares_answered_differently_are_no_class():
    """
    One is paid and one refused: nobody can say which, so nothing is stated.
    """
    answers: list[dict[str, Any]] = [
        {"demande": 1000},
        {"facture": "888888888", "cents": 0, "demande": 1000, "reponse": 2},
    ]
    result = reconcile(book([{}, {}], answers))
    assert [] == passes(result)
    assert 4 == len(result.propositions_reponses)


def test_a_share_that_has_its_answer_is_a_rival():
    """
    An answer of lost key may pay the same renewal twice: one that is answered already is not forgotten.
    """
    exact = {"facture": "0"}
    result = reconcile(book([{}, {}], [exact, {}]))
    assert ["cle_exacte"] == passes(result)
    assert [b"AMBIGU"] * 2 == result.propositions_reponses.motif.tolist()


def test_a_second_answer_to_one_share_is_only_proposed():
    """
    The only share that fits is answered: the answer may be a second payment of it, for a person to say.
    """
    result = reconcile(book([{}], [{"facture": "0"}, {}]))
    assert ["cle_exacte"] == passes(result)
    assert [b"DEJA_REPONDUE"] == result.propositions_reponses.motif.tolist()


def test_several_answers_of_one_lost_key_go_together():
    """
    What an insurer says of one facture in several answers, all asked for the same amount, is of one share.
    """
    answers = [{"cents": 600, "demande": 1000}, {"cents": 400, "demande": 1000}]
    result = reconcile(book([{}], answers))
    assert ["beneficiaire_lot"] * 2 == passes(result)
    assert [1000] == result.creances.annonce_cents.tolist()


OTHER_NIR = "2990299999002"


def test_two_people_left_with_one_key_are_told_apart():
    """
    A return lost the numbers of two factures of one lot: each answer is about the share of its own insured.
    """
    factures: list[dict[str, Any]] = [{}, {"nir": OTHER_NIR}]
    result = reconcile(book(factures, [{"facture": "", "nir": OTHER_NIR}, {"facture": ""}]))
    pairs = sorted(zip(result.liens_reponses.creance.tolist(), result.liens_reponses.reponse.tolist(), strict=True))
    assert [(0, 1), (1, 0)] == pairs


def test_a_reject_of_a_key_that_two_people_are_left_with_is_about_nobody():
    """
    The reject line names no insured: it is not given to whichever answer came first.
    """
    refused = {"facture": "", "cents": 0, "demande": 1000, "reponse": 2}
    result = reconcile(book([{}, {"nir": OTHER_NIR}], [refused, {"facture": "", "nir": OTHER_NIR}], [{"facture": ""}]))
    assert [Etat.REJETEE, Etat.ANNONCEE] == [creance.etat for creance in result.creances]
    assert [[], []] == [result.rejets_of(0), result.rejets_of(1)]


def test_an_answer_is_not_about_a_share_sent_after_it():
    """
    Found in the crowd of twenty, world 3000: the reject of one facture was read as that of the facture that mends it.
    """
    result = reconcile(book([{"lot_date": "2026-01-10"}], [{"jour": "2026-01-09"}]))
    assert [] == passes(result)


def test_a_share_without_amc_number_is_a_rival_of_those_of_an_amc():
    """
    It is presumed the AMO's, and an AMC may have answered it: with another share like it, nothing is stated.
    """
    nameless = {"paiement": "25", "cents": 0, "amc_cents": 1000, "amc": ""}
    answer = {"sender": "OC", "part": 2}
    assert ["beneficiaire_lot"] == passes(reconcile(book([nameless], [answer])))
    assert [] == passes(reconcile(book([nameless, {**nameless, "amc": "99000011"}], [answer])))


def test_a_share_without_amc_number_is_not_answered_by_both():
    """
    One answer of the AMO and one of an AMC fit it: at most one is right, and nobody can say which.
    """
    nameless = {"paiement": "25", "cents": 0, "amc_cents": 1000, "amc": ""}
    answers = [{"sender": "OC", "part": 2, "facture": "777777777"}, {"part": 2, "facture": "888888888"}]
    assert [] == passes(reconcile(book([nameless], answers)))


def test_a_reject_of_a_lost_key_follows_its_answer():
    """
    The reject line has the key of the answer: it is about the share that the answer is about.
    """
    answer = {"cents": 0, "demande": 1000, "reponse": 2}
    result = reconcile(book([{}], [answer], [{}]))
    assert [Etat.REJETEE] == [creance.etat for creance in result.creances]
    assert [("X101", "")] == result.rejets_of(0)


def test_a_known_facture_whose_share_is_not_billed_is_looked_for_nowhere_else():
    """
    The key is a facture's: its answer is not given to the share of another facture of the same insured.
    """
    result = reconcile(book([{"facture": "1", "paiement": "00"}, {"facture": "2"}], [{"facture": "1"}]))
    assert [] == passes(result)


def test_the_shares_of_an_amc_are_recognised_by_its_returns():
    """
    Payer is which share: a mutuelle's answer goes to the AMC share of the same amount.
    """
    facture = {"paiement": "15", "cents": 1000, "amc_cents": 1000, "amc": "12345678"}
    result = reconcile(book([facture], [{"sender": "OC"}]))
    assert [Part.AMC] == [result.creances[row].part for row in result.liens_reponses.creance.tolist()]


def test_a_vendor_adds_a_pass_of_his_own():
    """
    A pass names what must be equal; it runs in its place, and its name is on its links.
    """
    own = PassReponseSpec(name="facture_seule", label="essai", egales=("facture", "cents"), jour="reponse_date")
    case = book([{"facture": "7"}], [{"facture": "7", "lot": "999", "nir": ""}])
    assert ["facture_seule"] == passes(reconcile(case, reponses=(own,)))
    assert [] == passes(reconcile(case, reponses=()))


def test_periods_are_those_of_the_policy():
    """
    A shorter period leaves the answer an orphan.
    """
    case = book([{"facture": "7"}], [{"facture": "7", "lot_date": None}])
    assert ["cle_sans_date"] == passes(reconcile(case, policy=MatchPolicy(reponse_jours=4)))
    assert [] == passes(reconcile(case, policy=MatchPolicy(reponse_jours=3)))


some_factures = st.lists(
    st.fixed_dictionaries(
        {
            "officine": st.sampled_from([OFFICINE, OTHER]), "lot": st.sampled_from(["001", "002"]),
            "lot_date": st.sampled_from([DAY, "2026-01-12", "2026-02-05"]),
            "facture": st.sampled_from(["1", "2", "3"]), "cents": st.sampled_from([1000, 700]),
            "nir": st.sampled_from([NIR, "2990199999002", ""]),
        }
    ),
    max_size=6, unique_by=lambda row: (row["officine"], row["lot_date"], row["lot"], row["facture"]),
)  # fmt: skip
some_answers = st.lists(
    st.fixed_dictionaries(
        {
            "officine": st.sampled_from([OFFICINE, OTHER]), "lot": st.sampled_from(["001", "002", ""]),
            "lot_date": st.sampled_from([DAY, "2026-01-12", "2026-01-13", None]),
            "facture": st.sampled_from(["1", "2", "9", "8"]), "cents": st.sampled_from([1000, 700, 0]),
            "demande": st.sampled_from([0, 0, 1000]), "nir": st.sampled_from([NIR, "2990199999002", ""]),
            "jour": st.sampled_from(["2026-01-09", "2026-02-09"]),
        }
    ),
    max_size=6,
)  # fmt: skip


class Naive:
    """Which orphan answer goes to which share alone, by loops over plain rows."""

    KEY = ("officine", "lot_date", "lot", "facture")

    def __init__(self, tables: Tables) -> None:
        self.factures = [tables.factures.row(rank) for rank in range(len(tables.factures))]
        self.days = [day.item() for day in tables.retours.date]
        answers = [{**tables.reponses.row(rank), "rank": rank} for rank in range(len(tables.reponses))]
        self.answered = {
            rank
            for rank, facture in enumerate(self.factures)
            if any(same(facture, answer, self.KEY) for answer in answers)
        }
        self.units: list[list[Any]] = []
        for answer in answers:
            if not any(same(facture, answer, self.KEY) for facture in self.factures):
                self._file(answer)

    def _file(self, answer: Any) -> None:
        for unit in self.units:
            if same(unit[0], answer, (*self.KEY, "nir", "naissance")):
                unit.append(answer)
                return
        self.units.append([answer])

    def _fits(self, number: int, facture: Any, unit: list[Any]) -> bool:
        one = unit[0]
        waited, told = (self.days[one["retour"]] - facture["lot_date"]).days, one["lot_date"]
        care = same(facture, one, ("nir", "naissance")) and one["nir"]
        soon = 0 <= waited <= 90
        ways = (
            same(facture, one, ("lot", "facture")) and one["lot"] and soon,
            care and told is not None and abs((told - facture["lot_date"]).days) <= 7,
            care and told is None and soon,
        )
        return (
            bool(ways[number]) and facture["officine"] == one["officine"] and facture["part_amo_cents"] == asked(unit)
        )

    def _waited(self, f: int, u: int) -> int:
        days: int = (self.days[self.units[u][0]["retour"]] - self.factures[f]["lot_date"]).days
        return days

    def found(self) -> set[tuple[str, ...]]:
        links: set[tuple[str, ...]] = set()
        gone: set[int] = set()
        seen: set[int] = set()
        for number in range(3):
            edges = {
                (f, u)
                for f, facture in enumerate(self.factures)
                for u, unit in enumerate(self.units)
                if f not in gone and u not in seen and self._fits(number, facture, unit)
            }
            alone = {edge for edge in edges if sum(edge[0] == f or edge[1] == u for f, u in edges) == 1}
            for fs, us in (*(({f}, {u}) for f, u in alone), *classes(edges)):
                gone |= fs
                seen |= us
            open_ends = {(f, u) for f, u in alone if f not in self.answered and self._waited(f, u) >= 0}
            links |= {link for f, u in open_ends for link in self._links(f, u)}
        return links

    def _links(self, f: int, u: int) -> set[tuple[str, ...]]:
        return {(*(str(self.factures[f][name]) for name in self.KEY), str(one["rank"])) for one in self.units[u]}


def same(one: Any, other: Any, names: tuple[str, ...]) -> bool:
    return all(one[name] == other[name] for name in names)


def asked(unit: list[Any]) -> int | None:
    """What all answers of one lost key repeat, else what the only one announces."""
    wanted = {one["demande_cents"] for one in unit}
    if wanted == {0} and len(unit) == 1 and unit[0]["annonce_cents"] > 0:
        return int(unit[0]["annonce_cents"])
    return int(unit[0]["demande_cents"]) if len(wanted) == 1 and wanted != {0} else None


def classes(edges: set[tuple[int, int]]) -> list[tuple[set[int], set[int]]]:
    """Every n shares and n units, two at least, that have all of each other and nothing else."""
    found = []
    for f, _ in edges:
        us = {u for one, u in edges if one == f}
        fs = {one for one, u in edges if u in us}
        whole = {(one, u) for one in fs for u in us}
        if len(fs) == len(us) > 1 and {edge for edge in edges if edge[0] in fs or edge[1] in us} == whole:
            found.append((fs, us))
    return found


@given(some_factures, some_answers)
def test_links_are_those_of_quadratic_loops(factures, reponses):
    """
    An orphan answer goes alone to a share where loops over plain rows say so, and nowhere else.
    """
    case = book(factures, reponses)
    result = reconcile(case)
    links = result.liens_reponses
    alone = np.flatnonzero((links.passe != b"cle_exacte") & (links.classe == 0))
    said = set()
    for row in alone.tolist():
        creance = result.creances[int(links.creance[row])]
        key = (creance.officine, str(creance.lot_date), creance.lot, creance.facture)
        said.add((*key, str(links.reponse[row])))
    assert Naive(case.tables).found() == said
    assert 0 == result.totaux.ecart_cents
