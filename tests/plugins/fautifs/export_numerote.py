"""An export that numbers its files: the same facts give other bytes."""

from __future__ import annotations

from itertools import count
from typing import BinaryIO

from tiers_payant.domain import ExportSpec, Rapprochement, hookimpl

TIMES = count()


def write(result: Rapprochement, out: BinaryIO) -> None:
    out.write(f"export {next(TIMES)}".encode())


@hookimpl
def tiers_payant_exports() -> list[ExportSpec]:
    return [ExportSpec(name="export-numerote", label="Exemple", suffix=".csv", write=write, provider="mon-lgo")]
