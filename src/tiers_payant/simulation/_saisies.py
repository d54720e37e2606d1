"""How each fault is written in a lot: what the counter typed instead of the truth.

Each function returns what the lot then says, and whether that shows; None where the facture cannot bear it.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from typing import TypeVar

import attrs

from ._catalogue import MUTUELLES, luhn
from ._monde import AMC, Saisie, Vente

__all__ = [
    "Ecrire",
    "acte",
    "amc_absente",
    "amc_autre",
    "centre",
    "chiffre",
    "cle",
    "exoneration_a_tort",
    "exoneration_sans_effet",
    "naissance_autre",
    "naissance_impossible",
    "nature",
    "ordonnance_perimee",
    "prescripteur_absent",
    "prescripteur_autre",
    "prescripteur_cle",
    "prescription_apres",
    "prix",
    "rang_autre",
    "rang_nul",
    "soins_anciens",
    "soins_tardifs",
    "taux",
]

T = TypeVar("T")

Ecrit = tuple[Saisie, bool]
"""What the lot says, and whether that shows."""
Ecrire = Callable[[random.Random, Vente], Ecrit | None]
"""Writes a fault; None where the facture cannot bear it."""

_ALD, _EXONERE = "4", "5"
_PLEIN = 100
_TAUX = (15, 30, 65, 100)


# --- who


def cle(rng: random.Random, vente: Vente) -> Ecrit:
    vraie = vente.vraie
    wrong = (int(vraie.cle) + rng.randrange(1, 96)) % 97 + 1
    return attrs.evolve(vraie, cle=f"{wrong if wrong != int(vraie.cle) else wrong % 97 + 1:02}"), True


def chiffre(rng: random.Random, vente: Vente) -> Ecrit:
    """One digit of the number within the commune: the key, typed right, no longer fits."""
    vraie, at = vente.vraie, rng.randrange(10, 13)
    digit = rng.choice([each for each in "0123456789" if each != vraie.nir[at]])
    return attrs.evolve(vraie, nir=vraie.nir[:at] + digit + vraie.nir[at + 1 :]), True


def naissance_impossible(rng: random.Random, vente: Vente) -> Ecrit:
    vraie = vente.vraie
    return attrs.evolve(vraie, naissance=f"{rng.randrange(32, 70)}{vraie.naissance[2:]}"), True


def naissance_autre(rng: random.Random, vente: Vente) -> Ecrit:
    """Another day of the same month and year: it may be anybody's."""
    vraie = vente.vraie
    days = [f"{day:02}" for day in range(1, 29) if f"{day:02}" != vraie.naissance[:2]]
    return attrs.evolve(vraie, naissance=rng.choice(days) + vraie.naissance[2:]), False


def rang_nul(rng: random.Random, vente: Vente) -> Ecrit:
    return attrs.evolve(vente.vraie, rang="0"), True


def rang_autre(rng: random.Random, vente: Vente) -> Ecrit:
    vraie = vente.vraie
    return attrs.evolve(vraie, rang=str(int(vraie.rang) % 3 + 1)), False


# --- who pays, and for what


def centre(rng: random.Random, vente: Vente) -> Ecrit:
    return attrs.evolve(vente.vraie, centre=f"{rng.randrange(1, 10):04}"), False


def amc_absente(rng: random.Random, vente: Vente) -> Ecrit | None:
    return (attrs.evolve(vente.vraie, amc=""), True) if _has_own_amc(vente) else None


def amc_autre(rng: random.Random, vente: Vente) -> Ecrit | None:
    if not _has_own_amc(vente):
        return None
    others = [each.numero for each in MUTUELLES if each is not vente.patient.mutuelle]
    return attrs.evolve(vente.vraie, amc=rng.choice(others)), False


def _has_own_amc(vente: Vente) -> bool:
    """Whether the facture asks an AMC that is not managed by the caisse."""
    return AMC in vente.parts() and vente.patient.mutuelle is not None and not vente.patient.caisse.separe


def exoneration_a_tort(rng: random.Random, vente: Vente) -> Ecrit | None:
    """An ALD nobody granted, lines at the ordinary rate as those of another illness are."""
    return None if vente.patient.ald else (attrs.evolve(vente.vraie, exoneration=_ALD), False)


