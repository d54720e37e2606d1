"""The page of reasons, made from their catalogue: `python -m tests.dunning.raisons_page` writes it."""

from __future__ import annotations

from pathlib import Path

from tiers_payant.domain import raisons

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "raisons.md"

_HEAD = """# Why nobody is reminded

`PlanRelances.ecarts` tells every step that is due and not applied, with a reason: a code that stays, and French words
that may change (`plan.fiche(raison)`). This page is written from `domain/data/raisons.toml` by
`python -m tests.dunning.raisons_page`, and a test holds it to it.

Gates are asked in this order and the first that holds is told. Up to `REQUALIFICATION`, a claim is held back whatever
the step (`niveau` 0). After it, a step is: `SCENARIO_TERMINE`, `CONTACT_RECENT` and `HORS_JOURS` end the search, and so
does `DELAI_SUIVANT`; the others are told, and the next step is looked at.

*Protects*: the reason keeps a wrong letter from leaving. The others spare a useless one, or say that nothing can be
done.

| # | Code | Sentence | To do | Protects |
|---|---|---|---|---|
"""


def page() -> str:
    """Return the page."""
    rows = "".join(
        f"| {int(raison)} | `{raison.name}` | {one.phrase} | {one.faire or '–'} | {'yes' if one.protege else ''} |\n"
        for raison, one in raisons().items()
    )
    return f"{_HEAD}{rows}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
