"""Deadlines: the rule of each case with its article, the level, what is told of what is not known."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matching.oracle import rows
from tests.matching.test_laws import _shuffled
from tests.rejets.livres import CETIP, OFFICINE, amc, answer, conclusions, livre, livres, paid

import tiers_payant as tp
from tiers_payant.domain import (
    Book,
    Calendrier,
    Echeances,
    EcheanceSuivie,
    Etat,
    Horizon,
    Horizons,
    NatureEcheance,
    NatureMouvement,
    Part,
    Rapprochement,
    Unite,
    Urgence,
    deadline,
    doutes,
    late,
    load_contrats,
    load_regles,
    regle,
)
from tiers_payant.errors import CalendarError, PolicyError, UnknownRuleError

TODAY = dt.date(2026, 3, 20)
METROPOLE = Calendrier()
ENVOI, RENVOI, PAIEMENT, FORCLUSION, INDU = NatureEcheance
ARL = {"officine": OFFICINE, "lot_date": "2026-03-02", "lot": "001", "positif": True}


def told(result: Rapprochement, nature: NatureEcheance, today: dt.date = TODAY, **given: Any) -> list[EcheanceSuivie]:
    return [one for one in tp.deadlines(result, today=today, **given) if one.nature is nature]


def only(result: Rapprochement, nature: NatureEcheance, today: dt.date = TODAY, **given: Any) -> EcheanceSuivie:
    (found,) = told(result, nature, today, **given)
    return found


# --- the law


@pytest.mark.parametrize(
    ("today", "jours", "niveau"),
    [
        (dt.date(2026, 3, 2), 7, Urgence.OK),
        (dt.date(2026, 3, 10), 1, Urgence.BIENTOT),
        (dt.date(2026, 3, 11), 0, Urgence.URGENT),
        (dt.date(2026, 3, 12), -1, Urgence.DEPASSE),
        (dt.date(2026, 3, 16), -3, Urgence.DEPASSE),
    ],
)
def test_amo_pays_within_7_jours_ouvres(today: dt.date, jours: int, niveau: Urgence) -> None:
    """
    CSS L161-36-3 and D161-13-3: from Monday 2 March 2026, the last day is Wednesday 11; open days are counted.
    """
    found = only(livre({}), PAIEMENT, today)
    assert ("paiement_amo", dt.date(2026, 3, 11)) == (found.regle, found.le)
    assert (jours, niveau, 1000) == (found.jours, found.niveau, found.cents)


def test_convention_of_2012_is_a_parameter() -> None:
    """
    4 jours ouvrés, from the press, once the contract is enabled: Friday 6 March; it is told as the contract's.
    """
    found = only(livre({}), PAIEMENT, contrats=load_contrats().enable("convention_pharmaceutique_2012"))
    assert dt.date(2026, 3, 6) == found.le
    assert ("paiement_amo_convention", "convention_pharmaceutique_2012") == (found.regle, found.contrat)


def test_c2s_is_paid_within_7_days_of_the_acknowledgement() -> None:
    """
    CSS D861-6: 7 calendar days from the ARL; the first positive one counts, for both shares.
    """
    c2s = {"contrat": "89", "paiement": "15", "part_amc_cents": 500}
    arls = [
        {**ARL, "date": "2026-03-05"},
        {**ARL, "date": "2026-03-03"},
        {**ARL, "date": "2026-03-01", "positif": False},
    ]
    result = livre(c2s, {}, arls=arls)
    result = attrs.evolve(result, creances=result.creances.with_columns(etat=np.full(3, Etat.NON_REPONDUE)))
    found = told(result, PAIEMENT)
    assert ["paiement_c2s_fse", "paiement_c2s_fse", "paiement_amo"] == [one.regle for one in found]
    assert (dt.date(2026, 3, 3), dt.date(2026, 3, 10), -10, "jours") == (
        found[1].depart, found[1].le, found[1].jours, found[1].unite,
    )  # fmt: skip


def test_c2s_without_acknowledgement_keeps_the_general_delay() -> None:
    """
    The day of the ARL is not guessed: 7 jours ouvrés from the lot, and it is said.
    """
    found = only(livre({"contrat": "89"}), PAIEMENT)
    assert ("paiement_amo", dt.date(2026, 3, 11), "ARL_INCONNU") == (found.regle, found.le, found.doute)
    assert "accusé de réception" in found.doute_texte


def test_amc_is_supposed_to_follow_the_inter_amc_contract() -> None:
    """
    7 jours ouvrés (IGAS 2017, §3.4.1), told as a supposition: not every AMC signed.
    """
    found = only(livre(amc()), PAIEMENT)
    assert ("paiement_amc_inter_amc", "inter_amc") == (found.regle, found.contrat)
    assert (dt.date(2026, 3, 11), "CONTRAT_SUPPOSE") == (found.le, found.doute)


def test_form_sent_late_is_told_as_of_its_lot() -> None:
    """
    CSS R161-47 I 1° b: 8 jours ouvrés from Monday 16 February end on Thursday 26; the lot of 2 March is 2 days late,
    and stays so.
    """
    result = livre({"date_facture": "2026-02-16"}, {"date_facture": "2026-02-18"})
    for today in (TODAY, dt.date(2026, 6, 1)):
        found = only(result, ENVOI, today)
        assert (0, dt.date(2026, 2, 26), -2, Urgence.DEPASSE) == (found.creance, found.le, found.jours, found.niveau)
    assert "Feuille de soins envoyée 2 jours ouvrés après le dernier jour (26/02/2026)." == found.phrase


def test_care_stands_for_a_date_of_facture_that_is_missing() -> None:
    """
    It is not after the facture, and it is said.
    """
    found = only(livre({"date_facture": None, "date_soins": "2026-02-16"}), ENVOI)
    assert (dt.date(2026, 2, 16), "DATE_DE_SOINS") == (found.depart, found.doute)


def test_refused_facture_has_the_delay_of_its_first_sending() -> None:
    """
    No text gives a new sending its own delay: that of R161-47 is shown, with what the Cour de cassation said of it.
    """
    refused = livre(
        {},
        retours=[{"emetteur_type": "CP", "empreinte": "x"}],
        reponses=[answer(reponse=2, annonce_cents=0, groupe=-1)],
    )
    found = only(refused, RENVOI, dt.date(2026, 3, 11))
    assert (dt.date(2026, 3, 12), Urgence.URGENT, "RENVOI_SANS_DELAI", "L") == (
        found.le, found.niveau, found.doute, found.confiance,
    )  # fmt: skip
    assert [] == told(refused, PAIEMENT)
    assert "ne fait pas perdre le droit" in found.doute_texte


@pytest.mark.parametrize(
    ("nature", "code", "le", "doute"),
    [
        ("10", "forclusion_maladie", dt.date(2028, 3, 31), ""),  # L160-11: from the quarter after
        ("13", "forclusion_maladie", dt.date(2028, 3, 31), ""),
        ("90", "forclusion_maladie", dt.date(2028, 3, 31), ""),
        ("41", "forclusion_at_mp", dt.date(2028, 2, 10), ""),  # L431-2: from delivery
        ("30", "forclusion_maternite", dt.date(2028, 2, 10), "CONSTAT_INCONNU"),  # L160-11: first medical finding
        ("", "forclusion_at_mp", dt.date(2028, 2, 10), "NATURE_INCONNUE"),
        ("77", "forclusion_at_mp", dt.date(2028, 2, 10), "NATURE_INCONNUE"),
    ],
)
def test_forclusion_of_the_amo(nature: str, code: str, le: dt.date, doute: str) -> None:
    """
    Two years, from a day that the nature of insurance gives; what is not known takes the prudent day, and says so.
    """
    found = only(livre({"nature_assurance": nature, "date_soins": "2026-02-10"}), FORCLUSION)
    assert (code, le, doute) == (found.regle, found.le, found.doute)


def test_forclusion_of_an_amc_is_two_years_from_the_care() -> None:
    """
    Code de la mutualité L221-11, code des assurances L114-1, CSS L932-13: one value, so the kind of insurer may be
    unknown.
    """
    found = only(livre(amc(date_soins="2026-02-10")), FORCLUSION)
    assert ("prescription_mutuelle", dt.date(2028, 2, 10), "L") == (found.regle, found.le, found.confiance)


def test_indu_is_answered_within_two_months_of_the_return() -> None:
    """
    CSS R133-9-1: from the notification, for which the day of the return stands, as a supposition.
    """
    debt = {"officine": OFFICINE, "nature": NatureMouvement.INDU, "solde_cents": 4200, "montant_cents": 0,
            "reference": "E1", "groupe": 0, "retour": 0}  # fmt: skip
    found = only(paid("2026-03-06", mouvements=[debt]), INDU, dt.date(2026, 4, 28))
    assert (None, 0, 4200, "indu_reponse") == (found.creance, found.mouvement, found.cents, found.regle)
    assert (dt.date(2026, 5, 5), 7, Urgence.URGENT) == (found.le, found.jours, found.niveau)
    assert "NOTIFICATION_SUPPOSEE" == found.doute


def test_indu_of_no_amount_is_answered_all_the_same() -> None:
    """
    A return may tell of a debt without its amount: the delay runs.
    """
    debt = {"officine": OFFICINE, "nature": NatureMouvement.INDU, "solde_cents": 0, "montant_cents": 0, "groupe": 0,
            "retour": 0}  # fmt: skip
    assert 0 == only(paid("", {}, mouvements=[debt]), INDU).cents


@pytest.mark.parametrize(("withheld", "asked"), [(-4200, 0), (-4199, 1)])
def test_indu_withheld_in_full_needs_no_answer(withheld: int, asked: int) -> None:
    """
    What later payments already paid back, under the same reference, is over; a part of it is not.
    """
    debt = {"officine": OFFICINE, "nature": NatureMouvement.INDU, "solde_cents": 4200, "montant_cents": 0,
            "reference": "E1", "groupe": 0, "retour": 0}  # fmt: skip
    held = {**debt, "nature": NatureMouvement.RETENUE, "solde_cents": 0, "montant_cents": withheld}
    assert asked == len(told(paid("", *[{}] * 9, mouvements=[debt, held]), INDU))


# --- what has no deadline


def test_what_is_paid_or_the_patients_has_no_deadline() -> None:
    """
    Nothing is awaited of it: no row at all.
    """
    assert 0 == len(tp.deadlines(paid("2026-03-06"), today=TODAY))
    owed = [{"officine": OFFICINE, "lot_date": "2026-03-02", "lot": "001", "facture": "000000009", "du_cents": 900}]
    result = livre({"paiement": "00"}, comptes_clients=owed)
    assert ([Part.ASSURE], 0) == ([one.part for one in result.creances], len(tp.deadlines(result, today=TODAY)))


def test_what_the_caisse_takes_over_is_barred_but_not_awaited() -> None:
    """
    TRAITEMENT_CAISSE: nobody sends it again, its delay of payment is not told, the forclusion still runs.
    """
    taken = livre(
        {},
        retours=[{"emetteur_type": "CP", "empreinte": "x"}],
        reponses=[answer(reponse=4, annonce_cents=0, groupe=-1)],
    )
    assert [FORCLUSION] == [one.nature for one in tp.deadlines(taken, today=TODAY)]


# --- contracts


def test_operator_is_read_in_the_bank_lines_of_its_amc() -> None:
    """
    The CETIP paid one facture of this AMC: its convention, once enabled, gives 3 jours ouvrés to the others; an AMC of
    which no line is known keeps the general contract.
    """
    rows = [amc(), amc(lot="002"), amc(lot="002", amc="0099999996")]
    result = paid("2026-03-06", *rows, sender="OC", label=CETIP, part=2)
    result = attrs.evolve(result, creances=result.creances.with_columns(
        etat=np.array([Etat.CREDITEE, Etat.NON_REPONDUE, Etat.NON_REPONDUE]), credite_cents=[1000, 0, 0]))  # fmt: skip
    links = result.liens_reponses.take(np.flatnonzero(result.liens_reponses.creance == 0))
    result = attrs.evolve(result, liens_reponses=links)
    found = told(result, PAIEMENT, contrats=load_contrats().enable("fspf_cetip"))
    assert ["fspf_cetip", "inter_amc"] == [one.contrat for one in found]
    assert (dt.date(2026, 3, 5), dt.date(2026, 3, 11)) == (found[0].le, found[1].le)
    assert ["inter_amc"] * 2 == [one.contrat for one in told(result, PAIEMENT)]  # off by default


@pytest.mark.parametrize(
    ("second", "contract"), [("CETIP EXEMPLE", "fspf_cetip"), ("VIAMEDIS EXEMPLE", "inter_amc"), ("", "inter_amc")]
)
def test_amc_that_two_operators_pay_for_is_nobodys(second: str, contract: str) -> None:
    """
    Its bank lines must all name one; without any line, nothing is known of it.
    """
    shares = [amc(part_amc_cents=due) for due in (1100, 2300, 4700)]
    lines = [(CETIP, 1100, "2026-03-06"), (second, 2300, "2026-03-09")] if second else []
    result = livre(
        *shares,
        retours=[{"emetteur_type": "OC", "emetteur": "999", "empreinte": "x", "date": "2026-03-05"}],
        groupes=[{"officine": OFFICINE, "date": "2026-03-05", "retour": 0}] * 2,
        reponses=[answer(n + 1, part=2, annonce_cents=due, groupe=n) for n, due in enumerate((1100, 2300))],
        virements=[
            {"compte": "A", "date": day, "montant_cents": due, "libelle": label, "devise": "EUR"}
            for label, due, day in lines
        ],
    )
    found = told(result, PAIEMENT, contrats=load_contrats().enable("fspf_cetip"))
    assert 2 == len(result.liens_virements) or not second
    assert {contract} == {one.contrat for one in found}


def test_contract_of_one_amc_brings_its_own_rules(tmp_path: Path) -> None:
    """
    A shorter forclusion and another delay, for one number and the lots of its days; nothing else moves.
    """
    rules, contracts = tmp_path / "regles.toml", tmp_path / "contrats.toml"
    rules.write_text(
        """
