"""Structural groups: the open créances of one lot, of one day, of one debtor, as sets that a credit may pay whole."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Creances, row_codes
from tiers_payant.errors import PassError
from tiers_payant.matching._candidats import Candidates, equal_in_window, spread
from tiers_payant.matching._debiteurs import Clientele
from tiers_payant.matching._passes_sans_retour import SansRetour
from tiers_payant.matching._sommes import expected_equals

__all__ = ["Ensembles", "ensembles_of"]

Rows = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class Ensembles:
    """Sets of créances of one clientele, by officine; every array but `membres` has one entry for each set."""

    membres: Rows
    """Places of the créances in the clientele, set after set."""
    debut: Rows
    """Where its members begin in `membres`; one entry more, for the end of the last."""
    officine: Rows
    cents: Rows
    """Sum of what its members owe."""
    premier: Rows
    """Earliest day of a lot, from 1970."""
    dernier: Rows
    """Latest day of a lot."""
    passe: Rows
    """Rank of the pass that makes it."""
    empreinte: Rows
    """Equal for sets of the same members, and as good as never for others."""

    def of(self, number: int) -> Rows:
        """Return the members of one set."""
        return self.membres[self.debut[number] : self.debut[number + 1]]

    def accidents(self, officine: int, day: int, target: int, passe: int, memory: int) -> float:
        """Return how many sets of that officine would have that total on that day by accident, up to that pass."""
        span = slice(*np.searchsorted(self.officine, [officine, officine + 1]).tolist())
        near = (self.passe[span] <= passe) & (self.dernier[span] <= day) & (self.premier[span] >= day - memory)
        _, first = np.unique(self.empreinte[span][near], return_index=True)
        return expected_equals(self.cents[span][near][first], target)

    def candidates(self, clientele: Clientele, amounts: Rows, days: Rows, memory: int) -> Candidates:
        """Pair the sets with the bank lines of their total, booked from their last lot on, as long as it is remembered.

        Args:
            clientele: Theirs.
            amounts: Of each of its bank lines, in cents.
            days: Of each of its bank lines, from 1970.
            memory: Calendar days.
        """
        keys = row_codes([(self.officine, self.cents), (clientele.ligne_officine, amounts)])
        found = equal_in_window(keys[0], self.dernier, keys[1], days, before=0, after=memory)
        edges = found.edges.where(self.premier[found.edges.left] >= days[found.edges.right] - memory)
        return Candidates(edges, found.left_crowded, found.right_crowded)


def ensembles_of(clientele: Clientele, creances: Creances, passes: Sequence[SansRetour]) -> Ensembles:
    """Make the sets of every pass: by debtor, by kind of insurer, and all together.

    Args:
        clientele: Whose payers may pay them.
        creances: All of them.
        passes: In order.

    Raises:
        PassError: A pass failed, or does not give one number for each créance.
    """
    mine = creances.take(clientele.rangs)
    scopes = [(mine.debiteur,), (clientele.obligatoire.astype(np.int64),), ()]
    parts = []
    for rank, passe in enumerate(passes):
        if passe.rassemble is not None:
            together = _checked(passe, mine)
            keys = (row_codes([(clientele.officine, together, *scope)])[0] for scope in scopes)
            parts += [_sets(key, rank, clientele, mine.du_cents) for key in keys]
    return _joined(parts)


def _checked(passe: SansRetour, mine: Creances) -> Rows:
    """Return what a pass says of each créance."""
    try:
        found = np.asarray(passe.rassemble(mine) if passe.rassemble else ())
    except Exception as error:  # its message may quote what it looked at
        raise PassError(f"pass {passe.name}: failed ({type(error).__name__})") from error
    if found.shape != (len(mine),) or found.dtype.kind not in "iu":
        raise PassError(f"pass {passe.name}: expected one whole number for each of {len(mine)} créances")
    return found.astype(np.int64)


def _sets(keys: Rows, rank: int, clientele: Clientele, cents: Rows) -> Ensembles:
    """Make one set of the créances of each key."""
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(keys[order]) != 0)[: len(keys)])
    # Sums of scattered words: what is added to a set changes them beyond recognition, whatever the order.
    words = (order.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    words = (words ^ (words >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return Ensembles(
        membres=order,
        debut=np.append(starts, len(order)),
        officine=clientele.officine[order][starts],
        cents=np.add.reduceat(cents[order], starts),
        premier=np.minimum.reduceat(clientele.jour[order], starts),
        dernier=np.maximum.reduceat(clientele.jour[order], starts),
        passe=np.full(len(starts), rank, dtype=np.int64),
        empreinte=np.add.reduceat(words, starts).view(np.int64),
    )


def _joined(parts: Sequence[Ensembles]) -> Ensembles:
    """Put sets together, by officine."""
    if not parts:
        nothing = np.zeros(0, dtype=np.int64)
        return Ensembles(nothing, np.zeros(1, dtype=np.int64), *[nothing] * 6)
    sizes = np.concatenate([np.diff(part.debut) for part in parts])
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("officine", "cents", "premier", "dernier", "passe", "empreinte")
    }
    order = np.lexsort((columns["passe"], columns["officine"]))
    starts = np.cumsum(sizes) - sizes
    lengths = sizes[order]
    every = np.concatenate([part.membres for part in parts])
    return Ensembles(
        membres=every[spread(starts[order], lengths)],
        debut=np.append(0, np.cumsum(lengths)),
        **{name: column[order] for name, column in columns.items()},
    )
