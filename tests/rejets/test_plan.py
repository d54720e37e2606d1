"""What to do about rejects: what is an action, what goes together, in which order, for when."""

from __future__ import annotations

import datetime as dt
import json
from itertools import permutations
from typing import Any

import jsonschema
import numpy as np
import pytest
from tests.rejets.livres_actions import OFFICINE, TODAY, book, classed, families, planned, refused

import tiers_payant as tp
from tiers_payant.domain import (
    Accreditations,
    Acteur,
    Confiance,
    Etat,
    Famille,
    NatureEcheance,
    NatureMouvement,
    Preuve,
    Reponse,
    Urgence,
    fiches,
    load_fiches,
)
from tiers_payant.errors import ColumnError
from tiers_payant.matching import reconcile
from tiers_payant.rejets import deadlines, plan
from tiers_payant.reports import rejets_schema

AMC = {"paiement": "25", "amc": "0099999997", "part_amo_cents": 0, "part_amc_cents": 500}


def test_one_amc_number_behind_forty_rejects_is_one_action():
    """
    Forty patients, one number to correct: one action, worth the forty, done in the minutes of one.
    """
    factures = [{**AMC, "nir": f"19999999990{rank:02d}"} for rank in range(40)]
    found = planned(refused(*({"de": rank, "code": "AMC_CONTRAT"} for rank in range(40)), factures=factures, part=2))
    (one,) = found
    assert (40 * 500, 40, 40, 40) == (one.cents, one.factures, one.creances, one.rejets)
    assert fiches()[Famille.AMC_CONTRAT].minutes == one.minutes
    assert "amc:99999997" == one.cause
    assert "AMC:0099999997" == one.payeur


@pytest.mark.parametrize(
    ("famille", "change", "actions"),
    [
        ("AMC_CONTRAT", {"amc": "0099999989"}, 2),
        ("IDENTITE_NIR", {"nir": "2999999999999"}, 2),
        ("IDENTITE_NIR", {"naissance": "020299"}, 2),
        ("IDENTITE_NIR", {"prescripteur": "991000028"}, 1),
        ("DROITS_AMO", {"nir": "2999999999999"}, 2),
        ("DROITS_AMO", {}, 1),
        ("EXONERATION", {}, 1),
        ("CAISSE_DEST", {}, 1),
        ("PRESCRIPTEUR", {"prescripteur": "991000028"}, 2),
        ("PRESCRIPTEUR", {"nir": "2999999999999"}, 1),
        ("PRESCRIPTEUR", {"caisse": "998"}, 2),
        ("IDENTITE_NIR", {"officine": "999000027"}, 2),
        ("TECHNIQUE", {"nir": "2999999999999", "caisse": "998"}, 1),
        ("TECHNIQUE", {"lot": "002"}, 2),
        ("PIECE_JUSTIF", {}, 2),
        ("DOUBLON", {}, 2),
        ("INCONNU", {}, 2),
    ],
)
def test_what_one_correction_mends_goes_together(famille, change, actions):
    """
    Two factures alike but for one thing: one action when that thing is not what is corrected.
    """
    part = 2 if famille == "AMC_CONTRAT" else 1
    base = AMC if part == 2 else {}
    given = refused(
        {"de": 0, "code": famille}, {"de": 1, "code": famille}, factures=[base, {**base, **change}], part=part
    )
    assert [famille] * actions == families(planned(given))


@pytest.mark.parametrize(("actes", "actions"), [(("PH7", "PH7"), 1), (("PH7", "PH4"), 2), (("", ""), 2)])
def test_products_go_together_by_act(actes, actions):
    """
    One act to price anew mends every facture that holds it; without an act the facture alone is known.
    """
    lines = [{"de": rank, "code": "PRODUIT_TARIF", "acte": acte} for rank, acte in enumerate(actes)]
    assert actions == len(planned(refused(*lines)))


@pytest.mark.parametrize("famille", ["IDENTITE_NIR", "DROITS_AMO", "EXONERATION", "PRODUIT_TARIF"])
def test_what_identifies_a_patient_or_a_product_is_never_shown(famille):
    """
    The cause and the name are those of the first facture: no NIR, no birth date, no act code.
    """
    found = planned(refused({"de": 0, "code": famille, "acte": "ZZ9"}, {"de": 1, "code": famille, "acte": "ZZ9"}))
    (one,) = found
    assert f"{famille}:{OFFICINE}:2026-01-05:001:000000101:AMO" == one.id
    assert one.cause.endswith(f":{OFFICINE}:2026-01-05:001:000000101")
    said = f"{one!r} {found.actions.row(0)}"
    assert [] == [secret for secret in ("1999999999999", "010199", "ZZ9") if secret in said]


