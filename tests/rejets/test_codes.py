"""Code tables: the public codes with their sources, merging, what an officine classifies, files that are wrong."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from contextlib import suppress
from importlib import resources
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiers_payant.domain import CodeRejet, Confiance, Famille, Renvoi, fiches
from tiers_payant.errors import LayoutError, SourceError
from tiers_payant.rejets import TableCodes, check_conflicts, load_codes, write_codes

DAY = dt.date(2026, 1, 5)
MEMO = "MÉMO"
PUBLIC = [
    # formats-amo 5.1, domain C1. MÉMO: CPAM memo to orthoptists, studylibfr.com/doc/3925819.
    ("0250 050", Famille.IDENTITE_NIR, MEMO),  # "L'assuré est absent de notre référentiel"
    ("0317 051", Famille.NATURE_ASSURANCE, MEMO),  # "Incompatibilité nature d'assurance", cut
    ("0450 072", Famille.EXONERATION, MEMO),  # on the card, not in the file at the care date
    ("0460 053", Famille.PRESCRIPTEUR, MEMO),  # "L'établissement prescripteur est inconnu au fichier national"
    ("0470 049", Famille.PRESCRIPTEUR, MEMO),  # "Prescription interdite à cette date"
    ("2900 005", Famille.DOUBLON, MEMO),  # "Facture déjà payée": do not send again, file a claim
    # Le Quotidien du pharmacien, "Télétransmission : le retour NOÉMIE évolue": the old name and the new one.
    ("0450-054", Famille.EXONERATION, "QDP"),
    ("0009-816", Famille.EXONERATION, "QDP"),
    # SNDS IR_TAN_V, label of I4022: "PU TRANSMIS>PU OPPOSABLE 4000-090".
    ("4000-090", Famille.PRODUIT_TARIF, "SNDS"),
]
HEAD = "portee;code;libelle;famille;du;au;source;confiance\n"


def family(table, code, day=DAY, **sender) -> Famille | None:
    found = table.line(code, day, **sender)
    return None if found is None else found.famille


def line(
    code="EX1", famille=Famille.AMC_CONTRAT, portee="AMC", du=None, au=None, libelle="", source="exemple"
) -> CodeRejet:
    return CodeRejet(
        portee=portee, code=code, libelle=libelle, famille=famille, du=du, au=au, source=source,
        confiance=Confiance.BASSE,
    )  # fmt: skip


@pytest.mark.parametrize(("code", "famille", "source"), PUBLIC)
def test_public_code_has_its_family(code, famille, source):
    """
    Each code that a public source prints, on any day, from any compulsory insurer, with the source in its line.
    """
    for day in (None, dt.date(2019, 1, 1), DAY):
        found = load_codes().line(code, day, emetteur_type="CP", emetteur="01991")
        assert found is not None
        assert famille is found.famille
        assert source in found.source


def test_nothing_else_is_in_the_public_table():
    """
    A code without a source does not enter it; the one prefix says what it rests on.
    """
    expected = {re.sub(r"[ -]", "", code) for code, _, _ in PUBLIC}
    assert expected | {"0450*"} == {each.code for each in load_codes()}
    assert all(each.source and each.portee == "AMO" for each in load_codes())


def test_no_first_day_is_invented():
    """
    The page that renames 0450-054 prints no year: both names are in force on any day, and the line says why.
    """
    assert [] == [each for each in load_codes() if each.du or each.au]
    renamed = [each.source for each in load_codes() if each.code in ("0450054", "0009816")]
    assert all("2024 probable" in source for source in renamed)


def test_prefix_is_that_of_several_codes_of_one_family():
    """
    One code alone says nothing of those that begin like it: a line for a prefix needs two, and none that contradicts.
    """
    codes = [each for each in load_codes() if not each.code.endswith("*")]
    prefixes = [each for each in load_codes() if each.code.endswith("*")]
    assert prefixes
    for prefix in prefixes:
        longer = [each for each in codes if each.code.startswith(prefix.code[:-1])]
        assert len(longer) >= 2
        assert {prefix.famille} == {each.famille for each in longer}
        assert Confiance.BASSE is prefix.confiance


def test_words_that_tell_to_wait_are_no_code():
    """
    "Traitement caisse" and retarification are read in labels; no code stands for them, and their family never re-sends.
    """
    assert Famille.TRAITEMENT_CAISSE not in {each.famille for each in load_codes()}
    assert {Renvoi.NON} == {fiches()[famille].renvoi for famille in (Famille.TRAITEMENT_CAISSE, Famille.DOUBLON)}


def test_file_of_the_library_is_read_as_a_user_s_is():
    """
    Ours has the columns that are asked of anybody, in a file that a spreadsheet opens.
    """
    text = resources.files("tiers_payant.rejets").joinpath("data/codes.csv").read_text("utf-8")
    rows = list(csv.reader(io.StringIO(text[text.index("portee;") :]), delimiter=";"))
    assert HEAD.strip().split(";") == rows[0]
    assert len(load_codes()) == len(rows) - 1


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        (("CP", "01991"), Famille.DOUBLON),
        (("CP", "0001991"), Famille.DOUBLON),
        (("CP", "01992"), Famille.PIECE_JUSTIF),
        (("MA", "01991"), Famille.IDENTITE_NIR),
        (("OC", "01991"), Famille.INDU),
    ],
)
def test_narrowest_scope_wins(sender, expected):
    """
    One sender, then its kind, then AMO or AMC, then anyone; a number means the same however it is padded.
    """
    lines = [
        line("7", Famille.INDU, "*"), line("7", Famille.IDENTITE_NIR, "AMO"), line("7", Famille.PIECE_JUSTIF, "CP"),
        line("7", Famille.DOUBLON, "CP:01991"),
    ]  # fmt: skip
    for table in (load_codes(extra=lines), load_codes(extra=lines[::-1])):
        assert expected is family(table, "7", emetteur_type=sender[0], emetteur=sender[1])


def test_code_is_looked_up_at_its_date():
    """
    The day of the return decides; without a day, a code that changed its meaning means nothing sure.
    """
    turn = dt.date(2025, 7, 1)
    table = load_codes(extra=[line("7", Famille.INDU, au=turn - dt.timedelta(1)), line("7", Famille.DOUBLON, du=turn)])
    for day, expected in ((dt.date(2025, 6, 30), Famille.INDU), (turn, Famille.DOUBLON)):
        assert expected is family(table, "7", day, emetteur_type="OC")
    assert table.line("7", None, emetteur_type="OC") is None


def test_wider_scope_is_asked_on_days_of_which_the_narrow_one_says_nothing():
    """
    A line that ended hides nothing.
    """
    table = load_codes(extra=[line("7", Famille.INDU, "AMC"), line("7", Famille.DOUBLON, "OC", au=dt.date(2024, 1, 1))])
    assert Famille.INDU is family(table, "7", emetteur_type="OC")


def test_whoever_is_not_told_must_be_agreed_upon():
    """
    A sender that may be an AMO or an AMC, and no part: the code counts when both numberings say one family.
    """
    agree = [line("7", Famille.INDU, "AMO"), line("7", Famille.INDU, "AMC")]
    differ = [line("7", Famille.INDU, "AMO"), line("7", Famille.DOUBLON, "AMC")]
    assert Famille.INDU is family(load_codes(extra=agree), "7", emetteur_type="OT")
    assert load_codes(extra=differ).line("7", DAY, emetteur_type="OT") is None
    assert Famille.DOUBLON is family(load_codes(extra=differ), "7", emetteur_type="OT", part="C")
    assert Famille.INDU is family(load_codes(extra=differ), "7", part="O")


# --- merging

FAMILLES = st.sampled_from([Famille.INDU, Famille.DOUBLON, Famille.PIECE_JUSTIF])
DAYS = st.one_of(st.none(), st.integers(0, 9).map(lambda day: dt.date(2026, 1, 1) + dt.timedelta(day)))


@st.composite
def tables_of_lines(draw):
    made = []
    for _ in range(draw(st.integers(0, 5))):
        du, au = draw(DAYS), draw(DAYS)
        if du and au and au < du:
            du, au = au, du
        portee, code = draw(st.sampled_from(["*", "AMO", "CP:0001", "CP:1"])), draw(st.sampled_from(["1", "0450054"]))
        made.append(line(code, draw(FAMILLES), portee, du, au, libelle=draw(st.sampled_from(["", "é =1"]))))
    return made


def meanings(lines) -> dict[tuple[str, str, dt.date], Famille]:
    """The slow way: each day of each scope and code, the last line that is in force on it."""
    span = [dt.date(2025, 12, 30) + dt.timedelta(day) for day in range(16)]
    said: dict[tuple[str, str, dt.date], Famille] = {}
    for each in lines:
        portee = "CP:1" if each.portee.startswith("CP:") else each.portee
        said |= {(portee, each.code, day): each.famille for day in span if each.is_in_force(day)}
    return said


@settings(max_examples=60)
@given(tables_of_lines(), tables_of_lines())
def test_later_wins_and_no_day_is_lost(ours, theirs):
    """
    On each day the last line said counts, and a line replaced on some days keeps the others; never two on one day.
    """
    table = TableCodes(()).with_codes(ours).with_codes(theirs)
    assert meanings([*ours, *theirs]) == meanings(table)
    for one, other in combinations(table, 2):
        assert not (meanings([one]).keys() & meanings([other]).keys())


@settings(max_examples=40)
@given(tables_of_lines(), tables_of_lines())
def test_the_same_table_again_changes_nothing(ours, theirs):
    """
    Reading a file twice is reading it once, and replaces nothing more.
    """
    once = TableCodes(()).with_codes(ours).with_codes(theirs)
    again = once.with_codes(once.siennes)
    assert once == again
    assert once.surcharges == again.surcharges


@settings(max_examples=40)
@given(tables_of_lines())
def test_what_is_written_is_read_back(tmp_path_factory, lines):
    """
    The user's lines, and only they, go into the file; over ours they make the same table.
    """
    path = tmp_path_factory.mktemp("codes") / "miens.csv"
    table = load_codes().with_codes(lines)
    write_codes(table, path)
    assert table == load_codes(path)


def test_each_replaced_line_is_told(tmp_path):
    """
    Who replaced what, and by what; a line that says the same is no replacement.
    """
    path = tmp_path / "miens.csv"
    path.write_text(HEAD + "AMO;0250-050;;DROITS_AMO;;;;\nAMC;EX1;;INDU;;;;\n", "utf-8")
    (told,) = load_codes(path).surcharges
    assert "miens.csv: AMO 0250050 replaced (IDENTITE_NIR -> DROITS_AMO)" == str(told)
    assert () == load_codes(path, path).surcharges[1:]


def test_what_plugins_bring_comes_over_ours_and_under_the_user_s(tmp_path):
    """
    Ours, then theirs, then the files; only the last are the user's own.
    """
    brought = [line("0250-050", Famille.DROITS_AMO, "AMO")]
    assert Famille.DROITS_AMO is family(load_codes(extra=brought), "0250050", emetteur_type="CP")
    assert () == load_codes(extra=brought).siennes
    path = tmp_path / "miens.csv"
    path.write_text(HEAD + "AMO;0250-050;;CAISSE_DEST;;;;\n", "utf-8")
    assert Famille.CAISSE_DEST is family(load_codes(path, extra=brought), "0250050", emetteur_type="CP")


def test_classified_once_is_remembered(tmp_path):
    """
    `learn` gives another table; the first stays as it was; exported and read back, the code is still known.
    """
    before = load_codes()
    after = before.learn("AMC", "EX 1", Famille.AMC_CONTRAT, libelle=" Contrat\nd'exemple ")
    assert before.line("EX1", DAY, emetteur_type="OC") is None
    assert Famille.AMC_CONTRAT is family(after, "EX-1", emetteur_type="OC")
    write_codes(after, tmp_path / "miens.csv")
    assert after == load_codes(tmp_path / "miens.csv")
    assert 2 == len((tmp_path / "miens.csv").read_text("utf-8-sig").splitlines())


@pytest.mark.parametrize(
    "wrong", [("amo ou amc", "1", Famille.INDU), ("AMO", "", Famille.INDU), ("AMO", "1", Famille.INCONNU),
              ("AMO", "é", Famille.INDU), ("AMO", "*", Famille.INDU), ("CP:01999", "2900 005", Famille.INDU)]
)  # fmt: skip
def test_what_cannot_be_learnt_is_refused(wrong):
    """
    A scope or a code that is none; and `INCONNU`, which would hide what others know.
    """
    with pytest.raises(LayoutError):
        load_codes().learn(*wrong)


@pytest.mark.parametrize(
    "wrong", [{"portee": 1}, {"code": None}, {"du": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, {"au": dt.date.max}]
)
def test_line_made_by_a_program_is_proved_too(wrong):
    """
    What a plugin brings is no better than a file: the library's error, not a crash later on.
    """
    with pytest.raises(LayoutError):
        load_codes(extra=[line(**wrong)])


def test_what_is_already_paid_may_wait_and_an_amc_has_its_own_numbering():
    """
    2900-005 is never sent again, whoever classifies it; the same figures mean something else to an AMC.
    """
    table = load_codes().learn("CP", "2900-005", Famille.TRAITEMENT_CAISSE).learn("OC", "2900-005", Famille.AMC_CONTRAT)
    said = [table.line("2900005", None, emetteur_type=kind) for kind in ("CP", "MA", "OC")]
    assert ["TRAITEMENT_CAISSE", "DOUBLON", "AMC_CONTRAT"] == [one.famille.name for one in said if one]


def test_providers_that_contradict_each_other_are_both_named():
    """
    Two families of one code on one day; other days, or the same family, are no contradiction.
    """
    with pytest.raises(LayoutError, match="AMC EX1: AMC_CONTRAT by alpha, INDU by beta, on the same day"):
        check_conflicts({"beta": [line(famille=Famille.INDU)], "alpha": [line()]})
    assert 2 == len(
        check_conflicts({"alpha": [line(au=DAY)], "beta": [line(famille=Famille.INDU, du=dt.date(2027, 1, 1))]})
    )
    assert 2 == len(check_conflicts({"alpha": [line()], "beta": [line()]}))


# --- files

WRONG_ROWS = {
    "AMO;1;;EXONERATON;;;;": "2:4: famille: expected a family, got 'AAAAAAAAAA'; did you mean EXONERATION?",
    "AMO;1;;INCONNU;;;;": "2:4: famille: expected a family, got 'AAAAAAA'",
    "AMO;1;;;;;;": "2:4: famille: expected a family",
    "AMO;1;;INDU;2026-02-30;;;": "2:5: du: expected a date AAAA-MM-JJ or JJ/MM/AAAA, got '9999-99-99'",
    "AMO;1;;INDU;;31/12/9999;;": "2:6: au: expected a date",
    "AMO;1;;INDU;2026-02-03;02/02/2026;;": "2:6: au: comes before du",
    "CPAM;1;;INDU;;;;": "2:1: portee: expected *, AMO, AMC",
    "AMO; - ;;INDU;;;;": "2:2: code: expected a code",
    "AMO;2900-005;;IDENTITE_NIR;;;;": "2:4: famille: 2900005 is never sent again: DOUBLON or TRAITEMENT_CAISSE",
    "*;2900 005;;TECHNIQUE;;;;": "2:4: famille: 2900005 is never sent again",
    "CP:01999;2900005;;INCONN;;;;": "2:4: famille: expected a family",
    "AMO;1;;INDU;;;;haute": "2:8: confiance: expected H, M or L, got 'AAAAA'",
    "AMO;1;;INDU;;;;\n\nAMO; 1 ;;INDU;;;;": "4: code: this scope and code are in force on days of line 2 too",
    "CP:01;1;;INDU;;;;\nCP:1;1;;INDU;;;;": "3: code: this scope and code are in force on days of line 2 too",
    "AMO;1;;INDU;2026-01-01;2026-06-30;;\nAMO;1;;DOUBLON;30/06/2026;;;": "3: code: this scope and code are in force",
    "AMO;1;;INDU;2026-06-01;;;\nAMO;1;;DOUBLON;;;;\nAMO;1;;INDU;2025-01-01;2025-02-01;;": (
        "3: code: this scope and code are in force on days of line 2 too\n"
        "t.csv:4: code: this scope and code are in force on days of line 3 too"
    ),
    "AMO;1;INDU": "2: expected 8 cells, got 3",
    'AMO;1;"x;INDU;;;;': "2: quotes that do not close",
}
WRONG_HEADS = {
    "portee;libelle;famille\nAMO;;INDU\n": "1: code: this column is missing",
    "portee;code;famile\nAMO;1;INDU\n": "1:3: no column of a code table; did you mean famille?",
    "portee;code;famille;code\nAMO;1;INDU;1\n": "1:4: code: this column stands twice",
    "# rien": "1: portee: this column is missing",
    "": " empty",
    "\n \n": " empty",
}


@pytest.mark.parametrize(
    ("text", "expected"), [*((f"{HEAD}{rows}\n", words) for rows, words in WRONG_ROWS.items()), *WRONG_HEADS.items()]
)
def test_wrong_table_is_located(tmp_path, text, expected):
    """
    File, line, column, name; what was expected, and the shape of what was found.
    """
    path = tmp_path / "t.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(LayoutError, match=re.escape(f"t.csv:{expected}")):
        load_codes(path)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            (HEAD + "AMO;1;é;INDU;;;;\n").encode("cp1252"),
            "t.csv:2: expected UTF-8, got byte 0xe9: save it as CSV UTF-8",
        ),
        (HEAD.encode("utf-16"), "t.csv:1: expected UTF-8, got UTF-16"),
        ((HEAD + "AMO;\0;;INDU;;;;\n").encode(), "t.csv:2: a NUL is no text"),
        (b" " * ((8 << 20) + 1), "t.csv: longer than 8388608 bytes"),
    ],
)
def test_wrong_bytes_are_told(tmp_path, data, expected):
    """
    Another encoding, a NUL, a file that is far too long: told, not read.
    """
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    with pytest.raises(LayoutError, match=re.escape(expected)):
        load_codes(path)


def test_every_fault_is_told_and_the_table_before_stays_in_force(tmp_path):
    """
    All of them at once, in the order of the file; nothing of a wrong file is kept.
    """
    path = tmp_path / "t.csv"
    path.write_text(HEAD + "AMO;1;;INDUE;;;;\nAMO;2;;INDU;;;;\nAMO;3;;INDU;hier;;;X\nAMO;2;;INDU;;;;\n", "utf-8")
    before = load_codes().learn("AMO", "2", Famille.DOUBLON)
    with pytest.raises(LayoutError) as told:
        before.with_codes(load_codes(path).siennes)
    places = re.findall(r"^t\.csv:[\d:]+", str(told.value), re.MULTILINE)
    assert ["t.csv:2:4:", "t.csv:4:5:", "t.csv:4:8:", "t.csv:5:"] == places
    assert Famille.DOUBLON is family(before, "2", emetteur_type="CP")


def test_path_that_is_no_file_is_told(tmp_path):
    """
    A folder, nothing at all, a name that cannot be.
    """
    for path in (tmp_path, tmp_path / "rien.csv", "\0"):
        with pytest.raises(SourceError):
            load_codes(path)
    with pytest.raises(SourceError):
        write_codes(load_codes(), tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffportee,code,famille\r\nAMO,'0071,Identité NIR\r\n",
        "# mes codes\nsep=;\nPortée;Code;Famille;;\nAMO;00-71;identite-nir;;\n;;;;\n",
        'scope\tcode\tfamily\tvalid_from\n"AMO"\t"0071"\tIDENTITE_NIR\t01/02/2020\n',
    ],
)
def test_file_as_people_write_them_is_read(tmp_path, text):
    """
    Commas, semicolons, tabs; headers with accents or in English; the apostrophe that keeps zeros in a spreadsheet.
    """
    path = tmp_path / "miens.csv"
    path.write_bytes(text.encode())
    (own,) = load_codes(path).siennes
    assert ("AMO", "0071", Famille.IDENTITE_NIR, "miens.csv") == (own.portee, own.code, own.famille, own.source)


@settings(max_examples=60)
@given(st.binary(max_size=120).map(lambda junk: HEAD.encode() + junk) | st.binary(max_size=80))
def test_junk_raises_only_what_is_promised(tmp_path_factory, junk):
    """
    Any bytes: a table, or the library's error.
    """
    path = tmp_path_factory.getbasetemp() / "junk.csv"
    path.write_bytes(junk)
    with suppress(LayoutError):
        load_codes(path)


def test_errors_never_quote_a_cell(tmp_path):
    """
    Cells may hold the label of a return, hence a name: shapes alone are shown, wherever the columns went.
    """
    path = tmp_path / "t.csv"
    label = "DUPONT EXEMPLE 199999"
    path.write_text(HEAD + ";".join([label] * 8) + "\n" + label + "\n" + ";".join([label] * 3) + "\n", "utf-8")
    with pytest.raises(LayoutError) as told:
        load_codes(path)
    assert "DUPONT" not in str(told.value)
    assert "DUPONT" not in repr(load_codes().learn("AMO", "1", Famille.INDU, libelle=label))
