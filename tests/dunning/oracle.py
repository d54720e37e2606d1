"""The plan read row by row, slowly: what the contract of a plan says, written a second time and sharing nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import Any

from tiers_payant.domain import (
    AMC_SENDERS,
    AMO_SENDERS,
    REGIMES,
    Annuaire,
    Calendrier,
    Canal,
    Contact,
    Depart,
    Echanges,
    Echeances,
    Etat,
    EtatVirement,
    Levee,
    NatureEcheance,
    Palier,
    Part,
    Porteuse,
    Raison,
    Rapprochement,
    RelancePolicy,
    Statut,
    TypeDebiteur,
    Unite,
    regle,
    texts_of,
    virement_ids,
)

__all__ = ["planned"]

DAY = dt.timedelta(days=1)
Step = tuple[int, int, Raison]


def day(value: Any) -> dt.date | None:
    found: dt.date | None = value.item()
    return found


class Claim:
    """One créance on which something is owed."""

    def __init__(self, book: Livre, row: int) -> None:
        table, self.row, self.book = book.result.creances, row, book
        self.officine, self.lot = table.officine[row].decode(), table.lot[row].decode()
        self.facture, self.lot_date = table.facture[row].decode(), day(table.lot_date[row])
        self.part, self.etat = Part(int(table.part[row])), Etat(int(table.etat[row]))
        self.rest = int(table.du_cents[row] - table.credite_cents[row])
        self.rang = int(table.facture_rang[row])
        self.debtor = self._debtor(table.debiteur[row].decode())
        self.contact = book.annuaire.of(self.officine, self.debtor, book.today)
        self.key = (self.officine, self.lot_date, self.lot, self.facture, self.part)
        self.kind = self._kind()
        self.scenario = book.policy.scenario(self.kind) if self.kind else None
        self.contacts = [line for line in book.history if line[:5] == self.key]
        self.last = max((line[5] for line in self.contacts), default=None)
        self.due, self.lost = self._deadlines()

    two = False
    """Whether accounts give it to two customers."""

    def _debtor(self, name: str) -> str:
        if self.part is not Part.ASSURE:
            return name
        accounts = self.book.result.tables.comptes_clients
        clients = {
            accounts.client[row].decode()
            for row in range(len(accounts))
            if (accounts.officine[row].decode(), day(accounts.lot_date[row]), accounts.lot[row].decode(),
                accounts.facture[row].decode()) == (self.officine, self.lot_date, self.lot, self.facture)
        }  # fmt: skip
        self.two = len(clients) > 1
        (client,) = clients if len(clients) == 1 else ("",)
        return f"CLIENT:{client}" if client else f"FACTURE:{self.lot_date}/{self.lot}/{self.facture}"

    def _kind(self) -> TypeDebiteur | None:
        if self.part is Part.ASSURE:
            pro = self.contact is not None and self.contact.type is TypeDebiteur.PROFESSIONNEL
            return TypeDebiteur.PROFESSIONNEL if pro else TypeDebiteur.PATIENT
        return {"AMO": TypeDebiteur.AMO, "AMC": TypeDebiteur.AMC}.get(self.debtor.split(":")[0])

    def _deadlines(self) -> tuple[dt.date | None, dt.date | None]:
        book, factures = self.book, self.book.result.tables.factures
        if self.part is Part.ASSURE:
            start = (day(factures.date_facture[self.rang]) if self.rang >= 0 else None) or self.lot_date
            months = {TypeDebiteur.PATIENT: "prescription_patient"}.get(
                self.kind or TypeDebiteur.AMO, "prescription_client_professionnel"
            )
            version = regle(months).versions[0]
            return start, Calendrier().add(start, version.valeur, Unite.MOIS) if start else None
        found = {}
        for nature in (NatureEcheance.PAIEMENT, NatureEcheance.FORCLUSION):
            rows = [row for row in range(len(book.echeances)) if book.echeances.creance[row] == self.row]
            days = [day(book.echeances.le[row]) for row in rows if book.echeances.nature[row] == nature]
            found[nature] = days[0] if days else None
        due = found[NatureEcheance.PAIEMENT]
        told = book.announced.get(self.row) if self.etat is Etat.ANNONCEE else None
        return (max(due, max(told)) if due and told else due), found[NatureEcheance.FORCLUSION]

    def next_after(self, place: int) -> int | None:
        steps = self.book.steps_of(self)
        return min((one for one in steps if one > place), default=None)

    @property
    def first(self) -> int | None:
        codes = [one.code for one in self.scenario.paliers] if self.scenario else []
        mine = [line for line in self.contacts if line[7] == self.kind]
        done = [codes.index(line[6]) for line in mine if line[6] in codes]
        gone = [line for line in mine if line[6] not in codes] if self.scenario else []
        summons = [place for place in range(len(codes)) if self.step(place).mise_en_demeure]
        hand_over = [place for place in range(len(codes)) if self.step(place).canal is Canal.RECOUVREMENT]
        for line in gone:
            if line[9] == Canal.RECOUVREMENT:
                done.append([*hand_over, len(codes) - 1][0])
            elif line[10] and summons:
                done.append(summons[0])
        if done:
            return self.next_after(max(done))
        place, last = -1, None
        for on in sorted({line[5] for line in gone}):
            following = self.next_after(place)
            if following is not None and following not in summons + hand_over:
                ripe = self.ripe(following, last)
                place = following if ripe is not None and ripe <= on else place
            last = on
        return self.next_after(place)

    def step(self, place: int) -> Palier:
        assert self.scenario is not None
        return self.scenario.paliers[place]

    def ripe(self, place: int, last: dt.date | str | None = "told") -> dt.date | None:
        """The day from which a step is due; after the last contact, or after another one."""
        last = self.last if isinstance(last, str) else last
        assert self.scenario is not None
        wait = self.scenario.paliers[place].delai
        if self.due is None:
            return None
        add = Calendrier().add
        if wait.depuis is Depart.AVANT_ECHEANCE:
            return add(self.due, -wait.valeur, wait.unite)
        start = self.due
        if wait.depuis is Depart.FIN_DE_MOIS:
            while (start + DAY).month == start.month:
                start += DAY
        if wait.depuis is Depart.DERNIER_CONTACT and last:
            start = last
        return max(add(start, wait.valeur, wait.unite), self.due + DAY)


class Livre:
    """Everything that a plan looks at, as plain values."""

    def __init__(
        self, result: Rapprochement, echeances: Echeances, policy: RelancePolicy, today: dt.date, annuaire: Annuaire,
        echanges: Echanges, levees: Iterable[Levee] = (),
    ) -> None:  # fmt: skip
        self.result, self.echeances, self.policy, self.today, self.annuaire = result, echeances, policy, today, annuaire
        self.calendar = Calendrier()
        self.levees = [one for one in levees if one.le <= today <= one.au]
        self.history = [
            (
                line["officine"], line["lot_date"], line["lot"], line["facture"], Part(line["part"]), line["le"],
                line["palier"], line["type"], line["debiteur"], line["canal"], line["mise_en_demeure"],
            )
            for line in map(echanges.row, range(len(echanges)))
            if line["le"] <= today
        ]  # fmt: skip
        self.announced = self._announced()
        self.lines = [self._line(row) for row in range(len(result.tables.virements))]
        closed = (Etat.RETRANSMISE, Etat.CREDITEE, Etat.REGLEE_COMPTOIR)
        table = result.creances
        rows = [row for row in range(len(table)) if table.du_cents[row] > table.credite_cents[row]]
        self.claims = [Claim(self, row) for row in rows if table.etat[row] not in closed]

    def _announced(self) -> dict[int, list[dt.date]]:
        found: dict[int, list[dt.date]] = defaultdict(list)
        tables, links = self.result.tables, self.result.liens_reponses
        for creance, answer, cents in zip(links.creance, links.reponse, links.cents, strict=True):
            if cents > 0 and not self.result.reponses_versees[answer]:
                group, back = tables.reponses.groupe[answer], tables.reponses.retour[answer]
                told = [day(tables.groupes.date[group])] if group >= 0 else []
                told += [day(tables.retours.date[back])] if back >= 0 else []
                found[int(creance)] += [one for one in told if one]
        return found

    def _line(self, row: int) -> dict[str, Any]:
        tables = self.result.tables
        found: dict[str, Any] = tables.virements.row(row)
        owners = {
            officine.decode()
            for officine, compte in zip(tables.comptes.officine, tables.comptes.compte, strict=True)
            if compte == tables.virements.compte[row]
        }
        payeur = texts_of(tables.virements.take([row]), self.result.payeurs)[0].payeur  # type: ignore[arg-type]
        name = virement_ids(tables)[row]
        found.update(lifted=any(one.virement == name for one in self.levees))
        found.update(row=row, owners=owners, payeur=payeur, etat=EtatVirement(int(self.result.etats_virements[row])))
        return found

    def steps_of(self, claim: Claim) -> list[int]:
        if claim.scenario is None:
            return []
        kept: Iterable[str] | None = None
        for one in sorted(self.policy.derogations, key=lambda one: one.rang):
            if one.paliers is not None and self.touches(one, claim):
                kept = one.paliers
        return [place for place, palier in enumerate(claim.scenario.paliers) if kept is None or palier.code in kept]

    def seen(self, claim: Claim, raison: Raison) -> dt.date:
        """The last day up to which somebody looked at a claim for a reason."""
        days = [one.le for one in self.levees if one.raison is raison and self.names(one, claim)]
        return max(days, default=dt.date.min)

    def names(self, levee: Levee, claim: Claim) -> bool:
        """Whether a levée is about a claim; a debtor's are those billed by the day on which somebody looked."""
        cible = levee.cible
        assert cible is not None
        billed = day(self.result.tables.factures.date_facture[claim.rang]) if claim.rang >= 0 else None
        billed = billed or claim.lot_date
        same = cible.officine == claim.officine and cible.debiteur in ("", claim.debtor)
        if cible.facture:
            told, own = (cible.lot, cible.facture), (claim.lot, claim.facture)
            same &= [one.lstrip("0") for one in told] == [one.lstrip("0") for one in own]
        else:
            same &= billed is None or billed <= levee.le
        return same and cible.lot_date in (None, claim.lot_date) and cible.part in (None, claim.part)

    @staticmethod
    def touches(one: Any, claim: Claim) -> bool:
        names = {claim.debtor, claim.contact.id if claim.contact else claim.debtor}
        return (
            one.officine in ("", claim.officine)
            and (not one.debiteur or one.debiteur in names)
            and (not one.facture or (one.lot, one.facture) == (claim.lot, claim.facture))
        )

    def setting(self, claim: Claim, name: str, plain: Any) -> Any:
        for one in sorted(self.policy.derogations, key=lambda one: one.rang):
            if self.touches(one, claim) and getattr(one, name) is not None:
                plain = getattr(one, name)
        return plain


