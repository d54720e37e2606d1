"""Reading a template before it is used: whatever it names must be a field of `Courrier`, of the kind that it needs.

The tree of the template is walked with the types of the fields. Only what stands here is allowed: no call, no macro, no
import, no test, no attribute of anything but our types. So nothing of Python can be reached, no loop goes on for ever,
and a field that is misspelt is found when the template is loaded. What may be missing (an address, a day) must stand in
an `{% if %}` that asks. How long a template makes its letter is not bounded: whoever writes one is trusted that far.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
from jinja2 import nodes

from tiers_payant.dunning.lettres._champs import FILTRES, MARQUES, Filtre, Genre, Sorte, fields_of, racine
from tiers_payant.errors import LetterError

__all__ = ["check_template"]

_NUMBERS = (Sorte.NOMBRE, Sorte.CENTS)
_PRINTED = (Sorte.TEXTE, Sorte.NOMBRE, Sorte.MARQUE)
_HINTS = {
    Sorte.CENTS: "is a sum: write `| euros`",
    Sorte.JOUR: "is a day: write `| jour`",
    Sorte.OBJET: "is no text: name one of its fields",
    Sorte.SUITE: "is a sequence: `{% for %}` reads it",
}
_LOOP = {
    "index": Genre(sorte=Sorte.NOMBRE),
    "length": Genre(sorte=Sorte.NOMBRE),
    "first": Genre(sorte=Sorte.VRAI),
    "last": Genre(sorte=Sorte.VRAI),
}


@attrs.frozen(kw_only=True)
class _Scope:
    """What is known where an expression stands."""

    noms: Mapping[str, Genre]
    presents: frozenset[str] = frozenset()
    """Expressions that an `{% if %}` around found to be there."""
    boucle: bool = False


_COUNTED = {name: Genre(sorte=Sorte.SUITE, dedans=(Genre(sorte=Sorte.OCTETS),)) for name in ("lignes", "precedents")}
"""Sequences that a subject may count, and whose elements it may not say."""


def check_template(tree: nodes.Template, at: str, *, sujet: bool = False) -> None:
    """Check a template.

    Args:
        tree: The template, parsed.
        at: What it is, to begin the error.
        sujet: Whether it is a subject: read at a glance, on a screen or on paper, it says neither for whom nor of what
            it is, and holds no block.

    Raises:
        LetterError: An unknown field, a value that cannot be printed as it is, or anything that a template may not do.
    """
    names = dict(racine())
    if sujet:
        names = {name: genre for name, genre in names.items() if name != "destinataire" and name not in MARQUES}
        names |= _COUNTED
    _Controle(at).body(tree.body, _Scope(noms=names))


class _Controle:
    """The walk of one template."""

    def __init__(self, at: str) -> None:
        self._at = at

    def body(self, found: list[nodes.Node], scope: _Scope) -> None:
        for node in found:
            kind = _STATEMENTS.get(type(node))
            if kind is None:
                raise self._refused(node, f"{_shown(node)} is not for a template")
            kind(self, node, scope)

    def output(self, node: nodes.Output, scope: _Scope) -> None:
        for one in node.nodes:
            if not isinstance(one, nodes.TemplateData):
                self._printed(one, scope)

    def _printed(self, node: nodes.Node, scope: _Scope) -> None:
        if isinstance(node, nodes.CondExpr):
            self._printed(node.expr1, self._knowing(node.test, scope))
            if node.expr2 is None:
                raise self._refused(node, "`if` without `else`")
            self._printed(node.expr2, scope)
            return
        genre = self.genre(node, scope)
        name = _path(node) or "an expression"
        if genre.absent:
            raise self._refused(node, f"{name} may be missing: ask in an `{{% if %}}` first")
        if genre.sorte not in _PRINTED:
            raise self._refused(node, f"{name} {_HINTS.get(genre.sorte, 'cannot be printed')}")

    def condition(self, node: nodes.If, scope: _Scope) -> None:
        self.body(node.body, self._knowing(node.test, scope))
        for other in node.elif_:
            self.condition(other, scope)
        self.body(node.else_, scope)

    def loop(self, node: nodes.For, scope: _Scope) -> None:
        genre = self.genre(node.iter, scope)
        if genre.sorte is not Sorte.SUITE or node.recursive or node.test is not None:
            raise self._refused(node, f"{_path(node.iter) or 'an expression'} is no sequence to go through")
        given = self._bound(node.target, genre.dedans[0], scope)
        self.body(node.body, attrs.evolve(scope, noms={**scope.noms, **given}, boucle=True))
        self.body(node.else_, scope)

    def _bound(self, target: nodes.Node, genre: Genre, scope: _Scope) -> dict[str, Genre]:
        """Name what each turn of a loop gives; one that is taken would hide what it names."""
        names = target.items if isinstance(target, nodes.Tuple) else [target]
        kinds = genre.dedans if isinstance(target, nodes.Tuple) else (genre,)
        if len(names) != len(kinds) or not all(isinstance(one, nodes.Name) for one in names):
            raise self._refused(target, "what the loop names does not fit what it goes through")
        given = {str(getattr(one, "name", "")): kind for one, kind in zip(names, kinds, strict=True)}
        hidden = sorted(set(given) & {*racine(), *scope.noms, "loop"})
        if hidden:
            raise self._refused(target, f"{hidden[0]} is taken: the loop needs another name")
        return given

    def _knowing(self, test: nodes.Node, scope: _Scope) -> _Scope:
        """Return what is known where a test holds."""
        self.genre(test, scope)
        if isinstance(test, nodes.And):
            return self._knowing(test.right, self._knowing(test.left, scope))
        path = _path(test)
        return attrs.evolve(scope, presents=scope.presents | {path}) if path else scope

    def genre(self, node: nodes.Node, scope: _Scope) -> Genre:
        """Return what an expression gives."""
        kind = _EXPRESSIONS.get(type(node))
        if kind is None:
            raise self._refused(node, f"{_shown(node)} is not for a template")
        found: Genre = kind(self, node, scope)
        return attrs.evolve(found, absent=False) if found.absent and _path(node) in scope.presents else found

    def name(self, node: nodes.Name, scope: _Scope) -> Genre:
        if node.name not in scope.noms:
            raise self._refused(node, f"no field {node.name!r}")
        return scope.noms[node.name]

    def field(self, node: nodes.Getattr, scope: _Scope) -> Genre:
        if scope.boucle and isinstance(node.node, nodes.Name) and node.node.name == "loop":
            known: Mapping[str, Genre] = _LOOP
        else:
            owner = self.genre(node.node, scope)
            if owner.absent:
                raise self._refused(node, f"{_path(node.node)} may be missing: ask in an `{{% if %}}` first")
            known = fields_of(owner.classe) if owner.classe else {}
        if node.attr not in known:
            raise self._refused(node, f"no field {_path(node) or node.attr!r}")
        return known[node.attr]

    def filtered(self, node: nodes.Filter, scope: _Scope) -> Genre:
        filtre = FILTRES.get(node.name)
        if filtre is None or node.node is None:
            raise self._refused(node, f"no filter {node.name!r}")
        genre = self.genre(node.node, scope)
        if genre.absent:
            raise self._refused(node, f"{_path(node.node)} may be missing: ask in an `{{% if %}}` first")
        if genre.sorte not in filtre.pour or not self._words(node, filtre):
            raise self._refused(node, f"{node.name}: expected {' or '.join(filtre.pour)} and {filtre.mots} texts")
        return Genre(sorte=filtre.donne)

    @staticmethod
    def _words(node: nodes.Filter, filtre: Filtre) -> bool:
        plain = all(isinstance(one, nodes.Const) and isinstance(one.value, str) for one in node.args)
        return plain and len(node.args) == filtre.mots and not (node.kwargs or node.dyn_args or node.dyn_kwargs)

    def const(self, node: nodes.Const, scope: _Scope) -> Genre:
        kinds = {str: Sorte.TEXTE, int: Sorte.NOMBRE, bool: Sorte.VRAI}
        if type(node.value) not in kinds:
            raise self._refused(node, f"{_shown(node)} is not for a template")
        return Genre(sorte=kinds[type(node.value)])

    def truth(self, node: Any, scope: _Scope) -> Genre:
        for one in node.iter_child_nodes():
            self.genre(one, scope)
        return Genre(sorte=Sorte.VRAI)

    def compare(self, node: nodes.Compare, scope: _Scope) -> Genre:
        first = self.genre(node.expr, scope)
        for operand in node.ops:
            other = self.genre(operand.expr, scope)
            alike = first.sorte is other.sorte or {first.sorte, other.sorte} <= set(_NUMBERS)
            if operand.op in ("in", "notin") or first.absent or other.absent or not alike:
                raise self._refused(node, "a comparison of things that are not alike, or may be missing")
        return Genre(sorte=Sorte.VRAI)

    def arithmetic(self, node: nodes.BinExpr, scope: _Scope) -> Genre:
        left, right = self.genre(node.left, scope), self.genre(node.right, scope)
        if left.sorte not in _NUMBERS or left.sorte is not right.sorte or left.absent or right.absent:
            raise self._refused(node, "a sum of things that are not alike")
        return left

    def _refused(self, node: nodes.Node, words: str) -> LetterError:
        return LetterError(f"{self._at}: line {node.lineno}: {words}")


def _path(node: nodes.Node) -> str:
    """Return a name and its fields as a template writes them; empty for any other expression."""
    if isinstance(node, nodes.Name):
        return node.name
    owner = _path(node.node) if isinstance(node, nodes.Getattr) else ""
    return f"{owner}.{node.attr}" if owner and isinstance(node, nodes.Getattr) else ""


def _shown(node: nodes.Node) -> str:
    return f"`{type(node).__name__.lower()}`"


_STATEMENTS: Mapping[type, Callable[..., None]] = {
    nodes.Output: _Controle.output,
    nodes.If: _Controle.condition,
    nodes.For: _Controle.loop,
}
_EXPRESSIONS: Mapping[type, Callable[..., Genre]] = {
    nodes.Name: _Controle.name,
    nodes.Getattr: _Controle.field,
    nodes.Filter: _Controle.filtered,
    nodes.Const: _Controle.const,
    nodes.Compare: _Controle.compare,
    nodes.And: _Controle.truth,
    nodes.Or: _Controle.truth,
    nodes.Not: _Controle.truth,
    nodes.Add: _Controle.arithmetic,
    nodes.Sub: _Controle.arithmetic,
}
