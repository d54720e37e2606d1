"""What checks found in lots to be sent: a page to read before sending, and the same as JSON. Nothing of the person."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import attrs

from tiers_payant.domain import Alertes, CheckSpec, Famille, Severite, Tables, fiches, printable

__all__ = ["controle_chunks", "controle_text", "controles_text"]

_SCHEMA = "tiers-payant/controle/1"
_WORDS = {Severite.BLOQUANT: "BLOQUANT", Severite.AVERTISSEMENT: "avertissement", Severite.INFORMATION: "information"}
_WIDTH = max(map(len, _WORDS.values()))


@attrs.frozen(order=True)
class _Alerte:
    """One alert as it is read: by officine, lot and facture, the most severe first."""

    officine: str
    lot_date: str
    """As numpy writes it, since it may be beyond the years of Python; empty when it is not known."""
    lot: str
    facture: str
    gravite: int
    """The least first."""
    controle: str


def _read(tables: Tables, alertes: Alertes) -> list[_Alerte]:
    factures = tables.factures.take(alertes.facture)
    days = [day.replace("NaT", "") for day in factures.lot_date.astype(str).tolist()]
    return sorted(
        _Alerte(officine.decode("latin-1"), day, lot.decode("latin-1"), number.decode("latin-1"), -grave,
                name.decode("ascii"))
        for officine, day, lot, number, grave, name in zip(
            factures.officine.tolist(), days, factures.lot.tolist(), factures.facture.tolist(),
            alertes.severite.tolist(), alertes.controle.tolist(), strict=True,
        )
    )  # fmt: skip


def controle_text(tables: Tables, alertes: Alertes, checks: Sequence[CheckSpec]) -> str:
    """Return the page, in French: lot by lot, facture by facture, what is wrong, then how much of each.

    Args:
        tables: The lots examined.
        alertes: What was found in them.
        checks: What was asked.
    """
    count = len(tables.factures)
    examined = f"{count} facture{'s' * (count > 1)} examinée{'s' * (count > 1)}, {len(checks)} contrôles"
    if not len(alertes):
        return f"Rien à signaler : {examined}."
    phrases = {check.nom: check.phrase for check in checks}
    found = _read(tables, alertes)
    lines = [*_by_lot(found, phrases), *_by_check(found), "", f"{_total(found)} ({examined})."]
    return "\n".join(lines)


def _by_lot(found: Sequence[_Alerte], phrases: dict[str, str]) -> Iterator[str]:
    for (officine, day, lot), in_lot in groupby(found, lambda one: (one.officine, one.lot_date, one.lot)):
        shown = "/".join(reversed(day.split("-"))) or "?"
        yield f"Officine {printable(officine)}, lot {printable(lot)} du {shown}"
        for number, of_facture in groupby(in_lot, lambda one: one.facture):
            yield f"  facture {printable(number) or '?'}"
            for one in of_facture:
                yield f"    {_word(one):<{_WIDTH}}  {printable(phrases[one.controle])} [{one.controle}]"
        yield ""


def _by_check(found: Sequence[_Alerte]) -> Iterator[str]:
    yield "Par contrôle"
    counts = Counter((one.gravite, one.controle) for one in found)
    for (grave, name), count in sorted(counts.items(), key=lambda held: (held[0][0], -held[1], held[0][1])):
        yield f"  {count:>6}  {_WORDS[Severite(-grave)]:<{_WIDTH}}  {name}"


def _total(found: Sequence[_Alerte]) -> str:
    factures = len({(one.officine, one.lot_date, one.lot, one.facture) for one in found})
    blocked = len(
        {(one.officine, one.lot_date, one.lot, one.facture) for one in found if -one.gravite == Severite.BLOQUANT}
    )
    ends = f"{blocked} à ne pas envoyer en l'état" if blocked else "rien de bloquant"
    return f"{factures} facture{'s' * (factures > 1)} à revoir, {ends}"


def _word(one: _Alerte) -> str:
    return _WORDS[Severite(-one.gravite)]


def controles_text(checks: Iterable[CheckSpec]) -> str:
    """Return the list of checks, in French: what each says, what it prevents, why, and what to know before."""
    return "\n".join(line for check in checks for line in _told(check))


def _told(check: CheckSpec) -> Iterator[str]:
    asked = "" if check.actif else ", éteint"
    brought = "" if check.provider == "tiers-payant" else f", apporté par {printable(check.provider)}"
    yield f"{check.nom} ({_WORDS[check.severite]}{asked}{brought})"
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
    found = _read(tables, alertes)
    counts = Counter(one.controle for one in found)
    yield f'{{\n"schema": {_dump(_SCHEMA)},\n"today": {_dump(str(today))},\n"factures": {len(tables.factures)}'
    families = {check.nom: check.famille for check in checks}
    for name, objects in (
        ("controles", (_check(check, counts[check.nom]) for check in sorted(checks, key=lambda check: check.nom))),
        ("alertes", (_alert(one, families[one.controle]) for one in found)),
    ):
        yield f',\n"{name}": ['
        separator = "\n"
        for value in objects:
            yield separator + _dump(value)
            separator = ",\n"
        yield "]"
    yield "\n}\n"


def _check(check: CheckSpec, found: int) -> dict[str, Any]:
    return {
        "nom": check.nom,
        "phrase": check.phrase,
        "severite": check.severite.name,
        "famille": check.famille.name,
        "champ": check.champ,
        "source": check.source,
        "confiance": check.confiance.value,
        "trouvees": found,
    }


def _alert(one: _Alerte, famille: Famille) -> dict[str, Any]:
    return {
        "officine": one.officine,
        "lot_date": one.lot_date or None,
        "lot": one.lot,
        "facture": one.facture,
        "controle": one.controle,
        "severite": Severite(-one.gravite).name,
        "famille": famille.name,
    }


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
