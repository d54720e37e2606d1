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
    Part,
    PlanRelances,
    RelanceFausse,
    RelancePolicy,
)
from tiers_payant.dunning._jours import day_number
from tiers_payant.dunning._recul import JAMAIS, Recul
from tiers_payant.dunning._versements import payments_of

__all__ = ["Rejeu", "judged"]

Rows = npt.NDArray[np.int64]


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
    lost = (recul.perdus[rows] <= end) & (recul.payes[rows] > recul.perdus[rows]) & (recul.refaits[rows] == JAMAIS)
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
        if paid == JAMAIS:
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
