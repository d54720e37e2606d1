"""Which refused shares one correction mends.

The shares of one facture that are of one family go together. Factures go together when they have the same officine,
the same family, the same payer and the same thing to correct, where the tables tell it; else a facture stands alone.
What identifies a patient or a product groups without being shown: the cause then names the first facture concerned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import attrs

from tiers_payant.domain import Famille, NumeroAMC, Rapprochement, Repere, Sujet, facture_codes, repere_ids
from tiers_payant.errors import IdentifierError

__all__ = ["Groupe", "Ouverte", "grouped"]

Key = tuple[Any, ...]

_ASSURE = (Famille.IDENTITE_NIR, Famille.DROITS_AMO, Famille.CAISSE_DEST, Famille.EXONERATION)
"""What is corrected is the patient's, whatever the facture."""
_IDENTITE = ("nir", "nir_beneficiaire", "naissance", "rang")


@attrs.frozen(kw_only=True)
class Ouverte:
    """One share that is refused, unpaid in part, or taken back."""

    creance: int
    """Its row."""
    famille: Famille
    cents: int
    lignes: tuple[int, ...] = ()
    """Rows of `tables.rejets` that decided of its family."""


@attrs.frozen(kw_only=True)
class Groupe:
    """What one correction mends."""

    famille: Famille
    officine: str
    payeur: str
    """Empty when it is several."""
    cause: str
    nom: str
    """Identifier of its first créance."""
    ouvertes: tuple[Ouverte, ...]
    factures: int


def grouped(result: Rapprochement, ouvertes: Sequence[Ouverte]) -> list[Groupe]:
    """Group open shares by what is to be corrected; each is in one group, whatever their order."""
    table = result.creances
    codes = facture_codes([table])[0]
    names = dict(
        zip(
            (one.creance for one in ouvertes),
            repere_ids(result, [Repere(sujet=Sujet.CREANCE, rang=one.creance) for one in ouvertes]),
            strict=True,
        )
    )
    units: dict[tuple[int, Famille], list[Ouverte]] = defaultdict(list)
    for one in sorted(ouvertes, key=lambda one: (int(table.part[one.creance]), names[one.creance])):
        units[int(codes[one.creance]), one.famille].append(one)
    groups: dict[Key, list[list[Ouverte]]] = defaultdict(list)
    for unit in units.values():
        groups[_key(result, unit, names)].append(unit)
    return [_groupe(result, key, members, names) for key, members in groups.items()]


def _key(result: Rapprochement, unit: list[Ouverte], names: Mapping[int, str]) -> Key:
    """Return officine, family, payer, kind of cause and its value; the payer is that of the first share."""
    first = unit[0]
    table = result.creances
    payer = "" if first.famille is Famille.TECHNIQUE else _text(table.debiteur[first.creance])
    kind, value = _cause(result, unit) or ("facture", names[first.creance])
    return _text(table.officine[first.creance]), first.famille, payer, kind, value


def _cause(result: Rapprochement, unit: list[Ouverte]) -> tuple[str, Any] | None:
    """Return what is to be corrected: its kind and its value; None when only the facture tells."""
    first = unit[0]
    if first.famille is Famille.TECHNIQUE:
        table, row = result.creances, first.creance
        return "lot", f"{table.lot_date[row]}/{_text(table.lot[row])}"
    if first.famille is Famille.PRODUIT_TARIF:
        lines = {line for one in unit for line in one.lignes}
        acts = tuple(sorted({_text(result.tables.rejets.acte[line]) for line in lines} - {""}))
        return ("acte", acts) if acts else None
    row = int(result.creances.facture_rang[first.creance])
    read = _OF_FACTURE.get(first.famille)
    return read(result, row) if read and row >= 0 else None


def _assure(result: Rapprochement, row: int) -> tuple[str, Any] | None:
    factures = result.tables.factures
    who = tuple(_text(getattr(factures, name)[row]) for name in _IDENTITE)
    return ("assure", who) if who[0] or who[1] else None


def _amc(result: Rapprochement, row: int) -> tuple[str, Any] | None:
    number = _text(result.tables.factures.amc[row])
    return ("amc", canonical_amc(number)) if number.strip("0") else None


def _prescripteur(result: Rapprochement, row: int) -> tuple[str, Any] | None:
    number = _text(result.tables.factures.prescripteur[row])
    return ("prescripteur", number) if number.strip("0") else None


_OF_FACTURE: Mapping[Famille, Callable[[Rapprochement, int], tuple[str, Any] | None]] = {
    **dict.fromkeys(_ASSURE, _assure),
    Famille.AMC_CONTRAT: _amc,
    Famille.PRESCRIPTEUR: _prescripteur,
}
_SHOWN = frozenset({"amc", "prescripteur", "lot"})


@cache
def canonical_amc(number: str) -> str:
    """Return the number of a complementary insurer as its 8 digits; as written when it is none."""
    try:
        return NumeroAMC.parse(number).value
    except IdentifierError:
        return number


def _groupe(result: Rapprochement, key: Key, members: list[list[Ouverte]], names: Mapping[int, str]) -> Groupe:
    officine, famille, _, kind, value = key
    every = sorted((one for unit in members for one in unit), key=lambda one: names[one.creance])
    name = min(names[one.creance] for one in every)
    payers = {_text(result.creances.debiteur[unit[0].creance]) for unit in members}
    return Groupe(
        famille=famille,
        officine=officine,
        payeur=_only(payers),
        cause=f"{kind}:{value if kind in _SHOWN else name.rpartition(':')[0]}",
        nom=name,
        ouvertes=tuple(every),
        factures=len(members),
    )


def _only(values: Iterable[str]) -> str:
    found = set(values)
    return found.pop() if len(found) == 1 else ""


def _text(value: bytes) -> str:
    return value.decode("latin-1")
