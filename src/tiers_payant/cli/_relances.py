"""`tiers-payant relances`: whom to remind today, and why not the others; carried out only when asked to."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiers_payant.cli._ecran import DONE, NOTHING, USAGE, WITH_PROBLEMS, ProgressLine, complain, status_of
from tiers_payant.cli._erreurs import writing
from tiers_payant.cli._greffons import manager_of
from tiers_payant.cli._lecture import add_reading, book_of, reconciled, reconciling
from tiers_payant.cli._parser import Commands, count, day
from tiers_payant.cli._relances_constats import doubled, history_of, tell_aimless, tell_refused, tell_unwritable
from tiers_payant.cli._relances_tables import policies_of, tables_of
from tiers_payant.cli._sorties import add_calendar, calendar

if TYPE_CHECKING:
    import pluggy

    from tiers_payant.domain import PlanRelances, Rapprochement, RelancePolicy
    from tiers_payant.pipeline import RelancesFaites

__all__ = ["add_to"]

_SHOWN = 15


def add_to(commands: Commands) -> None:
    """Hang the command on the parser."""
    parser = commands.add_parser("relances", help="dit qui relancer aujourd'hui, comment, et pourquoi pas les autres")
    parser.add_argument("paths", metavar="CHEMIN", nargs="+", help="fichiers ou dossiers, comme pour reconcile")
    parser.add_argument("--today", metavar="JOUR", type=day, help="jour du plan (JJ/MM/AAAA ; aujourd'hui)")
    parser.add_argument(
        "--policy", metavar="FICHIER", type=Path, action="append", default=[],
        help="politique de relance, fichier TOML ou nom (celle de la bibliothèque) ; répétable avec --simuler",
    )  # fmt: skip
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--preview", action="store_true", help="montre le plan et n'écrit rien (c'est le choix par défaut)"
    )
    what.add_argument("--commit", metavar="DOSSIER", type=Path, help="écrit les lettres, puis l'historique du jour")
    what.add_argument(
        "--simuler", metavar=("DU", "AU"), nargs=2, type=day, help="rejoue les politiques sur ces jours et les compare"
    )
    parser.add_argument(
        "--pas", metavar="JOURS", type=count, default=1, help="avec --simuler, jours d'un plan à l'autre (1)"
    )
    parser.add_argument(
        "--historique",
        metavar="DOSSIER",
        type=Path,
        help="relances faites ailleurs ; le dossier de --commit est lu aussi",
    )
    parser.add_argument(
        "--journal",
        metavar="NOM",
        default="dossier",
        help="qui garde l'historique : celui d'un greffon, pour un dossier neuf (dossier, un fichier par jour)",
    )
    for name, label in (
        ("--annuaire", "à qui écrire (TOML ou CSV)"),
        ("--suspensions", "contestations, pièces attendues, accords (CSV)"),
        ("--promesses", "promesses de paiement (CSV)"),
        ("--echeanciers", "échéanciers accordés (CSV)"),
        ("--levees", "virements et doutes vérifiés, qui ne retiennent plus rien (CSV)"),
        ("--entete", "en-tête d'une officine, pour ses lettres (TOML)"),
        ("--modeles", "vos modèles de lettres, à la place de ceux de la bibliothèque (TOML)"),
    ):
        parser.add_argument(name, metavar="FICHIER", type=Path, action="append", default=[], help=f"{label}, répétable")
    parser.add_argument(
        "--nirs-fictifs", metavar="FICHIER", type=Path, help="numéros qui cachent des soins confidentiels (TOML)"
    )
    parser.add_argument("--json", metavar="SORTIE", type=Path, help="écrit tout le plan en JSON")
    parser.add_argument("--nombre", metavar="N", type=count, default=_SHOWN, help=f"contacts montrés ({_SHOWN})")
    parser.add_argument("--detail", action="store_true", help="nomme les factures de chaque contact montré")
    add_calendar(parser)
    add_reading(parser)
    parser.set_defaults(command=_relances)


def _relances(arguments: argparse.Namespace) -> int:
    import tiers_payant as tp

    if len(arguments.policy) > 1 and not arguments.simuler:
        complain("--policy : plusieurs politiques ne se comparent qu'avec --simuler")
        return USAGE
    if arguments.commit and not arguments.entete:
        complain("--commit écrit des lettres : donnez l'en-tête de l'officine par --entete")
        return USAGE
    manager = manager_of(arguments)
    policies, tables = policies_of(arguments.policy, manager), tables_of(arguments)
    tables["calendrier"] = calendar(arguments, manager)
    if twice := doubled(tables["entete"] or (), arguments.entete):
        complain(twice)
        return USAGE
    if arguments.simuler:
        return _simulate(arguments, manager, policies, tables)
    echanges = history_of(arguments, manager)
    result = reconciled(arguments.paths, arguments, manager)
    if result is None:
        return NOTHING
    plan = tp.plan_relances(
        result, today=arguments.today or dt.date.today(), policy=policies[0], echanges=echanges, manager=manager,
        **tables,
    )  # fmt: skip
    aimless, unwritable = tell_aimless(plan, tables, arguments), tell_unwritable(plan)
    if unwritable and arguments.commit:
        complain("rien n'est enregistré")
        return NOTHING
    # Carried out before a word is printed: whoever reads the page, such as `head`, may stop reading it.
    kept = {"journal": arguments.journal, "manager": manager}
    done = tp.commit_relances(plan, result, arguments.commit, **kept) if arguments.commit else None
    refused = done is not None and tell_refused(done, plan)
    _show(plan, result, arguments)
    if done is not None:
        _told(done, arguments.commit)
    return WITH_PROBLEMS if aimless or unwritable or refused else status_of(result.problems)


def _show(plan: PlanRelances, result: Rapprochement, arguments: argparse.Namespace) -> None:
    import tiers_payant as tp
    from tiers_payant.reports import relances_text

    if arguments.json:
        with writing(arguments.json):
            tp.write_relances_json(plan, result, arguments.json)
    print(relances_text(plan, result, most=arguments.nombre, detail=arguments.detail))
    if not arguments.commit:
        print("\nAperçu : rien n'est écrit ni envoyé. --commit DOSSIER écrit les lettres et garde l'historique.")


def _told(done: RelancesFaites, folder: Path) -> None:
    from tiers_payant.domain import counted
    from tiers_payant.dunning.lettres import SANS_PDF, has_pdf

    if done.nouvelles:
        made = counted(len(done.nouvelles), "relance enregistrée", "relances enregistrées")
        print(
            f"\n{made}, {counted(len(done.lettres), 'fichier')} dans {folder}. Rien n'est envoyé : à vous de le faire."
        )
        if not has_pdf() and any(path.suffix == ".html" for path in done.lettres):
            print(SANS_PDF)
    else:
        print(f"\nAucune relance nouvelle : rien n'est écrit dans {folder}.")
    if done.refusees:
        left = counted(len(done.refusees), "relance laissée de côté", "relances laissées de côté")
        print(
            f"{left}, faute de lettre : la raison est dite plus haut. Corrigez, puis recommencez : seules celles qui "
            "manquent seront faites."
        )
    if done.deja:
        print(f"Déjà enregistrées ce jour, et laissées telles quelles : {done.deja}.")


def _simulate(
    arguments: argparse.Namespace, manager: pluggy.PluginManager, policies: list[RelancePolicy], tables: dict[str, Any]
) -> int:
    import tiers_payant as tp
    from tiers_payant.reports import bilans_text

    first, last = arguments.simuler
    if last < first:
        complain("--simuler : le dernier jour est avant le premier")
        return USAGE
    payeurs, decisions = reconciling(arguments, manager)
    book = book_of(arguments.paths, arguments, manager)
    if book is None:
        return NOTHING
    with ProgressLine("simulation") as progress:
        bilans = tp.simulate_relances(
            policies,
            book,
            du=first,
            au=last,
            pas_jours=arguments.pas,
            annuaire=tables["annuaire"],
            levees=tables["levees"],
            calendrier=tables["calendrier"],
            manager=manager,
            reconciling={"payeurs": payeurs, "decisions": decisions},
            progress=progress.counts,
        )
    print(bilans_text(bilans))
    return DONE
