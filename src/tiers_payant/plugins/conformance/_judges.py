"""What each thing that a plugin brings is judged by, beside formats: faults, by what they break."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tiers_payant.plugins.conformance._calls import Capture
from tiers_payant.plugins.conformance._inventory import Inventory
from tiers_payant.plugins.conformance._journals import judge_journal
from tiers_payant.plugins.conformance._letters import judge_renderer, judge_template
from tiers_payant.plugins.conformance._rules import judge_check, judge_export, judge_gate, judge_indicator, judge_pass

__all__ = ["JUDGES"]

Faults = dict[str, list[str]]

JUDGES: Mapping[str, Callable[[Any, Capture | None, Inventory], Faults]] = {
    "tiers_payant_controles": judge_check,
    "tiers_payant_exports": judge_export,
    "tiers_payant_gates": judge_gate,
    "tiers_payant_indicateurs": judge_indicator,
    "tiers_payant_journaux": judge_journal,
    "tiers_payant_modeles": judge_template,
    "tiers_payant_passes": judge_pass,
    "tiers_payant_rendus": judge_renderer,
}
