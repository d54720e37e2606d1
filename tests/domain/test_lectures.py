"""What readers of a vendor are built with: lines that know their place, cells of a kind, rows gathered into tables."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers_payant.domain import (
    CENTIMES,
    CODE,
    JOUR,
    MONTANT,
    MOST_CENTS,
    TEXTE,
    Entree,
    Factures,
    Genre,
    Lecture,
    LectureBuilder,
    facultatif,
    jours,
    montants,
    read_lines,
    unwrapped,
    whole,
)
from tiers_payant.errors import FormatError, Gravite, Location, Problem, ProblemKind, TiersPayantError

GENRES = {"officine": CODE, "facture": CODE, "part_amo_cents": CENTIMES}
OUVERT = ProblemKind(code="EXEMPLE_OUVERT", gravite=Gravite.AVERTISSEMENT, en="open", fr="Ouverte.")


def entree_of(content: bytes) -> Entree:
    return Entree(nom="e.txt", contenu=content)


def read_parts(entree, octets):
    book = LectureBuilder(entree, "exemple")
    for line in book.lines():
        with book.reading(line):
            book.add(Factures, line, **line.read(GENRES, "|"))
        if book.octets >= octets:
            yield book.take()
    yield book.take()


def read(content: bytes) -> Lecture:
    return whole(read_parts)(entree_of(content))


def naive(content: bytes) -> list[tuple[str, str, int]]:
    """The rows of a file, by the shortest way."""
    rows = []
    for raw in content.split(b"\n"):
        try:
            cells = raw.decode().rstrip("\r").split("|")
        except UnicodeDecodeError:
            cells = raw.decode("latin-1").rstrip("\r").split("|")
        codes, cents = [cell.strip() for cell in cells[:2]], cells[-1].strip()
        three = len(cells) == 3 and all(re.fullmatch(r"[ -~]{1,64}", code) for code in codes)
        if three and re.fullmatch(r"[+-]?[0-9]{1,15}", cents) and abs(int(cents)) <= MOST_CENTS:
            rows.append((codes[0], codes[1], int(cents)))
    return rows


LINES = st.lists(
    st.sampled_from([b"A|1|12", b"B|2|-5", b"C|3", b"", b"  ", b"\x81|1|1", "é|1|1".encode(), b"D|4|1,5", b"E|5|9\r"])
)


@given(LINES, st.sampled_from([b"", b"\n"]))
def test_rows_are_those_of_the_plainest_reader(lines, end):
    """
    Every row that can be read is, and no other.
    """
    content = b"\n".join(lines) + end
    factures = read(content).tables.factures
    found = zip(factures.officine.tolist(), factures.facture.tolist(), factures.part_amo_cents.tolist(), strict=True)
    assert naive(content) == [(officine.decode(), facture.decode(), cents) for officine, facture, cents in found]


@given(LINES)
def test_what_is_not_read_is_told_and_kept_raw(lines):
    """
    Each line that holds something is a row, or a problem and a raw record of its bytes.
    """
    content = b"\n".join(lines)
    lecture = read(content)
    raw = lecture.tables.bruts.contenu.tolist()
    filled = [line for line in lines if line.strip()]
    assert len(filled) == len(lecture.tables.factures) + len(raw)
    told = [one for one in lecture.problems if one.at.offset is not None]
    assert len(raw) == len(told)
    for text, problem in zip(raw, told, strict=True):
        at = problem.at.offset or 0
        assert text.encode("latin-1") == content[at : at + len(text)]


@given(LINES, st.integers(1, 40))
def test_parts_together_are_the_whole(lines, octets):
    """
    Whatever their size: the same rows, the same problems, at the same bytes of the file.
    """
    entree = entree_of(b"\n".join(lines))
    parts, expected = list(read_parts(entree, octets)), read(b"\n".join(lines))
    assert expected.problems == tuple(one for part in parts for one in part.problems)
    assert expected.tables.factures.octet.tolist() == [at for p in parts for at in p.tables.factures.octet.tolist()]
    assert expected.tables.sources[0].octets == sum(part.tables.sources[0].octets for part in parts)


@pytest.mark.parametrize("size", [(1 << 16) + 1, 3 << 20])
def test_line_too_long_is_told_once_at_most_for_each_piece_and_the_next_is_read(size):
    """
    In memory that does not grow with it, and all of its bytes are kept.
    """
    lecture = read(b"x" * size + b"|\nA|1|12\n")
    assert [1200 // 100] == lecture.tables.factures.part_amo_cents.tolist()
    assert {("LIGNE_DEMESUREE", 1)} == {(one.code, one.at.line) for one in lecture.problems}
    assert size + 2 == sum(map(len, lecture.tables.bruts.contenu))


def test_byte_order_mark_is_no_part_of_the_first_cell():
    """
    And the places of lines count it.
    """
    factures = read(b"\xef\xbb\xbfA|1|12\nB|2|5").tables.factures
    assert ([b"A", b"B"], [3, 10]) == (factures.officine.tolist(), factures.octet.tolist())


def test_supposed_encoding_is_told_with_its_count():
    """
    Lines that are not UTF-8 are Windows-1252.
    """
    book = LectureBuilder(entree_of("é\n".encode("cp1252") * 2 + "é".encode()), "exemple")
    assert ["é", "é", "é"] == [line.texte for line in book.lines()]
    (problem,) = book.take().problems
    assert ("ENCODAGE_SUPPOSE", 2) == (problem.code, problem.params["nombre"])


def test_rows_of_a_line_that_fails_later_are_taken_back():
    """
    A line gives all of its rows, or none.
    """
    book = LectureBuilder(entree_of(b"A\nB"), "exemple")
    for line in book.lines():
        with book.reading(line):
            book.add(Factures, line, facture=line.texte)
            book.open_releve(line, compte="1")
            if line.numero == 2:
                raise line.fault(OUVERT)
    lecture = book.take()
    assert ([b"A"], 1, 1) == (
        lecture.tables.factures.facture.tolist(),
        len(lecture.tables.releves),
        len(lecture.tables.bruts),
    )
    assert ["EXEMPLE_OUVERT", "RELEVE_NON_CONTROLE"] == [one.code for one in lecture.problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;b\n", [["a", "b"]]),
        ('"a;b";c\n', [["a;b", "c"]]),
        ('"a\nb";c\nd;e\n', [["a\nb", "c"], ["d", "e"]]),
        ('a"b;c\n', [['a"b', "c"]]),
        ('"say ""hi""";c\n', [['say "hi"', "c"]]),
        ('"open;c\nd;e\n', [["d", "e"]]),
        ('"shut"x;c\nd;e\n', [["d", "e"]]),
        ('"a\u2028b";c\n', [["a\u2028b", "c"]]),
    ],
)
def test_cells_of_csv(text, expected):
    """
    Quotes that stand alone cost their own line, and never what follows.
    """
    book = LectureBuilder(entree_of(text.encode()), "exemple")
    assert expected == [cells for _, cells in book.rows(";")]
    kept = len(book.take().tables.bruts)
    assert text.count("\n") == kept + sum(1 + "".join(cells).count("\n") for cells in expected)


