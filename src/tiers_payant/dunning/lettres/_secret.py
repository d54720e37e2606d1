"""What must never become a letter to a person: confidential care, and numbers that may stand for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import numpy as np

from tiers_payant.domain import MotifNirFictif, Nir, Part, Rapprochement, Suspension, TypeDebiteur, TypeSuspension
from tiers_payant.dunning._cibles import Visee, claims_of
from tiers_payant.errors import IdentifierError, LetterError

__all__ = ["Secret"]

_NEVER = (TypeSuspension.CONFIDENTIEL, TypeSuspension.DECES)


class Secret:
    """The last guard before a letter: it holds whatever the plan says."""

    def __init__(
        self,
        result: Rapprochement,
        suspensions: Sequence[Suspension],
        motifs: Iterable[MotifNirFictif] | None,
        today: dt.date,
    ) -> None:
        self._result = result
        self._motifs = None if motifs is None else tuple(motifs)
        held = [Visee(cible=one.cible) for one in suspensions if one.type in _NEVER and one.holds_on(today)]
        _, rows = claims_of(result, held)
        self._held = frozenset(rows.tolist())

    def check(self, relance: str, genre: TypeDebiteur, rows: Iterable[int]) -> None:
        """Refuse a letter about shares of persons that nobody may be written to about.

        Raises:
            LetterError: Care is confidential, the person is dead, or a number is fictive or none of a person.
        """
        creances, factures = self._result.creances, self._result.tables.factures
        for row in rows:
            if creances.part[row] != Part.ASSURE:
                continue
            if row in self._held:
                raise LetterError(f"{relance}: confidential care, or a death: no letter is written")
            rank = int(creances.facture_rang[row])
            if rank >= 0:
                # As the plan judges: a key alone says nothing of a professional's share, and never names a patient.
                alone = not factures.nir[rank] and genre is not TypeDebiteur.PATIENT
                own = b"" if alone else factures.nir[rank] + factures.nir_cle[rank]
                told = (own, factures.nir_beneficiaire[rank])
                self._check_numbers(relance, told)

    def _check_numbers(self, relance: str, numbers: Iterable[np.bytes_ | bytes]) -> None:
        for number in numbers:
            if not number:
                continue
            try:
                nir = Nir.parse(number.decode("latin-1"))
            except IdentifierError:
                raise LetterError(f"{relance}: an insured's number is none of a person: no letter") from None
            if nir.is_fictif(self._motifs):
                raise LetterError(f"{relance}: a fictive number stands for confidential care: no letter")
