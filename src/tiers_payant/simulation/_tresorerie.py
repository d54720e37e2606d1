"""The bank account of one officine: which line pays which transfer, when, and under what label."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Sequence

from ._banque import divers, libelle_virement, nom_coupe
from ._jours import days, is_open, next_open, open_days_after
from ._monde import AMO, Groupe, LigneBancaire, Mouvement, Nature, Officine, Payeur, Releve, ReponseRecue, Versement
from ._taux import Taux

__all__ = ["PARTS_PAR_FACTURE", "Tresorerie"]

PARTS_PAR_FACTURE = 1.6
"""Shares billed by a facture, on average."""

_RECU, _EMIS = "05", "06"
# Open days from the announcement to the credit: a caisse pays on the next day (three public labels), a platform about
# as fast, and now and then the money comes the day before the date that the return gives.
_DELAI_AMO = ((0, 1, 2, 3), (10, 75, 10, 5))
_DELAI_AMC = ((-1, 0, 1, 2, 4), (2, 30, 50, 13, 5))
_SEMAINE = 7
_PLANCHER_RETENUE = 1000
"""Cents below which nothing is withheld of a transfer."""


class Tresorerie:
    """The lines of one account up to the cut-off."""

    def __init__(
        self, officine: Officine, taux: Taux, coupure: dt.date, rng: random.Random, accidents: Counter[str]
    ) -> None:
        self.officine, self.taux, self.coupure, self.rng, self.accidents = officine, taux, coupure, rng, accidents
        self.lignes: list[LigneBancaire] = []

    @staticmethod
    def is_credited(reponse: ReponseRecue, day: dt.date) -> bool:
        """Tell whether the bank has shown what *reponse* announced, on *day* at the latest."""
        versements = [] if reponse.groupe is None else reponse.groupe.versements
        return any(
            paid.ligne is not None and paid.ligne.date <= day and any(each is reponse for each in paid.reponses)
            for paid in versements
        )

    def loses_return(self) -> bool:
        """Draw whether a transfer's return never comes."""
        return self.rng.random() < self.taux.sans_retour

    def settle(self, groupes: Sequence[Groupe], told: Sequence[Groupe]) -> None:
        """Pay the transfers of one payer and one day: as announced, late, in two, together, or never.

        Args:
            groupes: All of them.
            told: Those whose return comes; the others are paid plainly.
        """
        waiting: Groupe | None = None
        for groupe in groupes:
            if not any(groupe is each for each in told):
                self._pay([_whole(groupe)], self._day(groupe))
                self.accidents["sans_retour"] += 1
                continue
            if waiting is not None:
                self._pay([_whole(waiting), _whole(groupe)], self._day(groupe))
                self.accidents["groupes"] += 1
                waiting = None
                continue
            waiting = groupe if self._joins_next(groupe, groupes, told) else None
            if waiting is None:
                self._settle_alone(groupe)

    def _joins_next(self, groupe: Groupe, groupes: Sequence[Groupe], told: Sequence[Groupe]) -> bool:
        if groupe.part or groupe is groupes[-1] or self.rng.random() >= self.taux.groupes:
            return False
        following = groupes[groupes.index(groupe) + 1]
        return any(following is each for each in told)

    def _settle_alone(self, groupe: Groupe) -> None:
        taux, draw = self.taux, self.rng.random()
        # The rate is for factures, whose shares leave each in a transfer of its own.
        never = taux.impayes_muets * (1 - taux.jamais_repondus) / PARTS_PAR_FACTURE
        if draw < never:
            self.accidents["annonces_jamais_credites"] += 1
        elif draw < never + taux.retards:
            late = next_open(groupe.date + dt.timedelta(days=self.rng.randrange(11, 41)))
            self._pay([_whole(groupe)], late)
            self.accidents["retards"] += 1
        elif draw < never + taux.retards + taux.eclates and (halves := self._halves(groupe)):
            first = self._day(groupe)
            self._pay([halves[0]], first)
            self._pay([halves[1]], open_days_after(first, self.rng.randrange(0, 4)))
            self.accidents["eclates"] += 1
        elif self.rng.random() < taux.virements_partiels and (short := self._short(groupe)):
            self._pay([short], self._day(groupe))
            self.accidents["virements_partiels"] += 1
        else:
            self._pay([_whole(groupe)], self._day(groupe))

    def _halves(self, groupe: Groupe) -> list[Versement]:
        """Share the answers between two payments, both of them positive; nothing when that cannot be."""
        at = self.rng.randrange(1, max(len(groupe.reponses), 2))
        halves = [
            Versement(groupe=groupe, reponses=groupe.reponses[:at], mouvements=list(groupe.mouvements)),
            Versement(groupe=groupe, reponses=groupe.reponses[at:], mouvements=[]),
        ]
        return halves if min(half.cents for half in halves) > 0 else []

    def _short(self, groupe: Groupe) -> Versement | None:
        """Return a payment of less than announced: lines left out, or a sum withheld that nothing announced."""
        if self.rng.random() < 0.5:
            return next(iter(self._halves(groupe)), None)
        if groupe.net < _PLANCHER_RETENUE:
            return None
        cents = -self.rng.randrange(200, groupe.net // 2)
        libelle = "RETENUE EXEMPLE NON ANNONCEE"
        held = Mouvement(nature=Nature.RETENUE, cents=cents, solde=0, reference="", date=groupe.date, libelle=libelle)
        return Versement(groupe=groupe, reponses=list(groupe.reponses), mouvements=[*groupe.mouvements, held])

    def _day(self, groupe: Groupe) -> dt.date:
        delays, weights = _DELAI_AMO if groupe.payeur.obligatoire else _DELAI_AMC
        return open_days_after(groupe.date, self.rng.choices(delays, weights)[0])

    def _pay(self, versements: list[Versement], day: dt.date) -> None:
        for paid in versements:
            paid.groupe.versements.append(paid)
        if day > self.coupure:
            self.accidents["apres_coupure"] += 1
            return
        first = versements[0].groupe
        cut = self.rng.random() < self.taux.libelles_tronques
        self.accidents["libelles_tronques"] += cut
        # The two shares of a transfer that announces both leave under one reference.
        reference = f"{first.reference}{'RO' if first.part == AMO else 'RC'}" if first.part else first.reference
        ligne = LigneBancaire(
            officine=self.officine,
            date=day,
            cents=sum(paid.cents for paid in versements),
            emetteur=nom_coupe(first.payeur, self.officine),
            libelle=libelle_virement(first.payeur, self.officine, reference, self.rng, tronque=cut),
            code=_RECU,
            versements=versements,
        )
        for paid in versements:
            paid.ligne = ligne
        self.lignes.append(ligne)

    def repay(self, payeur: Payeur, indu: Mouvement, day: dt.date) -> None:
        """Send back an undue sum, if that is before the cut-off."""
        if day > self.coupure:
            return
        ligne = self._debit(payeur, indu.reference, indu.annonce, day)
        ligne.mouvements.append(indu)
        self.accidents["indus_rembourses"] += 1

    def pay_back(self, groupe: Groupe) -> None:
        """Pay what an announcement below zero asks back, some days later."""
        paid = _whole(groupe)
        groupe.versements.append(paid)
        day = open_days_after(groupe.date, self.rng.randrange(2, 15))
        if day > self.coupure:
            self.accidents["apres_coupure"] += 1
            return
        paid.ligne = self._debit(groupe.payeur, groupe.reference, groupe.net, day)
        paid.ligne.versements.append(paid)
        self.accidents["debits"] += 1

    def _debit(self, payeur: Payeur, reference: str, cents: int, day: dt.date) -> LigneBancaire:
        ligne = LigneBancaire(
            officine=self.officine,
            date=day,
            cents=cents,
            emetteur="",
            libelle=f"VIREMENT INDU {payeur.nom} REF {reference}",
            code=_EMIS,
        )
        self.lignes.append(ligne)
        return ligne

    def close(self, first: dt.date) -> None:
        """Add the lines that concern no insurer, and put the account in the order of the bank."""
        for day in filter(is_open, days(first, self.coupure)):
            for label, code, cents in divers(self.rng):
                self.lignes.append(
                    LigneBancaire(officine=self.officine, date=day, cents=cents, emetteur="", libelle=label, code=code)
                )
                self.accidents["hors_perimetre"] += 1
        self.rng.shuffle(self.lignes)
        self.lignes.sort(key=lambda ligne: ligne.date)

    def releves(self, first: dt.date) -> list[Releve]:
        """Cut the account into weekly statements; some begin with the last day of the one before."""
        statements: list[Releve] = []
        solde = self.rng.randrange(500_000, 5_000_000)
        start = first
        while start <= self.coupure:
            end = min(start + dt.timedelta(days=_SEMAINE - 1), self.coupure)
            lignes = [ligne for ligne in self.lignes if start <= ligne.date <= end]
            again = self._again(statements)
            total = sum(ligne.cents for ligne in lignes)
            statements.append(
                Releve(
                    officine=self.officine,
                    numero=len(statements) + 1,
                    du=again[0].date if again else start,
                    au=end,
                    initial=solde - sum(ligne.cents for ligne in again),
                    final=solde + total,
                    lignes=[*again, *lignes],
                )
            )
            solde += total
            start = end + dt.timedelta(days=1)
        return statements

    def _again(self, statements: Sequence[Releve]) -> list[LigneBancaire]:
        """The last day of the statement before, when this one delivers it a second time."""
        if not statements or not statements[-1].lignes or self.rng.random() >= self.taux.releves_chevauchants:
            return []
        self.accidents["releves_chevauchants"] += 1
        last = statements[-1].lignes[-1].date
        return [ligne for ligne in statements[-1].lignes if ligne.date == last]


def _whole(groupe: Groupe) -> Versement:
    return Versement(groupe=groupe, reponses=list(groupe.reponses), mouvements=list(groupe.mouvements))
