"""Objects and columns tell the same facts, both ways; nothing of a patient shows."""

from __future__ import annotations

import datetime as dt
import inspect
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiers_payant.domain import _banque, _facture, _objets, _organismes, _retour
from tiers_payant.domain._banque import CompteClient, Encaissement, Releve, Virement
from tiers_payant.domain._codes import NatureMouvement, Part, Reponse, Statut
from tiers_payant.domain._facture import (
    Arl,
    Assure,
    Beneficiaire,
    Facture,
    LigneFacture,
    Lot,
    Officine,
    PartFacturee,
)
from tiers_payant.domain._identifiants import Nir, NumeroPS
from tiers_payant.domain._objets import (
    facture_at,
    lot_at,
    officines_of,
    releve_at,
    retour_at,
    tables_from_objects,
    virement_at,
)
from tiers_payant.domain._organismes import NatureOrganisme, Organisme
from tiers_payant.domain._retour import MotifRejet, Mouvement, ReponseFacture, Retour, VirementAnnonce
from tiers_payant.domain.tables import Factures, Lots, Tables
from tiers_payant.errors import ColumnError, IdentifierError

CAISSE = Organisme.amo("01", "999", "0000")
MUTUELLE = Organisme.amc("99999997")
JOUR = dt.date(2026, 3, 2)

# --- strategies

cents = st.integers(-(10**9), 10**9)
small = st.integers(0, 30_000)
jours = st.dates(dt.date(2000, 1, 1), dt.date(2060, 12, 31))
maybe_jours = st.none() | jours
mots = st.text("ABCXYZ0129-", max_size=6)
chiffres = st.text("0123456789", min_size=1, max_size=9)
libelles = st.text("ABCé °'0129", max_size=12).map(str.strip)
numeros_ps = st.integers(1, 99).map(lambda number: f"9990000{number:02}")
amos = st.builds(Organisme.amo, st.sampled_from(["01", "02", "91"]), st.sampled_from(["999", "998"]))
amcs = st.integers(99999000, 99999999).map(str).map(Organisme.amc)
nirs = st.integers(0, 999).map(lambda order: f"1550899999{order:03}")
comptes = st.integers(0, 10**10).map(lambda number: f"9999900001A{number:010}")


@st.composite
def factures(draw: st.DrawFn) -> Facture:
    amo, amc = draw(amos), draw(amcs)
    part_amo = PartFacturee(part=Part.AMO, montant_cents=draw(cents), debiteur=amo)
    part_amc = PartFacturee(part=Part.AMC, montant_cents=draw(cents), debiteur=draw(st.sampled_from([amo, amc])))
    said: dict[str, Any] = {
        "parts": draw(st.sampled_from([(), (part_amo,), (part_amc,), (part_amo, part_amc)])),
        "amo": amo,
        "beneficiaire": draw(st.none() | beneficiaires),
        "lignes": draw(st.lists(lignes, max_size=2)),
    }
    if draw(st.booleans()):
        said |= {"total_cents": draw(cents), "part_assure_cents": draw(cents), "nature_assurance": "30"}
    return Facture(
        numero=draw(chiffres),
        date=draw(maybe_jours),
        exoneration=draw(mots),
        prescripteur=draw(mots),
        date_prescription=draw(maybe_jours),
        **said,
    )


lignes = st.builds(
    LigneFacture,
    montant_amo_cents=cents,
    montant_amc_cents=cents,
    depense_cents=cents,
    base_cents=cents,
    prix_unitaire_cents=small,
    quantite=small,
    coefficient=small,
    taux=small,
    acte=mots,
    date_soins=maybe_jours,
)
beneficiaires = st.builds(
    Beneficiaire,
    assure=st.builds(Assure, nir=nirs, cle=st.sampled_from(["", "47"])),
    nir=st.just("") | nirs,
    naissance=st.sampled_from(["", "990155"]),
    rang=st.sampled_from(["", "1"]),
)


@st.composite
def lots(draw: st.DrawFn) -> Lot:
    return Lot(
        officine=draw(st.builds(Officine, numero=numeros_ps, nom=libelles)),
        date=draw(jours),
        numero=draw(mots),
        destinataire=draw(mots),
        factures=draw(st.lists(factures(), max_size=3)),
    )


