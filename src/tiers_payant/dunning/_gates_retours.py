"""Gates of what insurers answered: returns too old, files not read in full, proposals nobody decided, stray answers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import AMC_SENDERS, AMO_SENDERS, Etat, EtatVirement, Part, Raison
from tiers_payant.dunning._fichiers import doubtful
from tiers_payant.dunning._gates import Gate, Retenue
from tiers_payant.dunning._gates_banque import older
from tiers_payant.dunning._jours import INCONNU, latest
from tiers_payant.dunning._vue import Vue

__all__ = ["GATES_RETOURS"]

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
Jours = npt.NDArray[np.datetime64]


def _unread(vue: Vue) -> Retenue:
    dues = vue.dues
    return Retenue(doubtful(vue.result.tables, vue.result.problems, dues.officines)[dues.officine])


def _old_returns(vue: Vue) -> Retenue:
    """No return of that kind of insurer was read for too long: the way they come by may be cut."""
    dues = vue.dues
    last = _last_returns(vue)
    old = np.stack([older(days, vue.today, vue.policy.retour_max, vue.calendrier) for days in last])
    kind = np.where(np.char.startswith(dues.debiteurs.noms, b"AMC:"), 1, 0)[dues.debiteur]
    return Retenue(old[kind, dues.officine] & (dues.part != Part.ASSURE))


def _last_returns(vue: Vue) -> tuple[Jours, Jours]:
    """Return the day of the last return of the AMO, then of an AMC, to each officine."""
    answers, tables, officines = vue.result.tables.reponses, vue.result.tables, vue.dues.officines
    days = _answer_days(vue)
    place = np.searchsorted(officines, answers.officine)
    ours = np.flatnonzero(np.append(officines, b"")[place] == answers.officine)
    senders = np.append(tables.retours.emetteur_type, b"")[answers.retour]
    found = np.full((2, len(officines)), INCONNU)
    for side, others in enumerate((AMC_SENDERS, AMO_SENDERS)):
        rows = ours[~np.isin(senders[ours], others)]
        np.fmax.at(found[side], place[rows], days[rows])
    return found[0], found[1]


def _answer_days(vue: Vue) -> Jours:
    """Return the day of the return of each answer; that of its transfer when the return tells none."""
    tables = vue.result.tables
    of_return = np.append(tables.retours.date, INCONNU)[tables.reponses.retour]
    of_group = np.append(tables.groupes.date, INCONNU)[tables.reponses.groupe]
    found: Jours = np.where(np.isnat(of_return), of_group, of_return)
    return found


def _proposed(vue: Vue) -> Retenue:
    """Claims that a proposal of any of the three tables would touch if somebody accepted it."""
    result = vue.result
    held, proof = np.zeros(len(result.creances), dtype=np.bool_), np.full(len(result.creances), -1, dtype=np.int64)
    answers, asked = result.propositions_reponses, result.propositions_directes
    line_of = _lines_of_groups(vue)
    groups = np.append(result.tables.reponses.groupe, -1)
    for claims, lines in (
        (answers.creance, line_of[groups[answers.reponse]]),
        (result.liens_reponses.creance, line_of[groups[result.liens_reponses.reponse]]),
        (asked.creance, asked.virement.astype(np.int64)),
    ):
        touched = lines >= 0 if claims is result.liens_reponses.creance else np.ones(len(lines), dtype=np.bool_)
        held[claims[touched]] = True
        np.maximum.at(proof, claims[touched], lines[touched])
    return Retenue(held[vue.dues.rangs], preuve=proof[vue.dues.rangs])


def _lines_of_groups(vue: Vue) -> Rows:
    """Return, for each announced transfer, a bank line proposed for it; -1 for none, and in the last entry."""
    asked = vue.result.propositions
    found = np.full(len(vue.result.tables.groupes) + 1, -1, dtype=np.int64)
    np.maximum.at(found, asked.groupe, asked.virement.astype(np.int64))
    return found


def _untold(vue: Vue) -> Retenue:
    """Claims announced in a transfer that was paid in part, when nothing says which of its lines the money is for."""
    result = vue.result
    short = np.full(len(result.tables.groupes) + 1, -1, dtype=np.int64)
    links = result.liens_virements
    partial = result.etats_virements[links.virement] == EtatVirement.PARTIEL
    np.maximum.at(short, links.groupe[partial], links.virement[partial].astype(np.int64))
    answers = result.liens_reponses
    line = short[result.tables.reponses.groupe[answers.reponse]]
    unpaid = (line >= 0) & ~result.reponses_versees[answers.reponse]
    proof = np.full(len(result.creances), -1, dtype=np.int64)
    np.maximum.at(proof, answers.creance[unpaid], line[unpaid])
    return Retenue((proof >= 0)[vue.dues.rangs], preuve=proof[vue.dues.rangs])


GATES_RETOURS = (
    Gate(raison=Raison.LECTURE_INCOMPLETE, hold=_unread),
    Gate(raison=Raison.RETOUR_ANCIEN, hold=_old_returns, quotidien=True),
    Gate(raison=Raison.PROPOSITION_OUVERTE, hold=_proposed),
    Gate(raison=Raison.CREDIT_NON_AFFECTE, hold=_untold),
)
