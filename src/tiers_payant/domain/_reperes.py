"""Names for what can be explained, and back: a créance, an answer, an announced transfer, a bank line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, overload

import attrs
import numpy as np

from tiers_payant.domain._codes import Part, Sujet
from tiers_payant.domain._creance import Creance
from tiers_payant.domain._exceptions import Constat
from tiers_payant.domain._identites import groupe_id, groupe_ids, print_of, same_day, virement_id, virement_ids
from tiers_payant.domain._table import Entiers, Renvois
from tiers_payant.errors import ColumnError

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["Repere", "Reperes", "named", "repere_id", "repere_ids", "repere_of"]


@attrs.frozen(kw_only=True, order=True)
class Repere:
    """One thing of a result that `explain` takes: what it is, and its row."""

    sujet: Sujet
    rang: int
    """Row in `creances`, or in `reponses`, `groupes` or `virements` of the tables."""


@attrs.frozen(eq=False)
class Reperes(Sequence[Repere]):
    """One for each row of a table, made when asked for."""

    sujet: Sujet
    length: int

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, row: int) -> Repere: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Repere]: ...
    def __getitem__(self, row: int | slice) -> Repere | Sequence[Repere]:
        """Return the one of that row, or several.

        Raises:
            IndexError: There is no such row.
        """
        if isinstance(row, slice):
            return [Repere(sujet=self.sujet, rang=one) for one in range(self.length)[row]]
        return Repere(sujet=self.sujet, rang=range(self.length)[row])


def repere_id(result: Rapprochement, repere: Repere | Constat) -> str:
    """Return the name of a thing; of a group and of a bank line, the one that the JSON gives."""
    return _NAMES[repere.sujet](result, repere.rang)


def repere_ids(result: Rapprochement, reperes: Iterable[Repere | Constat]) -> list[str]:
    """Return the names of many things, each as `repere_id` gives it, without searching again for each."""
    tables, known = result.tables, list(reperes)
    wanted = {one.sujet for one in known}
    groupes = groupe_ids(tables) if Sujet.GROUPE in wanted else []
    virements = virement_ids(tables) if Sujet.VIREMENT in wanted else []
    ranks = _ranks(tables.reponses.retour) if Sujet.REPONSE in wanted else np.zeros(0, dtype=np.int64)
    names: dict[Sujet, Callable[[int], str]] = {
        Sujet.CREANCE: lambda row: _creance_id(result, row),
        Sujet.REPONSE: lambda row: f"{print_of(tables, int(tables.reponses.retour[row]))}#{ranks[row]}",
        Sujet.GROUPE: groupes.__getitem__,
        Sujet.VIREMENT: virements.__getitem__,
    }
    return [names[one.sujet](one.rang) for one in known]


def _ranks(owners: Renvois) -> Entiers:
    """Return the rank of each row among those of the same owner, in order."""
    order = np.argsort(owners, kind="stable")
    _, first, counts = np.unique(owners[order], return_index=True, return_counts=True)
    ranks = np.empty(len(owners), dtype=np.int64)
    ranks[order] = np.arange(len(owners)) - np.repeat(first, counts)
    return ranks


def repere_of(result: Rapprochement, what: Creance | Repere | Constat | str) -> Repere:
    """Find a thing in *result*.

    Raises:
        ColumnError: It has no such thing.
    """
    match what:
        case Repere() | Constat():
            if not 0 <= what.rang < _length(result, what.sujet):
                raise ColumnError(f"this result has no {what.sujet.name.lower()} at row {what.rang}")
            return Repere(sujet=what.sujet, rang=what.rang)
        case Creance():
            rows = _rows_of_creance(result, what)
            if not rows:
                raise ColumnError("this result has no such créance")
            return Repere(sujet=Sujet.CREANCE, rang=rows[0])
        case str():
            found = named(result, what)
            if len(found) != 1:
                raise ColumnError(f"this result has {len(found)} things of that name")
            return found[0]


def named(result: Rapprochement, name: str) -> list[Repere]:
    """Return what bears a name: the one thing of an identifier, or every share of a facture number."""
    if not _is_text(name):
        return []
    searches: list[tuple[Sujet, Callable[[Rapprochement, str], list[int]]]] = [
        (Sujet.VIREMENT, _virements),
        (Sujet.CREANCE, _creances),
        (Sujet.GROUPE, _groupes),
        (Sujet.REPONSE, _reponses),
    ]
    found = [Repere(sujet=sujet, rang=row) for sujet, search in searches for row in search(result, name)]
    ours = [one for one in found if repere_id(result, one) == name]
    return ours or [Repere(sujet=Sujet.CREANCE, rang=row) for row in _of_number(result, name)]


def _is_text(name: str) -> bool:
    """Say whether a name could be written to a file: what a terminal could not decode holds lone surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _length(result: Rapprochement, sujet: Sujet) -> int:
    tables = {Sujet.REPONSE: result.tables.reponses, Sujet.GROUPE: result.tables.groupes}
    return len({**tables, Sujet.CREANCE: result.creances, Sujet.VIREMENT: result.tables.virements}[sujet])


