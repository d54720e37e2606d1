"""What a plugin brings to hand a result over: a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

import attrs

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["ExportSpec"]


@attrs.frozen(kw_only=True)
class ExportSpec:
    """A way to write a reconciliation as one file: for an accounting package, a spreadsheet, another program."""

    name: str
    label: str
    """What the file is for, in French."""
    suffix: str
    """Of the file, with its dot: `.csv`."""
    write: Callable[[Rapprochement, BinaryIO], None]
    """Writes the whole file. The same facts give the same bytes: it reads no clock."""
    provider: str = "tiers-payant"
    """The distribution that brings it."""
    version: str = ""
    requires_api: str = ""
