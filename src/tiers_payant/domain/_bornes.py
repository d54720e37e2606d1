"""What bank lines may say of what they pay: the least and the greatest value, where several may be the one."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["AUCUNE_BORNE", "Bornes", "bornes_of_groups", "bornes_of_payments"]

Rows = npt.NDArray[np.int64]

AUCUNE_BORNE = 1 << 40
"""Of what nothing is said, the least value is this one, and the greatest its opposite: no value reaches it."""


@attrs.frozen(eq=False)
class Bornes:
    """The least and the greatest of some values, for each of some things."""

    least: Rows
    greatest: Rows

    @classmethod
    def of(cls, values: Rows, known: npt.NDArray[np.bool_]) -> Bornes:
        """Return the bounds of single values, some of them not known."""
        return cls(np.where(known, values, AUCUNE_BORNE), np.where(known, values, -AUCUNE_BORNE))

    def take(self, rows: npt.NDArray[np.integer]) -> Bornes:
        """Return those of some things, in that order."""
        return Bornes(self.least[rows], self.greatest[rows])

    def then(self, other: Bornes) -> Bornes:
        """Put *other* after these."""
        return Bornes(np.append(self.least, other.least), np.append(self.greatest, other.greatest))

    def by(self, rows: npt.NDArray[np.integer], length: int) -> Bornes:
        """Return the bounds of what each of *length* things, to which *rows* point, holds."""
        least, greatest = np.full(length, AUCUNE_BORNE, dtype=np.int64), np.full(length, -AUCUNE_BORNE, dtype=np.int64)
        np.minimum.at(least, rows, self.least)
        np.maximum.at(greatest, rows, self.greatest)
        return Bornes(least, greatest)

    def of_classes(self, classe: Rows) -> Bornes:
        """Give every member of a class the bounds of all: no pair inside is stated."""
        alone = classe == 0
        if alone.all():
            return self
        _, ranks = np.unique(classe, return_inverse=True)
        every = self.by(ranks, int(ranks.max()) + 1).take(ranks)
        return Bornes(np.where(alone, self.least, every.least), np.where(alone, self.greatest, every.greatest))


def bornes_of_groups(result: Rapprochement, lines: Bornes) -> Bornes:
    """Return the bounds of the lines that may pay each announced transfer; one entry more, for what has none.

    Args:
        result: A reconciliation.
        lines: One entry for each row of `tables.virements`.
    """
    links = result.liens_virements
    return lines.take(links.virement).of_classes(links.classe).by(links.groupe, len(result.tables.groupes) + 1)


def bornes_of_payments(result: Rapprochement, lines: Bornes) -> tuple[Rows, Rows, Bornes]:
    """Return, for each payment of a créance, the créance, the cents, and the bounds of the lines that may be it.

    Through the transfers that bank lines pay, and without any return.
    """
    links, direct = result.liens_reponses, result.liens_directs
    paid = links.take(result.reponses_versees[links.reponse])
    answered = bornes_of_groups(result, lines).take(result.tables.reponses.groupe[paid.reponse]).of_classes(paid.classe)
    alone = lines.take(direct.virement).of_classes(direct.classe)
    creance = np.append(paid.creance, direct.creance).astype(np.int64)
    return creance, np.append(paid.cents, direct.cents), answered.then(alone)
