"""What contacts made day by day are worth, judged by the whole history."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    BilanRelances,
    Canal,
    Echanges,
    Echeances,
    Etat,
    NatureEcheance,
    Part,
    PlanRelances,
    Rapprochement,
    RelanceFausse,
    RelancePolicy,
    facture_codes,
)
from tiers_payant.dunning._cibles import facture_days
from tiers_payant.dunning._jours import Jours, day_number
from tiers_payant.dunning._versements import payments_of

__all__ = ["Recul", "Rejeu", "judged"]

Rows = npt.NDArray[np.int64]

_NEVER = 1 << 40
_SHARES = 4
"""Above any `Part`."""


@attrs.frozen(kw_only=True)
class Rejeu:
    """One policy while it is replayed: what was sent, and what it cost."""

    policy: RelancePolicy
    echanges: Echanges = attrs.field(factory=Echanges.empty)
    canaux: Counter[Canal] = attrs.field(factory=Counter)
    cout_cents: int = 0
    gain_cents: int = 0
    jours: int = 0

    def after(self, plan: PlanRelances, echanges: Echanges) -> Rejeu:
        """Return the same once *plan* is carried out, and *echanges* is all that was sent."""
        contacts = plan.relances
        made = Counter(Canal(canal.decode()) for canal in contacts.canal.tolist())
        return attrs.evolve(
            self,
            echanges=echanges,
            canaux=self.canaux + made,
            cout_cents=self.cout_cents + int(contacts.cout_cents.sum()),
            gain_cents=self.gain_cents + int(contacts.gain_cents.sum()),
            jours=self.jours + 1,
        )


@attrs.frozen(kw_only=True, eq=False)
class Recul:
    """The whole history, looked back at: for each of its claims, by row, what was owed of it and until when."""

    result: Rapprochement
    perdus: Rows
    """Last day on which each can be claimed, counted from 1970; a far one when not known."""
    refaits: Rows
    """Day on which each was billed again; a far one when it was not."""
    payes: Rows
    """Day on which nothing was owed any more; a far one when something is to this day."""
    nes: Rows
    """Day of the facture; -1 when not known."""

    @classmethod
    def of(cls, result: Rapprochement, echeances: Echeances) -> Recul:
        """Look at the end of a history.

        Args:
            result: The reconciliation of everything.
            echeances: The deadlines of its claims.
        """
        creances, every = result.creances, np.arange(len(result.creances))
        perdus = np.full(len(creances), _NEVER)
        last = echeances.take((echeances.nature == NatureEcheance.FORCLUSION) & (echeances.creance >= 0))
        known = ~np.isnat(last.le)
        np.minimum.at(perdus, last.creance[known], last.le[known].astype(np.int64))
        again = creances.remplacee_par
        refaits = np.where(again >= 0, _numbers(creances.lot_date)[again], _NEVER)
        return cls(
            result=result,
            perdus=perdus,
            refaits=np.where((creances.etat == Etat.RETRANSMISE) & (refaits >= 0), refaits, _NEVER),
            payes=_paid_days(result),
            nes=_numbers(facture_days(result, every)),
        )

    def rows(self, echanges: Echanges) -> Rows:
        """Return the claim of each row of a history of contacts."""
        theirs, ours = facture_codes([self.result.creances, echanges])
        theirs, ours = theirs * _SHARES + self.result.creances.part, ours * _SHARES + echanges.part
        order = np.argsort(theirs, kind="stable")
        return order[np.searchsorted(theirs[order], ours)]


def _numbers(days: Jours) -> Rows:
    return np.where(np.isnat(days), -1, days.astype(np.int64))


def _paid_days(result: Rapprochement) -> Rows:
    """Return the day from which each claim is paid in full; money that is taken back makes it owed again."""
    paid = payments_of(result, np.arange(len(result.creances)))
    order = np.lexsort((paid.jours.least, paid.rangs))
    rows, cents, days = paid.rangs[order], paid.cents[order], paid.jours.least[order]
    found = np.full(len(result.creances), _NEVER)
    owed = result.creances.du_cents.copy()
    for row, part, day in zip(rows.tolist(), cents.tolist(), days.tolist(), strict=True):
        owed[row] -= part
        found[row] = min(found[row], day) if owed[row] <= 0 else _NEVER
    return found


def judged(rejeu: Rejeu, recul: Recul, du: dt.date, au: dt.date) -> BilanRelances:
    """Say what a replayed policy did between two days, by all that is known since."""
    echanges = rejeu.echanges
    rows, days = recul.rows(echanges), echanges.le.astype(np.int64)
    first = _first(rows)
    saved, cents = _saved(recul, rows[first], echanges.cents[first], au)
    worth = _worth(rejeu, recul, rows, days)
    born = recul.nes[rows[first]]
    ages = (days[first] - born)[born >= 0]
    return BilanRelances(
        politique=rejeu.policy.nom,
        du=du,
        au=au,
        jours=rejeu.jours,
        canaux={canal: rejeu.canaux[canal] for canal in Canal if rejeu.canaux[canal]},
        creances=len(first),
        reclame_cents=int(echanges.cents[first].sum()),
        cout_cents=rejeu.cout_cents,
        gain_cents=rejeu.gain_cents,
        recouvre_cents=worth.recouvre,
        avance_cents=worth.avance,
        avance_jours=worth.avance_jours // worth.avance if worth.avance else 0,
        fausses=tuple(_wrong(recul, echanges, rows, days)),
        age_median_jours=int(np.median(ages)) if len(ages) else None,
        forclusions_evitees=saved,
        forclusions_cents=cents,
    )


def _first(rows: Rows) -> Rows:
    """Return where each claim stands first: contacts are in the order of days."""
    _, first = np.unique(rows, return_index=True)
    return first


def _saved(recul: Recul, rows: Rows, cents: Rows, au: dt.date) -> tuple[int, int]:
    """Count the claims that were asked for and that the history lets be lost by *au*."""
    end = day_number(au)
    lost = (recul.perdus[rows] <= end) & (recul.payes[rows] > recul.perdus[rows]) & (recul.refaits[rows] == _NEVER)
    return int(lost.sum()), int(cents[lost].sum())


@attrs.frozen(kw_only=True)
class _Valeur:
    recouvre: int
    avance: int
    avance_jours: int
    """Cents times days."""


def _worth(rejeu: Rejeu, recul: Recul, rows: Rows, days: Rows) -> _Valeur:
    """Add up what contacts are hoped to bring: of claims never paid, and of the others before they were."""
    echanges, wait = rejeu.echanges, rejeu.policy.reponse_jours
    hopes = _hopes(rejeu.policy)
    left: dict[int, int] = {}
    recouvre = avance = weighted = 0
    told = zip(rows.tolist(), days.tolist(), echanges.cents.tolist(), echanges.type.tolist(),
               echanges.palier.tolist(), strict=True)  # fmt: skip
    for row, day, cents, genre, palier in told:
        paid = int(recul.payes[row])
        if paid <= day + wait:
            continue
        owed = left.get(row, cents)
        part = owed * hopes[genre, palier] // 100
        left[row] = owed - part
        if paid == _NEVER:
            recouvre += part
        else:
            avance += part
            weighted += part * (paid - day - wait)
    return _Valeur(recouvre=recouvre, avance=avance, avance_jours=weighted)


def _hopes(policy: RelancePolicy) -> dict[tuple[bytes, bytes], int]:
    return {
        (scenario.debiteur.value.encode(), palier.code.encode()): palier.espoir
        for scenario in policy.scenarios
        for palier in scenario.paliers
    }


def _wrong(recul: Recul, echanges: Echanges, rows: Rows, days: Rows) -> Iterable[RelanceFausse]:
    """Yield the claims that were asked for and of which less was owed, or nothing could be, that day."""
    owed = _owed(recul, rows, days)
    causes = (
        ("PAYEE", owed < echanges.cents),
        ("RETRANSMISE", recul.refaits[rows] <= days),
        ("FORCLOSE", recul.perdus[rows] < days),
    )
    for row in np.flatnonzero(np.logical_or.reduce([mask for _, mask in causes])).tolist():
        one = echanges.row(row)
        yield RelanceFausse(
            le=one["le"],
            officine=one["officine"],
            lot_date=one["lot_date"],
            lot=one["lot"],
            facture=one["facture"],
            part=Part(one["part"]),
            reclame_cents=one["cents"],
            du_cents=int(owed[row]),
            pourquoi=next(name for name, mask in causes if mask[row]),
        )


def _owed(recul: Recul, rows: Rows, days: Rows) -> Rows:
    """Return what was owed of each claim in the evening of each day, as the whole history shows."""
    asked = np.unique(rows)
    paid = payments_of(recul.result, asked)
    owed = recul.result.creances.du_cents[rows].copy()
    starts = np.searchsorted(paid.rangs, rows)
    ends = np.searchsorted(paid.rangs, rows, side="right")
    for place, (start, end, day) in enumerate(zip(starts.tolist(), ends.tolist(), days.tolist(), strict=True)):
        if start < end:
            owed[place] -= paid.cents[start:end][paid.jours.least[start:end] <= day].sum()
    return owed
