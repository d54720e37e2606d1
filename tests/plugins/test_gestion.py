"""The manager: who is plugged in, what is set aside, and what is never lost because of another."""

from __future__ import annotations

import importlib
import re
import sys
from functools import partial
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers_payant.domain import Entree, FormatSpec, GateSpec, Lecture, Raison, Tables, hookimpl
from tiers_payant.errors import CheckError, GateError, LayoutError, PluginError, SourceError
from tiers_payant.formats import FORMATS
from tiers_payant.pipeline import read
from tiers_payant.plugins import (
    API,
    Code,
    _consultation,
    build_manager,
    controles_of,
    formats_of,
    gates_of,
    hookspecs,
    operateurs_of,
    payeurs_of,
)
from tiers_payant.plugins._api import accepts
from tiers_payant.plugins._regles import FERMES, SANS_RETOUR
from tiers_payant.plugins.manager import BUILTIN, verdicts

OURS = [spec.name for spec in FORMATS]
HEAD = "from tiers_payant.domain import FormatSpec, Lecture, Tables, hookimpl\n"
GOOD = """
@hookimpl
def tiers_payant_formats():
    return [FormatSpec(name="bon", label="", sniff=lambda head: 0.0, read=lambda entree: Lecture(Tables()))]
"""
WRONG = {
    "misspelt": (
        "@hookimpl\ndef tiers_payant_fromats():\n    return []\n", "INCONNU",
        "no hook is called tiers_payant_fromats; did you mean tiers_payant_formats?",
    ),
    "unknown": ("@hookimpl\ndef qwertz():\n    return []\n", "INCONNU", "no hook is called qwertz"),
    "arguments": (
        "@hookimpl\ndef tiers_payant_formats(dossier):\n    return []\n", "SIGNATURE",
        "tiers_payant_formats takes dossier, the hook gives nothing",
    ),
    "unmarked": (
        "def tiers_payant_formats():\n    return []\n", "SIGNATURE", "tiers_payant_formats is not marked with hookimpl"
    ),
    "wrapper": (
        "@hookimpl(wrapper=True)\ndef tiers_payant_formats():\n    return (yield)\n", "SIGNATURE",
        "tiers_payant_formats is a wrapper",
    ),
    "later": (f'requires_api = ">=2"\n{GOOD}', "API", f"asks for API >=2, this library has {API}"),
    "words": (f'requires_api = "1"\n{GOOD}', "API", "expected comparisons such as >=1,<2, got '1'"),
    "number": (f"requires_api = 1\n{GOOD}", "API", "expected a text such as >=1,<2, got int"),
    "twice": (
        f"{GOOD}\n@hookimpl(specname='tiers_payant_formats')\ndef other():\n    return []\n", "DOUBLON",
        "answers tiers_payant_formats twice",
    ),
    "missing": ("import no_such_module_at_all\n", "IMPORT", "importing greffons/wrong.py failed (ModuleNotFoundError)"),
    "broken": ("raise ValueError('CAMILLE EXEMPLE')\n", "IMPORT", "importing greffons/wrong.py failed (ValueError)"),
    "syntax": ("def\n", "IMPORT", "importing greffons/wrong.py failed (SyntaxError)"),
    "leaving": ("raise SystemExit(0)\n", "IMPORT", "importing greffons/wrong.py failed (SystemExit)"),
}  # fmt: skip
"""Files that cannot be used: what is wrong, its code, and the words."""


def bring(name: str, **fields):
    return FormatSpec(
        **{"name": name, "label": "", "sniff": lambda head: 0.0, "read": lambda entree: Lecture(Tables()), **fields}
    )


def answering(name: str, answer, hook: str = "tiers_payant_formats", **fields) -> object:
    """A plugin of this name whose *hook* gives what *answer* returns."""
    return SimpleNamespace(__name__=name, **{hook: hookimpl(answer, specname=hook)}, **fields)


def theirs(manager) -> list[str]:
    return [spec.name for spec in formats_of(manager) if spec.provider != BUILTIN]


