"""Credits without any return: what they pay, what they may pay, and what keeps them from paying it."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any
from unittest.mock import patch

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.matching.oracle_sans_retour import OracleSansRetour

from tiers_payant.domain import Book, Etat, EtatVirement, Rapprochement, Tables, format_cents, virement_ids
from tiers_payant.errors import PassError
from tiers_payant.matching import MatchPolicy, _sommes, reconcile
from tiers_payant.matching._passes_sans_retour import SANS_RETOUR, SansRetour
from tiers_payant.matching._sommes import expected_equals
from tiers_payant.reports import rapprochement_chunks

OFFICINE, OTHER = "999000019", "999000027"
CPAM, CETIP, MSA, BOTH = "CPAM DE VILLE-EXEMPLE", "CETIP EXEMPLE", "MSA EXEMPLE", "HARMONIE MUT EXEMPLE"
LABEL = "TP-20260108-EXEMPLE-0001"
ONE, TWO, THREE, FOUR = 1_241_237, 2_727_519, 5_163_083, 418_341
"""Amounts of which no sum comes near another, nor near a round one."""
ALL = ONE + TWO + THREE


def book(
    factures: list[dict[str, Any]],
    lines: list[dict[str, Any]],
    *,
    comptes: dict[str, str] | None = None,
    **tables: Any,
) -> Book:
    """Build a book of factures that nobody answers, and of bank lines; account A is the officine's."""
    owners = {"A": OFFICINE} if comptes is None else comptes
    facture = {
        "officine": OFFICINE, "lot_date": "2026-01-05", "lot": "001", "regime": "01", "caisse": "999",
        "amc": "0099999997", "contrat": "", "paiement": "05", "nir": "", "date_soins": "2026-01-05",
        "part_amo_cents": 0, "part_amc_cents": 0,
    }  # fmt: skip
    line = {
        "compte": "A", "date": "2026-01-12", "montant_cents": ALL, "libelle": CPAM, "statut": 0, "devise": "EUR",
    }  # fmt: skip
    numbered = [{"facture": f"{rank:09d}", **facture, **row} for rank, row in enumerate(factures, 1)]
    return Book.from_columns(
        {
            "factures": columns(numbered),
            "virements": columns([{**line, **row} for row in lines]),
            "comptes": {"officine": list(owners.values()), "compte": list(owners)},
            **tables,
        }
    )


def columns(given: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in given] for name in (given[0] if given else {})}


def amo(cents: int, **row: Any) -> dict[str, Any]:
    return {"part_amo_cents": cents, **row}


def lot(**row: Any) -> list[dict[str, Any]]:
    """Three factures, of which the default bank line is the total; *row* changes the first."""
    return [amo(ONE, **row), amo(TWO), amo(THREE)]


def amc(cents: int, **row: Any) -> dict[str, Any]:
    return {"part_amc_cents": cents, "paiement": "25", **row}


def answer(**row: Any) -> dict[str, Any]:
    """Build the tables of one return that says one thing of facture 1."""
    said = {
        "officine": OFFICINE, "lot_date": "2026-01-05", "lot": "001", "facture": "000000001", "part": 1, "reponse": 1,
        "annonce_cents": 0, "groupe": -1, "retour": 0,
    }  # fmt: skip
    return {
        "retours": {"emetteur_type": ["CP"], "date": ["2026-01-08"], "empreinte": ["exemple"]},
        "reponses": columns([{**said, **row}]),
    }


def passes(result: Rapprochement) -> list[str]:
    return [name.decode() for name in result.liens_directs.passe.tolist()]


def paid(result: Rapprochement) -> list[int]:
    return [int(cents) for cents in result.creances.credite_cents]


def motifs(result: Rapprochement) -> list[str]:
    return [motif.decode() for motif in result.propositions_directes.motif.tolist()]


# --- what is settled


