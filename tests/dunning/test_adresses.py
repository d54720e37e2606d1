"""Addresses of patients: read from 2B and 2C, written back, and lent to the annuaire when nobody contradicts them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.test_b2 import TWO_LOTS, read, rows, written
from tests.formats.test_b2_complements import PREFIX, complement

from tiers_payant.domain import Adresse, Annuaire, Book, Canal, Contact, Lecture, Tables, TypeDebiteur
from tiers_payant.dunning import patient_contacts, with_patients
from tiers_payant.dunning._ages import may_be_minor
from tiers_payant.errors import ColumnError
from tiers_payant.matching import reconcile

TODAY = dt.date(2026, 3, 2)
OFFICINE = "999000019"
BLANK = {
    "civilite": "", "numero_voie": "", "complement_voie": "", "type_voie": "", "voie": "", "adresse_2": "",
    "code_postal": "", "ville": "",
}  # fmt: skip
HOME = {
    "nom_beneficiaire": "EXEMPLE", "prenom_beneficiaire": "CAMILLE", "civilite": "MME", "numero_voie": "0012",
    "complement_voie": "B", "type_voie": "RUE", "voie": "DES EXEMPLES", "adresse_2": "LIEU DIT EXEMPLE",
    "code_postal": "99999", "ville": "VILLE EXEMPLE",
}  # fmt: skip


def adresses(*records: bytes, place: int = 3) -> list[dict[str, Any]]:
    """The addresses of TWO_LOTS, with *records* after the type 2 of its first facture."""
    return rows(read(b"".join([*TWO_LOTS[:place], *records, *TWO_LOTS[place:]])).tables, "adresses")


def owing(*homes: dict[str, str] | None, clients: tuple[str, ...] = (), births: tuple[str, ...] = ()) -> Book:
    """A book of one facture for each of *homes*, each with a patient share that is owed by the client of that rank."""
    count = len(homes)
    keys = {
        "officine": [OFFICINE] * count, "lot_date": ["2026-01-05"] * count, "lot": ["001"] * count,
        "facture": [f"{rank + 1:09}" for rank in range(count)],
    }  # fmt: skip
    housed = [(rank, home) for rank, home in enumerate(homes) if home is not None]
    given: dict[str, dict[str, Any]] = {
        "factures": {**keys, "date_facture": ["2026-01-05"] * count, "naissance": list(births or ["150855"] * count)},
        "comptes_clients": {**keys, "client": list(clients or ["C1"] * count), "du_cents": [1200] * count},
    }
    if housed:
        told = {name: [home[name] for _, home in housed] for name in HOME}
        given["adresses"] = {"facture_rang": [rank for rank, _ in housed], **told}
    return Book.from_columns(given)


def contacts(
    *homes: dict[str, str] | None, clients: tuple[str, ...] = (), births: tuple[str, ...] = ()
) -> tuple[Contact, ...]:
    return patient_contacts(reconcile(owing(*homes, clients=clients, births=births)), TODAY)


def entry(debiteur: str, **changed: Any) -> Contact:
    home = Adresse(code_postal="99998", ville="AUTRE EXEMPLE")
    return Contact(**{"id": "e1", "nom": "EXEMPLE", "type": TypeDebiteur.PATIENT, "debiteurs": (debiteur,),
                      "adresse": home, **changed})  # fmt: skip


def test_name_and_address_of_a_beneficiary_are_read():
    """
    The 2B names, the 2C places; the facture is that under which they stand.
    """
    named = complement("2B", complement_voie="B", type_voie="RUE", voie="DES EXEMPLES")
    placed = complement("2C", ville="VILLE EXEMPLE", adresse_2="LIEU DIT EXEMPLE")
    assert [{"facture_rang": 0, **HOME}] == adresses(named, placed)


def test_name_without_an_address():
    """
    Nothing is made up of what the 2C would say.
    """
    expected = {"facture_rang": 0, **HOME, **BLANK, "civilite": "MME", "numero_voie": "0012"}
    assert [expected] == adresses(complement("2B"))


@pytest.mark.parametrize(
    "records",
    [
        (),
        (complement("2C"),),
        (complement("2B", nom=""), complement("2C")),
        (complement("2B"), complement("2B", prenom="CLAUDE"), complement("2C")),
        (complement("2B"), complement("2C"), complement("2C", ville="AUTRE VILLE")),
    ],
    ids=["none", "2C alone", "no name", "two names", "two towns"],
)
def test_no_address_is_guessed(records):
    """
    Without a name, or with two answers, there is none.
    """
    assert [] == adresses(*records)


def test_address_of_a_facture_that_is_left_out():
    """
    It goes with its facture: the record of another facture condemns both.
    """
    lecture = read(b"".join([*TWO_LOTS[:3], complement("2B"), complement("2P", facture="A99999999"), *TWO_LOTS[3:]]))
    assert [] == rows(lecture.tables, "adresses")


def test_what_rests_on_few_sources_is_told():
    """
    The street stands where one source alone puts it.
    """
    lecture = read(b"".join([*TWO_LOTS[:3], complement("2B"), complement("2C"), *TWO_LOTS[3:]]))
    told = lecture.tables.sources[0].confiance
    assert ("B", "C", "A", "B") == tuple(told[name] for name in ("2B.nom", "2B.voie", "2C.code_postal", "2C.ville"))


def test_addresses_are_written_as_they_are_read():
    """
    Bytes that carry them make tables that make the same bytes.
    """
    named, placed = complement("2B", voie="DES EXEMPLES"), complement("2C", adresse_2="LIEU DIT")
    tables = read(b"".join([*TWO_LOTS[:3], named, placed, *TWO_LOTS[3:]])).tables
    again = read(written(tables)).tables
    assert 1 == len(tables.adresses)
    assert rows(tables, "adresses") == rows(again, "adresses")
    assert written(tables) == written(again)


def test_address_of_no_facture_cannot_be_written():
    """
    It has no place in a file of lots; neither has a second one.
    """
    tables = read(b"".join([*TWO_LOTS[:3], complement("2B"), *TWO_LOTS[3:]])).tables
    for wrong in ([-1], [0, 0]):
        home = tables.adresses.take(np.zeros(len(wrong), dtype=np.int32)).with_columns(facture_rang=wrong)
        with pytest.raises(ColumnError):
            written(Tables(sources=tables.sources, lots=tables.lots, factures=tables.factures, lignes=tables.lignes,
                           adresses=home))  # fmt: skip


def test_addresses_follow_their_facture():
    """
    Joined with others, or delivered twice, each stays with its own facture, once.
    """
    lot = b"".join([*TWO_LOTS[:3], complement("2B"), complement("2C"), *TWO_LOTS[3:]])
    number = PREFIX["facture"]
    plain = read(b"".join(TWO_LOTS).replace(number, b"Z" + number[1:]), "autre.b2")
    lectures: list[Lecture] = [plain, read(lot), read(lot, "exemple-bis.b2")]
    tables = Book.from_lectures(lectures).tables
    (home,) = rows(tables, "adresses")
    assert number == tables.factures.facture[home["facture_rang"]]


def test_nothing_personal_is_shown():
    """
    Every column but the pointer is marked sensitive, and the table does not print.
    """
    table = read(b"".join([*TWO_LOTS[:3], complement("2B"), *TWO_LOTS[3:]])).tables.adresses
    assert ["facture_rang"] == [name for name, kind in table.kinds().items() if not kind.sensible]
    assert "<Adresses of 1 rows>" == repr(table)


def test_contact_of_a_patient():
    """
    Who lives where, for that officine, and for a letter only.
    """
    (contact,) = contacts(HOME)
    expected = Adresse(lignes=("12 B RUE DES EXEMPLES", "LIEU DIT EXEMPLE"), code_postal="99999", ville="VILLE EXEMPLE")
    assert expected == contact.adresse
    assert ("CAMILLE EXEMPLE", "Madame", TypeDebiteur.PATIENT) == (contact.nom, contact.civilite, contact.type)
    assert (("CLIENT:C1",), OFFICINE) == (contact.debiteurs, contact.officine)
    assert contact.reaches(Canal.LETTRE)
    assert not contact.reaches(Canal.EMAIL)
    assert "C1" not in contact.id


def test_facture_without_a_client_is_its_own_debtor():
    """
    No reference joins it to another.
    """
    found = contacts(HOME, HOME, clients=("", ""))
    expected = {("FACTURE:2026-01-05/001/000000001",), ("FACTURE:2026-01-05/001/000000002",)}
    assert expected == {one.debiteurs for one in found}


@pytest.mark.parametrize(
    ("homes", "expected"),
    [
        ((HOME, HOME), 1),
        ((HOME, None), 1),
        ((HOME, {**HOME, "ville": "AUTRE EXEMPLE"}), 0),
        ((HOME, {**HOME, "prenom_beneficiaire": "CLAUDE"}), 0),
        ((HOME, {**HOME, "code_postal": ""}), 0),
        (({**HOME, "code_postal": "00000"},), 0),
        (({**HOME, "ville": " "},), 0),
        ((None,), 0),
    ],
    ids=["alike", "one silent", "two towns", "two people", "one incomplete", "no postcode", "no town", "none"],
)
def test_factures_of_a_client_must_agree(homes, expected):
    """
    One that contradicts another, or itself says too little, makes the address unknown.
    """
    assert expected == len(contacts(*homes))


def test_facture_of_two_clients_is_nobody_s():
    """
    Two accounts that name two clients for one share: neither has the address.
    """
    given = owing(HOME).tables
    twice = given.comptes_clients.take(np.zeros(2, dtype=np.int32)).with_columns(client=["C1", "C2"])
    book = Book.from_columns({
        "factures": given.factures.columns(), "adresses": given.adresses.columns(),
        "comptes_clients": twice.columns(),
    })  # fmt: skip
    assert () == patient_contacts(reconcile(book), TODAY)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ((), 1),
        ((entry("CLIENT:C1"),), 0),
        ((entry("CLIENT:*"),), 0),
        ((entry("CLIENT:C1", officine="999000027"),), 1),
        ((entry("CLIENT:C1", au=dt.date(2026, 3, 1)),), 1),
        ((entry("CLIENT:C1"), entry("CLIENT:C1", id="e2")), 0),
    ],
    ids=["nothing", "that client", "any client", "another officine", "until yesterday", "two that tie"],
)
def test_annuaire_comes_first(known, expected):
    """
    What the officine says of a debtor is never replaced, not even where it contradicts itself.
    """
    annuaire = with_patients(Annuaire(contacts=known), reconcile(owing(HOME)), TODAY)
    assert len(known) + expected == len(annuaire)


def test_insurer_gets_no_address_from_a_lot():
    """
    A share of an insurer, of a facture that carries an address, adds nobody.
    """
    given = owing(HOME).tables
    book = Book.from_columns({
        "factures": {**given.factures.columns(), "paiement": ["05"], "part_amo_cents": [500], "regime": ["01"],
                     "caisse": ["999"], "centre": ["0000"]},
        "adresses": given.adresses.columns(),
    })  # fmt: skip
    result = reconcile(book)
    assert 1 == len(result.creances)
    assert () == patient_contacts(result, TODAY)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("M", "Monsieur"), ("MR", "Monsieur"), ("MME", "Madame"), ("mle", "Madame"), ("1", ""), ("DR", ""), ("", "")],
)
def test_title_is_written_out_or_left_out(written, expected):
    """
    A letter says Madame or Monsieur where the title is certain, and neither otherwise.
    """
    (contact,) = contacts({**HOME, "civilite": written})
    assert expected == contact.civilite


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("150855", 1),
        ("020308", 1),
        ("030308", 0),
        ("550815", 1),
        ("151015", 0),
        ("150310", 0),
        ("999999", 0),
        ("", 0),
    ],
    ids=["of age", "18 today", "18 tomorrow", "year first", "child", "of age in one order only", "no day", "not told"],
)
def test_child_is_not_written_to(born, expected):
    """
    Whoever may be under 18 on the day, in either order of the digits, has no contact of the lots.
    """
    assert expected == len(contacts(HOME, births=(born,)))


def test_child_of_a_family_s_account():
    """
    One facture of a child and one of an adult, of one client: the letter would be about both, and goes to nobody.
    """
    assert () == contacts(HOME, HOME, births=("150855", "151015"))


@given(born=st.dates(dt.date(1927, 1, 1), TODAY), year_first=st.booleans())
def test_no_child_is_taken_for_an_adult(born, year_first):
    """
    Whatever the order of the digits: an oracle that knows the true day.
    """
    written = f"{born:%y%m%d}" if year_first else f"{born:%d%m%y}"
    of_age = (TODAY.year - born.year) - ((TODAY.month, TODAY.day) < (born.month, born.day)) >= 18
    assert of_age or may_be_minor(written, TODAY)
