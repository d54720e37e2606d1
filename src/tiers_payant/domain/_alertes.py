"""Checks before sending: what a plugin brings, and what a check finds in a lot that has not left yet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from enum import IntEnum

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import _table as kind
from tiers_payant.domain._calendrier import Calendrier
from tiers_payant.domain._donnees import Confiance
from tiers_payant.domain._familles import Famille
from tiers_payant.domain._table import Codes, Entiers, Jours, Renvois, Table, Textes
from tiers_payant.domain.tables import Tables
from tiers_payant.errors import CheckError

__all__ = ["Alertes", "CheckSpec", "Examen", "Prevention", "Severite"]

Rows = npt.NDArray[np.int64]

_NOM = re.compile(r"[a-z][a-z0-9_]*")


class Severite(IntEnum):
    """How surely what a check finds comes back refused."""

    INFORMATION = 0
    """Worth a look."""
    AVERTISSEMENT = 1
    """It often comes back."""
    BLOQUANT = 2
    """It will come back: do not send."""


@attrs.frozen(kw_only=True, eq=False)
class Examen:
    """What a check may look at: the lots to be sent, and what was sent before."""

    tables: Tables
    """The lots examined. Answers in them, or in `deja`, say what was refused, and may be billed again."""
    deja: Tables = attrs.field(factory=Tables)
    """What was already sent, for duplicates; empty when nothing is known of it."""
    today: dt.date
    calendrier: Calendrier = attrs.field(factory=Calendrier)
    historique: bool = False
    """Whether the lots left long ago, each on its own date: it is judged as of then, and not as of *today*."""

    @property
    def envoi(self) -> Jours:
        """The day that each facture is sent: that of its lot for a history where it is known, else *today*."""
        sent = np.full(len(self.tables.factures), self.today, dtype="datetime64[D]")
        lot = self.tables.factures.lot_date
        return np.where(np.isnat(lot), sent, lot) if self.historique else sent


@attrs.frozen(kw_only=True)
class CheckSpec:
    """One check before sending: a pure question put to all the factures at once.

    Raises:
        CheckError: The name is none, or a field is not of its type.
    """

    name: str
    """Short and unique, lower case without accents: `nir_cle`, `doublon_contenu`."""
    phrase: str
    """What is wrong and what to do, one French sentence, without any value of the facture."""
    severite: Severite
    famille: Famille
    """The family of rejects that it prevents."""
    champ: str
    """The column of `factures`, or of `lignes`, to be corrected."""
    examine: Callable[[Examen], Rows]
    """Return the rows of `tables.factures` that are at fault, each once, in any order; integers."""
    actif: bool = True
    """Whether it is asked when nobody names it."""
    source: str = ""
    """Why what it finds is refused."""
    confiance: Confiance = Confiance.BASSE
    """How well that is known."""
    reserve: str = ""
    """What to know before relying on it, in French: why it is not asked unless it is named, what it cannot see."""
    provider: str = "tiers-payant"
    version: str = attrs.field(default="", eq=False)
    requires_api: str = ""

    def __attrs_post_init__(self) -> None:
        for field, wanted in _TYPES.items():
            if not isinstance(getattr(self, field), wanted):
                found = type(getattr(self, field)).__name__
                raise CheckError(f"check {self.name}: {field}: expected {wanted.__name__}, got {found}")
        if not callable(self.examine):
            raise CheckError(f"check {self.name}: examine: expected a function, got {type(self.examine).__name__}")
        if _NOM.fullmatch(self.name) is None:
            raise CheckError(f"check of {self.provider}: name: expected lower case letters, digits and _")


_TYPES = {
    "name": str, "phrase": str, "severite": Severite, "famille": Famille, "champ": str, "actif": bool, "source": str,
    "confiance": Confiance, "reserve": str, "provider": str, "version": str, "requires_api": str,
}  # fmt: skip


@attrs.frozen(eq=False, repr=False)
class Alertes(Table):
    """What the checks found, sorted by facture, the most severe first, then by name of check."""

    facture: Renvois = kind.renvoi("factures")
    controle: Textes = kind.texte("name of the check")
    severite: Codes = kind.code("`Severite`")
    famille: Codes = kind.code("`Famille` of the reject that it prevents")


@attrs.frozen(eq=False, repr=False)
class Prevention(Table):
    """What checks would have stopped on a history, sorted by name of check, then by family.

    One row for each check and each family of rejects: its own, and those of which it would have stopped a facture.
    """

    controle: Textes = kind.texte("name of the check")
    famille: Codes = kind.code("`Famille` of the rejects counted")
    rejets: Entiers = kind.entier("factures refused for that family")
    arretes: Entiers = kind.entier("of them, those that the check flags")
    alertes_payees: Entiers = kind.entier("factures that the check flags, paid in full and never refused: false alarms")
