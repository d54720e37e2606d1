"""What the page says of one contact beside its reason: the steps passed over, the claims, the name of its files."""

from __future__ import annotations

import numpy as np

from tiers_payant.domain import (
    Canal,
    Palier,
    PlanRelances,
    Raison,
    Rapprochement,
    Relance,
    TypeDebiteur,
    debiteur_texte,
    format_cents,
)

__all__ = ["detailed", "qui", "referred", "skipped"]

_CANAL = {
    Canal.EMAIL: "courriel inconnu",
    Canal.TELEPHONE: "téléphone inconnu",
    Canal.LETTRE: "adresse inconnue",
    Canal.RECOMMANDE: "adresse inconnue",
}
_RAISONS = {
    Raison.CONTACT_INCONNU: "destinataire inconnu",
    Raison.MONTANT_INSUFFISANT: "montant trop faible",
    Raison.SOUS_LE_COUT: "gain inférieur au coût",
}


def qui(one: Relance) -> str:
    """Say who is reminded; a person by the officine's own reference alone."""
    if one.contact is not None and one.type in (TypeDebiteur.AMO, TypeDebiteur.AMC):
        return one.contact.nom
    kind, _, value = one.debiteur.partition(":")
    if kind == "CLIENT":
        return f"client {value}"
    if kind == "FACTURE":
        return f"client de la facture {value.rpartition('/')[2]}"
    return debiteur_texte(one.debiteur).removeprefix("à la charge de ").removeprefix("la ").replace(", centre 0000", "")


def referred(one: Relance) -> str:
    """Return the reference of a contact, which begins the names of its files."""
    return f"réf.\u00a0{one.id}"


def skipped(plan: PlanRelances, one: Relance) -> str:
    """Say which steps of a contact were passed over, and why, as a sentence; empty when none was."""
    owners = plan.ecarts.creance
    first, last = np.searchsorted(owners, np.array((one.porteuse, one.porteuse + 1), dtype=owners.dtype))
    scenario = plan.policy.scenario(one.type)
    told = [
        f"{niveau} ({_why(scenario.paliers[niveau - 1], Raison(raison))})"
        for niveau, raison in zip(
            plan.ecarts.niveau[first:last].tolist(), plan.ecarts.raison[first:last].tolist(), strict=True
        )
        if scenario is not None and 0 < niveau < one.niveau
    ]
    if not told:
        return ""
    if len(told) == 1:
        return f"Palier {told[0]} sauté."
    return f"Paliers {', '.join(told[:-1])} et {told[-1]} sautés."


def detailed(plan: PlanRelances, result: Rapprochement, row: int) -> str:
    """Say which claims a contact is about: their factures, and how much of each."""
    first, last = np.searchsorted(plan.creances.relance, (row, row + 1))
    told = (
        f"{result.creances.facture[plan.creances.creance[place]].decode()} "
        f"({format_cents(int(plan.creances.cents[place]))})"
        for place in range(int(first), int(last))
    )
    return f"factures : {', '.join(told)}"


def _why(palier: Palier, raison: Raison) -> str:
    if raison is Raison.ADRESSE_MANQUANTE:
        return _CANAL.get(palier.canal, "adresse inconnue")
    return _RAISONS.get(raison, "non applicable")
