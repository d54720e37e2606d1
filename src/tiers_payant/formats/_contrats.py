"""What the readers need of a layout, so that an override that they could not follow is refused before any file is read.

A test reads files with every reader and holds that nothing is asked of a layout that does not stand here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import attrs

from tiers_payant.errors import LayoutError
from tiers_payant.formats._layout import Field, Layout, Record

__all__ = ["CONTRATS", "Contrat", "check_contract"]

_FAMILIES = {"texte": "texte", "chiffres": "texte", "entier": "nombre", "cents": "nombre", "cents_signes": "nombre"}
"""Types that a reader may take one for the other."""


@attrs.frozen(kw_only=True)
class Contrat:
    """What the reader of one layout needs."""

    lus: Mapping[str, tuple[str, ...]]
    """Fields that it decodes, by record: they may move, not go, nor hold another kind of value."""
    fixes: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    """Fields whose place it knows by itself, by record: they stay."""
    largeurs: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    """Fields that may move, and keep their width."""
    obligatoires: frozenset[str] = frozenset()
    """Records that it cannot do without."""
    longueur: int = 0
    """Length of every record; 0 when each has its own."""
    figes: frozenset[str] = frozenset()
    """Records whose length stays, when the others have their own."""
    forme: Callable[[Record], str] = lambda record: ""
    """Say why it could not find a record, new or changed; empty when it could."""


def check_contract(layout: Layout, base: Layout, files_of: Callable[[str], str]) -> None:
    """Prove that the reader of *base* can read with *layout*.

    Args:
        layout: The built-in layout, corrected.
        base: The built-in layout.
        files_of: Names the override files that changed a record.

    Raises:
        LayoutError: It cannot; the files, the record and the field are told.
    """
    contrat = CONTRATS[base.id]
    for code in sorted({change.record for change in layout.changements if not change.record.startswith("[")}):
        reason = _reason(contrat, layout.records.get(code), base.records.get(code), code)
        if reason:
            raise LayoutError(f"{files_of(code)}: record {code}: {reason}")


def _reason(contrat: Contrat, new: Record | None, old: Record | None, code: str) -> str:
    if new is None:
        return "the reader needs it: it cannot be removed" if code in contrat.obligatoires else ""
    if contrat.longueur and new.length != contrat.longueur:
        return f"every record of this format has {contrat.longueur} characters"
    if old is None:
        return contrat.forme(new)
    if code in contrat.figes and new.length != old.length:
        return f"its {old.length} characters are how the reader finds it"
    return next(filter(None, (_of_field(contrat, new, old, field) for field in old.fields)), "") or contrat.forme(new)


def _of_field(contrat: Contrat, new: Record, old: Record, field: Field) -> str:
    """Say what an override of a field breaks; empty when nothing."""
    code = old.id
    found = next((one for one in new.fields if one.id == field.id), None)
    if field.id in contrat.fixes.get(code, ()):
        same = found is not None and _shape(found) == _shape(field)
        return "" if same else f"{field.id}: the reader finds records by it: it stays at {field.first}-{field.last}"
    if field.id not in contrat.lus.get(code, ()):
        return ""
    if found is None:
        return f"{field.id}: the reader needs it: move it, do not remove it"
    if _FAMILIES.get(found.type, found.type) != _FAMILIES.get(field.type, field.type):
        return f"{field.id}: the reader expects the type {field.type}, not {found.type}"
    if field.id in contrat.largeurs.get(code, ()) and found.width != field.width:
        return f"{field.id}: the reader expects {field.width} characters"
    return ""


def _shape(field: Field) -> tuple[object, ...]:
    return field.first, field.last, field.type, field.value


# --- B2

_B2_PREFIX = ("type", "officine", "reserve", "nir", "nir_cle", "facture", "complement")
_B2_FACTURE = ("2", "2S", "2M", "2P", "2B", "2C", "4", "4S", "4C", "4F", "5")


def _form_of_b2(record: Record) -> str:
    known = re.fullmatch(r"000|999|1|6|[2-5][A-Z]?", record.id)
    return "" if known else "a new record is named by a type, 2 to 5, and its letter"


# --- NOÉMIE


def _form_of_noemie(record: Record) -> str:
    """An entity says its number, then its level, and ends with its mark; the 000 and the 999 have neither."""
    if record.id in ("000", "999"):
        return ""
    first, last = record.fields[0], record.fields[-1]
    if not re.fullmatch(r"[0-9]{3}", record.id) or _shape(first) != (1, 3, "constante", record.id):
        return "an entity is named by 3 digits, and begins with them as a constant"
    if _shape(record.fields[1])[:3] != (4, 5, "entier") or record.fields[1].id != "niveau":
        return "an entity has its niveau, an entier, at 4-5"
    if (last.type, last.value) != ("constante", "@"):
        return "an entity ends with the constant @"
    return ""


# --- CFONB

_COMPTE = ("banque", "guichet", "compte")
_COMPTE_120 = ("enregistrement", *_COMPTE, "devise", "decimales")
_SOLDE_120 = ("date", "montant")
_COMPTE_240 = (*_COMPTE, "devise", "decimales")


def _form_of_cfonb(*known: str) -> Callable[[Record], str]:
    """Take no new record: lines are found by the codes that the format has."""
    return lambda record: "" if record.id in known else f"the reader knows {', '.join(known)} only"


CONTRATS: Mapping[str, Contrat] = {
    "b2": Contrat(
        longueur=128,
        obligatoires=frozenset({"000", "1", "2", "2S", "4", "5", "6", "999"}),
        fixes={"000": ("type",), "1": ("type",), "6": ("type",), "999": ("type",)}
        | dict.fromkeys(_B2_FACTURE, _B2_PREFIX),
        lus={
            "000": ("emetteur_type", "emetteur", "destinataire_type", "destinataire", "date_creation", "norme"),
            "1": ("officine", "destinataire_organisme", "lot", "nom_officine", "lot_date"),
            "2": (
                "officine", "nir", "nir_cle", "facture", "date_facture", "regime", "caisse", "centre", "prescripteur",
                "date_prescription", "nature_assurance", "exoneration", "naissance", "rang", "paiement", "contrat",
                "amc",
            ),
            "2S": ("nir_beneficiaire",),
            "2M": ("amc",),
            "4": (
                "date_soins", "acte", "quantite", "coefficient", "prix_unitaire_cents", "base_cents", "taux",
                "montant_amo_cents", "depense_cents", "montant_amc_cents",
            ),
            "5": ("nombre_lignes", "total_cents", "total_amo_cents", "total_assure_cents", "total_amc_cents"),
            "6": (
                "nombre_factures", "nombre_lignes", "nombre_types_2", "nombre_types_5", "total_cents",
                "total_amo_cents", "total_amc_cents",
            ),
            "999": ("nombre_enregistrements", "nombre_lots"),
        },
        forme=_form_of_b2,
    ),
    "noemie": Contrat(
        figes=frozenset({"000", "999"}),
        obligatoires=frozenset({"000", "999", "990"}),
        fixes={"000": ("entite",), "999": ("entite",)},
        lus={
            "000": (
                "emetteur_type", "emetteur", "destinataire_type", "destinataire", "date", "reference", "fichier",
                "longueur",
            ),
            "999": ("nombre_enregistrements", "nombre_lots", "total_cents", "signe"),
            "040": ("officine",),
            "070": ("date",),
            "071": ("date", "libelle_1", "libelle_2", "organisme"),
            "080": ("lot_date", "lot"),
            "100": ("facture",),
            "102": ("facture", "lot", "lot_date", "traitement_amc"),
            "103": ("nir", "naissance"),
            "110": ("nir",),
            "120": ("naissance",),
            "198": ("demande_cents", "etat", "paye_cents", "signe"),
            "199": ("demande_cents", "etat", "paye_cents", "signe", "amc"),
            "210": ("paye_cents", "signe", "alsace_moselle_cents", "amc_cents", "base_amc_cents"),
            "250": ("reference", "date", "dette", "operation", "montant_cents", "signe", "solde_cents"),
            "261": ("code", "montant_cents"),
            "262": ("code", "libelle"),
            "290": ("code", "libelle"),
            "294": ("code", "libelle", "portee", "part", "acte", "date_soins"),
            "990": ("niveau", "nombre", "somme_cents", "signe"),
        },
        largeurs={"000": ("emetteur", "destinataire"), "199": ("amc",)},
        forme=_form_of_noemie,
    ),
    "cfonb120": Contrat(
        longueur=120,
        obligatoires=frozenset({"01", "04", "05", "05_ancien", "07"}),
        fixes=dict.fromkeys(("01", "04", "05", "07"), _COMPTE_120) | {"05_ancien": ("enregistrement",)},
        lus={
            "01": _SOLDE_120,
            "04": (
                "code_interne", "code_operation", "date", "code_rejet", "date_valeur", "libelle", "numero_ecriture",
                "montant", "reference",
            ),
            "05": ("qualifiant", "information"),
            "05_ancien": ("information", "montant"),
            "07": _SOLDE_120,
        },
        largeurs=dict.fromkeys(("01", "04", "05_ancien", "07"), ("montant",)),
        forme=_form_of_cfonb("01", "04", "05", "05_ancien", "07"),
    ),
    "cfonb240": Contrat(
        longueur=240,
        obligatoires=frozenset({"31", "34", "39"}),
        fixes=dict.fromkeys(("31", "34", "39"), ("enregistrement",)),
        lus={
            "31": (*_COMPTE_240, "date"),
            "34": (
                *_COMPTE, "banque_emetteur", "guichet_emetteur", "compte_emetteur", "code_operation", "date",
                "emetteur", "destinataire", "libelle", "date_reglement_initial", "reference_presentateur", "montant",
            ),
            "39": (*_COMPTE, "date", "montant"),
        },
        largeurs={
            "31": _COMPTE_240,
            "34": (*_COMPTE, "banque_emetteur", "guichet_emetteur", "compte_emetteur", "code_operation", "montant"),
            "39": (*_COMPTE, "montant"),
        },
        forme=_form_of_cfonb("31", "34", "39"),
    ),
}  # fmt: skip
"""By layout: every built-in one."""
