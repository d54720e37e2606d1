"""A plan of dunning as a page of text that anyone can read: whom to remind, whom not and why, what is lost soon."""

from __future__ import annotations

from collections.abc import Iterable

from tiers_payant.domain import (
    Canal,
    JourSemaine,
    PlanRelances,
    Rapprochement,
    counted,
    format_cents,
    insecable,
    printable,
    raisons,
)
from tiers_payant.reports._largeur import WIDTH, wrapped
from tiers_payant.reports._relances_comptes import Compte, par_canal, par_raison, total
from tiers_payant.reports._relances_constats import anomalies, broken, done_today, unread
from tiers_payant.reports._relances_contacts import detailed, qui, referred, skipped
from tiers_payant.reports._relances_laissees import (
    holding_lines,
    left_lines,
    lost_lines,
    requalified_lines,
    skipped_lines,
)

__all__ = ["CANAUX", "relances_summary", "relances_text"]

CANAUX = {
    Canal.PORTAIL: "portail",
    Canal.EMAIL: "courriel",
    Canal.TELEPHONE: "téléphone",
    Canal.LETTRE: "lettre",
    Canal.RECOMMANDE: "recommandé",
    Canal.RECOUVREMENT: "recouvrement",
}


def relances_text(plan: PlanRelances, result: Rapprochement, *, most: int | None = 15, detail: bool = False) -> str:
    """Return the page, in French, at most a hundred columns wide; what would move a terminal is escaped.

    No patient is named: the officine's own reference stands for each.

    Args:
        plan: Whom to remind.
        result: The reconciliation that it was made from.
        most: How many contacts to show, and how many claims that are lost soon; None for all.
        detail: Whether to name the factures of each contact.
    """
    sections = [
        _head(plan),
        _listed(done_today(plan)),
        _listed(anomalies(result)),
        _channels(plan),
        _contacts(plan, result, most, detail=detail),
        left_lines(plan),
        _listed(unread(plan, result)),
        _listed(broken(plan)),
        holding_lines(plan, result, most),
        skipped_lines(plan),
        requalified_lines(plan, result),
        lost_lines(plan, result, most),
    ]
    told = [list(lines) for lines in sections]
    return "\n\n".join("\n".join(insecable(printable(line)) for line in lines) for lines in told if lines)


def relances_summary(plan: PlanRelances) -> str:
    """Return the plan in a few lines, in French: how many contacts, and how many claims are left alone, why mostly."""
    lines = [*_head(plan), *(f"  {canal}" for canal in _ways(plan))]
    found = par_raison(plan)
    if found:
        count, cents = sum(times for _, times, _ in found), sum(cents for *_, cents in found)
        lines.append(f"Laissées de côté : {counted(count, 'créance')} en retard, {format_cents(cents)}, d'abord :")
        lines += wrapped(raisons()[found[0][0]].phrase, 2)
    return "\n".join(insecable(printable(line)) for line in lines)


def _ways(plan: PlanRelances) -> Iterable[str]:
    for canal, compte in par_canal(plan):
        yield f"{CANAUX[canal]} : {counted(compte.contacts, 'contact')}, {format_cents(compte.cents)}"


def _head(plan: PlanRelances) -> Iterable[str]:
    whole = total(plan)
    jour = tuple(JourSemaine)[plan.today.weekday()]
    yield f"Relances du {jour} {plan.today:%d/%m/%Y}, politique « {plan.policy.nom} »"
    if not whole.contacts:
        yield "Personne à relancer aujourd'hui."
        return
    yield (
        f"{counted(whole.contacts, 'contact')} pour {counted(whole.creances, 'créance')} : "
        f"{format_cents(whole.cents)} réclamés"
    )
    cost, gain = format_cents(whole.cout_cents), format_cents(whole.gain_cents)
    yield f"Coût {cost}, gain attendu {gain} une fois le coût déduit"


def _channels(plan: PlanRelances) -> Iterable[str]:
    told = par_canal(plan)
    if told:
        yield f"  {'canal':<14}{'contacts':>8}  {'créances':>8}  {'réclamé':>13}  {'coût':>10}  {'gain attendu':>13}"
    for canal, compte in told:
        yield f"  {CANAUX[canal]:<14}{_figures(compte)}"


def _figures(compte: Compte) -> str:
    return (
        f"{compte.contacts:>8}  {compte.creances:>8}  {format_cents(compte.cents):>13}  "
        f"{format_cents(compte.cout_cents):>10}  {format_cents(compte.gain_cents):>13}"
    )


def _contacts(plan: PlanRelances, result: Rapprochement, most: int | None, *, detail: bool) -> Iterable[str]:
    if not len(plan):
        return
    yield "À contacter, le plus grand gain attendu d'abord"
    yield f"{'n°':>4}  {'réclamé':>11}  {'coût':>8}  {'gain':>11}  {'canal':<12}  palier"
    shown = range(len(plan) if most is None else min(most, len(plan)))
    for row in shown:
        one = plan[row]
        yield (
            f"{row + 1:>4}  {format_cents(one.total_cents):>11}  {format_cents(one.cout_cents):>8}  "
            f"{format_cents(one.gain_cents):>11}  {CANAUX[one.canal]:<12}  {_cut(one.palier.libelle)}"
        )
        passed = skipped(plan, one)
        yield from wrapped(f"{qui(one)} · {one.pourquoi}{f' {passed}' if passed else ''} {referred(one)}", 6)
        if detail:
            yield from wrapped(detailed(plan, result, row), 6, 8)
    if len(plan) > len(shown):
        more = counted(len(plan) - len(shown), "autre contact", "autres contacts")
        yield f"      ... et {more} : --nombre en montre davantage"
    yield from wrapped(
        "Gain attendu : réclamé × espoir du palier - coût. Minutes et espoirs sont des choix de la politique, mesurés "
        "nulle part.",
        2,
    )


def _listed(lines: Iterable[str]) -> Iterable[str]:
    """Yield a title, and what is told under it."""
    for rank, line in enumerate(lines):
        yield from wrapped(line, 2 if rank else 0, 4 if rank else 0)


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH - 60 else f"{text[: WIDTH - 61]}…"
