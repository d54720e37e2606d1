"""What the user gives `relances` beside the facts: policies, addressees, what holds claims back, letterheads."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiers_payant.cli._erreurs import reading

if TYPE_CHECKING:
    import pluggy

    from tiers_payant.domain import RelancePolicy

__all__ = ["policies_of", "tables_of"]


def policies_of(named: Sequence[Path], manager: pluggy.PluginManager) -> list[RelancePolicy]:
    """Return the policies of these files; a name that is no file may be that of a plugin's policy."""
    from tiers_payant.domain import read_policy
    from tiers_payant.plugins import politiques_of

    brought = politiques_of(manager)
    with reading("politique de relance"):
        found = [
            brought[str(path)] if str(path) in brought and not path.exists() else read_policy(path) for path in named
        ]
    return found or [brought["standard"]]


def tables_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Read what the user gives, before the files, which may be long: a wrong one is told at once."""
    from tiers_payant.domain import (
        load_nir_fictifs,
        read_annuaire,
        read_echeanciers,
        read_entete,
        read_levees,
        read_promesses,
        read_suspensions,
    )
    from tiers_payant.dunning.lettres import read_modeles

    found: dict[str, Any] = {}
    with reading("annuaire"):
        found["annuaire"] = read_annuaire(*arguments.annuaire)
    with reading("table de suspensions"):
        found["suspensions"] = read_suspensions(*arguments.suspensions)
    with reading("table de promesses"):
        found["promesses"] = read_promesses(*arguments.promesses)
    with reading("table d'échéanciers"):
        found["echeanciers"] = read_echeanciers(*arguments.echeanciers)
    with reading("table de levées"):
        found["levees"] = read_levees(*arguments.levees)
    with reading("en-tête"):
        found["entete"] = tuple(read_entete(path) for path in arguments.entete) or None
    with reading("table de numéros fictifs"):
        found["nirs_fictifs"] = load_nir_fictifs(arguments.nirs_fictifs)
    with reading("modèles de lettres"):
        found["modeles"] = tuple(one for path in arguments.modeles for one in read_modeles(path))
    return found
