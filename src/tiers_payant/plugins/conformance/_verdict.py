"""How a test of the kit ends: nothing wrong, faults told in a few lines, or nothing that could be judged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tiers_payant.plugins.conformance._workshop import HUNG, LOST

__all__ = ["judged", "reject"]

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
