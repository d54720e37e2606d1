"""Formats: what a reader promises of any file, and a writer of any facts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tiers_payant.plugins.conformance._facts import golden_text
from tiers_payant.plugins.conformance._verdict import judged, reject
from tiers_payant.plugins.conformance._workshop import Workshop

Record = Callable[[str, object], None]
_READ = ("samples", "cut", "broken", "encoded", "canary", "junk")
_TRIPS = ("sniff", "untouched", "order")


def _seen(workshop: Workshop, name: str, *families: str) -> list[dict[str, Any]]:
    """Return what was seen of every case that came back whole."""
    return [
        one for family in families for one in workshop.family(name, family) if "lost" not in one and not one["raised"]
    ]


def test_every_format_has_a_sample(format_name: str, workshop: Workshop) -> None:
    """Without a file of the format nothing is proved: at least one stands in its folder, and rows are read of it."""
    seen = _seen(workshop, format_name, "samples")
    if not seen:
        reject([f"no sample: put a small invented file into {workshop.settings.samples.name}/{format_name}/"])
    reject([] if any(one["sums"] for one in seen) else ["no row is read of any sample"])


def test_golden_files(format_name: str, workshop: Workshop, pytestconfig: pytest.Config) -> None:
    """What is read of each sample is what stands beside it: rows, problems, places."""
    faults = []
    for one in _seen(workshop, format_name, "samples"):
        path = Path(workshop.settings.samples, format_name, f"{one['case']}.golden.json")
        text = golden_text(one["facts"])
        if pytestconfig.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8", newline="\n")
        elif not path.is_file():
            faults.append(f"{path.name} is missing: write it with --update-golden, and read it")
        elif path.read_text(encoding="utf-8") != text:
            faults.append(f"{path.name}: what is read differs; compare after --update-golden")
    reject(faults)


def test_it_recognises_its_files_alone(format_name: str, workshop: Workshop) -> None:
    """`sniff` answers from 0 to 1 for any bytes, claims its samples, and leaves junk and our own formats alone."""
    reject(judged(workshop.once(ask="trip", trip="sniff", format=format_name)))


def test_it_never_raises(format_name: str, family: str, workshop: Workshop, record_property: Record) -> None:
    """Whatever the bytes, a `Lecture` comes back: no exception, no exit."""
    seen = workshop.family(format_name, family)
    record_property(family, f"{len(seen)} files")
    reject(f"{one['case']}: {one['raised']}" for one in seen if one.get("raised"))


def test_it_always_comes_back(format_name: str, workshop: Workshop) -> None:
    """Each call ends in time, and the process lives on."""
    faults = [
        f"{one['case']}: {one['lost']}"
        for family in _READ
        for one in workshop.family(format_name, family)
        if "lost" in one
    ]
    ends = {trip: workshop.once(ask="trip", trip=trip, format=format_name) for trip in _TRIPS}
    reject([*faults, *(f"{trip}: {end}" for trip, end in ends.items() if isinstance(end, str))])


def test_every_problem_is_located(format_name: str, workshop: Workshop) -> None:
    """Each problem names its file, and a line or a byte, that of a line which is broken; its words can be made, in both
    languages.
    """
    seen = _seen(workshop, format_name, *_READ)
    faults = [f"{one['case']}: {fault}" for one in seen for fault in one["unplaced"]]
    places: dict[str, set[str]] = {}
    for one in seen:
        places.setdefault(one["sample"], set()).add(one["place"])
    astray = [name for name, found in sorted(places.items()) if "elsewhere" in found and "here" not in found]
    reject([*faults, *(f"{name}: whichever line is broken, the problem is told of another" for name in astray)])


def test_no_value_is_told(format_name: str, workshop: Workshop) -> None:
    """What a file holds is in no problem, repr, exception, log or screen: canaries are planted all over the samples."""
    seen = [one for family in _READ for one in workshop.family(format_name, family) if "lost" not in one]
    reject(f"{one['case']}: {fault}" for one in seen for fault in one["leaks"])


def test_nothing_vanishes(format_name: str, workshop: Workshop) -> None:
    """A line that cannot be read is told or kept raw; a last line without its end is still read."""
    seen = [
        one
        for one in _seen(workshop, format_name, "broken", "cut")
        if " broken" in one["case"] or " without " in one["case"]
    ]
    reject(f"{one['case']}: {one['unnoticed']} rows are gone, nothing is told" for one in seen if one["unnoticed"])


def test_encodings(format_name: str, workshop: Workshop) -> None:
    """Written in another encoding, or with other ends of lines: the same rows and sums, or something is told."""
    encoded = _seen(workshop, format_name, "encoded")
    samples = {one["case"]: one["sums"] for one in _seen(workshop, format_name, "samples")}
    reject(
        f"{one['case']}: other rows or sums, nothing is told"
        for one in encoded
        if (one["same text"] and one["unnoticed"]) or (not one["told"] and one["sums"] != samples.get(one["sample"]))
    )


def test_no_row_is_read_twice(format_name: str, workshop: Workshop) -> None:
    """Lines that differ never give two rows that are alike."""
    seen = _seen(workshop, format_name, "samples")
    reject(f"{one['case']}: {one['alike'] + 1} rows alike" for one in seen if one["alike"])


def test_determinism(format_name: str, workshop: Workshop) -> None:
    """Read twice, in processes that hash texts otherwise, and on another day: the same facts in the same order."""
    found = [judged(workshop.once(hash_seed=seed, ask="digests", format=format_name)) for seed in (0, 1, 2)]
    first = found[0][0]
    reject(f"{name}: read otherwise" for name in first if any(one[name] != first[name] for two in found for one in two))


def test_order_of_files(format_name: str, workshop: Workshop) -> None:
    """What is read of a file does not depend on those read before it."""
    reject(judged(workshop.once(ask="trip", trip="order", format=format_name)))


def test_inputs_are_left_alone(format_name: str, workshop: Workshop) -> None:
    """The file, its folder, the options and the tables to write are as they were; a path and its bytes read alike."""
    reject(judged(workshop.once(ask="trip", trip="untouched", format=format_name)))


def test_round_trip(written_format: str, workshop: Workshop) -> None:
    """What is written of a reading is read again, to the row; written again, it no longer changes."""
    reject(judged(workshop.once(ask="trip", trip="round trip", format=written_format)))


def test_writing(written_format: str, workshop: Workshop) -> None:
    """The same tables give the same bytes, which the format recognises; empty tables harm nobody."""
    reject(judged(workshop.once(ask="trip", trip="write", format=written_format)))


def test_parts_are_the_file(streamed_format: str, workshop: Workshop) -> None:
    """The parts of a file hold its rows, each once, and tell what the whole tells."""
    reject(judged(workshop.once(ask="trip", trip="parts", format=streamed_format)))


def test_memory_is_bounded(
    streamed_format: str, workshop: Workshop, pytestconfig: pytest.Config, record_property: Record
) -> None:
    """A stream twice as long, read in parts, takes no more memory."""
    longer = int(pytestconfig.getoption("--conformance-stream") * (1 << 20))
    small, large = (
        judged(workshop.once(ask="memory", format=streamed_format, octets=octets)) for octets in (longer // 2, longer)
    )
    if not small["grows"]:
        pytest.skip("nothing to judge: no sample can be grown by repeating it")
    record_property("memory", f"{large['peak'] / 1e6:.1f} MB for {large['octets'] / 1e6:.1f} MB")
    growth, more = large["peak"] - small["peak"], large["octets"] - small["octets"]
    faults = [f"{more} bytes more of the same take {growth} bytes more"] if growth > more / 2 else []
    reject([*faults, *(["`Entree.octets` is a copy of the whole file: read `flux`"] if large["copied"] else [])])


def test_a_file_can_be_inspected(inspected_format: str, workshop: Workshop) -> None:
    """`elements` shows what a file is made of, whole or cut, and never raises."""
    reject(judged(workshop.once(ask="trip", trip="elements", format=inspected_format)))


def test_a_long_file_is_read_whole(format_name: str, workshop: Workshop) -> None:
    """A sample repeated over thousands of rows gives as many times its rows, or something is told."""
    found = judged(workshop.once(ask="speed", format=format_name))
    missing = found.get("missing", 0)
    reject([f"{missing} of {found['rows'] + missing} rows are missing, nothing is told"] if missing else [])


def test_speed(format_name: str, workshop: Workshop, pytestconfig: pytest.Config, record_property: Record) -> None:
    """Rows come at least at the declared share of the rate of our own neutral CSV, timed in the same process."""
    found = judged(workshop.once(ask="speed", format=format_name))
    if not found["rows"]:
        pytest.skip("nothing to judge: no row is read of any sample")
    rate = found["octets"] / found["seconds"] / 1e6
    ours = found["neutral octets"] / found["neutral seconds"] / 1e6
    record_property("speed", f"{rate:.2f} MB/s, {found['ratio']:.2f} of the rows/s of our CSV ({ours:.2f} MB/s)")
    floor = pytestconfig.getoption("--speed-floor")
    reject(
        [f"{found['ratio']:.3f} of the rows/s of the neutral CSV, at least {floor}"] if found["ratio"] < floor else []
    )
