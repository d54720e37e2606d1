"""Facts kept as TOML: reading them strictly, and saying where a table is wrong."""

from __future__ import annotations

import datetime as dt
import tomllib
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path
from types import GenericAlias
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin

from tiers_payant.domain._source import printable
from tiers_payant.errors import LayoutError, SourceError

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = ["MOST_BYTES", "Confiance", "read_builtin", "read_bytes", "read_path", "structure"]

T = TypeVar("T")

MOST_BYTES = 64 << 20
"""No table of a user is longer: a year of factures of a large officine has a tenth of it."""


class Confiance(StrEnum):
    """How well a fact of law is known."""

    HAUTE = "H"
    """The primary text, or an official nomenclature, was read."""
    MOYENNE = "M"
    """A secondary page or the trade press was read."""
    BASSE = "L"
    """One weak source, or an inference."""

    @property
    def rang(self) -> int:
        """0 for the best; the least sure of several facts is the one of highest rank."""
        return list(Confiance).index(self)


def read_builtin(name: str) -> dict[str, Any]:
    """Read a table that ships with the library."""
    return tomllib.loads(resources.files("tiers_payant.domain").joinpath("data").joinpath(name).read_text("utf-8"))


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """Read a user's table, whatever its format, of *most* bytes at the most.

    Raises:
        SourceError: It is no file, or cannot be opened.
        LayoutError: It is too long to be a table.
    """
    name = printable(path.name)
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for whoever writes to it
            raise SourceError(f"{name}: not a file")
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        raise SourceError(f"{name}: {getattr(error, 'strerror', None) or 'no path'}") from None
    if len(data) > most:
        raise LayoutError(f"{name}: longer than {most} bytes")
    return data


def read_path(path: Path) -> dict[str, Any]:
    """Read a user's table.

    Raises:
        SourceError: The file cannot be opened.
        LayoutError: The file is no TOML.
    """
    try:
        return tomllib.loads(read_bytes(path).decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise LayoutError(f"{path.name}: not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise LayoutError(f"{path.name}: {error}") from None
    except (ValueError, RecursionError):  # thousands of digits, or of brackets
        raise LayoutError(f"{path.name}: a number or a nesting beyond all measure") from None


def structure(data: object, kind: type[T], at: str) -> T:
    """Turn plain TOML values into an attrs object, refusing unknown keys and values of another type.

    Args:
        at: Where *data* stands, to begin each line of the error.

    Raises:
        LayoutError: One line per fault, each with its key.
    """
    from cattrs import BaseValidationError, transform_error

    if not isinstance(data, dict):
        raise LayoutError(f"expected a table @ {at}")
    try:
        return _converter().structure(data, kind)
    except BaseValidationError as error:
        raise LayoutError("\n".join(transform_error(error, path=at, format_exception=_explain))) from None


def _explain(error: BaseException, kind: type | None) -> str:
    if isinstance(error, KeyError):
        return "required key missing"
    if isinstance(error, AttributeError):  # cattrs asked for the keys of something that has none
        return "expected a table"
    return str(error)


@cache
def _converter() -> Converter:
    # Imported here because cattrs costs as much as all the rest of the domain, and most runs need no table.
    from cattrs import Converter

    converter = Converter(forbid_extra_keys=True)
    for kind in (int, str, bool, dt.date):
        converter.register_structure_hook(kind, _structure_scalar)

    def structure_list(value: object, kind: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):  # a text is iterable too: its letters would be taken for the entries
            raise ValueError(f"expected a list, got {type(value).__name__}")
        entries: Any = GenericAlias(list, get_args(kind)[:1])
        return tuple(converter.structure(value, entries))

    converter.register_structure_hook_func(_is_list, structure_list)
    return converter


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is tuple and get_args(kind)[1:] == (...,)


def _structure_scalar(value: object, kind: type[T]) -> T:
    if issubclass(kind, StrEnum):  # a hook on str is asked for these too
        if value not in list(kind):
            raise ValueError(f"expected one of {', '.join(kind)}")
        return kind(str(value))
    # `type(...) is`: True is an int to isinstance, and a datetime is a date.
    if type(value) is not kind:
        raise ValueError(f"expected {kind.__name__}, got {type(value).__name__}")
    return value
