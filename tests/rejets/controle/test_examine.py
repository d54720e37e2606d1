"""What a check must give back, and what is told of one that does not: a vendor's defect never changes a result."""

from __future__ import annotations

import re
import traceback
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.rejets.controle.lots import TODAY, examen, lots

import tiers_payant as tp
from tiers_payant.domain import Book, CheckSpec, Famille, Severite, hookimpl
from tiers_payant.errors import CheckError
from tiers_payant.pipeline import chosen_checks
from tiers_payant.plugins import build_manager, controles_of, hookspecs
from tiers_payant.rejets import check_names, devis, examine

NIR_LU = "1550899999001"


def check(nom: str = "exemple", rows: Any = (1,), **others: Any) -> CheckSpec:
    """A vendor's check that gives *rows*, or what they give when they are called."""

    def give(examined: Any) -> Any:
        return rows() if callable(rows) else np.array(rows, dtype=np.int64)

    return CheckSpec(
        **{
            "name": nom, "phrase": "Exemple.", "severite": Severite.BLOQUANT, "famille": Famille.AMC_CONTRAT,
            "champ": "amc", "examine": give, "provider": "un-lgo", **others,
        }
    )  # fmt: skip


def plugin(*checks: object) -> object:
    @hookimpl
    def tiers_payant_controles() -> list[object]:
        return list(checks)

    return SimpleNamespace(tiers_payant_controles=tiers_payant_controles)


def book(**change: Any) -> Book:
    return Book(tables=lots(change))


def fail() -> None:
    raise ValueError(NIR_LU)


def leave() -> None:
    raise SystemExit(0)


def exhaust() -> None:
    raise MemoryError


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (lambda: np.ma.masked_array([0], mask=[True]), "expected an array of rows, whole numbers"),
        (leave, r"failed \(SystemExit, test_examine.py:\d+\)"),
        (exhaust, r"failed \(MemoryError, test_examine.py:\d+\)"),
        (fail, r"failed \(ValueError, test_examine.py:\d+\)"),
        ((3,), "a row that is none of the 3 factures"),
        ((-1,), "a row that is none of the 3 factures"),
        ((0, 1, 0), "a row given twice"),
        (lambda: [0, 1], "whole numbers, got list"),
        (lambda: None, "whole numbers, got NoneType"),
        (lambda: np.array([True, False, True]), "whole numbers, got 1 dimensions of bool"),
        (lambda: np.array([0.0]), "whole numbers, got 1 dimensions of float64"),
        (lambda: np.array([[0]]), "whole numbers, got 2 dimensions of int64"),
        (lambda: np.array([NIR_LU]), "whole numbers, got 1 dimensions of str"),
    ],
)
def test_a_check_that_breaks_its_contract_is_named(rows, words):
    """
    With its provider; nothing is concluded, and nothing of the facture is told, by the error or by what led to it.
    """
    with pytest.raises(CheckError, match=f"check exemple of un-lgo: .*{words}") as told:
        tp.check_lots(book(), today=TODAY, manager=build_manager(plugin(check(rows=rows))))
    assert NIR_LU not in "".join(traceback.format_exception(told.value))


def test_unsigned_rows_in_any_order_are_rows():
    """
    What counts is which factures are told.
    """
    alertes = examine(examen(), [check(rows=lambda: np.array([2, 0], dtype=np.uint8))])
    assert [0, 2] == alertes.facture.tolist()


@pytest.mark.parametrize("back", [False, True])
def test_two_checks_of_one_name_tell_both_providers(back):
    """
    Whichever came first, and when one of them is ours.
    """
    two = [check(), check(provider="autre-lgo")]
    with pytest.raises(CheckError, match="check exemple: brought by autre-lgo and by un-lgo"):
        examine(examen(), two[::-1] if back else two)
    with pytest.raises(CheckError, match="check nir_cle: brought by tiers-payant and by un-lgo"):
        controles_of(build_manager(plugin(check("nir_cle"))))


def test_what_is_no_check_is_refused():
    """
    The type is told, not the value.
    """
    with pytest.raises(CheckError, match="expected CheckSpec, got str"):
        check_names([check(), NIR_LU])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "Clé du NIR"}, "check of un-lgo: name: expected lower case letters, digits and _"),
        ({"name": 3}, "check 3: name: expected str, got int"),
        ({"severite": 2}, "check exemple: severite: expected Severite, got int"),
        ({"famille": "AMC_CONTRAT"}, "check exemple: famille: expected Famille, got str"),
        ({"phrase": None}, "check exemple: phrase: expected str, got NoneType"),
        ({"examine": 3}, "check exemple: examine: expected a function, got int"),
    ],
)
def test_a_check_says_what_it_is_with_the_right_types(wrong, words):
    """
    At once, not when it is asked.
    """
    with pytest.raises(CheckError, match=re.escape(words)):
        check(**wrong)


def test_a_plugin_adds_its_check():
    """
    Beside the library's; without plugins they are the library's own.
    """
    assert "exemple" not in {one.name for one in controles_of(build_manager())}
    alertes = tp.check_lots(book(nir_cle=""), today=TODAY, manager=build_manager(plugin(check())))
    assert [(1, b"exemple"), (1, b"nir_cle_absente")] == list(
        zip(alertes.facture.tolist(), alertes.controle.tolist(), strict=True)
    )


def test_the_example_of_the_hook_works():
    """
    What the docstring shows finds what it says.
    """
    text = hookspecs.tiers_payant_controles.__doc__ or ""
    names: dict[str, Any] = {}
    exec(re.sub(r"^ {12}", "", text.split("::\n")[1], flags=re.MULTILINE), names)  # noqa: S102  ours
    manager = build_manager(SimpleNamespace(tiers_payant_controles=names["tiers_payant_controles"]))
    dear = {"part_amc_cents": 50_001, "total_cents": 60_000, "part_assure_cents": 59_200}
    found = tp.check_lots(book(**dear), today=TODAY, manager=manager)
    assert (1, b"exemple_plafond") in set(zip(found.facture.tolist(), found.controle.tolist(), strict=True))


def test_checks_are_chosen_by_name():
    """
    True asks one that is off, False leaves one out, a check replaces that of its name or is asked besides.
    """
    names = {one.name for one in chosen_checks()}
    assert "devis" not in names
    assert names | {"devis"} == {one.name for one in chosen_checks(checks={"devis": True})}
    assert names - {"nir_cle"} == {one.name for one in chosen_checks(checks={"nir_cle": False})}
    mine = devis(100)
    assert mine in chosen_checks(checks={"devis": mine})
    assert names | {"exemple"} == {one.name for one in chosen_checks(checks={"exemple": check()})}


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ({"nir_clef": True}, "no check 'nir_clef'; did you mean 'nir_cle'?"),
        ({"zzz": False}, "no check 'zzz'"),
        ({"nir_cle": devis()}, "checks: devis is given under the name nir_cle"),
    ],
)
def test_a_name_of_no_check_is_refused(checks, words):
    """
    A misspelt name is never passed over.
    """
    with pytest.raises(CheckError, match=re.escape(words)):
        tp.check_lots(book(), today=TODAY, checks=checks)
