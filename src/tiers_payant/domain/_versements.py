"""What bank lines pay of the groups they are tied to: all of it, some of its parts, or cents that no part tells."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._montants import summed
from tiers_payant.domain._resultat import LiensVirements, Ventilations
from tiers_payant.domain._table import Entiers, Renvois
from tiers_payant.domain.tables import Tables

__all__ = ["gross_cents", "net_cents", "paid_answers", "paid_moves", "short_groups"]

Mask = npt.NDArray[np.bool_]


def net_cents(tables: Tables) -> Entiers:
    """Return what each announced group should credit: its announced lines and its signed movements."""
    return gross_cents(tables) + summed(tables.mouvements.groupe, tables.mouvements.montant_cents, len(tables.groupes))


def gross_cents(tables: Tables) -> Entiers:
    """Return what each announced group pays for factures, movements left out."""
    return summed(tables.reponses.groupe, tables.reponses.annonce_cents, len(tables.groupes))


def short_groups(tables: Tables, links: LiensVirements) -> Mask:
    """Say of each group whether its bank lines hold something else than its net: a partial transfer."""
    linked = np.zeros(len(tables.groupes), dtype=np.bool_)
    linked[links.groupe] = True
    short: Mask = linked & (summed(links.groupe, links.cents, len(tables.groupes)) != net_cents(tables))
    return short


def paid_answers(tables: Tables, links: LiensVirements, short: Mask, ventilations: Ventilations) -> Mask:
    """Say of each answer whether a bank line pays it: its whole group, or it among the parts that are told.

    Args:
        tables: The facts.
        links: Which bank line is tied to which group.
        short: The groups that are paid in part, as `short_groups` says.
        ventilations: What partial transfers pay.
    """
    return _paid(tables.reponses.groupe, ventilations.reponse, links, short)


def paid_moves(tables: Tables, links: LiensVirements, short: Mask, ventilations: Ventilations) -> Mask:
    """Say of each movement whether a bank line takes it into account, as for `paid_answers`."""
    return _paid(tables.mouvements.groupe, ventilations.mouvement, links, short)


def _paid(groups: Renvois, told: Renvois, links: LiensVirements, short: Mask) -> Mask:
    # One entry more, always false: a row of no group points to -1.
    whole = np.zeros(len(short) + 1, dtype=np.bool_)
    whole[links.groupe] = True
    whole[:-1] &= ~short
    paid: Mask = whole[groups]
    paid[told[told >= 0]] = True
    return paid
