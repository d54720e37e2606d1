"""What one writes first: a loop over the records, slices, `int`. It checks nothing and makes no columns.

Positions come from the same layouts as the library's, and only the fields that it needs are cut.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from tiers_payant.formats._layout import Field, load_layout

__all__ = ["loop_b2", "loop_noemie"]

_B2 = {
    "1": ("officine", "destinataire_organisme", "lot", "nom_officine", "lot_date"),
    "2": (
        "officine", "nir", "nir_cle", "facture", "date_facture", "regime", "caisse", "centre", "prescripteur",
        "date_prescription", "nature_assurance", "exoneration", "naissance", "rang", "paiement", "contrat", "amc",
    ),
    "2S": ("nir_beneficiaire",),
    "4": (
        "date_soins", "acte", "quantite", "coefficient", "prix_unitaire_cents", "base_cents", "taux",
        "montant_amo_cents", "depense_cents", "montant_amc_cents",
    ),
    "5": ("nombre_lignes", "total_cents", "total_amo_cents", "total_assure_cents", "total_amc_cents"),
    "6": ("nombre_factures", "nombre_lignes", "total_cents", "total_amo_cents", "total_amc_cents"),
}  # fmt: skip
_NOEMIE = {
    "040": ("officine",),
    "070": ("date",),
    "071": ("date", "libelle_1", "libelle_2", "organisme"),
    "080": ("lot", "lot_date"),
    "100": ("facture",),
    "102": ("facture", "lot", "lot_date", "traitement_amc"),
    "103": ("nir", "naissance"),
    "110": ("nir",),
    "120": ("naissance",),
    "198": ("demande_cents", "paye_cents", "signe", "etat"),
    "199": ("amc", "demande_cents", "paye_cents", "signe", "etat"),
    "210": ("paye_cents", "amc_cents", "signe"),
    "290": ("code", "libelle"),
    "294": ("code", "libelle", "part", "portee"),
    "990": ("niveau", "nombre", "somme_cents", "signe"),
}
_LENGTH = 128
_NUMBERS = {"cents", "entier"}
Row = tuple[object, ...]


def loop_b2(data: bytes) -> list[Row]:
    """Cut every record of a file without line breaks with `struct`, and turn its numbers into `int`."""
    plans = {name: _unpacker("b2", name, wanted) for name, wanted in _B2.items()}
    rows: list[Row] = []
    for (record,) in struct.iter_unpack(f"{_LENGTH}s", data):
        plan = plans.get(_b2_name(record))
        if plan is not None:
            cut, decoders = plan
            rows.append(tuple([decode(value) for decode, value in zip(decoders, cut.unpack(record), strict=True)]))
    return rows


def loop_noemie(data: bytes) -> list[Row]:
    """Split on the end mark, cut each entity with slices, and turn its numbers into `int`; each begins a line."""
    plans = {name.encode(): _slices("noemie", name, wanted) for name, wanted in _NOEMIE.items()}
    rows: list[Row] = []
    for piece in data.split(b"@"):
        entity = piece[piece.rfind(b"\n") + 1 :]
        plan = plans.get(entity[:3])
        if plan is not None:
            rows.append(tuple([decode(entity[place]) for decode, place in plan]))
    return rows


def _b2_name(record: bytes) -> str:
    name = record[:1].decode("latin-1")
    return "2S" if name == "2" and record[35:36] == b"S" else name


def _fields(layout: str, name: str, wanted: tuple[str, ...]) -> list[Field]:
    record = load_layout(layout).records[name]
    return sorted((record.field(one) for one in wanted), key=lambda field: field.first)


def _decoder(field: Field) -> Callable[[bytes], object]:
    return (lambda value: int(value or b"0")) if field.type in _NUMBERS else bytes.rstrip


def _unpacker(layout: str, name: str, wanted: tuple[str, ...]) -> tuple[struct.Struct, list[Callable[[bytes], object]]]:
    text, place = "", 0
    fields = _fields(layout, name, wanted)
    for field in fields:
        text += f"{field.first - 1 - place}x{field.last - field.first + 1}s"
        place = field.last
    return struct.Struct(f"{text}{_LENGTH - place}x"), [_decoder(field) for field in fields]


def _slices(layout: str, name: str, wanted: tuple[str, ...]) -> list[tuple[Callable[[bytes], object], slice]]:
    return [(_decoder(field), slice(field.first - 1, field.last)) for field in _fields(layout, name, wanted)]
