"""Folders to Parquet: what is read back is what the same files give in memory."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tiers_payant as tp
from tiers_payant.domain import EtatVirement, groupe_ids
from tiers_payant.errors import BatchError, SourceError
from tiers_payant.pipeline import _dossiers

TABLES = {
    "creances", "virements", "liens_reponses", "liens_virements", "liens_directs", "propositions",
    "propositions_directes", "propositions_reponses", "ventilations", "rejets", "problemes", "totaux",
}  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three officines, a folder each, and their accounts beside the folders."""
    place = tmp_path_factory.mktemp("parquet") / "officines"
    tp.simulate(place, officines=3, factures=90, seed=4)
    return place


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def back(place: Path, table: str, dossier: str | None = None) -> dict[str, list[Any]]:
    """Read one table back, of all folders or of one, as lists."""
    whole: pa.Table = pq.read_table(place / table)
    kept = [dossier in (None, name) for name in whole.column("dossier").to_pylist()]
    columns: dict[str, list[Any]] = whole.filter(pa.array(kept, type=pa.bool_())).to_pydict()
    return columns


def named(folders: Path) -> Iterator[tuple[str, tp.Rapprochement]]:
    """Match each folder in memory, with the accounts that stand beside it."""
    for folder in sorted(path for path in folders.iterdir() if path.is_dir()):
        yield folder.name, tp.reconcile(tp.read(folder, folders / "officines.json"))


def test_each_folder_is_read_back_as_it_is_in_memory(folders: Path, out: Path):
    """
    Créances, links, bank lines and sums of each folder are those of its own run, whatever the batch it was in.
    """
    tp.reconcile_to_parquet(folders, out, octets=1)
    assert sorted(TABLES) == sorted(path.name for path in out.iterdir())
    for name, result in named(folders):
        creances, links = back(out, "creances", name), back(out, "liens_virements", name)
        assert list(range(len(result.creances))) == creances["rang"]
        assert [creance.facture for creance in result.creances] == creances["facture"]
        assert [creance.etat.name.lower() for creance in result.creances] == creances["etat"]
        assert result.creances.credite_cents.tolist() == creances["credite_cents"]
        assert result.creances.remplacee_par.tolist() == creances["remplacee_par"]
        groups = groupe_ids(result.tables)
        assert len(links["groupe"])
        assert [groups[row] for row in result.liens_virements.groupe.tolist()] == links["groupe"]
        assert result.liens_virements.virement.tolist() == links["virement"]
        answers = back(out, "liens_reponses", name)
        assert result.liens_reponses.creance.tolist() == answers["creance"]
        assert result.tables.reponses.octet[result.liens_reponses.reponse].tolist() == answers["octet"]
        etats = [EtatVirement(etat).name.lower() for etat in result.etats_virements.tolist()]
        assert etats == back(out, "virements", name)["etat"]
        assert result.rejets_creances.tolist() == back(out, "rejets", name)["creance"]
        assert [result.totaux.du_cents] == back(out, "totaux", name)["du_cents"]
        assert [problem.code for problem in result.problems] == back(out, "problemes", name)["code"]


def test_all_folders_together_are_the_whole_in_memory(folders: Path, out: Path):
    """
    The sums and the créances are those of one run over everything.
    """
    bilan = tp.reconcile_to_parquet(folders, out)
    whole = tp.reconcile(tp.read(folders))
    assert (3, len(whole.creances), len(whole.tables.virements)) == (bilan.dossiers, bilan.creances, bilan.virements)
    assert whole.totaux == bilan.totaux
    assert () == bilan.problems
    creances = back(out, "creances")
    rows = zip(creances["officine"], creances["lot_date"], creances["lot"], creances["facture"], strict=True)
    assert [creance.cle[:4] for creance in whole.creances] == list(rows)


def test_processes_write_the_same_bytes(folders: Path, tmp_path: Path):
    """
    Whatever the executor, every file has the same bytes; progress counts the batches.
    """
    told: list[tuple[int, int]] = []
    tp.reconcile_to_parquet(folders, tmp_path / "one", octets=1)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor:
        tp.reconcile_to_parquet(
            folders, tmp_path / "two", octets=1, executor=executor, progress=lambda *done: told.append(done)
        )
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.parquet"))
    assert 3 * len(TABLES) == len(files)
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    assert [(0, 3), (1, 3), (2, 3), (3, 3)] == told


def test_small_folders_share_a_batch(folders: Path, out: Path):
    """
    Files are as few as the bytes to read at a time allow.
    """
    tp.reconcile_to_parquet(folders, out)
    assert ["part-00000.parquet"] == [path.name for path in (out / "creances").iterdir()]


def test_a_batch_that_fails_leaves_nothing(folders: Path, out: Path, monkeypatch: pytest.MonkeyPatch):
    """
    The error names the folders; neither the destination nor what was begun stays.
    """

    def fail(*_: object, **__: object) -> None:
        raise ValueError("1999999999999")  # a NIR: never repeated

    monkeypatch.setattr(_dossiers, "reconcile", fail)
    with pytest.raises(
        BatchError, match=r"batch 1 of 1 \(folders officine-\d+ to officine-\d+\).*ValueError"
    ) as caught:
        tp.reconcile_to_parquet(folders, out)
    assert "199999" not in str(caught.value)
    assert [] == list(out.parent.iterdir())


def test_what_is_there_is_never_replaced(folders: Path, out: Path):
    """
    A destination that exists is refused, and stays as it is.
    """
    out.mkdir()
    with pytest.raises(SourceError, match="there already"):
        tp.reconcile_to_parquet(folders, out)
    assert [] == list(out.iterdir())


def test_an_officine_in_two_folders_is_told(folders: Path, tmp_path: Path, out: Path):
    """
    Its rows were matched apart: both folders are named, with how much they share.
    """
    twice = tmp_path / "officines"
    shutil.copytree(folders, twice)
    first = min(path for path in twice.iterdir() if path.is_dir())
    shutil.copytree(first / "lots", twice / "perdus" / "lots")
    (problem,) = tp.reconcile_to_parquet(twice, out).problems
    assert ("DOSSIERS_LIES", "perdus") == (problem.code, problem.at.file)
    assert {"autre": first.name, "nombre": 1} == problem.params


def test_a_file_beside_the_folders_holds_accounts_only(folders: Path, tmp_path: Path, out: Path):
    """
    A return or a lot that stands beside the folders may be of any officine: it is refused, by name.
    """
    mixed = tmp_path / "officines"
    shutil.copytree(folders, mixed)
    lot = min(mixed.rglob("*.b2"))
    shutil.move(lot, mixed / "perdu.b2")
    with pytest.raises(SourceError, match=r"perdu\.b2: it holds more than accounts"):
        tp.reconcile_to_parquet(mixed, out)
    assert not out.exists()


def test_a_folder_without_folders_is_refused(tmp_path: Path, out: Path):
    """
    Files alone say nothing of which officine they are about.
    """
    (tmp_path / "vide").mkdir()
    with pytest.raises(SourceError, match="no folder in it"):
        tp.reconcile_to_parquet(tmp_path / "vide", out)
