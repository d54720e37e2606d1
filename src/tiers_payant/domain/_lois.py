"""The laws of conservation, checked on a result from its own tables and links, without any other truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiers_payant.domain._codes import EtatVirement, Part
from tiers_payant.domain._table import Entiers, Renvois
from tiers_payant.errors import LawError

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["check_laws"]


def check_laws(result: Rapprochement) -> None:
    """Check that every cent of *result* is in one place.

    The balance holds; no group and no bank line is settled twice; what links take of each settled line is its amount,
    and what they bring to each settled group is its net; what each créance received is what its settled answers
    announce and what bank lines without a return bring it; the totals are those of the rows.

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
    _agree("the links of a group and its net", *_summed(links.groupe, links.cents, _net_cents(result)))


def _net_cents(result: Rapprochement) -> Entiers:
    """Return what each group announces, movements included."""
    net = np.zeros(len(result.tables.groupes), dtype=np.int64)
    for table, cents in (
        (result.tables.reponses, result.tables.reponses.annonce_cents),
        (result.tables.mouvements, result.tables.mouvements.montant_cents),
    ):
        inside = table.groupe >= 0
        np.add.at(net, table.groupe[inside], cents[inside])
    return net


def _received_cents(result: Rapprochement) -> Entiers:
    """Return, for each créance, what its answers in settled groups announce."""
    received = np.zeros(len(result.creances), dtype=np.int64)
    paid = np.isin(result.tables.reponses.groupe[result.liens_reponses.reponse], result.liens_virements.groupe)
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
