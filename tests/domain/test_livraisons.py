from __future__ import annotations

import datetime as dt
from itertools import permutations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiers_payant.domain import Book, Lecture, Releve, Source, Statut, Virement
from tiers_payant.domain._objets import tables_from_objects

JOUR = dt.date(2026, 3, 3)
IBAN, RIB = "FR7699999000010000000000A97", "99999/00001/0000000000A"
ADVICES = ("camt052", "camt054", "cfonb240")


def line(cents, *, jour=0, statut=Statut.COMPTABILISE, libelle="VIR", devise="EUR"):
    date = JOUR + dt.timedelta(days=jour)
    return Virement(date=date, montant_cents=cents, statut=statut, libelle=libelle, devise=devise)


def delivery(nom, form, *lignes, solde=None, **releve):
    """One file of one statement or advice; *solde* gives it balances, which follow from its lines plus that gap."""
    compte = RIB if form.startswith("cfonb") else IBAN
    if solde is not None:
        booked = sum(one.montant_cents for one in lignes if one.statut == Statut.COMPTABILISE)
        releve |= {"initial_cents": 100, "final_cents": 100 + booked + solde}
    one = Releve(compte=compte, avis=form in ADVICES, lignes=lignes, **releve)
    tables = tables_from_objects(releves=[one])
    return Lecture(
        attrs.evolve(
            tables,
            sources=(Source(nom=nom, format=form),),
            releves=tables.releves.with_columns(source=[0]),
            virements=tables.virements.with_columns(source=[0] * len(lignes)),
        )
    )


def booked(*lectures):
    """Cents of the booked lines that are left, in order."""
    lines = Book.from_lectures(lectures).tables.virements
    return sorted(lines.montant_cents[lines.statut == Statut.COMPTABILISE].tolist())


def told(*lectures):
    return [(p.code, p.at.file, p.params["nombre"]) for p in Book.from_lectures(lectures).problems]


@pytest.mark.parametrize("statement", ["camt053", "cfonb120"])
@pytest.mark.parametrize("advice", ADVICES)
def test_advice_and_statement_of_one_day(advice, statement):
    """
    Whatever the two formats, and whether the account is an IBAN or a RIB, the statement alone counts.
    """
    files = [delivery("avis", advice, line(4800, libelle="AVIS")), delivery("releve", statement, line(4800), line(10))]
    assert [10, 4800] == booked(*files)
    assert [("LIGNES_DEJA_LUES", "avis", 1)] == told(*files)


def test_statements_of_two_formats():
    """
    A 053 and a 120 of one day: the amounts merge, as often as the one that holds most of each.
    """
    camt = delivery("a", "camt053", line(4800, libelle="VIREMENT"), line(4800, libelle="VIREMENT"), line(7))
    cfonb = delivery("b", "cfonb120", line(4800, libelle="VIR"), line(9))
    assert [7, 9, 4800, 4800] == booked(camt, cfonb)


def test_two_files_of_one_format_hold_different_lines_beside_another_format():
    """
    Two transfers of one amount, each in its own 053, stay two, even when a 120 tells one more line of that day.
    """
    first, second = (delivery(name, "camt053", line(4800, libelle=name)) for name in "ab")
    assert [4800, 4800] == booked(first, second)
    assert [7, 4800, 4800] == booked(first, second, delivery("c", "cfonb120", line(7)))


def test_same_advice_line_in_two_advices():
    """
    It is one transfer; two equal lines in one of them are two.
    """
    assert [4800] == booked(delivery("a", "camt054", line(4800)), delivery("b", "camt054", line(4800)))
    twice = delivery("b", "camt054", line(4800), line(4800))
    assert [4800, 4800] == booked(delivery("a", "camt054", line(4800)), twice)


def test_files_of_one_name_in_two_folders_are_two_deliveries():
    """
    What both tell counts once.
    """
    assert [4800] == booked(
        delivery("banque.xml", "camt053", line(4800)), delivery("banque.xml", "camt053", line(4800))
    )


def test_day_that_no_statement_covers():
    """
    An advice counts there, beside the statements of other days.
    """
    files = [delivery("avis", "camt054", line(4800, jour=1)), delivery("releve", "camt053", line(10))]
    assert [10, 4800] == booked(*files)
    assert [] == told(*files)


