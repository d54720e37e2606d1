"""Announced groups and the bank lines that may settle them."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Payeurs, Statut, Tables, row_codes
from tiers_payant.matching._candidats import Candidates, Edges, equal_in_window
from tiers_payant.matching._libelles import Textes, texts_of
from tiers_payant.matching._politique import MatchPolicy

__all__ = ["Banque", "bank_of", "candidates", "gross_cents", "in_period", "net_cents", "owners"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_EURO = (b"EUR", b"")


@attrs.frozen(eq=False)
class Banque:
    """The bank lines as the matching sees them.

    `argent` tells those that are booked and in euros; `officine` gives the officine of each account, empty when it
    may be any: no officine claims the account, or several do.
    """

    argent: Mask
    officine: npt.NDArray[np.bytes_]
    textes: list[Textes]


def bank_of(tables: Tables, payeurs: Payeurs) -> Banque:
    """Read what the bank lines say."""
    lines = tables.virements
    officine_of = owners(tables)
    claimed = [officine_of.get(compte, b"") for compte in lines.compte.tolist()]
    return Banque(
        argent=(lines.statut == Statut.COMPTABILISE) & np.isin(lines.devise, _EURO) & ~np.isnat(lines.date),
        officine=np.array(claimed, dtype="S") if claimed else np.empty(0, dtype="S1"),
        textes=texts_of(lines, payeurs),
    )


def owners(tables: Tables) -> dict[bytes, bytes]:
    """Return the officine of each account that only one claims."""
    claims: dict[bytes, set[bytes]] = {}
    for compte, officine in zip(tables.comptes.compte.tolist(), tables.comptes.officine.tolist(), strict=True):
        claims.setdefault(compte, set()).add(officine)
    return {compte: min(officines) for compte, officines in claims.items() if len(officines) == 1}


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


def candidates(tables: Tables, banque: Banque, amounts: Rows, policy: MatchPolicy) -> Candidates:
    """Pair the groups with the credits of their *amounts*, as far as any pass looks, on accounts that may be theirs."""
    groups, lines = tables.groupes, tables.virements
    usable = np.flatnonzero((amounts > 0) & ~np.isnat(groups.date))
    money = banque.argent & (lines.montant_cents > 0)
    owned, shared = np.flatnonzero(money & (banque.officine != b"")), np.flatnonzero(money & (banque.officine == b""))
    own_keys, owned_keys = row_codes(
        [(amounts[usable], groups.officine[usable]), (lines.montant_cents[owned], banque.officine[owned])]
    )
    own = _in_window(tables, usable, own_keys, owned, owned_keys, policy)
    others = _in_window(tables, usable, amounts[usable], shared, lines.montant_cents[shared], policy)
    return Candidates(
        Edges(
            np.concatenate([own.edges.left, others.edges.left]), np.concatenate([own.edges.right, others.edges.right])
        ),
        own.left_crowded | others.left_crowded,
        own.right_crowded | others.right_crowded,
    )


def in_period(tables: Tables, edges: Edges, policy: MatchPolicy) -> Mask:
    """Say of each pair of `candidates` whether the credit is booked soon enough for its amount to tell it."""
    waited = tables.virements.date[edges.right].astype(np.int64) - tables.groupes.date[edges.left].astype(np.int64)
    soon: Mask = waited <= policy.apres_jours
    return soon


def _in_window(
    tables: Tables, groups: Rows, group_keys: Rows, lines: Rows, line_keys: Rows, policy: MatchPolicy
) -> Candidates:
    """Pair these rows of groups and bank lines that share a key, in the window; rows are those of the tables."""
    found = equal_in_window(
        group_keys,
        tables.groupes.date[groups].astype(np.int64),
        line_keys,
        tables.virements.date[lines].astype(np.int64),
        before=policy.avant_jours,
        after=policy.horizon_jours,
    )
    crowded = np.zeros(len(tables.groupes), dtype=np.bool_), np.zeros(len(tables.virements), dtype=np.bool_)
    crowded[0][groups[found.left_crowded]] = True
    crowded[1][lines[found.right_crowded]] = True
    return Candidates(Edges(groups[found.edges.left], lines[found.edges.right]), *crowded)
