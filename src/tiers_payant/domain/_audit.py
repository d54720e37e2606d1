"""Two periods compared: which rates of refusal really changed, and which only may have."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

import attrs

from tiers_payant.domain import _table as kind
from tiers_payant.domain._intervalles import NIVEAU, difference
from tiers_payant.domain._mots import percent
from tiers_payant.domain._statistiques import INCOMPLET, PETIT, Axe, Cellule
from tiers_payant.domain._table import Codes, Entiers, Libelles, Table

__all__ = ["Audit", "Changement", "Ecart"]


class Changement(IntEnum):
    """What two periods prove of a rate."""

    INDECIS = 0
    """Nothing: chance alone may make the difference."""
    BAISSE = 1
    HAUSSE = 2
    INCOMPARABLE = 3
    """Nothing was answered in one of the periods."""


@attrs.frozen(kw_only=True)
class Ecart:
    """One value of one axis, before and after."""

    axe: Axe
    valeur: str
    avant_envoyees: int
    avant_refusees: int
    apres_envoyees: int
    apres_refusees: int
    avant_refuses_cents: int
    apres_refuses_cents: int
    avant_sans_reponse: int = 0
    """Of the factures sent, those of which nobody said anything: outside rates."""
    apres_sans_reponse: int = 0
    changement: Changement
    """Judged on an interval widened for how many comparisons were made, `Audit.comparaisons`."""

    @property
    def ecart(self) -> float:
        """How much the rate rose, between -1 and 1; 0 when it cannot be compared."""
        return self._difference[0]

    @property
    def intervalle(self) -> tuple[float, float]:
        """Newcombe's 95 % interval of that difference, as if it were the only one."""
        return self._difference[1:]

    @property
    def _difference(self) -> tuple[float, float, float]:
        before, after = self.repondues
        return difference((self.avant_refusees, before), (self.apres_refusees, after), NIVEAU)

    @property
    def repondues(self) -> tuple[int, int]:
        """Factures answered before, and after: what rates are of."""
        return self.avant_envoyees - self.avant_sans_reponse, self.apres_envoyees - self.apres_sans_reponse

    @property
    def incomplete(self) -> bool:
        """Whether many factures of one of the periods are without an answer, as `Cellule.incomplete` says it."""
        return (
            self.avant_sans_reponse > INCOMPLET * self.avant_envoyees
            or self.apres_sans_reponse > INCOMPLET * self.apres_envoyees
        )

    @property
    def apparue(self) -> bool:
        """Whether it refused nothing before, and does now."""
        return self._answered and self.avant_refusees == 0 < self.apres_refusees

    @property
    def disparue(self) -> bool:
        """Whether it refused something before, and no longer does."""
        return self._answered and self.apres_refusees == 0 < self.avant_refusees

    @property
    def _answered(self) -> bool:
        """Whether both periods have answers: without any, nothing appears nor goes."""
        return all(self.repondues)

    @property
    def petit(self) -> bool:
        """Whether one of the rates rests on fewer than `PETIT` factures answered."""
        return min(self.repondues) < PETIT

    @property
    def a_surveiller(self) -> bool:
        """Whether its own interval leaves 0 out, though nothing is proved among so many comparisons."""
        low, high = self.intervalle
        return self.changement is Changement.INDECIS and (low > 0 or high < 0)

    @property
    def libelle(self) -> str:
        """The value in French words."""
        return Cellule(
            axe=self.axe, valeur=self.valeur, envoyees=0, refusees=0, envoyes_cents=0, refuses_cents=0
        ).libelle

    @property
    def phrase(self) -> str:
        """What can be said of it, in French."""
        low, high = (percent(bound) for bound in self.intervalle)
        plural = "s" * (abs(self.ecart) >= 0.02)
        points = f"{'+' if self.ecart > 0 else ''}{percent(self.ecart)} point{plural} (de {low} à {high})"
        match self.changement:
            case Changement.INCOMPARABLE if self.avant_envoyees and self.apres_envoyees:
                return "Aucune réponse lue dans l'une des périodes : pas de comparaison."
            case Changement.INCOMPARABLE:
                return "Rien n'a été envoyé dans l'une des périodes : pas de comparaison."
            case Changement.INDECIS if self.a_surveiller:
                return f"À surveiller : {points}, que le hasard peut donner parmi tant de taux comparés."
            case Changement.INDECIS:
                return f"Rien de prouvé : {points}, le hasard suffit."
            case _:
                return f"A vraiment changé : {points}."


@attrs.frozen(eq=False, repr=False)
class Audit(Table):
    """One row per value of each axis that both periods tell, what really changed first, then the largest euros."""

    axe: Codes = kind.code("`Axe`")
    valeur: Libelles = kind.libelle("value on that axis, as a code")
    avant_envoyees: Entiers = kind.entier("factures sent before; a count")
    avant_refusees: Entiers = kind.entier("of these, refused; a count")
    apres_envoyees: Entiers = kind.entier("factures sent after; a count")
    apres_refusees: Entiers = kind.entier("of these, refused; a count")
    avant_refuses_cents: Entiers = kind.entier("refused before")
    apres_refuses_cents: Entiers = kind.entier("refused after")
    avant_sans_reponse: Entiers = kind.entier("of the factures sent before, without any answer; a count")
    apres_sans_reponse: Entiers = kind.entier("of the factures sent after, without any answer; a count")
    changement: Codes = kind.code("`Changement`")

    def __getitem__(self, row: int) -> Ecart:
        """Return one comparison as an object."""
        values = self.row(row)
        return Ecart(**{**values, "axe": Axe(values["axe"]), "changement": Changement(values["changement"])})

    def __iter__(self) -> Iterator[Ecart]:
        return (self[row] for row in range(len(self)))

    @property
    def comparaisons(self) -> int:
        """How many rates were compared: what the verdicts are corrected for."""
        return int((self.changement != Changement.INCOMPARABLE).sum())
