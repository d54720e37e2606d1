"""Identifiers, parsed once at the edge.

Each type has a `parse` that takes the text of a file and raises `IdentifierError`, which shows the shape of the text
and never the text. The NIR, and the codes of medicines, which say what a person is treated for, stay out of `repr`
too. A check that cannot be made is None, never True.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NewType

import attrs

from tiers_payant.domain._donnees import Confiance, read_builtin, read_path, structure
from tiers_payant.errors import IdentifierError, shape

__all__ = [
    "CIP7",
    "CIP13",
    "CodeOrganisme",
    "MotifNirFictif",
    "NatureNir",
    "Nir",
    "NumeroAMC",
    "NumeroFacture",
    "NumeroLot",
    "NumeroPS",
    "load_nir_fictifs",
]

NumeroFacture = NewType("NumeroFacture", str)
"""Number of a facture: text, never an `int` (leading zeros count)."""

NumeroLot = NewType("NumeroLot", str)
"""Number of a lot: text, three characters that may be letters in returns. It cycles: never a key by itself."""

_SPACES = re.compile("[ \u00a0\u202f]+")


class NatureNir(StrEnum):
    """What kind of number a NIR is, from its first digit."""

    DEFINITIF = "definitif"
    """1 or 2: permanent."""
    ATTENTE = "attente"
    """3 or 4: waiting number of a person born abroad (confidence L: recalled, no source read)."""
    MIGRANT_PROVISOIRE = "migrant_provisoire"
    """5 or 6: provisional, migrant passing through (SNDS IR_NIR_V 03)."""
    ASSURE_PROVISOIRE = "assure_provisoire"
    """7 or 8: provisionally insured (SNDS IR_NIR_V 04)."""


_NATURES = {
    "1": NatureNir.DEFINITIF,
    "2": NatureNir.DEFINITIF,
    "3": NatureNir.ATTENTE,
    "4": NatureNir.ATTENTE,
    "5": NatureNir.MIGRANT_PROVISOIRE,
    "6": NatureNir.MIGRANT_PROVISOIRE,
    "7": NatureNir.ASSURE_PROVISOIRE,
    "8": NatureNir.ASSURE_PROVISOIRE,
}

_NIR = re.compile(r"[1-8][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6}")
# Months above 12 stand for incomplete civil records. What the month digits of a provisional number hold was not
# found, so that they are not judged.
_NIR_MONTH = re.compile(r"[1-4]..(?:0[1-9]|1[0-2]|[23][0-9]|4[0-2]|[5-9][0-9]).*|[5-8].*")


@attrs.frozen(kw_only=True)
class MotifNirFictif:
    """A family of NIRs that belong to nobody and stand for confidential care."""

    masque: str = attrs.field()
    """13 characters; `?` stands for any."""
    libelle: str
    reference: str
    confiance: Confiance

    @masque.validator
    def _check_masque(self, attribute: attrs.Attribute[str], value: str) -> None:
        if re.fullmatch(r"[0-9AB?]{13}", value) is None or value == "?" * 13:
            raise ValueError("expected 13 characters, digits, A, B or ?, not all ?")

    def matches(self, nir: Nir) -> bool:
        return all(wanted in ("?", found) for wanted, found in zip(self.masque, nir.value, strict=True))


def load_nir_fictifs(path: Path | None = None) -> tuple[MotifNirFictif, ...]:
    """Return the patterns of fictive NIRs known, then those of the TOML file *path*.

    The library ships none: official lists say that such numbers exist, none of those read gives the numbers. The file
    has one `[[motifs]]` table each, with the fields of `MotifNirFictif`.

    Raises:
        SourceError: The file cannot be opened.
        LayoutError: The file is no such table.
    """
    return _builtin_nir_fictifs() if path is None else _builtin_nir_fictifs() + _motifs(read_path(path), path.name)


@attrs.frozen(kw_only=True)
class Nir:
    """A person's number in the national register: 13 characters, the key set apart.

    Spaces are dropped and the letters of Corsica (2A, 2B) put in capitals. Months 20 to 42 and 50 and more are
    accepted (incomplete civil records). A key, when there is one, must agree: 97 - (number mod 97), 2A counting as
    19 and 2B as 18. Equality bears on the 13 characters.

    >>> Nir.parse("1 55 08 99 999 001 47")
    Nir(value=9999999999999)
    >>> Nir.parse("155089999900148")
    Traceback (most recent call last):
    tiers_payant.errors.IdentifierError: the key of the NIR does not agree, got '999999999999999'
    """

    value: str = attrs.field(repr=shape)
    """The 13 characters, without the key."""
    cle_verifiee: bool | None = attrs.field(default=None, eq=False, repr=False)
    """True when the source gave the key and it agrees; None when it gave none."""

    @value.validator
    def _check_value(self, attribute: attrs.Attribute[str], value: str) -> None:
        if _NIR.fullmatch(value) is None or _NIR_MONTH.fullmatch(value) is None:
            raise IdentifierError(f"expected a NIR of 13 characters, or 15 with its key, got '{shape(value)}'")

    @classmethod
    def parse(cls, text: str) -> Nir:
        """Read 13 characters, or 15 with the key.

        Raises:
            IdentifierError: The text is no NIR, or its key does not agree.
        """
        compact = _compact(text).upper()
        number, key = (compact[:13], compact[13:]) if len(compact) == 15 else (compact, "")
        nir = cls(value=number, cle_verifiee=True if key else None)
        if key and key != nir.cle:
            raise IdentifierError(f"the key of the NIR does not agree, got '{shape(compact)}'")
        return nir

    @property
    def cle(self) -> str:
        """The key, two digits, computed."""
        from stdnum.fr import nir  # here: stdnum takes longer to import than all the domain

        return nir.calc_check_digits(self.value)

    @property
    def nature(self) -> NatureNir:
        return _NATURES[self.value[0]]

    def is_fictif(self, motifs: Iterable[MotifNirFictif] | None = None) -> bool | None:
        """Tell whether this number stands for confidential care; None when no pattern is known to judge by.

        Args:
            motifs: Patterns to judge by; those of `load_nir_fictifs()` when None.
        """
        known = load_nir_fictifs() if motifs is None else tuple(motifs)
        return any(motif.matches(self) for motif in known) if known else None


@attrs.frozen(kw_only=True, order=True)
class NumeroPS:
    """Number of the pharmacy as the assurance maladie knows it: 8 characters and a key.

    Nine digits; the numbers of Corsica may begin with 2A or 2B (confidence L). The key is told, not required: its
    rule is known from a secondary source only (FNMF annex 102, confidence M).

    >>> NumeroPS.parse("029900009").cle_verifiee
    False
    """

    value: str = attrs.field()

    @value.validator
    def _check_value(self, attribute: attrs.Attribute[str], value: str) -> None:
        # A numeric field left empty is all zeros.
        if re.fullmatch(r"(?!0{9})(?:[0-9]{2}|2[AB])[0-9]{7}", value) is None:
            raise IdentifierError(f"expected a provider number of 9 digits, got '{shape(value)}'")

    @classmethod
    def parse(cls, text: str) -> NumeroPS:
        """Read a provider number.

        Raises:
            IdentifierError: The text is none.
        """
        return cls(value=_compact(text).upper())

    def __str__(self) -> str:
        return self.value

    @property
    def cle_verifiee(self) -> bool | None:
        """Whether the ninth digit is the Luhn key of the others; None for a number with a letter."""
        from stdnum import luhn

        return luhn.is_valid(self.value) if self.value.isdigit() else None


@attrs.frozen(kw_only=True, order=True)
class NumeroAMC:
    """Number of a complementary insurer.

    Canonical form: 8 digits. B2 and NOEMIE write it in 10; two leading zeros are then dropped, so that both
    writings are equal. A number that really has 10 digits keeps them.

    >>> NumeroAMC.parse("0099999997") == NumeroAMC.parse("99999997")
    True
    """

    value: str = attrs.field()

    @value.validator
    def _check_value(self, attribute: attrs.Attribute[str], value: str) -> None:
        if re.fullmatch(r"(?!0+\Z)(?:[0-9]{8}|(?!00)[0-9]{10})", value) is None:
            raise IdentifierError(f"expected an AMC number of 8 or 10 digits, got '{shape(value)}'")

    @classmethod
    def parse(cls, text: str) -> NumeroAMC:
        """Read an AMC number of 8 or 10 digits.

        Raises:
            IdentifierError: The text is none, or is all zeros.
        """
        compact = _compact(text)
        return cls(value=compact[2:] if len(compact) == 10 and compact.startswith("00") else compact)

    def __str__(self) -> str:
        return self.value


@attrs.frozen(kw_only=True, order=True)
class CodeOrganisme:
    """Address of a compulsory insurer: régime (2 digits), caisse (3), centre (4).

    >>> CodeOrganisme.parse("01 999 0000")
    CodeOrganisme(regime='01', caisse='999', centre='0000')
    """

    regime: str
    caisse: str
    centre: str

    def __attrs_post_init__(self) -> None:
        parts = (self.regime, self.caisse, self.centre)
        if any(re.fullmatch(r"[0-9]+", part) is None for part in parts) or [*map(len, parts)] != [2, 3, 4]:
            raise IdentifierError(f"expected régime, caisse and centre, 9 digits, got '{shape(str(self))}'")

    @classmethod
    def parse(cls, text: str) -> CodeOrganisme:
        """Read nine digits.

        Raises:
            IdentifierError: The text is something else.
        """
        compact = _compact(text)
        return cls(regime=compact[:2], caisse=compact[2:5], centre=compact[5:])

    def __str__(self) -> str:
        return f"{self.regime}{self.caisse}{self.centre}"


@attrs.frozen(kw_only=True, order=True)
class CIP13:
    """Code of a medicine's pack: 13 digits, prefix 3400, EAN-13 key (arrêté of 30/12/2021).

    >>> CIP13.parse("3400999999991")
    CIP13(value=9999999999999)
    """

    value: str = attrs.field(repr=shape)

    @value.validator
    def _check_value(self, attribute: attrs.Attribute[str], value: str) -> None:
        from stdnum import ean

        if re.fullmatch(r"3400[0-9]{9}", value) is None:
            raise IdentifierError(f"expected a CIP of 13 digits that begins with 3400, got '{shape(value)}'")
        if not ean.is_valid(value):
            raise IdentifierError(f"the key of the CIP13 does not agree, got '{shape(value)}'")

    @classmethod
    def parse(cls, text: str) -> CIP13:
        """Read 13 digits.

        Raises:
            IdentifierError: The text is no CIP13, or its key does not agree.
        """
        return cls(value=_compact(text))


@attrs.frozen(kw_only=True, order=True)
class CIP7:
    """The old code of a medicine's pack: 7 digits. No source read gives the rule of a key, so that none is checked."""

    value: str = attrs.field(repr=shape)

    @value.validator
    def _check_value(self, attribute: attrs.Attribute[str], value: str) -> None:
        if re.fullmatch(r"(?!0{7})[0-9]{7}", value) is None:
            raise IdentifierError(f"expected a CIP of 7 digits, got '{shape(value)}'")

    @classmethod
    def parse(cls, text: str) -> CIP7:
        """Read 7 digits.

        Raises:
            IdentifierError: The text is something else, or all zeros.
        """
        return cls(value=_compact(text))


@attrs.frozen(kw_only=True)
class _TableMotifs:
    motifs: tuple[MotifNirFictif, ...]


@cache
def _builtin_nir_fictifs() -> tuple[MotifNirFictif, ...]:
    return _motifs(read_builtin("nir_fictifs.toml"), "nir_fictifs.toml")


def _motifs(data: object, fichier: str) -> tuple[MotifNirFictif, ...]:
    return structure(data, _TableMotifs, fichier).motifs


def _compact(text: str) -> str:
    return _SPACES.sub("", text)
