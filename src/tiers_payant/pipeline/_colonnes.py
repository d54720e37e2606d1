"""A result as Arrow tables that stand alone: what pointed to a row of the input names it instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from tiers_payant.domain import Etat, EtatVirement, Part, Rapprochement, Table, groupe_ids

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["arrow_tables"]

_NAMED = {"etat": Etat, "part": Part}
"""Columns of an enumeration that are told by name, in small letters."""
_KEPT = ("creances", "virements")
"""Tables that the result holds too: a pointer to one of them stays the number of a row, `rang` of the same folder."""


def arrow_tables(result: Rapprochement, dossier: str) -> dict[str, pa.Table]:
    """Return *result* as Arrow tables by name; each begins with the name of the folder that it is about.

    `creances` and `virements` number their rows from 0 in `rang`; links and proposals point to these numbers. A
    group is told by its identifier, an answer by its file and the byte where its record starts.
    """
    view = _Vue(result, dossier)
    links = {
        field.name: view.table(getattr(result, field.name))
        for field in attrs.fields(Rapprochement)
        if field.name not in _KEPT and isinstance(getattr(result, field.name), Table)
    }
    etats = _names(EtatVirement, result.etats_virements)
    return {
        "creances": view.table(result.creances, numbered=True),
        "virements": view.table(result.tables.virements, numbered=True, etat=etats),
        **links,
        "rejets": view.rejets(),
        "problemes": view.problemes(),
        "totaux": view.of(1, {name: [cents] for name, cents in attrs.asdict(result.totaux).items()}),
    }


@attrs.frozen(slots=False)
class _Vue:
    """One result, about to be told in columns."""

    result: Rapprochement
    dossier: str
    groupes: list[str] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "groupes", groupe_ids(self.result.tables))

    def of(self, length: int, columns: dict[str, Any]) -> pa.Table:
        import pyarrow as pa

        folder = pa.array([self.dossier] * length, type=pa.string())
        return pa.table({"dossier": folder, **columns})

    def table(self, rows: Table, *, numbered: bool = False, **more: Any) -> pa.Table:
        """Return *rows* with their pointers told; *more* are columns to add."""
        import pyarrow as pa

        plain = rows.to_arrow()
        columns: dict[str, Any] = {"rang": pa.array(np.arange(len(rows)))} if numbered else {}
        for name, kind in rows.kinds().items():
            if kind.vers and kind.vers not in _KEPT:
                columns.update(self._told(kind.vers, getattr(rows, name)))
            elif name in _NAMED and kind.dtype == "int8":
                columns[name] = _names(_NAMED[name], getattr(rows, name))
            else:
                columns[name] = plain.column(name)
        return self.of(len(rows), {**columns, **more})

    def _told(self, table: str, rows: Any) -> dict[str, Any]:
        """Return the columns that name the rows of the input that *rows* point to; none for what the key tells."""
        import pyarrow as pa

        tables = self.result.tables
        if table == "groupes":
            names = [self.groupes[row] if row >= 0 else None for row in rows.tolist()]
            return {"groupe": pa.array(names, type=pa.string())}
        if table == "sources":
            return {"fichier": pa.array([tables.file_of(row) for row in rows.tolist()], type=pa.string())}
        if table == "reponses":
            return {
                **self._told("sources", tables.reponses.source[rows]),
                "octet": pa.array(tables.reponses.octet[rows]),
                **self._told("groupes", tables.reponses.groupe[rows]),
            }
        return {}

    def rejets(self) -> pa.Table:
        import pyarrow as pa

        rejets, rows = self.result.tables.rejets, self.result.rejets_rangs
        told = rejets.take(rows).to_arrow().select(["code", "libelle"])
        creances = pa.array(self.result.rejets_creances.astype(np.int32))
        return self.of(len(rows), {"creance": creances, "code": told.column("code"), "libelle": told.column("libelle")})

    def problemes(self) -> pa.Table:
        import pyarrow as pa

        problems = self.result.problems
        texts = {
            "code": [problem.code for problem in problems],
            "gravite": [problem.gravite.value for problem in problems],
            "fichier": [problem.at.file for problem in problems],
            "lieu": [str(problem.at) for problem in problems],
            "message": [problem.message_fr for problem in problems],
        }
        return self.of(len(problems), {name: pa.array(values, type=pa.string()) for name, values in texts.items()})


def _names(kind: Any, codes: Any) -> Any:
    import pyarrow as pa

    names = {int(value): value.name.lower() for value in kind}
    return pa.array([names[code] for code in codes.tolist()], type=pa.string())