def test_a_whole_lot_is_settled_and_told():
    """
    The credit is what one debtor owes of one lot: every créance is paid, the line explained, the balance right.
    """
    result = reconcile(book([*lot(), amo(FOUR, lot="003")], [{}]))
    assert ["lot_entier"] * 3 == passes(result)
    assert [ONE, TWO, THREE, 0] == paid(result)
    assert [Etat.CREDITEE] * 3 + [Etat.NON_REPONDUE] == [one.etat for one in result.creances]
    assert [EtatVirement.EXPLIQUE] == result.etats_virements.tolist()
    assert (ALL, 0, 0) == (result.totaux.credite_cents, result.totaux.inexplique_cents, result.totaux.ecart_cents)
    told = result.explain(result.creances[0])
    name = virement_ids(result.tables)[0]
    assert f"par le virement de {format_cents(ALL)} du 12/01/2026 ({name}), qui en paie aussi 2 autres" in told


def test_a_whole_day_is_settled():
    """
    All the lots of one day, in one credit.
    """
    lots = [amo(ONE), amo(TWO, lot="002"), amo(THREE, lot="003"), amo(FOUR, lot_date="2026-01-06")]
    assert ["journee_entiere"] * 3 == passes(reconcile(book(lots, [{}])))


def test_a_lot_of_one_debtor_among_others_is_settled():
    """
    Two complementary insurers in one lot: one pays all that it owes.
    """
    shares = [amc(ONE), amc(TWO), amc(THREE), amc(FOUR, amc="0088888886")]
    assert [ONE, TWO, THREE, 0] == paid(reconcile(book(shares, [{"libelle": CETIP}])))


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_creances_are_only_proposed(count):
    """
    The amount of a créance is a price: a facture that is not in the book may owe as much.
    """
    result = reconcile(book([amo(ONE), amo(TWO)][:count], [{"montant_cents": ONE + TWO * (count - 1)}]))
    assert ([0] * count, ["FORTUIT"] * count) == (paid(result), motifs(result))


def test_a_sum_of_creances_is_settled():
    """
    Three créances of two lots and two days, and no other way to make the credit.
    """
    lots = [amo(ONE), amo(FOUR), amo(TWO, lot_date="2026-01-06"), amo(THREE, lot_date="2026-01-06")]
    result = reconcile(book(lots, [{}]))
    assert (["somme_de_creances"] * 3, [ONE, 0, TWO, THREE]) == (passes(result), paid(result))


def test_shares_that_the_amo_owes_are_paid_with_its_own():
    """
    With C2S both shares have one debtor: its lot holds them both.
    """
    shares = [{"part_amo_cents": ONE, "part_amc_cents": TWO, "paiement": "15", "contrat": "89"}, amo(THREE)]
    assert [ONE, TWO, THREE] == paid(reconcile(book(shares, [{}])))


def test_a_payer_of_both_shares_may_pay_them_together():
    """
    A mutuelle that manages the obligatory part pays the two shares of a lot in one credit.
    """
    shares = [{"part_amo_cents": ONE, "part_amc_cents": TWO, "paiement": "15"}, amo(THREE)]
    assert [ONE, TWO, THREE] == paid(reconcile(book(shares, [{"libelle": BOTH}])))


def test_a_credit_note_inside_a_lot_is_taken_with_it():
    """
    A share billed below zero lowers what the lot is paid: the credit pays them all.
    """
    result = reconcile(book([amo(TWO), amo(THREE), amo(-FOUR)], [{"montant_cents": TWO + THREE - FOUR}]))
    assert ([TWO, THREE, -FOUR], ["lot_entier"] * 3) == (paid(result), passes(result))


def test_a_deferred_creance_may_still_be_paid():
    """
    What was put off is open: nothing was announced, nothing refused.
    """
    result = reconcile(book(lot(), [{}], **answer(reponse=3)))
    assert [Etat.CREDITEE] * 3 == [one.etat for one in result.creances]


# --- gates


@pytest.mark.parametrize(
    "line",
    [
        {"date": "2026-01-04"},
        {"date": "2026-04-06"},
        {"libelle": CETIP},
        {"libelle": MSA},
        {"libelle": "LOYER EXEMPLE"},
        {"compte": "B"},
        {"montant_cents": ALL + 1},
        {"montant_cents": -ALL},
        {"statut": 1},
        {"devise": "CHF"},
    ],
    ids=[
        "before the lot", "forgotten", "other insurer", "other regime", "no payer", "nobody's account", "a cent more",
        "debit", "pending", "not euros",
    ],
)  # fmt: skip
def test_a_gate_that_is_shut_leaves_the_creance_open(line):
    """
    Dates, payer, account, amount: each alone keeps the credit from paying, and from being proposed.
    """
    result = reconcile(book(lot(), [line]))
    assert (0, 0, [0] * 3) == (len(result.liens_directs), len(result.propositions_directes), paid(result))


