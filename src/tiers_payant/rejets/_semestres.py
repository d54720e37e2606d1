"""Late-payment penalties by officine, payer and semester: computed against received, never facture by facture."""

from __future__ import annotations

from collections import defaultdict

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import NatureMouvement, PenalitesCreances, PenalitesSemestres, Rapprochement
from tiers_payant.rejets._jours_credites import group_days

__all__ = ["semestres"]

Rows = npt.NDArray[np.int64]
Jours = npt.NDArray[np.datetime64]
Cle = tuple[bytes, bytes, int]
"""Officine, payer, semester counted from 1970."""

_MONTHS = 6


@attrs.define
class _Cumul:
    factures: int = 0
    du: int = 0
    recu: int = 0
    annonce: int = 0


def semestres(result: Rapprochement, due: PenalitesCreances) -> PenalitesSemestres:
    """Compare what was paid late in each semester with the penalties that came in the next one.

    Args:
        result: A reconciliation.
        due: What the AMO owes; what is still unpaid is left out, as its semester is not known.
    """
    sums: defaultdict[Cle, _Cumul] = defaultdict(_Cumul)
    _add_due(sums, result, due.take(~due.en_cours))
    _add_received(sums, result)
    keys = sorted(sums)
    cumuls = [sums[key] for key in keys]
    numbers = np.array([number for _, _, number in keys], dtype=np.int64)
    owed, received = (np.array([getattr(one, name) for one in cumuls], dtype=np.int64) for name in ("du", "recu"))
    return PenalitesSemestres.of(
        len(keys),
        officine=np.array([officine for officine, _, _ in keys], dtype="S"),
        payeur=np.array([payeur for _, payeur, _ in keys], dtype="S"),
        semestre=_first_day(numbers),
        au=_first_day(numbers + 2) - 1,
        factures=np.array([one.factures for one in cumuls], dtype=np.int64),
        du_cents=owed,
        recu_cents=received,
        annonce_cents=np.array([one.annonce for one in cumuls], dtype=np.int64),
        ecart_cents=owed - received,
    )


def _add_due(sums: defaultdict[Cle, _Cumul], result: Rapprochement, late: PenalitesCreances) -> None:
    senders = _senders_of(result, late.creance)
    officines = result.creances.officine[late.creance].tolist()
    numbers = _semester(late.payee_le).tolist()
    for row, officine, number, cents in zip(
        late.creance.tolist(), officines, numbers, late.cents.tolist(), strict=True
    ):
        cumul = sums[officine, senders.get(row, b""), number]
        cumul.factures += 1
        cumul.du += cents


def _add_received(sums: defaultdict[Cle, _Cumul], result: Rapprochement) -> None:
    """Put each penalty that a return tells of in the semester before its day: that of the late payments."""
    tables, moves = result.tables, result.tables.mouvements
    rows = np.flatnonzero(moves.nature == NatureMouvement.PENALITE_RETARD)
    none = np.datetime64("NaT", "D")
    paid = result.mouvements_verses[rows]
    groups, returns = moves.groupe[rows], moves.retour[rows]
    told = np.append(tables.groupes.date, none)[groups]
    told = np.where(np.isnat(told), np.append(tables.retours.date, none)[returns], told)
    days = np.where(paid, np.append(group_days(result), none)[groups], told)
    officines = np.where(
        moves.officine[rows] == b"", np.append(tables.groupes.officine, b"")[groups], moves.officine[rows]
    )
    for rank in np.flatnonzero(~np.isnat(days)).tolist():
        number = int(_semester(days[rank : rank + 1])[0]) - 1
        cumul = sums[officines[rank], _sender(result, int(returns[rank])), number]
        cents = int(moves.montant_cents[rows[rank]])
        if paid[rank]:
            cumul.recu += cents
        else:
            cumul.annonce += cents


def _senders_of(result: Rapprochement, creances: npt.NDArray[np.integer]) -> dict[int, bytes]:
    """Return who sent the answers that a bank line pays, for each of *creances*; the first in order, of several."""
    links = result.liens_reponses
    wanted = np.flatnonzero(np.isin(links.creance, creances) & result.reponses_versees[links.reponse])
    returns = result.tables.reponses.retour[links.reponse[wanted]].tolist()
    found: dict[int, bytes] = {}
    for creance, retour in zip(links.creance[wanted].tolist(), returns, strict=True):
        sender = _sender(result, retour)
        found[creance] = min(found.get(creance, sender), sender)
    return found


def _sender(result: Rapprochement, retour: int) -> bytes:
    if retour < 0:
        return b""
    retours = result.tables.retours
    return bytes(retours.emetteur_type[retour]) + b":" + bytes(retours.emetteur[retour])


def _semester(days: Jours) -> Rows:
    numbers: Rows = days.astype("datetime64[M]").astype(np.int64) // _MONTHS
    return numbers


def _first_day(semesters: Rows) -> Jours:
    return (semesters * _MONTHS).astype("datetime64[M]").astype("datetime64[D]")
