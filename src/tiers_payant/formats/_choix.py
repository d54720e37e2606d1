"""Which layout reads a file: what its header states, and the overrides that the caller brings.

The reference, the version and the date stand in the first header of the file, at the places of the built-in table.
One file is read with one layout: when a later header asks for another, that is told, and the first one holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import attrs

from tiers_payant.domain import Entree, ProblemLog
from tiers_payant.formats._dates import date_table
from tiers_payant.formats._layout import Layout, Record, load_layout
from tiers_payant.formats._surcharges import layout_for, surcharges_of

__all__ = ["chosen_layout", "tell_mixed"]


@attrs.frozen(kw_only=True)
class _EnTete:
    """Where a format states what chooses its layout; an empty name is not stated."""

    record: str
    reference: str = ""
    version: str = ""
    date: str = ""
    prefixe: int = 0
    """Digits that may stand before it: its length."""


_EN_TETES = {
    "b2": _EnTete(record="000", reference="norme", version="version_norme", date="date_creation"),
    "noemie": _EnTete(record="000", reference="reference", version="version", date="date", prefixe=4),
    "cfonb120": _EnTete(record="01", date="date"),
    "cfonb240": _EnTete(record="31", date="date"),
}


def chosen_layout(name: str, entree: Entree, log: ProblemLog, header: bytes | None = None) -> Layout:
    """Return the layout to read *entree* with, and tell every override that it holds.

    Args:
        name: The built-in layout.
        entree: The file.
        log: Where overrides are told.
        header: The first header, empty when the file has none; what the file begins with, when not given.

    Raises:
        LayoutError: The overrides contradict the layout, or one another.
    """
    if not entree.surcharges:
        return load_layout(name)
    layout, jour = _choose(name, entree, _first_header(name, entree.head()) if header is None else header)
    undated = [one for one in surcharges_of(entree.surcharges, name) if one.is_dated] if jour is None else []
    if undated:
        log.add("LAYOUT_SANS_DATE", nombre=len(undated))
    for change in layout.changements:
        champ = f"{change.record}.{change.field}" if change.field else change.record
        log.add(
            "LAYOUT_SURCHARGE",
            field=champ, format=name, champ=champ, action=change.action, source=change.source, fichier=change.fichier,
        )  # fmt: skip
    return layout


def tell_mixed(name: str, entree: Entree, headers: Iterable[bytes], layout: Layout, log: ProblemLog) -> None:
    """Tell when headers of the file ask for other layouts than the one that was chosen by the first."""
    if not entree.surcharges:
        return
    other = [header for header in headers if _choose(name, entree, header)[0] is not layout]
    if other:
        log.add("LAYOUT_MELANGE", nombre=len(other))


def _first_header(name: str, head: bytes) -> bytes:
    said = _EN_TETES[name]
    return head if head.startswith(said.record.encode()) or not head[: said.prefixe].isdigit() else head[said.prefixe :]


def _choose(name: str, entree: Entree, header: bytes) -> tuple[Layout, dt.date | None]:
    said = _EN_TETES[name]
    record = load_layout(name).records[said.record]
    if not header.startswith(said.record.encode()):
        header = b""
    jour = _day(record, said.date, header)
    layout = layout_for(
        name,
        entree.surcharges,
        reference=_text(record, said.reference, header),
        version=_text(record, said.version, header),
        jour=jour,
    )
    return layout, jour


def _text(record: Record, name: str, header: bytes) -> str:
    if not name:
        return ""
    field = record.field(name)
    return header[field.first - 1 : field.last].decode("latin-1").strip(" \0\r\n")


def _day(record: Record, name: str, header: bytes) -> dt.date | None:
    digits = _text(record, name, header)
    if not (digits.isascii() and digits.isdigit() and len(digits) == record.field(name).width):
        return None
    day: dt.date | None = date_table(record.field(name).format)[int(digits)].item()
    return day
