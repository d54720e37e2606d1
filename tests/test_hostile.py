"""Hostile names, files that are none, and ends of the command that nobody wishes for."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tiers_payant as tp
from tiers_payant.cli import main
from tiers_payant.errors import SourceError

COMMAND = [sys.executable, "-m", "tiers_payant"]


def codes(book: tp.Book) -> list[str]:
    return [problem.code for problem in book.problems]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes among the files of this system")
def test_a_pipe_is_told_and_not_waited_for(tmp_path):
    """
    Opening it would wait for a writer for ever; inside a folder it is passed over.
    """
    os.mkfifo(tmp_path / "tube")
    assert ["FICHIER_ILLISIBLE"] == codes(tp.read(tmp_path / "tube"))
    assert [] == codes(tp.read(tmp_path))


def test_a_loop_of_links_ends(tmp_path):
    """
    A folder that holds a link to itself is read once.
    """
    (tmp_path / "boucle").symlink_to(tmp_path)
    (tmp_path / "vide.txt").touch()
    assert ["FICHIER_VIDE"] == codes(tp.read(tmp_path))


@pytest.mark.parametrize("path", ["a" * 5000, "nul\0", "absent\n", "absent/\udcff"])
def test_an_impossible_path_is_a_source_error_that_can_be_printed(path):
    """
    Too long, with a NUL, with a line feed, not UTF-8: the library's own error, on one line.
    """
    with pytest.raises(SourceError) as caught:
        tp.read(path)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", [b"deux\nlignes", b"rouge\x1b[31m", b"octets\xff\xfe", b'%s {x} "q"'])
def test_any_file_name_can_be_told_and_written(tmp_path, name):
    """
    A name is no place for terminal codes: it is told with escapes, and the document can be written.
    """
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"rien")
    except OSError:
        pytest.skip("this file system refuses such a name")
    book = tp.read(tmp_path)
    assert all(problem.at.file.isprintable() for problem in book.problems)
    tp.write_json(tp.reconcile(book), tmp_path / "resultat.json")
    assert 1 == len(json.loads((tmp_path / "resultat.json").read_text("utf-8"))["problemes"])


def test_a_file_that_vanishes_after_the_listing_is_told(tmp_path):
    """
    The others are read all the same.
    """
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(b"rien")

    def vanish(rank: int, total: int, name: str) -> None:
        (tmp_path / "b.txt").unlink(missing_ok=True)

    assert ["FORMAT_INCONNU", "FICHIER_ILLISIBLE"] == codes(tp.read(tmp_path, progress=vanish))


def test_an_interrupted_command_ends_quietly(monkeypatch, capsys, tmp_path):
    """
    Control-C is no defect: status 130, no traceback.
    """

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tp, "read", interrupted)
    assert 130 == main(["reconcile", str(tmp_path)])
    assert "" == capsys.readouterr().err


def test_a_reader_that_leaves_ends_the_command_quietly(tmp_path):
    """
    `| head` closes the pipe: nothing on the error stream.
    """
    tp.simulate(tmp_path, factures=5)
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*COMMAND, "reconcile", str(tmp_path)], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (0, b"") == (done.returncode, done.stderr)


def test_an_output_without_accents_gets_question_marks(tmp_path):
    """
    An ASCII terminal reads the page all the same.
    """
    tp.simulate(tmp_path, factures=5)
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [*COMMAND, "reconcile", str(tmp_path)], env=environment, capture_output=True, check=False, timeout=60
    )
    assert (0, b"") == (done.returncode, done.stderr)
    assert b"Factur? ? l'AMO" in done.stdout


def test_an_output_that_cannot_be_written_is_told(monkeypatch, capsys, tmp_path):
    """
    A full disk: one line of French and status 2.
    """

    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    tp.simulate(tmp_path, factures=5)
    monkeypatch.setattr(sys, "stdout", Full())
    assert 2 == main(["reconcile", str(tmp_path)])
    assert "écriture impossible" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--officines", "1000"], ["--factures", "0"], ["--months", "-1"]])
def test_counts_that_no_simulation_takes_are_wrong_usage(capsys, tmp_path, arguments):
    """
    Told before anything is written.
    """
    with pytest.raises(SystemExit) as caught:
        main(["simulate", str(tmp_path / "dossier"), *arguments])
    assert 2 == caught.value.code
    assert not (tmp_path / "dossier").exists()


def test_a_simulation_into_a_file_is_told(capsys, tmp_path):
    """
    The folder cannot be made: one line of French and status 2.
    """
    (tmp_path / "fichier").touch()
    assert 2 == main(["simulate", str(tmp_path / "fichier"), "--factures", "1"])
    assert "écriture impossible" in capsys.readouterr().err
