"""Rejects as a page of text: what to do, why they come, and what changed."""

from __future__ import annotations

from collections.abc import Iterable

from tiers_payant.domain import Audit, Inconnus, PlanActions, Rapprochement, Statistiques, counted, insecable, printable
from tiers_payant.errors import Gravite
from tiers_payant.reports._actions_texte import actions_sections
from tiers_payant.reports._statistiques_texte import answers_lines, audit_lines, causes_lines, statistiques_sections

__all__ = ["rejets_text"]


def rejets_text(
    plan: PlanActions,
    result: Rapprochement,
    statistiques: Statistiques,
    inconnus: Inconnus,
    audit: Audit | None = None,
    *,
    most: int | None = 15,
    en_detail: bool = False,
    ephemeres: bool = False,
) -> str:
    """Return the page, in French, at most a hundred columns wide; what would move a terminal is escaped.

    Args:
        plan: What to do.
        result: What it is about.
        statistiques: How often factures are refused.
        inconnus: The codes of no table.
        audit: Two periods compared, or None.
        most: How many actions to show; None for all, and for all the rates.
        en_detail: Whether every axis of the statistics is shown, and not the causes and the operators alone.
        ephemeres: Whether operators have pseudonyms of this run alone.
    """
    sections = [
        *actions_sections(plan, result, inconnus, most),
        list(answers_lines(statistiques)),
        list(causes_lines(statistiques, en_detail=en_detail, every=most is None)),
        *statistiques_sections(statistiques, en_detail=en_detail, every=most is None, ephemeres=ephemeres),
    ]
    if audit is not None:
        sections.append(list(audit_lines(audit)))
    sections.append(list(_problems(result)))
    return "\n\n".join("\n".join(insecable(printable(line)) for line in lines) for lines in sections if lines)


def _problems(result: Rapprochement) -> Iterable[str]:
    serious = sum(problem.gravite is not Gravite.INFORMATION for problem in result.problems)
    if serious:
        yield f"{counted(serious, 'problème')} dans les fichiers : tiers-payant reconcile les montre"
