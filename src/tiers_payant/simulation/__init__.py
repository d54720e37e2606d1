"""A pharmacy's months written in the real formats, with the truth beside them.

Parameters make a world of plain events; the truth is told from the world, then the files are written from it too.
What is realistic, what is assumed and what must not be shared is in `docs/explanation/simulation.md`. People,
insurers and accounts are invented.
"""

from __future__ import annotations

from ._densite import measure_pool
from ._histoire import make_world
from ._monde import (
    CleEcrite,
    Faute,
    Fichier,
    Genre,
    Groupe,
    LigneBancaire,
    LigneVendue,
    Lot,
    Monde,
    Mouvement,
    Mutuelle,
    Nature,
    Officine,
    Operateur,
    Patient,
    Payeur,
    Releve,
    ReponseRecue,
    Ressaisie,
    Retour,
    Saisie,
    Vente,
    Versement,
)
from ._operateurs import write_operateurs
from ._simulate import simulate
from ._taux import Taux
from ._verite import (
    SCHEMA,
    Cle,
    CreanceVraie,
    FauteVraie,
    GroupeVrai,
    LienReponseVrai,
    LienVrai,
    LigneVraie,
    MouvementVrai,
    OperateurVrai,
    RefacturationVraie,
    RejetVrai,
    Verite,
    truth_of,
)

__all__ = [
    "SCHEMA",
    "Cle",
    "CleEcrite",
    "CreanceVraie",
    "Faute",
    "FauteVraie",
    "Fichier",
    "Genre",
    "Groupe",
    "GroupeVrai",
    "LienReponseVrai",
    "LienVrai",
    "LigneBancaire",
    "LigneVendue",
    "LigneVraie",
    "Lot",
    "Monde",
    "Mouvement",
    "MouvementVrai",
    "Mutuelle",
    "Nature",
    "Officine",
    "Operateur",
    "OperateurVrai",
    "Patient",
    "Payeur",
    "RefacturationVraie",
    "RejetVrai",
    "Releve",
    "ReponseRecue",
    "Ressaisie",
    "Retour",
    "Saisie",
    "Taux",
    "Vente",
    "Verite",
    "Versement",
    "make_world",
    "measure_pool",
    "simulate",
    "truth_of",
    "write_operateurs",
]
