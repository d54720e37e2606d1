"""What a reader is given: bytes that stay as they are, however the file under them changes."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from tiers_payant.domain import Entree, _copies
from tiers_payant.errors import SourceError

CONTENT = bytes(range(256)) * 1000


@pytest.fixture(params=["file", "bytes", "view", "long file"])
def entree(request, tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_bytes(CONTENT)
    if request.param == "long file":
        monkeypatch.setattr(_copies, "IN_MEMORY", 1000)
    if request.param in ("file", "long file"):
        return Entree(nom="a.txt", chemin=path)
    return Entree(nom="a.txt", contenu=CONTENT if request.param == "bytes" else memoryview(CONTENT))


def test_every_way_of_reading_gives_the_same(entree):
    """
    At once, by pieces, from anywhere, to the end.
    """
    assert CONTENT == bytes(entree.octets)
    assert CONTENT[:4096] == entree.head()
    with entree.flux() as stream:
        assert CONTENT == stream.read()
        stream.seek(-10, io.SEEK_END)
        assert (len(CONTENT) - 10, CONTENT[-10:]) == (stream.tell(), stream.read(11))
        assert (5, CONTENT[5:300]) == (stream.seek(5), stream.read(295))
        assert b"" == (stream.seek(len(CONTENT) + 5), stream.read())[1]
        with pytest.raises(ValueError if isinstance(stream, io.BytesIO) else OSError):
            stream.seek(-1)
    assert stream.closed


def test_content_cannot_be_written_to(entree):
    """
    A reader that tried to change what it reads would be told.
    """
    with pytest.raises(TypeError):
        entree.octets[0] = 0


def test_entry_is_frozen(entree):
    """
    Options are given when the entry is made, or with a copy of it.
    """
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        entree.options = {"cadrage": "nu"}
    assert {"cadrage": "nu"} == attrs.evolve(entree, options={"cadrage": "nu"}).options


@pytest.mark.parametrize("limit", [1 << 30, 1000])
@pytest.mark.parametrize("content", [b"", CONTENT[:100], CONTENT * 2])
def test_file_replaced_after_it_was_read_changes_nothing(tmp_path, monkeypatch, limit, content):
    """
    What was handed over is a copy: nothing that happens to the file reaches it.
    """
    monkeypatch.setattr(_copies, "IN_MEMORY", limit)
    path = tmp_path / "a.txt"
    path.write_bytes(CONTENT)
    held = Entree(nom="a.txt", chemin=path).octets
    path.write_bytes(content)
    assert CONTENT == bytes(held)


def test_file_that_grows_ends_where_it_ended(tmp_path):
    """
    A program that adds faster than we read does not keep us for ever.
    """
    path = tmp_path / "a.txt"
    path.write_bytes(CONTENT)
    read = 0
    with Entree(nom="a.txt", chemin=path).flux() as stream, path.open("ab") as more:
        while piece := stream.read(1 << 14):
            read += len(piece)
            more.write(CONTENT)
            more.flush()
    assert len(CONTENT) == read


def test_file_that_shrinks_gives_what_is_left(tmp_path):
    """
    The stream ends early, and nothing crashes.
    """
    path = tmp_path / "a.txt"
    path.write_bytes(CONTENT)
    with Entree(nom="a.txt", chemin=path).flux() as stream:
        first = stream.read(1)
        path.write_bytes(b"")
        assert len(first + stream.read()) < len(CONTENT)


def test_cut_file_does_not_end_the_process(tmp_path):
    """
    A file that was mapped and then cut would kill whoever looks at it.
    """
    path = tmp_path / "a.txt"
    path.write_bytes(CONTENT)
    program = (
        "import sys, pathlib; from tiers_payant.domain import Entree; path = pathlib.Path(sys.argv[1]);"
        "held = Entree(nom='a', chemin=path).octets; path.write_bytes(b''); print(sum(held))"
    )
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=False)
    assert (0, f"{sum(CONTENT)}\n") == (done.returncode, done.stdout)


@pytest.mark.parametrize("given", [{}, {"chemin": Path("absent/a.txt")}])
def test_nothing_to_open_is_an_error_of_the_library(given):
    """
    Neither path nor content, or a path to nothing.
    """
    entree = Entree(nom="a.txt", **given)
    for read in (entree.head, entree.flux, lambda: entree.octets):
        with pytest.raises(SourceError, match=r"a\.txt: "):
            read()
