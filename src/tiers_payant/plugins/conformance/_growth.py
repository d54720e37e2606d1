"""Samples grown by repeating: what a long stream takes of memory, and how fast rows come beside our own CSV."""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from lxml import etree

from tiers_payant.domain import Entree, FormatSpec, Lecture
from tiers_payant.formats import FORMATS
from tiers_payant.plugins.conformance._reading import Bench, read_case

__all__ = ["grown", "memory", "speed"]

_ROWS = 3000
"""Rows that are timed, where a sample can be grown."""
_PART = 1 << 14
_ROUNDS = 3
_LONG = 1.0
"""Seconds after which no round is added."""


def grown(content: bytes, times: int) -> bytes:
    """Return *content* repeated: one after the other, or in XML the last element of the first that has several."""
    if not content.lstrip().startswith(b"<"):
        joint = b"" if content.endswith((b"\n", b"\r")) or b"\n" not in content else b"\n"
        return (content + joint) * times
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return content
    place = root
    while len(place) == 1:
        place = place[0]
    if not len(place):
        return content
    place.extend([deepcopy(place[-1]) for _ in range(times - 1)])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _rows(lecture: object) -> int:
    if not isinstance(lecture, Lecture):
        return 0
    return sum(len(table) for name, table in lecture.tables.each() if name != "bruts")


def _chosen(bench: Bench) -> tuple[str, bool]:
    """Return the sample that grows best, and whether it grows; else the one with the most rows, which does not."""
    best, rows_of_best = "", -1
    for name, content in sorted(bench.samples.items()):
        once = _rows(read_case(bench.spec, content, None).value)
        if once and _rows(read_case(bench.spec, grown(content, 8), None).value) >= 7 * once:
            return name, True
        if once > rows_of_best:
            best, rows_of_best = name, once
    return best, False


def memory(bench: Bench, octets: int) -> dict[str, Any]:
    """Read a sample grown to about *octets* bytes in parts, and tell what it took at the worst, in bytes.

    What Python and numpy allocate is counted; a copy of the whole file by `Entree.octets`, which is outside, is told.
    """
    name, grows = _chosen(bench)
    read_parts = bench.spec.read_parts
    if not grows or read_parts is None:
        return {"grows": False}
    with tempfile.TemporaryDirectory() as folder:
        path, content = Path(folder, "fichier"), bench.samples[name]
        path.write_bytes(grown(content, max(1, octets // len(content))))
        size = path.stat().st_size
        entree = Entree(nom="fichier", chemin=path)
        list(read_parts(Entree(nom="fichier", contenu=content), _PART))  # what is loaded once is loaded
        tracemalloc.start()
        rows = 0
        for part in read_parts(entree, _PART):
            rows += _rows(part)
            del part
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return {
        "grows": True,
        "sample": name,
        "octets": size,
        "rows": rows,
        "peak": peak,
        "copied": "octets" in vars(entree),
    }


def speed(bench: Bench) -> dict[str, Any]:
    """Time the reader and that of the neutral CSV on as many rows, in turns; the best of three."""
    name, grows = _chosen(bench)
    content = bench.samples[name]
    rows, missing = _rows(read_case(bench.spec, content, None).value), 0
    if grows:
        times = max(8, -(-_ROWS // rows))
        more = (_rows(read_case(bench.spec, grown(content, 8), None).value) - rows) // 7
        content, expected = grown(content, times), rows + more * (times - 1)
        read = read_case(bench.spec, content, None).value
        rows = _rows(read)
        missing = max(0, expected - rows) if isinstance(read, Lecture) and not _more_told(bench, name, read) else 0
    if not rows:
        return {"rows": 0}
    ours = _neutral(rows)
    (csv,) = [spec for spec in FORMATS if spec.name == "neutre-csv"]
    theirs, our_own = list[float](), list[float]()
    for _ in range(_ROUNDS):
        our_own.append(_timed(csv, ours))
        if sum(theirs) < _LONG:
            theirs.append(_timed(bench.spec, content))
    return {
        "rows": rows, "missing": missing, "octets": len(content), "seconds": min(theirs),
        "neutral octets": len(ours), "neutral seconds": min(our_own), "ratio": min(our_own) / min(theirs),
    }  # fmt: skip


def _more_told(bench: Bench, name: str, read: Lecture) -> bool:
    """Say whether something is told of a grown sample that is not told of the sample."""
    once = read_case(bench.spec, bench.samples[name], None).value
    before = {problem.code for problem in once.problems} if isinstance(once, Lecture) else set[str]()
    return not {problem.code for problem in read.problems} <= before


def _timed(spec: FormatSpec, content: bytes) -> float:
    clock: Callable[[], float] = time.perf_counter
    entree = Entree(nom="fichier", contenu=content)
    start = clock()
    spec.read(entree)
    return max(clock() - start, 1e-9)


def _neutral(rows: int) -> bytes:
    """Return bank lines in the neutral CSV, all invented."""
    lines = [f"EXEMPLE;2026-01-{rank % 28 + 1:02d};{rank},50;VIR EXEMPLE {rank}" for rank in range(rows)]
    return "\n".join(["compte;date;montant;libellé", *lines, ""]).encode()
