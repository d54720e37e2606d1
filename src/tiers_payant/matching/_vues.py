"""What conclusions say of some of their parts, under names that stay from one to the next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, KeysView, Sequence
from functools import cached_property
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Creances,
    EtatVirement,
    Lien,
    LiensDirects,
    LiensVirements,
    Offre,
    Part,
)
from tiers_payant.matching._bilans import Bilan

__all__ = ["CLE", "SUIVI", "Ends", "Vue"]

Rows = npt.NDArray[np.int64]
Ends = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]

CLE = ("officine", "lot_date", "lot", "facture", "part")
SUIVI = ("debiteur", "du_cents", "annonce_cents", "credite_cents", "etat", "motif")
"""What a change of is told."""


@attrs.frozen(eq=False, repr=False)
class Vue:
    """What several conclusions say of some of their parts, under names that stay."""

    pieces: Sequence[tuple[Bilan, int]]

    @cached_property
    def creances(self) -> dict[str, npt.NDArray[Any]]:
        """The columns of their créances, those that point to rows left out."""
        found = [(one.result.creances, one.place("creances", part)) for one, part in self.pieces]
        found = [(table, rows) for table, rows in found if not isinstance(rows, slice) or rows.stop]
        return {
            name: np.concatenate([getattr(table, name)[rows] for table, rows in found])
            if found
            else getattr(Creances.empty(), name)
            for name in (*CLE, *SUIVI)
        }

    @cached_property
    def lignes(self) -> dict[str, tuple[EtatVirement, int]]:
        """State and amount of each bank line."""
        found = {}
        for one, part in self.pieces:
            rows = one.rows("virements", part)
            etats, cents = one.result.etats_virements[rows], one.result.tables.virements.montant_cents[rows]
            for row, etat, amount in zip(rows.tolist(), etats.tolist(), cents.tolist(), strict=True):
                found[one.virement_ids[row]] = etat, amount
        return found

    @cached_property
    def nets(self) -> dict[str, int]:
        """Net of each announced transfer."""
        return {
            one.groupe_ids[row]: int(one.net_cents[row])
            for one, part in self.pieces
            for row in one.rows("groupes", part).tolist()
        }

    @cached_property
    def offres(self) -> set[Offre]:
        found = set()
        for one, part in self.pieces:
            table = one.result.propositions
            for row in one.rows("propositions", part).tolist():
                names = one.groupe_ids[table.groupe[row]], one.virement_ids[table.virement[row]]
                cents, motif = int(table.cents[row]), table.motif[row].decode()
                found.add(Offre(groupe=names[0], virement=names[1], cents=cents, motif=motif))
            found.update(_direct_offers(one, part))
        return found

    @cached_property
    def _liens(self) -> dict[Ends, tuple[LiensVirements | LiensDirects, list[int]]]:
        """The rows of every settled link, by its ends."""
        found: dict[Ends, tuple[LiensVirements | LiensDirects, list[int]]] = {}
        for one, part in self.pieces:
            found.update((ends, (one.result.liens_virements, rows)) for ends, rows in _links(one, part))
            found.update((ends, (one.result.liens_directs, rows)) for ends, rows in _direct_links(one, part))
        return found

    @property
    def bouts(self) -> KeysView[Ends]:
        """The ends of every settled link."""
        return self._liens.keys()

    def lien(self, ends: Ends) -> Lien:
        """Return the link of these ends."""
        table, rows = self._liens[ends]
        cents, passe = int(table.cents[rows].sum()), table.passe[rows[0]].decode()
        return Lien(groupes=ends[0], creances=ends[1], virements=ends[2], cents=cents, passe=passe)


def _links(one: Bilan, part: int) -> Iterator[tuple[Ends, list[int]]]:
    """Yield the ends and the rows of each link: a class, the groups of one line, or the lines of one group."""
    table, names, marks = one.result.liens_virements, one.groupe_ids, one.virement_ids
    rows = one.rows("liens_virements", part)
    groups, lines, classes = (column[rows].tolist() for column in (table.groupe, table.virement, table.classe))
    shared = {line for line, count in Counter(lines).items() if count > 1}
    held: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for place, (group, line, number) in enumerate(zip(groups, lines, classes, strict=True)):
        key = ("classe", number) if number else ("virement", line) if line in shared else ("groupe", group)
        held[key].append(place)
    for places in held.values():
        ends = (
            tuple(sorted({names[groups[place]] for place in places})),
            (),
            tuple(sorted({marks[lines[place]] for place in places})),
        )
        yield ends, [int(rows[place]) for place in places]


def _direct_links(one: Bilan, part: int) -> Iterator[tuple[Ends, list[int]]]:
    table = one.result.liens_directs
    held: defaultdict[int, list[int]] = defaultdict(list)
    for row in one.rows("liens_directs", part).tolist():
        held[int(table.virement[row])].append(row)
    for line, rows in held.items():
        names = sorted(_named(one.result.creances, int(table.creance[row])) for row in rows)
        yield ((), tuple(names), (one.virement_ids[line],)), rows


def _direct_offers(one: Bilan, part: int) -> Iterator[Offre]:
    """Yield each set of créances that a bank line may pay without a return."""
    table = one.result.propositions_directes
    held: defaultdict[int, list[int]] = defaultdict(list)
    for row in one.rows("propositions_directes", part).tolist():
        held[int(table.ensemble[row])].append(row)
    for rows in held.values():
        yield Offre(
            groupe="",
            creances=tuple(sorted(_named(one.result.creances, int(table.creance[row])) for row in rows)),
            virement=one.virement_ids[table.virement[rows[0]]],
            cents=int(table.cents[rows].sum()),
            motif=table.motif[rows[0]].decode(),
        )


def _named(creances: Creances, row: int) -> str:
    texts = (getattr(creances, name)[row].decode("latin-1") for name in ("officine", "lot", "facture"))
    officine, lot, facture = texts
    return f"{officine}:{creances.lot_date[row]}:{lot}:{facture}:{Part(creances.part[row]).name}"
