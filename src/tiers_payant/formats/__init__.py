"""Bytes to tables, and back: one engine, one declarative layout per family of records."""

from __future__ import annotations

from tiers_payant.formats.b2 import B2
from tiers_payant.formats.camt053 import CAMT053
from tiers_payant.formats.cfonb120 import CFONB120
from tiers_payant.formats.noemie import NOEMIE
from tiers_payant.formats.officines import OFFICINES

__all__ = ["FORMATS"]

FORMATS = (B2, NOEMIE, CAMT053, CFONB120, OFFICINES)
