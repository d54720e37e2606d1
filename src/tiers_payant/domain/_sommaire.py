"""What a pharmacist wants to know of a reconciliation, in French, a few lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._codes import Etat, EtatVirement

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["ETATS", "summary_of"]

ETATS = {
    Etat.CREDITEE: "réglées",
    Etat.PARTIELLE: "réglées en partie",
    Etat.REPRISE: "reprises par l'organisme",
    Etat.REJETEE: "rejetées",
    Etat.TRAITEMENT_CAISSE: "en traitement à la caisse",
    Etat.DIFFEREE: "différées",
    Etat.ANNONCEE: "annoncées, non créditées",
    Etat.LOT_REFUSE: "en lot refusé",
    Etat.NON_REPONDUE: "sans réponse",
    Etat.RETRANSMISE: "remplacées par une nouvelle facture",
    Etat.REGLEE_COMPTOIR: "réglées au comptoir",
}
"""What a pharmacist reads for each state, in the plural."""

_NOTHING_OWED = (Etat.CREDITEE, Etat.RETRANSMISE, Etat.REGLEE_COMPTOIR)


def summary_of(result: Rapprochement) -> str:
    """Return the summary of *result*."""
    sections = ["\n".join(lines) for lines in (_totals(result), _states(result), _bank(result))]
    return "\n\n".join(section for section in sections if section)


def _totals(result: Rapprochement) -> Iterable[str]:
    t = result.totaux
    yield f"Facturé à l'AMO et aux AMC   {format_cents(t.du_cents):>18}"
    yield f"Annoncé par les retours      {format_cents(t.annonce_cents):>18}"
    yield f"Crédité à la banque          {format_cents(t.credite_cents):>18}"


def _states(result: Rapprochement) -> Iterable[str]:
    table = result.creances
    if len(table):
        yield "Créances (parts de facture)"
    for etat, words in ETATS.items():
        rows = table.etat == etat
        if rows.any():
            count = int(rows.sum())
            rest = int(np.maximum(table.du_cents - table.credite_cents, 0)[rows].sum())
            owed = "" if etat in _NOTHING_OWED or not rest else f"reste {format_cents(rest):>14}"
            yield f"{count:>9} {_agreed(words, count):<36} {owed}".rstrip()


def _bank(result: Rapprochement) -> Iterable[str]:
    t = result.totaux
    counts = {etat: int((result.etats_virements == etat).sum()) for etat in EtatVirement}
    yield f"Virements reconnus     {counts[EtatVirement.EXPLIQUE]:>9}"
    if counts[EtatVirement.PARTIEL]:
        partial = int(result.tables.virements.montant_cents[result.etats_virements == EtatVirement.PARTIEL].sum())
        yield f"  partiels, à ventiler {counts[EtatVirement.PARTIEL]:>9}{format_cents(partial):>15}"
    yield f"  à confirmer          {counts[EtatVirement.PROPOSE]:>9}{format_cents(t.propose_cents):>15}"
    yield f"  inexpliqués          {counts[EtatVirement.INEXPLIQUE]:>9}{format_cents(t.inexplique_cents):>15}"
    yield f"  hors tiers payant    {counts[EtatVirement.HORS_PERIMETRE]:>9}"
    if t.mouvements_cents or t.retenu_cents:
        yield f"Retenues et autres mouvements {format_cents(t.mouvements_cents):>17}"


def _agreed(words: str, count: int) -> str:
    """Return *words* of `ETATS` in the singular when there is one."""
    return words if count > 1 else re.sub(r"(ée|ise)s\b", r"\1", words)
