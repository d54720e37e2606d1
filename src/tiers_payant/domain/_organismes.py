"""Who pays, or handles the payment: compulsory insurers, complementary insurers, operators."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

import attrs

from tiers_payant.domain._identifiants import CodeOrganisme, NumeroAMC
from tiers_payant.errors import IdentifierError, shape

__all__ = ["NatureOrganisme", "Organisme"]

_AMC_WIDTH = 10
"""B2 and NOEMIE write an AMC number in 10 characters."""


class NatureOrganisme(StrEnum):
    """What an organism is to a facture."""

    AMO = "AMO"
    """Compulsory insurer: owes a share."""
    AMC = "AMC"
    """Complementary insurer: owes a share."""
    OPERATEUR = "OPERATEUR"
    """Operator of tiers payant: pays on behalf of complementary insurers, owes nothing itself."""


_AMO, _AMC = NatureOrganisme.AMO, NatureOrganisme.AMC


@attrs.frozen(kw_only=True, order=True)
class Organisme:
    """An organism, told apart by its nature and its code.

    Built by `amo`, `amc`, `operateur` or `parse`, which check the code. Its text is what columns and reports show.

    >>> str(Organisme.amo("01", "999", "0000")), str(Organisme.amc("99999997"))
    ('AMO:01-999-0000', 'AMC:0099999997')
    >>> Organisme.parse("AMC:0099999997") == Organisme.amc("99999997")
    True
    """

    nature: NatureOrganisme = attrs.field(converter=NatureOrganisme)
    code: str
    """AMO: régime, caisse and centre, hyphens between; AMC: 10 digits; operator: its name in capitals."""

    @classmethod
    def amo(cls, regime: str, caisse: str, centre: str = "0000") -> Self:
        """Return the compulsory insurer of this régime (2 digits), caisse (3) and centre (4).

        Raises:
            IdentifierError: Something else than digits, or too many or too few.
        """
        code = CodeOrganisme(regime=regime, caisse=caisse, centre=centre)
        return cls(nature=NatureOrganisme.AMO, code=f"{code.regime}-{code.caisse}-{code.centre}")

    @classmethod
    def amc(cls, numero: str | NumeroAMC) -> Self:
        """Return the complementary insurer of this number, of 8 or 10 digits.

        Raises:
            IdentifierError: The text is no such number.
        """
        number = numero if isinstance(numero, NumeroAMC) else NumeroAMC.parse(numero)
        return cls(nature=NatureOrganisme.AMC, code=number.value.zfill(_AMC_WIDTH))

    @classmethod
    def operateur(cls, nom: str) -> Self:
        """Return the operator of this name: letters, digits, spaces and hyphens, in capitals.

        Raises:
            IdentifierError: The text is no such name.
        """
        name = " ".join(nom.upper().split())
        if not name.isascii() or not name.replace(" ", "").replace("-", "").isalnum():
            raise IdentifierError(f"expected the name of an operator, got '{shape(nom)}'")
        return cls(nature=NatureOrganisme.OPERATEUR, code=name)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` gives.

        Raises:
            IdentifierError: The text is nothing of the kind.
        """
        nature, _, code = text.partition(":")
        if nature == NatureOrganisme.AMO and code.count("-") == 2:
            return cls.amo(*code.split("-"))
        if nature == NatureOrganisme.AMC:
            return cls.amc(code)
        if nature == NatureOrganisme.OPERATEUR:
            return cls.operateur(code)
        raise IdentifierError(f"expected an organism such as 'AMO:01-999-0000', got '{shape(text)}'")

    @classmethod
    def read_amo(cls, regime: str, caisse: str, centre: str) -> Self | None:
        """Return the compulsory insurer that a file names, even badly; None when it names none."""
        return cls(nature=NatureOrganisme.AMO, code=f"{regime}-{caisse}-{centre}") if regime + caisse + centre else None

    @classmethod
    def read_amc(cls, numero: str) -> Self | None:
        """Return the complementary insurer that a file names, even badly; None when it names none."""
        try:
            return cls.amc(numero)
        except IdentifierError:
            return cls(nature=NatureOrganisme.AMC, code=numero) if numero else None

    def __str__(self) -> str:
        return f"{self.nature}:{self.code}"

    @property
    def is_amo(self) -> bool:
        return self.nature is _AMO

    @property
    def is_amc(self) -> bool:
        return self.nature is _AMC
