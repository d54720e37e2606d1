"""What the insurer prints is understood, and what it refuses is seen before it is sent."""

from __future__ import annotations

import datetime as dt

import pytest
import tiers_payant_regles_exemple as regles

import tiers_payant as tp
from tiers_payant.domain import Book, Factures, Famille, Rejets, Retours, Tables

TODAY = dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("code", "family"), [("EX01", Famille.AMC_CONTRAT), ("EX02", Famille.PIECE_JUSTIF), ("EX09", Famille.INCONNU)]
)
def test_codes_of_the_insurer_are_understood(code: str, family: Famille) -> None:
    """
    Its own, and no other.
    """
    returned = Retours.of(emetteur_type=["OC"], emetteur=["99999997"], date=[TODAY], source=[-1])
    refused = Rejets.of(officine=["999000019"], code=[code], part=["C"], retour=[0], source=[-1])
    book = Book(tables=Tables(retours=returned, rejets=refused))
    assert [family] == tp.classify_rejets(book, manager=tp.build_manager(regles)).famille.tolist()


@pytest.mark.parametrize(
    ("amc", "cents", "expected"), [("0099999997", 50_001, [0]), ("0099999997", 50_000, []), ("0099999996", 50_001, [])]
)
def test_what_goes_past_the_limit_is_seen(amc: str, cents: int, expected: list[int]) -> None:
    """
    Of that insurer alone, and from the next cent on.
    """
    billed = Factures.of(
        officine=["999000019"], lot_date=[TODAY], lot=["001"], facture=["000000101"], amc=[amc], paiement=["25"],
        part_amc_cents=[cents],
    )  # fmt: skip
    manager = tp.build_manager(regles)
    found = tp.check_lots(Book(tables=Tables(factures=billed)), today=TODAY, manager=manager)
    assert expected == found.facture[found.controle == b"exemple_plafond"].tolist()
