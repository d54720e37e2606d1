"""Dates each facture of the day on which it is read."""

from __future__ import annotations

import datetime as dt

import attrs
from tests.plugins.fautifs.bon import read as sound
from tests.plugins.fautifs.bon import spoilt

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    lecture = sound(entree)
    factures = lecture.tables.factures
    changed = factures.with_columns(date_facture=[dt.date.today()] * len(factures))  # noqa: DTZ011
    return Lecture(attrs.evolve(lecture.tables, factures=changed), lecture.problems)


tiers_payant_formats = spoilt("date-du-jour", read=read)
