"""Every false link that the accuracy benchmark ever found, as the smallest book that shows it.

One that the matching still makes would be marked as an expected failure, strictly: a mark that no longer fits fails.
"""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks._exactitude_cas import CAS, run

from tiers_payant.domain import Book, Etat, Rapprochement
from tiers_payant.matching import reconcile

OFFICINE = "999000019"


def one_transfer(label: str, line: str, *, same_price: bool = False, other: str = OFFICINE) -> Rapprochement:
    """One transfer of 10 EUR announced under *label*, cut at 32 as the 071 does, and one bank line of 10 EUR.

    With *same_price*, another facture bills 10 EUR too, and nobody answered it; its officine is written as *other*.
    """
    bills = 1 + same_price
    key: dict[str, Any] = {
        "officine": [OFFICINE], "lot_date": ["2026-01-05"], "lot": ["001"], "facture": ["000000001"],
    }  # fmt: skip
    return reconcile(
        Book.from_columns(
            {
                "factures": {
                    **{name: column * bills for name, column in key.items()}, "paiement": ["25"] * bills,
                    "facture": ["000000001", "000000002"][:bills], "officine": [OFFICINE, other][:bills],
                    "part_amc_cents": [1000] * bills, "amc": ["99000011"] * bills,
                },
                "retours": {"emetteur_type": ["OC"], "empreinte": ["exemple"]},
                "groupes": {
                    "officine": [OFFICINE], "date": ["2026-01-08"], "libelle_1": [label[:32]],
                    "libelle_2": [label[32:]], "retour": [0],
                },
                "reponses": {**key, "part": [2], "reponse": [1], "annonce_cents": [1000], "groupe": [0], "retour": [0]},
                "virements": {
                    "compte": ["A"], "date": ["2026-01-09"], "montant_cents": [1000], "libelle": [line],
                    "devise": ["EUR"],
                },
            }
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "CETIP CETIP TP-20260108-SP SANTE-999000019-0000000001-0001- VIREMENT EN VOTRE FAVEUR",
        "VIR SEPA CETIP CETIP TP-20260108-SP SANTE-99900",
    ],
    ids=["whole", "cut by the bank"],
)
def test_credit_that_bears_the_label_of_the_transfer_settles_it(line):
    """
    What follows must not be mended by refusing what is right.
    """
    assert Etat.CREDITEE is reconcile_state(one_transfer("TP-20260108-SP SANTE-999000019-0000000001-0001-", line))


def test_half_of_a_label_does_not_settle():
    """
    The credit of another transfer of that day, whose return was lost, ends with another number.
    """
    line = "CETIP CETIP TP-20260108-SP SANTE-999000019-0000000002-0001- VIREMENT EN VOTRE FAVEUR"
    assert Etat.ANNONCEE is reconcile_state(one_transfer("TP-20260108-SP SANTE-999000019-0000000001-0001-", line))


@pytest.mark.parametrize(
    "line",
    ["CETIP CETIP TP-20260108-SP SANTE-999000019-0000000002-0001-", "CETIP CETIP TP-20260108-SP SANTE-99900"],
    ids=["whole", "cut by the bank"],
)
def test_credit_that_names_another_platform_does_not_settle(line):
    """
    One platform does not pay the transfer that another announces: the block of the bank line names who pays.
    """
    label = "TP-20260108-ALMERYS TP-999000019-0000000001-0001-"
    assert Etat.ANNONCEE is reconcile_state(one_transfer(label, line))


def test_credit_dated_on_another_day_does_not_settle_though_the_mark_ends_in_tp():
    """
    Found in the ordinary world 1007: the name of the platform in the block ends in TP, and digits follow.
    """
    line = "ALMERYS SAS TP-20260109-ALMERYS TP-999000019-0000000061-0001- VIREMENT EN VOTRE FAVEUR"
    assert Etat.ANNONCEE is reconcile_state(one_transfer("TP-20260108-ALMERYS TP-999000019-0000000001-0001-", line))