def told(manager) -> list[tuple[str, str, str]]:
    return [(one.plugin, one.hook, one.code.value) for one in manager.quarantaines]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of plugins with a good one in it."""
    place = tmp_path / "greffons"
    place.mkdir()
    (place / "bon.py").write_text(HEAD + GOOD)
    return place


def declare(site: Path, distribution: str, name: str, module: str, text: str) -> None:
    """Leave a distribution in *site* as pip does."""
    info = site / f"{distribution.replace('-', '_')}-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[tiers_payant]\n{name} = {module}\n")
    (site / f"{module}.py").write_text(HEAD + text)


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder on the path where distributions are installed."""
    place = tmp_path / "site"
    place.mkdir()
    monkeypatch.syspath_prepend(place)
    before = set(sys.modules)
    yield place
    for name in set(sys.modules) - before:
        if name.startswith("exemple_"):
            del sys.modules[name]


class TestApi:
    @pytest.mark.parametrize(
        ("requires", "api", "expected"),
        [
            ("", "1.0", True), ("  ", "1.0", True), (">=1,<2", "1.0", True), (">=1,<2", "2.0", False),
            (">= 1.2 , < 2", "1.2", True), (">=1.2,<2", "1.1", False), (">=1.2", "1.10", True), ("==1", "1.0", True),
            ("!=1.0", "1", False), (">1", "1.0", False), (">1", "1.0.1", True), ("<=1", "1.0", True),
        ],
    )  # fmt: skip
    def test_levels_are_compared_number_by_number(self, requires, api, expected):
        """
        1.10 comes after 1.2, and 1 is 1.0.
        """
        assert expected == accepts(requires, api)

    @pytest.mark.parametrize("requires", ["1", ">=", ">=1,", "~=1", ">=1.", ">=a", ">=1 <2", "=1", ">=²"])
    def test_other_words_are_no_need(self, requires):
        """
        A need that nobody can read is not guessed at.
        """
        with pytest.raises(ValueError, match="expected comparisons such as"):
            accepts(requires)

    def test_this_library_offers_what_it_documents(self):
        """
        A plugin written for the first level is welcome.
        """
        assert accepts(">=1,<2")


class TestFolder:
    def test_one_file_is_a_plugin(self, folder):
        """
        Helpers that begin with `_`, and what is no Python, are left alone; no bytecode is left beside the files.
        """
        (folder / "_aide.py").write_text("raise ValueError")
        (folder / "lisez-moi.txt").write_text("bonjour")
        manager = build_manager(folders=[folder, str(folder)])
        assert ((), ["bon"]) == (manager.quarantaines, theirs(manager))
        assert ["_aide.py", "bon.py", "lisez-moi.txt"] == sorted(path.name for path in folder.iterdir())

    @pytest.mark.parametrize("wrong", WRONG)
    def test_each_wrong_plugin_meets_its_own_code(self, folder, wrong):
        """
        It is set aside whole, its words are left out, and the plugin beside it is heard.
        """
        text, code, words = WRONG[wrong]
        (folder / "wrong.py").write_text(HEAD + text)
        manager = build_manager(folders=[folder])
        (quarantaine,) = manager.quarantaines
        assert ("wrong", "", code) == (quarantaine.plugin, quarantaine.hook, quarantaine.code)
        assert words in quarantaine.raison
        assert "CAMILLE" not in repr(quarantaine)
        assert ["bon"] == theirs(manager)
        assert [(BUILTIN, True), ("bon", True), ("wrong", False)] == [(g.name, g.actif) for g in manager.greffons]
        assert () == manager.quarantaines[1:]

    @pytest.mark.parametrize("wrong", WRONG)
    def test_strict_is_an_error(self, folder, wrong):
        """
        The same words, as an exception.
        """
        text, _, words = WRONG[wrong]
        (folder / "wrong.py").write_text(HEAD + text)
        with pytest.raises(PluginError) as error:
            build_manager(folders=[folder], strict=True)
        assert words in str(error.value)
        assert "CAMILLE" not in str(error.value)

    @given(st.binary(max_size=200), st.booleans())
    def test_no_file_keeps_the_others_from_being_heard(self, tmp_path_factory, junk, after):
        """
        Whatever stands in a file, after a good beginning or alone: it is a plugin or it is set aside.
        """
        place = tmp_path_factory.mktemp("greffons")
        (place / "bon.py").write_text(HEAD + GOOD)
        (place / "junk.py").write_bytes((HEAD + GOOD.replace('"bon"', '"autre"')).encode() * after + junk)
        manager = build_manager(folders=[place])
        assert "bon" in theirs(manager)
        assert [BUILTIN, "bon", "junk"] == [greffon.name for greffon in manager.greffons]
        assert manager.greffons[2].actif == (not manager.quarantaines)

    def test_two_files_of_one_name_are_both_left_out(self, folder, tmp_path):
        """
        Whichever folder is given first.
        """
        other = tmp_path / "autres"
        other.mkdir()
        (other / "bon.py").write_text(HEAD + GOOD)
        for folders in permutations((folder, other)):
            manager = build_manager(folders=folders)
            assert ([("bon", "", "CONFLIT")], []) == (told(manager), theirs(manager))

    def test_folder_that_is_none_is_an_error(self, folder):
        """
        Whoever names a folder means one.
        """
        for place in (folder / "bon.py", folder / "absent"):
            with pytest.raises(SourceError, match="no folder of plugins"):
                build_manager(folders=[place])

    def test_file_changed_between_two_managers_is_read_again(self, folder):
        """
        Each manager has the file as it is when it is built.
        """
        assert ["bon"] == theirs(build_manager(folders=[folder]))
        (folder / "bon.py").write_text((HEAD + GOOD).replace('"bon"', '"bis"'))
        assert ["bis"] == theirs(build_manager(folders=[folder]))


