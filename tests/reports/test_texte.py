"""The page that a pharmacist reads first."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from tests.formats.golden import GOLDEN
from tests.matching.test_passes import REPRISE, book

import tiers_payant as tp
from tiers_payant.reports import rapprochement_text

B2 = GOLDEN / "b2"


def page(*names: str, today: dt.date = dt.date(2026, 12, 31)) -> str:
    result = tp.reconcile(tp.read(*(B2 / f"{name}.txt" for name in names)))
    return rapprochement_text(result, today).replace("\u00a0", " ").replace("\u202f", " ")


def test_page_of_lots_alone():
    """
    What is billed and unanswered, the heaviest first, and what was read; no section for what is not there.
    """
    text = page("deux_lots")
    amounts = re.findall(r"^ +([\d ]+,\d\d €)  lot (\d+) du ([\d/]+), facture (\w+), part (\w+)$", text, re.MULTILINE)
    assert [
        ("123,45 €", "001", "05/01/2026", "000000102", "AMO"),
        ("7,84 €", "001", "05/01/2026", "000000101", "AMO"),
        ("6,00 €", "002", "06/01/2026", "A00000001", "AMO"),
        ("5,46 €", "001", "05/01/2026", "000000101", "AMC"),
    ] == [tuple(part.strip() for part in row) for row in amounts]
    assert "Au 31/12/2026, 4 créances dépassent le délai de paiement : 142,75 €" in text
    assert "Fichiers lus : 1 b2" in text
    assert "problème" not in text


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("deux_lots", "sans_debut_ni_fin"), "2 problèmes dans les fichiers"),
        (("deux_lots", "norme_hospitaliere"), "1 problème dans les fichiers"),
    ],
)
def test_problems_are_counted(names, words):
    """
    In the singular and in the plural, informations left out; each with its place.
    """
    text = page(*names)
    assert words in text
    assert f"  {names[1]}.txt" in text


def test_long_lists_of_problems_are_summed_up():
    """
    Five are shown, then how many of each code there are.
    """
    text = page("controles_faux")
    assert "8 problèmes dans les fichiers" in text
    assert 5 == text.count("  controles_faux.txt")
    assert "  ... CONTROLE_NOMBRE : 5, CONTROLE_SOMME : 3" in text


def test_file_of_nobody_is_listed(tmp_path):
    """
    What was not recognised is counted among what was read.
    """
    (tmp_path / "a.txt").write_bytes(b"Bonjour")
    result = tp.reconcile(tp.read(tmp_path, B2 / "deux_lots.txt"))
    assert "Fichiers lus : 1 b2, 1 non reconnu" in rapprochement_text(result, dt.date(2026, 1, 6))


def test_doubtful_fields_are_named(tmp_path):
    """
    Figures that rest on a single source say so; B2's deciding fields have better.
    """
    tp.simulate(tmp_path, factures=60, seed=2)
    text = rapprochement_text(tp.reconcile(tp.read(tmp_path)), dt.date(2026, 1, 6))
    assert re.search(r"confiance C \(une seule source publique\) :\n  \d{3}\.", text)
    assert "confiance C" not in page("deux_lots")


def test_page_of_nothing():
    """
    An empty book makes a page of zeros.
    """
    text = rapprochement_text(tp.reconcile(tp.Book.from_lectures([])), dt.date(2026, 1, 6))
    assert "Au 06/01/2026, 0 créance dépasse" in text
    assert "À traiter" not in text


def test_what_weighs_most_is_named_in_words():
    """
    Sums taken back and debits by their names, and who owes a créance in words: codes are for programs.
    """
    debit = {"cents": -300, "date": "2026-02-12"}
    text = rapprochement_text(tp.reconcile(book(**REPRISE, lines=[{}, debit, debit])), dt.date(2026, 2, 20))
    assert "reprise annoncée le 10/02/2026 (" in text
    assert 2 == text.count("  débit du 12/02/2026 (")
    assert re.search(r"délai de paiement\. À la charge de la caisse \d+ \(régime \d+", page("deux_lots"))
    assert "(AMO:" not in page("deux_lots")
