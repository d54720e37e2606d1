"""A reject code of which nobody says where it comes from."""

from __future__ import annotations

import datetime as dt

from tiers_payant.domain import CodeRejet, Confiance, Famille, hookimpl


@hookimpl
def tiers_payant_codes_rejets() -> list[CodeRejet]:
    return [
        CodeRejet(
            portee="OC:99999997", code="EX1", libelle="EXEMPLE", famille=Famille.AMC_CONTRAT, du=dt.date(2026, 1, 1),
            source=" ", confiance=Confiance.BASSE,
        )
    ]  # fmt: skip