def gate(book: Livre, claim: Claim) -> Raison | None:
    """The first reason that holds a claim whatever the step."""
    checks = [
        (Raison.RETRANSMISE, billed_again), (Raison.RETRANSMISE, sent_twice),
        (Raison.DEBITEUR_INCONNU, lambda b, c: c.kind is None or c.two),
        (Raison.SANS_SCENARIO, lambda b, c: not b.steps_of(c)),
        (Raison.SUSPENDUE, lambda b, c: b.setting(c, "suspendu", False)),
        (Raison.ECHEANCE_INCONNUE, no_deadline), (Raison.FORCLOSE, lambda b, c: c.lost and c.lost < b.today),
        (Raison.TRAITEMENT_CAISSE, lambda b, c: c.etat is Etat.TRAITEMENT_CAISSE), (Raison.REJET_A_TRAITER, refused),
        (Raison.LOT_A_RENVOYER, lambda b, c: c.etat is Etat.LOT_REFUSE),
        (Raison.REPRISE_A_TRAITER, lambda b, c: c.etat is Etat.REPRISE),
        (Raison.RELEVE_ABSENT, no_statement), (Raison.RELEVE_ANCIEN, old_statement),
        (Raison.VIREMENT_ATTENDU, awaited),
        (Raison.RETOUR_ABSENT, lambda b, c: covering(b, c, without_return=True)), (Raison.RETOUR_ANCIEN, old_returns),
        (Raison.PROPOSITION_OUVERTE, proposed), (Raison.CREDIT_NON_AFFECTE, unallocated),
    ]  # fmt: skip
    return next((raison for raison, holds in checks if holds(book, claim)), None)


