"""A layout as its specification prints it: pages for the screen, in French, and for the documentation."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from tiers_payant.formats._layout import Field, Layout, Record
from tiers_payant.formats._listes import Liste, Valeur, listes_of

__all__ = ["layout_markdown", "layout_text", "printed_table"]

_COLUMNS = ("col.", "long.", "type", "prés.", "champ", "conf.", "libellé, valeurs, remarques")
_HEADINGS = ("Columns", "Length", "Type", "Presence", "Field", "Confidence", "Label, values, notes", "Source")
_GAP = "  "


def layout_text(layout: Layout, code: str = "") -> str:
    """Return the records of a layout as pages, in French.

    Args:
        layout: What to print; fields that an override changed are marked with a star.
        code: The only record wanted; all of them when empty.

    Raises:
        LayoutError: It has no such record.
    """
    records = [layout.record(code)] if code else list(layout.records.values())
    pages = [[] if code else list(_cover(layout))]
    pages += [list(_record(layout, record)) for record in records]
    pages += [] if code else [list(_legend(layout))]
    used = {field.enum for record in records for field in record.fields} - {""}
    pages += [list(_values(liste)) for name, liste in listes_of(layout).items() if name in used]
    return "\n\n".join("\n".join(map(_one_line, page)) for page in pages if page)


def _cover(layout: Layout) -> Iterator[str]:
    yield f"{layout.label} ({layout.id})"
    yield f"Références : {layout.reference} ; version {layout.version}"
    yield f"Confiance la plus faible : {layout.confiance_min}"
    for change in layout.changements:
        yield f"  * {change} : {_change(change.avant, change.apres)}"


def _change(before: str, after: str) -> str:
    return f"{before} -> {after}" if before and after else after or before


def _record(layout: Layout, record: Record) -> Iterator[str]:
    yield f"{record.id}  {record.label}  ({record.length} caractères, source : {record.source})"
    if record.note:
        yield f"{_GAP}{record.note}"
    changed = {change.field for change in layout.changements if change.record == record.id and change.field}
    rows = [(_star(field, changed), *_cells(layout, record, field)) for field in record.fields]
    yield from printed_table(("", *_COLUMNS), rows)


def _star(field: Field, changed: Iterable[str]) -> str:
    return "*" if field.id in changed else ""


def _cells(layout: Layout, record: Record, field: Field) -> tuple[str, ...]:
    return (
        _place(field), str(field.width), field.type, "O" if field.required else "F", field.id, field.confidence,
        "; ".join(_remarks(layout, record, field)),
    )  # fmt: skip


def _place(field: Field) -> str:
    return f"{field.first}-{field.last}" if field.width > 1 else str(field.first)


def _remarks(layout: Layout, record: Record, field: Field) -> Iterator[str]:
    """Say what stands in a field, in French: nothing is said of one that has no label."""
    if field.label:
        yield field.label
    if field.value:
        yield f"« {field.value} »"
    if field.format:
        yield field.format
    if field.decimals:
        yield f"décimales : {field.decimals}"
    if field.enum:
        yield f"liste {field.enum} ({len(layout.enums[field.enum])} valeurs)"
    if field.note:
        yield field.note
    if field.source and field.source != record.source:
        yield f"source : {field.source}"


def _legend(layout: Layout) -> Iterator[str]:
    yield "prés. : O obligatoire, F facultatif"
    yield "conf. : A deux sources indépendantes qui concordent, B une source appuyée par une autre, C une seule source"
    unread = layout.extra.get("sans_layout", {})
    for code, said in unread.items():
        if code not in layout.records:
            yield f"{code}  sans table publiée : {said['label']}"
    yield "Sources"
    for key, text in layout.sources.items():
        yield f"{_GAP}{key} : {text}"


def _values(liste: Liste) -> Iterator[str]:
    yield f"{liste.nom}  {liste.label}{' (liste ouverte)' if liste.open else ''}".rstrip()
    yield from printed_table(("valeur", "conf.", "sens", "dates"), [(*_value(one), _dates(one)) for one in liste])


def _value(valeur: Valeur) -> tuple[str, str, str]:
    shown = valeur.code if valeur.code.strip() else "(blanc)"
    label = f"{valeur.label} ({valeur.note})" if valeur.note else valeur.label
    return shown, valeur.confidence, label


def _dates(valeur: Valeur) -> str:
    known = (
        ("depuis", valeur.valid_from),
        ("jusqu'au", valeur.valid_to),
        ("connu au", valeur.as_of),
    )
    return ", ".join(f"{word} {day:%d/%m/%Y}" for word, day in known if day)


def printed_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table in columns as wide as what they hold."""
    printed = [[_one_line(cell) for cell in row] for row in (headings, *rows)]
    widths = [max(len(row[place]) for row in printed) for place in range(len(headings))]
    for row in printed:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"{_GAP}{_GAP.join(cells)}".rstrip()


def _one_line(text: str) -> str:
    """Texts of an override may hold anything: nothing that moves a terminal goes to the screen."""
    return "".join(letter for letter in text if unicodedata.category(letter)[0] != "C")


# --- documentation


def layout_markdown(layout: Layout) -> str:
    """Return the page of a layout for the documentation: records, lists of values, sources."""
    lines = [
        f"# {layout.label} (`{layout.id}`)",
        "",
        f"Made from `formats/layouts/{layout.id}.toml` when the documentation is built: correct it there.",
        "",
        f"- References: {layout.reference}",
        f"- Version: {layout.version}",
        f"- Weakest confidence: {layout.confiance_min}",
        "",
        "Columns count from 1, both ends included. Presence: O mandatory, F optional. Confidence in a position: A two",
        "independent sources agree, B one source with support, C one source alone.",
    ]
    for record in layout.records.values():
        lines += ["", f"## {record.id}: {record.label}", "", f"{record.length} characters; source: {record.source}."]
        lines += ["", record.note] if record.note else []
        rows = [(*_cells(layout, record, field), field.source or record.source) for field in record.fields]
        lines += ["", *_markdown_table(_HEADINGS, rows)]
    lines += _unread_markdown(layout)
    for liste in listes_of(layout).values():
        lines += ["", f"## List {liste.nom}", ""]
        lines += [f"{liste.label}{' (open: known to be incomplete)' if liste.open else ''}", ""] if liste.label else []
        lines += [liste.note, ""] if liste.note else []
        rows = [(*_value(one), _dates(one), one.source) for one in liste]
        lines += _markdown_table(("Value", "Confidence", "Meaning", "Dates", "Source"), rows)
    lines += ["", "## Sources", "", *(f"- {key}: {_cell(text)}" for key, text in layout.sources.items())]
    return "\n".join(lines) + "\n"


def _unread_markdown(layout: Layout) -> list[str]:
    unread = layout.extra.get("sans_layout", {})
    if not unread:
        return []
    rows = [(code, said["label"], said.get("source", "")) for code, said in unread.items()]
    return ["", "## Known, without a published layout", "", *_markdown_table(("Record", "Label", "Source"), rows)]


def _markdown_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(text: str) -> str:
    """Texts of a table are no markup."""
    return "".join(f"\\{letter}" if letter in r"\`*_[]<>|@{}$" else letter for letter in text)
