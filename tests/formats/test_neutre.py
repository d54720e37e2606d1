"""Neutral CSV: headers, encodings, cells, what is refused, and what the reader makes of it."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats import golden_neutre, neutre_pages
from tests.formats.golden import GOLDEN

import tiers_payant as tp
from tiers_payant.domain import Adresses, Entree, Lecture, NatureMouvement, Part, Reponse, Tables
from tiers_payant.errors import ColumnError, SourceError
from tiers_payant.formats import _neutre_ecriture
from tiers_payant.formats._neutre_flux import Bloc, Flux
from tiers_payant.formats._neutre_json import LARGEST, count_values
from tiers_payant.formats._neutre_schema import recognise
from tiers_payant.formats._neutre_valeurs import cents_of
from tiers_payant.formats.neutre import (
    csv_tables,
    donnees_schema,
    neutral_tables,
    read_csv,
    read_json,
    sniff_csv,
    sniff_json,
    write_csv,
    write_csv_table,
    write_json,
)

FACTURES = "officine;lot_date;lot;facture;part_amo;part_amc"
FACTURE = "999000019;2026-01-05;001;000000001;12,50;7,50"
EXAMPLES = {name: table.exemple.strip("\n") + "\n" for name, table in neutral_tables().items() if table.csv}
DONNEES: dict[str, Any] = {"schema": "tiers-payant/donnees/1"}


def read(text: str | bytes) -> Lecture:
    return read_csv(Entree(nom="f.csv", contenu=text.encode() if isinstance(text, str) else text))


def read_document(document: object) -> Lecture:
    return read_json(Entree(nom="d.json", contenu=json.dumps(document).encode()))


def lines(*texts: str) -> str:
    return "\n".join(texts) + "\n"


def told(lecture: Lecture) -> list[tuple[str, int | None, str | None]]:
    return [(problem.code, problem.at.line, problem.at.field) for problem in lecture.problems]


def said(table: Any) -> list[dict[str, Any]]:
    """The rows of a table, without where they stand."""
    return [{name: v for name, v in table.row(row).items() if name != "octet"} for row in range(len(table))]


def facts(tables: Tables) -> dict[str, list[dict[str, Any]]]:
    return {name: said(table) for name, table in tables.each() if len(table)}


class TestPages:
    def test_page_is_made_from_the_table(self):
        """
        `python -m tests.formats.neutre_pages` was run after the last change of `neutre.toml`.
        """
        assert neutre_pages.page() == neutre_pages.PAGE.read_text("utf-8")

    def test_schema_is_made_from_the_table_and_is_one(self):
        """
        The file that is shipped is the one that the reader's table makes.
        """
        assert neutre_pages.schema() == neutre_pages.SCHEMA.read_text("utf-8")
        jsonschema.Draft202012Validator.check_schema(donnees_schema())

    def test_every_column_of_the_domain_has_a_neutral_one(self):
        """
        Nothing that a table holds is lost on the way, but pointers, places and the fingerprint.
        """
        lost = {
            name: [
                column
                for column, kind in Tables.kinds()[name].kinds().items()
                if not kind.vers and column not in {champ.colonne for champ in table.champs}
            ]
            for name, table in neutral_tables().items()
        }
        places = {"octet", "position"}
        assert {} == {name: rest for name, columns in lost.items() if (rest := sorted({*columns} - places))}


@pytest.mark.parametrize("path", golden_neutre.INPUTS, ids=lambda path: path.name)
def test_golden_file_is_read_as_before(path):
    """
    Rows, places and words: those of the file beside it.
    """
    assert golden_neutre.expected_of(path).read_text("utf-8") == golden_neutre.text_of(path)


class TestHeaders:
    @pytest.mark.parametrize("name", EXAMPLES)
    def test_example_of_each_table_is_known_and_read_whole(self, name):
        """
        By its headers alone; no problem, every row.
        """
        assert 0.9 == sniff_csv(EXAMPLES[name].encode())
        lecture = read(EXAMPLES[name])
        assert ((), EXAMPLES[name].count("\n") - 1) == (lecture.problems, len(getattr(lecture.tables, name)))

    @pytest.mark.parametrize("name", EXAMPLES)
    def test_columns_in_any_order_say_the_same(self, name):
        """
        Headers, not places, tell what a column is.
        """
        rows = [line.split(";") for line in EXAMPLES[name].splitlines()]
        turned = lines(*(";".join(reversed(row)) for row in rows))
        assert facts(read(EXAMPLES[name]).tables) == facts(read(turned).tables)

    @pytest.mark.parametrize("separator", [",", "\t", "|"])
    def test_separator_is_the_one_that_makes_the_headers_known(self, separator):
        """
        Comma, tab and bar as well as semicolon.
        """
        text = lines(FACTURES, FACTURE).replace(",", ".").replace(";", separator)
        assert facts(read(lines(FACTURES, FACTURE)).tables) == facts(read(text).tables)

    def test_synonyms_are_compared_without_case_accents_or_signs(self):
        """
        As a pharmacist's export writes them.
        """
        text = lines("N° Pharmacie;Numéro-officine;x", "1;2;3")
        assert ["TABLE_NON_RECONNUE"] == [code for code, *_ in told(read(text))]
        text = lines("PHARMACIE;Date du lot;N° LOT;Numéro de Facture;Montant RO (€);montant_rc", FACTURE)
        assert facts(read(lines(FACTURES, FACTURE)).tables) == facts(read(text).tables)

    def test_own_name_wins_over_a_synonym(self):
        """
        `part_amo` beside `montant_amo`: the second is unknown, and told by its place only.
        """
        lecture = read(lines(f"montant_amo;{FACTURES}", f"99,00;{FACTURE}"))
        assert (1250, [("COLONNES_INCONNUES", 1, None)]) == (lecture.tables.factures.part_amo_cents[0], told(lecture))

    def test_two_synonyms_of_one_column_are_refused(self):
        """
        Neither is better: nothing is read.
        """
        lecture = read(lines(FACTURES.replace("part_amo", "amo;montant_ro"), f"1;{FACTURE}"))
        assert (0, [("COLONNE_REPETEE", 1, "part_amo")]) == (len(lecture.tables.factures), told(lecture))

    def test_named_table_tells_what_is_missing(self):
        """
        A first line names the table; a required column that is not there is told.
        """
        text = lines("# tiers-payant: encaissements", "officine;lot_date;lot;facture;date", "x")
        assert 1.0 == sniff_csv(text.encode())
        assert [("COLONNE_ABSENTE", 2, "montant")] == told(read(text))

    def test_headers_of_two_tables_are_refused_until_one_is_named(self):
        """
        Equal claims: no table is chosen; the first line settles it.
        """
        headers = "officine;lot_date;lot;facture;date;montant;reponse;annonce"
        assert ["encaissements", "reponses"] == sorted(entete.table.nom for entete in recognise(headers.split(";")))
        row = "999000019;2026-01-05;001;1;2026-01-06;4,20;payee;4,20"
        assert [("TABLE_AMBIGUE", 1, None)] == told(read(lines(headers, row)))
        assert 1 == len(read(lines("# tiers-payant: encaissements", headers, row)).tables.encaissements)

    @pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;\r", "sep=x"])
    def test_line_that_tells_a_spreadsheet_the_separator(self, first):
        """
        Passed over; lines are counted with it.
        """
        text = lines(first, FACTURES, FACTURE, "x")
        assert 0.9 == sniff_csv(text.encode())
        lecture = read(text)
        assert (1, [("CELLULES_NOMBRE", 4, None)]) == (len(lecture.tables.factures), told(lecture))

    def test_separator_that_is_told_is_the_only_one(self):
        """
        Even when another makes the headers known.
        """
        assert [("TABLE_NON_RECONNUE", 1, None)] == told(read(lines("sep=,", FACTURES, FACTURE)))

    def test_header_in_cents_announces_whole_cents(self):
        """
        `_cents` and `en centimes`; a comma is then refused.
        """
        text = lines(FACTURES.replace("part_amo", "part_amo_cents").replace("part_amc", "part AMC en centimes"))
        lecture = read(text + lines(FACTURE.replace("12,50;7,50", "1250;750"), FACTURE))
        assert [1250] == lecture.tables.factures.part_amo_cents.tolist()
        assert {("VALEUR_ATTENDUE", 3, "part_amo"), ("VALEUR_ATTENDUE", 3, "part_amc")} == set(told(lecture))


class TestEncodings:
    TEXT = lines("compte;date;montant;libelle", "EXEMPLE;2026-01-09;1 234,50;Réglé à temps", "EXEMPLE;2026-01-10;1;b")

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_told_encodings_say_nothing(self, encoding):
        """
        UTF-8 with and without its mark, UTF-16 with one: no word about it.
        """
        lecture = read(self.TEXT.encode(encoding))
        assert ("Réglé à temps", []) == (lecture.tables.virements.libelle[0], told(lecture))
        assert 0.9 == sniff_csv(self.TEXT.encode(encoding))

    @pytest.mark.parametrize("newline", ["\r\n", "\r"])
    def test_other_ends_of_lines(self, newline):
        """
        Those of Windows and of old Macs.
        """
        assert facts(read(self.TEXT).tables) == facts(read(self.TEXT.replace("\n", newline)).tables)

    @pytest.mark.parametrize(("encoding", "name"), [("cp1252", "Windows-1252"), ("latin-1", "Windows-1252")])
    def test_supposed_encoding_is_told(self, encoding, name):
        """
        An information: how many lines, and what they were taken for.
        """
        lecture = read(self.TEXT.encode(encoding))
        assert "Réglé à temps" == lecture.tables.virements.libelle[0]
        (problem,) = lecture.problems
        assert ("ENCODAGE_SUPPOSE", {"encodage": name, "nombre": 1}) == (problem.code, problem.params)

    def test_mixed_encodings_are_read_line_by_line(self):
        """
        One line of UTF-8, one of Windows-1252: both right.
        """
        good = "EXEMPLE;2026-01-11;1;é\n"
        lecture = read(lines("compte;date;montant;libelle").encode() + good.encode() + good.encode("cp1252"))
        assert ["é", "é"] == lecture.tables.virements.libelle.tolist()

    def test_octets_are_those_of_the_file(self):
        """
        Where each row starts, accents and marks counted.
        """
        for encoding in ("utf-8-sig", "cp1252", "utf-16"):
            raw = self.TEXT.encode(encoding)
            second = "EXEMPLE;2026-01-10".encode(encoding.replace("utf-16", "utf-16-le").replace("-sig", ""))
            assert raw.index(second) == read(raw).tables.virements.octet[1], encoding


class TestCells:
    @pytest.mark.parametrize(
        ("text", "cents"),
        [
            ("12,50", 1250), ("12.50", 1250), ("12,5", 1250), ("12.5", 1250), ("12", 1200), ("-12,50 €", -1250),
            ("1 234,50", 123450), ("1\u202f234,50", 123450), ("1\u00a0234\u00a0567,89", 123456789),
            ("1.234,50", 123450), ("1,234.50", 123450), ("+0,01", 1), ("\u221212,50", -1250), ("12.5000", 1250),
            ("1,234", None), ("1.234", None), ("12,", None), (",5", None), ("1 23,50", None), ("0,125", None),
            ("1e3", None), ("12,50,00", None), ("--1", None), ("", None), ("9" * 16, None), ("²", None), ("١", None),
        ],
    )  # fmt: skip
    def test_amounts_are_read_or_refused_never_misread(self, text, cents):
        """
        In a file and alone, the same answer; what is refused keeps its row raw.
        """
        assert cents == cents_of(text)
        lecture = read(lines("compte;date;montant", f"EXEMPLE;2026-01-09;{text}"))
        assert ([] if cents is None else [cents]) == lecture.tables.virements.montant_cents.tolist()
        assert (cents is None) == bool(lecture.problems) == bool(len(lecture.tables.bruts))

    @given(st.integers(-(10**14) + 1, 10**14 - 1), st.sampled_from([",", "."]))
    def test_amounts_with_two_decimals_come_back(self, cents, point):
        """
        Every amount that a column holds.
        """
        text = f"{'-' if cents < 0 else ''}{abs(cents) // 100}{point}{abs(cents) % 100:02d}"
        lecture = read(lines("compte;date;montant", f"EXEMPLE;2026-01-09;{text}"))
        assert [cents] == lecture.tables.virements.montant_cents.tolist()

    def test_ambiguous_amount_has_its_own_words(self):
        """
        Line, column, name, shape, and never the value.
        """
        (problem,) = read(lines("compte;date;montant", "EXEMPLE;2026-01-09;1.234")).problems
        assert ("MONTANT_AMBIGU", 2, 3, "montant") == (
            problem.code, problem.at.line, problem.at.column, problem.at.field,
        )  # fmt: skip
        assert "9.999" in problem.message
        assert "1.234" not in problem.message + problem.message_fr

    @pytest.mark.parametrize(
        ("text", "day"),
        [
            ("2026-02-28", date(2026, 2, 28)), ("28/02/2026", date(2026, 2, 28)), ("2024-02-29", date(2024, 2, 29)),
            ("2026-02-28T10:00:00", date(2026, 2, 28)), ("2026-02-28 10:00", date(2026, 2, 28)),
            ("2026-02-29", None), ("31/04/2026", None), ("02/28/2026", None), ("28/02/26", None), ("20260228", None),
            ("2026-02-281", None), ("2026/02/28", None), ("x", None), ("0000-00-00", None),
        ],
    )  # fmt: skip
    def test_dates(self, text, day):
        """
        ISO, or day first; a day that does not exist is refused.
        """
        lecture = read(lines("compte;date;montant", f"EXEMPLE;{text};1"))
        assert ([] if day is None else [day]) == lecture.tables.virements.date.tolist()

    def test_quoted_cells_hold_separators_quotes_and_line_feeds(self):
        """
        RFC 4180; the row after is on its own line.
        """
        text = 'compte;date;montant;libelle\n"EXEMPLE";2026-01-09;"1,00";"a;""b""\nc"\nEXEMPLE;2026-01-10;x;d\n'
        lecture = read(text)
        assert ['a;"b"\nc'] == lecture.tables.virements.libelle.tolist()
        assert [("VALEUR_ATTENDUE", 4, "montant")] == told(lecture)

    def test_a_quoted_cell_goes_over_the_edge_of_a_block(self):
        """
        Files are read by blocks; no row is lost or told where two meet.
        """
        row = 'EXEMPLE;2026-01-09;1,00;"a\nb"\n'
        lecture = read("compte;date;montant;libelle\n" + row * 100_000)
        assert ((), 100_000) == (lecture.problems, len(lecture.tables.virements))
        assert {"a\nb"} == set(lecture.tables.virements.libelle.tolist())

    def test_leading_zeros_that_a_spreadsheet_took_are_put_back(self):
        """
        Where the length is known.
        """
        headers = f"{FACTURES};regime;caisse;paiement"
        factures = read(lines(headers, "29900009;2026-01-05;1;7;1;0;1;99;5")).tables.factures
        assert [(b"029900009", b"01", b"099", b"05")] == list(
            zip(factures.officine, factures.regime, factures.caisse, factures.paiement, strict=True)
        )

    @pytest.mark.parametrize("text", ["9,99E+08", "9.99e+08", "é", "a\0b", "x" * 65])
    def test_codes_that_are_none_are_refused(self, text):
        """
        A number that lost its digits, a letter with an accent, a NUL, a text too long.
        """
        lecture = read(lines(FACTURES, f"999000019;2026-01-05;001;{text};1;1", FACTURE))
        assert [b"000000001"] == lecture.tables.factures.facture.tolist()
        assert [("VALEUR_ATTENDUE", 2, "facture")] == told(lecture)

    def test_words_have_synonyms_and_no_accent(self):
        """
        As people write them.
        """
        headers = "officine;lot_date;lot;facture;part;reponse;annonce"
        rows = [f"999000019;2026-01-05;1;{n};{p};{r};0" for n, (p, r) in enumerate([("RO", "Payé"), ("", "Différée")])]
        reponses = read(lines(headers, *rows)).tables.reponses
        assert [(Part.AMO, Reponse.PAYEE), (Part.NON_PRECISEE, Reponse.DIFFEREE)] == list(
            zip(reponses.part.tolist(), reponses.reponse.tolist(), strict=True)
        )

    def test_payment_code_follows_from_the_shares_when_no_column_tells_it(self):
        """
        What is not zero is billed; a column that is there is believed, even empty.
        """
        shares = ["1;1", "1;0", "0;1", ";"]
        rows = [f"999000019;2026-01-05;001;{n};{share}" for n, share in enumerate(shares)]
        assert [b"15", b"05", b"25", b"00"] == read(lines(FACTURES, *rows)).tables.factures.paiement.tolist()
        assert [b""] == read(lines(f"{FACTURES};paiement", f"{FACTURE};")).tables.factures.paiement.tolist()

    def test_broken_rows_are_kept_raw_and_the_others_read(self):
        """
        Too few cells, a wrong quote, a bad date: three lines told, two rows read, nothing lost.
        """
        bad = ["999000019;2026-01-05", '"x"y;2;3;4;5;6', "999000019;2026-13-05;001;3;1;1"]
        lecture = read(lines(FACTURES, FACTURE, *bad, FACTURE.replace("001;", "002;")))
        assert [(3, "CELLULES_NOMBRE"), (4, "GUILLEMETS"), (5, "VALEUR_ATTENDUE")] == sorted(
            (line, code) for code, line, _ in told(lecture)
        )
        assert 2 == len(lecture.tables.factures)
        assert [lines(*bad)] == lecture.tables.bruts.contenu.tolist()


class TestAnswers:
    HEADERS = "officine;lot_date;lot;facture;reponse;annonce;virement_date;virement_libelle;retour;rejets"

    def answer(self, facture: int, retour: str = "", jour: str = "2026-01-08", rejets: str = "") -> str:
        return f"999000019;2026-01-05;001;{facture};payee;1,00;{jour};EXEMPLE;{retour};{rejets}"

    def test_rows_that_name_one_transfer_make_one(self):
        """
        One return per name, one transfer per return and date.
        """
        rows = [self.answer(1, "A"), self.answer(2, "B"), self.answer(3, "A"), self.answer(4, "A", "2026-01-09")]
        tables = read(lines(self.HEADERS, *rows)).tables
        assert ([b"A", b"B"], 3) == (tables.retours.fichier.tolist(), len(tables.groupes))
        assert {b"1": 0, b"2": 2, b"3": 0, b"4": 1} == dict(
            zip(tables.reponses.facture.tolist(), tables.reponses.groupe.tolist(), strict=True)
        )

    def test_answer_without_transfer_is_in_none(self):
        """
        No date, no label: no transfer is made up.
        """
        text = lines(self.HEADERS, self.answer(1, jour="").replace("EXEMPLE", ""))
        tables = read(text).tables
        assert (0, [-1]) == (len(tables.groupes), tables.reponses.groupe.tolist())

    def test_reject_codes_beside_the_answer_make_reject_lines(self):
        """
        One per code, parted by a space or a plus.
        """
        tables = read(lines(self.HEADERS, self.answer(1, rejets="EX1 + EX2"), self.answer(2, rejets="EX3"))).tables
        assert [(b"1", b"EX1"), (b"1", b"EX2"), (b"2", b"EX3")] == list(
            zip(tables.rejets.facture.tolist(), tables.rejets.code.tolist(), strict=True)
        )

    def test_same_rows_in_another_order_are_the_same_return(self, tmp_path):
        """
        A script that sorts its rows otherwise does not pay twice.
        """
        rows = [self.answer(n, "A") for n in range(5)]
        (tmp_path / "a.csv").write_text(lines(self.HEADERS, *rows))
        (tmp_path / "b.csv").write_text(lines(self.HEADERS, *reversed(rows)))
        book = tp.read(tmp_path)
        assert (5, ["RETOUR_DEJA_LU"]) == (len(book.tables.reponses), [problem.code for problem in book.problems])


class TestSameReturn:
    """A file that says the same as another is the same return, whatever it looks like."""

    MOVES = ("officine;nature;montant;virement_date;virement_libelle", "999000019;retenue;-3,00;2026-01-08;T1")

    def prints(self, *rows: str) -> set[bytes]:
        return {bytes(mark) for mark in read(lines(*rows)).tables.retours.empreinte}

    def test_movements_that_differ_by_their_transfer_alone(self, tmp_path):
        """
        Two equal withholdings on two transfers, in either order: two movements, not four.
        """
        headers, first = self.MOVES
        second = first.replace("T1", "T2")
        (tmp_path / "a.csv").write_text(lines(headers, first, second))
        (tmp_path / "b.csv").write_text(lines(headers, second, first))
        book = tp.read(tmp_path)
        assert (2, "RETOUR_DEJA_LU") == (len(book.tables.mouvements), book.problems[0].code)

    @pytest.mark.parametrize(
        "changes",
        [("payee;1,00;T1", "rejetee;1,00;T1"), ("payee;1,00;T1", "payee;1,00;T2"), ("payee;1,00;", "payee;1,00;T1")],
    )
    def test_answers_that_differ_by_one_column(self, changes):
        """
        The word of the answer, or its transfer: the order of the file changes nothing.
        """
        headers = "officine;lot_date;lot;facture;reponse;annonce;virement_libelle"
        rows = [f"999000019;2026-01-05;001;1;{change}" for change in changes]
        assert self.prints(headers, *rows) == self.prints(headers, *reversed(rows))

    def test_which_transfer_pays_what_is_part_of_it(self):
        """
        Two answers on one transfer and one on the other are not one and two.
        """
        headers = "officine;lot_date;lot;facture;reponse;annonce;virement_libelle"
        rows = [f"999000019;2026-01-05;001;{n};payee;1,00;T{n}" for n in (1, 2)]
        both = [self.prints(headers, *rows, f"999000019;2026-01-05;001;3;payee;1,00;T{n}") for n in (1, 2)]
        assert both[0] != both[1]

    @pytest.mark.parametrize(("short", "whole"), [("1;1", "001;000000001"), ("0;A1", "000;A1"), ("1;12", "01;0012")])
    def test_leading_zeros_of_codes_count_for_nothing(self, short, whole):
        """
        As when factures are compared: lot `1` is lot `001`.
        """
        headers = "officine;lot_date;lot;facture;reponse;annonce"
        marks = [self.prints(headers, f"999000019;2026-01-05;{codes};payee;1,00") for codes in (short, whole)]
        assert marks[0] == marks[1] != self.prints(headers, "999000019;2026-01-05;2;2;payee;1,00")


class TestMovementsApart:
    ANSWERS = lines(
        "officine;lot_date;lot;facture;reponse;annonce;virement_date;virement_libelle;emetteur_type",
        "999000019;2026-01-05;001;000000001;payee;12,50;2026-01-08;EXEMPLE;CP",
    )
    MOVES = lines(
        "officine;nature;montant;virement_date;virement_libelle;emetteur_type",
        "999000019;retenue;-3,00;2026-01-08;EXEMPLE;CP",
    )

    def book(self, folder: Path, **files: str) -> tp.Book:
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text)
        return tp.read(folder)

    @pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
    def test_movements_join_the_transfer_of_the_answers(self, tmp_path, names):
        """
        Whatever the order of files: one transfer, one return, nothing to tell.
        """
        tables = (book := self.book(tmp_path, **dict(zip(names, (self.ANSWERS, self.MOVES), strict=True)))).tables
        assert (1, 1, ()) == (len(tables.groupes), len(tables.retours), book.problems)
        assert [0] == tables.mouvements.groupe.tolist() == tables.mouvements.retour.tolist()
        assert [NatureMouvement.RETENUE] == tables.mouvements.nature.tolist()

    def test_movements_of_no_answer_stay_apart_and_are_told(self, tmp_path):
        """
        An information: a transfer of movements alone may be right.
        """
        book = self.book(tmp_path, a=self.ANSWERS, b=self.MOVES.replace("EXEMPLE", "AUTRE"))
        assert (2, ["MOUVEMENTS_SANS_REPONSE"]) == (len(book.tables.groupes), [p.code for p in book.problems])

    def test_movements_of_several_transfers_are_not_given_to_one(self, tmp_path):
        """
        Two files of answers say the same of their transfer: nothing tells whose the movement is.
        """
        other = self.ANSWERS.replace("000000001", "000000002")
        book = self.book(tmp_path, a=self.ANSWERS, b=other, c=self.MOVES)
        assert (3, ["MOUVEMENTS_AMBIGUS"]) == (len(book.tables.groupes), [p.code for p in book.problems])


class TestRepeatedRows:
    """Two exports that overlap."""

    HEADERS = "officine;lot_date;lot;facture;part;reponse;annonce;rejets;virement_date;virement_libelle"

    def book(self, folder: Path, **files: list[str]) -> tp.Book:
        for name, rows in files.items():
            (folder / f"{name}.csv").write_text(lines(self.HEADERS, *rows))
        return tp.read(folder)

    def answer(self, facture: int, transfer: str = "2026-01-08;EXEMPLE", said: str = "payee;12,50;") -> str:
        return f"999000019;2026-01-05;001;{facture};amo;{said};{transfer}"

    @pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
    def test_an_answer_in_two_files_counts_once_and_their_transfer_is_one(self, tmp_path, names):
        """
        Factures 1 and 2 in one file, 2 and 3 in the other: three answers on one transfer, and it is told.
        """
        files = ([self.answer(1), self.answer(2)], [self.answer(2).replace("001;2", "1;0002"), self.answer(3)])
        book = self.book(tmp_path, **dict(zip(names, files, strict=True)))
        tables = book.tables
        assert (3, 1, 1) == (len(tables.reponses), len(tables.groupes), len(tables.retours))
        assert [0, 0, 0] == tables.reponses.groupe.tolist() == tables.reponses.retour.tolist()
        assert [("REPONSES_DEJA_LUES", {"nombre": 1, "premier": "a.csv"})] == [
            (problem.code, dict(problem.params)) for problem in book.problems
        ]

    def test_equal_answers_of_one_file_are_several(self, tmp_path):
        """
        The most that one file holds: two here, one there, two in all.
        """
        book = self.book(tmp_path, a=[self.answer(1), self.answer(2)], b=[self.answer(1), self.answer(1)])
        assert {b"1": 2, b"2": 1} == {
            name: book.tables.reponses.facture.tolist().count(name) for name in (b"1", b"2")
        }  # fmt: skip

    @pytest.mark.parametrize(
        "other",
        ["2026-01-09;EXEMPLE", "2026-01-08;AUTRE"],
    )
    def test_the_same_answer_on_another_transfer_counts(self, tmp_path, other):
        """
        Another day or another label is another payment.
        """
        book = self.book(tmp_path, a=[self.answer(1), self.answer(2)], b=[self.answer(1, other)])
        assert (3, ()) == (len(book.tables.reponses), book.problems)

    def test_an_amount_on_no_transfer_counts_each_time_and_is_told(self, tmp_path):
        """
        Nothing tells a copy from a second payment.
        """
        book = self.book(tmp_path, a=[self.answer(1, ";"), self.answer(2, ";")], b=[self.answer(1, ";")])
        assert (3, ["REPONSES_REPETEES"]) == (len(book.tables.reponses), [p.code for p in book.problems])

    def test_a_reject_in_two_files_counts_once_with_its_lines(self, tmp_path):
        """
        No amount, no doubt; the return that says nothing more is gone.
        """
        reject = self.answer(1, ";", "rejetee;0,00;EX1")
        book = self.book(tmp_path, a=[reject, self.answer(2)], b=[reject])
        tables = book.tables
        assert (2, 1, 1) == (len(tables.reponses), len(tables.rejets), len(tables.retours))
        assert ["REPONSES_DEJA_LUES"] == [problem.code for problem in book.problems]

    def test_a_movement_in_two_files_counts_once(self, tmp_path):
        """
        Once both have joined the transfer of the answers.
        """
        headers = "officine;nature;montant;virement_date;virement_libelle"
        rows = [f"999000019;retenue;{cents};2026-01-08;EXEMPLE" for cents in ("-3,00", "-4,00")]
        (tmp_path / "m.csv").write_text(lines(headers, *rows))
        (tmp_path / "n.csv").write_text(lines(headers, rows[0]))
        book = self.book(tmp_path, a=[self.answer(1)])
        assert [-400, -300] == sorted(book.tables.mouvements.montant_cents.tolist())
        assert ["MOUVEMENTS_DEJA_LUS"] == [problem.code for problem in book.problems]


class TestJson:
    ROW: ClassVar[dict[str, Any]] = {
        "officine": "999000019", "lot_date": "2026-01-05", "lot": "001", "facture": "1", "part_amo_cents": 1250,
        "part_amc_cents": None,
    }  # fmt: skip

    def test_says_the_same_as_csv(self):
        """
        The examples of every table, through the writer: the same facts.
        """
        tables = Tables.concat([read(text).tables for text in EXAMPLES.values()])
        out = io.BytesIO()
        write_json(tables, out)
        assert 1.0 == sniff_json(out.getvalue())
        jsonschema.validate(
            json.loads(out.getvalue()), donnees_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        )
        again = read_json(Entree(nom="d.json", contenu=out.getvalue()))
        assert () == again.problems
        for name in ("factures", "arls", "virements", "comptes", "comptes_clients", "encaissements"):
            left, right = said(getattr(tables, name)), said(getattr(again.tables, name))
            assert [{**row, "source": 0} for row in left] == [{**row, "source": 0} for row in right]

    @pytest.mark.parametrize(
        "change",
        [
            {"part_amo_cents": 12.0}, {"part_amo_cents": True}, {"part_amo_cents": "1250"}, {"part_amo_cents": 10**14},
            {"lot_date": "05/01/2026"}, {"lot_date": 20260105}, {"lot_date": "2026-W01-1"},
            {"facture": 1}, {"facture": None}, {"lot": "é"},
            {"nom_officine": "\ud800"},
        ],
        ids=str,
    )  # fmt: skip
    def test_a_wrong_value_is_told_and_its_row_kept_raw(self, change):
        """
        A float is no amount, a number no code; the row after is read.
        """
        lecture = read_document({**DONNEES, "factures": [{**self.ROW, **change}, self.ROW]})
        (field,) = change
        assert [("VALEUR_ATTENDUE", 1, f"factures.{field}")] == told(lecture)
        assert (1, 1) == (len(lecture.tables.factures), len(lecture.tables.bruts))

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ('{"schema": "tiers-payant/donnees/1", "factures": ' + "[" * 200_000, "FICHIER_ILLISIBLE"),
            ('{"schema": "tiers-payant/donnees/1", "factures": [' + "9" * 5000 + "]}", "FICHIER_ILLISIBLE"),
            ('{"schema": "tiers-payant/donnees/1", "factures": 3}', "VALEUR_ATTENDUE"),
            ('{"schema": "tiers-payant/donnees/1", "factures": [3, [], null]}', "VALEUR_ATTENDUE"),
            ('{"schema": "tiers-payant/donnees/1", "factures": [], "factures": []}', "CLE_REPETEE"),
            ('{"schema": "tiers-payant/donnees/1", "couleurs": []}', "CLES_INCONNUES"),
            (
                '{"schema": "tiers-payant/donnees/1", "comptes": [{"officine":"1","compte":"2","x":1}]}',
                "CLES_INCONNUES",
            ),
            ('{"schema": "tiers-payant/donnees/2"}', "VALEUR_ATTENDUE"),
            ("[]", "VALEUR_ATTENDUE"),
            ("{", "FICHIER_ILLISIBLE"),
        ],
        ids=lambda value: value[:60],
    )
    def test_documents_that_are_none_are_told(self, text, code):
        """
        Deep nesting and endless numbers too: a problem, no exception.
        """
        assert code == read_json(Entree(nom="d.json", contenu=text.encode())).problems[0].code

    @pytest.mark.parametrize("value", [b"{},", b"0,", b'"",', b"[["])
    def test_a_document_of_too_many_values_is_refused_before_it_is_parsed(self, value):
        """
        Each costs a hundred bytes or more: little memory, one problem.
        """
        content = b'{"schema": "tiers-payant/donnees/1", "factures": [' + value * (4_200_000 // len(value))
        if value == b"{},":
            content += value * 1_000_000
        tracemalloc.start()
        try:
            lecture = read_json(Entree(nom="d.json", contenu=content * 2))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert ["DOCUMENT_TROP_DENSE"] == [problem.code for problem in lecture.problems]
        assert peak < 64 << 20

    def test_a_document_too_long_is_refused(self):
        """
        Whatever it holds.
        """
        content = b'{"schema": "tiers-payant/donnees/1"' + b" " * LARGEST + b"}"
        assert ["FICHIER_DEMESURE"] == [p.code for p in read_json(Entree(nom="d.json", contenu=content)).problems]

    @pytest.mark.parametrize("bound", ["LARGEST", "MOST_VALUES"])
    def test_what_reading_refuses_is_not_written(self, tmp_path, monkeypatch, bound):
        """
        An error that says to write CSV; the file that was there is left as it was.
        """
        book = tp.Book.from_lectures([read(EXAMPLES["factures"])])
        path = tmp_path / "donnees.json"
        tp.write_donnees(book, path)
        before = path.read_bytes()
        limit = {"LARGEST": len(before), "MOST_VALUES": count_values(before)}[bound]
        monkeypatch.setattr(_neutre_ecriture, bound, limit)
        tp.write_donnees(book, path)
        monkeypatch.setattr(_neutre_ecriture, bound, limit - 1)
        with pytest.raises(SourceError, match="write CSV"):
            tp.write_donnees(book, path)
        assert before == path.read_bytes()

    HOME: ClassVar[dict[str, Any]] = {
        "officine": "999000019", "lot_date": "2026-01-05", "lot": "001", "facture": "1", "civilite": "MME",
        "nom_beneficiaire": "EXEMPLE", "prenom_beneficiaire": "CAMILLE", "numero_voie": "0012",
        "complement_voie": "B", "type_voie": "RUE", "voie": "DE L'EXEMPLE", "adresse_2": "RÉSIDENCE EXEMPLE",
        "code_postal": "01999", "ville": "VILLE EXEMPLE",
    }  # fmt: skip

    def test_addresses_come_back_as_they_were_written(self, tmp_path):
        """
        Every column, on the facture that they are of, whatever the order of the rows.
        """
        factures = [{**self.ROW, "facture": number} for number in ("1", "2", "3")]
        homes = [{**self.HOME, "facture": "3", "voie": "AUTRE"}, self.HOME]
        first = read_document({**DONNEES, "factures": factures, "adresses": homes})
        assert () == first.problems
        assert [0, 2] == first.tables.adresses.facture_rang.tolist()
        told = {name: value for name, value in self.HOME.items() if name in Adresses.kinds()}
        assert {"facture_rang": 0, **told} == first.tables.adresses.row(0)
        assert set(Adresses.kinds()) == {"facture_rang", *told}
        tp.write_donnees(tp.Book.from_lectures([first]), tmp_path / "d.json")
        again = tp.read(tmp_path / "d.json").tables.adresses
        assert said(first.tables.adresses) == said(again)

    def test_address_of_no_facture_or_of_several_is_told(self):
        """
        Equal rows are one; of two that differ, neither is right; none hangs in the air.
        """
        rows = [self.HOME, self.HOME, {**self.HOME, "facture": "2"}, {**self.HOME, "facture": "2", "ville": "AUTRE"}]
        factures = [{**self.ROW, "facture": number} for number in ("1", "2")]
        lecture = read_document({
            **DONNEES, "factures": factures, "adresses": [*rows, {**self.HOME, "facture": "9"}],
        })  # fmt: skip
        assert [0] == lecture.tables.adresses.facture_rang.tolist()
        assert [("ADRESSES_ECARTEES", None, "adresses")] == told(lecture)
        alone = read_document({**DONNEES, "adresses": [self.HOME]})
        assert (0, ["ADRESSES_ECARTEES"]) == (len(alone.tables.adresses), [one.code for one in alone.problems])

    def test_act_lines_find_their_facture(self):
        """
        By its key; one that names none is told.
        """
        key = {name: self.ROW[name] for name in ("officine", "lot_date", "lot", "facture")}
        rows = [{**key, "acte": "EXA", "depense_cents": 200}, {**key, "facture": "2", "acte": "EXB"}]
        lecture = read_document({**DONNEES, "factures": [self.ROW], "lignes": rows})
        assert {b"EXA": 0, b"EXB": -1} == dict(
            zip(lecture.tables.lignes.acte.tolist(), lecture.tables.lignes.facture_rang.tolist(), strict=True)
        )
        assert [("LIGNES_SANS_FACTURE", None, "lignes")] == told(lecture)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    """Two months in native files, read."""
    folder = tmp_path_factory.mktemp("natif")
    tp.simulate(folder, officines=2, factures=600, mois=2, seed=3)
    return tp.read(folder)


class TestRoundTrip:
    @pytest.mark.parametrize("kind", ["csv", "json"])
    def test_simulated_pharmacy_reaches_the_same_states(self, simulated, tmp_path, kind):
        """
        Native files, written as neutral ones and read again: the same créances, states, amounts and totals.
        """
        if kind == "csv":
            tp.write_csv(simulated, tmp_path / "neutre")
        else:
            (tmp_path / "neutre").mkdir()
            tp.write_donnees(simulated, tmp_path / "neutre" / "donnees.json")
        again = tp.read(tmp_path / "neutre")
        assert () == again.problems
        expected, found = tp.reconcile(simulated), tp.reconcile(again)
        assert expected.totaux == found.totaux
        assert len(simulated.tables.mouvements) == len(again.tables.mouvements) > 0
        for name in expected.creances.kinds():
            if name not in ("facture_rang", "motif"):
                left, right = getattr(expected.creances, name), getattr(found.creances, name)
                assert np.array_equal(left, right), name

    @pytest.mark.parametrize("name", EXAMPLES)
    def test_written_csv_is_read_back(self, name):
        """
        The same facts from what was written of them.
        """
        tables = read(EXAMPLES[name]).tables
        assert name in csv_tables(tables)
        out = io.BytesIO()
        write_csv_table(tables, name, out)
        assert said(getattr(tables, name)) == said(getattr(read(out.getvalue()).tables, name))

    def test_one_csv_holds_one_table(self):
        """
        The writer of the format takes the only one; several are refused, none gives headers.
        """
        one, two = (read(EXAMPLES[name]).tables for name in ("factures", "virements"))
        out = io.BytesIO()
        write_csv(two, out)
        assert said(two.virements) == said(read(out.getvalue()).tables.virements)
        with pytest.raises(ColumnError):
            write_csv(Tables.concat([one, two]), io.BytesIO())

    @given(st.text(max_size=40))
    def test_any_label_comes_back(self, label):
        """
        Separators, quotes, line feeds: what a cell cannot hold is only the blanks around it.
        """
        text = label.encode("utf-8", "replace").decode().strip()
        tables = Tables(virements=Tables.kinds()["virements"].of(  # type: ignore[arg-type]
            1, compte=["EXEMPLE"], date=["2026-01-09"], montant_cents=[1], devise=["EUR"],
            libelle=np.array([text], dtype=object),
        ))  # fmt: skip
        out = io.BytesIO()
        write_csv_table(tables, "virements", out)
        assert [text] == read(out.getvalue()).tables.virements.libelle.tolist()

    @pytest.mark.parametrize(
        "text", ["=cmd|' /C calc'!A0", "+33", "-1", "@x", "'=x", "''@x", "'x", "EXEMPLE", "\u2212"]
    )
    def test_no_text_is_a_formula_for_a_spreadsheet(self, text):
        """
        An apostrophe before it, which the reader takes off; amounts keep their sign.
        """
        code = text.encode() if text.isascii() else b"="
        tables = Tables(virements=Tables.kinds()["virements"].of(  # type: ignore[arg-type]
            1, compte=["EXEMPLE"], date=["2026-01-09"], montant_cents=[-1], devise=["EUR"], code_operation=[code],
            libelle=np.array([text], dtype=object),
        ))  # fmt: skip
        out = io.BytesIO()
        write_csv_table(tables, "virements", out)
        (row,) = csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig")), delimiter=";")
        assert "-0,01" == row.pop("montant")
        assert not {cell[0] for cell in row.values() if cell} & {*"=+-@\t\r"}
        again = read(out.getvalue()).tables.virements
        assert (text, code) == (again.libelle[0], again.code_operation[0])

    def test_a_place_that_cannot_be_written_is_a_source_error(self, tmp_path):
        """
        The library's own error.
        """
        (tmp_path / "fichier").touch()
        book = tp.Book.from_lectures([read(EXAMPLES["factures"])])
        with pytest.raises(SourceError):
            tp.write_csv(book, tmp_path / "fichier")
        with pytest.raises(SourceError):
            tp.write_donnees(book, tmp_path / "absent" / "d.json")


class TestHostile:
    HEAD = lines(FACTURES).encode()

    @pytest.mark.parametrize(
        ("junk", "code"),
        [
            (b"a" * 3_000_000, "LIGNE_DEMESUREE"),
            (b";" * 3_000_000, "LIGNE_DEMESUREE"),
            (b"\0" * 3_000_000, "LIGNE_DEMESUREE"),
            (b"a\n" * 500_000, "CELLULES_NOMBRE"),
            (b'"' + lines(FACTURE).encode() * 20_000, "GUILLEMETS"),
            (b'"a"b\n' * 100_000, "GUILLEMETS"),
            (b'""a;"\n' * 100_000, "GUILLEMETS"),
            (b"\0;\0;\0;\0;\0;\0\n" * 50_000, "VALEUR_ATTENDUE"),
        ],
        ids=lambda value: repr(value[:12]),
    )
    def test_junk_is_told_kept_and_bounded(self, junk, code):
        """
        A long line, NULs, open quotes: problems, a bounded list of them, the bytes kept, little memory.
        """
        tracemalloc.start()
        try:
            lecture = read(self.HEAD + junk + b"\n" + lines(FACTURE).encode())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert code == lecture.problems[0].code
        assert len(lecture.problems) < 1000
        assert b"000000001" in lecture.tables.factures.facture.tolist()
        assert junk[:10].decode("latin-1") in lecture.tables.bruts.contenu[0]
        assert peak < 150 << 20

    @pytest.mark.parametrize("line", [b'a";"b\n', b'"a\n', b';"\n', b'"a"";"\n"\n'], ids=repr)
    def test_no_line_is_read_more_than_twice_whatever_the_quotes(self, monkeypatch, line):
        """
        Time follows the size: lines cut by the CSV parser are counted.
        """
        seen = 0
        parse = csv.reader

        def counted(source: Iterable[str], **options: Any) -> Any:
            def passed() -> Iterator[str]:
                nonlocal seen
                for each in source:
                    seen += len(each)
                    yield each

            return parse(passed(), **options)

        monkeypatch.setattr(csv, "reader", counted)
        junk = line * (1_500_000 // len(line))
        lecture = read(self.HEAD + junk)
        assert lecture.problems
        assert seen < 3 * len(junk)

    def test_a_row_longer_than_the_bound_costs_its_lines_alone(self):
        """
        An open quote: its line and those that have quotes below it, up to 64 kB; the others are read.
        """
        rows = lines(*[FACTURE.replace("000000001", str(n)) for n in range(3000)])
        lecture = read(self.HEAD + b'"' + rows.encode())
        assert 2999 == len(lecture.tables.factures)
        assert [("GUILLEMETS", 2, None)] == told(lecture)

    def test_utf_16_is_read_by_blocks(self):
        """
        The first lines come before the end of the file is read.
        """
        stream = io.BytesIO(("compte;date;montant\n" + "EXEMPLE;2026-01-09;1\n" * 200_000).encode("utf-16"))
        first = next(iter(Flux(stream)))
        assert isinstance(first, Bloc)
        assert b"compte;date" == first.texte[:11]
        assert stream.tell() < len(stream.getvalue()) / 2

    def test_utf_16_keeps_its_places_after_a_long_line(self):
        """
        Bytes are those of the file, two for each letter.
        """
        text = "compte;date;montant\nEXEMPLE;2026-01-09;1\n" + "é" * 1_500_000 + "\nAUTRE;2026-01-10;2\n"
        raw = text.encode("utf-16")
        assert raw.index("AUTRE".encode("utf-16-le")) == read(raw).tables.virements.octet[1]

    def test_a_million_columns_are_no_table(self):
        """
        Neither as headers nor as a row.
        """
        assert ["LIGNE_DEMESUREE"] == [p.code for p in read(b"officine;" * 1_000_000 + b"\n").problems]
        assert [("TABLE_NON_RECONNUE", 1, None)] == told(read(b"officine;" * 100_000 + b"\n"))

    @given(st.binary(max_size=300))
    def test_any_bytes_after_the_headers(self, junk):
        """
        No exception, whatever they are.
        """
        lecture = read(self.HEAD + junk)
        assert len(lecture.tables.sources) == 1

    @given(st.binary(max_size=300))
    def test_any_bytes_at_all(self, junk):
        """
        Sniffed and read, by either reader.
        """
        assert 0.0 <= max(sniff_csv(junk), sniff_json(junk)) <= 1.0
        for reader in (read_csv, read_json):
            assert 1 == len(reader(Entree(nom="x", contenu=junk)).tables.sources)

    def test_a_file_cut_at_every_byte(self):
        """
        Every row before the cut is read.
        """
        whole = EXAMPLES["factures"].encode()
        for length in range(len(whole)):
            lecture = read(whole[:length])
            assert len(lecture.tables.factures) >= max(0, whole[:length].count(b"\n") - 1)

    def test_no_value_of_the_file_is_told(self):
        """
        Health data stay out of every message.
        """
        hidden = "DUPONTSECRET"
        text = lines(f"{FACTURES};{hidden}", f"{hidden};{hidden};{hidden};é{hidden};{hidden};{hidden};x", hidden)
        lecture = read(text)
        assert lecture.problems
        words = " ".join(f"{p} {p.message_fr} {dict(p.params)}" for p in lecture.problems)
        assert hidden not in words


def test_export_beside_its_returns_is_told(tmp_path):
    """
    The same amounts in a native return and in a neutral file: counted twice, and each file says how many.
    """
    retour = (GOLDEN / "noemie" / "trois_cadrages_nu.txt").read_bytes()
    (tmp_path / "retour.noe").write_bytes(retour)
    native = tp.read(tmp_path)
    tp.write_csv(native, tmp_path / "export")
    found = [problem for problem in tp.read(tmp_path).problems if problem.code == "REPONSES_EN_DOUBLE"]
    paid = int((native.tables.reponses.annonce_cents != 0).sum())
    assert [("export/reponses.csv", paid)] == [(problem.at.file, problem.params["nombre"]) for problem in found]
    assert [] == [problem for problem in native.problems if problem.code == "REPONSES_EN_DOUBLE"]
