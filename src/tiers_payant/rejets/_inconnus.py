"""The codes that nobody has classified: how many lines, how many euros, and the list to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    ClassementRejets,
    Confiance,
    Famille,
    Inconnus,
    Rejets,
    Tables,
    escaped,
    facture_codes,
)
from tiers_payant.errors import LayoutError
from tiers_payant.rejets._cellules import COLONNES, STUB, write_table
from tiers_payant.rejets._emetteurs import PARTS, Emetteurs, coded
from tiers_payant.rejets._lignes import code_of, portee_of
from tiers_payant.rejets._portees import ANYONE, classe_of

__all__ = ["inconnus", "write_inconnus"]

Ints = npt.NDArray[np.int64]

_BY = "classé par l'officine"


def inconnus(classement: ClassementRejets, tables: Tables) -> Inconnus:
    """Return the codes of the lines that are `INCONNU`, the most euros at stake first.

    The amount is that of the shares refused, as the factures of *tables* bill them: the AMO's or the AMC's as the
    sender and the part of the line tell, both when neither does. A facture refused by several lines of one code counts
    once; one that is not in *tables* brings nothing.
    """
    rows = classement.rejet[classement.famille == Famille.INCONNU]
    rejets = tables.rejets.take(rows)
    if not len(rejets):
        return Inconnus.empty()
    emetteurs = Emetteurs.of(tables, rejets)
    classes = [
        classe_of(emetteurs.connus[rang][0], PARTS[part])
        for rang, part in zip(emetteurs.rangs.tolist(), emetteurs.parts.tolist(), strict=True)
    ]
    portees = [
        classe[0] if len(classe) == 1 else _portee(emetteurs.connus[rang][0])
        for classe, rang in zip(classes, emetteurs.rangs.tolist(), strict=True)
    ]
    codes = list(map(_code, rejets.code.tolist()))
    keys, groups = coded(list(zip(portees, codes, strict=True)))
    shares = np.array([3 if len(classe) > 1 else 1 if classe[0] == "AMO" else 2 for classe in classes])
    shares[emetteurs.parts == PARTS.index("C")] = 2
    cents = _cents(tables, rejets, groups, shares, len(keys))
    counts = np.bincount(groups, minlength=len(keys))
    order = sorted(range(len(keys)), key=lambda rank: (-cents[rank], -counts[rank], keys[rank]))
    return Inconnus.of(
        len(keys),
        portee=[keys[rank][0].encode() for rank in order],
        code=[keys[rank][1].encode("latin-1") for rank in order],
        nombre=counts[order],
        montant_cents=cents[order],
        indice=_least(classement.indice[rows].tolist(), groups, order),
        exemple=_least(rejets.libelle.tolist(), groups, order),
    )


def _portee(kind: str) -> str:
    """Return the scope of a sender that may be an AMO or an AMC."""
    try:
        portee = portee_of(kind)
    except LayoutError:
        return ANYONE
    return portee if portee == kind.strip().upper() else ANYONE


def _code(printed: bytes) -> str:
    text = printed.decode("latin-1")
    try:
        return code_of(text)
    except LayoutError:
        return ""


def _cents(tables: Tables, rejets: Rejets, groups: Ints, shares: Ints, length: int) -> Ints:
    """Return the amount of each group: each share of each facture once."""
    billed, refused = facture_codes([tables.factures, rejets])
    known, rank_of = np.unique(billed, return_inverse=True)
    due = np.zeros((4, len(known)), dtype=np.int64)
    # Factures of one key should be one; if they are not, the largest does not depend on their order.
    np.maximum.at(due[1], rank_of, tables.factures.part_amo_cents)
    np.maximum.at(due[2], rank_of, tables.factures.part_amc_cents)
    due[3] = due[1] + due[2]
    cents = np.zeros(length, dtype=np.int64)
    ranks = np.searchsorted(known, refused)
    there = ranks < len(known)
    there[there] = known[ranks[there]] == refused[there]
    once = np.unique(np.stack([groups[there], ranks[there], shares[there]]), axis=1)
    np.add.at(cents, once[0], due[once[2], once[1]])
    return cents


def _least(texts: list[str], groups: Ints, order: list[int]) -> list[str]:
    """Return the first text of each group in the order of the alphabet, which is not that of rows; blanks last."""
    least: dict[int, str] = {}
    for text, group in zip(texts, groups.tolist(), strict=True):
        if text and (group not in least or text < least[group]):
            least[group] = text
    return [least.get(rank, "") for rank in order]


def write_inconnus(liste: Inconnus, path: str | Path, *, exemples: bool = False) -> None:
    """Write the list as a code table to fill in: write a family in each line you know, and give it to `load_codes`.

    Lines left without a family are passed over when it is read back. A line without a code cannot be classified by it,
    and is left out.

    Args:
        liste: What to write.
        path: The CSV file.
        exemples: Whether to add one label of each code, as printed. It helps to classify; it may hold a name or a
            number of a patient, so such a file stays in the officine. Off unless asked for.

    Raises:
        SourceError: The file cannot be written.
    """
    extra = STUB if exemples else STUB[:-1]
    rows = (liste.row(number) for number in range(len(liste)))
    write_table(path, (*COLONNES, *extra), (_cells(row, exemples=exemples) for row in rows if row["code"]))


def _cells(row: Mapping[str, Any], *, exemples: bool) -> list[object]:
    euros, cents = divmod(abs(row["montant_cents"]), 100)
    amount = f"{'-' if row['montant_cents'] < 0 else ''}{euros},{cents:02d}"
    told = [row["nombre"], amount, escaped(row["indice"]), *([escaped(row["exemple"])] if exemples else [])]
    return [row["portee"], escaped(row["code"], digits=True), "", "", "", "", _BY, Confiance.BASSE.value, *told]
