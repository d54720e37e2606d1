"""Bad input: the catalogue holds, at every byte of a cut, within the memory that it states, and silent on values."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from tests.bad_input import CASES, PAGE, SECRETS, TRUNCATED, cost, expected, golden, page, poisoned, read_case

import tiers_payant as tp
from tiers_payant.domain import Entree, Lecture
from tiers_payant.formats import FORMATS

READERS = {spec.name: spec.read for spec in FORMATS}
FACTS = ("factures", "lignes", "reponses", "rejets", "mouvements", "virements")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_catalogue_says_what_happens(case, tmp_path):
    """
    What is kept and the words for it, in both languages; `python -m tests.bad_input` rewrites them.
    """
    assert json.loads(expected(case)) == read_case(case, tmp_path)


def test_page_of_the_docs_is_the_catalogue():
    """
    The page is generated: whoever changes a message sees it change there too.
    """
    assert page() == PAGE.read_text(encoding="utf-8")


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="this system does not tell the peak")
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.big or case.name == "b2-tronque"], ids=lambda c: c.name
)
def test_memory_stays_below_what_is_stated(case):
    """
    A process that reads nothing else takes no more than the page says.
    """
    assert cost(case)[1] < case.peak_mib


def read(name: str, content: bytes) -> Lecture:
    return READERS[name.split()[0]](Entree(nom="x", contenu=content))


def rows(lecture: Lecture, table: str) -> list[dict[str, object]]:
    found = getattr(lecture.tables, table)
    return [found.row(number) for number in range(len(found))]


def settled(found: list[dict[str, object]], last: object) -> list[dict[str, object]]:
    """The rows that a cut cannot change: those of NOÉMIE under the last facture may still have been added to."""
    return [row for row in found if "reponse" not in row or (row["officine"], row["lot"], row["facture"]) != last]


def is_whole(name: str, content: bytes) -> bool:
    """Tell a file that happens to be cut where it could end: a CFONB file is any number of statements."""
    last = content.splitlines()[-1:]
    return name == "cfonb120" and bool(last) and last[0].startswith(b"07") and len(last[0]) >= 104


@pytest.mark.parametrize("name", TRUNCATED)
def test_file_cut_at_every_byte_keeps_what_stands_before(name):
    """
    Each cut: no exception, the facts of the whole file up to there and no other, a problem unless nothing is missed.
    """
    content = golden(TRUNCATED[name])
    whole = read(name, content)
    facts = {table: rows(whole, table) for table in FACTS}
    seen = dict.fromkeys(FACTS, 0)
    announced = [0, *whole.tables.reponses.annonce_cents.cumsum().tolist()]
    for end in range(len(content)):
        lecture = read(name, content[:end])
        for table in FACTS:
            kept = rows(lecture, table)
            last = tuple(kept[-1].get(key) for key in ("officine", "lot", "facture")) if kept else None
            assert settled(facts[table][: len(kept)], last) == settled(kept, last), (end, table)
            assert len(kept) >= seen[table], (end, table)
            seen[table] = len(kept)
        assert int(lecture.tables.reponses.annonce_cents.sum()) in announced, end
        lost_nothing = content[end:].strip() in (b"", b"P")  # blanks, and a sign that blanks say as well
        assert lecture.problems or lost_nothing or is_whole(name, content[:end]), end
    assert {table: len(facts[table]) for table in FACTS} == seen


@pytest.mark.parametrize("name", TRUNCATED)
def test_no_value_of_a_file_is_told(name, caplog, capfd):
    """
    A NIR, a name, an amount, a text, in every place of every format: in no message, no repr, no log, on no screen.
    """
    caplog.set_level(logging.DEBUG)
    tellings = set()
    for content in poisoned(golden(TRUNCATED[name])):
        lecture = read(name, content)
        book = tp.Book.from_lectures([lecture])
        tellings |= {text for p in lecture.problems for text in (str(p), p.message_fr, repr(p))}
        tellings |= {repr(lecture), repr(book), repr(lecture.tables), *map(repr, book.sources)}
    told = "\n".join([*sorted(tellings), caplog.text, *capfd.readouterr()])
    assert [] == [kind for kind, secret in SECRETS.items() if secret.decode() in told]
