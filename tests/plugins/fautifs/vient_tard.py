"""Waits before it is there."""

from __future__ import annotations

import time
from typing import Any

from tiers_payant.domain import RelancePolicy, hookimpl

time.sleep(2)


@hookimpl
def tiers_payant_politiques() -> list[Any]:
    return [RelancePolicy.standard()]
