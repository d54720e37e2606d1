"""Plugins: who brings formats, who reads a file, and what happens when nothing tells them apart."""

from __future__ import annotations

import inspect
import io
import sys
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.matching.test_passes import book, etats

from tiers_payant.domain import (
    Book,
    CodeRejet,
    Confiance,
    Entree,
    Etat,
    Famille,
    FormatSpec,
    Lecture,
    Payeur,
    Payeurs,
    Tables,
    hookimpl,
    load_payeurs,
)
from tiers_payant.errors import CheckError, LayoutError, PluginError
from tiers_payant.formats import FORMATS
from tiers_payant.pipeline import classify_rejets, read, reconcile
from tiers_payant.plugins import (
    build_manager,
    codes_rejets_of,
    controles_of,
    formats_of,
    hookspecs,
    operateurs_of,
    payeurs_of,
)
from tiers_payant.plugins.manager import claim
from tiers_payant.rejets import load_codes

B2 = (b"000TP00000992000010      CT00000000000999".ljust(55) + b"260105".ljust(27) + b"128").ljust(128)
OFFICINES = b'{"schema": "tiers-payant/officines/1", "officines": []}'
CAMT = b"""<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt/></BkToCstmrStmt></Document>"""
CFONB = (
    b"01" + b"99999" + b"    " + b"00001" + b"EUR" + b"2" + b" " + b"0000000000A" + b"  " + b"050126" + b" " * 50
    + b"0000000000010{" + b" " * 16
)  # fmt: skip
CFONB_240 = (b"31" + b"000001" + b"20" + b"050126" + b"E2EUR" + b"99999000010000000000A").ljust(240)
NOEMIE = b"000CP000000009990000992".ljust(128) + b"04001000000992000010@07002260105@"
SAMPLES = {"b2": B2 + b"1".ljust(128), "noemie": NOEMIE, "camt053": CAMT, "cfonb120": CFONB, "officines": OFFICINES}
SAMPLES |= {
    "neutre-csv": b"officine;compte;nom\n999000019;EXEMPLE;PHARMACIE EXEMPLE\n",
    "neutre-json": b'{"schema": "tiers-payant/donnees/1"}',
    "camt052": CAMT.replace(b"camt.053", b"camt.052").replace(b"BkToCstmrStmt", b"BkToCstmrAcctRpt"),
    "camt054": CAMT.replace(b"camt.053", b"camt.054").replace(b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn"),
    "cfonb240": CFONB_240,
}


def spec(name: str, score: float, provider: str) -> FormatSpec:
    return FormatSpec(
        name=name, label=name, sniff=lambda head: score, read=lambda entree: Lecture(Tables()), provider=provider
    )


def plugin(*specs: FormatSpec) -> object:
    @hookimpl
    def tiers_payant_formats() -> list[FormatSpec]:
        return list(specs)

    return SimpleNamespace(tiers_payant_formats=tiers_payant_formats)


@pytest.mark.parametrize("name", SAMPLES)
def test_each_built_in_claims_its_own_sample_and_no_other(name):
    """
    A sample is claimed by one format alone: the choice never rests on small differences of score.
    """
    assert {name} == {spec.name for spec in FORMATS if spec.sniff(SAMPLES[name]) > 0}


def test_every_built_in_has_a_sample():
    """
    A format that is added is added here too.
    """
    assert set(SAMPLES) == {spec.name for spec in FORMATS}


@pytest.mark.parametrize("spec", FORMATS, ids=lambda spec: spec.name)
@given(st.binary(max_size=200))
def test_sniffing_answers_for_any_bytes(spec, head):
    """
    From 0 to 1, and no exception, whatever the file begins with.
    """
    assert 0 <= spec.sniff(head) <= 1


@pytest.mark.parametrize("name", SAMPLES)
def test_sniffing_answers_for_every_beginning(name):
    """
    A file may be shorter than what a format wants to see.
    """
    for spec in FORMATS:
        for length in range(len(SAMPLES[name])):
            assert 0 <= spec.sniff(SAMPLES[name][:length]) <= 1


@pytest.mark.parametrize("spec", FORMATS, ids=lambda spec: spec.name)
def test_what_a_built_in_writes_of_nothing_harms_nobody(spec):
    """
    Every built-in format can be written, and empty tables make a file or none.
    """
    out = io.BytesIO()
    assert spec.write is not None
    spec.write(Tables(), out)
    assert out.getvalue() == b"" or spec.sniff(out.getvalue()) > 0


def test_highest_score_reads():
    """
    A built-in format that is surer beats a vendor's.
    """
    ours, theirs = spec("notre", 0.9, "tiers-payant"), spec("leur", 0.8, "un-lgo")
    assert ours is claim(b"x", [theirs, ours]).spec
    assert ours is claim(b"x", [ours, theirs]).spec


def test_vendor_beats_a_built_in_on_a_tie():
    """
    Who installs a plugin means it to be used.
    """
    ours, theirs = spec("notre", 0.9, "tiers-payant"), spec("leur", 0.9, "un-lgo")
    assert theirs is claim(b"x", [ours, theirs]).spec
    assert theirs is claim(b"x", [theirs, ours]).spec


def test_two_vendors_tied_are_not_chosen_between():
    """
    Neither reads, and both are named.
    """
    one, other = spec("un", 0.9, "un-lgo"), spec("deux", 0.9, "autre-lgo")
    claimed = claim(b"x", [one, spec("notre", 0.9, "tiers-payant"), other])
    assert claimed.spec is None
    assert (one, other) == claimed.tied


@pytest.mark.parametrize("score", [0.0, -1.0])
def test_nobody_claims(score):
    """
    A score of zero is a no.
    """
    assert (None, ()) == (claim(b"x", [spec("un", score, "un-lgo")]).spec, claim(b"x", []).tied)


def test_two_vendors_tied_are_told_to_the_reader(tmp_path):
    """
    The file is not read, and the problem names both formats and who brings them.
    """
    (tmp_path / "a.txt").write_bytes(b"x")
    manager = build_manager(plugin(spec("un", 0.9, "un-lgo")), plugin(spec("deux", 0.9, "autre-lgo")))
    (problem,) = read(tmp_path, manager=manager).problems
    assert "FORMAT_AMBIGU" == problem.code
    assert "deux (autre-lgo), un (un-lgo)" == problem.params["formats"]


def test_vendor_format_is_read(tmp_path):
    """
    What a plugin registers reads the files that it claims.
    """
    (tmp_path / "a.txt").write_bytes(SAMPLES["b2"])
    seen = []

    def read_mine(entree: object) -> Lecture:
        seen.append(entree)
        return Lecture(Tables())

    mine = FormatSpec(name="mien", label="mien", sniff=lambda head: 0.9, read=read_mine, provider="un-lgo")
    assert () == read(tmp_path, manager=build_manager(plugin(mine))).problems
    assert 1 == len(seen)


def test_misspelt_hook_is_an_error():
    """
    A plugin that would never be asked is told at once.
    """

    @hookimpl
    def tiers_payant_fromats() -> list[FormatSpec]:
        return []

    with pytest.raises(PluginError, match="no hook is called tiers_payant_fromats; did you mean tiers_payant_formats"):
        build_manager(SimpleNamespace(tiers_payant_fromats=tiers_payant_fromats))


def test_hook_with_other_arguments_is_an_error():
    """
    A hook takes what its specification says.
    """

    @hookimpl
    def tiers_payant_formats(dossier: str) -> list[FormatSpec]:
        return []

    with pytest.raises(PluginError, match="tiers_payant_formats takes dossier, the hook gives nothing"):
        build_manager(SimpleNamespace(tiers_payant_formats=tiers_payant_formats))


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A distribution that declares a plugin, as pip leaves it on the path."""
    folder = tmp_path / "lgo_exemple-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: lgo-exemple\nVersion: 1\n")
    (folder / "entry_points.txt").write_text("[tiers_payant]\nlgo = lgo_exemple\n")
    (tmp_path / "lgo_exemple.py").write_text(
        "from tiers_payant.domain import FormatSpec, hookimpl\n"
        "@hookimpl\n"
        "def tiers_payant_formats():\n"
        "    return [FormatSpec(name='lgo', label='LGO', sniff=len, read=len, provider='lgo-exemple')]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("lgo_exemple", None)


@pytest.mark.usefixtures("installed")
def test_installed_plugins_are_loaded_only_when_asked_for():
    """
    A script or a test sees just what it registers; the command line sees what is installed.
    """
    assert "lgo" not in [spec.name for spec in formats_of(build_manager())]
    assert "lgo" in [spec.name for spec in formats_of(build_manager(entry_points=True))]


def test_built_ins_come_through_the_hook():
    """
    Ours are plugins as a vendor's are, and a vendor's are listed first.
    """
    manager = build_manager(plugin(spec("leur", 0.9, "un-lgo")))
    assert ["leur", *(spec.name for spec in FORMATS)] == [spec.name for spec in formats_of(manager)]


def test_every_hook_is_documented():
    """
    A hook is a contract: its words are there to read, with an example.
    """
    hooks = [getattr(hookspecs, name) for name in hookspecs.__all__]
    assert hooks
    assert [] == [hook.__name__ for hook in hooks if "Example:" not in (inspect.getdoc(hook) or "")]


def test_a_reader_that_raises_loses_its_own_file_only(tmp_path):
    """
    A defect of a vendor's reader is a problem that names it; what the others read is there.
    """

    def fail(entree: Entree) -> Lecture:
        raise ValueError(bytes(entree.octets).decode())

    broken = FormatSpec(name="monlgo", label="", sniff=lambda head: float(b"SECRET" in head), read=fail, provider="lgo")
    (tmp_path / "a.txt").write_bytes(b"SECRET")
    (tmp_path / "b.json").write_bytes(OFFICINES)
    book = read(tmp_path, manager=build_manager(plugin(broken)))
    assert [("LECTEUR_EN_ECHEC", "a.txt")] == [(problem.code, problem.at.file) for problem in book.problems]
    assert "monlgo of lgo failed on this file (ValueError)" in book.problems[0].message
    assert "SECRET" not in book.problems[0].message + book.problems[0].message_fr
    assert ["", "officines"] == [source.format for source in book.sources]


def test_a_sniff_that_raises_claims_nothing():
    """
    A format that fails to answer leaves the file to the others.
    """

    def fail(head: bytes) -> float:
        raise IndexError

    broken = FormatSpec(name="monlgo", label="", sniff=fail, read=lambda entree: Lecture(Tables()))
    found = claim(OFFICINES, [broken, *FORMATS]).spec
    assert found is not None
    assert "officines" == found.name


def payers(*texts: str, name: str = "exemple") -> object:
    brought = Payeur(id=name, nom="Mutuelle d'Exemple", textes=texts, emetteurs=frozenset({"CP"}))

    @hookimpl
    def tiers_payant_payeurs() -> list[Payeur]:
        return [brought]

    return SimpleNamespace(tiers_payant_payeurs=tiers_payant_payeurs)


def test_a_plugin_brings_payers():
    """
    They complete the library's; without plugins the table is the library's own.
    """
    assert load_payeurs() == payeurs_of(build_manager())
    table = payeurs_of(build_manager(payers("MUT EXEMPLE")))
    found = table.named_in("VIR MUT EXEMPLE 12")
    assert "exemple" == (found and found.id)
    assert len(load_payeurs().payeurs) + 1 == len(table.payeurs)


def test_two_plugins_that_claim_one_text_are_refused():
    """
    Whichever was registered first.
    """
    one, other = payers("MUT EXEMPLE"), payers("MUT EXEMPLE", name="autre")
    for plugins in ((one, other), (other, one)):
        with pytest.raises(LayoutError, match="autre and exemple"):
            payeurs_of(build_manager(*plugins))


def test_what_is_no_payer_is_refused():
    """
    The hook and what it gave are told.
    """

    @hookimpl
    def tiers_payant_payeurs() -> list[object]:
        return ["MUT EXEMPLE"]

    with pytest.raises(LayoutError, match="tiers_payant_payeurs of SimpleNamespace: expected Payeur, got str"):
        payeurs_of(build_manager(SimpleNamespace(tiers_payant_payeurs=tiers_payant_payeurs)))


def test_the_payers_of_plugins_and_files_serve(tmp_path):
    """
    A line whose payer nobody knows is proposed; a plugin, or a file, names it, and it is settled.
    """
    given_book = book(groups=[{}], lines=[{"label": "MUT EXEMPLE"}])
    file = tmp_path / "payeurs.toml"
    file.write_text(
        '[[payeur]]\nid = "exemple"\nnom = "Exemple"\ntextes = ["MUT EXEMPLE"]\nemetteurs = ["CP"]\n', encoding="utf-8"
    )
    assert [Etat.ANNONCEE] == etats(reconcile(given_book))
    assert [Etat.CREDITEE] == etats(reconcile(given_book, manager=build_manager(payers("MUT EXEMPLE"))))
    assert [Etat.CREDITEE] == etats(reconcile(given_book, payeurs=file))
    assert [Etat.CREDITEE] == etats(reconcile(given_book, payeurs=[file]))
    assert [Etat.ANNONCEE] == etats(reconcile(given_book, payeurs=Payeurs(payeurs=())))


def codes(famille: Famille, **fields: Any) -> object:
    line = CodeRejet(
        portee="OC:99999997", code="EX-1", libelle="", famille=famille, source="exemple", confiance=Confiance.BASSE,
        **fields,
    )  # fmt: skip

    @hookimpl
    def tiers_payant_codes_rejets() -> list[CodeRejet]:
        return [line]

    return SimpleNamespace(tiers_payant_codes_rejets=tiers_payant_codes_rejets)


def test_a_plugin_brings_reject_codes():
    """
    They come over the library's, which come through the same hook; without plugins nothing is added to them.
    """
    assert () == codes_rejets_of(build_manager())
    (told,) = build_manager().hook.tiers_payant_codes_rejets()
    assert load_codes().lignes == told
    (brought,) = codes_rejets_of(build_manager(codes(Famille.AMC_CONTRAT)))
    assert ("EX1", Famille.AMC_CONTRAT) == (brought.code, brought.famille)


def test_two_plugins_that_contradict_each_other_on_a_code_are_both_named():
    """
    Whichever was registered first; on other days they do not contradict each other.
    """
    one, other = codes(Famille.AMC_CONTRAT), codes(Famille.DOUBLON)
    told = []
    for plugins in ((one, other), (other, one)):
        manager = build_manager()
        for plugin in plugins:
            manager.register(plugin, name="lgo-a" if plugin is one else "lgo-b")
        with pytest.raises(LayoutError, match="EX1: AMC_CONTRAT by lgo-a, DOUBLON by lgo-b, on the same day") as error:
            codes_rejets_of(manager)
        told.append(str(error.value))
    assert 1 == len(set(told))
    later = codes(Famille.DOUBLON, du=date(2026, 1, 1))
    sooner = codes(Famille.INDU, au=date(2025, 12, 31))
    assert 2 == len(codes_rejets_of(build_manager(later, sooner)))


def test_a_plugin_that_brings_no_codes_is_named():
    """
    What is no line of a code table is refused where it comes from.
    """

    @hookimpl
    def tiers_payant_codes_rejets() -> list[object]:
        return ["EX1"]

    manager = build_manager()
    manager.register(SimpleNamespace(tiers_payant_codes_rejets=tiers_payant_codes_rejets), name="lgo-a")
    with pytest.raises(LayoutError, match="tiers_payant_codes_rejets of lgo-a: expected CodeRejet, got str"):
        codes_rejets_of(manager)


def test_rejects_of_a_book_are_classified_by_plugins_then_files(tmp_path):
    """
    The library's codes, then a plugin's, then the officine's own file; or one whole table.
    """
    book = Book.from_columns(
        {
            "retours": {"emetteur_type": ["OC"], "emetteur": ["99999997"], "date": ["2026-01-05"], "empreinte": ["a"]},
            "rejets": {"code": ["EX1"], "retour": [0]},
        }
    )
    file = tmp_path / "miens.csv"
    file.write_text("portee;code;famille\nOC:99999997;EX1;INDU\n", "utf-8")
    manager = build_manager(codes(Famille.AMC_CONTRAT))
    told = [
        classify_rejets(book),
        classify_rejets(book, manager=manager),
        classify_rejets(book, manager=manager, codes=file),
        classify_rejets(book, codes=[file]),
        classify_rejets(book, manager=manager, codes=load_codes()),
    ]
    expected = [Famille.INCONNU, Famille.AMC_CONTRAT, Famille.INDU, Famille.INDU, Famille.INCONNU]
    assert expected == [each.famille[0] for each in told]


def quoting() -> None:
    raise ValueError("CAMILLE EXEMPLE")


def leaving() -> None:
    raise SystemExit(0)


def stopping() -> Iterator[object]:
    yield from ()
    raise RecursionError


@pytest.mark.parametrize(
    ("hook", "asked", "error"),
    [
        ("tiers_payant_codes_rejets", codes_rejets_of, LayoutError),
        ("tiers_payant_controles", controles_of, CheckError),
        ("tiers_payant_operateurs", operateurs_of, LayoutError),
    ],
)
class TestPluginsAboutRejects:
    @pytest.mark.parametrize(
        ("answer", "kind"),
        [(quoting, "ValueError"), (leaving, "SystemExit"), (stopping, "RecursionError"), (lambda: 3, "TypeError")],
    )
    def test_plugin_that_fails_is_named(self, hook, asked, error, answer, kind):
        """
        Its words are left out: they may quote a name.
        """
        manager = build_manager()
        manager.register(SimpleNamespace(**{hook: hookimpl(lambda: answer())}), name="lgo-a")
        with pytest.raises(error, match=rf"^{hook} of lgo-a: failed \({kind}\)$") as told:
            asked(manager)
        assert told.value.__cause__ is None

    def test_plugin_that_brings_nothing_changes_nothing(self, hook, asked, error):
        """
        None is nothing.
        """
        manager = build_manager()
        manager.register(SimpleNamespace(**{hook: hookimpl(lambda: None)}), name="lgo-a")
        assert len(asked(build_manager()) or ()) == len(asked(manager) or ())
