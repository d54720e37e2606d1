"""The months of one officine, day by day: what is sent, what the insurers answer, what they pay, what goes wrong."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from typing import TypeVar

from ._banque import make_reference
from ._catalogue import GRIEFS
from ._jours import days, is_open, open_days_after
from ._monde import (
    AMC,
    AMO,
    CleEcrite,
    Genre,
    Groupe,
    Lot,
    Mouvement,
    Nature,
    Officine,
    Payeur,
    ReponseRecue,
    Retour,
    Vente,
)
from ._ressaisies import draw_key, keep_apart
from ._taux import Taux
from ._tresorerie import PARTS_PAR_FACTURE, Tresorerie
from ._ventes import correct

__all__ = ["Chronique"]


T = TypeVar("T")

_JANUARY = 1
_DELAIS = {AMO: ((1, 2, 3, 4), (35, 40, 15, 10)), AMC: ((1, 2, 3, 5, 8), (20, 40, 20, 15, 5))}
"""Open days from the lot to the answer, and how often: one to three days for the AMO, two for the platforms (IGAS)."""

_MOUVEMENTS = {
    Nature.RETENUE: "retenues",
    Nature.FORFAIT: "forfaits",
    Nature.PENALITE_RETARD: "penalites_retard",
}
_NUMEROS, _LOTS = 9999, 999

Bloc = tuple[str, ...]
"""Shares that one answer covers."""
Unite = list[ReponseRecue]
"""Answers that stay together in one transfer."""


class Chronique:
    """What happens to one officine up to the cut-off; `run` fills the lists."""

    def __init__(self, officine: Officine, taux: Taux, coupure: dt.date, rng: random.Random) -> None:
        self.officine, self.taux, self.coupure, self.rng = officine, taux, coupure, rng
        self.accidents: Counter[str] = Counter()
        self.lots: list[Lot] = []
        self.retours: list[Retour] = []
        self.groupes: list[Groupe] = []
        self.tresorerie = Tresorerie(officine, taux, coupure, rng, self.accidents)
        self._ventes: defaultdict[dt.date, list[Vente]] = defaultdict(list)
        self._attendues: defaultdict[dt.date, list[ReponseRecue]] = defaultdict(list)
        self._facture = rng.randrange(_NUMEROS)
        self._lot = rng.randrange(_LOTS)
        self._fichier = self._paiement = 0

    def plan(self, day: dt.date, vente: Vente) -> None:
        """Have *vente* sent on *day*."""
        self._ventes[day].append(vente)

    def run(self, first: dt.date) -> None:
        """Live every open day from *first* to the cut-off."""
        for day in filter(is_open, days(first, self.coupure)):
            self._send(day, self._ventes.pop(day, []))
            self._receive(day, self._attendues.pop(day, []))

    # --- sending

    def _send(self, day: dt.date, ventes: list[Vente]) -> None:
        by_payer = _by_payer(ventes, lambda vente: vente.payeur(AMC if vente.paiement == "25" else AMO))
        for payeur, sent in by_payer:
            for start in range(0, len(sent), self.taux.lot_max):
                self._send_lot(day, payeur, sent[start : start + self.taux.lot_max])

    def _send_lot(self, day: dt.date, payeur: Payeur, ventes: list[Vente]) -> None:
        self._lot = self._lot % _LOTS + 1
        lot = Lot(officine=self.officine, date=day, numero=f"{self._lot:03}", payeur=payeur, ventes=ventes)
        self.lots.append(lot)
        for vente in ventes:
            self._facture = self._facture % _NUMEROS + 1
            vente.numero, vente.lot = f"{self._facture:09}", lot
            self._note(vente)
            self._decide(vente, day)

    def _note(self, vente: Vente) -> None:
        if vente.paiement != "15":
            self.accidents[{"00": "sans_tiers_payant", "05": "amo_seule", "25": "amc_seule"}[vente.paiement]] += 1
        if vente.patient.c2s and vente.parts():
            self.accidents["c2s"] += 1
        old = vente.remplace
        if old is not None:
            self.accidents["refacturations"] += 1
            for part in vente.parts():
                old.remplacantes[part] = vente
                if old.montant(part) != vente.montant(part):
                    self.accidents["refacturations_autre_montant"] += 1

    # --- what the insurers will answer

    def _decide(self, vente: Vente, day: dt.date) -> None:
        blocs = _blocs(vente)
        if not blocs:
            return
        if self.rng.random() < self.taux.impayes_muets * self.taux.jamais_repondus:
            blocs.remove(self.rng.choice(blocs))
            self.accidents["jamais_repondues"] += 1
        refused = self._draw_refusal(blocs, day)
        for bloc in blocs:
            when = self._answer_day(bloc, day)
            cle = draw_key(self.rng, self.taux, vente, dated=_is_old_set(vente.payeur(bloc[0])))
            if bloc[0] in refused:
                self._refuse(vente, bloc, when, cle)
            else:
                self._accept(vente, bloc, when, cle)

    def _draw_refusal(self, blocs: Sequence[Bloc], day: dt.date) -> set[str]:
        """Return the shares refused: at most one debtor refuses a facture, unless one manages both shares."""
        mains = {bloc[0] for bloc in blocs}
        peak = self.taux.pic_janvier if day.month == _JANUARY else 1.0
        share = {AMO: 1.0 - self.taux.rejets_amc, AMC: self.taux.rejets_amc} if len(mains) > 1 else {AMO: 1.0, AMC: 1.0}
        for part in sorted(mains):
            if self.rng.random() < self.taux.rejets * share[part] * (peak if part == AMC else 1.0):
                return {part}
        return set()

    def _answer_day(self, bloc: Bloc, day: dt.date) -> dt.date:
        delays, weights = _DELAIS[bloc[0]]
        return open_days_after(day, self.rng.choices(delays, weights)[0])

    def _refuse(self, vente: Vente, bloc: Bloc, when: dt.date, cle: CleEcrite | None) -> None:
        cause = self.rng.choice(GRIEFS[bloc[0]])
        for part in bloc:
            self._expect(vente, part, Genre.REJETEE, when, cle, cause=cause)

    def _accept(self, vente: Vente, bloc: Bloc, when: dt.date, cle: CleEcrite | None) -> None:
        payeur, draw = vente.payeur(bloc[0]), self.rng.random()
        first = Genre.TRAITEMENT_CAISSE if _is_old_set(payeur) else Genre.DIFFEREE
        rate = self.taux.traitements_caisse if _is_old_set(payeur) else self.taux.differes
        if draw < rate:
            words = ("X001", "TRAITEMENT CAISSE") if first is Genre.TRAITEMENT_CAISSE else ("", "")
            for part in bloc:
                self._expect(vente, part, first, when, cle, code=words[0], motif=words[1])
            when = open_days_after(when, self.rng.randrange(4, 25))
        for part in bloc:
            self._pay(vente, part, when, cle)

    def _pay(self, vente: Vente, part: str, when: dt.date, cle: CleEcrite | None) -> None:
        asked, draw = vente.montant(part), self.rng.random()
        amount, taux = asked, self.taux
        if draw < taux.paiements_partiels:
            amount = max(asked * self.rng.randrange(40, 91) // 100, 1)
            self.accidents["paiements_partiels"] += when <= self.coupure
        elif draw < taux.paiements_partiels + taux.trop_percus:
            amount = asked + self.rng.randrange(1, 500)
            self.accidents["trop_percus"] += when <= self.coupure
        paid = self._expect(vente, part, Genre.PAYEE, when, cle, annonce=amount)
        if amount == asked and self.rng.random() < taux.reprises:
            later = open_days_after(when, self.rng.randrange(8, 30))
            if later <= self.coupure:
                self._attendues[later].append(
                    ReponseRecue(vente=vente, part=part, genre=Genre.PAYEE, date=later, annonce=-paid.annonce, cle=cle)
                )

    def _expect(
        self,
        vente: Vente,
        part: str,
        genre: Genre,
        when: dt.date,
        cle: CleEcrite | None,
        *,
        annonce: int = 0,
        code: str = "",
        motif: str = "",
        cause: str = "",
    ) -> ReponseRecue:
        reponse = ReponseRecue(
            vente=vente,
            part=part,
            genre=genre,
            date=when,
            annonce=annonce,
            code=code,
            motif=motif,
            cause=cause,
            cle=cle,
        )
        if when <= self.coupure:
            self._attendues[when].append(reponse)
        return reponse

    # --- what they answer

    def _receive(self, day: dt.date, reponses: list[ReponseRecue]) -> None:
        alive = [reponse for reponse in reponses if reponse.annonce >= 0 or self._can_take_back(reponse, day)]
        for payeur, answers in _by_payer(alive, lambda reponse: reponse.vente.payeur(reponse.part)):
            autres = [reponse for reponse in answers if reponse.genre is not Genre.PAYEE]
            paid = [reponse for reponse in answers if reponse.genre is Genre.PAYEE]
            groupes = self._make_groupes(payeur, day, paid)
            self._return(payeur, day, groupes, autres)
            self._bill_again(day, autres)
            self._count(autres)
            self._claim_indu(payeur, day, groupes)
            self.groupes += groupes

    def _can_take_back(self, reprise: ReponseRecue, day: dt.date) -> bool:
        """Only what the bank has shown is taken back."""
        first = next((each for each in reprise.vente.reponses if each.part == reprise.part and each.annonce > 0), None)
        return first is not None and Tresorerie.is_credited(first, day)

    def _count(self, autres: Sequence[ReponseRecue]) -> None:
        names = {Genre.REJETEE: "rejets", Genre.DIFFEREE: "differes", Genre.TRAITEMENT_CAISSE: "traitements_caisse"}
        for reponse in autres:
            reponse.vente.reponses.append(reponse)
            self.accidents[names[reponse.genre]] += 1

    def _bill_again(self, day: dt.date, autres: Sequence[ReponseRecue]) -> None:
        refused = [reponse for reponse in autres if reponse.genre is Genre.REJETEE]
        for _, same in groupby(refused, lambda reponse: id(reponse.vente)):
            refus, rng = list(same), self.rng
            if rng.random() < self.taux.refacturations:
                when = open_days_after(day, rng.randrange(1, 10))
                other = rng.random() < self.taux.refacturations_autre_montant
                self.plan(when, correct(rng, refus, when, autre_montant=other))
            else:
                self.accidents["rejets_sans_suite"] += 1

    # --- announced transfers

    def _make_groupes(self, payeur: Payeur, day: dt.date, paid: list[ReponseRecue]) -> list[Groupe]:
        minus = [reponse for reponse in paid if reponse.annonce < 0]
        plus = [reponse for reponse in paid if reponse.annonce > 0]
        if payeur.separe:
            cuts = [(part, [each for each in plus if each.part == part]) for part in (AMO, AMC)]
            reference = self._reference(payeur, day)
            groupes = [self._groupe(payeur, day, cut, part, reference) for part, cut in cuts if cut]
        else:
            groupes = [
                self._groupe(payeur, day, cut, "", self._reference(payeur, day)) for cut in self._cut(payeur, plus)
            ]
        owing = [] if payeur.separe else [each for each in minus if self.rng.random() < self.taux.nets_negatifs]
        self._take_back(day, groupes, [each for each in minus if not any(each is other for other in owing)])
        for groupe in groupes:
            self._move(groupe)
        negatives = [self._groupe(payeur, day, [each], "", self._reference(payeur, day)) for each in owing]
        self.accidents["reprises"] += len(negatives)
        return [*groupes, *negatives]

    def _reference(self, payeur: Payeur, day: dt.date) -> str:
        self._paiement += 1
        return make_reference(payeur, self.officine, day, self._paiement, self.rng)

    def _groupe(self, payeur: Payeur, day: dt.date, reponses: list[ReponseRecue], part: str, reference: str) -> Groupe:
        groupe = Groupe(
            officine=self.officine, payeur=payeur, date=day, part=part, reference=reference, reponses=reponses
        )
        for reponse in reponses:
            reponse.groupe = groupe
            reponse.vente.reponses.append(reponse)
        return groupe

    def _cut(self, payeur: Payeur, plus: list[ReponseRecue]) -> list[list[ReponseRecue]]:
        """Share a day's payments among transfers: small and many, as they are."""
        units = _units(plus)
        self.rng.shuffle(units)
        twins = self._twins(units) if self.rng.random() < self.taux.egalites else []
        rest = [unit for unit in units if not any(unit is twin for twin in twins)]
        size = PARTS_PAR_FACTURE / self.taux.virements_par_facture
        count = max(1, round(len(rest) / size)) if rest else 0
        bounds = [len(rest) * rank // count for rank in range(count + 1)] if count else []
        cuts = [rest[low:high] for low, high in pairwise(bounds)]
        return [[reponse for unit in cut for reponse in unit] for cut in [*([twin] for twin in twins), *cuts]]

    def _twins(self, units: Sequence[Unite]) -> list[Unite]:
        seen: dict[int, Unite] = {}
        for unit in units:
            amount = sum(reponse.annonce for reponse in unit)
            if amount in seen:
                self.accidents["egalites"] += 1
                return [seen[amount], unit]
            seen[amount] = unit
        return []

    def _take_back(self, day: dt.date, groupes: list[Groupe], minus: list[ReponseRecue]) -> None:
        """Put each negative answer where the transfer stays positive; another day's otherwise."""
        for reprise in minus:
            fitting = [g for g in groupes if g.part in ("", reprise.part)]
            target = max(fitting, key=lambda groupe: groupe.net, default=None)
            if target is not None and target.net + reprise.annonce > 0:
                reprise.groupe = target
                target.reponses.append(reprise)
                reprise.vente.reponses.append(reprise)
                self.accidents["reprises"] += 1
                continue
            reprise.date = open_days_after(day, 1)
            if reprise.date <= self.coupure:
                self._attendues[reprise.date].append(reprise)

    def _move(self, groupe: Groupe) -> None:
        rng, taux, net = self.rng, self.taux, groupe.net
        if groupe.part == AMC:  # one announcement for two transfers: what is no facture goes with the AMO's
            return
        if net >= 1000 and rng.random() < taux.retenues:
            cents = rng.randrange(200, net // 2)
            self._add(groupe, Nature.RETENUE, -cents, "RETENUE EXEMPLE", solde=rng.choice((0, rng.randrange(20000))))
        if rng.random() < taux.forfaits:
            self._add(groupe, Nature.FORFAIT, rng.randrange(500, 15000), "FORFAIT EXEMPLE")
        if groupe.payeur.obligatoire and rng.random() < taux.penalites:
            self._add(groupe, Nature.PENALITE_RETARD, rng.randrange(100, 2500), "PENALITE DE RETARD EXEMPLE")

    def _add(self, groupe: Groupe, nature: Nature, cents: int, libelle: str, solde: int = 0) -> None:
        self._paiement += 1
        past = groupe.date - dt.timedelta(days=self.rng.randrange(60, 300))
        groupe.mouvements.append(
            Mouvement(
                nature=nature,
                cents=cents,
                solde=solde,
                reference=f"E{self._paiement:09}" if cents < 0 else f"{90000 + len(nature):05}",
                date=past,
                libelle=libelle,
            )
        )
        self.accidents[_MOUVEMENTS[nature]] += 1

    # --- returns and money

    def _return(self, payeur: Payeur, day: dt.date, groupes: list[Groupe], autres: list[ReponseRecue]) -> None:
        kept = payeur.separe
        told = [groupe for groupe in groupes if kept or groupe.net < 0 or not self.tresorerie.loses_return()]
        self.tresorerie.settle([groupe for groupe in groupes if groupe.net > 0], told)
        for groupe in groupes:
            if groupe.net < 0:
                self.tresorerie.pay_back(groupe)
        if _is_old_set(payeur):
            for groupe in told:
                self._add_retour(payeur, day, "576", [groupe], [])
            if autres:
                self._add_retour(payeur, day, "908", [], autres)
        elif told or autres:
            self._add_retour(payeur, day, "578", told, autres)

    def _add_retour(
        self, payeur: Payeur, day: dt.date, reference: str, groupes: list[Groupe], autres: list[ReponseRecue]
    ) -> None:
        self._fichier += 1
        retour = Retour(
            officine=self.officine,
            payeur=payeur,
            date=day,
            reference=reference,
            fichier=f"{self._fichier:06}",
            groupes=groupes,
            autres=autres,
        )
        for groupe in groupes:
            groupe.retour = retour
        keep_apart(retour)
        self.accidents.update(f"ressaisies_{each.cle.perdu}" for each in retour.reponses if each.cle is not None)
        self.retours.append(retour)

    def _claim_indu(self, payeur: Payeur, day: dt.date, groupes: list[Groupe]) -> None:
        """A return tells of an undue sum; the officine pays it back by a transfer of its own."""
        told = [groupe for groupe in groupes if groupe.retour is not None and groupe.net > 0]
        if not told or not _is_old_set(payeur) or self.rng.random() >= self.taux.indus:
            return
        cents = self.rng.randrange(500, 20000)
        self._paiement += 1
        indu = Mouvement(
            nature=Nature.INDU,
            cents=0,
            annonce=-cents,
            solde=cents,
            reference=f"E{self._paiement:09}",
            date=day,
            libelle="INDU EXEMPLE",
        )
        told[0].mouvements.append(indu)
        self.tresorerie.repay(payeur, indu, open_days_after(day, self.rng.randrange(5, 20)))


def _is_old_set(payeur: Payeur) -> bool:
    """Whether the returns are of the old set of entities, which has no share and no deferred state."""
    return payeur.obligatoire and not payeur.separe


def _blocs(vente: Vente) -> list[Bloc]:
    """The shares, as they are answered: together when they have one debtor."""
    parts = vente.parts()
    if len(parts) > 1 and vente.payeur(AMO) is vente.payeur(AMC):
        return [parts]
    return [(part,) for part in parts]


def _units(reponses: Sequence[ReponseRecue]) -> list[Unite]:
    """Two shares that one payer answers on one day for one facture stay in one transfer."""
    units: dict[int, Unite] = {}
    for reponse in reponses:
        units.setdefault(id(reponse.vente), []).append(reponse)
    return list(units.values())


def _by_payer(items: Sequence[T], payer_of: Callable[[T], Payeur]) -> list[tuple[Payeur, list[T]]]:
    """Group *items* by payer, in the order of the payers' codes; the order of the items is kept."""
    groups: dict[str, tuple[Payeur, list[T]]] = {}
    for item in items:
        payeur = payer_of(item)
        groups.setdefault(payeur.code, (payeur, []))[1].append(item)
    return [groups[code] for code in sorted(groups)]
