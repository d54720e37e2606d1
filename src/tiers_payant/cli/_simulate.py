"""`tiers-payant simulate`: months of invented pharmacies, and the truth beside them."""

from __future__ import annotations

import argparse
from pathlib import Path

from tiers_payant.cli._ecran import DONE, USAGE, ProgressLine, complain
from tiers_payant.cli._parser import Commands, count
from tiers_payant.errors import SourceError

__all__ = ["add_to"]

_MOST_OFFICINES = 999


def add_to(commands: Commands) -> None:
    """Hang the command on the parser."""
    parser = commands.add_parser("simulate", help="écrit les fichiers de pharmacies simulées, et leur vérité")
    parser.add_argument("folder", metavar="DOSSIER", type=Path, help="dossier vide où écrire ; créé s'il manque")
    parser.add_argument("--officines", metavar="K", type=_officines, default=1, help="nombre d'officines (1)")
    parser.add_argument("--factures", metavar="N", type=count, default=3000, help="nombre de factures (3000)")
    parser.add_argument("--months", metavar="M", type=count, default=1, help="nombre de mois (1)")
    parser.add_argument("--seed", metavar="S", type=int, default=1, help="graine du hasard (1)")
    parser.add_argument(
        "--comptes-clients", action="store_true", help="des patients laissent leur part due : comptes et encaissements"
    )
    parser.set_defaults(command=_simulate)


def _officines(text: str) -> int:
    value = count(text)
    if value > _MOST_OFFICINES:
        raise ValueError(text)
    return value


def _simulate(arguments: argparse.Namespace) -> int:
    import tiers_payant as tp

    try:
        with ProgressLine("écriture") as progress:
            tp.simulate(
                arguments.folder,
                officines=arguments.officines,
                factures=arguments.factures,
                mois=arguments.months,
                seed=arguments.seed,
                comptes_clients=arguments.comptes_clients,
                progress=progress.counts,
            )
    except SourceError:
        complain(
            f"{arguments.folder} n'est pas vide : ce qui s'y trouve serait lu avec la simulation ; rien n'est écrit"
        )
        return USAGE
    print(f"Simulation écrite dans {arguments.folder} ; la vérité est dans verite.json.")
    return DONE