def billed_again(book: Livre, claim: Claim) -> bool:
    table = book.result.creances
    again = {int(table.facture_rang[row]) for row in range(len(table)) if table.etat[row] == Etat.RETRANSMISE}
    return claim.part is Part.ASSURE and claim.rang in again - {-1}


def sent_twice(book: Livre, claim: Claim) -> bool:
    """Whether another lot bills the same share: the first is asked for, none once anything is known of one of them."""
    if claim.part is Part.ASSURE or claim.rang < 0:
        return False
    table, factures = book.result.creances, book.result.tables.factures

    def care(row: int) -> tuple[Any, ...] | None:
        one = factures.row(int(table.facture_rang[row]))
        if table.facture_rang[row] < 0 or not one["nir"] or one["date_soins"] is None:
            return None
        if table.etat[row] in (Etat.RETRANSMISE, Etat.REJETEE, Etat.LOT_REFUSE):
            return None
        return (
            table.officine[row], table.facture[row], table.part[row], table.du_cents[row], one["nir"],
            one["naissance"], one["rang"], one["date_soins"],
        )  # fmt: skip

    mine = care(claim.row)
    same = [row for row in range(len(table)) if mine is not None and care(row) == mine]
    return len(same) > 1 and (
        claim.row != same[0] or any(table.etat[row] != Etat.NON_REPONDUE for row in same)
    )  # fmt: skip


