"""The export of an invented LGO: one facture a line, its fields between bars, and who billed it.

LGO-EXEMPLE|2
999000019|2026-01-05|001|000000101|2026-01-05|F|01|999|0000||05|12,50|12,50||CAMILLE EXEMPLE
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from tiers_payant.domain import (
    CODE,
    JOUR,
    MONTANT,
    TEXTE,
    Entree,
    Factures,
    FormatSpec,
    Lecture,
    LectureBuilder,
    Ligne,
    Operateurs,
    OperateursFactures,
    facultatif,
    hookimpl,
    read_lines,
    whole,
)
from tiers_payant.errors import FormatError, Gravite, ProblemKind

__version__ = "1.0.0"
requires_api = ">=1,<2"

ENTETE = "LGO-EXEMPLE|2"
CLE = {"officine": CODE, "lot_date": JOUR, "lot": CODE, "facture": CODE}
COLONNES = CLE | {
    "date_facture": JOUR,
    "etat": CODE,
    "regime": CODE,
    "caisse": CODE,
    "centre": CODE,
    "amc": facultatif(CODE, ""),
    "paiement": CODE,
    "total_cents": MONTANT,
    "part_amo_cents": MONTANT,
    "part_amc_cents": facultatif(MONTANT, 0),
    "operateur": TEXTE,
}
ANNULEE = ProblemKind(
    code="LGO_EXEMPLE_ANNULEE",
    gravite=Gravite.INFORMATION,
    en="the facture was cancelled in the LGO: it is not followed",
    fr="Facture annulée dans le LGO : elle n'est pas suivie.",
)


def sniff(head: bytes) -> float:
    """Tell whether *head* opens an export of the LGO: its first line says so."""
    return 1.0 if head.startswith(ENTETE.encode()) else 0.0


def read_parts(entree: Entree, octets: int) -> Iterator[Lecture]:
    """Yield the factures of an export, in parts of about *octets* bytes."""
    book = LectureBuilder(entree, "lgo-exemple", reference="2")
    for line in book.lines():
        if line.texte != ENTETE:
            with book.reading(line):
                row = facture(line)
                book.add(Factures, line, **{name: row[name] for name in row.keys() - {"etat", "operateur"}})
        if book.octets >= octets:
            yield book.take()
    yield book.take()


def facture(line: Ligne) -> dict[str, object]:
    """Return the fields of one facture; one that was cancelled, or cannot be read, is refused."""
    row = line.read(COLONNES, "|")
    if row["etat"] == "A":
        raise line.fault(ANNULEE)
    return row


def operateurs(path: Path) -> Iterator[dict[str, object]]:
    """Yield who billed each facture of an export; the lines that cannot be read are told by its reader."""
    for line in read_lines(Entree(nom=path.name, chemin=path)):
        try:
            row = facture(line)
        except FormatError:
            continue
        yield {name: row[name] for name in (*CLE, "operateur")} | {"ligne": line.numero}


@hookimpl
def tiers_payant_formats() -> Iterable[FormatSpec]:
    """Return the export of the LGO."""
    label = "Export des factures de LGO EXEMPLE"
    return [FormatSpec(name="lgo-exemple", label=label, sniff=sniff, read=whole(read_parts), read_parts=read_parts)]


@hookimpl
def tiers_payant_operateurs() -> Iterable[Operateurs]:
    """Return who billed the factures of the exports in the folder `LGO_EXEMPLE_DOSSIER`, as pseudonyms of this run."""
    folder = os.environ.get("LGO_EXEMPLE_DOSSIER")
    rows = [row for path in sorted(Path(folder).glob("*.lgo")) for row in operateurs(path)] if folder else []
    if rows:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        yield Operateurs(lignes=OperateursFactures.of(**columns), fichier="lgo-exemple")
