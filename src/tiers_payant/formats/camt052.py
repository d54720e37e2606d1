"""CAMT.052, the ISO 20022 report of the running day: `sniff_camt052`, `read_camt052`, `write_camt052`.

Versions camt.052.001.02 to 14. Only a statement (camt.053) is final, so an intraday report is taken as an advice:
what it calls booked counts until a statement of the same account and day says otherwise.
"""

from __future__ import annotations

from functools import partial
from typing import BinaryIO

from tiers_payant.domain import Entree, FormatSpec, Lecture, Tables
from tiers_payant.formats import _camt_kinds as kinds
from tiers_payant.formats._camt import read_camt, read_camt_parts, sniff_camt
from tiers_payant.formats._camt_elements import camt_elements
from tiers_payant.formats._camt_write import Version, write_camt

__all__ = ["CAMT052", "read_camt052", "sniff_camt052", "write_camt052"]


def sniff_camt052(head: bytes) -> float:
    """Tell how surely *head*, the first bytes of a file, opens a CAMT.052 document: 0 to 1."""
    return sniff_camt(head, kinds.CAMT052)


def read_camt052(entree: Entree) -> Lecture:
    """Read every report of a CAMT.052 document: entries as `read_camt053` reads them, `releves.avis` true.

    Most of what such a report holds is pending (`PDNG`): those lines are kept, and are no money. Of its balances only
    the opening and closing booked ones are read, when there are.

    Raises:
        SourceError: The file cannot be opened.
    """
    return read_camt(entree, kinds.CAMT052)


def write_camt052(tables: Tables, out: BinaryIO, version: Version = "08") -> None:
    """Write every advice of *tables* as one CAMT.052 document; `read_camt052` reads it back.

    See `_camt_write.write_camt`.

    Args:
        tables: `releves` whose `avis` is true, and the `virements` that point to them; others are left out.
        out: Where to write, opened in binary.
        version: `02` or `08`.
    """
    write_camt(tables, out, kinds.CAMT052, version)


CAMT052 = FormatSpec(
    name="camt052",
    label="CAMT.052, relevé intrajournalier",
    sniff=sniff_camt052,
    read=read_camt052,
    read_parts=partial(read_camt_parts, kind=kinds.CAMT052),
    write=write_camt052,
    elements=camt_elements,
)
