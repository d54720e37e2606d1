"""`tiers-payant demo`: a simulated pharmacy, end to end."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tiers_payant.cli._ecran import DONE, ProgressLine
from tiers_payant.cli._parser import Commands

__all__ = ["add_to"]

_FACTURES = 3000
_MONTHS = 2


def add_to(commands: Commands) -> None:
    """Hang the command on the parser."""
    parser = commands.add_parser("demo", help="rapproche une pharmacie simulée, de bout en bout")
    parser.set_defaults(command=_demo)


def _demo(arguments: argparse.Namespace) -> int:
    import tiers_payant as tp
    from tiers_payant.reports import rapprochement_text, relances_summary

    with tempfile.TemporaryDirectory() as name, ProgressLine("simulation") as progress:
        truth = tp.simulate(
            Path(name), factures=_FACTURES, mois=_MONTHS, comptes_clients=True, progress=progress.counts
        )
        result = tp.reconcile(tp.read(name, progress=progress.files))
    print(f"Une pharmacie simulée : {_FACTURES} factures sur {_MONTHS} mois. Tout y est inventé.\n")
    print(rapprochement_text(result, truth.coupure))
    example = next(creance for creance in result.creances if creance.etat is tp.Etat.CREDITEE)
    print(f"\nPourquoi une créance est dite réglée :\n{result.explain(example)}")
    print(f"\n{relances_summary(tp.plan_relances(result, today=truth.coupure))}")
    print("  Qui, comment et pourquoi pas les autres : tiers-payant relances.")
    return DONE
