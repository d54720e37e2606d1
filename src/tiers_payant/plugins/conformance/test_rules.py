"""Rules: checks before sending, passes, gates of dunning, indicators, exports, journals."""

from __future__ import annotations

from tiers_payant.plugins.conformance._verdict import reject_faults, reject_unanswered
from tiers_payant.plugins.conformance._workshop import Workshop


def test_a_rule_never_raises(rule: tuple[str, str], workshop: Workshop) -> None:
    """Of any facts, of none too, and in time."""
    reject_unanswered(workshop, *rule, "raises")


def test_a_rule_answers_what_it_is_asked(rule: tuple[str, str], workshop: Workshop) -> None:
    """Rows of `factures`, each once; a yes or no for each pair, or créance; a number of its unit; runs as recorded."""
    reject_faults(workshop, *rule, "shape")


def test_a_rule_leaves_its_facts_alone(rule: tuple[str, str], workshop: Workshop) -> None:
    """Tables are read only, and stay as they are; a journal that is read makes nothing."""
    reject_faults(workshop, *rule, "inputs")


def test_a_rule_asked_twice_says_the_same(rule: tuple[str, str], workshop: Workshop) -> None:
    """It keeps nothing from one time to the next; an export writes the same bytes, a journal holds the same."""
    reject_faults(workshop, *rule, "twice")


def test_a_rule_tells_no_value(rule: tuple[str, str], workshop: Workshop) -> None:
    """No NIR, name or label in what it raises, logs or prints."""
    reject_faults(workshop, *rule, "leak")


def test_a_check_does_not_depend_on_order(check: str, workshop: Workshop) -> None:
    """The same factures are at fault wherever they stand."""
    reject_faults(workshop, "tiers_payant_controles", check, "order")
