"""Indicators as a page and as JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from tiers_payant.domain import Indicateur, UniteIndicateur, format_cents, percent, printable
from tiers_payant.reports._json import array_chunks, json_text

__all__ = ["indicateurs_chunks", "indicateurs_text"]

_SCHEMA = "tiers-payant/indicateurs/1"
_OURS = "tiers-payant"


def indicateurs_text(indicateurs: Iterable[Indicateur]) -> str:
    """Return the table of *indicateurs*, in French, one a line; who brings it when it is not the library."""
    rows = [(printable(one.label), _shown(one), one.provider) for one in indicateurs]
    width = max((len(label) for label, _, _ in rows), default=0)
    return "\n".join(
        f"{label:{width}}  {value:>16}{'' if provider == _OURS else f'  ({printable(provider)})'}"
        for label, value, provider in rows
    )


def _shown(one: Indicateur) -> str:
    if one.defaut:
        return "en défaut"
    if one.valeur is None:
        return "sans objet"
    match one.unite:
        case UniteIndicateur.CENTS:
            return format_cents(int(one.valeur))
        case UniteIndicateur.PART:
            return f"{percent(one.valeur)} %"
        case UniteIndicateur.JOURS:
            return f"{one.valeur:.1f} jours".replace(".", ",")
        case _:
            return str(one.valeur)


def indicateurs_chunks(indicateurs: Iterable[Indicateur], today: dt.date) -> Iterator[str]:
    """Yield the text of the JSON document; joined, the chunks are one object of schema `tiers-payant/indicateurs/1`."""
    yield f'{{\n"schema": {json_text(_SCHEMA)},\n"today": {json_text(str(today))}'
    yield from array_chunks("indicateurs", map(_object, indicateurs))
    yield "\n}\n"


def _object(one: Indicateur) -> dict[str, str | int | float | None]:
    return {
        "nom": one.name,
        "libelle": one.label,
        "unite": one.unite.value,
        "valeur": one.valeur,
        "defaut": one.defaut,
        "provider": one.provider,
        "version": one.version,
    }