@pytest.mark.parametrize("day", ["2026-01-05", "2026-04-05"], ids=["day of the lot", "90 days later"])
def test_the_window_holds_its_two_ends(day):
    """
    From the day of the lot to the last day of the memory.
    """
    assert [ONE, TWO, THREE] == paid(reconcile(book(lot(), [{"date": day}])))


def test_an_account_of_two_officines_pays_nobody():
    """
    Who owns it is not known.
    """
    given = book(lot(), [{}])
    comptes = {"officine": [OFFICINE, OTHER], "compte": ["A", "A"]}
    shared = Book.from_columns({"comptes": comptes}).tables.comptes
    result = reconcile(attrs.evolve(given, tables=attrs.evolve(given.tables, comptes=shared)))
    assert [0] * 3 == paid(result)


def test_a_regime_that_nobody_names_may_be_paid_by_any_fund():
    """
    A facture without a régime is not closed to the MSA.
    """
    assert [ONE, TWO, THREE] == paid(
        reconcile(book([amo(one, regime="") for one in (ONE, TWO, THREE)], [{"libelle": MSA}]))
    )


@pytest.mark.parametrize(
    "said",
    [{"annonce_cents": ONE}, {"annonce_cents": 5}, {"reponse": 2}],
    ids=["announced", "announced in part", "rejected"],
)
def test_an_answer_that_pays_or_refuses_closes_the_creance(said):
    """
    A credit without a return never pays what a return is about.
    """
    result = reconcile(book(lot(), [{}], **answer(**said)))
    assert (0, 0) == (len(result.liens_directs), len(result.propositions_directes))


def test_a_reject_line_closes_the_creance():
    """
    Even where no answer comes with it.
    """
    rejet = {
        "officine": [OFFICINE], "lot_date": ["2026-01-05"], "lot": ["001"], "facture": ["000000001"], "part": ["O"],
        "code": ["X1"], "retour": [0],
    }  # fmt: skip
    result = reconcile(book(lot(), [{}], rejets=rejet, retours=answer()["retours"]))
    assert [0] * 3 == paid(result)


def test_a_refused_lot_is_not_paid():
    """
    A negative acknowledgement: the lot must be sent again.
    """
    arl = {
        "officine": [OFFICINE], "lot_date": ["2026-01-05"], "lot": ["001"], "date": ["2026-01-06"], "positif": [False]
    }  # fmt: skip
    assert [0] * 3 == paid(reconcile(book(lot(), [{}], arls=arl)))


def test_a_share_billed_again_is_paid_once():
    """
    The facture that was replaced is not open; the one that replaces it is.
    """
    care = {"nir": "1999999999999", "date_soins": "2026-01-05"}
    factures = [amo(ONE, **care), amo(ONE, lot_date="2026-01-09", lot="002", **care), amo(TWO), amo(THREE)]
    result = reconcile(book(factures, [{}], **answer(reponse=2)))
    assert [Etat.RETRANSMISE, Etat.CREDITEE, Etat.CREDITEE, Etat.CREDITEE] == [one.etat for one in result.creances]


# --- rivals


def test_two_lots_of_one_total_are_a_tie():
    """
    Equal totals, one credit: both lots are proposed, none is settled.
    """
    lots = [amo(ONE), amo(TWO), amo(ONE + 7, lot="002"), amo(TWO - 7, lot="002")]
    result = reconcile(book(lots, [{"montant_cents": ONE + TWO}]))
    assert [0, 0, 0, 0] == paid(result)
    assert ["AMBIGU"] * 4 == motifs(result)
    assert [1, 1, 2, 2] == result.propositions_directes.ensemble.tolist()
    assert [EtatVirement.PROPOSE] == result.etats_virements.tolist()
    assert ONE + TWO == result.totaux.propose_cents
    assert f"À confirmer, sans retour : le virement de {format_cents(ONE + TWO)} du 12/01/2026" in result.explain(
        result.creances[0]
    )