key = {"officine": numeros_ps, "lot_date": jours, "lot": mots, "facture": chiffres}
reponses = st.lists(
    st.builds(
        ReponseFacture,
        **key,
        part=st.sampled_from(Part),
        reponse=st.sampled_from(Reponse),
        annonce_cents=cents,
        demande_cents=cents,
        amc=mots,
        nir=st.just("") | nirs,
        naissance=st.sampled_from(["", "990155"]),
    ),
    max_size=3,
)
mouvements = st.lists(
    st.builds(
        Mouvement,
        officine=numeros_ps,
        nature=st.sampled_from(NatureMouvement),
        montant_cents=cents,
        solde_cents=cents,
        reference=mots,
        dette=mots,
        operation=mots,
        date=maybe_jours,
        libelle=libelles,
    ),
    max_size=2,
)
rejets = st.builds(
    MotifRejet, **key, code=mots, libelle=libelles, part=mots, portee=mots, acte=mots, date_soins=maybe_jours
)
annonces = st.builds(
    VirementAnnonce,
    officine=numeros_ps,
    date=maybe_jours,
    libelle_1=libelles,
    libelle_2=libelles,
    organisme=mots,
    part=st.sampled_from(Part),
    reponses=reponses,
    mouvements=mouvements,
)
retours = st.builds(
    Retour,
    date=maybe_jours,
    reference=mots,
    emetteur_type=mots,
    emetteur=mots,
    destinataire_type=mots,
    destinataire=mots,
    fichier=mots,
    total_cents=cents,
    empreinte=mots,
    virements=st.lists(annonces, max_size=2),
    reponses=reponses,
    rejets=st.lists(rejets, max_size=2),
    mouvements=mouvements,
)
releves = st.builds(
    Releve,
    compte=comptes,
    compte_affiche=libelles,
    identifiant=libelles,
    devise=st.sampled_from(["EUR", "CHF"]),
    avis=st.booleans(),
    du=maybe_jours,
    au=maybe_jours,
    initial_cents=st.none() | cents,
    final_cents=st.none() | cents,
    lignes=st.lists(
        st.builds(
            Virement,
            date=maybe_jours,
            montant_cents=cents,
            libelle=libelles,
            emetteur=libelles,
            textes=libelles,
            date_valeur=maybe_jours,
            statut=st.sampled_from(Statut),
            code_operation=mots,
            extourne=st.booleans(),
        ),
        max_size=3,
    ),
)
arls = st.builds(
    Arl, officine=numeros_ps, lot_date=jours, lot=mots, date=maybe_jours, positif=st.booleans(), libelle=libelles
)
clients = st.builds(CompteClient, **key, client=mots, du_cents=cents)
encaissements = st.builds(Encaissement, **key, date=jours, montant_cents=cents)


def lot(*held: Facture) -> Lot:
    return Lot(officine=Officine(numero="029900009", nom="EXEMPLE"), date=JOUR, numero="012", factures=held)


def facture(**said: Any) -> Facture:
    parts = (PartFacturee(part=Part.AMO, montant_cents=1300, debiteur=CAISSE),)
    return Facture(**{"numero": "000000007", "parts": parts, **said})


def contents(tables: Tables) -> dict[str, list[dict[str, object]]]:
    return {name: [table.row(row) for row in range(len(table))] for name, table in tables.each()}


# --- both ways


@settings(max_examples=60)
@given(st.lists(lots(), max_size=3), st.lists(retours, max_size=3), st.lists(releves, max_size=3))
def test_objects_come_back_from_columns(sent, received, statements):
    """
    What a vendor gives is what is shown, lines, persons and debtors included.
    """
    tables = tables_from_objects(lots=sent, retours=received, releves=statements)
    assert sent == [lot_at(tables, row) for row in range(len(tables.lots))]
    assert received == [retour_at(tables, row) for row in range(len(tables.retours))]
    assert statements == [releve_at(tables, row) for row in range(len(tables.releves))]


