"""The core of the matching, as one writes it in pandas and in polars, on the same columns already decoded.

Join answers to créances by key, sum them by transfer, join transfers to credits by officine and amount within the
window, keep what is unique both ways, give each créance what it was credited. They do less than the library: no
text of the bank line, no proposal, no chain of re-billing, no reject, no state, no law checked.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import numpy as np

from benchmarks._donnees import write_months
from benchmarks._mesure import Chrono
from tiers_payant.domain import Book, Part, Rapprochement
from tiers_payant.pipeline import MatchPolicy, read, reconcile

__all__ = ["Cadre", "measure_frames"]

_KEY = ["officine", "lot_date", "lot", "facture", "part"]
_APRES = MatchPolicy().apres_jours
_AVANT = MatchPolicy().avant_jours

Columns = dict[str, dict[str, Any]]


@attrs.frozen(kw_only=True)
class Cadre:
    """One way to reconcile the same book."""

    nom: str
    factures: int
    duree_s: float | None
    """None when it is not installed."""
    credite_cents: int


def measure_frames(chrono: Chrono, sizes: tuple[int, ...]) -> list[Cadre]:
    """Reconcile books of *sizes* factures in the three ways."""
    done = []
    for factures in sizes:
        with TemporaryDirectory() as place:
            write_months(Path(place), factures)
            book = read(place)
            done += _three(chrono, book, factures)
    return done


def _three(chrono: Chrono, book: Book, factures: int) -> list[Cadre]:
    result = reconcile(book)
    own = chrono.median_s(lambda: reconcile(book))
    done = [Cadre(nom="tiers_payant", factures=factures, duree_s=own, credite_cents=result.totaux.credite_cents)]
    columns = _columns(result)
    for nom, prepare, work in (("pandas", _pandas_frames, _pandas), ("polars", _polars_frames, _polars)):
        if find_spec(nom) is None:
            done.append(Cadre(nom=nom, factures=factures, duree_s=None, credite_cents=0))
            continue
        frames = prepare(columns)
        seconds = chrono.median_s(lambda frames=frames, work=work: work(*frames))  # type: ignore[misc]
        done.append(Cadre(nom=nom, factures=factures, duree_s=seconds, credite_cents=work(*frames)))
    return done


def _columns(result: Rapprochement) -> Columns:
    """Return the columns that both are given, texts as `str` and without what a patient owes."""
    tables, owed = result.tables, result.creances
    insurers = owed.part != Part.ASSURE
    owner = dict(zip(tables.comptes.compte.tolist(), tables.comptes.officine.tolist(), strict=True))
    lines = tables.virements
    return {
        "creances": {name: _plain(getattr(owed, name)[insurers]) for name in (*_KEY, "du_cents")},
        "reponses": {name: _plain(getattr(tables.reponses, name)) for name in (*_KEY, "annonce_cents", "groupe")},
        "groupes": {
            "groupe": np.arange(len(tables.groupes), dtype=np.int32),
            "officine": _plain(tables.groupes.officine),
            "date": _plain(tables.groupes.date),
        },
        "credits": {
            "credit": np.arange(len(lines)),
            "officine": [owner[compte].decode() for compte in lines.compte.tolist()],
            "date_credit": _plain(lines.date),
            "cents": lines.montant_cents,
        },
    }


def _plain(column: Any) -> Any:
    if column.dtype.kind == "S":
        return column.astype(str).tolist()
    return column.astype("datetime64[ms]") if column.dtype.kind == "M" else column


def _pandas_frames(columns: Columns) -> tuple[Any, ...]:
    import pandas as pd

    return tuple(pd.DataFrame(one) for one in columns.values())


def _pandas(creances: Any, reponses: Any, groupes: Any, credits: Any) -> int:  # noqa: A002
    lines = creances.merge(reponses, on=_KEY)
    nets = reponses.groupby("groupe", as_index=False)["annonce_cents"].sum()
    nets = nets.rename(columns={"annonce_cents": "cents"}).merge(groupes, on="groupe")
    pairs = nets[nets["cents"] > 0].merge(credits, on=["officine", "cents"])
    days = (pairs["date_credit"] - pairs["date"]).dt.days
    pairs = pairs[(days >= -_AVANT) & (days <= _APRES)]
    rivals = pairs["groupe"].duplicated(keep=False) | pairs["credit"].duplicated(keep=False)
    settled = lines[lines["groupe"].isin(pairs.loc[~rivals, "groupe"])]
    credited = settled.groupby(_KEY, as_index=False)["annonce_cents"].sum()
    whole = creances.merge(credited, on=_KEY, how="left")
    return int(whole["annonce_cents"].fillna(0).sum())


def _polars_frames(columns: Columns) -> tuple[Any, ...]:
    import polars as pl

    return tuple(pl.DataFrame(one) for one in columns.values())


def _polars(creances: Any, reponses: Any, groupes: Any, credits: Any) -> int:  # noqa: A002
    import polars as pl

    lines = creances.lazy().join(reponses.lazy(), on=_KEY)
    nets = reponses.lazy().group_by("groupe").agg(pl.col("annonce_cents").sum().alias("cents"))
    pairs = (
        nets.filter(pl.col("cents") > 0)
        .join(groupes.lazy(), on="groupe")
        .join(credits.lazy(), on=["officine", "cents"])
        .filter((pl.col("date_credit") - pl.col("date")).dt.total_days().is_between(-_AVANT, _APRES))
        .filter((pl.len().over("groupe") == 1) & (pl.len().over("credit") == 1))
    )
    settled = lines.join(pairs.select("groupe"), on="groupe", how="semi")
    credited = settled.group_by(_KEY).agg(pl.col("annonce_cents").sum())
    whole = creances.lazy().join(credited, on=_KEY, how="left").collect()
    return int(whole["annonce_cents"].sum())
