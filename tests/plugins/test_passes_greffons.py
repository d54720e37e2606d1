"""Passes that plugins bring: asked after ours, under the same laws, and named when they fail."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.matching.books import books
from tests.matching.test_passes import OFFICINE, book, etats
from tests.plugins.exemples import answers, example_of

from tiers_payant.domain import Book, Etat, Paires, PassReponseSpec, PassSpec, Rapprochement, Tables
from tiers_payant.errors import PassError
from tiers_payant.matching import PASSES, REPONSES
from tiers_payant.pipeline import reconcile, simulate_relances
from tiers_payant.plugins import build_manager, passes_of

HOOK = "tiers_payant_passes"
UNKNOWN = "PAYEUR QUE PERSONNE NE CONNAIT"


def numbered(paires: Paires) -> Any:
    """Believe the pairs whose bank line tells the rank of the group."""
    told = zip(paires.groupes.tolist(), paires.virements.tolist(), strict=True)
    return np.array([f"EX{group}X" in paires.textes[line].compact for group, line in told], dtype=np.bool_)


def passe(nom: str = "essai", keeps: Any = numbered, **more: Any) -> PassSpec:
    return PassSpec(name=nom, label="essai", keeps=keeps, **{"in_period": False, "provider": "lgo-essai", **more})


def with_passes(*passes: object, **given_book: Any) -> Rapprochement:
    return reconcile(book(**given_book), manager=build_manager(answers(HOOK, list(passes))))


def links(result: Rapprochement, name: bytes = b"essai") -> set[tuple[int, int]]:
    """The pairs that a pass settled, classes apart."""
    table = result.liens_virements
    mine = (table.passe == name) & (table.classe == 0)
    return set(zip(table.groupe[mine].tolist(), table.virement[mine].tolist(), strict=True))


def test_without_a_plugin_the_passes_are_ours():
    """
    The library's come through the same hook, in the order that they are asked.
    """
    found = passes_of(build_manager())
    assert (REPONSES, PASSES) == (found.reponses, found.virements)


def test_a_plugin_settles_what_nothing_else_does():
    """
    A line of an unknown payer, told by a text that only the plugin reads; the link bears the name of its pass.
    """
    given_book: dict[str, Any] = {"groups": [{}, {}], "lines": [{"label": f"{UNKNOWN} EX1X"}]}
    assert [Etat.ANNONCEE, Etat.ANNONCEE] == etats(reconcile(book(**given_book)))
    result = with_passes(passe(), **given_book)
    assert [Etat.ANNONCEE, Etat.CREDITEE] == etats(result)
    assert {(1, 0)} == links(result)
    assert "essai" == result.passes["essai"]
    assert "essai" in str(result.explain(next(iter(result.virements))))


def test_example_of_the_hook_recognises_a_credit(tmp_path):
    """
    The one of the documentation, as it stands there.
    """
    lines = [{"label": f"{UNKNOWN} {OFFICINE} J20260108"}]
    manager = build_manager(example_of(HOOK, tmp_path))
    assert [Etat.CREDITEE] == etats(reconcile(book(groups=[{}], lines=lines), manager=manager))


def test_ours_are_asked_first():
    """
    What the library settles is no candidate of a vendor's pass.
    """
    result = with_passes(passe(keeps=lambda paires: np.ones(len(paires), dtype=np.bool_)), groups=[{}], lines=[{}])
    assert [b"payeur_net_periode"] == result.liens_virements.passe.tolist()


def test_a_tie_is_proposed():
    """
    Two lines that the pass believes for one group: neither pays it.
    """
    result = with_passes(passe(), groups=[{}], lines=[{"label": f"{UNKNOWN} EX0X"}, {"label": f"{UNKNOWN} EX0X 2"}])
    assert [Etat.ANNONCEE] == etats(result)
    assert set() == links(result)


def test_no_pass_opens_the_gate_of_money():
    """
    One cent apart, whatever the pass believes.
    """
    result = with_passes(passe(), groups=[{}], lines=[{"label": f"{UNKNOWN} EX0X", "cents": 999}])
    assert [Etat.ANNONCEE] == etats(result)


rows = st.integers(0, 3)
some_groups = st.lists(
    st.fixed_dictionaries({"du": st.sampled_from([1000, 700]), "date": st.sampled_from(["2026-01-08", "2026-01-20"])}),
    min_size=1, max_size=4,
)  # fmt: skip
some_lines = st.lists(
    st.builds(
        lambda told, cents, day: {"label": " ".join([UNKNOWN, *(f"EX{one}X" for one in told)]), "cents": cents,
                                  "date": day},
        st.lists(rows, max_size=3), st.sampled_from([1000, 700]), st.sampled_from(["2026-01-09", "2026-01-21"]),
    ),
    max_size=4,
)  # fmt: skip


def oracle(groups: list[dict[str, Any]], lines: list[dict[str, Any]]) -> set[tuple[int, int]]:
    """Every pair of one amount that the text tells, the line not before the day before; then those alone."""
    believed = [
        (group, line)
        for group, line in product(range(len(groups)), range(len(lines)))
        if groups[group]["du"] == lines[line]["cents"]
        and f"EX{group}X" in lines[line]["label"]
        and dt.date.fromisoformat(lines[line]["date"]) >= dt.date.fromisoformat(groups[group]["date"]) - dt.timedelta(1)
    ]
    return {
        (group, line)
        for group, line in believed
        if 1 == sum(one == group for one, _ in believed) == sum(other == line for _, other in believed)
    }


@given(some_groups, some_lines)
def test_a_pass_settles_what_is_unique_both_ways(groups, lines):
    """
    Judged against every pair, one by one: nothing more, nothing less.
    """
    assert oracle(groups, lines) == links(with_passes(passe(), groups=groups, lines=lines))


@given(books(), st.randoms(use_true_random=False))
def test_the_laws_hold_whatever_a_pass_believes(tables: Tables, random):
    """
    A pass that answers at random breaks no law, and only settles pairs that are one amount.
    """

    def keeps(paires: Paires) -> Any:
        return np.array([random.random() < 0.6 for _ in range(len(paires))], dtype=np.bool_)

    plugin = answers(HOOK, [passe("a", keeps), passe("b", keeps, in_period=True)])
    assert () == reconcile(Book(tables=tables), manager=build_manager(plugin)).breaches()


def test_the_order_of_plugins_decides_nothing():
    """
    Passes of vendors are asked by name, whichever was registered first, or brought first.
    """
    one, other = passe("essai_a"), passe("essai_b")
    brought = ([one, other], [other, one])
    found = [passes_of(build_manager(*(answers(HOOK, [spec]) for spec in specs))).virements for specs in brought]
    found += [passes_of(build_manager(answers(HOOK, specs))).virements for specs in brought]
    assert [(*PASSES, one, other)] * 4 == found


@pytest.mark.parametrize(
    ("keeps", "message"),
    [
        (lambda paires: 1 / 0, r"pass essai of lgo-essai: failed \(ZeroDivisionError\)"),
        (lambda paires: exit(), r"pass essai of lgo-essai: failed \(SystemExit\)"),
        (lambda paires: np.ones(len(paires)), "pass essai of lgo-essai: expected a yes or no for each of 1 pairs"),
        (lambda paires: np.ma.masked_all(len(paires), bool), "pass essai of lgo-essai: .* got MaskedArray of bool"),
        (lambda paires: paires.groupes.fill(0), r"pass essai of lgo-essai: failed \(ValueError\)"),
    ],
)
def test_a_pass_at_fault_is_named_with_its_plugin(keeps, message):
    """
    It raises, leaves, answers something else, or writes on what it was shown: nothing is concluded.
    """
    with pytest.raises(PassError, match=message):
        with_passes(passe(keeps=keeps), groups=[{}], lines=[{"label": UNKNOWN}])


@pytest.mark.parametrize("given_", [["texte"], [None], 12, lambda: 1 / 0])
def test_what_is_no_pass_is_named_with_its_plugin(given_):
    """
    Nothing is concluded.
    """
    manager = build_manager()
    manager.register(answers(HOOK, given_), name="lgo-a")
    with pytest.raises(PassError, match="tiers_payant_passes of lgo-a"):
        reconcile(book(groups=[{}], lines=[{}]), manager=manager)


def test_a_name_is_of_one_pass_alone():
    """
    Two plugins, or a plugin and the library, of one kind or two: both are told.
    """
    answer = PassReponseSpec(name="essai", label="essai", egales=("officine", "nir", "cents"))
    for other, both in (
        (passe(), "lgo-a and lgo-b"),
        (answer, "lgo-a and lgo-b"),
        (passe("libelle_virement"), "lgo-b and tiers-payant"),
    ):
        for order in (1, -1):
            manager = build_manager()
            for name, one in [("lgo-a", passe()), ("lgo-b", other)][::order]:
                manager.register(answers(HOOK, [one]), name=name)
            with pytest.raises(PassError, match=f"is brought by {both}"):
                passes_of(manager)


def test_a_pass_of_the_name_of_a_sum_is_refused():
    """
    The library's names are all reserved, those that no hook brings too.
    """
    with pytest.raises(PassError, match="pass virement_groupe: two of one name"):
        with_passes(passe("virement_groupe"), groups=[{}], lines=[{}])


def test_a_pass_for_answers_is_used():
    """
    What an answer and a share have in common may be a vendor's choice; ours are asked before it.
    """
    own = PassReponseSpec(name="facture_seule", label="essai", egales=("officine", "facture", "cents"))
    given_book = book(groups=[{}], lines=[])
    renamed = given_book.tables.reponses.with_columns(lot=["999"], lot_date=[None])
    orphan = Book(tables=attrs.evolve(given_book.tables, reponses=renamed))
    ours = reconcile(orphan).liens_reponses.passe.tolist()
    theirs = reconcile(orphan, manager=build_manager(answers(HOOK, [own]))).liens_reponses.passe.tolist()
    assert ([], [b"facture_seule"]) == (ours, theirs)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"egales": ("officine", "prenom")}, "egales: expected a tuple of some of amc, cents"),
        ({"egales": ()}, "egales: expected a tuple"),
        ({"egales": ["officine"]}, "egales: expected a tuple"),
        ({"egales": ("officine",), "jour": "hier"}, "jour: expected one of lot_date"),
    ],
)
def test_a_pass_for_answers_names_what_there_is(fields, message):
    """
    Where it is made, not where it fails.
    """
    with pytest.raises(PassError, match=f"pass 'essai': {message}"):
        PassReponseSpec(name="essai", label="essai", **fields)


def test_given_passes_stand_in_the_place_of_all():
    """
    Whoever gives the passes asks for those alone.
    """
    manager = build_manager(answers(HOOK, [passe()]))
    given_book = book(groups=[{}], lines=[{"label": f"{UNKNOWN} EX0X"}])
    assert [Etat.CREDITEE] == etats(reconcile(given_book, manager=manager))
    assert [Etat.ANNONCEE] == etats(reconcile(given_book, manager=manager, passes=PASSES))


def test_simulated_dunning_reconciles_as_the_real_one():
    """
    The passes of plugins are asked there too: one at fault is told.
    """
    manager = build_manager(answers(HOOK, [passe(keeps=lambda paires: None)]))
    day = dt.date(2026, 1, 12)
    with pytest.raises(PassError, match="pass essai of lgo-essai"):
        simulate_relances([], book(groups=[{}], lines=[{"label": UNKNOWN}]), du=day, au=day, manager=manager)
