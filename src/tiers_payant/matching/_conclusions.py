"""What the facts settled make of each créance, of each bank line, and of the whole."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Creances,
    EtatVirement,
    LiensReponses,
    Part,
    Recherche,
    Reponse,
    Tables,
    Totaux,
)
from tiers_payant.matching._creances import refused_lots
from tiers_payant.matching._etats import facts_of, states
from tiers_payant.matching._groupes import Banque
from tiers_payant.matching._reglements import Reglements
from tiers_payant.matching._reponses import Answers
from tiers_payant.matching._retransmissions import retransmissions

__all__ = ["bank_states", "searched", "states_of", "totals"]

Mask = npt.NDArray[np.bool_]


def states_of(tables: Tables, creances: Creances, liens: LiensReponses, regles: Reglements) -> Creances:
    """Return the créances with their amounts and states, and which replaces which."""
    paid = regles.reponses_versees
    faits = facts_of(tables, creances, liens, paid)
    refused = refused_lots(tables, creances) & (faits.derniere < 0)
    rejected = (faits.derniere == Reponse.REJETEE) | refused
    unpaid = rejected & (faits.credite <= 0)
    chain = retransmissions(
        tables,
        creances,
        unpaid,
        np.where(refused, creances.lot_date.astype(np.int64), faits.derniere_le),
        faits.annonce,
    )
    replaced = _mask(chain.left, len(creances))
    following = np.full(len(creances), -1, dtype=np.int32)
    following[chain.left] = chain.right
    group_of = tables.reponses.groupe[liens.reponse]
    to_confirm = _inside(group_of, _mask(regles.propositions.groupe, len(tables.groupes)))
    untold = _inside(group_of, _mask(regles.partiels.groupe, len(tables.groupes))) & ~paid[liens.reponse]
    proposed, left = (_mask(liens.creance[rows], len(creances)) for rows in (to_confirm, untold))
    result = states(creances, faits, replaced, refused, proposed, left)
    return result.with_columns(remplacee_par=following)


def _mask(rows: npt.NDArray[np.integer], length: int) -> Mask:
    mask = np.zeros(length, dtype=np.bool_)
    mask[rows] = True
    return mask


def bank_states(banque: Banque, regles: Reglements) -> npt.NDArray[np.int8]:
    """Return the state of each bank line.

    In scope is a line with a known payer, a typed reference or a candidate; the rest is not ours to explain.
    """
    named = [texte.payeur is not None or texte.typed for texte in banque.textes]
    found = np.where(
        (np.array(named, dtype=np.bool_) & banque.argent) | regles.foules,
        EtatVirement.INEXPLIQUE,
        EtatVirement.HORS_PERIMETRE,
    )
    found[regles.propositions.virement] = EtatVirement.PROPOSE
    found[regles.liens.virement] = EtatVirement.EXPLIQUE
    found[regles.muets.virement] = EtatVirement.PARTIEL
    return found.astype(np.int8)


def searched(unlisted: Mask, unsearched: Mask) -> npt.NDArray[np.int8]:
    """Say of each bank line how far its candidates were searched."""
    too_many = np.where(unlisted, Recherche.CANDIDATS_TROP_NOMBREUX, Recherche.ENTIERE)
    return np.where(unsearched, Recherche.HORS_BUDGET, too_many).astype(np.int8)


def totals(
    tables: Tables, creances: Creances, answers: Answers, regles: Reglements, etats: npt.NDArray[np.int8]
) -> Totaux:
    """Return the sums over the créances of insurers and the bank lines in scope."""
    insurers = creances.part != Part.ASSURE
    moved = tables.mouvements.montant_cents[regles.mouvements_verses]
    orphans = tables.reponses.annonce_cents[regles.reponses_versees & ~answers.placed]
    amounts = tables.virements.montant_cents
    return Totaux(
        du_cents=int(creances.du_cents[insurers & (creances.remplacee_par < 0)].sum()),
        annonce_cents=int(creances.annonce_cents[insurers].sum()),
        credite_cents=int(creances.credite_cents[insurers].sum()),
        mouvements_cents=int(moved.sum()),
        retenu_cents=int(np.minimum(moved, 0).sum()),
        non_ventile_cents=int(orphans.sum() + regles.muets.cents.sum()),
        propose_cents=int(amounts[etats == EtatVirement.PROPOSE].sum()),
        inexplique_cents=int(amounts[etats == EtatVirement.INEXPLIQUE].sum()),
        virements_cents=int(amounts[etats != EtatVirement.HORS_PERIMETRE].sum()),
    )


def _inside(groups: npt.NDArray[np.int32], kept: Mask) -> Mask:
    """Tell which rows point to a group of the mask *kept*; those that point to none do not."""
    return (groups >= 0) & kept[groups] if len(kept) else np.zeros(len(groups), dtype=np.bool_)
