"""Reading the annuaire from files, TOML or CSV: whole or not at all, each fault located."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs

from tiers_payant.domain._annuaire import Adresse, Annuaire, Contact
from tiers_payant.domain._cases import day_of
from tiers_payant.domain._cellules import free_text, one_of, optional, reference_of
from tiers_payant.domain._champs import as_tuple
from tiers_payant.domain._choix import TypeDebiteur
from tiers_payant.domain._donnees import read_path, structure
from tiers_payant.domain._feuilles import Faults, Feuille, Row
from tiers_payant.domain._source import printable
from tiers_payant.errors import LayoutError

__all__ = ["FEUILLE_ANNUAIRE", "read_annuaire"]

_LONGEST = 100
_LINES = ("ligne_1", "ligne_2", "ligne_3", "ligne_4")
_BETWEEN = "|"
"""Between the debtors of a cell."""

Placed = tuple[str, Contact]


def read_annuaire(*paths: str | Path) -> Annuaire:
    """Read addressees from files: tables `[[contacts]]` in those that end in `.toml`, else CSV, one row for each.

    A TOML table has the fields of `Contact`, its address in `[contacts.adresse]`. A CSV row has a column for each of
    them: `debiteurs` are separated by `|`, the address is `ligne_1` to `ligne_4`, `code_postal`, `ville` and `pays`.
    The order of files and of rows changes nothing.

    A customer is known by a reference of its officine: an entry that names one says which officine.

    Raises:
        SourceError: A file cannot be opened.
        LayoutError: Something is wrong in one of them, and nothing is kept: one line per fault, with the file, the line
            or the table (from 0), the column or the key, what was expected, and the shape of what was found.
    """
    placed, told = list[Placed](), list[str]()
    for path in map(Path, paths):
        try:
            placed += _of_toml(path) if path.suffix.lower() == ".toml" else _of_csv(path)
        except LayoutError as error:
            told.append(str(error))
    told += [fault for at, contact in placed for fault in _faults(at, contact)]
    told += _twice(placed)
    if told:
        raise LayoutError("\n".join(told))
    return Annuaire(contacts=sorted((contact for _, contact in placed), key=lambda one: (one.id, str(one.du or ""))))


@attrs.frozen(kw_only=True)
class _Contacts:
    contacts: tuple[Contact, ...] = attrs.field(converter=as_tuple)


def _of_toml(path: Path) -> list[Placed]:
    name = printable(path.name)
    contacts = structure(read_path(path), _Contacts, name).contacts
    return [(f"{name}.contacts[{rank}]", contact) for rank, contact in enumerate(contacts)]


def _of_csv(path: Path) -> list[Placed]:
    data, name = FEUILLE_ANNUAIRE.read(path)
    faults = Faults(name)
    rows = list(FEUILLE_ANNUAIRE.rows(data, faults))
    made = [(f"{name}:{row.line}", contact) for row in rows if (contact := _contact(row, faults))]
    faults.check()
    return made


def _contact(row: Row, faults: Faults) -> Contact | None:
    values = dict(row.values)
    lines = tuple(line for line in (values.pop(name) for name in _LINES) if line)
    where = {name: values.pop(name) for name in ("code_postal", "ville", "pays")}
    try:
        adresse = Adresse(lignes=lines, **where) if lines or any(where.values()) else None
        return Contact(adresse=adresse, **values)
    except LayoutError as error:
        column = str(error).partition(":")[0]
        row.fault(faults, column if column in FEUILLE_ANNUAIRE.lecteurs else "au", str(error))
        return None


def _faults(at: str, contact: Contact) -> Iterator[str]:
    if contact.anybodys:
        yield f"{at}: officine: expected with a customer, whose reference is that of one officine"


def _twice(placed: list[Placed]) -> Iterator[str]:
    """Tell each entry whose id another one bears on the same day: the first of them, for a whole column may be so."""
    seen: dict[str, list[Placed]] = {}
    for at, contact in placed:
        before = seen.setdefault(contact.id, [])
        first = next((other for other, one in before if one.overlaps(contact)), None)
        if first is not None:
            yield f"{at}: id: stands on the same day in {first}"
        before.append((at, contact))


def _debtors(text: str) -> tuple[str, ...]:
    return tuple(reference_of(name.strip()) for name in text.split(_BETWEEN))


_short = free_text(_LONGEST)

FEUILLE_ANNUAIRE = Feuille(
    nom="table of addressees",
    lecteurs={
        "id": reference_of, "nom": _short, "type": one_of(TypeDebiteur), "debiteurs": _debtors,
        "officine": optional(reference_of, ""), "service": _short, "civilite": _short,
        **dict.fromkeys(_LINES, _short), "code_postal": _short, "ville": _short, "pays": _short,
        "telephone": _short, "email": _short, "portail": _short, "du": optional(day_of), "au": optional(day_of),
    },
    voulues=("id", "nom", "type", "debiteurs"),
    fermee=True,
)  # fmt: skip
"""How an annuaire is written as CSV."""
