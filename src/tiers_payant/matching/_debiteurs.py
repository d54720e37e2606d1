"""Who may pay what when no return says so: the open créances that each payer of a bank line pays for."""

from __future__ import annotations

from collections import defaultdict

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    AMC_SENDERS,
    AMO_SENDERS,
    REGIMES,
    Creances,
    Etat,
    LiensReponses,
    Part,
    Payeur,
    Reponse,
    Tables,
    row_codes,
)
from tiers_payant.matching._creances import refused_lots
from tiers_payant.matching._passes import Contexte

__all__ = ["Clientele", "clienteles", "open_creances"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_FOR_AMO = frozenset(sender.decode() for sender in AMO_SENDERS)
_FOR_AMC = frozenset(sender.decode() for sender in AMC_SENDERS)
_ANY_REGIME = ("", "99")
_OPEN = (Etat.NON_REPONDUE, Etat.DIFFEREE, Etat.TRAITEMENT_CAISSE)


@attrs.frozen(eq=False)
class Clientele:
    """Payers that pay for the same kinds of debtor: the open créances that they may pay, and the bank lines of theirs.

    Créances stand by officine, then by lot day. Every array has one entry for each créance, or for each bank line.
    """

    rangs: Rows
    """Rows of the créances."""
    officine: Rows
    """Number of the officine, the same as in `ligne_officine`."""
    jour: Rows
    """Day of the lot, from 1970."""
    obligatoire: Mask
    """Whether the AMO owes it."""
    lignes: Rows
    """Rows of the bank lines."""
    ligne_officine: Rows


def open_creances(tables: Tables, creances: Creances, liens: LiensReponses, spoken_of: Rows) -> Mask:
    """Return the insurers' créances that nothing pays, announces, refuses or replaces.

    Args:
        tables: The facts.
        creances: As far as the returns and what they announce tell their state.
        liens: Which answer is about which créance: any announced amount, and any reject, closes it.
        spoken_of: Rows of the créances that a reject line is about, or that an unplaced answer may be about.
    """
    found: Mask = (creances.part != Part.ASSURE) & (creances.facture_rang >= 0) & ~np.isnat(creances.lot_date)
    # A share billed below zero is covered by nothing at all: it waits for a credit that takes it back all the same.
    waits = np.isin(creances.etat, _OPEN) | ((creances.etat == Etat.CREDITEE) & (creances.du_cents < 0))
    found &= waits & (creances.credite_cents == 0) & ~refused_lots(tables, creances)
    said = (liens.cents != 0) | (tables.reponses.reponse[liens.reponse] == Reponse.REJETEE)
    found[liens.creance[said]] = False
    found[spoken_of] = False
    return found


def clienteles(
    contexte: Contexte, creances: Creances, by_amo: Mask, ouvertes: Mask, lignes: Mask
) -> tuple[Clientele, ...]:
    """Sort these bank *lignes* by what their payers pay for, each kind with the open créances of its officines.

    Args:
        contexte: What a pass may look at.
        creances: As billed.
        by_amo: AMC shares that the AMO owes.
        ouvertes: The créances that may be paid.
        lignes: The bank lines that may pay, all on the account of one known officine.
    """
    rangs = np.flatnonzero(ouvertes)
    if not len(rangs) or not lignes.any():
        return ()
    obligatoire = (creances.part[rangs] == Part.AMO) | by_amo[rangs]
    regimes = contexte.tables.factures.regime[creances.facture_rang[rangs]]
    natures, nature_of = np.unique(np.where(obligatoire, np.char.add(b"AMO", regimes), b"AMC"), return_inverse=True)
    told = [nature.decode("latin-1") for nature in natures.tolist()]
    lines_of: dict[tuple[bool, ...], list[int]] = defaultdict(list)
    for line in np.flatnonzero(lignes).tolist():
        payeur = contexte.banque.textes[line].payeur
        if payeur is not None:
            lines_of[tuple(_pays(payeur, nature) for nature in told)].append(line)
    every = [
        _clientele(contexte, creances, np.array(lines), rangs[paid[nature_of]], obligatoire[paid[nature_of]])
        for wanted, lines in sorted(lines_of.items())
        if (paid := np.array(wanted)).any()
    ]
    return tuple(one for one in every if len(one.rangs) and len(one.lignes))


def _pays(payeur: Payeur, nature: str) -> bool:
    """Say whether a payer pays for the AMC, or for the AMO of that régime."""
    if nature == "AMC":
        return not _FOR_AMC.isdisjoint(payeur.emetteurs)
    regime = nature.removeprefix("AMO")
    senders = payeur.emetteurs & _FOR_AMO
    return any(regime in _ANY_REGIME or REGIMES.get(sender, regime) == regime for sender in senders)


def _clientele(contexte: Contexte, creances: Creances, lignes: Rows, rangs: Rows, obligatoire: Mask) -> Clientele:
    owners, of_lines = row_codes([(creances.officine[rangs],), (contexte.banque.officine[lignes],)])
    jour = creances.lot_date[rangs].astype(np.int64)
    served = np.flatnonzero(np.isin(owners, of_lines))
    order = served[np.lexsort((rangs[served], jour[served], owners[served]))]
    return Clientele(
        rangs=rangs[order],
        officine=owners[order],
        jour=jour[order],
        obligatoire=obligatoire[order],
        lignes=lignes,
        ligne_officine=of_lines,
    )