def no_deadline(book: Livre, claim: Claim) -> bool:
    awaited = claim.etat in (Etat.NON_REPONDUE, Etat.PARTIELLE, Etat.ANNONCEE, Etat.DIFFEREE)
    return awaited and (claim.due is None or claim.lost is None)


def refused(book: Livre, claim: Claim) -> bool:
    told = claim.row in set(book.result.rejets_creances.tolist())
    waits = claim.etat in (Etat.NON_REPONDUE, Etat.PARTIELLE, Etat.DIFFEREE) and claim.part is not Part.ASSURE
    return claim.etat is Etat.REJETEE or (waits and told)


def spans(book: Livre, claim: Claim) -> tuple[dt.date, dt.date] | None:
    """The days that the statements of an officine cover. In these books a statement is alone on its account."""
    releves, comptes = book.result.tables.releves, book.result.tables.comptes
    mine = {c for o, c in zip(comptes.officine.tolist(), comptes.compte.tolist(), strict=True)
            if o.decode() == claim.officine}  # fmt: skip
    there: dict[bytes, list[dt.date]] = defaultdict(list)
    for row in range(len(releves)):
        there[releves.compte[row]] += [releves.du[row].item(), releves.au[row].item()]
    for line in book.lines:
        if line["statut"] == Statut.COMPTABILISE and line["date"] <= book.today:
            there[line["compte"].encode()].append(line["date"])
    wanted = mine or set(there) - set(comptes.compte.tolist())
    if not wanted or not wanted <= set(there):
        return None
    return max(min(there[account]) for account in wanted), min(max(there[account]) for account in wanted)


def no_statement(book: Livre, claim: Claim) -> bool:
    span = spans(book, claim)
    if span is None:
        return True
    if claim.kind is TypeDebiteur.PATIENT:
        return False
    assert claim.lot_date is not None
    return book.calendar.next_ouvre(claim.lot_date + DAY) < span[0]


