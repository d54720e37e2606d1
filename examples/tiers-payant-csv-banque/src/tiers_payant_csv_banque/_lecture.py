"""From the rows of a CSV export to a bank statement, as its profile says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tiers_payant.domain import Entree, Lecture, LectureBuilder, Ligne, ReleveOuvert
from tiers_payant.errors import shape
from tiers_payant_csv_banque._profil import Profil

_MOST_PREAMBLE = 40
Row = dict[str, Any]


def sniff(head: bytes, profil: Profil) -> float:
    """Tell whether the headers of the profile stand in *head*."""
    texts = (head.decode(name, "replace").splitlines()[:_MOST_PREAMBLE] for name in profil.encodages)
    found = any(profil.ranks(line.split(profil.separateur)) for lines in texts for line in lines)
    return 0.95 if found else 0.0


def read(entree: Entree, profil: Profil) -> Lecture:
    """Read an export: a statement for each account that it names."""
    book = LectureBuilder(entree, f"csv-{profil.nom}", reference=profil.nom)
    ranks: dict[str, int] | None = None
    told: Row = {}
    releves: dict[str, ReleveOuvert] = {}
    first: Ligne | None = None
    for line, cells in book.rows(profil.separateur, *profil.encodages):
        first = first or line
        if ranks is None and (ranks := profil.ranks(cells)):
            continue
        if what := profil.preambule.get(cells[0].strip()):
            with book.reading(line):
                told[what] = line.cell("".join(cells[1:2]), profil.genres[what], column=2, field=what)
        elif ranks is None:
            book.keep(line)
        else:
            with book.reading(line):
                row = row_of(line, cells, ranks, profil)
                compte = row.pop("compte", "") or told.get("compte", profil.compte)
                if compte not in releves:
                    releves[compte] = book.open_releve(line, compte=compte, devise=row["devise"])
                releves[compte].add(line, **row)
    if not releves:
        book.tell("RELEVE_VIDE" if ranks or not first else "TABLE_NON_RECONNUE", first)
    elif len(releves) == 1:  # of several accounts, one balance is nobody's
        (releve,) = releves.values()
        note_balances(releve, told)
    return book.take()


def note_balances(releve: ReleveOuvert, told: Row) -> None:
    """Note the balances that stand above the rows, or below."""
    for what, note in (("initial", releve.solde_initial), ("final", releve.solde_final)):
        if f"solde_{what}" in told:
            note(told[f"solde_{what}"], told.get(f"jour_{what}"))


def row_of(line: Ligne, cells: Sequence[str], ranks: dict[str, int], profil: Profil) -> Row:
    """Return one line of the statement; one that cannot be read whole is refused."""
    if len(cells) != profil.width:
        raise line.fault("CELLULES_NOMBRE", attendu=profil.width, forme=len(cells))
    row = {
        name: line.cell(cells[rank], profil.genres[name], column=rank + 1, field=name) for name, rank in ranks.items()
    }
    kept = {name: row[name] for name in ("date", "date_valeur", "libelle", "compte") if name in row}
    textes = {tag: row[tag] for tag in profil.textes}
    cents = amount_of(line, row, profil)
    return kept | {"devise": row.get("devise", profil.devise), "montant_cents": cents, "textes": textes}


def amount_of(line: Ligne, row: Row, profil: Profil) -> int:
    """Return the signed amount of a row; what could be read in two ways is refused."""
    if "montant" in row:
        cents: int = row["montant"]
        sign = profil.sens.get(row["sens"].upper()) if "sens" in row else 1
        if sign is None or ("sens" in row and cents < 0):
            expected = f"un montant sans signe, et un sens : {', '.join(profil.sens)}"
            raise line.fault("VALEUR_ATTENDUE", field="sens", attendu=expected, forme=shape(row["sens"]))
        return sign * cents
    debit: int = row["debit"] or 0
    credit: int = row["credit"] or 0
    if (debit and credit) or credit < 0:
        expected = "un débit, ou un crédit sans signe"
        raise line.fault("VALEUR_ATTENDUE", field="credit", attendu=expected, forme="99,99 / 99,99")
    return credit - abs(debit)
