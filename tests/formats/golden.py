"""Golden files: an input, and beside it what we read from it. `python tests/formats/golden.py` rewrites the second."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tiers_payant.domain import Entree, Lecture
from tiers_payant.errors import Problem
from tiers_payant.formats.camt052 import read_camt052
from tiers_payant.formats.camt053 import read_camt053
from tiers_payant.formats.camt054 import read_camt054
from tiers_payant.formats.cfonb120 import read_cfonb120
from tiers_payant.formats.cfonb240 import read_cfonb240

GOLDEN = Path(__file__).parents[1] / "golden"
READERS: dict[str, Callable[[Entree], Lecture]] = {
    "camt052": read_camt052,
    "camt053": read_camt053,
    "camt054": read_camt054,
    "cfonb120": read_cfonb120,
    "cfonb240": read_cfonb240,
}


def inputs(name: str) -> list[Path]:
    """The inputs of one format, in order."""
    return sorted(path for path in (GOLDEN / name).iterdir() if path.suffix != ".json")


def expected_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def facts(lecture: Lecture) -> dict[str, Any]:
    """All that was read, as JSON holds it; columns that say nothing are left out."""
    tables = lecture.tables
    return {
        "reference": tables.sources[0].reference,
        **{
            name: [_said(getattr(tables, name).row(number)) for number in range(len(getattr(tables, name)))]
            for name in ("releves", "virements", "bruts")
        },
        "problems": [_problem(problem) for problem in lecture.problems],
    }


def _said(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if value not in ("", None, False) and name != "source"}
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in kept.items()}


def _problem(problem: Problem) -> dict[str, Any]:
    return {"at": str(problem.at), "offset": problem.at.offset, "code": problem.code, "message": problem.message}


def read(path: Path) -> dict[str, Any]:
    return facts(READERS[path.parent.name](Entree(nom=path.name, chemin=path)))


def text_of(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for format_name in READERS:
        for path in inputs(format_name):
            expected_of(path).write_text(text_of(read(path)), encoding="utf-8")
