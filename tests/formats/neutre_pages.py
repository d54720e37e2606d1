"""What is made from `neutre.toml`: the page of the reference and the JSON Schema. Run as a script, it rewrites both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tiers_payant.formats._neutre_schema import Champ, TableNeutre
from tiers_payant.formats.neutre import donnees_schema, neutral_tables

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "neutral-formats.md"
SCHEMA = ROOT / "src" / "tiers_payant" / "formats" / "schemas" / "donnees-1.json"

HEAD = """# Neutral CSV and JSON

What a script, or software without B2, gives and takes. A CSV file holds one table; a JSON document any of them. This
page is made from `formats/neutre.toml`, which the readers and the writers use.

## CSV

* **Which table**: known by its headers; every required column must be there, in any order. Of two tables, the one that
  requires more columns is meant. A first line `# tiers-payant: factures` names it outright; at most 20 lines that
  begin with `#` and 4 kB stand before the headers. A line `sep=;` tells the separator.
* **Headers**: compared without case, accents, spaces or signs; `N°` and `No` are `numero`. Synonyms are accepted.
  Columns that are unknown are told once and left aside.
* **Cells**: parted by `;`, `,`, a tab or `|`, whichever makes the headers known; quoted as in RFC 4180. A
  quoted row that goes over several lines holds 64 kB at most: past that, the quote is taken for a mistake, its line is
  told, and each of the lines below it up to there is read by itself. An apostrophe before `=`, `+`, `-`, `@`, a tab or
  a carriage return is taken off a text: it is written there so that no spreadsheet runs the text.
* **Encoding**: UTF-8, with or without byte order mark; UTF-16 with one. A line that is not UTF-8 is read as
  Windows-1252, which is told.
* **Amounts**: in euros, with comma or point and one or two decimals: `12,50`, `12.5`, `1 234,50`, `1.234,50`. What
  could be read in two ways, such as `1,234`, is told and the row kept raw. A header that ends in `_cents` announces
  whole cents.
* **Dates**: `2026-01-05`, which a time may follow, or `05/01/2026`, day first.
* **Codes**: ASCII, 64 characters at most. `9,92E+08`, which a spreadsheet makes of a long number, is refused. Leading
  zeros that it took away are put back where the length is known.
* **Yes or no**: `oui`, `non`, `1`, `0`, `vrai`, `faux`.
* A row that cannot be read whole is told, with its line, column and shape, and kept raw; the others are read. Lines of
  more than 1 MB are kept raw.

Files are read each by itself. The movements of one and the answers of another meet when both say the same of their
announced transfer: the columns `virement...` and `retour...`. Files that hold the same rows, in any order, are one
return. Answers and movements that two files tell of one transfer count once, and it is told; equal rows of one file
are several. An answer that has an amount and names no transfer counts each time, and that is told too.

## JSON

`{"schema": "tiers-payant/donnees/1", "factures": [...], "reponses": [...]}`: tables by name, rows as objects. Names are
exact; amounts are whole numbers of cents, under the name of the column and `_cents`; a float is refused, even a whole
one. Dates are ISO, `rejets` is a list of texts, yes or no is a boolean, what is absent is null or has no key. A
document holds 16 MB and 2 097 152 values at most (commas and opening brackets, those of texts too), so that reading it
takes some 400 MB of memory whatever it holds: beyond, write CSV, which is read by blocks. More is neither read nor
written. A problem tells the rank of its row in the list, from 1.

The schema is `tiers_payant/formats/schemas/donnees-1.json`.

## Tables

```python
>>> from tiers_payant.domain import Entree
>>> from tiers_payant.formats.neutre import read_csv
>>> def read(text):
...     lecture = read_csv(Entree(nom="exemple.csv", contenu=text.encode()))
...     return lecture.check().tables

```
"""


def page() -> str:
    """The page of the reference."""
    return HEAD + "".join("\n".join(_section(table)) + "\n" for table in neutral_tables().values())


def schema() -> str:
    """The JSON Schema, as it is shipped."""
    return json.dumps(donnees_schema(), ensure_ascii=False, indent=1) + "\n"


def _section(table: TableNeutre) -> Iterator[str]:
    yield f"\n### `{table.nom}`\n"
    yield f"{table.titre}. {table.sens}\n"
    yield "| Column | Kind | Meaning | Synonyms |"
    yield "|---|---|---|---|"
    for champ in table.champs:
        synonyms = ", ".join(f"`{name}`" for name in champ.synonymes)
        yield f"| `{champ.nom}`{_need(champ)} | {_kind(champ)} | {champ.sens} | {synonyms} |"
    yield "\n\\* column required; \\** no cell may be empty."
    if table.csv:
        text = table.exemple.strip("\n").split("\n")
        yield "\n```python"
        yield f'>>> read("""{text[0]}'
        yield from (f"... {line}" for line in text[1:-1])
        yield f'... {text[-1]}""").{table.nom}'
        yield f"<{''.join(map(str.capitalize, table.nom.split('_')))} of {len(text) - 1} rows>"
        yield "\n```"


def _need(champ: Champ) -> str:
    return " \\**" if champ.requis and champ.rempli else " \\*" if champ.requis else ""


def _kind(champ: Champ) -> str:
    words = {"texte": "code", "libelle": "text", "cents": "amount", "entier": "whole number", "ouinon": "yes or no"}
    if champ.liste:
        return ", ".join(f"`{word}`" for word in dict.fromkeys(champ.words) if word)
    return words.get(champ.genre, champ.genre) + (f", {champ.largeur} digits" if champ.largeur else "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.parent.mkdir(exist_ok=True)
    SCHEMA.write_text(schema(), encoding="utf-8")
