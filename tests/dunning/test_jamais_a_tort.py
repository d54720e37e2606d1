"""No wrong contact on simulated worlds: judged by the simulator's truth, on books cut as of the day."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

import tiers_payant as tp
from tiers_payant import dunning
from tiers_payant.domain import Annuaire, Book, Contact, Lecture, PlanRelances, Raison, RelancePolicy, TypeDebiteur
from tiers_payant.rejets import deadlines
from tiers_payant.simulation import Fichier, Monde, Taux, Vente, make_world, simulate

ANNUAIRE = Annuaire(
    contacts=[
        Contact(
            id=nature, nom="EXEMPLE", type=TypeDebiteur(nature), debiteurs=(f"{nature.upper()}:*",), email="e@ex.fr"
        )
        for nature in ("amo", "amc")
    ]
)  # fmt: skip
DEBUT = dt.date(2025, 7, 1)


def day_of(fichier: Fichier) -> dt.date:
    """The day on which a file is there: that of its statement's end, of its lots, of its returns."""
    if fichier.releve is not None:
        return fichier.releve.au
    return max([*(lot.date for lot in fichier.lots), *(retour.date for retour in fichier.retours)])


def settled(world: Monde, day: dt.date) -> set[Any]:
    """The keys of the shares that are paid in full by *day*, or billed again."""
    paid: dict[Any, int] = defaultdict(int)
    for vente in world.ventes():
        for reponse in vente.reponses:
            versements = reponse.groupe.versements if reponse.groupe else []
            if any(v.ligne and v.ligne.date <= day and any(r is reponse for r in v.reponses) for v in versements):
                paid[key_of(vente, reponse.part)] += reponse.annonce
    return {
        key_of(vente, part)
        for vente in world.ventes()
        for part in vente.parts()
        if paid[key_of(vente, part)] >= vente.montant(part)
        or (part in vente.remplacantes and key_of(vente.remplacantes[part], part)[1] <= day)
    }


def key_of(vente: Vente, part: str) -> tuple[Any, ...]:
    assert vente.lot is not None
    return vente.officine.numero, vente.lot.date, vente.lot.numero, vente.numero, part


def readings(world: Monde, folder: Path, last: dt.date) -> list[tuple[dt.date, list[Lecture]]]:
    """What each file says, read once, with the day on which it is there; the table of the accounts always is."""
    told = [(day_of(one), tp.read_lectures(folder / one.chemin)) for one in world.fichiers if day_of(one) <= last]
    return [(dt.date.min, tp.read_lectures(folder / "officines.json")), *told]


def plan_on(files: list[tuple[dt.date, list[Lecture]]], day: dt.date) -> tuple[PlanRelances, Any]:
    result = tp.reconcile(Book.from_lectures([one for there, told in files if there <= day for one in told]))
    policy = RelancePolicy.standard()
    return dunning.plan(result, deadlines(result, today=day), policy=policy, today=day, annuaire=ANNUAIRE), result


CALME = Taux(
    sans_retour=0.0, virements_partiels=0.0, eclates=0.0, groupes=0.0, egalites=0.0, numeros_ressaisis=0.0,
    dates_ressaisies=0.0, numeros_permutes=0.0,
)  # fmt: skip
"""Months in which nearly every credit is explained: what is left is really unpaid, and is asked for."""


@pytest.mark.parametrize(("seed", "later", "taux"), [(3, 0, None), (11, 1, None), (5, 0, CALME)])
def test_nobody_who_paid_is_reminded(tmp_path, seed, later, taux):
    """
    On the last day of a statement and on the next one: nothing that was paid by then, whoever saw it, is asked for.
    """
    arguments: dict[str, Any] = {"officines": 1, "factures": 900, "mois": 2, "seed": seed, "debut": DEBUT, "taux": taux}
    simulate(tmp_path / "monde", **arguments)
    world = make_world(**arguments)
    ends = sorted({one.releve.au for one in world.fichiers if one.releve is not None})
    told: Counter[str] = Counter()
    days = [end + dt.timedelta(days=later) for end in ends[6:9]]
    files = readings(world, tmp_path / "monde", days[-1])
    for day in days:
        plan, result = plan_on(files, day)
        over = settled(world, day)
        asked = [result.creances[row] for row in plan.creances.creance.tolist()]
        keys = [(one.officine, one.lot_date, one.lot, one.facture, one.part.name) for one in asked]
        assert [] == [key for key in keys if key in over]
        told.update(Raison(code).name for code in plan.ecarts.raison.tolist())
        told["contacts"] += len(asked)
    assert told["REJET_A_TRAITER"] > 0
    assert told["contacts"] > 0 or taux is None
