"""Lists of values say what a code means, where that comes from, and since when as far as it is known."""

from __future__ import annotations

import datetime as dt
import re

import attrs
import numpy as np
import pytest

from tiers_payant.domain import ProblemLog
from tiers_payant.errors import LayoutError
from tiers_payant.formats import liste, listes
from tiers_payant.formats._decode import decode
from tiers_payant.formats._encode import encode
from tiers_payant.formats._layout import layout_names, load_layout, parse_layout
from tiers_payant.formats._listes import listes_of

LISTES = [(name, nom) for name in layout_names() for nom in listes(name)]
FIELDS = [
    (name, code, field.id)
    for name in layout_names()
    for code, record in load_layout(name).records.items()
    for field in record.fields
    if field.enum
]
LAYOUT = """
[layout]
id = "exemple"
reference = "aucune"
version = "2026"
label = "exemple"
encoding = "latin-1"
[sources]
EX = "an example"
AUTRE = "another example"
[[record]]
id = "01"
label = "exemple"
length = 8
source = "EX"
fields = [{ id = "couleur", first = 1, last = 8, type = "texte", enum = "COULEUR", confidence = "C" }]
[enums.COULEUR]
B = "bleu"
J = "jaune"
V = "vert"
"""
SAID = """
[listes.COULEUR]
label = "couleur"
source = "EX"
confidence = "B"
as_of = 2020-12-31
[listes.COULEUR.valeurs]
J = { source = "AUTRE", confidence = "C" }
V = { valid_from = 2021-01-01, valid_to = 2021-06-30 }
"""


@pytest.mark.parametrize(("name", "nom"), LISTES)
def test_every_list_says_what_it_is_and_where_it_comes_from(name, nom):
    """
    A label for the list and for each of its codes; a source and a confidence for each code.
    """
    found = liste(name, nom)
    assert found.label
    assert [] == [valeur.code for valeur in found if not (valeur.label and valeur.source)]
    assert {"A", "B", "C"} >= {valeur.confidence for valeur in found}


@pytest.mark.parametrize(("name", "nom"), LISTES)
def test_source_that_is_dated_dates_its_values(name, nom):
    """
    What only a source of 2007 gives is known as of 2007.
    """
    assert [] == [valeur.code for valeur in liste(name, nom) if "SV" in valeur.source.split(", ") and not valeur.as_of]


@pytest.mark.parametrize(("name", "code", "field"), FIELDS)
def test_every_value_of_a_list_fits_the_fields_that_use_it(name, code, field):
    """
    Each code can be written, read back, and found in the list again.
    """
    layout = load_layout(name)
    record, found = layout.records[code], listes(name)[layout.records[code].field(field).enum]
    codes = [valeur.code for valeur in found]
    # A blank is no text: of digits too, nothing is written.
    matrix = encode(record, len(codes), {field: np.array([code.strip().encode() for code in codes])})
    log = ProblemLog("exemple")
    read = decode(record, matrix.reshape(-1), np.arange(len(codes)) * record.length, [field], log)[field].tolist()
    assert codes == [found[text.decode()].code for text in read]
    assert 0 == len(log)


# Typed by hand: the codes, apart from their labels.
CODES = {
    ("b2", "PAIEMENT"): "00 05 06 10 15 25",
    ("b2", "CONTRAT"): "85 86 87 88 89 99",
    ("b2", "NATURE_ASSURANCE"): "10 13 30 41 90",
    ("b2", "EXONERATION"): "0 1 3 4 5 6 7 9 C",
    ("b2", "CODE_TAUX"): "2 4 5 6 7 9",
    ("b2", "NATURE_FOURNITURE"): "A E L P R S V",
    ("b2", "ACTE"): "BMC BMR CGC COP CQS FRH FRT HC HD1 HD2 HD4 HD7 HDA HDE HDR HDS HG1 HG2 HG4 HG7 MHU MPI NUT PFH PFT"
    " PGC PH1 PH2 PH4 PH7 PHI PHN PHU PM2 PM4 PMH PMR PQS ROP TNS TRD UPH VGP",
    ("noemie", "EMETTEUR"): "AN BF CC CE CF CI CM CP CR CS CT EN MA MU OC OT PB RM RP SE SI SM SR TE TP",
    ("noemie", "NATURE_RETOUR"): "01 02 03 04 05",
    ("noemie", "NATURE_FACTURE"): "A B C D E F L P R",
    ("noemie", "PERIODICITE"): "A H M P S T",
    ("noemie", "DETTE"): "ACC ACF AFF APH API APR AVS ERR FRA IEC IND IPH IPI ISP MSQ ODL OID OQP PSA PSM PSP PSQ REL"
    " VMI",
    ("noemie", "RECOUVREMENT"): "ANI ANM ANN ANT CIM CIN CMP ENC ISP LOP LOT MLO NVA NVP NVT PAC PAD PAI PEE PEN PEP"
    " PFE PPE PPR RAS RDD RDP RDS RDT REL RMA RMO RMR RPR SLD",
}


