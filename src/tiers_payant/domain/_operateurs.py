"""Who billed each facture, when the officine's software says so: pseudonyms, unless names are asked for."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b

import attrs
import numpy as np

from tiers_payant.domain import _table as kind
from tiers_payant.domain._cles import facture_codes
from tiers_payant.domain._source import printable
from tiers_payant.domain._table import Entiers, Jours, Libelles, Table, Textes
from tiers_payant.domain.tables import Factures
from tiers_payant.errors import LayoutError, Location

__all__ = ["Operateurs", "OperateursFactures"]

_SHOWN = 6
"""Hexadecimal digits of a pseudonym: enough to tell the people of an officine apart."""


@attrs.frozen(eq=False, repr=False)
class OperateursFactures(Table):
    """Which operator billed which facture."""

    officine: Textes = kind.texte("provider number of the officine")
    lot_date: Jours = kind.jour("creation date of the lot")
    lot: Textes = kind.texte("lot number")
    facture: Textes = kind.texte("facture number")
    operateur: Libelles = kind.libelle("who billed it, as the software calls them", sensible=True)
    ligne: Entiers = kind.entier("line of the file that says so, from 1; 0 when no file does")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Operateurs:
    """Who billed what, told as pseudonyms.

    A pseudonym is a salted digest of the name: the same name has the same pseudonym wherever the salt is the same, and
    who has not the salt cannot try the names of a team. Keep the salt as you keep a password.

    Raises:
        LayoutError: Two rows give one facture to two operators; one line per fault, with its file and line.
    """

    lignes: OperateursFactures
    fichier: str = "operateurs"
    """What the rows were read from, for errors."""
    sel: bytes = attrs.field(factory=lambda: secrets.token_bytes(16), repr=False)
    """The salt. Drawn anew when not given: the pseudonyms are then those of this object alone."""
    noms: bool = False
    """Whether names are shown as they are."""

    def __attrs_post_init__(self) -> None:
        names: dict[int, dict[str, int]] = defaultdict(dict)
        for code, name, line in zip(
            facture_codes([self.lignes])[0].tolist(), self.lignes.operateur.tolist(), self.lignes.ligne.tolist(),
            strict=True,
        ):  # fmt: skip
            names[code].setdefault(name, line)
        faults = [
            f"{Location(file=self.fichier, line=max(told.values()), field='operateur')}: "
            f"another operator for the facture of line {min(told.values())}"
            for told in names.values()
            if len(told) > 1
        ]
        if faults:
            raise LayoutError("\n".join(sorted(faults)))

    def __repr__(self) -> str:
        return f"<Operateurs of {len(self.lignes)} factures>"

    @classmethod
    def joined(cls, every: Iterable[Operateurs]) -> Operateurs:
        """Put several together: one salt made of theirs, and names only if all show them.

        Raises:
            LayoutError: They give one facture to two operators.
        """
        parts = list(every)
        if len(parts) == 1:
            return parts[0]
        return cls(
            lignes=OperateursFactures.concat([part.lignes for part in parts]),
            fichier=" + ".join(sorted(part.fichier for part in parts)),
            sel=b"".join(sorted(blake2b(part.sel).digest() for part in parts)),
            noms=all(part.noms for part in parts),
        )

    def pseudonyme(self, nom: str) -> str:
        """Return what an operator is called: a pseudonym, or the name when names were asked for."""
        if self.noms:
            return printable(nom)
        # The key of a blake2b holds 64 bytes: a longer salt is digested first.
        key = blake2b(self.sel).digest()
        return f"OP-{blake2b(nom.encode('utf-8', 'surrogatepass'), key=key).hexdigest()[:_SHOWN].upper()}"

    def of(self, factures: Factures) -> list[str]:
        """Return who billed each facture, as `pseudonyme` calls them; empty when no row says."""
        ours, theirs = facture_codes([factures, self.lignes])
        called = {name: self.pseudonyme(name) for name in set(self.lignes.operateur.tolist())}
        known = dict(zip(theirs.tolist(), self.lignes.operateur.tolist(), strict=True))
        return [called[known[code]] if code in known else "" for code in ours.tolist()]

    def unknown(self, factures: Factures) -> tuple[Location, ...]:
        """Return where the rows stand whose facture is not in *factures*."""
        ours, theirs = facture_codes([factures, self.lignes])
        rows = np.flatnonzero(~np.isin(theirs, ours))
        lines = sorted(self.lignes.ligne[rows].tolist())
        return tuple(Location(file=self.fichier, line=line or None, field="facture") for line in lines)