def test_shares_of_one_facture_and_family_are_one_action():
    """
    AMO and AMC refuse one facture for one reason: one action, whose payer is that of its first share.
    """
    given = book(
        [{**AMC, "paiement": "15", "part_amo_cents": 700}],
        [{"de": 0, "part": 1}, {"de": 0, "part": 2}],
        [{"de": 0, "code": "PIECE_JUSTIF", "part": said} for said in "OC"],
    )
    (one,) = planned(given)
    assert (1200, 2, 1, 2) == (one.cents, one.creances, one.factures, one.rejets)
    assert "AMO:01-999-0000" == one.payeur


def test_rejects_for_two_reasons_are_one_action_that_tells_both():
    """
    A facture refused twice by one return has one family; what forbids to send again comes first.
    """
    (one,) = planned(refused({"de": 0, "code": "IDENTITE_NIR"}, {"de": 0, "code": "DOUBLON"}))
    assert (Famille.DOUBLON, (Famille.IDENTITE_NIR,), 2) == (one.famille, one.autres, one.rejets)


def test_what_the_insurer_has_in_hand_speaks_before_all():
    """
    Said to be paid already, and to be re-processed: the second return is awaited.
    """
    (one,) = planned(refused({"de": 0, "code": "DOUBLON"}, {"de": 0, "code": "TRAITEMENT_CAISSE"}))
    assert (Famille.TRAITEMENT_CAISSE, (Famille.DOUBLON,)) == (one.famille, one.autres)


@pytest.mark.parametrize("preuve", Preuve)
def test_every_evidence_has_its_place(preuve):
    """
    Whatever a family was read from, its action says so.
    """
    result = reconcile(refused({"de": 0, "code": "EXONERATION"}))
    read = classed(result).with_columns(preuve=np.array([int(preuve)], dtype=np.int8))
    (one,) = plan(result, read, deadlines(result, today=TODAY), today=TODAY)
    assert preuve is one.preuve


def test_surer_evidence_speaks_first():
    """
    Of one return, the line that a code explains speaks before one that words do, and those before a prefix.
    """
    codes = ("EXONERATION", "PRESCRIPTEUR", "PIECE_JUSTIF")
    result = reconcile(refused(*({"de": 0, "code": code} for code in codes)))
    for order in permutations((Preuve.CODE, Preuve.MOTS, Preuve.PREFIXE)):
        read = classed(result).with_columns(preuve=np.array([int(one) for one in order], dtype=np.int8))
        (one,) = plan(result, read, deadlines(result, today=TODAY), today=TODAY)
        assert Famille[codes[order.index(Preuve.CODE)]] is one.famille


def test_latest_return_speaks():
    """
    A second return that refuses for another reason is the one to answer; the first line stays with the action.
    """
    given = book(
        [{}],
        [{"de": 0}, {"de": 0, "groupe": 1, "retour": 1}],
        [{"de": 0, "code": "IDENTITE_NIR", "retour": 0}, {"de": 0, "code": "PRESCRIPTEUR", "retour": 1}],
        retours={
            "emetteur_type": ["CP", "CP"], "empreinte": ["a" * 64, "b" * 64], "date": ["2026-01-08", "2026-01-15"],
        },
        groupes={"officine": [OFFICINE] * 2, "date": ["2026-01-08", "2026-01-15"], "retour": [0, 1]},
    )  # fmt: skip
    (one,) = planned(given)
    assert (Famille.PRESCRIPTEUR, (), 2) == (one.famille, one.autres, one.rejets)