def old_statement(book: Livre, claim: Claim) -> bool:
    span = spans(book, claim)
    assert span is not None
    last, today = span[1], book.today
    if last < today and book.calendar.count(last, today, Unite.JOURS_OUVRES) > book.policy.releve_max_jours_ouvres:
        return True
    ripe = claim.due if claim.first is None else claim.ripe(claim.first)
    return claim.kind is not TypeDebiteur.PATIENT and ripe is not None and last < ripe <= today


def awaited(book: Livre, claim: Claim) -> bool:
    span = spans(book, claim)
    assert span is not None
    told = book.announced.get(claim.row, []) if claim.etat is Etat.ANNONCEE else []
    return bool(told) and span[1] < book.today <= max(told) + 60 * DAY


def covering(book: Livre, claim: Claim, *, without_return: bool) -> bool:
    """Whether money that no link explains may pay the claim."""
    if claim.part is Part.ASSURE:
        return False
    assert claim.lot_date is not None
    told = book.announced.get(claim.row, []) if claim.etat is Etat.ANNONCEE else []
    start = min(told) - 7 * DAY if told else claim.lot_date
    start = max(start, after(book.seen(claim, Raison.RETOUR_ABSENT if without_return else Raison.CREDIT_NON_AFFECTE)))
    start = max(start, book.calendar.next_ouvre(claim.lot_date + DAY))
    for line in book.lines:
        if line["lifted"]:
            continue
        booked = line["statut"] == Statut.COMPTABILISE
        if booked and line["etat"] not in (EtatVirement.INEXPLIQUE, EtatVirement.PROPOSE):
            continue
        if line["montant_cents"] <= 0 or (not booked and line["payeur"] is None):
            continue
        if (line["payeur"] is not None and line["etat"] is not EtatVirement.PROPOSE) != without_return:
            continue
        if line["owners"] and claim.officine not in line["owners"]:
            continue
        if start <= line["date"] <= claim.lot_date + book.policy.memoire_jours * DAY and pays(line["payeur"], claim):
            return True
    return False


def after(seen: dt.date) -> dt.date:
    return seen + DAY


def pays(payeur: Any, claim: Claim) -> bool:
    if payeur is None:
        return True
    if claim.kind is TypeDebiteur.AMC:
        return any(sender.encode() in AMC_SENDERS for sender in payeur.emetteurs)
    regime = claim.debtor[4:6]
    return any(sender.encode() in AMO_SENDERS and REGIMES.get(sender, regime) == regime for sender in payeur.emetteurs)


def old_returns(book: Livre, claim: Claim) -> bool:
    if claim.part is Part.ASSURE:
        return False
    tables = book.result.tables
    others = AMO_SENDERS if claim.kind is TypeDebiteur.AMC else AMC_SENDERS
    days = [
        day(tables.retours.date[back]) or day(tables.groupes.date[group])
        for officine, back, group in zip(
            tables.reponses.officine.tolist(), tables.reponses.retour, tables.reponses.groupe, strict=True
        )
        if officine.decode() == claim.officine and tables.retours.emetteur_type[back] not in others
    ]
    last = max((one for one in days if one), default=None)
    if book.seen(claim, Raison.RETOUR_ANCIEN) != dt.date.min:
        return False
    if last is None or last >= book.today:
        return last is None
    return book.calendar.count(last, book.today, Unite.JOURS_OUVRES) > book.policy.retour_max_jours_ouvres


def proposed(book: Livre, claim: Claim) -> bool:
    result = book.result
    if claim.row in {*result.propositions_reponses.creance.tolist(), *result.propositions_directes.creance.tolist()}:
        return True
    groups = set(result.propositions.groupe.tolist())
    links = zip(result.liens_reponses.creance, result.liens_reponses.reponse, strict=True)
    return any(row == claim.row and int(result.tables.reponses.groupe[answer]) in groups for row, answer in links)


