"""A plan of dunning: whom to remind today of what, at what cost and for what gain, and why the others are not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import attrs
import numpy as np

from tiers_payant.domain import _table as kind
from tiers_payant.domain._annuaire import Annuaire, Contact
from tiers_payant.domain._choix import Canal, TypeDebiteur
from tiers_payant.domain._constats import Constats
from tiers_payant.domain._lettres import Lettre, LettreImpossible
from tiers_payant.domain._levees import Levee
from tiers_payant.domain._raisons import FicheRaison, Raison, raisons
from tiers_payant.domain._scenarios import Palier, RelancePolicy
from tiers_payant.domain._table import Codes, Drapeaux, Entiers, Jours, Libelles, Renvois, Table, Textes
from tiers_payant.errors import LetterError, TiersPayantError

__all__ = [
    "Alarmes",
    "EcartRelance",
    "Ecarts",
    "Echanges",
    "PlanRelances",
    "Relance",
    "Relances",
    "RelancesCreances",
    "Requalifications",
    "VirementsRetenants",
]


@attrs.frozen(eq=False, repr=False)
class Relances(Table):
    """Who is reminded today: one row a contact, the largest expected gain first, then by id."""

    id: Textes = kind.texte(
        "stable name, made of content: officine, debtor, step, day and claims; opaque, so that it may name a file"
    )
    officine: Textes = kind.texte("provider number of the officine")
    debiteur: Textes = kind.texte(
        "who owes, as `creances.debiteur`, or `CLIENT:` and the officine's own reference", sensible=True
    )
    contact: Textes = kind.texte("id of the annuaire; empty when nobody is known", sensible=True)
    type: Textes = kind.texte("`TypeDebiteur`")
    palier: Textes = kind.texte("code of the step, in the scenario of that kind of debtor")
    niveau: Entiers = kind.entier("place of the step in its scenario, from 1")
    canal: Textes = kind.texte("`Canal`")
    porteuse: Renvois = kind.renvoi("creances", "the claim that decided the step")
    creances: Entiers = kind.entier("how many claims")
    cents: Entiers = kind.entier("what is claimed: what is still owed of its claims, without interest")
    interets_cents: Entiers = kind.entier("interest at the legal rate to the day of the plan")
    indemnite_cents: Entiers = kind.entier("fixed indemnity between professionals")
    cout_cents: Entiers = kind.entier("work, supplies and postage; never claimed from anybody")
    gain_cents: Entiers = kind.entier("what is hoped for, the cost taken off")
    precedent: Jours = kind.jour("day of the last contact of that debtor; absent when it is the first")


@attrs.frozen(eq=False, repr=False)
class RelancesCreances(Table):
    """Which claims a contact is about, in the order of contacts, then of créances."""

    relance: Renvois = kind.renvoi("relances")
    creance: Renvois = kind.renvoi("creances")
    cents: Entiers = kind.entier("what is still owed of it")
    echeance: Jours = kind.jour("last day on which it could be paid in time")
    retard: Entiers = kind.entier("calendar days beyond it; negative for a notice before it")
    verifiee: Jours = kind.jour("day on which a person lifted what held it; absent when nothing did")


@attrs.frozen(kw_only=True)
class EcartRelance:
    """One step that is due and not applied, as an object."""

    creance: int
    """Row of `creances`."""
    palier: str
    """Code of the step; empty when no step was looked at."""
    niveau: int
    raison: Raison
    cents: int
    jusqu_au: dt.date | None
    preuve: int | None
    """Row of `virements` that may pay it; None when it is something else."""


@attrs.frozen(eq=False, repr=False)
class Ecarts(Table):
    """Every step that is due and not applied, and why: `SKIPPED`. Sorted by créance, then step.

    A claim over its delay is in a contact, or here with the reason that ended the search; steps that were skipped on
    the way are here too.
    """

    creance: Renvois = kind.renvoi("creances")
    palier: Textes = kind.texte("code of the step; empty when no step was looked at")
    niveau: Entiers = kind.entier("place of the step in its scenario, from 1; 0 when none was looked at")
    raison: Codes = kind.code("`Raison`")
    cents: Entiers = kind.entier("what is still owed of it")
    jusqu_au: Jours = kind.jour("last day of what holds it; absent when nothing ends by itself")
    preuve: Renvois = kind.renvoi("virements", "the bank line that may pay it; -1 when it is something else")

    def __getitem__(self, row: int) -> EcartRelance:
        """Return one step as an object."""
        values = self.row(row)
        proof = values.pop("preuve")
        return EcartRelance(**{**values, "raison": Raison(values["raison"]), "preuve": None if proof < 0 else proof})

    def __iter__(self) -> Iterator[EcartRelance]:
        return (self[row] for row in range(len(self)))


@attrs.frozen(eq=False, repr=False)
class VirementsRetenants(Table):
    """Bank lines that hold claims over their delay: to be looked at, the most cents first.

    Several lines may hold one claim, which then counts for each: only once all of them are explained or lifted do they
    let it go. Claims that something else holds before are not counted.
    """

    virement: Renvois = kind.renvoi("virements")
    creances: Entiers = kind.entier("claims over their delay that it may pay, and that this holds back")
    cents: Entiers = kind.entier("what is still owed of them")


@attrs.frozen(eq=False, repr=False)
class Alarmes(Table):
    """Claims that nobody can ask for any more after a day that comes near, forclusion or prescription: that day first.

    Whatever became of them in the plan: what is held back is lost all the same.
    """

    creance: Renvois = kind.renvoi("creances")
    le: Jours = kind.jour("last day on which it can be asked for")
    jours: Entiers = kind.entier("calendar days left; 0 on the last one")
    niveau: Codes = kind.code("`Urgence`: BIENTOT or URGENT")
    cents: Entiers = kind.entier("what is still owed of it")


@attrs.frozen(eq=False, repr=False)
class Requalifications(Table):
    """Patient shares that somebody else may owe: to be looked at before the person is asked anything."""

    creance: Renvois = kind.renvoi("creances", "the share of the patient")
    motif: Textes = kind.texte("AMC_CONNUE, C2S_CONNUE, EXONERATION_CONNUE or PART_REJETEE")
    facture: Renvois = kind.renvoi("factures", "the facture that shows it; -1 when it is its own")


@attrs.frozen(eq=False, repr=False)
class Echanges(Table):
    """Contacts already made, one row a claim: what was sent, to whom, when. Sorted by day, then id."""

    relance: Textes = kind.texte("id of the contact")
    le: Jours = kind.jour("day of the contact")
    officine: Textes = kind.texte("provider number of the officine")
    debiteur: Textes = kind.texte("as in `Relances`", sensible=True)
    type: Textes = kind.texte("`TypeDebiteur`")
    palier: Textes = kind.texte("code of the step")
    canal: Textes = kind.texte("`Canal`")
    mise_en_demeure: Drapeaux = kind.drapeau("whether it was a formal summons")
    lot_date: Jours = kind.jour("creation date of the lot")
    lot: Textes = kind.texte("lot number")
    facture: Textes = kind.texte("facture number")
    part: Codes = kind.code("`Part`")
    cents: Entiers = kind.entier("what was claimed of it")
    politique: Libelles = kind.libelle("name of the policy")
    verifiee: Jours = kind.jour("as in `RelancesCreances`")


@attrs.frozen(kw_only=True)
class Relance:
    """One contact, as an object."""

    id: str
    officine: str
    debiteur: str = attrs.field(repr=lambda name: name.partition(":")[0])
    contact: Contact | None
    type: TypeDebiteur
    palier: Palier
    niveau: int
    canal: Canal
    porteuse: int
    """Row of the claim that decided the step."""
    creances: tuple[int, ...]
    """Rows of `creances`."""
    cents: int
    interets_cents: int
    indemnite_cents: int
    cout_cents: int
    gain_cents: int
    precedent: dt.date | None
    pourquoi: str
    """Why that step today, one French sentence."""

    @property
    def total_cents(self) -> int:
        """Everything that is claimed."""
        return self.cents + self.interets_cents + self.indemnite_cents


@attrs.frozen(kw_only=True, eq=False, repr=False)
class PlanRelances:
    """Whom to remind on one day, and every claim over its delay that is left alone, with its reason.

    Nothing is sent and nothing is written: `commit_relances` writes, and only people send.
    """

    relances: Relances
    creances: RelancesCreances
    ecarts: Ecarts
    requalifications: Requalifications
    alarmes: Alarmes = attrs.field(factory=Alarmes.empty)
    policy: RelancePolicy
    annuaire: Annuaire = attrs.field(factory=Annuaire)
    retenants: Callable[[], VirementsRetenants] = VirementsRetenants.empty
    """Counts the bank lines that hold claims back: the list of those to look at first."""
    levees_sans_objet: tuple[Levee, ...] = ()
    """Levées of that day that name no bank line, or no claim, of what was read: look at what they name."""
    today: dt.date
    echanges: Echanges = attrs.field(factory=lambda: Echanges.empty())
    """The contacts made before that it was made after."""
    pourquoi: Callable[[int], str]
    """Why the contact of a row is made today, one French sentence."""
    redaction: Callable[[PlanRelances], Iterator[Lettre | LettreImpossible]] | None = None
    """Writes the letters, one or the reason why there is none for each contact; what `redigees` asks."""
    constats: Constats = attrs.field(factory=Constats)
    """What somebody should look at beside it; `plan_relances` fills it."""

    def __repr__(self) -> str:
        return f"<PlanRelances of {len(self)} contacts, {len(self.ecarts)} steps left out, on {self.today}>"

    def __len__(self) -> int:
        return len(self.relances)

    def __getitem__(self, row: int) -> Relance:
        """Return one contact as an object."""
        values = self.relances.row(row)
        genre = TypeDebiteur(values.pop("type"))
        scenario = self.policy.scenario(genre)
        if scenario is None:
            raise TiersPayantError(f"the policy {self.policy.nom!r} has no scenario for {genre}")
        name = values.pop("contact")
        return Relance(
            **{
                **values,
                "type": genre,
                "palier": scenario.palier(values["palier"]),
                "canal": Canal(values["canal"]),
                "contact": self.annuaire.named(name, self.today),
                "creances": tuple(self.creances_of(row).tolist()),
                "pourquoi": self.pourquoi(row),
            }
        )

    def __iter__(self) -> Iterator[Relance]:
        return (self[row] for row in range(len(self)))

    def creances_of(self, row: int) -> Renvois:
        """Return the rows of `creances` that the contact of that row is about."""
        contacts = self.creances.relance
        first, last = np.searchsorted(contacts, np.array((row, row + 1), dtype=contacts.dtype))
        found: Renvois = self.creances.creance[first:last]
        return found

    def counts(self) -> dict[Raison, int]:
        """Return how many claims each reason leaves alone, the most frequent first; steps skipped on the way count."""
        codes, times = np.unique(self.ecarts.raison, return_counts=True)
        order = np.lexsort((codes, -times))
        return {Raison(int(codes[rank])): int(times[rank]) for rank in order}

    @staticmethod
    def fiche(raison: Raison) -> FicheRaison:
        """Return the words of a reason."""
        return raisons()[raison]

    def lettres(self) -> Iterator[Lettre]:
        """Write the letters, e-mails, scripts and files of the contacts, one after the other, in their order.

        Raises:
            LetterError: A letter cannot be written: a template asks for what is not known, or care is confidential.
        """
        return map(_written, self.redigees())

    def redigees(self) -> Iterator[Lettre | LettreImpossible]:
        """Write the same, and go on after a contact whose letter cannot be: why it cannot stands in its place.

        Raises:
            LetterError: What every letter needs is missing, such as a template: none is written.
        """
        if self.redaction is None:
            raise TiersPayantError("this plan was made without an officine to write in the name of: give `entete`")
        return self.redaction(self)


def _written(one: Lettre | LettreImpossible) -> Lettre:
    if isinstance(one, LettreImpossible):
        raise LetterError(f"{one.relance}: {one.raison}")
    return one
