"""The files that the library itself writes of a reconciliation, as a plugin's would be."""

from __future__ import annotations

from typing import BinaryIO

from tiers_payant.domain import ExportSpec, Rapprochement
from tiers_payant.reports._rapprochement_json import rapprochement_chunks

__all__ = ["EXPORTS"]


def _json(result: Rapprochement, out: BinaryIO) -> None:
    for chunk in rapprochement_chunks(result):
        out.write(chunk.encode())


EXPORTS = (
    ExportSpec(
        name="json",
        label="tout le rapprochement, au schéma tiers-payant/rapprochement/1",
        suffix=".json",
        write=_json,
    ),
)
