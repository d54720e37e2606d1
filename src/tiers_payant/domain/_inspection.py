"""What is said of one file to whoever looks at it."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from tiers_payant.domain._apercu import Element, Noeud
from tiers_payant.domain._champs import as_tuple
from tiers_payant.domain._source import Source
from tiers_payant.errors import Problem

__all__ = ["Candidat", "Inspection"]


@attrs.frozen(kw_only=True)
class Candidat:
    """A format that was asked whether the file is its own."""

    nom: str
    label: str
    """What a pharmacist calls it, in French."""
    fournisseur: str
    """The distribution that brings it."""
    score: float
    """0 not mine, 1 certainly mine."""


@attrs.frozen(kw_only=True)
class Inspection:
    """One file looked at, or an archive and the files in it. Nothing here holds a value of the file."""

    nom: str
    octets: int = 0
    """Length; of a file in an archive, once expanded."""
    archive: bool = False
    """Whether it is a gzip or a zip that was opened."""
    ecrit_ici: bool = False
    """Whether the library wrote it itself: a former result, the truth of a simulation. It is no input."""
    candidats: tuple[Candidat, ...] = attrs.field(default=(), converter=as_tuple)
    """Every format, the most sure first."""
    source: Source | None = None
    """What the file was taken for; its `format` is empty when nobody claims it."""
    noeuds: tuple[Noeud, ...] = attrs.field(default=(), converter=as_tuple)
    autres: Mapping[str, int] = attrs.field(factory=dict, hash=False)
    """How many more elements of each code stand beside `noeuds`."""
    tables: Mapping[str, int] = attrs.field(factory=dict, hash=False)
    """Rows read, by table."""
    enregistrements: tuple[Element, ...] = attrs.field(default=(), converter=as_tuple)
    """The first records of the file, when they were asked for."""
    problems: tuple[Problem, ...] = attrs.field(default=(), converter=as_tuple)
    membres: tuple[Inspection, ...] = attrs.field(default=(), converter=as_tuple)
    """The files of an archive."""
