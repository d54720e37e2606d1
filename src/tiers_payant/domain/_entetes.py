"""The letterhead of an officine, read from a TOML file with its logo and its signature beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_type_hints

import attrs

from tiers_payant.domain._comptes import has_iban_key
from tiers_payant.domain._courriers import Entete
from tiers_payant.domain._donnees import read_bytes, read_path, structure
from tiers_payant.domain._source import printable
from tiers_payant.errors import LayoutError

__all__ = ["MOST_IMAGE_BYTES", "read_entete"]

MOST_IMAGE_BYTES = 512 << 10
"""Weight of a logo or of a signature: each letter carries them."""
_KINDS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
"""How a PNG and a JPEG begin."""


_IMAGES = ("logo", "signature")


def _as_told() -> type[Any]:
    """Return a letterhead as its file says it: the fields of `Entete`, images by their names."""
    kinds = get_type_hints(Entete)
    fields = {
        one.name: attrs.field(type=str, default="")
        if one.name in _IMAGES
        else attrs.field(type=kinds[one.name], default=one.default, converter=one.converter)
        for one in attrs.fields(Entete)
    }
    return attrs.make_class("_Fichier", fields, frozen=True, kw_only=True)


_Fichier = _as_told()


def read_entete(path: str | Path) -> Entete:
    """Read a letterhead: the fields of `Entete`, where `logo` and `signature` name PNG or JPEG files beside it.

    Raises:
        SourceError: The file, or an image that it names, cannot be opened.
        LayoutError: An unknown field, a value of another type, an empty name, an IBAN that is none or
            whose key is wrong, an image that is neither PNG nor JPEG, heavier than 512 kB, or in another folder; each
            fault tells the file and the field.
    """
    place = Path(path)
    name = printable(place.name)
    told = structure(read_path(place), _Fichier, name)
    for field in ("officine", "nom"):
        if not getattr(told, field).strip():
            raise LayoutError(f"expected a text @ {name}.{field}")
    if told.iban and not has_iban_key(told.iban):
        raise LayoutError(f"expected an IBAN whose key is right @ {name}.iban")
    fields = attrs.asdict(told, recurse=False)
    for field in _IMAGES:
        fields[field] = _image(place, fields[field], f"{name}.{field}")
    return Entete(**fields)


def _image(place: Path, name: str, at: str) -> bytes:
    """Read an image that stands beside *place*; an empty name is no image."""
    if not name:
        return b""
    if Path(name).name != name or "\\" in name:  # of either system: a letterhead travels with its folder
        raise LayoutError(f"expected the name of a file beside it @ {at}")
    data = read_bytes(place.with_name(name), MOST_IMAGE_BYTES)
    if not data.startswith(_KINDS):
        raise LayoutError(f"expected a PNG or a JPEG @ {at}")
    return data
