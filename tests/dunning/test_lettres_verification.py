"""What would stop letters half way is told before the first is written."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from tests.dunning.courriers_exemples import OFFICINE, entete_of
from tests.dunning.livres_lettres import plan_of, result_of

from tiers_payant.domain import Part, PlanRelances, TypeDebiteur, read_entete, reference_of
from tiers_payant.dunning.lettres import check_redaction, load_modeles, merge_entetes, merge_rendus
from tiers_payant.errors import LayoutError, LetterError

RENDUS = merge_rendus()
HEADS = {OFFICINE: entete_of()}


@pytest.fixture(scope="module")
def plan() -> PlanRelances:
    result = result_of()
    owed = np.flatnonzero(result.creances.part == Part.ASSURE).tolist()
    return plan_of(result, (TypeDebiteur.PATIENT, "relance", "patient-1", owed))


def test_plan_that_can_be_written(plan):
    """
    With everything there, nothing is said.
    """
    assert 1 == len(plan)
    check_redaction(plan, HEADS, load_modeles(), RENDUS)


def test_officine_without_a_letterhead_is_named(plan):
    """
    Whoever gives letterheads knows which is missing.
    """
    with pytest.raises(LetterError, match=f"{OFFICINE}: no letterhead for this officine"):
        check_redaction(plan, {}, load_modeles(), RENDUS)


def test_template_that_is_missing_or_for_others(plan):
    """
    Both are known from the policy alone, before a letter is rendered.
    """
    with pytest.raises(LetterError, match="no template"):
        check_redaction(plan, HEADS, {}, RENDUS)
    others = (TypeDebiteur.PROFESSIONNEL,)
    for_nobody = {name: attrs.evolve(spec, types=others) for name, spec in load_modeles().items()}
    with pytest.raises(LetterError, match="is for professionnel, not "):
        check_redaction(plan, HEADS, for_nobody, RENDUS)


def test_support_that_nobody_makes(plan):
    """
    A vendor's choice of renderers must cover the channels of the plan.
    """
    with pytest.raises(LetterError, match="nobody makes"):
        check_redaction(plan, HEADS, load_modeles(), {})


def test_two_contacts_of_one_reference(plan):
    """
    A payment that quotes it would be about either.
    """
    twice = plan.relances.take(np.zeros(2, dtype=np.int32)).with_columns(id=["6b012d84a3f9", "6b012d84a3aa"])
    with pytest.raises(LetterError, match="one reference for two contacts"):
        check_redaction(attrs.evolve(plan, relances=twice), HEADS, load_modeles(), RENDUS)


def test_two_letterheads_of_one_officine():
    """
    Neither wins: the officine is named.
    """
    with pytest.raises(LetterError, match=f"two letterheads for the officine {OFFICINE}"):
        merge_entetes([entete_of(), entete_of(nom="Autre")])


def test_reference_is_short_and_of_the_id():
    """
    Ten characters, by four.
    """
    assert "6b01-2d84-a3" == reference_of("6b012d84a3f95c10")


def test_iban_whose_key_is_wrong_is_refused(tmp_path):
    """
    A digit mistyped sends no money elsewhere: the file and the field are told.
    """
    with pytest.raises(LetterError, match="iban"):
        entete_of(iban="FR3599999000010000000000A51")
    (tmp_path / "e.toml").write_text(
        'officine = "999000019"\nnom = "X"\niban = "FR36 9999 9000 0100 0000 0000 A15"\n'
        'adresse = { code_postal = "99999", ville = "X" }\n'
    )
    with pytest.raises(LayoutError, match=r"e\.toml\.iban"):
        read_entete(tmp_path / "e.toml")
