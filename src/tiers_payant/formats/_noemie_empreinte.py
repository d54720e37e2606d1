"""The fingerprint of a return: the same content in another framing has the same one.

What is hashed: the 000 without its record length, the entities without the blanks and NULs before their end mark nor
anything between them, what no end mark closes, and the 999 without its count of physical records, which the framing
decides. It does not depend on any layout of entities.
"""

from __future__ import annotations

import hashlib

import numpy as np

from tiers_payant.formats._layout import Layout
from tiers_payant.formats._noemie_cadrage import BLANKS, Flux, Places
from tiers_payant.formats._noemie_entites import Entites, Span

__all__ = ["fingerprints"]

_STEPS = 160
_PADDING = (ord(" "), 0)


def fingerprints(flux: Flux, entites: Entites, layout: Layout) -> list[bytes]:
    """Return the SHA-256 of each return, hexadecimal."""
    trimmed = _trimmed(flux, entites)
    bounds = np.searchsorted(entites.retours, np.arange(len(entites.spans) + 1))
    ends = [span.debut for span in entites.spans[1:]] + [len(flux.data) + 1]
    return [
        _fingerprint(flux, entites, layout, span, trimmed, slice(int(bounds[row]), int(bounds[row + 1])), ends[row])
        for row, span in enumerate(entites.spans)
    ]


def _fingerprint(
    flux: Flux, entites: Entites, layout: Layout, span: Span, trimmed: Places, rows: slice, end: int
) -> bytes:
    digest = hashlib.sha256(_fixed(flux, span.entete, layout, "000", "longueur"))
    digest.update(_joined(flux, entites, trimmed, rows))
    for start, stop in entites.restes:
        if span.debut <= start < end:
            digest.update(flux.data[start:stop].tobytes())
    digest.update(_fixed(flux, span.fin, layout, "999", "nombre_enregistrements"))
    return digest.hexdigest().encode()


def _fixed(flux: Flux, row: int, layout: Layout, code: str, left_out: str) -> bytes:
    if row < 0:
        return b""
    field = layout.records[code].field(left_out)
    raw = bytearray(flux.fixes[row].tobytes())
    raw[field.first - 1 : field.last] = b" " * field.width
    return bytes(raw).rstrip(BLANKS) + b"@"


def _trimmed(flux: Flux, entites: Entites) -> Places:
    """Where each entity ends once the padding before its end mark is dropped."""
    ends = entites.fins.copy()
    active = np.arange(len(ends))
    for _ in range(_STEPS):
        last = flux.data[ends[active] - 1]
        active = active[((last == _PADDING[0]) | (last == _PADDING[1])) & (ends[active] > entites.debuts[active])]
        if not len(active):
            return ends
        ends[active] -= 1
    for row in active.tolist():  # longer than any known entity
        start = int(entites.debuts[row])
        ends[row] = start + len(flux.data[start : ends[row]].tobytes().rstrip(bytes(_PADDING)))
    return ends


def _joined(flux: Flux, entites: Entites, trimmed: Places, rows: slice) -> bytes:
    """Join the entities by their end marks; those that follow one another with nothing to drop are copied as one."""
    starts, ends, kept = entites.debuts[rows], entites.fins[rows], trimmed[rows]
    if not len(starts):
        return b""
    split = np.flatnonzero((kept[:-1] < ends[:-1]) | (starts[1:] != ends[:-1] + 1))
    origin = int(starts[0])
    raw = flux.data[origin : int(ends[-1])].tobytes()
    lows = (np.append(starts[0], starts[split + 1]) - origin).tolist()
    highs = (np.append(kept[split], kept[-1]) - origin).tolist()
    return b"@".join([raw[low:high] for low, high in zip(lows, highs, strict=True)]) + b"@"
