"""A reconciliation as a page of text: what a pharmacist looks at first."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections import Counter
from collections.abc import Iterable

import numpy as np

from tiers_payant.domain import (
    Creance,
    Etat,
    Rapprochement,
    Source,
    format_cents,
    late,
)
from tiers_payant.errors import Gravite

__all__ = ["rapprochement_text"]

_SHOWN = 5
_WIDTH = 80
_TO_CHASE = (Etat.REJETEE, Etat.ANNONCEE, Etat.NON_REPONDUE, Etat.PARTIELLE, Etat.REPRISE, Etat.LOT_REFUSE)


def rapprochement_text(result: Rapprochement, today: dt.date) -> str:
    """Return the page, in French: totals, states, bank, lateness, what weighs most, what was read and how surely."""
    sections = [
        [result.summary()],
        list(_lateness(result, today)),
        list(_heaviest(result)),
        list(_sources(result.tables.sources)),
        list(_problems(result)),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def _lateness(result: Rapprochement, today: dt.date) -> Iterable[str]:
    table = result.creances
    rows = late(table, today)
    rest = int(np.maximum(table.du_cents - table.credite_cents, 0)[rows].sum())
    count = int(rows.sum())
    late_ones = f"{count} créances dépassent" if count > 1 else f"{count} créance dépasse"
    yield f"Au {today:%d/%m/%Y}, {late_ones} le délai de paiement : {format_cents(rest)}"


def _heaviest(result: Rapprochement) -> Iterable[str]:
    """Show the créances with the most still to come: how much, which, why, and who owes."""
    table = result.creances
    rest = np.where(np.isin(table.etat, _TO_CHASE), table.du_cents - table.credite_cents, 0)
    order = np.argsort(-rest, kind="stable")[:_SHOWN]
    if len(order) and rest[order[0]] > 0:
        yield "À regarder d'abord"
    for row in order.tolist():
        if rest[row] > 0:
            yield _line(table[row])


def _line(creance: Creance) -> str:
    day = f"{creance.lot_date:%d/%m/%Y}" if creance.lot_date else "?"
    where = f"lot {creance.lot} du {day}, facture {creance.facture}, part {creance.part.name}"
    owed = f" ({creance.debiteur})" if creance.debiteur else ""
    return f"  {format_cents(creance.reste_cents):>12}  {where}\n                {creance.motif_texte}{owed}"


def _sources(sources: tuple[Source, ...]) -> Iterable[str]:
    """Tell what was read, and what the figures rest on: no layout of these files is official."""
    formats = Counter(source.format or "non reconnu" for source in sources)
    yield "Fichiers lus : " + ", ".join(f"{count} {name}" for name, count in sorted(formats.items()))
    weak = sorted({name for source in sources for name, grade in source.confiance.items() if grade == "C"})
    corrected = sorted({said for source in sources for said in source.surcharges})
    if corrected:
        yield "Tables de formats corrigées par vos fichiers :"
        yield textwrap.fill(", ".join(corrected), _WIDTH, initial_indent="  ", subsequent_indent="  ")
    if weak:
        yield "Champs dont la place est mal connue, confiance C (une seule source publique) :"
        yield textwrap.fill(", ".join(weak), _WIDTH, initial_indent="  ", subsequent_indent="  ")


def _problems(result: Rapprochement) -> Iterable[str]:
    serious = [problem for problem in result.problems if problem.gravite is not Gravite.INFORMATION]
    counts = Counter(problem.code for problem in serious)
    if counts:
        yield f"{len(serious)} problème{'s' if len(serious) > 1 else ''} dans les fichiers"
    for problem in serious[:_SHOWN]:
        yield f"  {problem.at} : {problem.message_fr}"
    if len(serious) > _SHOWN:
        yield "  ... " + ", ".join(f"{code} : {count}" for code, count in sorted(counts.items()))
