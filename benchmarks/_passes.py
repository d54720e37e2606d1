"""The same two passes side by side: an exact key, then officine, payer, amount and window; unique both ways.

Columns in, pairs out. Each engine holds the columns in its own form before the clock starts, and the clock stops when
the pairs are numpy arrays. The passes are written as somebody who knows the engine would write them.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from benchmarks._mesure import Chrono, child
from tiers_payant.matching import ABSENT, Cle, pair_cascade

__all__ = ["CLES", "Course", "Grande", "make_sides", "measure_large", "measure_passes"]

Columns = dict[str, npt.NDArray[np.int64]]
Pairs = tuple[npt.NDArray[Any], npt.NDArray[Any]]

_OFFICINES, _PAYEURS = 500, 101
_SANS_REFERENCE, _COURTES = 0.20, 0.02
"""Parts of the lines that lost their reference, and that are paid short."""
_FENETRE = 30

CLES = (
    Cle(nom="reference", egales=("officine", "reference")),
    Cle(nom="montant_fenetre", egales=("officine", "payeur", "cents"), jour="jour", apres=_FENETRE),
)


@attrs.frozen(kw_only=True)
class Course:
    """One engine on one size."""

    nom: str
    factures: int
    duree_s: float | None
    """None when it is not installed."""
    paires: int
    justes: float
    """Part of the pairs that are true."""


@attrs.frozen(kw_only=True)
class Grande:
    """The library on ten times more, in a process of its own."""

    factures: int
    duree_s: float
    paires: int
    colonnes: int
    """Bytes of the columns given."""
    pic: int
    """Peak of resident memory less what the process held once the columns were made."""


@attrs.frozen(eq=False)
class _Cas:
    gauche: Columns
    droite: Columns
    vraie: npt.NDArray[np.int64]
    """For each right row, the left row that it answers."""


def make_sides(factures: int, seed: int = 1) -> _Cas:
    """Make factures, and one line for each: in another order, some without reference, some paid short."""
    rng = np.random.default_rng(seed)
    left = {
        "officine": rng.integers(0, _OFFICINES, factures),
        "payeur": rng.integers(0, _PAYEURS, factures),
        "reference": rng.permutation(factures) + 100_000_000,
        "cents": np.maximum(100, rng.lognormal(8.0, 0.8, factures).astype(np.int64)),
        "jour": 20_454 + rng.integers(0, 90, factures),
    }
    order = rng.permutation(factures)
    right = {name: column[order] for name, column in left.items()}
    right["reference"][rng.random(factures) < _SANS_REFERENCE] = ABSENT
    right["cents"] -= np.where(rng.random(factures) < _COURTES, rng.integers(1, 100, factures), 0)
    right["jour"] += rng.integers(1, 15, factures)
    return _Cas(left, right, order)


def measure_passes(chrono: Chrono, sizes: tuple[int, ...]) -> list[Course]:
    """Run every engine on every size."""
    return [course for factures in sizes for course in _side_by_side(chrono, make_sides(factures), factures)]


def _side_by_side(chrono: Chrono, case: _Cas, factures: int) -> list[Course]:
    done = []
    for nom, module, prepare in _ENGINES:
        if find_spec(module) is None:
            done.append(Course(nom=nom, factures=factures, duree_s=None, paires=0, justes=0.0))
            continue
        work = prepare(case)
        left, right = work()
        done.append(
            Course(
                nom=nom,
                factures=factures,
                duree_s=chrono.median_s(work),
                paires=len(left),
                justes=float((case.vraie[right] == left).mean()) if len(left) else 1.0,
            )
        )
    return done


def _own(case: _Cas) -> Callable[[], Pairs]:
    def work() -> Pairs:
        found = pair_cascade(case.gauche, case.droite, CLES)
        return found.gauche, found.droite

    return work


def _own_two(case: _Cas) -> Callable[[], Pairs]:
    executor = ThreadPoolExecutor(2)

    def work() -> Pairs:
        found = pair_cascade(case.gauche, case.droite, CLES, executor=executor, par="officine", taches=2)
        return found.gauche, found.droite

    return work


def _frames(case: _Cas) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the columns with the number of their row, a reference that is absent as NaN."""
    rows = np.arange(len(case.vraie))
    missing = np.where(case.droite["reference"] == ABSENT, np.nan, case.droite["reference"])
    return {"f": rows, **case.gauche}, {"r": rows, **case.droite, "reference": missing}


