"""Names for what has no key of its own: announced groups and bank lines. They do not depend on the order of files."""

from __future__ import annotations

from collections import Counter

from tiers_payant.domain._codes import Part
from tiers_payant.domain.tables import Tables

__all__ = ["groupe_ids", "virement_ids"]

_PRINT = 12
"""Characters of a fingerprint that are shown: enough to tell a pharmacy's returns apart."""


def groupe_ids(tables: Tables) -> list[str]:
    """Name each announced group: its return's fingerprint, its rank in that return, and its share if it is split.

    A group of no return is named by its officine: whose others are read beside it never changes a name.
    """
    groups, prints = tables.groupes, tables.retours.empreinte
    ranks: Counter[int | str] = Counter()
    names = []
    for retour, officine, part in zip(
        groups.retour.tolist(), groups.officine.tolist(), groups.part.tolist(), strict=True
    ):
        mark = prints[retour].decode()[:_PRINT] if retour >= 0 else f"objet-{officine.decode('latin-1')}"
        source = retour if retour >= 0 else mark
        names.append(f"{mark}/{ranks[source]}" + (f"/{Part(part).name}" if part else ""))
        ranks[source] += 1
    return names


def virement_ids(tables: Tables) -> list[str]:
    """Name each bank line: account, booking date, and rank among that day's lines sorted by content."""
    lines = tables.virements
    content = list(
        zip(
            lines.compte.tolist(), map(str, lines.date.tolist()), lines.montant_cents.tolist(), lines.libelle.tolist(),
            lines.emetteur.tolist(), lines.textes.tolist(), map(str, lines.date_valeur.tolist()), strict=True,
        )
    )  # fmt: skip
    names = [""] * len(content)
    ranks: Counter[tuple[bytes, str]] = Counter()
    for row in sorted(range(len(content)), key=content.__getitem__):
        compte, date = content[row][0], content[row][1]
        names[row] = f"{compte.decode('latin-1')}:{date}:{ranks[compte, date]}"
        ranks[compte, date] += 1
    return names
