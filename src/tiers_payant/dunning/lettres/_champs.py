"""What a template may name: the fields of `Courrier`, read from its types, and the filters."""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

import attrs

from tiers_payant.domain import Courrier

__all__ = ["FILTRES", "MARQUES", "Filtre", "Genre", "Sorte", "fields_of", "racine"]


class Sorte(StrEnum):
    """What a value is, as far as a template is concerned."""

    TEXTE = "texte"
    NOMBRE = "nombre"
    CENTS = "cents"
    JOUR = "jour"
    VRAI = "vrai"
    OCTETS = "octets"
    OBJET = "objet"
    SUITE = "suite"
    COUPLE = "couple"
    MARQUE = "marque"


@attrs.frozen(kw_only=True)
class Genre:
    """What an expression of a template gives."""

    sorte: Sorte
    classe: type | None = None
    """Of an object."""
    dedans: tuple[Genre, ...] = ()
    """Of a sequence, what each element is; of a pair, what both are."""
    absent: bool = False
    """Whether it may be missing."""


@attrs.frozen(kw_only=True)
class Filtre:
    """A filter: what it takes, how many words beside it, and what it gives."""

    pour: tuple[Sorte, ...]
    mots: int = 0
    donne: Sorte = Sorte.TEXTE


MARQUES: Mapping[str, str] = {
    "tableau": "\ue000",
    "sommes": "\ue001",
    "reglement": "\ue002",
}
"""Blocks that each renderer lays out its own way, and the private character that stands for them until then: no name
can hold one, for they are taken out of every text."""

FILTRES: Mapping[str, Filtre] = {
    "euros": Filtre(pour=(Sorte.CENTS,)),
    "jour": Filtre(pour=(Sorte.JOUR,)),
    "iban": Filtre(pour=(Sorte.TEXTE,)),
    "pluriel": Filtre(pour=(Sorte.NOMBRE,), mots=2),
    "length": Filtre(pour=(Sorte.SUITE,), donne=Sorte.NOMBRE),
}

_SCALARS = {dt.date: Sorte.JOUR, bool: Sorte.VRAI, bytes: Sorte.OCTETS}


@cache
def fields_of(kind: type) -> Mapping[str, Genre]:
    """Return what each field and each property of a type gives."""
    hints = typing.get_type_hints(kind)
    found = {field.name: _genre(hints[field.name], field.name) for field in attrs.fields(kind)}
    for name, member in vars(kind).items():
        if isinstance(member, property) and member.fget is not None:
            found[name] = _genre(typing.get_type_hints(member.fget)["return"], name)
    return found


@cache
def racine() -> Mapping[str, Genre]:
    """Return every name that a template may begin with."""
    return {**fields_of(Courrier), **dict.fromkeys(MARQUES, Genre(sorte=Sorte.MARQUE))}


def _genre(hint: object, name: str) -> Genre:
    if isinstance(hint, types.UnionType):
        (inner,) = (one for one in typing.get_args(hint) if one is not type(None))
        return attrs.evolve(_genre(inner, name), absent=True)
    if typing.get_origin(hint) is tuple:
        args = typing.get_args(hint)
        inside = tuple(_genre(one, name) for one in args if one is not Ellipsis)
        return Genre(sorte=Sorte.SUITE if Ellipsis in args else Sorte.COUPLE, dedans=inside)
    if not isinstance(hint, type):
        raise TypeError(f"{name}: a type that templates do not know")
    if attrs.has(hint):
        return Genre(sorte=Sorte.OBJET, classe=hint)
    if issubclass(hint, str):
        return Genre(sorte=Sorte.TEXTE)
    if hint is int:
        return Genre(sorte=Sorte.CENTS if name.endswith("_cents") else Sorte.NOMBRE)
    return Genre(sorte=_SCALARS[hint])
