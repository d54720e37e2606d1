"""gzip and zip: opened in passing, bounded whatever they say of themselves, named without harm."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import pytest
from tests.formats.golden import GOLDEN

import tiers_payant as tp
from tiers_payant.domain import Entree, FormatSpec, Lecture, Source, Tables, hookimpl
from tiers_payant.formats import archives

FILES = {
    "lots/a.b2": (GOLDEN / "b2" / "deux_lots.txt").read_bytes(),
    "retours/b.txt": (GOLDEN / "noemie" / "mouvements.txt").read_bytes(),
    "banque/c.xml": (GOLDEN / "camt053" / "contrepassation.xml").read_bytes(),
    "banque/d.txt": (GOLDEN / "cfonb120" / "deux_comptes_deux_jours.txt").read_bytes(),
}
B2 = FILES["lots/a.b2"]


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def read(folder: Path, content: bytes, name: str = "envoi") -> tp.Book:
    (folder / name).write_bytes(content)
    return tp.read(folder / name)


def told(book: tp.Book) -> list[tuple[str, str]]:
    return [(problem.at.file, problem.code) for problem in book.problems]


def names(book: tp.Book) -> list[str]:
    return [source.nom for source in book.sources]


def same_facts(one: tp.Book, other: tp.Book) -> bool:
    return all(
        mine.row(row) == theirs.row(row)
        for (_, mine), (_, theirs) in zip(one.tables.each(), other.tables.each(), strict=True)
        for row in range(max(len(mine), len(theirs)))
    )


def test_zip_gives_what_the_folder_gives(tmp_path):
    """
    Every fact, every fingerprint and every problem is the same; only the names of the files grow.
    """
    for name, content in FILES.items():
        path = tmp_path / "dossier" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    plain = tp.read(tmp_path / "dossier")
    book = read(tmp_path, zipped(*reversed(FILES.items())), "tout.zip")
    assert [f"tout.zip/{name}" for name in names(plain)] == names(book)
    assert same_facts(plain, book)
    assert [(f"tout.zip/{name}", code) for name, code in told(plain)] == told(book)


@pytest.mark.parametrize("name", FILES)
def test_gzip_gives_what_the_file_gives(tmp_path, name):
    """
    Recognised by its content, whatever its name; told by that name.
    """
    plain, book = read(tmp_path, FILES[name], "clair"), read(tmp_path, gzip.compress(FILES[name]), "sans-extension")
    assert same_facts(plain, book)
    assert ["sans-extension"] == names(book)


def test_two_gzips_end_to_end_are_one_file(tmp_path):
    """
    As `cat a.gz b.gz` makes them.
    """
    book = read(tmp_path, gzip.compress(B2[:700]) + gzip.compress(B2[700:]))
    assert (3, ()) == (len(book.tables.factures), book.problems)


@pytest.mark.parametrize("level", [0, 9])
def test_cut_gzip_gives_what_stands_before(tmp_path, level):
    """
    The records that come out whole are read; the cut is told after what they hold.
    """
    content = gzip.compress(B2, level)
    book = read(tmp_path, content[:-9])
    assert 3 == len(book.tables.factures)
    assert [("envoi", "ARCHIVE_ILLISIBLE")] == told(book)


@pytest.mark.parametrize("content", [gzip.compress(B2), zipped(("a.b2", B2), ("b/c.b2", B2))], ids=["gzip", "zip"])
def test_archive_cut_anywhere_raises_nothing(content):
    """
    At every byte: entries or problems, and no entry that is not a start of the file.
    """
    for end in range(4, len(content)):
        found = list(archives.expand(Entree(nom="x", contenu=content[:end])))
        assert all(B2.startswith(piece.octets) for piece in found if isinstance(piece, Entree))
        assert any(not isinstance(piece, Entree) for piece in found)


def test_archive_with_any_byte_changed_raises_nothing():
    """
    One byte turned over, wherever it stands.
    """
    content = zipped(("a.b2", B2[:512]))
    for place in range(len(content)):
        changed = content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
        assert all(piece for piece in archives.expand(Entree(nom="x", contenu=changed)))


def test_hostile_names_stay_labels(tmp_path):
    """
    Nothing is written under the name of a member; it is told with escapes, and two of one name are told apart.
    """
    hostile = ["../../x.b2", "/etc/x.b2", "a\n\x1b[31m.b2", "..\\y.b2"]
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = zipped(*[(name, B2) for name in hostile], ("z.b2", B2), ("z.b2", B2))
    before = sorted(tmp_path.parent.rglob("*"))
    book = read(tmp_path, content, "a.zip")
    assert sorted([*before, tmp_path / "a.zip"]) == sorted(tmp_path.parent.rglob("*"))
    labels = ["../../x.b2", "../y.b2", "/etc/x.b2", "a\\n\\x1b[31m.b2", "z.b2", "z.b2#2"]
    assert [f"a.zip/{label}" for label in labels] == names(book)
    assert 3 == len(book.tables.factures)


def test_hidden_members_and_folders_are_passed_over(tmp_path):
    """
    As on a disk, with what a Mac adds.
    """
    book = read(tmp_path, zipped(("vide/", b""), (".a", B2), ("__MACOSX/._a.b2", b"x"), (".d/a", B2), ("a.b2", B2)))
    assert ["envoi/a.b2"] == names(book)


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("lien")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def encrypted() -> bytes:
    content = bytearray(zipped(("a.b2", B2)))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (zipped((link(), b"/etc/passwd")), ("envoi/lien", "ARCHIVE_LIEN")),
        (encrypted(), ("envoi/a.b2", "ARCHIVE_CHIFFREE")),
        (zipped(("a.b2", B2), method=zipfile.ZIP_BZIP2), ("envoi/a.b2", "ARCHIVE_COMPRESSION")),
        (zipped(("a.b2", B2), method=zipfile.ZIP_LZMA), ("envoi/a.b2", "ARCHIVE_COMPRESSION")),
        (zipped(("b.zip", zipped(("a.b2", B2)))), ("envoi/b.zip", "ARCHIVE_IMBRIQUEE")),
        (gzip.compress(zipped(("a.b2", B2))), ("envoi", "ARCHIVE_IMBRIQUEE")),
        (gzip.compress(gzip.compress(B2)), ("envoi", "ARCHIVE_IMBRIQUEE")),
        (zipped(("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")), ("envoi", "FORMAT_INCONNU")),
        (zipped(), ("envoi", "ARCHIVE_VIDE")),
        (b"PK\x03\x04" + b"x" * 100, ("envoi", "ARCHIVE_ILLISIBLE")),
        (b"\x1f\x8b\x08" + b"x" * 100, ("envoi", "ARCHIVE_ILLISIBLE")),
        (gzip.compress(b"", mtime=0), ("envoi", "FICHIER_VIDE")),
        (gzip.compress(b"Bonjour", mtime=0), ("envoi", "FORMAT_INCONNU")),
    ],
)
def test_what_is_not_opened_is_told(tmp_path, content, expected):
    """
    One problem, at the member, and a source without a format; the rest of an archive would be read.
    """
    book = read(tmp_path, content)
    assert [expected] == told(book)
    assert [(expected[0], "")] == [(source.nom, source.format) for source in book.sources]


def test_members_beside_a_refused_one_are_read(tmp_path):
    """
    A link or a nested archive is no reason to lose the lots beside it.
    """
    book = read(tmp_path, zipped(("0.zip", zipped(("a", b""))), (link(), b"x"), ("a.b2", B2)))
    assert 3 == len(book.tables.factures)


@pytest.fixture
def small_limits(monkeypatch):
    for name, value in {"FREE_BYTES": 4096, "MOST_BYTES": 1 << 16, "MOST_MEMBERS": 4, "IN_MEMORY": 100}.items():
        monkeypatch.setattr(archives, name, value)


@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"@" * (1 << 20)), zipped(("a.txt", b"@" * (1 << 20)))],
    ids=["gzip", "zip"],
)
def test_bomb_is_defused(tmp_path, content):
    """
    What comes out is counted: past the ratio, the member is left out and nothing after it is opened.
    """
    book = read(tmp_path, content)
    assert ["ARCHIVE_TROP_GRANDE"] == [code for _, code in told(book)]
    assert "the archive goes past a limit" in book.problems[0].message


@pytest.mark.usefixtures("small_limits")
def test_members_share_one_allowance(tmp_path):
    """
    Many small members are a bomb too: those before the limit are read, the next is told, the others are not opened.
    """
    book = read(tmp_path, zipped(*[(f"{rank}.txt", b" " * 30_000) for rank in range(4)]))
    codes = ["FORMAT_INCONNU", "FORMAT_INCONNU", "ARCHIVE_TROP_GRANDE"]
    assert [(f"envoi/{rank}.txt", code) for rank, code in enumerate(codes)] == told(book)


@pytest.mark.usefixtures("small_limits")
def test_too_many_members_are_told(tmp_path):
    """
    The first in the order of their names are read.
    """
    book = read(tmp_path, zipped(*[(f"{rank}.txt", b"x") for rank in range(6)]))
    assert ["0.txt", "1.txt", "2.txt", "3.txt"] == [name.removeprefix("envoi/") for name, _ in told(book)[1:]]
    assert ("envoi", "ARCHIVE_TROP_DE_MEMBRES") == told(book)[0]


@pytest.mark.parametrize("comment", [b"", b"un commentaire"])
def test_directory_that_is_too_long_is_not_loaded(tmp_path, monkeypatch, comment):
    """
    The size that `zipfile` would load is looked at before, in either form of the end of the directory.
    """
    monkeypatch.setattr(archives, "MOST_DIRECTORY", 100)
    content = zipped(*[(f"{rank}.txt", b"x") for rank in range(5)])
    end = content.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack("<HII", content[end + 10 : end + 20])
    end64 = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    tail = content[end:-2] + struct.pack("<H", len(comment)) + comment
    hidden = bytearray(tail)
    hidden[12:16] = struct.pack("<I", 5)
    for archive in (content[:end] + tail, content[:end] + end64 + locator + bytes(hidden)):
        assert [("envoi", "ARCHIVE_TROP_DE_MEMBRES")] == told(read(tmp_path, archive))


def test_long_member_leaves_memory_alone():
    """
    Beyond 64 MiB, a member stands in a temporary file: 192 MiB are expanded in less than 100 of memory.
    """
    content = zipped(("a.txt", bytes(1 << 20)), method=zipfile.ZIP_STORED)
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("b.txt", "w") as member:
        for _ in range(192):
            member.write(bytes(range(256)) * 4096)
    tracemalloc.start()
    (_, entree) = archives.expand(Entree(nom="x", contenu=out.getvalue()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(entree, Entree)
    assert (192 << 20, bytes(range(256))) == (len(entree.octets), bytes(entree.octets[-256:]))
    assert entree.flux().read(256) == entree.head()[:256]
    assert peak < 100 << 20


def test_format_that_is_a_zip_gets_it_whole(tmp_path):
    """
    A vendor's reader is asked before the archive is opened.
    """
    seen = []

    def keep(entree: Entree) -> Lecture:
        seen.append(bytes(entree.octets[:2]))
        return Lecture(Tables(sources=(Source(nom=entree.nom, format="lgo"),)))

    class Plugin:
        @hookimpl
        def tiers_payant_formats(self) -> list[FormatSpec]:
            return [FormatSpec(name="lgo", label="LGO", sniff=lambda h: h[:2] == b"PK", read=keep, provider="lgo")]

    (tmp_path / "a.lgo").write_bytes(zipped(("a.b2", B2)))
    book = tp.read(tmp_path, manager=tp.build_manager(Plugin()))
    assert ([b"PK"], ["a.lgo"]) == (seen, names(book))


def test_member_without_a_name_is_read_under_a_mark(tmp_path):
    """
    A name of nothing but a NUL is none: the member is read, told as `?`.
    """
    path = tmp_path / "sans-nom.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.b2", (GOLDEN / "b2" / "deux_lots.txt").read_bytes())
    path.write_bytes(path.read_bytes().replace(b"a.b2", b"\0.b2"))
    book = tp.read(path)
    assert ["sans-nom.zip/?"] == [source.nom for source in book.sources]
    assert 3 == len(book.tables.factures)


def test_no_two_members_have_one_name(tmp_path):
    """
    What is told of one is never taken for the other, even when a member is called like the second of another name.
    """
    path = tmp_path / "noms.zip"
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("a.csv", "a.csv#2", "a.csv"):
            archive.writestr(name, b"EXEMPLE")
    names = [source.nom for source in tp.read(path).sources]
    assert ["noms.zip/a.csv", "noms.zip/a.csv#2", "noms.zip/a.csv#3"] == names
