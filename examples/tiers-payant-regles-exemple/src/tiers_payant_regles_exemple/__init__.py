"""What an invented insurer, AMC 0099999997, prints on its rejects, and what it wants to be checked before sending."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from importlib import resources

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import CheckSpec, CodeRejet, Examen, Famille, Severite, hookimpl
from tiers_payant.rejets import parse_codes

__version__ = "1.0.0"
requires_api = ">=1,<2"

AMC = b"0099999997"
PLAFOND_CENTS = 500_00
DEPUIS = dt.date(2026, 1, 1)


def above(examen: Examen) -> npt.NDArray[np.int64]:
    """Return the factures that bill more to the insurer than it pays without an agreement."""
    factures = examen.tables.factures
    theirs = (factures.amc == AMC) & (examen.envoi >= np.datetime64(DEPUIS))
    return np.flatnonzero(theirs & (factures.part_amc_cents > PLAFOND_CENTS))


@hookimpl
def tiers_payant_codes_rejets() -> Iterable[CodeRejet]:
    """Return the lines of `codes.csv`."""
    table = resources.files(__name__).joinpath("codes.csv")
    return parse_codes(table.read_bytes(), "codes.csv")


@hookimpl
def tiers_payant_controles() -> Iterable[CheckSpec]:
    """Return the limit of the insurer as a check."""
    return [
        CheckSpec(
            name="exemple_plafond",
            phrase="La mutuelle EXEMPLE exige un accord au-delà de 500 € : le demander avant d'envoyer.",
            severite=Severite.AVERTISSEMENT,
            famille=Famille.AMC_CONTRAT,
            champ="part_amc_cents",
            examine=above,
            source="letter of the invented insurer, 1 December 2025",
        )
    ]
