"""What a person decided about bank lines: an input like any other, kept apart from the files and read again each time.

A decision names announced transfers and bank lines by the identifiers that the results show (`groupe_ids`,
`virement_ids`): they are made of content, so a decision outlives a new file, another order and a full re-run.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import attrs

from tiers_payant.errors import DecisionError

__all__ = ["PASSE_DECISION", "Choix", "Decision", "decisions_from_json", "decisions_to_json"]

SCHEMA = "tiers-payant/decisions/1"
PASSE_DECISION = "decision"
"""Written on each link that a person made."""


class Choix(StrEnum):
    """What a person says of transfers and bank lines."""

    LIER = "lier"
    """These bank lines pay these transfers: a proposal accepted, or a tie made by hand."""
    REFUSER = "refuser"
    """This bank line does not pay this transfer: a proposal refused, or a link undone."""


def _names(values: object) -> tuple[str, ...]:
    names = (values,) if isinstance(values, str) else tuple(values) if isinstance(values, list | tuple | set) else ()
    if not names or not all(isinstance(name, str) and name for name in names) or len(set(names)) < len(names):
        raise DecisionError("expected identifiers, each once")
    return tuple(sorted(names))


def _choix(value: object) -> Choix:
    try:
        return Choix(str(value))
    except ValueError as error:
        raise DecisionError(f"choix: expected one of {', '.join(Choix)}") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise DecisionError("expected a text")
    return value


def _day(value: object) -> dt.date:
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise DecisionError("le: expected a date")
    return value


@attrs.frozen(kw_only=True)
class Decision:
    """One thing that a person decided.

    Raises:
        DecisionError: No identifier, one twice, several bank lines for several transfers, a refusal that names more
            than one pair, nobody who decided, a day that is no date.
    """

    choix: Choix = attrs.field(converter=_choix)
    groupes: tuple[str, ...] = attrs.field(converter=_names)
    """Identifiers of announced transfers. Several are paid together by one bank line."""
    virements: tuple[str, ...] = attrs.field(converter=_names)
    """Identifiers of bank lines. Several pay one transfer together."""
    auteur: str = attrs.field(converter=_text)
    """Who decided."""
    le: dt.date = attrs.field(converter=_day)
    """When, as the caller says. Of two decisions about one pair, the later holds."""
    motif: str = attrs.field(default="", converter=_text)
    """Why, in free words; nothing is read from it."""

    def __attrs_post_init__(self) -> None:
        if self.choix is Choix.REFUSER and (len(self.groupes) > 1 or len(self.virements) > 1):
            raise DecisionError("a refusal names one transfer and one bank line")
        if len(self.groupes) > 1 and len(self.virements) > 1:
            raise DecisionError("several bank lines cannot be tied to several transfers in one decision")
        if not self.auteur.strip():
            raise DecisionError("auteur: expected who decided")

    @property
    def paires(self) -> frozenset[tuple[str, str]]:
        """Every transfer with every bank line that it names."""
        return frozenset((groupe, virement) for groupe in self.groupes for virement in self.virements)


def decisions_to_json(decisions: Iterable[Decision]) -> str:
    """Return the text of schema `tiers-payant/decisions/1`: the same bytes whatever the order of *decisions*."""
    rows = [_plain(decision) for decision in decisions]
    rows.sort(key=lambda row: (row["le"], json.dumps(row)))
    return json.dumps({"schema": SCHEMA, "decisions": rows}, ensure_ascii=False, indent=1) + "\n"


def _plain(decision: Decision) -> dict[str, Any]:
    return {
        **attrs.asdict(decision),
        "choix": decision.choix.value,
        "groupes": list(decision.groupes),
        "virements": list(decision.virements),
        "le": decision.le.isoformat(),
    }


def decisions_from_json(text: str) -> tuple[Decision, ...]:
    """Read what `decisions_to_json` writes.

    Raises:
        DecisionError: No such document, or one of its rows is no decision; the row is told by its rank, from 1.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DecisionError("expected a JSON document") from error
    rows = document.get("decisions") if isinstance(document, dict) and document.get("schema") == SCHEMA else None
    if not isinstance(rows, list):
        raise DecisionError(f"expected a document of schema {SCHEMA}, with an array of decisions")
    return tuple(_read(row, rank) for rank, row in enumerate(rows, start=1))


def _read(row: object, rank: int) -> Decision:
    names = [field.name for field in attrs.fields(Decision)]
    if not isinstance(row, dict) or not set(row) <= set(names) or not set(names) - {"motif"} <= set(row):
        raise DecisionError(f"decision {rank}: expected {', '.join(names)}")
    try:
        le = dt.date.fromisoformat(row["le"])
    except (TypeError, ValueError) as error:
        raise DecisionError(f"decision {rank}: le: expected a date YYYY-MM-DD") from error
    try:
        return Decision(**{**row, "le": le})
    except DecisionError as error:
        raise DecisionError(f"decision {rank}: {error}") from error
