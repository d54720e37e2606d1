"""An indicator in cents that is told in euros, with a fraction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tiers_payant.domain import IndicateurSpec, Rapprochement, hookimpl


def compute(result: Rapprochement, today: dt.date) -> Any:
    return sum(creance.du_cents for creance in result.creances) / 100


@hookimpl
def tiers_payant_indicateurs() -> list[Any]:
    return [IndicateurSpec(name="indicateur-en-euros", label="Dû", unite="cents", compute=compute, provider="mon-lgo")]
