"""Code tables put one over the other: what a later line replaces, and what two providers may not both say."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import attrs

from tiers_payant.domain import CodeRejet, Famille
from tiers_payant.errors import LayoutError
from tiers_payant.rejets._lignes import Cle, check_line, cle_of, overlap

__all__ = ["Remplacement", "check_conflicts", "merged"]


@attrs.frozen(kw_only=True)
class Remplacement:
    """One line, or some of its days, that a later table replaced."""

    portee: str
    code: str
    avant: Famille
    apres: Famille
    par: str
    """Who brought the new line: a file, or its source."""

    def __str__(self) -> str:
        change = self.apres.name if self.avant is self.apres else f"{self.avant.name} -> {self.apres.name}"
        return f"{self.par}: {self.portee} {self.code} replaced ({change})"


def merged(
    lines: Iterable[CodeRejet], added: Iterable[CodeRejet], par: str
) -> tuple[tuple[CodeRejet, ...], tuple[Remplacement, ...]]:
    """Return *lines* with *added* over them, and what was replaced."""
    by_cle: dict[Cle, list[CodeRejet]] = defaultdict(list)
    for line in lines:
        by_cle[cle_of(line)].append(line)
    replaced = []
    for new in added:
        kept = []
        for old in by_cle[cle_of(new)]:
            if overlap(old, new):
                kept += _without(old, new)
                replaced += [_replacement(old, new, par)] if attrs.evolve(old, du=new.du, au=new.au) != new else []
            else:
                kept.append(old)
        by_cle[cle_of(new)] = [*kept, new]
    merged = [line for group in by_cle.values() for line in group]
    return tuple(sorted(merged, key=lambda line: (*cle_of(line), line.du or dt.date.min))), tuple(replaced)


def _without(old: CodeRejet, new: CodeRejet) -> list[CodeRejet]:
    """Return what is left of a line on the days of which the other says nothing."""
    day = dt.timedelta(days=1)
    pieces = []
    if new.du is not None and (old.du is None or old.du < new.du):
        pieces.append(attrs.evolve(old, au=new.du - day))
    if new.au is not None and (old.au is None or new.au < old.au):
        pieces.append(attrs.evolve(old, du=new.au + day))
    return pieces


def _replacement(old: CodeRejet, new: CodeRejet, par: str) -> Remplacement:
    return Remplacement(portee=new.portee, code=new.code, avant=old.famille, apres=new.famille, par=par or new.source)


def check_conflicts(brought: Mapping[str, Sequence[CodeRejet]]) -> tuple[CodeRejet, ...]:
    """Return the lines that providers bring, in an order that is not theirs.

    Raises:
        LayoutError: Two of them say different families of one code on one day; both providers are named.
    """
    by_cle: dict[Cle, list[tuple[str, CodeRejet]]] = defaultdict(list)
    for provider in sorted(brought):
        for given in brought[provider]:
            line = _checked(provider, given)
            for other, known in by_cle[cle_of(line)]:
                if overlap(known, line) and known.famille is not line.famille:
                    raise LayoutError(
                        f"{line.portee} {line.code}: {known.famille.name} by {other},"
                        f" {line.famille.name} by {provider}, on the same day"
                    )
            by_cle[cle_of(line)].append((provider, line))
    return tuple(line for group in by_cle.values() for _, line in group)


def _checked(provider: str, line: CodeRejet) -> CodeRejet:
    try:
        return check_line(line)
    except LayoutError as error:
        raise LayoutError(f"tiers_payant_codes_rejets of {provider}: {error}") from None
