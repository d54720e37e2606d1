"""The page of rules and contracts, made from their tables: `python -m tests.domain.regles_page` writes it."""

from __future__ import annotations

from pathlib import Path

from tiers_payant.domain import Contrat, Origine, UniteRegle, VersionRegle, doutes, load_contrats, load_regles

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "regles.md"

_HEAD = """# Rules

The rules of law that deadlines, penalties and letters follow, with their articles. This page is written from
`domain/data/regles.toml` by `python -m tests.domain.regles_page`, and a test holds it to it. A file of yours, of the
same shape, replaces any of them: `load_regles(path)`.

Confidence: H the text itself, or an official list, was read; M a secondary page, or the trade press; L one weak source,
or an inference. Where a rule has no first day, its source gives none. Law later than March 2026 was not seen.
"""

_CONTRACTS = """
## Contracts of payers

What payers promised, by rule; in `domain/data/contrats.toml`. Those that are off bind only whoever adhered:
`Contrats.enable` turns them on (how-to [By when](../how-to/deadlines.md)).

| Contract | Of | On | Payment | Penalty | Source | Confidence |
|---|---|---|---|---|---|---|
"""

_DOUBTS = """
## What is supposed

Codes of the column `doute` of deadlines and penalties; in `domain/data/echeances.toml`.

| Code | Sentence |
|---|---|
"""

_UNITS = {
    UniteRegle.JOURS_OUVRES: "jours ouvrés",
    UniteRegle.JOURS_OUVRABLES: "jours ouvrables",
    UniteRegle.JOURS: "jours",
    UniteRegle.MOIS: "mois",
}
_HUNDRED = 100


def page() -> str:
    """Return the page."""
    rules = "".join(_rule(rule.code, rule.libelle, rule.versions) for rule in load_regles())
    contracts = "".join(_contract(contrat) for contrat in load_contrats().contrats)
    doubts = "".join(f"| `{code}` | {words} |\n" for code, words in doutes().items())
    return f"{_HEAD}{rules}{_CONTRACTS}{contracts}{_DOUBTS}{doubts}"


def _rule(code: str, libelle: str, versions: tuple[VersionRegle, ...]) -> str:
    lines = [f"\n## `{code}`\n\n{libelle}.\n\n"]
    for version in versions:
        sure = version.confiance.value
        if version.confiance_depart:
            sure = f"{sure}, départ {version.confiance_depart.value}"
        lines.append(f"- **{_value(version)}**{_period(version)}. {version.reference}. Confidence {sure}.\n")
        lines += [f"  {version.note}\n"] if version.note else []
    return "".join(lines)


def _value(version: VersionRegle) -> str:
    if version.unite is UniteRegle.CENTS:
        return f"{version.valeur // _HUNDRED},{version.valeur % _HUNDRED:02} €"
    if version.unite is UniteRegle.POINTS_DE_BASE:
        return f"{version.valeur // _HUNDRED},{version.valeur % _HUNDRED:02} %"
    start = version.depart.value if version.depart else ""
    quarter = ", from the first day of the next quarter" if version.origine is Origine.TRIMESTRE_SUIVANT else ""
    return f"{version.valeur} {_UNITS[version.unite]}, from `{start}`{quarter}"


def _period(version: VersionRegle) -> str:
    since = f" from {version.du}" if version.du else ""
    return f"{since} to {version.au}" if version.au else since


def _contract(contrat: Contrat) -> str:
    who = ", ".join(f"`{name}`" for name in (*contrat.debiteurs, *contrat.payeurs))
    rules = " | ".join(f"`{code}`" if code else "" for code in (contrat.paiement, contrat.penalite))
    cells = f"`{contrat.id}`: {contrat.nom} | {who} | {'yes' if contrat.actif else 'no'} | {rules}"
    return f"| {cells} | {contrat.reference} | {contrat.confiance.value} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
