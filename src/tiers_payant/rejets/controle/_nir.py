"""NIRs by the column: form, key, month; the same answers as `Nir`, one number at a time."""

from __future__ import annotations

import numpy as np

from tiers_payant.rejets.controle._colonnes import Ints, Letters, Mask, Textes, letters, number

__all__ = ["birth_months", "birth_years", "has_form", "has_month", "keys"]

_NIR = 13
_MOIS_CIVILS = 12
_CORSE = {ord("A"): b"19", ord("B"): b"18"}
"""What 2A and 2B count as in the key (python-stdnum `fr.nir`, confidence H)."""
_MOIS = np.zeros(100, dtype=np.bool_)
# Beyond December they stand for incomplete civil records (public code, confidence M).
_MOIS[[*range(1, 13), *range(20, 43), *range(50, 100)]] = True
_PROVISOIRES = 5
"""First digit from which what the month digits hold was not found, so that they are not judged."""


def _without_letters(column: Textes) -> Letters:
    """Return 13 bytes a row, the letter of Corsica written as the key counts it."""
    shown = letters(column, _NIR).copy()
    second = shown[:, 6] & 0xDF  # in capitals
    for letter, written in _CORSE.items():
        rows = (shown[:, 5] == ord("2")) & (second == letter)
        shown[rows, 5:7] = list(written)
    return shown


def has_form(column: Textes) -> Mask:
    """Tell the texts of 13 characters that begin with 1 to 8: digits, but for 2A and 2B in the place of Corsica."""
    shown = _without_letters(column)
    figures = ((shown >= ord("0")) & (shown <= ord("9"))).all(axis=1)
    first = (shown[:, 0] >= ord("1")) & (shown[:, 0] <= ord("8"))
    form: Mask = figures & first & (_lengths(column) == _NIR)
    return form


def _lengths(column: Textes) -> Ints:
    return np.char.str_len(column).astype(np.int64) if len(column) else np.zeros(0, dtype=np.int64)


def keys(column: Textes) -> Ints:
    """Return the key of each NIR, 97 - (number mod 97); -1 for a text that is none."""
    return np.where(has_form(column), 97 - number(_without_letters(column)) % 97, -1)


def birth_years(column: Textes) -> Ints:
    """Return the two digits of the year, whatever they are worth in a text that is no NIR."""
    return number(letters(column, _NIR)[:, 1:3])


def birth_months(column: Textes) -> Ints:
    """Return the two digits of the month, 1 to 12 in a permanent or waiting number; else -1."""
    months = number(letters(column, _NIR)[:, 3:5])
    known = has_form(column) & (months >= 1) & (months <= _MOIS_CIVILS) & _is_lasting(column)
    return np.where(known, months, -1)


def has_month(column: Textes) -> Mask:
    """Tell, of the texts that have the form, those whose month is one that a NIR may have."""
    months = number(letters(column, _NIR)[:, 3:5])
    return ~_is_lasting(column) | _MOIS[np.clip(months, 0, 99)]


def _is_lasting(column: Textes) -> Mask:
    lasting: Mask = letters(column, _NIR)[:, 0] < ord("0") + _PROVISOIRES
    return lasting
