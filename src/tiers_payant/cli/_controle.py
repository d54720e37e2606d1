"""`tiers-payant controle`: lots examined before they are sent."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tiers_payant.cli._ecran import DONE, NOTHING, USAGE, WITH_PROBLEMS, ProgressLine, columns, complain, status_of
from tiers_payant.cli._erreurs import writing
from tiers_payant.cli._greffons import add_greffons, manager_of
from tiers_payant.cli._parser import Commands, add_layouts, day
from tiers_payant.cli._sorties import add_calendar, calendar
from tiers_payant.errors import Gravite, Problem

if TYPE_CHECKING:
    import pluggy

    from tiers_payant.domain import Book, CheckSpec

__all__ = ["add_to"]

_SHOWN = 5


def add_to(commands: Commands) -> None:
    """Hang the command on the parser."""
    parser = commands.add_parser("controle", help="examine des lots avant leur envoi : ce qui reviendrait rejeté")
    parser.add_argument("paths", metavar="LOT", nargs="*", help="lots à envoyer, fichiers ou dossiers")
    parser.add_argument(
        "--deja", metavar="CHEMIN", action="append", default=[],
        help="lots déjà envoyés et retours reçus, pour les doublons ; répétable",
    )  # fmt: skip
    parser.add_argument("--today", metavar="JOUR", type=day, help="jour de l'envoi (JJ/MM/AAAA ; aujourd'hui)")
    parser.add_argument("--json", metavar="SORTIE", type=Path, help="écrit les alertes en JSON")
    parser.add_argument(
        "--avec", metavar="NOM", action="append", default=[], help="allume un contrôle éteint ; répétable"
    )
    parser.add_argument("--sans", metavar="NOM", action="append", default=[], help="éteint un contrôle ; répétable")
    parser.add_argument("--tout", action="store_true", help="nomme toutes les factures, si nombreuses soient-elles")
    parser.add_argument("--liste", action="store_true", help="montre tous les contrôles et ce qu'ils évitent")
    add_calendar(parser)
    add_layouts(parser)
    add_greffons(parser)
    parser.set_defaults(command=_controle)


def _controle(arguments: argparse.Namespace) -> int:
    from tiers_payant.plugins import controles_of
    from tiers_payant.reports import controles_text

    manager = manager_of(arguments)
    known = controles_of(manager)
    if arguments.liste:
        print(controles_text(known))
        return DONE
    unknown = {*arguments.avec, *arguments.sans} - {check.name for check in known}
    if unknown:
        complain(f"aucun contrôle ne s'appelle {', '.join(sorted(unknown))} ; --liste les montre tous")
        return USAGE
    if not arguments.paths:
        complain("il manque : LOT, les lots à examiner ; --liste montre les contrôles")
        return USAGE
    return _examined(arguments, manager)


def _examined(arguments: argparse.Namespace, manager: pluggy.PluginManager) -> int:
    from tiers_payant.domain import Severite
    from tiers_payant.pipeline import check_lots, chosen_checks
    from tiers_payant.reports import controle_chunks, controle_text

    calendrier = calendar(arguments, manager)
    book = _read(arguments.paths, arguments, manager)
    if not len(book.tables.factures):
        read = any(source.format for source in book.sources)
        complain("aucune facture à examiner dans ces fichiers" if read else "aucun fichier n'a pu être lu")
        _tell(book.problems)
        return NOTHING
    deja = _read(arguments.deja, arguments, manager) if arguments.deja else None
    wanted: dict[str, bool | CheckSpec] = {
        **dict.fromkeys(arguments.avec, True), **dict.fromkeys(arguments.sans, False)
    }  # fmt: skip
    checks, today = chosen_checks(manager, wanted), arguments.today or dt.date.today()
    alertes = check_lots(book, deja=deja, today=today, checks=wanted, manager=manager, calendrier=calendrier)
    if arguments.json:
        with writing(arguments.json), arguments.json.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(controle_chunks(book.tables, alertes, checks, today))
    print(controle_text(book.tables, alertes, checks, largeur=columns(), tout=arguments.tout))
    problems = [*book.problems, *(deja.problems if deja else ())]
    _tell(problems)
    return WITH_PROBLEMS if (alertes.severite == Severite.BLOQUANT).any() else status_of(problems)


def _read(paths: Iterable[str], arguments: argparse.Namespace, manager: pluggy.PluginManager) -> Book:
    import tiers_payant as tp

    with ProgressLine("lecture") as progress:
        return tp.read(*paths, manager=manager, layouts=arguments.layouts, progress=progress.files)


def _tell(problems: Iterable[Problem]) -> None:
    serious = [problem for problem in problems if problem.gravite is not Gravite.INFORMATION]
    for problem in serious[:_SHOWN]:
        complain(f"{problem.at} : {problem.message_fr}")
    if len(serious) > _SHOWN:
        complain(f"... et {len(serious) - _SHOWN} autres problèmes dans les fichiers")
