"""Days of a facture: known, not to come, and within the delay to send it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Calendrier, CheckSpec, Confiance, Examen, Famille, Severite, deadline, regle
from tiers_payant.errors import CalendarError, UnknownRuleError
from tiers_payant.rejets.controle._colonnes import Mask, rows_of

__all__ = ["CONTROLES"]

_DELAI = "transmission_fse_tiers_payant"
_NEVER = np.datetime64("NaT")

Days = npt.NDArray[np.datetime64]


def _last_care(examen: Examen) -> Days:
    """Return the last dispensing day of each facture, of its lines or, without any, of itself."""
    lines, factures = examen.tables.lignes, examen.tables.factures
    held = lines.facture_rang >= 0
    # An unknown day is the least of whole numbers, as wanted.
    latest = factures.date_soins.astype("datetime64[D]").astype(np.int64)
    np.maximum.at(latest, lines.facture_rang[held], lines.date_soins[held].astype("datetime64[D]").astype(np.int64))
    return latest.astype("datetime64[D]")


def _late(examen: Examen) -> Mask:
    """Tell what leaves after the delay, which runs from the later of billing and last delivery (R161-42, 10°)."""
    complete = np.fmax(examen.tables.factures.date_facture, _last_care(examen))
    days, which = np.unique(complete, return_inverse=True)
    lasts = np.array([_last_day(day, examen.calendrier) for day in days.tolist()], dtype="datetime64[D]")
    return examen.envoi > lasts[which] if len(days) else np.zeros(0, dtype=np.bool_)


def _last_day(day: dt.date | int | None, calendrier: Calendrier) -> dt.date | np.datetime64:
    """Return the last day to send what was complete on *day*; none for a day that no rule or calendar covers."""
    if not isinstance(day, dt.date):  # beyond the years of Python, numpy gives a number
        return _NEVER
    try:
        return deadline(regle(_DELAI).on(day), day, calendrier).le
    except (CalendarError, UnknownRuleError):
        return _NEVER


def _undated(examen: Examen) -> Mask:
    return np.isnat(_last_care(examen))


def _to_come(examen: Examen) -> Mask:
    factures = examen.tables.factures
    sent = examen.envoi
    return (factures.date_facture > sent) | (factures.date_prescription > sent) | (_last_care(examen) > sent)


def _lot_to_come(examen: Examen) -> Mask:
    return examen.tables.factures.lot_date > np.datetime64(examen.today)


CONTROLES = (
    CheckSpec(
        name="soins_sans_date",
        phrase="Aucune date de délivrance n'est connue : la compléter.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.TECHNIQUE,
        champ="date_soins",
        examine=rows_of(_undated),
        source="B2 type 4, champ obligatoire (SV)",
        confiance=Confiance.HAUTE,
    ),
    CheckSpec(
        name="date_future",
        phrase="Une date de la facture, de l'ordonnance ou des soins est à venir : la corriger.",
        severite=Severite.BLOQUANT,
        famille=Famille.TECHNIQUE,
        champ="date_facture",
        examine=rows_of(_to_come),
        source="inférence : ce qui n'a pas eu lieu n'est pas dû",
    ),
    CheckSpec(
        name="lot_futur",
        phrase="Le lot est daté d'un jour à venir : l'envoyer ce jour-là, ou corriger sa date.",
        severite=Severite.BLOQUANT,
        famille=Famille.TECHNIQUE,
        champ="lot_date",
        examine=rows_of(_lot_to_come),
        source="lot transmis avant sa date : cause d'ARL négatif (aide en ligne d'un logiciel)",
    ),
    CheckSpec(
        name="retard_transmission",
        phrase="Plus de 8 jours ouvrés depuis la délivrance : envoyer aujourd'hui, sans attendre d'autres factures.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.FORCLUSION,
        champ="date_facture",
        examine=rows_of(_late),
        source="CSS R161-47 I 1° b et R161-42 10° (règle transmission_fse_tiers_payant)",
        confiance=Confiance.HAUTE,
        reserve="Le retard n'ôte pas le droit au paiement, hors fraude (Cass. civ. 2, 8/10/2015, 14-20.252).",
    ),
)
