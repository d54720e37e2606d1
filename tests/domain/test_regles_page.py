"""The page of rules says what the tables say."""

from __future__ import annotations

from tests.domain.regles_page import PAGE, page


def test_page_is_made_from_the_tables() -> None:
    """
    Every rule, contract and supposition; `python -m tests.domain.regles_page` writes it anew.
    """
    assert page() == PAGE.read_text(encoding="utf-8")