@settings(max_examples=60)
@given(st.lists(lots(), max_size=3), st.lists(retours, max_size=3), st.lists(releves, max_size=3))
def test_columns_come_back_from_objects(sent, received, statements):
    """
    Columns made objects and columns again are the same, row for row and pointer for pointer.
    """
    tables = tables_from_objects(lots=sent, retours=received, releves=statements)
    again = tables_from_objects(
        lots=[lot_at(tables, row) for row in range(len(tables.lots))],
        retours=[retour_at(tables, row) for row in range(len(tables.retours))],
        releves=[releve_at(tables, row) for row in range(len(tables.releves))],
        officines=officines_of(tables),
    )
    assert contents(tables) == contents(again)


@given(st.lists(arls, max_size=3), st.lists(clients, max_size=3), st.lists(encaissements, max_size=3))
def test_events_become_rows(acknowledged, owed, received):
    """
    Acknowledgements, patient accounts and receipts are told field for field.
    """
    tables = tables_from_objects(arls=acknowledged, comptes_clients=owed, encaissements=received)
    for objects, table in (
        (acknowledged, tables.arls),
        (owed, tables.comptes_clients),
        (received, tables.encaissements),
    ):
        expected = [{**attrs.asdict(one), "source": 0} for one in objects]
        assert expected == [table.row(row) for row in range(len(table))]


def test_accounts_of_an_officine_are_found_again():
    """
    An officine told twice, and with its lot, has each account once, whatever the writing of the IBAN.
    """
    officine = Officine(numero="029900009", nom="EXEMPLE", comptes=("FR76 9999 9000 0100 0000 0000 A97",))
    tables = tables_from_objects(
        officines=[officine, officine], lots=[Lot(officine=officine, date=JOUR, numero="1", factures=[facture()])]
    )
    assert (officine,) == officines_of(tables)
    assert ("99999000010000000000A",) == lot_at(tables, 0).officine.comptes


def test_bank_line_alone():
    """
    A line is looked at without its statement.
    """
    line = Virement(date=JOUR, montant_cents=-5, libelle="FRAIS EXEMPLE")
    tables = tables_from_objects(releves=[Releve(compte="x"), Releve(compte="y", lignes=[line])])
    assert line == virement_at(tables, 0)
    assert (1, 2) == (tables.virements.releve[0], tables.virements.source[0])


# --- what is derived


@pytest.mark.parametrize(
    ("shares", "paiement"),
    [((), "00"), ((Part.AMO,), "05"), ((Part.AMO, Part.AMC), "15"), ((Part.AMC,), "25")],
)
def test_payee_code_tells_the_shares_billed(shares, paiement):
    """
    The code of B2 type 2, 115-116, follows from the shares.
    """
    owed = {Part.AMO: CAISSE, Part.AMC: MUTUELLE}
    parts = [PartFacturee(part=part, montant_cents=100, debiteur=owed[part]) for part in shares]
    built = facture(parts=parts)
    assert (paiement, tuple(parts)) == (built.paiement, built.parts_facturees)


def test_c2s_changes_the_debtor_and_sets_the_contract():
    """
    An AMC share owed by the AMO is C2S: contract 89, no complementary insurer.
    """
    parts = [PartFacturee(part=part, montant_cents=100, debiteur=CAISSE) for part in (Part.AMO, Part.AMC)]
    built = facture(parts=parts)
    assert ("89", "15", None) == (built.contrat, built.paiement, built.amc)
    row = tables_from_objects(lots=[lot(built)]).factures.row(0)
    assert ("89", "", "01", "999", "0000") == tuple(row[n] for n in ("contrat", "amc", "regime", "caisse", "centre"))


def test_c2s_facture_of_a_file_may_name_an_insurer():
    """
    Contract 89 makes the AMO owe, whatever AMC number stands beside; the number is not lost.
    """
    columns = {"regime": [b"01"], "caisse": [b"999"], "centre": [b"0000"], "amc": [b"0099999997"]}
    read = Factures.of(1, **columns, contrat=[b"89"], paiement=[b"15"], part_amc_cents=[100])
    built = facture_at(Tables(factures=read), 0)
    assert [CAISSE, CAISSE] == [part.debiteur for part in built.parts]
    assert MUTUELLE == built.amc


def test_amounts_left_out_follow_from_the_shares():
    """
    The total is the sum of the shares; what the AMO leaves is the patient's before the AMC.
    """
    amc = PartFacturee(part=Part.AMC, montant_cents=700, debiteur=MUTUELLE)
    built = facture(parts=[*facture().parts, amc])
    assert (2000, 700, 700) == (built.total_cents, built.part_assure_cents, built.montant_cents(Part.AMC))


