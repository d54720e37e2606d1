"""CAMT.053, the ISO 20022 bank statement: `sniff_camt053`, `read_camt053`, `write_camt053`.

Versions camt.053.001.02 to 14, with or without namespace, alone or in an envelope. camt.052 and camt.054 hold the
same entries and are claimed by formats of their own (`camt052`, `camt054`).
"""

from __future__ import annotations

from functools import partial
from typing import BinaryIO

from tiers_payant.domain import Entree, FormatSpec, Lecture, Tables
from tiers_payant.formats import _camt_kinds as kinds
from tiers_payant.formats._camt import read_camt, read_camt_parts, sniff_camt
from tiers_payant.formats._camt_elements import camt_elements
from tiers_payant.formats._camt_write import Version, write_camt

__all__ = ["CAMT053", "read_camt053", "sniff_camt053", "write_camt053"]


def sniff_camt053(head: bytes) -> float:
    """Tell how surely *head*, the first bytes of a file, opens a CAMT.053 document: 0 to 1."""
    return sniff_camt(head, kinds.CAMT053)


def read_camt053(entree: Entree) -> Lecture:
    """Read every statement of a CAMT.053 document, in one pass over the file.

    One row of `virements` per booking (`Ntry`): its details give texts, never amounts. A batch told without its
    details, with fewer, or with details that do not add up, is reported as information. `emetteur` is the payer of a
    credit, when there is one only; `libelle` is all that the payer wrote (`Ustrd`), else what the bank adds; `textes`
    keeps every other reference and name, one `TAG: text` per line. An entry whose amount or sign cannot be read is
    told, and kept in `bruts`. Problems are located by line of the file.

    Raises:
        SourceError: The file cannot be opened.
    """
    return read_camt(entree, kinds.CAMT053)


def write_camt053(tables: Tables, out: BinaryIO, version: Version = "08") -> None:
    """Write every statement of *tables*, advices apart, as one CAMT.053 document; `read_camt053` reads it back.

    See `_camt_write.write_camt`.

    Args:
        tables: `releves`, and the `virements` that point to them; others are left out.
        out: Where to write, opened in binary.
        version: `02` or `08`.
    """
    write_camt(tables, out, kinds.CAMT053, version)


CAMT053 = FormatSpec(
    name="camt053",
    label="CAMT.053, relevé de compte",
    sniff=sniff_camt053,
    read=read_camt053,
    read_parts=partial(read_camt_parts, kind=kinds.CAMT053),
    write=write_camt053,
    elements=camt_elements,
)