def test_records_of_several_lines_are_one_and_what_stands_before_is_told():
    """
    Each stands where its first line does; one that never ends is cut.
    """
    content = b"junk\n:1:a\nsuite\n:2:b\n" + b"x\n" * 70
    book = LectureBuilder(entree_of(content), "exemple")
    found = [(one.numero, one.octet, one.texte.count("\n")) for one in book.records(re.compile(":"))]
    assert [(2, 5, 1), (4, 16, 59)] == found
    lecture = book.take()
    assert [1, *range(64, 75)] == [one.at.line for one in lecture.problems]
    assert content.count(b"\n") == 2 + 60 + len(lecture.tables.bruts)


def test_statement_is_checked_and_its_lines_numbered():
    """
    The gap is closing less opening and lines; texts stand each on a line after its tag, placeholders left out.
    """
    book = LectureBuilder(entree_of(b"x\ny"), "exemple")
    first, second = book.lines()
    releve = book.open_releve(first, compte="FR35 9999 9000 0100 0000 0000 A15", devise="EUR", identifiant="R1")
    releve.solde_initial(1000, dt.date(2026, 1, 1))
    releve.solde_final(1510, None)
    texts = {"A": "b\nc", "D": None, "E": "NONREF"}
    for line in (first, second):
        releve.add(
            line,
            date=dt.date(2026, 1, 5),
            montant_cents=250,
            libelle="VIR\nEXEMPLE",
            textes=texts,
        )
    lecture = book.take()
    (problem,) = lecture.problems
    assert ("RELEVE_DESEQUILIBRE", 1, 10) == (problem.code, problem.at.line, problem.params["ecart_cents"])
    virements = lecture.tables.virements
    assert ([0, 1], [b"99999000010000000000A"] * 2) == (virements.position.tolist(), virements.compte.tolist())
    assert ("VIR EXEMPLE", "A: b c") == (virements.libelle[0], virements.textes[0])
    assert lecture.tables.releves.row(0)["au"] is None


@pytest.mark.parametrize("devise", ["", "EURO", "É€$", "eur"])
def test_currency_that_is_none_never_passes_for_euros(devise):
    """
    It is told, and the lines of the statement are in no currency.
    """
    book = LectureBuilder(entree_of(b"x"), "exemple")
    (line,) = book.lines()
    book.open_releve(line, compte="1", devise=devise).add(line, montant_cents=1)
    lecture = book.take()
    assert [b"XXX"] == lecture.tables.virements.devise.tolist()
    assert "devise" in [one.at.field for one in lecture.problems]