class TestWithoutRejectLine:
    @pytest.mark.parametrize(
        ("reponse", "famille"),
        [
            (Reponse.REJETEE, "INCONNU"),
            (Reponse.TRAITEMENT_CAISSE, "TRAITEMENT_CAISSE"),
            (Reponse.DIFFEREE, "TRAITEMENT_CAISSE"),
        ],
    )
    def test_state_tells_the_family(self, reponse, famille):
        """
        A refusal without a reason is looked into; what the insurer has in hand is awaited.
        """
        (one,) = planned(book([{}], [{"de": 0, "reponse": int(reponse)}]))
        assert (famille, Preuve.AUCUNE) == (one.famille.name, one.preuve)

    def test_what_the_insurer_has_in_hand_waits_whatever_its_lines_say(self):
        """
        An answer of traitement caisse with a reason printed beside: nothing is sent again.
        """
        waits = {"de": 0, "reponse": int(Reponse.TRAITEMENT_CAISSE)}
        found = planned(book([{}], [waits], [{"de": 0, "code": "IDENTITE_NIR"}]))
        assert (["TRAITEMENT_CAISSE"], []) == (families(found), list(found.a_faire))

    def test_refused_lot_is_one_action(self):
        """
        A negative ARL: the lot is sent again, whatever the payers in it.
        """
        arls: dict[str, list[Any]] = {
            "officine": [OFFICINE], "lot_date": ["2026-01-05"], "lot": ["001"], "date": ["2026-01-06"],
            "positif": [False], "libelle": ["EXEMPLE"],
        }  # fmt: skip
        (one,) = planned(book([{}, {"caisse": "998"}, {"nir": "2999999999999"}], arls=arls))
        assert (Famille.TECHNIQUE, 3000, 3, "") == (one.famille, one.cents, one.creances, one.payeur)
        assert "lot:2026-01-05/001" == one.cause

    def test_short_payment_is_a_gap(self):
        """
        400 credited of 1 000: the 600 that are missing are asked about.
        """
        (one,) = planned(_paid(400))
        assert (Famille.ECART, 600) == (one.famille, one.cents)

    def test_short_announcement_is_a_gap_already(self):
        """
        The return announces 400 of 1 000 and the bank nothing yet: what is announced is awaited, the rest is not.
        """
        (one,) = planned(_paid(400, credited=False))
        assert (Famille.ECART, 600) == (one.famille, one.cents)

    def test_short_payment_with_a_reject_line_is_that_reject(self):
        """
        The act that was refused says why it is short.
        """
        (one,) = planned(_paid(400, rejets=[{"de": 0, "code": "PRODUIT_TARIF", "acte": "ZZ9", "portee": "L"}]))
        assert (Famille.PRODUIT_TARIF, 600) == (one.famille, one.cents)


def _paid(cents: int, *, credited: bool = True, rejets: list[dict[str, Any]] | None = None) -> Any:
    lines: dict[str, Any] = {
        "compte": ["EXEMPLE"], "date": ["2026-01-09"], "montant_cents": [cents], "devise": ["EUR"],
        "libelle": ["CPAM DE VILLE-EXEMPLE"],
    }  # fmt: skip
    answers = [{"de": 0, "reponse": int(Reponse.PAYEE), "annonce_cents": cents}]
    return book([{}], answers, rejets, **({"virements": lines} if credited else {}))


@pytest.mark.parametrize("credited", [True, False])
def test_what_is_paid_or_announced_in_full_asks_for_nothing(credited):
    """
    No action, though a line was printed about it: the line is counted, not lost.
    """
    found = planned(_paid(1000, credited=credited, rejets=[{"de": 0, "code": "INCONNU"}]))
    assert (0, 1) == (len(found), found.rejets_clos)


def test_what_was_billed_again_asks_for_nothing():
    """
    The facture that replaces it is followed; its own reject is closed.
    """
    first = {"nir": "1999999999999", "date_soins": "2026-01-02"}
    again = {**first, "lot": "002", "lot_date": "2026-01-12"}
    result = reconcile(book([first, again], [{"de": 0}], [{"de": 0, "code": "IDENTITE_NIR"}]))
    assert Etat.RETRANSMISE == result.creances[0].etat
    found = planned(result)
    assert (0, 1) == (len(found), found.rejets_clos)


def test_reject_of_an_unknown_facture_is_told():
    """
    Its lines make an action worth nothing, by facture; nothing vanishes.
    """
    key = {"officine": OFFICINE, "lot_date": "2026-01-05", "lot": "001", "facture": "000000999"}
    found = planned(book([{}], None, [{**key, "code": "PIECE_JUSTIF"}, {**key, "code": "INCONNU"}]))
    (one,) = found
    assert (Famille.PIECE_JUSTIF, 0, 0, 1, 2) == (one.famille, one.cents, one.creances, one.factures, one.rejets)
    assert f"facture:{OFFICINE}:2026-01-05:001:000000999" == one.cause
    assert 0 == found.rejets_clos


