"""What the reader of a format is given: its samples, cut, broken, written otherwise, and junk. All of it from them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import attrs

__all__ = ["CANARIES", "FAMILIES", "Case", "cases_of", "cuts_of", "is_document", "is_lines", "junk", "text_of"]

CANARIES = {"nir": b"1990599999999", "nom": b"SECRETNOM", "montant": b"0000765432", "texte": b"SECRET TEXTE"}
"""What is written over samples: none of it may be told."""

_STEP = 23
"""Bytes between two places of a canary: every field of some width is met, at changing places."""
_BOMS = (b"\xff\xfe", b"\xfe\xff")


@attrs.frozen
class Case:
    """One content to read."""

    name: str
    """What was done to which sample."""
    content: bytes = attrs.field(repr=False)
    sample: str = ""
    """The sample that it was made from; empty for junk."""
    ligne: int = 0
    """The line that is broken, from 1; 0 for none."""
    octets: range = range(0)
    """Where that line stands."""


def is_lines(content: bytes) -> bool:
    """Tell whether *content* is lines of text, each a record perhaps: no XML, no JSON, no UTF-16."""
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    return not content.startswith(_BOMS) and text[:1] not in (b"<", b"{", b"[", b"") and len(text.splitlines()) > 1


def is_document(content: bytes) -> bool:
    """Tell whether *content* is JSON, perhaps: its lines mean nothing, its fields do."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def text_of(content: bytes) -> str:
    """Return the text of a file, however it is encoded in one byte or in UTF-8, and however its lines end."""
    stripped = content.rstrip(b"\0")
    try:
        text = stripped.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = stripped.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def cuts_of(length: int, most: int) -> range:
    """Return where a file of so many bytes is cut: at every byte, or at *most* places at equal distances."""
    return range(0, length, max(1, -(-length // most)))


def _samples(name: str, content: bytes, most: int) -> Iterator[Case]:
    yield Case(name, content, name)


def _cut(name: str, content: bytes, most: int) -> Iterator[Case]:
    stripped = content.rstrip(b"\r\n")
    if len(stripped) < len(content):
        yield Case(f"{name} without its last end of line", stripped, name)
    for end in cuts_of(len(content), most):
        yield Case(f"{name} cut at byte {end}", content[:end], name)


def _broken(name: str, content: bytes, most: int) -> Iterator[Case]:
    if not is_lines(content):
        return
    lines = content.splitlines(keepends=True)
    for rank in cuts_of(len(lines), most):
        text = lines[rank].rstrip(b"\r\n")
        junk_line = b"@" * len(text) + lines[rank][len(text) :]
        changed, start = b"".join([*lines[:rank], junk_line, *lines[rank + 1 :]]), sum(map(len, lines[:rank]))
        octets = range(start, start + len(junk_line))
        yield Case(f"{name} line {rank + 1} broken", changed, name, ligne=rank + 1, octets=octets)


def _encoded(name: str, content: bytes, most: int) -> Iterator[Case]:
    if content.startswith(_BOMS) or b"\0" in content:
        return
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    written = {
        "in UTF-8": text.encode(),
        "in UTF-8 with a BOM": text.encode("utf-8-sig"),
        "in latin-1": text.encode("latin-1", "replace"),
        "in UTF-16": text.encode("utf-16"),
        "in UTF-16 without a BOM": text.encode("utf-16-le"),
        "with LF": unix.encode(),
        "with CR LF": unix.replace("\n", "\r\n").encode(),
        "with CR": unix.replace("\n", "\r").encode(),
        "padded with NUL": content + bytes(700),
        "with a NUL inside": content[: len(content) // 2] + b"\0" + content[len(content) // 2 :],
    }
    yield from (Case(f"{name} {how}", changed, name) for how, changed in written.items())


def _canary(name: str, content: bytes, most: int) -> Iterator[Case]:
    for what, secret in CANARIES.items():
        last = len(content) - len(secret)
        step = max(_STEP, -(-last // max(1, most // len(CANARIES))))
        for place in range(0, max(0, last), step):
            changed = content[:place] + secret + content[place + len(secret) :]
            yield Case(f"{name} with a {what} at byte {place}", changed, name)


FAMILIES: dict[str, Callable[[str, bytes, int], Iterator[Case]]] = {
    "samples": _samples, "cut": _cut, "broken": _broken, "encoded": _encoded, "canary": _canary,
}  # fmt: skip
"""What is made from each sample, by name; `junk` beside it."""


def cases_of(family: str, samples: dict[str, bytes], most: int) -> Iterator[Case]:
    """Yield the cases of one family, of each sample in order.

    Args:
        family: A name of `FAMILIES`, or `junk`.
        samples: Contents by name.
        most: So many cases of one sample at most; those left out stand at equal distances among those kept.
    """
    if family == "junk":
        yield from junk(samples)
        return
    for name in sorted(samples):
        yield from FAMILIES[family](name, samples[name], most)


def junk(samples: dict[str, bytes]) -> Iterator[Case]:
    """Yield what is no file of the format: by itself, and after the beginning of each sample."""
    alone = {
        "nothing": b"",
        "one NUL": b"\0",
        "blanks": b" " * 300 + b"\n" * 300,
        "NULs": bytes(5000),
        "every byte": bytes(range(256)) * 8,
        "noise": b"".join(hashlib.sha256(bytes([rank])).digest() for rank in range(200)),
        "@": b"@" * 20_000,
        "one endless line of digits": b"9" * 200_000,
        "text in UTF-16": "EXEMPLE é\n".encode("utf-16") * 40,
        "emoji": "😀🏥²٣\u202e\n".encode() * 60,
        "a PDF": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Title (EXEMPLE) >>\nendobj\n%%EOF\n",
        "a PNG": b"\x89PNG\r\n\x1a\n" + bytes(200),
        "a ZIP": b"PK\x03\x04" + bytes(200),
        "nested XML": b"<?xml version='1.0'?>" + b"<a>" * 3000,
        "nested JSON": b"[" * 3000,
    }
    yield from (Case(what, content) for what, content in alone.items())
    for name in sorted(samples):
        content = samples[name]
        half, digits = content[: len(content) // 2], bytes.maketrans(b"0123456789", b"9" * 10)
        yield Case(f"the first half of {name}, then @", half + b"@" * 5000)
        yield Case(f"the first half of {name}, then NULs", half + bytes(5000))
        yield Case(f"the first half of {name}, then digits without end", half + b"9" * 20_000)
        yield Case(f"{name} twice over itself", content[::-1] + content)
        yield Case(f"{name} with ² for each 1", content.replace(b"1", "²".encode()))
        yield Case(f"{name} with \\xb2 for each 1", content.replace(b"1", b"\xb2"))
        yield Case(f"{name} with 9 for each digit", content.translate(digits))
        yield Case(f"{name} with - for each 0", content.replace(b"0", b"-"))
