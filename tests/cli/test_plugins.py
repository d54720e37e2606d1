"""`tiers-payant plugins`, the option `--plugins`, and what every command says of plugins that were set aside."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

import tiers_payant as tp
from tiers_payant import cli
from tiers_payant.cli._greffons import cause, remedy
from tiers_payant.cli._parser import FrenchParser
from tiers_payant.plugins import API, Code, Quarantaine

OFFICINES = b'{"schema": "tiers-payant/officines/1", "officines": []}'
HEAD = "from tiers_payant.domain import FormatSpec, GateSpec, Lecture, Raison, Source, Tables, hookimpl\n"
LGO = """
__version__ = "1.2"
requires_api = ">=1,<2"

def read(entree):
    return Lecture(Tables(sources=(Source(nom=entree.nom, format="lgo"),)))

@hookimpl
def tiers_payant_formats():
    return [FormatSpec(name="lgo", label="LGO", sniff=lambda head: float(head.startswith(b"LGO")), read=read)]
"""
SNIFFS = """
@hookimpl
def tiers_payant_formats():
    return [
        FormatSpec(name=name, label="", sniff=sniff, read=Lecture)
        for name, sniff in (("casse", lambda head: 1 / 0), ("moins", lambda head: 0.5), {more})
    ]
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = cli.main([*map(str, arguments)])
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "greffons"
    place.mkdir()
    (place / "lgo.py").write_text(HEAD + LGO)
    return place


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.txt"
    path.write_bytes(b"LGO|1")
    return path


def cells(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in text.splitlines()]


def test_list_shows_who_is_plugged_in(capsys, folder):
    """
    The library's own first; what cannot be used is shown too, and is no failure of the command.
    """
    (folder / "casse.py").write_text("raise ValueError")
    status, out, err = run(capsys, "plugins", "list", "--plugins", folder)
    rows = cells(out)
    assert (0, ["greffon", "version", "distribution", "origine", "API", "état", "apporte"]) == (status, rows[0])
    assert ["tiers-payant", "casse", "lgo"] == [row[0] for row in rows[1:]]
    assert ["casse", "fichier", "à l'écart (IMPORT)"] == rows[2]
    assert ["lgo", "1.2", "fichier", ">=1,<2", "actif", "formats"] == rows[3]
    assert "interne" in rows[1]
    assert "formats, gates" not in rows[1]
    assert "greffon mis à l'écart : casse : son code n'a pas pu être chargé (greffons/casse.py : ValueError)" in err


def test_doctor_finds_nothing_wrong(capsys, folder):
    """
    Nothing to do, and the status says so.
    """
    assert (0, "2 greffons, 0 mise à l'écart.\n", "") == run(capsys, "plugins", "doctor", "--plugins", folder)


def test_doctor_asks_every_hook_and_says_what_to_do(capsys, folder):
    """
    What fails only when it is asked is found too; each is told once, with its words for the vendor.
    """
    (folder / "casse.py").write_text("raise ValueError")
    (folder / "faux.py").write_text(f"{HEAD}@hookimpl\ndef tiers_payant_rendus():\n    return ['texte']\n")
    status, out, err = run(capsys, "plugins", "doctor", "--plugins", folder)
    assert (1, "") == (status, err)
    assert "4 greffons, 2 mises à l'écart." in out
    assert "casse : au chargement : IMPORT\n  cause : son code n'a pas pu être chargé" in out
    assert "  à faire : le réinstaller avec ses dépendances" in out
    assert "faux : tiers_payant_rendus : TYPE\n  cause : il a donné autre chose que ce qui est attendu (str)" in out
    assert 1 == out.count("pour l'éditeur : tiers_payant_rendus of faux: expected RendererSpec, got str")
    assert "tiers_payant_gates : rien n'est conclu tant que ce n'est pas réglé" in out