class TestEntryPoints:
    def test_installed_plugin_is_known_by_its_distribution(self, site):
        """
        Its version is that of the distribution, and stands on what it brings.
        """
        declare(site, "lgo-exemple", "lgo", "exemple_lgo", f'requires_api = ">=1"\n{GOOD}')
        manager = build_manager(entry_points=True)
        found = next(greffon for greffon in manager.greffons if greffon.name == "lgo")
        assert ("lgo-exemple", "1.2", ">=1", ("tiers_payant_formats",), "entry point", True) == (
            found.distribution, found.version, found.requires_api, found.hooks, found.origine, found.actif
        )  # fmt: skip
        spec = next(spec for spec in formats_of(manager) if spec.name == "bon")
        assert ("lgo", "1.2", ">=1") == (spec.provider, spec.version, spec.requires_api)

    def test_nothing_is_imported_unless_asked_for(self, site):
        """
        A script sees just what it registers.
        """
        declare(site, "lgo-exemple", "lgo", "exemple_lgo", GOOD)
        build_manager()
        assert "exemple_lgo" not in sys.modules

    @pytest.mark.parametrize("wrong", ["misspelt", "arguments", "later", "broken"])
    def test_wrong_distribution_is_named_and_the_others_are_heard(self, site, wrong):
        """
        The reason names the distribution, its version and the nearest right spelling.
        """
        text, code, words = WRONG[wrong]
        declare(site, "casse-exemple", "casse", "exemple_casse", text)
        declare(site, "lgo-exemple", "lgo", "exemple_lgo", GOOD)
        manager = build_manager(entry_points=True)
        (quarantaine,) = manager.quarantaines
        assert ("casse", "1.2", code) == (quarantaine.plugin, quarantaine.version, quarantaine.code)
        assert "plugin casse (casse-exemple 1.2): " in quarantaine.raison
        assert words.replace("greffons/wrong.py", "exemple_casse") in quarantaine.raison
        assert ["bon"] == theirs(manager)

    def test_two_distributions_of_one_name_are_both_left_out(self, site, tmp_path, monkeypatch):
        """
        Whichever stands first on the path; both are named.
        """
        declare(site, "lgo-exemple", "lgo", "exemple_lgo", GOOD)
        declare(tmp_path / "autre", "autre-exemple", "lgo", "exemple_autre", GOOD)
        monkeypatch.syspath_prepend(tmp_path / "autre")
        for _ in range(2):
            sys.path[0], sys.path[1] = sys.path[1], sys.path[0]
            manager = build_manager(entry_points=True)
            assert ["lgo: autre-exemple, lgo-exemple"] * 2 == [
                quarantaine.raison.partition("several plugins are called ")[2] for quarantaine in manager.quarantaines
            ]
            assert [] == theirs(manager)
            assert ["autre-exemple", "lgo-exemple"] == [g.distribution for g in manager.greffons if not g.actif]

    def test_damaged_distribution_is_set_aside(self, site):
        """
        Its list of entry points cannot be read: whatever it declares is not there, and the others are.
        """
        declare(site, "lgo-exemple", "lgo", "exemple_lgo", GOOD)
        declare(site, "casse-exemple", "casse", "exemple_casse", GOOD)
        (site / "casse_exemple-1.2.dist-info" / "entry_points.txt").write_bytes(b"[tiers_payant]\n\xff = a\n")
        manager = build_manager(entry_points=True)
        (quarantaine,) = manager.quarantaines
        told = "plugin casse-exemple (casse-exemple 1.2): importing entry_points.txt failed (UnicodeDecodeError)"
        assert ("IMPORT", told) == (quarantaine.code, quarantaine.raison)
        assert ["bon"] == theirs(manager)

    def test_plugin_given_by_code_and_installed_counts_once(self, site):
        """
        A vendor's own test gives its module, which is installed as well.
        """
        declare(site, "lgo-exemple", "lgo", "exemple_lgo", GOOD)
        lgo = importlib.import_module("exemple_lgo")
        manager = build_manager(lgo, entry_points=True)
        assert ((), ["bon"]) == (manager.quarantaines, theirs(manager))


