"""A reconciliation as a page of text: what a pharmacist looks at first."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections import Counter
from collections.abc import Iterable

import numpy as np

from tiers_payant.domain import (
    Constat,
    Part,
    Rapprochement,
    Source,
    Sujet,
    debiteur_texte,
    format_cents,
    late,
    repere_id,
)
from tiers_payant.errors import Gravite

__all__ = ["rapprochement_text"]

_SHOWN = 5
_WIDTH = 80


def rapprochement_text(result: Rapprochement, today: dt.date) -> str:
    """Return the page, in French: totals, states, bank, lateness, what weighs most, what was read and how surely."""
    sections = [
        [result.summary()],
        list(_lateness(result, today)),
        list(_pressing(result, today)),
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


def _pressing(result: Rapprochement, today: dt.date) -> Iterable[str]:
    """Show the exceptions with the most euros at risk: how much, of what, and why."""
    found = result.exceptions(today).pressing()
    if len(found):
        yield "À traiter d'abord"
    for one in list(found.take(np.arange(min(_SHOWN, len(found))))):
        yield f"  {format_cents(one.cents):>12}  {_about(result, one)}"
        yield f"                {one.phrase}{_owed(result, one)}"
    if len(found) > _SHOWN:
        rest = len(found) - _SHOWN
        yield f"  ... et {rest} autre{'s' * (rest > 1)} ; tiers-payant explain dit pourquoi"


def _about(result: Rapprochement, one: Constat) -> str:
    """Name what an exception is about."""
    name = repere_id(result, one)
    match one.sujet:
        case Sujet.CREANCE:
            creance = result.creances[one.rang]
            where = f"lot {creance.lot} du {_day(creance.lot_date)}, facture {creance.facture}"
            return f"{where}, part {creance.part.name}"
        case Sujet.GROUPE:
            what = "règlement annoncé" if result.net_groupes_cents[one.rang] >= 0 else "reprise annoncée"
            return f"{what} le {_day(result.tables.groupes.date[one.rang].item())} ({name})"
        case Sujet.VIREMENT:
            what = "virement" if result.tables.virements.montant_cents[one.rang] >= 0 else "débit"
            return f"{what} du {_day(result.tables.virements.date[one.rang].item())} ({name})"
        case Sujet.REPONSE:
            row = result.tables.reponses.row(one.rang)
            share = f", part {Part(row['part']).name}" if row["part"] else ""
            return f"réponse, lot {row['lot']} du {_day(row['lot_date'])}, facture {row['facture']}{share} ({name})"


def _owed(result: Rapprochement, one: Constat) -> str:
    """Say who owes a créance."""
    debiteur = result.creances[one.rang].debiteur if one.sujet is Sujet.CREANCE else ""
    words = debiteur_texte(debiteur)
    return f" {words[0].upper()}{words[1:]}." if debiteur else ""


def _day(day: dt.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "?"


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
