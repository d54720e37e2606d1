"""What an officine bills: factures, their shares and lines, the lots they leave in, and the acknowledgement of a lot.

Types are frozen and hold tuples; a value that follows from others is filled in or is a property. Identifiers are
parsed when an object is built; other fields are checked when objects become columns (`tables_from_objects`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from tiers_payant.domain._champs import as_tuple, comptes, numero_officine, read_nir, sensible, shown_shape
from tiers_payant.domain._codes import Part
from tiers_payant.domain._identifiants import Nir
from tiers_payant.domain._organismes import NatureOrganisme, Organisme
from tiers_payant.errors import ColumnError, IdentifierError

__all__ = [
    "CONTRATS_PAYES_PAR_AMO",
    "CONTRAT_C2S",
    "PARTS_OF_PAIEMENT",
    "Arl",
    "Assure",
    "Beneficiaire",
    "Facture",
    "LigneFacture",
    "Lot",
    "Officine",
    "PartFacturee",
    "debtor_of_amc",
]

CONTRAT_C2S = "89"
"""Contract type of a C2S beneficiary (B2 type 2, 117-118): the AMO owes both shares (CSS D861-4)."""

CONTRATS_PAYES_PAR_AMO = ("85", CONTRAT_C2S)
"""Complementary contracts that the AMO runs and pays itself: C2S, and the one that followed CMU-C when run by it."""

PARTS_OF_PAIEMENT = {
    "00": frozenset[Part](),
    "05": frozenset({Part.AMO}),
    "15": frozenset({Part.AMO, Part.AMC}),
    "25": frozenset({Part.AMC}),
}
"""Which shares each PAYEE code bills (B2 type 2, 115-116). Of any other code it is not known: it bills none."""

_PAIEMENT_OF_PARTS = {parts: code for code, parts in PARTS_OF_PAIEMENT.items()}


@attrs.frozen(kw_only=True)
class Officine:
    """A pharmacy, and the bank accounts it is paid on."""

    numero: str = attrs.field(converter=numero_officine)
    """Provider number, 9 characters; a text or a `NumeroPS`."""
    nom: str = ""
    comptes: tuple[str, ...] = attrs.field(default=(), converter=comptes)
    """Accounts as every format can say them: of a French IBAN, bank, branch and account."""


@attrs.frozen(kw_only=True)
class Assure:
    """The insured person."""

    nir: str = attrs.field(converter=read_nir, repr=shown_shape)
    """13 characters; given as a text, or as a `Nir`."""
    cle: str = sensible("")
    """Key of the NIR as billed, 2 digits; empty when it is not told."""

    @property
    def numero(self) -> Nir | None:
        """The NIR parsed; None when what a file says is none."""
        try:
            return Nir.parse(self.nir + self.cle)
        except IdentifierError:
            return None


@attrs.frozen(kw_only=True)
class Beneficiaire:
    """The person treated, through the insured person who covers them."""

    assure: Assure
    nir: str = attrs.field(default="", converter=read_nir, repr=shown_shape)
    """Individual NIR, when it is not the insured's."""
    naissance: str = sensible("")
    """Birth date, 6 digits as written: sources do not say their order."""
    rang: str = sensible("")
    """Birth rank."""


@attrs.frozen(kw_only=True)
class PartFacturee:
    """One share of a facture, and who owes it."""

    part: Part
    """`Part.AMO` or `Part.AMC`."""
    montant_cents: int
    debiteur: Organisme | None = None
    """None when it is not told. Under C2S the AMO owes the AMC share: the debtor changes, the share does not."""


@attrs.frozen(kw_only=True)
class LigneFacture:
    """One act line."""

    montant_amo_cents: int = 0
    montant_amc_cents: int = 0
    depense_cents: int = 0
    """Amount charged."""
    base_cents: int = 0
    """Base of reimbursement."""
    prix_unitaire_cents: int = 0
    quantite: int = 1
    coefficient: int = 100
    """In hundredths."""
    taux: int = 0
    """Percent."""
    acte: str = sensible("")
    date_soins: dt.date | None = None