[forclusion_exemple]
libelle = "Forclusion d'exemple"
[[forclusion_exemple.versions]]
valeur = 6
unite = "mois"
depart = "transmission"
reference = "contrat d'exemple"
confiance = "M"
""",
        encoding="utf-8",
    )
    contracts.write_text(
        """
[[contrat]]
id = "exemple"
nom = "Contrat d'exemple"
debiteurs = ["AMC:99999997"]
paiement = "paiement_otp_convention_fspf"
forclusion = "forclusion_exemple"
du = 2026-03-01
reference = "contrat d'exemple"
confiance = "H"
""",
        encoding="utf-8",
    )
    given: dict[str, Any] = {"regles": load_regles(rules), "contrats": load_contrats(contracts)}
    result = livre(amc(), amc(lot_date="2026-02-27"), amc(amc="0099999996"))
    found = told(result, FORCLUSION, **given)
    assert ["", "exemple", ""] == [one.contrat for one in found]
    assert (dt.date(2026, 9, 2), "M", "") == (found[1].le, found[1].confiance, found[1].doute)
    assert ["inter_amc", "exemple", "inter_amc"] == [one.contrat for one in told(result, PAIEMENT, **given)]


def test_contract_that_names_no_rule_is_an_error() -> None:
    """
    A rule that is not there, or that is an amount, is never taken for a deadline that cannot be told.
    """
    ours = load_contrats()
    for code in ("paiement_exemple", "penalite_amo_forfait"):
        wrong = attrs.evolve(ours, contrats=tuple(attrs.evolve(one, paiement=code) for one in ours.contrats))
        with pytest.raises(UnknownRuleError, match=code):
            tp.deadlines(livre(amc()), today=TODAY, contrats=wrong)


# --- what cannot be told


def test_missing_and_far_dates_are_told_as_not_known() -> None:
    """
    A lot of no day, a care of 1990: `INCONNUE` with the reason, counted in the summary, and no error.
    """
    result = livre({"lot_date": None, "date_soins": "1990-01-01", "date_facture": None}, {"date_soins": None})
    found = list(tp.deadlines(result, today=dt.date(2026, 3, 4)))
    unknown = {(one.nature, one.doute) for one in found if one.niveau is Urgence.INCONNUE}
    assert {
        (ENVOI, "ENVOI_INCONNU"), (PAIEMENT, "DEPART_INCONNU"), (FORCLUSION, "HORS_CALENDRIER"),
        (FORCLUSION, "DEPART_INCONNU"),
    } == unknown  # fmt: skip
    assert all((None, 0) == (one.le, one.jours) for one in found if one.niveau is Urgence.INCONNUE)
    assert "Forclusion : dernier jour inconnu." in [one.phrase for one in found]
    assert "Forclusion, dernier jour inconnu : 2 (20,00\u00a0€)" in tp.deadlines(result, today=TODAY).summary()


def test_a_day_of_judgement_out_of_the_calendar() -> None:
    """
    Open days from the year 1999 cannot be counted; months, told in calendar days, neither.
    """
    found = tp.deadlines(livre({}), today=dt.date(1999, 1, 4))
    assert {Urgence.INCONNUE} == {one.niveau for one in found}


# --- levels and words


def test_horizons_are_a_policy() -> None:
    """
    From how many days a deadline is near is a choice that a caller changes; it refuses what makes no sense.
    """
    wide = Horizons(paiement=Horizon(bientot=7, urgent=3))
    found = [only(livre({}), PAIEMENT, dt.date(2026, 3, day), horizons=wide).niveau for day in (2, 6, 11)]
    assert [Urgence.BIENTOT, Urgence.URGENT, Urgence.URGENT] == found
    for wrong in ({"bientot": 1, "urgent": 2}, {"bientot": 1, "urgent": -1}):
        with pytest.raises(PolicyError, match="urgent"):
            Horizon(**wrong)


@pytest.mark.parametrize(
    ("day", "phrase"),
    [
        (9, "Paiement attendu : encore 2 jours ouvrés (dernier jour le 11/03/2026)."),
        (10, "Paiement attendu : encore 1 jour ouvré (dernier jour le 11/03/2026)."),
        (11, "Paiement attendu : c'est le dernier jour (11/03/2026)."),
        (12, "Paiement en retard de 1 jour ouvré (dernier jour le 11/03/2026)."),
    ],
)
def test_countdown_in_french(day: int, phrase: str) -> None:
    """
    What a pharmacist reads, without a word of the facture.
    """
    assert phrase == only(livre({}), PAIEMENT, dt.date(2026, 3, day)).phrase


def test_pressing_are_told_nearest_first() -> None:
    """
    Over and urgent unless other levels are asked for, by last day.
    """
    found = tp.deadlines(livre({}, {"lot_date": "2026-02-23"}), today=TODAY).pressing()
    assert [dt.date(2026, 3, 4), dt.date(2026, 3, 11)] == [one.le for one in found]
    assert 2 == tp.deadlines(livre({}, {}), today=TODAY).count(PAIEMENT, Urgence.DEPASSE)
    assert "Aucune échéance proche." == Echeances.empty().summary()


def test_every_supposition_has_its_sentence_and_its_use() -> None:
    """
    What `doute` may say is in the catalogue, one French sentence each, and the catalogue holds nothing else.
    """
    sources = "".join(path.read_text("utf-8") for path in Path(tp.__file__).parent.rglob("*.py"))
    assert set(doutes()) == {code for code in doutes() if f'"{code}"' in sources}
    assert all(words.endswith(".") and words[0].isupper() for words in doutes().values())


# --- against a slow reference


class Naive:
    """The deadlines, by loops over plain rows and one day at a time."""

    def __init__(self, result: Rapprochement, today: dt.date) -> None:
        self.result, self.today, self.tables = result, today, result.tables
        self.creances, self.factures = rows(result.creances), rows(result.tables.factures)
        self.moves, self.arls = rows(self.tables.mouvements), rows(self.tables.arls)

    def found(self) -> list[tuple[Any, ...]]:
        found = []
        for rank, row in enumerate(self.creances):
            rest = max(row["du_cents"] - row["credite_cents"], 0)
            if Etat(row["etat"]) in (Etat.RETRANSMISE, Etat.CREDITEE, Etat.REGLEE_COMPTOIR) or not rest:
                continue
            if row["part"] != Part.ASSURE:
                found += [(rank, -1, *one, rest) for one in self._of(row)]
        for rank, row in enumerate(self.moves):
            if row["nature"] == NatureMouvement.INDU:
                debt, paid = abs(row["solde_cents"] or row["montant_cents"]), self._withheld(row)
                if paid <= 0 or paid < debt:
                    retours, groupes = rows(self.tables.retours), rows(self.tables.groupes)
                    told = retours[row["retour"]]["date"] or groupes[row["groupe"]]["date"]
                    found.append((-1, rank, *self._count(INDU, ["indu_reponse"], told), debt))
        return found

    def _withheld(self, debt: dict[str, Any]) -> int:
        return -sum(
            int(row["montant_cents"])
            for row in self.moves
            if row["nature"] == NatureMouvement.RETENUE
            and row["reference"]
            and (row["officine"], row["reference"]) == (debt["officine"], debt["reference"])
        )

    def _of(self, row: dict[str, Any]) -> list[tuple[Any, ...]]:
        facture, etat, sent = self.factures[row["facture_rang"]], Etat(row["etat"]), row["lot_date"]
        by_amo, care = not row["debiteur"].startswith("AMC:"), facture["date_soins"]
        found = []
        if by_amo:
            completed = facture["date_facture"] or care
            if etat in (Etat.REJETEE, Etat.LOT_REFUSE):
                found.append(self._count(RENVOI, ["transmission_fse_tiers_payant"], completed))
            else:
                one = self._count(ENVOI, ["transmission_fse_tiers_payant"], completed, sent)
                found += [one] if one[4] in (Urgence.DEPASSE, Urgence.INCONNUE) else []
        if etat in (Etat.PARTIELLE, Etat.DIFFEREE, Etat.ANNONCEE, Etat.NON_REPONDUE):
            acks = [one["date"] for one in self.arls if one["positif"] and self._same_lot(one, row)]
            if not by_amo:
                found.append(self._count(PAIEMENT, ["paiement_amc_inter_amc"], sent))
            elif facture["contrat"] == "89" and acks:
                found.append(self._count(PAIEMENT, ["paiement_c2s_fse"], min(acks)))
            else:
                found.append(self._count(PAIEMENT, ["paiement_amo"], sent))
        amc_rules = ["prescription_mutuelle", "prescription_assureur", "prescription_institution_prevoyance"]
        amo_rules = {"41": ["forclusion_at_mp"], "30": ["forclusion_maladie", "forclusion_maternite"]}
        amo_rules |= {nature: ["forclusion_maladie"] for nature in ("10", "13", "90")}
        unknown = ["forclusion_maladie", "forclusion_at_mp"]
        codes = amo_rules.get(facture["nature_assurance"], unknown) if by_amo else amc_rules
        return [*found, self._count(FORCLUSION, codes, care)]

    def _same_lot(self, one: dict[str, Any], row: dict[str, Any]) -> bool:
        return all(one[name] == row[name] for name in ("officine", "lot_date", "lot"))

    def _count(
        self, nature: NatureEcheance, codes: list[str], start: dt.date | None, since: dt.date | None = None
    ) -> tuple[Any, ...]:
        since = since or (None if nature is ENVOI else self.today)
        ends = []
        for code in codes:
            try:
                ends.append((deadline(regle(code).on(start), start, METROPOLE).le, code) if start else None)
            except CalendarError:
                ends.append(None)
        known = [one for one in ends if one]
        if not known:
            return nature, codes[0], None, 0, Urgence.INCONNUE
        le = min(day for day, _ in known)
        code = next(code for day, code in known if day == le)
        if since is None:
            return nature, code, le, 0, Urgence.INCONNUE
        months = regle(code).versions[0].unite.value in ("mois", "jours")
        left = METROPOLE.count(since, le, Unite.JOURS if months else Unite.JOURS_OUVRES)
        horizon = Horizons().of(nature)
        level = Urgence.BIENTOT if left <= horizon.bientot else Urgence.OK
        level = Urgence.URGENT if left <= horizon.urgent else level
        return nature, code, le, left, Urgence.DEPASSE if left < 0 else level


@settings(max_examples=25)
@given(livres() | conclusions(), st.sampled_from([dt.date(2026, 1, 14), dt.date(2026, 4, 30), dt.date(2028, 1, 10)]))
def test_deadlines_are_those_of_a_slow_reference(result: Rapprochement, today: dt.date) -> None:
    """
    Every row and nothing else: the rule, the day, the countdown, the level, the cents; with dates missing and far.
    """
    told = rows(tp.deadlines(result, today=today))
    assert {row["doute"] for row in told} <= {"", *doutes()}
    found = [
        (
            row["creance"],
            row["mouvement"],
            row["nature"],
            row["regle"],
            row["le"],
            row["jours"],
            row["niveau"],
            row["cents"],
        )
        for row in told
    ]
    assert Naive(result, today).found() == found


@settings(max_examples=8)
@given(livres(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(result: Rapprochement, random: Any) -> None:
    """
    Créances are sorted by key: whatever the order of the tables, the same deadlines come in the same order.
    """
    shuffled = tp.reconcile(Book(tables=_shuffled(result.tables, random)))
    plain = [tp.deadlines(one, today=TODAY) for one in (result, shuffled)]
    kept = [one.take(one.creance >= 0) for one in plain]
    debts = [sorted(map(str, (row | {"mouvement": 0} for row in rows(one.take(one.creance < 0))))) for one in plain]
    assert rows(kept[0]) == rows(kept[1])
    assert debts[0] == debts[1]


@settings(max_examples=10)
@given(livres())
def test_late_is_a_delay_of_payment_that_is_over(result: Rapprochement) -> None:
    """
    `tp.late` and the deadlines agree on the general delays of the law.
    """
    found = tp.deadlines(result, today=TODAY)
    over = found.take(
        (found.nature == PAIEMENT) & (found.niveau == Urgence.DEPASSE) & (found.regle != b"paiement_c2s_fse")
    )
    told = set(over.creance.tolist())
    c2s = set(found.take(found.regle == b"paiement_c2s_fse").creance.tolist())
    owed = result.creances.du_cents > result.creances.credite_cents
    expected = {row for row in np.flatnonzero(late(result.creances, TODAY) & owed).tolist() if row not in c2s}
    assert expected == told
