"""The conformance kit: our own plugins keep every promise, and each wrong one breaks the one that it should."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import attrs
import pytest
from tests.plugins.fautifs.tous import SEULS, each

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
FAUTIFS = HERE / "fautifs"
KIT = [
    sys.executable, "-m", "pytest", "-p", "tiers_payant.pytest_options", "-p", "no:cacheprovider", "-c", os.devnull,
    "--pyargs", "tiers_payant.plugins.conformance", "-q", "-rfEs",
]  # fmt: skip


@attrs.frozen(kw_only=True)
class Run:
    """What the kit said of a plugin."""

    code: int
    said: str

    @property
    def failed(self) -> set[str]:
        return set(re.findall(r"^FAILED [\w./]*::(\S+)", self.said, re.MULTILINE))

    def about(self, name: str) -> set[str]:
        """The promises that one thing breaks: its name taken out of theirs."""
        found = (re.fullmatch(rf"(\w+)\[(?:\w+:)?{re.escape(name)}(?:-(\w+))?\]", one) for one in self.failed)
        return {f"{one[1]} {one[2]}" if one[2] else one[1] for one in found if one}


def certify(plugin: str, folder: Path, *more: str) -> Run:
    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT), str(folder)]), "COLUMNS": "300",
    }  # fmt: skip
    command = [*KIT, "--plugin", plugin, "--rootdir", str(folder), *more]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False, timeout=600
    )
    return Run(code=done.returncode, said=done.stdout + done.stderr)


class TestOurOwn:
    def test_the_library_keeps_every_promise(self, tmp_path):
        """
        Formats, letters, checks: all that we ask of a vendor, on samples whose golden files stand beside them.
        """
        report = tmp_path / "rapport.md"
        asked = [
            "--samples",
            str(HERE / "samples"),
            "--conformance-cases",
            "25",
            "--conformance-stream",
            "1",
            "--conformance-report",
            str(report),
        ]
        run = certify("tiers-payant", tmp_path, *asked)
        assert set() == run.failed, run.said
        assert 0 == run.code
        text = report.read_text(encoding="utf-8")
        assert "Verdict: certified." in text
        assert "| test_formats.py::test_round_trip[b2] | yes |" in text
        assert re.search(r"test_speed\[b2\] \| yes \| speed: [0-9.]+ MB/s, [0-9.]+ of the rows/s of our CSV", text)

    def test_every_format_of_the_library_has_samples(self):
        """
        A format that is added is certified too.
        """
        from tiers_payant.formats import FORMATS

        assert {spec.name for spec in FORMATS} == {path.name for path in (HERE / "samples").iterdir()}


BROKEN = {
    "mon-lgo": set(),
    "annule": {"test_it_never_raises junk"},
    "arrondit": {"test_round_trip"},
    "bavard": {"test_no_value_is_told"},
    "change-les-tables": {"test_inputs_are_left_alone"},
    "date-du-jour": {"test_determinism"},
    "deplace-le-fichier": {"test_inputs_are_left_alone"},
    "dit-la-valeur": {"test_no_value_is_told"},
    "dit-le-debut": {"test_no_value_is_told"},
    "double-les-lignes": {"test_no_row_is_read_twice"},
    "ecrit-l-heure": {"test_writing"},
    "garde-tout": {"test_memory_is_bounded"},
    "garde-le-retour": {"test_encodings"},
    "inspecte-sans-filet": {"test_a_file_can_be_inspected"},
    "lent": {"test_speed"},
    "leve-sur-un-chiffre": {"test_it_never_raises junk"},
    "ligne-decalee": {"test_every_problem_is_located"},
    "mille-lignes": {"test_a_long_file_is_read_whole"},
    "ordre-d-un-ensemble": {"test_determinism"},
    "perd-la-derniere": {"test_nothing_vanishes"},
    "perd-une-ligne": {"test_nothing_vanishes"},
    "perd-une-partie": {"test_parts_are_the_file"},
    "quitte": {"test_it_never_raises cut"},
    "reconnait-tout": {"test_it_recognises_its_files_alone"},
    "sans-lieu": {"test_every_problem_is_located"},
    # What it remembers changes every second reading.
    "se-souvient": {"test_determinism", "test_order_of_files", "test_inputs_are_left_alone"},
    "tourne-en-rond": {"test_it_always_comes_back"},
    "tue-le-processus": {"test_it_always_comes_back"},
    "une-seule-fin-de-ligne": {"test_encodings"},
    "lettre-bavarde": {"test_a_renderer_says_nothing_elsewhere"},
    "lettre-datee": {"test_a_letter_rendered_twice_is_one"},
    "lettre-naive": {"test_hostile_text_stays_text"},
    "lettre-qui-leve": {"test_a_letter_is_always_bytes"},
    "lettre-sans-somme": {"test_a_renderer_tells_the_exact_sum"},
    "modele_indiscret": {"test_a_template_names_fields_that_exist"},
    "modele_sans_champ": {"test_a_template_names_fields_that_exist"},
    "modele_sans_somme": {"test_a_template_tells_the_exact_sum"},
    "controle_bavard": {"test_a_rule_tells_no_value"},
    "controle_du_premier": {"test_a_check_does_not_depend_on_order"},
    "controle_masque": {"test_a_rule_answers_what_it_is_asked"},
    "controle_qui_ecrit": {"test_a_rule_leaves_its_facts_alone"},
    "controle_qui_leve": {"test_a_rule_never_raises"},
    "export-numerote": {"test_a_rule_asked_twice_says_the_same"},
    "indicateur-en-euros": {"test_a_rule_answers_what_it_is_asked"},
    "journal-bavard": {"test_a_rule_tells_no_value"},
    "journal-en-memoire": {"test_a_rule_answers_what_it_is_asked", "test_a_rule_asked_twice_says_the_same"},
    "journal-qui-avale": {"test_a_rule_never_raises"},
    "journal-qui-nettoie": {"test_a_rule_answers_what_it_is_asked"},
    "journal-qui-prepare": {"test_a_rule_leaves_its_facts_alone"},
    "passe_en_nombres": {"test_a_rule_answers_what_it_is_asked"},
    "gate-courte": {"test_a_rule_answers_what_it_is_asked"},
}
"""For each thing that is wrong, the promises that it breaks; it keeps all the others."""

_HOOKS = ("formats", "rendus", "modeles", "controles", "exports", "gates", "indicateurs", "journaux", "passes")


@pytest.fixture(scope="module")
def wrong(tmp_path_factory) -> tuple[Run, str]:
    """One run over everything that is wrong by itself, and its report."""
    folder = tmp_path_factory.mktemp("fautifs")
    for spec in each("tiers_payant_formats"):
        shutil.copytree(FAUTIFS / "samples" / "mon-lgo", folder / "s" / spec.name)
    asked = ["--samples", "s", "--update-golden", "--conformance-cases", "70", "--conformance-timeout", "3"]
    asked += ["--conformance-stream", "0.25"]
    run = certify("tests.plugins.fautifs.tous", folder, *asked, "--conformance-report", "rapport.md")
    return run, (folder / "rapport.md").read_text(encoding="utf-8")


class TestWrongOnes:
    def test_every_wrong_plugin_is_told(self):
        """
        A file that is added here is expected to break something.
        """
        named = {getattr(spec, "name", None) or spec.nom for hook in _HOOKS for spec in each(f"tiers_payant_{hook}")}
        files = {path.stem for path in FAUTIFS.glob("[a-z]*.py")} - SEULS - {"tous"}
        assert set(BROKEN) == named
        assert len(files) == len(named)

    @pytest.mark.parametrize("name", BROKEN)
    def test_it_breaks_its_own_promise_and_no_other(self, wrong, name):
        """
        The check that fails says what is wrong; the others pass.
        """
        run, _ = wrong
        assert BROKEN[name] == run.about(name), run.said

    def test_the_rest_of_the_run_passes(self, wrong):
        """
        One thing that hangs, leaves or dies takes nothing else with it; several renderers of one support are refused,
        and so is a template at fault.
        """
        run, _ = wrong
        clashing = {f"test_the_library_takes_it[tiers_payant_{hook}]" for hook in ("modeles", "rendus")}
        assert clashing == {one for one in run.failed if "takes_it" in one}
        assert sum(map(len, BROKEN.values())) + len(clashing) == len(run.failed)
        assert " error" not in run.said

    def test_the_report_says_so_and_tells_no_value(self, wrong):
        """
        It can be published: which promise is broken, on which case, and nothing of any file.
        """
        run, report = wrong
        assert "Verdict: **not certified**." in report
        assert "| test_formats.py::test_round_trip[arrondit] | **no** |" in report
        assert [] == [one for one in ("SECRET", "1990599999999") if one in run.said + report]


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("mauvaise_signature", {"test_it_loads"}),
        ("hook_mal_ecrit", {"test_it_loads"}),
        ("mauvais_type", {"test_hooks_give_what_they_must[tiers_payant_formats]"}),
        ("hook_qui_leve", {"test_hooks_give_what_they_must[tiers_payant_payeurs]"}),
        ("mal_appelee", {"test_what_it_brings_is_whole[tiers_payant_formats]"}),
        ("code_sans_source", {"test_what_it_brings_is_whole[tiers_payant_codes_rejets]"}),
    ],
)
def test_plugin_that_is_wrong_as_a_whole(tmp_path, name, broken):
    """
    What cannot be loaded, asked or called is told once, and nothing that rests on it is asked.
    """
    run = certify(f"tests.plugins.fautifs.{name}", tmp_path)
    assert broken == run.failed, run.said
    assert "SECRET" not in run.said


def test_plugin_that_keeps_the_library_waiting(tmp_path):
    """
    What it does when it is loaded is counted against what the library itself takes.
    """
    run = certify("tests.plugins.fautifs.vient_tard", tmp_path, "--start-ceiling", "0.2")
    assert {"test_it_starts_as_fast_as_the_library"} == run.failed, run.said


def test_golden_files_are_compared(tmp_path):
    """
    A file that is missing, or says something else, is told by its name; the plugin may be a path.
    """
    shutil.copytree(FAUTIFS / "samples", tmp_path / "tests" / "samples")
    plugin = str(FAUTIFS / "bon.py")
    chosen = ["-k", "golden"]
    assert "trois.txt.golden.json is missing" in certify(plugin, tmp_path, *chosen).said
    assert 0 == certify(plugin, tmp_path, *chosen, "--update-golden").code
    golden = tmp_path / "tests" / "samples" / "mon-lgo" / "trois.txt.golden.json"
    golden.write_text(golden.read_text(encoding="utf-8").replace("4310", "4311"), encoding="utf-8")
    run = certify(plugin, tmp_path, *chosen)
    assert {"test_golden_files[mon-lgo]"} == run.failed
    assert "trois.txt.golden.json: what is read differs" in run.said


def test_format_without_a_sample_is_not_certified(tmp_path):
    """
    Nothing is proved of it: the first thing told is where to put one.
    """
    run = certify("tests.plugins.fautifs.bon", tmp_path, "-k", "sample")
    assert "no sample: put a small invented file into samples/mon-lgo/" in run.said


@pytest.mark.parametrize("name", ["mon-lgo", "exemple-mon-lgo", "Exemple_Mon.LGO"])
def test_installed_plugin_is_named_by_its_entry_point_or_distribution(tmp_path, name):
    """
    However the name of the distribution is written; the report says which one, and its version.
    """
    info = tmp_path / "exemple_mon_lgo-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: exemple-mon-lgo\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[tiers_payant]\nmon-lgo = tests.plugins.fautifs.bon\n")
    run = certify(name, tmp_path, "-k", "loads", "--conformance-report", "r.md")
    assert 0 == run.code, run.said
    assert f"- plugin: {name} (exemple-mon-lgo 1.2)" in (tmp_path / "r.md").read_text(encoding="utf-8")


def test_plugin_that_is_not_there(tmp_path):
    """
    One failure, which says what a name may be.
    """
    run = certify("lgo-qui-n-existe-pas", tmp_path)
    assert {"test_it_loads"} == run.failed
    assert "neither an entry point, a distribution, a module nor a file" in run.said


def test_kit_without_a_plugin_says_what_it_needs(tmp_path):
    """
    Asked for by name, it wants to know of what.
    """
    done = subprocess.run(
        KIT, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert 2 == done.returncode
    assert "the conformance kit needs --plugin NAME" in done.stdout


def test_the_page_tells_every_promise():
    """
    docs/how-to/certify-a-plugin.md has each test of the kit, in the words of its docstring, and each option.
    """
    page = (ROOT / "docs" / "how-to" / "certify-a-plugin.md").read_text(encoding="utf-8")
    kit = ROOT / "src" / "tiers_payant" / "plugins" / "conformance"
    functions = [
        node
        for path in sorted(kit.glob("test_*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    rows = [f"| `{node.name}` | {' '.join((ast.get_docstring(node) or '').split())} |" for node in functions]
    assert [] == [row for row in rows if row not in page]
    options = (ROOT / "src" / "tiers_payant" / "pytest_options.py").read_text(encoding="utf-8")
    assert [] == [one for one in re.findall(r'"(--[\w-]+)"', options) if one not in page]
