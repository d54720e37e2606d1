"""The exceptions of a result: pure functions of its tables and links, one column at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._calendrier import Calendrier
from tiers_payant.domain._cles import facture_codes
from tiers_payant.domain._codes import Etat, EtatVirement, Part, Recherche, Sujet
from tiers_payant.domain._doublons import billed_twice, paid_twice
from tiers_payant.domain._exceptions import Exceptions
from tiers_payant.domain._exceptions_offres import Case, asked_groups, asked_lines
from tiers_payant.domain._exceptions_rangs import key_ranks, marked
from tiers_payant.domain._montants import summed
from tiers_payant.domain._retards import late_days
from tiers_payant.domain._table import Entiers, Textes
from tiers_payant.domain._versements import gross_cents

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["exceptions_of"]

Mask = npt.NDArray[np.bool_]

_NONE = b""
_WAITING = (b"SANS_REPONSE", b"SANS_PAIEMENT", b"DIFFEREE")
"""What becomes EN_RETARD once the deadline is over."""


def exceptions_of(
    result: Rapprochement, today: dt.date | None = None, calendrier: Calendrier | None = None
) -> Exceptions:
    """Return the exceptions of *result*, the most euros first, ties in the order of their keys.

    Args:
        result: A reconciliation.
        today: The day to judge lateness from; nothing is late when it is not given.
        calendrier: The business calendar; that of metropolitan France when not given.
    """
    length = len(result.creances)
    days = np.zeros(length, dtype=np.int64) if today is None else late_days(result.creances, today, calendrier)
    found = Exceptions.concat([_creances(result, days), _reponses(result), _groupes(result, days), _virements(result)])
    order = np.lexsort((key_ranks(result.tables, found), found.sujet, -found.cents))
    return found.take(order)


def _told(sujet: Sujet, code: Textes, cents: Entiers, nombre: Entiers, jours: Entiers) -> Exceptions:
    """Keep the rows that have a code."""
    rows = np.flatnonzero(code != _NONE)
    return Exceptions.of(
        len(rows),
        code=code[rows],
        sujet=np.full(len(rows), sujet, dtype=np.int8),
        rang=rows.astype(np.int64),
        cents=np.maximum(cents[rows], 0),
        nombre=nombre[rows],
        jours=jours[rows],
    )


def _first(cases: Sequence[Case], length: int) -> tuple[Textes, Entiers, Entiers]:
    """Return the code, the cents and the count of the first case that holds in each row."""
    masks = [case[0] for case in cases]
    code = np.select(masks, [np.bytes_(case[1]) for case in cases], default=np.bytes_(_NONE))
    cents, nombre = (
        np.select(masks, [np.broadcast_to(np.int64(case[n]), length) for case in cases], default=np.int64(0))
        for n in (2, 3)
    )
    return code, cents, nombre


def _creances(result: Rapprochement, days: Entiers) -> Exceptions:
    table = result.creances
    etat, due, announced, credited = table.etat, table.du_cents, table.annonce_cents, table.credite_cents
    rest, surplus = due - credited, np.maximum(announced, credited) - due
    payers, copies = paid_twice(result), billed_twice(result)
    grouped = _in_groups(result)
    announcing = etat == Etat.ANNONCEE
    waits = etat == Etat.NON_REPONDUE
    unpaid = table.motif == b"SANS_PAIEMENT"
    code, cents, nombre = _first(
        [
            ((table.part == Part.ASSURE) | (etat == Etat.RETRANSMISE) | (etat == Etat.REGLEE_COMPTOIR), _NONE, 0, 0),
            (etat == Etat.REPRISE, b"REPRISE", rest, 0),
            (copies, b"DOUBLON", due, 1),
            ((payers > 1) & (surplus > 0), b"DOUBLON", surplus, payers),
            (credited > due, b"TROP_PERCU", credited - due, 0),
            (etat == Etat.PARTIELLE, b"PARTIELLE", rest, 0),
            (etat == Etat.REJETEE, b"REJETEE", rest, 0),
            (etat == Etat.LOT_REFUSE, b"LOT_REFUSE", rest, 0),
            (etat == Etat.TRAITEMENT_CAISSE, b"TRAITEMENT_CAISSE", rest, 0),
            (etat == Etat.DIFFEREE, b"DIFFEREE", rest, 0),
            (announcing & ~grouped, b"ANNONCE_NON_CREDITEE", rest, 0),
            (announcing & (announced != due), b"ECART_MONTANT", np.abs(due - announced), 0),
            (waits & unpaid, b"SANS_PAIEMENT", rest, 0),
            (waits, b"SANS_REPONSE", rest, 0),
        ],
        len(table),
    )
    late = (days > 0) & np.isin(code, _WAITING)
    code, nombre = np.where(late, np.bytes_(b"EN_RETARD"), code), np.where(late, days, nombre)
    return _told(Sujet.CREANCE, code, cents, nombre, days)


def _in_groups(result: Rapprochement) -> Mask:
    """Tell the créances whose announced money is all in groups: the group is the exception, not each of them."""
    links = result.liens_reponses
    alone = (result.tables.reponses.groupe[links.reponse] < 0) & (links.cents > 0)
    grouped = np.ones(len(result.creances), dtype=np.bool_)
    grouped[links.creance[alone]] = False
    return grouped


def _reponses(result: Rapprochement) -> Exceptions:
    table, asked = result.tables.reponses, result.propositions_reponses
    length = len(table)
    placed, proposed = marked(result.liens_reponses.reponse, length), marked(asked.reponse, length)
    rivals = np.zeros(length, dtype=np.int64)
    again = marked(asked.reponse[asked.motif == b"DEJA_REPONDUE"], length)
    np.maximum.at(rivals, asked.reponse, asked.rivaux)
    known = np.zeros(length, dtype=np.bool_)
    lost = np.flatnonzero(~placed)
    if len(lost) and len(result.tables.factures):
        factures, answers = facture_codes([result.tables.factures, table.take(lost)])
        known[lost] = np.isin(answers, factures)
    cents = np.abs(table.annonce_cents)
    code, cents, nombre = _first(
        [
            (placed, _NONE, 0, 0),
            (result.reponses_versees & (cents != 0), b"NON_VENTILE", cents, 0),
            (again & (rivals == 0), b"DEJA_REPONDUE", cents, 0),
            (proposed, b"AMBIGU", cents, rivals),
            (known, b"REPONSE_AMBIGUE", cents, 0),
            (~placed, b"REPONSE_SANS_FACTURE", cents, 0),
        ],
        length,
    )
    return _told(Sujet.REPONSE, code, cents, nombre, np.zeros(length, dtype=np.int64))


def _groupes(result: Rapprochement, days: Entiers) -> Exceptions:
    tables, links, net = result.tables, result.liens_virements, result.net_groupes_cents
    length = len(tables.groupes)
    paid, linked = summed(links.groupe, links.cents, length), marked(links.groupe, length)
    gross = gross_cents(tables)
    code, cents, nombre = _first(
        [
            (linked & (paid == net), _NONE, 0, 0),
            (linked, b"PARTIELLE", net - paid, 0),
            *asked_groups(result, np.abs(net)),
            ((net <= 0) & (gross > 0), b"NET_NEGATIF", gross, 0),
            (net > 0, b"ANNONCE_NON_CREDITEE", net, 0),
        ],
        length,
    )
    late = np.zeros(length + 1, dtype=np.int64)
    answers = result.liens_reponses
    np.maximum.at(late, tables.reponses.groupe[answers.reponse], days[answers.creance])
    return _told(Sujet.GROUPE, code, cents, nombre, late[:-1])


def _virements(result: Rapprochement) -> Exceptions:
    etats, search = result.etats_virements, result.recherche_virements
    length, amount = len(etats), result.tables.virements.montant_cents
    cents, unexplained = np.abs(amount), etats == EtatVirement.INEXPLIQUE
    proposed = etats == EtatVirement.PROPOSE
    code, cents, nombre = _first(
        [
            (etats == EtatVirement.PARTIEL, b"NON_VENTILE", cents, 0),
            *((proposed & rows, *told) for rows, *told in asked_lines(result, cents)),
            (unexplained & (amount < 0), b"DEBIT_INEXPLIQUE", cents, 0),
            (unexplained & (search == Recherche.HORS_BUDGET), b"HORS_BUDGET", cents, 0),
            (unexplained & (search == Recherche.CANDIDATS_TROP_NOMBREUX), b"CANDIDATS_TROP_NOMBREUX", cents, 0),
            (unexplained, b"CREDIT_INEXPLIQUE", cents, 0),
        ],
        length,
    )
    return _told(Sujet.VIREMENT, code, cents, nombre, np.zeros(length, dtype=np.int64))
