"""The simulated world and its truth, before any file."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import attrs
import pytest

from tiers_payant import simulation
from tiers_payant.simulation import Monde, Taux, Verite, make_world, truth_of

ACCIDENTS = {
    "amc_seule",
    "amo_seule",
    "annonces_jamais_credites",
    "apres_coupure",
    "c2s",
    "debits",
    "differes",
    "eclates",
    "egalites",
    "forfaits",
    "groupes",
    "hors_perimetre",
    "indus_rembourses",
    "jamais_repondues",
    "libelles_tronques",
    "lots_en_double",
    "paiements_partiels",
    "penalites_retard",
    "refacturations",
    "refacturations_autre_montant",
    "rejets",
    "rejets_sans_suite",
    "releves_chevauchants",
    "reprises",
    "ressaisies_date",
    "ressaisies_numero",
    "ressaisies_permutation",
    "retards",
    "retenues",
    "retours_en_double",
    "retours_recadres",
    "sans_retour",
    "sans_tiers_payant",
    "traitements_caisse",
    "trop_percus",
    "virements_partiels",
}


@cache
def big() -> Monde:
    return make_world(officines=2, factures=20_000, mois=3, seed=7)


@cache
def big_truth() -> Verite:
    return truth_of(big())


def written(truth: Verite) -> bytes:
    out = io.BytesIO()
    truth.write(out)
    return out.getvalue()


def test_every_accident_of_life_occurs():
    """
    Twenty thousand factures meet each accident that the truth counts, and no other is counted.
    """
    assert ACCIDENTS == {name for name, count in big().accidents.items() if count}


def test_every_state_but_a_refused_lot_occurs():
    """
    Nothing simulates acknowledgements: no public source gives their layout.
    """
    expected = {
        "annoncee",
        "creditee",
        "differee",
        "non_repondue",
        "partielle",
        "rejetee",
        "reprise",
        "retransmise",
        "traitement_caisse",
    }
    assert expected == set(big_truth().etats())


def test_bank_line_in_scope_is_its_members_and_movements():
    """
    Each line adds up to the cent, and so do the totals.
    """
    wrong = [
        ligne.id
        for ligne in big_truth().lignes
        if ligne.tiers_payant
        and ligne.montant_cents != sum(cents for _, cents in ligne.membres) + sum(m.cents for m in ligne.mouvements)
    ]
    totaux = big_truth().totaux()
    assert [] == wrong
    assert totaux["virements_cents"] == totaux["credite_cents"] + totaux["mouvements_cents"]


def test_credite_is_what_the_bank_lines_say_of_each_creance():
    """
    The créances and the bank lines tell one story.
    """
    paid: Counter[object] = Counter()
    for ligne in big_truth().lignes:
        for cle, cents in ligne.membres:
            paid[cle] += cents
    assert paid == Counter({each.cle: each.credite_cents for each in big_truth().creances if each.cle in paid})


def test_creance_has_one_key():
    """
    Officine, lot date, lot, facture and share: never twice the same.
    """
    assert len(big_truth().creances) == len({creance.cle for creance in big_truth().creances})


@pytest.mark.parametrize(
    ("low", "high", "measure"),
    [
        (0.020, 0.032, lambda w, ventes: sum(any(r.genre == "rejetee" for r in v.reponses) for v in ventes) / 20_000),
        (0.20, 0.32, lambda w, ventes: sum(bool(line.versements) for line in w.lignes) / 20_000),
        (4300, 5300, lambda w, ventes: sum(vente.total for vente in ventes) / len(ventes)),
        (20_000, 20_800, lambda w, ventes: len(ventes)),
    ],
    ids=["refused", "credits", "mean", "factures"],
)
def test_rates_are_near_their_parameters(low, high, measure):
    """
    2.5 % refused, a quarter as many credits, 48 EUR, and what is billed again on top.
    """
    assert low <= measure(big(), list(big().ventes())) <= high


def test_silently_unpaid_are_near_their_parameter():
    """
    2.8 % of factures have a share never answered, or announced by a transfer that never comes.
    """
    silent = {
        id(vente)
        for vente in big().ventes()
        for part in vente.parts()
        if not (told := [r for r in vente.reponses if r.part == part])
        or any(r.groupe is not None and not r.groupe.versements for r in told)
    }
    assert 0.018 <= len(silent) / 20_000 <= 0.038


def test_january_refuses_more_amc_shares():
    """
    The peak of new contracts concerns the AMC alone.
    """

    def refused(debut: dt.date) -> Counter[str]:
        world = make_world(factures=6000, debut=debut)
        return Counter(r.part for v in world.ventes() for r in v.reponses if r.genre == "rejetee")

    january, march = refused(dt.date(2026, 1, 1)), refused(dt.date(2026, 3, 1))
    assert january["AMC"] > 3 * march["AMC"]
    assert january["AMO"] < 2 * march["AMO"]


def test_nothing_happens_after_the_cut_off():
    """
    Lots, returns and bank lines all end there.
    """
    world = big()
    days = [lot.date for lot in world.lots] + [r.date for r in world.retours] + [line.date for line in world.lignes]
    assert dt.date(2025, 12, 10) == world.coupure
    assert max(days) <= world.coupure


def test_lots_hold_at_most_999_factures():
    """
    A parameter lowers it further.
    """
    world = make_world(factures=400, taux=Taux(lot_max=7))
    assert 7 == max(len(lot.ventes) for lot in world.lots)


def test_each_nir_is_impossible_and_passes_its_key():
    """
    Département 99 and commune 999: nobody's, and of no confidential-care kind.
    """
    patients = {vente.patient for vente in big().ventes()}
    assert [] == [p for p in patients if p.nir[0] not in "12" or p.nir[5:10] != "99999" or len(p.nir) != 13]
    assert [] == [p for p in patients if (int(p.nir) + int(p.cle)) % 97]


def test_simulator_never_names_the_matching():
    """
    The judge shares nothing with what it judges.
    """
    folder = Path(simulation.__file__).parent
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}
    assert [] == [name for name, text in texts.items() if re.search(r"import.*matching|tiers_payant\.matching", text)]


def test_one_seed_makes_one_world():
    """
    The truth is the same to the byte; another seed tells another story.
    """
    one, same, other = (written(truth_of(make_world(factures=300, seed=seed))) for seed in (5, 5, 6))
    assert one == same
    assert one != other


def test_world_of_an_officine_does_not_depend_on_the_next():
    """
    Two officines of 300 factures begin with the one that would stand alone.
    """
    alone = truth_of(make_world(officines=1, factures=300)).creances
    assert alone == truth_of(make_world(officines=2, factures=600)).creances[: len(alone)]


def test_replaced_facture_is_owed_once():
    """
    The total owed leaves out what was billed again; both créances are told.
    """
    truth = big_truth()
    replaced = {link.ancienne for link in truth.refacturations}
    assert replaced == {creance.cle for creance in truth.creances if creance.etat == "retransmise"}
    assert truth.totaux()["du_cents"] == sum(c.du_cents for c in truth.creances if c.cle not in replaced)


def test_most_plain_links_are_reachable_and_ties_are_not():
    """
    Money and dates decide nine plain links out of ten, and never one of two equal transfers of one day.
    """
    truth = big_truth()
    direct = [link for link in truth.liens if link.genre == "direct"]
    groupes = {groupe.id: groupe for groupe in truth.groupes if groupe.fichier is not None}
    twins = Counter((g.officine, g.date, g.net_cents) for g in groupes.values())
    tied = [
        link
        for link in direct
        if link.groupe in groupes
        and twins[groupes[link.groupe].officine, groupes[link.groupe].date, groupes[link.groupe].net_cents] > 1
    ]
    assert sum(link.reachable for link in direct) > 0.85 * len(direct)
    assert len(tied) > 0
    assert [] == [link for link in tied if link.reachable]


def test_link_of_a_lost_return_is_never_reachable():
    """
    A credit without any return has nothing to be linked to.
    """
    lost = {groupe.id for groupe in big_truth().groupes if groupe.fichier is None}
    assert len(lost) > 0
    assert [] == [link for link in big_truth().liens if link.groupe in lost and link.reachable]


def test_truth_reads_as_json():
    """
    The file names its schema and says all that the object says.
    """
    truth = truth_of(make_world(factures=200))
    data = json.loads(written(truth))
    assert "tiers-payant/verite/1" == data["schema"]
    assert len(truth.creances) == len(data["creances"])
    assert truth.totaux() == data["totaux"]
    assert attrs.asdict(Taux()) == data["parametres"]["taux"]


def test_two_shares_of_a_section_leave_by_two_transfers_of_one_return():
    """
    AMC_HANDLING V: one return, one label, two groups, two bank lines.
    """
    pairs = [
        (retour.groupes, {groupe.reference for groupe in retour.groupes})
        for retour in big().retours
        if retour.payeur.separe and len(retour.groupes) > 1
    ]
    assert len(pairs) > 0
    assert all(["AMO", "AMC"] == [g.part for g in groupes] and len(labels) == 1 for groupes, labels in pairs)


@pytest.mark.parametrize("wrong", [{"officines": 0}, {"officines": 1000}, {"mois": 0}, {"factures": -1}])
def test_impossible_count_is_refused(wrong):
    """
    A world of nothing is no world.
    """
    with pytest.raises(ValueError, match="expected"):
        make_world(**wrong)


@pytest.mark.parametrize("debut", [dt.date(1, 1, 1), dt.date(1970, 12, 31), dt.date(2068, 1, 1), dt.date(9999, 12, 1)])
def test_months_that_the_files_cannot_date_are_refused(debut):
    """
    B2 writes two digits of a year: told before anything is written.
    """
    with pytest.raises(ValueError, match="expected months"):
        make_world(factures=1, debut=debut)
