"""Names for what has no key of its own: announced groups and bank lines.

They are made of content alone, so that they depend neither on the order of files nor on what else was read: a human
decision written down today names the same things tomorrow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain._codes import Part
from tiers_payant.domain.tables import Tables, Virements

__all__ = ["groupe_id", "groupe_ids", "line_contents", "print_of", "same_day", "virement_id", "virement_ids"]

_PRINT = 12
"""Characters of a fingerprint that are shown: enough to tell a pharmacy's returns apart."""
_APART = "\x1f"
_DIGEST_BYTES = 4
"""Bytes of the digest: it only tells apart the transfers of one return, or one day's lines of one amount."""


def groupe_ids(tables: Tables) -> list[str]:
    """Name each announced group: its return's fingerprint, a digest of what it says, and its share if it is split.

    Groups of one return that say the same are numbered in its order, from `/2`.
    """
    groups = tables.groupes
    marks = [print_of(tables, retour) for retour in groups.retour.tolist()]
    shares = [f"/{Part(part).name}" if part else "" for part in groups.part.tolist()]
    said = zip(
        marks, groups.officine.tolist(), groups.date.tolist(), groups.identifiant.tolist(), groups.libelle_1.tolist(),
        groups.libelle_2.tolist(), groups.organisme.tolist(), shares, strict=True,
    )  # fmt: skip
    return _numbered(
        [
            f"{mark}/{_digest(f'{officine}{_APART}{date}{_APART}{name}{_APART}{one}{_APART}{two}{_APART}{payer}')}{share}"
            for mark, officine, date, name, one, two, payer, share in said
        ]
    )


def groupe_id(tables: Tables, row: int) -> str:
    """Name one announced group, as `groupe_ids` does, from the groups of its return alone."""
    mates = np.flatnonzero(tables.groupes.retour == tables.groupes.retour[row])
    names = groupe_ids(attrs.evolve(tables, groupes=tables.groupes.take(mates)))
    return names[int(np.searchsorted(mates, row))]


def print_of(tables: Tables, retour: int) -> str:
    """Return the mark of a return in names: the head of its fingerprint."""
    return tables.retours.empreinte[retour].decode()[:_PRINT] if retour >= 0 else "objet"


def virement_ids(tables: Tables) -> list[str]:
    """Name each bank line: account, booking date, amount in cents, and a digest of its currency and words.

    Equal lines are numbered from `/2`, those that are booked first.
    """
    lines = tables.virements
    said = zip(
        lines.compte.tolist(), lines.date.tolist(), lines.montant_cents.tolist(), lines.devise.tolist(),
        lines.libelle.tolist(), lines.emetteur.tolist(), lines.textes.tolist(), lines.date_valeur.tolist(), strict=True,
    )  # fmt: skip
    names = [
        f"{compte.decode('latin-1')}:{date}:{cents}:"
        + _digest(f"{currency}{_APART}{label}{_APART}{payer}{_APART}{texts}{_APART}{day}")
        for compte, date, cents, currency, label, payer, texts, day in said
    ]
    if len(set(names)) == len(names):
        return names
    booked = list(zip(lines.statut.tolist(), lines.extourne.tolist(), strict=True))
    order = sorted(range(len(names)), key=booked.__getitem__)
    numbered = dict(zip(order, _numbered([names[row] for row in order]), strict=True))
    return [numbered[row] for row in range(len(names))]


def virement_id(tables: Tables, row: int) -> str:
    """Name one bank line, as `virement_ids` does, from the lines of its account, day and amount alone."""
    lines = tables.virements
    mates = same_day(lines, lines.compte[row], lines.date[row])
    mates = mates[lines.montant_cents[mates] == lines.montant_cents[row]]
    names = virement_ids(attrs.evolve(tables, virements=lines.take(mates)))
    return names[int(np.searchsorted(mates, row))]


def same_day(lines: Virements, compte: bytes, day: np.datetime64) -> npt.NDArray[np.int64]:
    """Return the rows of the bank lines of one account and day, in order."""
    booked = np.flatnonzero(np.isnat(lines.date) if np.isnat(day) else lines.date == day)
    found: npt.NDArray[np.int64] = booked[lines.compte[booked] == compte]
    return found


def line_contents(lines: Virements) -> list[tuple[Any, ...]]:
    """Return what each bank line says, account and day first: it sorts them whatever the order of files.

    Two lines of one content are one another's equal; whether each is booked, and its currency, is part of it.
    """
    return list(
        zip(
            lines.compte.tolist(), map(str, lines.date.tolist()), lines.montant_cents.tolist(), lines.libelle.tolist(),
            lines.emetteur.tolist(), lines.textes.tolist(), map(str, lines.date_valeur.tolist()),
            lines.statut.tolist(), lines.devise.tolist(), lines.extourne.tolist(), strict=True,
        )
    )  # fmt: skip


def _digest(said: str) -> str:
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()


def _numbered(names: Iterable[str]) -> list[str]:
    """Return the names, each after the first of its like with its rank, from 2."""
    seen: Counter[str] = Counter()
    numbered = []
    for name in names:
        seen[name] += 1
        numbered.append(name if seen[name] == 1 else f"{name}/{seen[name]}")
    return numbered
