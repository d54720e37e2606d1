"""Templates and renderers of letters that plugins bring."""

from __future__ import annotations

import pytest
from tests.dunning.courriers_exemples import patient
from tests.plugins.exemples import answers, example_of

from tiers_payant.domain import ModeleSpec, RendererSpec, Support
from tiers_payant.dunning.lettres import RENDUS, load_modeles, render_lettre
from tiers_payant.errors import LetterError
from tiers_payant.plugins import build_manager, modeles_of, rendus_of

MODELE = ModeleSpec(name="patient_rappel", objet="Objet", corps="Bonjour")
RENDU = RendererSpec(
    name="mien", support=Support.PDF, label="Mien", suffix=".mien", render=lambda courrier, modele: b"x"
)


def test_library_brings_its_letters_through_the_same_hooks():
    """
    Without a plugin, what is found is what the library ships.
    """
    manager = build_manager()
    assert load_modeles() == modeles_of(manager)
    assert {spec.support: spec for spec in RENDUS} == rendus_of(manager)


def test_examples_of_the_hooks_work(tmp_path):
    """
    What the documentation shows takes the place of the library's words and pages.
    """
    manager = build_manager(*(example_of(hook, tmp_path) for hook in ("tiers_payant_modeles", "tiers_payant_rendus")))
    lettre = render_lettre(patient("patient_rappel"), modeles=modeles_of(manager), rendus=rendus_of(manager), pdf=True)
    assert {"r7f3a91c2e5b8.exemple": b"r7f3a91c2e5b8;3625"} == lettre.fichiers
    assert ("Votre compte à Pharmacie de l’Exemple", "lgo-exemple") == (lettre.objet, lettre.provider)
    assert "groupement-exemple" == modeles_of(manager)["patient_rappel"].provider


@pytest.mark.parametrize(
    ("hook", "read", "spec"),
    [("tiers_payant_modeles", modeles_of, MODELE), ("tiers_payant_rendus", rendus_of, RENDU)],
)
def test_two_plugins_of_one_name_are_both_named(hook, read, spec):
    """
    Neither wins: the order in which plugins are registered decides nothing.
    """
    manager = build_manager()
    for name in ("lgo-a", "lgo-b"):
        manager.register(answers(hook, [spec]), name=name)
    with pytest.raises(LetterError, match="brought twice, by lgo-a and lgo-b"):
        read(manager)


@pytest.mark.parametrize("given", [["texte"], [None], 12, lambda: 1 / 0])
@pytest.mark.parametrize(("hook", "read"), [("tiers_payant_modeles", modeles_of), ("tiers_payant_rendus", rendus_of)])
def test_plugin_that_brings_something_else_is_named(hook, read, given):
    """
    The hook and the plugin are told.
    """
    manager = build_manager()
    manager.register(answers(hook, given), name="lgo-a")
    with pytest.raises(LetterError, match=f"{hook} of lgo-a"):
        read(manager)


def test_template_at_fault_is_found_when_plugins_are_asked():
    """
    Not on the day that it is sent.
    """
    spec = ModeleSpec(name="mien", objet="Objet", corps="{{ acte }}")
    with pytest.raises(LetterError, match=r"mien\.corps: line 1: no field 'acte'"):
        modeles_of(build_manager(answers("tiers_payant_modeles", [spec])))


def test_plugin_that_brings_nothing_changes_nothing():
    """
    None is an answer.
    """
    assert load_modeles() == modeles_of(build_manager(answers("tiers_payant_modeles", None)))
