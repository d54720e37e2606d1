"""Tables to links: ordered passes, unique both ways or refused, every cent in one bucket."""

from __future__ import annotations

from tiers_payant.matching._appariement import ABSENT, Appariement, Cle, pair_cascade
from tiers_payant.matching._candidats import Edges
from tiers_payant.matching._cascade import reconcile
from tiers_payant.matching._fusion import merge
from tiers_payant.matching._partition import Partie, split
from tiers_payant.matching._passes import PASSES
from tiers_payant.matching._passes_reponses import REPONSES
from tiers_payant.matching._passes_sans_retour import SANS_RETOUR, SansRetour
from tiers_payant.matching._passes_sommes import SOMMES, Somme
from tiers_payant.matching._politique import Fenetres, MatchPolicy
from tiers_payant.matching._suivi import Suivi, suivre

__all__ = [
    "ABSENT",
    "PASSES",
    "REPONSES",
    "SANS_RETOUR",
    "SOMMES",
    "Appariement",
    "Cle",
    "Edges",
    "Fenetres",
    "MatchPolicy",
    "Partie",
    "SansRetour",
    "Somme",
    "Suivi",
    "merge",
    "pair_cascade",
    "reconcile",
    "split",
    "suivre",
]
