"""Folders to Parquet: more factures than memory holds, one officine's folder after the other."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, wait
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import attrs
import pluggy

from tiers_payant.domain import Payeurs, Totaux
from tiers_payant.errors import BatchError, Problem, SourceError, TiersPayantError
from tiers_payant.matching import MatchPolicy
from tiers_payant.pipeline._dossiers import Conclu, Demande, Paquet, conclude, paquets_of, tied
from tiers_payant.pipeline._fichiers import source_error
from tiers_payant.plugins.manager import build_manager

__all__ = ["OCTETS", "Bilan", "reconcile_to_parquet"]

OCTETS = 1 << 26
"""Bytes of files that one batch reads, about."""


@attrs.frozen(kw_only=True)
class Bilan:
    """What was written, all folders together."""

    chemin: Path
    dossiers: int
    creances: int
    virements: int
    problemes: int
    """Rows of `problemes`; those of *problems* are not among them."""
    totaux: Totaux
    problems: tuple[Problem, ...] = ()
    """What ties two folders that were matched apart."""


def reconcile_to_parquet(
    source: str | Path,
    destination: str | Path,
    *,
    policy: MatchPolicy | None = None,
    payeurs: Payeurs | None = None,
    options: Mapping[str, Mapping[str, str]] | None = None,
    layouts: str | Path | Iterable[str | Path] = (),
    manager: Callable[[], pluggy.PluginManager] = build_manager,
    executor: Executor | None = None,
    octets: int = OCTETS,
    progress: Callable[[int, int], None] | None = None,
) -> Bilan:
    """Reconcile each folder of *source* by itself, and write what is concluded as Parquet; needs the `arrow` extra.

    Each folder of *source* holds all files of one officine, or of officines that share an account or a return. Files
    that stand beside the folders hold the accounts of officines, and are read with every folder. Memory is that of the
    largest folder, or of the largest batch of small ones, for each worker: never that of the whole.

    *destination* becomes a folder of tables, each of them a folder of `part-*.parquet`: one file for each batch, the
    same whatever the executor. It is written under another name beside it, and appears once it is complete.

    Args:
        source: A folder of folders.
        destination: What to make; it must not be there.
        policy: As for `reconcile`, like *payeurs*.
        options: As for `read`, like *layouts*.
        manager: Called for the plugins to ask, where a batch is read; for processes, a function of a module.
        executor: Where to read, match and write the batches; here, one after the other, when not given. Every worker
            must see the files under the same paths.
        octets: How many bytes of files a batch reads at least, if there are as many; a folder is never cut.
        progress: Called with how many batches are done, and how many there are.

    Raises:
        SourceError: *source* is no folder of folders, a file beside them holds more than accounts, *destination*
            exists or cannot be written.
        LayoutError: An override of a layout is none, or contradicts its layout or another.
        BatchError: A batch failed; nothing is written.
        ModuleNotFoundError: The `arrow` extra is not installed.
    """
    import_module("pyarrow.parquet")  # before anything is read
    if octets < 1:
        raise ValueError(f"octets: at least 1, got {octets}")
    demande = Demande(
        policy=policy or MatchPolicy(),
        payeurs=payeurs,
        options=options or {},
        layouts=[layouts] if isinstance(layouts, str | Path) else list(layouts),
        manager=manager,
    )
    paquets, communs = paquets_of(Path(source), octets, demande)
    demande = attrs.evolve(demande, communs=communs)
    with _appearing(Path(destination)) as place:
        conclus = list(_each(paquets, demande, place, executor, progress))
    folders = [folder for conclu in conclus for folder in conclu.dossiers]
    return Bilan(
        chemin=Path(destination),
        dossiers=len(folders),
        creances=sum(folder.creances for folder in folders),
        virements=sum(folder.virements for folder in folders),
        problemes=sum(folder.problemes for folder in folders),
        totaux=Totaux.sum(folder.totaux for folder in folders),
        problems=tied(folders),
    )


@contextmanager
def _appearing(destination: Path) -> Iterator[Path]:
    """Give a new folder that takes the name *destination* once all went well, and vanishes otherwise."""
    if destination.exists():
        raise SourceError(f"{destination.name}: it is there already")
    try:
        place = Path(tempfile.mkdtemp(prefix=f".{destination.name}.", dir=destination.parent))
    except OSError as error:
        raise source_error(destination, error) from error
    try:
        yield place
        try:
            place.rename(destination)
        except OSError as error:
            raise source_error(destination, error) from error
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def _each(
    paquets: list[Paquet],
    demande: Demande,
    place: Path,
    executor: Executor | None,
    progress: Callable[[int, int], None] | None,
) -> Iterator[Conclu]:
    """Yield what each batch concluded, in order."""
    waiting: list[Future[Conclu]] = []
    try:
        if executor:
            for paquet in paquets:
                waiting.append(executor.submit(conclude, paquet, demande, place))  # noqa: PERF401  cancelled if the next fails
        for rank, paquet in enumerate(paquets):
            if progress:
                progress(rank, len(paquets))
            try:
                yield waiting[rank].result() if waiting else conclude(paquet, demande, place)
            except Exception as error:
                words = f": {error}" if isinstance(error, TiersPayantError) else ""
                first, last = paquet.dossiers[0].name, paquet.dossiers[-1].name
                named = f"batch {rank + 1} of {len(paquets)} (folders {first} to {last})"
                raise BatchError(f"{named} failed, nothing is written: {type(error).__name__}{words}") from error
        if progress:
            progress(len(paquets), len(paquets))
    finally:
        for future in waiting:
            future.cancel()
        wait(waiting)  # what runs may still write
