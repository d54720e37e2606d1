"""The page of families, codes and words, made from the data: `python -m tests.rejets.familles_page` writes it."""

from __future__ import annotations

from pathlib import Path

from tiers_payant.domain import Famille, FicheFamille, fiches
from tiers_payant.rejets import expressions, load_codes

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "rejects.md"

_HEAD = """# Families of rejects, codes and words

`classify_rejets` gives each reject line one of these families (`Famille`). This page is written from the data by
`python -m tests.rejets.familles_page`, and a test holds it to them: families in `domain/data/familles.toml`, codes in
`rejets/data/codes.csv`, words in `rejets/data/mots.toml`. Confidence: H the text itself was read, M a secondary page or
the trade press, L one weak source or an inference.

No public list of reject codes exists: the table below is all that public pages print. The rest is for you to bring or
to classify once (how-to [Classify rejects](../how-to/classify-rejects.md)).

## Families

| Family | Meaning | Who acts | Send again | Recoverable | Patient may owe it |
|---|---|---|---|---|---|
"""

_CODES = """
## Public codes

A code is opaque text; spaces and hyphens do not count. Two generations of AMO numbers live side by side: 0450-054 was
renamed 0009-816 "from Thursday 3 October", and the page that says so prints no year (2024 is probable), so neither line
has a date. A star ends the code of a line about the beginning of longer codes: a 294 has room for four characters,
where a 290 has ten, and no source says whether those four are the beginning of the longer code. Such a line is used
last, for a code of just these characters; it exists only where at least two codes that begin so are known and all are
of one family, and it says nothing as soon as your own table adds one of another family.

| Scope | Code | Label | Family | From | To | Source | Confidence |
|---|---|---|---|---|---|---|---|
"""

_WORDS = """
## Words of labels

Labels are read without accents, case, signs or numbers; four letters that begin one of these words, or a listed short
form, stand for it. Several words say more than one, words in this order more than in another. *inconnu*, *invalide*,
*ferme* and *deja* stand for every word of their group (`mots.toml`). Where two families are named, the second is meant
when a complementary insurer speaks. What two families say equally well is `INCONNU`, and the evidence names both.

| Family | Words | Source |
|---|---|---|
"""

_TAIL = """
`ECART` has no words: it is a payment of another amount, not a reject. `AMC_TORT` is a reject in spite of an
accreditation, whose number no table of this library holds: only its words, or a line of a code table, lead to it.
"""


def page() -> str:
    """Return the page."""
    families = "".join(_family(fiche) for fiche in fiches().values())
    details = "".join(_details(fiche) for fiche in fiches().values())
    codes = "".join(
        f"| `{line.portee}` | `{line.code}` | {line.libelle} | `{line.famille.name}` | {line.du or ''} |"
        f" {line.au or ''} | {line.source} | {line.confiance} |\n"
        for line in load_codes()
    )
    return f"{_HEAD}{families}{details}{_CODES}{codes}{_WORDS}{''.join(_words())}{_TAIL}"


def _family(fiche: FicheFamille) -> str:
    return (
        f"| `{fiche.famille.name}` | {fiche.libelle} | {fiche.acteur} | {fiche.renvoi} | {fiche.recouvrable} |"
        f" {'yes' if fiche.patient else 'no'} |\n"
    )


def _details(fiche: FicheFamille) -> str:
    lines = [f"\n### `{fiche.famille.name}`\n\n> {fiche.action}\n\n", f"- Au patient : {fiche.explication}\n"]
    lines += [f"- Au comptoir : {fiche.prevention}\n"] if fiche.prevention else []
    return "".join([*lines, f"- Source : {fiche.source} ({fiche.confiance})\n"])


def _words() -> list[str]:
    groups: dict[tuple[Famille, Famille, str], list[str]] = {}
    for each in expressions():
        groups.setdefault((each.famille, each.famille_amc, each.source), []).append(each.texte)
    return [
        f"| `{famille.name}`{'' if amc is famille else f', `{amc.name}`'} | {', '.join(words)} | {source} |\n"
        for (famille, amc, source), words in groups.items()
    ]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
