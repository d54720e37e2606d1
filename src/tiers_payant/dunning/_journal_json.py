"""The run file of a day: the contacts that were made, as JSON of schema `tiers-payant/relances/1`, and back."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

import numpy as np

from tiers_payant.domain import Canal, Echanges, Part, TypeDebiteur
from tiers_payant.dunning._echanges import join_echanges
from tiers_payant.dunning._journal_lettres import read_fournitures
from tiers_payant.errors import RelanceError

__all__ = ["JOURNAL_SCHEMA", "echanges_from_json", "echanges_to_json", "fournitures_from_json"]

JOURNAL_SCHEMA = "tiers-payant/relances/1"

_CONTACT = ("relance", "officine", "debiteur", "type", "palier", "canal", "mise_en_demeure", "politique")
_CREANCE = ("lot_date", "lot", "facture", "part", "cents")
_VERIFIEE = "verifiee"
"""The one member that a claim may be without: the day on which a person lifted what held it."""
_NAMED = ("AMO", "AMC", "ASSURE")
_LONGEST = 200
_DAY = re.compile(r"[0-9]{4,6}-[0-9]{2}-[0-9]{2}")
_MOST_CENTS = 10**15

Object = dict[str, Any]


def echanges_to_json(echanges: Echanges, jour: dt.date, lettres: Iterable[Mapping[str, object]] = ()) -> str:
    """Return the run file of *jour*: contacts by id, one a line, the same bytes for the same contacts.

    It holds references of debtors and numbers of factures; no NIR, no name, no address.

    Args:
        echanges: The contacts.
        jour: Their day.
        lettres: Who made the letter of each, as `fournitures_of` gives it.
    """
    whole = join_echanges(echanges)
    contacts = []
    for _, group in groupby(map(whole.row, range(len(whole))), lambda row: row["relance"]):
        same = list(group)
        contacts.append({**{name: same[0][name] for name in _CONTACT}, "creances": [_claim(row) for row in same]})
    head = f'{{\n"schema": {_dump(JOURNAL_SCHEMA)},\n"jour": {_dump(jour.isoformat())},\n"contacts": ['
    made = sorted(map(_dump, lettres))
    tail = ',\n"lettres": [' + ",".join(f"\n{one}" for one in made) + "]" if made else ""
    return head + ",".join(f"\n{_dump(one)}" for one in contacts) + f"]{tail}\n}}\n"


def _claim(row: Object) -> Object:
    day, seen = row["lot_date"], row[_VERIFIEE]
    return {
        "lot_date": None if day is None else str(day),
        "lot": row["lot"],
        "facture": row["facture"],
        "part": Part(row["part"]).name,
        "cents": row["cents"],
        **({} if seen is None else {_VERIFIEE: str(seen)}),
    }


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def echanges_from_json(text: str, jour: dt.date, nom: str) -> Echanges:
    """Read what `echanges_to_json` writes.

    Args:
        text: The document.
        jour: The day that the name of the file tells.
        nom: Name of the file, for errors.

    Raises:
        RelanceError: No such document, of another day, or a contact that is none: the file, the contact and the claim
            are told by their rank, from 1; no value is.
    """
    document = _document(text, nom)
    if document.get("jour") != jour.isoformat():
        raise RelanceError(f"{nom}: jour: expected the day that its name tells")
    contacts = document.get("contacts")
    if not isinstance(contacts, list):
        raise RelanceError(f"{nom}: contacts: expected an array")
    read_fournitures(document.get("lettres", []), nom)
    columns: dict[str, list[object]] = {name: [] for name in Echanges.kinds()}
    seen: set[str] = set()
    for rank, contact in enumerate(contacts, 1):
        at = f"{nom}: contact {rank}"
        said = _read(contact, {name: _CHECKS[name] for name in _CONTACT} | {"creances": _claims}, at)
        if said["relance"] in seen:
            raise RelanceError(f"{at}: relance: stands twice")
        seen.add(said["relance"])
        for number, claim in enumerate(said.pop("creances"), 1):
            whole = {_VERIFIEE: None, **claim} if isinstance(claim, dict) else claim
            told = _read(whole, {name: _CHECKS[name] for name in (*_CREANCE, _VERIFIEE)}, f"{at}, claim {number}")
            for name, value in {**said, **told, "le": np.datetime64(jour, "D")}.items():
                columns[name].append(value)
    return join_echanges(
        Echanges.of(len(columns["le"]), **{name: _column(name, values) for name, values in columns.items()})
    )


def fournitures_from_json(text: str, nom: str) -> dict[str, Object]:
    """Return who made the letters of a run file, by the id of their contact; nobody is told in one of before.

    Raises:
        RelanceError: No such document, or a letter that is none.
    """
    return read_fournitures(_document(text, nom).get("lettres", []), nom)


def _document(text: str, nom: str) -> Object:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise RelanceError(f"{nom}: expected a JSON document") from None
    if not isinstance(document, dict) or document.get("schema") != JOURNAL_SCHEMA:
        raise RelanceError(f"{nom}: expected a document of schema {JOURNAL_SCHEMA}")
    return document


def _read(row: object, checks: Mapping[str, Callable[[object], object]], at: str) -> Object:
    if not isinstance(row, dict) or set(row) != set(checks):
        raise RelanceError(f"{at}: expected {', '.join(checks)}")
    found: Object = {}
    for name, check in checks.items():
        try:
            found[name] = check(row[name])
        except ValueError as error:
            raise RelanceError(f"{at}: {name}: {error}") from None
    return found


def _column(name: str, values: list[object]) -> object:
    return np.array(values, dtype=object) if Echanges.kinds()[name].dtype == "O" else values


# --- what each value must be; a `ValueError` says what was expected, never what was found


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or len(value) > _LONGEST:
        raise ValueError("expected a text without accents")
    return value


def _filled(value: object) -> str:
    if not _text(value):
        raise ValueError("expected a text")
    return _text(value)


def _label(value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError("expected a text")
    return value


def _kind(value: object) -> str:
    if value not in list(TypeDebiteur):
        raise ValueError(f"expected one of {', '.join(TypeDebiteur)}")
    return str(value)


def _canal(value: object) -> str:
    if value not in list(Canal):
        raise ValueError(f"expected one of {', '.join(Canal)}")
    return str(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("expected true or false")  # told as the other faults of the file are
    return value


def _part(value: object) -> int:
    if value not in _NAMED:
        raise ValueError(f"expected one of {', '.join(_NAMED)}")
    return int(Part[str(value)])


def _cents(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_CENTS:
        raise ValueError("expected cents")
    return value


def _day(value: object) -> np.datetime64:
    if value is None:
        return np.datetime64("NaT", "D")
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("expected a date YYYY-MM-DD")
    try:
        return np.datetime64(value, "D")
    except ValueError:
        raise ValueError("expected a date YYYY-MM-DD") from None


def _claims(value: object) -> list[object]:
    if not isinstance(value, list) or not value:
        raise ValueError("expected a claim at least")
    return value


_CHECKS: Mapping[str, Callable[[object], object]] = {
    "relance": _filled, "officine": _text, "debiteur": _filled, "type": _kind, "palier": _filled, "canal": _canal,
    "mise_en_demeure": _flag, "politique": _label, "lot_date": _day, "lot": _text, "facture": _text, "part": _part,
    "cents": _cents, "verifiee": _day,
}  # fmt: skip
