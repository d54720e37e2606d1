"""The way in: a plan of one day, or what several days share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import attrs

from tiers_payant.domain import (
    Annuaire,
    Calendrier,
    Echanges,
    Echeances,
    Echeancier,
    GateSpec,
    Levee,
    MotifNirFictif,
    PlanRelances,
    Promesse,
    Rapprochement,
    Regles,
    RelancePolicy,
    Suspension,
    load_nir_fictifs,
    load_regles,
)
from tiers_payant.dunning._gates import brought
from tiers_payant.dunning._plan import plan_day
from tiers_payant.dunning._preparation import Preparation
from tiers_payant.dunning._registre import GATES
from tiers_payant.dunning._suivi import followed

__all__ = ["Prepared", "plan", "prepare"]


@attrs.frozen(eq=False)
class Prepared:
    """A result under a policy, ready for any day: what no day changes is computed once."""

    _preparation: Preparation

    def plan(
        self,
        *,
        today: dt.date,
        suspensions: Iterable[Suspension] = (),
        promesses: Iterable[Promesse] = (),
        echeanciers: Iterable[Echeancier] = (),
        levees: Iterable[Levee] = (),
        echanges: Echanges | None = None,
    ) -> PlanRelances:
        """Plan one day, as `plan` does."""
        return plan_day(
            self._preparation,
            today=today,
            suspensions=tuple(suspensions),
            promesses=tuple(promesses),
            echeanciers=tuple(echeanciers),
            levees=tuple(levees),
            echanges=Echanges.empty() if echanges is None else echanges,
        )

    def follow(self, result: Rapprochement, echeances: Echeances) -> Prepared:
        """Return the result that comes after this one, prepared: what `prepare` gives, in less time.

        Debtors, their contacts, and what was sent are kept for the créances that did not change; what holds claims back
        is asked again. This one stays as it is.

        Args:
            result: A later reconciliation. Where the créances of this one are not its first ones, in the same order and
                of the same debtors, everything is prepared again.
            echeances: Its deadlines.
        """
        return Prepared(followed(self._preparation, result, echeances))


def prepare(
    result: Rapprochement,
    echeances: Echeances,
    *,
    policy: RelancePolicy,
    annuaire: Annuaire | None = None,
    calendrier: Calendrier | None = None,
    regles: Regles | None = None,
    nirs_fictifs: Iterable[MotifNirFictif] | None = None,
    gates: Iterable[GateSpec] = (),
) -> Prepared:
    """Return *result* ready to be planned on several days. Arguments are those of `plan`.

    Deadlines count from no day here: those of any day do.
    """
    return Prepared(
        Preparation(
            result=result,
            echeances=echeances,
            policy=policy,
            annuaire=annuaire or Annuaire(),
            calendrier=calendrier or Calendrier(),
            regles=regles or load_regles(),
            nirs_fictifs=tuple(load_nir_fictifs() if nirs_fictifs is None else nirs_fictifs),
            gates=(*GATES, *map(brought, sorted(gates, key=lambda one: (one.raison, one.provider, one.name)))),
        )
    )


def plan(
    result: Rapprochement,
    echeances: Echeances,
    *,
    policy: RelancePolicy,
    today: dt.date,
    annuaire: Annuaire | None = None,
    suspensions: Iterable[Suspension] = (),
    promesses: Iterable[Promesse] = (),
    echeanciers: Iterable[Echeancier] = (),
    levees: Iterable[Levee] = (),
    echanges: Echanges | None = None,
    calendrier: Calendrier | None = None,
    regles: Regles | None = None,
    nirs_fictifs: Iterable[MotifNirFictif] | None = None,
    gates: Iterable[GateSpec] = (),
) -> PlanRelances:
    """Say whom to remind on *today* of what, and why every other claim over its delay is left alone.

    A claim is over its delay when something is owed of it and the first step of its scenario that was not applied yet
    is due. Each is in one contact, or in `ecarts` with the reason that ended the search.

    Args:
        result: A reconciliation of what is known on *today*; nothing is written to anybody on what came later.
        echeances: Its deadlines, as `rejets.deadlines` counts them.
        policy: Who is reminded, when, how, and what keeps a wrong letter from leaving.
        today: The day.
        annuaire: Who answers for whom.
        suspensions: What people agreed to wait for.
        promesses: What debtors said they would pay.
        echeanciers: Instalment plans.
        levees: What people verified: each lifts what it names from its day to its last one, and nothing else.
        echanges: What was already sent.
        calendrier: The business calendar; that of metropolitan France when not given.
        regles: Prescriptions, postage, interest; those of the library when not given.
        nirs_fictifs: Patterns of numbers that stand for confidential care; those of `load_nir_fictifs` when None.
        gates: More reasons to leave claims alone, those of plugins first of all.

    Raises:
        UnknownRuleError: *regles* lack a rule that is needed.
        GateError: A plugin's gate failed.
    """
    ready = prepare(
        result, echeances, policy=policy, annuaire=annuaire, calendrier=calendrier, regles=regles,
        nirs_fictifs=nirs_fictifs, gates=gates,
    )  # fmt: skip
    return ready.plan(
        today=today, suspensions=suspensions, promesses=promesses, echeanciers=echeanciers, levees=levees,
        echanges=echanges,
    )  # fmt: skip