@pytest.mark.parametrize(
    "line",
    ["VIR SEPA CETIP CETIP TP-20260108-SP SANTE-99900", "VIR SEPA CETIP CETIP 260081234567"],
    ids=["cut by the bank", "without label"],
)
def test_the_amount_of_a_share_that_nobody_answered_does_not_settle(line):
    """
    Found in the ordinary worlds 1019, 1107 and 1116: of two equal transfers one was never paid, and the return of the
    other was lost. Its credit has nothing but the amount.
    """
    result = one_transfer("TP-20260108-SP SANTE-999000019-0000000001-0001-", line, same_price=True)
    assert Etat.ANNONCEE is reconcile_state(result)
    assert [b"FORTUIT"] == result.propositions.motif.tolist()


def test_the_amount_of_a_share_counts_however_its_officine_is_written():
    """
    `7` and `007` are one officine to every key: zeros before it hide no rival.
    """
    result = one_transfer("", "CETIP TP SP S", same_price=True, other=f"0{OFFICINE}")
    assert Etat.ANNONCEE is reconcile_state(result)


def test_a_part_of_a_split_transfer_does_not_settle_another_of_its_amount():
    """
    Found in the ordinary world 1037: a transfer never came; twelve days later one of the two credits of another one had
    its amount to the cent.
    """
    keys = [{"officine": OFFICINE, "lot_date": "2026-01-05", "lot": "001", "facture": f"{rank}"} for rank in (1, 2)]
    told = {name: [key[name] for key in keys] for name in keys[0]}
    due = [11_611, 11_611 + 27_519]
    result = reconcile(
        Book.from_columns(
            {
                "factures": {**told, "paiement": ["05"] * 2, "part_amo_cents": due},
                "retours": {"emetteur_type": ["CP"] * 2, "empreinte": ["un", "deux"]},
                "groupes": {"officine": [OFFICINE] * 2, "date": ["2026-01-08", "2026-01-19"], "retour": [0, 1]},
                "reponses": {
                    **told, "part": [1] * 2, "reponse": [1] * 2, "annonce_cents": due, "groupe": [0, 1],
                    "retour": [0, 1],
                },
                "comptes": {"officine": [OFFICINE], "compte": ["A"]},
                "virements": {
                    "compte": ["A"] * 2, "date": ["2026-01-20", "2026-01-21"], "montant_cents": [11_611, 27_519],
                    "libelle": ["CPAM DE VILLE-EXEMPLE"] * 2,
                },
            }
        )
    )  # fmt: skip
    assert Etat.ANNONCEE is reconcile_state(result)


def two_answers(*lines: tuple[str, int]) -> Rapprochement:
    """One transfer of 80.57 EUR announced on 2026-01-08, of 38.71 and 41.86 EUR, and bank lines: day, cents."""
    told = {
        "officine": [OFFICINE] * 2, "lot_date": ["2026-01-05"] * 2, "lot": ["001"] * 2, "facture": ["1", "2"],
    }  # fmt: skip
    due = [3871, 4186]
    return reconcile(
        Book.from_columns(
            {
                "factures": {**told, "paiement": ["05"] * 2, "part_amo_cents": due},
                "retours": {"emetteur_type": ["CP"], "empreinte": ["un"]},
                "groupes": {"officine": [OFFICINE], "date": ["2026-01-08"], "retour": [0]},
                "reponses": {
                    **told, "part": [1] * 2, "reponse": [1] * 2, "annonce_cents": due, "groupe": [0] * 2,
                    "retour": [0] * 2,
                },
                "comptes": {"officine": [OFFICINE], "compte": ["A"]},
                "virements": {
                    "compte": ["A"] * len(lines), "date": [day for day, _ in lines],
                    "montant_cents": [cents for _, cents in lines],
                    "libelle": ["CPAM DE VILLE-EXEMPLE"] * len(lines),
                },
            }
        )
    )  # fmt: skip


