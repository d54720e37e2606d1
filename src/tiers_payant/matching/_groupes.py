"""Announced groups and the bank lines that may settle them."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Payeurs, Statut, Tables, Textes, row_codes, texts_of
from tiers_payant.errors import PolicyError
from tiers_payant.matching._candidats import Candidates, Edges, equal_in_window
from tiers_payant.matching._politique import MatchPolicy

__all__ = ["Banque", "Delais", "bank_of", "candidates", "in_period", "in_window", "near", "owners"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_EURO = (b"EUR", b"")


@attrs.frozen(eq=False)
class Delais:
    """The windows of each bank line, in calendar days from the date of a group: those of the payer that it names."""

    avant: Rows
    apres: Rows
    horizon: Rows

    def allow(self, lines: Rows, waited: Rows) -> Mask:
        """Say of each of these bank *lines* whether any pass looks at it for a group that *waited* so long for it."""
        allowed: Mask = (-self.avant[lines] <= waited) & (waited <= self.horizon[lines])
        return allowed


@attrs.frozen(eq=False)
class Banque:
    """The bank lines as the matching sees them.

    `argent` tells those that are booked and in euros; `officine` gives the officine of each account, empty when it
    may be any: no officine claims the account, or several do. `textes` is what the text of each says.
    """

    argent: Mask
    officine: npt.NDArray[np.bytes_]
    textes: list[Textes]
    delais: Delais


def bank_of(tables: Tables, payeurs: Payeurs, policy: MatchPolicy) -> Banque:
    """Read what the bank lines say.

    Raises:
        PolicyError: The policy has windows of a payer that *payeurs* does not know.
    """
    unknown = [name for name, _ in policy.par_payeur if name not in {payeur.id for payeur in payeurs.payeurs}]
    if unknown:
        raise PolicyError(f"par_payeur: no payer {unknown[0]!r} in the table")
    lines = tables.virements
    officine_of = owners(tables)
    claimed = [officine_of.get(compte, b"") for compte in lines.compte.tolist()]
    textes = texts_of(lines, payeurs)
    return Banque(
        argent=(lines.statut == Statut.COMPTABILISE) & np.isin(lines.devise, _EURO) & ~np.isnat(lines.date),
        officine=np.array(claimed, dtype="S") if claimed else np.empty(0, dtype="S1"),
        textes=textes,
        delais=_windows(textes, policy),
    )


def _windows(textes: list[Textes], policy: MatchPolicy) -> Delais:
    """Return the windows of each line; the policies of payers are looked up once each."""
    policies = [policy, *(policy.of_payeur(name) for name, _ in policy.par_payeur)]
    rank_of = {name: rank for rank, (name, _) in enumerate(policy.par_payeur, start=1)}
    ranks = np.zeros(len(textes), dtype=np.int64)
    if rank_of:
        ranks[:] = [0 if texte.payeur is None else rank_of.get(texte.payeur.id, 0) for texte in textes]
    days = np.array([(one.avant_jours, one.apres_jours, one.horizon_jours) for one in policies], dtype=np.int64)
    return Delais(*days[ranks].T)


def owners(tables: Tables) -> dict[bytes, bytes]:
    """Return the officine of each account that only one claims."""
    claims: dict[bytes, set[bytes]] = {}
    for compte, officine in zip(tables.comptes.compte.tolist(), tables.comptes.officine.tolist(), strict=True):
        claims.setdefault(compte, set()).add(officine)
    return {compte: min(officines) for compte, officines in claims.items() if len(officines) == 1}


def candidates(tables: Tables, banque: Banque, amounts: Rows) -> Candidates:
    """Pair the groups with the bank lines of their *amounts*, as far as any pass looks, on accounts that may be theirs.

    A group below zero is what an insurer takes back: the officine repays it by a debit of that amount. A line that the
    bank marks as a reversal undoes another line: it pays and repays nothing.
    """
    groups, lines = tables.groupes, tables.virements
    usable = np.flatnonzero((amounts != 0) & ~np.isnat(groups.date))
    money = banque.argent & (lines.montant_cents != 0) & ~lines.extourne
    owned, shared = np.flatnonzero(money & (banque.officine != b"")), np.flatnonzero(money & (banque.officine == b""))
    own_keys, owned_keys = row_codes(
        [(amounts[usable], groups.officine[usable]), (lines.montant_cents[owned], banque.officine[owned])]
    )
    own = in_window(tables, banque, usable, own_keys, owned, owned_keys)
    others = in_window(tables, banque, usable, amounts[usable], shared, lines.montant_cents[shared])
    return Candidates(
        Edges.concat([own.edges, others.edges]),
        own.left_crowded | others.left_crowded,
        own.right_crowded | others.right_crowded,
    )


def in_period(tables: Tables, banque: Banque, edges: Edges) -> Mask:
    """Say of each pair of `candidates` whether the line is booked soon enough for its amount to tell it."""
    soon: Mask = _waited(tables, edges) <= banque.delais.apres[edges.right]
    return soon


def near(tables: Tables, banque: Banque, edges: Edges) -> Mask:
    """Say of each pair, whatever it is, whether the line is booked in the period."""
    allowed: Mask = (-banque.delais.avant[edges.right] <= _waited(tables, edges)) & in_period(tables, banque, edges)
    return allowed


def in_window(
    tables: Tables, banque: Banque, groups: Rows, group_keys: Rows, lines: Rows, line_keys: Rows
) -> Candidates:
    """Pair these rows of groups and bank lines that share a key, in the window; rows are those of the tables.

    Pairs are drawn, and crowds judged, in the widest window of these lines; each line then keeps those of its own.
    """
    delais = banque.delais
    found = equal_in_window(
        group_keys,
        tables.groupes.date[groups].astype(np.int64),
        line_keys,
        tables.virements.date[lines].astype(np.int64),
        before=int(delais.avant[lines].max(initial=0)),
        after=int(delais.horizon[lines].max(initial=0)),
    )
    crowded = np.zeros(len(tables.groupes), dtype=np.bool_), np.zeros(len(tables.virements), dtype=np.bool_)
    crowded[0][groups[found.left_crowded]] = True
    crowded[1][lines[found.right_crowded]] = True
    edges = Edges(groups[found.edges.left], lines[found.edges.right])
    return Candidates(edges.where(delais.allow(edges.right, _waited(tables, edges))), *crowded)


def _waited(tables: Tables, edges: Edges) -> Rows:
    """Return how many days after the date of its group each bank line is booked."""
    booked, announced = tables.virements.date[edges.right], tables.groupes.date[edges.left]
    waited: Rows = booked.astype(np.int64) - announced.astype(np.int64)
    return waited
