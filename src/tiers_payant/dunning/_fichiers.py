"""Which officines a file that was not read in full may concern."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Tables
from tiers_payant.dunning._banque import accounts_of
from tiers_payant.errors import Gravite, Problem

__all__ = ["DOUTES", "doubtful", "doubtful_files"]

DOUTES = frozenset(
    {
        "ARCHIVE_LIEN", "ARCHIVE_VIDE", "COMPLEMENT_ORPHELIN", "CONTROLE_NOMBRE", "CONTROLE_SOMME", "DEBUT_ABSENT",
        "ENREGISTREMENT_MONTANTS_NON_LUS", "FICHIER_MODIFIE", "FICHIER_VIDE", "FIN_ABSENTE", "NOEMIE_CADRAGE",
        "NOEMIE_NIVEAU", "NOEMIE_OFFICINE", "PROBLEMES_REPETES", "RELEVE_DESEQUILIBRE", "RELEVE_SANS_COMPTE",
        "RELEVE_VIDE",
    }
)  # fmt: skip
"""Warnings that say that something may be missing: a payment may be in it, as in all that is an error."""


def doubtful_files(problems: Iterable[Problem]) -> set[str]:
    """Return the names of the files that were not read in full, or of which a control does not agree."""
    return {one.at.file for one in problems if one.gravite is Gravite.ERREUR or one.code in DOUTES}


def doubtful(tables: Tables, problems: Iterable[Problem], officines: npt.NDArray[np.bytes_]) -> npt.NDArray[np.bool_]:
    """Say of each officine whether a file that may be its was not read in full.

    A file is of the officines that its rows name, or whose accounts they name; one that names none may be anybody's.
    """
    files = doubtful_files(problems)
    if not files:
        return np.zeros(len(officines), dtype=np.bool_)
    sources = [place for place, source in enumerate(tables.sources) if source.nom in files]
    named = {tables.sources[place].nom for place in sources}
    owners = _owners(tables, sources)
    concerned: set[bytes] = set()
    for place in sources:
        theirs = owners.get(place, {b""})
        if b"" in theirs:
            return np.ones(len(officines), dtype=np.bool_)
        concerned |= theirs
    if files - named:
        return np.ones(len(officines), dtype=np.bool_)
    return np.isin(officines, sorted(concerned))


def _owners(tables: Tables, sources: list[int]) -> dict[int, set[bytes]]:
    """Return the officines that the rows of each of these files name; `b""` among them when one names nobody."""
    found: defaultdict[int, set[bytes]] = defaultdict(set)
    for _, table in tables.each():
        columns = table.columns()
        if "source" in columns and "officine" in columns:
            rows = np.flatnonzero(np.isin(columns["source"], sources))
            for source, officine in set(
                zip(columns["source"][rows].tolist(), columns["officine"][rows].tolist(), strict=True)
            ):
                found[source].add(officine)
    accounts: defaultdict[bytes, set[bytes]] = defaultdict(set)
    for officine, mine in accounts_of(tables).items():
        for account in mine:
            accounts[account].add(officine)
    for table in (tables.releves, tables.virements):
        rows = np.flatnonzero(np.isin(table.source, sources))
        for source, account in set(zip(table.source[rows].tolist(), table.compte[rows].tolist(), strict=True)):
            found[source] |= accounts.get(account, {b""})
    return found
