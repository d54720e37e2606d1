"""What is still owed, in columns: one entry a claim, with its debtor, its échéance and the day it is lost."""

from __future__ import annotations

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

__all__ = ["ATTENDUES", "CLE", "Dues", "announced_days", "dues_of", "lost_days", "open_rows"]

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
    """`par_cle`, where it is known already."""

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
    def par_cle(self) -> Repertoire:
        """The claims by `CLE`; no two share one: of factures told twice under a key, reading keeps one."""
        return self.index or Repertoire.of(self.cles)

    @property
    def cles(self) -> list[npt.NDArray[Any]]:
        """The columns of `CLE`."""
        return [getattr(self.creances, name)[self.rangs] for name in CLE]


def open_rows(result: Rapprochement) -> Rows:
    """Return the rows of `creances` on which something is still owed."""
    creances = result.creances
    owed = creances.du_cents > creances.credite_cents
    for etat in _CLOSES:
        owed &= creances.etat != etat
    return np.flatnonzero(owed)


def dues_of(
    result: Rapprochement, echeances: Echeances, debtors: Debiteurs | None = None, index: Repertoire | None = None
) -> Dues:
    """Return what is still owed of *result*, with its deadlines; *debtors* and *index* when they are known already."""
    creances = result.creances
    rows = open_rows(result)
    debtors = debtors_of(result, rows) if debtors is None else debtors
    officines, of_debtor = np.unique(debtors.officines, return_inverse=True)
    awaited = _deadline(echeances, NatureEcheance.PAIEMENT, len(creances), last=True)
    announced = announced_days(result)
    awaited = np.where(np.isnat(awaited), awaited, np.fmax(awaited, announced[1]))[rows]
    lost = _deadline(echeances, NatureEcheance.FORCLUSION, len(creances), last=False)
    patient = creances.part[rows] == Part.ASSURE
    invoiced = np.where(patient, facture_days(result, rows), INCONNU)
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
        echeance=np.where(patient, invoiced, awaited),
        perdue=np.where(patient, INCONNU, lost[rows]),
        exigible=invoiced,
        annoncee=announced[1][rows],
        payable=np.where(np.isnat(announced[0][rows]), creances.lot_date[rows], announced[0][rows] - _AVANCE),
        index=index,
    )


def announced_days(result: Rapprochement) -> tuple[Jours, Jours]:
    """Return the first and the last day on which a transfer that is not credited was announced for each créance.

    Who announces a transfer has until then to make it: the claim is not late before.
    """
    tables, links = result.tables, result.liens_reponses
    rows = np.flatnonzero((links.cents > 0) & ~result.reponses_versees[links.reponse])
    answers = links.reponse[rows]
    of_group = np.append(tables.groupes.date, INCONNU)[tables.reponses.groupe[answers]]
    of_return = np.append(tables.retours.date, INCONNU)[tables.reponses.retour[answers]]
    first, last = np.full((2, len(result.creances)), INCONNU)
    np.fmin.at(first, links.creance[rows], np.fmin(of_group, of_return))
    np.fmax.at(last, links.creance[rows], np.fmax(of_group, of_return))
    waits = result.creances.etat == Etat.ANNONCEE
    return np.where(waits, first, INCONNU), np.where(waits, last, INCONNU)


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


def _deadline(echeances: Echeances, nature: NatureEcheance, length: int, *, last: bool) -> Jours:
    """Return a deadline of each créance; of several, the last to be paid by, the first to be lost after."""
    rows = np.flatnonzero((echeances.nature == nature) & (echeances.creance >= 0))
    found = np.full(length, INCONNU)
    unknown = echeances.creance[rows[np.isnat(echeances.le[rows])]]
    claims = echeances.creance[rows]
    if (claims[1:] > claims[:-1]).all():  # one for each, as they mostly are
        found[claims] = echeances.le[rows]
    else:
        (np.fmax if last else np.fmin).at(found, claims, echeances.le[rows])
    found[unknown] = INCONNU
    return found
