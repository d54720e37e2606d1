"""The conformance kit: what a vendor runs on its own plugin, and what it can publish.

`python -m pytest --pyargs tiers_payant.plugins.conformance --plugin NAME` asks the plugin in processes of its own, so
that one that hangs, leaves or dies is told, and judges what came back. Each test is one promise; a test of what the
plugin does not bring is not there. Needs the extra `testing`.

`strategies` holds what hypothesis draws, for tests of one's own.
"""

from __future__ import annotations

__all__: list[str] = []
