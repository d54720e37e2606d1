"""What the reject lines about one créance say together: one family, and the evidence of it.

A créance may be refused on several lines, and by several returns. The lines of its latest return speak, and those of
returns of no day, of which nothing tells that they are older; of those, the families that forbid to send again come
first, since what is sent twice may be paid twice; then the surest evidence; then the order of `Famille`. `INCONNU`
speaks last. No order of rows or files changes it.
"""

from __future__ import annotations

from collections import defaultdict

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import JAMAIS_RENVOYEES, ClassementRejets, Famille, Preuve, Rapprochement
from tiers_payant.errors import ColumnError

__all__ = ["SURS", "Verdict", "check_classement", "return_days", "verdict_of", "verdicts"]

SURS = (Preuve.REPONSE, Preuve.CODE, Preuve.MOTS, Preuve.PREFIXE, Preuve.AUCUNE)
"""What a family is read from, the surest first."""
_NEVER = np.iinfo(np.int64).min
"""The day of what has none."""


@attrs.frozen(kw_only=True)
class Verdict:
    """What the lines about one créance, or one facture, say."""

    famille: Famille
    preuve: Preuve
    indice: str
    autres: frozenset[Famille]
    """The other families that lines of the same return told."""
    lignes: tuple[int, ...]
    """Rows of `tables.rejets` that decided."""


def check_classement(result: Rapprochement, classement: ClassementRejets) -> None:
    """Refuse a classement of other rejects.

    Raises:
        ColumnError: It has not one row per reject line of the result, in order.
    """
    length = len(result.tables.rejets)
    if len(classement) != length or not np.array_equal(classement.rejet, np.arange(length)):
        raise ColumnError(f"expected one row per reject line, {length} in order, got {len(classement)}")


def verdicts(result: Rapprochement, classement: ClassementRejets) -> dict[int, Verdict]:
    """Return the verdict of each créance that reject lines are about, by its row."""
    lines: dict[int, list[int]] = defaultdict(list)
    for creance, line in zip(result.rejets_creances.tolist(), result.rejets_rangs.tolist(), strict=True):
        lines[creance].append(line)
    days = return_days(result)
    return {creance: verdict_of(rows, days, classement) for creance, rows in lines.items()}


def verdict_of(rows: list[int], days: npt.NDArray[np.int64], classement: ClassementRejets) -> Verdict:
    """Return what some reject lines say together.

    Args:
        rows: Rows of `tables.rejets`, at least one.
        days: For each reject line, the day of its return.
        classement: What each reject line means.
    """
    last = max(int(days[row]) for row in rows)
    ranked = sorted((_rank(row, classement), row) for row in rows if days[row] in (last, _NEVER))
    (_, sure, number, indice), _ = ranked[0]
    famille = Famille(number)
    told = {Famille(int(classement.famille[row])) for _, row in ranked}
    return Verdict(
        famille=famille,
        preuve=SURS[sure],
        indice=indice,
        autres=frozenset(told - {famille, Famille.INCONNU}),
        lignes=tuple(row for _, row in ranked),
    )


def _rank(row: int, classement: ClassementRejets) -> tuple[int, int, int, str]:
    famille = Famille(int(classement.famille[row]))
    last = len(JAMAIS_RENVOYEES) + (famille is Famille.INCONNU)
    place = JAMAIS_RENVOYEES.index(famille) if famille in JAMAIS_RENVOYEES else last
    return place, SURS.index(Preuve(int(classement.preuve[row]))), int(famille), str(classement.indice[row])


def return_days(result: Rapprochement) -> npt.NDArray[np.int64]:
    """Return the day of the return of each reject line, from 1970."""
    retours, rows = result.tables.retours.date, result.tables.rejets.retour
    if not len(retours):
        return np.full(len(rows), _NEVER, dtype=np.int64)
    dates = retours[rows]
    return np.where((rows < 0) | np.isnat(dates), _NEVER, dates.astype(np.int64))