def test_a_lot_and_a_sum_of_one_total_are_a_tie():
    """
    A structure is no better than a sum that makes the same amount.
    """
    lots = [amo(ONE), amo(TWO), amo(ONE + 7, lot="002"), amo(TWO - 7, lot="003")]
    assert [0, 0, 0, 0] == paid(reconcile(book(lots, [{"montant_cents": ONE + TWO}])))


def test_two_credits_of_one_lot_are_left_to_a_person():
    """
    Each is the other's rival, by name.
    """
    result = reconcile(book(lot(), [{}, {"date": "2026-01-13"}]))
    assert [0] * 3 == paid(result)
    first, second = virement_ids(result.tables)
    assert [second] * 3 + [first] * 3 == result.propositions_directes.rivaux.tolist()


def test_credits_that_share_a_creance_are_left_to_a_person():
    """
    Two different sums with one créance in common: the other credit may be the one that pays it.
    """
    lots = [*lot(), amo(FOUR, lot="002")]
    lines = [{}, {"montant_cents": THREE + FOUR, "date": "2026-01-13"}]
    assert [0] * 4 == paid(reconcile(book(lots, lines)))
    assert [ONE, TWO, THREE, 0] == paid(reconcile(book(lots, lines[:1])))


def test_small_amounts_are_only_proposed():
    """
    Few amounts lie near, but all are near each other: chance may have made it, unless the policy trusts it.
    """
    given = book([amo(1237), amo(2711), amo(1399)], [{"montant_cents": 5347}])
    result = reconcile(given)
    assert ([0] * 3, ["FORTUIT"] * 3) == (paid(result), motifs(result))
    assert [1237, 2711, 1399] == paid(reconcile(given, policy=MatchPolicy(accidents_max=0.01)))


def test_what_chance_may_well_make_is_not_shown():
    """
    Sixty small amounts: the one that agrees is no news.
    """
    many = [amo(101 + 3 * rank, lot=f"{rank:03d}") for rank in range(60)]
    result = reconcile(book(many, [{"montant_cents": 104}]))
    assert (0, [EtatVirement.INEXPLIQUE]) == (len(result.propositions_directes), result.etats_virements.tolist())


def test_a_round_amount_is_only_proposed():
    """
    50 000,00 EUR falls on fewer places than 50 000,01 EUR.
    """
    shares = [amo(ONE), amo(TWO), amo(5_000_000 - ONE - TWO)]
    assert [0] * 3 == paid(reconcile(book(shares, [{"montant_cents": 5_000_000}])))


def test_an_announced_transfer_that_claims_the_line_wins():
    """
    An open group of that net: the line is asked of the group, and is still a rival for the lot.
    """
    groups = {
        "officine": [OFFICINE] * 2, "date": ["2026-01-09"] * 2, "libelle_1": [""] * 2, "retour": [0] * 2
    }  # fmt: skip
    said = answer()["reponses"]
    told = {name: values * 2 for name, values in said.items()} | {
        "facture": ["000000008", "000000009"], "annonce_cents": [ALL, ALL], "groupe": [0, 1],
    }  # fmt: skip
    given = book(lot(), [{}], groupes=groups, reponses=told, retours=answer()["retours"])
    result = reconcile(given)
    assert (0, 0, 2) == (len(result.liens_directs), len(result.propositions_directes), len(result.propositions))


def test_a_sum_of_announced_transfers_claims_the_line():
    """
    Four groups make the line in two ways: it is settled neither by them nor without them.
    """
    groups = {"officine": [OFFICINE] * 4, "date": ["2026-01-09"] * 4, "retour": [0] * 4}
    said = {name: values * 4 for name, values in answer()["reponses"].items()} | {
        "facture": [f"90000000{rank}" for rank in range(4)], "groupe": [0, 1, 2, 3],
        "annonce_cents": [FOUR, ALL - FOUR, FOUR + 9, ALL - FOUR - 9],
    }  # fmt: skip
    result = reconcile(book(lot(), [{}], groupes=groups, reponses=said, retours=answer()["retours"]))
    assert (0, 0, 0) == (len(result.liens_directs), len(result.propositions_directes), len(result.liens_virements))


