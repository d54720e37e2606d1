"""A file looked at: who claims it, its tree folded, its controls judged, its records masked, broken or not."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from tests.bad_input import SECRETS, TRUNCATED, poisoned
from tests.formats.golden import GOLDEN

import tiers_payant as tp
from tiers_payant.cli import main
from tiers_payant.domain import (
    Controle,
    Element,
    Entree,
    FormatSpec,
    Inspection,
    Lecture,
    Noeud,
    Source,
    Tables,
    Verdict,
    hookimpl,
)
from tiers_payant.errors import Location, Problem, SourceError
from tiers_payant.formats import FORMATS
from tiers_payant.pipeline._arbre import tree_of
from tiers_payant.reports import inspection_text

FILES = {
    "b2": GOLDEN / "b2" / "deux_lots.txt",
    "noemie": GOLDEN / "noemie" / "mouvements.txt",
    "camt053": GOLDEN / "camt053" / "contrepassation.xml",
    "cfonb120": GOLDEN / "cfonb120" / "deux_comptes_deux_jours.txt",
}


def at(offset: int) -> Location:
    return Location(file="x", offset=offset)


def element(depth: int, code: str, offset: int, *, control: bool = False, done: bool = True) -> Element:
    controle = Controle(at=at(offset), fait=done) if control else None
    return Element(profondeur=depth, code=code, at=at(offset), controle=controle)


def problem(code: str, offset: int, /, **params: object) -> Problem:
    return Problem(code=code, at=at(offset), params=params)


def codes(noeuds: tuple[Noeud, ...]) -> list[object]:
    """A tree as nested lists: a code, its verdict when it has one, its children."""
    return [
        [noeud.element.code, *([str(noeud.verdict)] if noeud.verdict else []), *codes(noeud.enfants)]
        for noeud in noeuds
    ]


def walk(noeuds: tuple[Noeud, ...]) -> list[Noeud]:
    return [found for noeud in noeuds for found in (noeud, *walk(noeud.enfants))]


class TestTree:
    def test_elements_hang_under_the_last_that_is_less_deep(self):
        """
        Depths may jump; what is least deep stands under nothing.
        """
        depths = [(0, "a"), (1, "b"), (3, "c"), (2, "d"), (1, "e"), (0, "f"), (5, "g")]
        noeuds, autres = tree_of([element(depth, code, rank) for rank, (depth, code) in enumerate(depths)], ())
        assert [["a", ["b", ["c"], ["d"]], ["e"]], ["f", ["g"]]] == codes(noeuds)
        assert {} == autres

    def test_many_of_one_code_are_folded(self):
        """
        The first three are shown, the others counted, for each code apart.
        """
        elements = [element(0, "lot", 0), *[element(1, code, 1 + rank) for rank in range(500) for code in "ab"]]
        (lot,), _ = tree_of(elements, ())
        assert [["a"], ["b"]] * 3 == codes(lot.enfants)
        assert {"a": 497, "b": 497} == lot.autres

    def test_what_is_wrong_is_shown_wherever_it_stands(self):
        """
        With all that stands above it, however far from the first three.
        """
        elements = [found for rank in range(0, 1000, 2) for found in (element(0, "a", rank), element(1, "b", rank + 1))]
        noeuds, autres = tree_of(elements, [problem("FICHIER_VIDE", 801)])
        assert [0, 2, 4, 800] == [noeud.element.at.offset for noeud in noeuds]
        assert 1 == noeuds[3].enfants[0].problems
        assert {"a": 496} == autres

    def test_a_file_where_all_is_wrong_is_folded_too(self):
        """
        Twenty more than the first three at most.
        """
        told = [problem("FICHIER_VIDE", rank) for rank in range(1000)]
        noeuds, autres = tree_of([element(0, "a", rank) for rank in range(1000)], told)
        assert (23, {"a": 977}) == (len(noeuds), autres)

    @pytest.mark.parametrize(
        ("expected", "done", "told"),
        [
            (Verdict.CONFORME, True, []),
            (Verdict.NON_FAIT, False, []),
            (Verdict.ECART, True, [problem("CONTROLE_NOMBRE", 0)]),
            (Verdict.ECART, True, [problem("CONTROLE_SOMME", 0)]),
            (Verdict.ECART, True, [problem("RELEVE_DESEQUILIBRE", 0)]),
            (Verdict.NON_FAIT, True, [problem("RELEVE_NON_CONTROLE", 0)]),
            (Verdict.NON_FAIT, True, [problem("NOEMIE_NIVEAU", 0)]),
            (Verdict.NON_FAIT, True, [problem("CHIFFRES_ATTENDUS", 0)]),
            (Verdict.CONFORME, True, [problem("CONTROLE_SOMME", 7)]),
            (Verdict.NON_DETAILLE, True, [problem("PROBLEMES_REPETES", 7, code="CONTROLE_SOMME")]),
            (Verdict.CONFORME, True, [problem("PROBLEMES_REPETES", 7, code="DATE_ATTENDUE")]),
        ],
    )
    def test_verdict_follows_what_was_told(self, expected, done, told):
        """
        A check that could not be made, or that may be among those not listed, is never said to agree.
        """
        (noeud,), _ = tree_of([element(0, "990", 0, control=True, done=done)], told)
        assert expected is noeud.verdict

    def test_no_control_has_no_verdict(self):
        """
        Whatever is told of it.
        """
        (noeud,), _ = tree_of([element(0, "2", 0)], [problem("CONTROLE_SOMME", 0)])
        assert noeud.verdict is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "b2/controles_faux.txt",
            [["000", ["1", ["2", ["4"], ["5", "écart"]], ["6", "écart"]], ["999", "écart"]]],
        ),
        (
            "noemie/somme_990_fausse.txt",
            [["000", ["040", ["071", ["102", ["198"]], ["990", "écart"]], ["990", "écart"]], ["990", "conforme"],
              ["999", "conforme"]]],
        ),
        (
            "cfonb120/desequilibre.txt",
            [["01", ["04"], ["07", "écart"]]],
        ),
        (
            "camt053/deux_comptes_dont_un_sans_solde.xml",
            [["BkToCstmrStmt",
              ["Stmt", "non contrôlé", ["Id"], ["CreDtTm"], ["FrToDt"], ["Acct"], ["Ntry"]],
              ["Stmt", "écart", ["Id"], ["CreDtTm"], ["Acct"], ["Bal"], ["Bal"], ["Ntry"]]]],
        ),
    ],
)  # fmt: skip
def test_tree_shows_levels_and_controls(name, expected):
    """
    One file of each format: what stands under what, and what each control says.
    """
    assert expected == codes(tp.inspect(GOLDEN / name).noeuds)


@pytest.mark.parametrize("name", FILES)
def test_who_claims_the_file_is_told(name):
    """
    Every format with its score, the most sure first, and what the file was taken for.
    """
    found = tp.inspect(FILES[name])
    assert name == found.candidats[0].nom
    assert sorted(spec.name for spec in FORMATS) == sorted(one.nom for one in found.candidats)
    assert [one.score for one in found.candidats] == sorted((one.score for one in found.candidats), reverse=True)
    assert found.source is not None
    assert (name, FILES[name].stat().st_size) == (found.source.format, found.octets)
    assert found.tables == {table: len(rows) for table, rows in tp.read(FILES[name]).tables.each() if len(rows)}


@pytest.mark.parametrize("name", ["b2", "noemie", "cfonb120"])
def test_records_show_every_field_at_its_columns(name):
    """
    From column 1 to the last, without a gap, each with its confidence.
    """
    for record in tp.inspect(FILES[name], raw=1000).enregistrements:
        places = [(champ.first or 0, champ.last or 0) for champ in record.champs()]
        assert 1 == places[0][0]
        assert all(left[1] + 1 == right[0] for left, right in pairwise(places))
        assert all(champ.confiance in ("A", "B", "C") for champ in record.champs())


def test_as_many_records_as_asked_for():
    """
    The first of the file; none unless asked.
    """
    assert [0, 2, 17] == [len(tp.inspect(FILES["b2"], raw=raw).enregistrements) for raw in (0, 2, 1000)]


@pytest.mark.parametrize("name", TRUNCATED)
def test_no_value_is_shown(name, tmp_path):
    """
    Whatever stands in whatever field: neither the page nor the objects tell it.
    """
    path = tmp_path / "fichier"
    for content in poisoned((GOLDEN / TRUNCATED[name]).read_bytes())[::5]:
        path.write_bytes(content)
        found = tp.inspect(path, raw=1000)
        told = inspection_text(found) + repr(found)
        assert [] == [kind for kind, secret in SECRETS.items() if secret.decode() in told]


@pytest.mark.parametrize("name", TRUNCATED)
def test_broken_file_is_looked_at_all_the_same(name, tmp_path):
    """
    Cut anywhere: a page, and the tree of what is left.
    """
    content = (GOLDEN / TRUNCATED[name]).read_bytes()
    path = tmp_path / "fichier"
    for end in range(600, len(content), 29):
        path.write_bytes(content[:end])
        found = tp.inspect(path, raw=5)
        assert "STRUCTURE_EN_ECHEC" not in [problem.code for problem in found.problems]
        assert found.noeuds
        assert "Contenu" in inspection_text(found)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Le fichier est vide"),
        (b"%PDF-1.4", "Format non reconnu"),
        (b"PK\x03\x04", "L'archive est tronquée"),
        (b'{"schema": "tiers-payant/verite/1"}', "Fichier écrit par tiers-payant"),
    ],
)
def test_what_is_no_input_is_told(tmp_path, capsys, content, words):
    """
    One page, and the exit status of what could not be read.
    """
    (tmp_path / "fichier").write_bytes(content)
    assert 3 == main(["inspect", str(tmp_path / "fichier")])
    assert words in capsys.readouterr().out


def test_archive_shows_each_of_its_files(tmp_path):
    """
    A zip as a list of pages, a gzip as the page of what it holds.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, path in FILES.items():
            archive.writestr(name, path.read_bytes())
        archive.writestr("dedans.zip", b"PK\x03\x04")
    (tmp_path / "a.zip").write_bytes(out.getvalue())
    found = tp.inspect(tmp_path / "a.zip")
    formats = [one.source.format if one.source else "" for one in found.membres]
    assert ["b2", "camt053", "cfonb120", "", "noemie"] == formats
    (tmp_path / "a.gz").write_bytes(gzip.compress(FILES["noemie"].read_bytes()))
    one, plain = tp.inspect(tmp_path / "a.gz"), tp.inspect(FILES["noemie"])
    assert (True, False) == (one.archive, plain.archive)
    assert codes(plain.noeuds) == codes(one.noeuds)
    assert "ARCHIVE_IMBRIQUEE" in [problem.code for member in found.membres for problem in member.problems]
    assert "5 fichiers" in inspection_text(found)


