"""Says on the screen to whom it writes."""

from __future__ import annotations

from tiers_payant.domain import Courrier, ModeleSpec, RendererSpec, Support, hookimpl
from tiers_payant.dunning.lettres import RENDUS

(OURS,) = [spec for spec in RENDUS if spec.support is Support.TEXTE]


def render(courrier: Courrier, modele: ModeleSpec) -> bytes:
    print("lettre pour", courrier.destinataire.nom)  # noqa: T201
    return OURS.render(courrier, modele)


@hookimpl
def tiers_payant_rendus() -> list[RendererSpec]:
    return [
        RendererSpec(
            name="lettre-bavarde",
            support=Support.TEXTE,
            label="Lettre",
            suffix=".txt",
            render=render,
            provider="mon-lgo",
        )
    ]
