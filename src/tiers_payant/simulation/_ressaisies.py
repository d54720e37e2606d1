"""Factures that an insurer types in anew: their key is no longer ours, all the rest is.

Nothing public says how often: the rates are choices, and the forms are those that a typist makes.
"""

from __future__ import annotations

import datetime as dt
import random

import attrs

from ._monde import CleEcrite, Ressaisie, Retour, Vente
from ._taux import Taux

__all__ = ["draw_key", "keep_apart"]

_ABSENT = 0.5
"""Of what is lost, what is left out; the rest is written otherwise."""
_OWN_NUMBERS = (800_000_000, 899_999_999)
"""The insurer's own numbers; ours have four digits that count."""


def draw_key(rng: random.Random, taux: Taux, vente: Vente, *, dated: bool) -> CleEcrite | None:
    """Draw the key that the answers to *vente* will bear, None for its own.

    Args:
        rng: Where chance comes from.
        taux: The rates.
        vente: Sent, numbered, in its lot.
        dated: The return cannot leave out the date of a lot.
    """
    if vente.lot is None:
        raise ValueError("a facture that was never sent is not answered")
    draw, lot = rng.random(), vente.lot
    own = CleEcrite(perdu=Ressaisie.DATE, lot_date=lot.date, lot=lot.numero, facture=vente.numero)
    if draw < taux.dates_ressaisies:
        return attrs.evolve(own, lot_date=_other_date(rng, lot.date, dated=dated))
    draw -= taux.dates_ressaisies
    if draw < taux.numeros_ressaisis:
        lost = _other_date(rng, lot.date, dated=dated) if rng.random() < _ABSENT else lot.date
        numero = "" if rng.random() < _ABSENT else _own_number(rng)
        return attrs.evolve(own, perdu=Ressaisie.NUMERO, lot_date=lost, facture=numero)
    draw -= taux.numeros_ressaisis
    swapped = _swapped(rng, vente.numero)
    if draw < taux.numeros_permutes and swapped != vente.numero:
        return attrs.evolve(own, perdu=Ressaisie.PERMUTATION, facture=swapped)
    return None


def _other_date(rng: random.Random, day: dt.date, *, dated: bool) -> dt.date | None:
    absent, shift = rng.random() < _ABSENT, rng.choice((-3, -2, -1, 1, 2, 3, 30))
    return None if absent and not dated else day + dt.timedelta(days=shift)


def _own_number(rng: random.Random) -> str:
    return f"{rng.randint(*_OWN_NUMBERS):09}"


def _swapped(rng: random.Random, numero: str) -> str:
    """Swap two digits that stand side by side, among the last four."""
    at = len(numero) - rng.randrange(2, 5)
    return numero[:at] + numero[at + 1] + numero[at] + numero[at + 2 :]


def keep_apart(retour: Retour) -> None:
    """Let no two factures of one return bear one key: a return tells of each facture in a place of its own.

    A second facture without number, or whose number became that of a neighbour, is answered under its own key.
    """
    holders: dict[tuple[object, ...], Vente] = {}
    for reponse in sorted(retour.reponses, key=lambda each: each.cle is not None):
        vente, cle = reponse.vente, reponse.cle
        written = _own_key(vente) if cle is None else (cle.lot_date, cle.lot, cle.facture)
        if holders.setdefault(written, vente) is not vente:
            reponse.cle = None
            holders[_own_key(vente)] = vente


def _own_key(vente: Vente) -> tuple[object, ...]:
    return (
        None if vente.lot is None else vente.lot.date,
        None if vente.lot is None else vente.lot.numero,
        vente.numero,
    )
