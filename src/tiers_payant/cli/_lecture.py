"""What `reconcile`, `rejets` and `explain` share: one reconciliation, of the same files, tables and decisions."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from tiers_payant.cli._ecran import ProgressLine, complain
from tiers_payant.cli._erreurs import reading
from tiers_payant.cli._parser import add_layouts

if TYPE_CHECKING:
    import pluggy

    from tiers_payant.domain import Rapprochement

__all__ = ["add_reading", "reconciled"]


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how files are read and reconciled: `payeurs`, `decisions` and `layouts`."""
    parser.add_argument(
        "--payeurs", metavar="TABLE", type=Path, action="append", default=[], help="table de payeurs (TOML), répétable"
    )
    parser.add_argument(
        "--decisions", metavar="FICHIER", type=Path, help="décisions prises sur les propositions (JSON)"
    )
    add_layouts(parser)


def reconciled(
    paths: Iterable[str],
    arguments: argparse.Namespace,
    manager: pluggy.PluginManager,
    executor: Executor | None = None,
) -> Rapprochement | None:
    """Return the reconciliation of what *paths* hold; None, and why on the error stream, when nothing could be read.

    Args:
        paths: Files and folders.
        arguments: What `add_reading` added.
        manager: The plugins.
        executor: Where to match; in this process when None.
    """
    import tiers_payant as tp
    from tiers_payant.domain import read_payeurs
    from tiers_payant.plugins import payeurs_of

    with reading("fichier de décisions"):
        decisions = tp.read_decisions(arguments.decisions) if arguments.decisions else ()
    with reading("table de payeurs"):
        more = [payeur for file in arguments.payeurs for payeur in read_payeurs(file)]
        payeurs = payeurs_of(manager).with_payeurs(more)
    with ProgressLine("lecture") as progress:
        book = tp.read(*paths, manager=manager, layouts=arguments.layouts, progress=progress.files)
    if not any(source.format for source in book.sources):
        complain("aucun fichier n'a pu être lu")
        for problem in book.problems:
            complain(f"{problem.at} : {problem.message_fr}")
        return None
    with ProgressLine("rapprochement") as progress:
        return tp.reconcile(
            book,
            payeurs=payeurs,
            decisions=decisions,
            executor=executor,
            progress=progress.counts,
        )
