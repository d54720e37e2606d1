"""State of each créance: a pure function of settled facts. Never of today, never of proposals."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Creances, Etat, LiensReponses, Part, Reponse, Tables, summed

__all__ = ["NEVER", "Faits", "answer_days", "facts_of", "states"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NEVER = -(1 << 40)
"""The day of what has none."""
_NO_ANSWER = -1


@attrs.frozen(eq=False)
class Faits:
    """What is settled about each créance."""

    annonce: Rows
    credite: Rows
    """Announced amounts of the answers that a bank line pays."""
    recu: Rows
    """The positive part of `credite`."""
    derniere: Rows
    """`Reponse` of the latest answer, -1 when there is none."""
    derniere_le: Rows
    """Day of the latest answer, from 1970."""


def facts_of(tables: Tables, creances: Creances, liens: LiensReponses, paid: Mask) -> Faits:
    """Gather what answers, and the bank lines that pay them, say of each créance.

    Args:
        tables: The facts.
        creances: The créances.
        liens: Which answer is about which créance.
        paid: For each answer, whether a bank line pays it.
    """
    length = len(creances)
    cents = np.where(paid[liens.reponse], liens.cents, 0)
    latest, when = _latest(tables, liens, length)
    return Faits(
        annonce=summed(liens.creance, liens.cents, length),
        credite=summed(liens.creance, cents, length),
        recu=summed(liens.creance, np.maximum(cents, 0), length),
        derniere=latest,
        derniere_le=when,
    )


def _latest(tables: Tables, liens: LiensReponses, length: int) -> tuple[Rows, Rows]:
    """Return what the latest answer about each créance says, and its day.

    Latest by accounting date, then by content: the fingerprint of the return, then the place of the answer in it.
    """
    reponses = tables.reponses
    days, ranks = answer_days(tables), _content_ranks(tables)
    last = np.full(length, _NO_ANSWER, dtype=np.int64)
    counts = np.bincount(liens.creance, minlength=length) if len(liens) else np.zeros(length, dtype=np.int64)
    once = counts[liens.creance] == 1
    last[liens.creance[once]] = liens.reponse[once]
    creance, reponse = liens.creance[~once], liens.reponse[~once].astype(np.int64)
    order = np.lexsort((reponse, ranks[reponse], days[reponse], creance))
    last[creance[order]] = reponse[order]  # of several writes to one place, numpy keeps the last
    answered = last >= 0
    said, when = np.full(length, _NO_ANSWER, dtype=np.int64), np.full(length, NEVER, dtype=np.int64)
    said[answered], when[answered] = reponses.reponse[last[answered]], days[last[answered]]
    return said, when


def answer_days(tables: Tables) -> Rows:
    """Return the accounting day of each answer, from 1970: that of its transfer, else that of its return."""
    reponses = tables.reponses
    of_group = _days(tables.groupes.date, reponses.groupe)
    of_return = _days(tables.retours.date, reponses.retour)
    return np.where(of_group > NEVER, of_group, of_return)


def _days(dates: npt.NDArray[np.datetime64], rows: npt.NDArray[np.int32]) -> Rows:
    if not len(dates):
        return np.full(len(rows), NEVER, dtype=np.int64)
    days = np.where(np.isnat(dates), NEVER, dates.astype(np.int64))
    return np.where(rows >= 0, days[rows], NEVER)


def _content_ranks(tables: Tables) -> Rows:
    prints = tables.retours.empreinte
    if not len(prints):
        return np.zeros(len(tables.reponses), dtype=np.int64)
    _, ranks = np.unique(prints, return_inverse=True)
    return np.where(tables.reponses.retour >= 0, ranks[tables.reponses.retour], _NO_ANSWER)


def states(creances: Creances, faits: Faits, replaced: Mask, refused: Mask, proposed: Mask, short: Mask) -> Creances:
    """Return the créances with their amounts, state and reason.

    Args:
        creances: As billed; patient shares bring what they received in `credite_cents`.
        faits: What is settled.
        replaced: Billed again by another facture.
        refused: In a lot whose latest acknowledgement is negative.
        proposed: In a group for which a bank line is only proposed; changes the reason, never the state.
        short: In a group of which a partial transfer pays nobody knows what; so does this.
    """
    due, credited = creances.du_cents, creances.credite_cents + faits.credite
    last = faits.derniere
    cases: list[tuple[Mask, Etat, str]] = [
        (replaced, Etat.RETRANSMISE, "RETRANSMISE"),
        (credited > due, Etat.CREDITEE, "TROP_PERCU"),
        (credited == due, Etat.CREDITEE, "CREDITEE"),
        (credited > 0, Etat.PARTIELLE, "PARTIELLE"),
        (faits.recu > 0, Etat.REPRISE, "REPRISE"),
        (last == Reponse.REJETEE, Etat.REJETEE, "REJETEE"),
        (last == Reponse.TRAITEMENT_CAISSE, Etat.TRAITEMENT_CAISSE, "TRAITEMENT_CAISSE"),
        (last == Reponse.DIFFEREE, Etat.DIFFEREE, "DIFFEREE"),
        ((faits.annonce > 0) & short, Etat.ANNONCEE, "ANNONCE_NON_VENTILEE"),
        ((faits.annonce > 0) & proposed, Etat.ANNONCEE, "ANNONCE_A_CONFIRMER"),
        (faits.annonce > 0, Etat.ANNONCEE, "ANNONCE_NON_CREDITEE"),
        (refused, Etat.LOT_REFUSE, "LOT_REFUSE"),
        ((last == _NO_ANSWER) | (creances.part == Part.ASSURE), Etat.NON_REPONDUE, "SANS_REPONSE"),
    ]
    masks = [mask for mask, _, _ in cases]
    etat = np.select(masks, [int(etat) for _, etat, _ in cases], default=int(Etat.NON_REPONDUE))
    motif = np.select(masks, [np.bytes_(motif.encode()) for _, _, motif in cases], default=np.bytes_(b"SANS_PAIEMENT"))
    return creances.with_columns(
        annonce_cents=faits.annonce, credite_cents=credited, etat=etat.astype(np.int8), motif=motif
    )
