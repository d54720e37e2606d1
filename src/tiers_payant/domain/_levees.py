"""What a person verified, so that dunning goes on: a bank line that pays nothing of it, or a reason that is lifted."""

from __future__ import annotations

import datetime as dt

import attrs

from tiers_payant.domain._raisons import Raison
from tiers_payant.domain._suspensions import Cible
from tiers_payant.errors import PolicyError

__all__ = ["LEVABLES", "Levee"]

LEVABLES = (
    Raison.LECTURE_INCOMPLETE,
    Raison.RETOUR_ABSENT,
    Raison.RETOUR_ANCIEN,
    Raison.REPONSE_NON_RATTACHEE,
    Raison.CREDIT_NON_AFFECTE,
    Raison.REQUALIFICATION,
)
"""The reasons that a person who looked may lift: each says that something may be, and looking tells whether it is.

The others are no doubt that looking ends (a death, a forclusion, what the officine must do first), have an act of their
own (a proposal is decided, a statement is given), or would harm a person if the one who looked were wrong: a fictive
number is corrected in the facture, never lifted.
"""


@attrs.frozen(kw_only=True)
class Levee:
    """A person looked, and says on which day, until when and why: it ends by itself, and dunning then doubts again.

    It is about a bank line, which then holds no claim at all; or about a debtor or claims, which that reason then holds
    no more, while the others do. In the second case it knows what there was on its day: money booked later, an answer
    that came later, and of a debtor what was billed later, hold as before.

    Raises:
        PolicyError: It names neither a bank line nor claims, or both; a reason that nobody may lift; nobody, or no
            reason; or it ends before it begins.
    """

    virement: str = ""
    """Name of a bank line, as `explain` and the JSON show it; empty when claims are named."""
    cible: Cible | None = None
    raison: Raison | None = None
    """One of `LEVABLES`, for claims; None for a bank line, which is lifted whatever it holds for."""
    par: str = attrs.field(repr=False)
    """Who looked."""
    le: dt.date
    """Day on which they looked, and the first on which it lifts anything."""
    au: dt.date
    """Last day."""
    pourquoi: str = attrs.field(repr=False)
    """What was seen, in French; never shown in a letter or a log."""

    def __attrs_post_init__(self) -> None:
        if bool(self.virement) == (self.cible is not None):
            raise PolicyError("virement: expected a bank line, or else claims or a debtor")
        if self.virement and self.raison is not None:
            raise PolicyError("raison: expected none for a bank line, which then holds nothing at all")
        if self.cible is not None and self.raison not in LEVABLES:
            raise PolicyError(f"raison: expected one of {', '.join(one.name for one in LEVABLES)}")
        for name in ("par", "pourquoi"):
            if not getattr(self, name).strip():
                raise PolicyError(f"{name}: expected a text")
        if self.au < self.le:
            raise PolicyError("au comes before le")

    def holds_on(self, day: dt.date) -> bool:
        """Say whether it lifts anything on *day*."""
        return self.le <= day <= self.au
