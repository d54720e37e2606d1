"""The page of checks, made from their specs: `python -m tests.rejets.controle.page` writes it."""

from __future__ import annotations

from pathlib import Path

from tiers_payant.domain import CheckSpec, Severite, fiches
from tiers_payant.plugins import build_manager, controles_of

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "controles.md"

_HEAD = """# Checks before sending

What `tp.check_lots` and `tiers-payant controle` ask ([how-to](../how-to/check-before-sending.md)). Names are stable.
This page is written from the checks by `python -m tests.rejets.controle.page`, and a test holds it to them.

- `BLOQUANT`: it contradicts itself or the layout, and will come back. `AVERTISSEMENT`: it often comes back.
  `INFORMATION`: worth a look.
- The confidence is that of the reason: H a text or an official list was read, M a secondary page, L one weak source or
  an inference.
- `SV`, `FIDES`, `SNDS` and `ATIH` are the sources of the [B2 layout](formats/layout-b2.md); MÉMO is the memo of a CPAM
  on reject codes (studylibfr.com/doc/3925819).
- No check reads the payer table of bank names: it says who pays, not which caisse exists or is open. No public list
  does.
"""


def page() -> str:
    """Return the page."""
    checks = controles_of(build_manager())
    rows = "".join(
        f"| [`{one.name}`](#{one.name}) | `{one.severite.name}` | {fiches()[one.famille].libelle} |"
        f" {'yes' if one.actif else 'no'} |\n"
        for one in sorted(checks, key=lambda one: (-one.severite, one.name))
    )
    told = "".join(map(_told, checks))
    return f"{_HEAD}\n| Check | Severity | Prevents | Asked by default |\n|---|---|---|---|\n{rows}{told}"


def _told(check: CheckSpec) -> str:
    severity = Severite(check.severite).name
    rest = f"\n{check.reserve}\n" if check.reserve else ""
    return (
        f"\n## `{check.name}`\n\n> {check.phrase}\n\n"
        f"`{severity}`, of `{check.champ}`, prevents `{check.famille.name}`. Source: {check.source} (confidence"
        f" {check.confiance.value}).\n{rest}"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
