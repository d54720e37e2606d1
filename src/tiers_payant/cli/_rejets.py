"""`tiers-payant rejets`: what to do about rejects, by when, why they come, and what changed."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tiers_payant.cli._ecran import DONE, NOTHING, complain, status_of
from tiers_payant.cli._erreurs import reading, writing
from tiers_payant.cli._greffons import manager_of
from tiers_payant.cli._lecture import add_reading, reconciled
from tiers_payant.cli._parser import Commands, count, day
from tiers_payant.cli._sorties import add_calendar, calendar

if TYPE_CHECKING:
    import pluggy

    from tiers_payant.domain import Accreditations, Famille, FicheFamille, Operateurs, Rapprochement
    from tiers_payant.rejets import TableCodes

__all__ = ["add_to"]

_SHOWN = 15
_TOLD = 3


class _ListFamilies(argparse.Action):
    """Show the families and stop, as `--help` does."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from tiers_payant.domain import fiches

        told = {famille.name: fiche.libelle for famille, fiche in fiches().items() if famille}
        width = max(map(len, told))
        lines = [f"{name:{width}}  {label}" for name, label in told.items()]
        note = "La colonne famille de --codes accepte le nom comme le libellé ; --familles, le nom."
        print("\n".join([*lines, "", note]))
        parser.exit(DONE)


def add_to(commands: Commands) -> None:
    """Hang the command on the parser."""
    parser = commands.add_parser("rejets", help="dit que faire des rejets, dans quel ordre, et d'où ils viennent")
    parser.add_argument("paths", metavar="CHEMIN", nargs="+", help="fichiers ou dossiers, comme pour reconcile")
    parser.add_argument("--today", metavar="JOUR", type=day, help="jour d'où compter (JJ/MM/AAAA ; aujourd'hui)")
    parser.add_argument("--json", metavar="SORTIE", type=Path, help="écrit tout en JSON")
    parser.add_argument("--csv", metavar="SORTIE", type=Path, help="écrit les actions pour un tableur")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--nombre", metavar="N", type=count, default=_SHOWN, help=f"actions montrées ({_SHOWN})")
    shown.add_argument("--toutes", action="store_true", help="montre toutes les actions, et tous les taux")
    parser.add_argument("--statistiques", action="store_true", help="montre tous les taux, et pas seulement les causes")
    parser.add_argument(
        "--avant", metavar="CHEMIN", nargs="+", default=[], help="fichiers d'une période d'avant, à comparer (audit)"
    )
    parser.add_argument(
        "--codes",
        metavar="TABLE",
        type=Path,
        action="append",
        default=[],
        help="codes de rejet (CSV), répétable",
    )
    parser.add_argument("--inconnus", metavar="SORTIE", type=Path, help="écrit les codes inconnus, à compléter (CSV)")
    parser.add_argument("--familles", metavar="TABLE", type=Path, help="vos minutes et vos espoirs par famille (TOML)")
    parser.add_argument("--operateurs", metavar="TABLE", type=Path, help="qui a fait chaque facture (CSV)")
    parser.add_argument("--sel", metavar="TEXTE", help="secret qui garde les mêmes pseudonymes d'une fois à l'autre")
    parser.add_argument("--noms", action="store_true", help="montre les noms des opérateurs au lieu de pseudonymes")
    parser.add_argument(
        "--accreditations", metavar="TABLE", type=Path, help="numéros d'accréditation donnés par les AMC (CSV)"
    )
    parser.add_argument(
        "--familles-liste", nargs=0, action=_ListFamilies, help="montre les familles, telles que --codes les accepte"
    )
    add_calendar(parser)
    add_reading(parser)
    parser.set_defaults(command=_rejets)


def _rejets(arguments: argparse.Namespace) -> int:
    import tiers_payant as tp
    from tiers_payant.rejets import inconnus, write_inconnus
    from tiers_payant.reports import rejets_text

    manager = manager_of(arguments)
    calendrier = calendar(arguments, manager)
    codes, fiches, accreditations, operateurs = _tables(arguments, manager)
    result = reconciled(arguments.paths, arguments, manager)
    before = reconciled(arguments.avant, arguments, manager) if arguments.avant else None
    if result is None or (arguments.avant and before is None):
        return NOTHING
    plan = tp.plan_actions(
        result, today=arguments.today or dt.date.today(), manager=manager, codes=codes, fiches=fiches,
        operateurs=operateurs, accreditations=accreditations, calendrier=calendrier,
    )  # fmt: skip
    now = tp.statistics(result, manager=manager, codes=codes, operateurs=operateurs)
    then = None if before is None else tp.statistics(before, manager=manager, codes=codes, operateurs=operateurs)
    compared = None if then is None else tp.audit(then, now)
    unknown = inconnus(tp.classify_rejets(tp.Book(tables=result.tables), codes=codes), result.tables)
    if arguments.json:
        with writing(arguments.json):
            tp.write_rejets_json(plan, result, arguments.json, statistiques=now, inconnus=unknown, audit=compared)
    if arguments.csv:
        with writing(arguments.csv):
            tp.write_actions_csv(plan, result, arguments.csv)
    if arguments.inconnus:
        with writing(arguments.inconnus):
            write_inconnus(unknown, arguments.inconnus)
    if operateurs:
        _tell_unknown(operateurs, result)
    most = None if arguments.toutes else arguments.nombre
    passing = bool(arguments.operateurs) and not (arguments.sel or arguments.noms)
    print(
        rejets_text(
            plan, result, now, unknown, compared, most=most, en_detail=arguments.statistiques, ephemeres=passing
        )
    )
    return status_of(result.problems)


def _tables(
    arguments: argparse.Namespace, manager: pluggy.PluginManager
) -> tuple[TableCodes, Mapping[Famille, FicheFamille], Accreditations | None, Operateurs | None]:
    """Read the tables that the user gives, before the files, which may be long: a wrong one is told at once."""
    import tiers_payant as tp
    from tiers_payant.domain import load_fiches
    from tiers_payant.plugins import codes_rejets_of
    from tiers_payant.rejets import load_codes

    with reading("table de codes"):
        codes = load_codes(*arguments.codes, extra=codes_rejets_of(manager))
    with reading("table de familles"):
        fiches = load_fiches(arguments.familles)
    with reading("table d'accréditations"):
        accreditations = tp.read_accreditations(arguments.accreditations) if arguments.accreditations else None
    with reading("table d'opérateurs"):
        operateurs = _operators(arguments, manager)
    return codes, fiches, accreditations, operateurs


def _operators(arguments: argparse.Namespace, manager: pluggy.PluginManager) -> Operateurs | None:
    import tiers_payant as tp
    from tiers_payant.plugins import operateurs_of

    if not arguments.operateurs:
        return operateurs_of(manager)
    salt = arguments.sel.encode("utf-8", "surrogateescape") if arguments.sel else None
    return tp.read_operateurs(arguments.operateurs, sel=salt, noms=arguments.noms)


def _tell_unknown(operateurs: Operateurs, result: Rapprochement) -> None:
    """Say which rows of the mapping name a facture that is not here: another period perhaps, or another number."""
    unknown = operateurs.unknown(result.tables.factures)
    for at in unknown[:_TOLD]:
        complain(f"{at} : cette facture n'est pas dans les fichiers lus")
    if len(unknown) > _TOLD:
        complain(f"... et {len(unknown) - _TOLD} autres lignes de {unknown[0].file}")
