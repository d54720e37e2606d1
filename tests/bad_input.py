"""The catalogue of bad input: one broken file per error, what is kept of it, and the words for it in both languages.

`python -m tests.bad_input` writes every small file anew, what is told of each, and docs/reference/bad-input.md.
`python -m tests.bad_input --cost` measures each case instead: seconds, and memory above that of the interpreter.
"""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

import attrs
import pluggy
from tests.formats.golden import GOLDEN

import tiers_payant as tp
from tiers_payant.domain import Entree, FormatSpec, Lecture, hookimpl
from tiers_payant.errors import SourceError

__all__ = ["CASES", "FOLDER", "PAGE", "SECRETS", "TRUNCATED", "Case", "page", "poisoned", "read_case", "text_of"]

FOLDER = GOLDEN / "bad-input"
PAGE = Path(__file__).parents[1] / "docs" / "reference" / "bad-input.md"

LISTED = 5
"""Problems whose words are kept; the others are counted."""
SMALL_MIB = 32
"""Memory that reading a small case may take above the interpreter with the library loaded."""


@attrs.frozen(kw_only=True)
class Case:
    """One broken input."""

    name: str
    title: str
    make: Callable[[], bytes | None]
    """The file; None when there is none, or when it is a folder."""
    file: str = "fichier"
    big: bool = False
    """Made when it is wanted, never stored."""
    peak_mib: int = SMALL_MIB
    around: Callable[[Path], AbstractContextManager[None]] = lambda path: nullcontext()
    """What happens to the file while it is read."""
    manager: Callable[[Path], pluggy.PluginManager] | None = None

    def write(self, folder: Path) -> Path:
        """Put the input under *folder*, and return the path to read."""
        path = folder / self.file
        content = self.make() if self.big else self.stored()
        if content is not None:
            path.write_bytes(content)
        return path

    def stored(self) -> bytes | None:
        path = FOLDER / self.name / self.file
        return path.read_bytes() if path.is_file() else None


def golden(name: str) -> bytes:
    return (GOLDEN / name).read_bytes()


B2, NOEMIE = "b2/deux_lots.txt", "noemie/trois_cadrages_nu.txt"
CAMT, CFONB = "camt053/contrepassation.xml", "cfonb120/deux_comptes_deux_jours.txt"


def replaced(name: str, old: bytes, new: bytes) -> bytes:
    content = golden(name)
    assert old in content
    return content.replace(old, new, 1)


def record(content: bytes, rank: int) -> bytes:
    return content.splitlines(keepends=True)[rank]


def without_last_line(name: str) -> bytes:
    return b"".join(golden(name).splitlines(keepends=True)[:-1])


def xml_with(doctype: bytes, use: bytes) -> bytes:
    content = golden(CAMT)
    head, rest = content.split(b"?>\n", 1)
    return head + b"?>\n" + doctype + rest.replace(b"<Id>R1</Id>", b"<Id>" + use + b"</Id>")


LAUGHS = b"<!DOCTYPE lol [<!ENTITY a0 'EXEMPLE'>\n%s]>\n" % b"\n".join(
    b"<!ENTITY a%d '%s'>" % (rank + 1, b"&a%d;" % rank * 10) for rank in range(9)
)
LOOP = b"<!DOCTYPE a [<!ENTITY a '&b;'><!ENTITY b '&a;'>]>\n"
XXE = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///exemple/secret">]>\n'


def deep_xml() -> bytes:
    return replaced(CAMT, b"<Ntry>", b"<Ntry>" + b"<A>" * 300_000)


def endless_element() -> bytes:
    return golden(CAMT).split(b"<Ntry>")[0] + b"<A>EXEMPLE</A>" * 2_500_000


def cluttered_entry() -> bytes:
    """Details as readers expect them, each under two thousand elements that nobody reads."""
    clutter = b"<T>" + b"<J/>" * 2000 + b"<TxDtls/></T>"
    return golden(CAMT).split(b"</Ntry>")[0] + clutter * 4_000


def mixed_encodings() -> bytes:
    """Two labels with an accent, one in latin-1, the other in UTF-8, which makes its line a byte longer."""
    first, second, *others = [line for line in golden(CFONB).splitlines() if line.startswith(b"04")]
    assert not others or first != second
    latin = first[:48] + "RÈGLEMENT EXEMPLE".encode("latin-1").ljust(31) + first[79:]
    utf = first[:48] + "RÈGLEMENT EXEMPLE".encode().ljust(32) + first[79:]
    return golden(CFONB).replace(first, latin + b"\n" + utf)