def unallocated(book: Livre, claim: Claim) -> bool:
    seen = book.seen(claim, Raison.CREDIT_NON_AFFECTE)
    return (
        covering(book, claim, without_return=False) or untold(book, claim, seen) or stray(book, claim, seen)
        or (overpaid(book, claim) and seen == dt.date.min) or received(book, claim, seen)
        or (claim.part is Part.ASSURE and seen == dt.date.min and in_credit(book, claim)) or exact(book, claim, seen)
    )  # fmt: skip


def untold(book: Livre, claim: Claim, seen: dt.date) -> bool:
    result = book.result
    partial = {
        int(group) for group, line in zip(result.liens_virements.groupe, result.liens_virements.virement, strict=True)
        if result.etats_virements[line] == EtatVirement.PARTIEL
        and not book.lines[line]["lifted"] and book.lines[line]["date"] > seen
    }  # fmt: skip
    return any(
        row == claim.row and int(result.tables.reponses.groupe[a]) in partial and not result.reponses_versees[a]
        for row, a in zip(result.liens_reponses.creance, result.liens_reponses.reponse, strict=True)
    )


def stray(book: Livre, claim: Claim, seen: dt.date) -> bool:
    result, tables = book.result, book.result.tables
    placed = set(result.liens_reponses.reponse.tolist())
    if claim.part is Part.ASSURE:
        return False
    nir = tables.factures.nir[claim.rang].decode()
    for row in set(range(len(tables.reponses))) - placed:
        told = tables.reponses.row(row)
        days = [day(tables.retours.date[told["retour"]]), day(tables.groupes.date[told["groupe"]])]
        last = max((one for one in days if one), default=dt.date.max)
        alike = not told["nir"] or not nir or told["nir"] == nir or (told["lot"], told["facture"]) == claim.key[2:4]
        alike |= int(result.creances.du_cents[claim.row]) in (told["annonce_cents"], told["demande_cents"])
        if (
            told["annonce_cents"] > 0
            and told["officine"] == claim.officine
            and last >= (claim.lot_date or last)
            and last > seen
            and alike
        ):
            return True
    return False


def overpaid(book: Livre, claim: Claim) -> bool:
    table = book.result.creances
    for row in range(len(table)):
        over = max(table.credite_cents[row], table.annonce_cents[row]) - table.du_cents[row]
        same = (table.officine[row].decode(), table.debiteur[row].decode()) == (claim.officine, claim.debtor)
        if claim.part is not Part.ASSURE and table.du_cents[row] > 0 and same and over == claim.rest:
            return True
    return False


def received(book: Livre, claim: Claim, seen: dt.date) -> bool:
    """A patient's money: paid too much elsewhere, received for nobody known, sent by transfer."""
    if claim.part is not Part.ASSURE:
        return False
    tables, creances = book.result.tables, book.result.creances
    for row in range(len(creances)):
        if creances.part[row] == Part.ASSURE and creances.credite_cents[row] > creances.du_cents[row]:
            other = Claim(book, row)
            if (other.officine, other.debtor) == (claim.officine, claim.debtor) and seen == dt.date.min:
                return True
    known = {key(row) for table in (tables.factures, tables.comptes_clients) for row in rows_of(table)}
    for receipt in rows_of(tables.encaissements):
        own = receipt["montant_cents"] > 0 and receipt["officine"] == claim.officine and key(receipt) not in known
        if own and receipt["date"] >= max(claim.due or dt.date.min, after(seen)):
            return True
    return False


