"""Which contract binds the debtor of each créance: narrowest first, on the day of its lot."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Bornes, Contrat, Contrats, Part, Rapprochement, bornes_of_payments, texts_of

__all__ = ["Promesses"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class Promesses:
    """What contracts promise about the créances of one result."""

    result: Rapprochement
    contrats: Contrats

    def bound(self, rows: Rows, champ: str) -> Iterator[tuple[Contrat, Rows]]:
        """Yield the contracts that give *champ*, each with the créances among *rows* that it binds; none stands twice.

        Args:
            rows: Rows of créances.
            champ: `paiement`, `forclusion` or `penalite`.
        """
        names, codes = self.debtors
        promises = [self.contrats.promises(champ, name, self._payers.get(name, "")) for name in names]
        choices = {contrats: rank for rank, contrats in enumerate(dict.fromkeys(promises))}
        choice_of = np.array([choices[contrats] for contrats in promises], dtype=np.int64)
        for contrats, rank in choices.items():
            left = rows[choice_of[codes[rows]] == rank] if contrats else rows[:0]
            for contrat in contrats:
                held = self._holds(contrat, left)
                if held.any():
                    yield contrat, left[held]
                left = left[~held]

    def _holds(self, contrat: Contrat, rows: Rows) -> Mask:
        """A lot of no day is of a contract that is always in force."""
        days = self.result.creances.lot_date[rows]
        held = np.ones(len(rows), dtype=np.bool_)
        if contrat.du is not None:
            held &= days >= np.datetime64(contrat.du)
        if contrat.au is not None:
            held &= days <= np.datetime64(contrat.au)
        return held

    @cached_property
    def by_amo(self) -> Mask:
        """Tell the shares that the AMO owes, complementary ones that it pays included."""
        names, codes = self.debtors
        of_amc = np.array([name.startswith("AMC:") for name in names], dtype=np.bool_)[codes]
        part = self.result.creances.part
        by_amo: Mask = (part == Part.AMO) | ((part == Part.AMC) & ~of_amc)
        return by_amo

    @cached_property
    def debtors(self) -> tuple[tuple[str, ...], Rows]:
        """The names of debtors, each once, and the rank of that of each créance."""
        told = self.result.creances.debiteur.tolist()
        ranks = {name: rank for rank, name in enumerate(dict.fromkeys(told))}
        codes = np.fromiter(map(ranks.__getitem__, told), dtype=np.int64, count=len(told))
        return tuple(name.decode("latin-1") for name in ranks), codes

    @cached_property
    def _payers(self) -> dict[str, str]:
        """For each debtor, the id of the one payer that all bank lines known to pay for it name.

        A line that names nobody known says nothing; a debtor that two payers pay for has none.
        """
        if not any(contrat.payeurs for contrat in self.contrats.contrats if contrat.actif):
            return {}
        names, codes = self.debtors
        ids, lines = _payers_of_lines(self.result)
        creance, _, payers = bornes_of_payments(self.result, lines)
        told = payers.by(codes[creance], len(names))
        alone = np.flatnonzero(told.least == told.greatest)
        return {names[rank]: ids[int(told.least[rank])] for rank in alone.tolist()}


def _payers_of_lines(result: Rapprochement) -> tuple[tuple[str, ...], Bornes]:
    """Return the ids of payers, and the rank of that of each bank line that pays something."""
    tables = result.tables
    lines = np.unique(np.append(result.liens_virements.virement, result.liens_directs.virement))
    ranks: dict[str, int] = {}
    found = np.full(len(tables.virements), -1, dtype=np.int64)
    texts = texts_of(tables.virements.take(lines), result.payeurs)
    found[lines] = [-1 if text.payeur is None else ranks.setdefault(text.payeur.id, len(ranks)) for text in texts]
    return tuple(ranks), Bornes.of(found, found >= 0)
