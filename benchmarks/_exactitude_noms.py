"""The names that the truth gives to the rows of a result, by what the files say of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeVar

import attrs

from tiers_payant.domain import Part, Rapprochement
from tiers_payant.simulation import Cle, LienVrai, Verite

__all__ = ["Names", "Written", "names_of"]

K = TypeVar("K")
Written = tuple[str, str, dt.date | None, str, str, str]
"""An answer as written: officine, file, lot date, lot, facture, share."""


@attrs.frozen(eq=False)
class Names:
    """The names that the truth gives to the rows of the result."""

    lignes: list[str]
    groupes: list[str]
    """Empty for what announces no transfer: the accounting day of a return that refuses."""
    creances: list[Cle]
    reponses: list[Written]
    vraies: dict[tuple[str, str], LienVrai]
    """What a line pays of a transfer, by both names."""


def names_of(truth: Verite, result: Rapprochement) -> Names:
    """Name every row: a bank line by account, day, amount and rank, a transfer by its return, label and share.

    Raises:
        ValueError: A bank line or a transfer that the truth does not know.
    """
    return Names(
        lignes=_lines(truth, result),
        groupes=_groups(truth, result),
        creances=_creances(result),
        reponses=_written(result),
        vraies={(link.groupe, link.ligne): link for link in truth.liens},
    )


def _lines(truth: Verite, result: Rapprochement) -> list[str]:
    lines = result.tables.virements
    name_of = {(each.compte, each.date, each.montant_cents, each.rang): each.id for each in truth.lignes}
    alike = list(zip(_texts(lines.compte), lines.date.tolist(), lines.montant_cents.tolist(), strict=True))
    ranks: Counter[tuple[str, dt.date, int]] = Counter()
    names = [""] * len(lines)
    for row in sorted(range(len(lines)), key=lines.position.tolist().__getitem__):
        names[row] = _known(name_of, (*alike[row], ranks[alike[row]]))
        ranks[alike[row]] += 1
    if len(lines) != len(truth.lignes):
        raise ValueError(f"{len(lines)} bank lines, {len(truth.lignes)} in truth")
    return names


def _groups(truth: Verite, result: Rapprochement) -> list[str]:
    tables = result.tables
    name_of: dict[tuple[str, str, str, str], str] = {}
    for each in truth.groupes:
        if each.fichier is not None:
            for label in (each.reference, ""):  # the old set of entities gives none: its returns pay one transfer
                name_of[each.officine, each.fichier, label, each.part] = each.id
    files = _texts(tables.retours.fichier)
    groups = tables.groupes
    names = []
    paying = set(tables.reponses.groupe[tables.reponses.annonce_cents != 0].tolist())
    for row, (officine, retour, one, two, part) in enumerate(
        zip(
            _texts(groups.officine),
            groups.retour.tolist(),
            groups.libelle_1.tolist(),
            groups.libelle_2.tolist(),
            groups.part.tolist(),
            strict=True,
        )
    ):
        key = (officine, files[retour], one + two, _part(part))
        names.append(_known(name_of, key) if row in paying else "")
    return names


def _known(names: Mapping[K, str], key: K) -> str:
    name = names.get(key)
    if name is None:
        raise ValueError(f"the truth knows no {key}")
    return name


def _creances(result: Rapprochement) -> list[Cle]:
    table = result.creances
    return [
        Cle(officine, day, lot, facture, _part(part))
        for officine, day, lot, facture, part in zip(
            _texts(table.officine),
            table.lot_date.tolist(),
            _texts(table.lot),
            _texts(table.facture),
            table.part.tolist(),
            strict=True,
        )
    ]


def _written(result: Rapprochement) -> list[Written]:
    table, files = result.tables.reponses, _texts(result.tables.retours.fichier)
    return [
        (officine, files[retour], day, lot, facture, _part(part))
        for officine, retour, day, lot, facture, part in zip(
            _texts(table.officine),
            table.retour.tolist(),
            table.lot_date.tolist(),
            _texts(table.lot),
            _texts(table.facture),
            table.part.tolist(),
            strict=True,
        )
    ]


def _texts(column: Iterable[bytes]) -> list[str]:
    return [text.decode("ascii") for text in column]


def _part(code: int) -> str:
    return "" if code == Part.NON_PRECISEE else Part(code).name
