"""CAMT.054, the ISO 20022 advice of credits and debits: `sniff_camt054`, `read_camt054`, `write_camt054`.

Versions camt.054.001.02 to 14. An advice has no balance (the schema has no `Bal`) and says nothing of what it leaves
out: a statement of the same account and day outranks it, and it counts only where there is none.
"""

from __future__ import annotations

from functools import partial
from typing import BinaryIO

from tiers_payant.domain import Entree, FormatSpec, Lecture, Tables
from tiers_payant.formats import _camt_kinds as kinds
from tiers_payant.formats._camt import read_camt, read_camt_parts, sniff_camt
from tiers_payant.formats._camt_elements import camt_elements
from tiers_payant.formats._camt_write import Version, write_camt

__all__ = ["CAMT054", "read_camt054", "sniff_camt054", "write_camt054"]


def sniff_camt054(head: bytes) -> float:
    """Tell how surely *head*, the first bytes of a file, opens a CAMT.054 document: 0 to 1."""
    return sniff_camt(head, kinds.CAMT054)


def read_camt054(entree: Entree) -> Lecture:
    """Read every notification of a CAMT.054 document: entries as `read_camt053` reads them, `releves.avis` true.

    The amount of a batch is that of its entry, whatever its details say, and a reversal never turns its sign.

    Raises:
        SourceError: The file cannot be opened.
    """
    return read_camt(entree, kinds.CAMT054)


def write_camt054(tables: Tables, out: BinaryIO, version: Version = "08") -> None:
    """Write every advice of *tables* as one CAMT.054 document; `read_camt054` reads it back, balances apart.

    See `_camt_write.write_camt`.

    Args:
        tables: `releves` whose `avis` is true, and the `virements` that point to them; others are left out.
        out: Where to write, opened in binary.
        version: `02` or `08`.
    """
    write_camt(tables, out, kinds.CAMT054, version)


CAMT054 = FormatSpec(
    name="camt054",
    label="CAMT.054, avis d'opérations",
    sniff=sniff_camt054,
    read=read_camt054,
    read_parts=partial(read_camt_parts, kind=kinds.CAMT054),
    write=write_camt054,
    elements=camt_elements,
)
