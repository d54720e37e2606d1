"""What the page of a plan says of claims that nobody is reminded of: why, what holds them, what is lost soon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tiers_payant.domain import (
    PlanRelances,
    Rapprochement,
    Urgence,
    counted,
    format_cents,
    jour_texte,
    raisons,
    virement_id,
)
from tiers_payant.reports._largeur import wrapped
from tiers_payant.reports._relances_comptes import par_raison, sautes

__all__ = ["holding_lines", "left_lines", "lost_lines", "requalified_lines", "skipped_lines"]

_LINES = 5
"""Bank lines shown: what somebody looks at in a day."""
_MOTIFS = {
    "AMC_CONNUE": "une complémentaire est connue par une autre facture",
    "C2S_CONNUE": "la complémentaire santé solidaire est connue par une autre facture",
    "EXONERATION_CONNUE": "une prise en charge à 100 % est connue par une autre facture",
    "PART_REJETEE": "un organisme a rejeté sa part : le rejet d'abord",
}


def left_lines(plan: PlanRelances) -> Iterable[str]:
    found = par_raison(plan)
    if not found:
        return
    count, cents = sum(times for _, times, _ in found), sum(cents for *_, cents in found)
    yield f"Laissées de côté : {counted(count, 'créance')} en retard, {format_cents(cents)}"
    for raison, times, owed in found:
        fiche = raisons()[raison]
        yield from wrapped(f"{times:>6}  {format_cents(owed):>13}  {fiche.phrase}", 2, 25)
        if fiche.faire:
            yield from wrapped(f"À faire : {fiche.faire}", 25)


def holding_lines(plan: PlanRelances, result: Rapprochement, most: int | None) -> Iterable[str]:
    """Yield the bank lines to look at first: what each may pay is left aside until somebody says what it is."""
    table = plan.retenants()
    if not len(table):
        return
    shown = len(table) if most is None else min(_LINES, most, len(table))
    yield "Virements à regarder d'abord : ce que chacun peut payer est laissé de côté"
    for row in range(shown):
        one = table.row(row)
        line = result.tables.virements.row(one["virement"])
        yield from wrapped(
            f"{one['creances']:>6}  {format_cents(one['cents']):>13}  retenues par le virement de "
            f"{format_cents(line['montant_cents'])} du {jour_texte(line['date'])}", 2, 25,
        )  # fmt: skip
        yield f"{' ' * 25}{virement_id(result.tables, one['virement'])}"
    if len(table) > shown:
        yield f"  ... et {counted(len(table) - shown, 'autre virement', 'autres virements')} : --json les donne tous"
    yield from wrapped(
        "Une créance compte pour chaque virement qui peut la payer. tiers-payant explain dit ce qu'on sait d'un "
        "virement ; s'il ne paie rien de tout cela, --levees l'écarte.",
        2,
    )


def skipped_lines(plan: PlanRelances) -> Iterable[str]:
    found = sautes(plan)
    if found:
        yield "Paliers sautés en chemin, le suivant ayant été regardé"
    for raison, times, owed in found:
        yield from wrapped(f"{times:>6}  {format_cents(owed):>13}  {raisons()[raison].phrase}", 2, 25)


def requalified_lines(plan: PlanRelances, result: Rapprochement) -> Iterable[str]:
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
        yield from wrapped(f"{times[motif]:>6}  {format_cents(owed[motif]):>13}  {_MOTIFS.get(motif, motif)}", 2, 25)


def lost_lines(plan: PlanRelances, result: Rapprochement, most: int | None) -> Iterable[str]:
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