def test_unknown_facture_written_in_two_ways_is_one_action():
    """
    One return pads its number, another does not.
    """
    key = {"officine": OFFICINE, "lot_date": "2026-01-05", "lot": "001", "code": "PIECE_JUSTIF"}
    (one,) = planned(book([{}], None, [{**key, "facture": "000000999"}, {**key, "facture": "999"}]))
    assert ("facture:999000019:2026-01-05:001:000000999", 2) == (one.cause, one.rejets)


@pytest.mark.parametrize(("code", "actions"), [("IDENTITE_NIR", [2]), ("PRESCRIPTEUR", [1, 1])])
def test_line_about_a_share_that_its_facture_has_not_joins_its_action(code, actions):
    """
    A facture never has two open actions of one family; a line of another family is one more.
    """
    lines = [{"de": 0, "code": "IDENTITE_NIR"}, {"de": 0, "code": code, "part": "C"}]
    found = planned(book([{}], [{"de": 0}], lines))
    assert actions == [one.rejets for one in found]
    assert 1000 == sum(one.cents for one in found)


@pytest.mark.parametrize("code", ["DOUBLON", "TRAITEMENT_CAISSE"])
def test_what_is_never_sent_again_stays_so_in_a_refused_lot(code):
    """
    A lot refused, and a return that says that the facture is paid: contradictory, so nothing is sent.
    """
    arls = {"officine": [OFFICINE], "lot_date": ["2026-01-05"], "lot": ["001"], "positif": [False]}
    result = reconcile(book([{}, {}], None, [{"de": 0, "code": code}], arls=arls))
    assert {int(Etat.LOT_REFUSE)} == set(result.creances.etat.tolist())
    assert {code, "TECHNIQUE"} == set(families(planned(result)))


@pytest.mark.parametrize("code", ["DOUBLON", "TRAITEMENT_CAISSE"])
def test_what_is_never_sent_again_stays_so_on_a_day_not_known(code):
    """
    A return of no day may be the latest.
    """
    given = book(
        [{}],
        [{"de": 0}],
        [{"de": 0, "code": code, "retour": 1}, {"de": 0, "code": "IDENTITE_NIR", "retour": 0}],
        retours={"emetteur_type": ["CP"] * 2, "empreinte": ["a" * 64, "b" * 64], "date": ["2026-01-08", "NaT"]},
    )
    assert [code] == families(planned(given))


@pytest.mark.parametrize(
    ("code", "famille"),
    [("AMC_CONTRAT", "AMC_TORT"), ("INCONNU", "AMC_TORT"), ("DOUBLON", "DOUBLON"), ("TECHNIQUE", "TECHNIQUE")],
)
def test_accredited_facture_that_its_amc_refuses_is_contested(code, famille):
    """
    An accreditation vouches for the rights, not for a facture sent once; a facture without its number is as others.
    """
    accreditations = Accreditations.of(
        2, officine=[OFFICINE] * 2, lot_date=["2026-01-05"] * 2, lot=["1"] * 2, facture=["101", "102"],
        numero=["EXEMPLE1", ""],
    )  # fmt: skip
    given = refused({"de": 0, "code": code}, {"de": 1, "code": code}, factures=[AMC, AMC], part=2)
    found = planned(given, accreditations=accreditations)
    told = {creance: one.famille.name for row, one in enumerate(found) for creance in found.creances_of(row).tolist()}
    assert {0: famille, 1: code} == told