class TestGivenByCode:
    @pytest.mark.parametrize("strict", [False, True])
    def test_misuse_is_an_error_at_once(self, strict):
        """
        Who writes the call reads the error.
        """
        with pytest.raises(PluginError, match="plugin lgo: asks for API >=2, this library has"):
            build_manager(answering("lgo", nothing, requires_api=">=2"), strict=strict)
        with pytest.raises(PluginError, match=r"takes self, the hook gives nothing; register an instance"):
            build_manager(type("Mien", (), {"tiers_payant_formats": hookimpl(lambda self: [])}))

    def test_one_plugin_twice_is_an_error(self):
        """
        Nothing it brings would have one owner.
        """
        plugin = answering("lgo", nothing)
        with pytest.raises(PluginError, match="plugin lgo: already registered, or another has its name"):
            build_manager(plugin, plugin)

    def test_plugins_without_a_name_are_numbered(self):
        """
        No address in memory is anybody's name: two runs tell the same.
        """
        plugins = [SimpleNamespace(n=n) for n in range(3)]
        names = [greffon.name for greffon in build_manager(*plugins).greffons]
        assert [BUILTIN, "SimpleNamespace", "SimpleNamespace-2", "SimpleNamespace-3"] == names

    def test_optional_hook_of_a_later_api_is_welcome(self):
        """
        A vendor serves two levels of the API with one module.
        """
        later = hookimpl(lambda: nothing(), specname="tiers_payant_plus_tard", optionalhook=True)
        manager = build_manager(SimpleNamespace(__name__="lgo", later=later))
        assert ((), True) == (manager.quarantaines, manager.greffons[1].actif)


def nothing():
    return ()


def half():
    yield bring("un")
    raise ValueError("CAMILLE EXEMPLE")


def leaves():
    raise SystemExit(0)


def quotes():
    raise LayoutError("CAMILLE EXEMPLE")


FAULTS = {
    "raises": (lambda: 1 / 0, "EXCEPTION", "failed (ZeroDivisionError)"),
    "half way": (half, "EXCEPTION", "failed (ValueError)"),
    "leaves": (leaves, "EXCEPTION", "failed (SystemExit)"),
    "quotes": (quotes, "EXCEPTION", "failed (LayoutError)"),
    "no list": (lambda: 3, "EXCEPTION", "failed (TypeError)"),
    "one of another type": (lambda: [bring("un"), "texte"], "TYPE", "expected FormatSpec, got str"),
    "a name of another type": (lambda: [bring("un"), bring(cast(str, 3))], "TYPE", "name: expected str, got int"),
    "one name twice": (lambda: [bring("un"), bring("deux"), bring("un")], "DOUBLON", "brings 'un' twice"),
    "no name": (lambda: [bring("un"), bring("")], "TYPE", "expected a name, got an empty one"),
    "another API": (lambda: [bring("un", requires_api=">=2")], "API", "asks for API >=2, this library has"),
    "no API": (lambda: [bring("un", requires_api="2")], "API", "expected comparisons such as >=1,<2, got '2'"),
}
"""Answers to `tiers_payant_formats` that are none."""


