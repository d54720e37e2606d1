"""Rules: checks before sending, passes, gates of dunning, indicators, exports, journals."""

from __future__ import annotations

from typing import Any

from tiers_payant.plugins.conformance._verdict import judged, reject
from tiers_payant.plugins.conformance._workshop import HUNG, LOST, Workshop


def _faults(workshop: Workshop, rule: tuple[str, str], what: str) -> None:
    found: dict[str, Any] = judged(workshop.once(ask="judge", hook=rule[0], name=rule[1]))
    reject(found[what])


def test_a_rule_never_raises(rule: tuple[str, str], workshop: Workshop) -> None:
    """Of any facts, of none too, and in time."""
    found = workshop.once(ask="judge", hook=rule[0], name=rule[1])
    reject([found] if found in (HUNG, LOST) else found["raises"])


def test_a_rule_answers_what_it_is_asked(rule: tuple[str, str], workshop: Workshop) -> None:
    """Rows of `factures`, each once; a yes or no for each pair, or créance; a number of its unit; runs as recorded."""
    _faults(workshop, rule, "shape")


def test_a_rule_leaves_its_facts_alone(rule: tuple[str, str], workshop: Workshop) -> None:
    """Tables are read only, and stay as they are; a journal that is read makes nothing."""
    _faults(workshop, rule, "inputs")


def test_a_rule_asked_twice_says_the_same(rule: tuple[str, str], workshop: Workshop) -> None:
    """It keeps nothing from one time to the next; an export writes the same bytes, a journal holds the same."""
    _faults(workshop, rule, "twice")


def test_a_rule_tells_no_value(rule: tuple[str, str], workshop: Workshop) -> None:
    """No NIR, name or label in what it raises, logs or prints."""
    _faults(workshop, rule, "leak")


def test_a_check_does_not_depend_on_order(check: str, workshop: Workshop) -> None:
    """The same factures are at fault wherever they stand."""
    _faults(workshop, ("tiers_payant_controles", check), "order")
