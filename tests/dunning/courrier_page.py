"""The page of what a template may name, made from the types: `python -m tests.dunning.courrier_page` writes it."""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path

from tiers_payant.domain import Adresse, Courrier, Destinataire, Entete, LigneCourrier
from tiers_payant.dunning.lettres import load_modeles
from tiers_payant.dunning.lettres._champs import FILTRES, MARQUES, Genre, Sorte, fields_of

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "courrier.md"

_HEAD = """# What a letter may say

A template names the fields below and nothing else: a field that is not here, an attribute of Python, a call or a test
is refused when the template is loaded. There is no field for what was dispensed, an act, a reject, an exemption, a
prescriber, a birth date or a NIR, so that none can be printed.
[Letters](../how-to/letters.md) shows how to write one. This page is written from the types by
`python -m tests.dunning.courrier_page`, and a test holds it to them.

In a subject, `destinataire` and the blocks are refused; `lignes` and `precedents` can only be counted.
"""

_KINDS = {
    Sorte.TEXTE: "text",
    Sorte.NOMBRE: "number",
    Sorte.CENTS: "cents: filter `euros`",
    Sorte.JOUR: "day: filter `jour`",
    Sorte.VRAI: "true or false: `{% if %}`",
    Sorte.OCTETS: "image: laid out by the page, never by a template",
}
_CLASSES = (
    (Courrier, "The letter", "Named as they are: `{{ relance }}`."),
    (LigneCourrier, "A claim", "`{% for ligne in lignes %}{{ ligne.facture }}{% endfor %}`; `lignes` is never empty."),
    (Destinataire, "To whom", "`{{ destinataire.nom }}`."),
    (Entete, "Who writes", "`{{ entete.nom }}`."),
    (Adresse, "An address", "`{{ entete.adresse.ville }}`."),
)
_FILTERS = {
    "euros": "`36,25 €`, with no-break spaces",
    "jour": "`2 mars 2026`",
    "iban": "an IBAN by groups of four",
    "pluriel": "with two texts, `pluriel('facture', 'factures')`: `2 factures`",
    "length": "how many",
}
_MARKS = {
    "tableau": "the claims, as a table; beyond eight, a sentence, and the table on pages of its own after the letter",
    "sommes": "principal, interest, indemnity and their sum",
    "reglement": "how to pay: means, IBAN, reference",
}


def page() -> str:
    """Return the page."""
    parts = [_HEAD, *(_fields(*one) for one in _CLASSES)]
    filters = "".join(f"| `{name}` | {' or '.join(one.pour)} | {_FILTERS[name]} |\n" for name, one in FILTRES.items())
    marks = "".join(f"| `{{{{ {name} }}}}` | {_MARKS[name]} |\n" for name in MARQUES)
    parts += [f"\n## Filters\n\n| Filter | Takes | Gives |\n|---|---|---|\n{filters}"]
    parts += [f"\n## Blocks\n\nEach stands by itself.\n\n| Block | Shows |\n|---|---|\n{marks}"]
    rows = "".join(
        f"| `{spec.name}` | {', '.join(spec.types) or 'anybody'} | {spec.source} |\n"
        for _, spec in sorted(load_modeles().items())
    )
    parts += [f"\n## Templates of the library\n\n| Name | For | Source |\n|---|---|---|\n{rows}"]
    return "".join(parts)


def _fields(kind: type, title: str, example: str) -> str:
    words = _docstrings(kind)
    rows = "".join(
        f"| `{name}` | {_shown(genre)} | {words.get(name, '')} |\n" for name, genre in fields_of(kind).items()
    )
    return f"\n## {title}\n\n`{kind.__name__}`. {example}\n\n| Field | Kind | Says |\n|---|---|---|\n{rows}"


def _shown(genre: Genre) -> str:
    if genre.sorte is Sorte.OBJET:
        assert genre.classe is not None
        shown = f"`{genre.classe.__name__}`"
    elif genre.sorte in (Sorte.SUITE, Sorte.COUPLE):
        joined = (" and " if genre.sorte is Sorte.COUPLE else "").join(map(_shown, genre.dedans))
        shown = f"sequence of {joined}" if genre.sorte is Sorte.SUITE else joined
    else:
        shown = _KINDS[genre.sorte]
    return f"{shown}; may be missing: ask in an `{{% if %}}` first" if genre.absent else shown


def _docstrings(kind: type) -> dict[str, str]:
    """The text under each field, on one line, and that of each property."""
    (tree,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for node, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(node, ast.FunctionDef):
            found[node.name] = ast.get_docstring(node) or ""
        elif isinstance(node, ast.AnnAssign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            found[ast.unparse(node.target)] = " ".join(str(after.value.value).split())
    return found


if __name__ == "__main__":
    sys.stdout.write(f"{PAGE}\n")
    PAGE.write_text(page(), encoding="utf-8")