class TestIndus:
    @staticmethod
    def moves(*rows: tuple[NatureMouvement, int, int, str, int]) -> Any:
        columns = {
            "officine": [OFFICINE] * len(rows),
            "nature": [int(nature) for nature, *_ in rows],
            "montant_cents": [cents for _, cents, *_ in rows],
            "solde_cents": [left for _, _, left, *_ in rows],
            "reference": [reference for *_, reference, _ in rows],
            "retour": [retour for *_, retour in rows],
            "groupe": [retour for *_, retour in rows],
        }
        return book(
            [{}],
            mouvements=columns,
            retours={
                "emetteur_type": ["CP", "CP"], "empreinte": ["a" * 64, "b" * 64], "date": ["2026-01-08", "2026-01-15"],
            },
            groupes={"officine": [OFFICINE] * 2, "date": ["2026-01-08", "2026-01-15"], "retour": [0, 1]},
        )  # fmt: skip

    def test_one_action_per_return(self):
        """
        Two debts told by one return are read together.
        """
        retenue, indu = NatureMouvement.RETENUE, NatureMouvement.INDU
        found = planned(self.moves((retenue, -300, 0, "EX1", 0), (indu, 0, 700, "EX2", 0), (indu, 0, 50, "EX3", 1)))
        assert [(Famille.INDU, 1000), (Famille.INDU, 50)] == [(one.famille, one.cents) for one in found]
        assert [2, 1] == [int((found.mouvements.action == row).sum()) for row in range(2)]

    def test_one_debt_told_twice_counts_once(self):
        """
        Claimed, then withheld in part: what is withheld, and what then remains.
        """
        retenue, indu = NatureMouvement.RETENUE, NatureMouvement.INDU
        found = planned(self.moves((indu, 0, 900, "EX1", 0), (retenue, -400, 500, "EX1", 1)))
        assert [900] == [one.cents for one in found]

    def test_penalties_and_lump_sums_are_no_debt(self):
        """
        What the insurer owes asks for no answer.
        """
        other = (NatureMouvement.PENALITE_RETARD, NatureMouvement.FORFAIT, NatureMouvement.AUTRE)
        assert 0 == len(planned(self.moves(*((nature, 300, 0, "EX", 0) for nature in other))))

    def test_answer_is_due_in_two_months(self):
        """
        CSS R133-9-1 (LEGIARTI000038790609): two months to pay or to answer.
        """
        (one,) = planned(self.moves((NatureMouvement.INDU, 0, 700, "EX2", 0)))
        assert (NatureEcheance.INDU, dt.date(2026, 3, 8)) == (one.echeance, one.le)


class TestOrder:
    def test_most_expected_euros_a_minute_come_first(self):
        """
        90 % of 10 euros in 6 minutes, before 60 % of 10 euros in 20.
        """
        found = planned(refused({"de": 0, "code": "PRESCRIPTION"}, {"de": 1, "code": "IDENTITE_NIR"}))
        assert ["IDENTITE_NIR", "PRESCRIPTION"] == families(found)
        assert [1, 2] == [one.rang for one in found]
        assert [900, 600] == [one.attendu_cents for one in found]
        assert [150.0, 30.0] == [one.cents_par_minute for one in found]

    def test_what_is_expected_counts_and_not_what_is_at_stake(self):
        """
        90 % of 10 euros, before 30 % of 20 euros, in as many minutes.
        """
        factures = [{"part_amo_cents": 2000}, {"part_amo_cents": 1000}]
        found = planned(refused({"de": 0, "code": "DOUBLON"}, {"de": 1, "code": "IDENTITE_NIR"}, factures=factures))
        assert [("IDENTITE_NIR", 900, 6), ("DOUBLON", 600, 6)] == [
            (one.famille.name, one.attendu_cents, one.minutes) for one in found
        ]

    def test_what_waits_is_apart_and_last(self):
        """
        Traitement caisse has no place in the order of work, whatever it is worth.
        """
        big = [{"part_amo_cents": 99999}, {}]
        found = planned(
            refused({"de": 0, "code": "TRAITEMENT_CAISSE"}, {"de": 1, "code": "PIECE_JUSTIF"}, factures=big)
        )
        assert ["PIECE_JUSTIF"] == [one.famille.name for one in found.a_faire]
        (waiting,) = found.en_attente
        assert (0, True, Acteur.PERSONNE) == (waiting.rang, waiting.attend, waiting.acteur)

    def test_own_figures_change_the_order(self, tmp_path):
        """
        Minutes of zero divide by one; the texts that are not given stay ours.
        """
        path = tmp_path / "miennes.toml"
        path.write_text("[PRESCRIPTION]\nminutes = 0\nespoir = 100\n", encoding="utf-8")
        given = refused({"de": 0, "code": "PRESCRIPTION"}, {"de": 1, "code": "IDENTITE_NIR"})
        first = planned(given, fiches=load_fiches(path))[0]
        assert (Famille.PRESCRIPTION, 1000, 1000.0) == (first.famille, first.attendu_cents, first.cents_par_minute)
        assert fiches()[Famille.PRESCRIPTION].action == first.texte


