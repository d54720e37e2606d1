"""Problems and exceptions: every code has its words, and no word tells a value of a file."""

from __future__ import annotations

import ast
import inspect
import pickle
import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers_payant import errors
from tiers_payant.domain import MOST_LISTED, ProblemLog
from tiers_payant.errors import (
    FormatError,
    Gravite,
    Location,
    Problem,
    ProblemsError,
    TiersPayantError,
    UnknownRuleError,
    shape,
)

SRC = Path(errors.__file__).parent
CATALOGUE = tomllib.loads(resources.files("tiers_payant").joinpath("problemes.toml").read_text(encoding="utf-8"))
EXCEPTIONS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, TiersPayantError)]
AT = Location(file="exemple.b2", line=2, column=91, field="montant_cents")


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@cache
def literals() -> set[str]:
    """Every text constant of the library's code."""
    return {
        node.value
        for path in SRC.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def spelled_out() -> Iterator[tuple[str, str, set[str]]]:
    """Each call of `ProblemLog.add` or `add_rows` that names its code and all its gaps: where, code, names given."""
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="add" | "add_rows" as name), args=[ast.Constant(value=str(code)), *_]
                ):
                    given = {keyword.arg for keyword in node.keywords if keyword.arg}
                    if code in CATALOGUE and all(keyword.arg for keyword in node.keywords):
                        where = f"{path.relative_to(SRC).as_posix()}:{node.lineno}"
                        yield where, code, given | ({"forme"} if name == "add_rows" else set())


@pytest.mark.parametrize("code", sorted(CATALOGUE))
class TestCatalogue:
    def test_code_is_used(self, code):
        """
        The catalogue holds no code that nothing reports.
        """
        assert code in literals()

    def test_both_languages_have_the_same_gaps(self, code):
        """
        What a developer reads and what a pharmacist reads tell the same facts.
        """
        assert gaps(CATALOGUE[code]["en"]) == gaps(CATALOGUE[code]["fr"])

    def test_entry_is_complete(self, code):
        """
        A gravity that exists, two sentences, the French one of one thing alone perhaps, and nothing else.
        """
        entry = CATALOGUE[code]
        assert {"gravite", "en", "fr"} == set(entry) - {"fr_un"}
        assert gaps(entry["fr"]) == gaps(entry.get("fr_un", entry["fr"]))
        assert Gravite(entry["gravite"]) is Problem(code=code, at=AT).gravite
        assert entry["en"]
        assert entry["fr"]

    def test_words_are_filled(self, code):
        """
        Once its gaps are given, a problem says a sentence in each language.
        """
        params = dict.fromkeys(gaps(CATALOGUE[code]["en"]), 7)
        problem = Problem(code=code, at=AT, params=params)
        assert [] == re.findall(r"[{}]", problem.message + problem.message_fr)


def test_calls_fill_every_gap_of_their_code():
    """
    No report fails, when it is printed, for a word that its caller forgot.
    """
    found = list(spelled_out())
    assert len(found) > 10
    assert [] == [(where, code) for where, code, given in found if gaps(CATALOGUE[code]["en"]) - given]


def test_unknown_code_is_refused():
    """
    A code that the catalogue lacks is a mistake of the caller, told at once.
    """
    with pytest.raises(KeyError, match=r"INVENTE is not in problemes\.toml"):
        Problem(code="INVENTE", at=AT)


@given(st.one_of(st.text(), st.binary(), st.from_regex(r"[12][0-9]{12}", fullmatch=True)))
def test_shape_shows_no_letter_and_no_digit(value):
    """
    Of whatever it is given, a shape keeps only blanks and ASCII punctuation.
    """
    kept = set(shape(value)) - {"A", "9"}
    assert set() == {char for char in kept if char.isalnum() or not 32 <= ord(char) < 127}


@given(st.text(alphabet=string.ascii_letters + string.digits + " -/", max_size=40))
def test_shape_keeps_kinds_and_places(value):
    """
    A letter shows as A, a digit as 9, what parts them as itself.
    """
    expected = "".join("A" if char.isalpha() else "9" if char.isdigit() else char for char in value)
    assert expected == shape(value)


@pytest.mark.parametrize("length", [40, 41, 100_000])
def test_long_value_is_cut(length):
    """
    A shape is at most forty characters and says when there was more.
    """
    assert "9" * 40 + ("..." if length > 40 else "") == shape("1" * length)


