"""`tiers-payant formats`: tables as a specification prints them, and corrections proved."""

from __future__ import annotations

import re

import attrs
import pytest

from tiers_payant import cli
from tiers_payant.formats import FORMATS, balises_of, layout_markdown, layout_names, layout_text, load_layout
from tiers_payant.formats import _camt_read as camt

OVERRIDE = """
[layout]
id = "noemie"
reference = "578"
valid_from = 2026-01-01
[sources]
CDC = "cahier des charges d'exemple, page 12"
[[replace]]
record = "150"
source = "CDC"
confidence = "B"
fields = [{ id = "nature_assurance", note = "deux lettres" }]
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    try:
        status = cli.main(["formats", *map(str, arguments)])
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "noemie-578.toml").write_text(OVERRIDE, encoding="utf-8")
    return tmp_path


def test_list_names_every_format(capsys):
    """
    Each with its provider and, when it has a table, its references, its records and its weakest confidence.
    """
    status, out, err = run(capsys, "list")
    assert (0, "") == (status, err)
    names = [line.split()[0] for line in out.splitlines()[1:] if line.startswith("  ")]
    assert sorted(spec.name for spec in FORMATS) == names
    (noemie,) = re.findall(r"^  noemie .*$", out, flags=re.MULTILINE)
    assert re.search(rf"531, .*  2007 +{len(load_layout('noemie').records)} +C", noemie)


def test_show_prints_columns_as_the_specification_does(capsys):
    """
    First and last column, length, type, presence, field, confidence; then the lists of values that the record uses.
    """
    status, out, err = run(capsys, "show", "noemie", "150")
    assert (0, "") == (status, err)
    assert re.search(r"^ +6-7 +2 +texte +O +nature_assurance +A +.*liste NATURE_ASSURANCE", out, flags=re.MULTILINE)
    assert re.search(r"^ +AT +\w +accident du travail", out, flags=re.MULTILINE)
    assert "ETAT" not in out


def test_show_marks_what_an_override_changed(capsys, folder):
    """
    A star on the field, for the files that the override is for, and only those.
    """
    star = re.compile(
        r"^ +\* +6-7 +2 +texte +O +nature_assurance +B .*deux lettres; source : CDC@noemie-578.toml", re.M
    )
    asked = ("show", "noemie", "150", "--layouts", folder, "--reference", "578", "--date")
    assert star.search(run(capsys, *asked, "2026-01-01")[1])
    assert not star.search(run(capsys, *asked, "2025-12-31")[1])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["inconnu"], "format inconnu : inconnu"), (["b2", "7"], "b2 n'a pas d'enregistrement 7")],
)
def test_show_what_does_not_exist(capsys, arguments, words):
    """
    Status 2, and what there is.
    """
    status, out, err = run(capsys, "show", *arguments)
    assert (2, "") == (status, out)
    assert words in err


@pytest.mark.parametrize("name", sorted(spec.name for spec in FORMATS))
def test_show_has_something_to_say_of_every_format(capsys, name):
    """
    Positions, elements of XML, or that there are none.
    """
    status, out, err = run(capsys, "show", name)
    assert (0, "") == (status, err)
    assert out.strip()


def test_check_lists_each_difference(capsys, folder):
    """
    Status 0: which file, which field, before and after, on what source.
    """
    status, out, err = run(capsys, "check", folder)
    assert (0, "") == (status, err)
    assert re.search(r"noemie-578.toml +noemie +150.nature_assurance +remplace .*6-7 texte B +cahier des charges", out)


def test_check_refuses_a_contradiction(capsys, folder):
    """
    Status 3, with the file, the record and the field; 2 when there is no such folder.
    """
    (folder / "b.toml").write_text(OVERRIDE.replace('note = "deux lettres"', "last = 9"), encoding="utf-8")
    status, out, err = run(capsys, "check", folder)
    assert (3, "") == (status, out)
    assert "noemie-578.toml: record 150: nature_assurance is changed by b.toml too" in err
    (folder / "noemie-578.toml").unlink()
    assert "b.toml: record 150: nature_assurance overlaps fin" in run(capsys, "check", folder)[2]
    assert 2 == run(capsys, "check", folder / "absent")[0]


def test_reconcile_takes_a_folder_of_overrides(capsys, folder):
    """
    A folder that contradicts itself stops the command before anything is read.
    """
    (folder / "b.toml").write_bytes(b"\xff\x00")
    assert 3 == cli.main(["reconcile", str(folder), "--layouts", str(folder)])
    assert "b.toml: not TOML" in capsys.readouterr().err


@pytest.mark.parametrize("name", layout_names())
def test_pages_hold_every_field(name):
    """
    The page of the documentation and that of the screen come from the table: nothing of it is missing.
    """
    layout = load_layout(name)
    page, screen = layout_markdown(layout), layout_text(layout)
    for record in layout.records.values():
        assert f"\n## {record.id}: {record.label}\n" in page
        for field in record.fields:
            place = f"{field.first}-{field.last}" if field.first < field.last else str(field.first)
            escaped = field.id.replace("_", "\\_")
            assert re.search(rf"^\| {place} \| .* \| {re.escape(escaped)} \| {field.confidence} \|", page, re.MULTILINE)
            assert re.search(rf"^ +{place} .* {field.id} +{field.confidence}", screen, re.MULTILINE)
    assert all(f"\n## List {nom}\n" in page for nom in layout.enums)


def test_no_element_that_the_camt_reader_takes_is_missing():
    """
    What is said of CAMT is true: every path of the reader stands in its table.
    """
    balises = balises_of("camt053")
    assert balises is not None
    told = {leaf.strip() for one in balises.element for leaf in one.path.split(",")}
    endings = {path.removeprefix("Ntry/").removeprefix("TxDtls/") for path in told}
    parties = {re.sub(r"^RltdPties/", "", path) for path in endings}
    missing = {path for path in camt._TAGS if not any(path.endswith(end) for end in endings | parties if end)}
    assert set() == missing


def test_vendor_text_never_moves_the_terminal():
    """
    What an override says may hold anything: only what can be printed reaches the screen.
    """
    layout = load_layout("noemie")
    record = layout.records["150"]
    fields = tuple(attrs.evolve(field, note="a\x1b[31mb\n\x07c") for field in record.fields)
    shown = layout_text(attrs.evolve(layout, records={"150": attrs.evolve(record, fields=fields)}), "150")
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", shown)
