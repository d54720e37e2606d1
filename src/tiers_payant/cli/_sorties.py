"""What the commands share of plugins' outputs: exports asked for by `--export`, a calendar by `--calendrier`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tiers_payant.cli._ecran import USAGE, complain
from tiers_payant.cli._erreurs import ToldError, writing
from tiers_payant.errors import ExportError

if TYPE_CHECKING:
    import pluggy

    from tiers_payant.domain import Calendrier, Rapprochement

__all__ = ["add_calendar", "add_exports", "calendar", "check_exports", "exported"]


def add_exports(parser: argparse.ArgumentParser) -> None:
    """Add the option that writes exports, as `arguments.export`."""
    parser.add_argument(
        "--export", metavar="NOM=FICHIER", type=_export, action="append", default=[],
        help="écrit un export, de la bibliothèque (json) ou d'un greffon ; répétable",
    )  # fmt: skip


def _export(text: str) -> tuple[str, Path]:
    name, sign, path = text.partition("=")
    if not (name and sign and path):
        raise argparse.ArgumentTypeError(f"valeur incorrecte {text!r}, NOM=FICHIER est attendu")
    return name, Path(path)


def check_exports(asked: Sequence[tuple[str, Path]], manager: pluggy.PluginManager) -> None:
    """Refuse exports that nobody brings before any file is read.

    Raises:
        TiersPayantError: One is not known; those that are, are told.
    """
    from tiers_payant.plugins import exports_of

    if not asked:
        return
    known = exports_of(manager)
    for name in (name for name, _ in asked if name not in known):
        raise ToldError(USAGE, f"aucun export ne s'appelle {name} ; il y a : {', '.join(known)}")
    if len({path.resolve() for _, path in asked}) < len(asked):
        raise ToldError(USAGE, "--export : deux exports vers un même fichier")


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
        raise ToldError(USAGE, f"aucun calendrier ne s'appelle {arguments.calendrier} ; il y a : {', '.join(known)}")
    return known[arguments.calendrier].calendrier
