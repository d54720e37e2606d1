"""Every record of every layout: where its fields stand, and what reading does with any bytes at all."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.valeurs import RECORDS, columns_of, record_of

from tiers_payant.domain import ProblemLog
from tiers_payant.errors import Gravite, Location, Problem
from tiers_payant.formats._decode import Decoded, decode
from tiers_payant.formats._encode import encode
from tiers_payant.formats._layout import Field, Record, layout_names, load_layout
from tiers_payant.formats._sans_layout import problem_of

ABSENT: dict[str, Any] = {
    "texte": b"", "chiffres": b"", "blanc": b"", "entier": 0, "cents": 0, "cents_signes": 0, "date": None, "signe": 1,
}  # fmt: skip


def read(record: Record, content: bytes) -> tuple[dict[str, Any], ProblemLog]:
    """Every field of one record, and what was told."""
    log = ProblemLog("exemple")
    names = [field.id for field in record.fields]
    starts = np.zeros(1, dtype=np.int64)
    found: Decoded = decode(record, np.frombuffer(content, dtype=np.uint8), starts, names, log)
    return {name: found[name].tolist()[0] for name in names}, log


def told(log: ProblemLog) -> list[str]:
    return [problem.at.field or "" for problem in log.problems()]


def positions() -> dict[tuple[str, str], str]:
    text = (Path(__file__).parent / "positions.txt").read_text(encoding="utf-8")
    joined = re.sub(r"\n  ", " ", re.sub(r"(?m)^#.*\n", "", text))
    return {(name, code): rest for name, code, rest in re.findall(r"(?m)^(\S+) (\S+): (.*)$", joined)}


@pytest.mark.parametrize(("name", "code"), [key for key in RECORDS if key[0] in ("b2", "noemie")])
def test_every_field_stands_where_the_notes_say(name, code):
    """
    Columns and confidence of each field, checked against a list that was not typed with the layout.
    """
    fields = load_layout(name).records[code].fields
    assert positions()[name, code] == " ".join(f"{field.first}-{field.last}{field.confidence}" for field in fields)


def test_no_record_of_the_notes_is_missing():
    """
    Whatever the notes lay out is a record.
    """
    assert {key for key in RECORDS if key[0] in ("b2", "noemie")} == positions().keys()


# Typed by hand: which fact stands where in the complements.
COMPLEMENTS = {
    "2M": {"amc": (37, 46), "adherent": (72, 86), "module_sts": (95, 95), "domaine": (105, 124)},
    "2P": {"operateur_reglement": (37, 46), "convention_amc": (47, 80)},
    "2B": {"qualite": (38, 39), "nom": (43, 67), "prenom": (68, 82), "voie": (92, 116)},
    "2C": {"ville": (66, 90), "code_postal": (91, 95), "nom_assure": (96, 120), "prenom_assure": (121, 128)},
    "4S": {"base_theorique_cents": (41, 47), "date_entente_prealable": (49, 54), "entente_prealable": (55, 55),
           "remplacant": (56, 64), "lieu_execution": (72, 85), "reseau": (86, 99), "ghs": (120, 123)},
    "4C": {"cip7_1": (44, 50), "prix_unitaire_1_cents": (51, 56), "quantite_1": (57, 58), "code_taux_1": (59, 59),
           "substitution_1": (60, 60), "cip7_3": (78, 84), "cip7_5": (112, 118), "prix_unitaire_5_cents": (119, 124),
           "quantite_5": (125, 126), "code_taux_5": (127, 127), "substitution_5": (128, 128)},
    "4F": {"code_lpp": (43, 55), "nature_fourniture": (56, 56), "fabricant_siret": (57, 70), "date_debut": (77, 82),
           "date_fin": (83, 88), "tarif_lpp_cents": (89, 95), "quantite": (96, 97), "prix_vente_cents": (98, 104),
           "base_lpp_cents": (105, 111), "total_cents": (112, 118)},
}  # fmt: skip


@pytest.mark.parametrize("code", COMPLEMENTS)
def test_fact_of_a_complement_stands_in_its_columns(code):
    """
    Names and columns together; the letter of the complement is a constant.
    """
    record = load_layout("b2").records[code]
    assert COMPLEMENTS[code] == {
        name: (record.field(name).first, record.field(name).last) for name in COMPLEMENTS[code]
    }
    assert (code[0], code[1]) == (record.field("type").value, record.field("complement").value)


@pytest.mark.parametrize(("name", "code"), RECORDS)
class TestEveryRecord:
    @settings(max_examples=12)
    @given(data=st.data())
    def test_what_is_written_is_read(self, name, code, data):
        """
        What is written in each field is read from it, and nothing is told.
        """
        record = record_of(name, code)
        size = data.draw(st.integers(0, 3))
        columns = data.draw(columns_of(record, size))
        names = list(columns)
        matrix = encode(record, size, columns if size else {})
        log = ProblemLog("exemple")
        starts = np.arange(size, dtype=np.int64) * record.length
        found = decode(record, matrix.reshape(-1), starts, names, log)
        assert {key: column.tolist() for key, column in columns.items()} == {key: found[key].tolist() for key in names}
        assert ([False] * size, ()) == (found.bad.tolist(), log.problems())

    def test_record_in_which_nothing_is_said(self, name, code):
        """
        Every fact is absent, and only what the layout requires is told.
        """
        record = record_of(name, code)
        found, log = read(record, record.blank)
        said = {field.id: field.value.encode() if field.type == "constante" else ABSENT[field.type]
                for field in record.fields}  # fmt: skip
        required = [field.id for field in record.fields if field.required and field.type in ("date", "chiffres")]
        # A constant blank is read as any text is: without its blanks.
        assert {key: value.rstrip() if isinstance(value, bytes) else value for key, value in said.items()} == found
        assert required == told(log)

    @pytest.mark.parametrize("filler", [b" ", b"\0"], ids=["blanks", "nuls"])
    def test_record_of_blanks(self, name, code, filler):
        """
        No number, date or text comes out of blanks; constants, required numbers and signed amounts are told.
        """
        record = record_of(name, code)
        found, log = read(record, filler * record.length)
        numbers = ("entier", "cents", "chiffres", "date")
        assert {field.id: ABSENT.get(field.type, b"") for field in record.fields} == found
        assert [
            field.id
            for field in record.fields
            if (field.type in numbers and field.required)
            or field.type == "cents_signes"
            or (field.type == "constante" and field.value.encode() != filler * field.width)
        ] == told(log)

    @settings(max_examples=12)
    @given(data=st.data())
    def test_one_byte_changed_is_one_field_changed(self, name, code, data):
        """
        Whatever the byte, nothing raises, the other fields keep their value, and what is told is told of that field.
        """
        record = record_of(name, code)
        columns = data.draw(columns_of(record, 1))
        written = bytearray(encode(record, 1, columns).tobytes())
        before, _ = read(record, bytes(written))
        place = data.draw(st.integers(0, record.length - 1))
        written[place] = data.draw(st.integers(0, 255))
        after, log = read(record, bytes(written))
        (touched,) = [field.id for field in record.fields if field.first - 1 <= place < field.last]
        assert {key: value for key, value in before.items() if key != touched} == {
            key: value for key, value in after.items() if key != touched
        }
        assert set(told(log)) <= {touched}

    @settings(max_examples=6)
    @given(data=st.data())
    def test_any_bytes_are_read_or_told(self, name, code, data):
        """
        A field is read or it is told and absent: nothing raises, and no problem shows a digit or a letter of the file.
        """
        record = record_of(name, code)
        content = data.draw(st.binary(min_size=record.length, max_size=record.length))
        found, log = read(record, content)
        wrong = [field for field in record.fields if field.id in told(log) and field.type != "constante"]
        absent = {**ABSENT, "signe": 0}
        assert {field.id: absent[field.type] for field in wrong} == {field.id: found[field.id] for field in wrong}
        shapes = "".join(str(problem.params.get("forme", "")) for problem in log.problems())
        assert set() == set(filter(str.isalnum, shapes)) - {"A", "9"}


def fields_of(*kinds: str) -> list[tuple[str, str, str]]:
    return [
        (name, code, field.id)
        for name, code in RECORDS
        for field in load_layout(name).records[code].fields
        if field.type in kinds
    ]


def with_field(record: Record, changed: Field) -> Record:
    fields = tuple(changed if field.id == changed.id else field for field in record.fields)
    return attrs.evolve(record, fields=fields)


def column(record: Record, name: str, values: list[Any]) -> tuple[list[str], list[Any], list[str]]:
    """Write one field of as many records as values: its text in each, what is read back, and what is told of it."""
    field = record.field(name)
    matrix = encode(record, len(values), {name: np.asarray(values)})
    log = ProblemLog("exemple")
    found = decode(record, matrix.reshape(-1), np.arange(len(values)) * record.length, [name], log)
    texts = [bytes(row[field.first - 1 : field.last]).decode("latin-1") for row in matrix]
    return texts, found[name].tolist(), told(log)


@pytest.mark.parametrize(("pattern", "written"), [("AAMMJJ", "%y%m%d"), ("JJMMAA", "%d%m%y")])
@pytest.mark.parametrize(("name", "code", "field"), fields_of("date"))
def test_every_date_in_both_orders(name, code, field, pattern, written):
    """
    Where a date stands, either order of its digits can be written and read, were the layout to say so.
    """
    days = [dt.date(1970, 1, 1), dt.date(1999, 12, 31), dt.date(2000, 2, 29), dt.date(2069, 12, 31)]
    record = load_layout(name).records[code]
    record = with_field(record, attrs.evolve(record.field(field), format=pattern))
    found = column(record, field, np.array(days, dtype="datetime64[D]").tolist())
    assert ([day.strftime(written) for day in days], days, []) == found


@pytest.mark.parametrize(("name", "code", "field"), fields_of("signe"))
def test_every_sign(name, code, field):
    """
    P is more, N is less.
    """
    assert (["P", "N"], [1, -1], []) == column(load_layout(name).records[code], field, [1, -1])


@pytest.mark.parametrize(("name", "code", "field"), fields_of("cents_signes"))
def test_every_signed_amount(name, code, field):
    """
    The last digit carries the sign, each of the twenty letters in turn; the amount may fill its field.
    """
    record = load_layout(name).records[code]
    width = record.field(field).width
    values = [*range(10), *(-unit for unit in range(1, 10)), 10**width - 1, -(10**width) + 1]
    letters = "{ABCDEFGHI" + "JKLMNOPQR" + "IR"
    texts, read_back, problems = column(record, field, values)
    assert (letters, values, []) == ("".join(text[-1] for text in texts), read_back, problems)


KNOWN_BY_NAME = [(name, code) for name in layout_names() for code in load_layout(name).extra.get("sans_layout", {})]


@pytest.mark.parametrize(("name", "code"), KNOWN_BY_NAME)
def test_record_known_by_name_is_told_under_it(name, code):
    """
    It has no layout, a label in French, sources that are cited, and words in both languages that name it.
    """
    layout = load_layout(name)
    said = layout.extra["sans_layout"][code]
    assert code not in layout.records
    assert set() == {key.strip() for key in said["source"].split(",")} - layout.sources.keys()
    problem, words = problem_of(layout, code)
    told_of = Problem(code=problem, at=Location(file="exemple"), params=words)
    assert all(text in told_of.message and text in told_of.message_fr for text in (code, said["label"]))


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("noemie", "212", ("ENREGISTREMENT_MONTANTS_NON_LUS", Gravite.AVERTISSEMENT)),
        ("noemie", "220", ("ENREGISTREMENT_MONTANTS_NON_LUS", Gravite.AVERTISSEMENT)),
        ("noemie", "105", ("ENREGISTREMENT_SANS_LAYOUT", Gravite.INFORMATION)),
        ("noemie", "010", ("ENREGISTREMENT_SANS_LAYOUT", Gravite.INFORMATION)),
        ("noemie", "777", ("ENREGISTREMENT_INCONNU", Gravite.AVERTISSEMENT)),
        ("b2", "4M", ("ENREGISTREMENT_SANS_LAYOUT", Gravite.INFORMATION)),
        ("b2", "2Z", ("ENREGISTREMENT_INCONNU", Gravite.AVERTISSEMENT)),
        ("cfonb120", "99", ("ENREGISTREMENT_INCONNU", Gravite.AVERTISSEMENT)),
    ],
)
def test_how_much_an_unread_record_matters(name, code, expected):
    """
    Amounts that are not read deserve a look; a name without a layout is worth knowing; a stranger deserves a look.
    """
    problem, words = problem_of(load_layout(name), code)
    assert expected == (problem, Problem(code=problem, at=Location(file="exemple"), params=words).gravite)
