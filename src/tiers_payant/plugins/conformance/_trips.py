"""Whole trips of a format: sniffed, written and read again, read in parts, read in another order."""

from __future__ import annotations

from collections import Counter

from tiers_payant.domain import Element, Entree, Lecture, Tables
from tiers_payant.formats import FORMATS
from tiers_payant.plugins.conformance._calls import Capture, call
from tiers_payant.plugins.conformance._cases import cuts_of, junk
from tiers_payant.plugins.conformance._facts import digest, facts_of, rows_of
from tiers_payant.plugins.conformance._neighbours import NEIGHBOURS
from tiers_payant.plugins.conformance._reading import Bench, read_case, write_of

__all__ = ["TRIPS", "digests"]

_HEAD = 4096
_PARTS = (1, 2000)
"""Bytes asked for at a time: as little as can be, and some records."""


def sniffed(bench: Bench, capture: Capture | None) -> list[str]:
    """Return what is wrong with how a format recognises files."""
    faults, others = [], [case for case in junk({}) if case.content]
    for name, content in sorted(bench.samples.items()):
        score = _score(bench, content[:_HEAD], capture)
        faults += [f"{name}: {score}"] if isinstance(score, str) else []
        faults += [f"{name}: not recognised"] if score == 0 else []
        head = content[:_HEAD]
        wrong = [one for end in cuts_of(len(head), 200) if isinstance(one := _score(bench, head[:end], capture), str)]
        faults += [f"{name} cut: {wrong[0]}"] if wrong else []
    for case in others:
        score = _score(bench, case.content[:_HEAD], capture)
        faults += [f"{case.name}: {score}"] if isinstance(score, str) else []
        faults += [f"{case.name}: recognised, though it is no file of this format"] if score not in (0, 0.0) else []
    for spec in FORMATS:
        content = NEIGHBOURS[spec.name]
        score = _score(bench, content, capture)
        # A vendor's format that is as sure as ours would take the file away from it.
        if spec.name != bench.spec.name and (isinstance(score, str) or score >= spec.sniff(content)):
            faults.append(
                f"a file of the format {spec.name}: {score if isinstance(score, str) else 'taken for its own'}"
            )
    return faults


def _score(bench: Bench, head: bytes, capture: Capture | None) -> float | str:
    """Return a score, or what is wrong with it."""
    outcome = call(capture, bench.spec.sniff, head)
    if outcome.raised:
        return f"raised {outcome.raised}"
    score = outcome.value
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
        return "expected a number from 0 to 1"
    return float(score)


def round_trip(bench: Bench, capture: Capture | None) -> list[str]:
    """Return what is lost between a reading, what is written of it, and the reading of that.

    The facts of a sample without any problem come back the same. Of one with problems, what can be written comes back
    the same each time.
    """
    faults = []
    for name, content in sorted(bench.samples.items()):
        first = _lecture(bench, content)
        if first is None:
            continue
        before = rows_of(first.tables)
        outcome, written = write_of(bench.spec, first.tables, capture)
        if outcome.raised:
            # A format may refuse what it cannot hold, with the library's own error.
            faults += [] if outcome.ours else [f"{name}: write raised {outcome.raised}"]
            continue
        second = _lecture(bench, written)
        if second is None:
            faults.append(f"{name}: what is written cannot be read")
            continue
        after = rows_of(second.tables)
        if not first.problems and not len(first.tables.bruts):
            faults += _differences(name, before, after)
        _, again = write_of(bench.spec, second.tables, capture)
        third = _lecture(bench, again)
        faults += _differences(f"{name}, written twice", after, rows_of(third.tables if third else Tables()))
    return faults


def writing(bench: Bench, capture: Capture | None) -> list[str]:
    """Return what is wrong with the writer, whatever it writes."""
    faults = []
    outcome, nothing = write_of(bench.spec, Tables(), capture)
    if outcome.raised:
        faults += [] if outcome.ours else [f"empty tables: write raised {outcome.raised}"]
    elif nothing and _score(bench, nothing[:_HEAD], capture) == 0:
        faults.append("empty tables: what is written is not recognised")
    for name, content in sorted(bench.samples.items()):
        lecture = _lecture(bench, content)
        if lecture is None:
            continue
        outcome, one = write_of(bench.spec, lecture.tables, capture)
        if outcome.raised:
            continue
        if write_of(bench.spec, lecture.tables, capture)[1] != one:
            faults.append(f"{name}: written twice, the bytes differ")
        if one and _score(bench, one[:_HEAD], capture) == 0:
            faults.append(f"{name}: what is written is not recognised")
    return faults


