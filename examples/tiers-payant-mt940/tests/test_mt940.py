"""MT940 statements read to the cent, and every line that cannot be read told in its place."""

from __future__ import annotations

import json
import logging
from decimal import Decimal
from pathlib import Path

import pytest
import tiers_payant_mt940 as plugin

import tiers_payant as tp
from tiers_payant.domain import Entree, Lecture

SAMPLE = Path(__file__).parent / "samples" / "mt940" / "releve.sta"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "bank"
FILE = "mt940__postfinance-two-pages.sta"
(FORMAT,) = plugin.tiers_payant_formats()


def read(content: bytes) -> Lecture:
    return FORMAT.read(Entree(nom="releve.sta", contenu=content))


def test_reversal_of_a_credit_is_a_debit() -> None:
    """
    `RC` takes back; `CR` is a credit in euros.
    """
    tables = read(SAMPLE.read_bytes()).tables
    assert [125000, -82050, -1000] == tables.virements.montant_cents.tolist()
    assert [False, False, True] == tables.virements.extourne.tolist()
    assert ["99999000010000000000A"] == [text.decode() for text in tables.releves.compte.tolist()]


def test_word_cut_at_the_end_of_a_full_line_is_whole_again() -> None:
    """
    The bank cuts its labels every 65 characters.
    """
    label = read(SAMPLE.read_bytes()).tables.virements.libelle[1]
    assert label == "LOYER EXEMPLE DONT LE LIBELLE EST ASSEZ LONG POUR REMPLIR LA LIGNE ENTIERE"


def test_movement_that_cannot_be_read_is_told_where_it_stands(caplog: pytest.LogCaptureFixture) -> None:
    """
    Its shape alone, in the problem and in the logs; and the statement balances without it.
    """
    with caplog.at_level(logging.DEBUG):
        lecture = read(SAMPLE.read_bytes())
    assert [("VALEUR_ATTENDUE", 13)] == [(one.code, one.at.line) for one in lecture.problems]
    assert ":99:99999999AAAAAAAAAAA" == lecture.problems[0].params["forme"]
    assert "ILLISIBLE" not in caplog.text
    assert 1 == len(lecture.tables.bruts)


def test_field_that_mt940_does_not_know_is_told() -> None:
    """
    It is kept raw, and what stands around it is read.
    """
    lecture = read(SAMPLE.read_bytes().replace(b":28C:1/1", b":98Z:1/1"))
    assert [4, 13] == [one.at.line for one in lecture.problems]
    assert 3 == len(lecture.tables.virements)


def test_currency_that_cannot_be_read_is_not_the_euro() -> None:
    """
    Without a balance that can be read, nobody knows what the amounts are worth.
    """
    lines = [line for line in SAMPLE.read_bytes().splitlines() if not line.startswith((b":60F:", b":62F:"))]
    assert {b"XXX"} == set(read(b"\n".join(lines)).tables.virements.devise.tolist())


@pytest.mark.parametrize(
    "junk", [b"", b"\0\xff" * 50, b":20:", b":61:x", b":20:a\n:25:\n:60F:C139930EUR0,\n:62F:", b"-}"]
)
def test_junk_is_told(junk: bytes) -> None:
    """
    Never raised.
    """
    assert read(junk).problems


def test_every_truncation_is_read() -> None:
    """
    Whatever is left of a file gives what it holds.
    """
    content = SAMPLE.read_bytes()
    counts = [len(read(content[:end]).tables.virements) for end in range(len(content))]
    assert counts == sorted(counts)


def test_parts_hold_what_the_whole_holds() -> None:
    """
    A statement is never cut.
    """
    twice = SAMPLE.read_bytes() * 2
    entree = Entree(nom="releve.sta", contenu=twice)
    parts = list(plugin.read_parts(entree, 1))
    expected = read(twice)
    assert [3, 3] == [len(part.tables.virements) for part in parts if len(part.tables.virements)]
    assert expected.problems == tuple(one for part in parts for one in part.problems)


@pytest.mark.skipif(not (SHARED / FILE).exists(), reason="the shared bank files are not beside this checkout")
def test_file_that_nobody_here_wrote_reads_to_its_known_facts() -> None:
    """
    Two pages of one statement: accounts, entries, both sums, balances; the gap of the second page is told.
    """
    facts = json.loads((SHARED / "expected.json").read_text(encoding="utf-8"))[FILE]["statements"]
    book = tp.read(SHARED / FILE, manager=tp.build_manager(plugin))
    found = []
    for number in range(len(book.tables.releves)):
        releve = book.tables.releves.row(number)
        amounts = book.tables.virements.montant_cents[book.tables.virements.releve == number].tolist()
        found.append([
            releve["compte_affiche"], releve["devise"], len(amounts), sum(one for one in amounts if one > 0),
            -sum(one for one in amounts if one < 0), releve["initial_cents"], releve["final_cents"],
        ])  # fmt: skip
    names = ("sum_credits", "sum_debits", "opening", "closing")
    assert [
        [page["account"], page["currency"], page["entries"], *(int(Decimal(page[name]) * 100) for name in names)]
        for page in facts
    ] == found
    gaps = [(one.at.line, one.params["ecart_cents"]) for one in book.problems if one.code == "RELEVE_DESEQUILIBRE"]
    assert [(15, 20)] == gaps
