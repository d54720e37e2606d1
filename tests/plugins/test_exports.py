"""Exports that plugins bring: whole files or none, each named when it fails."""

from __future__ import annotations

import errno
import stat
from contextlib import nullcontext
from typing import Any, BinaryIO

import attrs
import pytest
from tests.matching.test_passes import book
from tests.plugins.exemples import answers, example_of
from tests.test_cli import BANK, LOTS, run

from tiers_payant import plugins
from tiers_payant.domain import ExportSpec, Rapprochement
from tiers_payant.errors import ExportError, PluginError, SourceError
from tiers_payant.pipeline import export, reconcile, write_json
from tiers_payant.plugins import build_manager, exports_of
from tiers_payant.plugins.manager import BUILTIN

HOOK = "tiers_payant_exports"
PAROLES = "CAMILLE EXEMPLE"


def spec(name: Any = "essai", write: Any = None, provider: Any = "lgo-essai") -> ExportSpec:
    def count(result: Rapprochement, out: BinaryIO) -> None:
        out.write(f"{len(result.creances)}\n".encode())

    return ExportSpec(name=name, label="Essai", suffix=".txt", write=write or count, provider=provider)


def half(result: Rapprochement, out: BinaryIO) -> None:
    """Write a part, then fail with words that quote a person."""
    out.write(b"la moi")
    raise ValueError(PAROLES)


def leave(result: Rapprochement, out: BinaryIO) -> None:
    raise SystemExit(0)


def close(result: Rapprochement, out: BinaryIO) -> None:
    out.close()


@pytest.fixture(scope="module")
def result():
    return reconcile(book(groups=[{}], lines=[{}, {"label": "LOYER", "cents": 77}]))


def test_our_own_json_comes_through_the_same_door(result, tmp_path):
    """
    The bytes of `write_json`.
    """
    write_json(result, tmp_path / "expected.json")
    export(result, "json", tmp_path / "found.json")
    assert (tmp_path / "expected.json").read_bytes() == (tmp_path / "found.json").read_bytes()
    assert ["json"] == list(exports_of(build_manager()))


def test_example_of_the_hook_writes_its_file(tmp_path):
    """
    The credits that nothing explains, to the cent.
    """
    odd = reconcile(book(groups=[{}], lines=[{}, {"cents": 777}]))
    export(odd, "exemple-471", tmp_path / "471.csv", manager=build_manager(example_of(HOOK, tmp_path)))
    assert b"compte;date;cents\r\nA;2026-01-09;777\r\n" == (tmp_path / "471.csv").read_bytes()


def test_a_new_file_is_its_owners_alone(result, tmp_path):
    """
    It may hold health data.
    """
    written = export(result, "essai", tmp_path / "sortie.txt", manager=build_manager(answers(HOOK, [spec()])))
    assert tmp_path / "sortie.txt" == written
    assert b"1\n" == (tmp_path / "sortie.txt").read_bytes()
    assert 0 == stat.S_IMODE((tmp_path / "sortie.txt").stat().st_mode) & 0o077


def absent(result: Rapprochement, out: BinaryIO) -> None:
    """Look for a file of the plugin's own that is not there."""
    raise FileNotFoundError(2, "No such file", PAROLES)


def full(result: Rapprochement, out: BinaryIO) -> None:
    """Write on a disk that has no more room."""
    out.write(b"la moi")
    raise OSError(errno.ENOSPC, "No space left on device")


FAULTS = [(half, "ValueError"), (leave, "SystemExit"), (close, "ValueError"), (absent, "FileNotFoundError")]


@pytest.mark.parametrize(("write", "kind"), FAULTS)
def test_an_export_that_fails_leaves_the_old_file(result, tmp_path, write, kind):
    """
    Nothing of the new one stands there, nor beside it; its name and its plugin are told, its words are not.
    """
    (tmp_path / "sortie.txt").write_bytes(b"avant")
    with pytest.raises(ExportError, match=rf"export 'essai' of lgo-essai: failed \({kind}\)") as caught:
        export(result, "essai", tmp_path / "sortie.txt", manager=build_manager(answers(HOOK, [spec(write=write)])))
    assert PAROLES not in str(caught.value)
    assert caught.value.__suppress_context__
    assert {"sortie.txt": b"avant"} == {file.name: file.read_bytes() for file in tmp_path.iterdir()}


def test_a_folder_gets_a_file_of_the_name_of_the_export(result, tmp_path):
    """
    And of its suffix.
    """
    written = export(result, "essai", tmp_path, manager=build_manager(answers(HOOK, [spec()])))
    assert tmp_path / "essai.txt" == written
    assert b"1\n" == written.read_bytes()


@pytest.mark.parametrize(("field", "value"), [("name", "../a"), ("name", ""), ("suffix", "csv"), ("suffix", ".a/b")])
def test_a_name_that_leaves_its_folder_is_none(field, value):
    """
    Told where the export is made.
    """
    with pytest.raises(ValueError, match=f"'{field}' must match regex"):
        attrs.evolve(spec(), **{field: value})


