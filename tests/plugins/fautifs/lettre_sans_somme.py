"""Asks for whole euros."""

from __future__ import annotations

from tiers_payant.domain import Courrier, ModeleSpec, RendererSpec, Support, hookimpl


def render(courrier: Courrier, modele: ModeleSpec) -> bytes:
    return f"Il reste {courrier.total_cents // 100} euros.".encode()


@hookimpl
def tiers_payant_rendus() -> list[RendererSpec]:
    return [
        RendererSpec(
            name="lettre-sans-somme",
            support=Support.TEXTE,
            label="Lettre",
            suffix=".txt",
            render=render,
            provider="mon-lgo",
        )
    ]
