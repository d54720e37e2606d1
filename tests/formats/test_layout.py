"""Layouts are data that prove themselves."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from tiers_payant.errors import LayoutError
from tiers_payant.formats._layout import load_layout, parse_layout

LAYOUTS = sorted(
    Path(str(path)).stem
    for path in resources.files("tiers_payant.formats").joinpath("layouts").iterdir()
    if path.name.endswith(".toml")
)
HEAD = """
[layout]
id = "exemple"
reference = "aucune"
version = "2026"
label = "exemple"
encoding = "latin-1"
[sources]
EX = "an example"
[enums.OUI_NON]
O = "oui"
"""
RECORD = '[[record]]\nid = "{id}"\nlabel = "un"\nlength = {length}\nsource = "{source}"\nfields = [\n{fields}]\n'
CODE = '{ id = "code", first = 1, last = 3, type = "constante", value = "010", confidence = "A" },\n'


def field(id: str = "reste", first: int = 4, last: int = 10, **others: str) -> str:
    said = {"type": '"texte"', "confidence": '"C"', **others}
    pairs = "".join(f", {name} = {value}" for name, value in said.items() if value)
    return f'{{ id = "{id}", first = {first}, last = {last}{pairs} }},\n'


def record(*fields: str, id: str = "010", length: int = 10, source: str = "EX") -> str:
    return RECORD.format(id=id, length=length, source=source, fields=CODE + "".join(fields))


WRONG = {
    "gap": (record(field(first=5)), "code leaves a gap before reste"),
    "overlap": (record(field(first=3)), "code overlaps reste"),
    "fields before the start": (record(field(first=4, last=3), field("suite")), "reste: ends before it starts"),
    "shorter than declared": (record(field(last=9)), "do not cover columns 1 to 10"),
    "longer than declared": (record(field(last=11)), "do not cover columns 1 to 10"),
    "no field": (RECORD.format(id="010", length=10, source="EX", fields=""), "do not cover columns 1 to 10"),
    "too short for the engine": (record(field(last=7), length=7), "shorter than 8 characters"),
    "field declared twice": (record(field("code")), "code declared twice"),
    "record declared twice": (record(field()) * 2, "declared twice"),
    "unknown list": (record(field(enum='"COULEUR"')), "reste: unknown list COULEUR"),
    "unknown source": (record(field(), source="EX, AUTRE"), "source AUTRE"),
    "unknown source of a field": (record(field(source='"AUTRE"')), "source AUTRE"),
    "no source": (record(field(), source=""), "source missing"),
    "no confidence": (record(field(confidence="")), "confidence"),
    "confidence that does not exist": (record(field(confidence='"D"')), "confidence"),
    "extra key of a field": (record(field(couleur='"bleu"')), "couleur"),
    "extra key of a record": (record(field()).replace("length", "couleur = 1\nlength"), "couleur"),
    "no key of a record": (record(field()).replace('label = "un"\n', ""), "label"),
    "unknown type": (record(field(type='"couleur"')), "type"),
    "date without its format": (record(field(last=9, type='"date"'), field("fin", 10, 10)), "has a format"),
    "format of what is no date": (record(field(format='"AAMMJJ"')), "has a format"),
    "date of seven characters": (record(field(type='"date"', format='"AAMMJJ"')), "date cannot be of 7"),
    "sign of seven characters": (record(field(type='"signe"')), "signe cannot be of 7"),
    "number of nineteen digits": (record(field(last=22, type='"entier"'), length=22), "entier cannot be of 19"),
    "constant of another length": (record(field(type='"constante"', value='"AB"')), "reste: the constant is not 7"),
    "decimals nowhere": (record(field(type='"cents_signes"', decimals='"dec"')), "reste: no field dec"),
    "unknown fragment": (record(field()).replace("length", 'extends = "prefixe"\nlength'), "prefixe"),
}


@pytest.mark.parametrize(("records", "reason"), WRONG.values(), ids=WRONG)
def test_contradiction_is_refused(records, reason):
    """
    What is wrong is told with the record it stands in.
    """
    with pytest.raises(LayoutError, match=f"record 010.*{re.escape(reason)}"):
        parse_layout(HEAD + records)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[layout", "not TOML"),
        (record(field()), "layout"),
        (HEAD.replace("version", "couleur") + record(field()), "couleur"),
        (HEAD.replace('version = "2026"\n', "") + record(field()), "version"),
        (HEAD + record(field()).replace('id = "010"\n', ""), "record without id"),
    ],
)
def test_broken_table_is_refused(text, reason):
    """
    Only LayoutError comes out.
    """
    with pytest.raises(LayoutError, match=re.escape(reason)):
        parse_layout(text)


def test_fragment_comes_before_the_fields_of_its_record():
    """
    Records share the columns that they start with.
    """
    fragment = f'[[fragment]]\nid = "prefixe"\nfields = [\n{CODE}]\n'
    own = RECORD.format(id="010", length=10, source="EX", fields=field()).replace(
        "length", 'extends = "prefixe"\nlength'
    )
    alone, shared = parse_layout(HEAD + record(field())), parse_layout(HEAD + fragment + own)
    assert alone.records["010"].fields == shared.records["010"].fields


def test_what_a_reader_needs_besides_positions_is_handed_over():
    """
    Tables that the loader does not know belong to the reader of that family.
    """
    assert {"mots": {"un": 1}} == parse_layout(f"{HEAD}{record(field())}\n[mots]\nun = 1\n").extra


def test_unknown_layout_is_refused():
    """
    There is no default layout.
    """
    with pytest.raises(LayoutError, match="no layout inconnu"):
        load_layout("inconnu")


@pytest.mark.parametrize("name", LAYOUTS)
class TestBuiltIn:
    def test_layout_proves_itself(self, name):
        """
        Every table that we ship loads, under its own name, and says something.
        """
        layout = load_layout(name)
        assert name == layout.id
        assert layout.records

    def test_every_list_and_source_serves(self, name):
        """
        No list of values and no citation that nothing refers to.
        """
        layout = load_layout(name)
        text = resources.files("tiers_payant.formats").joinpath("layouts", f"{name}.toml").read_text(encoding="utf-8")
        fields = [field for record in layout.records.values() for field in record.fields]
        assert set(layout.enums) == {field.enum for field in fields} - {""}
        assert [] == [key for key in layout.sources if len(re.findall(rf"\b{key}\b", text)) < 2]

    def test_values_of_a_list_fit_their_field(self, name):
        """
        A value longer than its columns could never be read.
        """
        layout = load_layout(name)
        fields = [field for record in layout.records.values() for field in record.fields if field.enum]
        assert [] == [
            (field.id, value) for field in fields for value in layout.enums[field.enum] if len(value) > field.width
        ]


def test_missing_field_is_told():
    """
    Asking for a field that a record lacks is a mistake of the caller.
    """
    with pytest.raises(LayoutError, match="record 1: no field couleur"):
        load_layout("b2").records["1"].field("couleur")


def test_confidence_is_told_by_record_and_field():
    """
    What a figure rests on can be shown.
    """
    assert {"1.lot": "B", "1.devise": "C"} == load_layout("b2").records["1"].confidence_of(["lot", "devise"])


# Typed from the tables of the reference by hand, apart from b2.toml: first and last column.
B2 = {
    "000": {"emetteur_type": (4, 5), "emetteur": (6, 19), "destinataire_type": (26, 27), "destinataire": (28, 41),
            "date_creation": (56, 61), "norme": (62, 65)},
    "1": {"officine": (2, 10), "destinataire_organisme": (17, 19), "lot": (20, 22), "nom_officine": (30, 69),
          "lot_date": (72, 77)},
    "2": {"officine": (2, 10), "nir": (12, 24), "nir_cle": (25, 26), "facture": (27, 35), "complement": (36, 36),
          "date_facture": (40, 45), "regime": (49, 50), "caisse": (51, 53), "centre": (54, 57),
          "prescripteur": (59, 67), "date_prescription": (68, 73), "nature_assurance": (77, 78),
          "exoneration": (79, 79), "naissance": (96, 101), "rang": (102, 102), "paiement": (115, 116),
          "contrat": (117, 118), "amc": (119, 128)},
    "2S": {"facture": (27, 35), "complement": (36, 36), "nir_beneficiaire": (50, 62)},
    "4": {"officine": (2, 10), "nir": (12, 24), "facture": (27, 35), "complement": (36, 36), "date_soins": (68, 73),
          "acte": (74, 78), "quantite": (79, 80), "coefficient": (81, 86), "prix_unitaire_cents": (89, 95),
          "base_cents": (96, 102), "taux": (103, 105), "montant_amo_cents": (106, 112), "depense_cents": (113, 119),
          "montant_amc_cents": (122, 128)},
    "5": {"officine": (2, 10), "nir": (12, 24), "facture": (27, 35), "complement": (36, 36),
          "nombre_lignes": (39, 41), "total_cents": (58, 65), "total_amo_cents": (66, 73),
          "total_assure_cents": (74, 81), "total_amc_cents": (82, 89)},
    "6": {"officine": (2, 10), "nombre_factures": (11, 13), "nombre_lignes": (14, 17), "nombre_types_2": (18, 21),
          "nombre_types_5": (22, 24), "total_cents": (25, 33), "total_amo_cents": (34, 42),
          "total_amc_cents": (43, 51), "lot": (52, 54)},
    "999": {"nombre_enregistrements": (56, 63), "nombre_lots": (83, 85)},
}  # fmt: skip


@pytest.mark.parametrize("code", B2)
def test_b2_fields_stand_where_the_reference_prints_them(code):
    """
    The fields that decide a key or a figure, checked against a list typed apart; every record is 128 characters.
    """
    found = load_layout("b2").records[code]
    assert B2[code] == {name: (found.field(name).first, found.field(name).last) for name in B2[code]}
    assert 128 == found.length