_SQL_EXACT = """
create or replace temp table p1 as
select f.id f, r.id r from factures f join lignes r using (officine, reference)
qualify count(*) over (partition by f.id) = 1 and count(*) over (partition by r.id) = 1
"""
_SQL_WINDOW = """
create or replace temp table p2 as
with a as (select * from factures anti join p1 on p1.f = factures.id),
     b as (select * from lignes anti join p1 on p1.r = lignes.id)
select a.id f, b.id r from a join b
  on a.officine = b.officine and a.payeur = b.payeur and a.cents = b.cents
 and b.jour - a.jour between 0 and $fenetre
qualify count(*) over (partition by a.id) = 1 and count(*) over (partition by b.id) = 1
"""


def _duckdb(case: _Cas) -> Callable[[], Pairs]:
    import duckdb

    base = duckdb.connect()
    base.execute("set threads = 2")
    for name, side, missing in (("factures", case.gauche, ABSENT), ("lignes", case.droite, ABSENT)):
        colonnes = {"id": np.arange(len(case.vraie)), **side}
        base.register("given", colonnes)
        base.execute(
            f"create table {name} as select id::int id, officine::smallint officine, payeur::smallint payeur,"  # noqa: S608
            f" nullif(reference, {missing}) reference, cents, jour::int jour from given"
        )
        base.unregister("given")

    def work() -> Pairs:
        base.execute(_SQL_EXACT)
        base.execute(_SQL_WINDOW, {"fenetre": _FENETRE})
        found = base.execute("select f, r from p1 union all select f, r from p2").fetchnumpy()
        return found["f"], found["r"]

    return work


def _polars(case: _Cas) -> Callable[[], Pairs]:
    import polars as pl

    left, right = (pl.DataFrame(side) for side in _frames(case))
    right = right.with_columns(pl.col("reference").fill_nan(None).cast(pl.Int64))
    alone = ~pl.col("f").is_duplicated() & ~pl.col("r").is_duplicated()

    def work() -> Pairs:
        exact = left.join(right.drop_nulls("reference"), on=["officine", "reference"]).filter(alone).select("f", "r")
        near = (
            left.join(exact, on="f", how="anti")
            .join(right.join(exact, on="r", how="anti"), on=["officine", "payeur", "cents"])
            .filter((pl.col("jour_right") - pl.col("jour")).is_between(0, _FENETRE))
            .filter(alone)
            .select("f", "r")
        )
        found = pl.concat([exact, near])
        return found["f"].to_numpy(), found["r"].to_numpy()

    return work


def _pandas(case: _Cas) -> Callable[[], Pairs]:
    import pandas as pd

    left, right = (pd.DataFrame(side) for side in _frames(case))

    def alone(pairs: Any) -> Any:
        return pairs[~pairs["f"].duplicated(keep=False) & ~pairs["r"].duplicated(keep=False)][["f", "r"]]

    def work() -> Pairs:
        exact = alone(left.merge(right.dropna(subset="reference"), on=["officine", "reference"]))
        near = left[~left["f"].isin(exact["f"])].merge(
            right[~right["r"].isin(exact["r"])], on=["officine", "payeur", "cents"]
        )
        near = alone(near[(near["jour_y"] - near["jour_x"]).between(0, _FENETRE)])
        found = pd.concat([exact, near])
        return found["f"].to_numpy(), found["r"].to_numpy()

    return work


_ENGINES: tuple[tuple[str, str, Callable[[_Cas], Callable[[], Pairs]]], ...] = (
    ("tiers_payant", "tiers_payant", _own),
    ("tiers_payant, 2 threads", "tiers_payant", _own_two),
    ("DuckDB, 2 threads", "duckdb", _duckdb),
    ("polars, every core", "polars", _polars),
    ("pandas", "pandas", _pandas),
)


def measure_large(chrono: Chrono, factures: int) -> Grande:
    """Run the library alone on *factures*, in a process of its own."""
    runs = [child("passes", str(factures)) for _ in range(min(chrono.repetitions, 3))]
    return Grande(
        factures=factures,
        duree_s=chrono.of([run["seconds"] for run in runs]),
        paires=runs[0]["pairs"],
        colonnes=runs[0]["columns"],
        pic=max(run["peak"] - run["before"] for run in runs),
    )
