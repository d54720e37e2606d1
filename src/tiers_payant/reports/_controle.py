"""What checks found in lots to be sent, as JSON, and the list of checks. Nothing of the person."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tiers_payant.domain import Alertes, CheckSpec, Famille, Severite, Tables, fiches, printable
from tiers_payant.reports._alertes import WORDS, Alerte, read_alertes
from tiers_payant.reports._json import array_chunks, json_text

__all__ = ["controle_chunks", "controles_text"]

_SCHEMA = "tiers-payant/controle/1"


def controles_text(checks: Iterable[CheckSpec]) -> str:
    """Return the list of checks, in French: what each says, what it prevents, why, and what to know before."""
    return "\n".join(line for check in checks for line in _told(check))


def _told(check: CheckSpec) -> Iterator[str]:
    asked = "" if check.actif else ", éteint"
    brought = "" if check.provider == "tiers-payant" else f", apporté par {printable(check.provider)}"
    yield f"{check.name} ({WORDS[check.severite]}{asked}{brought})"
    yield f"  {printable(check.phrase)}"
    yield f"  évite : {fiches()[check.famille].libelle}"
    yield f"  champ : {printable(check.champ)}"
    yield f"  source : {printable(check.source) or '?'} (confiance {check.confiance.value})"
    if check.reserve:
        yield f"  {printable(check.reserve)}"


def controle_chunks(tables: Tables, alertes: Alertes, checks: Sequence[CheckSpec], today: dt.date) -> Iterator[str]:
    """Yield the text of the JSON document, deterministic and sorted; joined, the chunks are one object.

    Args:
        tables: The lots examined.
        alertes: What was found in them.
        checks: What was asked.
        today: The day that they were judged as of.
    """
    found = read_alertes(tables, alertes)
    counts = Counter(one.controle for one in found)
    yield f'{{\n"schema": {json_text(_SCHEMA)},\n"today": {json_text(str(today))},\n"factures": {len(tables.factures)}'
    families = {check.name: check.famille for check in checks}
    for name, objects in (
        ("controles", (_check(check, counts[check.name]) for check in sorted(checks, key=lambda check: check.name))),
        ("alertes", (_alert(one, families[one.controle]) for one in found)),
    ):
        yield from array_chunks(name, objects)
    yield "\n}\n"


def _check(check: CheckSpec, found: int) -> dict[str, Any]:
    return {
        "nom": check.name,
        "phrase": check.phrase,
        "severite": check.severite.name,
        "famille": check.famille.name,
        "champ": check.champ,
        "source": check.source,
        "confiance": check.confiance.value,
        "trouvees": found,
    }


def _alert(one: Alerte, famille: Famille) -> dict[str, Any]:
    return {
        "officine": one.officine,
        "lot_date": one.lot_date or None,
        "lot": one.lot,
        "facture": one.facture,
        "controle": one.controle,
        "severite": Severite(-one.gravite).name,
        "famille": famille.name,
    }