class TestIsolation:
    @pytest.mark.parametrize("fault", FAULTS)
    def test_all_that_it_gave_is_set_aside_and_the_others_are_kept(self, fault):
        """
        Its reason and its version are told, once however often it is asked, and nothing that it said.
        """
        answer, code, words = FAULTS[fault]
        plugins = [answering("casse", answer, __version__="3"), answering("lgo", lambda: [bring("bon")])]
        for order in permutations(plugins):
            manager = build_manager(*order)
            assert [theirs(manager), theirs(manager)] == [["bon"], ["bon"]]
            (quarantaine,) = manager.quarantaines
            assert ("casse", "3", "tiers_payant_formats", code) == (
                quarantaine.plugin, quarantaine.version, quarantaine.hook, quarantaine.code
            )  # fmt: skip
            assert quarantaine.raison.startswith("tiers_payant_formats of casse: ")
            assert words in quarantaine.raison
            assert "CAMILLE" not in repr(quarantaine)

    @pytest.mark.parametrize("fault", FAULTS)
    def test_strict_is_an_error(self, fault):
        """
        The same words, as an exception without a cause that would quote.
        """
        answer, _, words = FAULTS[fault]
        with pytest.raises(PluginError) as error:
            formats_of(build_manager(answering("casse", answer), strict=True))
        assert words in str(error.value)
        assert "CAMILLE" not in str(error.value)

    @pytest.mark.parametrize("kind", [MemoryError, KeyboardInterrupt])
    def test_what_is_not_the_plugins_fault_passes(self, kind):
        """
        A machine without memory, and whoever stops the program, are no plugin's doing.
        """

        def stop():
            raise kind

        with pytest.raises(kind):
            formats_of(build_manager(answering("casse", stop)))

    def test_time_of_the_call_that_failed_is_told(self, monkeypatch):
        """
        In seconds, of that call alone.
        """
        clock = iter([10.0, 12.5])
        monkeypatch.setattr("tiers_payant.plugins._appels.perf_counter", lambda: next(clock, 0.0))
        manager = build_manager(answering("casse", lambda: 1 / 0))
        formats_of(manager)
        assert [2.5] == [quarantaine.secondes for quarantaine in manager.quarantaines]

    def test_format_that_two_vendors_claim_is_nobodys(self):
        """
        Both are named, and what else they bring is used; a name of the library's may be taken.
        """
        plugins = [
            answering("lgo-a", lambda: [bring("commun"), bring("a")]),
            answering("lgo-b", lambda: [bring("commun"), bring("b2")]),
        ]
        for order in permutations(plugins):
            manager = build_manager(*order)
            assert ["a", "b2", *OURS] == [spec.name for spec in formats_of(manager)]
            assert ["'commun' is brought by lgo-a and lgo-b"] * 2 == [
                one.raison.split(": ")[1] for one in manager.quarantaines
            ]
            assert ["lgo-a", "lgo-b"] == [one.plugin for one in manager.quarantaines]

    @given(st.permutations(["raises", "one name twice", "lgo-a", "lgo-b", "lgo-c"]))
    def test_order_of_registration_decides_nothing(self, order):
        """
        Formats, quarantines and plugins are the same, and in the same order.
        """
        answers = {name: FAULTS[name][0] for name in ("raises", "one name twice")}
        answers |= {f"lgo-{x}": partial(map, bring, ["commun" if x != "c" else "c", f"de-{x}"]) for x in "abc"}
        manager = build_manager(*(answering(name, answers[name]) for name in order))
        assert ["c", "de-a", "de-b", "de-c", *OURS] == [spec.name for spec in formats_of(manager)]
        hook = "tiers_payant_formats"
        assert [
            ("lgo-a", hook, "CONFLIT"), ("lgo-b", hook, "CONFLIT"), ("one name twice", hook, "DOUBLON"),
            ("raises", hook, "EXCEPTION"),
        ] == told(manager)  # fmt: skip
        assert [BUILTIN, "lgo-a", "lgo-b", "lgo-c", "one name twice", "raises"] == [g.name for g in manager.greffons]

    def test_only_the_library_bears_its_name(self):
        """
        What a vendor leaves unsigned is signed with its plugin, so that it never passes for ours.
        """
        manager = build_manager(answering("lgo", lambda: [bring("un"), bring("deux", provider="moi", version="9")]))
        found = {spec.name: (spec.provider, spec.version) for spec in formats_of(manager)}
        assert {"un": ("lgo", ""), "deux": ("moi", "9")} == {name: found[name] for name in ("un", "deux")}
        assert {BUILTIN} == {found[name][0] for name in OURS}


