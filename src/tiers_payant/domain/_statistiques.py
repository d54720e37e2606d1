"""How often factures come back refused, by whom and of what: counts with rates, intervals and euros."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

import attrs
import numpy as np

from tiers_payant.domain import _table as kind
from tiers_payant.domain._explique_textes import capital, debiteur_texte
from tiers_payant.domain._familles import Famille, fiches
from tiers_payant.domain._intervalles import wilson
from tiers_payant.domain._table import Codes, Entiers, Libelles, Table

__all__ = ["INCOMPLET", "NON_CONNU", "PETIT", "Axe", "Cellule", "Statistiques"]

PETIT = 30
"""Below so many factures answered, a rate is marked as resting on few: a choice, customary in statistics."""
INCOMPLET = 0.1
"""Above this share of factures without an answer, a period is said not to be all answered: a choice, of no text."""
NON_CONNU = "non_connu"
"""The value of what nothing tells."""


class Axe(IntEnum):
    """What factures are told apart by."""

    ENSEMBLE = 0
    """Not at all: one cell."""
    FAMILLE = 1
    """Why they were refused. Each rate is of all factures answered."""
    PAYEUR = 2
    """Who owes: the caisse, or the complementary insurer."""
    OFFICINE = 3
    MOIS = 4
    """Month of the facture."""
    PRESCRIPTEUR = 5
    """Form of the prescriber's number: no more is public of it."""
    PRODUIT = 6
    """Kinds of acts it holds: one facture may be in several cells, its euros shared out between them."""
    OPERATEUR = 7
    """Who billed it, as a pseudonym unless names were asked for."""


_MOTS = {
    NON_CONNU: "Non connu",
    "non_renseigne": "Non renseigné",
    "numero_9": "Numéro à 9 chiffres",
    "rpps_11": "RPPS, 11 chiffres",
    "medicaments": "Médicaments",
    "honoraires": "Honoraires de dispensation",
    "lpp": "Dispositifs (LPP)",
    "services": "Services et actes du pharmacien",
    "autres": "Autres",
    "tous": "Toutes les factures",
}


@attrs.frozen(kw_only=True)
class Cellule:
    """The factures of one value of one axis."""

    axe: Axe
    valeur: str
    envoyees: int
    """Factures sent, a facture billed again counting again."""
    sans_reponse: int = 0
    """Of these, factures of which nobody said anything: outside rates, since they may still be refused."""
    refusees: int
    """Of these, factures refused at least once: rejects, acts refused, refused lots; the insurer's own re-processing is
    no refusal."""
    envoyes_cents: int
    refuses_cents: int

    @property
    def repondues(self) -> int:
        """Factures answered, whatever the answer: what rates are of."""
        return self.envoyees - self.sans_reponse

    @property
    def taux(self) -> float | None:
        """Share of the factures answered that were refused; None of none answered."""
        return self.refusees / self.repondues if self.repondues else None

    @property
    def intervalle(self) -> tuple[float, float]:
        """Wilson's 95 % interval of that share, factures taken as independent of one another."""
        return wilson(self.refusees, self.repondues)

    @property
    def petit(self) -> bool:
        """Whether it rests on fewer than `PETIT` factures answered."""
        return self.repondues < PETIT

    @property
    def incomplete(self) -> bool:
        """Whether so many factures are without an answer that its rate may change when answers come."""
        return self.sans_reponse > INCOMPLET * self.envoyees

    @property
    def libelle(self) -> str:
        """The value in French words."""
        if self.axe is Axe.FAMILLE:
            return fiches()[Famille[self.valeur]].libelle
        if self.axe is Axe.PAYEUR and self.valeur:
            return capital(debiteur_texte(self.valeur).removeprefix("à la charge de ").removeprefix("la "))
        if self.axe is Axe.MOIS and self.valeur != NON_CONNU:
            return f"{self.valeur[5:]}/{self.valeur[:4]}"
        return _MOTS.get(self.valeur, self.valeur)


@attrs.frozen(eq=False, repr=False)
class Statistiques(Table):
    """One row per cell: by axis, then the most euros refused, then the most factures refused, then by value."""

    axe: Codes = kind.code("`Axe`")
    valeur: Libelles = kind.libelle("value on that axis, as a code; `Cellule.libelle` says it in words")
    envoyees: Entiers = kind.entier("factures sent; a count")
    sans_reponse: Entiers = kind.entier("of these, without any answer, outside rates; a count")
    refusees: Entiers = kind.entier("of these, refused; a count")
    envoyes_cents: Entiers = kind.entier("billed")
    refuses_cents: Entiers = kind.entier("billed by the shares refused")

    def __getitem__(self, row: int) -> Cellule:
        """Return one cell as an object."""
        values = self.row(row)
        return Cellule(**{**values, "axe": Axe(values["axe"])})

    def __iter__(self) -> Iterator[Cellule]:
        return (self[row] for row in range(len(self)))

    def par(self, axe: Axe) -> Statistiques:
        """Return the cells of one axis."""
        return self.take(np.flatnonzero(self.axe == axe))
