"""Puts names into a page as they are."""

from __future__ import annotations

from tiers_payant.domain import Courrier, ModeleSpec, RendererSpec, Support, format_cents, hookimpl


def render(courrier: Courrier, modele: ModeleSpec) -> bytes:
    return f"<p>{courrier.destinataire.nom} : {format_cents(courrier.total_cents)}</p>".encode()


@hookimpl
def tiers_payant_rendus() -> list[RendererSpec]:
    return [
        RendererSpec(
            name="lettre-naive", support=Support.HTML, label="Lettre", suffix=".html", render=render, provider="mon-lgo"
        )
    ]
