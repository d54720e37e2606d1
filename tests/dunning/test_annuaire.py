"""Whom to write to: files of addressees, and the narrowest entry for a debtor."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dunning.dossiers import OFFICINE, day

from tiers_payant.domain import (
    FEUILLE_ANNUAIRE,
    Adresse,
    Annuaire,
    Canal,
    Contact,
    Ecarts,
    PlanRelances,
    RelancePolicy,
    Relances,
    RelancesCreances,
    Requalifications,
    TypeDebiteur,
    read_annuaire,
)
from tiers_payant.errors import LayoutError, SourceError

TODAY = day("2026-03-02")

TOML = """
[[contacts]]
id = "caisse-exemple"
nom = "Caisse d'Exemple"
type = "amo"
debiteurs = ["AMO:01-999-*"]
service = "Service des professionnels"
email = "pro@caisse.example"
du = 2026-01-01
[contacts.adresse]
lignes = ["1 place de l'Exemple", "CS 00000"]
code_postal = "99999"
ville = "VILLE-EXEMPLE"
"""
CSV = """\
id;nom;type;debiteurs;officine;ligne_1;code_postal;ville;téléphone;du
C1;Camille EXEMPLE;patient;CLIENT:C1;999000019;2 rue de l'Exemple;'09999;VILLE-EXEMPLE;'0199999999;05/01/2026
EHPAD;Résidence d'Exemple;professionnel;CLIENT:E1|CLIENT:E2;999000019;;;;;
"""


def written(tmp_path, text, name="annuaire.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return path


def refused(*paths):
    with pytest.raises(LayoutError) as error:
        read_annuaire(*paths)
    return str(error.value).splitlines()


def test_files_of_both_kinds(tmp_path):
    """
    TOML and CSV together, in any order; a semicolon, Windows-1252 and accents in headers, as a spreadsheet saves.
    """
    toml, csv = written(tmp_path, TOML, "organismes.toml"), written(tmp_path, CSV, encoding="cp1252")
    annuaire = read_annuaire(toml, csv)
    assert annuaire == read_annuaire(csv, toml)
    assert ["C1", "EHPAD", "caisse-exemple"] == [one.id for one in annuaire]
    camille, ehpad, caisse = annuaire
    assert camille.adresse is not None
    assert caisse.adresse is not None
    assert ("09999", "0199999999", day("2026-01-05")) == (camille.adresse.code_postal, camille.telephone, camille.du)
    assert (None, ("CLIENT:E1", "CLIENT:E2"), TypeDebiteur.PROFESSIONNEL) == (
        ehpad.adresse,
        ehpad.debiteurs,
        ehpad.type,
    )
    assert ("1 place de l'Exemple", "CS 00000") == caisse.adresse.lignes


def test_nobody_is_shown(tmp_path):
    """
    Names, addresses and references of persons stay out of `repr`.
    """
    shown = repr(read_annuaire(written(tmp_path, CSV)))
    for hidden in ("Camille", "rue", "0199999999", "'C1'", "CLIENT:C1"):
        assert hidden not in shown


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("C1;X;malade;CLIENT:C1;999000019;;;;;",
         "annuaire.csv:2:3: type: expected one of amo, amc, patient, professionnel, got 'AAAAAA'"),
        (";X;amo;AMO:1;;;;;;", "annuaire.csv:2:1: id: expected 1 to 64 ASCII characters, got ''"),
        ("C 1/2;X;amo;AMO:1;;;;;;",
         "annuaire.csv:2:1: id: id: expected ASCII letters, digits, '.', '_', ':' and '-', got 'A 9/9'"),
        ("C1é;X;amo;AMO:1;;;;;;", "annuaire.csv:2:1: id: expected 1 to 64 ASCII characters, got 'A9A'"),
        ("C1;;amo;AMO:1;;;;;;", "annuaire.csv:2:2: nom: nom: expected a text"),
        ("C1;X;amo;;;;;;;", "annuaire.csv:2:4: debiteurs: expected 1 to 64 ASCII characters, got ''"),
        ("C1;X;amo;AMO:1|;;;;;;", "annuaire.csv:2:4: debiteurs: expected 1 to 64 ASCII characters, got ''"),
        ("C1;X;amo;AMO:1;;;99999;;;", "annuaire.csv:2:8: ville: ville: expected a text"),
        ("C1;X;amo;AMO:1;;1 rue;;;;", "annuaire.csv:2:7: code_postal: code_postal: expected a text"),
        ("C1;X;amo;AMO:1;;;;;;demain", "annuaire.csv:2:10: du: expected a date AAAA-MM-JJ or JJ/MM/AAAA, got 'AAAAAA'"),
        ("C1;X;patient;CLIENT:C1;;;;;;",
         "annuaire.csv:2: officine: expected with a customer, whose reference is that of one officine"),
        ("C1;X;patient;*;;;;;;",
         "annuaire.csv:2: officine: expected with a customer, whose reference is that of one officine"),
        ("C1;X;amo", "annuaire.csv:2: expected 10 cells, got 3"),
    ],
)  # fmt: skip
def test_row_that_cannot_be(tmp_path, row, words):
    """
    Nothing is kept, and each fault has its place and its column, and the shape of what was found.
    """
    assert [words] == refused(written(tmp_path, f"{CSV.splitlines()[0]}\n{row}\n"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('type = "amo"', 'type = "caisse"',
         "expected one of amo, amc, patient, professionnel @ a.toml.contacts[0].type"),
        ('["AMO:01-999-*"]', '"AMO:01-999-*"', "expected a list, got str @ a.toml.contacts[0].debiteurs"),
        ('["AMO:01-999-*"]', "[]", "debiteurs: expected one at least @ a.toml.contacts[0]"),
        ('ville = "VILLE-EXEMPLE"', "", "ville: expected a text @ a.toml.contacts[0].adresse"),
        ("service", "servise", "Extra fields in constructor for Contact: servise @ a.toml.contacts[0]"),
        ("du = 2026-01-01", 'du = "2026-01-01"', "expected date, got str @ a.toml.contacts[0].du"),
        ("[[contacts]]", "[[contact]]", "Extra fields in constructor for _Contacts: contact @ a.toml"),
    ],
)  # fmt: skip
def test_table_that_cannot_be(tmp_path, old, new, words):
    """
    The same of a TOML file: the table, from 0, and the key.
    """
    assert words in refused(written(tmp_path, TOML.replace(old, new), "a.toml"))


def test_faults_of_several_files(tmp_path):
    """
    All of them at once; what was right is not kept either.
    """
    one = written(tmp_path, "id;nom\n", "un.csv")
    other = written(tmp_path, TOML.replace('type = "amo"', "type = 1"), "deux.toml")
    assert 3 == len(refused(one, other, written(tmp_path, CSV)))
    with pytest.raises(SourceError):
        read_annuaire(tmp_path / "absent.csv")


def test_id_twice_on_a_day(tmp_path):
    """
    An id is that of one entry a day: the file and the line of both are told, and not the id. Later, it may change.
    """
    header = "id;nom;type;debiteurs;du;au\n"
    one = written(tmp_path, f"{header}A;X;amo;AMO:1;;2026-01-31\nA;Y;amo;AMO:1;2026-02-01;\n", "un.csv")
    assert 2 == len(read_annuaire(one))
    other = written(tmp_path, f"{header}A;Z;amo;AMO:1;2026-01-31;2026-01-31\n", "deux.csv")
    assert ["deux.csv:2: id: stands on the same day in un.csv:2"] == refused(one, other)


def contact(id, *debiteurs, **more):
    return Contact(id=id, nom="X", type=TypeDebiteur.AMC, debiteurs=debiteurs, **more)


@pytest.mark.parametrize(
    ("contacts", "expected"),
    [
        ([contact("A", "AMC:*"), contact("B", "AMC:00999*")], "B"),
        ([contact("A", "AMC:0099999997"), contact("B", "AMC:0099999997*")], "A"),
        ([contact("A", "AMC:0099999997"), contact("B", "AMC:0099999997", officine=OFFICINE)], "B"),
        ([contact("A", "AMC:0099999997"), contact("B", "AMC:*", officine=OFFICINE)], "A"),
        ([contact("A", "AMC:0099999997"), contact("B", "AMC:0099999997")], None),
        ([contact("A", "AMC:0099999997", officine="999000027")], None),
        ([contact("A", "AMC:0099999997", au=day("2026-03-01"))], None),
        ([contact("A", "AMC:0099999997", au=TODAY), contact("A", "AMC:0099999997", du=day("2026-03-03"))], "A"),
        ([contact("A", "*")], "A"),
        ([contact("A", "AMC:0099999989")], None),
    ],
)
def test_who_answers(contacts, expected):
    """
    The whole name before a part of it, the longest part, then the officine's own; two that tie are nobody.
    """
    for order in (contacts, contacts[::-1]):
        found = Annuaire(contacts=order).of(OFFICINE, "AMC:0099999997", TODAY)
        assert expected == (found and found.id)


names = st.sampled_from(["AMC:1", "AMC:12", "AMC:1*", "AMC:*", "*", "AMO:1"])
some = st.lists(st.builds(contact, st.sampled_from("ABCD"), names, names, officine=st.sampled_from(["", "9", "8"])),
                max_size=4, unique_by=lambda one: one.id)  # fmt: skip


@given(some, st.sampled_from(["AMC:1", "AMC:12", "AMC:123", "AMO:1", "AMO:2"]), st.randoms())
def test_any_annuaire_against_a_slow_search(contacts, debtor, random):
    """
    The best of all ranks, looked at one by one, whatever the order of entries.
    """

    def score(one, name):
        if name.endswith("*") and debtor.startswith(name[:-1]):
            return (len(name) - 1, 0, bool(one.officine))
        return (len(name), 1, bool(one.officine)) if name == debtor else None

    scores = {}
    for one in contacts:
        fits = [score(one, name) for name in one.debiteurs if score(one, name)]
        if fits and one.officine in ("", "9"):
            scores[one.id] = max(fits)
    best = [one for one, rank in scores.items() if rank == max(scores.values())]
    random.shuffle(contacts)
    found = Annuaire(contacts=contacts).of("9", debtor, TODAY)
    assert (best[0] if len(best) == 1 else None) == (found and found.id)


def test_what_a_channel_needs():
    """
    An address, an e-mail, a telephone; a portal needs nothing.
    """
    bare = contact("A", "AMC:1")
    assert [Canal.PORTAIL] == [canal for canal in Canal if bare.reaches(canal)]
    full = attrs.evolve(bare, email="a@b.example", telephone="01", adresse=Adresse(code_postal="99999", ville="X"))
    assert list(Canal) == [canal for canal in Canal if full.reaches(canal)]


def test_columns_are_those_of_the_types():
    """
    Each field of an entry and of its address has its columns.
    """
    fields = {field.name for kind in (Contact, Adresse) for field in attrs.fields(kind)} - {"adresse", "lignes"}
    assert fields == {name for name in FEUILLE_ANNUAIRE.lecteurs if not name.startswith("ligne_")}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AMC:0099999997", False), ("AMO:*", False), ("CLIENT:C1", True), ("CLIENT:*", True), ("CLI*", True),
        ("*", True), ("FACTURE:2026-03-02/001/1", True), ("F*", True),
    ],
)  # fmt: skip
def test_whose_customer(name, expected):
    """
    What may name a customer says its officine: references of two officines meet by chance, and a letter would go wrong.
    """
    assert expected == contact("A", name).anybodys
    assert not contact("A", name, officine=OFFICINE).anybodys


def test_contact_of_a_plan_is_the_one_of_its_day():
    """
    Somebody who moved has two entries of one id: a plan shows the address of its day, whichever comes first.
    """
    before = contact("A", "AMC:0099999997", email="avant@exemple.example", au=day("2026-02-28"))
    after = contact("A", "AMC:0099999997", email="apres@exemple.example", du=day("2026-03-01"))
    row = Relances.of(
        1, id=["r1"], officine=[OFFICINE], debiteur=["AMC:0099999997"], contact=["A"], type=["amc"],
        palier=["verification"], niveau=[1], canal=["portail"], porteuse=[0], creances=[0],
    )  # fmt: skip
    for entries in ((before, after), (after, before)):
        plan = PlanRelances(
            relances=row, creances=RelancesCreances.empty(), ecarts=Ecarts.empty(), annuaire=Annuaire(contacts=entries),
            requalifications=Requalifications.empty(), policy=RelancePolicy.standard(), today=TODAY,
            pourquoi=lambda row: "",
        )  # fmt: skip
        assert after is plan[0].contact
