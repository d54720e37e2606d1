"""A plan of dunning as a page of text that anyone can read: whom to remind, whom not and why, what is lost soon."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable

from tiers_payant.domain import (
    Canal,
    JourSemaine,
    PlanRelances,
    Rapprochement,
    Urgence,
    counted,
    format_cents,
    insecable,
    jour_texte,
    printable,
    raisons,
    virement_id,
)
from tiers_payant.reports._relances_comptes import Compte, par_canal, par_raison, sautes, total
from tiers_payant.reports._relances_constats import anomalies, broken, done_today, unread
from tiers_payant.reports._relances_contacts import detailed, qui, referred, skipped

__all__ = ["CANAUX", "relances_summary", "relances_text"]

WIDTH = 100
_LINES = 5
"""Bank lines shown: what somebody looks at in a day."""
CANAUX = {
    Canal.PORTAIL: "portail",
    Canal.EMAIL: "courriel",
    Canal.TELEPHONE: "téléphone",
    Canal.LETTRE: "lettre",
    Canal.RECOMMANDE: "recommandé",
    Canal.RECOUVREMENT: "recouvrement",
}
_MOTIFS = {
    "AMC_CONNUE": "une complémentaire est connue par une autre facture",
    "C2S_CONNUE": "la complémentaire santé solidaire est connue par une autre facture",
    "EXONERATION_CONNUE": "une prise en charge à 100 % est connue par une autre facture",
    "PART_REJETEE": "un organisme a rejeté sa part : le rejet d'abord",
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
        _left(plan),
        _listed(unread(plan, result)),
        _listed(broken(plan)),
        _holding(plan, result, most),
        _skipped(plan),
        _requalified(plan, result),
        _lost(plan, result, most),
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
        lines += _wrapped(raisons()[found[0][0]].phrase, 2)
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
        yield from _wrapped(f"{qui(one)} · {one.pourquoi}{f' {passed}' if passed else ''} {referred(one)}", 6)
        if detail:
            yield from _wrapped(detailed(plan, result, row), 6, 8)
    if len(plan) > len(shown):
        more = counted(len(plan) - len(shown), "autre contact", "autres contacts")
        yield f"      ... et {more} : --nombre en montre davantage"
    yield from _wrapped(
        "Gain attendu : réclamé × espoir du palier - coût. Minutes et espoirs sont des choix de la politique, mesurés "
        "nulle part.",
        2,
    )


def _left(plan: PlanRelances) -> Iterable[str]:
    found = par_raison(plan)
    if not found:
        return
    count, cents = sum(times for _, times, _ in found), sum(cents for *_, cents in found)
    yield f"Laissées de côté : {counted(count, 'créance')} en retard, {format_cents(cents)}"
    for raison, times, owed in found:
        fiche = raisons()[raison]
        yield from _wrapped(f"{times:>6}  {format_cents(owed):>13}  {fiche.phrase}", 2, 25)
        if fiche.faire:
            yield from _wrapped(f"À faire : {fiche.faire}", 25)


def _listed(lines: Iterable[str]) -> Iterable[str]:
    """Yield a title, and what is told under it."""
    for rank, line in enumerate(lines):
        yield from _wrapped(line, 2 if rank else 0, 4 if rank else 0)


def _holding(plan: PlanRelances, result: Rapprochement, most: int | None) -> Iterable[str]:
    """Yield the bank lines to look at first: what each may pay is left aside until somebody says what it is."""
    table = plan.retenants()
    if not len(table):
        return
    shown = len(table) if most is None else min(_LINES, most, len(table))
    yield "Virements à regarder d'abord : ce que chacun peut payer est laissé de côté"
    for row in range(shown):
        one = table.row(row)
        line = result.tables.virements.row(one["virement"])
        yield from _wrapped(
            f"{one['creances']:>6}  {format_cents(one['cents']):>13}  retenues par le virement de "
            f"{format_cents(line['montant_cents'])} du {jour_texte(line['date'])}", 2, 25,
        )  # fmt: skip
        yield f"{' ' * 25}{virement_id(result.tables, one['virement'])}"
    if len(table) > shown:
        yield f"  ... et {counted(len(table) - shown, 'autre virement', 'autres virements')} : --json les donne tous"
    yield from _wrapped(
        "Une créance compte pour chaque virement qui peut la payer. tiers-payant explain dit ce qu'on sait d'un "
        "virement ; s'il ne paie rien de tout cela, --levees l'écarte.",
        2,
    )


def _skipped(plan: PlanRelances) -> Iterable[str]:
    found = sautes(plan)
    if found:
        yield "Paliers sautés en chemin, le suivant ayant été regardé"
    for raison, times, owed in found:
        yield from _wrapped(f"{times:>6}  {format_cents(owed):>13}  {raisons()[raison].phrase}", 2, 25)


def _requalified(plan: PlanRelances, result: Rapprochement) -> Iterable[str]:
    table = plan.requalifications
    if not len(table):
        return
    owed: Counter[str] = Counter()
    times: Counter[str] = Counter()
    for motif, row in zip(table.motif.tolist(), table.creance.tolist(), strict=True):
        times[motif.decode()] += 1
        owed[motif.decode()] += result.creances[row].reste_cents
    yield "Avant de solliciter une personne : un autre payeur est possible"
    for motif in sorted(times):
        yield from _wrapped(f"{times[motif]:>6}  {format_cents(owed[motif]):>13}  {_MOTIFS.get(motif, motif)}", 2, 25)


def _lost(plan: PlanRelances, result: Rapprochement, most: int | None) -> Iterable[str]:
    table = plan.alarmes
    if not len(table):
        return
    urgent = int((table.niveau == Urgence.URGENT).sum())
    owed = format_cents(int(table.cents.sum()))
    yield f"Bientôt forcloses ou prescrites : {counted(len(table), 'créance')}, {owed}, dont {urgent} en urgence"
    reminded = set(plan.creances.creance.tolist())
    for row in range(len(table) if most is None else min(most, len(table))):
        one = table.row(row)
        creance = result.creances[one["creance"]]
        yield (
            f"  {one['le']:%d/%m/%Y}  J-{one['jours']:<4} {format_cents(one['cents']):>13}  facture {creance.facture}, "
            f"part {creance.part.name}{', relancée ce jour' if one['creance'] in reminded else ''}"
        )
    if most is not None and len(table) > most:
        yield f"  ... et {counted(len(table) - most, 'autre')}"


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH - 60 else f"{text[: WIDTH - 61]}…"


def _wrapped(text: str, indent: int, hanging: int | None = None) -> list[str]:
    rest = " " * (indent if hanging is None else hanging)
    return textwrap.wrap(
        insecable(printable(text)), WIDTH, initial_indent=" " * indent, subsequent_indent=rest, drop_whitespace=True
    )