@pytest.mark.parametrize(("name", "nom"), CODES)
def test_codes_are_those_of_the_notes(name, nom):
    """
    None is missing, none was made up.
    """
    assert CODES[name, nom].split() == sorted(valeur.code for valeur in liste(name, nom))


def test_act_codes_say_that_later_ones_are_missing():
    """
    The nomenclature is of December 2020, and the list does not pretend to be whole.
    """
    actes = liste("b2", "ACTE")
    assert {dt.date(2020, 12, 31)} == {valeur.as_of for valeur in actes}
    assert actes.open
    assert "manquent" in actes.note


def test_meaning_that_no_source_gives_is_said_to_be_unknown():
    """
    A code without its meaning is in the list, and says so.
    """
    assert "sens non publié" == liste("noemie", "RECOUVREMENT")["SLD"].label


def test_blank_has_a_meaning_where_the_list_gives_one():
    """
    What is read of a blank field is no text at all: it finds the blank of the list.
    """
    etats = liste("noemie", "ETAT")
    assert ("non traité", True, False) == (etats[""].label, "" in etats, "" in liste("b2", "PAIEMENT"))


def test_code_that_a_list_lacks_is_not_shown():
    """
    It may come from a file.
    """
    with pytest.raises(KeyError) as raised:
        liste("b2", "EXONERATION")["secret"]
    assert "secret" not in str(raised.value)
    assert ("secret" not in liste("b2", "EXONERATION"), 4 not in liste("b2", "EXONERATION")) == (True, True)


def test_value_says_what_its_list_does_not():
    """
    A value inherits from its list, except what it says itself; another source brings its own date, or none.
    """
    couleurs = listes_of(parse_layout(LAYOUT + SAID))["COULEUR"]
    assert [
        ("B", "EX", "B", dt.date(2020, 12, 31)),
        ("J", "AUTRE", "C", None),
        ("V", "EX", "B", dt.date(2020, 12, 31)),
    ] == [(valeur.code, valeur.source, valeur.confidence, valeur.as_of) for valeur in couleurs]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2020, 12, 31), "BJ"),
        (dt.date(2021, 1, 1), "BJV"),
        (dt.date(2021, 6, 30), "BJV"),
        (dt.date(2021, 7, 1), "BJ"),
    ],
)
def test_value_is_valid_between_its_days(day, expected):
    """
    Both days included; a value that no source dates is never ruled out.
    """
    assert expected == "".join(v.code for v in listes_of(parse_layout(LAYOUT + SAID))["COULEUR"].on(day))


def test_list_of_which_nothing_is_said():
    """
    What a vendor adds without saying where from is the least sure.
    """
    couleurs = listes_of(parse_layout(LAYOUT))["COULEUR"]
    assert {("", "C", None)} == {(valeur.source, valeur.confidence, valeur.as_of) for valeur in couleurs}
    assert (3, False) == (len(couleurs), couleurs.open)


def test_code_of_an_override_does_not_borrow_our_source():
    """
    A code added, or given another meaning, rests on who said so, which is told with the override.
    """
    layout = load_layout("b2")
    enums = {**layout.enums, "LIEU": {"0": "ailleurs", "1": "au domicile", "2": "en ligne"}}
    lieux = listes_of(attrs.evolve(layout, enums=enums))["LIEU"]
    assert [("0", "", "C"), ("1", "SV, FIDES", "B"), ("2", "", "C")] == [
        (valeur.code, valeur.source, valeur.confidence) for valeur in lieux
    ]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[listes.COULEUR", "[listes.AUTRE", "exemple: no list AUTRE"),
        ("J = {", "X = {", "list COULEUR: no value X"),
        ('source = "EX"', 'source = "PERDU"', "list COULEUR: source PERDU"),
        ('confidence = "B"', 'confidence = "D"', "list COULEUR: a key is unknown, or its value"),
        ("as_of", "vu_le", "list COULEUR: a key is unknown, or its value"),
        ("V = { valid_from", "V = { depuis", "list COULEUR: a key is unknown, or its value"),
        ("valid_to = 2021", "valid_to = 2019", "list COULEUR: V ends before it begins"),
    ],
)
def test_contradiction_is_refused(old, new, reason):
    """
    The list is named, with what is wrong.
    """
    with pytest.raises(LayoutError, match=re.escape(reason)):
        listes_of(parse_layout(LAYOUT + SAID.replace(old, new)))


@pytest.mark.parametrize(("name", "nom"), [("b2", "COULEUR"), ("inconnu", "PAIEMENT")])
def test_list_that_does_not_exist(name, nom):
    """
    Asking for a list, or a layout, that is not there is a mistake of the caller.
    """
    with pytest.raises(LayoutError, match=nom if name == "b2" else name):
        liste(name, nom)
