"""A plan of dunning as JSON: deterministic bytes, contacts in their order, absent values null, amounts in cents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from tiers_payant.domain import (
    Palier,
    Part,
    PlanRelances,
    Raison,
    Rapprochement,
    TypeDebiteur,
    Urgence,
    raisons,
    virement_ids,
)
from tiers_payant.errors import TiersPayantError
from tiers_payant.reports._json import Object, array_chunks, json_text, read_schema
from tiers_payant.reports._relances_comptes import par_canal, par_raison, total
from tiers_payant.reports._relances_constats import engagements, problem_counts, unread_files

__all__ = ["RELANCES_SCHEMA", "relances_chunks", "relances_schema"]

RELANCES_SCHEMA = "tiers-payant/relances-plan/1"


def relances_schema() -> Object:
    """Return the JSON Schema of the document."""
    return read_schema("relances-plan-1.json")


def relances_chunks(plan: PlanRelances, result: Rapprochement) -> Iterator[str]:
    """Yield the text of the document; joined, the chunks are one JSON object that ends with a line feed.

    It names no patient: references of debtors and keys of factures alone.

    Args:
        plan: Whom to remind.
        result: The reconciliation that it was made from.
    """
    yield '{\n"schema": ' + json_text(RELANCES_SCHEMA)
    yield ',\n"jour": ' + json_text(plan.today.isoformat())
    yield ',\n"politique": ' + json_text(plan.policy.nom)
    yield ',\n"totaux": ' + json_text(_totals(plan))
    yield ',\n"deja_relancees": ' + json_text(plan.constats.deja)
    names = virement_ids(result.tables) if (plan.ecarts.preuve >= 0).any() else []
    lists: tuple[tuple[str, Iterable[Object]], ...] = (
        ("contacts", (_contact(plan, result, row) for row in range(len(plan)))),
        ("laissees", (_left(*one) for one in par_raison(plan))),
        ("virements", _holding(plan, names)),
        ("ecarts", (_ecart(plan, result, row, names) for row in range(len(plan.ecarts)))),
        ("requalifications", (_requalification(plan, result, row) for row in range(len(plan.requalifications)))),
        ("engagements", engagements(plan)),
        ("problemes", problem_counts(result)),
        ("fichiers_douteux", ({"fichier": name} for name in unread_files(plan))),
        ("forclusions", (_alarm(plan, result, row) for row in range(len(plan.alarmes)))),
    )
    for name, objects in lists:
        yield from array_chunks(name, objects)
    yield "\n}\n"


def _totals(plan: PlanRelances) -> Object:
    whole = total(plan)
    return {
        "contacts": whole.contacts,
        "creances": whole.creances,
        "cents": whole.cents,
        "cout_cents": whole.cout_cents,
        "gain_cents": whole.gain_cents,
        "canaux": {canal.value: compte.contacts for canal, compte in par_canal(plan)},
    }


def _left(raison: Raison, creances: int, cents: int) -> Object:
    fiche = raisons()[raison]
    words = {"phrase": fiche.phrase, "faire": fiche.faire or None, "protege": fiche.protege}
    return {"raison": raison.name, **words, "creances": creances, "cents": cents}


def _contact(plan: PlanRelances, result: Rapprochement, row: int) -> Object:
    one, lines = plan.relances.row(row), plan.creances  # not `plan[row]`, which looks for the addressee too
    first, last = np.searchsorted(lines.relance, (row, row + 1))
    palier = _palier(plan, one)
    told = ("cents", "interets_cents", "indemnite_cents", "cout_cents", "gain_cents")
    return {
        **{name: one[name] for name in ("id", "officine", "debiteur", "type", "palier")},
        "libelle": palier.libelle,
        "niveau": one["niveau"],
        "canal": one["canal"],
        "mise_en_demeure": palier.mise_en_demeure,
        **{name: one[name] for name in told},
        "precedent": _day(plan.relances.precedent[row]),
        "pourquoi": plan.pourquoi(row),
        "creances": [_line(plan, result, place) for place in range(int(first), int(last))],
    }


def _palier(plan: PlanRelances, one: Object) -> Palier:
    scenario = plan.policy.scenario(TypeDebiteur(one["type"]))
    if scenario is None:
        raise TiersPayantError(f"the policy {plan.policy.nom!r} has no scenario for {one['type']}")
    return scenario.palier(one["palier"])


def _line(plan: PlanRelances, result: Rapprochement, place: int) -> Object:
    lines = plan.creances
    return {
        **_key(result, int(lines.creance[place])),
        "cents": int(lines.cents[place]),
        "echeance": _day(lines.echeance[place]),
        "retard_jours": int(lines.retard[place]),
        "verifiee": _day(lines.verifiee[place]),
    }


def _key(result: Rapprochement, row: int) -> Object:
    one = result.creances.row(row)
    return {
        "officine": one["officine"],
        "lot_date": _day(result.creances.lot_date[row]),
        "lot": one["lot"],
        "facture": one["facture"],
        "part": Part(one["part"]).name,
    }


def _day(day: np.datetime64) -> str | None:
    return None if np.isnat(day) else str(day)  # as numpy writes it: it may be beyond the years of Python


def _holding(plan: PlanRelances, names: Sequence[str]) -> Iterator[Object]:
    table = plan.retenants()
    for row in range(len(table)):
        one = table.row(row)
        yield {"virement": names[one["virement"]], "creances": one["creances"], "cents": one["cents"]}


def _ecart(plan: PlanRelances, result: Rapprochement, row: int, names: Sequence[str]) -> Object:
    one = plan.ecarts.row(row)
    return {
        **_key(result, one["creance"]),
        "debiteur": result.creances.debiteur[one["creance"]].decode() or None,
        "palier": one["palier"] or None,
        "niveau": one["niveau"] or None,
        "raison": Raison(one["raison"]).name,
        "cents": one["cents"],
        "jusqu_au": _day(plan.ecarts.jusqu_au[row]),
        "virement": names[one["preuve"]] if one["preuve"] >= 0 else None,
    }


def _requalification(plan: PlanRelances, result: Rapprochement, row: int) -> Object:
    one = plan.requalifications.row(row)
    return {**_key(result, one["creance"]), "motif": one["motif"]}


def _alarm(plan: PlanRelances, result: Rapprochement, row: int) -> Object:
    one = plan.alarmes.row(row)
    return {
        **_key(result, one["creance"]),
        "le": _day(plan.alarmes.le[row]),
        "jours": one["jours"],
        "niveau": Urgence(one["niveau"]).name.lower(),
        "cents": one["cents"],
    }
