"""Tables of users: whatever is in the file, an error of the library, at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import tiers_payant as tp
from tiers_payant.domain import load_contrats, load_fiches, load_regles, read_bytes
from tiers_payant.errors import LayoutError, SourceError, TiersPayantError

READERS: list[Callable[[Path], object]] = [
    load_contrats, load_fiches, load_regles, tp.read_operateurs, tp.read_accreditations
]  # fmt: skip


@pytest.mark.parametrize("read", READERS)
class TestPath:
    def test_pipe_is_refused_and_not_waited_for(self, tmp_path, read):
        """
        Nobody writes to it: opening it would never end.
        """
        os.mkfifo(tmp_path / "x")
        with pytest.raises(SourceError, match="x: not a file"):
            read(tmp_path / "x")

    def test_nul_in_a_path_is_no_path(self, read):
        """
        The system says it with an error of its own.
        """
        with pytest.raises(SourceError, match="no path"):
            read(Path("a\0b"))

    @pytest.mark.parametrize(
        "data", [b"", b"\0", b"\xff\xfe[", b"a = " + b"[" * 9999, b"[INDU]\nminutes = " + b"9" * 9999, b"\r" * 999]
    )
    def test_junk_raises_only_what_is_promised(self, tmp_path, read, data):
        """
        Brackets and digits by thousands too.
        """
        (tmp_path / "x").write_bytes(data)
        try:
            read(tmp_path / "x")
        except TiersPayantError:
            return
        assert b"" == data.strip()


def test_mark_that_an_editor_puts_first_is_no_fault(tmp_path):
    """
    As Windows saves a text.
    """
    (tmp_path / "x.toml").write_text("[INDU]\nminutes = 7\n", encoding="utf-8-sig")
    assert 7 == next(one.minutes for famille, one in load_fiches(tmp_path / "x.toml").items() if famille.name == "INDU")


def test_file_too_long_for_a_table_is_not_read_whole(tmp_path):
    """
    A dump given by mistake: told, in little memory.
    """
    with (tmp_path / "x").open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(LayoutError, match="x: longer than 67108864 bytes"):
        read_bytes(tmp_path / "x")
