"""The mark of a hook's specification."""

from __future__ import annotations

import pluggy

from tiers_payant.domain import PROJECT

__all__ = ["hookspec"]

hookspec = pluggy.HookspecMarker(PROJECT)
