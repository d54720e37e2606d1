"""The catalogues of reasons, exceptions and laws: whole, documented, and fit to be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.domain.motifs_page import PAGE, page

import tiers_payant
from tiers_payant.domain import Sujet, lois, motif_texte, motifs_exceptions

SOURCES = "\n".join(path.read_text("utf-8") for path in Path(tiers_payant.__file__).parent.rglob("*.py"))


def test_page_is_that_of_the_catalogues():
    """
    Every code, sentence, meaning and law; `python -m tests.domain.motifs_page` writes it anew.
    """
    assert page() == PAGE.read_text("utf-8")


@pytest.mark.parametrize("code", motifs_exceptions())
def test_every_exception_is_one_french_sentence(code):
    """
    It ends with a stop, names known subjects, and has a gap only when it says what is counted.
    """
    motif = motifs_exceptions()[code]
    assert set(motif.sujet) <= {sujet.name.lower() for sujet in Sujet}
    assert ("{nombre}" in motif.phrase) == bool(motif.compte)
    for words in (motif.phrase_de(0), motif.phrase_de(1), motif.phrase_de(7), motif.sens, motif.faire, motif.montant):
        assert words.endswith(".")
        assert "{" not in words


def test_counts_are_said_in_the_singular_and_the_plural():
    """
    None, one and several each have their words.
    """
    ambigu = motifs_exceptions()["AMBIGU"]
    assert "sans preuve suffisante" in ambigu.phrase_de(0)
    assert "un autre candidat convient" in ambigu.phrase_de(1)
    assert "3 autres candidats conviennent" in ambigu.phrase_de(3)


@pytest.mark.parametrize("code", [*motifs_exceptions(), *lois()])
def test_every_code_is_used(code):
    """
    No code is documented that the library never gives.
    """
    assert re.search(rf"\"{code}\"", SOURCES)


def test_a_reason_has_its_words():
    """
    The empty code has none; an unknown one is a mistake of ours.
    """
    assert ("", "Aucune réponse reçue.") == (motif_texte(""), motif_texte("SANS_REPONSE"))
    with pytest.raises(KeyError):
        motif_texte("COULEUR")
