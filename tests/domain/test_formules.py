"""What banks write around a transfer's text."""

from __future__ import annotations

import pytest

from tiers_payant.domain import payer_in_label, plain_text


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("VIR RECU    9999999999S DE: CPAM DE L EXEMPLE MOTIF: 2600500000001 REF: X", "CPAM DE L EXEMPLE"),
        ("VIREMENT RECU DE: M EXEMPLE MOTIF: PART MUTUELLE", "M EXEMPLE"),
        ("VIREMENT SEPA RECU FRM CETIP EID 999 RNF TP SP S", "CETIP"),
        ("VIREMENT SEPA RECU /DE MSA EXEMPLE /MOTIF 12", "MSA EXEMPLE"),
        ("VIREMENT SEPA RECU CPAM DE L EXEMPLE MOTIF 12", "CPAM DE L EXEMPLE MOTIF 12"),
        ("VIREMENT SEPA RECU YCI CPAM EXEMPLE", "YCI CPAM EXEMPLE"),
        ("CPAM EXEMPLE 12 VIREMENT EN VOTRE FAVEUR", "CPAM EXEMPLE 12"),
        ("VIREMENT EN VOTRE FAVEUR CPAM EXEMPLE", "CPAM EXEMPLE"),
        ("VIREMENT DE CPAM EXEMPLE", "CPAM EXEMPLE"),
        ("VIR SEPA CPAM EXEMPLE", "CPAM EXEMPLE"),
        ("EVI CPAM EXEMPLE", "CPAM EXEMPLE"),
        ("VIREMENTS CPAM", "VIREMENTS CPAM"),
        ("", ""),
    ],
)
def test_a_payer_is_looked_for_where_its_name_stands(label, expected):
    """
    Wordings of the sources, with invented payers.
    """
    assert expected == payer_in_label(plain_text(label))
