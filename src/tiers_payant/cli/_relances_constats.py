"""What `relances` checks around a plan: its history, who signs, what tables aim at, which letters cannot be written."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiers_payant.cli._ecran import complain
from tiers_payant.cli._erreurs import reading
from tiers_payant.cli._fautes import fault_in_french
from tiers_payant.errors import SourceError

if TYPE_CHECKING:
    import pluggy

    from tiers_payant.domain import Echanges, Entete, PlanRelances
    from tiers_payant.pipeline import RelancesFaites

__all__ = ["doubled", "history_of", "tell_aimless", "tell_refused", "tell_unwritable"]

_PLAN = ("officine", "debiteur", "lot_date", "lot", "facture", "part", "accorde_le", "total")
"""What the rows of one instalment plan have in common."""
_NAMED = 20
"""Contacts named for one reason; the same fault of a letterhead may stop thousands."""


def history_of(arguments: argparse.Namespace, manager: pluggy.PluginManager) -> Echanges | None:
    """Return the contacts already made, of `--historique` and of the folder of `--commit`; None when none is named."""
    import tiers_payant as tp

    folders = [folder for folder in (arguments.historique, arguments.commit) if folder]
    with reading("historique"):
        if arguments.historique and not arguments.historique.is_dir():
            raise SourceError(f"{arguments.historique}: no such folder")
        return tp.read_echanges(*folders, journal=arguments.journal, manager=manager) if folders else None


def doubled(entetes: Sequence[Entete], paths: Sequence[Path]) -> str:
    """Return what is wrong when two letterheads are of one officine; empty when nothing is."""
    seen: dict[str, Path] = {}
    for one, path in zip(entetes, paths, strict=True):
        if one.officine in seen:
            return f"--entete : deux en-têtes pour l'officine {one.officine}, {seen[one.officine]} et {path}"
        seen[one.officine] = path
    return ""


def tell_aimless(plan: PlanRelances, tables: Mapping[str, Any], arguments: argparse.Namespace) -> bool:
    """Tell each row of the user's tables that aims at no claim, and where it stands; say whether there is one."""
    from tiers_payant.domain import (
        FEUILLE_ECHEANCIERS,
        FEUILLE_LEVEES,
        FEUILLE_PROMESSES,
        FEUILLE_SUSPENSIONS,
        lines_of,
    )

    aimless = {id(one) for one in (*plan.constats.sans_objet, *plan.levees_sans_objet)}
    kinds = (
        ("suspensions", FEUILLE_SUSPENSIONS, ()),
        ("promesses", FEUILLE_PROMESSES, ()),
        ("echeanciers", FEUILLE_ECHEANCIERS, _PLAN),
        ("levees", FEUILLE_LEVEES, ()),
    )
    for name, feuille, same in kinds:
        wrong = [rank for rank, one in enumerate(tables[name]) if id(one) in aimless]
        places = lines_of(feuille, getattr(arguments, name), same) if wrong else ()
        for rank in wrong:
            aimed = "ni virement ni créance lus" if name == "levees" else "aucune créance lue"
            complain(f"{places[rank]} : cette ligne ne vise {aimed}")
    return bool(aimless)


def tell_unwritable(plan: PlanRelances) -> bool:
    """Tell why letters of the plan cannot be written; say whether one cannot."""
    for fault in plan.constats.redaction:
        complain(f"lettres impossibles à écrire : {fault_in_french(fault)}")
    return bool(plan.constats.redaction)


def tell_refused(done: RelancesFaites, plan: PlanRelances) -> bool:
    """Tell which contacts a commit left out, because of letters that cannot be written; say whether there is one."""
    from tiers_payant.domain import counted
    from tiers_payant.reports import qui

    ranks = {name.decode(): rank for rank, name in enumerate(plan.relances.id.tolist())}
    by_reason: dict[str, list[str]] = {}
    for one in done.refusees:
        by_reason.setdefault(one.raison, []).append(one.relance)
    for reason in sorted(by_reason):
        names = by_reason[reason]
        shown = ", ".join(f"{qui(plan[ranks[name]])} (réf. {name})" for name in names[:_NAMED])
        more = f" et {counted(len(names) - _NAMED, 'autre')}" if len(names) > _NAMED else ""
        complain(f"relance non enregistrée, faute de lettre : {fault_in_french(reason)} : {shown}{more}")
    return bool(done.refusees)