def test_a_line_with_the_label_of_an_announced_transfer_has_a_return():
    """
    Whatever its amount: it was announced, if not for that.
    """
    groups = {"officine": [OFFICINE], "date": ["2026-01-09"], "libelle_1": [LABEL], "retour": [0]}
    said = answer(facture="000000009", annonce_cents=77, groupe=0)
    result = reconcile(book(lot(), [{"libelle": f"{CPAM} {LABEL}"}], groupes=groups, **said))
    assert (0, 0) == (len(result.liens_directs), len(result.propositions_directes))


def test_sums_beyond_the_budget_settle_nothing_and_are_told():
    """
    The lot that agrees is proposed, for a person to judge; the credit that nothing explains is told.
    """
    others = [{"montant_cents": ALL + FOUR - 7, "date": "2026-01-13"}]
    with patch.object(_sommes, "BUDGET", 3):
        result = reconcile(book([*lot(), amo(FOUR, lot="003")], [{}, *others]))
    assert [0] * 4 == paid(result)
    assert ["HORS_BUDGET"] * 3 == motifs(result)
    assert ["SOMMES_HORS_BUDGET"] == [problem.code for problem in result.problems]


def test_a_small_credit_is_not_kept_open_by_larger_creances():
    """
    What is larger than any sum of that amount is in none: it costs no budget.
    """
    many = [amo(2 * ALL + rank, lot=f"{rank + 100:03d}") for rank in range(60)]
    assert [ONE, TWO, THREE] == paid(reconcile(book([*lot(), *many], [{}])))[:3]


# --- later evidence


def test_a_return_that_arrives_withdraws_the_link():
    """
    Announced for another facture, the transfer takes the line back, and the créances are open again.
    """
    groups = {"officine": [OFFICINE], "date": ["2026-01-09"], "retour": [0]}
    said = answer(lot="002", facture="000000004", annonce_cents=ALL, groupe=0)
    factures = [*lot(), amo(ALL + FOUR, lot="002")]
    assert [ONE, TWO, THREE, 0] == paid(reconcile(book(factures, [{}])))
    result = reconcile(book(factures, [{}], groupes=groups, **said))
    assert [0, 0, 0, ALL] == paid(result)
    assert (0, [b"payeur_net_periode"]) == (len(result.liens_directs), result.liens_virements.passe.tolist())


def test_a_return_about_the_creances_takes_the_place_of_the_link():
    """
    The return announces what was already credited: the same state, by a better pass, and counted once.
    """
    groups = {"officine": [OFFICINE], "date": ["2026-01-09"], "retour": [0]}
    told = answer(groupe=0)["reponses"]
    said = {name: values * 3 for name, values in told.items()} | {
        "facture": ["000000001", "000000002", "000000003"], "annonce_cents": [ONE, TWO, THREE],
    }  # fmt: skip
    result = reconcile(book(lot(), [{}], groupes=groups, reponses=said, retours=answer()["retours"]))
    assert ([ONE, TWO, THREE], 0, 1) == (paid(result), len(result.liens_directs), len(result.liens_virements))


# --- the document, plugins


def test_the_document_shows_lines_without_a_return():
    """
    A créance lists its line, the line says what it pays, and a proposal names its créances and no group.
    """
    result = reconcile(book(lot(), [{}]))
    found = json.loads("".join(rapprochement_chunks(result)))
    assert [virement_ids(result.tables)] * 3 == [row["virements"] for row in found["creances"]]
    assert [(ALL, 0)] == [(row["affecte_cents"], row["reste_cents"]) for row in found["virements"]]
    tied = json.loads("".join(rapprochement_chunks(reconcile(book(lot(), [{}, {"date": "2026-01-13"}])))))
    assert [(None, ALL, "AMBIGU")] * 2 == [(row["groupe"], row["cents"], row["motif"]) for row in tied["propositions"]]
    assert ["000000001", "000000002", "000000003"] == [row["facture"] for row in tied["propositions"][0]["creances"]]


