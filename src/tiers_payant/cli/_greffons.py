"""The plugins of a command: which are loaded, and what is told of those that were set aside."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tiers_payant.cli._ecran import complain

if TYPE_CHECKING:
    from tiers_payant.plugins import PluginManager, Quarantaine

__all__ = ["add_greffons", "cause", "manager_of", "remedy", "tell_set_aside"]

_CAUSES = {
    "IMPORT": "son code n'a pas pu être chargé ({detail})",
    "API": "il demande un autre niveau d'API que celui d'ici, {api} ({detail})",
    "SIGNATURE": "une de ses fonctions ne peut pas être appelée ({detail})",
    "INCONNU": "aucun point d'extension ne porte ce nom ({detail})",
    "EXCEPTION": "il s'est arrêté sur une erreur ({detail}), après {ms} ms",
    "TYPE": "il a donné autre chose que ce qui est attendu ({detail})",
    "DOUBLON": "il donne deux fois le même nom ({detail})",
    "CONFLIT": "un autre greffon revendique le même nom, aucun des deux n'est utilisé ({detail})",
}
_REMEDIES = {
    "IMPORT": "le réinstaller avec ses dépendances ; sinon, le signaler à son éditeur",
    "API": "mettre à jour le greffon, ou tiers-payant",
    "EXCEPTION": "le signaler à son éditeur ; TIERS_PAYANT_TRACE_PLUGINS=1 montre chaque appel",
    "CONFLIT": "n'en garder qu'un, ou demander à un éditeur de changer de nom",
}
_SIGNALER = "le signaler à son éditeur : lui seul peut corriger"


def add_greffons(parser: argparse.ArgumentParser) -> None:
    """Add the option that every command which asks plugins has, as `arguments.greffons`."""
    parser.add_argument(
        "--plugins",
        metavar="DOSSIER",
        dest="greffons",
        action="append",
        default=[],
        type=Path,
        help="greffons d'un seul fichier (*.py) à charger ; peut être répété",
    )


def manager_of(arguments: argparse.Namespace) -> PluginManager:
    """Return the plugins that are installed, and those of the folders that the option names."""
    import tiers_payant as tp

    arguments.manager = tp.build_manager(entry_points=True, folders=arguments.greffons)
    manager: PluginManager = arguments.manager
    return manager


def tell_set_aside(arguments: argparse.Namespace) -> None:
    """Say, once the work is done, what was set aside of the plugins that it asked; nothing when it asked none."""
    manager: PluginManager | None = getattr(arguments, "manager", None)
    for quarantaine in manager.quarantaines if manager is not None else ():
        complain(f"greffon mis à l'écart : {_who(quarantaine)} : {cause(quarantaine)}")
    if manager is not None and manager.quarantaines:
        complain("tiers-payant plugins doctor dit que faire")


def cause(quarantaine: Quarantaine) -> str:
    """Say in French why something was set aside."""
    from tiers_payant.plugins import API

    milliseconds = f"{quarantaine.secondes * 1000:.0f}"
    return _CAUSES[quarantaine.code].format(detail=quarantaine.detail, api=API, ms=milliseconds)


def remedy(quarantaine: Quarantaine) -> str:
    """Say in French what to do about it."""
    return _REMEDIES.get(quarantaine.code, _SIGNALER)


def _who(quarantaine: Quarantaine) -> str:
    who = " ".join(part for part in (quarantaine.plugin, quarantaine.version) if part)
    return f"{who}, {quarantaine.hook}" if quarantaine.hook else who