def in_credit(book: Livre, claim: Claim) -> bool:
    """Whether the customer, or the insured, has money that pays nothing: too much, of nothing owed, a credit note."""
    tables, creances = book.result.tables, book.result.creances
    shares = [row for row in range(len(creances)) if creances.part[row] == Part.ASSURE]
    asked = {key(creances.row(row)) for row in shares if creances.du_cents[row] > 0}
    spare = {key(one) for one in rows_of(tables.encaissements) if one["montant_cents"] > 0} - asked
    for one in rows_of(tables.comptes_clients):
        mine = one["officine"] == claim.officine and f"CLIENT:{one['client']}" == claim.debtor and one["client"]
        if mine and (one["du_cents"] < 0 or key(one) in spare):
            return True
    nir = tables.factures.row(claim.rang)["nir"] if claim.rang >= 0 else ""
    over = {int(creances.facture_rang[row]) for row in shares if creances.credite_cents[row] > creances.du_cents[row]}
    return any(
        (one["officine"], one["nir"]) == (claim.officine, nir) and nir and (key(one) in spare or rank in over)
        for rank, one in enumerate(rows_of(tables.factures))
    )


def exact(book: Livre, claim: Claim, seen: dt.date) -> bool:
    """Whether a credit that nothing explains is of what is owed, whoever sent it and wherever."""
    mine = [one for one in book.claims if (one.officine, one.debtor) == (claim.officine, claim.debtor)]
    sums = {claim.rest, sum(one.rest for one in mine)}
    start = claim.due
    if claim.part is not Part.ASSURE:
        insurers = [one for one in book.claims if one.rang == claim.rang >= 0 and one.part is not Part.ASSURE]
        sums.add(sum(one.rest for one in insurers) or claim.rest)
        told = book.announced.get(claim.row, []) if claim.etat is Etat.ANNONCEE else []
        assert claim.lot_date is not None
        start = min(told) - 7 * DAY if told else claim.lot_date
        start = max(start, book.calendar.next_ouvre(claim.lot_date + DAY))
    elif 3 <= len(mine) <= 10:
        for size in range(2, len(mine)):
            sums |= {sum(one.rest for one in some) for some in combinations(mine, size)}
    assert start is not None
    return any(
        line["etat"] not in (EtatVirement.EXPLIQUE, EtatVirement.PARTIEL) and not line["lifted"]
        and line["montant_cents"] in sums and line["date"] >= max(start, after(seen))
        for line in book.lines
    )  # fmt: skip


def rows_of(table: Any) -> list[dict[str, Any]]:
    return [table.row(row) for row in range(len(table))]


def key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["officine"], row["lot_date"], row["lot"], row["facture"]


def over(book: Livre, claim: Claim) -> bool:
    ripe = claim.ripe(claim.first) if claim.first is not None else (claim.due + DAY if claim.due else None)
    return ripe is None or ripe <= book.today


def owner(claim: Claim) -> tuple[str, str]:
    return claim.officine, f"@{claim.contact.id}" if claim.contact else claim.debtor


def pace(book: Livre, claim: Claim) -> Raison | None:
    if claim.first is None:
        return Raison.SCENARIO_TERMINE
    assert claim.scenario is not None
    mine = {one.debtor for one in book.claims if owner(one) == owner(claim)}
    keys = {one.key for one in book.claims if owner(one) == owner(claim)}
    days = [line[5] for line in book.history if line[:5] in keys or (line[0] == claim.officine and line[8] in mine)]
    for line in book.history:
        other = book.annuaire.of(claim.officine, line[8], book.today) if line[0] == claim.officine else None
        if other is not None and claim.contact is not None and other.id == claim.contact.id:
            days.append(line[5])
    rest = max(book.setting(claim, "repos_jours", claim.scenario.repos_jours), book.policy.reponse_jours + 1)
    if days and book.today < max(days) + rest * DAY:
        return Raison.CONTACT_RECENT
    names = [str(one) for one in type(claim.scenario.jours[0])]
    open_ = names[book.today.weekday()] in claim.scenario.jours and not book.calendar.is_ferie(book.today)
    return None if open_ else Raison.HORS_JOURS


