"""Says in each letter how many it has made."""

from __future__ import annotations

from itertools import count

from tiers_payant.domain import Courrier, ModeleSpec, RendererSpec, Support, hookimpl
from tiers_payant.dunning.lettres import RENDUS

(OURS,) = [spec for spec in RENDUS if spec.support is Support.TEXTE]

TIMES = count()


def render(courrier: Courrier, modele: ModeleSpec) -> bytes:
    return OURS.render(courrier, modele) + f"Lettre n° {next(TIMES)}".encode()


@hookimpl
def tiers_payant_rendus() -> list[RendererSpec]:
    return [
        RendererSpec(
            name="lettre-datee", support=Support.TEXTE, label="Lettre", suffix=".txt", render=render, provider="mon-lgo"
        )
    ]
