"""Complements of a B2 facture: what they say is checked, they are kept raw, and none is a stranger."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.formats.test_b2 import RECORD, TWO_LOTS, codes, read, rows
from tests.formats.test_surcharges import surcharges, texte

from tiers_payant.domain import Entree, Surcharges
from tiers_payant.formats._encode import encode
from tiers_payant.formats._layout import load_layout
from tiers_payant.formats.b2 import read_b2

PREFIX = {"officine": TWO_LOTS[2][1:10], "nir": TWO_LOTS[2][11:24], "nir_cle": TWO_LOTS[2][24:26],
          "facture": TWO_LOTS[2][26:35]}  # fmt: skip
FACTS: dict[str, dict[str, object]] = {
    "2M": {"amc": "0099999997", "adherent": "ADHERENT EX", "module_sts": "R", "domaine": "EXEMPLE"},
    "2P": {"operateur_reglement": "EXEMPLE", "convention_amc": "CONVENTION EXEMPLE"},
    "2B": {"qualite": "A", "civilite": "MME", "nom": "EXEMPLE", "prenom": "CAMILLE", "numero_voie": "12"},
    "2C": {"ville": "EXEMPLE VILLE", "code_postal": "99999", "nom_assure": "EXEMPLE"},
    "4S": {"sequence": "01", "base_theorique_cents": 1234, "entente_prealable": "9", "statut_executant": "L"},
    "4C": {"sequence": "01", "cip7_1": "9999999", "prix_unitaire_1_cents": 250, "quantite_1": 2, "code_taux_1": "4"},
    "4F": {"sequence": "01", "code_lpp": "9999999", "nature_fourniture": "A", "date_debut": np.datetime64("2026-01-06"),
           "tarif_lpp_cents": 1000, "quantite": 1, "total_cents": 1000},
}  # fmt: skip
PLACE = {"2": 3, "4": 5}
"""Where a complement stands in the first facture of TWO_LOTS: after its type 2, after its line."""


def complement(code: str, **changed: object) -> bytes:
    """A complement of the first facture of TWO_LOTS."""
    return encode(load_layout("b2").records[code], 1, {**PREFIX, **FACTS[code], **changed}).tobytes()


def with_records(*records: bytes, place: int = 3) -> Any:
    return read(b"".join([*TWO_LOTS[:place], *records, *TWO_LOTS[place:]]))


def blank_amc(record: bytes) -> bytes:
    return record[:118] + b" " * 10


def amc_of(type_2: bytes, *complements: bytes) -> str:
    lecture = read(b"".join([*TWO_LOTS[:2], type_2, *complements, *TWO_LOTS[3:]]))
    return str(rows(lecture.tables, "factures")[0]["amc"])


def test_the_file_under_test_is_what_these_tests_think():
    """
    A type 2, then a type 4, of one facture.
    """
    assert [b"2", b"4"] == [TWO_LOTS[2][:1], TWO_LOTS[PLACE["4"] - 1][:1]]
    assert TWO_LOTS[2][1:35] == TWO_LOTS[4][1:35]


@pytest.mark.parametrize("code", FACTS)
def test_complement_is_kept_raw_and_is_no_stranger(code):
    """
    It changes nothing else of what is read; only the 999, which counts records, does not count it.
    """
    record = complement(code)
    lecture = with_records(record, place=PLACE[code[0]])
    assert {"CONTROLE_NOMBRE": 1} == codes(lecture)
    assert [(code, record.decode())] == [(brut["code"], brut["contenu"]) for brut in rows(lecture.tables, "bruts")]
    assert rows(read(b"".join(TWO_LOTS)).tables, "factures") == rows(lecture.tables, "factures")
    assert rows(read(b"".join(TWO_LOTS)).tables, "lignes") == rows(lecture.tables, "lignes")


@pytest.mark.parametrize(
    ("code", "field", "column"),
    [("4S", "base_theorique_cents", 41), ("4C", "cip7_1", 44), ("4F", "date_debut", 77), ("2B", "numero_voie", 83)],
)
def test_fact_that_cannot_be_read_is_told(code, field, column):
    """
    The facture stands all the same: no figure rests on it.
    """
    record = bytearray(complement(code))
    record[column - 1] = ord("X")
    lecture = with_records(bytes(record), place=PLACE[code[0]])
    told = [problem for problem in lecture.problems if problem.at.field == field]
    assert [(column, PLACE[code[0]] * RECORD)] == [(problem.at.column, problem.at.offset) for problem in told]
    assert len(read(b"".join(TWO_LOTS)).tables.factures) == len(lecture.tables.factures)


@pytest.mark.parametrize(
    ("type_2", "complements", "expected"),
    [
        (blank_amc(TWO_LOTS[2]), (), ""),
        (blank_amc(TWO_LOTS[2]), (complement("2M"),), "0099999997"),
        (blank_amc(TWO_LOTS[2]), (complement("2M", amc="0000000000"),), ""),
        (blank_amc(TWO_LOTS[2]), (complement("2M", amc=""),), ""),
        (TWO_LOTS[2][:118] + b"0099999991", (complement("2M"),), "0099999991"),
    ],
    ids=["nowhere", "in 2M", "zeros", "blanks", "in both"],
)
def test_complementary_insurer_that_type_2_leaves_blank(type_2, complements, expected):
    """
    2M names it; what type 2 says comes first, and zeros name nobody.
    """
    assert expected == amc_of(type_2, *complements)


def test_what_rests_on_2m_is_told():
    """
    A complementary insurer may come from a position that one source alone gives.
    """
    assert "C" == with_records(complement("2M")).tables.sources[0].confiance["2M.amc"]
    assert "2M.amc" not in read(b"".join(TWO_LOTS)).tables.sources[0].confiance


def test_complement_of_another_facture_condemns_the_one_it_stands_in():
    """
    As any record that repeats another prefix: whose facts are they?
    """
    lecture = with_records(complement("2P", facture="A99999999"))
    assert 1 == codes(lecture)["B2_PREFIXE_DIFFERENT"]
    assert len(read(b"".join(TWO_LOTS)).tables.factures) - 1 == len(lecture.tables.factures)


def test_complement_outside_any_facture():
    """
    It is told, and kept raw.
    """
    lecture = with_records(complement("2P"), place=2)
    assert 1 == codes(lecture)["B2_FACTURE_INCOMPLETE"]
    assert [b"2P"] == lecture.tables.bruts.code.tolist()


@pytest.mark.parametrize(
    ("code", "problem"),
    [("4M", "ENREGISTREMENT_SANS_LAYOUT"), ("3", "ENREGISTREMENT_SANS_LAYOUT"), ("3S", "ENREGISTREMENT_SANS_LAYOUT"),
     ("2Z", "ENREGISTREMENT_INCONNU"), ("5S", "ENREGISTREMENT_INCONNU")],
)  # fmt: skip
def test_record_without_a_layout(code, problem):
    """
    One that is known by name is told under its name; another is a stranger. Both are kept raw.
    """
    record = (code[0].encode() + TWO_LOTS[2][1:35] + code[1:].encode()).ljust(RECORD)
    lecture = with_records(record)
    assert {problem: 1, "CONTROLE_NOMBRE": 1} == codes(lecture)
    assert [code.encode()] == lecture.tables.bruts.code.tolist()


ADDED = """
[[add]]
record = "4R"
label = "complément d'exemple"
length = 128
source = "CDC"
confidence = "B"
fields = [
  { id = "type", first = 1, last = 1, type = "constante", value = "4" },
  { id = "officine", first = 2, last = 10, type = "chiffres" },
  { id = "reserve", first = 11, last = 11, type = "blanc" },
  { id = "nir", first = 12, last = 24, type = "texte" },
  { id = "nir_cle", first = 25, last = 26, type = "chiffres" },
  { id = "facture", first = 27, last = 35, type = "texte" },
  { id = "complement", first = 36, last = 36, type = "constante", value = "R" },
  { id = "exemple_cents", first = 37, last = 46, type = "cents" },
  { id = "reste", first = 47, last = 128, type = "texte" },
]
"""


def test_complement_that_an_override_lays_out_is_checked():
    """
    A vendor's record is read as ours are: what it holds is checked, and it is no stranger any more.
    """
    record = b"4" + TWO_LOTS[2][1:35] + b"R" + b"00000O1234" + b" " * 82
    content = b"".join([*TWO_LOTS[:5], record, *TWO_LOTS[5:]])
    plain, corrected = (
        read_b2(Entree(nom="exemple.b2", contenu=content, surcharges=one))
        for one in (Surcharges(), surcharges(texte(ADDED, id="b2")))
    )
    assert {"ENREGISTREMENT_INCONNU": 1, "CONTROLE_NOMBRE": 1} == codes(plain)
    assert {"CHIFFRES_ATTENDUS": 1, "CONTROLE_NOMBRE": 1, "LAYOUT_SURCHARGE": 1} == codes(corrected)
    assert [b"4R"] == corrected.tables.bruts.code.tolist()


def test_complement_that_an_override_removes_is_a_stranger():
    """
    The vendor says that it does not exist: it is told, kept raw, and nothing of it is read.
    """
    type_2, removed = blank_amc(TWO_LOTS[2]), texte('[[remove]]\nrecord = "2M"\nsource = "CDC"\n', id="b2")
    content = b"".join([*TWO_LOTS[:2], type_2, complement("2M"), *TWO_LOTS[3:]])
    lecture = read_b2(Entree(nom="exemple.b2", contenu=content, surcharges=surcharges(removed)))
    assert {"ENREGISTREMENT_INCONNU": 1, "CONTROLE_NOMBRE": 1, "LAYOUT_SURCHARGE": 1} == codes(lecture)
    assert "" == rows(lecture.tables, "factures")[0]["amc"]
