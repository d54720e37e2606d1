"""The book counts each fact once, whatever the files and their order."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import permutations
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers_payant.domain._banque import Releve, Virement
from tiers_payant.domain._book import Book
from tiers_payant.domain._codes import Part, Reponse
from tiers_payant.domain._facture import Assure, Beneficiaire, Facture, Lot, Officine, PartFacturee
from tiers_payant.domain._objets import tables_from_objects
from tiers_payant.domain._organismes import Organisme
from tiers_payant.domain._retour import ReponseFacture, Retour, VirementAnnonce
from tiers_payant.domain._source import Source
from tiers_payant.domain._specs import Lecture
from tiers_payant.domain.tables import Tables, Virements
from tiers_payant.errors import ColumnError, Location, Problem

CAISSE = Organisme.amo("01", "999", "0000")
OFFICINE = "029900009"
JOUR = dt.date(2026, 3, 2)


def facture(numero: str, montant_cents: int = 1300, **said: Any) -> Facture:
    part = PartFacturee(part=Part.AMO, montant_cents=montant_cents, debiteur=CAISSE)
    return Facture(numero=numero, parts=[part], date=JOUR, **said)


def lot(*factures: Facture, numero: str = "012") -> Lot:
    return Lot(officine=Officine(numero=OFFICINE), date=JOUR, numero=numero, factures=factures)


def retour(empreinte: str, *cents: int) -> Retour:
    answers = [
        ReponseFacture(
            officine=OFFICINE, lot_date=JOUR, lot="012", facture=str(rank), reponse=Reponse.PAYEE, annonce_cents=amount
        )
        for rank, amount in enumerate(cents)
    ]
    return Retour(empreinte=empreinte, virements=[VirementAnnonce(officine=OFFICINE, date=JOUR, reponses=answers)])


def lecture(nom: str, format: str = "b2", **objects: Any) -> Lecture:
    """What a reader gives for one file: one source, that every row points to."""
    tables = tables_from_objects(**objects)
    moved: dict[str, Any] = {
        name: table.with_columns(source=[0] * len(table))
        for name, table in tables.each()
        if "source" in table.kinds() and len(table)
    }
    return Lecture(attrs.evolve(tables, sources=(Source(nom=nom, format=format),), **moved))


def releve(nom: str, *cents: int, format: str = "camt053", avis: bool = False, libelle: str = "VIR") -> Lecture:
    lines = [Virement(date=JOUR, montant_cents=amount, libelle=libelle) for amount in cents]
    return lecture(nom, format, releves=[Releve(compte="99999000010000000000A", avis=avis, lignes=lines)])


def told(book: Book) -> list[tuple[str, str, object]]:
    return sorted((problem.code, problem.at.file, problem.params.get("nombre")) for problem in book.problems)


def contents(tables: Tables) -> dict[str, list[dict[str, object]]]:
    return {name: [table.row(row) for row in range(len(table))] for name, table in tables.each()}


# --- returns


def test_return_delivered_again_counts_once():
    """
    Same fingerprint, same return: its groups and answers stand once, from the first file by name, and it is told.
    """
    book = Book.from_lectures([lecture(n, retours=[retour("ab", 100, 200)]) for n in ("b.txt", "a.txt", "c.txt")])
    assert (1, 1, 2) == tuple(map(len, (book.tables.retours, book.tables.groupes, book.tables.reponses)))
    assert "a.txt" == book.sources[book.tables.retours.source[0]].nom
    assert [("RETOUR_DEJA_LU", "b.txt", 1), ("RETOUR_DEJA_LU", "c.txt", 1)] == told(book)
    assert {"a.txt"} == {problem.params["premier"] for problem in book.problems}


def test_other_returns_all_count():
    """
    Different fingerprints, or none: nothing is taken for a repetition.
    """
    held = [retour("ab", 100), retour("cd", 100), retour("", 100), retour("", 100)]
    book = Book.from_lectures([lecture("a.txt", retours=held)])
    assert (4, []) == (len(book.tables.retours), told(book))


# --- lots


def test_lot_delivered_again_counts_once():
    """
    A thousand factures come again as one line of report, not a thousand.
    """
    sent = [lot(*(facture(str(rank)) for rank in range(20)))]
    book = Book.from_lectures([lecture("b.b2", lots=sent), lecture("a.b2", lots=sent)])
    assert 20 == len(book.tables.factures)
    assert [("FACTURE_DEJA_LUE", "b.b2", 20)] == told(book)


@pytest.mark.parametrize("numero", ["7", "007", "000000007"])
def test_facture_is_known_again_under_other_leading_zeros(numero):
    """
    Numbers made of digits are one number, however wide.
    """
    book = Book.from_lectures([lecture("a.b2", lots=[lot(facture("7"))]), lecture("b.b2", lots=[lot(facture(numero))])])
    assert 1 == len(book.tables.factures)


def test_same_number_in_another_lot_is_another_facture():
    """
    The key is officine, lot date, lot and number.
    """
    sent = [lot(facture("7"), numero=numero) for numero in ("012", "013", "A12")]
    assert 3 == len(Book.from_lectures([lecture("a.b2", lots=sent)]).tables.factures)


@pytest.mark.parametrize("first", ["a.b2", "z.b2"])
def test_divergent_factures_keep_one_content_and_are_told(first):
    """
    One key, two contents: the same content is kept whatever the file is called, and the disagreement is reported.
    """
    book = Book.from_lectures(
        [lecture(first, lots=[lot(facture("7", 1300))]), lecture("m.b2", lots=[lot(facture("7", 1400))])]
    )
    assert [1300] == book.tables.factures.total_cents.tolist()
    assert [("FACTURE_DIVERGENTE", "m.b2", 1)] == told(book)


def test_divergence_in_the_person_is_seen():
    """
    The same amounts for another insured person are no repetition.
    """
    persons = [Beneficiaire(assure=Assure(nir=f"155089999900{rank}")) for rank in (1, 2)]
    book = Book.from_lectures(
        [lecture(f"{rank}.b2", lots=[lot(facture("7", beneficiaire=person))]) for rank, person in enumerate(persons)]
    )
    assert ["FACTURE_DIVERGENTE"] == [problem.code for problem in book.problems]


# --- bank


def test_two_identical_credits_of_one_statement_stay_two():
    """
    Position is part of a line's identity: two equal credits of a day are two.
    """
    assert [4800, 4800] == Book.from_lectures([releve("a.xml", 4800, 4800)]).tables.virements.montant_cents.tolist()


amounts = st.lists(st.sampled_from([-100, 4800, 4900]), max_size=5)


@given(st.lists(amounts, min_size=1, max_size=4))
def test_overlapping_statements_merge_as_multisets(deliveries):
    """
    Of each line, as many as the delivery that holds most of them: the maximum, never the sum.
    """
    book = Book.from_lectures([releve(f"{rank}.xml", *held) for rank, held in enumerate(deliveries)])
    expected: Counter[int] = Counter()
    for held in deliveries:
        expected |= Counter(held)
    assert expected == Counter(book.tables.virements.montant_cents.tolist())
    dropped = sum(int(str(problem.params["nombre"])) for problem in book.problems)
    assert sum(map(len, deliveries)) == expected.total() + dropped


def test_lines_without_a_statement_merge_too():
    """
    A vendor may give bank lines alone: they count as lines of a statement.
    """
    line = Virements.of(compte=["A"], date=[JOUR], montant_cents=[4800], source=[0])
    deliveries = [Lecture(Tables(sources=(Source(nom=nom),), virements=line)) for nom in ("a", "b")]
    assert [4800] == Book.from_lectures(deliveries).tables.virements.montant_cents.tolist()


def test_other_words_for_one_amount():
    """
    Two files of one format word a line alike: other words are another line. Two formats are compared by the amount.
    """
    alike = [releve("a.xml", 4800), releve("b.xml", 4800, libelle="AUTRE")]
    assert 2 == len(Book.from_lectures(alike).tables.virements)
    unlike = [releve("a.xml", 4800), releve("b.120", 4800, format="cfonb120", libelle="AUTRE")]
    assert 1 == len(Book.from_lectures(unlike).tables.virements)


@pytest.mark.parametrize("avis", ["a.xml", "z.xml"])
def test_statement_outranks_an_advice(avis):
    """
    What a statement tells of a day, the advice of that day does not tell again; alone, it counts.
    """
    advice = releve(avis, 4800, 7700, avis=True)
    book = Book.from_lectures([advice, releve("m.xml", 4800)])
    tables = book.tables
    assert {(4800, "m.xml"), (7700, avis)} == {
        (cents, tables.file_of(source))
        for cents, source in zip(tables.virements.montant_cents.tolist(), tables.virements.source.tolist(), strict=True)
    }
    assert [("LIGNES_DEJA_LUES", avis, 1)] == told(book)
    assert [4800, 7700] == Book.from_lectures([advice]).tables.virements.montant_cents.tolist()


def test_other_accounts_and_days_do_not_merge():
    """
    An overlap is of one account and one day.
    """
    line = Virement(date=JOUR, montant_cents=4800)
    later = attrs.evolve(line, date=JOUR + dt.timedelta(days=1))
    held = [Releve(compte="X", lignes=[line]), Releve(compte="Y", lignes=[line]), Releve(compte="X", lignes=[later])]
    book = Book.from_lectures([lecture(f"{rank}.xml", releves=[one]) for rank, one in enumerate(held)])
    assert 3 == len(book.tables.virements)


# --- order


def test_order_of_files_does_not_matter():
    """
    Lots, returns and statements, repeated, divergent and overlapping: any order gives the same rows and problems.
    """
    held = [
        lecture("1.b2", lots=[lot(facture("7", 1300), facture("8"))]),
        lecture("2.b2", lots=[lot(facture("7", 1400), facture("9"))]),
        lecture("3.txt", retours=[retour("ab", 100)]),
        lecture("4.txt", retours=[retour("ab", 100), retour("cd", 5)]),
        releve("5.xml", 4800, 4800),
        releve("6.xml", 4800, 10, avis=True),
    ]
    expected = Book.from_lectures(held)
    for order in permutations(held):
        book = Book.from_lectures(order)
        assert (contents(expected.tables), expected.problems) == (contents(book.tables), book.problems)


def test_problems_of_readers_are_kept():
    """
    What readers reported comes first, file by file.
    """
    problem = Problem(code="FICHIER_VIDE", at=Location(file="b.txt"))
    book = Book.from_lectures([Lecture(Tables(sources=(Source(nom="b.txt"),)), (problem,)), lecture("a.txt")])
    assert (problem,) == book.problems
    assert ["a.txt", "b.txt"] == [source.nom for source in book.sources]


# --- from objects, from columns


def test_objects_given_twice_count_once():
    """
    The same lot, return and statement twice: as with files.
    """
    line = Virement(date=JOUR, montant_cents=4800)
    statement = Releve(compte="X", lignes=[line, line])
    sent, received = lot(facture("7")), retour("", 100, 200)
    book = Book.from_objects(lots=[sent] * 2, retours=[received] * 2, releves=[statement] * 2, nom="LGO")
    assert (1, 1, 2, 2) == tuple(
        map(len, (book.tables.factures, book.tables.retours, book.tables.reponses, book.tables.virements))
    )
    assert ["FACTURE_DEJA_LUE", "LIGNES_DEJA_LUES", "RETOUR_DEJA_LU"] == [code for code, _, _ in told(book)]
    assert {"LGO", "LGO:releve-2"} == {problem.at.file for problem in book.problems}


def test_objects_that_differ_all_count():
    """
    Two returns of one day that differ by a cent are two.
    """
    book = Book.from_objects(retours=[retour("", 100), retour("", 101)])
    assert (2, ()) == (len(book.tables.retours), book.problems)
    assert 2 == len(set(book.tables.retours.empreinte.tolist()))


def test_book_from_columns():
    """
    Columns of a vendor make the same book as its objects.
    """
    columns = {"factures": {"officine": [OFFICINE], "lot": ["012"], "facture": ["7"], "total_cents": [1300]}}
    book = Book.from_columns(columns, nom="LGO")
    assert (1300, 0) == (book.tables.factures.total_cents[0], book.tables.factures.source[0])
    assert ["LGO"] == [source.nom for source in book.sources]


@pytest.mark.parametrize("columns", [{"inconnue": {}}, {"factures": {"inconnue": []}}])
def test_columns_that_make_no_book(columns):
    """
    An unknown table or column is refused by name.
    """
    with pytest.raises(ColumnError, match="inconnue"):
        Book.from_columns(columns)


def test_repr_of_a_book_shows_counts():
    """
    How much it holds, never what.
    """
    book = Book.from_objects(lots=[lot(facture("7"))])
    assert "<Book <Tables of 1 sources: lots=1, factures=1>, 0 problems>" == repr(book)


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("groupes", {"retour": [99]}),
        ("reponses", {"groupe": [0]}),
        ("mouvements", {"groupe": [-2]}),
        ("reponses", {"part": [-2]}),
        ("mouvements", {"nature": [100]}),
        ("virements", {"libelle": [float("nan")]}),
        ("virements", {"emetteur": [None]}),
        ("lots", {"officine": 1}),
        ("virements", {"montant_cents": [10**14]}),
        ("factures", {"part_amo_cents": [-(2**63)]}),
    ],
)
def test_columns_that_no_stage_could_use_are_refused(table, columns):
    """
    A row that is not there, a number of no enumeration, a text that is none: told at once, not met later.
    """
    with pytest.raises(ColumnError):
        Book.from_columns({table: columns})


@pytest.mark.parametrize(
    ("table", "column"), [("factures", "lot_date"), ("factures", "part_amo_cents"), ("reponses", "groupe")]
)
def test_a_refused_column_quotes_no_value(table, column):
    """
    Neither the error nor what led to it, which a traceback shows, holds the text that was found.
    """
    with pytest.raises(ColumnError) as caught:
        Book.from_columns({table: {column: ["EXEMPLE"]}})
    error: BaseException | None = caught.value
    while error:
        assert "EXEMPLE" not in str(error)
        error = error.__cause__ or error.__context__
