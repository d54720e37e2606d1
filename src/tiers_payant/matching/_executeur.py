"""The matching handed out: batches of many officines to any executor, columns in, columns out."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future

import attrs
import numpy as np

from tiers_payant.domain import Adresses, Bruts, Lignes, Rapprochement, Tables
from tiers_payant.errors import BatchError, TiersPayantError
from tiers_payant.matching._decisions import crosses, with_decisions_told
from tiers_payant.matching._fusion import merge
from tiers_payant.matching._partition import Partie, split
from tiers_payant.matching._reglages import Reglages

__all__ = ["Avancement", "Run", "reconcile_with"]

Avancement = Callable[[int, int], None]
"""Called with how many batches are done and how many there are: once before the first, and after each."""

BY_WORKER = 4
"""Batches for each worker: the last ones to end wait for little, and each is long enough for its cost to be small."""
LEAST = 20_000
"""Rows below which a batch is not worth sending: about a tenth of a second."""


Run = Callable[[Tables, Reglages], Rapprochement]


def reconcile_with(
    executor: Executor, run: Run, tables: Tables, reglages: Reglages, progress: Avancement | None = None
) -> Rapprochement:
    """Match *tables* in batches of officines; the result is that of the whole, whatever the executor.

    Nothing is kept of a run of which one batch fails: the others are cancelled.

    Args:
        executor: Any executor of `concurrent.futures`, or of that shape.
        run: What matches one batch; a function of a module, so that it can be sent.
        tables: The facts.
        reglages: What is sent with every batch.
        progress: Told of each batch.

    Raises:
        BatchError: A batch failed, or its worker died, or what the user gave cannot be sent to another process.
    """
    sent = _sent(tables, reglages)
    apart = reglages.by_officine and not crosses(sent, reglages.decisions)
    parts = split(sent, _batches(executor, sent) if apart else 1)
    futures: list[Future[Rapprochement]] = []
    try:
        for part in parts:
            futures.append(executor.submit(_concluded, run, part.tables, reglages))  # noqa: PERF401
        results = _gathered(futures, parts, progress)
    except BaseException as error:  # an interrupt from the keyboard too
        for future in futures:
            future.cancel()
        if isinstance(error, _Failed):
            raise _told(error, parts, reglages) from error.__cause__
        raise
    return with_decisions_told(merge(tables, parts, results), reglages.payeurs, reglages.decisions).verify()


class _Failed(Exception):  # noqa: N818  never leaves this module
    """The batch of that rank failed, for the cause."""

    def __init__(self, rank: int) -> None:
        super().__init__(rank)
        self.rank = rank


def _concluded(run: Run, tables: Tables, reglages: Reglages) -> Rapprochement:
    """Match one batch, where the executor puts it; its facts are not sent back."""
    return attrs.evolve(run(tables, reglages), tables=Tables())


def _sent(tables: Tables, reglages: Reglages) -> Tables:
    """Return what batches need: the library's own passes look neither at act lines, addresses, nor records kept raw."""
    if not reglages.builtin:
        return tables
    return attrs.evolve(tables, lignes=Lignes.empty(), adresses=Adresses.empty(), bruts=Bruts.empty())


def _batches(executor: Executor, tables: Tables) -> int:
    workers = getattr(executor, "_max_workers", None) or os.cpu_count() or 1
    rows = sum(len(table) for _, table in tables.each())
    return max(1, min(BY_WORKER * workers, rows // LEAST))


def _gathered(
    futures: Sequence[Future[Rapprochement]], parts: Sequence[Partie], progress: Avancement | None
) -> list[Rapprochement]:
    """Return what each batch concludes, in order."""
    results: list[Rapprochement] = []
    for future in futures:
        if progress:
            progress(len(results), len(parts))
        try:
            results.append(future.result())
        except Exception as error:
            raise _Failed(len(results)) from error
    if progress:
        progress(len(parts), len(parts))
    return results


def _told(failed: _Failed, parts: Sequence[Partie], reglages: Reglages) -> BatchError:
    """Return what to raise for the batch that failed; words that are not ours may quote a value, so they are left."""
    cause = failed.__cause__
    words = f"{type(cause).__name__}: {cause}" if isinstance(cause, TiersPayantError) else type(cause).__name__
    if not isinstance(cause, TiersPayantError) and not _may_be_sent(reglages):
        words = "its passes or its policy cannot be sent to another process (pickled): give functions of a module"
    officines = np.unique(parts[failed.rank].tables.factures.officine).tolist()
    named = f" (officines {officines[0].decode()} to {officines[-1].decode()})" if officines else ""
    return BatchError(f"batch {failed.rank + 1} of {len(parts)}{named} failed, nothing is concluded: {words}")


def _may_be_sent(reglages: Reglages) -> bool:
    try:
        pickle.dumps(reglages)
    except (pickle.PicklingError, AttributeError, TypeError):
        return False
    return True
