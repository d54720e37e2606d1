"""Names the person in the subject."""

from __future__ import annotations

from tiers_payant.domain import ModeleSpec, TypeDebiteur, hookimpl


@hookimpl
def tiers_payant_modeles() -> list[ModeleSpec]:
    return [
        ModeleSpec(
            name="modele_indiscret", types=[TypeDebiteur.PATIENT], provider="mon-lgo",
            objet="{{ destinataire.nom }}", corps="Il reste {{ total_cents | euros }}.",
        )
    ]  # fmt: skip
