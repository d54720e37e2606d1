"""Money that nothing explains yet: which bank lines it is, and which debtors it may come from."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    AMC_SENDERS,
    AMO_SENDERS,
    REGIMES,
    EtatVirement,
    Payeur,
    Rapprochement,
    Statut,
    texts_of,
)
from tiers_payant.dunning._banque import EURO, accounts_of
from tiers_payant.dunning._creances import Dues

__all__ = ["TOUTES", "Argent", "Nature", "Natures", "money_of", "natures_of", "shared_by"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_ANY_REGIME = ("", "99")
_FOR_AMO = frozenset(sender.decode() for sender in AMO_SENDERS)
_FOR_AMC = frozenset(sender.decode() for sender in AMC_SENDERS)
TOUTES = -1
"""The officine of an account that nobody claims: any."""


@attrs.frozen
class Nature:
    """What kind of debtor an insurer is, as far as bank lines can tell."""

    obligatoire: bool
    regime: str = ""

    def paid_by(self, payeur: Payeur | None) -> bool:
        """Say whether a payer may pay for it; one that is not known may."""
        if payeur is None:
            return True
        if not self.obligatoire:
            return not _FOR_AMC.isdisjoint(payeur.emetteurs)
        senders = payeur.emetteurs & _FOR_AMO
        return any(self.regime in _ANY_REGIME or REGIMES.get(one, self.regime) == self.regime for one in senders)


@attrs.frozen(eq=False)
class Natures:
    """The kinds of the debtors of some claims."""

    natures: tuple[Nature, ...]
    de: Rows
    """For each claim, the place of its debtor's kind; -1 for a patient, or a debtor that is not known."""


def natures_of(dues: Dues) -> Natures:
    """Return what kind of insurer owes each claim."""
    found: dict[Nature, int] = {}
    insurers = np.flatnonzero(~dues.debiteurs.patients)
    names, numbers = np.unique(dues.debiteurs.noms[insurers], return_inverse=True)
    told = np.full(len(names), -1, dtype=np.int64)
    for number, name in enumerate(names.tolist()):
        nature = _nature((name.partition(b"-")[0] if name.startswith(b"AMO:") else name[:4]).decode("latin-1"))
        if nature is not None:
            told[number] = found.setdefault(nature, len(found))
    places = np.full(len(dues.debiteurs.noms), -1, dtype=np.int64)
    places[insurers] = told[numbers]
    return Natures(tuple(found), places[dues.debiteur])


def _nature(name: str) -> Nature | None:
    kind, _, code = name.partition(":")
    if kind == "AMO":
        return Nature(True, code)
    return Nature(False) if kind == "AMC" else None


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