class TestClosedHooks:
    def test_rules_are_those_of_the_decision(self):
        """
        Every hook has its line in the table of decision 17, and the code does what the line says.
        """
        page = (Path(__file__).parents[2] / "docs" / "adr" / "0017-a-plugin-that-fails.md").read_text("utf-8")
        rules = dict(re.findall(r"^\| `(tiers_payant_\w+)` \| (set aside|fails closed) \|", page, flags=re.MULTILINE))
        assert set(hookspecs.__all__) <= set(rules)
        assert {hook for hook, rule in rules.items() if rule == "fails closed"} == FERMES
        assert SANS_RETOUR <= FERMES

    def test_doctor_asks_every_hook(self):
        """
        A hook that is added is asked too.
        """
        assert set(hookspecs.__all__) == set(_consultation._ASKING)

    def test_every_code_is_documented(self):
        """
        Whoever meets a code finds its line.
        """
        page = (Path(__file__).parents[2] / "docs" / "reference" / "plugins.md").read_text("utf-8")
        assert [code.value for code in Code] == re.findall(r"^\| `([A-Z]+)` \|", page, flags=re.MULTILINE)

    def test_gate_that_fails_stops_all_even_when_nothing_is_strict(self):
        """
        No letter leaves because a gate failed; the manager remembers which.
        """
        manager = build_manager(answering("lgo", lambda: 1 / 0, "tiers_payant_gates"))
        with pytest.raises(GateError, match=r"^tiers_payant_gates of lgo: failed \(ZeroDivisionError\)$"):
            gates_of(manager)
        assert [("lgo", "tiers_payant_gates", "EXCEPTION")] == told(manager)

    def test_plugin_with_a_gate_that_could_not_be_loaded_stops_letters(self, folder):
        """
        Set aside for its API, it would have held claims back; formats are read all the same.
        """
        text = 'requires_api = ">=2"\n@hookimpl\ndef tiers_payant_gates():\n    return []\n'
        (folder / "garde.py").write_text(HEAD + text)
        manager = build_manager(folders=[folder])
        with pytest.raises(GateError, match="tiers_payant_gates: plugin garde answers it and could not be loaded"):
            gates_of(manager)
        assert (["bon"], ()) == (theirs(manager), tuple(controles_of(build_manager()))[:0])
        assert len(controles_of(build_manager())) == len(controles_of(manager))

    def test_misspelt_gate_stops_letters(self, folder):
        """
        What it was meant to be is known.
        """
        (folder / "garde.py").write_text(f"{HEAD}@hookimpl\ndef tiers_payant_gate():\n    return []\n")
        with pytest.raises(GateError, match="plugin garde answers it"):
            gates_of(build_manager(folders=[folder]))

    def test_plugin_that_cannot_be_imported_stops_what_leaves_and_nothing_else(self, folder):
        """
        Nobody knows what it answers: a gate or a check, perhaps.
        """
        (folder / "casse.py").write_text("raise ValueError")
        manager = build_manager(folders=[folder])
        with pytest.raises(GateError, match="plugin casse may answer it and could not be loaded"):
            gates_of(manager)
        with pytest.raises(CheckError, match="plugin casse may answer it and could not be loaded"):
            controles_of(manager)
        assert ["bon"] == theirs(manager)
        assert payeurs_of(build_manager()) == payeurs_of(manager)
        assert operateurs_of(manager) is None

    def test_good_plugin_stops_nothing(self):
        """
        Its gates come signed.
        """
        gate = GateSpec(
            name="mien", raison=Raison.SUSPENDUE, label="", hold=lambda result, today: np.zeros(0, dtype=np.bool_)
        )
        (found,) = gates_of(build_manager(answering("lgo", lambda: [gate], "tiers_payant_gates", __version__="2")))
        assert ("mien", "lgo", "2") == (found.name, found.provider, found.version)


