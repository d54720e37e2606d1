"""Neutral rows to tables: the lots, returns, announced transfers and statements that flat rows only name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Tables, canonical_compte, facture_codes
from tiers_payant.domain import tables as domain
from tiers_payant.formats._neutre_empreintes import ranked, with_prints

__all__ = ["Rows", "assemble", "is_told"]

Ints = npt.NDArray[np.int64]
Column = npt.NDArray[Any]

_RETOUR = {
    "retour": "fichier", "retour_date": "date", "retour_reference": "reference", "emetteur_type": "emetteur_type",
    "emetteur": "emetteur",
}  # fmt: skip
_GROUPE = {
    "virement": "identifiant", "virement_date": "date", "virement_libelle": "libelle_1",
    "virement_libelle_2": "libelle_2", "virement_organisme": "organisme", "virement_part": "part",
}  # fmt: skip
"""Neutral columns, and what they are called in the tables that they make."""
_LOT = ("officine", "lot_date", "lot", "destinataire", "nom_officine")
_CODES = re.compile(r"[\s+]+")


@attrs.frozen(eq=False)
class Rows:
    """The rows of one neutral table of one file."""

    length: int
    octets: Ints
    """Byte where each starts; 0 when nothing tells it."""
    columns: Mapping[str, Column]
    """Those that the file has, by their name in JSON."""

    def column(self, name: str, kind: Any) -> Column:
        """Return a column, absent values when the file has it not."""
        blank: Column = kind.blanks(self.length)
        return self.columns.get(name, blank)

    def take(self, order: Ints) -> Rows:
        return Rows(len(order), self.octets[order], {name: column[order] for name, column in self.columns.items()})


def assemble(rows: Mapping[str, Rows]) -> Tables:
    """Return the tables that neutral *rows* of one file make; they point to the source of rank 0.

    Args:
        rows: The rows of each neutral table, by its name.
    """
    made = {**_lots(rows), **_retours(rows), **_banque(rows)}
    for name in ("arls", "comptes_clients", "encaissements"):
        if name in rows:
            made[name] = _table(name, rows[name])
    return with_prints(Tables(**made))


def _table(name: str, rows: Rows, **columns: object) -> Any:
    """Build a table of the domain of the columns that the rows have under the same names."""
    table = Tables.kinds()[name]
    kinds = table.kinds()
    given: dict[str, object] = {column: rows.columns[column] for column in kinds if column in rows.columns}
    if "octet" in kinds:
        given["octet"] = rows.octets
    source = np.zeros(rows.length, dtype=np.int32)
    return table.of(rows.length, **{**given, **({"source": source} if "source" in kinds else {}), **columns})


def _grouped(columns: Sequence[Column]) -> tuple[Ints, Ints]:
    """Return the first row of each distinct row of *columns*, in order, and for each row the rank of its own."""
    length = len(columns[0])
    changes = np.ones(length, dtype=np.bool_)
    for place, column in enumerate(columns):
        differs = np.asarray(column[1:] != column[:-1], dtype=np.bool_)
        changes[1:] = differs if place == 0 else changes[1:] | differs
    heads = np.flatnonzero(changes)
    ranks: dict[tuple[Any, ...], int] = {}
    firsts: list[int] = []
    owners = []
    for head, said in zip(heads.tolist(), zip(*(_keys(column[heads]) for column in columns), strict=True), strict=True):
        rank = ranks.setdefault(said, len(ranks))
        if rank == len(firsts):
            firsts.append(head)
        owners.append(rank)
    sizes = np.diff(np.append(heads, length))
    return np.array(firsts, dtype=np.int64), np.repeat(np.array(owners, dtype=np.int64), sizes)


def _keys(column: Column) -> list[Any]:
    """Return values that compare equal when they are: no date is not equal to itself."""
    values: list[Any] = (column.astype(np.int64) if column.dtype.kind == "M" else column).tolist()
    return values


# --- what was billed


def _lots(rows: Mapping[str, Rows]) -> dict[str, Any]:
    billed = rows.get("factures")
    if billed is None or not billed.length:
        return {}
    kinds = domain.Lots.kinds()
    columns = [billed.column(name, kinds[name]) for name in _LOT]
    firsts, owners = _grouped(columns)
    lots = _table(
        "lots",
        Rows(len(firsts), billed.octets[firsts], dict(zip(_LOT, (column[firsts] for column in columns), strict=True))),
    )
    given = {} if "paiement" in billed.columns else {"paiement": _paiement(billed)}
    made = {"lots": lots, "factures": _table("factures", billed, lot_rang=owners.astype(np.int32), **given)}
    if "lignes" in rows:
        made["lignes"] = _lignes(rows["lignes"], made["factures"])
    if "adresses" in rows:
        made["adresses"] = _adresses(rows["adresses"], made["factures"])
    return made


def _paiement(billed: Rows) -> Column:
    """Return the payment code that the shares make, when the file has none: what is not zero is billed."""
    amo, amc = (billed.columns[name] != 0 for name in ("part_amo_cents", "part_amc_cents"))
    codes: Column = np.array([b"00", b"05", b"25", b"15"])
    code: Column = codes[amo.astype(np.int64) + 2 * amc]
    return code


def _lignes(lines: Rows, factures: domain.Factures) -> Any:
    """Return the act lines of the factures of the same file; the others are told before this."""
    found = _factures_of(lines, factures)
    renamed = {name: _narrow("Lignes", name, column) for name, column in lines.columns.items()}
    kept = np.argsort(found, kind="stable")
    return _table(
        "lignes", Rows(lines.length, lines.octets, renamed).take(kept), facture_rang=found[kept].astype(np.int32)
    )


def _adresses(homes: Rows, factures: domain.Factures) -> Any:
    """Return the address of each facture that has one; of two that differ, nothing says which is right: none."""
    found = _factures_of(homes, factures)
    same, _ = _grouped([found, *homes.columns.values()])
    told = same[found[same] >= 0]
    alone = np.bincount(found[told], minlength=len(factures))[found[told]] == 1
    kept = told[alone][np.argsort(found[told[alone]], kind="stable")]
    return _table("adresses", homes.take(kept), facture_rang=found[kept].astype(np.int32))


def _factures_of(rows: Rows, factures: domain.Factures) -> Ints:
    """Return, for each row, its facture by its key; -1 when the file has none."""
    known, asked = facture_codes([factures, _keyed(rows)])
    order = np.argsort(known, kind="stable")
    places = np.minimum(np.searchsorted(known[order], asked), len(known) - 1)
    found = order[places]
    found[known[found] != asked] = -1
    return found


def _keyed(rows: Rows) -> Any:
    names = ("officine", "lot_date", "lot", "facture")
    return domain.Encaissements.of(rows.length, **{name: rows.columns[name] for name in names if name in rows.columns})


def _narrow(table: str, name: str, column: Column) -> Column:
    kinds = getattr(domain, table).kinds()
    return column.astype(kinds[name].dtype) if name in kinds and column.dtype.kind == "i" else column


# --- what was answered


def _retours(rows: Mapping[str, Rows]) -> dict[str, Any]:
    """Return the returns, what they announce, and what they say.

    Rows are put in the order of their key within their return, so that the same rows, however a script sorts them,
    make the same return.
    """
    names = [name for name in ("reponses", "rejets", "mouvements") if name in rows and rows[name].length]
    if not names:
        return {}
    parts = {name: rows[name] for name in names}
    firsts, owners = _owners(parts, _RETOUR, domain.Retours.kinds(), {})
    for name in names:
        order = _order(parts[name], owners[name])
        parts[name], owners[name] = parts[name].take(order), owners[name][order]
    made: dict[str, Any] = {"retours": _table("retours", firsts)}
    groups = _groupes(parts, owners, made)
    for name in names:
        pointers = {"retour": owners[name].astype(np.int32)}
        if name in groups:
            pointers["groupe"] = groups[name]
        made[name] = _table(name, _without_names(parts[name]), **pointers)
    if "reponses" in parts:
        made["rejets"] = _rejets(made, parts["reponses"], owners["reponses"])
    return made


def _without_names(rows: Rows) -> Rows:
    """Leave out what names the return and the transfer of each row: in the tables, pointers do."""
    kept = {name: column for name, column in rows.columns.items() if name not in ("retour", "virement")}
    return Rows(rows.length, rows.octets, kept)


def _owners(
    parts: Mapping[str, Rows], names: Mapping[str, str], kinds: Mapping[str, Any], more: Mapping[str, Sequence[Column]]
) -> tuple[Rows, dict[str, Ints]]:
    """Return the distinct rows of the columns *names* of all *parts*, under their new names, and whose each row is."""
    joined = {
        new: np.concatenate([rows.column(old, kinds[new]) for rows in parts.values()]) for old, new in names.items()
    }
    besides = {name: np.concatenate(list(columns)) for name, columns in more.items()}
    firsts, owners = _grouped([*besides.values(), *joined.values()])
    octets = np.concatenate([rows.octets for rows in parts.values()])
    distinct = {name: column[firsts] for name, column in {**besides, **joined}.items()}
    edges = np.cumsum([rows.length for rows in parts.values()])[:-1]
    return Rows(len(firsts), octets[firsts], distinct), dict(zip(parts, np.split(owners, edges), strict=True))


def _order(rows: Rows, owners: Ints) -> Ints:
    """Return the order of *rows* by return, then by all that they say: only equal rows keep the order of the file."""
    keys = [ranked(name, column) for name, column in sorted(rows.columns.items()) if (column[1:] != column[:-1]).any()]
    return np.lexsort([*keys, owners])


def _groupes(parts: Mapping[str, Rows], owners: Mapping[str, Ints], made: dict[str, Any]) -> dict[str, Any]:
    """Make the announced transfers that answers and movements name; return whose each row is, -1 for none."""
    kinds = domain.Groupes.kinds()
    inside = {}
    for name in ("reponses", "mouvements"):
        if name in parts:
            told = [is_told(parts[name].column(old, kinds[new])) for old, new in _GROUPE.items()]
            inside[name] = np.flatnonzero(np.logical_or.reduce(told))
    named = {name: parts[name].take(rows) for name, rows in inside.items()}
    if not sum(rows.length for rows in named.values()):
        return {}
    more = {
        "retour": [owners[name][inside[name]] for name in named],
        "officine": [rows.columns["officine"] for rows in named.values()],
    }
    firsts, ranks = _owners(named, _GROUPE, kinds, more)
    order = np.argsort(firsts.columns["retour"], kind="stable")
    numbers = np.empty(len(order), dtype=np.int32)
    numbers[order] = np.arange(len(order), dtype=np.int32)
    sorted_groups = firsts.take(order)
    made["groupes"] = _table("groupes", sorted_groups, retour=sorted_groups.columns["retour"].astype(np.int32))
    found = {}
    for name, rows in inside.items():
        found[name] = np.full(parts[name].length, -1, dtype=np.int32)
        found[name][rows] = numbers[ranks[name]]
    return found


def is_told(column: Column) -> npt.NDArray[np.bool_]:
    """Tell where a column says something: no date, no text and zero say nothing."""
    if column.dtype.kind == "M":
        return ~np.isnat(column)
    told: npt.NDArray[np.bool_] = np.asarray(column != {"S": b"", "O": ""}.get(column.dtype.kind, 0), dtype=np.bool_)
    return told


def _rejets(made: Mapping[str, Any], answers: Rows, owners: Ints) -> Any:
    """Return the reject lines, with those that answers tell by their codes alone."""
    own = made.get("rejets", domain.Rejets.empty())
    if "rejets" not in answers.columns:
        return own
    codes = [[code for code in _CODES.split(text) if code] for text in answers.columns["rejets"].tolist()]
    rows = np.repeat(np.arange(answers.length), [len(each) for each in codes])
    if not len(rows):
        return own
    told = answers.take(rows)
    letter = np.array([b"", b"O", b"C", b""])
    part = letter[told.columns["part"]] if "part" in told.columns else np.full(len(rows), b"")
    joined = domain.Rejets.concat([
        own,
        domain.Rejets.of(
            told.length,
            **{name: told.columns[name] for name in ("officine", "lot_date", "lot", "facture")},
            code=[code.encode("ascii", "replace") for each in codes for code in each],
            part=part,
            retour=owners[rows].astype(np.int32),
            source=np.zeros(told.length, dtype=np.int32),
            octet=told.octets,
        ),
    ])  # fmt: skip
    return joined.take(np.argsort(joined.retour, kind="stable"))


# --- what arrived


def _banque(rows: Mapping[str, Rows]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if "comptes" in rows:
        accounts = rows["comptes"]
        made["comptes"] = _table(
            "comptes", accounts, compte=_canonical(accounts.column("compte", domain.Comptes.kinds()["compte"]))
        )
    lines = rows.get("virements")
    if lines is None or not lines.length:
        return made
    devise = lines.column("devise", domain.Virements.kinds()["devise"])
    devise = np.where(devise == b"", b"EUR", devise)
    kinds = domain.Releves.kinds()
    told = {
        "compte": _canonical(lines.columns["compte"]),
        "identifiant": lines.column("releve", kinds["identifiant"]),
        "avis": lines.column("avis", kinds["avis"]),
        "devise": devise,
    }
    firsts, owners = _grouped(list(told.values()))
    heads = {name: column[firsts] for name, column in told.items()}
    shown = np.array([text.decode() for text in lines.columns["compte"][firsts].tolist()], dtype=object)
    made["releves"] = _table("releves", Rows(len(firsts), lines.octets[firsts], {**heads, "compte_affiche": shown}))
    own = Rows(lines.length, lines.octets, {name: c for name, c in lines.columns.items() if name != "releve"})
    made["virements"] = _table(
        "virements", own, compte=told["compte"], devise=devise, releve=owners.astype(np.int32), position=_ranks(owners)
    )
    return made


def _canonical(accounts: Column) -> Column:
    """Return accounts as every format can say them; a file holds few."""
    known: dict[bytes, bytes] = {}
    for text in accounts.tolist():
        if text not in known:
            known[text] = canonical_compte(text.decode()).encode("ascii", "replace")
    return np.array([known[text] for text in accounts.tolist()] or [b""], dtype="S")[: len(accounts)]


def _ranks(owners: Ints) -> Ints:
    """Return the rank of each row among those of its owner, from 0."""
    order = np.argsort(owners, kind="stable")
    counts = np.bincount(owners)
    ranks = np.empty(len(owners), dtype=np.int64)
    ranks[order] = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
    return ranks