def test_a_pass_of_a_plugin_is_one_among_them():
    """
    A month in one credit: seven créances, which no sum of six makes.
    """
    month = SansRetour(
        name="mois_entier",
        label="un virement est la somme d'un mois",
        rassemble=lambda creances: creances.lot_date.astype("datetime64[M]").astype(np.int64),
    )
    days = [amo(ONE + rank * TWO, lot_date=f"2026-01-{rank + 1:02d}") for rank in range(7)]
    given = book(days, [{"montant_cents": sum(day["part_amo_cents"] for day in days)}])
    assert ["mois_entier"] * 7 == passes(reconcile(given, sans_retour=(*SANS_RETOUR, month)))
    assert [] == passes(reconcile(given))


def test_a_plugin_that_gives_too_few_numbers_is_named():
    """
    The pass that is wrong, and what it should have given.
    """
    wrong = SansRetour(name="faux", label="faux", rassemble=lambda creances: np.zeros(1, dtype=np.int64))
    with pytest.raises(PassError, match="pass faux: expected one whole number for each of 2 créances"):
        reconcile(book([amo(ONE), amo(TWO)], [{}]), sans_retour=(wrong,))


def test_every_pass_says_in_french_what_it_means():
    """
    In order: structures first.
    """
    assert ["lot_entier", "journee_entiere", "creance_seule", "somme_de_creances"] == [one.name for one in SANS_RETOUR]
    assert all("virement" in one.label for one in SANS_RETOUR)


def test_accidents_of_amounts_alone_are_a_density():
    """
    Two amounts within a hundredth of the target, over the width in cents; the target itself is not counted.
    """
    cents = np.array([100_001, 100_500, 99_500, 900_000], dtype=np.int64)
    assert 2 / 2000 == expected_equals(cents, 100_001)


# --- against the oracle

