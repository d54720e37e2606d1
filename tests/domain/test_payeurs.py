"""Who pays behind a name on a bank line."""

from __future__ import annotations

import pytest

from tiers_payant.domain import Payeur, Payeurs, load_payeurs

PLATEFORME = Payeur(
    id="exemple", nom="Plateforme d'exemple", textes=("EXEMPLE", "EXEMPLE TP"), emetteurs=frozenset({"OC"}),
    confiance="C", source="invented",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"), [("VIR SEPA EXEMPLE TP 12", "exemple"), ("CONTREXEMPLE", None), ("LOYER", None), ("", None)]
)
def test_payer_is_named_at_the_start_of_a_word(text, expected):
    """
    A name inside another word names nobody.
    """
    found = Payeurs(payeurs=(PLATEFORME,)).named_in(text)
    assert expected == (found and found.id)


def test_no_payer_known_names_nobody():
    """
    An empty table answers, and names none.
    """
    assert Payeurs(payeurs=()).named_in("VIR SEPA EXEMPLE") is None


def test_more_payers_complete_the_library():
    """
    A site's payer stands beside ours, and replaces ours of the same id.
    """
    ours = load_payeurs()
    assert PLATEFORME == ours.with_payeurs([PLATEFORME]).named_in("VIR EXEMPLE")
    assert ours.named_in("CPAM DE VILLE") == ours.with_payeurs([PLATEFORME]).named_in("CPAM DE VILLE")
    assert len(ours.payeurs) == len(ours.with_payeurs(ours.payeurs[:1]).payeurs)
