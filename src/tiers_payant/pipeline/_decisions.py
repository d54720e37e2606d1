"""Human decisions on disk: a JSON file beside the files that they are about."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tiers_payant.domain import Decision, decisions_from_json, decisions_to_json
from tiers_payant.errors import DecisionError
from tiers_payant.pipeline._fichiers import source_error

__all__ = ["read_decisions", "write_decisions"]


def read_decisions(path: str | Path) -> tuple[Decision, ...]:
    """Read what people decided, from JSON of schema `tiers-payant/decisions/1`.

    Raises:
        SourceError: The file cannot be read.
        DecisionError: It is no such document, or holds something that is no decision: none of them is then followed.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DecisionError("expected a JSON document in UTF-8") from error
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        raise source_error(Path(path), error) from error
    return decisions_from_json(text)


def write_decisions(decisions: Iterable[Decision], path: str | Path) -> None:
    """Write what people decided: the same bytes for the same decisions, whatever their order.

    Raises:
        SourceError: The file cannot be written.
    """
    try:
        Path(path).write_text(decisions_to_json(decisions), encoding="utf-8", newline="\n")
    except (OSError, ValueError) as error:
        raise source_error(Path(path), error) from error
