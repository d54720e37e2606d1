"""The pages of the hooks say what their docstrings say, and there is one for each."""

from __future__ import annotations

import re
from pathlib import Path

from tests.plugins.crochets_page import FOLDER, pages

from tiers_payant.reports import INDICATEURS

INDICATORS = Path(__file__).parents[2] / "docs" / "reference" / "indicateurs.md"


def test_pages_are_those_of_the_hooks():
    """
    Run `python -m tests.plugins.crochets_page` after a change of a hook.
    """
    assert pages() == {file.name: file.read_text(encoding="utf-8") for file in FOLDER.iterdir()}


def test_every_indicator_is_defined():
    """
    In the order that they are shown, with their French words and their unit.
    """
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (\w+) \| .{20,} \|$", INDICATORS.read_text(encoding="utf-8"), re.M)
    assert [(one.name, one.label, one.unite.value) for one in INDICATEURS] == rows
