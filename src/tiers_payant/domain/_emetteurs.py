"""Which share the sender of a return answers for, by its kind."""

from __future__ import annotations

__all__ = ["AMC_SENDERS", "AMO_SENDERS", "REGIMES"]

AMC_SENDERS = (b"OC", b"CS")
AMO_SENDERS = (
    b"AN", b"BF", b"CC", b"CE", b"CF", b"CI", b"CM", b"CP", b"CR", b"CT", b"EN", b"MA", b"PB", b"RM", b"RP", b"SE",
    b"SM", b"SR",
)  # fmt: skip
"""Kinds of sender (NOÉMIE 000, 4-5) that answer for the compulsory share; those in neither list may be either."""

REGIMES = {
    "AN": "14", "BF": "09", "CC": "90", "CE": "10", "CF": "04", "CI": "12", "CM": "08", "EN": "06", "MA": "02",
    "PB": "16", "RM": "07", "RP": "05", "SE": "15",
}  # fmt: skip
"""Grand régime of the senders that are the fund of one: the list of senders (NOÉMIE 000, 4-5) beside the list of
régimes (SNDS `IR_GRG_V`), where both name one organism. The others, CPAM and mutual sections first, manage several."""
