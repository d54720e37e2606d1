"""The elements of a file folded into a tree: what is shown of it, and the verdict on each of its controls."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import attrs

from tiers_payant.domain import Element, Noeud, Verdict
from tiers_payant.errors import Gravite, Location, Problem

__all__ = ["tree_of"]

_Place = tuple[int | None, int | None]
"""Line and byte, as a location tells them."""

SHOWN = 3
"""Elements of one kind shown under another; the others are counted."""
SHOWN_WRONG = 20
"""Elements shown beyond them because something is wrong in them."""

_GAPS = ("CONTROLE_NOMBRE", "CONTROLE_SOMME", "RELEVE_DESEQUILIBRE")
"""What is told of a control that disagrees with what it controls."""
_NOT_MADE = ("RELEVE_NON_CONTROLE", "NOEMIE_NIVEAU")
"""What is told of one that could not be compared."""


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
