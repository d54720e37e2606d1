"""The page of the files of dunning, made of their readers: `python -m tests.dunning.fichiers_page` writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs

from tiers_payant.domain import (
    FEUILLE_ANNUAIRE,
    FEUILLE_ECHEANCIERS,
    FEUILLE_LEVEES,
    FEUILLE_PROMESSES,
    FEUILLE_SUSPENSIONS,
    Delai,
    Derogation,
    Horizon,
    Palier,
    RelancePolicy,
    Scenario,
    TypeSuspension,
    words_of_policy,
)

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "dunning-files.md"

_HEAD = """# Files of dunning

The policy is TOML; suspensions, promises, instalments and levées are CSV; the annuaire is either. This page is written
from their readers by `python -m tests.dunning.fichiers_page`, and a test holds it to them. How-to:
[write a policy](../how-to/write-a-policy.md), [holds and promises](../how-to/holds-and-promises.md),
[when a virement holds claims back](../how-to/remind.md).

## Policy

"""
_TABLES = {
    "politique": ("At the top", RelancePolicy),
    "scenarios": ("`[[scenarios]]`", Scenario),
    "scenarios.paliers": ("`[[scenarios.paliers]]`", Palier),
    "scenarios.paliers.delai": ("`delai` of a palier", Delai),
    "forclusion": ("`forclusion`", Horizon),
    "derogations": ("`[[derogations]]`", Derogation),
}
_CSV = """## CSV files

UTF-8 or Windows-1252; semicolons, commas, tabs or bars; columns in any order, under headers that may have capitals and
accents. Days are `AAAA-MM-JJ` or `JJ/MM/AAAA`, amounts `1234,50`. Lines that begin with `#` are passed over. A column
that does not exist is a fault, so that a misspelt one is not lost. An apostrophe before a code keeps a spreadsheet from
dropping its zeros, and is taken off when the file is read. A file is read whole or not at all.

What a row is about: `officine`, with `debiteur`, or with `lot` and `facture`; `lot_date` and `part` (AMO, AMC, ASSURE)
when one day or one share alone is meant.

"""
_SHEETS = {
    "Suspensions": FEUILLE_SUSPENSIONS,
    "Promises": FEUILLE_PROMESSES,
    "Instalment plans": FEUILLE_ECHEANCIERS,
    "Levées": FEUILLE_LEVEES,
    "Annuaire": FEUILLE_ANNUAIRE,
}
_WORDS = {
    "Suspensions": f"""`read_suspensions`, `write_suspensions`: one row each. `type` is one of
{", ".join(f"`{one}`" for one in TypeSuspension)};
`deces` and `confidentiel` alone need no last day. `historique` holds a line for each day,
`AAAA-MM-JJ text`; one that begins with two spaces goes on with the line above.""",
    "Promises": "`read_promesses`, `write_promesses`: one row each.",
    "Instalment plans": """`read_echeanciers`, `write_echeanciers`: one row for each instalment; those of one plan say
the same of all but `le` and `montant`, and make its `total`.""",
    "Levées": """`read_levees`, `write_levees`: one row each. A bank line (`virement`, as `explain` shows it) and
nothing else of what it is about; or claims, with the `raison` that no longer holds them: LECTURE_INCOMPLETE,
RETOUR_ABSENT, RETOUR_ANCIEN, CREDIT_NON_AFFECTE or REQUALIFICATION. `le` is the day of the
verification, `au` the last day of the levée.""",
    "Annuaire": """`read_annuaire`: one row for each addressee. `debiteurs` are separated by `|`; with `*` at the end,
all that begin so. In TOML, a `[[contacts]]` table has the same keys, `debiteurs` as a list, and its address in
`[contacts.adresse]`: `lignes`, `code_postal`, `ville`, `pays`. An entry that names a customer says its officine.
An `id` is of ASCII letters and digits, `.`, `_`, `:` and `-`; any other is refused.""",
}


def page() -> str:
    """Return the page."""
    policy = "".join(_table(name, *_TABLES[name]) for name in words_of_policy())
    return _HEAD + policy + _CSV + "\n".join(map(_sheet, _SHEETS))


def _table(name: str, where: str, kind: type[attrs.AttrsInstance]) -> str:
    words = words_of_policy()[name]
    rows = "".join(f"| `{field.name}` | {_default(field)} | {words[field.name]} |\n" for field in attrs.fields(kind))
    return f"### {where}\n\n| Key | Default | Means |\n|---|---|---|\n{rows}\n"


def _default(field: attrs.Attribute[Any]) -> str:
    value = field.default
    if value is attrs.NOTHING:
        return "*required*"
    if isinstance(value, Horizon):
        return f"`{{ bientot = {value.bientot}, urgent = {value.urgent} }}`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value is None or value == "" or value == ():
        return ""
    return ", ".join(f"`{each}`" for each in (value if isinstance(value, tuple) else (value,)))


def _sheet(title: str) -> str:
    feuille, words = _SHEETS[title], _WORDS[title]
    columns = ", ".join(f"**`{name}`**" if name in feuille.voulues else f"`{name}`" for name in feuille.lecteurs)
    return f"### {title}\n\n{words}\n\nColumns, those that must be there in bold: {columns}.\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
