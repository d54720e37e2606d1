"""What an insurer's return says: the transfers it announces, its answer for each share, its rejects, its movements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import attrs

from tiers_payant.domain._champs import as_tuple, numero_officine, read_nir, sensible, shown_shape
from tiers_payant.domain._codes import NatureMouvement, Part, Reponse

__all__ = ["MotifRejet", "Mouvement", "ReponseFacture", "Retour", "VirementAnnonce"]


@attrs.frozen(kw_only=True, slots=False)  # as `Facture`: built faster
class ReponseFacture:
    """What a return says of one share of one facture: paid, rejected, deferred..."""

    officine: str = attrs.field(converter=numero_officine)
    lot_date: dt.date | None
    lot: str
    facture: str
    reponse: Reponse
    part: Part = Part.NON_PRECISEE
    """`NON_PRECISEE` when the return names none."""
    annonce_cents: int = 0
    """Amount announced, signed: an announcement is not money."""
    demande_cents: int = 0
    """Amount asked, as the insurer read it; 0 when it does not say."""
    amc: str = ""
    """Complementary insurer's number, as written."""
    nir: str = attrs.field(default="", converter=read_nir, repr=shown_shape)
    naissance: str = sensible("")
    """Birth date, 6 digits as written."""


@attrs.frozen(kw_only=True)
class MotifRejet:
    """Why a facture, or one of its lines, is refused."""

    officine: str = attrs.field(converter=numero_officine)
    lot_date: dt.date | None
    lot: str
    facture: str
    code: str
    """Opaque text."""
    libelle: str = sensible("")
    part: str = ""
    """C: AMC only; O: AMO, plus AMC when billed to the same debtor; empty: not said."""
    portee: str = ""
    """F the facture, L an act line, A a refined code; empty: not said."""
    acte: str = sensible("")
    date_soins: dt.date | None = None


@attrs.frozen(kw_only=True)
class Mouvement:
    """What a return pays or withholds that is no facture."""

    officine: str = attrs.field(converter=numero_officine)
    nature: NatureMouvement
    montant_cents: int = 0
    """Signed: negative lowers the transfer; 0 for a debt told without being withheld."""
    solde_cents: int = 0
    """Debt that remains."""
    reference: str = ""
    dette: str = ""
    operation: str = ""
    date: dt.date | None = None
    libelle: str = sensible("")


@attrs.frozen(kw_only=True)
class VirementAnnonce:
    """A transfer that a return announces: what one bank credit should settle."""

    officine: str = attrs.field(converter=numero_officine)
    date: dt.date | None = None
    """Accounting day or issue date."""
    libelle_1: str = ""
    libelle_2: str = ""
    """The two lines of the label that the bank should print."""
    organisme: str = ""
    """Organism that pays, as the return numbers it."""
    part: Part = Part.NON_PRECISEE
    """AMO or AMC when the shares are paid apart."""
    reponses: tuple[ReponseFacture, ...] = attrs.field(default=(), converter=as_tuple)
    mouvements: tuple[Mouvement, ...] = attrs.field(default=(), converter=as_tuple)

    @property
    def net_cents(self) -> int:
        """What the bank should credit: announced lines and signed movements."""
        announced = sum(reponse.annonce_cents for reponse in self.reponses)
        return announced + sum(mouvement.montant_cents for mouvement in self.mouvements)


@attrs.frozen(kw_only=True)
class Retour:
    """One return received."""

    date: dt.date | None = None
    """Creation date."""
    reference: str = ""
    """Exchange reference: 576, 578R, 908..."""
    emetteur_type: str = ""
    """Kind of sender: CP, CT, MA, OC..."""
    emetteur: str = ""
    destinataire_type: str = ""
    destinataire: str = ""
    fichier: str = ""
    """File identifier given by the sender."""
    total_cents: int = attrs.field(default=None)
    """Total that the return states; left out, that of the transfers."""
    empreinte: str = ""
    """Fingerprint of the content, hexadecimal, when it was read from a file."""
    virements: tuple[VirementAnnonce, ...] = attrs.field(default=(), converter=as_tuple)
    reponses: tuple[ReponseFacture, ...] = attrs.field(default=(), converter=as_tuple)
    """Answers that belong to no announced transfer, such as rejects."""
    rejets: tuple[MotifRejet, ...] = attrs.field(default=(), converter=as_tuple)
    mouvements: tuple[Mouvement, ...] = attrs.field(default=(), converter=as_tuple)
    """Movements that belong to no announced transfer."""

    def __attrs_post_init__(self) -> None:
        given: Any = self
        if given.total_cents is None:
            object.__setattr__(self, "total_cents", sum(virement.net_cents for virement in self.virements))

    def each_reponse(self) -> Iterator[ReponseFacture]:
        """Yield every answer, those of the announced transfers first."""
        for virement in self.virements:
            yield from virement.reponses
        yield from self.reponses
