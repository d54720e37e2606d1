"""`tiers-payant reconcile`: files to figures."""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from tiers_payant.cli._ecran import NOTHING, ProgressLine, complain, status_of
from tiers_payant.cli._erreurs import reading, writing
from tiers_payant.cli._parser import Commands, add_layouts, count, day

__all__ = ["add_to"]


def add_to(commands: Commands) -> None:
    """Hang the command on the parser."""
    parser = commands.add_parser("reconcile", help="rapproche lots, retours et relevés bancaires")
    parser.add_argument("paths", metavar="CHEMIN", nargs="+", help="fichiers ou dossiers, dans n'importe quel ordre")
    parser.add_argument("--json", metavar="SORTIE", type=Path, help="écrit le résultat en JSON")
    parser.add_argument(
        "--today", metavar="JOUR", type=day, help="jour pour juger des retards (JJ/MM/AAAA ; aujourd'hui)"
    )
    parser.add_argument(
        "--payeurs", metavar="TABLE", type=Path, action="append", default=[], help="table de payeurs (TOML), répétable"
    )
    parser.add_argument(
        "--decisions", metavar="FICHIER", type=Path, help="décisions prises sur les propositions (JSON)"
    )
    parser.add_argument("--workers", metavar="N", type=count, default=1, help="processus qui rapprochent à la fois (1)")
    add_layouts(parser)
    parser.set_defaults(command=_reconcile)


def _reconcile(arguments: argparse.Namespace) -> int:
    import tiers_payant as tp
    from tiers_payant.domain import read_payeurs
    from tiers_payant.plugins import payeurs_of
    from tiers_payant.reports import rapprochement_text

    with reading("fichier de décisions"):
        decisions = tp.read_decisions(arguments.decisions) if arguments.decisions else ()
    manager = tp.build_manager(entry_points=True)
    with reading("table de payeurs"):
        more = [payeur for file in arguments.payeurs for payeur in read_payeurs(file)]
        payeurs = payeurs_of(manager).with_payeurs(more)
    with ProgressLine("lecture") as progress:
        book = tp.read(*arguments.paths, manager=manager, layouts=arguments.layouts, progress=progress.files)
    if not any(source.format for source in book.sources):
        complain("aucun fichier n'a pu être lu")
        for problem in book.problems:
            complain(f"{problem.at} : {problem.message_fr}")
        return NOTHING
    with _workers(arguments.workers) as executor, ProgressLine("rapprochement") as progress:
        result = tp.reconcile(
            book,
            payeurs=payeurs,
            decisions=decisions,
            executor=executor,
            progress=progress.counts,
        )
    if arguments.json:
        with writing(arguments.json):
            tp.write_json(result, arguments.json)
    print(rapprochement_text(result, arguments.today or dt.date.today()))
    return status_of(result.problems)


def _workers(count: int) -> AbstractContextManager[ProcessPoolExecutor | None]:
    """Return processes to match in; none for one, which is this one."""
    if count == 1:
        return nullcontext()
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))
