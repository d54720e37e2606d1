"""tiers-payant: what was billed, what was announced, what really arrived, and why not.

The names below are loaded on first use, so that importing the library costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiers_payant.domain import (
        Alertes,
        Annuaire,
        BilanRelances,
        Book,
        CheckSpec,
        Creance,
        Creances,
        Decision,
        Delta,
        Etat,
        FormatSpec,
        Lecture,
        Levee,
        Part,
        Payeur,
        Payeurs,
        PlanRelances,
        Rapprochement,
        RelancePolicy,
        Tables,
        hookimpl,
        late,
        read_annuaire,
        read_echeanciers,
        read_entete,
        read_levees,
        read_policy,
        read_promesses,
        read_suspensions,
        write_echeanciers,
        write_levees,
        write_policy,
        write_promesses,
        write_suspensions,
    )
    from tiers_payant.errors import Problem, TiersPayantError
    from tiers_payant.formats import liste
    from tiers_payant.pipeline import (
        Fenetres,
        MatchPolicy,
        Suivi,
        audit,
        check_lots,
        classify_rejets,
        commit_relances,
        export,
        indicators,
        inspect,
        plan_actions,
        plan_relances,
        read,
        read_accreditations,
        read_decisions,
        read_echanges,
        read_lectures,
        read_operateurs,
        read_parts,
        reconcile,
        reconcile_to_parquet,
        simulate_relances,
        statistics,
        suivre,
        write_actions_csv,
        write_csv,
        write_decisions,
        write_donnees,
        write_json,
        write_rejets_json,
        write_relances_json,
    )
    from tiers_payant.plugins import build_manager
    from tiers_payant.rejets import deadlines, penalites
    from tiers_payant.simulation import simulate

__version__ = "0.1.0"

_HOMES = {
    "tiers_payant.domain": (
        "Alertes", "Annuaire", "BilanRelances", "Book", "CheckSpec", "Creance", "Creances", "Decision", "Delta",
        "Etat", "FormatSpec", "Lecture", "Levee", "Part", "Payeur", "Payeurs", "PlanRelances", "Rapprochement",
        "RelancePolicy", "Tables", "hookimpl", "late", "read_annuaire", "read_echeanciers", "read_entete",
        "read_levees", "read_policy", "read_promesses", "read_suspensions", "write_echeanciers", "write_levees",
        "write_policy", "write_promesses", "write_suspensions",
    ),
    "tiers_payant.errors": ("Problem", "TiersPayantError"),
    "tiers_payant.formats": ("liste",),
    "tiers_payant.pipeline": (
        "Fenetres", "MatchPolicy", "Suivi", "audit", "check_lots", "classify_rejets", "commit_relances",
        "export", "indicators", "inspect", "plan_actions", "plan_relances", "read", "read_accreditations",
        "read_decisions", "read_echanges", "read_lectures", "read_operateurs", "read_parts", "reconcile",
        "reconcile_to_parquet", "simulate_relances", "statistics", "suivre", "write_actions_csv", "write_csv",
        "write_decisions", "write_donnees", "write_json", "write_rejets_json", "write_relances_json",
    ),
    "tiers_payant.plugins": ("build_manager",),
    "tiers_payant.rejets": ("deadlines", "penalites"),
    "tiers_payant.simulation": ("simulate",),
}  # fmt: skip
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Alertes",
    "Annuaire",
    "BilanRelances",
    "Book",
    "CheckSpec",
    "Creance",
    "Creances",
    "Decision",
    "Delta",
    "Etat",
    "Fenetres",
    "FormatSpec",
    "Lecture",
    "Levee",
    "MatchPolicy",
    "Part",
    "Payeur",
    "Payeurs",
    "PlanRelances",
    "Problem",
    "Rapprochement",
    "RelancePolicy",
    "Suivi",
    "Tables",
    "TiersPayantError",
    "audit",
    "build_manager",
    "check_lots",
    "classify_rejets",
    "commit_relances",
    "deadlines",
    "export",
    "hookimpl",
    "indicators",
    "inspect",
    "late",
    "liste",
    "penalites",
    "plan_actions",
    "plan_relances",
    "read",
    "read_accreditations",
    "read_annuaire",
    "read_decisions",
    "read_echanges",
    "read_echeanciers",
    "read_entete",
    "read_lectures",
    "read_levees",
    "read_operateurs",
    "read_parts",
    "read_policy",
    "read_promesses",
    "read_suspensions",
    "reconcile",
    "reconcile_to_parquet",
    "simulate",
    "simulate_relances",
    "statistics",
    "suivre",
    "write_actions_csv",
    "write_csv",
    "write_decisions",
    "write_donnees",
    "write_echeanciers",
    "write_json",
    "write_levees",
    "write_policy",
    "write_promesses",
    "write_rejets_json",
    "write_relances_json",
    "write_suspensions",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
