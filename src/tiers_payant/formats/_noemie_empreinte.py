"""The fingerprint of a return: the same content in another framing, or padded otherwise, has the same one.

What is hashed: the 000 without its record length, all that stands between, and the 999 without its count of physical
records, which the framing decides. Blanks, NULs and ends of lines are left out everywhere, inside entities too: one
pass over the bytes, faster than trimming each entity, and two returns that differ by nothing else announce
the same amounts of the same factures. It depends on no layout of entities.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

from tiers_payant.formats._layout import Layout
from tiers_payant.formats._noemie_cadrage import BLANKS, FIXED, Flux
from tiers_payant.formats._noemie_entites import Span

__all__ = ["fingerprints"]

_LEFT_OUT = {"000": "longueur", "999": "nombre_enregistrements"}
"""What the framing decides in the fixed records."""


def fingerprints(flux: Flux, spans: Sequence[Span], layout: Layout) -> Iterator[bytes]:
    """Yield the SHA-256 of each return, hexadecimal.

    Args:
        flux: The stream.
        spans: The returns, in order.
        layout: The positions of what the fixed records leave out.
    """
    fixed = _fixed(flux, layout)
    debuts, fins = flux.debuts.tolist(), flux.fins.tolist()
    following = [span.debut for span in spans[1:]] + [len(flux.data)]
    for span, end in zip(spans, following, strict=True):
        start = span.debut if span.entete < 0 else fins[span.entete]
        stop = end if span.fin < 0 else debuts[span.fin]
        digest = hashlib.sha256(fixed[span.entete])
        digest.update(flux.data[start:stop].tobytes().translate(None, BLANKS))
        digest.update(fixed[span.fin])
        yield digest.hexdigest().encode()


def _fixed(flux: Flux, layout: Layout) -> list[bytes]:
    """Return what is hashed of each fixed record; the last one, of rank -1, stands for none.

    An end mark stands after each: what it holds never runs into what follows.
    """
    rows = flux.fixes.copy()
    for code, name in _LEFT_OUT.items():
        field = layout.records[code].field(name)
        mine = (rows[:, :3] == np.frombuffer(code.encode(), dtype=np.uint8)).all(axis=1)
        rows[mine, field.first - 1 : field.last] = ord(" ")
    raw = rows.tobytes()
    texts = [raw[at : at + FIXED].translate(None, BLANKS) + b"@" for at in range(0, len(raw), FIXED)]
    return [*texts, b"@"]
