"""What to chase: policies, holds, a plan that anyone can read before anything is sent."""

from __future__ import annotations

from tiers_payant.dunning._adresses import contacts_of, with_patients
from tiers_payant.dunning._echanges import echanges_of, joined, nouvelles
from tiers_payant.dunning._historique import Historique
from tiers_payant.dunning._journal_json import JOURNAL_SCHEMA, echanges_from_json, echanges_to_json
from tiers_payant.dunning._planifier import Preparee, plan, preparer
from tiers_payant.dunning._simulation import Recul, Rejeu, judged

__all__ = [
    "JOURNAL_SCHEMA",
    "Historique",
    "Preparee",
    "Recul",
    "Rejeu",
    "contacts_of",
    "echanges_from_json",
    "echanges_of",
    "echanges_to_json",
    "joined",
    "judged",
    "nouvelles",
    "plan",
    "preparer",
    "with_patients",
]