def line_of_119() -> bytes:
    lines = golden(CFONB).splitlines()
    rank = next(rank for rank, line in enumerate(lines) if line.startswith(b"04"))
    lines[rank] = lines[rank][:30] + lines[rank][31:]
    return b"\n".join([*lines, b""])


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a-lot.txt", golden(B2))
        archive.writestr("b-bombe.txt", b"@" * (80 << 20))
        archive.writestr("c-lot.txt", golden(B2))
    return out.getvalue()


@contextmanager
def refused(path: Path) -> Iterator[None]:
    """The system refuses to open the file: rights cannot be taken from whoever runs the tests as root."""
    real = Path.open

    def refuse(self: Path, *args: Any, **others: Any) -> Any:
        if self == path:
            raise PermissionError(13, "Permission denied", str(path))
        return real(self, *args, **others)

    with patch.object(Path, "open", refuse):
        yield


def growing(path: Path) -> pluggy.PluginManager:
    """A manager whose B2 reader is overtaken by a program that adds to the file."""
    (b2,) = [spec for spec in tp.plugins.formats_of(tp.build_manager()) if spec.name == "b2"]

    def read(entree: Entree) -> Lecture:
        with path.open("ab") as more:
            more.write(golden(B2))
        return b2.read(entree)

    class Plugin:
        @hookimpl
        def tiers_payant_formats(self) -> list[FormatSpec]:
            return [attrs.evolve(b2, read=read, provider="exemple")]

    return tp.build_manager(Plugin())


