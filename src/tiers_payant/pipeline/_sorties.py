"""A result to files and numbers that plugins bring: each export written whole or not at all, each indicator alone."""

from __future__ import annotations

import datetime as dt
import errno
import math
import operator
import os
from difflib import get_close_matches
from pathlib import Path

import pluggy

from tiers_payant.domain import (
    Indicateur,
    IndicateurSpec,
    Rapprochement,
    UniteIndicateur,
    writing_whole,
)
from tiers_payant.errors import ExportError, kind_of
from tiers_payant.plugins import build_manager, exports_of, indicateurs_of

__all__ = ["export", "indicators"]

_DISK = frozenset({errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)})
"""What a disk says of the file that is written: no fault of the export."""
_LARGEST = 2**63 - 1
_ENTIERES = (UniteIndicateur.CENTS, UniteIndicateur.NOMBRE)


def export(result: Rapprochement, name: str, path: str | Path, *, manager: pluggy.PluginManager | None = None) -> Path:
    """Write *result* as the export called *name* does: the whole file, or none.

    The file is its owner's alone when it is new, since it may hold health data; one that was there keeps its rights,
    and what it holds until the new content is complete.

    Args:
        result: A reconciliation.
        name: `json`, or that of a plugin's.
        path: The file; or a folder, where a file of the name of the export and of its suffix is written.
        manager: The plugins to ask; the built-in ones when not given.

    Returns:
        The file.

    Raises:
        ExportError: No export has this name; or it failed, and then its name, its provider and the kind of the error
            are told, never its words, which may quote a value.
        SourceError: The file cannot be written.
    """
    known = exports_of(manager or build_manager())
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ExportError(f"no export {name!r}{hint}; known: {', '.join(known)}")
    spec, place = known[name], Path(path)
    if os.path.isdir(place):  # noqa: PTH112 - that of Path raises for a name that no disk takes
        place /= f"{name}{spec.suffix}"
    with writing_whole(place) as out:
        try:
            spec.write(result, out)
            out.flush()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if isinstance(error, OSError) and error.errno is not None and error.errno in _DISK:
                raise OSError(error.errno, os.strerror(error.errno)) from None
            raise ExportError(f"export {name!r} of {spec.provider}: failed ({kind_of(error)})") from None
    return place


def indicators(
    result: Rapprochement, *, today: dt.date, manager: pluggy.PluginManager | None = None
) -> tuple[Indicateur, ...]:
    """Return every indicator of *result*: the library's (docs/reference/indicateurs), then those of plugins by name.

    One that fails, or gives no number of its unit, has no value and says why; the others are told all the same.

    Args:
        result: A reconciliation.
        today: The day that ages are counted to.
        manager: The plugins to ask; the built-in ones when not given.

    Raises:
        PluginError: A plugin is at fault, and the manager is strict.
    """
    specs = indicateurs_of(manager or build_manager()).values()
    return tuple(_indicator(spec, result, today) for spec in specs)


def _indicator(spec: IndicateurSpec, result: Rapprochement, today: dt.date) -> Indicateur:
    valeur, defaut = None, ""
    try:
        valeur = _number(spec.compute(result, today), spec.unite)
    except _NoNumber as error:
        defaut = str(error)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # its words may quote a value
        defaut = f"failed ({kind_of(error)})"
    return Indicateur(
        name=spec.name, label=spec.label, unite=spec.unite, valeur=valeur, defaut=defaut,
        provider=spec.provider, version=spec.version,
    )  # fmt: skip


class _NoNumber(Exception):  # noqa: N818  never leaves this module
    """What an indicator gave is no number of its unit."""


def _number(given: object, unite: UniteIndicateur) -> int | float | None:
    """Return what an indicator gave as a plain number; those of numpy are taken too."""
    if given is None:
        return None
    try:
        whole = operator.index(given)  # type: ignore[arg-type]
    except TypeError:
        whole = None
    if isinstance(given, bool):
        raise _NoNumber(f"expected a number of {unite}, got bool")
    if whole is not None and abs(whole) > _LARGEST:
        raise _NoNumber(f"expected a number of {unite} that 64 bits hold")
    if whole is not None and (unite is not UniteIndicateur.PART or whole in (0, 1)):
        return int.__add__(whole, 0)  # plain: a type of its own may print as anything
    if unite in _ENTIERES or not isinstance(given, float) or not math.isfinite(given):
        raise _NoNumber(f"expected a number of {unite}, got {kind_of(given)}")
    if unite is UniteIndicateur.PART and not 0 <= given <= 1:
        raise _NoNumber("expected a part from 0 to 1")
    return float.__add__(given, 0.0)
