"""The neutral map of officines and bank accounts."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers_payant.domain import Comptes, Entree, Lecture, Tables
from tiers_payant.formats.officines import read_officines, sniff_officines, write_officines

RIB = "99999000010000000000A"


def read(content: bytes) -> Lecture:
    return read_officines(Entree(nom="officines.json", contenu=content))


def written(**columns: object) -> bytes:
    out = io.BytesIO()
    write_officines(Tables(comptes=Comptes.of(None, **columns)), out)
    return out.getvalue()


def rows(lecture: Lecture) -> list[tuple[str, str, str]]:
    comptes = lecture.tables.comptes
    said = map(comptes.row, range(len(comptes)))
    return sorted((row["officine"], row["nom"], row["compte"]) for row in said)


def test_what_is_written_is_read_back():
    """
    Two accounts of one officine, one of another; accents are kept.
    """
    content = written(
        officine=["992000018", "992000018", "992000026"],
        nom=["PHARMACIE ÉXEMPLE", "PHARMACIE ÉXEMPLE", ""],
        compte=[RIB, "GB29EXMP60161331926819", "999990000100000000002"],
    )
    assert 1.0 == sniff_officines(content)
    assert [
        ("992000018", "PHARMACIE ÉXEMPLE", RIB),
        ("992000018", "PHARMACIE ÉXEMPLE", "GB29EXMP60161331926819"),
        ("992000026", "", "999990000100000000002"),
    ] == rows(read(content).check())


def test_iban_and_rib_of_one_account_are_one():
    """
    A French IBAN becomes the 21 characters that every statement gives.
    """
    data = {
        "schema": "tiers-payant/officines/1",
        "officines": [{"numero": "992000018", "comptes": ["FR76 9999 9000 0100 0000 0000 A97"]}],
    }
    assert [("992000018", "", RIB)] == rows(read(json.dumps(data).encode()))


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"", {"FICHIER_ILLISIBLE"}),
        (b"{", {"FICHIER_ILLISIBLE"}),
        (b"\xff\xfe", {"FICHIER_ILLISIBLE"}),
        (b"[" * 100_000, {"FICHIER_ILLISIBLE"}),
        (b"[]", set()),
        (b'{"officines": 3}', {"VALEUR_ATTENDUE"}),
        (b'{"officines": ["x"]}', {"VALEUR_ATTENDUE"}),
        (b'{"officines": [{"numero": 3, "comptes": ["A"]}]}', {"VALEUR_ATTENDUE"}),
        (b'{"officines": [{"numero": "1", "comptes": [1, ""]}]}', {"VALEUR_ATTENDUE"}),
    ],
)
def test_broken_map_is_told_and_never_raises(content, codes):
    """
    Junk makes problems, not rows.
    """
    lecture = read(content)
    assert codes == {problem.code for problem in lecture.problems}
    assert [] == rows(lecture)


@given(st.binary(max_size=300))
def test_sniffing_and_reading_take_any_bytes(content):
    """
    Neither raises, whatever the file.
    """
    assert 0.0 <= sniff_officines(content) <= 1.0
    assert len(read(content).tables.comptes) <= len(content)


def test_other_schema_is_not_claimed():
    """
    The truth of the simulator, and any other JSON, are somebody else's.
    """
    assert 0.0 == sniff_officines(b'{"schema": "tiers-payant/verite/1"}')
    assert 0.0 == sniff_officines(b'{"a": "\\"schema\\": \\"tiers-payant/officines/2\\""}')
