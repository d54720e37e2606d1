"""The export of the LGO, read as the library reads any file."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiers_payant_lgo_exemple as lgo

import tiers_payant as tp
from tiers_payant.domain import Entree
from tiers_payant.plugins import operateurs_of

SAMPLE = Path(__file__).parent / "samples" / "lgo-exemple" / "deux-jours.lgo"


def test_factures_become_claims() -> None:
    """
    Each share that is billed is a créance, to the cent.
    """
    book = tp.read(SAMPLE, manager=tp.build_manager(lgo))
    assert [1250, 35000, 65000] == sorted(claim.du_cents for claim in tp.reconcile(book).creances)


def test_what_cannot_be_read_is_told_where_it_stands() -> None:
    """
    A cancelled facture, a letter in an amount, a line that is cut: each with its line, and kept raw.
    """
    book = tp.read(SAMPLE, manager=tp.build_manager(lgo))
    told = [(problem.code, problem.at.line, problem.at.column) for problem in book.problems]
    assert told == [("LGO_EXEMPLE_ANNULEE", 4, None), ("VALEUR_ATTENDUE", 5, 12), ("CELLULES_NOMBRE", 6, None)]
    assert book.problems[0].message_fr == "Facture annulée dans le LGO : elle n'est pas suivie."
    assert 3 == len(book.tables.bruts)


def test_parts_hold_what_the_whole_holds() -> None:
    """
    However small the parts.
    """
    entree = Entree(nom="export.lgo", chemin=SAMPLE)
    parts = list(lgo.read_parts(entree, 1))
    (lecture,) = lgo.read_parts(entree, 1 << 30)
    assert len(parts) > 2
    assert lecture.tables.factures.facture.tolist() == [
        number for part in parts for number in part.tables.factures.facture.tolist()
    ]
    assert lecture.problems == tuple(problem for part in parts for problem in part.problems)


def test_operators_are_those_of_the_factures_that_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Told as pseudonyms; the plugin says nothing where no folder is set.
    """
    manager = tp.build_manager(lgo)
    monkeypatch.delenv("LGO_EXEMPLE_DOSSIER", raising=False)
    assert operateurs_of(manager) is None
    monkeypatch.setenv("LGO_EXEMPLE_DOSSIER", str(SAMPLE.parent))
    people = operateurs_of(manager)
    assert people is not None
    called = people.of(tp.read(SAMPLE, manager=manager).tables.factures)
    assert 2 == len(set(called))
    assert not any("EXEMPLE" in name for name in called)
