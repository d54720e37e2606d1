"""Which shares ask for something, and why: what is refused, paid in part, taken back, or in a lot refused."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    JAMAIS_RENVOYEES,
    Accreditations,
    Creances,
    Etat,
    Famille,
    Part,
    Preuve,
    Rapprochement,
    facture_codes,
)
from tiers_payant.rejets._causes import Ouverte
from tiers_payant.rejets._verdicts import Verdict

__all__ = ["Motivee", "open_shares", "still_owed", "wrongly_refused"]

_CLOSED = (Etat.RETRANSMISE, Etat.CREDITEE, Etat.REGLEE_COMPTOIR)
_WITHOUT_LINES: Mapping[Etat, Famille] = {
    Etat.REJETEE: Famille.INCONNU,
    Etat.TRAITEMENT_CAISSE: Famille.TRAITEMENT_CAISSE,
    Etat.DIFFEREE: Famille.TRAITEMENT_CAISSE,
    Etat.LOT_REFUSE: Famille.TECHNIQUE,
    Etat.PARTIELLE: Famille.ECART,
    Etat.ANNONCEE: Famille.ECART,
    Etat.REPRISE: Famille.INDU,
}
"""The family of a share that no reject line is about, from its state."""
_SAID_BY_STATE = (Etat.TRAITEMENT_CAISSE, Etat.DIFFEREE, Etat.LOT_REFUSE)
"""States that tell the family whatever older lines said: the insurer has it in hand, or the lot never came in.

Lines that forbid to send again hold in a refused lot too: the two contradict each other, and nothing is sent."""


@attrs.frozen(kw_only=True)
class Motivee:
    """An open share, and where its family comes from."""

    ouverte: Ouverte
    preuve: Preuve
    indice: str
    autres: frozenset[Famille]


def still_owed(creances: Creances) -> npt.NDArray[np.int64]:
    """Return what is still owed of each share, without what is announced and not credited yet; cents, never negative.

    A share that is announced in part is short of the rest already: the bank will not bring it.
    """
    had = np.where(
        creances.etat == Etat.ANNONCEE,
        np.maximum(creances.annonce_cents, creances.credite_cents),
        creances.credite_cents,
    )
    owed: npt.NDArray[np.int64] = np.where(np.isin(creances.etat, _CLOSED), 0, np.maximum(creances.du_cents - had, 0))
    return owed


def open_shares(result: Rapprochement, verdicts: Mapping[int, Verdict]) -> list[Motivee]:
    """Return every share of an insurer that asks for something, with what is still owed of it.

    Shares that nobody answered, and those announced in full, are not: time or a reminder settles them.
    """
    table = result.creances
    owed = still_owed(table)
    told = np.zeros(len(table), dtype=np.bool_)
    told[list(verdicts)] = True
    rows = np.flatnonzero((owed > 0) & (told | np.isin(table.etat, list(_WITHOUT_LINES)) & (table.part != Part.ASSURE)))
    return [_motivee(row, Etat(int(table.etat[row])), int(owed[row]), verdicts.get(row)) for row in rows.tolist()]


def wrongly_refused(result: Rapprochement, motivees: list[Motivee], accreditations: Accreditations) -> list[Motivee]:
    """Return the same shares, those of an AMC told as wrongly refused where it had accredited the facture.

    An accreditation vouches for the rights: it says nothing of a facture sent twice, or of a lot that never came in.
    """
    table = result.creances
    ours, theirs = facture_codes([table, accreditations.take(accreditations.numero != b"")])
    vouched = np.isin(ours, theirs) & (table.part == Part.AMC) & (table.etat == Etat.REJETEE)
    vouched &= np.char.startswith(table.debiteur, b"AMC:")
    return [
        attrs.evolve(
            one,
            ouverte=attrs.evolve(one.ouverte, famille=Famille.AMC_TORT),
            autres=(one.autres | {one.ouverte.famille}) - {Famille.INCONNU},
        )
        if vouched[one.ouverte.creance] and one.ouverte.famille in _OF_RIGHTS
        else one
        for one in motivees
    ]


_OF_RIGHTS = (Famille.AMC_CONTRAT, Famille.IDENTITE_NIR, Famille.INCONNU)


def _motivee(row: int, etat: Etat, cents: int, verdict: Verdict | None) -> Motivee:
    told = verdict is not None and etat is Etat.LOT_REFUSE and verdict.famille in JAMAIS_RENVOYEES
    if verdict is None or (etat in _SAID_BY_STATE and not told):
        ouverte = Ouverte(creance=row, famille=_WITHOUT_LINES[etat], cents=cents)
        return Motivee(ouverte=ouverte, preuve=Preuve.AUCUNE, indice=f"etat:{etat.name}", autres=frozenset())
    ouverte = Ouverte(creance=row, famille=verdict.famille, cents=cents, lignes=verdict.lignes)
    return Motivee(ouverte=ouverte, preuve=verdict.preuve, indice=verdict.indice, autres=verdict.autres)
