"""What checks would have stopped on a history, against a count made facture by facture."""

from __future__ import annotations

import attrs
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rejets.controle.lots import FACTURE, TODAY, table
from tests.rejets.controle.test_examine import check

import tiers_payant as tp
from tiers_payant.domain import (
    Alertes,
    Book,
    ClassementRejets,
    ComptesClients,
    Etat,
    Examen,
    Factures,
    Famille,
    Part,
    Rapprochement,
    Rejets,
    Tables,
)
from tiers_payant.rejets import examine, prevention

Counts = tuple[int, int, int, int]

ETATS = (Etat.CREDITEE, Etat.CREDITEE, Etat.REJETEE, Etat.ANNONCEE)
FAMILLES = (Famille.INCONNU, Famille.AMC_CONTRAT, Famille.IDENTITE_NIR)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Rapprochement, ClassementRejets]:
    """Draw a history: states of créances and reject lines about them, as they may be, each line classified."""
    paiements = draw(st.lists(st.sampled_from(["00", "05", "15", "15", "25"]), min_size=1, max_size=6))
    factures = [{**FACTURE, "facture": f"{rank:09}", "paiement": each} for rank, each in enumerate(paiements)]
    owed = [
        {name: facture[name] for name in ("officine", "lot_date", "lot", "facture", "source")} for facture in factures
    ]
    clients = table(ComptesClients, [{**one, "client": "EXEMPLE", "du_cents": 100} for one in owed])
    result = tp.reconcile(Book(tables=Tables(factures=table(Factures, factures), comptes_clients=clients)))
    count = len(result.creances)
    states = draw(st.lists(st.sampled_from(ETATS), min_size=count, max_size=count))
    about = draw(st.lists(st.integers(0, max(count - 1, 0)), max_size=4 * bool(count)))
    families = draw(st.lists(st.sampled_from(FAMILLES), min_size=len(about), max_size=len(about)))
    order = draw(st.permutations(range(len(about))))
    drawn = attrs.evolve(
        result,
        tables=attrs.evolve(result.tables, rejets=Rejets.of(len(about))),
        creances=result.creances.with_columns(etat=np.array(states, dtype=np.int8)),
        rejets_creances=np.array(about, dtype=np.int64),
        rejets_rangs=np.array(order, dtype=np.int64),
    )
    rows = np.array(order, dtype=np.int32)
    classement = ClassementRejets.of(len(about), rejet=np.sort(rows), famille=np.array(families, dtype=np.int8))
    return drawn, classement


def naive(result: Rapprochement, classement: ClassementRejets, flagged: set[int], own: Famille) -> set[Counts]:
    """Count by going through the créances one by one."""
    refused: dict[int, set[int]] = {}
    paid: dict[int, bool] = {}
    for row, creance in enumerate(result.creances):
        facture = int(result.creances.facture_rang[row])
        if creance.part is Part.ASSURE or facture < 0:
            continue
        paid[facture] = paid.get(facture, True) and creance.etat is Etat.CREDITEE
    for creance, rejet in zip(result.rejets_creances.tolist(), result.rejets_rangs.tolist(), strict=True):
        facture = int(result.creances.facture_rang[creance])
        (line,) = np.flatnonzero(classement.rejet == rejet).tolist()
        refused.setdefault(facture, set()).add(int(classement.famille[line]))
    false = sum(1 for facture in flagged if paid.get(facture) and facture not in refused)
    told = set()
    for famille in Famille:
        of_family = {facture for facture, families in refused.items() if int(famille) in families}
        if of_family & flagged or famille is own:
            told.add((int(famille), len(of_family), len(of_family & flagged), false))
    return told


@given(histories(), st.data())
@settings(max_examples=40, deadline=None)
def test_prevention_is_a_count_of_factures(history, data):
    """
    Of each family, how many refused factures a check flags; and how many that were paid.
    """
    result, classement = history
    flagged = data.draw(st.sets(st.integers(0, len(result.tables.factures) - 1)))
    checks = [check("un", sorted(flagged)), check("rien", ())]
    alertes = examine(Examen(tables=result.tables, today=TODAY, historique=True), checks)
    table = prevention(result, classement, alertes, checks)
    rows = [table.row(number) for number in range(len(table))]
    assert sorted(rows, key=lambda row: (row["controle"], row["famille"])) == rows
    for name, found in (("un", flagged), ("rien", set[int]())):
        told = {
            (row["famille"], row["rejets"], row["arretes"], row["alertes_payees"])
            for row in rows
            if row["controle"] == name
        }
        assert naive(result, classement, found, Famille.AMC_CONTRAT) == told


def test_no_history_no_prevention():
    """
    Each check has its own row, at zero.
    """
    result = tp.reconcile(Book(tables=Tables()))
    found = prevention(result, ClassementRejets.empty(), Alertes.empty(), [check()])
    assert [{"controle": "exemple", "famille": 13, "rejets": 0, "arretes": 0, "alertes_payees": 0}] == [found.row(0)]
