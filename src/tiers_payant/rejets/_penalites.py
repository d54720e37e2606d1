"""Penalties for late payment: computed facture by facture, compared with what payers paid by semester."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    UNITES_DE_COMPTE,
    Accreditations,
    Calendrier,
    Contrats,
    Etat,
    Part,
    Penalites,
    PenalitesCreances,
    Rapprochement,
    Regles,
    Reponse,
    UniteRegle,
    VersionRegle,
    days_between,
    load_contrats,
    load_regles,
    rule_days,
)
from tiers_payant.errors import UnknownRuleError
from tiers_payant.rejets._jours_credites import Credits, credits_of
from tiers_payant.rejets._promesses import Promesses
from tiers_payant.rejets._reclamations import reclamations
from tiers_payant.rejets._semestres import semestres

__all__ = ["penalites"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Jours = npt.NDArray[np.datetime64]

_JUDGED = (Etat.CREDITEE, Etat.PARTIELLE, Etat.ANNONCEE, Etat.NON_REPONDUE)
_PLAIN = (Reponse.PAYEE, Reponse.NON_TRAITEE)
_AMO = (("paiement_amo", "penalite_amo_forfait"), ("penalite_amo_forfait_fin", "penalite_amo_taux"))
"""Rules of a delay, and of what is due once it is over; the last delay that is over decides."""
_WHOLE = 10_000
"""Hundredths of a percent in one."""


def penalites(
    result: Rapprochement,
    *,
    today: dt.date,
    regles: Regles | None = None,
    calendrier: Calendrier | None = None,
    contrats: Contrats | None = None,
    accreditations: Accreditations | None = None,
) -> Penalites:
    """Compute what late payment makes due, and compare what the AMO owes with what it paid.

    The AMO owes, for each facture that a carte Vitale secures, 1 EUR when it is paid on the 8th or 9th jour ouvré, 10 %
    of its share from the 10th, in the semester that follows (CSS D161-13-4). The day is that of the bank line: what is
    announced and not credited still runs, as of *today*. A share that an answer refused, put off or took over is left
    out. An AMC owes what a contract names, and no contract of the library does before it is enabled.

    Args:
        result: A reconciliation.
        today: The day on which what is unpaid is judged.
        regles: The rules; those of the library when not given.
        calendrier: The business calendar; that of metropolitan France when not given.
        contrats: What payers promised; those of the library when not given.
        accreditations: Which factures an AMC accredited: the refused ones make `Penalites.reclamations`.

    Raises:
        UnknownRuleError: *regles* or *contrats* name a rule that is not there, or whose unit makes no penalty.
    """
    rules, calendar = regles or load_regles(), calendrier or Calendrier()
    promesses = Promesses(result, contrats or load_contrats())
    by_amo = promesses.by_amo
    rows = np.flatnonzero(_judged(result))
    juge = _Juge(result=result, today=today, regles=rules, calendrier=calendar, credits=credits_of(result))
    found = [juge.judge(rows[by_amo[rows] & (result.creances.part[rows] == Part.AMO)], _AMO)]
    for contrat, bound in promesses.bound(rows[~by_amo[rows]], "penalite"):
        judged = juge.judge(bound, ((contrat.paiement, contrat.penalite),))
        told = judged.creances.with_columns(contrat=np.full(len(judged.creances), contrat.id.encode()))
        found.append(attrs.evolve(judged, creances=told))
    creances = PenalitesCreances.concat([judged.creances for judged in found])
    due = creances.take(np.argsort(creances.creance, kind="stable"))
    return Penalites(
        creances=due,
        semestres=semestres(result, due.take(due.contrat == b"")),
        reclamations=reclamations(result, accreditations or Accreditations.empty(), rules, by_amo),
        inconnues=sum(judged.inconnues for judged in found),
    )


def _judged(result: Rapprochement) -> Mask:
    """Tell the shares whose delay ran its plain course: no answer refused them, put them off or took them over."""
    creances, links = result.creances, result.liens_reponses
    judged: Mask = np.isin(creances.etat, _JUDGED) & (creances.part != Part.ASSURE) & (creances.du_cents > 0)
    judged[result.rejets_creances] = False
    judged[links.creance[~np.isin(result.tables.reponses.reponse[links.reponse], _PLAIN)]] = False
    return judged


@attrs.frozen(kw_only=True, eq=False)
class _Jugement:
    creances: PenalitesCreances
    inconnues: int


@attrs.frozen(kw_only=True, eq=False)
class _Juge:
    """What penalties are computed with."""

    result: Rapprochement
    today: dt.date
    regles: Regles
    calendrier: Calendrier
    credits: Credits

    def judge(self, rows: Rows, paliers: tuple[tuple[str, str], ...]) -> _Jugement:
        """Judge the créances of *rows*.

        Args:
            rows: Rows of créances.
            paliers: Codes of a delay, and of what is due once it is over, the longest delay last.
        """
        creances = self.result.creances
        running = creances.etat[rows] != Etat.CREDITEE
        ends = np.where(running, np.datetime64(self.today, "D"), self.credits.jours[rows])
        delais, jours, known = self._over(paliers[0][0], rows, ends)
        cents, codes = np.zeros(len(rows), dtype=np.int64), np.full(len(rows), b"")
        for delai, penalite in paliers:
            _, over, told = self._over(delai, rows, ends)
            due, priced = self._due(penalite, rows)
            reached = over > 0
            known = known & told & (priced | ~reached)
            cents, codes = np.where(reached, due, cents), np.where(reached, penalite.encode(), codes)
        late = np.flatnonzero(known & (cents > 0))
        several = self.credits.plusieurs[rows[late]] & ~running[late]
        told_late = PenalitesCreances.of(
            len(late),
            creance=rows[late].astype(np.int32),
            regle=codes[late],
            transmission=creances.lot_date[rows[late]],
            delai=delais[late],
            payee_le=np.where(running[late], np.datetime64("NaT", "D"), ends[late]),
            jours=jours[late],
            cents=cents[late],
            en_cours=running[late],
            doute=np.where(several, b"CREDIT_AU_PLUS_TOT", b""),
        )
        return _Jugement(creances=told_late, inconnues=int((~known).sum()))

    def _over(self, code: str, rows: Rows, ends: Jours) -> tuple[Jours, Rows, Mask]:
        """Return the last day of a delay, the days beyond it on each of *ends*, and where they can be counted.

        A payment on the Saturday after the last jour ouvré is no jour ouvré late.
        """
        regle = self.regles.regle(code)
        les = rule_days(regle, self.result.creances.lot_date[rows], self.calendrier)
        over, known = days_between(les, ends, UNITES_DE_COMPTE[regle.versions[-1].unite], self.calendrier)
        return les, over, known

    def _due(self, code: str, rows: Rows) -> tuple[Rows, Mask]:
        """Return what the rule of a penalty makes due for each share, rounded down, and where it is in force.

        Raises:
            UnknownRuleError: It is neither an amount nor a rate.
        """
        creances, regle = self.result.creances, self.regles.regle(code)
        rest = creances.du_cents - np.where(creances.etat == Etat.PARTIELLE, creances.credite_cents, 0)
        base, lots = rest[rows], creances.lot_date[rows]
        due, known = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.bool_)
        for version in regle.versions:
            held = _in_force(version, lots)
            due, known = np.where(held, _amount(version, base), due), known | held
        return due, known


def _in_force(version: VersionRegle, days: Jours) -> Mask:
    held = ~np.isnat(days)
    if version.du is not None:
        held &= days >= np.datetime64(version.du)
    if version.au is not None:
        held &= days <= np.datetime64(version.au)
    return held


def _amount(version: VersionRegle, base: Rows) -> Rows:
    if version.unite is UniteRegle.CENTS:
        return np.full(len(base), version.valeur, dtype=np.int64)
    if version.unite is UniteRegle.POINTS_DE_BASE:
        # In two steps: the largest amounts times a rate would not fit 64 bits.
        return base // _WHOLE * version.valeur + base % _WHOLE * version.valeur // _WHOLE
    raise UnknownRuleError(f"{version.code} is in {version.unite.value}: it is no penalty")