def instance(kind: type[TiersPayantError]) -> TiersPayantError:
    problem = Problem(code="FICHIER_VIDE", at=AT)
    if kind is FormatError:
        return FormatError(problem)
    if kind is ProblemsError:
        return ProblemsError([problem, problem])
    return kind("what happened")


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: kind.__name__)
def test_exception_crosses_processes(kind):
    """
    An exception raised in a worker is the same one for the caller.
    """
    error = instance(kind)
    back = pickle.loads(pickle.dumps(error))
    assert (type(error), str(error), error.args) == (type(back), str(back), back.args)


def test_every_exception_is_public():
    """
    What can be raised can be caught by name.
    """
    assert {kind.__name__ for kind in EXCEPTIONS} == {name for name in errors.__all__ if name.endswith("Error")}


def test_unknown_rule_prints_its_sentence():
    """
    KeyError would print quotes around it.
    """
    assert "no rule named x" == str(UnknownRuleError("no rule named x"))


@pytest.mark.parametrize(
    ("expected", "place"),
    [
        ("a.b2", Location(file="a.b2")),
        ("a.b2:2", Location(file="a.b2", line=2)),
        ("a.b2:2:91", Location(file="a.b2", line=2, column=91)),
        ("a.b2:2:91: lot", Location(file="a.b2", line=2, offset=128, column=91, field="lot")),
        ("a.b2@128", Location(file="a.b2", offset=128)),
        ("a.b2@0", Location(file="a.b2", offset=0)),
        ("a.b2: lot", Location(file="a.b2", field="lot")),
    ],
)
def test_location_prints_as_editors_click_it(expected, place):
    """
    File, line, column; the byte where there is no line; the field after it.
    """
    assert expected == str(place)


def test_problem_prints_where_and_what():
    """
    A log line says the place, then the English sentence.
    """
    assert "exemple.b2:2:91: montant_cents: the file is empty" == str(Problem(code="FICHIER_VIDE", at=AT))


class TestProblemLog:
    def test_one_kind_is_listed_a_hundred_times_then_counted(self):
        """
        Nothing is lost: what is not listed is counted, for each code and field apart.
        """
        log = ProblemLog("exemple.b2")
        for offset in range(MOST_LISTED + 3):
            log.add("FICHIER_VIDE", offset=offset)
        log.add("FICHIER_VIDE", offset=7, field="lot")
        problems = log.problems()
        assert MOST_LISTED + 4 == len(log)
        assert [*range(MOST_LISTED), 7, None] == [problem.at.offset for problem in problems]
        assert {"code": "FICHIER_VIDE", "nombre": 3} == problems[-1].params

    @pytest.mark.parametrize(("before", "rows"), [(0, 250), (60, 250), (100, 1), (99, 1), (0, 100)])
    def test_rows_share_the_room_of_single_problems(self, before, rows):
        """
        Listed and counted together make what was reported, however it came.
        """
        log = ProblemLog("exemple.b2")
        for offset in range(before):
            log.add("CHIFFRES_ATTENDUS", offset=offset, field="lot", largeur=3, forme="AAA")
        log.add_rows("CHIFFRES_ATTENDUS", range(rows), ["AAA"] * rows, column=20, field="lot", largeur=3)
        problems = log.problems()
        listed = [problem for problem in problems if problem.code == "CHIFFRES_ATTENDUS"]
        more = sum(int(str(problem.params["nombre"])) for problem in problems if problem.code == "PROBLEMES_REPETES")
        assert min(MOST_LISTED, before + rows) == len(listed)
        assert before + rows == len(listed) + more == len(log)
        assert len(listed) + int(before + rows > MOST_LISTED) == len(problems)

    def test_shapes_are_made_only_for_what_is_listed(self):
        """
        A file of junk costs a hundred shapes, not millions.
        """
        made = []

        def shapes() -> Iterator[str]:
            for number in range(10_000):
                made.append(number)
                yield "AAA"

        ProblemLog("exemple.b2").add_rows("CHIFFRES_ATTENDUS", range(10_000), shapes(), field="lot", largeur=3)
        assert MOST_LISTED == len(made)


@pytest.mark.parametrize(("count", "words"), [(1, "1 réponse cite une facture absente"), (2, "2 réponses citent des")])
def test_one_thing_is_told_in_the_singular(count, words):
    """
    French agrees, where the catalogue says how.
    """
    problem = Problem(code="REPONSES_SANS_FACTURE", at=Location(file="a.txt"), params={"nombre": count})
    assert problem.message_fr.startswith(words)
