"""The laws of partial transfers: one line for one group, less than its net, and parts that are its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._codes import EtatVirement
from tiers_payant.domain._infractions import Infraction
from tiers_payant.domain._montants import summed
from tiers_payant.domain._reperages import at

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["paid_in_part", "partials", "parts", "unshared_links"]

Mask = npt.NDArray[np.bool_]


def paid_in_part(result: Rapprochement) -> Mask:
    """Say which groups one bank line pays, which pays no other: above zero, and less than their net."""
    links, size = result.liens_virements, len(result.tables.groupes)
    paid = summed(links.groupe, links.cents, size)
    short: Mask = (paid > 0) & (paid < result.net_groupes_cents)
    for ends in (links.groupe, links.virement):
        short[links.groupe[np.bincount(ends)[ends] > 1] if len(ends) else links.groupe] = False
    return short


def unshared_links(result: Rapprochement) -> Mask:
    """Say of each link of a bank line whether it pays its group in part, and tells none of the parts."""
    groups = result.liens_virements.groupe
    told = np.zeros(len(result.tables.groupes), dtype=np.bool_)
    told[result.ventilations.groupe] = True
    return paid_in_part(result)[groups] & ~told[groups]


def partials(result: Rapprochement) -> Iterator[Infraction]:
    """A bank line is partial when it pays a group in part, and tells none of the parts."""
    etats = result.etats_virements
    silent = np.zeros(len(etats), dtype=np.bool_)
    silent[result.liens_virements.virement[unshared_links(result)]] = True
    wrong = np.flatnonzero((etats == EtatVirement.PARTIEL) != silent)
    yield from at(result, "ETAT_VIREMENT", "virements", wrong, detail="partiel")


def parts(result: Rapprochement) -> Iterator[Infraction]:
    """Each part is one answer or one movement of a group paid in part, once; parts make what their line pays."""
    told, links, tables = result.ventilations, result.liens_virements, result.tables
    wrong = ~paid_in_part(result)[told.groupe] | ((told.reponse < 0) == (told.mouvement < 0))
    for rows, groups, cents in (
        (told.reponse, tables.reponses.groupe, tables.reponses.annonce_cents),
        (told.mouvement, tables.mouvements.groupe, tables.mouvements.montant_cents),
    ):
        mine = np.flatnonzero(rows >= 0)
        wrong[mine] |= (groups[rows[mine]] != told.groupe[mine]) | (cents[rows[mine]] != told.cents[mine])
        wrong[mine] |= np.bincount(rows[mine])[rows[mine]] > 1 if len(mine) else False
    line_of = np.full(len(tables.groupes), -1, dtype=np.int64)
    line_of[links.groupe] = links.virement
    wrong |= line_of[told.groupe] != told.virement
    yield from at(result, "VENTILATION", "ventilations", np.flatnonzero(wrong))
    size = len(tables.groupes)
    brought = summed(links.groupe, links.cents, size) - summed(told.groupe, told.cents, size)
    uneven = np.flatnonzero(brought[told.groupe] != 0)
    yield from at(result, "VENTILATION", "groupes", told.groupe[uneven], detail="cents")