def untouched(bench: Bench, capture: Capture | None) -> list[str]:
    """Return what the plugin changes of what it is given: files, options, tables."""
    faults = []
    for name, content in sorted(bench.samples.items()):
        seen = bench.from_disk(name)
        faults += [f"{name}: {fault}" for fault in seen["faults"]]
        lecture = _lecture(bench, content)
        if lecture is None:
            continue
        facts = digest(facts_of(lecture))
        if seen["digest"] not in ("", facts):
            faults.append(f"{name}: read from its path and from its bytes, the facts differ")
        if bench.spec.write is not None:
            write_of(bench.spec, lecture.tables, capture)
            faults += [] if digest(facts_of(lecture)) == facts else [f"{name}: write changes the tables"]
    return faults


def in_parts(bench: Bench, capture: Capture | None) -> list[str]:
    """Return what the parts of a file do not hold together, or hold too much."""
    faults = []
    for name, content in sorted(bench.samples.items()):
        whole = _lecture(bench, content)
        if whole is None:
            continue
        for octets in _PARTS:
            outcome = call(capture, lambda size=octets, text=content: _parts(bench, text, size))
            if outcome.raised:
                faults.append(f"{name}: in parts of {octets} bytes, raised {outcome.raised}")
                continue
            together = Tables.concat([part.tables for part in outcome.value])
            faults += _differences(
                f"{name}, in parts of {octets} bytes",
                rows_of(whole.tables, links=False), rows_of(together, links=False),
            )  # fmt: skip
            told = {problem.code for part in outcome.value for problem in part.problems}
            faults += [
                f"{name}: in parts of {octets} bytes, {code} is not told"
                for code in sorted({problem.code for problem in whole.problems} - told)
            ]
    return faults


def elements(bench: Bench, capture: Capture | None) -> list[str]:
    """Return what is wrong with how a file is shown to whoever inspects it, whole or cut in two."""
    faults, shown = [], bench.spec.elements
    for name, content in sorted(bench.samples.items()):
        for text in (content, content[: len(content) // 2]):
            lecture = _lecture(bench, text)
            if lecture is None or shown is None:
                continue
            entree = Entree(nom="fichier", contenu=text)
            outcome = call(capture, lambda one=entree, read=lecture: list(shown(one, read)))
            if outcome.raised:
                faults.append(f"{name}: raised {outcome.raised}")
            elif not all(isinstance(one, Element) for one in outcome.value):
                faults.append(f"{name}: gives something else than `Element`")
    return sorted(set(faults))


def digests(bench: Bench, capture: Capture | None, *, reverse: bool = False) -> dict[str, str]:
    """Return the fingerprint of each sample, read in order or backwards, in this process as it is."""
    found = {}
    for name in sorted(bench.samples, reverse=reverse):
        lecture = _lecture(bench, bench.samples[name])
        found[name] = digest(facts_of(lecture)) if lecture else ""
    return found


def _parts(bench: Bench, content: bytes, octets: int) -> list[Lecture]:
    read_parts = bench.spec.read_parts
    return list(read_parts(Entree(nom="fichier", contenu=content), octets)) if read_parts else []


def _lecture(bench: Bench, content: bytes) -> Lecture | None:
    value = read_case(bench.spec, content, None).value
    return value if isinstance(value, Lecture) else None


def _differences(what: str, before: Counter[tuple[str, str]], after: Counter[tuple[str, str]]) -> list[str]:
    """Return which tables lost rows, or gained some."""
    lost, more = Counter[str](), Counter[str]()
    for (table, _), count in (before - after).items():
        lost[table] += count
    for (table, _), count in (after - before).items():
        more[table] += count
    return [
        f"{what}: {lost[table]} of the rows of `{table}` are lost, {more[table]} appear" for table in {**lost, **more}
    ]


def backwards(bench: Bench, capture: Capture | None) -> list[str]:
    """Return the samples that are read otherwise when others were read before them."""
    ahead, behind = digests(bench, capture), digests(bench, capture, reverse=True)
    return [f"{name}: depends on the files that were read before it" for name in ahead if ahead[name] != behind[name]]


TRIPS = {
    "sniff": sniffed, "round trip": round_trip, "write": writing, "untouched": untouched, "parts": in_parts,
    "order": backwards, "elements": elements,
}  # fmt: skip
"""What is done with a format as a whole: faults, by name."""