def test_care_date_is_the_earliest_of_the_lines():
    """
    Lines without a date say nothing; a date given stands.
    """
    lines = [LigneFacture(date_soins=day) for day in (None, JOUR, JOUR - dt.timedelta(days=2))]
    assert JOUR - dt.timedelta(days=2) == facture(lignes=lines).date_soins
    assert JOUR == facture(lignes=lines, date_soins=JOUR).date_soins


def test_share_told_but_not_billed():
    """
    An amount whose code does not bill it is kept, and is not asked.
    """
    amc = PartFacturee(part=Part.AMC, montant_cents=700, debiteur=MUTUELLE)
    built = facture(parts=[*facture().parts, amc], paiement="05")
    assert 1300 == lot(built).total_cents
    assert built == facture_at(tables_from_objects(lots=[lot(built)]), 0)


def test_unknown_payee_code_bills_nothing():
    """
    Of a code that no source explains, no share is taken as billed; the code stays.
    """
    built = facture(paiement="10")
    assert () == built.parts_facturees
    assert built == facture_at(tables_from_objects(lots=[lot(built)]), 0)


def test_net_of_an_announced_transfer():
    """
    Announced lines and signed movements; a return that states no total has that of its transfers.
    """
    answer = ReponseFacture(
        officine="029900009", lot_date=JOUR, lot="012", facture="7", reponse=Reponse.PAYEE, annonce_cents=1300
    )
    held = Mouvement(officine="029900009", nature=NatureMouvement.RETENUE, montant_cents=-300)
    announced = VirementAnnonce(officine="029900009", reponses=[answer], mouvements=[held])
    assert 1000 == announced.net_cents == Retour(virements=[announced]).total_cents
    assert [answer, answer] == list(Retour(virements=[announced], reponses=[answer]).each_reponse())


def test_gap_of_a_statement():
    """
    Booked lines only; unknown when a balance is not told.
    """
    lines = [
        Virement(date=JOUR, montant_cents=500),
        Virement(date=JOUR, montant_cents=70, statut=Statut.EN_ATTENTE),
    ]
    assert 3 == Releve(compte="x", initial_cents=100, final_cents=603, lignes=lines).ecart_cents
    assert Releve(compte="x", initial_cents=100, lignes=lines).ecart_cents is None


# --- organisms and identifiers


@given(amos | amcs | st.sampled_from(["Exemple tiers payant", "OTP-99"]).map(Organisme.operateur))
def test_organism_reads_back_from_its_text(organisme):
    """
    The short text is the organism.
    """
    assert organisme == Organisme.parse(str(organisme))


def test_amc_written_in_8_or_10_is_one():
    """
    Two writings of one number make one organism.
    """
    assert Organisme.amc("0099999997") == Organisme.amc("99999997") == Organisme.parse("AMC:0099999997")


@pytest.mark.parametrize(
    "text",
    ["", "AMO", "AMO:", "AMO:1-751-0000", "AMO:01-751", "AMO:01-75A-0000", "AMC:", "AMC:123", "AMC:0000000000",
     "MUT:99999997", "OPERATEUR:", "OPERATEUR:a:b", "OPERATEUR:é"],
)  # fmt: skip
def test_text_that_is_no_organism(text):
    """
    Anything else is refused, and only its shape is told.
    """
    with pytest.raises(IdentifierError):
        Organisme.parse(text)


def test_organism_badly_written_in_a_file_is_kept():
    """
    A file's wrong number can be looked at; an absent one is none.
    """
    assert "AMC:12A" == str(Organisme.read_amc("12A"))
    assert "AMO:01--" == str(Organisme.read_amo("01", "", ""))
    assert (None, None) == (Organisme.read_amc(""), Organisme.read_amo("", "", ""))


@pytest.mark.parametrize("numero", ["", "12345678", "000000000", "ABCDEFGHI"])
def test_provider_number_is_parsed_once_at_the_edge(numero):
    """
    A text that is no provider number is refused wherever an officine is named.
    """
    for build in (
        lambda: Officine(numero=numero),
        lambda: Arl(officine=numero, lot_date=JOUR, lot="1", positif=True),
        lambda: Mouvement(officine=numero, nature=NatureMouvement.AUTRE),
    ):
        with pytest.raises(IdentifierError):
            build()


