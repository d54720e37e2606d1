"""Checks put to lots: each is held to its contract, so that a vendor's defect is told and changes nothing."""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePath

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Alertes, CheckSpec, Examen
from tiers_payant.errors import CheckError, kind_of
from tiers_payant.rejets.controle._colonnes import Rows

__all__ = ["check_names", "examine"]

Codes = npt.NDArray[np.int8]


def examine(examen: Examen, checks: Iterable[CheckSpec]) -> Alertes:
    """Put *checks* to the lots of *examen*, all of them, active or not, in no order that matters.

    Returns:
        One row for each check and each facture that it finds at fault.

    Raises:
        CheckError: Two checks have one name, or one failed, or gave anything but rows of `factures`, each once. The
            check is named, and nothing is concluded.
    """
    asked: list[CheckSpec] = sorted(check_names(checks), key=lambda check: check.name)
    found = [_rows(check, examen) for check in asked]
    which: Rows = np.repeat(np.arange(len(asked)), np.array([len(rows) for rows in found], dtype=np.int64))
    factures: Rows = np.concatenate([np.zeros(0, dtype=np.int64), *found])
    severite: Codes = np.array([check.severite for check in asked], dtype=np.int8)[which]
    order = np.lexsort((which, -severite, factures))
    which = which[order]
    return Alertes.of(
        len(order),
        facture=factures[order].astype(np.int32),
        controle=np.array([check.name for check in asked] or [""], dtype="S")[which],
        severite=severite[order],
        famille=np.array([check.famille for check in asked], dtype=np.int8)[which],
    )


def check_names(checks: Iterable[CheckSpec]) -> list[CheckSpec]:
    """Return *checks*, once each of them is known to be one and to have a name of its own.

    Raises:
        CheckError: One is no `CheckSpec`, or two have one name; both providers are told.
    """
    listed: list[object] = list(checks)
    providers: dict[str, list[str]] = defaultdict(list)
    for check in listed:
        if not isinstance(check, CheckSpec):
            raise CheckError(f"expected CheckSpec, got {type(check).__name__}")
        providers[check.name].append(check.provider)
    for name in sorted(providers):
        if len(providers[name]) > 1:
            raise CheckError(f"check {name}: brought by {' and by '.join(sorted(providers[name]))}")
    return [check for check in listed if isinstance(check, CheckSpec)]


def _rows(check: CheckSpec, examen: Examen) -> Rows:
    named = f"check {check.name} of {check.provider}"
    try:
        found: object = check.examine(examen)
    # One that leaves, too: its status would say that the lots may. Its words, which may quote a value, are left out.
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise CheckError(f"{named}: failed ({kind_of(error)}{_place(error)})") from None
    count = len(examen.tables.factures)
    # No masked array either: what it hides is neither a row nor none.
    if (
        isinstance(found, np.ma.MaskedArray)
        or not isinstance(found, np.ndarray)
        or found.ndim != 1
        or found.dtype.kind not in "iu"
    ):
        raise CheckError(f"{named}: expected an array of rows, whole numbers, got {_kind(found)}")
    if len(found) and (int(found.min()) < 0 or int(found.max()) >= count):
        raise CheckError(f"{named}: a row that is none of the {count} factures")
    rows = np.unique(found)
    if len(rows) != len(found):
        raise CheckError(f"{named}: a row given twice")
    return rows.astype(np.int64)


def _kind(found: object) -> str:
    return f"{found.ndim} dimensions of {found.dtype.name}" if isinstance(found, np.ndarray) else type(found).__name__


def _place(error: BaseException) -> str:
    """Say where an error was raised, for whoever mends the check: a file and a line, nothing read."""
    frames: Sequence[traceback.FrameSummary] = traceback.extract_tb(error.__traceback__)
    return f", {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
