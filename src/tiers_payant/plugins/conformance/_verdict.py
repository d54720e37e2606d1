"""How a test of the kit ends: nothing wrong, faults told in a few lines, or nothing that could be judged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tiers_payant.plugins.conformance._workshop import HUNG, LOST, Workshop

__all__ = ["judged", "reject", "reject_faults", "reject_unanswered"]

_SHOWN = 10


def reject(faults: Iterable[str]) -> None:
    """Fail when there are faults, the first of them told: places and kinds, never a value."""
    found = list(faults)
    if found:
        more = [f"... and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        pytest.fail("\n".join([*found[:_SHOWN], *more]), pytrace=False)


def judged(answer: Any) -> Any:
    """Return what a process answered; when it did not, another test tells, and there is nothing to judge here."""
    if answer in (HUNG, LOST):
        pytest.skip(f"nothing to judge: the plugin {answer}")
    return answer


def reject_faults(workshop: Workshop, hook: str, name: str, what: str) -> None:
    """Fail when what a hook gives under *name* breaks the promise called *what*."""
    found: dict[str, list[str]] = judged(workshop.once(ask="judge", hook=hook, name=name))
    reject(found[what])


def reject_unanswered(workshop: Workshop, hook: str, name: str, what: str = "") -> None:
    """Fail when judging it did not come back, or, where *what* is given, when that promise is broken."""
    found: Any = workshop.once(ask="judge", hook=hook, name=name)
    reject([found] if found in (HUNG, LOST) else found.get(what, ()))
