"""A vendor corrects a layout with tables, never with code: each correction is proved, used and told."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from pathlib import Path

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tiers_payant as tp
from tiers_payant.domain import Entree, Surcharges
from tiers_payant.errors import LayoutError, SourceError
from tiers_payant.formats import (
    _b2_write,
    _cfonb240_write,
    _cfonb_write,
    _noemie_ecriture,
    check_surcharges,
    layout_for,
)
from tiers_payant.formats._contrats import CONTRATS
from tiers_payant.formats._elements import cfonb120_elements
from tiers_payant.formats._encode import encode
from tiers_payant.formats._layout import Layout, Record, layout_names, load_layout
from tiers_payant.formats._listes import listes_of
from tiers_payant.formats.b2 import read_b2, write_b2
from tiers_payant.formats.cfonb120 import read_cfonb120, write_cfonb120
from tiers_payant.formats.cfonb240 import read_cfonb240, write_cfonb240
from tiers_payant.formats.noemie import read_noemie, write_noemie

GOLDEN = Path(__file__).parents[1] / "golden"
HEAD = '[layout]\nid = "{id}"\n{more}\n[sources]\nCDC = "cahier des charges d\'exemple, page 12"\n'
READERS = {"noemie": read_noemie, "b2": read_b2, "cfonb120": read_cfonb120, "cfonb240": read_cfonb240}

# 198 with its two amounts the other way round.
MOVED = """
[[replace]]
record = "198"
source = "CDC"
confidence = "A"
fields = [
  { id = "paye_cents", first = 6, last = 13 },
  { id = "demande_cents", first = 15, last = 22 },
]
"""
NEW = """
[[add]]
record = "277"
label = "entité d'exemple"
length = 20
source = "CDC"
confidence = "B"
fields = [
  { id = "entite", first = 1, last = 3, type = "constante", value = "277" },
  { id = "niveau", first = 4, last = 5, type = "entier" },
  { id = "montant_cents", first = 6, last = 19, type = "cents" },
  { id = "fin", first = 20, last = 20, type = "constante", value = "@" },
]
"""
REMOVED = '\n[[remove]]\nrecord = "290"\nsource = "CDC"\n'


def texte(*operations: str, id: str = "noemie", **more: str) -> str:
    said = "".join(f"{key} = {value}\n" for key, value in more.items())
    return HEAD.format(id=id, more=said) + "".join(operations)


def surcharges(*textes: str) -> Surcharges:
    return Surcharges((f"{rank}.toml", texte) for rank, texte in enumerate(textes))


def replaced(record: str, fields: str, confidence: str = "A") -> str:
    return f'\n[[replace]]\nrecord = "{record}"\nsource = "CDC"\nconfidence = "{confidence}"\nfields = [\n{fields}\n]\n'


def entree(content: bytes, corrections: Surcharges) -> Entree:
    return Entree(nom="exemple.txt", contenu=content, surcharges=corrections)


def golden(name: str) -> bytes:
    return (GOLDEN / name).read_bytes()


def new_set() -> tp.Tables:
    """Answers of the new set of entities, one euro short of what was asked."""
    tables = read_noemie(Entree(nom="a", contenu=golden("noemie/parts_virees_a_part.txt"))).tables
    asked = tables.reponses.annonce_cents + 100
    return attrs.evolve(tables, reponses=tables.reponses.with_columns(demande_cents=asked))


def written(monkeypatch: pytest.MonkeyPatch, tables: tp.Tables, layout: Layout) -> bytes:
    """Write returns with another layout than the built-in one."""
    out = io.BytesIO()
    with monkeypatch.context() as patched:
        patched.setattr(_noemie_ecriture, "load_layout", lambda name: layout)
        write_noemie(tables, out)
    return out.getvalue()


# --- what an override does to what is read


def test_field_that_moved_is_read_where_it_is(monkeypatch):
    """
    A file of the corrected layout gives its facts with the override, others without; what rests on it says so.
    """
    tables, corrections = new_set(), surcharges(texte(MOVED))
    content = written(monkeypatch, tables, layout_for("noemie", corrections))
    assert content != written(monkeypatch, tables, load_layout("noemie"))
    plain, corrected = read_noemie(entree(content, Surcharges())), read_noemie(entree(content, corrections))
    assert tables.reponses.annonce_cents.tolist() == corrected.tables.reponses.annonce_cents.tolist()
    assert tables.reponses.annonce_cents.tolist() != plain.tables.reponses.annonce_cents.tolist()
    (source,) = corrected.tables.sources
    assert ("A", "A") == (source.confiance["198.paye_cents"], source.confiance["198.demande_cents"])
    assert {"198.paye_cents remplace par 0.toml", "198.demande_cents remplace par 0.toml"} == set(source.surcharges)
    told = [problem for problem in corrected.problems if problem.code == "LAYOUT_SURCHARGE"]
    assert ["198.paye_cents", "198.demande_cents"] == [problem.params["champ"] for problem in told]
    assert "cahier des charges d'exemple, page 12" in told[0].message_fr
    assert () == plain.tables.sources[0].surcharges


def test_new_entity_is_no_longer_unknown():
    """
    Its number and its length are known; its positions are proved.
    """
    record = layout_for("noemie", surcharges(texte(NEW))).records["277"]
    entity = encode(record, 1, {"niveau": 5, "montant_cents": np.array([1234])}).tobytes()
    lines = golden("noemie/trois_cadrages_nu.txt").split(b"\r\n")
    content = b"\r\n".join([*lines[:2], entity, *lines[2:]])
    plain, corrected = read_noemie(entree(content, Surcharges())), read_noemie(entree(content, surcharges(texte(NEW))))
    assert ["277"] == [p.params["code"] for p in plain.problems if p.code == "ENREGISTREMENT_INCONNU"]
    assert [] == [p for p in corrected.problems if p.code == "ENREGISTREMENT_INCONNU"]
    assert 0 == len(corrected.tables.bruts)


def test_removed_entity_is_unknown():
    """
    It is kept raw and told, like any entity that nobody describes.
    """
    content = golden("noemie/rejet_900_ancien_jeu.txt")
    plain, corrected = (read_noemie(entree(content, one)) for one in (Surcharges(), surcharges(texte(REMOVED))))
    assert len(plain.tables.rejets) > 0
    assert 0 == len(corrected.tables.rejets)
    assert len(plain.tables.rejets) == corrected.tables.bruts.code.tolist().count(b"290")


def test_b2_is_corrected_too(monkeypatch):
    """
    The amounts of an act line that stand elsewhere are read there.
    """
    swap = replaced(
        "4", '{ id = "base_cents", first = 89, last = 95 },\n{ id = "prix_unitaire_cents", first = 96, last = 102 }'
    )
    corrections = surcharges(texte(swap, id="b2"))
    tables = read_b2(Entree(nom="a", contenu=golden("b2/deux_lots.txt"))).tables
    monkeypatch.setattr(_b2_write, "load_layout", lambda name: layout_for(name, corrections))
    out = io.BytesIO()
    write_b2(tables, out)
    plain, corrected = (read_b2(entree(out.getvalue(), one)).tables for one in (Surcharges(), corrections))
    assert tables.lignes.base_cents.tolist() == corrected.lignes.base_cents.tolist()
    assert tables.lignes.base_cents.tolist() == plain.lignes.prix_unitaire_cents.tolist()


def read_both(content: bytes, corrections: Surcharges, reader) -> list[tp.Lecture]:
    return [reader(entree(content, one)) for one in (Surcharges(), corrections)]


# The amount of a movement at the end of the record, the reference before it.
MOVED_AMOUNT = replaced(
    "04", '{ id = "reference", first = 91, last = 106 },\n{ id = "montant", first = 107, last = 120 }'
)


def moved_statement(monkeypatch: pytest.MonkeyPatch, name: str, corrections: Surcharges) -> tuple[tp.Tables, bytes]:
    """A golden statement, and how it is written with the corrected layout."""
    tables = read_cfonb120(Entree(nom="a", contenu=golden(f"cfonb120/{name}.txt"))).tables
    out = io.BytesIO()
    with monkeypatch.context() as patched:
        patched.setattr(_cfonb_write, "load_layout", lambda layout: layout_for(layout, corrections))
        write_cfonb120(tables, out)
    return tables, out.getvalue()


def test_statement_is_corrected_too(monkeypatch):
    """
    Amounts that a bank puts elsewhere are read there, in the elements to look at as well; without the override, told.
    """
    corrections = surcharges(texte(MOVED_AMOUNT, id="cfonb120"))
    tables, content = moved_statement(monkeypatch, "deux_comptes_deux_jours", corrections)
    plain, corrected = read_both(content, corrections, read_cfonb120)
    assert len(tables.virements) > 0
    assert tables.virements.montant_cents.tolist() == corrected.tables.virements.montant_cents.tolist()
    assert ["LAYOUT_SURCHARGE"] * 2 == [problem.code for problem in corrected.problems]
    assert "CHIFFRES_ATTENDUS" in {problem.code for problem in plain.problems}
    (source,) = corrected.tables.sources
    assert {"04.montant remplace par 0.toml", "04.reference remplace par 0.toml"} == set(source.surcharges)
    elements = cfonb120_elements(entree(content, corrections), corrected)
    movement = next(element for element in elements if element.code == "04")
    assert {"montant": 107, "reference": 91}.items() <= {field.id: field.first for field in movement.champs()}.items()


def test_advice_is_corrected_too(monkeypatch):
    """
    The two names of an advice the other way round.
    """
    swap = replaced(
        "34", '{ id = "destinataire", first = 43, last = 66 },\n{ id = "emetteur", first = 99, last = 122 }'
    )
    corrections = surcharges(texte(swap, id="cfonb240"))
    tables = read_cfonb240(Entree(nom="a", contenu=golden("cfonb240/autre_compte_destinataire.txt"))).tables
    monkeypatch.setattr(_cfonb240_write, "load_layout", lambda name: layout_for(name, corrections))
    out = io.BytesIO()
    write_cfonb240(tables, out)
    plain, corrected = (lecture.tables.virements for lecture in read_both(out.getvalue(), corrections, read_cfonb240))
    assert any(tables.virements.emetteur)
    assert tables.virements.emetteur.tolist() == corrected.emetteur.tolist()
    assert tables.virements.emetteur.tolist() != plain.emetteur.tolist()


def test_list_is_corrected_with_its_source():
    """
    A value is added and another renamed: each says who says so, and the others still say what they said.
    """
    lists = """
