"""Orphan answers, by what they are about: one row for each key, person and kind of payer that they name."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Part, Reponses, Tables, row_codes
from tiers_payant.matching._appariement import ABSENT
from tiers_payant.matching._candidats import Edges, spread
from tiers_payant.matching._etats import NEVER, answer_days
from tiers_payant.matching._reponses import Answers, sender_shares

__all__ = ["Demandes", "gathered"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class Demandes:
    """The orphan answers by what they are about: one row for each key, person and kind of payer that they name."""

    reponses: Rows
    """Rows of the orphan answers, in the order of `demande`."""
    demande: Rows
    """For each of them, the row here."""
    debuts: Rows
    """For each row here, where its answers start, and where the last ones end."""
    autres_personnes: Mask
    """For each row here, whether its key is of somebody else's facture."""
    colonnes: dict[str, Rows]
    dit: Rows
    """For each row here, a number for what its answer says, amount and verdict; -1 when there are several answers."""

    @property
    def premieres(self) -> Rows:
        """The first answer of each row here."""
        return self.reponses[self.debuts[:-1]]

    def answers_of(self, ends: Edges) -> tuple[Rows, Rows]:
        """Return, for each pair of a créance and a row here, the créance and each answer of that row."""
        counts = np.diff(self.debuts)[ends.right]
        return np.repeat(ends.left, counts), self.reponses[spread(self.debuts[ends.right], counts)]


def gathered(tables: Tables, answers: Answers) -> Demandes:
    """Gather the orphan answers that have one key, one person, one kind of payer and one share.

    A key that is of somebody else's facture is not compared any more; and two people may be left with one key, when a
    return lost the numbers of both their factures.
    """
    rows = np.flatnonzero(answers.orphelines)
    reponses = tables.reponses.take(rows)
    payer = sender_shares(tables, reponses)
    key = (reponses.officine, reponses.lot_date, reponses.lot, reponses.facture)
    (codes,) = row_codes([(*key, reponses.nir, reponses.naissance, payer, reponses.part)])
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    bounds = np.append(starts, len(rows))
    alone = np.diff(bounds) == 1
    first = reponses.take(order[starts])
    (said,) = row_codes([(first.annonce_cents, first.reponse)])
    told, when = first.lot_date.astype(np.int64), answer_days(tables)[rows[order[starts]]]
    return Demandes(
        reponses=rows[order],
        demande=codes[order],
        debuts=bounds,
        autres_personnes=answers.autres_personnes[rows[order[starts]]],
        colonnes={
            "payeur": np.where(payer[order[starts]] == Part.NON_PRECISEE, ABSENT, payer[order[starts]]),
            "cents": _asked_cents(reponses.take(order), bounds),
            "lot_date": np.where(np.isnat(first.lot_date), ABSENT, told),
            "reponse_date": np.where(when == NEVER, ABSENT, when),
            "seule_date": np.where(np.isnat(first.lot_date) & (when != NEVER), when, ABSENT),
        },
        dit=np.where(alone, said, -1),
    )


def _asked_cents(reponses: Reponses, bounds: Rows) -> Rows:
    """Return what each row of answers was asked: what all of them repeat, else what its only answer announces."""
    least = np.minimum.reduceat(reponses.demande_cents, bounds[:-1])
    most = np.maximum.reduceat(reponses.demande_cents, bounds[:-1])
    announced = reponses.annonce_cents[bounds[:-1]]
    only = (np.diff(bounds) == 1) & (announced > 0) & (most == 0)
    return np.where((least == most) & (most > 0), most, np.where(only, announced, ABSENT))
