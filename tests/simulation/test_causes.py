"""Why simulated shares are refused: what the lot shows of it, how it is worded, who sold."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import tiers_payant as tp
from tiers_payant.domain import Famille, Tables
from tiers_payant.simulation import Cle, Monde, Taux, Verite, make_world, simulate, truth_of
from tiers_payant.simulation._fautes import AU_COMPTOIR, CAUSES
from tiers_payant.simulation._lectures import lectures_of
from tiers_payant.simulation._motifs import LIBELLES, MUETS, RESERVES, draw_motif, libelles

OFTEN = Taux(rejets=0.25, fautes_admises=0.08)
NOT_OF_A_REJECT = {"INCONNU", "INDU", "ECART"}
"""No cause: what nobody knows, a sum taken back, a share paid otherwise."""
ORDINARY = {"PH1", "PH2", "PH4", "PH7"}

Key = tuple[str, dt.date, str, str]


@cache
def world() -> Monde:
    return make_world(officines=2, factures=3500, mois=2, seed=9, taux=OFTEN)


@cache
def truth() -> Verite:
    return truth_of(world())


@cache
def lots() -> Tables:
    return Tables.concat([each.tables for each in lectures_of(world()) if len(each.tables.factures)])


def key_of(cle: Cle) -> Key:
    return cle.officine, cle.lot_date, cle.lot, cle.facture


# --- causes


def test_every_family_of_a_reject_occurs():
    """
    Each that a refused share may have, processing by the insurer included.
    """
    assert set(Famille.__members__) - NOT_OF_A_REJECT == {rejet.famille for rejet in truth().rejets}


def test_every_cause_occurs():
    """
    Refused or let pass, none of the table is idle.
    """
    seen = {rejet.cause for rejet in truth().rejets} | {faute.cause for faute in truth().fautes}
    assert {cause.nom for cause in CAUSES} == seen - {""}


def test_refused_shares_are_those_of_the_returns():
    """
    One line for each share refused, or processed again with a reason.
    """
    refused = Counter((r.vente.numero, r.part) for retour in world().retours for r in retour.autres if r.code)
    assert refused == Counter((rejet.creance.facture, rejet.creance.part) for rejet in truth().rejets)


def test_reject_says_whether_it_was_corrected():
    """
    As the factures billed again say.
    """
    replaced = {link.ancienne for link in truth().refacturations}
    assert replaced == {rejet.creance for rejet in truth().rejets if rejet.corrigee}


def test_what_is_paid_or_late_is_not_sent_again():
    """
    Nothing follows a double, a document awaited, or a time limit.
    """
    sent_again = {rejet.famille for rejet in truth().rejets if rejet.corrigee}
    assert set() == sent_again & {"DOUBLON", "PIECE_JUSTIF", "FORCLUSION"}


def test_some_rejects_show_nothing_and_some_faults_pass():
    """
    Neither implies the other: a check is judged on what it stops and on what it stops for nothing.
    """
    rejets = [rejet for rejet in truth().rejets if rejet.cause]
    shown = sum(rejet.visible for rejet in rejets) / len(rejets)
    assert 0.2 < shown < 0.4
    assert {(True, True), (True, False), (False, True), (False, False)} == {
        (faute.visible, faute.refusee) for faute in truth().fautes
    }


def test_faults_let_pass_are_near_their_rate():
    """
    Of the factures that nobody refuses.
    """
    passed = sum(not faute.refusee for faute in truth().fautes)
    refused = len({key_of(rejet.creance) for rejet in truth().rejets})
    assert 0.065 < passed / (truth().factures - refused) < 0.09


def test_money_does_not_depend_on_causes():
    """
    More faults, other words: the same transfers, bank lines, links and states.
    """
    one, other = (
        truth_of(make_world(factures=1500, seed=4, taux=Taux(fautes_admises=part, libelles_reserves=part)))
        for part in (0.0, 0.9)
    )
    assert (one.lignes, one.groupes, one.liens, one.etats()) == (
        other.lignes,
        other.groupes,
        other.liens,
        other.etats(),
    )
    assert len(one.fautes) < len(other.fautes)


# --- what the lots show


def rows(tables: Tables) -> Iterator[tuple[Key, dict[str, Any], list[dict[str, Any]]]]:
    lines: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for line in map(tables.lignes.row, range(len(tables.lignes))):
        lines[line["facture_rang"]].append(line)
    for rank, facture in enumerate(map(tables.factures.row, range(len(tables.factures)))):
        key = (facture["officine"], facture["lot_date"], facture["lot"], facture["facture"])
        yield key, facture, lines[rank]


def luhn(digits: str) -> int:
    return sum(sum(divmod(int(digit) * (1 + rank % 2), 10)) for rank, digit in enumerate(reversed(digits))) % 10


def shown(facture: dict[str, Any], lines: list[dict[str, Any]]) -> set[str]:
    """Say what is wrong in a facture, by plain rules that share nothing with who wrote it."""
    day, month = int(facture["naissance"][:2]), int(facture["naissance"][2:4])
    age = (facture["lot_date"] - max(facture["date_soins"], facture["date_facture"])).days
    older = (facture["date_soins"] - facture["date_prescription"]).days
    reduced = any(line["taux"] < 100 for line in lines)
    rules = {
        "nir": (int(facture["nir"]) + int(facture["nir_cle"])) % 97 != 0,
        "naissance": not (1 <= day <= 31 and 1 <= month <= 12),
        "rang": facture["rang"] == "0",
        "amc": facture["amc"] == "" and facture["paiement"] in ("15", "25") and facture["contrat"] != "89",
        "exoneration": facture["exoneration"] == "5" and reduced,
        "nature": facture["nature_assurance"] != "10" and (reduced or facture["exoneration"] == "4"),
        "prescripteur": facture["prescripteur"] == "" or luhn(facture["prescripteur"]) != 0,
        "prescription": older < 0,
        "ordonnance": older > 365,
        "taux": any(abs(line["base_cents"] * line["taux"] - 100 * line["montant_amo_cents"]) > 50 for line in lines),
        "prix": any(line["quantite"] * line["prix_unitaire_cents"] != line["depense_cents"] for line in lines),
        "acte": any(line["acte"] not in ORDINARY for line in lines),
        "delai": age > 15,
    }
    return {name for name, holds in rules.items() if holds}


RULES = {
    "nir_cle": "nir",
    "nir_chiffre": "nir",
    "naissance_impossible": "naissance",
    "rang_nul": "rang",
    "amc_absente": "amc",
    "exoneration_sans_effet": "exoneration",
    "nature_accident": "nature",
    "nature_maternite": "nature",
    "prescripteur_absent": "prescripteur",
    "prescripteur_cle": "prescripteur",
    "prescription_apres": "prescription",
    "ordonnance_perimee": "ordonnance",
    "taux_faux": "taux",
    "prix_faux": "prix",
    "acte_inconnu": "acte",
    "soins_anciens": "delai",
    "soins_tardifs": "delai",
}
"""What shows each visible fault, but for what is sent twice."""


def test_lot_shows_the_visible_faults_and_no_other():
    """
    One plain rule finds each, and none finds anything in the factures whose fault is hidden or that have none.
    """
    fautes = {(f.officine, f.lot_date, f.lot, f.facture): f for f in truth().fautes}
    twice = {key for key, faute in fautes.items() if faute.cause == "double_envoi"}
    expected = {key: {RULES[f.cause]} for key, f in fautes.items() if f.visible and key not in twice}
    found = {key: shown(facture, lines) for key, facture, lines in rows(lots()) if key not in twice}
    assert len(expected) > 200
    assert set(RULES.values()) == set().union(*expected.values())
    assert expected == {key: names for key, names in found.items() if names}


def test_what_is_sent_twice_is_there_before():
    """
    The same beneficiary, care and amounts, in a lot of an earlier day.
    """
    sent: defaultdict[tuple[object, ...], list[dt.date]] = defaultdict(list)
    same: dict[Key, tuple[object, ...]] = {}
    care = ("officine", "nir", "naissance", "rang", "date_soins", "paiement", "part_amo_cents", "part_amc_cents")
    for key, facture, _ in rows(lots()):
        same[key] = tuple(facture[name] for name in care)
        sent[same[key]].append(key[1])
    twice = [(f.officine, f.lot_date, f.lot, f.facture) for f in truth().fautes if f.cause == "double_envoi"]
    assert twice
    assert [] == [key for key in twice if min(sent[same[key]]) >= key[1]]


def test_faults_are_in_the_files(tmp_path: Path):
    """
    Read back from the bytes, the lots and the returns say what the world wrote, faults and held-out words included.
    """
    taux = Taux(rejets=0.4, fautes_admises=0.4, libelles_reserves=0.5)
    told = simulate(tmp_path, factures=100, seed=5, taux=taux)
    small = [each.tables for each in lectures_of(make_world(factures=100, seed=5, taux=taux))]
    book = tp.read(tmp_path)
    written = {key: (facture, lines) for key, facture, lines in rows(book.tables)}
    for tables in small:
        for key, facture, lines in rows(tables):
            bytes_say, bytes_lines = written[key]
            names = facture.keys() - {"source", "octet", "lot_rang"}
            assert {name: facture[name] for name in names} == {name: bytes_say[name] for name in names}
            assert [line["taux"] for line in lines] == [line["taux"] for line in bytes_lines]
            assert [line["prix_unitaire_cents"] for line in lines] == [
                line["prix_unitaire_cents"] for line in bytes_lines
            ]
    rejets = book.tables.rejets
    said = set(zip((code.decode() for code in rejets.code.tolist()), rejets.libelle.tolist(), strict=True))
    assert {(rejet.code, rejet.libelle) for rejet in told.rejets} == said


def test_wrong_identity_breaks_the_chain():
    """
    The refused facture names somebody else than the one that corrects it: nobody can tell, and the truth says so.
    """
    wrong = {"nir_chiffre", "naissance_impossible", "naissance_autre", "rang_nul", "rang_autre"}
    causes = {rejet.creance: rejet.cause for rejet in truth().rejets}
    broken = [link for link in truth().refacturations if causes[link.ancienne] in wrong]
    assert len(broken) > 20
    assert [] == [link for link in broken if link.reachable]


# --- words


@pytest.mark.parametrize("fichier", [LIBELLES, RESERVES])
def test_wordings_are_of_the_families_and_fit_their_field(fichier):
    """
    Those that a refused share may have, and those that say nothing; 80 characters at most (290, 18-97).
    """
    table = libelles(fichier)
    assert set(Famille.__members__) - NOT_OF_A_REJECT - {"TRAITEMENT_CAISSE"} | {MUETS} == set(table)
    labels = [label for many in table.values() for label in many]
    assert len(labels) == len(set(labels))
    assert [] == [label for label in labels if not 0 < len(label) <= 80 or label != label.upper()]


def test_no_wording_is_held_out_and_shown():
    """
    What judges a word list is not what it may be built on.
    """
    shown_, held = ({label for many in libelles(each).values() for label in many} for each in (LIBELLES, RESERVES))
    assert set() == shown_ & held


def draw(cause: str, day: dt.date = dt.date(2025, 9, 10), *, ancien: bool = True) -> set[tuple[str, str]]:
    rng = random.Random(1)
    found = [draw_motif(rng, cause, "EXONERATION", day, ancien=ancien) for _ in range(60)]
    return {(motif.code, motif.dit) for motif in found if motif.dit == "code" or len(motif.code) > 4}


@pytest.mark.parametrize(
    ("day", "expected"), [(dt.date(2024, 10, 2), "0450054"), (dt.date(2024, 10, 3), "0009816")], ids=["old", "new"]
)
def test_renamed_code_changes_on_its_day(day, expected):
    """
    0450 054 became 0009 816 on a Thursday 3 October, of 2024 by context (Le Quotidien du pharmacien).
    """
    assert {(expected, "code")} == draw("exoneration_a_tort", day)


def test_new_set_of_entities_has_no_room_for_a_published_code():
    """
    294 gives four characters to a code.
    """
    assert set() == draw("exoneration_a_tort", ancien=False)


def test_words_are_drawn_among_those_asked_for():
    """
    Those that judge are printed only when the rate says so; some rejects say nothing in either.
    """
    for part, fichier in ((0.0, LIBELLES), (1.0, RESERVES)):
        told = truth_of(make_world(factures=1500, seed=3, taux=Taux(rejets=0.2, libelles_reserves=part))).rejets
        table = libelles(fichier)
        assert {"code", "mots", "rien"} == {rejet.dit for rejet in told}
        for rejet in told:
            if rejet.cause:
                assert rejet.libelle in table[MUETS if rejet.dit == "rien" else rejet.famille]


# --- operators


def test_every_facture_has_an_operator_of_its_officine():
    """
    Three to five pseudonyms each.
    """
    sellers = {officine: {each.nom for each in many} for officine, many in world().operateurs.items()}
    assert all(3 <= len(names) <= 5 for names in sellers.values())
    assert [] == [v for v in world().ventes() if v.operateur not in sellers[v.officine.numero]]
    assert truth().factures == sum(each.factures for each in truth().operateurs)


def test_careless_operators_make_more_faults_of_the_counter():
    """
    In each officine, the most careless has a higher rate than the most careful; other causes are nobody's.
    """
    blamed = Counter((f.officine, f.operateur) for f in truth().fautes if f.famille in AU_COMPTOIR)
    for officine in world().operateurs:
        staff = sorted((each for each in truth().operateurs if each.officine == officine), key=lambda o: o.fautes)
        low, *_, high = (blamed[each.officine, each.operateur] / each.factures for each in staff)
        assert low < high


def test_operators_are_written_as_a_till_would(tmp_path: Path):
    """
    One line for each facture, in the order of the lots, and only where asked.
    """
    target = tmp_path / "operateurs.csv"
    simulate(tmp_path / "dossier", factures=60, seed=2, operateurs=target)
    small = make_world(factures=60, seed=2)
    expected = ["officine;lot_date;lot;facture;operateur"] + [
        f"{lot.officine.numero};{lot.date};{lot.numero};{vente.numero};{vente.operateur}"
        for lot in small.lots
        for vente in lot.ventes
    ]
    assert expected == target.read_text("utf-8").splitlines()
    assert [] == [path.name for path in (tmp_path / "dossier").rglob("*.csv")]
