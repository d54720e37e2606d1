"""What to do about rejects: one action for all that one correction mends, in the order of euros per minute of work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import attrs
import numpy as np

from tiers_payant.domain import _table as kind
from tiers_payant.domain._donnees import Confiance
from tiers_payant.domain._familles import Acteur, Famille, FicheFamille, Renvoi
from tiers_payant.domain._horizons import NatureEcheance, Urgence
from tiers_payant.domain._rejets import Preuve
from tiers_payant.domain._table import Codes, Drapeaux, Entiers, Jours, Libelles, Renvois, Table, Textes

__all__ = ["Action", "Actions", "CreancesActions", "MouvementsActions", "PlanActions", "RejetsActions"]


@attrs.frozen(eq=False, repr=False)
class Actions(Table):
    """What to do: work first, in its order, then what nobody but the insurer may do."""

    id: Textes = kind.texte("stable name, made of content: family, and the first facture or movement that it is about")
    famille: Codes = kind.code("`Famille`")
    officine: Textes = kind.texte("provider number of the officine")
    payeur: Textes = kind.texte("who owes, as `creances.debiteur`; empty when it is several, or nobody known")
    cause: Textes = kind.texte(
        "what one correction mends: `amc:`, `prescripteur:` and `lot:` name it; `assure:` and `acte:` are opaque, and "
        "name the first facture concerned; `facture:`, `retour:`"
    )
    rang: Entiers = kind.entier("place in the order of work, from 1; 0 for what only waits")
    cents: Entiers = kind.entier("at stake: what is still owed of its créances, or withheld and claimed")
    attendu_cents: Entiers = kind.entier("expected back: cents times the hope of the family, rounded down")
    minutes: Entiers = kind.entier("minutes of work, once for the whole action")
    creances: Entiers = kind.entier("how many créances")
    factures: Entiers = kind.entier("how many factures")
    rejets: Entiers = kind.entier("how many reject lines")
    preuve: Codes = kind.code("`Preuve` of the family; AUCUNE with an `indice` when the state of the créance tells it")
    indice: Libelles = kind.libelle("the evidence: line of a code table, words recognised, or state; never the label")
    autres: Libelles = kind.libelle("other families that its rejects told too, separated by spaces")
    le: Jours = kind.jour("last day in time; NaT when no deadline is known")
    jours: Entiers = kind.entier("days left, in `unite`; negative when past, 0 without a deadline")
    unite: Textes = kind.texte("what `jours` counts: jours_ouvres, jours_ouvrables or jours")
    echeance: Codes = kind.code("`NatureEcheance`: what that day ends; says nothing when `le` is absent")
    niveau: Codes = kind.code("`Urgence` of the deadline; INCONNUE when none is known")
    regle: Textes = kind.texte("code of the rule that makes the deadline")
    reference: Libelles = kind.libelle("article or page of that rule")
    confiance: Textes = kind.texte("how well that rule is known: H, M or L")
    operateurs: Libelles = kind.libelle(
        "who billed its factures, as `Operateurs` calls them; line feeds between", sensible=True
    )
    patient: Drapeaux = kind.drapeau("whether the share may end with the patient, when nobody else owes it")


@attrs.frozen(eq=False, repr=False)
class CreancesActions(Table):
    """Which créances an action is about: each open créance once; in the order of actions."""

    action: Renvois = kind.renvoi("actions")
    creance: Renvois = kind.renvoi("creances")
    cents: Entiers = kind.entier("what is still owed of it, without what is announced")


@attrs.frozen(eq=False, repr=False)
class RejetsActions(Table):
    """Which reject lines an action answers."""

    action: Renvois = kind.renvoi("actions")
    rejet: Renvois = kind.renvoi("rejets")


@attrs.frozen(eq=False, repr=False)
class MouvementsActions(Table):
    """Which withholdings and debts an action answers."""

    action: Renvois = kind.renvoi("actions")
    mouvement: Renvois = kind.renvoi("mouvements")


@attrs.frozen(kw_only=True)
class Action:
    """One action, as an object."""

    id: str
    rang: int
    """Place in the order of work, from 1; 0 when nothing is to be done but wait."""
    famille: Famille
    fiche: FicheFamille = attrs.field(repr=False)
    """What is known of its family: the texts, in French."""
    officine: str
    payeur: str
    cause: str
    cents: int
    attendu_cents: int
    minutes: int
    creances: int
    factures: int
    rejets: int
    preuve: Preuve
    indice: str
    autres: tuple[Famille, ...]
    le: dt.date | None
    """Last day in time."""
    jours: int
    """Days left, in `unite`; negative when past."""
    unite: str
    echeance: NatureEcheance | None
    """What that day ends: sending again, the claim itself, the answer to an indu."""
    niveau: Urgence
    regle: str
    reference: str
    confiance: Confiance | None
    operateurs: tuple[str, ...]
    """Who billed its factures: pseudonyms, unless names were asked for."""
    patient: bool

    @property
    def attend(self) -> bool:
        """Whether nobody has anything to do."""
        return self.fiche.acteur is Acteur.PERSONNE

    @property
    def acteur(self) -> Acteur:
        return self.fiche.acteur

    @property
    def renvoi(self) -> Renvoi:
        return self.fiche.renvoi

    @property
    def texte(self) -> str:
        """What to do, in French."""
        return self.fiche.action

    @property
    def explication(self) -> str:
        """What to tell a patient, in French: nothing medical."""
        return self.fiche.explication

    @property
    def cents_par_minute(self) -> float:
        """Expected recovery per minute of work, what the order is made of: less than a minute counts as one."""
        return self.attendu_cents / max(self.minutes, 1)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class PlanActions:
    """What to do about every reject of a result, most expected euros per minute of work first.

    Order: `attendu_cents / max(minutes, 1)`, the largest first; then the soonest deadline; then the name. Minutes and
    hopes are choices of the library (`familles.toml`), to be replaced by your own figures.
    """

    actions: Actions
    creances: CreancesActions
    rejets: RejetsActions
    mouvements: MouvementsActions
    rejets_clos: int
    """Reject lines that ask for nothing more: their créances are paid, announced in full, or billed again."""
    fiches: Mapping[Famille, FicheFamille]
    """The families as they were used, your own figures merged."""
    today: dt.date

    def __repr__(self) -> str:
        return f"<PlanActions of {len(self)} actions>"

    def __len__(self) -> int:
        return len(self.actions)

    def __getitem__(self, row: int) -> Action:
        """Return one action as an object."""
        values = self.actions.row(row)
        return Action(
            **{
                **values,
                "famille": Famille(values["famille"]),
                "preuve": Preuve(values["preuve"]),
                "autres": tuple(Famille[name] for name in values["autres"].split()),
                "operateurs": tuple(values["operateurs"].splitlines()),
                "confiance": Confiance(values["confiance"]) if values["confiance"] else None,
                "echeance": NatureEcheance(values["echeance"]) if values["le"] else None,
                "niveau": Urgence(values["niveau"]),
                "fiche": self.fiches[Famille(values["famille"])],
            }
        )

    def __iter__(self) -> Iterator[Action]:
        return (self[row] for row in range(len(self)))

    @property
    def a_faire(self) -> Iterator[Action]:
        """The actions that somebody does, in their order."""
        return (self[row] for row in np.flatnonzero(self.actions.rang > 0).tolist())

    @property
    def en_attente(self) -> Iterator[Action]:
        """What only the insurer may settle, by name: never sent again meanwhile."""
        return (self[row] for row in np.flatnonzero(self.actions.rang == 0).tolist())

    def creances_of(self, row: int) -> Renvois:
        """Return the rows of `creances` that the action of that row is about."""
        return _of_action(self.creances.action, self.creances.creance, row)

    def rejets_of(self, row: int) -> Renvois:
        """Return the rows of `tables.rejets` that the action of that row answers."""
        return _of_action(self.rejets.action, self.rejets.rejet, row)


def _of_action(actions: Renvois, members: Renvois, row: int) -> Renvois:
    """Return the members of one action; those of the first action stand first."""
    # Of the same dtype: else numpy converts the whole column first.
    first, last = np.searchsorted(actions, np.array((row, row + 1), dtype=actions.dtype))
    found: Renvois = members[first:last]
    return found
