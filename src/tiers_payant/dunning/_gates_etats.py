"""Gates of what a claim is: its debtor, its deadline, its state, and what people agreed about it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Etat, Part, Raison, first_billed
from tiers_payant.dunning._creances import ATTENDUES
from tiers_payant.dunning._gates import Arret, Gate
from tiers_payant.dunning._vue import Vue

__all__ = ["GATES_ETATS"]

Mask = npt.NDArray[np.bool_]


def _billed_again(vue: Vue) -> Arret:
    """A patient's share of a facture of which an insurer's share was billed again: what it owes may have changed."""
    creances = vue.result.creances
    again = np.zeros(len(vue.result.tables.factures) + 1, dtype=np.bool_)
    again[creances.facture_rang[creances.etat == Etat.RETRANSMISE]] = True
    again[-1] = False
    held = vue.dues.patient
    held[held] = again[vue.dues.facture_rang[held]]
    return Arret(held)


def _sent_twice(vue: Vue) -> Arret:
    """A share that two lots bill: one of them is asked for, and none once another is paid, announced or worked on."""
    first, etat = first_billed(vue.result, vue.faits.semblables.rangs), vue.result.creances.etat
    rows = np.flatnonzero(first >= 0)
    if not len(rows):
        return Arret(np.zeros(len(vue.dues), dtype=np.bool_))
    answered = np.zeros(len(first), dtype=np.bool_)
    answered[first[rows[etat[rows] != Etat.NON_REPONDUE]]] = True
    twice = np.zeros(len(first), dtype=np.bool_)
    twice[rows] = (first[rows] != rows) | answered[first[rows]]
    return Arret(twice[vue.dues.rangs])


def _nobody(vue: Vue) -> Arret:
    return Arret((vue.genres < 0) | vue.dues.debiteurs.ambigus)


def _no_scenario(vue: Vue) -> Arret:
    without = np.array([one.scenario is None for one in vue.consignes.toutes], dtype=np.bool_)
    return Arret(without[vue.consignes.de])


def _suspended(vue: Vue) -> Arret:
    suspended = np.array([one.suspendu for one in vue.consignes.toutes], dtype=np.bool_)
    return Arret(suspended[vue.consignes.de])


def _no_deadline(vue: Vue) -> Arret:
    """An awaited claim whose last day of payment, or of claiming, cannot be told."""
    unknown = np.isnat(vue.dues.echeance) | np.isnat(vue.echus) | np.isnat(vue.perdus)
    rows = np.flatnonzero(unknown)
    unknown[rows] = np.isin(vue.dues.etat[rows], ATTENDUES)
    return Arret(unknown)


def _lost(vue: Vue) -> Arret:
    return Arret(vue.perdus < np.datetime64(vue.today))


def _dead(vue: Vue) -> Arret:
    """Every patient share of the household: who wrote down one death did not think of every facture."""
    held = _agreed(vue, Raison.DECES)
    return Arret(_household(vue, Raison.DECES), held.jusqu_au)


def _confidential(vue: Vue) -> Arret:
    return Arret(_household(vue, Raison.SOINS_CONFIDENTIELS))


def _household(vue: Vue, raison: Raison) -> Mask:
    """Say which patient shares are of the same customer, or under the same insured's number, as one that is held."""
    held = vue.maintiens[raison]
    masque = held.masque[vue.dues.rangs]
    if not held.masque.any():
        return masque
    creances, factures = vue.result.creances, vue.result.tables.factures
    debtors = np.zeros(len(vue.dues.debiteurs.noms), dtype=np.bool_)
    debtors[vue.dues.debiteur[masque]] = True
    theirs = {
        (creances.officine[row], factures.nir[creances.facture_rang[row]])
        for row in np.flatnonzero(held.masque & (creances.facture_rang >= 0)).tolist()
        if factures.nir[creances.facture_rang[row]]
    }
    nirs = np.append(factures.nir, b"")[vue.dues.facture_rang]
    named = np.flatnonzero(vue.dues.patient & np.isin(nirs, [nir for _, nir in theirs] or [b"-"]))
    officines = vue.dues.officines[vue.dues.officine[named]]
    masque |= debtors[vue.dues.debiteur]
    pairs = zip(officines.tolist(), nirs[named].tolist(), strict=True)
    masque[named] |= np.array([pair in theirs for pair in pairs], dtype=np.bool_)
    return masque & vue.dues.patient


def _agreed(vue: Vue, raison: Raison) -> Arret:
    held = vue.maintiens[raison]
    return Arret(held.masque[vue.dues.rangs], held.jusqu_au[vue.dues.rangs])


def _by_person(raison: Raison) -> Gate:
    return Gate(raison=raison, hold=lambda vue: _agreed(vue, raison), quotidien=True, parole=True)


def _in_state(raison: Raison, etat: Etat) -> Gate:
    return Gate(raison=raison, hold=lambda vue: Arret(vue.dues.etat == etat))


def _refused(vue: Vue) -> Arret:
    """Refused, or awaited with a reject line about it that no later announcement overrules."""
    named = np.zeros(len(vue.result.creances), dtype=np.bool_)
    named[vue.result.rejets_creances] = True
    rows = np.flatnonzero(named[vue.dues.rangs])
    waits = np.isin(vue.dues.etat[rows], (Etat.NON_REPONDUE, Etat.PARTIELLE, Etat.DIFFEREE))
    held = vue.dues.etat == Etat.REJETEE
    held[rows] |= waits & (vue.dues.part[rows] != Part.ASSURE)
    return Arret(held)


GATES_ETATS = (
    Gate(raison=Raison.RETRANSMISE, hold=_billed_again),
    Gate(raison=Raison.RETRANSMISE, hold=_sent_twice),
    Gate(raison=Raison.DEBITEUR_INCONNU, hold=_nobody),
    Gate(raison=Raison.SANS_SCENARIO, hold=_no_scenario),
    Gate(raison=Raison.SUSPENDUE, hold=_suspended),
    Gate(raison=Raison.ECHEANCE_INCONNUE, hold=_no_deadline, quotidien=True),
    Gate(raison=Raison.FORCLOSE, hold=_lost, quotidien=True),
    Gate(raison=Raison.DECES, hold=_dead, quotidien=True, parole=True),
    Gate(raison=Raison.SOINS_CONFIDENTIELS, hold=_confidential, quotidien=True, parole=True),
    _in_state(Raison.TRAITEMENT_CAISSE, Etat.TRAITEMENT_CAISSE),
    Gate(raison=Raison.REJET_A_TRAITER, hold=_refused),
    _in_state(Raison.LOT_A_RENVOYER, Etat.LOT_REFUSE),
    _in_state(Raison.REPRISE_A_TRAITER, Etat.REPRISE),
    _by_person(Raison.CONTESTATION),
    _by_person(Raison.PIECE_ATTENDUE),
    _by_person(Raison.ECHEANCIER),
    _by_person(Raison.PROMESSE),
    _by_person(Raison.ACCORD),
)
