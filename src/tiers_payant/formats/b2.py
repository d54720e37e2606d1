"""B2: the factures that a pharmacy transmits, in fixed records of 128 characters, general norm.

No official text is public. Positions come from the sources that `layouts/b2.toml` names, dated 2007, each field with
its confidence; the hospital variant (norm `CP`) is recognised and reported, not read.
"""

from __future__ import annotations

import re

import numpy as np

from tiers_payant.domain import Entree, FormatSpec
from tiers_payant.formats._b2_read import read_b2
from tiers_payant.formats._b2_structure import LENGTH, end_of_sequences
from tiers_payant.formats._b2_write import write_b2
from tiers_payant.formats._elements import b2_elements
from tiers_payant.formats._parts import in_parts

__all__ = ["B2", "read_b2", "sniff_b2", "write_b2"]

_CERTAIN, _LIKELY = 0.9, 0.5
_HEADLESS = re.compile(rb"1([0-9]{9})[^\r\n]{118}\r?\n?2\1 ")


def sniff_b2(head: bytes) -> float:
    """Say how much *head* looks like B2: a 000 header without the `@` of NOÉMIE, then a lot or the end.

    A file that lost its header is likely B2 when a facture of the same officine follows the start of a lot.
    """
    if _HEADLESS.match(head):
        return _LIKELY
    if not head.startswith(b"000") or b"@" in head[:1024]:
        return 0.0
    following = head[LENGTH:].lstrip(b"\r\n")
    return _CERTAIN if following[:1] in (b"1", b"9") else _LIKELY if len(head) <= LENGTH else 0.0


def _cut(entree: Entree) -> int:
    return end_of_sequences(np.frombuffer(entree.octets, dtype=np.uint8))


B2 = FormatSpec(
    name="b2",
    label="B2, factures transmises",
    sniff=sniff_b2,
    read=read_b2,
    read_parts=in_parts(read_b2, _cut),
    write=write_b2,
    elements=b2_elements,
)
