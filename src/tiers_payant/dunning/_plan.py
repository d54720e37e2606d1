"""The plan of a day: who is asked for what, who is left alone and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Ecarts,
    Echanges,
    Echeancier,
    Levee,
    PlanRelances,
    Porteuse,
    Promesse,
    Suspension,
)
from tiers_payant.dunning._alarmes import alarms_of
from tiers_payant.dunning._cadence import paced, rests_of
from tiers_payant.dunning._contacts import contacts_of
from tiers_payant.dunning._etude import Etude, ranked
from tiers_payant.dunning._gates import LIBRE, Arrets, stop
from tiers_payant.dunning._paliers import Candidats, Ecart, Mesures, Recherche, search
from tiers_payant.dunning._pourquoi import why
from tiers_payant.dunning._preparation import Preparation
from tiers_payant.dunning._une_fois import once_a_day
from tiers_payant.dunning._verifications import lines_that_hold, verified

__all__ = ["plan_day"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def plan_day(
    ready: Preparation,
    *,
    today: dt.date,
    suspensions: Sequence[Suspension],
    promesses: Sequence[Promesse],
    echeanciers: Sequence[Echeancier],
    levees: Sequence[Levee],
    echanges: Echanges,
) -> PlanRelances:
    """Plan one day."""
    etude = ready.etude(echanges, today, frozenset(one for one in levees if one.holds_on(today)))
    vue = attrs.evolve(
        etude.vue,
        today=today,
        couverture=ready.couverture(today),
        suspensions=suspensions,
        promesses=promesses,
        echeanciers=echeanciers,
    )
    over = etude.depuis <= np.datetime64(today)
    daily = [gate for gate in ready.gates if gate.quotidien]
    held = stop(vue, daily, etude.arrets)
    free = np.flatnonzero(over & (held.raison == LIBRE))
    pace = paced(etude, free, today, ready)
    rows = free[pace.raison == LIBRE]
    mesures = Mesures.of(etude.echelle, vue.destinataires, ready.policy, ready.regles, today)
    order = ranked(etude, rows)
    found = search(etude.echelle, _claims(etude, rows, order), mesures, ready.calendrier, today)
    seen = np.maximum(etude.verifie, verified(vue, daily))
    asked = order[found.place[order] >= 0]
    rests = rests_of(etude, ready)[vue.consignes.de[rows[asked]]]
    gardees, autres = once_a_day(etude, rows[asked], found.place[asked], rests, today)
    relances, members = contacts_of(ready, etude, mesures, gardees, today, seen)
    return PlanRelances(
        relances=relances,
        creances=members,
        ecarts=_left_out(etude, over, held, _Attente(free, pace), rows, found, autres),
        requalifications=ready.requalifications,
        alarmes=alarms_of(vue),
        policy=ready.policy,
        annuaire=ready.annuaire,
        retenants=lambda: lines_that_hold(vue, np.flatnonzero(over), held),
        levees_sans_objet=vue.leve.sans_objet,
        today=today,
        echanges=echanges,
        pourquoi=why(relances, members, ready.policy),
    )


@attrs.frozen(eq=False)
class _Attente:
    rows: Rows
    """Claims that no gate holds back."""
    arrets: Arrets
    """What says of each of them that today is no day for it."""


def _claims(etude: Etude, rows: Rows, order: Rows) -> Candidats:
    """Return the claims of *rows*, which nothing holds back, as steps look at them; *order* is that of `ranked`."""
    vue, dues = etude.vue, etude.vue.dues
    leaders = _leaders(etude, rows, order)
    return Candidats(
        consigne=vue.consignes.de[rows],
        groupe=etude.groupe[rows],
        contact=vue.destinataires.de[dues.debiteur[rows]],
        reste=dues.reste[rows],
        meneuse=leaders,
        place=etude.place[rows][leaders],
        echeance=dues.echeance[rows],
        dernier=etude.histoire.dernier[rows],
    )


def _leaders(etude: Etude, rows: Rows, order: Rows) -> Rows:
    """Return, for each of *rows*, the place among them of the claim that decides its step."""
    consignes = etude.vue.consignes
    each = np.array([one.porteuse is Porteuse.CHACUNE for one in consignes.toutes], dtype=np.bool_)[consignes.de[rows]]
    groups = etude.groupe[rows][order]
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    found = np.empty(len(rows), dtype=np.int64)
    found[order] = np.repeat(order[starts], np.diff(np.append(starts, len(order))))
    return np.where(each, np.arange(len(rows)), found)


def _left_out(
    etude: Etude, over: Mask, held: Arrets, attente: _Attente, rows: Rows, found: Recherche, autres: Ecart
) -> Ecarts:  # fmt: skip
    """Tell every step that is due and not applied; of a claim held back, no step was looked at."""
    stopped = np.flatnonzero(over & (held.raison != LIBRE))
    paced, late = attente.arrets, np.flatnonzero(attente.arrets.raison != LIBRE)
    waiting = attente.rows[late]
    none = np.full(len(stopped), -1, dtype=np.int64)
    parts = [
        (stopped, none, held.raison[stopped], held.jusqu_au[stopped], held.preuve[stopped]),
        (waiting, etude.place[waiting], paced.raison[late], paced.jusqu_au[late], paced.preuve[late]),
    ]
    for mine, one in (*((rows[one.rows], one) for one in found.ecarts), (autres.rows, autres)):
        parts.append((mine, one.place, one.raison, one.jusqu_au, np.full(len(mine), -1, dtype=np.int32)))
    claims, places, reasons, until, proofs = (np.concatenate(column) for column in zip(*parts, strict=True))
    if len(claims) > len(stopped):
        order = np.argsort(claims * (etude.echelle.hauteur + 2) + places, kind="stable")
        claims, places, reasons, until, proofs = (column[order] for column in (claims, places, reasons, until, proofs))
    return Ecarts.of(
        len(claims),
        creance=etude.vue.dues.rangs[claims].astype(np.int32),
        palier=_codes(etude, claims, places),
        niveau=places + 1,
        raison=reasons,
        cents=etude.vue.dues.reste[claims],
        jusqu_au=until,
        preuve=proofs.astype(np.int32),
    )


def _codes(etude: Etude, claims: Rows, places: Rows) -> npt.NDArray[np.bytes_]:
    """Return the code of the step at each place; empty for none."""
    consignes = etude.vue.consignes
    longest = [palier.code for one in consignes.toutes if one.scenario for palier in one.scenario.paliers]
    found = np.zeros(len(claims), dtype=f"S{max(map(len, longest), default=1)}")
    rows = np.flatnonzero(places >= 0)
    for palier, some in etude.echelle.each(consignes.de[claims[rows]], places[rows]):
        found[rows[some]] = palier.code.encode()
    return found
