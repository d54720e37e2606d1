"""The page of reasons and exceptions, made from their catalogues: `python -m tests.domain.motifs_page` writes it."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

from tiers_payant.domain import lois, motifs_exceptions

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "motifs.md"

_HEAD = """# Reasons, exceptions and laws

Codes are stable: test them in a program. The words beside them may change. This page is written from the catalogues by
`python -m tests.domain.motifs_page`, and a test holds it to them.

## Reasons of a créance

`Creance.motif` says why a créance is in its state; `motif_texte` is the sentence. In `domain/data/motifs.toml`.
"""

_EXCEPTIONS = """
## Exceptions

`result.exceptions(today)` gives what is worth a person's time, the most euros at risk first, ties in the order of
keys. In `domain/data/exceptions.toml`.

- No subject stands twice: each euro of a créance, of an answer, of an announced transfer (`groupe`) or of a bank line
  (`virement`) is in one exception.
- A créance that is announced in a transfer is not listed when its amount is right: the transfer is, once for all of
  its members.
- Créances and transfers wait for money that bank lines and answers may be. The euros of the two sides do not add up.
- Lateness needs a day. With `today`, what waits beyond its deadline is `EN_RETARD`. `jours` tells how long, for every
  exception of a créance; for a transfer, it is that of its latest créance.
- A bank line out of scope is no exception, nor is a patient share, nor a créance that a new facture replaced.
- `exceptions.pressing()` leaves out what time alone may settle, marked *waits* below.
- No sentence holds anything read from a file.
"""

_LAWS = """
## Laws

`result.verify()` raises `LawError` with each law that does not hold, and `result.breaches()` lists them: the law, the
table, the rows, their identifiers, by how many cents. In `domain/data/lois.toml`.

| Law | Broken when |
|---|---|
"""


def page() -> str:
    """Return the page."""
    reasons = tomllib.loads(resources.files("tiers_payant.domain").joinpath("data", "motifs.toml").read_text("utf-8"))
    rows = "".join(f"| `{code}` | {words} |\n" for code, words in reasons.items())
    laws = "".join(f"| `{code}` | {words} |\n" for code, words in lois().items())
    told = "".join(_exception(code) for code in motifs_exceptions())
    return f"{_HEAD}\n| Code | Sentence |\n|---|---|\n{rows}{_EXCEPTIONS}{told}{_LAWS}{laws}"


def _exception(code: str) -> str:
    motif = motifs_exceptions()[code]
    waits = " (*waits*)" if motif.attend else ""
    sentences = [words for words in (motif.phrase, motif.phrase_un, motif.phrase_zero) if words]
    lines = [f"\n### `{code}`{waits}\n\n", f"Of: {', '.join(f'`{sujet}`' for sujet in motif.sujet)}.\n\n"]
    lines += [f"> {words}\n" if not rank else f">\n> {words}\n" for rank, words in enumerate(sentences)]
    lines += [f"\n- Sens : {motif.sens}\n", f"- Montant : {motif.montant}\n"]
    lines += [f"- Nombre : {motif.compte}\n"] if motif.compte else []
    return "".join([*lines, f"- À faire : {motif.faire}\n"])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