def test_conflict_that_only_the_library_can_see_is_told(capsys, folder):
    """
    Two plugins that bring one policy are at fault together: no hook fails, and nothing can be concluded.
    """
    for name in ("un", "deux"):
        text = "@hookimpl\ndef tiers_payant_politiques():\n    return [RelancePolicy.standard()]\n"
        (folder / f"{name}.py").write_text(f"from tiers_payant.domain import RelancePolicy, hookimpl\n{text}")
    status, out, _ = run(capsys, "plugins", "doctor", "--plugins", folder)
    assert 1 == status
    assert "tiers_payant_politiques : rien n'est conclu" in out
    assert "brought by deux and un" in out


def test_trace_says_who_reads_a_file_and_why_not_the_others(capsys, folder, export):
    """
    Every format has its score, its time and its reason.
    """
    (folder / "autres.py").write_text(HEAD + SNIFFS.format(more=""))
    status, out, _ = run(capsys, "plugins", "trace", export, "--plugins", folder)
    assert 0 == status
    first, *rows = cells(out)
    assert ["export.txt : lu par lgo (lgo)"] == first
    assert ["lgo", "lgo", "1.2", "1.00", "lit le fichier"] == [*rows[1][:4], rows[1][-1]]
    assert ["moins", "autres", "0.50", "moins sûr"] == [*rows[2][:3], rows[2][-1]]
    verdicts = {row[0]: row[-1] for row in rows}
    assert "en défaut (ZeroDivisionError)" == verdicts["casse"]
    assert "ne le reconnaît pas" == verdicts["b2"]


def test_trace_of_a_score_that_is_none_is_in_french(capsys, folder, export):
    """
    Whoever reads the page is told what is wrong, not a word of the code.
    """
    (folder / "autres.py").write_text(HEAD + SNIFFS.format(more='("trop", lambda head: 2.0)'))
    _, out, _ = run(capsys, "plugins", "trace", export, "--plugins", folder)
    assert "en défaut (un score qui n'est pas de 0 à 1)" == {row[0]: row[-1] for row in cells(out)}["trop"]


def test_reader_that_fails_is_no_unknown_format(capsys, folder, export):
    """
    Somebody knows the file: `inspect` does not say that nobody does.
    """
    (folder / "lgo.py").write_text(HEAD + LGO.replace("return Lecture(", "raise ValueError("))
    status, out, _ = run(capsys, "inspect", export, "--plugins", folder)
    assert 3 == status
    assert "Format reconnu, mais son lecteur a échoué" in out
    assert "Format non reconnu" not in out


def test_gate_that_fails_is_told_in_french(capsys, folder, tmp_path):
    """
    Nobody is reminded because of a plugin: the pharmacist reads whose fault it is before the words for its vendor.
    """
    lots = tmp_path / "lots"
    tp.simulate(lots, factures=50, seed=1)
    (folder / "casse.py").write_text(
        f"{HEAD}@hookimpl\ndef tiers_payant_gates():\n    hold = lambda result, today: 1 / 0\n"
        "    return [GateSpec(name='x', raison=Raison.SUSPENDUE, hold=hold, label='')]\n"
    )
    status, out, err = run(capsys, "relances", lots, "--today", "10/10/2025", "--plugins", folder)
    assert (3, "") == (status, out)
    assert "tiers-payant : un greffon est en défaut, personne n'est relancé : gate x of casse: failed" in err


def test_trace_tells_a_tie_and_who_gives_way(capsys, folder, export, tmp_path):
    """
    Two vendors as sure as each other leave the file unread; the library gives way to a vendor.
    """
    (folder / "autres.py").write_text(HEAD + SNIFFS.format(more='("aussi", lambda head: 1.0)'))
    status, out, _ = run(capsys, "plugins", "trace", export, "--plugins", folder)
    assert 3 == status
    assert ["export.txt : à égalité entre plusieurs greffons, personne ne le lit"] == cells(out)[0]
    assert ["aussi", "lgo"] == [row[0] for row in cells(out) if row[-1] == "à égalité"]
    (tmp_path / "officines.json").write_bytes(OFFICINES)
    _, out, _ = run(capsys, "plugins", "trace", tmp_path / "officines.json", "--plugins", folder)
    assert ["officines.json : lu par aussi (autres)"] == cells(out)[0]
    assert ["officines"] == [row[0] for row in cells(out) if row[-1] == "s'efface devant un greffon aussi sûr"]


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"bonjour", 3, "personne ne le reconnaît"), (OFFICINES, 0, "lu par officines (tiers-payant)"),
        (b'{"schema": "tiers-payant/verite/1"}', 3, "écrit par tiers-payant, il n'est pas relu"),
        (b"\x1f\x8bnon", 3, "archive"),
    ],
)  # fmt: skip
def test_trace_of_any_file(capsys, tmp_path, content, status, words):
    """
    Nobody's, ours, written by us, or broken.
    """
    (tmp_path / "a.bin").write_bytes(content)
    got, out, _ = run(capsys, "plugins", "trace", tmp_path / "a.bin")
    assert status == got
    assert words in out.splitlines()[0]


