"""What the commands that reconcile share: one reconciliation, of the same files, tables and decisions."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from tiers_payant.cli._ecran import ProgressLine, complain
from tiers_payant.cli._erreurs import reading
from tiers_payant.cli._greffons import add_greffons
from tiers_payant.cli._parser import add_layouts

if TYPE_CHECKING:
    import pluggy

    from tiers_payant.domain import Book, Decision, Payeurs, Rapprochement

__all__ = ["add_reading", "book_of", "reconciled", "reconciling"]


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how files are read and reconciled: `payeurs`, `decisions`, `layouts` and the plugins."""
    parser.add_argument(
        "--payeurs", metavar="TABLE", type=Path, action="append", default=[], help="table de payeurs (TOML), répétable"
    )
    parser.add_argument(
        "--decisions", metavar="FICHIER", type=Path, help="décisions prises sur les propositions (JSON)"
    )
    add_layouts(parser)
    add_greffons(parser)


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

    payeurs, decisions = reconciling(arguments, manager)
    book = book_of(paths, arguments, manager)
    if book is None:
        return None
    with ProgressLine("rapprochement") as progress:
        return tp.reconcile(
            book,
            payeurs=payeurs,
            manager=manager,
            decisions=decisions,
            executor=executor,
            progress=progress.counts,
        )


def reconciling(arguments: argparse.Namespace, manager: pluggy.PluginManager) -> tuple[Payeurs, tuple[Decision, ...]]:
    """Return the payers and the decisions that the options name; read before the files, a wrong one is told at once."""
    import tiers_payant as tp
    from tiers_payant.domain import read_payeurs
    from tiers_payant.plugins import payeurs_of

    with reading("fichier de décisions"):
        decisions = tp.read_decisions(arguments.decisions) if arguments.decisions else ()
    with reading("table de payeurs"):
        more = [payeur for file in arguments.payeurs for payeur in read_payeurs(file)]
        return payeurs_of(manager).with_payeurs(more), decisions


def book_of(paths: Iterable[str], arguments: argparse.Namespace, manager: pluggy.PluginManager) -> Book | None:
    """Return what *paths* hold; None, and why on the error stream, when nothing could be read."""
    import tiers_payant as tp

    with ProgressLine("lecture") as progress:
        book = tp.read(*paths, manager=manager, layouts=arguments.layouts, progress=progress.files)
    if any(source.format for source in book.sources):
        return book
    complain("aucun fichier n'a pu être lu")
    for problem in book.problems:
        complain(f"{problem.at} : {problem.message_fr}")
    return None