def test_second_look_at_a_file_passes_over_what_its_reader_tells():
    """
    `read_lines` gives the lines that can be decoded.
    """
    found = list(read_lines(entree_of(b"a\n\xff\nb"), "utf-8"))
    assert [("a", 1), ("b", 3)] == [(line.texte, line.numero) for line in found]
    assert "a" != repr(found[0])
    assert "texte=A" in repr(found[0])


# --- kinds of cells


@pytest.mark.parametrize(
    ("genre", "text", "expected"),
    [
        (CODE, "001", "001"),
        (TEXTE, "Été\n", "Été\n".replace("\n", " ")),
        (JOUR, "05/01/2026", dt.date(2026, 1, 5)),
        (MONTANT, "-1 234,50", -123450),
        (CENTIMES, "-12", -12),
        (facultatif(CODE, ""), "", ""),
        (facultatif(JOUR), "", None),
        (jours("AAAAMMJJ"), "20260105", dt.date(2026, 1, 5)),
        (jours("JJ.MM.AA"), "05.01.26", dt.date(2026, 1, 5)),
        (montants(), "12,5", 1250),
        (montants(), "1 234 567,89 €", 123456789),
        (montants(".", ","), "-1,234.5", -123450),
        (montants(",", ""), "1234,5", 123450),
        (montants(), "\u221212", -1200),
    ],
)
def test_cell_is_read(genre, text, expected):
    """
    To a plain value.
    """
    assert expected == genre.read(text)


@pytest.mark.parametrize(
    ("genre", "text"),
    [
        (CODE, ""), (CODE, "é"), (CODE, "x" * 65), (JOUR, "31/02/2026"), (JOUR, "05/01/26"), (MONTANT, "12.50"),
        (MONTANT, "9" * 16), (CENTIMES, "1,5"), (CENTIMES, "1" * 15), (CENTIMES, "²"),
        (jours("JJ/MM/AAAA"), "5/1/2026"),
        (jours("JJ/MM/AAAA"), "32/01/2026"), (jours("AAAA-MM-JJ"), "1026-01-05"), (montants(), "12,345"),
        (montants(), "1.234,50"), (montants(), "12 34,50"), (montants(".", ","), "12,50"),
        (montants(",", ""), "1 234,50"),
        (montants(), "9" * 15), (montants(), ""), (montants(), "1" * 100),
        (Genre("D ou C", {"D": -1, "C": 1}.__getitem__), "X"),
    ],
)  # fmt: skip
def test_cell_that_is_none_of_its_kind_is_refused_without_its_value(genre, text):
    """
    By a problem that shows its shape.
    """
    (line,) = LectureBuilder(entree_of(b"x"), "exemple").lines()
    with pytest.raises(FormatError) as caught:
        line.cell(text, genre, column=2, field="champ")
    problem = caught.value.problem
    assert ("VALEUR_ATTENDUE", Location(file="e.txt", line=1, offset=0, column=2, field="champ")) == (
        problem.code,
        problem.at,
    )
    assert genre.attendu == problem.params["attendu"]
    assert caught.value.__context__ is None


@pytest.mark.parametrize("forme", ["", "JJ/MM", "JJ/JJ/AAAA", "MM/JJ/AA/AA"])
def test_form_of_days_that_is_none_is_refused_at_once(forme):
    """
    Not on the day that a file comes.
    """
    with pytest.raises(ValueError, match="expected JJ, MM and AAAA or AA"):
        jours(forme)


@pytest.mark.parametrize(("decimale", "milliers"), [(",", ","), ("", " ")])
def test_signs_of_amounts_that_are_none_are_refused_at_once(decimale, milliers):
    """
    One sign for two things would be read in two ways.
    """
    with pytest.raises(ValueError, match="two different signs"):
        montants(decimale, milliers)


def test_unwrapped_label_keeps_its_words():
    """
    A full line may end inside one; a line that begins with a space never does.
    """
    assert "ABCDE G H" == unwrapped("ABC\nDE\nG\n H", 3)


# --- a vendor's own problems


def test_problem_of_a_vendor_is_told_in_its_own_words():
    """
    In both languages, with its gravity, and counted like any other.
    """
    (line,) = LectureBuilder(entree_of(b"x"), "exemple").lines()
    problem = line.fault(OUVERT).problem
    assert ("open", "Ouverte.", Gravite.AVERTISSEMENT) == (problem.message, problem.message_fr, problem.gravite)


@pytest.mark.parametrize("code", ["FICHIER_VIDE", "petit", "", "É", "A"])
def test_vendor_never_changes_what_a_code_of_the_library_means(code):
    """
    Nor brings one that is none.
    """
    with pytest.raises(ValueError, match="no code, or one of the library"):
        ProblemKind(code=code, gravite=Gravite.ERREUR, en="x", fr="x")


def test_code_and_words_go_together():
    """
    A problem is not told with the words of another.
    """
    with pytest.raises(KeyError):
        Problem(code="FICHIER_VIDE", at=Location(file="e"), kind=OUVERT)
    assert issubclass(FormatError, TiersPayantError)
