"""What the commands share of plugins' outputs: exports asked for by `--export`, a calendar by `--calendrier`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tiers_payant.cli._ecran import USAGE, complain
from tiers_payant.cli._erreurs import ToldError, writing
from tiers_payant.errors import ExportError

if TYPE_CHECKING:
    import pluggy

    from tiers_payant.domain import Calendrier, CalendrierSpec, ExportSpec, Rapprochement

__all__ = ["add_calendar", "add_exports", "asked_exports", "calendar", "exported"]


def add_exports(parser: argparse.ArgumentParser) -> None:
    """Add the option that writes exports, as `arguments.export`."""
    parser.add_argument(
        "--export", metavar="NOM=FICHIER", type=_export, action="append", default=[],
        help="écrit un export, de la bibliothèque (json) ou d'un greffon, dans un fichier ou un dossier ; répétable",
    )  # fmt: skip


def _export(text: str) -> tuple[str, Path]:
    name, sign, path = text.partition("=")
    if not (name and sign and path):
        raise argparse.ArgumentTypeError(f"valeur incorrecte {text!r}, NOM=FICHIER est attendu")
    return name, Path(path)


def asked_exports(arguments: argparse.Namespace, manager: pluggy.PluginManager) -> list[tuple[str, Path]]:
    """Return the exports asked for, each with its file: that of its name, where a folder is given.

    Raises:
        TiersPayantError: Nobody brings one, or two go to one file: told before any file is read.
    """
    from tiers_payant.plugins import exports_of

    if not arguments.export:
        return []
    known, found = exports_of(manager), []
    for name, path in arguments.export:
        if name not in known:
            raise ToldError(USAGE, f"aucun export ne s'appelle {name} ; il y a :", *_listed(known))
        found.append((name, path / f"{name}{known[name].suffix}" if path.is_dir() else path))
    if len({path.resolve() for _, path in found}) < len(found):
        raise ToldError(USAGE, "--export : deux exports vers un même fichier")
    return found


def exported(result: Rapprochement, asked: Sequence[tuple[str, Path]], manager: pluggy.PluginManager) -> bool:
    """Write every export asked for; say which failed, and whether none did: the others are written all the same."""
    import tiers_payant as tp

    good = True
    for name, path in asked:
        try:
            with writing(path):
                tp.export(result, name, path, manager=manager)
        except ExportError as error:
            complain(f"un export est en défaut, {path} n'est pas écrit : {error}")
            good = False
        except ToldError as error:
            for line in error.lines:
                complain(line)
            good = False
    return good


def add_calendar(parser: argparse.ArgumentParser) -> None:
    """Add the option that names a business calendar, as `arguments.calendrier`."""
    parser.add_argument(
        "--calendrier", metavar="NOM",
        help="jours fériés d'un territoire, ou calendrier d'un greffon (metropole)",
    )  # fmt: skip


def calendar(arguments: argparse.Namespace, manager: pluggy.PluginManager) -> Calendrier | None:
    """Return the calendar that the option names; None when it is not given.

    Raises:
        TiersPayantError: Nobody brings it; those that are known are told.
    """
    from tiers_payant.plugins import calendriers_of

    if arguments.calendrier is None:
        return None
    known = calendriers_of(manager)
    if arguments.calendrier not in known:
        raise ToldError(USAGE, f"aucun calendrier ne s'appelle {arguments.calendrier} ; il y a :", *_listed(known))
    return known[arguments.calendrier].calendrier


def _listed(known: Mapping[str, ExportSpec] | Mapping[str, CalendrierSpec]) -> list[str]:
    """Return a line for each thing that has a name: the name, and what it is."""
    return [f"  {name} : {spec.label}" for name, spec in known.items()]
