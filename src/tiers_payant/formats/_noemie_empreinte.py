"""The fingerprint of a return: the same content in another framing, or padded otherwise, has the same one.

What is hashed: the 000 without its record length, all that stands between, and the 999 without its count of physical
records, which the framing decides. Blanks, NULs and ends of lines are left out everywhere, inside entities too: one
pass over the bytes, faster than trimming each entity, and two returns that differ by nothing else announce
the same amounts of the same factures. It depends on no layout of entities.
"""

from __future__ import annotations

import hashlib

from tiers_payant.formats._layout import Layout
from tiers_payant.formats._noemie_cadrage import BLANKS, Flux
from tiers_payant.formats._noemie_entites import Span

__all__ = ["fingerprint"]


def fingerprint(flux: Flux, span: Span, end: int, layout: Layout) -> bytes:
    """Return the SHA-256 of one return, hexadecimal.

    Args:
        flux: The stream.
        span: The return.
        end: Where the next return begins in the stream.
        layout: The positions of what the fixed records leave out.
    """
    start = span.debut if span.entete < 0 else int(flux.fins[span.entete])
    stop = end if span.fin < 0 else int(flux.debuts[span.fin])
    digest = hashlib.sha256(_fixed(flux, span.entete, layout, "000", "longueur"))
    digest.update(flux.data[start:stop].tobytes().translate(None, BLANKS))
    digest.update(_fixed(flux, span.fin, layout, "999", "nombre_enregistrements"))
    return digest.hexdigest().encode()


def _fixed(flux: Flux, row: int, layout: Layout, code: str, left_out: str) -> bytes:
    """An end mark stands after it: what it holds never runs into what follows."""
    if row < 0:
        return b"@"
    field = layout.records[code].field(left_out)
    raw = bytearray(flux.fixes[row].tobytes())
    raw[field.first - 1 : field.last] = b" " * field.width
    return bytes(raw).translate(None, BLANKS) + b"@"
