"""What a file is made of, as a person looks at it: records, controls and their verdicts, a tree of them; no value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

import attrs

from tiers_payant.domain._champs import as_tuple
from tiers_payant.errors import Location

__all__ = ["ChampLu", "Controle", "Element", "Noeud", "Verdict"]


class Verdict(StrEnum):
    """What a control record says of what it controls."""

    CONFORME = "conforme"
    ECART = "écart"
    NON_FAIT = "non contrôlé"
    """It could not be compared: it is unreadable, or what it controls is."""
    NON_DETAILLE = "non détaillé"
    """There are too many gaps in the file for each to be listed: this one may be among them."""


@attrs.frozen(kw_only=True)
class ChampLu:
    """One field of a record as it stands in the file, masked."""

    id: str
    forme: str
    """The shape of what was found: `A` for a letter, `9` for a digit."""
    first: int | None = None
    """First and last column, from 1, as a specification prints them; None in a format without columns."""
    last: int | None = None
    label: str = ""
    confiance: str = ""
    """Confidence in the position: A, B or C; empty when the format is public."""


@attrs.frozen(kw_only=True)
class Controle:
    """A control that the file holds, and where a gap in it is told."""

    at: Location
    fait: bool = True
    """Whether it could be compared."""


def _no_field() -> tuple[ChampLu, ...]:
    return ()


@attrs.frozen(kw_only=True)
class Element:
    """One record, entity or element of a file, in file order."""

    profondeur: int
    """How deep it stands: under the last element before it that is less deep."""
    code: str
    """What a specification calls it: `2`, `102`, `Ntry`."""
    at: Location
    nom: str = ""
    """What a person calls it, in French."""
    niveau: str = ""
    """The level that the file itself states."""
    controle: Controle | None = None
    champs: Callable[[], tuple[ChampLu, ...]] = attrs.field(default=_no_field, repr=False, eq=False)
    """Read its fields: only those that are looked at are."""


@attrs.frozen(kw_only=True)
class Noeud:
    """An element and what stands under it, folded: the first of each kind, those with something wrong, and counts."""

    element: Element
    verdict: Verdict | None = None
    """None for what is no control."""
    problems: int = 0
    """Problems told at this very place."""
    enfants: tuple[Noeud, ...] = attrs.field(default=(), converter=as_tuple)
    autres: Mapping[str, int] = attrs.field(factory=dict, hash=False)
    """How many more of each code stand under it, not shown."""
