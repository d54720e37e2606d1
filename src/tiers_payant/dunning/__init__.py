"""What to chase: policies, holds, a plan that anyone can read before anything is sent."""

from __future__ import annotations

from tiers_payant.dunning._adresses import patient_contacts, with_patients
from tiers_payant.dunning._constats import constats_of
from tiers_payant.dunning._echanges import echanges_of, join_echanges, nouvelles
from tiers_payant.dunning._historique import Historique
from tiers_payant.dunning._imputation import Dette, Imputation, PartImputee, allocate
from tiers_payant.dunning._interets import interets, mention_interets
from tiers_payant.dunning._journal_json import (
    JOURNAL_SCHEMA,
    echanges_from_json,
    echanges_to_json,
    fournitures_from_json,
)
from tiers_payant.dunning._journal_lettres import fournitures_of
from tiers_payant.dunning._planifier import Prepared, plan, prepare
from tiers_payant.dunning._promesses import verdicts
from tiers_payant.dunning._recul import Recul
from tiers_payant.dunning._requalification import requalifications
from tiers_payant.dunning._simulation import Rejeu, judged

__all__ = [
    "JOURNAL_SCHEMA",
    "Dette",
    "Historique",
    "Imputation",
    "PartImputee",
    "Prepared",
    "Recul",
    "Rejeu",
    "allocate",
    "constats_of",
    "echanges_from_json",
    "echanges_of",
    "echanges_to_json",
    "fournitures_from_json",
    "fournitures_of",
    "interets",
    "join_echanges",
    "judged",
    "mention_interets",
    "nouvelles",
    "patient_contacts",
    "plan",
    "prepare",
    "requalifications",
    "verdicts",
    "with_patients",
]
