"""The book: all that was read, each fact once, whatever the files and their order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain._banque import CompteClient, Encaissement, Releve
from tiers_payant.domain._cents import MOST_CENTS
from tiers_payant.domain._cles import facture_codes, mixed
from tiers_payant.domain._codes import NatureMouvement, Part, Reponse, Statut
from tiers_payant.domain._facture import Arl, Lot, Officine
from tiers_payant.domain._livraisons import virements_once
from tiers_payant.domain._objets import tables_from_objects, with_empreintes
from tiers_payant.domain._regroupement import regroup
from tiers_payant.domain._retour import Retour
from tiers_payant.domain._source import Source
from tiers_payant.domain._specs import Lecture
from tiers_payant.domain._table import Table
from tiers_payant.domain.tables import Factures, Tables
from tiers_payant.errors import ColumnError, Location, Problem

__all__ = ["Book", "counted_once", "name_of"]

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

_SAME_FACTURE = (
    "date_facture", "date_soins", "regime", "caisse", "centre", "amc", "contrat", "paiement", "nir",
    "total_cents", "part_amo_cents", "part_amc_cents",
)  # fmt: skip
"""What two deliveries of one facture must agree on to be one delivery told twice."""

_ENUMERATIONS = {"part": Part, "reponse": Reponse, "nature": NatureMouvement, "statut": Statut}
"""What the columns of kind `code` hold, by name."""


@attrs.frozen(kw_only=True, repr=False)
class Book:
    """The facts to reconcile, and the problems met while reading them."""

    tables: Tables
    problems: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        return f"<Book {self.tables!r}, {len(self.problems)} problems>"

    @property
    def sources(self) -> tuple[Source, ...]:
        """The files read, with the format of each and the confidence in its layout."""
        return self.tables.sources

    @classmethod
    def from_lectures(cls, lectures: Iterable[Lecture]) -> Book:
        """Join what the readers gave, and count once what was delivered twice.

        The result does not depend on the order of *lectures*: files are taken by name. Within one, a return delivered
        again (same content, whatever its framing), a facture delivered again, and the lines of a bank day delivered
        in several files count once, and each is told.
        """
        ordered = sorted(lectures, key=name_of)
        problems = [problem for lecture in ordered for problem in lecture.problems]
        tables = Tables.concat([lecture.tables for lecture in ordered])
        whole, told = counted_once(tables)
        return cls(tables=whole, problems=(*problems, *told))

    @classmethod
    def from_columns(cls, columns: Mapping[str, Mapping[str, object]], *, nom: str = "colonnes") -> Book:
        """Build a book from columns: for each table by name, its columns by name.

        Args:
            columns: For example `{"factures": {"officine": [...], "facture": [...], ...}}`; a column not given holds
                absent values, rows of other tables are pointed to by number.
            nom: How the source is called in what is reported.

        Raises:
            ColumnError: An unknown table or column, columns that make no table, a row that points to none of the other
                table, a value of no enumeration, an amount beyond `MOST_CENTS`, a `libelle` that is no `str`.
        """
        return cls.from_lectures([Lecture(_tables_of(columns, nom))])

    @classmethod
    def from_objects(
        cls,
        *,
        officines: Iterable[Officine] = (),
        lots: Iterable[Lot] = (),
        retours: Iterable[Retour] = (),
        releves: Iterable[Releve] = (),
        arls: Iterable[Arl] = (),
        comptes_clients: Iterable[CompteClient] = (),
        encaissements: Iterable[Encaissement] = (),
        nom: str = "objets",
    ) -> Book:
        """Build a book from objects; what is given twice counts once, as with files.

        Args:
            officines: For their bank accounts; the officines of *lots* need not be told again.
            releves: Each is taken as a delivery of its own.
            nom: How the source is called in what is reported.

        Raises:
            ColumnError: A text that is no ASCII text where a code is expected, a date that is no `date`, an amount
                that is no `int`.
        """
        tables = tables_from_objects(
            officines=officines,
            lots=lots,
            retours=retours,
            releves=releves,
            arls=arls,
            comptes_clients=comptes_clients,
            encaissements=encaissements,
            nom=nom,
        )
        return cls.from_lectures([Lecture(with_empreintes(tables))])


def name_of(lecture: Lecture) -> tuple[str, ...]:
    """Return what lectures are put in order by; those of one name stay as they are given."""
    return tuple(source.nom for source in lecture.tables.sources)


def _tables_of(columns: Any, nom: str) -> Tables:
    kinds = Tables.kinds()
    if not isinstance(columns, Mapping) or not all(isinstance(given, Mapping) for given in columns.values()):
        raise ColumnError("expected tables by name, each with its columns by name")
    if not all(isinstance(name, str) for given in columns.values() for name in given):
        raise ColumnError("expected columns by name")
    unknown = sorted(map(str, columns.keys() - kinds.keys()))
    if unknown:
        raise ColumnError(f"no table {', '.join(unknown)}")
    tables: dict[str, Any] = {name: kinds[name].of(None, **given) for name, given in columns.items()}
    pointed: dict[str, Any] = {name: _with_source(table) for name, table in tables.items()}
    joined = Tables(sources=(Source(nom=nom, format="colonnes"),), **pointed)
    for name in columns:
        _check_values(name, joined)
    return joined


def _check_values(name: str, tables: Tables) -> None:
    """Refuse what the dtype of a column lets through and no stage could use."""
    table: Table = getattr(tables, name)
    for column, values in table.columns().items():
        held = table.kinds()[column]
        if held.vers and not ((values >= -1) & (values < len(getattr(tables, held.vers)))).all():
            raise ColumnError(f"{name}.{column}: a row that `{held.vers}` does not have")
        if column.endswith("_cents") and ((values < -MOST_CENTS) | (values > MOST_CENTS)).any():
            raise ColumnError(f"{name}.{column}: an amount beyond {MOST_CENTS} cents")
        if values.dtype == np.int8 and not np.isin(values, list(_ENUMERATIONS[column])).all():
            raise ColumnError(f"{name}.{column}: a number that is no {_ENUMERATIONS[column].__name__}")
        if values.dtype.kind == "O" and not all(isinstance(value, str) for value in values.tolist()):
            raise ColumnError(f"{name}.{column}: expected str")


def _with_source(table: Table) -> Table:
    if "source" not in table.kinds():
        return table
    return table.with_columns(source=np.zeros(len(table), dtype=np.int32))


def counted_once(tables: Tables, uniques: Collection[str] = ()) -> tuple[Tables, list[Problem]]:
    """Count once what was delivered twice, and tell it.

    Args:
        tables: All that was read, in the order of the names of files.
        uniques: Names of tables that are known to hold nothing twice.
    """
    kept, told = _once(tables, uniques)
    whole, regrouped = regroup(tables.keep(kept) if kept else tables)
    return whole, [*told, *regrouped]


def _once(tables: Tables, uniques: Collection[str]) -> tuple[dict[str, Mask], list[Problem]]:
    """Return the rows to keep, for each table that holds something twice, and what to tell of it."""
    kept: dict[str, Mask] = {}
    told: list[Problem] = []
    for name, judge in (("retours", _retours_once), ("factures", _factures_once), ("virements", virements_once)):
        if name in uniques:
            continue
        mask, problems = judge(tables)
        if not mask.all():
            kept[name] = mask
        told.extend(problems)
    return kept, told


def _retours_once(tables: Tables) -> tuple[Mask, list[Problem]]:
    """The same return delivered again counts once: the first file by name keeps it."""
    prints = tables.retours.empreinte
    kept = np.ones(len(prints), dtype=np.bool_)
    known = np.flatnonzero(prints != b"")
    _, first = np.unique(prints[known], return_index=True)
    kept[known] = False
    kept[known[first]] = True
    first_of = {prints[row]: row for row in known[first].tolist()}
    return kept, [
        _twice("RETOUR_DEJA_LU", tables, tables.retours, row, first_of[prints[row]])
        for row in np.flatnonzero(~kept).tolist()
    ]


def _factures_once(tables: Tables) -> tuple[Mask, list[Problem]]:
    """The same facture delivered again counts once; if the two disagree, the smaller content is kept and it is told."""
    factures = tables.factures
    kept = np.ones(len(factures), dtype=np.bool_)
    (codes,) = facture_codes([factures])
    order = np.argsort(codes, kind="stable")
    again = np.flatnonzero(codes[order][1:] == codes[order][:-1]) + 1
    if not len(again):
        return kept, []
    content = mixed([getattr(factures, name) for name in _SAME_FACTURE])
    groups: dict[int, list[int]] = {}
    for place in again.tolist():
        groups.setdefault(int(codes[order[place]]), [int(order[place - 1])]).append(int(order[place]))
    problems = [problem for rows in groups.values() for problem in _choose(tables, rows, content, kept)]
    return kept, _by_file(problems)


def _choose(tables: Tables, rows: Sequence[int], content: npt.NDArray[np.uint64], kept: Mask) -> list[Problem]:
    chosen = min(rows, key=lambda row: (_content_of(tables.factures, row), row))
    problems = []
    for row in rows:
        if row != chosen:
            kept[row] = False
            code = "FACTURE_DEJA_LUE" if content[row] == content[chosen] else "FACTURE_DIVERGENTE"
            problems.append(_twice(code, tables, tables.factures, row, chosen))
    return problems


def _content_of(factures: Factures, row: int) -> tuple[Any, ...]:
    return tuple(str(getattr(factures, name)[row]) for name in _SAME_FACTURE)


def _by_file(problems: Sequence[Problem]) -> list[Problem]:
    """One line per pair of files for what merely came again: a lot sent twice is one event, not a thousand."""
    grouped: dict[tuple[str, str, object], list[Problem]] = {}
    for problem in problems:
        grouped.setdefault((problem.code, problem.at.file, problem.params["premier"]), []).append(problem)
    return [
        attrs.evolve(same[0], params={**same[0].params, "nombre": len(same)})
        for same in (grouped[key] for key in sorted(grouped, key=str))
    ]


def _twice(code: str, tables: Tables, table: Any, row: int, first: int) -> Problem:
    at = Location(file=_file_of(tables, table, row), offset=int(table.octet[row]))
    return Problem(code=code, at=at, params={"premier": _file_of(tables, table, first), "nombre": 1})


def _file_of(tables: Tables, table: Any, row: int) -> str:
    return tables.file_of(int(table.source[row]))
