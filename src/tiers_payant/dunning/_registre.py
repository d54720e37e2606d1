"""The gates of the library, all of them."""

from __future__ import annotations

from tiers_payant.dunning._gates import Gate
from tiers_payant.dunning._gates_banque import GATES_BANQUE
from tiers_payant.dunning._gates_etats import GATES_ETATS
from tiers_payant.dunning._gates_montants import GATES_MONTANTS
from tiers_payant.dunning._gates_patients import GATES_PATIENTS
from tiers_payant.dunning._gates_propositions import GATES_PROPOSITIONS
from tiers_payant.dunning._gates_retours import GATES_RETOURS

__all__ = ["GATES"]

GATES: tuple[Gate, ...] = tuple(
    sorted(
        (*GATES_ETATS, *GATES_BANQUE, *GATES_RETOURS, *GATES_PROPOSITIONS, *GATES_PATIENTS, *GATES_MONTANTS),
        key=lambda gate: gate.raison,
    )
)
"""In the order of `Raison`; several may tell one reason."""
