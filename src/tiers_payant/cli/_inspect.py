"""`tiers-payant inspect`: what a file is, and what is wrong with it."""

from __future__ import annotations

import argparse

from tiers_payant.cli._ecran import NOTHING, status_of
from tiers_payant.cli._greffons import add_greffons, manager_of
from tiers_payant.cli._parser import Commands, add_layouts, count

__all__ = ["add_to"]

_RECORDS = 50


def add_to(commands: Commands) -> None:
    """Hang the command on the parser."""
    parser = commands.add_parser("inspect", help="dit ce qu'est un fichier, ce qu'il contient, ce qui n'y va pas")
    parser.add_argument("path", metavar="FICHIER", help="un fichier, même abîmé ; gzip et zip sont ouverts")
    parser.add_argument(
        "--raw", metavar="N", type=count, nargs="?", const=_RECORDS, default=0,
        help=f"montre aussi les N premiers enregistrements, champ par champ, masqués ({_RECORDS})",
    )  # fmt: skip
    add_layouts(parser)
    add_greffons(parser)
    parser.set_defaults(command=_inspect)


def _inspect(arguments: argparse.Namespace) -> int:
    import tiers_payant as tp
    from tiers_payant.reports import inspection_text

    manager = manager_of(arguments)
    inspection = tp.inspect(arguments.path, manager=manager, layouts=arguments.layouts, raw=arguments.raw)
    print(inspection_text(inspection))
    seen = inspection.membres or (inspection,)
    if not any(one.source is not None and one.source.format for one in seen):
        return NOTHING
    return status_of(problem for one in seen for problem in one.problems)
