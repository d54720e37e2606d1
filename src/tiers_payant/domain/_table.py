"""A table: named columns of equal length, read only. The one way the stages hand facts to each other.

A table class declares its columns as attrs fields made by `texte`, `libelle`, `entier`, `code`, `jour`, `drapeau` or
`renvoi`; the kind fixes the dtype, what an absent value is, and how rows move when tables are joined:

========= ================== ============ =========================================
kind      dtype              absent       for
========= ================== ============ =========================================
texte     bytes `S<n>`       `b""`        identifiers and codes, ASCII
libelle   object (`str`)     `""`         free text
entier    `int64` or smaller 0            cents, counts
code      `int8`             0            an enumeration of `_codes`
jour      `datetime64[D]`    `NaT`        dates
drapeau   `bool`             `False`      yes or no
renvoi    `int32`            -1           the row of another table
========= ================== ============ =========================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self, cast

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.errors import ColumnError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "Codes",
    "Drapeaux",
    "Entiers",
    "Jours",
    "Kind",
    "Libelles",
    "Renvois",
    "Table",
    "Textes",
    "code",
    "drapeau",
    "entier",
    "jour",
    "libelle",
    "renvoi",
    "texte",
]

AnyArray = npt.NDArray[Any]
Textes = npt.NDArray[np.bytes_]
Libelles = npt.NDArray[np.object_]
Entiers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]
Jours = npt.NDArray[np.datetime64]
Drapeaux = npt.NDArray[np.bool_]
Renvois = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]


@attrs.frozen(kw_only=True)
class Kind:
    """What a column holds: its dtype, its absent value, and the table that its rows point to, if any."""

    dtype: str
    absent: object
    doc: str
    vers: str = ""
    sensible: bool = False

    def array(self, value: object) -> AnyArray:
        """Return *value* as a read-only column of this kind.

        Raises:
            ColumnError: It is no list of values, or they cannot be of this kind.
        """
        try:
            array = np.asarray(value)
        except ValueError as error:  # lists of unequal lengths inside
            raise ColumnError("expected one value per row") from error
        if array.ndim != 1:
            raise ColumnError(f"a column has one dimension, not {array.ndim}")
        view = self._converted(array).view()
        view.flags.writeable = False
        return view

    def _converted(self, array: AnyArray) -> AnyArray:
        wanted = np.dtype(self.dtype)
        if array.dtype.kind == wanted.kind and wanted.itemsize in (0, array.dtype.itemsize):
            return array
        if array.size and array.dtype.kind not in "OU" and not np.can_cast(array.dtype, wanted, "same_kind"):
            raise ColumnError(f"expected {wanted.name}, got {array.dtype.name}")
        if wanted.kind == "b" and array.dtype.kind in "OUS" and not _all_bools(array):
            raise ColumnError(f"expected {wanted.name}, got {array.dtype.name}")
        if array.size and wanted.kind == "i" and array.dtype.kind in "iu":
            _check_range(array, wanted)
        with suppress(ValueError, TypeError, OverflowError):
            return array.astype(wanted)
        # Not chained: numpy's words quote the value, which may be health data.
        expected = "ASCII texts" if wanted.kind == "S" else wanted.name
        raise ColumnError(f"expected {expected}, got {array.dtype.name}")

    def blanks(self, length: int) -> AnyArray:
        """Return *length* absent values."""
        return np.full(length, self.absent, dtype=np.dtype(self.dtype) if self.dtype != "S" else "S1")


def _check_range(array: AnyArray, wanted: np.dtype[Any]) -> None:
    """Refuse whole numbers that *wanted* would wrap: an amount never changes by being stored."""
    bounds = np.iinfo(wanted)
    if array.min() < bounds.min or array.max() > bounds.max:
        raise ColumnError(f"a number is too large for {wanted.name}")


def _all_bools(array: AnyArray) -> bool:
    """Tell whether objects are yes or no; a text such as `"non"` is not, and numpy would take it for yes."""
    return all(isinstance(value, bool | np.bool_) for value in array.tolist())


def _column(kind: Kind) -> Any:
    return attrs.field(converter=kind.array, metadata={"kind": kind})


def texte(doc: str, *, sensible: bool = False) -> Any:
    """Declare a column of ASCII identifiers, of the width its data needs."""
    return _column(Kind(dtype="S", absent=b"", doc=doc, sensible=sensible))


def libelle(doc: str, *, sensible: bool = False) -> Any:
    """Declare a column of free text."""
    return _column(Kind(dtype="O", absent="", doc=doc, sensible=sensible))


def entier(doc: str, *, dtype: str = "int64") -> Any:
    """Declare a column of whole numbers; cents unless the name says otherwise."""
    return _column(Kind(dtype=dtype, absent=0, doc=doc))


def code(doc: str) -> Any:
    """Declare a column of values of an enumeration."""
    return _column(Kind(dtype="int8", absent=0, doc=doc))


def jour(doc: str) -> Any:
    """Declare a column of dates."""
    return _column(Kind(dtype="datetime64[D]", absent=np.datetime64("NaT"), doc=doc))


def drapeau(doc: str) -> Any:
    """Declare a column of yes or no."""
    return _column(Kind(dtype="bool", absent=False, doc=doc))


def renvoi(vers: str, doc: str = "") -> Any:
    """Declare a column of row numbers of the table *vers* of the same `Tables`; -1 points nowhere."""
    return _column(Kind(dtype="int32", absent=-1, doc=doc or f"row of `{vers}`", vers=vers))


@attrs.frozen(eq=False, repr=False)
class Table:
    """Base of every table; its columns are read-only numpy arrays of one length.

    Raises:
        ColumnError: Columns of unequal lengths, or that cannot be of their kind.
    """

    def __attrs_post_init__(self) -> None:
        lengths = {name: len(column) for name, column in self.columns().items()}
        if len(set(lengths.values())) > 1:
            raise ColumnError(f"{type(self).__name__}: columns of unequal lengths: {lengths}")

    def __len__(self) -> int:
        return len(next(iter(self.columns().values())))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} rows>"

    @classmethod
    def kinds(cls) -> dict[str, Kind]:
        """Return the kind of each column, in order."""
        if cls not in _KINDS:
            _KINDS[cls] = {field.name: cast(Kind, field.metadata["kind"]) for field in attrs.fields(cls)}
        return _KINDS[cls]

    @classmethod
    def empty(cls) -> Self:
        """Return the table without rows; being read only, it is one and the same."""
        if cls not in _EMPTY:
            _EMPTY[cls] = cls.of(0)
        return cast(Self, _EMPTY[cls])

    @classmethod
    def of(cls, length: int | None = None, /, **columns: object) -> Self:
        """Build a table from the *columns* at hand; those not given are absent values.

        Raises:
            ColumnError: A name that is no column of this table, or values that cannot be of its kind.
        """
        kinds = cls.kinds()
        unknown = sorted(map(str, columns.keys() - kinds.keys()))
        if unknown:
            raise ColumnError(f"{cls.__name__} has no column {', '.join(unknown)}")
        if length is None:
            length = max(map(_length, columns.values()), default=0)
        given = {name: _named(cls, name, column) for name, column in columns.items()}
        return cls(**{name: given[name] if name in given else kind.blanks(length) for name, kind in kinds.items()})

    @classmethod
    def concat(cls, tables: Iterable[Self], shifts: Mapping[str, Sequence[int]] | None = None) -> Self:
        """Put *tables* one under the other.

        Args:
            tables: What to join, in order.
            shifts: For each table that a `renvoi` points to, how much to add to the rows of each of *tables*.
        """
        parts = list(tables)
        filled = [rank for rank, part in enumerate(parts) if len(part)]
        if not filled:
            return cls.empty()
        columns = {}
        for name, kind in cls.kinds().items():
            pieces = [getattr(parts[rank], name) for rank in filled]
            if kind.vers and shifts is not None:
                pieces = [_shifted(piece, shifts[kind.vers][rank]) for piece, rank in zip(pieces, filled, strict=True)]
            columns[name] = np.concatenate(pieces)
        return cls(**columns)

    def columns(self) -> dict[str, AnyArray]:
        """Return the columns by name."""
        return {name: getattr(self, name) for name in self.kinds()}

    def take(self, rows: npt.NDArray[np.integer[Any]] | npt.NDArray[np.bool_]) -> Self:
        """Return the rows of these numbers, or those where a mask is true, in that order."""
        return type(self)(**{name: column[rows] for name, column in self.columns().items()})

    def with_columns(self, **columns: object) -> Self:
        """Return a copy in which *columns* replace those of the same name."""
        return attrs.evolve(self, **columns)

    def row(self, number: int) -> dict[str, Any]:
        """Return one row as plain Python values: `str`, `int`, `bool`, `date` or None."""
        return {name: _plain(column[number]) for name, column in self.columns().items()}

    def to_arrow(self) -> pa.Table:
        """Return the same columns as a `pyarrow.Table`; needs the `arrow` extra."""
        import pyarrow as pa

        return pa.table({name: _arrow(column) for name, column in self.columns().items()})


# Reading a thousand small files asks for these a hundred thousand times.
_KINDS: dict[type[Table], dict[str, Kind]] = {}
_EMPTY: dict[type[Table], Table] = {}


def _named(table: type[Table], name: str, column: object) -> AnyArray:
    """Return *column* as its kind wants it; what cannot be is refused under its name."""
    try:
        return table.kinds()[name].array(column)
    except ColumnError as error:
        raise ColumnError(f"{table.__name__}.{name}: {error}") from error


def _length(column: object) -> int:
    """Return the length of a column; 0 for what has none, which `Kind.array` then refuses."""
    try:
        return len(cast(Sequence[object], column))
    except TypeError:
        return 0


def _shifted(rows: AnyArray, by: int) -> AnyArray:
    return np.where(rows < 0, rows, rows + np.int32(by)) if by else rows


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, np.datetime64):
        return value.astype(object)
    return value.item() if isinstance(value, np.generic) else value


def _arrow(column: AnyArray) -> pa.Array:
    import pyarrow as pa

    if column.dtype.kind == "S":
        return pa.array([value.decode("latin-1") for value in column.tolist()], type=pa.string())
    if column.dtype.kind == "O":
        return pa.array(column.tolist(), type=pa.string())
    return pa.array(column)
