"""Batches of CAMT: what their details say against the entry, whose amount stands whatever they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tiers_payant.domain import ProblemLog, cents_from_decimal
from tiers_payant.errors import MoneyError
from tiers_payant.formats._camt_xml import Leaves, Piece

__all__ = ["check_details"]

_ANNOUNCED = "NtryDtls/Btch/NbOfTxs"
_AMOUNTS = frozenset(("Amt", "AmtDtls/TxAmt/Amt"))
"""Where a detail says its amount: its own since 03, under `AmtDtls` in 02."""


def check_details(
    found: Mapping[str, str], entry: Piece, details: Sequence[Leaves], cents: int, log: ProblemLog
) -> None:
    """Report, as information, details fewer or more than the batch announces, or that do not add up to the entry.

    Banks announce a batch of 155 and detail one, or none; they give details of zero, or in the currency of origin.
    Details are added up when all give an amount in the currency of the entry.

    Args:
        found: The leaves of the entry, by path.
        entry: The entry.
        details: The leaves of each of its details.
        cents: Amount of the entry, signed.
        log: Where it is told.
    """
    announced = _announced(entry.leaves) if _ANNOUNCED in found else None
    if announced is not None and announced != len(details):
        log.add(
            "ECRITURE_DETAIL_NOMBRE", line=entry.line or None, field=_ANNOUNCED, annonce=announced, trouve=len(details)
        )
        return
    total = 0
    for detail in details:
        amount = _signed_cents(detail, found, abs(cents))
        if amount is None:
            return
        total += amount
    if details and total != cents:
        log.add("ECRITURE_DETAIL_SOMME", line=entry.line or None, field="TxDtls/Amt", ecart_cents=total - cents)


def _announced(leaves: Leaves) -> int | None:
    """Add up what the batches of an entry announce; None when one is no number (the schema allows 15 digits)."""
    numbers = [text for path, text in leaves if path == _ANNOUNCED]
    if not all(text.isascii() and text.isdigit() and len(text) <= 15 for text in numbers):
        return None
    return sum(map(int, numbers))


def _signed_cents(detail: Leaves, entry: Mapping[str, str], entry_cents: int) -> int | None:
    """Return the amount of a detail, by its own sign, else that of the entry; None when it cannot be compared."""
    path = next((path for path, _ in detail if path in _AMOUNTS), "")
    if not path or _text(detail, f"{path}@Ccy") != entry.get("Amt@Ccy", ""):
        return None
    text = _text(detail, path)
    try:  # most entries have one detail, which repeats their amount
        cents = entry_cents if text == entry["Amt"] else cents_from_decimal(text)
    except MoneyError:
        return None
    return -cents if (_text(detail, "CdtDbtInd") or entry["CdtDbtInd"]) == "DBIT" else cents


def _text(leaves: Leaves, path: str) -> str:
    for name, text in leaves:
        if name == path:
            return text
    return ""
