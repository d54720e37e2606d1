"""`tiers-payant explain`: why one thing stands where it stands."""

from __future__ import annotations

import argparse
import json

from tiers_payant.cli._ecran import DONE, NOTHING, USAGE, complain
from tiers_payant.cli._greffons import manager_of
from tiers_payant.cli._lecture import add_reading, reconciled
from tiers_payant.cli._parser import Commands

__all__ = ["add_to"]

_SHOWN = 20


def add_to(commands: Commands) -> None:
    """Hang the command on the parser."""
    parser = commands.add_parser("explain", help="dit pourquoi une facture, un règlement ou un virement en est là")
    parser.add_argument("paths", metavar="CHEMIN", nargs="+", help="fichiers ou dossiers, comme pour reconcile")
    parser.add_argument(
        "name", metavar="IDENTIFIANT", help="numéro de facture, ou identifiant que donnent reconcile et son JSON"
    )
    parser.add_argument("--json", action="store_true", help="donne les faits en JSON, un objet par ligne")
    add_reading(parser)
    parser.set_defaults(command=_explain)


def _explain(arguments: argparse.Namespace) -> int:

    result = reconciled(arguments.paths, arguments, manager_of(arguments))
    if result is None:
        return NOTHING
    found = result.named(arguments.name)
    if not found:
        complain(f"rien ne porte ce nom : {arguments.name}")
        return USAGE
    told = [result.explain(one) for one in found[:_SHOWN]]
    if arguments.json:
        for one in told:
            print(json.dumps({"sujet": one.sujet, "id": one.id, **one.faits}, ensure_ascii=False))
    else:
        print("\n\n".join(f"{one}\n  [{one.id}]" for one in told))
    if len(found) > _SHOWN:
        complain(f"{len(found)} choses portent ce nom ; seules les {_SHOWN} premières sont montrées")
    return DONE
