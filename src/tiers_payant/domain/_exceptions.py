"""What is worth a person's time, ranked by euros at risk: one line for each subject, computed from a result alone."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np

from tiers_payant.domain import _table as kind
from tiers_payant.domain._codes import Sujet
from tiers_payant.domain._motifs import MotifException, motifs_exceptions
from tiers_payant.domain._table import Codes, Entiers, Table, Textes

__all__ = ["Constat", "Exceptions"]


@attrs.frozen(kw_only=True)
class Constat:
    """One exception, as an object; `Rapprochement.explain` takes it."""

    code: str
    """Stable; in `exceptions.toml`."""
    sujet: Sujet
    rang: int
    """Row in the table of its subject: `creances`, `reponses`, `groupes` or `virements`."""
    cents: int
    """At risk, never negative; what it is of depends on the code."""
    nombre: int
    """Rivals, returns or days, as the code says; 0 when it counts nothing."""
    jours: int
    """Calendar days beyond the deadline of payment; 0 when not late, or when no day was given."""

    @property
    def motif(self) -> MotifException:
        """Its words: meaning, amount, what to do."""
        return motifs_exceptions()[self.code]

    @property
    def phrase(self) -> str:
        """What is wrong, in one French sentence."""
        return self.motif.phrase_de(self.nombre)


@attrs.frozen(eq=False, repr=False)
class Exceptions(Table):
    """What is worth a person's time, the most euros first; no subject stands twice.

    The euros of one side do not add up with those of the other: créances and groups wait for money that credits and
    answers may be.
    """

    code: Textes = kind.texte("stable code, in `exceptions.toml`")
    sujet: Codes = kind.code("`Sujet`: what `rang` is a row of")
    rang: Entiers = kind.entier("row in `creances`, `reponses`, `groupes` or `virements`")
    cents: Entiers = kind.entier("at risk, never negative; `exceptions.toml` says of each code what they are")
    nombre: Entiers = kind.entier("rivals, returns or days, as the code says; 0 when it counts nothing")
    jours: Entiers = kind.entier("calendar days beyond the deadline of payment; 0 when not late or no day was given")

    def __getitem__(self, row: int) -> Constat:
        """Return one exception as an object."""
        values = self.row(row)
        return Constat(**{**values, "sujet": Sujet(values["sujet"])})

    def __iter__(self) -> Iterator[Constat]:
        return (self[row] for row in range(len(self)))

    def pressing(self) -> Exceptions:
        """Leave out what time alone may settle: answers awaited, payments put off."""
        waiting = [code.encode() for code, motif in motifs_exceptions().items() if motif.attend]
        return self.take(np.flatnonzero(~np.isin(self.code, waiting)))
