"""Who made each letter of a day, as its run file keeps it: the template, the renderers, and their plugins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tiers_payant.domain import Lettre, printable
from tiers_payant.errors import RelanceError

__all__ = ["fournitures_of", "read_fournitures"]

Object = dict[str, Any]
_LONGEST = 200
_MOST_FILES = 20


def fournitures_of(lettre: Lettre) -> Object:
    """Return what the run file says of one letter: no word of it, only what made them, and which version."""
    return {
        "relance": lettre.relance,
        "modele": _said(lettre.modele),
        "modele_greffon": _said(lettre.modele_provider),
        "modele_version": _said(lettre.modele_version),
        "fichiers": [
            {"nom": name, "greffon": _said(greffon), "version": _said(version)}
            for name, (greffon, version) in lettre.rendus.items()
        ],
    }


def read_fournitures(found: object, nom: str) -> dict[str, Object]:
    """Return what a run file says of its letters, by the id of their contact.

    Args:
        found: Its member `lettres`.
        nom: Name of the file, for errors.

    Raises:
        RelanceError: It is anything else than what `fournitures_of` gives; told by its rank, from 1.
    """
    if not isinstance(found, list):
        raise RelanceError(f"{nom}: lettres: expected an array")
    told: dict[str, Object] = {}
    for rank, one in enumerate(found, 1):
        if not _fits(one, _LETTRE) or one["relance"] in told:
            raise RelanceError(f"{nom}: letter {rank}: expected {', '.join(_LETTRE)}, once for each contact")
        told[one["relance"]] = one
    return told


def _said(text: str) -> str:
    """What a plugin says of itself, fit for a file that is kept for years."""
    return printable(text)[:_LONGEST]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST


def _are_files(value: object) -> bool:
    return isinstance(value, list) and len(value) <= _MOST_FILES and all(_fits(one, _FICHIER) for one in value)


def _fits(row: object, checks: Mapping[str, Callable[[object], bool]]) -> bool:
    return isinstance(row, dict) and set(row) == set(checks) and all(check(row[name]) for name, check in checks.items())


_FICHIER: Mapping[str, Callable[[object], bool]] = {"nom": _is_text, "greffon": _is_text, "version": _is_text}
_LETTRE: Mapping[str, Callable[[object], bool]] = {
    "relance": _is_text, "modele": _is_text, "modele_greffon": _is_text, "modele_version": _is_text,
    "fichiers": _are_files,
}  # fmt: skip
