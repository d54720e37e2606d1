"""A small file of each format of the library: what a vendor's format must leave to it. Everything is invented."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["NEIGHBOURS"]

_B2 = (b"000TP00000992000010      CT00000000000999".ljust(55) + b"260105".ljust(27) + b"128").ljust(128) + b"1".ljust(
    128
)
_CAMT = b"""<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt/></BkToCstmrStmt></Document>"""
_CFONB_120 = (
    b"01" + b"99999" + b"    " + b"00001" + b"EUR" + b"2" + b" " + b"0000000000A" + b"  " + b"050126" + b" " * 50
    + b"0000000000010{" + b" " * 16
)  # fmt: skip

NEIGHBOURS: Mapping[str, bytes] = {
    "b2": _B2,
    "noemie": b"000CP000000009990000992".ljust(128) + b"04001000000992000010@07002260105@",
    "camt053": _CAMT,
    "camt052": _CAMT.replace(b"camt.053", b"camt.052").replace(b"BkToCstmrStmt", b"BkToCstmrAcctRpt"),
    "camt054": _CAMT.replace(b"camt.053", b"camt.054").replace(b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn"),
    "cfonb120": _CFONB_120,
    "cfonb240": (b"31" + b"000001" + b"20" + b"050126" + b"E2EUR" + b"99999000010000000000A").ljust(240),
    "officines": b'{"schema": "tiers-payant/officines/1", "officines": []}',
    "neutre-csv": b"officine;compte;nom\n999000019;EXEMPLE;PHARMACIE EXEMPLE\n",
    "neutre-json": b'{"schema": "tiers-payant/donnees/1"}',
}
"""By format, the beginning of a file."""
