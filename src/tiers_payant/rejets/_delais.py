"""By when: the deadlines of whatever is still owed, and of the debts that returns tell of."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    CONTRAT_C2S,
    STILL_DUE,
    Calendrier,
    Contrat,
    Contrats,
    Echeances,
    Etat,
    Evenement,
    Horizons,
    NatureEcheance,
    NatureMouvement,
    Part,
    Rapprochement,
    Regles,
    load_contrats,
    load_regles,
)
from tiers_payant.rejets._departs import Departs
from tiers_payant.rejets._echeancier import Demande, Echeancier
from tiers_payant.rejets._promesses import Promesses

__all__ = ["deadlines"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Jours = npt.NDArray[np.datetime64]

_OPEN = (*STILL_DUE, Etat.REPRISE, Etat.REJETEE, Etat.TRAITEMENT_CAISSE, Etat.LOT_REFUSE)
_REFUSED = (Etat.REJETEE, Etat.LOT_REFUSE)
_TRANSMISSION = "transmission_fse_tiers_payant"
_PRESCRIPTIONS_AMC = ("prescription_mutuelle", "prescription_assureur", "prescription_institution_prevoyance")
_NATURES = {
    b"10": (("forclusion_maladie",), ""),
    b"13": (("forclusion_maladie",), ""),
    b"90": (("forclusion_maladie",), ""),
    b"30": (("forclusion_maladie", "forclusion_maternite"), "CONSTAT_INCONNU"),
    b"41": (("forclusion_at_mp",), ""),
}
"""What bars a claim on the AMO, by nature of insurance (B2); the one that ends first, and what is supposed."""
_ANY_NATURE = (("forclusion_maladie", "forclusion_at_mp"), "NATURE_INCONNUE")


def deadlines(
    result: Rapprochement,
    *,
    today: dt.date,
    regles: Regles | None = None,
    calendrier: Calendrier | None = None,
    contrats: Contrats | None = None,
    horizons: Horizons | None = None,
) -> Echeances:
    """Count down every deadline of what insurers still owe, and of the debts that returns tell of.

    For each créance of an insurer on which something is still owed: that its form was sent late; the delay of a new
    sending, once refused; the insurer's delay of payment, while it is awaited; the forclusion of the claim. What is
    paid, billed again elsewhere or the patient's has none. A deadline that cannot be told stays, at the level
    `INCONNUE`; what was supposed is in `doute`.

    Args:
        result: A reconciliation.
        today: The day to count from.
        regles: The rules; those of the library when not given.
        calendrier: The business calendar of the officine; that of metropolitan France when not given.
        contrats: What payers promised; those of the library when not given.
        horizons: How long before its last day a deadline is near, or urgent.

    Raises:
        UnknownRuleError: *regles* or *contrats* name a rule that is not there, or that is no delay.
    """
    echeancier = Echeancier(
        today=today,
        regles=regles or load_regles(),
        calendrier=calendrier or Calendrier(),
        horizons=horizons or Horizons(),
    )
    suivi = _Suivi(result=result, departs=Departs(result), promesses=Promesses(result, contrats or load_contrats()))
    found = Echeances.concat([echeancier.count(asked, suivi.departs.of, "creance") for asked in suivi.demandes()])
    ordered = found.take(np.argsort(found.creance.astype(np.int64) * len(NatureEcheance) + found.nature, kind="stable"))
    indus = echeancier.count(_indus(result), lambda event: _notified(result, event), "mouvement")
    return Echeances.concat([ordered, indus]) if len(indus) else ordered


@attrs.frozen(kw_only=True, eq=False)
class _Suivi:
    """The créances of one result, sorted by what is awaited of them."""

    result: Rapprochement
    departs: Departs
    promesses: Promesses

    @cached_property
    def rest(self) -> Rows:
        """What is still owed, in cents."""
        creances = self.result.creances
        rest: Rows = np.maximum(creances.du_cents - creances.credite_cents, 0)
        return rest

    def demandes(self) -> Iterator[Demande]:
        creances = self.result.creances
        owed = np.isin(creances.etat, _OPEN) & (creances.part != Part.ASSURE) & (self.rest > 0)
        yield from self._envois(np.flatnonzero(owed & self.promesses.by_amo))
        yield from self._paiements(np.flatnonzero(owed & np.isin(creances.etat, STILL_DUE)))
        yield from self._forclusions(np.flatnonzero(owed))

    def _envois(self, rows: Rows) -> Iterator[Demande]:
        """What was sent late, and what is to be sent again."""
        refused = np.isin(self.result.creances.etat[rows], _REFUSED)
        yield self._asked(NatureEcheance.RENVOI, rows[refused], (_TRANSMISSION,), "RENVOI_SANS_DELAI")
        sent = rows[~refused]
        known = self.departs.is_completed_known[sent]
        for some, doute in ((sent[known], "ELECTRONIQUE_SUPPOSEE"), (sent[~known], "DATE_DE_SOINS")):
            asked = self._asked(NatureEcheance.ENVOI, some, (_TRANSMISSION,), doute)
            yield attrs.evolve(asked, constat=self.result.creances.lot_date[some])

    def _paiements(self, rows: Rows) -> Iterator[Demande]:
        """What contracts promise; else what the law gives the AMO. Nothing is known of an AMC without contract."""
        left = np.zeros(len(self.rest), dtype=np.bool_)
        left[rows[self.promesses.by_amo[rows]]] = True
        for contrat, bound in self.promesses.bound(rows, "paiement"):
            left[bound] = False
            doute = "CONTRAT_SUPPOSE" if contrat.suppose else ""
            yield self._asked(NatureEcheance.PAIEMENT, bound, (contrat.paiement,), doute, contrat)
        of_amo = np.flatnonzero(left)
        c2s = self._of_facture("contrat")[of_amo] == CONTRAT_C2S.encode()
        told = ~np.isnat(self.departs.of(Evenement.ARL)) if c2s.any() else left
        arl = c2s & told[of_amo]
        for some, code, doute in (
            (of_amo[arl], "paiement_c2s_fse", "ELECTRONIQUE_SUPPOSEE"),
            (of_amo[c2s & ~arl], "paiement_amo", "ARL_INCONNU"),
            (of_amo[~c2s], "paiement_amo", "SECURISEE_SUPPOSEE"),
        ):
            yield self._asked(NatureEcheance.PAIEMENT, some, (code,), doute)

    def _forclusions(self, rows: Rows) -> Iterator[Demande]:
        """What contracts say; else, for the AMO, by nature of insurance; for an AMC, whatever kind of insurer it is."""
        left = np.zeros(len(self.rest), dtype=np.bool_)
        left[rows] = True
        for contrat, bound in self.promesses.bound(rows, "forclusion"):
            left[bound] = False
            yield self._asked(NatureEcheance.FORCLUSION, bound, (contrat.forclusion,), "", contrat)
        of_amc = np.flatnonzero(left & ~self.promesses.by_amo)
        yield self._asked(NatureEcheance.FORCLUSION, of_amc, _PRESCRIPTIONS_AMC, "NATURE_AMC_INCONNUE")
        of_amo = np.flatnonzero(left & self.promesses.by_amo)
        natures = self._of_facture("nature_assurance")[of_amo]
        for nature, (codes, doute) in _NATURES.items():
            yield self._asked(NatureEcheance.FORCLUSION, of_amo[natures == nature], codes, doute)
        others = of_amo[~np.isin(natures, list(_NATURES))]
        yield self._asked(NatureEcheance.FORCLUSION, others, *_ANY_NATURE)

    def _asked(
        self, nature: NatureEcheance, rows: Rows, codes: tuple[str, ...], doute: str, contrat: Contrat | None = None
    ) -> Demande:
        return Demande(nature=nature, rangs=rows, codes=codes, cents=self.rest[rows], doute=doute, contrat=contrat)

    def _of_facture(self, column: str) -> npt.NDArray[np.bytes_]:
        """Return a column of factures for each créance; empty for a créance without facture."""
        texts: npt.NDArray[np.bytes_] = getattr(self.result.tables.factures, column)
        return np.append(texts, b"")[self.result.creances.facture_rang]


def _indus(result: Rapprochement) -> Demande:
    """The debts that returns tell of, less those that withholdings of the same reference paid off."""
    moves = result.tables.mouvements
    told = np.flatnonzero(moves.nature == NatureMouvement.INDU)
    debts = np.abs(np.where(moves.solde_cents != 0, moves.solde_cents, moves.montant_cents))[told]
    held = np.flatnonzero((moves.nature == NatureMouvement.RETENUE) & (moves.reference != b""))
    withheld: Counter[tuple[bytes, bytes]] = Counter()
    for row in held.tolist():
        withheld[moves.officine[row], moves.reference[row]] -= int(moves.montant_cents[row])
    pairs = zip(moves.officine[told].tolist(), moves.reference[told].tolist(), strict=True)
    paid = np.array([withheld[pair] for pair in pairs], dtype=np.int64)
    left = (paid <= 0) | (paid < debts)
    return Demande(
        nature=NatureEcheance.INDU,
        rangs=told[left],
        codes=("indu_reponse",),
        cents=debts[left],
        doute="NOTIFICATION_SUPPOSEE",
    )


def _notified(result: Rapprochement, event: Evenement | None) -> Jours:
    """Return, for each movement, the day of the return that tells of it, which stands for its notification."""
    tables = result.tables
    none = np.datetime64("NaT", "D")
    if event is not Evenement.NOTIFICATION:
        return np.full(len(tables.mouvements), none)
    of_return = np.append(tables.retours.date, none)[tables.mouvements.retour]
    of_group = np.append(tables.groupes.date, none)[tables.mouvements.groupe]
    found: Jours = np.where(np.isnat(of_return), of_group, of_return)
    return found
