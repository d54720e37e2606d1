"""The lists of values of a layout: what each code means, since when as far as a source says, and how well it is known.

A layout keeps a list in two tables: `enums`, the values and their French labels, and `listes`, where they come from. No
source of ours dates a value; they date themselves, and `as_of` says when: what was created later may be missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import attrs

from tiers_payant.errors import LayoutError
from tiers_payant.formats._layout import CONFIDENCES, Layout, layout_names, load_layout

__all__ = ["Liste", "Valeur", "liste", "listes", "listes_of"]

_INHERITED = ("source", "confidence", "as_of", "valid_from", "valid_to")
"""What a list says for each of its values that does not say otherwise."""


@attrs.frozen(kw_only=True)
class Valeur:
    """One code of a list."""

    code: str
    """As a record writes it; a single space where the list gives a meaning to a blank."""
    label: str
    """What it means, in French and in our words."""
    source: str = ""
    """Keys of the sources of its layout; empty for what an override brought without saying."""
    confidence: str = attrs.field(default="C", validator=attrs.validators.in_(CONFIDENCES))
    as_of: dt.date | None = None
    """Month of the source, by its last day; None when the source is not dated."""
    valid_from: dt.date | None = None
    """First day on which it may be written; None when no source says."""
    valid_to: dt.date | None = None
    """Last day; None when no source says, or while it lasts."""
    note: str = ""

    def is_valid(self, day: dt.date) -> bool:
        """Tell whether nothing known forbids the code on *day*."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


@attrs.frozen(kw_only=True)
class Liste:
    """The codes that a field may hold."""

    nom: str
    label: str = ""
    valeurs: Mapping[str, Valeur]
    open: bool = False
    """Known to be incomplete: a code that it lacks is not wrong."""
    note: str = ""

    def __getitem__(self, code: str) -> Valeur:
        """Return one code, blanks at its end left out.

        Raises:
            KeyError: The list lacks it. It is not shown: it may come from a file.
        """
        found = self.valeurs.get(code.rstrip() or " ")
        if found is None:
            raise KeyError(f"no such code in {self.nom}")
        return found

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and (code.rstrip() or " ") in self.valeurs

    def __iter__(self) -> Iterator[Valeur]:
        return iter(self.valeurs.values())

    def __len__(self) -> int:
        return len(self.valeurs)

    def on(self, day: dt.date) -> tuple[Valeur, ...]:
        """Return the codes that nothing known forbids on *day*."""
        return tuple(valeur for valeur in self if valeur.is_valid(day))


def listes_of(layout: Layout) -> dict[str, Liste]:
    """Return the lists of a layout, overrides included, by name.

    What our table says of a list holds for our labels only: a code that an override brought, or gave another label,
    has the source that the override says, else none and the least confidence.

    Raises:
        LayoutError: What is said of a list contradicts it.
    """
    said = layout.extra.get("listes", {})
    unknown = sorted(said.keys() - layout.enums.keys())
    if unknown:
        raise LayoutError(f"{layout.id}: no list {', '.join(unknown)}")
    ours = load_layout(layout.id).enums if layout.id in layout_names() else layout.enums
    return {
        nom: _build(layout, nom, codes, said.get(nom, {}), ours.get(nom, {})) for nom, codes in layout.enums.items()
    }


def _build(
    layout: Layout, nom: str, codes: Mapping[str, str], said: Mapping[str, Any], ours: Mapping[str, str]
) -> Liste:
    where = f"{layout.id}: list {nom}"
    own: Mapping[str, Mapping[str, Any]] = said.get("valeurs", {})
    unknown = sorted(own.keys() - codes.keys())
    if unknown:
        raise LayoutError(f"{where}: no value {', '.join(unknown)}")
    shared = {key: value for key, value in said.items() if key in _INHERITED}
    rest = {key: value for key, value in said.items() if key not in (*_INHERITED, "valeurs")}
    try:
        valeurs = {
            code: Valeur(
                code=code,
                label=label,
                **(_facts(shared, own.get(code, {})) if ours.get(code) == label else own.get(code, {})),
            )
            for code, label in codes.items()
        }
        found = Liste(nom=nom, valeurs=valeurs, **rest)
    except (TypeError, ValueError) as error:
        raise LayoutError(f"{where}: a key is unknown, or its value") from error
    _check(layout, where, found)
    return found


def _facts(shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a value goes before what is said of its list; a source of its own brings its own date."""
    kept = {key: value for key, value in shared.items() if key != "as_of" or "source" not in own}
    return {**kept, **own}


def _check(layout: Layout, where: str, found: Liste) -> None:
    cited = {key.strip() for valeur in found for key in valeur.source.split(",") if key.strip()}
    unknown = sorted(cited - layout.sources.keys())
    if unknown:
        raise LayoutError(f"{where}: source {', '.join(unknown)}")
    for valeur in found:
        if valeur.valid_from and valeur.valid_to and valeur.valid_to < valeur.valid_from:
            raise LayoutError(f"{where}: {valeur.code} ends before it begins")


@cache
def listes(layout: str) -> Mapping[str, Liste]:
    """Return the lists of a built-in layout, by name.

    Raises:
        LayoutError: There is no layout of that name.
    """
    return listes_of(load_layout(layout))


def liste(layout: str, nom: str) -> Liste:
    """Return one list of a built-in layout.

    >>> liste("b2", "PAIEMENT")["25"].label
    'part AMC seule'
    >>> liste("b2", "ACTE")["PH7"].as_of
    datetime.date(2020, 12, 31)

    Raises:
        LayoutError: There is no such layout, or it has no such list.
    """
    try:
        return listes(layout)[nom]
    except KeyError:
        raise LayoutError(f"{layout}: no list {nom}") from None
