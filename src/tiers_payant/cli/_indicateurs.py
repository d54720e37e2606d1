"""`tiers-payant indicateurs`: how the officine is paid, in a few numbers."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from tiers_payant.cli._ecran import NOTHING, complain, status_of
from tiers_payant.cli._erreurs import writing
from tiers_payant.cli._greffons import manager_of
from tiers_payant.cli._lecture import add_reading, reconciled
from tiers_payant.cli._parser import Commands, day

__all__ = ["add_to"]


def add_to(commands: Commands) -> None:
    """Hang the command on the parser."""
    parser = commands.add_parser("indicateurs", help="dit en quelques nombres comment l'officine est payée")
    parser.add_argument("paths", metavar="CHEMIN", nargs="+", help="fichiers ou dossiers, comme pour reconcile")
    parser.add_argument("--today", metavar="JOUR", type=day, help="jour d'où compter (JJ/MM/AAAA ; aujourd'hui)")
    parser.add_argument("--json", metavar="SORTIE", type=Path, help="écrit les indicateurs en JSON")
    add_reading(parser)
    parser.set_defaults(command=_indicateurs)


def _indicateurs(arguments: argparse.Namespace) -> int:
    import tiers_payant as tp
    from tiers_payant.domain import write_whole
    from tiers_payant.plugins import indicateurs_of
    from tiers_payant.reports import indicateurs_chunks, indicateurs_text

    manager = manager_of(arguments)
    indicateurs_of(manager)  # two of one name are told before files, which may be long, are read
    result = reconciled(arguments.paths, arguments, manager)
    if result is None:
        return NOTHING
    today = arguments.today or dt.date.today()
    found = tp.indicators(result, today=today, manager=manager)
    if arguments.json:
        with writing(arguments.json):
            write_whole(arguments.json, "".join(indicateurs_chunks(found, today)).encode(), private=False)
    print(indicateurs_text(found))
    wrong = [one for one in found if one.defaut]
    for one in wrong:
        complain(f"un indicateur est en défaut : {one.name}, apporté par {one.provider} : {one.defaut}")
    return NOTHING if wrong else status_of(result.problems)
