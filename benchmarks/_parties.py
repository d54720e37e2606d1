"""Files of growing size, read in parts: how much memory that takes."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import attrs

from benchmarks._donnees import PAR_OFFICINE, make_months
from benchmarks._mesure import child
from tiers_payant.domain import Tables
from tiers_payant.formats.b2 import write_b2
from tiers_payant.formats.camt053 import write_camt053
from tiers_payant.formats.cfonb120 import write_cfonb120
from tiers_payant.formats.noemie import write_noemie

__all__ = ["Partie", "measure_parts"]

_OPENS, _CLOSES = b"<Stmt>", b"</Stmt>"
_KINDS: tuple[tuple[str, str, Callable[[Tables, BinaryIO], None]], ...] = (
    ("B2", "lots", write_b2),
    ("NOÉMIE", "amo", write_noemie),
    ("CAMT.053", "banque", write_camt053),
    ("CFONB 120", "banque", write_cfonb120),
)


@attrs.frozen(kw_only=True)
class Partie:
    """What reading one file in parts took."""

    nom: str
    octets: int
    lignes: int
    """Rows of the tables."""
    duree_s: float
    croissance: int
    """Peak of the process, less what it held before."""


def measure_parts(sizes: tuple[int, ...]) -> list[Partie]:
    """Read files of *sizes* bytes of every format that comes in parts, each in a process of its own."""
    mois = next(make_months(PAR_OFFICINE))
    return [_measure(nom, _once(getattr(mois, kind), write), octets) for nom, kind, write in _KINDS for octets in sizes]


def _once(tables: Tables, write: Callable[[Tables, BinaryIO], None]) -> bytes:
    out = BytesIO()
    write(tables, out)
    return out.getvalue()


def _measure(nom: str, once: bytes, octets: int) -> Partie:
    head, unit, foot = _repeatable(once)
    with TemporaryDirectory() as place:
        file = Path(place, "fichier")
        with file.open("wb") as out:
            out.write(head)
            for _ in range(-(-octets // len(unit))):
                out.write(unit)
            out.write(foot)
        file.with_suffix(".amorce").write_bytes(once)
        told = child("parties", str(file))
        return Partie(
            nom=nom,
            octets=file.stat().st_size,
            lignes=told["rows"],
            duree_s=told["seconds"],
            croissance=told["peak"] - told["before"],
        )


def _repeatable(once: bytes) -> tuple[bytes, bytes, bytes]:
    """Cut a document into what opens it, what may be repeated, and what closes it."""
    if _OPENS not in once:
        return b"", once, b""
    begin, end = once.index(_OPENS), once.rindex(_CLOSES) + len(_CLOSES)
    return once[:begin], once[begin:end], once[end:]
