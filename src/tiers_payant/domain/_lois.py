"""The laws of conservation, checked on a result from its own tables and links, without any other truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._codes import EtatVirement, Part
from tiers_payant.domain._table import Entiers, Renvois
from tiers_payant.domain._versements import net_cents
from tiers_payant.errors import LawError

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["check_laws"]

Mask = npt.NDArray[np.bool_]


def check_laws(result: Rapprochement) -> None:
    """Check that every cent of *result* is in one place.

    The balance holds; no group and no bank line is settled twice; what links take of each settled line is its amount,
    and what they bring to each settled group is its net, or less for a partial transfer, whose parts told are its
    group's and make its amount; what each créance received is what its settled answers announce and what bank lines
    without a return bring it; the totals are those of the rows.

    Raises:
        LawError: A cent appeared, vanished or was used twice; the message says where.
    """
    if result.totaux.ecart_cents:
        raise LawError(f"the balance misses {result.totaux.ecart_cents} cents")
    _check_links(result)
    insurers = result.creances.part != Part.ASSURE
    _agree("what a créance received", result.creances.credite_cents[insurers], _received_cents(result)[insurers])
    _agree("the bank lines of a state", *_bank_sums(result))


def _check_links(result: Rapprochement) -> None:
    links, tables = result.liens_virements, result.tables
    pairs, counts = np.unique(links.groupe.astype(np.int64) << 32 | links.virement, return_counts=True)
    if (counts > 1).any():
        raise LawError(f"a bank line and a group are settled twice: group {int(pairs[counts > 1][0] >> 32)}")
    many = [np.bincount(ends)[ends] > 1 if len(ends) else ends > 0 for ends in (links.groupe, links.virement)]
    if (many[0] & many[1]).any():
        link = int(np.flatnonzero(many[0] & many[1])[0])
        raise LawError(f"a bank line of several groups pays a group of several bank lines: link {link}")
    directs = result.liens_directs
    lines, taken = np.append(links.virement, directs.virement), np.append(links.cents, directs.cents)
    _agree("the links of a bank line", *_summed(lines, taken, tables.virements.montant_cents))
    short = _check_partials(result)
    told, nets = _summed(links.groupe, links.cents, net_cents(tables))
    _agree("the links of a group and its net", np.where(short, nets, told), nets)


def _check_partials(result: Rapprochement) -> Mask:
    """Check the partial transfers, and return their groups: one line each, above zero, less than the net."""
    links, tables = result.liens_virements, result.tables
    paid, nets = _summed(links.groupe, links.cents, net_cents(tables))
    short = (paid > 0) & (paid < nets)
    alone = [np.bincount(ends)[ends] == 1 if len(ends) else ends > 0 for ends in (links.groupe, links.virement)]
    short[links.groupe[~(alone[0] & alone[1])]] = False
    parts = result.ventilations
    whole = (parts.groupe < 0) | ~short[parts.groupe]
    if whole.any():
        raise LawError(f"parts of a group that no partial transfer pays: rank {int(np.flatnonzero(whole)[0])}")
    _check_parts(result)
    lines = links.virement[short[links.groupe] & ~np.isin(links.groupe, parts.groupe)]
    if (result.etats_virements[lines] != EtatVirement.PARTIEL).any():
        raise LawError("a partial transfer that tells no parts is not partial")
    return short


def _check_parts(result: Rapprochement) -> None:
    """Check that each part is one answer or one movement of its group, once, and that parts make their transfer."""
    links, parts = result.liens_virements, result.ventilations
    for rows, others, table, cents in (
        (parts.reponse, parts.mouvement, result.tables.reponses, result.tables.reponses.annonce_cents),
        (parts.mouvement, parts.reponse, result.tables.mouvements, result.tables.mouvements.montant_cents),
    ):
        told = rows >= 0
        if len(np.unique(rows[told])) < told.sum() or ((rows < 0) & (others < 0)).any():
            raise LawError("a part is paid twice, or is nothing")
        own = told & (others < 0)
        if (own != told).any() or (table.groupe[rows[told]] != parts.groupe[told]).any():
            raise LawError("a part is of another group")
        _agree("a part of a partial transfer", parts.cents[told], cents[rows[told]])
    brought = np.zeros(len(result.tables.groupes), dtype=np.int64)
    brought[links.groupe] = links.cents
    line_of = np.full(len(result.tables.groupes), -1, dtype=np.int64)
    line_of[links.groupe] = links.virement
    if (line_of[parts.groupe] != parts.virement).any():
        raise LawError("a part is paid by another bank line")
    _agree("the parts of a partial transfer", *_summed(parts.groupe, parts.cents, brought))


def _received_cents(result: Rapprochement) -> Entiers:
    """Return, for each créance, what its answers in settled groups announce."""
    received = np.zeros(len(result.creances), dtype=np.int64)
    paid = result.reponses_versees[result.liens_reponses.reponse]
    np.add.at(received, result.liens_reponses.creance[paid], result.liens_reponses.cents[paid])
    np.add.at(received, result.liens_directs.creance, result.liens_directs.cents)
    return received


def _bank_sums(result: Rapprochement) -> tuple[Entiers, Entiers]:
    """Return the bank lines proposed and unexplained, as the totals tell them and as the rows do."""
    amounts, etats = result.tables.virements.montant_cents, result.etats_virements
    told = (result.totaux.propose_cents, result.totaux.inexplique_cents)
    found = [int(amounts[etats == etat].sum()) for etat in (EtatVirement.PROPOSE, EtatVirement.INEXPLIQUE)]
    return np.array(told, dtype=np.int64), np.array(found, dtype=np.int64)


def _agree(what: str, told: Entiers, found: Entiers) -> None:
    gaps = np.flatnonzero(told != found)
    if len(gaps):
        raise LawError(f"{what}: {int(told[gaps[0]] - found[gaps[0]])} cents apart, at rank {int(gaps[0])}")


def _summed(ends: Renvois, cents: Entiers, amounts: Entiers) -> tuple[Entiers, Entiers]:
    """Return what links bring to each of their *ends*, and the *amounts* of these ends; zero for all others."""
    summed, linked = np.zeros_like(amounts), np.zeros(len(amounts), dtype=np.bool_)
    np.add.at(summed, ends, cents)
    linked[ends] = True
    return summed, np.where(linked, amounts, 0)
