"""Claims every file of the officine."""

from __future__ import annotations

from tests.plugins.fautifs.bon import spoilt

tiers_payant_formats = spoilt("reconnait-tout", sniff=lambda head: 1.0)
