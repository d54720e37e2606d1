"""One call of a plugin: what it gave, what it raised, and all that it said meanwhile."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO, TextIO

import attrs

from tiers_payant.plugins.conformance._cases import CANARIES

__all__ = ["Capture", "Outcome", "call", "leaks"]

_SECRETS = {
    **{what: secret.decode() for what, secret in CANARIES.items()},
    "nom ": "SECRET", "nir ": CANARIES["nir"][:7].decode(), "montant ": CANARIES["montant"].lstrip(b"0").decode(),
}  # fmt: skip
"""A part tells as much as the whole."""


@attrs.frozen(kw_only=True)
class Outcome:
    """What came of one call."""

    value: Any = None
    """What it returned; None when it did not."""
    raised: str = ""
    """The type of what it raised; empty when it returned."""
    ours: bool = False
    """Whether what it raised is an exception of the library."""
    said: str = attrs.field(default="", repr=False)
    """What it wrote to screens and logs, and the words of what it raised, with those of its causes."""
    seconds: float


class Capture:
    """Takes what this process says on its screens and in its logs; what it answers, and is asked, goes elsewhere."""

    def __init__(self) -> None:
        self.answers: TextIO = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
        self.requests: TextIO = os.fdopen(os.dup(0), "r", encoding="utf-8", newline="\n")
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a plugin that asks for input is given none
            os.dup2(nothing.fileno(), 0)
        self._kept: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - kept as long as the process
        for descriptor in (1, 2):
            os.dup2(self._kept.fileno(), descriptor)
        logging.basicConfig(level=logging.NOTSET, stream=sys.stderr, force=True)
        logging.captureWarnings(True)

    def taken(self) -> str:
        """Return what was said since the last time."""
        sys.stdout.flush()
        sys.stderr.flush()
        self._kept.seek(0)
        said = self._kept.read().decode("utf-8", "replace")
        self._kept.seek(0)
        self._kept.truncate()
        return said


def call(capture: Capture | None, function: Callable[..., Any], *arguments: object) -> Outcome:
    """Call *function*; whatever it raises is told, but for `KeyboardInterrupt`."""
    start = time.perf_counter()
    try:
        value = function(*arguments)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        seconds = time.perf_counter() - start
        words = "".join([*traceback.format_exception(error), repr(error)])
        ours = type(error).__module__ == "tiers_payant.errors"
        said = words + (capture.taken() if capture else "")
        return Outcome(raised=type(error).__name__, ours=ours, said=said, seconds=seconds)
    seconds = time.perf_counter() - start
    return Outcome(value=value, said=capture.taken() if capture else "", seconds=seconds)


def leaks(where: str, text: str) -> list[str]:
    """Return what of the canaries stands in *text*, by the name of what was planted, never the text."""
    return sorted({f"a {what.strip()} in {where}" for what, secret in _SECRETS.items() if secret in text})
