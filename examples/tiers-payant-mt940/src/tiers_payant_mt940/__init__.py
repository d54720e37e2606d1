"""MT940 bank statements: `mt-940` reads each field by itself, so that one that is broken costs its own line alone."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import mt940

from tiers_payant.domain import Entree, FormatSpec, Lecture, LectureBuilder, Ligne, hookimpl, montants, unwrapped, whole
from tiers_payant.errors import shape

__version__ = "1.0.0"
requires_api = ">=1,<2"

# `RC` undoes a credit: without `reversal_sign` it would be counted as one.
OPTIONS = mt940.Options(reversal_sign=True, case_insensitive_marks=True, unbounded_details=True)
# An `:86:` belongs to the field before it; braces and dashes are the envelope of SWIFT.
FIELD = re.compile(r":(?!86:)[0-9]{2}[A-Z]?:|\{[1-5]:|-?\}|-$")
SIDES = ("opening_balance", "closing_balance")
TEXTES = {"TypeId": "id", "CustRef": "customer_reference", "BankRef": "bank_reference", "Detail": "extra_details"}
CENTS = montants(".", "")
WIDTH = 65
# Its logger quotes what it cannot read: nothing of a statement may reach a log.
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)


def sniff(head: bytes) -> float:
    """Tell whether *head* opens a statement: a reference, then an account."""
    return 0.9 if re.search(rb"(?m)^:20:.*\r?\n(?:.*\r?\n){0,3}:25:", head) else 0.0


def read_parts(entree: Entree, octets: int) -> Iterator[Lecture]:
    """Yield the statements of a file, in parts of about *octets* bytes; each page is a statement of its own."""
    book = LectureBuilder(entree, "mt940", reference="MT940")
    fields: list[Ligne] = []
    for field in book.records(FIELD):
        if field.texte.startswith(":20:") and fields:
            read_statement(book, fields)
            fields = []
            if book.octets >= octets:
                yield book.take()
        if field.texte.startswith(":"):
            fields.append(field)
    if fields:
        read_statement(book, fields)
    else:
        book.tell("RELEVE_VIDE")
    yield book.take()


def read_statement(book: LectureBuilder, fields: Sequence[Ligne]) -> None:
    """Read the account and the balances of a statement, and its movements."""
    said: dict[str, Any] = {}
    movements = []
    for field in fields:
        with book.reading(field):
            found = parse(field)
            said |= {name: solde(field, value) for name, value in found.data.items()}
            movements += [(field, movement(field, one.data)) for one in found]
    first, last = (said.get(f"final_{side}") or said.get(f"intermediate_{side}") for side in SIDES)
    releve = book.open_releve(
        fields[0],
        compte=said.get("account_identification", ""),
        devise=(first or last or ("", None, ""))[2],
        identifiant=said.get("transaction_reference", ""),
    )
    for told, note in ((first, releve.solde_initial), (last, releve.solde_final)):
        if told:
            note(*told[:2])
    for field, row in movements:
        releve.add(field, **row)


def parse(field: Ligne) -> mt940.models.Transactions:
    """Return what `mt-940` reads in one field; a field that gives nothing, or raises, is refused."""
    with suppress(Exception):  # its words quote the field
        found = mt940.parse(io.StringIO(field.texte), options=OPTIONS)
        if found.data or len(found):
            return found
    raise field.fault("VALEUR_ATTENDUE", attendu="un champ MT940", forme=shape(field.texte))


def solde(field: Ligne, value: Any) -> Any:
    """Return a balance as its cents, its day and its currency; anything else as it is."""
    if not isinstance(value, mt940.models.Balance):
        return value
    amount: Any = value.amount
    return field.cell(str(amount.amount), CENTS, field="solde"), value.date, amount.currency


def movement(field: Ligne, said: dict[str, Any]) -> dict[str, Any]:
    """Return one line of a statement; it is booked on its value date when it tells no other day."""
    return {
        "montant_cents": field.cell(str(said["amount"].amount), CENTS, field="montant"),
        "date": said.get("guessed_entry_date") or said["date"],
        "date_valeur": said["date"],
        "libelle": unwrapped(said.get("transaction_details") or said.get("purpose") or "", WIDTH),
        "emetteur": said.get("applicant_name") or "",
        "extourne": said["status"].upper().startswith("R"),
        "textes": {tag: said[name] for tag, name in TEXTES.items()},
    }


@hookimpl
def tiers_payant_formats() -> Iterable[FormatSpec]:
    """Return MT940."""
    label = "MT940, relevé de compte"
    return [FormatSpec(name="mt940", label=label, sniff=sniff, read=whole(read_parts), read_parts=read_parts)]
