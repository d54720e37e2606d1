"""Who reads a file: each format says how sure it is, and nothing but that decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from numbers import Real
from time import perf_counter
from typing import Any

import attrs

from tiers_payant.domain import FormatSpec
from tiers_payant.errors import kind_of
from tiers_payant.plugins._greffons import BUILTIN

__all__ = ["Claim", "Verdict", "chosen", "claim", "scores", "verdicts"]


@attrs.frozen(kw_only=True)
class Claim:
    """Who reads a file: one format, none, or several vendors that nothing tells apart."""

    spec: FormatSpec | None
    tied: tuple[FormatSpec, ...] = ()


def claim(head: bytes, formats: Sequence[FormatSpec]) -> Claim:
    """Return the format with the highest score on *head*; a vendor's beats a built-in one of the same score."""
    return chosen(list(verdicts(head, formats)))


def chosen(said: Sequence[Verdict]) -> Claim:
    """Return who reads a file of which the formats *said* this."""
    best = max((verdict.score for verdict in said), default=0.0)
    if best <= 0:
        return Claim(spec=None)
    winners = [verdict.spec for verdict in said if verdict.score == best]
    vendors = [spec for spec in winners if spec.provider != BUILTIN] or winners
    return Claim(spec=vendors[0]) if len(vendors) == 1 else Claim(spec=None, tied=tuple(vendors))


def scores(head: bytes, formats: Sequence[FormatSpec]) -> list[tuple[FormatSpec, float]]:
    """Return how sure each format is that *head* opens a file of its own, the most sure first."""
    return sorted(((each.spec, each.score) for each in verdicts(head, formats)), key=lambda scored: -scored[1])


@attrs.frozen(kw_only=True)
class Verdict:
    """What one format says of the beginning of a file."""

    spec: FormatSpec
    score: float
    """From 0 to 1; 0 when it gave no such number."""
    faute: str = ""
    """What its `sniff` did against its contract: the type of what it raised or gave, or that it is out of bounds."""
    secondes: float
    """How long it took to say so."""


def verdicts(head: bytes, formats: Sequence[FormatSpec]) -> Iterator[Verdict]:
    """Yield what each format says of *head*; one that fails to answer leaves the file to the others."""
    for spec in formats:
        start, score = perf_counter(), None
        try:
            said: Any = spec.sniff(head)
            faute = kind_of(said)
            if issubclass(type(said), Real):
                score = float(said)
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException as error:  # one that leaves would end us with a status of its own
            faute = kind_of(error)
        secondes = perf_counter() - start
        if score is None:
            yield Verdict(spec=spec, score=0.0, faute=faute, secondes=secondes)
        elif not 0 <= score <= 1:  # and whatever is no number
            yield Verdict(spec=spec, score=0.0, faute="out of bounds", secondes=secondes)
        else:
            yield Verdict(spec=spec, score=score, secondes=secondes)
