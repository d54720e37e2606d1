"""One batch of folders, each the files of one officine: read, matched, written; and what ties two folders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np
import pluggy

from tiers_payant.domain import Book, Payeurs, Rapprochement, Tables, Totaux, printable
from tiers_payant.errors import Location, Problem, SourceError
from tiers_payant.matching import MatchPolicy, reconcile
from tiers_payant.pipeline._colonnes import arrow_tables
from tiers_payant.pipeline._fichiers import source_error
from tiers_payant.pipeline._livre import read
from tiers_payant.plugins import passes_of

__all__ = ["Conclu", "Demande", "Paquet", "conclude", "paquets_of", "tied"]


@attrs.frozen(kw_only=True)
class Paquet:
    """Folders that one worker takes together."""

    rang: int
    dossiers: tuple[Path, ...]


@attrs.frozen(kw_only=True)
class Demande:
    """What is asked of every batch."""

    policy: MatchPolicy
    payeurs: Payeurs | None
    options: Mapping[str, Mapping[str, str]]
    layouts: Sequence[str | Path]
    manager: Callable[[], pluggy.PluginManager]
    communs: Tables = attrs.field(factory=Tables)
    """The accounts of officines, told beside the folders."""


@attrs.frozen(kw_only=True)
class Dossier:
    """What is remembered of a folder once its result is written."""

    nom: str
    creances: int
    virements: int
    problemes: int
    totaux: Totaux
    officines: frozenset[bytes]
    comptes: frozenset[bytes]


@attrs.frozen(kw_only=True)
class Conclu:
    """What is remembered of a batch."""

    dossiers: tuple[Dossier, ...]


def paquets_of(source: Path, octets: int, demande: Demande) -> tuple[list[Paquet], Tables]:
    """Return the folders of *source* by batches, in the order of their names, and the accounts told beside them.

    Raises:
        SourceError: There is no folder, or a file beside them holds more than accounts of officines.
    """
    try:
        inside = sorted(path for path in source.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise source_error(source, error) from error
    folders = [path for path in inside if path.is_dir()]
    if not folders:
        raise SourceError(f"{printable(source.name)}: no folder in it; each holds the files of one officine")
    files = [path for path in inside if path not in folders]
    beside = read(*files, manager=demande.manager(), options=demande.options, layouts=demande.layouts).tables
    for name, table in beside.each():
        if len(table) and name != "comptes":
            file = beside.file_of(int(table.columns()["source"][0])) if "source" in table.kinds() else name
            raise SourceError(f"{file}: it holds more than accounts; put it in the folder of its officine")
    return _batches(folders, octets), beside


def _batches(folders: Sequence[Path], octets: int) -> list[Paquet]:
    paquets: list[list[Path]] = [[]]
    held = 0
    for folder in folders:
        if held >= octets:
            paquets.append([])
            held = 0
        paquets[-1].append(folder)
        held += sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return [Paquet(rang=rank, dossiers=tuple(paquet)) for rank, paquet in enumerate(paquets)]


def conclude(paquet: Paquet, demande: Demande, place: Path) -> Conclu:
    """Read, match and write each folder of a batch; every table gets one file of its rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    manager = demande.manager()
    brought = passes_of(manager)
    kept: list[Dossier] = []
    tables: dict[str, list[pa.Table]] = {}
    for folder in paquet.dossiers:
        nom = printable(folder.name)
        book = read(folder, manager=manager, options=demande.options, layouts=demande.layouts)
        whole = attrs.evolve(book, tables=Tables.concat([book.tables, demande.communs]))
        result = reconcile(
            whole, policy=demande.policy, payeurs=demande.payeurs, reponses=brought.reponses, passes=brought.virements
        )
        for name, table in arrow_tables(result, nom).items():
            tables.setdefault(name, []).append(table)
        kept.append(_remembered(nom, book, result))
    for name, pieces in tables.items():
        file = place / name / f"part-{paquet.rang:05}.parquet"
        file.parent.mkdir(exist_ok=True)
        pq.write_table(pa.concat_tables(pieces), file, compression="zstd")
    return Conclu(dossiers=tuple(kept))


def _remembered(nom: str, book: Book, result: Rapprochement) -> Dossier:
    tables = book.tables
    named = (tables.lots, tables.factures, tables.groupes, tables.reponses, tables.rejets)
    officines = np.unique(np.concatenate([np.unique(table.officine) for table in named]))
    return Dossier(
        nom=nom,
        creances=len(result.creances),
        virements=len(tables.virements),
        problemes=len(result.problems),
        totaux=result.totaux,
        officines=frozenset(officine.lstrip(b"0") for officine in officines.tolist() if officine),
        comptes=frozenset(np.unique(tables.virements.compte).tolist()),
    )


def tied(folders: Sequence[Dossier]) -> tuple[Problem, ...]:
    """Tell each pair of folders that one officine or one account ties although they were matched apart."""
    first: dict[tuple[str, bytes], str] = {}
    found: dict[tuple[str, str], int] = {}
    for folder in folders:
        named = [("officine", one) for one in folder.officines] + [("compte", one) for one in folder.comptes]
        for key in named:
            other = first.setdefault(key, folder.nom)
            if other != folder.nom:
                found[other, folder.nom] = found.get((other, folder.nom), 0) + 1
    return tuple(
        Problem(code="DOSSIERS_LIES", at=Location(file=folder), params={"autre": other, "nombre": count})
        for (other, folder), count in sorted(found.items())
    )
