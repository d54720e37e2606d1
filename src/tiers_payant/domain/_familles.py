"""The families of rejects: why a share was refused, who acts, what to do, and how not to be refused again."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs

from tiers_payant.domain._donnees import Confiance, read_builtin, read_path, structure
from tiers_payant.errors import LayoutError

__all__ = ["JAMAIS_RENVOYEES", "Acteur", "Famille", "FicheFamille", "Recouvrable", "Renvoi", "fiches", "load_fiches"]


class Famille(IntEnum):
    """Why a share was refused. `familles.toml` says of each who acts, what to do and how to prevent it."""

    INCONNU = 0
    """The code is in no table, and the words say nothing: somebody classifies it once."""
    IDENTITE_NIR = 1
    DROITS_AMO = 2
    CAISSE_DEST = 3
    EXONERATION = 4
    NATURE_ASSURANCE = 5
    PRESCRIPTEUR = 6
    PRESCRIPTION = 7
    PIECE_JUSTIF = 8
    PRODUIT_TARIF = 9
    SUBSTITUTION = 10
    DOUBLON = 11
    """Already paid: never send it again."""
    ACCORD_PREALABLE = 12
    AMC_CONTRAT = 13
    AMC_TORT = 14
    """Refused although the AMC had given its accreditation."""
    FORCLUSION = 15
    TRAITEMENT_CAISSE = 16
    """The insurer re-processes it by itself: never send it again."""
    TECHNIQUE = 17
    """The lot, not the facture, is refused."""
    INDU = 18
    ECART = 19
    """Paid another amount than billed, without a reject."""


JAMAIS_RENVOYEES = (Famille.TRAITEMENT_CAISSE, Famille.DOUBLON)
"""Families that forbid to send again, in the order in which they speak: what the insurer has in hand is awaited."""


class Acteur(StrEnum):
    """Who acts first."""

    ARRIERE_BOUTIQUE = "arriere_boutique"
    """The back office of the officine."""
    COMPTOIR = "comptoir"
    """Whoever dispensed."""
    PRESCRIPTEUR = "prescripteur"
    PATIENT = "patient"
    EDITEUR = "editeur"
    """The vendor of the software, or the concentrator."""
    PERSONNE = "personne"
    """Nobody: wait."""


class Renvoi(StrEnum):
    """Whether to send again, and what."""

    OUI = "oui"
    NON = "non"
    PIECE = "piece"
    """The document alone, not the facture."""
    LOT = "lot"
    """The whole lot."""
    CONTESTER = "contester"
    A_VOIR = "a_voir"
    """A person decides, case by case."""


class Recouvrable(StrEnum):
    """Whether the money usually comes once the action is done."""

    OUI = "oui"
    PARFOIS = "parfois"
    NON = "non"


_MOST_MINUTES = 100_000
"""No action takes a working year."""


def _percent(fiche: object, field: attrs.Attribute[int], value: int) -> None:
    if not 0 <= value <= 100:
        raise ValueError(f"{field.name}: expected a percentage, 0 to 100")


@attrs.frozen(kw_only=True)
class FicheFamille:
    """What is known of one family. Texts are in French."""

    famille: Famille = Famille.INCONNU
    """Which one: the name of its table, not a key of it."""
    libelle: str
    acteur: Acteur
    action: str
    renvoi: Renvoi
    recouvrable: Recouvrable
    patient: bool
    """Whether the share may end with the patient, when nobody else owes it."""
    explication: str
    """What to tell a patient: nothing medical in it."""
    prevention: str
    """What to do at the counter; empty when nothing there helps."""
    minutes: int = attrs.field(validator=(attrs.validators.ge(0), attrs.validators.le(_MOST_MINUTES)))
    """Minutes of work: a choice of this library, measured nowhere, that puts actions in an order."""
    espoir: int = attrs.field(validator=_percent)
    """How much of the amount is expected back, in percent: a choice too."""
    source: str
    confiance: Confiance


@cache
def fiches() -> Mapping[Famille, FicheFamille]:
    """Return what is known of each family, in their order.

    >>> fiches()[Famille.DOUBLON].renvoi
    <Renvoi.NON: 'non'>
    """
    return MappingProxyType({famille: _fiche(famille, body, "familles.toml") for famille, body in _builtin().items()})


def load_fiches(path: Path | None = None) -> Mapping[Famille, FicheFamille]:
    """Return what is known of each family, with your own words and figures from the TOML file *path* merged over it.

    The file has one table per family that it changes, with the keys that it changes, such as `minutes` and `espoir`::

        [AMC_CONTRAT]
        minutes = 7
        espoir = 80

    Raises:
        SourceError: The file cannot be opened.
        LayoutError: A table that is no family, a key that a family has not, a value that it cannot have, or a renvoi
            for what is never sent again; one line per fault, with the file, the family and the key. Nothing of the file
            is used.
    """
    if path is None:
        return fiches()
    found, faults = dict(fiches()), []
    ours = _builtin()
    for name, body in read_path(path).items():
        if name not in Famille.__members__:
            faults.append(f"unknown family, expected one of {', '.join(Famille.__members__)} @ {path.name}: {name}")
        elif not isinstance(body, dict):
            faults.append(f"expected a table @ {path.name}: {name}")
        else:
            try:
                fiche = _fiche(Famille[name], {**ours[Famille[name]], **body}, path.name)
                if fiches()[fiche.famille].renvoi is Renvoi.NON is not fiche.renvoi:
                    raise LayoutError(f"never sent again @ {path.name}: {name}.renvoi")
                found[fiche.famille] = fiche
            except LayoutError as error:
                faults.append(str(error))
    if faults:
        raise LayoutError("\n".join(faults))
    return MappingProxyType(found)


@cache
def _builtin() -> Mapping[Famille, dict[str, Any]]:
    data = read_builtin("familles.toml")
    if set(data) != set(Famille.__members__):
        raise LayoutError("familles.toml: its tables are not those of Famille")
    return MappingProxyType({famille: data[famille.name] for famille in Famille})


def _fiche(famille: Famille, body: dict[str, Any], fichier: str) -> FicheFamille:
    return attrs.evolve(structure(body, FicheFamille, f"{fichier}: {famille.name}"), famille=famille)
