"""Names a field that no letter has."""

from __future__ import annotations

from tiers_payant.domain import ModeleSpec, TypeDebiteur, hookimpl


@hookimpl
def tiers_payant_modeles() -> list[ModeleSpec]:
    return [
        ModeleSpec(
            name="modele_sans_champ", types=[TypeDebiteur.PATIENT], provider="mon-lgo",
            objet="Votre compte", corps="Ordonnance {{ ordonnance }}, {{ total_cents | euros }}.",
        )
    ]  # fmt: skip
