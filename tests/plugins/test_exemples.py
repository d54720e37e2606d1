"""Every hook has an example that runs: what the documentation shows is what a vendor may copy."""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import Any

import pluggy
import pytest
from tests.plugins.exemples import code_of, example_of

from tiers_payant.domain import RelancePolicy, write_policy
from tiers_payant.plugins import (
    annuaire_of,
    build_manager,
    calendriers_of,
    codes_rejets_of,
    controles_of,
    exports_of,
    formats_of,
    gates_of,
    hookspecs,
    indicateurs_of,
    journaux_of,
    modeles_of,
    operateurs_of,
    passes_of,
    payeurs_of,
    politiques_of,
    rendus_of,
)

ASKED: dict[str, Callable[[pluggy.PluginManager], Any]] = {
    "tiers_payant_annuaires": lambda manager: annuaire_of(manager).contacts,
    "tiers_payant_calendriers": calendriers_of,
    "tiers_payant_codes_rejets": codes_rejets_of,
    "tiers_payant_controles": controles_of,
    "tiers_payant_exports": exports_of,
    "tiers_payant_formats": formats_of,
    "tiers_payant_gates": gates_of,
    "tiers_payant_indicateurs": indicateurs_of,
    "tiers_payant_journaux": journaux_of,
    "tiers_payant_modeles": lambda manager: {one for one in modeles_of(manager).values() if "exemple" in one.provider},
    "tiers_payant_operateurs": lambda manager: one.lignes if (one := operateurs_of(manager)) else (),
    "tiers_payant_passes": lambda manager: passes_of(manager).virements,
    "tiers_payant_payeurs": lambda manager: payeurs_of(manager).payeurs,
    "tiers_payant_politiques": politiques_of,
    "tiers_payant_rendus": lambda manager: {one for one in rendus_of(manager).values() if "exemple" in one.provider},
}


@pytest.fixture
def folder(tmp_path):
    """Where an example stands, with the file that one of them reads."""
    policy = RelancePolicy.standard()
    write_policy(policy, tmp_path / "groupement-exemple.toml")
    text = (tmp_path / "groupement-exemple.toml").read_text(encoding="utf-8")
    named = text.replace(f'nom = "{policy.nom}"', 'nom = "groupement-exemple"', 1)
    (tmp_path / "groupement-exemple.toml").write_text(named, encoding="utf-8")
    return tmp_path


def test_every_hook_is_asked_here():
    """
    A hook that is added gets a test of its example.
    """
    assert sorted(hookspecs.__all__) == sorted(ASKED)


@pytest.mark.parametrize("hook", hookspecs.__all__)
def test_example_of_a_hook_brings_one_thing_more(folder, hook):
    """
    Run as a module, registered as a plugin, asked through the door that the library asks through.
    """

    def found(*plugins: object) -> int:
        brought: Sized = ASKED[hook](build_manager(*plugins))
        return len(brought)

    assert found() + 1 == found(example_of(hook, folder))


@pytest.mark.parametrize("hook", hookspecs.__all__)
def test_example_of_a_hook_is_a_whole_module(hook):
    """
    It imports what it uses, and marks its function: nothing is left for the reader to guess.
    """
    code = code_of(hook)
    assert "from tiers_payant.domain import" in code
    assert f"@hookimpl\ndef {hook}():\n" in code