@pytest.mark.parametrize("path", ["absent", "", "nul\0", "a" * 5000])
def test_no_file_is_an_error(tmp_path, path):
    """
    A folder, nothing, an impossible name: the caller's mistake.
    """
    with pytest.raises(SourceError):
        tp.inspect(tmp_path / path)


def test_plugin_whose_structure_fails_loses_the_tree_only(tmp_path):
    """
    What its reader gave stands, and the failure is told without the words of the exception.
    """

    def fail(entree: Entree, lecture: Lecture) -> object:
        raise ValueError("SECRET")

    def keep(entree: Entree) -> Lecture:
        return Lecture(Tables(sources=(Source(nom=entree.nom, format="lgo"),)))

    class Plugin:
        @hookimpl
        def tiers_payant_formats(self) -> list[FormatSpec]:
            spec = FormatSpec(name="lgo", label="LGO", sniff=lambda head: 1.0, read=keep, elements=fail, provider="lgo")  # type: ignore[arg-type]
            return [spec]

    (tmp_path / "a").write_bytes(b"x")
    found = tp.inspect(tmp_path / "a", manager=tp.build_manager(Plugin()))
    assert ["STRUCTURE_EN_ECHEC"] == [problem.code for problem in found.problems]
    assert "SECRET" not in inspection_text(found)


