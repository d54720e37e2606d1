"""Money that nothing explains yet: which bank lines it is, and which debtors it may come from."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    EtatVirement,
    Payeur,
    Rapprochement,
    Statut,
    texts_of,
)
from tiers_payant.dunning._banque import EURO, accounts_of
from tiers_payant.dunning._creances import Dues

__all__ = ["TOUTES", "Argent", "money_of", "shared_by"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

TOUTES = -1
"""The officine of an account that nobody claims: any."""


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Argent:
    """Bank lines that may pay what no link says; one entry for each, and for each officine whose it may be."""

    lignes: Rows
    """Rows of `virements`."""
    officine: Rows
    """Place in the officines of the claims; `TOUTES` for any."""
    jour: npt.NDArray[np.datetime64]
    cents: Rows
    payeurs: tuple[Payeur | None, ...]
    sans_retour: Mask
    """Whether a known payer sent it, and no return that was read may announce it."""


def money_of(result: Rapprochement, dues: Dues) -> Argent:
    """Return the credits of *result* that nothing explains for certain.

    In scope and unexplained, proposed, or not booked yet though a payer is named. What is proposed may be paid by
    another: until somebody decides, it explains nothing.
    """
    lines, etats = result.tables.virements, result.etats_virements
    booked = lines.statut == Statut.COMPTABILISE
    unsure = np.isin(etats, (EtatVirement.INEXPLIQUE, EtatVirement.PROPOSE)) | ~booked
    rows = np.flatnonzero(unsure & (lines.montant_cents > 0) & np.isin(lines.devise, EURO))
    told = [text.payeur for text in texts_of(lines.take(rows), result.payeurs)]
    kept = [place for place, payeur in enumerate(told) if booked[rows[place]] or payeur is not None]
    rows, payers = rows[kept], [told[place] for place in kept]
    places, owners = shared_by(result, dues, rows)
    named = np.array([payeur is not None for payeur in payers], dtype=np.bool_)
    return Argent(
        lignes=rows[places],
        officine=owners,
        jour=lines.date[rows[places]],
        cents=lines.montant_cents[rows[places]],
        payeurs=tuple(payers[place] for place in places.tolist()),
        sans_retour=named[places] & (etats[rows[places]] != EtatVirement.PROPOSE),
    )


def shared_by(result: Rapprochement, dues: Dues, lines: Rows) -> tuple[Rows, Rows]:
    """Return each of these bank lines once for every officine whose it may be, and the place of that officine."""
    places = {officine: place for place, officine in enumerate(dues.officines.tolist())}
    owners: dict[bytes, list[int]] = {}
    for officine, accounts in accounts_of(result.tables).items():
        for account in accounts:
            owners.setdefault(account, []).append(places.get(officine, len(places)))
    pairs = [
        (rank, owner)
        for rank, account in enumerate(result.tables.virements.compte[lines].tolist())
        for owner in owners.get(account, [TOUTES])
    ]
    found = np.array(pairs, dtype=np.int64).reshape(len(pairs), 2)
    return found[:, 0], found[:, 1]
