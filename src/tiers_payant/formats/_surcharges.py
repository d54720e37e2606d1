"""Overrides laid on the built-in layouts: merged by record and field, then proved as the built-in table is.

An override that names no reference comes first, then those of the file's reference, then those of its reference and
version: the narrower has the last word. Two files that are as narrow and change the same field contradict each other,
so no order of files ever decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import attrs

from tiers_payant.domain import Surcharges
from tiers_payant.errors import LayoutError
from tiers_payant.formats._contrats import check_contract
from tiers_payant.formats._layout import Changement, Field, Layout, Record, layout_names, load_layout, make_field
from tiers_payant.formats._surcharge import Operation, Surcharge, parse_surcharge

__all__ = ["check_surcharges", "layout_for", "surcharges_of"]

_MERGED = 64
"""Merged layouts kept: one per set of overrides that files of a run take."""


def layout_for(
    name: str, surcharges: Surcharges, *, reference: str = "", version: str = "", jour: dt.date | None = None
) -> Layout:
    """Return the layout to read a file with.

    Args:
        name: The built-in layout.
        surcharges: What corrects it.
        reference: Exchange reference, or norm, that the file states.
        version: Version that it states.
        jour: Date that it states; without it, no dated override is for this file.

    Raises:
        LayoutError: There is no such layout, or the overrides contradict it or one another.
    """
    if not surcharges:
        return load_layout(name)
    understood = [(parse_surcharge(*pair), pair) for pair in surcharges.textes]
    chosen = (pair for one, pair in understood if one.layout == name and one.applies(reference, version, jour))
    return _merged(name, tuple(chosen))


def surcharges_of(surcharges: Surcharges, name: str) -> tuple[Surcharge, ...]:
    """Return what corrects that layout, in the order of file names.

    Raises:
        LayoutError: A file is no override.
    """
    understood = (parse_surcharge(fichier, texte) for fichier, texte in surcharges.textes)
    return tuple(one for one in understood if one.layout == name)


def check_surcharges(surcharges: Surcharges) -> tuple[Layout, ...]:
    """Merge and prove every layout that some file may need.

    Returns:
        For each layout that is corrected, the merged one of each set of overrides that may meet, each once.

    Raises:
        LayoutError: An override names no built-in layout, or contradicts it or another.
    """
    files = [parse_surcharge(fichier, texte) for fichier, texte in surcharges.textes]
    for one in files:
        if one.layout not in layout_names():
            raise LayoutError(f"{one.fichier}: no layout {one.layout[:60]!r}: {', '.join(layout_names())}")
    found: dict[tuple[str, tuple[Changement, ...]], Layout] = {}
    for name in sorted({one.layout for one in files}):
        mine = [one for one in files if one.layout == name]
        targets = {("", "")} | {(reference, one.version) for one in mine for reference in one.references}
        targets |= {(reference, "") for reference, _ in targets}
        for reference, version in sorted(targets):
            for jour in _days(mine):
                layout = layout_for(name, surcharges, reference=reference, version=version, jour=jour)
                found.setdefault((name, layout.changements), layout)
    return tuple(layout for layout in found.values() if layout.changements)


def _days(files: Iterable[Surcharge]) -> list[dt.date | None]:
    """Return a day of each span of time in which the same files are valid, and no day."""
    starts = {one.valid_from for one in files if one.valid_from}
    after = {one.valid_to + dt.timedelta(1) for one in files if one.valid_to and one.valid_to < dt.date.max}
    return [None, dt.date.min, *sorted(starts | after)]


@lru_cache(maxsize=_MERGED)
def _merged(name: str, textes: tuple[tuple[str, str], ...]) -> Layout:
    base = load_layout(name)
    files = [parse_surcharge(fichier, texte) for fichier, texte in textes]
    if not files:
        return base
    draft = _Draft(base)
    for rank in sorted({one.rang for one in files}):
        draft.apply([one for one in files if one.rang == rank])
    layout = draft.layout()
    check_contract(layout, base, draft.told)
    return layout


class _Draft:
    """A layout while overrides are laid on it."""

    def __init__(self, base: Layout) -> None:
        self._base = base
        self._records: dict[str, dict[str, Any]] = {
            code: {**_said(record), "fields": {field.id: field for field in record.fields}}
            for code, record in base.records.items()
        }
        self._enums = {name: dict(values) for name, values in base.enums.items()}
        self._listes = {name: dict(said) for name, said in base.extra.get("listes", {}).items()}
        self._sources = dict(base.sources)
        self._changes: list[Changement] = []
        self._files: dict[str, set[str]] = {}

    def apply(self, files: Iterable[Surcharge]) -> None:
        """Lay files that are as narrow as one another: all that they remove, then replace, then add."""
        done: dict[tuple[str, str], tuple[str, str]] = {}
        values: dict[tuple[str, str], str] = {}
        operations = [operation for one in files for operation in one.operations]
        operations.sort(key=lambda operation: "length" not in operation.said)  # a record, before more fields of it
        for one in files:
            self._sources |= one.sources
            self._lay_enums(one, values)
        for action in ("retire", "remplace", "ajoute"):
            for operation in operations:
                if operation.action == action:
                    _claim(done, operation)
                    self._files.setdefault(operation.record, set()).add(operation.fichier)
                    self._apply(operation)

    def _apply(self, operation: Operation) -> None:
        record = self._records.get(operation.record)
        where = f"{operation.fichier}: record {operation.record}"
        if operation.action == "ajoute" and record is None:
            self._add_record(operation, where)
        elif record is None:
            raise LayoutError(f"{where}: the layout {self._base.id} has no such record")
        elif operation.action == "retire" and not operation.fields:
            del self._records[operation.record]
            self._note(operation)
        else:
            self._change_record(record, operation, where)

    def _add_record(self, operation: Operation, where: str) -> None:
        said = dict(operation.said)
        missing = [key for key in ("label", "length") if key not in said]
        if missing:
            raise LayoutError(f"{where}: a new record needs its {', '.join(missing)}")
        shared = said.pop("extends", "")
        if shared and shared not in self._base.fragments:
            raise LayoutError(f"{where}: the layout {self._base.id} has no fragment {shared[:60]!r}")
        fields = {field.id: field for field in self._base.fragments.get(shared, ())}
        sources = ", ".join(operation.sources)
        self._records[operation.record] = {"id": operation.record, **said, "source": sources, "fields": fields}
        self._add_fields(fields, operation, where)
        self._note(operation, apres=f"{said['length']} caractères")

    def _change_record(self, record: dict[str, Any], operation: Operation, where: str) -> None:
        if "extends" in operation.said:
            raise LayoutError(f"{where}: only a new record extends a fragment")
        if operation.said:
            before = {key: record[key] for key in operation.said}
            record |= operation.said
            self._note(operation, avant=_pairs(before), apres=_pairs(operation.said))
        fields: dict[str, Field] = record["fields"]
        if operation.action == "ajoute":
            self._add_fields(fields, operation, where, tell=True)
            return
        for said in operation.fields:
            old = fields.get(said["id"])
            if old is None:
                raise LayoutError(f"{where}: no field {said['id']}")
            if operation.action == "retire":
                del fields[old.id]
                self._note(operation, old.id, _place(old))
                continue
            new = make_field({**_told(old), "source": ", ".join(operation.sources), **said}, where)
            fields[old.id] = new
            self._note(operation, old.id, _place(old), _place(new))

    def _add_fields(self, fields: dict[str, Field], operation: Operation, where: str, *, tell: bool = False) -> None:
        for said in operation.fields:
            if said["id"] in fields:
                raise LayoutError(f"{where}: the field {said['id']} is there already: replace it")
            new = make_field({"source": ", ".join(operation.sources), **said}, where)
            fields[new.id] = new
            if tell:
                self._note(operation, new.id, apres=_place(new))

    def _lay_enums(self, one: Surcharge, values: dict[tuple[str, str], str]) -> None:
        for name, labels in one.enums.items():
            for value, label in labels.items():
                if values.setdefault((name, value), label) != label:
                    raise LayoutError(f"{one.fichier}: [enums.{name}]: another file gives {value[:20]!r} another label")
            before = self._enums.get(name, {})
            self._enums[name] = {**before, **labels}
            self._listes[name] = _liste(self._listes.get(name, {}), one.listes[name], labels)
            self._changes.append(_change_of_list(one, name, len(before), len(self._enums[name])))

    def _note(self, operation: Operation, field: str = "", avant: str = "", apres: str = "") -> None:
        told = Changement(
            fichier=operation.fichier,
            action=operation.action,
            record=operation.record,
            field=field,
            source=operation.source,
            avant=avant,
            apres=apres,
        )
        self._changes.append(told)

    def told(self, code: str) -> str:
        """Name the files that changed a record, for an error that they share."""
        return ", ".join(sorted(self._files.get(code, ())))

    def layout(self) -> Layout:
        """Build the layout, which proves itself."""
        records = {code: self._record(code, said) for code, said in self._records.items()}
        removed = {code: record for code, record in self._base.records.items() if code not in records}
        try:
            return attrs.evolve(
                self._base,
                records=records,
                enums=self._enums,
                extra={**self._base.extra, "listes": self._listes},
                sources=self._sources,
                retires=removed,
                changements=tuple(self._changes),
            )
        except LayoutError as error:
            every = sorted({change.fichier for change in self._changes})
            raise LayoutError(f"{', '.join(every)}: {error}") from None

    def _record(self, code: str, said: Mapping[str, Any]) -> Record:
        if code not in self._files:
            return self._base.records[code]
        fields = sorted(said["fields"].values(), key=lambda field: (field.first, field.last))
        try:
            return Record(**{**said, "fields": tuple(fields)})
        except LayoutError as error:
            raise LayoutError(f"{self.told(code)}: {error}") from None


def _liste(before: Mapping[str, Any], said: Mapping[str, Any], codes: Iterable[str]) -> dict[str, Any]:
    """Say of each value that an override gives where it comes from; what else is said of the list is replaced."""
    own = {key: said[key] for key in ("source", "confidence")}
    rest = {key: value for key, value in said.items() if key not in own}
    values = {**before.get("valeurs", {}), **dict.fromkeys(codes, own)}
    return {**before, **rest, "valeurs": values}


def _change_of_list(one: Surcharge, name: str, before: int, after: int) -> Changement:
    return Changement(
        fichier=one.fichier,
        action="remplace" if before else "ajoute",
        record=f"[{name}]",
        source="; ".join(one.sources[key] for key in one.listes[name]["source"].split(", ")),
        avant=f"{before} valeurs" if before else "",
        apres=f"{after} valeurs",
    )


def _claim(done: dict[tuple[str, str], tuple[str, str]], operation: Operation) -> None:
    """Refuse what two files, or one twice, say of the same thing; one file may remove what it then adds anew."""
    mine = (operation.fichier, operation.action)
    names = [said["id"] for said in operation.fields]
    for name in [*names, ""] if operation.said or not names else names:
        before = done.setdefault((operation.record, name), ("", ""))
        if before[0] and (before[0] != mine[0] or before[1] == mine[1]):
            raise LayoutError(f"{mine[0]}: record {operation.record}: {name or 'it'} is changed by {before[0]} too")
        done[operation.record, name] = mine


def _said(record: Record) -> dict[str, Any]:
    return {key: getattr(record, key) for key in ("id", "label", "length", "source", "note")}


def _told(field: Field) -> dict[str, Any]:
    """Return what a field says, without what it leaves unsaid."""
    return attrs.asdict(field, filter=lambda attribute, value: value != attribute.default)


def _place(field: Field) -> str:
    return f"{field.first}-{field.last} {field.type} {field.confidence}"


def _pairs(said: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in said.items())