@pytest.mark.parametrize(
    ("jour", "expected"),
    [(-2, [10, 4800]), (-1, [10]), (1, [10]), (2, [10]), (3, [10, 4800])],
    ids=["the opening day", "inside", "also inside", "the closing day", "after"],
)
def test_period_of_a_statement_that_balances(jour, expected):
    """
    It holds every line of its days, so that an advice of another day inside is of something else or wrongly dated.
    """
    releve = delivery(
        "releve", "camt053", line(10), solde=0, du=JOUR - dt.timedelta(days=2), au=JOUR + dt.timedelta(days=2)
    )
    files = [delivery("avis", "camt054", line(4800, jour=jour)), releve]
    assert expected == booked(*files)
    assert [("AVIS_SANS_ECRITURE", "avis", 1)] * (2 - len(expected)) == told(*files)


@pytest.mark.parametrize("solde", [None, 1], ids=["no balances", "a gap of a cent"])
def test_period_of_a_statement_that_proves_nothing(solde):
    """
    Without balances that follow from its lines, it covers no day.
    """
    releve = delivery("releve", "camt053", line(10), solde=solde, du=JOUR, au=JOUR + dt.timedelta(days=2))
    assert [10, 4800] == booked(delivery("avis", "camt054", line(4800, jour=1)), releve)


@pytest.mark.parametrize("solde", [None, 1], ids=["no balances", "a gap of a cent"])
def test_statement_that_holds_a_part_of_its_day(solde):
    """
    Cut, with a line that cannot be read, or an extract: the advice gives what it lacks, and loses what it has.
    """
    releve = delivery("releve", "camt053", line(4800), line(-100), solde=solde, du=JOUR, au=JOUR)
    avis = delivery("avis", "camt054", line(4800, libelle="AVIS"), line(2000), line(2000))
    assert [-100, 2000, 2000, 4800] == booked(avis, releve)
    assert [("LIGNES_DEJA_LUES", "avis", 1)] == told(avis, releve)


def test_advice_of_two_equal_lines_of_which_the_statement_has_one():
    """
    The statement keeps its line, with its words; the advice adds the second.
    """
    files = [delivery("avis", "camt054", line(4800), line(4800)), delivery("releve", "camt053", line(4800))]
    assert [4800, 4800] == booked(*files)
    assert [("LIGNES_DEJA_LUES", "avis", 1)] == told(*files)


def test_lines_of_an_advice_that_a_whole_statement_has_and_has_not():
    """
    Neither counts; only that with an equal is said to be known.
    """
    releve = delivery("releve", "camt053", line(4800), solde=0, du=JOUR, au=JOUR)
    files = [delivery("avis", "camt054", line(4800), line(4800), line(2000)), releve]
    assert [4800] == booked(*files)
    assert [("AVIS_SANS_ECRITURE", "avis", 2), ("LIGNES_DEJA_LUES", "avis", 1)] == sorted(told(*files))


def test_statement_in_another_currency():
    """
    An account in dollars says nothing of euros, amounts and day alike.
    """
    files = [delivery("avis", "camt054", line(4800)), delivery("releve", "camt053", line(4800, devise="USD"))]
    assert [4800, 4800] == booked(*files)
    assert [] == told(*files)


def test_statement_in_other_words():
    """
    Balances that both prove show that two deliveries of one format tell the same lines.
    """
    first, second = (
        delivery(name, "camt053", line(4800, libelle=f"VIR {name}"), line(7), solde=0, du=JOUR, au=JOUR)
        for name in "ab"
    )
    assert [7, 4800] == booked(first, second)
    assert [("LIGNES_DEJA_LUES", "b", 2)] == told(first, second)


def test_day_of_a_month_in_other_words():
    """
    A statement of the day and one of the month prove the same day, by the balances before and after it.
    """
    end = JOUR + dt.timedelta(days=9)
    month = delivery("mois", "camt053", line(9, jour=-1), line(48, libelle="A"), line(5, jour=2), solde=0,
                     du=JOUR - dt.timedelta(days=9), au=end)  # fmt: skip
    day = delivery("jour", "camt053", line(48, libelle="B"), du=JOUR, au=JOUR, initial_cents=109, final_cents=157)
    assert [5, 9, 48] == booked(month, day)


def test_statements_of_a_morning_and_an_evening():
    """
    Each follows from the other: two transfers of one amount are two.
    """
    morning = delivery("a", "camt053", line(48, libelle="A"), du=JOUR, au=JOUR, initial_cents=100, final_cents=148)
    evening = delivery("b", "camt053", line(48, libelle="B"), du=JOUR, au=JOUR, initial_cents=148, final_cents=196)
    assert [48, 48] == booked(morning, evening)


