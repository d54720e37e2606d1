"""The same pairs by `bankstatementparser` and by `pair_cascade`: currency, reference and amount, unique both ways.

The peer takes dicts of texts and returns a report; `pair_cascade` takes columns of numbers and returns columns. So it
is measured twice: on columns made before the clock starts, and from the very dicts of the peer.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

import attrs
import numpy as np
import numpy.typing as npt

from benchmarks._mesure import Chrono
from tiers_payant.matching import Appariement, Cle, pair_cascade

__all__ = ["MemesPaires", "Texts", "measure_same_pairs"]

Texts = dict[str, str]
Columns = dict[str, npt.NDArray[np.int64]]

_CLE = Cle(nom="reference", egales=("devise", "reference", "cents"))


@attrs.frozen(kw_only=True)
class MemesPaires:
    """What each takes, in seconds, and how many pairs it makes."""

    pair_s: float
    """The peer, from its dicts to its report."""
    pair_paires: int
    colonnes_s: float
    """`pair_cascade`, from columns to columns."""
    dicts_s: float
    """From the dicts of the peer to columns, then the same."""
    paires: int


def measure_same_pairs(chrono: Chrono, payments: Sequence[Texts], lines: Sequence[Texts]) -> MemesPaires | None:
    """Measure both on *payments* and *lines*, dicts of `EndToEndId`, `Amount` and `Currency`.

    None when the peer is not installed.
    """
    if find_spec("bankstatementparser") is None:
        return None
    from bankstatementparser.reconciliation import reconcile_payments_and_statements

    columns = _columns(payments, lines)
    return MemesPaires(
        pair_s=chrono.median_s(lambda: reconcile_payments_and_statements(payments, lines)),
        pair_paires=reconcile_payments_and_statements(payments, lines).matched_count,
        colonnes_s=chrono.median_s(lambda: pair_cascade(*columns, [_CLE])),
        dicts_s=chrono.median_s(lambda: _from_dicts(payments, lines)),
        paires=len(_from_dicts(payments, lines).gauche),
    )


def _from_dicts(payments: Sequence[Texts], lines: Sequence[Texts]) -> Appariement:
    return pair_cascade(*_columns(payments, lines), [_CLE])


def _columns(payments: Sequence[Texts], lines: Sequence[Texts]) -> tuple[Columns, Columns]:
    """Return both sides as numbers: each distinct text has its own, an amount is in cents."""
    left: Columns = {}
    right: Columns = {}
    for name, key in (("devise", "Currency"), ("reference", "EndToEndId")):
        texts = [record[key].casefold() for side in (payments, lines) for record in side]
        numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
        column = np.fromiter(map(numbers.__getitem__, texts), dtype=np.int64, count=len(texts))
        left[name], right[name] = column[: len(payments)], column[len(payments) :]
    for columns, side in ((left, payments), (right, lines)):
        columns["cents"] = _cents([record["Amount"] for record in side])
    return left, right


def _cents(amounts: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return the cents of amounts, which are refused unless each has two decimals."""
    if any(amount[-3:-2] != "." for amount in amounts):
        raise ValueError("expected two decimals")
    return np.array([int(amount.replace(".", "")) for amount in amounts], dtype=np.int64)
