"""The fingerprint of a return: the same content in another framing has the same one.

What is hashed: the 000 without its record length, every entity, what no end mark closes, and the 999 without its count
of physical records. Blanks, NULs and ends of lines between entities are left out, since the framing decides them;
inside an entity they count, a NUL for a blank. It depends on no layout of entities.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tiers_payant.formats._layout import Layout
from tiers_payant.formats._noemie_cadrage import FIXED, Flux
from tiers_payant.formats._noemie_entites import Entites

__all__ = ["fingerprints"]

_LEFT_OUT = {"000": "longueur", "999": "nombre_enregistrements"}
"""What the framing decides in the fixed records."""
_LINE_ENDS = b"\r\n"
_NUL_IS_BLANK = bytes.maketrans(b"\0", b" ")
_SPACE = 32


def fingerprints(flux: Flux, entites: Entites, layout: Layout) -> npt.NDArray[np.bytes_]:
    """Return the SHA-256 of each return, hexadecimal.

    Args:
        flux: The stream.
        entites: Its entities, and its returns.
        layout: The positions of what the fixed records leave out.
    """
    spans, fixed = entites.spans, _fixed(flux, layout)
    bodies = zip(spans.entetes.tolist(), spans.fins.tolist(), _bodies(flux, entites), strict=True)
    digests = [hashlib.sha256(b"".join((fixed[head], *body, fixed[tail]))).digest() for head, tail, body in bodies]
    return np.frombuffer(b"".join(digests).hex().encode(), dtype="S64")


def _bodies(flux: Flux, entites: Entites) -> Iterator[list[bytes]]:
    """Yield the content of each return: its entities without what stands between them, then what is unfinished."""
    view: memoryview = flux.data.data
    count = len(entites.spans)
    bounds = np.searchsorted(entites.retours, np.arange(count + 1))
    lengths = np.append(0, np.cumsum(entites.fins - entites.debuts + 1))[bounds]
    first = np.append(entites.debuts, 0)[bounds[:-1]].tolist()
    last = np.append(entites.fins, 0)[bounds[1:] - 1].tolist()
    rests: list[list[bytes]] = [[] for _ in range(count)] if entites.restes else []
    for start, end in entites.restes if count else ():
        owner = int(np.searchsorted(entites.spans.debuts, start, side="right")) - 1
        rests[owner].append(bytes(view[start:end]).translate(_NUL_IS_BLANK))
    sizes = np.diff(lengths).tolist()
    for row, (start, end, size) in enumerate(zip(first, last, sizes, strict=True)):
        content = _content(bytes(view[start : end + 1]), size) if size else b""
        if content is None:
            content = _joined(view, entites, slice(bounds[row], bounds[row + 1]))
        yield [content, *rests[row]] if rests else [content]


def _content(run: bytes, size: int) -> bytes | None:
    """Return *run* without what stands between its entities, *size* bytes long together; None when it is no line end.

    An entity may hold a line end, in a label: then too much is dropped, and the length tells.
    """
    if len(run) != size:
        run = run.translate(_NUL_IS_BLANK, _LINE_ENDS)
    elif b"\0" in run:
        run = run.translate(_NUL_IS_BLANK)
    return run if len(run) == size else None


def _joined(view: memoryview, entites: Entites, mine: slice) -> bytes:
    pairs = zip(entites.debuts[mine].tolist(), entites.fins[mine].tolist(), strict=True)
    return b"".join(view[begin : mark + 1] for begin, mark in pairs).translate(_NUL_IS_BLANK)


def _fixed(flux: Flux, layout: Layout) -> list[bytes]:
    """Return what is hashed of each fixed record; the last one, of rank -1, stands for none.

    An end mark stands after each: what it holds never runs into what follows.
    """
    rows = flux.fixes.copy()
    for code, name in _LEFT_OUT.items():
        field = layout.records[code].field(name)
        mine = (rows[:, :3] == np.frombuffer(code.encode(), dtype=np.uint8)).all(axis=1)
        rows[mine, field.first - 1 : field.last] = _SPACE
    raw = rows.tobytes().translate(_NUL_IS_BLANK)
    return [*(raw[at : at + FIXED] + b"@" for at in range(0, len(raw), FIXED)), b"@"]
