"""The page of reasons says what the catalogue says."""

from __future__ import annotations

from tests.dunning.raisons_page import PAGE, page


def test_page_is_that_of_the_catalogue():
    """
    Run `python -m tests.dunning.raisons_page` after a change of raisons.toml.
    """
    assert page() == PAGE.read_text(encoding="utf-8")
