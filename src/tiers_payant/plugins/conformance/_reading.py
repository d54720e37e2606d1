"""What the reader and the writer of a format do, case by case, as facts that the tests judge."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tiers_payant.domain import Entree, FormatSpec, Lecture, Tables
from tiers_payant.errors import Problem
from tiers_payant.plugins.conformance._calls import Capture, Outcome, call, leaks
from tiers_payant.plugins.conformance._cases import Case, cases_of, is_document, is_lines, text_of
from tiers_payant.plugins.conformance._facts import digest, facts_of, gone, most_alike, rows_of, sums_of

__all__ = ["Bench", "read_case", "write_of"]

_WHOLE = frozenset(
    {"FICHIER_VIDE", "RELEVE_VIDE", "LAYOUT_SURCHARGE", "LAYOUT_SANS_DATE", "LAYOUT_MELANGE", "TABLE_NON_RECONNUE"}
)
"""Problems of a whole file, beside those that count or measure it: they have no line."""
_COUNTED = {"nombre", "limite"}
OPTIONS = {"conformance": "1"}
"""Given to every reader: one that changes them is told."""


class Bench:
    """A format and its samples."""

    def __init__(self, spec: FormatSpec, samples: Mapping[str, Path], capture: Capture | None, most: int) -> None:
        self.spec = spec
        self.paths = dict(samples)
        self.samples = {name: path.read_bytes() for name, path in samples.items()}
        self._capture = capture
        self._most = most
        self._whole: dict[str, tuple[Counter[tuple[str, str]], Counter[str]]] = {}

    def family(self, name: str) -> Iterator[Case]:
        """Yield the cases of a family, in an order that is always the same."""
        return cases_of(name, self.samples, self._most)

    def observe(self, case: Case, *, whole: bool = False) -> dict[str, Any]:
        """Read one case: what came, what was told, what leaked; *whole* also keeps the facts themselves."""
        outcome = read_case(self.spec, case.content, self._capture)
        seen: dict[str, Any] = {
            "case": case.name, "sample": case.sample, "raised": outcome.raised, "seconds": outcome.seconds,
            "leaks": leaks("what it says or raises", outcome.said),
        }  # fmt: skip
        if outcome.raised:
            return seen
        if not _is_lecture(outcome.value):
            return {**seen, "raised": f"no Lecture but {type(outcome.value).__name__}"}
        found = self._judged(case, outcome.value, whole=whole)
        return {**seen, **found, "leaks": [*seen["leaks"], *found["leaks"]]}

    def _judged(self, case: Case, lecture: Lecture, *, whole: bool) -> dict[str, Any]:
        facts = facts_of(lecture) if whole else None
        lost, document = 0, is_document(case.content)
        if case.sample and not whole:
            rows, before = self._of_sample(case.sample)
            lost = 0 if _told(lecture) - before else gone(rows, rows_of(lecture.tables, links=False))
        return {
            "sums": sums_of(lecture.tables), "told": _told(lecture).total(), "unnoticed": lost,
            "unplaced": sorted({one for told in lecture.problems for one in unplaced(told, document=document)}),
            "leaks": _leaked(lecture), "place": self._place(case, lecture) if case.ligne else "",
            "same text": bool(case.sample) and text_of(case.content) == text_of(self.samples[case.sample]),
            **({"facts": facts, "alike": _twice(case.content, lecture.tables)} if whole else {}),
        }  # fmt: skip

    def _place(self, case: Case, lecture: Lecture) -> str:
        """Say whether what is told of a broken line stands there (`here`) or elsewhere; nothing when nothing is."""
        before = self._of_sample(case.sample)[1]
        new = [one.at for one in lecture.problems if f"{one.code} {one.at}" not in before]
        placed = [at for at in new if at.line is not None or at.offset is not None]
        here = any(at.line == case.ligne or at.offset in case.octets for at in placed)
        return "" if not placed else "here" if here else "elsewhere"

    def _of_sample(self, name: str) -> tuple[Counter[tuple[str, str]], Counter[str]]:
        """Return the rows of a sample, and what is told of it."""
        if name not in self._whole:
            read = read_case(self.spec, self.samples[name], None).value
            known = (
                (rows_of(read.tables, links=False), _told(read))
                if _is_lecture(read)
                else (Counter[tuple[str, str]](), Counter[str]())
            )
            self._whole[name] = known
        return self._whole[name]

    def from_disk(self, name: str) -> dict[str, Any]:
        """Read a sample from its file: the same facts, and nothing of the file or of what was given is changed."""
        path, before = self.paths[name], sorted(self.paths[name].parent.iterdir())
        entree = Entree(nom=name, chemin=path, options=dict(OPTIONS))
        outcome = call(self._capture, self.spec.read, entree)
        same = path.is_file() and path.read_bytes() == self.samples[name]
        if not same:
            path.write_bytes(self.samples[name])
        faults = [] if same else ["the file is changed"]
        faults += [] if entree.options == OPTIONS else ["the options are changed"]
        faults += [] if sorted(path.parent.iterdir()) == before else ["files appear or vanish beside it"]
        found = digest(facts_of(outcome.value)) if _is_lecture(outcome.value) else ""
        return {"case": name, "faults": faults, "digest": found, "raised": outcome.raised}


def read_case(spec: FormatSpec, content: bytes, capture: Capture | None) -> Outcome:
    """Read *content*, under a name that problems must give back."""
    return call(capture, spec.read, Entree(nom="fichier", contenu=content, options=dict(OPTIONS)))


def unplaced(problem: Problem, *, document: bool = False) -> list[str]:
    """Return what is missing for whoever looks for a problem in the file; in a document, a field is a place."""
    faults = []
    if problem.at.file not in ("fichier", ""):
        faults.append(f"{problem.code}: of another file")
    if problem.at.file == "":
        faults.append(f"{problem.code}: no file")
    whole = problem.code in _WHOLE or bool(_COUNTED & problem.params.keys()) or (document and bool(problem.at.field))
    if problem.at.line is None and problem.at.offset is None and not whole:
        faults.append(f"{problem.code}: neither line nor offset")
    for words in ("message", "message_fr"):
        said = call(None, getattr, problem, words)
        if said.raised:
            faults.append(f"{problem.code}: {words} cannot be made: its gaps are {', '.join(sorted(problem.params))}")
    return faults


def write_of(spec: FormatSpec, tables: Tables, capture: Capture | None) -> tuple[Outcome, bytes]:
    """Write *tables*, and return what came of it, and the bytes."""
    out = io.BytesIO()
    outcome = call(capture, spec.write or (lambda tables, out: None), tables, out)
    return outcome, out.getvalue() if not out.closed else b""


def _told(lecture: Lecture) -> Counter[str]:
    """Return what is told of a file: problems by code and place, and records kept raw by place."""
    bruts = lecture.tables.bruts
    raw = [
        f"brut {place} {len(text)}" for place, text in zip(bruts.octet.tolist(), bruts.contenu.tolist(), strict=True)
    ]
    return Counter([*raw, *(f"{problem.code} {problem.at}" for problem in lecture.problems)])


def _is_lecture(value: object) -> bool:
    return isinstance(value, Lecture) and isinstance(value.tables, Tables)


def _leaked(lecture: Lecture) -> list[str]:
    found = leaks("the repr of what is read", repr(lecture) + repr(lecture.tables))
    for problem in lecture.problems:
        said = call(None, lambda one=problem: f"{one}\n{one.message_fr}\n{one!r}\n{dict(one.params)}")
        found += leaks(f"problem {problem.code}", str(said.value))
    return sorted(set(found))


def _twice(content: bytes, tables: Tables) -> int:
    """Return how many rows too many are alike, for lines of text: as many as their lines at most."""
    if not is_lines(content):
        return 0
    lines = Counter(line for line in content.splitlines() if line.strip())
    return max(0, most_alike(tables) - max(lines.values(), default=1))