[enums.ETAT]
P = "réglé"
Z = "valeur d'exemple"
[listes.ETAT]
source = "CDC"
confidence = "A"
"""
    layout = layout_for("noemie", surcharges(texte(lists)))
    found, before = listes_of(layout)["ETAT"], listes_of(load_layout("noemie"))["ETAT"]
    assert ("réglé", "A", "CDC@0.toml") == (found["P"].label, found["P"].confidence, found["P"].source)
    assert {*(one.code for one in before), "Z"} == {one.code for one in found}
    assert before["R"] == found["R"]
    assert ("[ETAT] remplace par 0.toml",) == layout.surcharges


# --- which files it is for


def chosen(corrections: Surcharges, reference: str = "", version: str = "", jour: dt.date | None = None) -> int:
    layout = layout_for("noemie", corrections, reference=reference, version=version, jour=jour)
    return len({change.fichier for change in layout.changements})


def test_reference_and_version_choose():
    """
    What is for every file, for a reference, for a version of it: the narrower is laid on the wider.
    """
    corrections = surcharges(
        texte(replaced("150", '{ id = "nature_assurance", note = "toutes" }')),
        texte(replaced("150", '{ id = "nature_assurance", note = "578" }'), reference='"578, 580"'),
        texte(replaced("150", '{ id = "nature_assurance", note = "578 v02" }'), reference='"578"', version='"02"'),
    )

    def note(reference: str, version: str = "") -> str:
        return (
            layout_for("noemie", corrections, reference=reference, version=version)
            .records["150"]
            .field("nature_assurance")
            .note
        )

    assert ["toutes", "578", "578", "578 v02", "578"] == [
        note(reference="531"), note(reference="578"), note(reference="578", version="01"),
        note(reference="578", version="02"), note(reference="580", version="02"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("jour", "served"),
    [(None, 0), ("2025-12-31", 0), ("2026-01-01", 1), ("2026-06-30", 1), ("2026-07-01", 0)],
)
def test_dates_of_validity_choose(jour, served):
    """
    Both days are included; a file without a date takes no dated override.
    """
    dated = surcharges(texte(MOVED, valid_from="2026-01-01", valid_to="2026-06-30"))
    assert served == chosen(dated, jour=jour and dt.date.fromisoformat(jour))


def test_new_reference_is_valid_from_a_day(monkeypatch):
    """
    The date that the file states is judged, never the clock: one return of 15/01/2024 before, one after.
    """
    content = golden("noemie/parts_virees_a_part.txt")
    header = load_layout("noemie").records["000"]
    place = content.index(b"000")
    stated = content[place + header.field("date").first - 1 :][:6]
    reference = content[place + header.field("reference").first - 1 :][:4].decode().strip()
    after = dt.datetime.strptime(stated.decode(), "%y%m%d").date()  # noqa: DTZ007
    for first, served in ((after, True), (after + dt.timedelta(1), False)):
        one = surcharges(texte(MOVED, reference=f'"{reference}"', valid_from=first.isoformat()))
        assert served == bool(read_noemie(entree(content, one)).tables.sources[0].surcharges)


def test_file_without_a_date_tells_what_it_left_aside():
    """
    An override that could have served is never dropped silently.
    """
    header = load_layout("noemie").records["000"].field("date")
    content = golden("noemie/trois_cadrages_nu.txt")
    blank = content[: header.first - 1] + b"      " + content[header.last :]
    told = read_noemie(entree(blank, surcharges(texte(MOVED, valid_from="2020-01-01")))).problems
    assert ["LAYOUT_SANS_DATE"] == [p.code for p in told if p.code.startswith("LAYOUT")]


def test_first_statement_dates_a_bank_file(monkeypatch):
    """
    Whatever stands before its 01: a byte order mark, blank lines, the end of another day. Another day is told.
    """
    always, dated = (
        surcharges(texte(MOVED_AMOUNT, id="cfonb120", **one)) for one in ({}, {"valid_from": "2026-01-06"})
    )
    _, content = moved_statement(monkeypatch, "deux_comptes_deux_jours", always)
    lines = content.splitlines(keepends=True)
    first, second, third = (place for place, line in enumerate(lines) if line.startswith(b"01"))
    fifth_of_january, sixth = b"".join(lines[first:second]), b"".join(lines[second:third])
    end = lines[second - 1]
    for before, served in ((b"", 2), (b"\xef\xbb\xbf", 2), (b"\r\n  \r\n", 2), (end, 2), (fifth_of_january, 0)):
        lecture = read_cfonb120(entree(before + sixth, dated))
        assert served == len(lecture.tables.sources[0].surcharges)
        assert (not served) == ("LAYOUT_MELANGE" in {problem.code for problem in lecture.problems})


def test_bank_file_without_a_beginning_tells_what_it_left_aside(monkeypatch):
    """
    No 01, no date: what its other records hold is never taken for one.
    """
    always, dated = (
        surcharges(texte(MOVED_AMOUNT, id="cfonb120", **one)) for one in ({}, {"valid_from": "2000-01-01"})
    )
    _, content = moved_statement(monkeypatch, "deux_comptes_deux_jours", always)
    lines = [line for line in content.splitlines(keepends=True) if not line.startswith(b"01")]
    lecture = read_cfonb120(entree(b"".join(lines), dated))
    assert ["LAYOUT_SANS_DATE"] == [p.code for p in lecture.problems if p.code.startswith("LAYOUT")]


@pytest.mark.parametrize(("name", "reader"), [("noemie", read_noemie), ("b2", read_b2)])
def test_file_of_two_references_is_read_with_the_first(name, reader):
    """
    Two headers that ask for two layouts: the first holds, and the other is told.
    """
    content = (
        golden({"noemie": "noemie/trois_cadrages_nu.txt", "b2": "b2/deux_lots.txt"}[name]).rstrip(b"\r\n") + b"\r\n"
    )
    if name == "b2":
        content = content.replace(b"\r\n", b"\n")
    record = load_layout(name).records["000"]
    field = record.field("norme" if name == "b2" else "reference")
    other = content[: field.first - 1] + b"Z99 " + content[field.last :]
    change = replaced("000", '{ id = "message", note = "une note" }')
    corrections = surcharges(texte(change, id=name, reference='"Z99"'))
    for both, served in ((other + content, 1), (content + other, 0)):
        lecture = reader(entree(both, corrections))
        assert served == len(lecture.tables.sources[0].surcharges)
        assert 1 == [problem.code for problem in lecture.problems].count("LAYOUT_MELANGE")


# --- what is refused

OTHER = {
    "not TOML": ("[layout", "not TOML"),
    "empty": ("", "layout missing"),
    "nested too deeply": ("a = " + "\n".join("[" * 1000 for _ in range(100)), "not TOML"),
    "one endless line": ("[" + ".".join("a" * 100_000) + "]\n", "a line of more than 2000 characters"),
    "no layout": ('[sources]\nA = "a"\n', "layout missing"),
    "layout is no table": ("layout = 3\n", "layout: a TOML table is expected"),
    "no such layout": (texte(MOVED, id="b3"), "no layout 'b3'"),
    "a layout whose reader takes none": (texte(MOVED, id="inconnu"), "no layout 'inconnu'"),
    "nothing said": (texte(), "nothing is replaced, added or removed"),
    "unknown table": (texte(MOVED, "\n[couleurs]\na = 1\n"), "couleurs unknown"),
    "unknown key of the head": (texte(MOVED, extends='"0.toml"'), "extends unknown"),
    "date as text": (texte(MOVED, valid_from='"2026-01-01"'), "valid_from: a TOML date is expected"),
    "date with an hour": (texte(MOVED, valid_from="2026-01-01T10:00:00"), "valid_from: a TOML date is expected"),
    "ends before it begins": (texte(MOVED, valid_from="2026-02-01", valid_to="2026-01-01"), "valid_to is before"),
    "version of nothing": (texte(MOVED, version='"02"'), "a version is the version of a reference"),
    "overlap": (texte(replaced("198", '{ id = "paye_cents", first = 13 }')), "demande_cents overlaps paye_cents"),
    "gap": (texte(replaced("198", '{ id = "paye_cents", first = 16 }')), "etat leaves a gap before paye_cents"),
    "no such record": (texte(replaced("777", '{ id = "a", first = 1 }')), "record 777: the layout noemie has no such"),
    "no such field": (texte(replaced("198", '{ id = "couleur", first = 1 }')), "record 198: no field couleur"),
    "unknown key of a field": (texte(replaced("198", '{ id = "etat", couleur = 1 }')), "record 198: etat"),
    "unknown type": (texte(replaced("198", '{ id = "etat", type = "couleur" }')), "record 198: etat"),
    "column as text": (texte(replaced("198", '{ id = "etat", first = "14" }')), "record 198: etat"),
    "unknown list": (texte(replaced("198", '{ id = "etat", enum = "COULEUR" }')), "record 198: etat: unknown list"),
    "no confidence": (texte(MOVED.replace('confidence = "A"\n', "")), "record 198: paye_cents: confidence"),
    "confidence that is none": (texte(MOVED.replace('"A"', '"D"')), "record 198: paye_cents: confidence"),
    "no source": (texte(MOVED.replace('source = "CDC"\n', "")), "source missing"),
    "source not stated": (texte(MOVED.replace("CDC", "AUTRE")), "record 198: source AUTRE"),
    "said twice": (texte(MOVED, MOVED), "record 198: paye_cents is changed by 0.toml too"),
    "name with a line feed": (texte(replaced("198", '{ id = "a\\nb", first = 1 }')), "a field is named by"),
    "record named by a line feed": (texte(REMOVED.replace("290", "2\\n0")), "a record is named by letters"),
    "added twice": (texte(NEW, NEW), "record 277: "),
    "added without a length": (texte(NEW.replace("length = 20\n", "")), "record 277: a new record needs its length"),
    "endless": (texte(NEW.replace("length = 20", "length = 99999999999999999999")), "record 277"),
    "fragment that is not there": (texte(NEW.replace("length", 'extends = "x"\nlength')), "no fragment 'x'"),
    "field that is there": (texte(MOVED.replace("replace", "add")), "record 198: the field paye_cents is there"),
    "values without their source": (texte('\n[enums.ETAT]\nZ = "autre"\n'), "[listes] their source"),
    "source without values": (texte('\n[listes.ETAT]\nsource = "CDC"\nconfidence = "A"\n', MOVED), "[listes] their"),
    "fields are no table": (texte(MOVED.replace("fields = [", "fields = [3,")), "record 198: fields are tables"),
    "an entity that the reader cannot find": (texte(NEW.replace('"277" }', '"278" }')), "begins with them"),
    "an entity that nothing ends": (texte(NEW.replace('"@"', '"!"')), "ends with the constant @"),
    "a record that the reader needs": (texte(REMOVED.replace("290", "990")), "record 990: the reader needs it"),
    "a field that the reader needs": (
        texte('\n[[remove]]\nrecord = "290"\nsource = "CDC"\nfields = ["libelle"]\n',
              replaced("290", '{ id = "code", last = 97 }')),
        "record 290: libelle: the reader needs it",
    ),
    "another kind of value": (texte(replaced("198", '{ id = "paye_cents", type = "texte" }')), "expects the type"),
    "a header of another length": (
        texte('\n[[replace]]\nrecord = "000"\nsource = "CDC"\nlength = 130\nconfidence = "A"\n'
              'fields = [{ id = "message", last = 130 }]\n'),
        "128 characters are how the reader finds it",
    ),
    "B2 of another length": (
        texte('\n[[replace]]\nrecord = "6"\nsource = "CDC"\nlength = 64\n', id="b2"), "record 6: ",
    ),
    "a record that CFONB does not have": (
        texte(NEW.replace("277", "02").replace("length = 20", "length = 120"), id="cfonb120"),
        "record 02: ",
    ),
    "an account that stands elsewhere": (
        texte(replaced("05", '{ id = "reserve_1", last = 22 },\n{ id = "compte", first = 23 }'), id="cfonb120"),
        "compte: the reader finds records by it",
    ),
    "a longer advice": (
        texte('\n[[replace]]\nrecord = "39"\nsource = "CDC"\nlength = 241\n', id="cfonb240"), "record 39: ",
    ),
    "B2 of another prefix": (
        texte(replaced("5", '{ id = "facture", first = 26 },\n{ id = "nir_cle", last = 25, type = "texte" }'), id="b2"),
        "stays at 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("bad", "reason"), OTHER.values(), ids=OTHER)
def test_contradiction_is_refused(bad, reason):
    """
    One kind of error, which names the file, and the record and the field when there are some.
    """
    with pytest.raises(LayoutError, match=r"^0\.toml") as told:
        check_surcharges(surcharges(bad))
    assert reason in str(told.value)


def test_two_files_that_change_one_field_contradict_each_other():
    """
    No order of files decides; two references never meet.
    """
    with pytest.raises(LayoutError, match=r"1\.toml: record 198: paye_cents is changed by 0\.toml too"):
        check_surcharges(surcharges(texte(MOVED), texte(MOVED)))
    apart = surcharges(texte(MOVED, reference='"578"'), texte(MOVED, reference='"580"'))
    assert 2 == len(check_surcharges(apart))


def test_contradiction_of_a_reference_is_found_without_a_file_of_it():
    """
    Every set of overrides that may meet is proved at once: here only for 578, from a day on.
    """
    bad = texte(replaced("198", '{ id = "paye_cents", first = 13 }'), reference='"578"', valid_from="2030-01-01")
    with pytest.raises(LayoutError, match="overlaps"):
        check_surcharges(surcharges(bad))


def test_order_of_files_does_not_matter():
    """
    The same texts make the same layout.
    """
    textes = [("a.toml", texte(NEW)), ("b.toml", texte(MOVED)), ("c.toml", texte(REMOVED))]
    layouts = {id(layout_for("noemie", Surcharges(order))) for order in itertools.permutations(textes)}
    assert 1 == len(layouts)


@settings(max_examples=60)
@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_junk_is_refused(junk):
    """
    Any text at all: nothing but LayoutError comes out.
    """
    with pytest.raises(LayoutError, match=r"^0\.toml"):
        check_surcharges(surcharges(junk))


# --- folders


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\0", b"\0" * 100, b"[layout", b"a" * (2 << 20)])
def test_hostile_folder_names_its_file(tmp_path, content):
    """
    Binary, empty, endless: the file is told, and nothing is read.
    """
    (tmp_path / "mauvais.toml").write_bytes(content)
    with pytest.raises(LayoutError, match=r"^mauvais\.toml"):
        tp.read(GOLDEN / "noemie", layouts=tmp_path)


def test_folder_without_overrides_is_a_mistake(tmp_path):
    """
    A folder given by mistake is told, rather than taken for no override; so is a path that does not exist.
    """
    with pytest.raises(LayoutError, match=r"no \.toml file"):
        tp.read(GOLDEN / "noemie", layouts=tmp_path)
    with pytest.raises(SourceError, match="absent"):
        tp.read(GOLDEN / "noemie", layouts=tmp_path / "absent")


def test_folders_are_read_with_their_overrides(tmp_path):
    """
    From the folder to the book: what is read, and what is told of it.
    """
    (tmp_path / "mon-editeur").mkdir()
    (tmp_path / "mon-editeur" / "290.toml").write_text(texte(REMOVED), encoding="utf-8")
    (tmp_path / "nouveau.toml").write_text(texte(NEW), encoding="utf-8")
    (tmp_path / "LISEZ-MOI.md").write_text("rien", encoding="utf-8")
    file = GOLDEN / "noemie" / "rejet_900_ancien_jeu.txt"
    book = tp.read(file, layouts=tmp_path)
    assert {"290 retire par mon-editeur/290.toml", "277 ajoute par nouveau.toml"} == set(book.sources[0].surcharges)
    several = tp.read(file, layouts=[tmp_path / "mon-editeur", tmp_path / "nouveau.toml"])
    assert 2 == len(several.sources[0].surcharges)
    assert 0 == len(book.tables.rejets)


# --- what readers need


def test_contracts_hold_whatever_the_readers_ask(monkeypatch):
    """
    Every field that a reader asks of a layout stands in its contract, so that no override can surprise it.
    """
    assert set(layout_names()) == set(CONTRATS)
    asked: set[tuple[str, str]] = set()
    original = Record.field

    def spy(self: Record, name: str) -> object:
        asked.add((self.id, name))
        return original(self, name)

    monkeypatch.setattr(Record, "field", spy)
    for name, contrat in CONTRATS.items():
        asked.clear()
        for path in sorted((GOLDEN / name).glob("*.txt")):
            READERS[name](Entree(nom=path.name, chemin=path))
        said = {(code, field) for code, fields in (*contrat.lus.items(), *contrat.fixes.items()) for field in fields}
        assert set() == asked - said
        records = load_layout(name).records
        assert [] == [(code, field) for code, field in said if field not in {one.id for one in records[code].fields}]


@pytest.mark.parametrize("name", CONTRATS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_reader_follows_every_override_that_is_accepted(name, data):
    """
    The limit between two fields moves by some columns: refused, or read without an exception.
    """
    record = data.draw(st.sampled_from(sorted(load_layout(name).records.values(), key=lambda one: one.id)))
    left, right = data.draw(st.sampled_from(list(itertools.pairwise(record.fields))))
    limit = left.last + data.draw(st.integers(-3, 3))
    moved = f'{{ id = "{left.id}", last = {limit} }},\n{{ id = "{right.id}", first = {limit + 1} }}'
    corrections = surcharges(texte(replaced(record.id, moved), id=name))
    try:
        check_surcharges(corrections)
    except LayoutError:
        return
    path = data.draw(st.sampled_from(sorted((GOLDEN / name).glob("*.txt"))))
    lecture = READERS[name](entree(path.read_bytes(), corrections))
    assert 2 == len(lecture.tables.sources[0].surcharges)