def _rows_of_creance(result: Rapprochement, creance: Creance) -> list[int]:
    """Find a créance by its key: it may come from a selection, whose rows are others."""
    table = result.creances
    # The day first: a million days are compared at once, and few créances are of one.
    same = np.isnat(table.lot_date) if creance.lot_date is None else table.lot_date == np.datetime64(creance.lot_date)
    rows = np.flatnonzero(same)
    for name in ("facture", "lot", "officine"):
        rows = rows[getattr(table, name)[rows] == getattr(creance, name).encode()]
    return [row for row in rows.tolist() if table.part[row] == creance.part]


def _of_number(result: Rapprochement, name: str) -> list[int]:
    return [int(row) for row in np.flatnonzero(result.creances.facture == name.encode())] if name else []


def _virements(result: Rapprochement, name: str) -> list[int]:
    """Return the bank lines of the account, day and amount that the name says."""
    try:
        compte, day, amount, _ = name.rsplit(":", 3)
        booked, cents = np.datetime64(dt.date.fromisoformat(day) if day != "NaT" else "NaT"), np.int64(int(amount))
    except (ValueError, OverflowError):
        return []
    lines = result.tables.virements
    mates = same_day(lines, compte.encode(), booked)
    return [int(row) for row in mates[lines.montant_cents[mates] == cents]]


def _creances(result: Rapprochement, name: str) -> list[int]:
    pieces = name.split(":")
    if len(pieces) < 5 or pieces[-1] not in Part.__members__:
        return []
    table = result.creances
    same = (table.officine == pieces[0].encode()) & (table.facture == pieces[-2].encode())
    return [int(row) for row in np.flatnonzero(same & (table.part == Part[pieces[-1]]))]


def _groupes(result: Rapprochement, name: str) -> list[int]:
    groups, retours = result.tables.groupes, _retours(result, name.partition("/")[0])
    mates = np.flatnonzero(np.isin(groups.retour, retours))
    names = groupe_ids(attrs.evolve(result.tables, groupes=groups.take(mates)))
    return [row for row, one in zip(mates.tolist(), names, strict=True) if one == name]


def _reponses(result: Rapprochement, name: str) -> list[int]:
    mark, sign, rank = name.partition("#")
    if not sign or not (rank.isascii() and rank.isdigit()):
        return []
    of_retour = np.flatnonzero(np.isin(result.tables.reponses.retour, _retours(result, mark)))
    return [int(row) for row in of_retour]


def _retours(result: Rapprochement, mark: str) -> list[int]:
    prints = result.tables.retours.empreinte
    found = np.flatnonzero(np.char.startswith(prints, mark.encode())).tolist() if len(prints) and mark else []
    return [*found, -1] if mark == "objet" else found


def _creance_id(result: Rapprochement, row: int) -> str:
    c = result.creances[row]
    return f"{c.officine}:{c.lot_date or ''}:{c.lot}:{c.facture}:{c.part.name}"


def _reponse_id(result: Rapprochement, row: int) -> str:
    retours = result.tables.reponses.retour
    rank = int(np.count_nonzero(retours[:row] == retours[row]))
    return f"{print_of(result.tables, int(retours[row]))}#{rank}"


_NAMES: dict[Sujet, Callable[[Rapprochement, int], str]] = {
    Sujet.CREANCE: _creance_id,
    Sujet.REPONSE: _reponse_id,
    Sujet.GROUPE: lambda result, row: groupe_id(result.tables, row),
    Sujet.VIREMENT: lambda result, row: virement_id(result.tables, row),
}
