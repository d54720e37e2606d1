"""What ties new rows to those already read: officines, and the bank accounts that they claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Comptes, Tables
from tiers_payant.matching._morceaux import SANS_EFFET
from tiers_payant.matching._partition import parts_of

__all__ = ["Attaches", "account_atom", "parts_and_atoms"]

Rows = npt.NDArray[np.int64]

_NAMED = ("lots", "factures", "arls", "comptes_clients", "encaissements", "groupes", "reponses", "rejets")
"""Tables whose rows find others by their officine: those that name none may find any of their like."""


@attrs.frozen(kw_only=True, eq=False)
class Attaches:
    """Who claims which account, as far as was read."""

    proprietaires: Mapping[bytes, frozenset[bytes]] = attrs.field(factory=dict)
    """For each account, the officines that claim it."""
    mouvementes: frozenset[bytes] = frozenset()
    """Accounts that have bank lines."""
    sans_maitre: frozenset[bytes] = frozenset()
    """Those of them that not exactly one officine claims."""
    anonyme: bool = False
    """Whether a row that should names no officine: such rows tie everything together."""

    @property
    def entier(self) -> bool:
        """Whether everything stands in one part: a bank line may be any officine's, or rows name none."""
        return self.anonyme or bool(self.sans_maitre)

    def with_tables(self, tables: Tables) -> Attaches:
        """Return what is known once *tables* are read too."""
        claims = dict(self.proprietaires)
        told = set(zip(tables.comptes.compte.tolist(), tables.comptes.officine.tolist(), strict=True))
        for compte, officine in told:
            claims[compte] = claims.get(compte, frozenset()) | {officine}
        moved = set(np.unique(tables.virements.compte).tolist())
        mouvementes = self.mouvementes | moved
        unsure = {compte for compte in {compte for compte, _ in told} | moved if not _is_owned(claims.get(compte))}
        decided = {compte for compte, _ in told} - unsure
        return Attaches(
            proprietaires=claims,
            mouvementes=mouvementes,
            sans_maitre=((self.sans_maitre | unsure) - decided) & mouvementes,
            anonyme=self.anonyme or any((getattr(tables, name).officine == b"").any() for name in _NAMED),
        )

    def accounts_of(self, tables: Tables) -> Comptes:
        """Return who claims the accounts of these bank lines and statements."""
        wanted = {*np.unique(tables.virements.compte).tolist(), *np.unique(tables.releves.compte).tolist()}
        rows = [
            (officine, compte) for compte in sorted(wanted) for officine in sorted(self.proprietaires.get(compte, ()))
        ]
        return Comptes.of(
            len(rows),
            officine=np.array([officine for officine, _ in rows], dtype="S") if rows else np.empty(0, dtype="S1"),
            compte=np.array([compte for _, compte in rows], dtype="S") if rows else np.empty(0, dtype="S1"),
        )


def _is_owned(claims: frozenset[bytes] | None) -> bool:
    return claims is not None and len(claims) == 1 and b"" not in claims


_SANS_NOM = (*SANS_EFFET, "mouvements")
"""Tables whose officine says nothing of the part: a movement goes with its transfer or its return alone."""


def parts_and_atoms(tables: Tables, attaches: Attaches) -> tuple[dict[str, Rows], list[frozenset[bytes]]]:
    """Return the part of each row of *tables*, and by what each part is known: its atoms."""
    if attaches.entier:
        parts = {name: np.zeros(len(table), dtype=np.int64) for name, table in tables.each()}
        return parts, _atoms(tables, parts, 1)
    more = attaches.accounts_of(tables)
    known = attrs.evolve(tables, comptes=Comptes.concat([tables.comptes, more]))
    parts, count = parts_of(known)
    atoms = _atoms(known, parts, count)
    return {**parts, "comptes": parts["comptes"][: len(tables.comptes)]}, atoms


def _atoms(tables: Tables, parts: Mapping[str, Rows], count: int) -> list[frozenset[bytes]]:
    found: list[set[bytes]] = [set() for _ in range(count)]
    for name, table in tables.each():
        for column, atom in (("officine", _officine_atom), ("compte", account_atom)):
            values = table.columns().get(column)
            if name not in _SANS_NOM and values is not None:
                for part, value in _distinct(parts[name], values):
                    found[part].add(atom(value))
    return [frozenset(atoms or {b""}) for atoms in found]


def _distinct(parts: Rows, values: npt.NDArray[np.bytes_]) -> Iterable[tuple[int, bytes]]:
    """Return the pairs of a part and a value; rows that follow each other are mostly equal."""
    changes = np.ones(len(values), dtype=np.bool_)
    changes[1:] = (parts[1:] != parts[:-1]) | (values[1:] != values[:-1])
    return set(zip(parts[changes].tolist(), values[changes].tolist(), strict=True))


def _officine_atom(officine: bytes) -> bytes:
    """Return the atom of an officine: numbers are compared as such, as keys are."""
    return b"O" + (officine.lstrip(b"0") if officine.isdigit() else officine)


def account_atom(compte: bytes) -> bytes:
    """Return the atom of a bank account."""
    return b"C" + compte
