"""What a letter says: nothing medical can reach a template from here."""

from __future__ import annotations

import datetime as dt

import attrs

from tiers_payant.domain._annuaire import Adresse
from tiers_payant.domain._champs import as_tuple, sensible
from tiers_payant.domain._choix import Canal, TypeDebiteur
from tiers_payant.domain._comptes import has_iban_key
from tiers_payant.errors import LetterError

__all__ = ["Courrier", "Destinataire", "Entete", "LigneCourrier", "reference_of"]

_SIGNES = 10
"""Characters of an id that a reference keeps."""


@attrs.frozen(kw_only=True)
class Entete:
    """In whose name letters are written: the letterhead of an officine.

    Raises:
        LetterError: The IBAN is none, or its key is wrong: money would go nowhere, or elsewhere.
    """

    officine: str
    """Provider number."""
    nom: str
    """Name of the officine."""
    adresse: Adresse
    telephone: str = ""
    """Whom to call."""
    email: str = ""
    """Who writes, and to whom one answers."""
    horaires: str = ""
    """When somebody answers, in French."""
    mentions: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    """Legal lines at the foot: company, SIREN, VAT."""
    signataire: str = ""
    """Who signs."""
    fonction: str = ""
    """What they are."""
    logo: bytes = attrs.field(default=b"", repr=False)
    """PNG or JPEG; empty for none."""
    signature: bytes = attrs.field(default=b"", repr=False)
    """PNG or JPEG; empty for none."""
    iban: str = attrs.field(default="", repr=False)
    """Account to pay to; the filter `iban` parts it."""
    bic: str = attrs.field(default="", repr=False)
    moyens: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    """Means of payment that are taken, in French: `virement`, `carte au comptoir`."""
    mediateur: str = ""
    """Consumer mediator, name and address."""

    def __attrs_post_init__(self) -> None:
        if self.iban and not has_iban_key(self.iban):
            raise LetterError(f"iban: expected an IBAN whose key is right, for the officine {self.officine}")


@attrs.frozen(kw_only=True)
class Destinataire:
    """To whom a letter goes."""

    nom: str = sensible("")
    """Name of the person, or of the organism."""
    civilite: str = ""
    """`Madame`, `Monsieur`; empty when it is not known."""
    service: str = ""
    """Department, or to whose attention."""
    adresse: Adresse | None = attrs.field(default=None, repr=False)
    email: str = sensible("")
    telephone: str = sensible("")
    portail: str = ""
    """Name or address of the portal where it is asked."""


@attrs.frozen(kw_only=True)
class LigneCourrier:
    """One claim, as a letter tells it. There is no field for what was dispensed, by choice."""

    facture: str
    """Number of the facture."""
    date: dt.date | None
    """Day of the facture."""
    lot: str = ""
    """Number of its lot."""
    lot_date: dt.date | None = None
    """Day of its lot."""
    part: str
    """`Part obligatoire`, `Part complémentaire` or `Part à votre charge`."""
    du_cents: int
    """Billed."""
    regle_cents: int
    """Received."""
    reste_cents: int
    """Still owed."""
    echeance: dt.date | None
    """Last day on which it could be paid in time."""
    retard_jours: int = 0
    """Calendar days beyond it; negative before it."""
    organisme: str = ""
    """Number of the insurer that owes it, with its kind: `AMC 0099999997`; empty for anybody else."""


@attrs.frozen(kw_only=True)
class Courrier:
    """All that a template may use. Amounts in cents; `total_cents` is what the letter asks for.

    Raises:
        LetterError: The amounts do not add up, or a patient is asked for an indemnity.
    """

    relance: str
    """Opaque id of the contact: it names its files; `reference` is what is copied from paper."""
    officine: str
    """Provider number."""
    type: TypeDebiteur
    """`amo`, `amc`, `patient` or `professionnel`."""
    palier: str
    """Code of the step."""
    niveau: int
    """Place of the step in its scenario, from 1."""
    canal: Canal
    """`portail`, `email`, `telephone`, `lettre`, `recommande` or `recouvrement`."""
    modele: str
    """Name of the template."""
    le: dt.date
    """Day of the letter."""
    repondre_avant: dt.date
    """Day before which an answer or a payment is asked."""
    entete: Entete
    """Who writes."""
    destinataire: Destinataire
    """To whom."""
    lignes: tuple[LigneCourrier, ...] = attrs.field(converter=as_tuple, repr=lambda lines: f"<{len(lines)} lines>")
    """The claims, one at least."""
    principal_cents: int
    """What is still owed of the claims."""
    interets_cents: int = 0
    """Interest at the legal rate."""
    taux_interet: str = ""
    """The mention that interest needs: since when, at which rates, by which texts; empty when none is claimed."""
    indemnite_cents: int = 0
    """Fixed indemnity between professionals; never for a patient."""
    mise_en_demeure: bool = False
    """Whether the step is a formal summons."""
    precedents: tuple[tuple[dt.date, str], ...] = attrs.field(default=(), converter=as_tuple)
    """Earlier contacts about the same claims: day and channel, in French, the oldest first."""

    def __attrs_post_init__(self) -> None:
        if not self.lignes:
            raise LetterError("a letter needs a claim")
        if sum(line.reste_cents for line in self.lignes) != self.principal_cents:
            raise LetterError("principal_cents: not the sum of what is owed of its claims")
        if self.type is TypeDebiteur.PATIENT and self.indemnite_cents:
            raise LetterError("indemnite_cents: never claimed from a patient (code de la consommation L121-21)")
        if self.interets_cents and not self.taux_interet:
            raise LetterError("interets_cents: claimed without the rate that makes it")

    @property
    def total_cents(self) -> int:
        """What the letter asks for."""
        return self.principal_cents + self.interets_cents + self.indemnite_cents

    @property
    def reference(self) -> str:
        """What whoever pays or answers copies: short, made of the id."""
        return reference_of(self.relance)

    @property
    def organismes(self) -> tuple[str, ...]:
        """Numbers of the insurers that owe its claims, each once, sorted."""
        return tuple(sorted({line.organisme for line in self.lignes} - {""}))


def reference_of(relance: str) -> str:
    """Return the reference of a contact as letters print it: ten characters of its id, by four.

    >>> reference_of("6b012d84a3f95c10")
    '6b01-2d84-a3'
    """
    kept = relance.replace("-", "")[:_SIGNES]
    return "-".join(kept[at : at + 4] for at in range(0, len(kept), 4))
