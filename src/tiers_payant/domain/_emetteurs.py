"""Which share the sender of a return answers for, by its kind."""

from __future__ import annotations

__all__ = ["AMC_SENDERS", "AMO_SENDERS"]

AMC_SENDERS = (b"OC", b"CS")
AMO_SENDERS = (
    b"AN", b"BF", b"CC", b"CE", b"CF", b"CI", b"CM", b"CP", b"CR", b"CT", b"EN", b"MA", b"PB", b"RM", b"RP", b"SE",
    b"SM", b"SR",
)  # fmt: skip
"""Kinds of sender (NOÉMIE 000, 4-5) that answer for the compulsory share; those in neither list may be either."""