class TestTrace:
    def test_each_call_is_a_line(self, monkeypatch, capsys):
        """
        The hook, the plugin, its version, how much it gave, and the time; what fails, its type.
        """
        monkeypatch.setenv("TIERS_PAYANT_TRACE_PLUGINS", "1")
        plugins = [
            answering("lgo", lambda: [bring("bon")], __version__="1.2"), answering("casse", lambda: 1 / 0)
        ]  # fmt: skip
        formats_of(build_manager(*plugins))
        lines = capsys.readouterr().err.splitlines()
        assert [
            "tiers-payant: tiers_payant_formats of casse: ZeroDivisionError",
            "tiers-payant: tiers_payant_formats of lgo 1.2: 1 objects",
        ] == [line.rpartition(", ")[0] for line in lines[:2]]
        assert 3 == len(lines)
        assert all(line.endswith(" ms") for line in lines)

    @pytest.mark.parametrize("value", ["", "0"])
    def test_it_is_silent_unless_asked(self, monkeypatch, capsys, value):
        """
        The error stream belongs to whoever runs the program.
        """
        monkeypatch.setenv("TIERS_PAYANT_TRACE_PLUGINS", value)
        formats_of(build_manager())
        assert "" == capsys.readouterr().err


class TestFiles:
    @pytest.mark.parametrize(
        ("sniff", "faute"),
        [
            (lambda head: 1 / 0, "ZeroDivisionError"), (lambda head: leaves(), "SystemExit"),
            (lambda head: "oui", "str"), (lambda head: float("nan"), "out of bounds"), (len, "out of bounds"),
        ],
    )  # fmt: skip
    def test_sniff_that_gives_no_score_claims_nothing(self, sniff, faute):
        """
        The file is left to the others, and what it did is told to whoever asks.
        """
        (verdict,) = verdicts(b"xx", [bring("casse", sniff=sniff)])
        assert (0.0, faute) == (verdict.score, verdict.faute)

    @pytest.mark.parametrize(
        ("given", "kind"),
        [(leaves, "SystemExit"), (lambda: "texte", "TypeError"), (lambda: Lecture(cast(Tables, None)), "TypeError"),
         (lambda: Lecture(Tables(), ["texte"]), "TypeError")],
    )  # fmt: skip
    @pytest.mark.parametrize("parts", [False, True])
    def test_reader_at_fault_loses_its_own_file_only(self, tmp_path, given, kind, parts):
        """
        Nobody else reads it in its place; the other file is there.
        """

        def reader(entree: Entree):
            return given()

        spec = bring(
            "casse", sniff=lambda head: float(head == b"x"), read=reader, read_parts=lambda entree, _: iter([given()])
        )
        (tmp_path / "a.txt").write_bytes(b"x")
        (tmp_path / "b.json").write_bytes(b'{"schema": "tiers-payant/officines/1", "officines": []}')
        manager = build_manager(answering("lgo", lambda: [spec]))
        if parts:
            from tiers_payant.pipeline import read_parts

            lectures = list(read_parts(tmp_path, manager=manager))
            problems = [problem for lecture in lectures for problem in lecture.problems]
            formats = {source.format for lecture in lectures for source in lecture.tables.sources}
        else:
            book = read(tmp_path, manager=manager)
            problems, formats = list(book.problems), {source.format for source in book.sources}
        assert [("LECTEUR_EN_ECHEC", "a.txt", kind)] == [(p.code, p.at.file, p.params["erreur"]) for p in problems]
        assert {"", "officines"} == formats
