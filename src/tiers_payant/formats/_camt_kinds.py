"""The three cash messages of ISO 20022 that hold the same entries (`Ntry`).

Root and report elements are those of the XSDs 001.02 to 001.14; 001.01 has other roots and is not read.
"""

from __future__ import annotations

import attrs

__all__ = ["CAMT052", "CAMT053", "CAMT054", "KINDS", "Kind"]


@attrs.frozen(kw_only=True)
class Kind:
    """One message: how its elements are called, and what it is worth."""

    number: str
    """As the namespace says it: `camt.053`."""
    root: str
    report: str
    """The element of one account, which holds the entries."""
    avis: bool
    """Whether it is an advice: a statement of the same account and day outranks it."""

    @property
    def name(self) -> str:
        """Name of the format."""
        return self.number.replace(".", "")


CAMT053 = Kind(number="camt.053", root="BkToCstmrStmt", report="Stmt", avis=False)
CAMT052 = Kind(number="camt.052", root="BkToCstmrAcctRpt", report="Rpt", avis=True)
"""A report of the running day: what it calls booked may still move before the statement, so it is an advice too."""
CAMT054 = Kind(number="camt.054", root="BkToCstmrDbtCdtNtfctn", report="Ntfctn", avis=True)
KINDS = (CAMT052, CAMT053, CAMT054)
