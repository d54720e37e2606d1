"""How an insurer words a reject: published codes, invented codes with telling words, and words that say nothing."""

from __future__ import annotations

import datetime as dt
import random
import tomllib
from functools import cache
from importlib import resources

import attrs

__all__ = ["LIBELLES", "MUETS", "RESERVES", "Motif", "draw_motif", "libelles"]

LIBELLES, RESERVES = "libelles_rejets.toml", "libelles_rejets_reserves.toml"
"""Wordings that a word list may be built on, and those that judge it."""
MUETS = "MUETS"
"""The table of labels that say nothing."""

_PUBLIES = 0.5
"""Of the rejects that a published code covers, in the old set of entities, those that bear it."""
_SE_TAIT = 0.1
"""Of the others, those whose words say nothing."""

_RENOMMAGE = dt.date(2024, 10, 3)
"""CNAM and MSA renamed a code on a "Thursday 3 October": of 2024 by context (Le Quotidien du pharmacien)."""

_CODES = {
    "assure_inconnu": "0250050",
    "nir_cle": "0250050",
    "nir_chiffre": "0250050",
    "caisse_changee": "0250050",
    "exoneration_inconnue": "0450072",
    "exoneration_a_tort": "0450054",
    "nature_inconnue": "0317051",
    "nature_accident": "0317051",
    "nature_maternite": "0317051",
    "prescripteur_inconnu": "0460053",
    "prescripteur_absent": "0460053",
    "prescripteur_autre": "0460053",
    "prescription_apres": "0470049",
    "prix_perime": "4000090",
    "double_envoi": "2900005",
    "deja_paye_a_tort": "2900005",
}
"""Published AMO codes, by cause (memo of a CPAM, studylibfr.com/doc/3925819; SNDS IR_TAN_V for the last family). An
insured whom the caisse does not know may have a wrong NIR or another caisse: one code for two families."""
_RENOMMES = {"0450054": "0009816"}


@attrs.frozen(kw_only=True)
class Motif:
    """A reject as it is printed."""

    code: str
    libelle: str
    dit: str
    """What tells the cause: `code`, `mots`, or `rien`."""


def draw_motif(
    rng: random.Random, cause: str, famille: str, day: dt.date, *, ancien: bool, reserves: float = 0.0
) -> Motif:
    """Draw how an insurer says why.

    Args:
        rng: Where chance comes from.
        cause: Its name.
        famille: Of the cause.
        day: Of the answer: codes change with time.
        ancien: Whether the return is of the old set of entities; the new one has no room for a published code.
        reserves: Share of the labels that are drawn among those held out.
    """
    held = rng.random() < reserves
    table = libelles(RESERVES if held else LIBELLES)
    published, silent = rng.random() < _PUBLIES, rng.random() < _SE_TAIT
    code = _CODES.get(cause, "") if ancien and published else ""
    if code:
        current = _RENOMMES.get(code, code) if day >= _RENOMMAGE else code
        return Motif(code=current, libelle=rng.choice(table[famille]), dit="code")
    name = MUETS if silent else famille
    libelle = rng.choice(table[name])
    return Motif(code=_own_code(libelle, held=held), libelle=libelle, dit="rien" if silent else "mots")


@cache
def libelles(fichier: str) -> dict[str, tuple[str, ...]]:
    """Return the labels of each family, in the order of the file."""
    text = resources.files("tiers_payant.simulation").joinpath("data").joinpath(fichier).read_text("utf-8")
    return {famille: tuple(labels) for famille, labels in tomllib.loads(text).items()}


def _own_code(libelle: str, *, held: bool) -> str:
    """Return the code that an insurer gives to a label: four characters, in no table."""
    return f"{'Y' if held else 'X'}{_ranks(RESERVES if held else LIBELLES)[libelle]:03}"


@cache
def _ranks(fichier: str) -> dict[str, int]:
    return {
        label: rank
        for rank, label in enumerate(sorted({each for many in libelles(fichier).values() for each in many}), 100)
    }