def exoneration_sans_effet(rng: random.Random, vente: Vente) -> Ecrit | None:
    """An insured exempt of everything, lines that are not."""
    if all(ligne.taux == _PLEIN for ligne in vente.lignes):
        return exoneration_a_tort(rng, vente)
    return attrs.evolve(vente.vraie, exoneration=_EXONERE), True


def nature(code: str) -> Ecrire:
    """Care of this nature is covered in full: an ordinary rate, or an ALD, shows that it is another's."""

    def ecrire(rng: random.Random, vente: Vente) -> Ecrit:
        shows = vente.patient.ald or any(ligne.taux != _PLEIN for ligne in vente.lignes)
        return attrs.evolve(vente.vraie, nature=code), shows

    return ecrire


# --- who prescribed, and when


def prescripteur_absent(rng: random.Random, vente: Vente) -> Ecrit:
    return attrs.evolve(vente.vraie, prescripteur=""), True


def prescripteur_cle(rng: random.Random, vente: Vente) -> Ecrit:
    true = vente.prescripteur
    return attrs.evolve(vente.vraie, prescripteur=f"{true[:-1]}{(int(true[-1]) + rng.randrange(1, 10)) % 10}"), True


def prescripteur_autre(rng: random.Random, vente: Vente) -> Ecrit:
    """A number that nobody has, with the key that it would have."""
    base = f"9919{rng.randrange(10_000):04}"
    return attrs.evolve(vente.vraie, prescripteur=base + luhn(base)), False


def prescription_apres(rng: random.Random, vente: Vente) -> Ecrit:
    later = vente.date_soins + dt.timedelta(days=rng.randrange(1, 30))
    return attrs.evolve(vente.vraie, date_prescription=later), True


def ordonnance_perimee(rng: random.Random, vente: Vente) -> Ecrit:
    older = vente.date_soins - dt.timedelta(days=rng.randrange(400, 700))
    return attrs.evolve(vente.vraie, date_prescription=older), True


# --- lines


def taux(rng: random.Random, vente: Vente) -> Ecrit:
    """The rate of a line no longer gives its share."""
    at = rng.randrange(len(vente.lignes))
    ligne = vente.lignes[at]
    other = rng.choice([rate for rate in _TAUX if rate != ligne.taux])
    return attrs.evolve(vente.vraie, lignes=_with(vente.lignes, at, attrs.evolve(ligne, taux=other))), True


def acte(rng: random.Random, vente: Vente) -> Ecrit:
    at = rng.randrange(len(vente.lignes))
    return attrs.evolve(vente.vraie, lignes=_with(vente.lignes, at, attrs.evolve(vente.lignes[at], acte="ZZ9"))), True


def prix(rng: random.Random, vente: Vente) -> Ecrit:
    """Quantity times price is no longer the amount."""
    vraie, at = vente.vraie, rng.randrange(len(vente.lignes))
    return attrs.evolve(vraie, prix_affiches=_with(vraie.prix_affiches, at, vente.lignes[at].prix + 100)), True


def _with(items: Sequence[T], at: int, item: T) -> tuple[T, ...]:
    return (*items[:at], item, *items[at + 1 :])


# --- when


def soins_anciens(rng: random.Random, vente: Vente) -> Ecrit | None:
    """Care of more than two years and a quarter ago."""
    return _older(vente, rng.randrange(840, 1100))


def soins_tardifs(rng: random.Random, vente: Vente) -> Ecrit | None:
    """Care of weeks ago, where eight open days are given."""
    return _older(vente, rng.randrange(20, 60))


def _older(vente: Vente, days: int) -> Ecrit | None:
    """Date care and facture back: the lot left long after; a correction keeps the care date of what it corrects."""
    if vente.remplace is not None:
        return None
    before, vraie = dt.timedelta(days=days), vente.vraie
    return attrs.evolve(
        vraie,
        date_soins=vraie.date_soins - before,
        date_facture=vraie.date_facture - before,
        date_prescription=vraie.date_prescription - before,
    ), True
