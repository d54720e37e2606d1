"""What banks write around a transfer's text: dated data, so that a payer is looked for where its name stands."""

from __future__ import annotations

import re
from functools import cache

import attrs

from tiers_payant.domain._donnees import read_builtin, structure

__all__ = ["payer_in_label", "wording"]


@attrs.frozen(kw_only=True)
class _Formule:
    debut: tuple[str, ...] = ()
    fin: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    lignes: int
    confiance: str
    source: str


@attrs.frozen(kw_only=True)
class _Table:
    sources: dict[str, str]
    formule: tuple[_Formule, ...]


def payer_in_label(text: str) -> str:
    """Return the part of *text*, a label as `plain_text` leaves it, that names the payer: the bank's wording left out.

    Where the bank tells the payer's name apart, it is that name alone: what follows may name anybody.

    >>> payer_in_label("VIR RECU 9999999999S DE M EXEMPLE MOTIF PART MUTUELLE REF 12")
    'M EXEMPLE'
    >>> payer_in_label("CAISSE EXEMPLE TP 12 VIREMENT EN VOTRE FAVEUR")
    'CAISSE EXEMPLE TP 12'
    """
    for pattern in _zoned():
        if found := pattern.match(text):
            return found["nom"]
    begin, end = _around()
    return end.sub("", begin.sub("", text, count=1), count=1)


@cache
def wording() -> frozenset[str]:
    """Return the words with which a bank's own wording begins, anywhere in a label."""
    texts = [text for formule in _formules() for text in (*formule.debut, *formule.fin, *formule.zones)]
    return frozenset(text.split()[0] for text in texts)


@cache
def _formules() -> tuple[_Formule, ...]:
    return structure(read_builtin("libelles.toml"), _Table, "libelles.toml").formule


@cache
def _zoned() -> tuple[re.Pattern[str], ...]:
    """One pattern for each wording that names its parts: its beginning, the bank's own number if any, its parts."""
    patterns = []
    for formule in _formules():
        if formule.zones:
            first, second, *_ = formule.zones
            patterns.append(
                re.compile(rf"(?:{'|'.join(formule.debut)})(?: \d+S)? {first} (?P<nom>.+?) {second}(?: |$)")
            )
    return tuple(patterns)


@cache
def _around() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What begins and what ends the labels of the other wordings, the longest first."""
    whole = [formule for formule in _formules() if not formule.zones]
    begins = sorted((text for formule in whole for text in formule.debut), key=len, reverse=True)
    ends = sorted((text for formule in whole for text in formule.fin), key=len, reverse=True)
    return re.compile(rf"^(?:{'|'.join(begins)}) "), re.compile(rf" (?:{'|'.join(ends)})$")