@attrs.frozen(kw_only=True, slots=False)  # a day's work is made of these: without slots they are built faster
class Facture:
    """One dispensing as billed: shares, their debtors, and the code that says which shares are billed.

    Only *numero* and *parts* must be given. What is left out follows from the shares and the lines: every share is
    billed, the insurers are the debtors, contract 89 when an AMO owes the AMC share, the total is the sum of the
    shares, the patient share all that the AMO does not take, the care date the earliest of the lines.

    >>> caisse = Organisme.amo("01", "999", "0000")
    >>> facture = Facture(numero="000000001", parts=[PartFacturee(part=Part.AMO, montant_cents=1300, debiteur=caisse)])
    >>> facture.paiement, facture.total_cents
    ('05', 1300)

    Raises:
        ColumnError: An amount that is no number, a share that is neither AMO nor AMC or comes twice, or a debtor that
            the columns of a facture cannot tell: an AMC for the AMO share, an AMO for the AMC share beside an *amc*
            without contract 89.
    """

    numero: str
    """Text: leading zeros count."""
    parts: tuple[PartFacturee, ...] = attrs.field(converter=as_tuple)
    """The shares computed; those that `paiement` does not bill are told, not asked."""
    date: dt.date | None = None
    """Invoicing date."""
    date_soins: dt.date | None = None
    beneficiaire: Beneficiaire | None = None
    amo: Organisme | None = None
    """The managing fund, even when its share is not billed."""
    amc: Organisme | None = None
    contrat: str = attrs.field(default=None)
    """Type of complementary contract: 85, 87, 88, 89, 99 or empty."""
    paiement: str = attrs.field(default=None)
    """PAYEE code: 00 no share is billed, 05 AMO, 15 both, 25 AMC; another code bills none that is known."""
    nature_assurance: str = ""
    """10 sickness, 13 Alsace-Moselle, 30 maternity, 41 work accident, 90 prevention; empty when not told."""
    exoneration: str = sensible("")
    """Exemption of the co-payment."""
    prescripteur: str = ""
    date_prescription: dt.date | None = None
    total_cents: int = attrs.field(default=None)
    """Amount charged."""
    part_assure_cents: int = attrs.field(default=None)
    """Patient share before the complementary insurer."""
    lignes: tuple[LigneFacture, ...] = attrs.field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        # One pass over the shares: as defaults of seven fields, the same took twice the time of all the rest.
        fields: dict[str, Any] = self.__dict__
        amo, amc = _told(fields["parts"])
        debtor = amc.debiteur if amc else None
        by_amo = debtor is not None and debtor.nature is _AMO_NATURE
        if fields["amo"] is None:
            fields["amo"] = amo.debiteur if amo else debtor if by_amo else None
        if fields["amc"] is None and not by_amo:
            fields["amc"] = debtor
        if fields["contrat"] is None:
            fields["contrat"] = CONTRAT_C2S if by_amo else ""
        if fields["paiement"] is None:
            fields["paiement"] = _PAIEMENT_OF_TOLD[amo is not None, amc is not None]
        if fields["lignes"] and fields["date_soins"] is None:
            fields["date_soins"] = min((line.date_soins for line in self.lignes if line.date_soins), default=None)
        try:
            if fields["total_cents"] is None:
                fields["total_cents"] = (amo.montant_cents if amo else 0) + (amc.montant_cents if amc else 0)
            if fields["part_assure_cents"] is None:
                fields["part_assure_cents"] = fields["total_cents"] - (amo.montant_cents if amo else 0)
        except TypeError as error:
            raise ColumnError("expected amounts in whole cents") from error
        _check_debtors(fields["amo"], fields["amc"], fields["contrat"], amo, amc)

    @property
    def parts_facturees(self) -> tuple[PartFacturee, ...]:
        """The shares that the PAYEE code bills."""
        billed = PARTS_OF_PAIEMENT.get(self.paiement, frozenset())
        return tuple(part for part in self.parts if part.part in billed)

    def montant_cents(self, part: Part) -> int:
        """Return the amount of a share, billed or not; 0 when the facture tells none."""
        return sum(told.montant_cents for told in self.parts if told.part == part)


def _check_debtors(
    fund: Organisme | None, insurer: Organisme | None, contrat: str, amo: PartFacturee | None, amc: PartFacturee | None
) -> None:
    """Check that the shares are owed by the insurers that a facture names."""
    if (fund and fund.nature is not _AMO_NATURE) or (insurer and insurer.nature is not _AMC_NATURE):
        raise ColumnError("expected an AMO as the managing fund, and an AMC as the complementary insurer")
    owed_by_amo = amo is None or amo.debiteur is fund or amo.debiteur == fund
    if not owed_by_amo or (amc and amc.debiteur != debtor_of_amc(fund, insurer, contrat)):
        raise ColumnError("a share is not owed by the insurer that the facture names for it")


def debtor_of_amc(amo: Organisme | None, amc: Organisme | None, contrat: str) -> Organisme | None:
    """Return who owes the AMC share.

    The AMO under a contract that it pays itself, or when the facture names no complementary insurer: then the AMO is
    the only one that was asked (our reading, no source says so).
    """
    return amo if contrat in CONTRATS_PAYES_PAR_AMO or amc is None else amc


def _told(parts: tuple[PartFacturee, ...]) -> tuple[PartFacturee | None, PartFacturee | None]:
    """Return the AMO share and the AMC share."""
    amo = amc = None
    for told in parts:
        part = told.part
        if part == _AMO and amo is None:
            amo = told
        elif part == _AMC and amc is None:
            amc = told
        else:
            raise ColumnError("expected at most one AMO share and one AMC share")
    return amo, amc


_AMO, _AMC = Part.AMO, Part.AMC
_AMO_NATURE, _AMC_NATURE = NatureOrganisme.AMO, NatureOrganisme.AMC
_PAIEMENT_OF_TOLD = {(Part.AMO in parts, Part.AMC in parts): code for parts, code in _PAIEMENT_OF_PARTS.items()}


@attrs.frozen(kw_only=True)
class Lot:
    """Factures sent together by one officine."""

    officine: Officine
    date: dt.date
    """Creation date: with the number, which cycles, it makes the key."""
    numero: str
    """Text: up to three characters, which may be letters."""
    destinataire: str = ""
    """Destination organism (B2 type 1): neither the debtor nor who pays."""
    factures: tuple[Facture, ...] = attrs.field(default=(), converter=as_tuple)

    @property
    def total_cents(self) -> int:
        """Everything the lot bills, in cents."""
        return sum(part.montant_cents for facture in self.factures for part in facture.parts_facturees)


@attrs.frozen(kw_only=True)
class Arl:
    """A logical acknowledgement: whether a lot was taken in. An event, since no public source gives its layout."""

    officine: str = attrs.field(converter=numero_officine)
    lot_date: dt.date
    lot: str
    date: dt.date | None = None
    positif: bool
    """False: the lot is refused and must be sent again."""
    libelle: str = ""
    """Reason in clear."""