def test_statement_in_other_words_and_without_balances():
    """
    Nothing tells whether they are one line or two: both count, and it is told of each file.
    """
    first, second = (delivery(name, "camt053", line(4800, libelle=f"VIR {name}")) for name in "ab")
    assert [4800, 4800] == booked(first, second)
    assert [("LIGNES_SEMBLABLES", "a", 1), ("LIGNES_SEMBLABLES", "b", 1)] == told(first, second)


def test_copy_without_balances_of_one_of_two_statements_in_other_words():
    """
    It has the words of the one that was set aside: still one line.
    """
    first, second = (
        delivery(name, "camt053", line(4800, libelle=f"VIR {name}"), solde=0, du=JOUR, au=JOUR) for name in "ab"
    )
    assert [4800] == booked(first, second, delivery("c", "camt053", line(4800, libelle="VIR b")))


def test_statement_without_lines_covers_its_day():
    """
    A daily statement whose balances are equal says that nothing was booked.
    """
    files = [delivery("avis", "camt054", line(4800)), delivery("releve", "camt053", solde=0, du=JOUR, au=JOUR)]
    assert [] == booked(*files)


@pytest.mark.parametrize("statut", [Statut.EN_ATTENTE, Statut.INFORMATION])
def test_line_that_is_not_booked_outranks_nothing(statut):
    """
    A statement that only mentions a line covers no day by it.
    """
    files = [delivery("avis", "camt054", line(4800)), delivery("releve", "camt053", line(4800, statut=statut))]
    assert [4800] == booked(*files)


def test_pending_then_booked():
    """
    Pending in the report of a day, booked in the statement of the same day or the next: the booked line alone counts.
    """
    report = delivery("052", "camt052", line(4800, statut=Statut.EN_ATTENTE))
    assert [] == booked(report)
    assert [4800] == booked(report, delivery("053", "camt053", line(4800)))
    assert [4800] == booked(report, delivery("053", "camt053", line(4800, jour=1)))


def test_reports_that_grow_through_the_day():
    """
    Each intraday report tells again what the one before told.
    """
    morning = delivery("052-a", "camt052", line(4800))
    evening = delivery("052-b", "camt052", line(4800), line(7))
    assert [7, 4800] == booked(morning, evening)


LINES = st.builds(
    line,
    st.sampled_from([10, 4800]),
    jour=st.integers(0, 2),
    statut=st.sampled_from([Statut.COMPTABILISE, Statut.COMPTABILISE, Statut.EN_ATTENTE]),
    libelle=st.sampled_from(["VIR A", "VIR B"]),
)
DELIVERIES = st.lists(
    st.tuples(
        st.sampled_from((*ADVICES, "camt053", "cfonb120")), st.lists(LINES, max_size=4), st.sampled_from([None, 0, 1])
    ),
    min_size=1,
    max_size=4,
)


def made(held):
    return [
        delivery(f"{rank}", form, *lines, solde=solde, du=JOUR, au=JOUR + dt.timedelta(days=2))
        for rank, (form, lines, solde) in enumerate(held)
    ]


def content(lectures):
    book = Book.from_lectures(lectures)
    lines = book.tables.virements
    names = [book.tables.file_of(source) for source in lines.source.tolist()]
    rows = [{**lines.row(number), "source": names[number]} for number in range(len(lines))]
    return [{**row, "releve": None} for row in rows], book.problems


@given(DELIVERIES)
@settings(max_examples=60)
def test_order_of_deliveries_does_not_matter(held):
    """
    Any order of the same files keeps the same lines and tells the same.
    """
    files = made(held)
    expected = content(files)
    for order in permutations(files):
        assert expected == content(order)


@given(DELIVERIES, st.data())
@settings(max_examples=60)
def test_a_file_given_twice_changes_nothing(held, data):
    """
    Whichever it is, and whatever name it has the second time.
    """
    files = made(held)
    again = data.draw(st.integers(0, len(held) - 1))
    form, lines, solde = held[again]
    name = data.draw(st.sampled_from(["again", "0", f"{again}"]))
    copy = delivery(name, form, *lines, solde=solde, du=JOUR, au=JOUR + dt.timedelta(days=2))
    assert booked(*files) == booked(*files, copy)