@pytest.mark.parametrize("other", [("2026-01-09", 3871), ("2026-01-09", 4186), ("2026-01-30", 8057)])
def test_a_line_that_nothing_explains_may_be_the_one(other):
    """
    Found in the ordinary worlds 4002 and 4006: the true line was short of an answer, or late, and stayed unexplained;
    a line of the whole amount, in time, was of another transfer.
    """
    assert Etat.ANNONCEE is reconcile_state(two_answers(("2026-01-14", 8057), other))


@pytest.mark.parametrize("other", [("2026-01-09", 3870), ("2026-01-30", 3871), ("2025-12-30", 8057)])
def test_a_line_that_cannot_be_the_one_is_no_rival(other):
    """
    Another amount, a short payment out of the period, or a line long before the transfer: the pair is settled.
    """
    assert Etat.CREDITEE is reconcile_state(two_answers(("2026-01-14", 8057), other))


def reconcile_state(result: Rapprochement) -> Etat:
    return Etat(result.creances.etat[0])


def test_key_of_another_facture_does_not_decide_when_the_person_is_not_the_one():
    """
    Two digits of the number were swapped by whoever typed it: the key is right, and of somebody else's facture.
    """
    numbers = ["000000012", "000000021"]
    result = reconcile(
        Book.from_columns(
            {
                "factures": {
                    "officine": [OFFICINE] * 2, "lot_date": ["2026-01-05"] * 2, "lot": ["001"] * 2, "facture": numbers,
                    "paiement": ["05"] * 2, "part_amo_cents": [1000, 700], "nir": ["1999999999999", "2999999999999"],
                    "naissance": ["010199", "020299"],
                },
                "retours": {"emetteur_type": ["CP"], "empreinte": ["exemple"]},
                "groupes": {"officine": [OFFICINE], "date": ["2026-01-08"], "retour": [0]},
                "reponses": {
                    "officine": [OFFICINE], "lot_date": ["2026-01-05"], "lot": ["001"], "facture": [numbers[1]],
                    "part": [1], "reponse": [1], "annonce_cents": [1000], "nir": ["1999999999999"],
                    "naissance": ["010199"], "groupe": [0], "retour": [0],
                },
            }
        )
    )  # fmt: skip
    assert [1000, 0] == result.creances.annonce_cents.tolist()


@pytest.mark.parametrize(
    ("paiement", "expected"), [("15", Etat.REJETEE), ("25", Etat.RETRANSMISE)], ids=["both shares", "that share alone"]
)
def test_a_second_sale_of_the_day_replaces_no_share_that_was_refused(paiement, expected):
    """
    Found in the ordinary world 6015: the first sale has its AMO share accepted and its AMC share refused; the next day
    another of the same person and amounts bills both. Who bills a refused share again does not bill the other twice.
    """
    told: dict[str, Any] = {
        "officine": [OFFICINE] * 2, "lot_date": ["2026-01-05", "2026-01-07"], "lot": ["001", "002"],
        "facture": ["1", "2"],
    }  # fmt: skip
    first = {name: column[:1] * 2 for name, column in told.items()}
    result = reconcile(
        Book.from_columns(
            {
                "factures": {
                    **told, "paiement": ["15", paiement], "part_amo_cents": [3041] * 2, "part_amc_cents": [76] * 2,
                    "amc": ["99000011"] * 2, "nir": ["1999999999999"] * 2, "naissance": ["010199"] * 2,
                    "date_soins": ["2026-01-05"] * 2,
                },
                "retours": {"emetteur_type": ["CP", "OC"], "empreinte": ["un", "deux"]},
                "groupes": {"officine": [OFFICINE] * 2, "date": ["2026-01-06"] * 2, "retour": [0, 1]},
                "reponses": {
                    **first, "part": [1, 2], "reponse": [1, 2], "annonce_cents": [3041, 0], "groupe": [0, 1],
                    "retour": [0, 1],
                },
            }
        )
    )  # fmt: skip
    assert expected is Etat(result.creances.etat[1])


def test_crowd_in_which_a_return_was_lost_holds_no_false_link():
    """
    World 2000 of the crowd of five: among equal transfers, a line whose return was lost is taken for the one that was
    paid with another.
    """
    assert 0 == run(CAS[1], 2000)["liens_faux"]
