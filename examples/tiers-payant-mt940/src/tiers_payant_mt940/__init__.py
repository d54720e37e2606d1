"""MT940 bank statements: `mt-940` reads each field, and every line keeps its place in the file."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import mt940

from tiers_payant.domain import (
    Entree,
    FormatSpec,
    Lecture,
    LectureBuilder,
    Ligne,
    hookimpl,
    joined,
    montants,
    one_line,
    whole,
)
from tiers_payant.errors import shape

__version__ = "1.0.0"
requires_api = ">=1,<2"

# `RC` undoes a credit: without this option it would be counted as one.
OPTIONS = mt940.Options(reversal_sign=True, case_insensitive_marks=True, unbounded_details=True)
TAG = re.compile(r":([0-9]{2}[A-Z]?):")
ENVELOPE = re.compile(r"\{[1-5]:|-\}?$|\}$")
TEXTS = {"id": "TypeId", "customer_reference": "CustRef", "bank_reference": "BankRef", "extra_details": "Detail"}
MOST_LINES, FULL = 60, 65
CENTS = montants(".", "")
# It logs what it cannot read, values included: nothing of a statement may reach a log.
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)


def sniff(head: bytes) -> float:
    """Tell whether *head* opens a statement: a reference, then an account."""
    return 0.9 if re.search(rb"(?m)^:20:.*\r?\n(?:.*\r?\n){0,3}:25:", head) else 0.0


def read_parts(entree: Entree, octets: int) -> Iterator[Lecture]:
    """Yield the statements of a file, in parts of about *octets* bytes."""
    book = LectureBuilder(entree, "mt940", reference="MT940")
    found = False
    for fields in statements(book):
        found = True
        read_statement(book, fields)
        if book.octets >= octets:
            yield book.take()
    if not found:
        book.tell("RELEVE_VIDE")
    yield book.take()


def statements(book: LectureBuilder) -> Iterator[list[Ligne]]:
    """Yield the fields of each statement, a movement with the text that follows it; what stands outside is told."""
    fields: list[list[Ligne]] = []
    for line in book.lines():
        tag = TAG.match(line.texte)
        if tag and tag[1] == "20":
            if fields:
                yield [joined(field) for field in fields]
            fields = [[line]]
        elif fields and tag and not (tag[1] == "86" and fields[-1][0].texte.startswith(":61:")):
            fields.append([line])
        elif fields and not ENVELOPE.match(line.texte) and len(fields[-1]) < MOST_LINES:
            fields[-1].append(line)
        elif not ENVELOPE.match(line.texte):
            book.tell("ENREGISTREMENT_INCONNU", line, code="??")
            book.keep(line)
    if fields:
        yield [joined(field) for field in fields]


def parse(field: Ligne) -> mt940.models.Transactions:
    """Return what `mt-940` reads in one field."""
    try:
        return mt940.parse_statements(io.StringIO(f":20:\n{field.texte}\n"), options=OPTIONS)[0]
    except Exception:  # whatever it raises quotes the field
        fault = field.fault("VALEUR_ATTENDUE", attendu="un champ MT940", forme=shape(field.texte))
    raise fault


def read_statement(book: LectureBuilder, fields: Sequence[Ligne]) -> None:
    """Read one statement, or one page of it: its account and its balances, then its movements."""
    said: dict[str, Any] = {"account_identification": ""}
    for field in fields:
        if not field.texte.startswith((":61:", ":86:")):
            with book.reading(field):
                said |= {name: solde(field, value) for name, value in parse(field).data.items()}
    opening, closing = (
        said.get(f"final_{side}_balance") or said.get(f"intermediate_{side}_balance") for side in ("opening", "closing")
    )
    releve = book.open_releve(
        fields[0],
        compte=one_line(said["account_identification"]),
        devise=opening[2] if opening else "EUR",
        identifiant=one_line(fields[0].texte[len(":20:") :]),
    )
    if opening:
        releve.solde_initial(*opening[:2])
    if closing:
        releve.solde_final(*closing[:2])
    for field in fields:
        if field.texte.startswith(":61:"):
            with book.reading(field):
                releve.add(field, **movement(field))


def solde(field: Ligne, value: Any) -> Any:
    """Return a balance as its cents, its day and its currency; anything else as it is."""
    if not isinstance(value, mt940.models.Balance):
        return value
    amount: Any = value.amount
    return field.cell(str(amount.amount), CENTS, field="solde"), value.date, amount.currency


def movement(field: Ligne) -> dict[str, Any]:
    """Return one line of a statement; the day that it is booked is its value date when it tells no other."""
    (found,) = parse(field)
    said = found.data
    return {
        "montant_cents": field.cell(str(said["amount"].amount), CENTS, field="montant"),
        "date": said.get("guessed_entry_date") or said["date"],
        "date_valeur": said["date"],
        "libelle": label(said.get("transaction_details") or said.get("purpose") or ""),
        "emetteur": one_line(said.get("applicant_name") or ""),
        "extourne": said["status"].upper().startswith("R"),
        "textes": "\n".join(
            f"{tag}: {one_line(said[name])}"
            for name, tag in TEXTS.items()
            if said.get(name) not in (None, "", "NONREF")
        ),
    }


def label(text: str) -> str:
    """Return a text on one line: a word may be cut at the end of a line that is full."""
    glued = re.sub(rf"(?m)^(.{{{FULL}}})\n", r"\1", text).replace("\n ", " ")
    return one_line(glued.strip())


@hookimpl
def tiers_payant_formats() -> Iterable[FormatSpec]:
    """Return MT940."""
    label_fr = "MT940, relevé de compte"
    return [FormatSpec(name="mt940", label=label_fr, sniff=sniff, read=whole(read_parts), read_parts=read_parts)]