def test_trace_of_no_file(capsys, tmp_path):
    """
    A path that is missing, or a folder, is wrong usage.
    """
    for place in (tmp_path / "absent", tmp_path):
        assert 2 == run(capsys, "plugins", "trace", place)[0]


def test_commands_read_with_the_plugins_of_a_folder(capsys, folder, export):
    """
    Installed or dropped into a folder, a format is read alike.
    """
    assert 3 == run(capsys, "inspect", export)[0]
    assert 0 == run(capsys, "inspect", export, "--plugins", folder)[0]
    assert ["lgo", "lgo", "LGO"] in cells(run(capsys, "formats", "list", "--plugins", folder)[1])


def test_quarantine_is_told_after_the_work_and_changes_no_status(capsys, folder, export):
    """
    One line for each, on the error stream; the file is read as if the other plugin were not there.
    """
    (folder / "casse.py").write_text(HEAD + "@hookimpl\ndef tiers_payant_formats():\n    return [Source(nom='')]\n")
    status, out, err = run(capsys, "inspect", export, "--plugins", folder)
    assert run(capsys, "inspect", export, "--plugins", folder)[:2] == (status, out)
    assert 0 == status
    assert [
        "greffon mis à l'écart : casse, tiers_payant_formats : il a donné autre chose que ce qui est attendu (Source)",
        "tiers-payant plugins doctor dit que faire",
    ] == [line.removeprefix("tiers-payant : ") for line in err.splitlines()]


def test_quarantine_is_told_when_the_command_fails_too(capsys, folder, tmp_path):
    """
    It may be why.
    """
    (folder / "casse.py").write_text("raise ValueError")
    lots = tmp_path / "lots"
    lots.mkdir()
    status, _, err = run(capsys, "controle", lots, "--plugins", folder)
    assert 3 == status
    assert "plugin casse may answer it and could not be loaded" in err
    assert "greffon mis à l'écart : casse" in err


def test_folder_that_is_missing_is_wrong_usage(capsys, tmp_path, export):
    """
    Like any path that is named and does not exist.
    """
    status, _, err = run(capsys, "inspect", export, "--plugins", tmp_path / "absent")
    assert (2, True) == (status, "introuvable ou illisible" in err)


def test_every_command_that_asks_plugins_takes_a_folder_of_them():
    """
    `demo`, `simulate` and `plugins new` ask none.
    """
    without = []

    def look(parser: argparse.ArgumentParser, name: str) -> None:
        below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        for action in below:
            for word, child in action.choices.items():
                look(child, f"{name} {word}".strip())
        if not below and "--plugins" not in parser.format_help():
            without.append(name)

    parser = cli._parser()
    assert isinstance(parser, FrenchParser)
    look(parser, "")
    assert ["demo", "formats check", "plugins new", "simulate"] == sorted(without)


@pytest.mark.parametrize("code", Code)
def test_each_code_has_words_and_a_remedy(code):
    """
    In French, with what it is about, and no gap left open.
    """
    words = cause(Quarantaine(plugin="lgo", code=code, raison="", detail="le détail", secondes=0.25))
    assert "le détail" in words
    assert "{" not in words + remedy(Quarantaine(plugin="lgo", code=code, raison=""))
    assert (code is Code.EXCEPTION, code is Code.API) == ("250 ms" in words, API in words)
