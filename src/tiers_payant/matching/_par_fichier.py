"""What the matching tells, file by file."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Tables
from tiers_payant.errors import Location, Problem

__all__ = ["told_by_file"]


def told_by_file(tables: Tables, sources: npt.NDArray[np.int32], code: str) -> list[Problem]:
    """Return one problem for each of these *sources*, which counts how often it is there."""
    rows, counts = np.unique(sources, return_counts=True)
    return [
        Problem(code=code, at=Location(file=tables.file_of(source)), params={"nombre": count})
        for source, count in zip(rows.tolist(), counts.tolist(), strict=True)
    ]
