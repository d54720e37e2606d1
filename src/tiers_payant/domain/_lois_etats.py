"""The laws of states: each is what its amounts, its links and its chain say, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._codes import Etat, EtatVirement, Reponse
from tiers_payant.domain._infractions import Infraction
from tiers_payant.domain._reperages import at

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["bank_states", "chains", "creance_states"]

Mask = npt.NDArray[np.bool_]

_ANSWERS = {
    Etat.REJETEE: Reponse.REJETEE,
    Etat.TRAITEMENT_CAISSE: Reponse.TRAITEMENT_CAISSE,
    Etat.DIFFEREE: Reponse.DIFFEREE,
}
"""The states that the latest answer alone makes: some answer must say so."""


def creance_states(result: Rapprochement) -> Iterator[Infraction]:
    """Replaced, credited, credited in part: by the amounts, in that order; the others, by what answers say."""
    table = result.creances
    etat, due, credited = table.etat, table.du_cents, table.credite_cents
    replaced = table.remplacee_par >= 0
    settled = ~replaced & (credited >= due)
    part = ~replaced & ~settled & (credited > 0)
    for state, holds in ((Etat.RETRANSMISE, replaced), (Etat.CREDITEE, settled), (Etat.PARTIELLE, part)):
        yield from _wrong(result, (etat == state) != holds, state.name.lower())
    yield from _wrong(result, (etat == Etat.ANNONCEE) & (table.annonce_cents <= 0), "annoncee")
    yield from _wrong(result, (etat == Etat.NON_REPONDUE) & (table.annonce_cents > 0), "non_repondue")
    yield from _wrong(result, (etat == Etat.REPRISE) & ~_brought(result), "reprise")
    said = result.tables.reponses.reponse[result.liens_reponses.reponse]
    for state, answer in _ANSWERS.items():
        heard = np.zeros(len(table), dtype=np.bool_)
        heard[result.liens_reponses.creance[said == answer]] = True
        yield from _wrong(result, (etat == state) & ~heard, state.name.lower())


def _brought(result: Rapprochement) -> Mask:
    """Tell the créances to which a settled group, or a bank line, once brought money."""
    links, directs = result.liens_reponses, result.liens_directs
    paid = result.reponses_versees[links.reponse] & (links.cents > 0)
    brought = np.zeros(len(result.creances), dtype=np.bool_)
    brought[links.creance[paid]] = True
    brought[directs.creance[directs.cents > 0]] = True
    return brought


def _wrong(result: Rapprochement, wrong: Mask, detail: str) -> Iterator[Infraction]:
    yield from at(result, "ETAT_CREANCE", "creances", np.flatnonzero(wrong), detail=detail)


def bank_states(result: Rapprochement) -> Iterator[Infraction]:
    """A bank line is explained when links tie it, proposed when a proposal does, and neither otherwise."""
    etats = result.etats_virements
    tied, asked = np.zeros(len(etats), dtype=np.bool_), np.zeros(len(etats), dtype=np.bool_)
    tied[result.liens_virements.virement] = True
    tied[result.liens_directs.virement] = True
    asked[result.propositions.virement] = True
    asked[result.propositions_directes.virement] = True
    explained = (etats == EtatVirement.EXPLIQUE) | (etats == EtatVirement.PARTIEL)
    for wrong, detail in (
        (explained != tied, "explique"),
        ((etats == EtatVirement.PROPOSE) != (asked & ~tied), "propose"),
    ):
        yield from at(result, "ETAT_VIREMENT", "virements", np.flatnonzero(wrong), detail=detail)


def chains(result: Rapprochement) -> Iterator[Infraction]:
    """A créance is replaced by another one, of the same share and amount, which replaces no other."""
    table = result.creances
    old = np.flatnonzero(table.remplacee_par >= 0)
    new = table.remplacee_par[old]
    wrong = (new == old) | (table.part[new] != table.part[old]) | (table.du_cents[new] != table.du_cents[old])
    wrong |= np.bincount(new, minlength=len(table))[new] > 1 if len(new) else wrong
    yield from at(result, "CHAINE", "creances", old[wrong])
