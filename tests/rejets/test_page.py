"""The page of families, codes and words is that of the data."""

from __future__ import annotations

from tests.rejets.familles_page import PAGE, page


def test_page_is_that_of_the_data():
    """
    Every family, code and word; `python -m tests.rejets.familles_page` writes it anew.
    """
    assert page() == PAGE.read_text("utf-8")