def test_identifiers_are_taken_as_texts_or_parsed():
    """
    A NIR with its key and spaces, a `Nir`, a `NumeroPS`: all accepted, one value kept.
    """
    assert "1550899999001" == Assure(nir="1 55 08 99 999 001 47").nir == Assure(nir=Nir.parse("1550899999001")).nir
    assert "029900009" == Officine(numero=NumeroPS.parse("02 990 0009")).numero
    assert Nir.parse("1550899999001") == Assure(nir="1550899999001", cle="47").numero
    with pytest.raises(IdentifierError):
        Assure(nir="1550899999001" + "48")


def test_what_a_file_got_wrong_can_be_looked_at():
    """
    Looking at a row never raises: broken identifiers stay texts, and are no `Nir`.
    """
    tables = Tables(
        lots=Lots.of(1, officine=[b"000000000"], lot_date=[JOUR]),
        factures=Factures.of(1, nir=[b"12?"], paiement=[b"15"], amc=[b"X"], lot_rang=[0]),
    )
    seen = lot_at(tables, 0)
    person = seen.factures[0].beneficiaire
    assert person is not None
    assert ("000000000", "12?", None) == (seen.officine.numero, person.assure.nir, person.assure.numero)
    assert str is type(seen.officine.numero) is type(person.assure.nir)


# --- refusals


@pytest.mark.parametrize(
    "said",
    [
        {"parts": [PartFacturee(part=Part.ASSURE, montant_cents=1)]},
        {"parts": [PartFacturee(part=Part.AMO, montant_cents=1)] * 2},
        {"parts": [PartFacturee(part=Part.AMO, montant_cents=1, debiteur=MUTUELLE)]},
        {"parts": [PartFacturee(part=Part.AMO, montant_cents=1, debiteur=CAISSE)], "amo": Organisme.amo("02", "999")},
        {"parts": [PartFacturee(part=Part.AMC, montant_cents=1, debiteur=MUTUELLE)], "contrat": "89", "amo": CAISSE},
        {"parts": [PartFacturee(part=Part.AMC, montant_cents=1, debiteur=CAISSE)], "contrat": "", "amc": MUTUELLE},
        {"parts": [PartFacturee(part=Part.AMC, montant_cents=1, debiteur=Organisme.operateur("EXEMPLE"))]},
    ],
)
def test_shares_that_columns_could_not_tell_are_refused(said):
    """
    A debtor never changes on the way to the columns.
    """
    with pytest.raises(ColumnError):
        facture(**said)


@pytest.mark.parametrize(
    "said",
    [
        {"numero": 7},
        {"numero": "n°7"},
        {"numero": "7\0"},
        {"numero": None},
        {"date": "2026-03-02"},
        {"date": dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)},
        {"total_cents": 12.5},
        {"total_cents": "1250"},
        {"total_cents": 2**70},
        {"total_cents": True},
        {"lignes": [LigneFacture(quantite=40_000)]},
        {"lignes": [LigneFacture(base_cents=2**31)]},
    ],
)
def test_nonsense_never_becomes_a_column(said):
    """
    A number for a text, a text for a date or an amount, an amount that does not fit: refused, never converted.
    """
    with pytest.raises(ColumnError):
        tables_from_objects(lots=[lot(facture(**said))])


def test_spaces_around_a_code_are_dropped():
    """
    Columns hold texts without blanks around, as readers leave them.
    """
    tables = tables_from_objects(lots=[lot(facture(numero=" 7 "), facture(numero="08"))])
    assert [b"7", b"08"] == tables.factures.facture.tolist()


# --- health data

SECRETS = ("1550899999001", "2550899999002", "Q7W8E9", "99/01/55", "JEAN EXEMPLE", "CLIENT-4711")


