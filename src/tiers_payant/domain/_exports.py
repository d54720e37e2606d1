"""What a plugin brings to hand a result over: a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

import attrs
from attrs.validators import instance_of, matches_re

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["ExportSpec"]


@attrs.frozen(kw_only=True)
class ExportSpec:
    """A way to write a reconciliation as one file: for an accounting package, a spreadsheet, another program.

    Raises:
        ValueError: Its name or its suffix could not stand in the name of a file.
    """

    name: str = attrs.field(validator=matches_re(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}"))
    """ASCII letters, digits and dashes."""
    label: str = attrs.field(validator=instance_of(str))
    """What the file is for, in French."""
    suffix: str = attrs.field(validator=matches_re(r"(\.[A-Za-z0-9]{1,20}){1,2}"))
    """Of the file, with its dot: `.csv`."""
    write: Callable[[Rapprochement, BinaryIO], None]
    """Writes the whole file. The same facts give the same bytes: it reads no clock."""
    provider: str = "tiers-payant"
    """The distribution that brings it."""
    version: str = attrs.field(default="", eq=False)
    requires_api: str = ""
