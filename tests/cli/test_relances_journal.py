"""`tiers-payant relances --journal`: the history in a plugin's journal, and its faults in French."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.test_fautes import ENGLISH
from tests.cli.test_relances import TODAY, entete, few, files_of, months, run
from tests.plugins.exemples import code_of

from tiers_payant.cli._fautes import fault_in_french

__all__ = ["entete", "few", "months"]  # fixtures


@pytest.fixture
def greffons(tmp_path: Path) -> Path:
    """A folder of plugins, with the worked example of the hook in it."""
    folder = tmp_path / "greffons"
    folder.mkdir()
    (folder / "lgo.py").write_text(code_of("tiers_payant_journaux"), encoding="utf-8")
    return folder


def test_history_is_kept_by_the_journal_that_is_named(few, entete, greffons, tmp_path, capsys):
    """
    Committed once; the same command finds everything done, and run files do not start over it.
    """
    out_folder = tmp_path / "out"
    asked = (few, "--today", TODAY, "--entete", entete, "--commit", out_folder, "--plugins", greffons)
    status, out, _ = run(capsys, *asked, "--journal", "exemple-sqlite")
    assert status in (0, 1)
    assert "relances enregistrées" in out
    before = files_of(out_folder)
    assert {"relances.journal", "relances.sqlite"} == {name for name in before if "lettres" not in name}
    status, out, _ = run(capsys, *asked, "--journal", "exemple-sqlite")
    assert "Aucune relance nouvelle" in out
    status, out, err = run(capsys, *asked)
    assert (3, "") == (status, out)
    assert "c'est le journal exemple-sqlite qui tient l'historique de ce dossier, pas dossier" in err
    status, out, err = run(capsys, *asked[:-2], "--journal", "exemple-sqlite")
    assert (3, "") == (status, out)
    assert "journal inconnu « exemple-sqlite », parmi dossier ; son greffon est-il installé ?" in err
    assert before == files_of(out_folder)
    (out_folder / "relances.sqlite").unlink()
    status, out, err = run(capsys, *asked, "--journal", "exemple-sqlite")
    assert (3, "") == (status, out)
    assert (
        "ne postez aucune lettre de ce jour : journal exemple-sqlite (lgo-exemple) : les relances du 10/12/2025" in err
    )


@pytest.mark.parametrize(
    "fault",
    [
        "no journal 'x'; did you mean 'y'?; known: dossier, y",
        "no journal 'x'; known: dossier",
        "out: its history is kept by the journal 'a', not by 'b'",
        "relances.journal: expected the name of a journal, and a day",
        "journal x (lgo): __enter__ failed (OperationalError)",
        "journal x (lgo): open: expected a Journal, got dict",
        "journal x (lgo): runs: expected a date and a text, got tuple",
        "journal x (lgo): runs: gives two runs of 2026-03-02",
        "journal x (lgo): runs: gives runs out of the order of days",
        "journal x (lgo): runs: the run of 2026-03-02 was recorded, and is not there",
        "journal x (lgo): record: the run of 2026-03-02 is not given back as it was recorded",
        "journal x (lgo): 2026-03-02: expected a JSON document",
    ],
)
def test_each_fault_is_told_in_french(fault):
    """
    Who is at fault stays, and no word of English is left.
    """
    french = fault_in_french(fault)
    assert french != fault
    assert ENGLISH.search(french) is None
    assert not fault.startswith("journal ") or french.startswith("journal x (lgo)")
