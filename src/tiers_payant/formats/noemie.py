"""NOÉMIE PS: the returns by which insurers answer lots of factures, pay them and withhold.

No official text is public, and no real return was available. Positions, entities and framings come from the sources
that `layouts/noemie.toml` names, each field with its confidence. The old set of entities (040, 070, 080, 100, 210, 290)
and the new one (071, 102, 198, 199, 294) are told apart entity by entity, never by the reference of the file.
"""

from __future__ import annotations

from tiers_payant.domain import FormatSpec
from tiers_payant.formats._elements import noemie_elements
from tiers_payant.formats._noemie_ecriture import write_noemie
from tiers_payant.formats._noemie_lecture import end_of_returns, read_noemie
from tiers_payant.formats._parts import in_parts

__all__ = ["NOEMIE", "read_noemie", "sniff_noemie", "write_noemie"]

_PREFIX = 4
_HEADER = 128
_CERTAIN, _LIKELY = 0.9, 0.5


def sniff_noemie(head: bytes) -> float:
    """Say how much *head* looks like NOÉMIE: a 000, after a 4-digit length or not, then entities ended by `@`.

    A B2 file begins with a 000 too, and never holds that character early.
    """
    body = head[_PREFIX:] if head[:_PREFIX].isdigit() and head[_PREFIX:].startswith(b"000") else head
    if not body.startswith(b"000") or not body[3:5].isalpha():
        return 0.0
    marks = body[_HEADER:].count(b"@")
    return _CERTAIN if marks > 1 else _LIKELY if marks else 0.0


NOEMIE = FormatSpec(
    name="noemie",
    label="NOÉMIE, retours des organismes",
    sniff=sniff_noemie,
    read=read_noemie,
    read_parts=in_parts(read_noemie, end_of_returns),
    write=write_noemie,
    elements=noemie_elements,
)
