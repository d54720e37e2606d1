"""The laws of the matching, checked on a result from its own tables and links, without any other truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from tiers_payant.domain._codes import EtatVirement, Part
from tiers_payant.domain._infractions import Infraction
from tiers_payant.domain._lois_etats import bank_states, chains, creance_states
from tiers_payant.domain._lois_liens import bank_links, classes, pointers, repeated, several_to_several
from tiers_payant.domain._lois_partiels import partials, parts, unshared_links
from tiers_payant.domain._montants import summed
from tiers_payant.domain._reperages import at, gaps
from tiers_payant.domain._table import Entiers
from tiers_payant.errors import LawError

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["breaches_of", "check_laws"]

_TOLD = 5


def check_laws(result: Rapprochement) -> None:
    """Check every law on *result*.

    Raises:
        LawError: A law does not hold; the message names the law, the table, the rows and their identifiers, and
            `LawError.infractions` holds all of them.
    """
    found = breaches_of(result)
    if found:
        more = f"\nand {len(found) - _TOLD} laws more" if len(found) > _TOLD else ""
        raise LawError("\n".join(map(str, found[:_TOLD])) + more, found)


def breaches_of(result: Rapprochement) -> tuple[Infraction, ...]:
    """Return every law that does not hold; when a link points nowhere, that alone, since nothing else can be judged."""
    lost = tuple(pointers(result))
    return lost or tuple(breach for law in _LAWS for breach in law(result))


def _balance(result: Rapprochement) -> Iterator[Infraction]:
    if result.totaux.ecart_cents:
        yield Infraction(
            loi="BALANCE", table="totaux", rangs=(), identifiants=(), ecart_cents=result.totaux.ecart_cents
        )


def _totals(result: Rapprochement) -> Iterator[Infraction]:
    for name, cents in _sums(result).items():
        gap = int(getattr(result.totaux, name)) - cents
        if gap:
            yield Infraction(loi="TOTAL", table="totaux", rangs=(), identifiants=(), ecart_cents=gap, detail=name)


def _sums(result: Rapprochement) -> dict[str, int]:
    """Return the totals, as the rows make them."""
    creances, etats, tables = result.creances, result.etats_virements, result.tables
    amounts, insurers = tables.virements.montant_cents, result.creances.part != Part.ASSURE
    moved = tables.mouvements.montant_cents[result.mouvements_verses]
    loose = result.reponses_versees.copy()
    loose[result.liens_reponses.reponse] = False
    unshared = result.liens_virements.cents[unshared_links(result)]
    return {
        "du_cents": int(creances.du_cents[insurers & (creances.remplacee_par < 0)].sum()),
        "annonce_cents": int(creances.annonce_cents[insurers].sum()),
        "credite_cents": int(creances.credite_cents[insurers].sum()),
        "mouvements_cents": int(moved.sum()),
        "retenu_cents": int(np.minimum(moved, 0).sum()),
        "non_ventile_cents": int(tables.reponses.annonce_cents[loose].sum() + unshared.sum()),
        "propose_cents": int(amounts[etats == EtatVirement.PROPOSE].sum()),
        "inexplique_cents": int(amounts[etats == EtatVirement.INEXPLIQUE].sum()),
        "virements_cents": int(amounts[etats != EtatVirement.HORS_PERIMETRE].sum()),
    }


def _answers(result: Rapprochement) -> Iterator[Infraction]:
    """What links take of each answer that is tied is what it announces; what a créance is announced is their sum."""
    links, reponses = result.liens_reponses, result.tables.reponses
    linked = np.zeros(len(reponses), dtype=np.bool_)
    linked[links.reponse] = True
    told = np.where(linked, reponses.annonce_cents, 0)
    yield from gaps(result, "REPONSE_REPARTIE", "reponses", summed(links.reponse, links.cents, len(reponses)) - told)
    brought = summed(links.creance, links.cents, len(result.creances))
    yield from gaps(result, "ANNONCE", "creances", result.creances.annonce_cents - brought)


def _received(result: Rapprochement) -> Iterator[Infraction]:
    insurers = result.creances.part != Part.ASSURE
    gap = np.where(insurers, result.creances.credite_cents - _received_cents(result), 0)
    yield from gaps(result, "CREDIT", "creances", gap)


def _received_cents(result: Rapprochement) -> Entiers:
    """Return, for each créance, what its answers in settled groups announce and what bank lines bring it directly."""
    links, directs = result.liens_reponses, result.liens_directs
    paid = result.reponses_versees[links.reponse]
    received = summed(links.creance, np.where(paid, links.cents, 0), len(result.creances))
    return received + summed(directs.creance, directs.cents, len(result.creances))


def _proposals(result: Rapprochement) -> Iterator[Infraction]:
    """Nothing proposed is settled: neither a group, nor a bank line, nor an answer."""
    asked, answers = result.propositions, result.propositions_reponses
    lines = np.append(result.liens_virements.virement, result.liens_directs.virement)
    for table, rows, ends in (
        ("groupes", asked.groupe, result.liens_virements.groupe),
        ("virements", asked.virement, lines),
        ("reponses", answers.reponse, result.liens_reponses.reponse),
    ):
        settled = np.zeros(len(getattr(result.tables, table)), dtype=np.bool_)
        settled[ends] = True
        yield from at(result, "PROPOSITION_COMPTEE", table, rows[settled[rows]])


_LAWS: tuple[Callable[[Rapprochement], Iterator[Infraction]], ...] = (
    _balance,
    _totals,
    repeated,
    several_to_several,
    classes,
    bank_links,
    partials,
    parts,
    _answers,
    _received,
    _proposals,
    creance_states,
    bank_states,
    chains,
)
