"""The strategies that the kit ships: what they draw is what they say, and our own plugins stand it."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiers_payant.domain import Canal, Destinataire, Entree, Support, TypeDebiteur
from tiers_payant.dunning.lettres import RENDUS, load_modeles
from tiers_payant.errors import LetterError
from tiers_payant.formats import FORMATS
from tiers_payant.plugins.conformance._courriers import courrier_for
from tiers_payant.plugins.conformance.strategies import contenus, lots_and_factures, noms

SAMPLES = {
    spec.name: [
        path.read_bytes()
        for path in sorted((Path(__file__).parent / "samples" / spec.name).iterdir())
        if not path.name.endswith(".golden.json")
    ]
    for spec in FORMATS
}


@pytest.mark.parametrize("spec", FORMATS, ids=lambda spec: spec.name)
@settings(max_examples=30)
@given(data=st.data())
def test_anything_made_of_samples_is_read(spec, data):
    """
    No exception: what cannot be read is told, or kept raw.
    """
    content = data.draw(contenus(*SAMPLES[spec.name]))
    assert 1 >= spec.sniff(content[:4096]) >= 0
    lecture = spec.read(Entree(nom="f", contenu=content))
    assert {"f"} >= {problem.at.file for problem in lecture.problems}


@given(lots_and_factures())
def test_drawn_lots_add_up(tables):
    """
    The total of each facture is that of its lines.
    """
    factures, lignes = tables.factures, tables.lignes
    for row in range(len(factures)):
        assert factures.total_cents[row] == lignes.depense_cents[lignes.facture_rang == row].sum()


@settings(max_examples=30)
@given(noms())
def test_hostile_names_give_a_letter_or_an_error(nom):
    """
    The sum is there, or there is no letter.
    """
    modele = load_modeles()["patient_relance"]
    (texte,) = [spec for spec in RENDUS if spec.support is Support.TEXTE]
    courrier = courrier_for(modele, TypeDebiteur.PATIENT, Canal.LETTRE)
    who: Destinataire = attrs.evolve(courrier.destinataire, nom=nom)
    try:
        letter = texte.render(attrs.evolve(courrier, destinataire=who), modele)
    except LetterError:
        return
    assert "1 894,29" in letter.decode().replace("\u00a0", " ").replace("\u202f", " ")
