"""Golden B2 files as JSON: all that was read of them. `python -m tests.formats.golden_b2` rewrites what is expected."""

from __future__ import annotations

from typing import Any

from tests.formats.golden import GOLDEN, expected_of, text_of

from tiers_payant.domain import Entree, Lecture
from tiers_payant.formats.b2 import read_b2

__all__ = ["INPUTS", "facts"]

INPUTS = sorted((GOLDEN / "b2").glob("*.txt"))


def facts(lecture: Lecture) -> dict[str, Any]:
    """Every row of every table, and every problem; columns that say nothing are left out."""
    (source,) = lecture.tables.sources
    return {
        "enregistrements": source.enregistrements,
        **{
            name: [_said(table.row(row)) for row in range(len(table))]
            for name, table in lecture.tables.each()
            if len(table)
        },
        "problems": [
            {"at": str(problem.at), "code": problem.code, "message": problem.message} for problem in lecture.problems
        ],
    }


def _said(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if value not in ("", None) and name != "source"}
    return {name: value if isinstance(value, int) else str(value) for name, value in kept.items()}


if __name__ == "__main__":
    for path in INPUTS:
        lecture = read_b2(Entree(nom=path.name, chemin=path))
        expected_of(path).write_text(text_of(facts(lecture)), encoding="utf-8")
