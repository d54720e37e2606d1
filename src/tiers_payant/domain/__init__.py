"""What things are: the facts of tiers payant as types and as columns. Imports nothing of this library but `errors`."""

from __future__ import annotations

from tiers_payant.domain._codes import Etat, EtatVirement, Issue, NatureMouvement, Part, Reponse, Statut
from tiers_payant.domain._source import Entree, Source
from tiers_payant.domain._specs import PROJECT, FormatSpec, Lecture, hookimpl
from tiers_payant.domain._table import Table
from tiers_payant.domain.tables import (
    Arls,
    Bruts,
    Comptes,
    ComptesClients,
    Encaissements,
    Factures,
    Groupes,
    Lignes,
    Lots,
    Mouvements,
    Rejets,
    Releves,
    Reponses,
    Retours,
    Tables,
    Virements,
)

__all__ = [
    "PROJECT",
    "Arls",
    "Bruts",
    "Comptes",
    "ComptesClients",
    "Encaissements",
    "Entree",
    "Etat",
    "EtatVirement",
    "Factures",
    "FormatSpec",
    "Groupes",
    "Issue",
    "Lecture",
    "Lignes",
    "Lots",
    "Mouvements",
    "NatureMouvement",
    "Part",
    "Rejets",
    "Releves",
    "Reponse",
    "Reponses",
    "Retours",
    "Source",
    "Statut",
    "Table",
    "Tables",
    "Virements",
    "hookimpl",
]
