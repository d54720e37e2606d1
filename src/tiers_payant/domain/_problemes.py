"""What goes wrong while one file is read: every problem counted, a bounded number of them listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice, repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from tiers_payant.errors import Location, Problem, ProblemKind

__all__ = ["MOST_LISTED", "ProblemLog"]

MOST_LISTED = 100
"""Problems of one code and one field listed for one file; what comes after is counted. Thirty megabytes of junk must
not become millions of objects."""


class ProblemLog:
    """Collects the problems of one file, in the order they are met."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._listed: list[Problem] = []
        self._seen: Counter[tuple[str, str | None]] = Counter()

    def __len__(self) -> int:
        return self._seen.total()

    def lists(self, code: str, field: str | None = None) -> bool:
        """Tell whether one more problem of that kind would be listed: if not, its words need not be made."""
        return self._seen[code, field] < MOST_LISTED

    def add(
        self,
        code: str | ProblemKind,
        /,
        *,
        line: int | None = None,
        offset: int | None = None,
        column: int | None = None,
        field: str | None = None,
        **params: object,
    ) -> None:
        """Note one problem; *params* fill the words of its *code*, the library's or a vendor's own."""
        name = code if isinstance(code, str) else code.code
        if not self.lists(name, field):
            self._seen[name, field] += 1
            return
        at = Location(file=self.file, line=line, offset=offset, column=column, field=field)
        self.add_problem(Problem.of(code, at, params))

    def add_rows(
        self,
        code: str,
        offsets: Sequence[int] | npt.NDArray[np.integer[Any]],
        shapes: Iterable[str],
        /,
        *,
        lines: Sequence[int] | None = None,
        column: int | None = None,
        field: str | None = None,
        **params: object,
    ) -> None:
        """Note the same problem on many records.

        Args:
            code: What is wrong.
            offsets: Byte where each record starts.
            shapes: What each looks like; only as many as are listed are asked for.
            lines: Line of each, in a file of lines.
            column: First column of the field, from 1.
            field: Name of the field.
            params: What else the words of *code* need.
        """
        room = max(0, MOST_LISTED - self._seen[code, field])
        listed = list(zip(islice(offsets, room), lines or repeat(None), shapes, strict=False))
        for offset, line, forme in listed:
            at = Location(file=self.file, line=line, offset=int(offset), column=column, field=field)
            self.add_problem(Problem(code=code, at=at, params={**params, "forme": forme}))
        self._seen[code, field] += len(offsets) - len(listed)

    def add_problem(self, problem: Problem) -> None:
        """Note a problem made elsewhere."""
        self._seen[problem.code, problem.at.field] += 1
        if self._seen[problem.code, problem.at.field] <= MOST_LISTED:
            self._listed.append(problem)

    def take(self) -> tuple[Problem, ...]:
        """Give the problems, and forget them: those of the next part are counted anew."""
        found = self.problems()
        self._listed.clear()
        self._seen.clear()
        return found

    def problems(self) -> tuple[Problem, ...]:
        """Return what was listed, then one line for each kind that had more."""
        more = tuple(
            Problem(
                code="PROBLEMES_REPETES",
                at=Location(file=self.file, field=field),
                params={"code": code, "nombre": seen - MOST_LISTED},
            )
            for (code, field), seen in self._seen.items()
            if seen > MOST_LISTED
        )
        return tuple(self._listed) + more