CASES = (
    Case(name="b2-tronque", title="B2 cut in the middle of a record", make=lambda: golden(B2)[:1500], file="lot.b2"),
    Case(
        name="noemie-tronque", title="NOÉMIE cut in the middle of an entity", make=lambda: golden(NOEMIE)[:700],
        file="retour.txt",
    ),
    Case(name="camt-tronque", title="CAMT.053 cut", make=lambda: golden("camt053/tronque.xml"), file="releve.xml"),
    Case(name="cfonb-tronque", title="CFONB 120 cut", make=lambda: golden(CFONB)[:700], file="releve.txt"),
    Case(
        name="comptes-faux", title="Counts and sums of types 5, 6 and 999 that are wrong",
        make=lambda: golden("b2/controles_faux.txt"), file="lot.b2",
    ),
    Case(
        name="somme-990-fausse", title="A 990 whose sum is wrong", make=lambda: golden("noemie/somme_990_fausse.txt"),
        file="retour.txt",
    ),
    Case(
        name="lettres-dans-un-montant-b2", title="Letters in an amount (B2)",
        make=lambda: golden("b2/montant_illisible.txt"), file="lot.b2",
    ),
    Case(
        name="lettres-dans-un-montant-noemie", title="Letters in an amount (NOÉMIE)",
        make=lambda: golden("noemie/montant_illisible.txt"), file="retour.txt",
    ),
    Case(
        name="lettres-dans-un-montant-camt", title="Amounts that are none (CAMT.053)",
        make=lambda: golden("camt053/montants_refuses.xml"), file="releve.xml",
    ),
    Case(
        name="lettres-dans-un-montant-cfonb", title="Letters in an amount (CFONB 120)",
        make=lambda: golden("cfonb120/montant_illisible.txt"), file="releve.txt",
    ),
    Case(
        name="entite-inconnue", title="An entity that no layout knows",
        make=lambda: golden("noemie/entite_105_inconnue.txt"), file="retour.txt",
    ),
    Case(
        name="bourrage-nul", title="A file padded with NUL bytes", make=lambda: golden(B2) + bytes(1000), file="lot.b2"
    ),
    Case(
        name="latin-1-et-utf-8", title="latin-1 and UTF-8 in one file", make=mixed_encodings, file="releve.txt"
    ),
    Case(name="fin-absente-b2", title="B2 without its 999", make=lambda: without_last_line(B2), file="lot.b2"),
    Case(
        name="fin-absente-noemie", title="NOÉMIE without its 999", make=lambda: golden("noemie/fin_999_absente.txt"),
        file="retour.txt",
    ),
    Case(name="vide", title="An empty file", make=lambda: b"", file="releve.txt"),
    Case(
        name="pdf", title="A PDF under another name", file="releve.txt",
        make=lambda: b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Title (EXEMPLE) >>\nendobj\n%%EOF\n",
    ),
    Case(
        name="arobases", title="30 MB of `@`", make=lambda: b"@" * 30_000_000, file="retour.txt", big=True, peak_mib=48
    ),
    Case(
        name="arobases-apres-un-en-tete", title="30 MB of `@` after a NOÉMIE header", file="retour.txt", big=True,
        make=lambda: record(golden(NOEMIE), 0) + b"@" * 30_000_000, peak_mib=960,
    ),
    Case(
        name="xxe", title="XML that names a file of the machine (XXE)", make=lambda: xml_with(XXE, b"&a;"),
        file="releve.xml",
    ),
    Case(
        name="billion-laughs", title="XML whose entities multiply (billion laughs)",
        make=lambda: xml_with(LAUGHS, b"&a9;"), file="releve.xml",
    ),
    Case(
        name="entites-en-boucle", title="XML whose entities name each other", make=lambda: xml_with(LOOP, b"&a;"),
        file="releve.xml",
    ),
    Case(
        name="xml-profond", title="XML of 300 000 nested elements", make=deep_xml, file="releve.xml", big=True,
    ),
    Case(
        name="xml-sans-fin", title="XML that never comes to the point: 35 MB without an entry", make=endless_element,
        file="releve.xml", big=True, peak_mib=320,
    ),
    Case(
        name="xml-encombre", title="XML whose entry never ends: 32 MB of it", make=cluttered_entry,
        file="releve.xml", big=True, peak_mib=320,
    ),
    Case(
        name="ligne-de-119", title="A CFONB line of 119 characters", make=line_of_119, file="releve.txt"
    ),
    Case(
        name="bombe-gzip", title="A gzip bomb: 100 MB in 100 kB", file="releve.xml.gz", big=True, peak_mib=128,
        make=lambda: gzip.compress(b"@" * 100_000_000, 6),
    ),
    Case(
        name="bombe-zip", title="A zip bomb among real files", make=zip_bomb, file="envoi.zip", big=True, peak_mib=128,
    ),
    Case(
        name="gzip-tronque", title="A gzip cut", make=lambda: gzip.compress(golden(B2), mtime=0)[:-9], file="lot.b2.gz"
    ),
    Case(name="dossier", title="A folder that bears the name of a file, and holds none", make=lambda: None, file=""),
    Case(name="absent", title="A path that does not exist", make=lambda: None, file="absent.txt"),
    Case(name="acces-refuse", title="No permission", make=lambda: golden(B2), file="lot.b2", around=refused),
    Case(
        name="fichier-qui-grandit", title="A file that grows while it is read", make=lambda: golden(B2), file="lot.b2",
        manager=growing,
    ),
)  # fmt: skip


def read_case(case: Case, folder: Path) -> dict[str, Any]:
    """Read one case as `tiers_payant.read` does, and tell what came of it."""
    path = case.write(folder)
    manager = case.manager(path) if case.manager else None
    with case.around(path):
        try:
            book = tp.read(path, manager=manager)
        except SourceError as error:
            return {"exception": type(error).__name__, "en": [str(error).replace(str(folder), "DOSSIER")]}
    counts = {name: len(table) for name, table in book.tables.each() if len(table)}
    shown, rest = book.problems[:LISTED], len(book.problems) - LISTED
    return {
        "rows": counts,
        "codes": sorted({problem.code for problem in book.problems}),
        "en": [str(problem) for problem in shown],
        "fr": [f"{problem.at} : {problem.message_fr}" for problem in shown],
        **({"more": rest} if rest > 0 else {}),
    }


