"""From a result that was prepared to the next one: what did not change is kept, claim by claim and debtor by debtor."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Echanges, Echeances, Rapprochement, Tables
from tiers_payant.dunning._creances import CLE, Dues, Reprise, dues_of, open_rows
from tiers_payant.dunning._debiteurs import debtors_after
from tiers_payant.dunning._etude import Etude, Pas, Socle, stood
from tiers_payant.dunning._histoire import carried, told_of
from tiers_payant.dunning._jours import INCONNU
from tiers_payant.dunning._preparation import Preparation
from tiers_payant.dunning._repertoire import Repertoire
from tiers_payant.dunning._reprises import same_values, taken_over

__all__ = ["followed"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_COMPTES = ("officine", "lot_date", "lot", "facture", "client", "du_cents")
"""What says which customer owes a share."""


def followed(before: Preparation, result: Rapprochement, echeances: Echeances) -> Preparation:
    """Return *result* prepared as it would be alone, from what was prepared of the result before it.

    The créances that *before* held must be the first ones of *result*, in the same order, each under a key of its own:
    where they are not, nothing is kept. What gates say is asked again in full, since a bank line or a return may change
    it for any claim.
    """
    fresh = attrs.evolve(before, result=result, echeances=echeances, repris=None, avant=None)
    if not _goes_on(before.result, result) or before.dues.par_cle.repeats:
        return fresh
    rows = open_rows(result)
    kept = _kept(before, result, rows)
    after = attrs.evolve(
        fresh,
        repris=_dues(before.dues, kept, rows, result, echeances),
        avant=before.faits.semblables,
    )
    if after.dues.par_cle.repeats:
        return fresh
    for key, socle in before.socles:
        known = socle.vue.destinataires if after.dues.debiteurs.noms is before.dues.debiteurs.noms else None
        laid = after.laid(socle.vue.today, frozenset(socle.vue.levees), known)
        after.socles.append((key, laid))
        after.etudes.extend(
            (history, later, _carried(after, etude, laid, kept))
            for history, later, etude in before.etudes
            if etude.socle is socle
        )
    return after


def _goes_on(before: Rapprochement, result: Rapprochement) -> bool:
    """Say whether the créances of *before* are the first ones of *result*."""
    length = len(before.creances)
    if len(result.creances) < length:
        return False
    return all(
        same_values(getattr(result.creances, name)[:length], getattr(before.creances, name))
        for name in (*CLE, "debiteur")
    )


def _kept(before: Preparation, result: Rapprochement, rows: Rows) -> Rows:
    """Return, for each claim of *result* still owed, in *rows*, the one that it was in *before*; -1 where it was none.

    A share of a patient is a new one when the accounts changed: its customer may have.
    """
    more = np.full(len(result.creances) - len(before.result.creances), -1, dtype=np.int64)
    kept: Rows = np.append(before.dues.places, more)[rows]
    if not _same_accounts(before.result.tables, result.tables):
        kept[np.append(before.dues.patient, False)[kept]] = -1
    return kept


def _same_accounts(before: Tables, tables: Tables) -> bool:
    return all(
        same_values(getattr(tables.comptes_clients, name), getattr(before.comptes_clients, name)) for name in _COMPTES
    )


def _dues(before: Dues, kept: Rows, rows: Rows, result: Rapprochement, echeances: Echeances) -> Dues:
    debtors = debtors_after(before.debiteurs, kept, result, rows)
    keys = [getattr(result.creances, name) for name in CLE]
    return dues_of(result, echeances, Reprise(rows, debtors, before.par_cle.completed(keys, rows)))


def _carried(after: Preparation, etude: Etude, socle: Socle, kept: Rows) -> Etude:
    """Return the claims as they stood, those that are new or whose échéance moved looked at again."""
    dues = after.dues
    histoire = carried(etude.histoire, kept, dues)
    new = _new(dues, kept, etude.connus, len(etude.histoire.nommes))
    histoire = told_of(dues, socle.vue.genres, after.policy, histoire, new).histoire
    place = taken_over(etude.place, kept, -1)
    over, echus = (taken_over(days, kept, INCONNU) for days in (etude.depuis, etude.vue.echus))
    rows = np.flatnonzero(~_unmoved(etude, socle, kept))
    return stood(socle, etude.connus, histoire, Pas(place=place, depuis=over, echus=echus), rows, after.calendrier)


def _new(dues: Dues, kept: Rows, connus: Echanges, debtors: int) -> Echanges:
    """Return the contacts about claims, or under names, that were not there before."""
    rows = np.flatnonzero(kept < 0)
    wanted = np.zeros(len(connus), dtype=np.bool_)
    if len(rows) and len(connus):
        keys = dues.cles(rows)
        near = np.flatnonzero(np.isin(connus.lot_date.view(np.int64), np.unique(keys[1]).view(np.int64)))
        asked = Repertoire.of(keys).find([getattr(connus, name)[near] for name in CLE])
        wanted[near[asked >= 0]] = True
    names = [column[debtors:] for column in (dues.debiteurs.officines, dues.debiteurs.noms)]
    if len(names[0]) and len(connus):
        wanted |= Repertoire.of(names).find([connus.officine, connus.debiteur]) >= 0
    return connus.take(wanted)


def _unmoved(etude: Etude, socle: Socle, kept: Rows) -> Mask:
    """Say of which claims the échéance and the steps are those that they were."""
    now, then = socle.vue, etude.vue
    if now.consignes.toutes != then.consignes.toutes:
        return np.zeros(len(kept), dtype=np.bool_)
    same = kept >= 0
    for ours, theirs in (
        (now.consignes.de, then.consignes.de), (now.dues.echeance.view(np.int64), then.dues.echeance.view(np.int64)),
    ):  # fmt: skip
        same &= ours == taken_over(theirs, kept, 0)
    return same
