"""What plugins bring to dunning: policies, addressees, gates; and the examples of the hooks, as they stand."""

from __future__ import annotations

import inspect
import re
import textwrap
from types import SimpleNamespace

import attrs
import numpy as np
import pytest
from tests.dunning.dossiers import day, dossier, facture

from tiers_payant.domain import Contact, GateSpec, Raison, RelancePolicy, TypeDebiteur, hookimpl, write_policy
from tiers_payant.errors import GateError, LayoutError, PolicyError
from tiers_payant.plugins import annuaire_of, build_manager, gates_of, hookspecs, politiques_of


def plugin(hook, *brought, fails=None):
    def answer():
        if fails:
            raise fails
        return brought

    answer.__name__ = hook
    return SimpleNamespace(**{hook: hookimpl(answer)})


def example(hook, **names):
    """The plugin that the documentation of a hook shows."""
    found = re.search(r"::\n\n(.+)\Z", inspect.getdoc(getattr(hookspecs, hook)) or "", re.DOTALL)
    assert found is not None
    module = dict(names)
    exec(textwrap.dedent(found[1]), module)  # noqa: S102
    return SimpleNamespace(**{hook: module[hook]})


def policy(nom):
    return attrs.evolve(RelancePolicy.standard(), nom=nom)


def contact(id, **more):
    return Contact(id=id, nom="X", type=TypeDebiteur.AMC, debiteurs=["AMC:1"], **more)


def nothing(result, today):
    return np.zeros(len(result.creances), dtype=np.bool_)


def gate(name, **more):
    return GateSpec(name=name, raison=Raison.SUSPENDUE, label="exemple", hold=nothing, **more)


def test_without_plugins():
    """
    The library brings its own policy through the same hook, no addressee and no gate.
    """
    manager = build_manager()
    assert {"standard": RelancePolicy.standard()} == dict(politiques_of(manager))
    assert (0, ()) == (len(annuaire_of(manager)), gates_of(manager))


def test_policies_of_plugins():
    """
    A policy completes the library's, or takes its place under the same name, whatever the order of plugins.
    """
    ours = attrs.evolve(policy("standard"), releve_max_jours_ouvres=1)
    for plugins in ([ours, policy("autre")], [policy("autre"), ours]):
        found = politiques_of(build_manager(*(plugin("tiers_payant_politiques", each) for each in plugins)))
        assert (["autre", "standard"], 1) == (list(found), found["standard"].releve_max_jours_ouvres)


def test_contacts_of_plugins():
    """
    Entries of several plugins are put together, the order of plugins left out.
    """
    plugins = [plugin("tiers_payant_annuaires", contact("B")), plugin("tiers_payant_annuaires", contact("A"))]
    assert annuaire_of(build_manager(*plugins)) == annuaire_of(build_manager(*plugins[::-1]))
    assert ["A", "B"] == [one.id for one in annuaire_of(build_manager(*plugins))]


def test_customer_without_its_officine():
    """
    Refused: its reference may be that of another customer elsewhere; the plugin is named, the reference is not.
    """
    wrong = attrs.evolve(contact("SECRET"), debiteurs=["CLIENT:SECRET"])
    with pytest.raises(LayoutError, match="a customer without its officine") as refused:
        annuaire_of(build_manager(plugin("tiers_payant_annuaires", wrong)))
    assert "SECRET" not in str(refused.value)


def test_gates_of_plugins():
    """
    By name, each with the name of the plugin that brought it.
    """
    found = gates_of(build_manager(plugin("tiers_payant_gates", gate("b"), gate("a", provider="lgo"))))
    assert ["a", "b"] == [one.name for one in found]
    assert "lgo" == found[0].provider
    assert "tiers-payant" != found[1].provider


ASKED = [
    ("tiers_payant_politiques", politiques_of, policy("x"), PolicyError),
    ("tiers_payant_annuaires", annuaire_of, contact("SECRET"), LayoutError),
    ("tiers_payant_gates", gates_of, gate("x"), GateError),
]


@pytest.mark.parametrize(("hook", "ask", "brought", "error"), ASKED, ids=lambda each: str(each)[:24])
def test_plugins_that_contradict_each_other(hook, ask, brought, error):
    """
    Two that bring one name, one that brings something else, one that fails: named, and nothing is concluded.
    """
    with pytest.raises(error) as twice:
        ask(build_manager(plugin(hook, brought), plugin(hook, brought)))
    assert " and " in str(twice.value)
    assert "SECRET" not in str(twice.value)
    with pytest.raises(error, match=f"{hook} of .*expected {type(brought).__name__}, got str"):
        ask(build_manager(plugin(hook, "autre chose")))
    with pytest.raises(error, match=r"failed \(ValueError\)") as failed:
        ask(build_manager(plugin(hook, fails=ValueError("SECRET"))))
    assert "SECRET" not in str(failed.value)


def test_examples_of_hooks(tmp_path):
    """
    The example of each hook is a plugin that works.
    """
    write_policy(policy("groupement-exemple"), tmp_path / "groupement-exemple.toml")
    brought = example("tiers_payant_politiques", __file__=str(tmp_path / "plugin.py"))
    assert ["groupement-exemple", "standard"] == list(politiques_of(build_manager(brought)))
    annuaire = annuaire_of(build_manager(example("tiers_payant_annuaires")))
    assert ["C1"] == [one.id for one in annuaire]
    (held,) = gates_of(build_manager(example("tiers_payant_gates")))
    result = dossier(factures=[facture(1), facture(2, amc="0099999997", paiement="15", part_amc_cents=500)])
    assert 1 == int(held.hold(result, day("2026-03-02")).sum())
