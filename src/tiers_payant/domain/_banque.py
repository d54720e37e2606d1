"""The money that moved: bank statements and their lines, and what patients owe and pay over the counter."""

from __future__ import annotations

import datetime as dt

import attrs

from tiers_payant.domain._champs import as_tuple, numero_officine, sensible
from tiers_payant.domain._codes import Statut
from tiers_payant.domain._comptes import canonical_compte

__all__ = ["CompteClient", "Encaissement", "Releve", "Virement"]


@attrs.frozen(kw_only=True)
class Virement:
    """One bank line, credit or debit."""

    date: dt.date | None
    """Booking date."""
    montant_cents: int
    """Signed: credits positive; hundredths of the currency."""
    libelle: str = sensible("")
    """As the bank prints it; it may name a patient."""
    emetteur: str = sensible("")
    """Name of the payer, when the bank gives it."""
    textes: str = sensible("")
    """Every other text of the line, one per line of text, each after its tag and a colon."""
    date_valeur: dt.date | None = None
    devise: str = "EUR"
    statut: Statut = Statut.COMPTABILISE
    """Only what is booked is money."""
    code_operation: str = ""
    """Interbank operation code."""
    extourne: bool = False
    """Whether the bank marks it as a reversal; the sign is already in the amount."""


@attrs.frozen(kw_only=True)
class Releve:
    """A statement of one account: its lines in the bank's order, and its balances when they are told."""

    compte: str = attrs.field(converter=canonical_compte)
    """As every format can say it: of a French IBAN, bank, branch and account."""
    compte_affiche: str = ""
    """As the bank writes it."""
    identifiant: str = ""
    devise: str = "EUR"
    avis: bool = False
    """An advice, which a statement of the same day outranks."""
    du: dt.date | None = None
    au: dt.date | None = None
    initial_cents: int | None = None
    final_cents: int | None = None
    lignes: tuple[Virement, ...] = attrs.field(default=(), converter=as_tuple)

    @property
    def ecart_cents(self) -> int | None:
        """Closing balance less opening balance and booked lines: 0 when it balances, None when one is not told."""
        if self.initial_cents is None or self.final_cents is None:
            return None
        booked = sum(line.montant_cents for line in self.lignes if line.statut == Statut.COMPTABILISE)
        return self.final_cents - self.initial_cents - booked


@attrs.frozen(kw_only=True)
class CompteClient:
    """A patient share that the officine says is owed; without one, a share is presumed paid over the counter."""

    officine: str = attrs.field(converter=numero_officine)
    lot_date: dt.date
    lot: str
    facture: str
    du_cents: int
    client: str = sensible("")
    """The officine's own reference of the debtor."""


@attrs.frozen(kw_only=True)
class Encaissement:
    """A patient's receipt over the counter."""

    officine: str = attrs.field(converter=numero_officine)
    lot_date: dt.date
    lot: str
    facture: str
    date: dt.date
    montant_cents: int
    """Signed."""
