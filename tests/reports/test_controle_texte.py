"""The page of checks: each sentence once, each facture named or counted, nothing wider than the terminal."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pytest
from tests.rejets.controle.lots import FACTURE, table

from tiers_payant.domain import Alertes, CheckSpec, Examen, Factures, Famille, Severite, Tables
from tiers_payant.reports import controle_text

DAY = dt.date(2026, 3, 2)


def check(nom: str, severite: Severite, phrase: str = "Une phrase d'exemple.") -> CheckSpec:
    def nothing(_: Examen) -> np.ndarray:
        return np.zeros(0, dtype=np.int64)

    return CheckSpec(
        name=nom, phrase=phrase, severite=severite, famille=Famille.DOUBLON, champ="nir", examine=nothing
    )  # fmt: skip


GRAVE, LEGER = check("grave", Severite.BLOQUANT), check("leger", Severite.INFORMATION, "Une autre, " + "longue " * 30)
CHECKS = (LEGER, GRAVE)


def tables(*sizes: int, officines: int = 1) -> Tables:
    """Lots of so many factures, numbered from 1, one lot after the other."""
    lots = [rank for rank, size in enumerate(sizes) for _ in range(size)]
    rows = [
        {**FACTURE, "nir": "", "nir_cle": "", "facture": f"{number + 1:09}", "lot": f"{rank + 1:03}",
         "officine": f"99200001{rank % officines}"}
        for number, rank in enumerate(lots)
    ]  # fmt: skip
    return Tables(factures=table(Factures, rows))


def alertes(**rows: list[int]) -> Alertes:
    specs = {one.name: one for one in CHECKS}
    found = sorted((row, -specs[nom].severite, nom) for nom, mine in rows.items() for row in mine)
    return Alertes.of(
        len(found),
        facture=[row for row, _, _ in found],
        controle=[nom.encode() for _, _, nom in found],
        severite=[-grave for _, grave, _ in found],
        famille=[int(Famille.DOUBLON)] * len(found),
    )


def test_a_sentence_is_told_once_for_the_factures_of_a_lot():
    """
    The most severe check first, in its lot; the summary says how many of each, and what it prevents.
    """
    text = controle_text(tables(3, 2), alertes(leger=[0, 1, 3], grave=[1, 4]), (GRAVE, check("leger", LEGER.severite)))
    assert text == (
        "Officine 992000010, lot 001 du 02/03/2026\n"
        "  BLOQUANT       Une phrase d'exemple. [grave]\n"
        "                 1 facture : 000000002\n"
        "  information    Une phrase d'exemple. [leger]\n"
        "                 2 factures : 000000001, 000000002\n"
        "\n"
        "Officine 992000010, lot 002 du 02/03/2026\n"
        "  BLOQUANT       Une phrase d'exemple. [grave]\n"
        "                 1 facture : 000000005\n"
        "  information    Une phrase d'exemple. [leger]\n"
        "                 1 facture : 000000004\n"
        "\n"
        "Par contrôle : factures, et ce que chacun évite\n"
        "       2  BLOQUANT       grave  Facture déjà payée\n"
        "       3  information    leger  Facture déjà payée\n"
        "\n"
        "4 factures à revoir, 2 à ne pas envoyer en l'état (5 factures examinées, 2 contrôles)."
    )


@pytest.mark.parametrize(("tout", "named", "ends"), [(False, 20, " et 29 autres\n"), (True, 49, "000000049\n")])
def test_many_factures_are_counted_unless_all_are_asked(tout, named, ends):
    """
    Twenty are named, then how many others.
    """
    text = controle_text(tables(60), alertes(grave=list(range(49))), CHECKS, tout=tout)
    assert "49 factures : 000000001, " in text
    assert named == len(re.findall(r"0000000\d\d", text))
    assert ends in text


def test_lots_found_whole_are_told_together():
    """
    Three of several factures at least; one alone is named with its facture, and what is found in part stays in its lot.
    """
    every = alertes(leger=[0, 1, 2, 3, 4, 5, 6, 7], grave=[2])
    text = controle_text(tables(2, 2, 2, 1, 2), every, (GRAVE, check("leger", LEGER.severite)))
    whole = text[text.index("Lots entiers") : text.index("Par contrôle")]
    assert whole == (
        "Lots entiers\n"
        "  information    Une phrase d'exemple. [leger]\n"
        "                 7 factures de 4 lots : 001 du 02/03/2026, 002 du 02/03/2026, 003 du 02/03/2026,\n"
        "                 004 du 02/03/2026 (facture 000000007)\n"
        "\n"
    )
    before = text[: text.index("Lots entiers")]
    assert ["lot 002", "lot 005"] == re.findall(r"lot \d+", before)
    assert ["000000003", "000000008"] == re.findall(r"0{8}\d", before)


def test_two_whole_lots_are_told_apart():
    """
    Each with its factures; so are small ones, however many.
    """
    assert "Lots entiers" not in controle_text(tables(2, 2), alertes(leger=[0, 1, 2, 3]), CHECKS)
    assert "Lots entiers" not in controle_text(tables(1, 1, 1, 1), alertes(leger=[0, 1, 2, 3]), CHECKS)


def test_whole_lots_of_several_officines_say_whose():
    """
    Two officines may have lots of one number.
    """
    text = controle_text(tables(2, 2, 2, officines=2), alertes(leger=list(range(6))), CHECKS)
    assert "992000010 001 du 02/03/2026, 992000010 003 du 02/03/2026" in text
    assert "992000011 002 du 02/03/2026" in text


@pytest.mark.parametrize("largeur", [0, 60, 100, 200])
@pytest.mark.parametrize("tout", [False, True])
def test_no_line_is_wider_than_the_page(largeur, tout):
    """
    Sentences and numbers go on below, a number never cut; below forty columns nothing more is gained.
    """
    every = alertes(leger=list(range(90)), grave=list(range(0, 90, 2)))
    text = controle_text(tables(30, 30, 30), every, CHECKS, largeur=largeur, tout=tout)
    head = [line for line in text.splitlines() if line.startswith(" ")]
    assert max(largeur, 40) >= max(map(len, head))
    assert all(len(number) == 9 for number in re.findall(r"\b0\d{4,}\b", text))


def test_the_day_and_the_number_may_be_unknown():
    """
    A question mark stands for them.
    """
    given = tables(1)
    unknown = given.factures.with_columns(facture=[b""], lot_date=[None])
    text = controle_text(Tables(factures=unknown), alertes(grave=[0]), CHECKS)
    assert "lot 001 du ?\n" in text
    assert "1 facture : ?\n" in text
