"""What people decided, settled before any pass: outside windows and uniqueness, never outside conservation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    PASSE_DECISION,
    Choix,
    Decision,
    LiensVirements,
    Payeurs,
    Rapprochement,
    Tables,
    groupe_ids,
    net_cents,
    virement_ids,
)
from tiers_payant.errors import Location, Problem
from tiers_payant.matching._candidats import Candidates, Edges
from tiers_payant.matching._canonique import ordered_problems
from tiers_payant.matching._groupes import Banque, bank_of, owners
from tiers_payant.matching._politique import MatchPolicy

__all__ = ["AUCUNE", "LIBELLES", "Tranche", "crosses", "decided", "with_decisions_told"]

Rows = npt.NDArray[np.int64]
Pair = tuple[int, int]

_PLACE = "decisions"
"""What stands for the file of a decision in what is told of it."""

LIBELLES = {PASSE_DECISION: "une personne l'a décidé"}
"""What is written on each link that a person made means, in French."""


@attrs.frozen(eq=False)
class Tranche:
    """What decisions settle, which pairs they rule out, and what is to be told of those that were not followed."""

    liens: LiensVirements
    refus: Rows
    """Each pair ruled out as one number, sorted: its group, then its bank line in the lower half."""
    problems: tuple[Problem, ...]

    def offered(self, found: Candidates) -> Candidates:
        """Leave out of *found* the pairs that a person refused."""
        return attrs.evolve(found, edges=found.edges.where(self.allows(found.edges))) if len(self.refus) else found

    def allows(self, edges: Edges) -> npt.NDArray[np.bool_]:
        """Say of each pair whether nobody refused it."""
        allowed: npt.NDArray[np.bool_] = ~np.isin(edges.left << 32 | edges.right, self.refus)
        return allowed


AUCUNE = Tranche(LiensVirements.empty(), np.empty(0, dtype=np.int64), ())
"""Nobody decided anything."""


@attrs.frozen(eq=False)
class _Visee:
    """A decision whose groups and bank lines are known, by their rows."""

    decision: Decision
    groupes: tuple[int, ...]
    virements: tuple[int, ...]

    @property
    def paires(self) -> frozenset[Pair]:
        return frozenset((group, line) for group in self.groupes for line in self.virements)

    @property
    def lie(self) -> bool:
        return self.decision.choix is Choix.LIER


def decided(tables: Tables, banque: Banque, decisions: Iterable[Decision]) -> Tranche:
    """Settle what people tied, and rule out what they refused.

    Each decision is first judged alone: what it names is there, the line is booked money, its account is not that of
    another officine. Then against one another: of a tie and a refusal of one pair, the later holds, and neither on one
    day; two ties that share a group or a bank line are both left out. At last to the cent: what is tied has one total
    on both sides. Whatever is not followed is told.
    """
    given = sorted(set(decisions), key=_order)
    if not given:
        return AUCUNE
    known, told = _known(tables, banque, given)
    standing, replaced = _standing(known)
    free, rivals = _without_rivals([one for one in standing if one.lie])
    net, amounts = net_cents(tables), tables.virements.montant_cents
    gaps = [(one, int(amounts[list(one.virements)].sum() - net[list(one.groupes)].sum())) for one in free]
    kept = [one for one, gap in gaps if not gap]
    return Tranche(
        liens=LiensVirements.concat([_links(one, net, amounts) for one in kept]),
        refus=np.array(sorted(g << 32 | v for one in standing if not one.lie for g, v in one.paires), dtype=np.int64),
        problems=(
            *told,
            *replaced,
            *(_told("DECISION_CONTRADICTOIRE", one.decision) for one in rivals),
            *(_told("DECISION_MONTANT", one.decision, ecart_cents=gap) for one, gap in gaps if gap),
        ),
    )


def crosses(tables: Tables, decisions: Iterable[Decision]) -> bool:
    """Say whether a tie may join what a partition by officine puts apart: it names a line of an account of nobody."""
    owned = {compte.decode("latin-1") for compte, officine in owners(tables).items() if officine}
    return any(
        name.rsplit(":", 3)[0] not in owned for one in decisions if one.choix is Choix.LIER for name in one.virements
    )


def with_decisions_told(result: Rapprochement, payeurs: Payeurs, decisions: Sequence[Decision]) -> Rapprochement:
    """Tell of *decisions* what the whole tells: a part does not know what the others hold."""
    if not decisions:
        return result
    told = decided(result.tables, bank_of(result.tables, payeurs, MatchPolicy()), decisions).problems
    others = (problem for problem in result.problems if problem.at.file != _PLACE)
    return attrs.evolve(result, problems=ordered_problems((*others, *told)))


def _order(decision: Decision) -> tuple[object, ...]:
    return decision.le, decision.choix, decision.groupes, decision.virements, decision.auteur, decision.motif


def _told(code: str, decision: Decision, **params: object) -> Problem:
    said = f"{decision.choix} {' + '.join(decision.groupes)} / {' + '.join(decision.virements)}"
    return Problem(
        code=code, at=Location(file=_PLACE), params={"decision": said, "le": decision.le.isoformat(), **params}
    )


def _known(tables: Tables, banque: Banque, given: Sequence[Decision]) -> tuple[list[_Visee], list[Problem]]:
    """Find what each decision names; one that says again what another said counts once."""
    groups = {name: row for row, name in enumerate(groupe_ids(tables))}
    lines = _lines_by_name(tables)
    found: dict[tuple[object, ...], _Visee] = {}
    told = []
    for decision in given:
        named = (
            [groups.get(name) for name in decision.groupes],
            [lines.get(_near(name, lines)) for name in decision.virements],
        )
        rows = [tuple(row for row in side if row is not None) for side in named]
        one = _Visee(decision, *rows)
        if None in named[0] or None in named[1] or len(set(rows[1])) < len(rows[1]):
            told.append(_told("DECISION_INCONNUE", decision))
        elif not banque.argent[list(one.virements)].all():
            told.append(_told("DECISION_SANS_ARGENT", decision))
        elif not _of_one_officine(tables, banque, one):
            told.append(_told("DECISION_AUTRE_OFFICINE", decision))
        else:
            found[decision.choix, one.groupes, one.virements, decision.le] = one
    return list(found.values()), told


def _lines_by_name(tables: Tables) -> dict[str, int]:
    """Return the row of each bank line by its name, and by account, day and amount where only one line has them.

    An advice and the statement that replaces it word one booking in two ways: the name then ends otherwise.
    """
    names = virement_ids(tables)
    alike: defaultdict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(names):
        alike[_stem(name)].append(row)
    alone = {stem: rows[0] for stem, rows in alike.items() if len(rows) == 1}
    return {**alone, **{name: row for row, name in enumerate(names)}}


def _stem(name: str) -> str:
    return name.rpartition(":")[0]


def _near(name: str, lines: dict[str, int]) -> str:
    return name if name in lines else _stem(name)


def _of_one_officine(tables: Tables, banque: Banque, one: _Visee) -> bool:
    """Say whether the groups are of one officine, and no account is known to be another's."""
    officines = {bytes(tables.groupes.officine[group]) for group in one.groupes}
    owners = {bytes(banque.officine[line]) for line in one.virements} - {b""}
    return len(officines) == 1 and owners <= officines


