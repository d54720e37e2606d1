"""Takes a long name for impossible."""

from __future__ import annotations

from tiers_payant.domain import Courrier, ModeleSpec, RendererSpec, Support, hookimpl
from tiers_payant.dunning.lettres import RENDUS

(OURS,) = [spec for spec in RENDUS if spec.support is Support.TEXTE]


def render(courrier: Courrier, modele: ModeleSpec) -> bytes:
    if len(courrier.destinataire.nom) > 100:
        raise IndexError("nom")
    return OURS.render(courrier, modele)


@hookimpl
def tiers_payant_rendus() -> list[RendererSpec]:
    return [
        RendererSpec(
            name="lettre-qui-leve",
            support=Support.TEXTE,
            label="Lettre",
            suffix=".txt",
            render=render,
            provider="mon-lgo",
        )
    ]
