"""Checks before sending: what a plugin brings, and what a check finds in a lot that has not left yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import IntEnum

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import _table as kind
from tiers_payant.domain._calendrier import Calendrier
from tiers_payant.domain._familles import Famille
from tiers_payant.domain._table import Codes, Renvois, Table, Textes
from tiers_payant.domain.tables import Tables

__all__ = ["Alertes", "CheckSpec", "Examen", "Severite"]

Rows = npt.NDArray[np.int64]


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
    """The lots examined."""
    deja: Tables
    """What was already sent, for duplicates; empty when nothing is known of it."""
    today: dt.date
    calendrier: Calendrier


@attrs.frozen(kw_only=True)
class CheckSpec:
    """One check before sending: a pure question put to all the factures at once."""

    nom: str
    """Short and unique: `nir_cle`, `doublon`."""
    phrase: str
    """What is wrong and what to do, one French sentence, without any value of the facture."""
    severite: Severite
    famille: Famille
    """The family of rejects that it prevents."""
    champ: str
    """The column of `factures`, or of `lignes`, to be corrected."""
    examine: Callable[[Examen], Rows]
    """Return the rows of `tables.factures` that are at fault, each once; int64."""
    actif: bool = True
    """Whether it is asked when nobody names it."""
    source: str = ""
    """Why what it finds is refused."""
    provider: str = "tiers-payant"


@attrs.frozen(eq=False, repr=False)
class Alertes(Table):
    """What the checks found, sorted by facture, the most severe first, then by name of check."""

    facture: Renvois = kind.renvoi("factures")
    controle: Textes = kind.texte("name of the check")
    severite: Codes = kind.code("`Severite`")
    famille: Codes = kind.code("`Famille` of the reject that it prevents")