def test_no_type_shows_health_data():
    """
    Every type of the object view is built with recognisable values: none stands in a `repr`.
    """
    person = Beneficiaire(assure=Assure(nir=SECRETS[0], cle="47"), nir=SECRETS[1], naissance=SECRETS[3], rang="Q7W8E9")
    line = LigneFacture(acte=SECRETS[2])
    billed = facture(beneficiaire=person, exoneration=SECRETS[2], lignes=[line])
    of: dict[str, Any] = {"officine": "029900009", "lot_date": JOUR, "lot": "012", "facture": "7"}
    answer = ReponseFacture(**of, reponse=Reponse.PAYEE, nir=SECRETS[0], naissance=SECRETS[3])
    moved = Mouvement(officine="029900009", nature=NatureMouvement.AUTRE, libelle=SECRETS[4])
    reject = MotifRejet(**of, code="X1", libelle=SECRETS[4], acte=SECRETS[2])
    announced = VirementAnnonce(officine="029900009", reponses=[answer], mouvements=[moved])
    credit = Virement(date=JOUR, montant_cents=1, libelle=SECRETS[4], emetteur=SECRETS[4], textes=f"RMT:{SECRETS[4]}")
    built = [
        person, person.assure, line, billed, *billed.parts, CAISSE, lot(billed), lot().officine, answer, moved, reject,
        announced, Retour(virements=[announced], rejets=[reject]), credit, Releve(compte="x", lignes=[credit]),
        CompteClient(**of, du_cents=1, client=SECRETS[5]), Encaissement(**of, date=JOUR, montant_cents=1),
        Arl(officine="029900009", lot_date=JOUR, lot="012", positif=True),
    ]  # fmt: skip
    assert every_type() == {type(one) for one in built}
    assert [] == [type(one).__name__ for one in built if any(secret in repr(one) for secret in SECRETS)]


def every_type() -> set[type]:
    return {
        found
        for module in (_banque, _facture, _organismes, _retour)
        for _, found in inspect.getmembers(module, inspect.isclass)
        if attrs.has(found) and found.__module__ == module.__name__
    }


def test_text_fields_that_columns_call_sensitive_are_masked_in_objects():
    """
    A field under the name of a column that holds health data shows its shape: no new field slips through.
    """
    marked = {name for rows in Tables.kinds().values() for name, kind in rows.kinds().items() if kind.sensible} - {
        "libelle"
    }
    shown = [
        f"{found.__name__}.{field.name}"
        for found in every_type()
        for field in attrs.fields(found)
        if field.name in marked and field.repr is True
    ]
    assert [] == shown


def test_types_are_frozen_and_hold_tuples():
    """
    Nothing inside an object can change: lists given become tuples.
    """
    built = facture(lignes=[LigneFacture()])
    assert (tuple, tuple) == (type(built.parts), type(built.lignes))
    held: tuple[Any, ...] = (built, *built.parts, CAISSE, lot(built), Releve(compte="x"), Retour())
    for one in held:
        for field in attrs.fields(type(one)):
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                setattr(one, field.name, None)


def test_health_data_in_an_error_shows_its_shape():
    """
    A NIR refused is never printed.
    """
    with pytest.raises(IdentifierError) as caught:
        Assure(nir="9550899999001")
    assert "9550899999001" not in str(caught.value)


def test_fingerprint_is_of_the_content_alone():
    """
    A return has the same fingerprint whatever stands beside it, and another when a cent differs.
    """

    def prints(*received: Retour) -> list[bytes]:
        column = _objets.with_empreintes(tables_from_objects(retours=received)).retours.empreinte
        return [bytes(value) for value in column]

    def paid(cents: int, lot: str = "012") -> Retour:
        answer = ReponseFacture(
            officine="029900009", lot_date=JOUR, lot=lot, facture="7", reponse=Reponse.PAYEE, annonce_cents=cents
        )
        return Retour(reponses=[answer])

    one, other, *rest = prints(paid(1), paid(2), paid(1), paid(3, lot="LONGER"), Retour(empreinte="0a"))
    assert prints(paid(1)) == [one] == rest[:1]
    assert other != one
    assert b"0a" == rest[-1]


def test_nature_of_an_organism_is_told():
    """
    Who owes a share is an AMO or an AMC; an operator is neither.
    """
    operator = Organisme.operateur("exemple")
    assert (NatureOrganisme.OPERATEUR, False, False) == (operator.nature, operator.is_amo, operator.is_amc)
    assert np.array_equal([True, False], [CAISSE.is_amo, MUTUELLE.is_amo])
