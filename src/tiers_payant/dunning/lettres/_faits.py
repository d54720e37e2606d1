"""The only place where facts become a letter: what a `Courrier` has no field for goes no further."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from tiers_payant.domain import (
    Canal,
    Contact,
    Courrier,
    Destinataire,
    Echanges,
    Entete,
    LigneCourrier,
    MotifNirFictif,
    Part,
    PlanRelances,
    Rapprochement,
    Regles,
    Suspension,
    TypeDebiteur,
)
from tiers_payant.dunning._interets import mention_interets
from tiers_payant.dunning.lettres._passe import Contacts, Passe, key_of
from tiers_payant.dunning.lettres._secret import Secret
from tiers_payant.dunning.lettres._textes import CANAUX
from tiers_payant.errors import LetterError

__all__ = ["Faits"]

_PARTS = {
    Part.AMO: "Part obligatoire",
    Part.AMC: "Part complémentaire",
    Part.ASSURE: "Part à votre charge",
}

_ORGANISMES = {"AMO": "Caisse", "AMC": "Complémentaire"}
_CAISSE = ("régime", "caisse", "centre")
"""The parts of the number of a caisse."""


class Faits:
    """What letters are made from."""

    def __init__(
        self,
        result: Rapprochement,
        plan: PlanRelances,
        entetes: Mapping[str, Entete],
        echanges: Echanges | None = None,
        *,
        suspensions: Sequence[Suspension] = (),
        nirs_fictifs: Iterable[MotifNirFictif] | None = None,
        regles: Regles | None = None,
    ) -> None:
        _check_facts(result, plan)
        self._result, self._plan, self._entetes = result, plan, entetes
        self._contacts = Contacts(result, plan, Echanges.empty() if echanges is None else echanges)
        self._secret, self._regles = Secret(result, suspensions, nirs_fictifs, plan.today), regles
        self._annuaire: dict[str, list[Contact]] = {}
        for contact in plan.annuaire:
            self._annuaire.setdefault(_column_id(contact), []).append(contact)

    def courrier(self, row: int) -> Courrier:
        """Say what the contact of a row tells."""
        plan, told = self._plan, self._plan.relances.row(row)
        relance, kind = told["id"], TypeDebiteur(told["type"])
        scenario = plan.policy.scenario(kind)
        if scenario is None:
            raise LetterError(f"{relance}: the policy {plan.policy.nom!r} has no scenario for {kind}")
        palier = scenario.palier(told["palier"])
        rows = plan.creances_of(row).tolist()
        self._secret.check(relance, kind, rows)
        if told["officine"] not in self._entetes:
            raise LetterError(f"{relance}: no letterhead for its officine")
        before = self._contacts.about(key_of(self._result.creances.row(one)) for one in rows)
        return Courrier(
            relance=relance,
            officine=told["officine"],
            type=kind,
            palier=palier.code,
            niveau=told["niveau"],
            canal=Canal(told["canal"]),
            modele=palier.modele,
            le=plan.today,
            repondre_avant=plan.today + dt.timedelta(days=plan.policy.reponse_jours),
            entete=self._entetes[told["officine"]],
            destinataire=self._destinataire(told),
            lignes=self._lignes(row),
            principal_cents=told["cents"],
            interets_cents=told["interets_cents"],
            taux_interet=self._rate(told, before),
            indemnite_cents=told["indemnite_cents"],
            mise_en_demeure=palier.mise_en_demeure,
            precedents=tuple((passe.le, CANAUX[passe.canal]) for passe in before),
        )

    def _destinataire(self, told: Mapping[str, Any]) -> Destinataire:
        standing = [one for one in self._annuaire.get(told["contact"], ()) if one.stands_on(self._plan.today)]
        if len(standing) == 1:  # ids that a column cannot tell apart are nobody's
            one = standing[0]
            return Destinataire(
                nom=one.nom,
                civilite=one.civilite,
                service=one.service,
                adresse=one.adresse,
                email=one.email,
                telephone=one.telephone,
                portail=one.portail,
            )
        kind, _, number = told["debiteur"].partition(":")
        if told["canal"] == Canal.PORTAIL and kind in _ORGANISMES:  # it is asked of whoever manages the account
            return Destinataire(nom=f"{_ORGANISMES[kind]} {number}")
        raise LetterError(f"{told['id']}: nobody is known to write to")

    def _lignes(self, row: int) -> tuple[LigneCourrier, ...]:
        table = self._plan.creances
        first, last = np.searchsorted(table.relance, np.array((row, row + 1), dtype=table.relance.dtype)).tolist()
        return tuple(self._ligne(table.row(place)) for place in range(first, last))

    def _ligne(self, told: Mapping[str, Any]) -> LigneCourrier:
        creance = self._result.creances[told["creance"]]
        rank = int(self._result.creances.facture_rang[told["creance"]])
        day = self._result.tables.factures.date_facture[rank].item() if rank >= 0 else None
        return LigneCourrier(
            facture=creance.facture,
            date=day or creance.lot_date,
            lot=creance.lot,
            lot_date=creance.lot_date,
            part=_PARTS[creance.part],
            du_cents=creance.du_cents,
            regle_cents=creance.du_cents - creance.reste_cents,
            reste_cents=creance.reste_cents,
            echeance=told["echeance"],
            retard_jours=told["retard"],
            organisme=_organisme(creance.debiteur),
        )

    def _rate(self, told: Mapping[str, Any], before: Sequence[Passe]) -> str:
        """Return the words that interest needs: from the first summons on, at which rates."""
        if not told["interets_cents"]:
            return ""
        summons = [passe.le for passe in before if passe.mise_en_demeure]
        if not summons:
            raise LetterError(f"{told['id']}: interest without a mise en demeure before it")
        return mention_interets(min(summons), self._plan.today, self._regles).replace("'", "’")


def _check_facts(result: Rapprochement, plan: PlanRelances) -> None:
    """Refuse a plan made on other facts than *result*, whichever of its contacts shows it: none is to be trusted.

    Raises:
        LetterError: What is owed, or the sum of a contact, is not what the plan says; the contact is told.
    """
    lines, owed = plan.creances, result.creances
    known = (lines.creance >= 0) & (lines.creance < len(owed))
    rest = np.append(owed.du_cents - owed.credite_cents, 0)[np.where(known, lines.creance, -1)]
    same = known & (rest == lines.cents)
    if not same.all():
        first = plan.relances.id[lines.relance[~same].min()].decode("ascii")
        raise LetterError(f"{first}: the plan was made on other facts: what is owed is not what it says")
    sums = np.zeros(len(plan), dtype=np.int64)
    np.add.at(sums, lines.relance, lines.cents)
    wrong = np.flatnonzero(sums != plan.relances.cents)
    if len(wrong):
        raise LetterError(
            f"{plan.relances.id[wrong[0]].decode('ascii')}: what it claims is not the sum of its claims"
        )  # fmt: skip


def _organisme(debiteur: str) -> str:
    """Write who owes as an insurer knows itself; empty for a customer."""
    kind, _, number = debiteur.partition(":")
    if kind == "AMO":
        return ", ".join(f"{what} {value}" for what, value in zip(_CAISSE, number.split("-"), strict=False))
    return f"AMC {number}" if kind == "AMC" else ""


def _column_id(contact: Contact) -> str:
    """Return the id of a contact as the column of a plan holds it: ASCII."""
    return contact.id.encode("ascii", "replace").decode("ascii")
