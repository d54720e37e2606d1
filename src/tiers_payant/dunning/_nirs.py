"""Numbers of insured persons that may stand for confidential care: whole columns, by the rules of `domain.Nir`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import MotifNirFictif

__all__ = ["maybe_confidential"]

Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.bytes_]
Letters = npt.NDArray[np.uint8]

_WIDTH, _DEPARTMENT_END = 13, 6
_ZERO, _NINE, _TWO, _A, _B = ord("0"), ord("9"), ord("2"), ord("A"), ord("B")


def maybe_confidential(nirs: Texts, cles: Texts, motifs: Iterable[MotifNirFictif]) -> Mask:
    """Say of each number whether it is none of a person: ill-made, with a key that is not its own, or known as fictive.

    Args:
        nirs: 13 characters each.
        cles: Their keys, or empty; an empty one is not judged.
        motifs: Patterns of fictive numbers.

    Returns:
        bool, one for each; true for an empty number.
    """
    letters = _letters(nirs)
    made = _well_made(letters) & (np.char.str_len(nirs) == _WIDTH)
    agrees = (cles == b"") | (cles == _keys(letters, made))
    fictive = np.zeros(len(nirs), dtype=np.bool_)
    for motif in motifs:
        mask = np.frombuffer(motif.masque.encode("ascii"), dtype=np.uint8)
        fictive |= ((mask == ord("?")) | (letters == mask)).all(axis=1)
    found: Mask = ~(made & agrees) | fictive
    return found


def _letters(nirs: Texts) -> Letters:
    return np.ascontiguousarray(nirs.astype(f"S{_WIDTH}")).view(np.uint8).reshape(len(nirs), _WIDTH)


def _well_made(letters: Letters) -> Mask:
    """Tell the shape of a NIR: sex 1 to 8, a month that may be, digits, 2A and 2B for Corsica."""
    digit = (letters >= _ZERO) & (letters <= _NINE)
    corsica = _corsica(letters)
    months = (letters[:, 3].astype(np.int64) - _ZERO) * 10 + letters[:, 4] - _ZERO
    month = ((months >= 1) & (months <= 12)) | ((months >= 20) & (months <= 42)) | (months >= 50)
    provisional = letters[:, 0] > _ZERO + 4
    found: Mask = (letters[:, 0] > _ZERO) & (letters[:, 0] < _NINE) & (month | provisional)
    found &= digit[:, :_DEPARTMENT_END].all(axis=1) & (digit[:, _DEPARTMENT_END] | corsica)
    return found & digit[:, _DEPARTMENT_END + 1 :].all(axis=1)


def _corsica(letters: Letters) -> Mask:
    found: Mask = (letters[:, 5] == _TWO) & ((letters[:, 6] == _A) | (letters[:, 6] == _B))
    return found


def _keys(letters: Letters, made: Mask) -> Texts:
    """Return the key of each number: 97 less its remainder by 97, 2A counting as 19 and 2B as 18."""
    digits = letters.astype(np.int64) - _ZERO
    island = _corsica(letters)
    digits[island, 5] = 1
    digits[island, 6] = np.where(letters[island, 6] == _A, 9, 8)
    number = np.zeros(len(letters), dtype=np.int64)
    for place in range(_WIDTH):
        number = number * 10 + np.where(made, digits[:, place], 0)
    return np.char.zfill((97 - number % 97).astype("S2"), 2)
