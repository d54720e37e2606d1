"""From paths to a book: what is read, under which name, and what becomes of what cannot be."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from tests.formats.golden import GOLDEN

import tiers_payant as tp
from tiers_payant.domain import Entree, FormatSpec, Lecture, Source, Tables, hookimpl
from tiers_payant.errors import SourceError

B2 = (GOLDEN / "b2" / "deux_lots.txt").read_bytes()
BANK = (GOLDEN / "cfonb120" / "deux_comptes_deux_jours.txt").read_bytes()
CAMT = (GOLDEN / "camt053" / "contrepassation.xml").read_bytes()


def put(folder: Path, **files: bytes) -> Path:
    """Write files under *folder*; a double underscore parts folders, a single one the extension."""
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def names(book: tp.Book) -> list[str]:
    return [source.nom for source in book.sources]


def told(book: tp.Book) -> list[tuple[str, str]]:
    return [(problem.at.file, problem.code) for problem in book.problems]


@pytest.fixture
def folder(tmp_path):
    return put(tmp_path / "d", lots__a_b2=B2, banque__fonds__b_txt=BANK, banque__c_xml=CAMT)


def test_folders_are_read_whole(folder):
    """
    Whatever stands under a folder is read, told by its place in it, in the order of the names.
    """
    book = tp.read(folder)
    assert ["banque/c.xml", "banque/fonds/b.txt", "lots/a.b2"] == names(book)
    assert ["camt053", "cfonb120", "b2"] == [source.format for source in book.sources]
    assert 3 == len(book.tables.factures)


def test_files_and_folders_mix(folder):
    """
    A file is told by its own name; texts serve as paths.
    """
    book = tp.read(str(folder / "lots" / "a.b2"), folder / "banque")
    assert ["a.b2", "c.xml", "fonds/b.txt"] == names(book)


def test_order_of_arguments_changes_nothing(folder):
    """
    The same book, names included, whichever path comes first, even when they overlap.
    """
    paths = [folder, folder / "banque", folder / "lots" / "a.b2"]
    one, other = tp.read(*paths), tp.read(*reversed(paths))
    assert names(one) == names(other) == ["a.b2", "banque/c.xml", "banque/fonds/b.txt"]
    assert one.tables.factures.octet.tolist() == other.tables.factures.octet.tolist()


def test_file_reached_twice_is_read_once(folder):
    """
    The same place on the disk, by folder, by name, by a link, counts once.
    """
    (folder / "lien.b2").symlink_to(folder / "lots" / "a.b2")
    book = tp.read(folder, folder / "lots", folder / "lots" / "a.b2")
    assert 3 == len(book.sources)
    assert (3, ()) == (len(book.tables.factures), book.problems)


def test_same_file_copied_counts_once_and_is_told(folder):
    """
    Another place with the same content is another file, whose factures were already read.
    """
    put(folder, lots__z_b2=B2)
    book = tp.read(folder)
    assert 3 == len(book.tables.factures)
    assert ("lots/z.b2", "FACTURE_DEJA_LUE") in told(book)


@pytest.mark.parametrize("name", [".cache/a.b2", ".a.b2", "lots/.svn/a.b2"])
def test_hidden_files_are_passed_over(folder, name):
    """
    What a system or an editor hides is no input; a hidden folder named outright is.
    """
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(B2)
    assert 3 == len(tp.read(folder).sources)
    assert ["a.b2" if path.name == "a.b2" else ".a.b2"] == names(tp.read(path))


def test_missing_path_is_an_error(folder):
    """
    A wrong argument is the caller's, not a problem of the input: nothing is read.
    """
    with pytest.raises(SourceError, match="absent: no such file or folder"):
        tp.read(folder, folder / "absent")


def test_link_to_nowhere_is_passed_over(folder):
    """
    It holds nothing to read.
    """
    (folder / "lien").symlink_to(folder / "absent")
    assert 3 == len(tp.read(folder).sources)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "FICHIER_VIDE"),
        (b"Bonjour", "FORMAT_INCONNU"),
        (b"\0" * 5000, "FORMAT_INCONNU"),
        ("é²😀".encode(), "FORMAT_INCONNU"),
        (b"{", "FORMAT_INCONNU"),
        (b"\n", "FORMAT_INCONNU"),
    ],
)
def test_what_nobody_recognises_is_a_problem(folder, content, code):
    """
    It is told, it stays in the list of sources without a format, and the others are read.
    """
    put(folder, lots__inconnu_txt=content)
    book = tp.read(folder)
    assert [("lots/inconnu.txt", code)] == told(book)
    assert [""] == [source.format for source in book.sources if source.nom == "lots/inconnu.txt"]
    assert 3 == len(book.tables.factures)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (
            PermissionError(13, "Permission denied", "/un/chemin"),
            "ACCES_REFUSE",
            "access is refused: check the permissions",
        ),
        (
            OSError(5, "Input/output error", "/un/chemin"),
            "FICHIER_ILLISIBLE",
            "the file cannot be read: Input/output error",
        ),
    ],
)
def test_file_that_cannot_be_opened_is_a_problem(folder, monkeypatch, error, code, message):
    """
    The reason that the system gives is told, without the path of the machine.
    """
    real = Path.open

    def refuse(path: Path, *args: str, **others: str) -> object:
        if path.name == "a.b2":
            raise error
        return real(path, *args, **others)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    book = tp.read(folder)
    (problem,) = book.problems
    assert ("lots/a.b2", code, message) == (problem.at.file, problem.code, problem.message)
    assert 3 == len(book.sources)


@pytest.mark.parametrize("schema", ["tiers-payant/verite/1", "tiers-payant/rapprochement/1"])
@pytest.mark.parametrize("indent", [None, 1, 2])
def test_what_the_library_wrote_is_no_input(folder, schema, indent):
    """
    The truth of a simulation and a former result may stand beside the inputs.
    """
    (folder / "verite.json").write_text(json.dumps({"schema": schema, "creances": []}, indent=indent))
    assert 3 == len(tp.read(folder).sources)


def test_former_result_beside_its_inputs_changes_nothing(folder):
    """
    Writing the result into the folder that was read gives the same bytes the next time.
    """
    path = folder / "resultat.json"
    tp.write_json(tp.reconcile(tp.read(folder)), path)
    first = path.read_bytes()
    tp.write_json(tp.reconcile(tp.read(folder)), path)
    assert first == path.read_bytes()


def test_result_that_cannot_be_written_is_an_error(folder):
    """
    The path is the caller's.
    """
    with pytest.raises(SourceError, match="absent"):
        tp.write_json(tp.reconcile(tp.read(folder)), folder / "absent" / "r.json")


def test_progress_is_told_before_each_file_and_at_the_end(folder):
    """
    Rank from 0, how many, and the name; once more when all are read.
    """
    calls = []
    tp.read(folder, progress=lambda *said: calls.append(said))
    expected = [(0, 3, "banque/c.xml"), (1, 3, "banque/fonds/b.txt"), (2, 3, "lots/a.b2"), (3, 3, "")]
    assert expected == calls


def test_options_reach_the_reader_of_their_format(tmp_path):
    """
    Each format gets its own, the others none.
    """
    seen = {}

    def reader(name: str) -> FormatSpec:
        def read(entree: tp.domain.Entree) -> Lecture:
            seen[name] = dict(entree.options)
            return Lecture(Tables())

        return FormatSpec(
            name=name, label=name, sniff=lambda head: float(head == name.encode()), read=read, provider="un-lgo"
        )

    class Plugin:
        @hookimpl
        def tiers_payant_formats(self) -> list[FormatSpec]:
            return [reader("un"), reader("deux")]

    put(tmp_path, a_txt=b"un", b_txt=b"deux")
    tp.read(tmp_path, manager=tp.build_manager(Plugin()), options={"un": {"cadrage": "blocs"}})
    assert {"un": {"cadrage": "blocs"}, "deux": {}} == seen


def test_folder_that_cannot_be_looked_into_is_a_problem(folder, monkeypatch):
    """
    What stands beside it is read; nothing of it goes missing in silence.
    """
    real = os.scandir

    def refuse(path: str) -> object:
        if Path(path).name == "fonds":
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    book = tp.read(folder)
    assert ["banque/c.xml", "lots/a.b2"] == names(book)
    assert [("banque/fonds", "DOSSIER_ILLISIBLE")] == told(book)


@pytest.mark.parametrize("change", [lambda content: content[:3000], lambda content: content + b"suite"])
def test_file_that_changes_while_it_is_read_is_told(folder, monkeypatch, change):
    """
    A file that another program cuts or lengthens is read as far as it can be, and nothing crashes.
    """
    path = folder / "lots" / "a.b2"

    def read(entree: Entree) -> Lecture:
        content = entree.octets
        path.write_bytes(change(path.read_bytes()))
        assert B2 == bytes(content)
        return Lecture(Tables(sources=(Source(nom=entree.nom, format="b2"),)))

    class Plugin:
        @hookimpl
        def tiers_payant_formats(self) -> list[FormatSpec]:
            return [
                FormatSpec(name="lgo", label="LGO", sniff=lambda head: B2.startswith(head), read=read, provider="lgo")
            ]

    book = tp.read(folder, manager=tp.build_manager(Plugin()))
    assert [("lots/a.b2", "FICHIER_MODIFIE")] == told(book)


def test_empty_folder_gives_an_empty_book(tmp_path):
    """
    No file, no fact, no problem.
    """
    book = tp.read(tmp_path)
    assert ((), (), 0) == (book.sources, book.problems, len(book.tables.factures))


def test_book_of_nothing_reconciles():
    """
    The whole way holds for no input at all.
    """
    result = tp.reconcile(tp.Book.from_lectures([]))
    assert 0 == len(result.creances) == result.totaux.virements_cents
    result.verify()
    assert io.StringIO(result.summary()).readline()
