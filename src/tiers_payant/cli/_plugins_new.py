"""`tiers-payant plugins new`: a package for a plugin of one's own."""

from __future__ import annotations

import argparse
from pathlib import Path

from tiers_payant.cli._ecran import DONE, USAGE
from tiers_payant.cli._erreurs import ToldError, reason_in_french
from tiers_payant.cli._parser import Commands

__all__ = ["add_new"]

_KINDS = ("format", "lettre", "controle", "codes", "politique")


def add_new(actions: Commands) -> None:
    """Hang the action on those of `plugins`."""
    new = actions.add_parser("new", help="écrit un greffon à compléter, dont les tests passent déjà")
    new.add_argument("name", metavar="NOM", help="nom du paquet : minuscules, chiffres et tirets")
    new.add_argument("--kind", choices=_KINDS, required=True, help="ce qu'il apporte")
    new.add_argument("--dans", metavar="DOSSIER", default=".", help="où l'écrire (le dossier courant par défaut)")
    new.set_defaults(command=_new)


def _new(arguments: argparse.Namespace) -> int:
    from tiers_payant.domain import printable
    from tiers_payant.errors import PluginError, SourceError
    from tiers_payant.plugins import Kind, new_package

    place = Path(arguments.dans) / arguments.name
    try:
        files = new_package(arguments.name, Kind(arguments.kind), arguments.dans)
    except PluginError:
        words = "en minuscules, chiffres et tirets, et qui ne soit pas celui d'un module de Python"
        raise ToldError(USAGE, f"{arguments.name} : il faut un nom {words}") from None
    except SourceError as error:
        reason = reason_in_french(str(error).rpartition(": ")[2])
        raise ToldError(USAGE, f"écriture impossible : {place} : {reason}") from None
    for file in files:
        print(printable(str(file)))
    print("\nEnsuite :")
    print(printable(f"  cd {place}"))
    print('  pip install --editable ".[testing]"')
    print("  python -m pytest tests")
    kit = f"  python -m pytest --pyargs tiers_payant.plugins.conformance --plugin {arguments.name}"
    if arguments.kind == Kind.FORMAT:  # others are not judged on files
        print(f"{kit} --update-golden")
    print(kit)
    return DONE