shared = {
    "officine": st.sampled_from([OFFICINE, OFFICINE, OTHER]),
    "lot_date": st.sampled_from(["2026-01-05", "2026-01-05", "2026-01-12"]),
    "lot": st.sampled_from(["001", "A02"]),
    "facture": st.sampled_from(["000000001", "000000002", "000000003"]),
}
facture_rows = st.fixed_dictionaries(
    {
        **shared,
        "paiement": st.sampled_from(["05", "05", "15", "25"]),
        "regime": st.sampled_from(["01", "01", "02", ""]),
        "amc": st.sampled_from(["0099999997", "0088888886", ""]),
        "part_amo_cents": st.sampled_from([ONE, TWO, THREE, FOUR, ONE + TWO, 0, -FOUR]),
        "part_amc_cents": st.sampled_from([ONE, FOUR, 0]),
    }
)
LABELS = [CPAM, CPAM, CETIP, MSA, BOTH, "LOYER EXEMPLE"]


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Draw a few factures, credits made of what stands together in them or at random, and a few words against them."""
    base, lines = [], []
    if draw(st.integers(0, 3)):
        where = {"officine": OFFICINE, "lot_date": "2026-01-05", "regime": "01", "amc": "", "paiement": "05"}
        lots = draw(st.sampled_from([("B01",) * 3, ("B01", "B02", "B03"), ("B01", "B02", "001")]))
        amounts = zip(lots, (ONE, TWO, THREE), strict=True)
        base = [
            {**where, "lot": lot, "facture": f"00000000{rank}", "part_amo_cents": du, "part_amc_cents": 0}
            for rank, (lot, du) in enumerate(amounts, 4)
        ]
        label, day = draw(st.sampled_from([CPAM, BOTH])), draw(st.sampled_from(["2026-01-13", "2026-04-05"]))
        lines = [{"montant_cents": ALL, "libelle": label, "date": day, "compte": "A"}]
    more = draw(st.lists(facture_rows, min_size=1, max_size=3, unique_by=lambda row: tuple(row[n] for n in shared)))
    factures = [*base, *more]
    lines += [_line(draw, factures) for _ in range(draw(st.integers(0 if lines else 1, 2)))]
    about = st.sampled_from(factures)
    tables: dict[str, Any] = {}
    if draw(st.booleans()):
        one = {name: draw(about)[name] for name in shared}
        said = draw(st.sampled_from([{"reponse": 2}, {"reponse": 3}, {"annonce_cents": 300}, {"annonce_cents": -FOUR}]))
        tables |= answer(**one, **said, part=draw(st.sampled_from([1, 2])))
    if draw(st.integers(0, 3)) == 0:
        one = draw(about)
        tables["arls"] = columns(
            [{**{n: one[n] for n in ("officine", "lot_date", "lot")}, "positif": draw(st.booleans())}]
        )
    if draw(st.integers(0, 3)) == 0:
        one = draw(about)
        tables |= {"retours": answer()["retours"], "rejets": columns([{n: one[n] for n in shared} | {"part": "O"}])}
    return book(factures, lines, comptes={"A": OFFICINE, "B": OTHER}, **tables)


def _line(draw: st.DrawFn, factures: list[dict[str, Any]]) -> dict[str, Any]:
    one, share = draw(st.sampled_from(factures)), draw(st.sampled_from(["part_amo_cents", "part_amc_cents"]))
    same = draw(
        st.sampled_from([("officine", "lot_date", "lot"), ("officine", "lot_date"), ("officine",), tuple(shared)])
    )
    rows = [row for row in factures if all(row[name] == one[name] for name in same)]
    other = draw(st.sampled_from([ONE, TWO, ONE + TWO, ONE + TWO + THREE, FOUR]))
    together = sum(row[share] for row in rows)
    return {
        "montant_cents": draw(st.sampled_from([together, together, together, other])),
        "date": draw(st.sampled_from(["2026-01-13", "2026-01-13", "2026-01-08", "2026-04-08"])),
        "compte": draw(st.sampled_from(["A" if one["officine"] == OFFICINE else "B", "A", "C"])),
        "libelle": draw(st.sampled_from(LABELS)),
    }


def settled(result: Rapprochement) -> set[tuple[int, frozenset[Any], str]]:
    links = result.liens_directs
    keys: dict[tuple[int, str], set[Any]] = defaultdict(set)
    for row, line, name in zip(links.creance.tolist(), links.virement.tolist(), passes(result), strict=True):
        keys[line, name].add(result.creances[row].cle)
    return {(line, frozenset(found), name) for (line, name), found in keys.items()}


def proposed(result: Rapprochement) -> set[tuple[int, frozenset[Any], str, str]]:
    asked = result.propositions_directes
    keys: dict[tuple[int, int, str, str], set[Any]] = defaultdict(set)
    for row in range(len(asked)):
        one = asked.row(row)
        keys[one["ensemble"], one["virement"], one["passe"], one["motif"]].add(result.creances[one["creance"]].cle)
    return {(line, frozenset(found), name, motif) for (_, line, name, motif), found in keys.items()}


@given(books(), st.sampled_from([0.0001, 0.01, 1.0]))
def test_same_links_and_proposals_as_the_oracle(given, accidents_max):
    """
    Every set of every pass tried one by one, judged by the laws as they are written.
    """
    result = reconcile(given, policy=MatchPolicy(accidents_max=accidents_max))
    oracle = OracleSansRetour(given.tables, accidents_max)
    assert oracle.settled == settled(result)
    assert oracle.proposed == proposed(result)
    paid_keys = {one.cle: one.credite_cents for one in result.creances if one.credite_cents}
    assert oracle.paid() == paid_keys


@given(books(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(given, random):
    """
    Factures and bank lines in any order make the same document.
    """
    tables = given.tables
    moved: dict[str, Any] = {}
    for name in ("factures", "virements", "comptes"):
        order = list(range(len(getattr(tables, name))))
        random.shuffle(order)
        moved[name] = getattr(tables, name).take(np.array(order, dtype=np.int64))
    assert document(tables) == document(attrs.evolve(tables, **moved))


def document(tables: Tables) -> Any:
    """Return the document, equal bank lines told apart by nothing: their ranks are those of the statement."""
    return "".join(rapprochement_chunks(reconcile(Book(tables=tables))))


@given(books())
def test_officines_apart_make_what_they_make_together(given):
    """
    Two officines share every number: neither sees the other.
    """
    whole = settled(reconcile(given))
    factures = given.tables.factures
    apart: set[tuple[int, frozenset[Any], str]] = set()
    for officine in (OFFICINE, OTHER):
        mine = given.tables.keep({"factures": factures.officine == officine.encode()})
        apart |= settled(reconcile(attrs.evolve(given, tables=mine)))
    assert whole == apart
