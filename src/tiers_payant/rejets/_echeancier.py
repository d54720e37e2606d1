"""From what must happen to deadlines: the days of the rules, the countdown, the level."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    UNITES_DE_COMPTE,
    Calendrier,
    Confiance,
    Contrat,
    Echeances,
    Evenement,
    Horizons,
    NatureEcheance,
    Regles,
    VersionRegle,
    days_between,
    last_days,
)

__all__ = ["Demande", "Echeancier"]

Rows = npt.NDArray[np.int64]
Jours = npt.NDArray[np.datetime64]

_INFERENCES = frozenset(
    {"CONSTAT_INCONNU", "NATURE_AMC_INCONNUE", "NATURE_INCONNUE", "NOTIFICATION_SUPPOSEE", "RENVOI_SANS_DELAI"}
)
"""What is supposed of the delay itself: it is then no better known than an inference."""


@attrs.frozen(kw_only=True, eq=False)
class Demande:
    """Some rows that one delay is about."""

    nature: NatureEcheance
    rangs: Rows
    codes: tuple[str, ...]
    """Rules: the one that ends first is kept, the first named when two end together."""
    cents: Rows
    """At stake, one per row."""
    doute: str = ""
    contrat: Contrat | None = None
    constat: Jours | None = None
    """For what is done already, the day it was, one per row: only what was late, or cannot be told, is then kept."""


@attrs.frozen(kw_only=True, eq=False)
class _Compte:
    """The delays of some rows, by one version of a rule."""

    version: VersionRegle
    departs: Jours
    les: Jours


@attrs.frozen(kw_only=True, eq=False)
class Echeancier:
    """What deadlines are counted with."""

    today: dt.date
    regles: Regles
    calendrier: Calendrier
    horizons: Horizons

    def count(self, demande: Demande, depart: Callable[[Evenement | None], Jours], column: str) -> Echeances:
        """Count the deadlines of *demande*, one per row.

        Args:
            demande: What must happen.
            depart: Gives the days of an event, one per row of the table that *column* points to.
            column: `creance` or `mouvement`.

        Raises:
            UnknownRuleError: No rule of that code, or it is no delay.
        """
        comptes = [
            _Compte(version=version, departs=days, les=last_days(version, days, self.calendrier))
            for code in demande.codes
            for version in reversed(self.regles.regle(code).versions)
            for days in [depart(version.depart)[demande.rangs]]
        ]
        kept = _first_to_end(comptes)
        tables = [self._told(demande, comptes[rank], np.flatnonzero(kept == rank), column) for rank in np.unique(kept)]
        return tables[0] if len(tables) == 1 else Echeances.concat(tables)

    def _told(self, demande: Demande, compte: _Compte, rows: Rows, column: str) -> Echeances:
        """Tell the rows of *demande* that one version decides."""
        version, unite = compte.version, UNITES_DE_COMPTE[compte.version.unite]
        today = np.broadcast_to(np.datetime64(self.today, "D"), len(rows))
        since = today if demande.constat is None else demande.constat[rows]
        jours, known = days_between(since, compte.les[rows], unite, self.calendrier)
        if demande.constat is not None:
            late = ~known | (jours < 0)
            rows, since, jours, known = rows[late], since[late], jours[late], known[late]
        departs = compte.departs[rows]
        natures = np.full(len(rows), demande.nature, dtype=np.int8)
        unknown = [np.isnat(departs), np.isnat(since), ~known]
        doutes = np.select(unknown, [b"DEPART_INCONNU", b"ENVOI_INCONNU", b"HORS_CALENDRIER"], demande.doute.encode())
        return Echeances.of(
            len(rows),
            **{column: demande.rangs[rows].astype(np.int32), _OTHER[column]: np.full(len(rows), -1, dtype=np.int32)},
            nature=natures,
            regle=np.full(len(rows), version.code.encode()),
            contrat=np.full(len(rows), demande.contrat.id.encode() if demande.contrat else b""),
            depart=departs,
            le=compte.les[rows],
            jours=jours,
            unite=np.full(len(rows), unite.value.encode()),
            niveau=self.horizons.levels(natures, jours, known),
            cents=demande.cents[rows],
            confiance=np.full(len(rows), _least_sure(version, demande).value.encode()),
            doute=doutes,
        )


_OTHER = {"creance": "mouvement", "mouvement": "creance"}


def _least_sure(version: VersionRegle, demande: Demande) -> Confiance:
    known = [version.confiance_globale, *([demande.contrat.confiance] if demande.contrat else [])]
    if demande.doute in _INFERENCES:
        return Confiance.BASSE
    return max(known, key=lambda confiance: confiance.rang)


def _first_to_end(comptes: list[_Compte]) -> Rows:
    """For each row, the rank of the count that ends first; that of the first, where none ends on a known day."""
    kept = np.zeros(len(comptes[0].les), dtype=np.int64)
    earliest = comptes[0].les
    for rank, compte in enumerate(comptes[1:], 1):
        sooner = ~np.isnat(compte.les) & (np.isnat(earliest) | (compte.les < earliest))
        kept, earliest = np.where(sooner, rank, kept), np.where(sooner, compte.les, earliest)
    return kept
