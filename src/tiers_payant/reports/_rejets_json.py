"""What to do about rejects as JSON: deterministic bytes, work in its order, absent values null, amounts in cents."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tiers_payant.domain import Action, Audit, Cellule, Ecart, Inconnus, Part, PlanActions, Rapprochement, Statistiques
from tiers_payant.reports._json import Object, array_chunks, entry_chunks, json_text, read_schema

__all__ = ["REJETS_SCHEMA", "rejets_chunks", "rejets_schema"]

REJETS_SCHEMA = "tiers-payant/rejets/1"


def rejets_schema() -> Object:
    """Return the JSON Schema of the document."""
    return read_schema("rejets-1.json")


def rejets_chunks(
    plan: PlanActions, result: Rapprochement, statistiques: Statistiques, inconnus: Inconnus, audit: Audit | None = None
) -> Iterator[str]:
    """Yield the text of the document; joined, the chunks are one JSON object that ends with a line feed.

    Args:
        plan: What to do.
        result: What it is about.
        statistiques: How often factures are refused.
        inconnus: The codes of no table; their labels are left out.
        audit: Two periods compared, or None.
    """
    yield '{\n"schema": ' + json_text(REJETS_SCHEMA)
    yield ',\n"jour": ' + json_text(plan.today.isoformat())
    yield ',\n"totaux": ' + json_text(_totals(plan))
    for name, objects in (
        ("actions", (_action(plan, result, row) for row in range(len(plan)))),
        ("codes_inconnus", (_unknown(inconnus.row(row)) for row in range(len(inconnus)))),
        ("statistiques", map(_cell, statistiques)),
    ):
        yield from array_chunks(name, objects)
    if audit is None:
        yield ',\n"audit": null\n}\n'
        return
    yield f',\n"audit": {{"comparaisons": {audit.comparaisons}, "ecarts": ['
    yield from entry_chunks(map(_ecart, audit))
    yield "]}\n}\n"


def _totals(plan: PlanActions) -> Object:
    table = plan.actions
    work = table.rang > 0
    return {
        "actions": int(work.sum()),
        "minutes": int(table.minutes[work].sum()),
        "cents": int(table.cents[work].sum()),
        "attendu_cents": int(table.attendu_cents[work].sum()),
        "en_attente": int((~work).sum()),
        "en_attente_cents": int(table.cents[~work].sum()),
        "rejets_clos": plan.rejets_clos,
    }


def _action(plan: PlanActions, result: Rapprochement, row: int) -> Object:
    one = plan[row]
    return {
        "id": one.id,
        "rang": one.rang or None,
        "famille": one.famille.name,
        "libelle": one.fiche.libelle,
        "acteur": one.acteur.value,
        "renvoi": one.renvoi.value,
        "action": one.texte,
        "prevention": one.fiche.prevention or None,
        "patient": {"a_sa_charge": one.patient, "explication": one.explication},
        "officine": one.officine or None,
        "payeur": one.payeur or None,
        "cause": one.cause,
        "cents": one.cents,
        "attendu_cents": one.attendu_cents,
        "minutes": one.minutes,
        "factures": one.factures,
        "rejets": one.rejets,
        "creances": [_key(result, creance) for creance in plan.creances_of(row).tolist()],
        "preuve": one.preuve.name.lower(),
        "indice": one.indice or None,
        "autres_familles": [famille.name for famille in one.autres],
        "echeance": _deadline(one),
        "operateurs": list(one.operateurs),
    }


def _deadline(one: Action) -> Object | None:
    if one.le is None or one.echeance is None:
        return None
    return {
        "le": one.le.isoformat(),
        "nature": one.echeance.name.lower(),
        "niveau": one.niveau.name.lower(),
        "jours": one.jours,
        "unite": one.unite,
        "regle": one.regle,
        "reference": one.reference or None,
        "confiance": one.confiance.value if one.confiance else None,
    }


def _key(result: Rapprochement, row: int) -> Object:
    one = result.creances.row(row)
    day = result.creances.lot_date[row]  # as numpy writes it: it may be beyond the years of Python
    return {
        "officine": one["officine"],
        "lot_date": None if np.isnat(day) else str(day),
        "lot": one["lot"],
        "facture": one["facture"],
        "part": Part(one["part"]).name,
    }


def _unknown(row: Object) -> Object:
    return {name: row[name] for name in ("portee", "code", "nombre", "montant_cents")}


def _cell(cell: Cellule) -> Object:
    low, high = cell.intervalle
    return {
        "axe": cell.axe.name.lower(),
        "valeur": cell.valeur,
        "libelle": cell.libelle,
        "envoyees": cell.envoyees,
        "sans_reponse": cell.sans_reponse,
        "refusees": cell.refusees,
        "taux": _rate(cell.taux),
        "taux_bas": _rate(low),
        "taux_haut": _rate(high),
        "envoyes_cents": cell.envoyes_cents,
        "refuses_cents": cell.refuses_cents,
        "petit_nombre": cell.petit,
        "incomplete": cell.incomplete,
    }


def _rate(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _ecart(one: Ecart) -> Object:
    low, high = one.intervalle
    return {
        "axe": one.axe.name.lower(),
        "valeur": one.valeur,
        "libelle": one.libelle,
        "avant": _period(one.avant_envoyees, one.avant_sans_reponse, one.avant_refusees, one.avant_refuses_cents),
        "apres": _period(one.apres_envoyees, one.apres_sans_reponse, one.apres_refusees, one.apres_refuses_cents),
        "ecart": _rate(one.ecart),
        "ecart_bas": _rate(low),
        "ecart_haut": _rate(high),
        "changement": one.changement.name.lower(),
        "apparue": one.apparue,
        "disparue": one.disparue,
        "petit_nombre": one.petit,
        "incomplete": one.incomplete,
        "phrase": one.phrase,
    }


def _period(sent: int, mute: int, refused: int, cents: int) -> Object:
    return {"envoyees": sent, "sans_reponse": mute, "refusees": refused, "cents": cents}
