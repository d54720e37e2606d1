"""A créance as an object: what one debtor owes for one facture, and where it stands."""

from __future__ import annotations

import datetime as dt

import attrs

from tiers_payant.domain._codes import Etat, Part
from tiers_payant.domain._motifs import motif_texte

__all__ = ["Creance"]


@attrs.frozen(kw_only=True)
class Creance:
    """One billed share of one facture, with its three amounts, never mixed. Cents."""

    officine: str
    lot_date: dt.date | None
    lot: str
    facture: str
    part: Part
    debiteur: str
    """Who owes: the managing fund, the complementary insurer or the patient."""
    du_cents: int
    """Billed."""
    annonce_cents: int
    """Announced by returns: not money."""
    credite_cents: int
    """Shown by the bank."""
    etat: Etat
    motif: str

    @property
    def cle(self) -> tuple[str, dt.date | None, str, str, Part]:
        """What it is known by: officine, lot date, lot, facture and share."""
        return self.officine, self.lot_date, self.lot, self.facture, self.part

    @property
    def reste_cents(self) -> int:
        """What is still owed; 0 when the share was billed again elsewhere."""
        return 0 if self.etat is Etat.RETRANSMISE else max(0, self.du_cents - self.credite_cents)

    @property
    def motif_texte(self) -> str:
        """Why it stands there, in French."""
        return motif_texte(self.motif)
