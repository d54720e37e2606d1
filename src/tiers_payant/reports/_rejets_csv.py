"""What to do about rejects as one CSV table, as a French spreadsheet opens it."""

from __future__ import annotations

from typing import BinaryIO

from tiers_payant.domain import PlanActions, Rapprochement, escaped, write_rows
from tiers_payant.reports._actions_texte import ACTEURS, RENVOIS, about

__all__ = ["actions_csv"]

_HEADERS = (
    "rang", "famille", "libelle", "officine", "payeur", "objet", "factures", "rejets", "en_jeu", "attendu", "minutes",
    "dernier_jour", "jours", "unite", "niveau", "regle", "reference", "confiance", "acteur", "renvoi", "action",
    "patient", "explication", "prevention", "operateurs", "id",
)  # fmt: skip


def actions_csv(plan: PlanActions, result: Rapprochement, out: BinaryIO) -> None:
    """Write one row per action, work in its order and then what waits (without a rank).

    UTF-8 with a byte order mark, semicolons, decimal commas, days as JJ/MM/AAAA; a text that a spreadsheet would take
    for a formula has an apostrophe before it.
    """
    write_rows(out, _HEADERS, (_row(plan, result, row) for row in range(len(plan))))


def _row(plan: PlanActions, result: Rapprochement, row: int) -> list[str]:
    one = plan[row]
    known = one.le is not None
    told = [
        str(one.rang or ""),
        one.famille.name,
        one.fiche.libelle,
        one.officine,
        one.payeur,
        " · ".join(text for text in about(plan, result, row) if text),
        str(one.factures),
        str(one.rejets),
        _euros(one.cents),
        _euros(one.attendu_cents),
        str(one.minutes),
        f"{one.le:%d/%m/%Y}" if one.le else "",
        "",
        one.unite,
        one.niveau.name.lower() if known else "",
        one.regle,
        one.reference,
        one.confiance.value if one.confiance else "",
        ACTEURS[one.acteur],
        RENVOIS[one.renvoi],
        one.texte,
        "oui" if one.patient else "non",
        one.explication,
        one.fiche.prevention,
        ", ".join(one.operateurs),
        one.id,
    ]
    cells = [escaped(cell) for cell in told]
    cells[_HEADERS.index("jours")] = str(one.jours) if known else ""  # a number below zero is no formula
    return cells


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"