def test_a_file_that_cannot_be_written_is_told(result, tmp_path):
    """
    The fault is the caller's, not the plugin's.
    """
    with pytest.raises(SourceError):
        export(result, "json", tmp_path / "absent" / "sortie.json")
    with pytest.raises(SourceError, match="plein: No space left on device"):
        export(result, "essai", tmp_path / "plein", manager=build_manager(answers(HOOK, [spec(write=full)])))
    assert [] == list(tmp_path.iterdir())


def test_a_name_that_nobody_brings_is_told_with_those_that_are(result, tmp_path):
    """
    And with the nearest one.
    """
    manager = build_manager(answers(HOOK, [spec()]))
    with pytest.raises(ExportError, match="no export 'essay'; did you mean 'essai'\\?; known: json, essai"):
        export(result, "essay", tmp_path / "sortie.txt", manager=manager)
    assert [] == list(tmp_path.iterdir())


def test_a_name_is_of_one_export_alone():
    """
    Two plugins, or a plugin and the library: both are told, whichever was registered first; no plugin has it then.
    """
    for names, both in ((("essai", "essai"), "lgo-a and lgo-b"), (("essai", "json"), "lgo-b and tiers-payant")):
        for order in (1, -1):
            manager = build_manager()
            for name, plugin in list(zip(names, ("lgo-a", "lgo-b"), strict=True))[::order]:
                manager.register(answers(HOOK, [spec(name)]), name=plugin)
            assert (["json", "essai"] if "json" in names else ["json"]) == list(exports_of(manager))
            assert exports_of(manager)["json"].provider == BUILTIN
            assert {f"'{names[1]}' is brought by {both}"} == {
                one.raison.partition(": ")[2] for one in manager.quarantaines
            }


@pytest.mark.parametrize(
    "given",
    [["json"], [None], 12, lambda: 1 / 0, lambda: [spec(name="")], lambda: [spec(name=3)], [spec(provider=None)]],
)
def test_what_is_no_export_is_named(given):
    """
    With its plugin, and set aside; a strict manager raises.
    """
    for strict in (False, True):
        manager = build_manager(strict=strict)
        manager.register(answers(HOOK, given), name="lgo-a")
        with pytest.raises(PluginError, match="tiers_payant_exports of lgo-a: ") if strict else nullcontext():
            assert ["json"] == list(exports_of(manager))
        assert [("lgo-a", HOOK)] == [(one.plugin, one.hook) for one in manager.quarantaines]


@pytest.fixture
def installed(monkeypatch):
    """Plugins that the command line finds."""
    specs = [spec(), spec("casse", half)]
    built = plugins.build_manager
    monkeypatch.setattr("tiers_payant.build_manager", lambda *_, **__: built(answers(HOOK, specs)), raising=False)


@pytest.mark.usefixtures("installed")
def test_one_export_that_fails_keeps_no_other_from_being_written(capsys, tmp_path):
    """
    Status 3; the page is shown, the others are there, and the one at fault is named with its plugin.
    """
    names = ("casse", "essai", "json")
    asked = [word for name in names for word in ("--export", f"{name}={tmp_path / name}")]
    status, out, err = run(capsys, "reconcile", LOTS, BANK, *asked)
    assert 3 == status
    assert "Fichiers lus" in out
    assert {"essai", "json"} == {file.name for file in tmp_path.iterdir()}
    assert "un export est en défaut" in err
    assert "'casse' of lgo-essai" in err
    assert PAROLES not in err
    assert f"écrit : {tmp_path / 'essai'}" in err


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--export", "lune=sortie"], "aucun export ne s'appelle lune ; il y a :"),
        (["--export", "essai"], "NOM=FICHIER est attendu"),
        (["--export", "json=sortie", "--export", "essai=sortie"], "deux exports vers un même fichier"),
    ],
)
def test_wrong_exports_are_told_before_anything_is_read(capsys, tmp_path, monkeypatch, asked, words):
    """
    Status 2, in French, and no file.
    """
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, "reconcile", "chemin-absent", *asked)
    assert (2, "") == (status, out)
    assert words in err
    assert ("lune" in words) == ("essai : Essai" in err)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.usefixtures("installed")
def test_exports_share_a_folder(capsys, tmp_path):
    """
    Each under its own name, which the error stream tells.
    """
    status, _, err = run(capsys, "reconcile", LOTS, "--export", f"json={tmp_path}", "--export", f"essai={tmp_path}")
    assert 0 == status
    assert {"json.json", "essai.txt"} == {file.name for file in tmp_path.iterdir()}
    assert f"écrit : {tmp_path / 'essai.txt'}" in err


@pytest.mark.usefixtures("installed")
def test_an_export_that_cannot_be_written_is_told(capsys, tmp_path):
    """
    The others are written.
    """
    asked = ["--export", f"json={tmp_path / 'absent' / 'a'}", "--export", f"essai={tmp_path / 'b'}"]
    status, _, err = run(capsys, "reconcile", LOTS, *asked)
    assert 3 == status
    assert "écriture impossible" in err
    assert ["b"] == [file.name for file in tmp_path.iterdir()]
