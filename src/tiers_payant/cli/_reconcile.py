"""`tiers-payant reconcile`: files to figures."""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from tiers_payant.cli._ecran import NOTHING, status_of
from tiers_payant.cli._erreurs import writing
from tiers_payant.cli._greffons import manager_of
from tiers_payant.cli._lecture import add_reading, reconciled
from tiers_payant.cli._parser import Commands, count, day
from tiers_payant.cli._sorties import add_exports, asked_exports, exported

__all__ = ["add_to"]


def add_to(commands: Commands) -> None:
    """Hang the command on the parser."""
    parser = commands.add_parser("reconcile", help="rapproche lots, retours et relevés bancaires")
    parser.add_argument("paths", metavar="CHEMIN", nargs="+", help="fichiers ou dossiers, dans n'importe quel ordre")
    parser.add_argument("--json", metavar="SORTIE", type=Path, help="écrit le résultat en JSON")
    parser.add_argument(
        "--today", metavar="JOUR", type=day, help="jour pour juger des retards (JJ/MM/AAAA ; aujourd'hui)"
    )
    parser.add_argument("--workers", metavar="N", type=count, default=1, help="processus qui rapprochent à la fois (1)")
    add_exports(parser)
    add_reading(parser)
    parser.set_defaults(command=_reconcile)


def _reconcile(arguments: argparse.Namespace) -> int:
    import tiers_payant as tp
    from tiers_payant.reports import rapprochement_text

    manager = manager_of(arguments)
    exports = asked_exports(arguments, manager)
    with _workers(arguments.workers) as executor:
        result = reconciled(arguments.paths, arguments, manager, executor)
    if result is None:
        return NOTHING
    if arguments.json:
        with writing(arguments.json):
            tp.write_json(result, arguments.json)
    good = exported(result, exports, manager)
    print(rapprochement_text(result, arguments.today or dt.date.today()))
    return status_of(result.problems) if good else NOTHING


def _workers(count: int) -> AbstractContextManager[ProcessPoolExecutor | None]:
    """Return processes to match in; none for one, which is this one."""
    if count == 1:
        return nullcontext()
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))