def planned(
    result: Rapprochement, echeances: Echeances, *, policy: RelancePolicy, today: dt.date, annuaire: Annuaire,
    echanges: Echanges, levees: Iterable[Levee] = (),
) -> tuple[set[tuple[str, frozenset[int], int]], set[Step]]:  # fmt: skip
    """Return the contacts (step, claims, cents) and the steps left out (claim, level, reason)."""
    book = Livre(result, echeances, policy, today, annuaire, echanges, levees)
    left: set[Step] = set()
    ready: dict[Any, list[Claim]] = defaultdict(list)
    for claim in book.claims:
        if not over(book, claim):
            continue
        stopped = gate(book, claim)
        if stopped is not None:
            left.add((claim.row, 0, stopped))
            continue
        waits = pace(book, claim)
        if waits is not None:
            left.add((claim.row, 0 if claim.first is None else claim.first + 1, waits))
            continue
        assert claim.scenario is not None
        plain = {"porteuse": claim.scenario.porteuse, "montant_min_cents": None}
        regime = *(book.setting(claim, name, value) for name, value in plain.items()), tuple(book.steps_of(claim))
        ready[owner(claim), claim.kind, regime].append(claim)
    found: dict[Any, dict[Any, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    for (who, kind, regime), claims in sorted(ready.items(), key=repr):
        for place, mine in grouped(book, claims, regime, left):
            found[who][place, kind] += mine
    contacts = set()
    for several in found.values():
        best, *others = sorted(several, key=lambda one: (-one[0], -cents_of(several[one]), KINDS.index(one[1])))
        mine = several[best]
        contacts.add((mine[0].step(best[0]).code, frozenset(one.row for one in mine), cents_of(mine)))
        left |= {(one.row, other[0] + 1, Raison.CONTACT_RECENT) for other in others for one in several[other]}
    return contacts, left


KINDS = (TypeDebiteur.AMO, TypeDebiteur.AMC, TypeDebiteur.PATIENT, TypeDebiteur.PROFESSIONNEL)


def cents_of(claims: list[Claim]) -> int:
    return sum(one.rest for one in claims)


def grouped(
    book: Livre, claims: list[Claim], regime: Any, left: set[Step]
) -> list[tuple[int, list[Claim]]]:  # fmt: skip
    porteuse = regime[0]
    claims = sorted(claims, key=lambda one: (-one.rest if porteuse is Porteuse.PLUS_FORTE else one.due, one.key))
    leader = {one.row: one if porteuse is Porteuse.CHACUNE else claims[0] for one in claims}
    at: dict[int, int | None] = {one.row: leader[one.row].first for one in claims}
    found = []
    scenario = claims[0].scenario
    assert scenario is not None
    for place, palier in enumerate(scenario.paliers):
        here = [one for one in claims if at[one.row] == place]
        if not here:
            continue
        cents = sum(one.rest for one in here)
        why = refusal(book, palier, claims[0].contact, cents, regime[1])
        if why is None:
            found.append((place, here))
            continue
        for one in here:
            left.add((one.row, place + 1, why))
            following = one.next_after(place)
            at[one.row] = None
            if following is None:
                continue
            ripe = leader[one.row].ripe(following)
            if ripe is not None and ripe <= book.today:
                at[one.row] = following
            else:
                left.add((one.row, following + 1, Raison.DELAI_SUIVANT))
    return found


def refusal(book: Livre, palier: Palier, contact: Contact | None, cents: int, least: int | None) -> Raison | None:
    if contact is None and palier.canal is not Canal.PORTAIL:
        return Raison.CONTACT_INCONNU
    if contact is not None and not contact.reaches(palier.canal):
        return Raison.ADRESSE_MANQUANTE
    if cents < (palier.montant_min_cents if least is None else least):
        return Raison.MONTANT_INSUFFISANT
    postage = {Canal.LETTRE: 152, Canal.RECOMMANDE: 611 + 120}.get(palier.canal, 0)
    cost = palier.minutes * book.policy.cout_minute_cents + palier.fournitures_cents + postage
    gain = cents * palier.espoir // 100 - cost
    return Raison.SOUS_LE_COUT if gain <= 0 or gain < book.policy.gain_min_cents else None
