"""Short texts to values, a column at a time. What cannot be read is told by a mask, and its row is kept raw."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import unescaped
from tiers_payant.formats._neutre_schema import BOOLEANS, Champ, plain_name, words_written

__all__ = ["Values", "ambiguous_amount", "cents_of", "filled_with_zeros", "read_column"]

Texts = npt.NDArray[np.bytes_]
Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_AMOUNT = "un montant tel que 1 234,50"
_CENTS = "un nombre entier de centimes"
_DATE = "AAAA-MM-JJ ou JJ/MM/AAAA"
_MOST_DIGITS = 15
_NONE = np.empty(0, dtype=np.int64)
_ZERO, _NINE = ord("0"), ord("9")

_SPACES = " \u00a0\u202f"
_PLAIN = re.compile(r"(?P<euros>[0-9]{1,15})(?:[.,](?P<cents>[0-9]{1,2}|[0-9]{2}0{2,3}))?")
"""No thousands; one or two decimals. Three, which could be thousands, are refused; four and five must end in zeros."""
_GROUPED = (
    re.compile(rf"(?P<euros>[0-9]{{1,3}}(?P<gap>[{_SPACES}])[0-9]{{3}}(?:(?P=gap)[0-9]{{3}})*)"
               rf"(?:[.,](?P<cents>[0-9]{{1,2}}))?"),
    re.compile(r"(?P<euros>[0-9]{1,3}(?:\.[0-9]{3})+),(?P<cents>[0-9]{1,2})"),
    re.compile(r"(?P<euros>[0-9]{1,3}(?:,[0-9]{3})+)\.(?P<cents>[0-9]{1,2})"),
)  # fmt: skip
_AMBIGUOUS = re.compile(r"[+\-\u2212]?[0-9]+[.,][0-9]{3}")
_SIGNED = re.compile(r"([+\-\u2212]?)(.*)", re.DOTALL)
_SCIENTIFIC = re.compile(rb"[0-9]+(?:[.,][0-9]+)?[eE]\+[0-9]+")


@attrs.frozen(eq=False)
class Values:
    """A column that was read: its values, and the rows where there is none to be trusted."""

    column: npt.NDArray[Any]
    wrong: Mask
    attendu: str
    """What the cells of those rows should have been, in French."""


def read_column(champ: Champ, texts: Texts, wrong: Mask, *, en_cents: bool = False) -> Values:
    """Read a column of short texts.

    Args:
        champ: What it is; not a free text.
        texts: Trimmed; empty where the cell is.
        wrong: Rows already known to hold none.
        en_cents: Whether amounts are told in cents, rather than in euros.
    """
    empty = np.char.str_len(texts) == 0 if len(texts) else np.empty(0, dtype=np.bool_)
    values = _READERS[champ.genre](champ, texts, en_cents)
    bad = wrong | (values.wrong & ~empty)
    if champ.rempli:
        bad |= empty
    return attrs.evolve(values, wrong=bad)


# --- codes


def _read_text(champ: Champ, texts: Texts, _: bool) -> Values:
    quoted = np.flatnonzero(_letters(texts)[:, 0] == ord("'")) if len(texts) else _NONE
    if len(quoted):
        texts = texts.copy()
        texts[quoted] = [unescaped(text.decode("latin-1")).encode("latin-1") for text in texts[quoted].tolist()]
    letters = _letters(texts)
    odd = ((letters < 0x20) & (letters != 0)) | (letters > 0x7E)
    wrong = odd.any(axis=1)
    if (letters == ord("+")).any():
        for row in np.flatnonzero((letters == ord("+")).any(axis=1)).tolist():
            wrong[row] |= _SCIENTIFIC.fullmatch(texts[row]) is not None
    clean = np.where(wrong, b"", texts)
    return Values(filled_with_zeros(clean, champ.largeur), wrong, "un code (lettres sans accent et chiffres)")


def filled_with_zeros(texts: Texts, width: int) -> Texts:
    """Return numbers of less than *width* digits with the leading zeros that a spreadsheet took away."""
    if not width or not len(texts):
        return texts
    sizes = np.char.str_len(texts)
    short = (sizes > 0) & (sizes < width)
    short[short] = np.char.isdigit(texts[short])
    if not short.any():
        return texts
    filled = texts.astype(f"S{max(width, texts.dtype.itemsize)}")
    filled[short] = np.char.zfill(texts[short], width)
    return filled


def _letters(texts: Texts) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(texts).view(np.uint8).reshape(len(texts), texts.dtype.itemsize)


# --- dates


def _read_date(champ: Champ, texts: Texts, _: bool) -> Values:
    """Read ISO dates, which a time may follow, and day/month/year."""
    letters = _letters(texts)
    padded = np.zeros((len(texts), 11), dtype=np.uint8)
    padded[:, : letters.shape[1]] = letters[:, :11]
    iso = (padded[:, 4] == ord("-")) & (padded[:, 7] == ord("-"))
    french = (padded[:, 2] == ord("/")) & (padded[:, 5] == ord("/"))
    ended = np.isin(padded[:, 10], (0, ord("T"), ord(" ")))
    places = np.where(iso[:, None], [0, 1, 2, 3, 5, 6, 8, 9], [6, 7, 8, 9, 3, 4, 0, 1])
    found = np.take_along_axis(padded, places, axis=1)
    digits = found.astype(np.int64) - _ZERO
    good = (iso | french) & ended & ((found >= _ZERO) & (found <= _NINE)).all(axis=1)
    digits[~good] = 1
    year, month, day = digits[:, :4] @ [1000, 100, 10, 1], digits[:, 4:6] @ [10, 1], digits[:, 6:] @ [10, 1]
    good &= (year >= 1900) & (year <= 2200) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    first = (np.where(good, (year - 1970) * 12 + month - 1, 0)).astype("datetime64[M]")
    dates = first.astype("datetime64[D]") + (day - 1)
    good &= dates.astype("datetime64[M]") == first
    dates[~good] = np.datetime64("NaT")
    return Values(dates, ~good, f"une date {_DATE}")


# --- amounts


def _read_cents(champ: Champ, texts: Texts, en_cents: bool) -> Values:
    """Read amounts: the common ones all at once, the others one by one."""
    numbers, decimals, odd = _folded(texts)
    if en_cents:
        wrong = odd | (decimals >= 0)
        cents, attendu = numbers, _CENTS
    else:
        cents = numbers * np.array([100, 1, 10, 1])[np.minimum(decimals, 2) + 1]
        wrong = odd | (decimals == 0) | (decimals > 2)
        attendu = _AMOUNT
        for row in np.flatnonzero(wrong & (texts != b"")).tolist():
            read = cents_of(texts[row].decode("utf-8", "replace"))
            if read is not None:
                cents[row], wrong[row] = read, False
    wrong |= np.abs(cents) > champ.most
    return Values(np.where(wrong, 0, cents), wrong, attendu)


def _folded(texts: Texts) -> tuple[Ints, Ints, Mask]:
    """Return the digits of each text as one number, how many stand after its comma or point, -1 without, and what is
    something else.
    """
    letters = _letters(texts)
    total = np.zeros(len(texts), dtype=np.int64)
    decimals = np.full(len(texts), -1, dtype=np.int64)
    digits = np.zeros(len(texts), dtype=np.int64)
    odd = np.zeros(len(texts), dtype=np.bool_)
    if letters.shape[1] > _MOST_DIGITS + 3:
        odd |= letters[:, _MOST_DIGITS + 3 :].any(axis=1)
        letters = letters[:, : _MOST_DIGITS + 3]
    negative = letters[:, 0] == ord("-")
    for place in range(letters.shape[1]):
        letter = letters[:, place]
        digit = (letter >= _ZERO) & (letter <= _NINE)
        point = (letter == ord(",")) | (letter == ord("."))
        total = np.where(digit, total * 10 + (letter - _ZERO), total)
        digits += digit
        odd |= ~(digit | (letter == 0) | (point & (decimals < 0) & (digits > 0)))
        if place == 0:
            odd[negative] = False
        decimals = np.where(point & (decimals < 0), 0, decimals + (digit & (decimals >= 0)))
    odd |= (digits == 0) | (digits > _MOST_DIGITS)
    return np.where(negative, -total, total), decimals, odd


def cents_of(text: str) -> int | None:
    """Read an amount in euros, as people and programs write it; None when it is none, or could be read in two ways.

    Comma or point before one or two decimals. Thousands parted by one kind of space, or by the sign that is not that
    of the decimals.

    >>> cents_of("1 234,50"), cents_of("1234.5"), cents_of("-1.234,50 €"), cents_of("12")
    (123450, 123450, -123450, 1200)
    >>> cents_of("1,234"), cents_of("12.345"), cents_of("12,")
    (None, None, None)
    """
    bare = text.strip(_SPACES).removesuffix("€").removesuffix("EUR").strip(_SPACES)
    sign, rest = _SIGNED.fullmatch(bare).groups()  # type: ignore[union-attr]  # it matches any text
    for form in (_PLAIN, *_GROUPED):
        found = form.fullmatch(rest.strip(_SPACES))
        if found:
            euros = re.sub(r"[^0-9]", "", found["euros"])
            if len(euros) > _MOST_DIGITS:
                return None
            cents = int(euros) * 100 + int((found["cents"] or "")[:2].ljust(2, "0"))
            return -cents if sign in ("-", "\u2212") else cents
    return None


def ambiguous_amount(text: str) -> bool:
    """Tell an amount whose only comma or point may be that of the thousands.

    >>> ambiguous_amount("1,234"), ambiguous_amount("1,23")
    (True, False)
    """
    return _AMBIGUOUS.fullmatch(text.strip(_SPACES)) is not None


# --- words


class _Words(dict[bytes, int]):
    """Values of the words of one list, each spelling looked at once; -1 for what is none."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._words = words

    def __missing__(self, text: bytes) -> int:
        value = self._words.get(plain_name(text.decode("utf-8", "replace")), -1)
        if len(self) < 1000:
            self[text] = value
        return value


def _read_words(words: Mapping[str, int], texts: Texts, dtype: str) -> Values:
    known = _Words(words)
    found = np.fromiter(map(known.__getitem__, texts.tolist()), dtype=np.int64, count=len(texts))
    wrong = found < 0
    attendu = f"l'un des mots {', '.join(words_written(words).values())}"
    return Values(np.where(wrong, 0, found).astype(dtype), wrong, attendu)


def _read_list(champ: Champ, texts: Texts, _: bool) -> Values:
    return _read_words(champ.words, texts, "int8")


def _read_boolean(champ: Champ, texts: Texts, _: bool) -> Values:
    return _read_words({word: int(value) for word, value in BOOLEANS.items()}, texts, "bool")


_READERS: dict[str, Callable[[Champ, Texts, bool], Values]] = {
    "texte": _read_text,
    "date": _read_date,
    "cents": _read_cents,
    "liste": _read_list,
    "ouinon": _read_boolean,
}
