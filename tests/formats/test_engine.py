"""The engine that reads and writes every layout: digits, dates, signs, texts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers_payant.domain import ProblemLog
from tiers_payant.errors import ColumnError
from tiers_payant.formats._dates import date_table, digits_of
from tiers_payant.formats._decode import Decoded, decode, gather
from tiers_payant.formats._digits import integers, non_digits
from tiers_payant.formats._encode import encode
from tiers_payant.formats._layout import Field, Record, load_layout

PATTERNS = {"AAMMJJ": "%y%m%d", "JJMMAA": "%d%m%y"}
CREDIT, DEBIT = "{ABCDEFGHI", "}JKLMNOPQR"


def matrix_of(*rows: bytes) -> Any:
    return np.array([list(row) for row in rows], dtype=np.uint8)


def record_of(*fields: Field, length: int = 40) -> Record:
    filled = [*fields]
    last = fields[-1].last
    if last < length:
        filled.append(Field(id="fin", first=last + 1, last=length, type="blanc", confidence="C"))
    return Record(id="X", label="exemple", length=length, source="EX", fields=tuple(filled))


def one(type: Any, width: int, **others: Any) -> Record:
    return record_of(Field(id="valeur", first=1, last=width, type=type, confidence="C", **others))


def read(record: Record, *texts: bytes, names: tuple[str, ...] = ("valeur",)) -> tuple[Decoded, ProblemLog]:
    log = ProblemLog("exemple")
    content = b"".join(text.ljust(record.length) for text in texts)
    starts = np.arange(len(texts), dtype=np.int64) * record.length
    return decode(record, np.frombuffer(content, dtype=np.uint8), starts, names, log), log


def written(record: Record, *values: object) -> list[bytes]:
    return [bytes(row) for row in encode(record, len(values), {"valeur": list(values)})]


class TestDigits:
    @pytest.mark.parametrize("width", range(1, 19))
    @pytest.mark.parametrize("length", [18, 19, 23, 40])
    def test_columns_read_as_int_does(self, width, length):
        """
        Every width, at every column of a record, whatever stands around it.
        """
        random = np.random.default_rng(width * 100 + length)
        for first in range(1, length - width + 2):
            matrix = random.integers(33, 127, size=(5, length), dtype=np.uint8)
            matrix[:, first - 1 : first + width - 1] = random.integers(48, 58, size=(5, width), dtype=np.uint8)
            values, odd = integers(matrix, first, first + width - 1)
            assert [int(bytes(row[first - 1 : first + width - 1])) for row in matrix] == values.tolist()
            assert not odd.any()

    @given(st.integers(1, 18), st.data())
    def test_largest_and_smallest_numbers(self, width, data):
        """
        The edges of the column do not overflow.
        """
        number = data.draw(st.sampled_from([0, 1, 10**width - 1, 10 ** (width - 1)]))
        first = data.draw(st.integers(1, 23 - width))
        row = b"x" * (first - 1) + str(number).zfill(width).encode() + b"9" * (23 - width - first + 1)
        assert [number] == integers(matrix_of(row), first, first + width - 1)[0].tolist()

    @given(st.integers(1, 18), st.integers(0, 255), st.data())
    def test_any_other_byte_is_found(self, width, byte, data):
        """
        A byte is a digit or the row is told: at every place of the field, and never for what stands beside it.
        """
        first = data.draw(st.integers(1, 24 - width))
        place = data.draw(st.integers(0, 23))
        row = bytearray(b"5" * 24)
        row[place] = byte
        expected = first - 1 <= place < first + width - 1 and not 48 <= byte <= 57
        assert [expected] == non_digits(matrix_of(bytes(row)), first, first + width - 1).tolist()
        assert [expected] == integers(matrix_of(bytes(row)), first, first + width - 1)[1].tolist()

    def test_no_record_at_all(self):
        """
        Nothing in, nothing out.
        """
        values, odd = integers(np.empty((0, 12), dtype=np.uint8), 1, 12)
        assert ([], []) == (values.tolist(), odd.tolist())


class TestDates:
    @pytest.mark.parametrize("pattern", PATTERNS)
    def test_every_day_of_the_century_comes_back(self, pattern):
        """
        1970 to 2069: each day is written as strftime writes it, and read back.
        """
        days = np.arange("1970-01-01", "2070-01-01", dtype="datetime64[D]")
        numbers = digits_of(days, pattern)
        assert [int(day.strftime(PATTERNS[pattern])) for day in days.tolist()] == numbers.tolist()
        assert days.tolist() == date_table(pattern)[numbers].tolist()

    @pytest.mark.parametrize("pattern", PATTERNS)
    def test_nothing_else_is_a_date(self, pattern):
        """
        Of a million six-digit texts, those of 36 525 days and no other.
        """
        assert 36_525 == int((~np.isnat(date_table(pattern))).sum())

    @pytest.mark.parametrize(
        ("pattern", "text", "expected"),
        [
            ("AAMMJJ", b"690101", dt.date(2069, 1, 1)),
            ("AAMMJJ", b"700101", dt.date(1970, 1, 1)),
            ("JJMMAA", b"010270", dt.date(1970, 2, 1)),
            ("AAMMJJ", b"000229", dt.date(2000, 2, 29)),
            ("AAMMJJ", b"260230", None),
            ("AAMMJJ", b"261301", None),
            ("AAMMJJ", b"2601 1", None),
        ],
    )
    def test_field_is_read_as_its_layout_says(self, pattern, text, expected):
        """
        Years below 70 are of the 2000s; what is no day is told with its shape and left absent.
        """
        found, log = read(one("date", 6, format=pattern), text)
        assert [expected] == found["valeur"].tolist()
        assert [expected is None] == found.bad.tolist()
        assert ([] if expected else ["DATE_ATTENDUE"]) == [problem.code for problem in log.problems()]

    @pytest.mark.parametrize("text", [b"000000", b"      ", bytes(6)])
    @pytest.mark.parametrize("required", [False, True])
    def test_absent_date(self, text, required):
        """
        Blanks, NULs or zeros are no date: wrong only where one is required.
        """
        found, log = read(one("date", 6, format="AAMMJJ", required=required), text)
        assert ([None], [required]) == (found["valeur"].tolist(), found.bad.tolist())
        assert int(required) == len(log)


class TestNumbers:
    @pytest.mark.parametrize("kind", ["entier", "cents", "chiffres"])
    @pytest.mark.parametrize("text", [b"      ", bytes(6)])
    @pytest.mark.parametrize("required", [False, True])
    def test_blank_number(self, kind, text, required):
        """
        A number left blank is absent: wrong only where one is required.
        """
        found, log = read(one(kind, 6, required=required), text)
        assert [b"" if kind == "chiffres" else 0] == found["valeur"].tolist()
        assert [required] == found.bad.tolist()
        assert int(required) == len(log)

    @pytest.mark.parametrize("kind", ["entier", "cents", "chiffres"])
    @pytest.mark.parametrize("text", [b"  1234", b"1234  ", b"12A456", b"-12345", b"12,456", b"\xb2\xb2\xb2456"])
    def test_anything_but_digits_is_told_and_left_absent(self, kind, text):
        """
        No half-read number: the field is absent, the problem says where and shows the shape only.
        """
        found, log = read(one(kind, 6), b"000001", text)
        (problem,) = log.problems()
        assert (b"" if kind == "chiffres" else 0) == found["valeur"].tolist()[1]
        assert [False, True] == found.bad.tolist()
        assert ("CHIFFRES_ATTENDUS", 40, 1, "valeur") == (
            problem.code, problem.at.offset, problem.at.column, problem.at.field,
        )  # fmt: skip
        assert "1" not in problem.message + problem.message_fr

    def test_only_deciding_fields_condemn_a_record(self):
        """
        Another unreadable field is told and left absent.
        """
        record = one("entier", 6)
        log = ProblemLog("exemple")
        stream = np.frombuffer(b"ABCDEF".ljust(40), dtype=np.uint8)
        found = decode(record, stream, np.zeros(1, np.int64), ["valeur"], log, deciding=())
        assert ([False], 1) == (found.bad.tolist(), len(log))

    def test_offsets_of_the_file_are_told(self):
        """
        What is decoded from a stream put together is told where it stood in the file.
        """
        log = ProblemLog("exemple")
        stream = np.frombuffer(b"ABCDEF".ljust(40), dtype=np.uint8)
        decode(one("entier", 6), stream, np.zeros(1, np.int64), ["valeur"], log, offsets=np.array([7000]))
        assert [7000] == [problem.at.offset for problem in log.problems()]

    def test_blocks_join(self):
        """
        More records than one block holds come out in order.
        """
        texts = [b"%06d" % number for number in range(20_000)]
        found, log = read(one("entier", 6), *texts)
        assert (list(range(20_000)), 0) == (found["valeur"].tolist(), len(log))


class TestOverpunch:
    @given(st.integers(-(10**13) + 1, 10**13 - 1))
    def test_amount_as_the_specification_writes_it(self, amount):
        """
        The last character holds the last digit and the sign.
        """
        letters = (DEBIT if amount < 0 else CREDIT)[abs(amount) % 10]
        text = f"{abs(amount) // 10:013d}{letters}".encode()
        found, log = read(one("cents_signes", 14), text, text.lower())
        assert ([amount, amount], 0) == (found["valeur"].tolist(), len(log))

    @given(st.integers(-(10**14) + 1, 10**14 - 1))
    def test_amount_comes_back(self, amount):
        """
        What is written is read, whatever its sign.
        """
        (text,) = written(one("cents_signes", 14), amount)
        assert [amount] == read(one("cents_signes", 14), text)[0]["valeur"].tolist()

    @pytest.mark.parametrize(("letter", "expected"), [("é", 10), ("è", -10), ("{", 10), ("}", -10)])
    def test_zero_has_two_faces(self, letter, expected):
        """
        French machines print the zeros as accented letters.
        """
        found, _ = read(one("cents_signes", 14), ("1" + letter).zfill(14).encode("latin-1"))
        assert [expected] == found["valeur"].tolist()

    @pytest.mark.parametrize("text", [b"00000000000010", b"0000000000001S", b"000000000000A{", b" " * 14, b"\xff" * 14])
    def test_anything_else_is_told(self, text):
        """
        A sign that is missing is not guessed.
        """
        found, log = read(one("cents_signes", 14), text)
        assert ([0], [True]) == (found["valeur"].tolist(), found.bad.tolist())
        assert ["CHIFFRES_ATTENDUS"] == [problem.code for problem in log.problems()]


@pytest.mark.parametrize(("text", "expected"), [(b"P", 1), (b"N", -1), (b" ", 1), (b"\0", 1), (b"X", 0), (b"p", 0)])
def test_sign(text, expected):
    """
    P or nothing is positive, N negative; anything else is told.
    """
    found, log = read(one("signe", 1), text)
    assert ([expected], int(expected == 0)) == (found["valeur"].tolist(), len(log))


def test_constant_asked_for_is_checked():
    """
    A record that is not what it was taken for is told.
    """
    record = record_of(
        Field(id="code", first=1, last=3, type="constante", value="010", confidence="A"),
        Field(id="valeur", first=4, last=6, type="texte", confidence="A"),
    )
    found, log = read(record, b"010ABC", b"011ABC", names=("code",))
    assert [False, True] == found.bad.tolist()
    assert [("VALEUR_ATTENDUE", 40, "code")] == [(p.code, p.at.offset, p.at.field) for p in log.problems()]


@given(st.lists(st.binary(min_size=5, max_size=5), max_size=5))
def test_text_loses_only_what_fills_it(texts):
    """
    Trailing blanks and NULs go, what stands before stays, whatever the neighbours hold.
    """
    found, log = read(one("texte", 5), *texts)
    assert [text.rstrip(b" \0") for text in texts] == found["valeur"].tolist()
    assert 0 == len(log)


def test_records_are_gathered_from_anywhere():
    """
    Starts need not be regular; the last record may end with the stream.
    """
    stream = np.frombuffer(b"abcdefgh", dtype=np.uint8)
    assert [b"cd", b"gh", b"ab"] == [bytes(row) for row in gather(stream, np.array([2, 6, 0]), 2)]
    assert (0, 2) == gather(stream, np.empty(0, dtype=np.int64), 2).shape


REFUSED = {
    "number too long": ("entier", 3, {}, 1000),
    "negative number": ("cents", 3, {}, -1),
    "half a cent": ("cents", 3, {}, 1.5),
    "number larger than any column": ("cents", 18, {}, 2**70),
    "number as text": ("cents", 3, {}, "12"),
    "text too long": ("texte", 3, {}, "ABCD"),
    "bytes too long": ("texte", 3, {}, b"ABCD"),
    "text that latin-1 lacks": ("texte", 3, {}, "€"),
    "filler too long": ("blanc", 3, {}, "ABCD"),
    "digits too long": ("chiffres", 3, {}, b"1234"),
    "letters for digits": ("chiffres", 3, {}, b"12A"),
    "sign for digits": ("chiffres", 3, {}, b"-1"),
    "blanks for digits": ("chiffres", 3, {}, b" 12"),
    "year too early": ("date", 6, {"format": "AAMMJJ"}, dt.date(1969, 12, 31)),
    "year too late": ("date", 6, {"format": "JJMMAA"}, dt.date(2070, 1, 1)),
    "signed amount too long": ("cents_signes", 4, {}, -10_000),
    "half a signed cent": ("cents_signes", 4, {}, 0.5),
}


@pytest.mark.parametrize(("kind", "width", "others", "value"), REFUSED.values(), ids=REFUSED)
def test_value_that_does_not_fit_is_refused(kind, width, others, value):
    """
    Nothing is cut, rounded or moved to another century; the field is named, the value is not.
    """
    with pytest.raises(ColumnError, match=r"^X\.valeur: ") as raised:
        written(one(kind, width, **others), value)
    assert str(value) not in str(raised.value)


def test_fields_not_given_are_blank_or_zero():
    """
    A record is whole even when little is known.
    """
    record = load_layout("b2").records["6"]
    (text,) = (bytes(row) for row in encode(record, 1, {"lot": "007"}))
    assert (b"6" + b" " * 9 + b"0" * 41 + b"007").ljust(128) == text


def test_one_value_serves_every_record():
    """
    What all records share is given once.
    """
    assert [b"AB ", b"AB "] == [bytes(row[:3]) for row in encode(one("texte", 3), 2, {"valeur": b"AB"})]


def test_short_digits_are_justified():
    """
    A number kept as text is filled with zeros on the left; none at all stays blank.
    """
    assert [b"007", b"   "] == [text[:3] for text in written(one("chiffres", 3), b"7", b"")]
