"""How the world reaches the disk: which file carries what, under which name, delivered how often."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import attrs

from ._monde import Fichier, Lot, Officine, Releve, Retour
from ._taux import Taux

__all__ = ["CADRAGES", "deliver"]

T = TypeVar("T")

CADRAGES = ("blocs", "longueurs", "nu")
"""The three framings of a file of returns."""

_EXTENSIONS = {"camt053": "xml", "cfonb120": "txt"}


@attrs.frozen(kw_only=True, eq=False)
class _Facteur:
    """The one who delivers to one officine."""

    officine: Officine
    taux: Taux
    rng: random.Random
    accidents: Counter[str]

    def folder(self, name: str) -> str:
        return f"officine-{self.officine.numero}/{name}"

    def lots(self, lots: Sequence[Lot]) -> Iterable[Fichier]:
        """One file for each day and kind of addressee; some are sent twice."""
        for (day, kind), sent in _by(lots, lambda lot: (lot.date, lot.payeur.emetteur_type)):
            name = f"{self.folder('lots')}/{day:%Y%m%d}-{kind}"
            yield Fichier(chemin=f"{name}.b2", lots=sent)
            if self.rng.random() < self.taux.lots_en_double:
                self.accidents["lots_en_double"] += 1
                yield Fichier(chemin=f"{name}-bis.b2", lots=sent)

    def retours(self, retours: Sequence[Retour]) -> Iterable[Fichier]:
        """The returns of a day: by payer, or all together for one who has a concentrator.

        Returns of one file stand one after the other. Some files come twice, framed anew or not.
        """
        for (day, payer), received in _by(retours, self._carrier):
            name = f"{self.folder('retours')}/{day:%Y%m%d}-{payer}"
            framing = self.rng.choice(CADRAGES)
            yield Fichier(chemin=f"{name}.noe", retours=received, cadrage=framing)
            if self.rng.random() < self.taux.retours_en_double:
                again = self.rng.choice(CADRAGES)
                self.accidents["retours_en_double"] += 1
                self.accidents["retours_recadres"] += again != framing
                yield Fichier(chemin=f"{name}-bis.noe", retours=received, cadrage=again)

    def _carrier(self, retour: Retour) -> tuple[dt.date, str]:
        return retour.date, "concentrateur" if self.officine.concentrateur else retour.payeur.code

    def releves(self, releves: Sequence[Releve]) -> Iterable[Fichier]:
        extension = _EXTENSIONS[self.officine.banque]
        for releve in releves:
            name = f"{releve.du:%Y%m%d}-{releve.au:%Y%m%d}"
            yield Fichier(chemin=f"{self.folder('banque')}/{name}.{extension}", releve=releve)


def deliver(
    officine: Officine,
    lots: Sequence[Lot],
    retours: Sequence[Retour],
    releves: Sequence[Releve],
    *,
    taux: Taux,
    rng: random.Random,
    accidents: Counter[str],
) -> list[Fichier]:
    """Return the files of one officine, in the order of their names within each kind."""
    facteur = _Facteur(officine=officine, taux=taux, rng=rng, accidents=accidents)
    return [*facteur.lots(lots), *facteur.retours(retours), *facteur.releves(releves)]


def _by(items: Sequence[T], key: Callable[[T], tuple[dt.date, str]]) -> list[tuple[tuple[dt.date, str], list[T]]]:
    groups: dict[tuple[dt.date, str], list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return sorted(groups.items())
