"""What each thing that a plugin brings is judged by, beside formats: faults, by what they break."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tiers_payant.plugins.conformance._calls import Capture
from tiers_payant.plugins.conformance._inventory import Inventory
from tiers_payant.plugins.conformance._letters import judge_renderer, judge_template
from tiers_payant.plugins.conformance._rules import judge_check, judge_gate

__all__ = ["JUDGES"]

Faults = dict[str, list[str]]

JUDGES: Mapping[str, Callable[[Any, Capture | None, Inventory], Faults]] = {
    "tiers_payant_controles": judge_check,
    "tiers_payant_gates": judge_gate,
    "tiers_payant_modeles": judge_template,
    "tiers_payant_rendus": judge_renderer,
}
