"""What a file is made of, as a person looks at it: its records as a tree, each control with its verdict, no value."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

import attrs

from tiers_payant.domain._champs import as_tuple
from tiers_payant.errors import Gravite, Location, Problem

__all__ = ["ChampLu", "Controle", "Element", "Noeud", "Verdict", "tree_of"]

SHOWN = 3
"""Elements of one kind shown under another; the others are counted."""
SHOWN_WRONG = 20
"""Elements shown beyond them because something is wrong in them."""

_GAPS = ("CONTROLE_NOMBRE", "CONTROLE_SOMME", "RELEVE_DESEQUILIBRE")
_Place = tuple[int | None, int | None]
_NOT_MADE = ("RELEVE_NON_CONTROLE", "NOEMIE_NIVEAU")


class Verdict(StrEnum):
    """What a control record says of what it controls."""

    CONFORME = "conforme"
    ECART = "écart"
    NON_FAIT = "non contrôlé"
    """It could not be compared: it is unreadable, or what it controls is."""
    NON_DETAILLE = "non détaillé"
    """There are too many gaps in the file for each to be listed: this one may be among them."""


@attrs.frozen(kw_only=True)
class ChampLu:
    """One field of a record as it stands in the file, masked."""

    id: str
    forme: str
    """The shape of what was found: `A` for a letter, `9` for a digit."""
    first: int | None = None
    """First and last column, from 1, as a specification prints them; None in a format without columns."""
    last: int | None = None
    label: str = ""
    confiance: str = ""
    """Confidence in the position: A, B or C; empty when the format is public."""


@attrs.frozen(kw_only=True)
class Controle:
    """A control that the file holds, and where a gap in it is told."""

    at: Location
    fait: bool = True
    """Whether it could be compared."""


def _no_field() -> tuple[ChampLu, ...]:
    return ()


@attrs.frozen(kw_only=True)
class Element:
    """One record, entity or element of a file, in file order."""

    profondeur: int
    """How deep it stands: under the last element before it that is less deep."""
    code: str
    """What a specification calls it: `2`, `102`, `Ntry`."""
    at: Location
    nom: str = ""
    """What a person calls it, in French."""
    niveau: str = ""
    """The level that the file itself states."""
    controle: Controle | None = None
    champs: Callable[[], tuple[ChampLu, ...]] = attrs.field(default=_no_field, repr=False, eq=False)
    """Read its fields: only those that are looked at are."""


@attrs.frozen(kw_only=True)
class Noeud:
    """An element and what stands under it, folded: the first of each kind, those with something wrong, and counts."""

    element: Element
    verdict: Verdict | None = None
    """None for what is no control."""
    problems: int = 0
    """Problems told at this very place."""
    enfants: tuple[Noeud, ...] = attrs.field(default=(), converter=as_tuple)
    autres: Mapping[str, int] = attrs.field(factory=dict, hash=False)
    """How many more of each code stand under it, not shown."""


def tree_of(elements: Iterable[Element], problems: Iterable[Problem]) -> tuple[tuple[Noeud, ...], Mapping[str, int]]:
    """Fold the elements of a file into a tree, in one pass and in little memory.

    Returns:
        The elements that stand under none, and how many more of each code there are, as `Noeud.autres`.
    """
    judge = _Judge(problems)
    root = _Growing(-1, Noeud(element=Element(profondeur=-1, code="", at=Location(file=""))))
    open_ones = [root]
    for element in elements:
        while len(open_ones) > 1 and open_ones[-1].depth >= element.profondeur:
            _close(open_ones)
        open_ones.append(_Growing(element.profondeur, judge.node(element)))
    while len(open_ones) > 1:
        _close(open_ones)
    return tuple(root.kept), root.others()


def _close(open_ones: list[_Growing]) -> None:
    done = open_ones.pop()
    wrong = done.wrong or done.bare.problems > 0 or done.bare.verdict is Verdict.ECART
    open_ones[-1].take(attrs.evolve(done.bare, enfants=done.kept, autres=done.others()), wrong=wrong)


class _Growing:
    """An element whose children are not all known."""

    def __init__(self, depth: int, bare: Noeud) -> None:
        self.depth = depth
        self.bare = bare
        self.kept: list[Noeud] = []
        self.wrong = False
        self._seen: Counter[str] = Counter()
        self._shown: Counter[str] = Counter()
        self._wrong_shown = 0

    def take(self, node: Noeud, *, wrong: bool) -> None:
        code = node.element.code
        self._seen[code] += 1
        self.wrong |= wrong
        if self._seen[code] > SHOWN:
            if not wrong or self._wrong_shown >= SHOWN_WRONG:
                return
            self._wrong_shown += 1
        self._shown[code] += 1
        self.kept.append(node)

    def others(self) -> Mapping[str, int]:
        return dict(self._seen - self._shown)


class _Judge:
    """What was told, by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self._told: defaultdict[_Place, list[Problem]] = defaultdict(list)
        self._codes: defaultdict[_Place, set[str]] = defaultdict(set)
        self._cut = False
        for problem in problems:
            self._told[_place(problem.at)].append(problem)
            self._codes[_place(problem.at)].add(problem.code)
            self._cut |= problem.code == "PROBLEMES_REPETES" and problem.params["code"] in _GAPS

    def node(self, element: Element) -> Noeud:
        """Return an element without its children, and give it what was told of it: several may share one line."""
        told = self._told.get(_place(element.at), [])
        own = [problem for problem in told if _is_of(problem, element)]
        for problem in own:
            told.remove(problem)
        return Noeud(element=element, verdict=self._verdict(element, own), problems=len(own))

    def _verdict(self, element: Element, own: list[Problem]) -> Verdict | None:
        if element.controle is None:
            return None
        codes = self._codes.get(_place(element.controle.at), set())
        if not codes.isdisjoint(_GAPS):
            return Verdict.ECART
        broken = any(problem.gravite is Gravite.ERREUR for problem in own)
        if not element.controle.fait or broken or not codes.isdisjoint(_NOT_MADE):
            return Verdict.NON_FAIT
        return Verdict.NON_DETAILLE if self._cut else Verdict.CONFORME


def _is_of(problem: Problem, element: Element) -> bool:
    """Tell whether a problem at the place of an element is its own: a path names its first element."""
    first, path, _ = (problem.at.field or "").partition("/")
    return not path or first == element.code


def _place(at: Location) -> _Place:
    return at.line, at.offset
