"""The laws of links: rows that exist, nothing tied twice, sums to the cent, classes that are whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._codes import Etat, EtatVirement, Part, Recherche
from tiers_payant.domain._infractions import Infraction
from tiers_payant.domain._lois_partiels import paid_in_part
from tiers_payant.domain._montants import summed
from tiers_payant.domain._reperages import at, gaps
from tiers_payant.domain._table import Table

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["bank_links", "classes", "pointers", "repeated", "several_to_several"]

Rows = npt.NDArray[np.integer[Any]]

_TIES = {
    "liens_reponses": ("creance", "reponse"),
    "liens_virements": ("groupe", "virement"),
    "liens_directs": ("creance", "virement"),
    "ventilations": ("groupe", "virement"),
    "propositions": ("groupe", "virement"),
    "propositions_directes": ("creance", "virement"),
    "propositions_reponses": ("creance", "reponse"),
}
"""The two ends of the rows of each table of links and proposals."""


def pointers(result: Rapprochement) -> Iterator[Infraction]:
    """Every link, proposal and chain points to rows that exist, and every bank line has a state."""
    for name, columns in _TIES.items():
        table: Table = getattr(result, name)
        for column in columns:
            ends = getattr(table, column)
            length = _length(result, table.kinds()[column].vers)
            yield from at(result, "RENVOI", name, np.flatnonzero((ends < 0) | (ends >= length)), detail=column)
    after = result.creances.remplacee_par
    yield from at(
        result, "RENVOI", "creances", np.flatnonzero((after < -1) | (after >= len(after))), detail="remplacee_par"
    )
    factures, creances = len(result.tables.factures), result.creances
    lost = (creances.facture_rang < -1) | (creances.facture_rang >= factures)
    yield from at(result, "RENVOI", "creances", np.flatnonzero(lost), detail="facture_rang")
    yield from _unknown_codes(result)
    lines = len(result.tables.virements)
    for name in ("etats_virements", "recherche_virements"):
        missing = np.arange(min(lines, len(getattr(result, name))), max(lines, len(getattr(result, name))))
        yield from at(result, "RENVOI", name, missing)


def _unknown_codes(result: Rapprochement) -> Iterator[Infraction]:
    """Every share and every state is one of the list."""
    for table, column, codes, known in (
        ("creances", "part", result.creances.part, Part),
        ("creances", "etat", result.creances.etat, Etat),
        ("etats_virements", "", result.etats_virements, EtatVirement),
        ("recherche_virements", "", result.recherche_virements, Recherche),
    ):
        wrong = np.flatnonzero(~np.isin(codes, list(known)))
        if len(wrong):
            rows = tuple(wrong.tolist())
            yield Infraction(loi="RENVOI", table=table, rangs=rows, identifiants=(), ecart_cents=0, detail=column)


def _length(result: Rapprochement, table: str) -> int:
    return len(result.creances if table == "creances" else getattr(result.tables, table))


def repeated(result: Rapprochement) -> Iterator[Infraction]:
    """No two ends are tied twice."""
    for name in ("liens_reponses", "liens_virements", "liens_directs"):
        left, right = (getattr(getattr(result, name), column) for column in _TIES[name])
        several = np.flatnonzero((_degrees(left) > 1) & (_degrees(right) > 1))  # a few: what is repeated is among them
        pairs = left[several].astype(np.int64) << 32 | right[several]
        order = np.argsort(pairs, kind="stable")
        same = pairs[order][1:] == pairs[order][:-1]
        yield from at(result, "LIEN_REPETE", name, several[order[1:][same]])


def several_to_several(result: Rapprochement) -> Iterator[Infraction]:
    """A sum has one whole: a bank line that pays several groups pays none of several bank lines."""
    links = result.liens_virements
    many = [_degrees(ends) > 1 for ends in (links.groupe, links.virement)]
    yield from at(result, "PLUSIEURS_A_PLUSIEURS", "liens_virements", np.flatnonzero(many[0] & many[1]))


def bank_links(result: Rapprochement) -> Iterator[Infraction]:
    """What links take of each tied bank line is its amount, and what they bring to each group paid whole is its net."""
    links, directs = result.liens_virements, result.liens_directs
    amounts, net = result.tables.virements.montant_cents, result.net_groupes_cents
    lines, taken = np.append(links.virement, directs.virement), np.append(links.cents, directs.cents)
    for loi, table, ends, cents, whole in (
        ("VIREMENT_REPARTI", "virements", lines, taken, amounts),
        ("GROUPE_REGLE", "groupes", links.groupe, links.cents, net),
    ):
        tied = np.zeros(len(whole), dtype=np.bool_)
        tied[ends] = True
        gap = summed(ends, cents, len(whole)) - np.where(tied, whole, 0)
        if table == "groupes":
            gap[paid_in_part(result)] = 0
        yield from gaps(result, loi, table, gap)


def classes(result: Rapprochement) -> Iterator[Infraction]:
    """A class ties as many things as bank lines or answers, each once and of one amount, and to nothing else."""
    for name in ("liens_reponses", "liens_virements", "liens_directs"):
        table = getattr(result, name)
        inside = np.flatnonzero(table.classe != 0)
        if not len(inside):
            continue
        wrong = np.zeros(len(inside), dtype=np.bool_)
        for column in _TIES[name]:
            wrong |= _degrees(getattr(table, column))[inside] > 1
        _, which = np.unique(table.classe[inside], return_inverse=True)
        least, most = (np.full(which.max() + 1, value, dtype=np.int64) for value in (1 << 62, -(1 << 62)))
        np.minimum.at(least, which, table.cents[inside])
        np.maximum.at(most, which, table.cents[inside])
        wrong |= (least != most)[which] | (np.bincount(which)[which] < 2)
        yield from at(result, "CLASSE", name, inside[wrong])


def _degrees(ends: Rows) -> npt.NDArray[np.int64]:
    """Return, for each link, how many links its end has."""
    return np.bincount(ends)[ends] if len(ends) else np.zeros(0, dtype=np.int64)
