"""The reference of what a letter may say is that of the types."""

from __future__ import annotations

from tests.dunning.courrier_page import PAGE, page


def test_page_is_that_of_the_types():
    """
    Written by `python -m tests.dunning.courrier_page`: a field that moves moves it too.
    """
    assert page() == PAGE.read_text(encoding="utf-8")