def _standing(known: Sequence[_Visee]) -> tuple[list[_Visee], list[Problem]]:
    """Leave out what a later decision replaced, and the ties and refusals of one pair that bear the same day."""
    sayings: defaultdict[Pair, list[_Visee]] = defaultdict(list)
    for one in known:
        for pair in one.paires:
            sayings[pair].append(one)
    standing, told = [], []
    for one in known:
        against = [other.decision.le for pair in one.paires for other in sayings[pair] if other.lie != one.lie]
        if not against or max(against) < one.decision.le:
            standing.append(one)
        elif one.decision.le in against and max(against) == one.decision.le:
            told.append(_told("DECISION_CONTRADICTOIRE", one.decision))
        else:
            told.append(_told("DECISION_REMPLACEE", one.decision))
    return standing, told


def _without_rivals(ties: Sequence[_Visee]) -> tuple[list[_Visee], list[_Visee]]:
    """Part the ties that share no group and no bank line with another from those that do."""
    same: dict[tuple[tuple[int, ...], tuple[int, ...]], _Visee] = {}
    for one in ties:
        same[one.groupes, one.virements] = one
    groups: defaultdict[int, int] = defaultdict(int)
    lines: defaultdict[int, int] = defaultdict(int)
    for one in same.values():
        for group in one.groupes:
            groups[group] += 1
        for line in one.virements:
            lines[line] += 1
    free: list[_Visee] = []
    rivals: list[_Visee] = []
    for one in same.values():
        alone = all(groups[group] == 1 for group in one.groupes) and all(lines[line] == 1 for line in one.virements)
        (free if alone else rivals).append(one)
    return free, rivals


def _links(one: _Visee, net: Rows, amounts: Rows) -> LiensVirements:
    """Tie what was decided, once its totals agree: each side brings its own amounts to the one of the other."""
    pairs = Edges(*(np.array(side, dtype=np.int64) for side in zip(*sorted(one.paires), strict=True)))
    cents = net[pairs.left] if len(one.virements) == 1 else amounts[pairs.right]
    return LiensVirements.of(
        len(pairs),
        groupe=pairs.left.astype(np.int32),
        virement=pairs.right.astype(np.int32),
        cents=cents,
        passe=np.full(len(pairs), PASSE_DECISION.encode()),
    )
