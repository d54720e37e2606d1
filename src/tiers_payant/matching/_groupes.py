"""Announced groups and the bank lines that may settle them."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Payeurs, Statut, Tables
from tiers_payant.matching._candidats import Edges, equal_in_window
from tiers_payant.matching._libelles import Textes, texts_of
from tiers_payant.matching._politique import MatchPolicy

__all__ = ["Banque", "bank_of", "candidates", "gross_cents", "net_cents"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_EURO = (b"EUR", b"")


@attrs.frozen(eq=False)
class Banque:
    """The bank lines as the matching sees them.

    `argent` tells those that are booked and in euros; `officine` gives the officine of each account, empty when it
    may be any.
    """

    argent: Mask
    officine: npt.NDArray[np.bytes_]
    textes: list[Textes]


def bank_of(tables: Tables, payeurs: Payeurs) -> Banque:
    """Read what the bank lines say."""
    lines = tables.virements
    officine_of = dict(zip(tables.comptes.compte.tolist(), tables.comptes.officine.tolist(), strict=True))
    owners = [officine_of.get(compte, b"") for compte in lines.compte.tolist()]
    return Banque(
        argent=(lines.statut == Statut.COMPTABILISE) & np.isin(lines.devise, _EURO) & ~np.isnat(lines.date),
        officine=np.array(owners, dtype="S") if owners else np.empty(0, dtype="S1"),
        textes=texts_of(lines, payeurs),
    )


def net_cents(tables: Tables) -> Rows:
    """Return what each announced group should credit: its announced lines and its signed movements."""
    return gross_cents(tables) + _sums(tables.mouvements.groupe, tables.mouvements.montant_cents, len(tables.groupes))


def gross_cents(tables: Tables) -> Rows:
    """Return what each announced group pays for factures, movements left out."""
    return _sums(tables.reponses.groupe, tables.reponses.annonce_cents, len(tables.groupes))


def _sums(groups: npt.NDArray[np.int32], cents: Rows, length: int) -> Rows:
    """Sum *cents* by group, in integers: floats would lose cents beyond 2**53."""
    inside = groups >= 0
    totals = np.zeros(length, dtype=np.int64)
    np.add.at(totals, groups[inside], cents[inside])
    return totals


def candidates(tables: Tables, banque: Banque, amounts: Rows, policy: MatchPolicy) -> Edges:
    """Pair the groups with the credits of their *amounts*, in the window of their date, on an account that may be
    their officine's.
    """
    groups, lines = tables.groupes, tables.virements
    usable = np.flatnonzero((amounts > 0) & ~np.isnat(groups.date))
    money = np.flatnonzero(banque.argent & (lines.montant_cents > 0))
    edges = equal_in_window(
        amounts[usable],
        groups.date[usable].astype(np.int64),
        lines.montant_cents[money],
        lines.date[money].astype(np.int64),
        before=policy.avant_jours,
        after=policy.apres_jours,
    )
    pairs = Edges(usable[edges.left], money[edges.right])
    owner = banque.officine[pairs.right]
    return pairs.where((owner == b"") | (owner == groups.officine[pairs.left]))
