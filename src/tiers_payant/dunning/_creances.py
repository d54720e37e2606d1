"""What is still owed, in columns: one entry a claim, with its debtor, its échéance and the day it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Calendrier,
    Creances,
    Echeances,
    Etat,
    NatureEcheance,
    Part,
    Rapprochement,
    Regles,
    TypeDebiteur,
    rule_days,
)
from tiers_payant.dunning._cibles import facture_days
from tiers_payant.dunning._debiteurs import GENRES, Debiteurs, debtors_of
from tiers_payant.dunning._jours import INCONNU, Jours
from tiers_payant.dunning._repertoire import Repertoire
from tiers_payant.dunning._termes import announced_days, deadline_of

__all__ = ["ATTENDUES", "CLE", "Dues", "Reprise", "dues_of", "lost_days", "open_rows"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

_CLOSES = (Etat.RETRANSMISE, Etat.CREDITEE, Etat.REGLEE_COMPTOIR)
ATTENDUES = (Etat.NON_REPONDUE, Etat.PARTIELLE, Etat.ANNONCEE, Etat.DIFFEREE)
"""States in which the debtor is awaited; in the others the officine acts, or the insurer works on it."""
CLE = ("officine", "lot_date", "lot", "facture", "part")
"""What a claim is known by."""
_AVANCE = 7
"""Calendar days by which a transfer may come before the day that its return announces; a choice, beyond what was seen
(one open day)."""
_PROFESSIONNEL = GENRES.index(TypeDebiteur.PROFESSIONNEL)


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Dues:
    """The claims on which something is still owed; every array has one entry for each."""

    creances: Creances = attrs.field(repr=False)
    """All those of the result."""
    rangs: Rows
    """Rows of `creances`, increasing."""
    reste: Rows
    """Cents."""
    part: Codes
    etat: Codes
    lot_date: Jours
    facture_rang: npt.NDArray[np.int32]
    debiteurs: Debiteurs
    officine: Rows
    """Place of its officine in `officines`."""
    officines: npt.NDArray[np.bytes_]
    echeance: Jours
    """Last day on which it could be paid in time; `NaT` when not known, or when the debtor is not awaited."""
    perdue: Jours
    """Last day on which an insurer can be asked for it; `NaT` when not known, and for patients: see `lost_days`."""
    exigible: Jours
    """Day from which a patient owes it; `NaT` for insurers."""
    annoncee: Jours
    """Last day on which a transfer that did not come was announced for it; `NaT` when none is awaited."""
    payable: Jours
    """First day on which an insurer's money may pay it: that of its lot, or that of its announcement."""
    index: Repertoire | None = attrs.field(default=None, repr=False)
    """`par_cle`, where it is known already; rows on which nothing is owed any more may be in it."""

    def __len__(self) -> int:
        return len(self.rangs)

    @property
    def debiteur(self) -> Rows:
        """Number of its debtor."""
        return self.debiteurs.de

    @property
    def patient(self) -> Mask:
        """Whether it is the share of a patient."""
        found: Mask = self.part == Part.ASSURE
        return found

    @cached_property
    def annoncees(self) -> Rows:
        """The claims for which a transfer was announced, and did not come."""
        return np.flatnonzero(~np.isnat(self.annoncee))

    @cached_property
    def par_cle(self) -> Repertoire:
        """Rows of `creances` by `CLE`, those of the claims at least; no two share one.

        Of factures told twice under a key, reading keeps one.
        """
        return self.index or Repertoire.of([getattr(self.creances, name) for name in CLE], self.rangs)

    @cached_property
    def places(self) -> Rows:
        """For each row of `creances`, its claim; -1 when nothing is owed of it."""
        found = np.full(len(self.creances), -1, dtype=np.int64)
        found[self.rangs] = np.arange(len(self.rangs))
        return found

    def find(self, columns: Sequence[npt.NDArray[Any]]) -> Rows:
        """Return the claim of each of these keys, columns as `CLE`; -1 for none."""
        found, index = self.par_cle.find(columns), self.par_cle
        return np.where(found >= 0, self.places[index.rows[found]], -1) if len(index.rows) else found

    def cles(self, claims: Rows) -> list[npt.NDArray[Any]]:
        """Return the columns of `CLE` of these claims."""
        return [getattr(self.creances, name)[self.rangs[claims]] for name in CLE]


@attrs.frozen(eq=False)
class Reprise:
    """What is known of the claims of a result that follows another."""

    rangs: Rows
    """Rows of `creances`: what `open_rows` gives."""
    debiteurs: Debiteurs
    index: Repertoire
    """`Dues.par_cle`."""


def open_rows(result: Rapprochement) -> Rows:
    """Return the rows of `creances` on which something is still owed."""
    creances = result.creances
    owed = creances.du_cents > creances.credite_cents
    for etat in _CLOSES:
        owed &= creances.etat != etat
    return np.flatnonzero(owed)


def dues_of(result: Rapprochement, echeances: Echeances, known: Reprise | None = None) -> Dues:
    """Return what is still owed of *result*, with its deadlines; *known* is what needs not be sought again."""
    creances = result.creances
    rows = open_rows(result) if known is None else known.rangs
    debtors = debtors_of(result, rows) if known is None else known.debiteurs
    officines, of_debtor = debtors.table.par_officine
    awaited = deadline_of(echeances, NatureEcheance.PAIEMENT, len(creances), last=True)
    announced = announced_days(result)
    lost = deadline_of(echeances, NatureEcheance.FORCLUSION, len(creances), last=False)
    awaited, lost, first, last = (days[rows] for days in (awaited, lost, *announced))
    told = np.flatnonzero(~np.isnat(last))
    awaited[told] = np.maximum(awaited[told], last[told])
    payable = creances.lot_date[rows]
    payable[told] = first[told] - _AVANCE
    invoiced = np.full(len(rows), INCONNU)
    patients = np.flatnonzero(creances.part[rows] == Part.ASSURE)
    invoiced[patients] = facture_days(result, rows[patients])
    awaited[patients], lost[patients] = invoiced[patients], INCONNU
    return Dues(
        creances=creances,
        rangs=rows,
        reste=creances.du_cents[rows] - creances.credite_cents[rows],
        part=creances.part[rows],
        etat=creances.etat[rows],
        lot_date=creances.lot_date[rows],
        facture_rang=creances.facture_rang[rows],
        debiteurs=debtors,
        officine=of_debtor[debtors.de],
        officines=officines,
        echeance=awaited,
        perdue=lost,
        exigible=invoiced,
        annoncee=last,
        payable=payable,
        index=None if known is None else known.index,
    )


def lost_days(dues: Dues, genres: Codes, regles: Regles, calendrier: Calendrier) -> Jours:
    """Return the last day on which each claim can still be asked for; `NaT` when not known.

    Args:
        dues: The claims.
        genres: For each, its place in `GENRES`.
        regles: `prescription_patient`, `prescription_client_professionnel`.
        calendrier: For the delays that open days end.
    """
    found = dues.perdue.copy()
    for code, rows in (
        ("prescription_patient", dues.patient & (genres != _PROFESSIONNEL)),
        ("prescription_client_professionnel", dues.patient & (genres == _PROFESSIONNEL)),
    ):
        if rows.any():
            found[rows] = rule_days(regles.regle(code), dues.exigible[rows], calendrier)
    return found
