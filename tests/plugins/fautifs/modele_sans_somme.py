"""Asks for money, and not how much."""

from __future__ import annotations

from tiers_payant.domain import ModeleSpec, TypeDebiteur, hookimpl


@hookimpl
def tiers_payant_modeles() -> list[ModeleSpec]:
    return [
        ModeleSpec(
            name="modele_sans_somme", types=[TypeDebiteur.PATIENT], provider="mon-lgo",
            objet="Votre compte", corps="Merci de venir régler ce qui reste.",
        )
    ]  # fmt: skip