class TestDeadline:
    def test_new_sending_comes_before_the_forclusion(self):
        """
        While the 8 jours ouvrés (CSS R161-47 I 1° b, LEGIARTI000006746783) are not over, they are the nearest.
        """
        result = reconcile(refused({"de": 0, "code": "IDENTITE_NIR"}))
        today = dt.date(2026, 1, 12)
        table = deadlines(result, today=today)
        (row,) = np.flatnonzero(table.nature == NatureEcheance.RENVOI).tolist()
        (one,) = planned(result, today=today)
        assert (NatureEcheance.RENVOI, table[row].le, table[row].jours) == (one.echeance, one.le, one.jours)
        assert "jours_ouvres" == one.unite

    def test_once_missed_the_forclusion_is_told(self):
        """
        Two years from the quarter after that of the care (CSS L160-11, LEGIARTI000033714761).
        """
        (one,) = planned(refused({"de": 0, "code": "IDENTITE_NIR"}))
        assert (NatureEcheance.FORCLUSION, dt.date(2028, 3, 31)) == (one.echeance, one.le)
        assert "L160-11" in one.reference
        assert Confiance.MOYENNE == one.confiance

    def test_beyond_the_forclusion_little_is_expected(self):
        """
        The last day missed is told, and no more is hoped for than of a claim out of time.
        """
        (one,) = planned(refused({"de": 0, "code": "IDENTITE_NIR"}), today=dt.date(2028, 4, 3))
        assert Urgence.DEPASSE == one.niveau
        assert fiches()[Famille.FORCLUSION].espoir * 10 == one.attendu_cents

    def test_soonest_of_the_group_is_its_own(self):
        """
        Two factures of one patient: the older one's day, as long as it may be met.
        """
        old = {"lot": "000", "lot_date": "2025-12-29", "date_soins": "2025-12-29", "date_facture": "2025-12-29"}
        given = refused({"de": 0, "code": "IDENTITE_NIR"}, {"de": 1, "code": "IDENTITE_NIR"}, factures=[{}, old])
        (one,) = planned(given)
        assert dt.date(2027, 12, 31) == one.le


def test_classement_of_other_rejects_is_refused():
    """
    One row per reject line, or the families would be those of others.
    """
    result = reconcile(refused({"de": 0, "code": "IDENTITE_NIR"}))
    wrong = classed(result).take(slice(0, 0))  # type: ignore[arg-type]
    with pytest.raises(ColumnError, match="one row per reject line"):
        plan(result, wrong, deadlines(result, today=dt.date(2026, 2, 2)), today=dt.date(2026, 2, 2))


def test_nothing_refused_is_no_action():
    """
    An empty plan, not an error.
    """
    found = planned(book([{}]))
    assert (0, 0) == (len(found), len(found.creances))
    assert "<PlanActions of 0 actions>" == repr(found)


@pytest.mark.parametrize(
    ("reponse", "code", "famille", "preuve"),
    [
        (Reponse.REJETEE, "0450", Famille.EXONERATION, Preuve.PREFIXE),
        (Reponse.TRAITEMENT_CAISSE, "ZZ", Famille.TRAITEMENT_CAISSE, Preuve.AUCUNE),
    ],
)
def test_every_proof_of_a_family_makes_an_action(tmp_path, reponse, code, famille, preuve):
    """
    What a line was classified from never stops the plan: the beginning of a code, the answer itself.
    """
    given = book([{}], [{"de": 0, "reponse": int(reponse)}], [{"de": 0, "code": code}])
    result = tp.reconcile(given)
    found = tp.plan_actions(result, today=TODAY)
    assert [(famille, preuve)] == [(one.famille, one.preuve) for one in found]
    tp.write_rejets_json(found, result, tmp_path / "x.json")
    jsonschema.validate(json.loads((tmp_path / "x.json").read_text("utf-8")), rejets_schema())


def test_line_of_no_share_told_by_the_answer_is_classified_from_it():
    """
    A facture that this book does not hold, said to be re-processed: its line waits too.
    """
    key = {"officine": OFFICINE, "lot_date": "2026-01-05", "lot": "001", "facture": "000000999"}
    given = book([{}], [{**key, "reponse": int(Reponse.TRAITEMENT_CAISSE)}], [{**key, "code": "ZZ"}])
    found = tp.plan_actions(tp.reconcile(given), today=TODAY)
    assert [(Famille.TRAITEMENT_CAISSE, Preuve.REPONSE)] == [(one.famille, one.preuve) for one in found]
