"""Addresses of beneficiaries in B2: records 2B and 2C, which few factures carry."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Adresses
from tiers_payant.formats._b2_structure import Structure
from tiers_payant.formats._decode import Decoded

__all__ = ["FIELDS", "addresses_of"]

Rows = npt.NDArray[np.int64]

FIELDS: Mapping[str, Mapping[str, str]] = {
    "2B": {
        "civilite": "civilite", "nom": "nom_beneficiaire", "prenom": "prenom_beneficiaire",
        "numero_voie": "numero_voie", "complement_voie": "complement_voie", "type_voie": "type_voie", "voie": "voie",
    },
    "2C": {"adresse_2": "adresse_2", "ville": "ville", "code_postal": "code_postal"},
}  # fmt: skip
"""For each record, its fields, and the columns of `Adresses` that they fill.

The name of the insured (2C, 96-128) fills none: its place is of confidence C, nobody says when it is told, and whoever
it names may live elsewhere than the beneficiary. It stays in the layout, so that a text that says more can use it.
"""


def addresses_of(complements: Mapping[str, Decoded], structure: Structure, numbers: Rows) -> Adresses:
    """Return the address of each facture that has one 2B with a name; the 2C that goes with it completes it.

    A facture with two 2B, or two 2C, has no address: nothing says which is right, and both are kept raw.

    Args:
        complements: What was decoded of each complement that was met.
        structure: Where the records hang.
        numbers: For each facture of the file, its row in `factures`, -1 when it is left out.
    """
    if "2B" not in complements:
        return Adresses.empty()
    place_of = {code: _only(structure, code, len(numbers)) for code in FIELDS if code in complements}
    named = np.flatnonzero((place_of["2B"] >= 0) & (numbers >= 0))
    named = named[complements["2B"]["nom"][place_of["2B"][named]] != b""]
    if "2C" in place_of:
        named = named[place_of["2C"][named] >= _NONE]
    said = {
        column: _values(complements[code][field], place_of[code][named], column)
        for code, fields in FIELDS.items()
        if code in place_of
        for field, column in fields.items()
    }
    return Adresses.of(len(named), facture_rang=numbers[named].astype(np.int32), **said)


_NONE, _SEVERAL = -1, -2


def _only(structure: Structure, code: str, length: int) -> Rows:
    """Return, for each facture, the rank of its one record of that code; -1 for none, -2 when there are several."""
    owners = structure.facture_of[structure.complements[code]]
    inside = np.flatnonzero(owners >= 0)
    place = np.full(length, _NONE, dtype=np.int64)
    place[owners[inside]] = inside
    place[np.bincount(owners[inside], minlength=length) > 1] = _SEVERAL
    return place


def _values(values: npt.NDArray[np.bytes_], places: Rows, column: str) -> npt.NDArray[np.generic]:
    """Return the values at *places*, blank where there is none; as text where `Adresses` holds texts."""
    found = np.where(places < 0, b"", values[np.maximum(places, 0)])
    if Adresses.kinds()[column].dtype == "S":
        return found
    texts: npt.NDArray[np.generic] = np.array([value.decode("latin-1") for value in found.tolist()], dtype=object)
    return texts