def text_of(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


# --- cuts and secrets, for every format

TRUNCATED = {
    "b2": "b2/deux_lots.txt",
    "noemie blocs": "noemie/trois_cadrages_blocs.txt",
    "noemie longueurs": "noemie/trois_cadrages_longueurs.txt",
    "noemie nu": "noemie/trois_cadrages_nu.txt",
    "camt053": CAMT,
    "cfonb120": CFONB,
}
"""A small file of each format, and of each framing."""

SECRETS = {"nir": b"1990599999999", "nom": b"SECRETNOM", "montant": b"0000765432", "texte": b"SECRET TEXTE"}


def poisoned(content: bytes) -> list[bytes]:
    """The content with each secret written over it, anywhere: whatever field it falls into becomes wrong."""
    step = 23
    return [
        content[:place] + secret + content[place + len(secret) :]
        for secret in SECRETS.values()
        for place in range(0, len(content) - len(secret), step)
    ]


# --- the page

HEAD = f"""# Bad input

What the library does with a file that is broken, hostile or no file at all: one section per case, with what is kept of
it and what is said. This page is written from the tests (`python -m tests.bad_input`), which hold every word of it.

* All that can be read is kept. What belongs to a record that cannot be read stays in the table `bruts`, as it stands.
* Nothing but a `TiersPayantError` comes out, and only for a path that is wrong: what is wrong *in* a file is a problem.
* No value of a file is in a message: shapes are (`9` for a digit, `A` for a letter).
* Of one kind of problem in one file, 100 are listed and the others counted.
* Memory: a small file takes at most {SMALL_MIB} MiB above what Python and the library take; a large one what its
  section says. Files are copied before they are read, in memory up to 1 GiB, then in an unnamed temporary file: one
  that changes meanwhile cannot end the process. A CAMT file is read as a stream.
* Time grows with the length of the file, for each case; `python -m tests.bad_input --cost` measures it where you are.
"""


def page() -> str:
    """Write the page from what is stored."""
    return "\n".join([HEAD, *(section(case, json.loads(expected(case))) for case in CASES)])


def section(case: Case, found: dict[str, Any]) -> str:
    lines = [f"## {case.title}", ""]
    if "exception" in found:
        lines += [f"`{found['exception']}` is raised, and nothing is read:", "", "```text", *found["en"], "```", ""]
        return "\n".join(lines)
    kept = ", ".join(f"{count} `{name}`" for name, count in found["rows"].items()) or "nothing"
    lines += [f"Kept: {kept}." + (f" Memory: at most {case.peak_mib} MiB." if case.big else "")]
    more = [f"... {found['more']} more"] if "more" in found else []
    for words in (found["en"], found["fr"]):
        lines += ["", "```text", *words, *more, "```"] if words else []
    return "\n".join([*lines, "" if found["en"] else "\nNothing is told: there is nothing wrong.\n"])


def expected(case: Case) -> str:
    return (FOLDER / f"{case.name}.json").read_text(encoding="utf-8")


# --- commands


def rewrite() -> None:
    for case in CASES:
        content = None if case.big else case.make()
        if content is not None:
            (FOLDER / case.name).mkdir(parents=True, exist_ok=True)
            (FOLDER / case.name / case.file).write_bytes(content)
        with tempfile.TemporaryDirectory() as folder:
            found = read_case(case, Path(folder))
        (FOLDER / f"{case.name}.json").write_text(text_of(found), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


def cost(case: Case) -> tuple[float, float]:
    """Read one case in a process of its own: seconds, and MiB at the worst above what the process took before.

    Raises:
        OSError: This system does not tell what a process took at the worst.
    """
    with tempfile.TemporaryDirectory() as folder:
        case.write(Path(folder))
        command = [sys.executable, "-m", "tests.bad_input", "--one", case.name, folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    seconds, mib = map(float, done.stdout.split())
    return seconds, mib


def one(case: Case, folder: Path) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as warm:
        for other in CASES:
            if not other.big:
                read_case(other, Path(warm))  # the library is loaded, its tables too
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, start = peak_kib(), time.perf_counter()
    read_case(attrs.evolve(case, make=lambda: None, big=True), folder)
    return time.perf_counter() - start, (peak_kib() - before) / 1024


def peak_kib() -> int:
    """What this process took at the worst; not `ru_maxrss`, which a process inherits from the one that starts it."""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return int(text.split("VmHWM:")[1].split()[0])


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--one"]:
        (case,) = [case for case in CASES if case.name == arguments[1]]
        sys.stdout.write("{} {}".format(*one(case, Path(arguments[2]))))
    elif arguments == ["--cost"]:
        for case in CASES:
            seconds, mib = cost(case)
            sys.stdout.write(f"{case.name:34} {seconds:7.3f} s {mib:7.1f} MiB\n")
    else:
        rewrite()


if __name__ == "__main__":
    main(sys.argv[1:])
