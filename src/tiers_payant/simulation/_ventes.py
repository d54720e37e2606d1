"""What happens at the counter: dispensings, day by day, and the shares that each bills."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence

import attrs

from ._catalogue import CONTRAT_FERME, MUTUELLES, Panier
from ._jours import days, next_open
from ._monde import AMC, AMO, LigneVendue, Officine, Patient, ReponseRecue, Vente

__all__ = ["Comptoir", "correct", "spread"]

# A Saturday sells less than a Monday.
_POIDS_JOUR = (1.15, 1.0, 1.0, 0.95, 1.1, 0.8, 0.0)

_SANS_TIERS_PAYANT = 0.02
_AMC_A_PART = 0.05
_AMC_NON_FACTUREE = 0.05
_LENDEMAIN = 0.1
"""Chance that what is dispensed on an open day leaves only with the next day's lots."""


def spread(count: int, first: dt.date, last: dt.date) -> list[tuple[dt.date, int]]:
    """Share *count* dispensings among the days from *first* to *last*, as busy as weekdays are."""
    span = list(days(first, last))
    weights = [_POIDS_JOUR[day.weekday()] for day in span]
    total, done, run = sum(weights), 0, 0.0
    shares = []
    for day, weight in zip(span, weights, strict=True):
        run += weight
        upto = round(count * run / total)
        shares.append((day, upto - done))
        done = upto
    return shares


@attrs.frozen(kw_only=True, eq=False)
class Comptoir:
    """The counter of one officine."""

    officine: Officine
    patients: Sequence[Patient]
    prescripteurs: Sequence[str]
    panier: Panier

    def sell(self, rng: random.Random, day: dt.date, count: int) -> Iterator[tuple[dt.date, Vente]]:
        """Yield *count* dispensings of *day*, each with the day that it is sent."""
        for _ in range(count):
            sent = next_open(day + dt.timedelta(days=1) if rng.random() < _LENDEMAIN else day)
            yield sent, self._vente(rng, day)

    def _vente(self, rng: random.Random, day: dt.date) -> Vente:
        patient = rng.choice(self.patients)
        lines = self.panier.draw(rng, patient)
        return Vente(
            officine=self.officine,
            patient=patient,
            numero="",
            date_soins=day,
            date_facture=day,
            prescripteur=rng.choice(self.prescripteurs),
            date_prescription=day - dt.timedelta(days=rng.choice((0, 0, 1, 2, 7, 30, 60))),
            paiement=_paiement(rng, patient, lines),
            lignes=lines,
        )


def _paiement(rng: random.Random, patient: Patient, lines: Sequence[LigneVendue]) -> str:
    draw = rng.random()
    if draw < _SANS_TIERS_PAYANT:
        return "00"
    if not sum(line.amc for line in lines):
        return "05"
    if patient.c2s or patient.caisse.separe:
        return "15"
    if draw < _SANS_TIERS_PAYANT + _AMC_A_PART:
        return "25"
    return "05" if draw < _SANS_TIERS_PAYANT + _AMC_A_PART + _AMC_NON_FACTUREE else "15"


def correct(rng: random.Random, refus: Sequence[ReponseRecue], day: dt.date, *, autre_montant: bool) -> Vente:
    """Return the facture that bills the refused shares again, under a number of its own."""
    old = refus[0].vente
    parts = {reponse.part for reponse in refus}
    new = attrs.evolve(
        old,
        numero="",
        date_facture=day,
        patient=_new_cover(rng, old.patient) if refus[0].cause == CONTRAT_FERME else old.patient,
        paiement="15" if parts == {AMO, AMC} else "05" if parts == {AMO} else "25",
        lot=None,
        remplace=old,
        remplacantes={},
        reponses=[],
    )
    if autre_montant:
        cut = old.lignes[:-1]
        changed = attrs.evolve(new, lignes=cut, remplacantes={}, reponses=[])
        if set(changed.parts()) == parts and any(changed.montant(part) != old.montant(part) for part in parts):
            return changed
    return new


def _new_cover(rng: random.Random, patient: Patient) -> Patient:
    others = [each for each in MUTUELLES if each is not patient.mutuelle]
    return attrs.evolve(patient, mutuelle=rng.choice(others)) if rng.random() < 0.5 else patient
