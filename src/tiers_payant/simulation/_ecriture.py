"""The world on disk: every file through the writer of its real format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from tiers_payant.domain import Tables
from tiers_payant.formats.b2 import write_b2
from tiers_payant.formats.camt053 import write_camt053
from tiers_payant.formats.cfonb120 import write_cfonb120
from tiers_payant.formats.neutre import write_csv_table
from tiers_payant.formats.noemie import write_noemie
from tiers_payant.formats.officines import write_officines

from ._monde import Fichier, Monde
from ._tables import officines_of, tables_of

__all__ = ["write_files"]

Write = Callable[[Tables, BinaryIO], None]


def write_files(world: Monde, folder: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Write every file of *world* under *folder*, and `officines.json`; files that have these names are replaced.

    The truth is not written here: `Verite.write` does it.

    Args:
        world: What happened.
        folder: Where to; made when missing.
        progress: Told after each file how many are done, and how many there are.
    """
    for done, fichier in enumerate(world.fichiers, 1):
        path = folder / fichier.chemin
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            _writer_of(fichier)(tables_of(fichier), out)
        if progress is not None:
            progress(done, len(world.fichiers))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "officines.json").open("wb") as out:
        write_officines(officines_of(world.officines), out)


def _writer_of(fichier: Fichier) -> Write:
    if fichier.releve is not None:
        return write_camt053 if fichier.releve.officine.banque == "camt053" else write_cfonb120
    if fichier.lots:
        return write_b2
    if fichier.comptes:
        return lambda tables, out: write_csv_table(tables, "comptes_clients", out)
    if fichier.recus:
        return lambda tables, out: write_csv_table(tables, "encaissements", out)
    return lambda tables, out: write_noemie(tables, out, cadrage=fichier.cadrage)
