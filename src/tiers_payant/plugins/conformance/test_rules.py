"""Rules: checks before sending, gates of dunning."""

from __future__ import annotations

from typing import Any

from tiers_payant.plugins.conformance._verdict import judged, reject
from tiers_payant.plugins.conformance._workshop import HUNG, LOST, Workshop

_CHECKS, _GATES = "tiers_payant_controles", "tiers_payant_gates"


def _faults(workshop: Workshop, hook: str, name: str, what: str) -> None:
    found: dict[str, Any] = judged(workshop.once(ask="judge", hook=hook, name=name))
    reject(found[what])


def _comes_back(workshop: Workshop, hook: str, name: str) -> None:
    found = workshop.once(ask="judge", hook=hook, name=name)
    reject([found] if found in (HUNG, LOST) else found["raises"])


def test_a_check_never_raises(check: str, workshop: Workshop) -> None:
    """Of any lots, empty ones too, and in time."""
    _comes_back(workshop, _CHECKS, check)


def test_a_check_gives_rows(check: str, workshop: Workshop) -> None:
    """Whole numbers, rows of `factures`, each once."""
    _faults(workshop, _CHECKS, check, "shape")


def test_a_check_leaves_its_facts_alone(check: str, workshop: Workshop) -> None:
    """Tables are read only, and stay as they are."""
    _faults(workshop, _CHECKS, check, "inputs")


def test_a_check_does_not_depend_on_order(check: str, workshop: Workshop) -> None:
    """The same factures are at fault wherever they stand."""
    _faults(workshop, _CHECKS, check, "order")


def test_a_check_asked_twice_says_the_same(check: str, workshop: Workshop) -> None:
    """It keeps nothing from one run to the next."""
    _faults(workshop, _CHECKS, check, "twice")


def test_a_check_tells_no_value(check: str, workshop: Workshop) -> None:
    """No NIR and no name in what it raises, logs or prints."""
    _faults(workshop, _CHECKS, check, "leak")


def test_a_gate_never_raises(gate: str, workshop: Workshop) -> None:
    """Of any result, an empty one too, and in time."""
    _comes_back(workshop, _GATES, gate)


def test_a_gate_says_yes_or_no_of_each(gate: str, workshop: Workshop) -> None:
    """An array of booleans, one for each créance."""
    _faults(workshop, _GATES, gate, "shape")


def test_a_gate_leaves_its_result_alone(gate: str, workshop: Workshop) -> None:
    """Tables are read only, and stay as they are."""
    _faults(workshop, _GATES, gate, "inputs")


def test_a_gate_asked_twice_says_the_same(gate: str, workshop: Workshop) -> None:
    """It keeps nothing from one day to the next."""
    _faults(workshop, _GATES, gate, "twice")


def test_a_gate_tells_no_value(gate: str, workshop: Workshop) -> None:
    """No NIR and no name in what it raises, logs or prints."""
    _faults(workshop, _GATES, gate, "leak")
