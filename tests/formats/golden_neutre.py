"""Golden files of the neutral formats. `python -m tests.formats.golden_neutre` rewrites what is read of each."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from tiers_payant.domain import Entree
from tiers_payant.formats.neutre import read_csv, read_json

GOLDEN = Path(__file__).parents[1] / "golden" / "neutre"
INPUTS = sorted(path for path in GOLDEN.iterdir() if not path.name.endswith(".attendu.json"))


def expected_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.attendu.json")


def text_of(path: Path) -> str:
    """All that is read of a file, and every problem told of it; the fingerprint, which the rest decides, left out."""
    lecture = (read_csv if path.suffix == ".csv" else read_json)(Entree(nom=path.name, chemin=path))
    found = {
        name: [_said(table.row(row)) for row in range(len(table))]
        for name, table in lecture.tables.each()
        if len(table)
    }
    problems = [{"at": str(problem.at), "code": problem.code, "fr": problem.message_fr} for problem in lecture.problems]
    return json.dumps({**found, "problems": problems}, ensure_ascii=False, indent=1) + "\n"


def _said(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if value not in ("", None, False) and name != "empreinte"}
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in kept.items()}


if __name__ == "__main__":
    for golden in INPUTS:
        expected_of(golden).write_text(text_of(golden), encoding="utf-8")
