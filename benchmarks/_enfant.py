"""What is measured in a process of its own: `python -m benchmarks._enfant TASK [PATH]` prints one line of JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks._mesure import memory_bytes, peak_bytes, reset_peak

__all__ = ["TASKS"]


def imports_only() -> dict[str, Any]:
    """Load everything that the whole path needs, and do nothing."""
    _load()
    return {"peak": peak_bytes()}


def whole_path(path: str) -> dict[str, Any]:
    """Files to states. The clock starts once modules are loaded; layouts are loaded while it runs."""
    tp = _load()
    start = time.perf_counter()
    book = tp.read(path)
    read = time.perf_counter()
    result = tp.reconcile(book)
    end = time.perf_counter()
    peak = peak_bytes()
    result.verify()
    credited = int((result.creances.etat == tp.Etat.CREDITEE).sum())
    return {
        "read_s": read - start,
        "reconcile_s": end - read,
        "peak": peak,
        "factures": len(book.tables.factures),
        "creances": len(result.creances),
        "creditees": credited,
        "problemes": len(book.problems),
    }


def statement(path: str) -> dict[str, Any]:
    """Read one CAMT.053 file: what the process held before, at most and after, and what the tables weigh."""
    from tiers_payant.domain import Entree
    from tiers_payant.formats.camt053 import read_camt053

    read_camt053(Entree(nom="amorce", contenu=b"<Document/>"))
    before = memory_bytes()
    start = time.perf_counter()
    lecture = read_camt053(Entree(nom="banque.xml", chemin=Path(path)))
    seconds = time.perf_counter() - start
    peak = peak_bytes()  # before weighing, which takes memory of its own
    tables = _weight(lecture.tables)
    return {"seconds": seconds, "before": before, "peak": peak, "tables": tables,
            "lines": len(lecture.tables.virements)}  # fmt: skip


def in_parts(path: str) -> dict[str, Any]:
    """Read one file in parts and keep nothing of them but how many rows they held."""
    tp = _load()
    for _ in tp.read_parts(Path(path).with_suffix(".amorce")):
        pass  # loads what reading this format needs
    before = memory_bytes()
    start = time.perf_counter()
    rows = sum(sum(len(table) for _, table in part.tables.each()) for part in tp.read_parts(path))
    return {"seconds": time.perf_counter() - start, "before": before, "peak": peak_bytes(), "rows": rows}


def two_passes(factures: str) -> dict[str, Any]:
    """Pair two sides of so many rows: how long it takes, and the peak beside what was held before."""
    from benchmarks._passes import CLES, make_sides
    from tiers_payant.matching import pair_cascade

    small = make_sides(100)
    pair_cascade(small.gauche, small.droite, CLES)
    case = make_sides(int(factures))
    before = memory_bytes()
    reset_peak()
    start = time.perf_counter()
    found = pair_cascade(case.gauche, case.droite, CLES)
    seconds = time.perf_counter() - start
    columns = sum(column.nbytes for side in (case.gauche, case.droite) for column in side.values())
    return {"seconds": seconds, "before": before, "peak": peak_bytes(), "pairs": len(found.gauche), "columns": columns}


def with_plugins(path: str, folder: str, turn: str) -> dict[str, Any]:
    """Files to states, with the library's own plugins and with those of a folder; which comes first, *turn* says."""
    tp = _load()
    from tiers_payant.plugins import build_manager, formats_of, passes_of, payeurs_of

    managers = {"sans_s": build_manager(), "avec_s": build_manager(folders=[folder])}
    start = time.perf_counter()
    for ask in (formats_of, payeurs_of, passes_of):
        ask(managers["avec_s"])
    told = {"hooks_s": time.perf_counter() - start}
    for name in sorted(managers, reverse=turn == "1"):
        start = time.perf_counter()
        book = tp.read(path, manager=managers[name])
        tp.reconcile(book, manager=managers[name])
        told[name] = time.perf_counter() - start
        del book
    return told


def _weight(tables: Any) -> int:
    """Weigh the columns, each distinct text once."""
    columns = [column for _, table in tables.each() for column in table.columns().values()]
    texts = {id(text): sys.getsizeof(text) for column in columns if column.dtype == object for text in column.tolist()}
    return int(sum(column.nbytes for column in columns) + sum(texts.values()))


def _load() -> Any:
    """Load the modules that `read` and `reconcile` would load on the way."""
    import tiers_payant as tp
    from tiers_payant.plugins import build_manager, formats_of

    formats_of(build_manager())
    for name in ("tiers_payant.pipeline", "lxml.etree"):
        import_module(name)
    return tp


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "imports": imports_only,
    "chemin": whole_path,
    "camt": statement,
    "parties": in_parts,
    "passes": two_passes,
    "greffons": with_plugins,
}

if __name__ == "__main__":
    json.dump(TASKS[sys.argv[1]](*sys.argv[2:]), sys.stdout)
