"""The laws, on results that were right until one thing was changed: the right law is named, and where it broke."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from tests.matching.books import books
from tests.matching.test_partiels import VIREMENT, gathered
from tests.matching.test_passes import LABEL, book
from tests.matching.test_sommes import ONE, TWO, owned

from tiers_payant.domain import (
    Book,
    Etat,
    EtatVirement,
    LiensDirects,
    LiensReponses,
    LiensVirements,
    Propositions,
    PropositionsReponses,
    Rapprochement,
    Tables,
    lois,
)
from tiers_payant.errors import LawError
from tiers_payant.matching import reconcile

Change = Callable[[Rapprochement], dict[str, Any]]


def paid() -> Rapprochement:
    """Two créances: one paid, one announced and not credited; one more line, unexplained."""
    return reconcile(book(groups=[{}, {"du": 700}], lines=[{}, {"cents": 333}]))


def tied() -> Rapprochement:
    """One transfer, two equal lines: two proposals."""
    return reconcile(book(groups=[{}], lines=[{}, {"date": "2026-01-12"}]))


def equals() -> Rapprochement:
    """Two transfers and two lines, equal: one class."""
    return reconcile(book(groups=[{}, {}], lines=[{}, {"date": "2026-01-12"}]))


def joint() -> Rapprochement:
    """Two transfers in one credit."""
    return reconcile(owned(groups=[{"du": ONE}, {"du": TWO}], lines=[{"cents": ONE + TWO}]))


def column(name: str, table: str, row: int, value: Any) -> Change:
    """Change one value of one table of the result."""

    def change(result: Rapprochement) -> dict[str, Any]:
        columns = getattr(result, table)
        values = getattr(columns, name).copy()
        values[row] = value
        return {table: columns.with_columns(**{name: values})}

    return change


def parted() -> Rapprochement:
    """A transfer paid in part, of which it is known which answers it pays."""
    lines = [{"cents": 41_237 + 27_519, "label": VIREMENT}]
    return reconcile(gathered([[41_237, 27_519, 63_083]], [LABEL], lines=lines))


def total(name: str) -> Change:
    return lambda r: {"totaux": attrs.evolve(r.totaux, **{name: getattr(r.totaux, name) + 1})}


def added(table: str, kind: Any, **values: Any) -> Change:
    """Add one row to a table of links or proposals."""
    return lambda r: {table: kind.concat([getattr(r, table), kind.of(**{k: [v] for k, v in values.items()})])}


def doubled(table: str, kind: Any) -> Change:
    """Tell every link twice."""
    return lambda r: {table: kind.concat([getattr(r, table)] * 2)}


def bank_state(row: int, etat: EtatVirement) -> Change:
    def change(result: Rapprochement) -> dict[str, Any]:
        etats = result.etats_virements.copy()
        etats[row] = etat
        return {"etats_virements": etats}

    return change


def without(table: str) -> Change:
    return lambda r: {table: type(getattr(r, table)).empty()}


MUTATIONS: list[tuple[str, str, Callable[[], Rapprochement], Change]] = [
    ("RENVOI", "liens_virements", paid, column("virement", "liens_virements", 0, 9)),
    ("RENVOI", "liens_virements", paid, column("groupe", "liens_virements", 0, -1)),
    ("RENVOI", "liens_reponses", paid, column("reponse", "liens_reponses", 0, 99)),
    ("RENVOI", "propositions", tied, column("groupe", "propositions", 0, 5)),
    ("RENVOI", "creances", paid, column("remplacee_par", "creances", 0, 2)),
    ("RENVOI", "etats_virements", paid, lambda r: {"etats_virements": r.etats_virements[:1]}),
    ("BALANCE", "totaux", paid, total("inexplique_cents")),
    *(
        ("TOTAL", "totaux", paid, total(f"{name}_cents"))
        for name in (
            "du",
            "annonce",
            "credite",
            "mouvements",
            "retenu",
            "non_ventile",
            "propose",
            "inexplique",
            "virements",
        )
    ),
    ("LIEN_REPETE", "liens_virements", paid, doubled("liens_virements", LiensVirements)),
    ("LIEN_REPETE", "liens_reponses", paid, doubled("liens_reponses", LiensReponses)),
    ("PLUSIEURS_A_PLUSIEURS", "liens_virements", joint, added("liens_virements", LiensVirements, groupe=0, virement=0)),
    ("VENTILATION", "ventilations", parted, column("reponse", "ventilations", 0, 2)),
    ("VENTILATION", "groupes", parted, column("cents", "ventilations", 0, 41_236)),
    ("CLASSE", "liens_virements", equals, column("classe", "liens_virements", 0, 7)),
    ("CLASSE", "liens_virements", equals, column("virement", "liens_virements", 0, 1)),
    ("CLASSE", "liens_virements", equals, column("cents", "liens_virements", 0, 999)),
    ("VIREMENT_REPARTI", "virements", paid, column("cents", "liens_virements", 0, 999)),
    ("GROUPE_REGLE", "groupes", paid, column("cents", "liens_virements", 0, 1001)),
    ("REPONSE_REPARTIE", "reponses", paid, column("cents", "liens_reponses", 1, 1)),
    ("ANNONCE", "creances", paid, column("annonce_cents", "creances", 1, 1)),
    ("CREDIT", "creances", paid, column("credite_cents", "creances", 0, 1)),
    (
        "CREDIT",
        "creances",
        paid,
        added("liens_directs", LiensDirects, creance=1, virement=1, cents=333, passe="exemple"),
    ),
    ("PROPOSITION_COMPTEE", "groupes", paid, added("propositions", Propositions, groupe=0, virement=1)),
    ("PROPOSITION_COMPTEE", "virements", paid, added("propositions", Propositions, groupe=1, virement=0)),
    (
        "PROPOSITION_COMPTEE",
        "reponses",
        paid,
        added("propositions_reponses", PropositionsReponses, creance=1, reponse=0),
    ),
    *(
        ("ETAT_CREANCE", "creances", paid, column("etat", "creances", row, etat))
        for row, etat in (
            (0, Etat.PARTIELLE),
            (0, Etat.ANNONCEE),
            (1, Etat.CREDITEE),
            (1, Etat.PARTIELLE),
            (1, Etat.REPRISE),
            (1, Etat.REJETEE),
            (1, Etat.DIFFEREE),
            (1, Etat.TRAITEMENT_CAISSE),
            (1, Etat.NON_REPONDUE),
            (1, Etat.RETRANSMISE),
        )
    ),
    ("ETAT_VIREMENT", "virements", paid, bank_state(0, EtatVirement.HORS_PERIMETRE)),
    ("ETAT_VIREMENT", "virements", paid, bank_state(1, EtatVirement.EXPLIQUE)),
    ("ETAT_VIREMENT", "virements", paid, bank_state(1, EtatVirement.PROPOSE)),
    ("ETAT_VIREMENT", "virements", tied, without("propositions")),
    ("CHAINE", "creances", paid, column("remplacee_par", "creances", 1, 1)),
    ("CHAINE", "creances", paid, column("remplacee_par", "creances", 1, 0)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("loi", "table", "made", "change"), MUTATIONS, ids=[f"{loi}-{table}" for loi, table, _, _ in MUTATIONS]
)
def test_the_law_that_was_broken_is_named(loi, table, made, change):
    """
    One thing changed in a right result: that law is among those told, with the table where it broke.
    """
    result = made()
    assert () == result.breaches()
    wrong = attrs.evolve(result, **change(result))
    assert (loi, table) in {(one.loi, one.table) for one in wrong.breaches()}
    with pytest.raises(LawError, match=loi) as caught:
        wrong.verify()
    assert wrong.breaches() == caught.value.infractions


def test_every_law_has_its_mutation():
    """
    No law is told of that nothing here can break.
    """
    assert set(lois()) == {loi for loi, _, _, _ in MUTATIONS}


def test_rows_identifiers_and_cents_are_told():
    """
    Where, under which name, and by how much: what a person needs to look, and nothing of a patient.
    """
    result = paid()
    wrong = attrs.evolve(result, **column("credite_cents", "creances", 1, 250)(result))
    found = {one.loi: one for one in wrong.breaches()}["CREDIT"]
    key = "999000019:2026-01-05:001:000000001:AMO"
    assert ((1,), (key,), 250) == (found.rangs, found.identifiants, found.ecart_cents)
    assert str(found).endswith(f": creances 1 ({key}): 250 cents apart")


def test_many_rows_are_counted():
    """
    A message names five rows, and says how many more there are; the infraction holds them all.
    """
    result = reconcile(book(groups=[{} for _ in range(9)], lines=[]))
    amounts = result.creances.with_columns(annonce_cents=result.creances.annonce_cents + 1)
    found = attrs.evolve(result, creances=amounts).breaches()
    told = {one.loi: one for one in found}["ANNONCE"]
    assert tuple(range(9)) == told.rangs
    assert "creances 0, 1, 2, 3, 4 and 4 more" in str(told)


def test_the_error_crosses_processes():
    """
    A worker's error arrives with its message and its infractions.
    """
    wrong = attrs.evolve(tied(), propositions=Propositions.empty())
    with pytest.raises(LawError) as caught:
        wrong.verify()
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(caught.value), caught.value.infractions) == (str(again), again.infractions)


@given(books())
def test_every_result_keeps_the_laws(tables: Tables):
    """
    On adversarial books too, nothing is told of a result as it came out.
    """
    assert () == reconcile(Book(tables=tables)).breaches()


@given(books())
def test_a_cent_moved_between_two_creances_is_seen(tables: Tables):
    """
    Even when every total stays the same.
    """
    result = reconcile(Book(tables=tables))
    if len(result.creances) < 2:
        return
    shift = np.zeros(len(result.creances), dtype=np.int64)
    shift[:2] = 1, -1
    moved = result.creances.with_columns(credite_cents=result.creances.credite_cents + shift)
    assert "CREDIT" in {one.loi for one in attrs.evolve(result, creances=moved).breaches()}