def test_format_without_structure_shows_what_was_read(tmp_path):
    """
    The map of officines: its label, its rows, no tree.
    """
    content = {"schema": "tiers-payant/officines/1", "officines": [{"numero": "992000010", "comptes": ["A"]}]}
    (tmp_path / "o.json").write_text(json.dumps(content), encoding="utf-8")
    found = tp.inspect(tmp_path / "o.json")
    assert ((), {"comptes": 1}) == (found.noeuds, found.tables)
    assert "comptes : 1" in inspection_text(found)


def test_page_of_a_file_is_what_it_was(capsys):
    """
    The command, records included, word for word: `tests/golden/inspect/mouvements.txt`.
    """
    assert 0 == main(["inspect", str(FILES["noemie"]), "--raw", "2"])
    page = capsys.readouterr().out
    kept = [line for line in page.splitlines() if not line.startswith("  Écarté par")]  # plugins come and go
    assert (GOLDEN / "inspect" / "mouvements.txt").read_text(encoding="utf-8").splitlines() == kept


def test_command_tells_problems_by_its_status(capsys):
    """
    1 when something is wrong in the file.
    """
    assert 1 == main(["inspect", str(GOLDEN / "noemie" / "somme_990_fausse.txt")])
    assert "✗ écart" in capsys.readouterr().out


def test_empty_inspection_is_a_page():
    """
    The least there is to say.
    """
    assert "x : 0 octets" == inspection_text(Inspection(nom="x"))


def test_large_file_is_looked_at_within_memory(tmp_path: Path):
    """
    A simulated month: the page stays short whatever the length of the file.
    """
    tp.simulate(tmp_path, factures=60)
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert len(inspection_text(tp.inspect(path)).splitlines()) < 500
