"""Every check: it fires on its fault, on nothing else, and says what a naive reading of the same facture says."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rejets.controle.lots import (
    CASES,
    FACTURE,
    LIGNES,
    NEW,
    TODAY,
    Case,
    acknowledged,
    answers,
    examen,
    lots,
    table,
)
from tests.rejets.controle.oracle import faults, repeats
from tests.rejets.controle.page import PAGE, page

import tiers_payant as tp
from tiers_payant.domain import (
    Alertes,
    Book,
    Calendrier,
    CheckSpec,
    Examen,
    Factures,
    Lignes,
    Nir,
    Part,
    Reponse,
    Reponses,
    Severite,
    Source,
    Tables,
    fiches,
)
from tiers_payant.errors import IdentifierError
from tiers_payant.plugins import build_manager, controles_of
from tiers_payant.rejets import CodesConnus, controles, devis, examine, prescription_ancienne
from tiers_payant.simulation import Taux, Verite, make_world, truth_of
from tiers_payant.simulation._lectures import lectures_of

CHECKS = controles_of(build_manager())
ALWAYS = tuple(check for check in CHECKS if check.actif)
ALONE = frozenset({"caisse_nouvelle", "amc_nouvelle", "doublon_numero", "doublon_envoye", "doublon_contenu"})
"""The checks that compare factures with one another."""


def found(given: Examen, checks: tuple[CheckSpec, ...] = CHECKS) -> set[tuple[int, str]]:
    alertes = examine(given, checks)
    names = [name.decode() for name in alertes.controle.tolist()]
    return set(zip(alertes.facture.tolist(), names, strict=True))


def test_clean_lots_pass_every_check():
    """
    Nothing is said of three factures in which nothing is wrong, by any check, asked by default or not.
    """
    assert set() == found(examen())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.controle)
def test_each_check_finds_its_fault(case: Case):
    """
    In the facture at fault, and there alone; what else is found is told by the case.
    """
    assert {(case.rang, name) for name in (case.controle, *case.aussi)} == found(case.examen)


def test_every_check_has_a_case():
    """
    A check that is added is added here too.
    """
    assert {check.name for check in CHECKS} == {case.controle for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.controle)
def test_a_naive_reading_says_the_same(case: Case):
    """
    The oracle judges one facture at a time, and was written apart.
    """
    wanted = faults(case.tables, case.today)
    assert wanted == {one for one in found(case.examen) if one[1] not in ALONE}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_check_says_what_it_is(check):
    """
    A sentence that ends, a column that exists, a source, and why it is off when it is.
    """
    assert check.phrase.endswith(".")
    assert check.phrase[0].isupper()
    assert check.champ in {*Factures.kinds(), *Lignes.kinds()}
    assert check.source
    assert check.actif or check.reserve.startswith("Éteint : ")
    assert check.famille in fiches()


def simulated(taux: Taux) -> tuple[Book, Verite]:
    world = make_world(officines=2, factures=600, mois=1, seed=11, taux=taux)
    return Book.from_lectures(lectures_of(world)), truth_of(world)


def told_of(book: Book) -> set[tuple[tuple[object, ...], str, Severite]]:
    """What is said of a history judged on its own days: the key of each facture, the check, its severity."""
    alertes = tp.check_lots(book, today=dt.date(2026, 1, 5), historique=True)
    factures = book.tables.factures.take(alertes.facture)
    keys = zip(
        factures.officine.tolist(), factures.lot_date.tolist(), factures.lot.tolist(), factures.facture.tolist(),
        strict=True,
    )  # fmt: skip
    return {
        ((officine.decode(), day, lot.decode(), facture.decode()), name.decode(), Severite(severity))
        for (officine, day, lot, facture), name, severity in zip(
            keys, alertes.controle.tolist(), alertes.severite.tolist(), strict=True
        )
    }


MANY = Taux(rejets=0.4, fautes_admises=0.2, refacturations=1.0)
PLAIN = attrs.evolve(MANY, dates_ressaisies=0.0, numeros_ressaisis=0.0, numeros_permutes=0.0, sans_retour=0.0)
"""Every reject comes back, under the key of its facture."""
NOT_STOPPED = {"rang_nul", "prescripteur_cle", "ordonnance_perimee"}
"""Visible faults that no check asked by default looks for: no source says that ranks begin at 1, that prescribers'
numbers have this key, or when a prescription is too old."""
PARTLY_STOPPED = {
    "exoneration_sans_effet", "nature_accident", "nature_maternite", "double_envoi", "naissance_impossible",
}  # fmt: skip
"""Rates under an exemption or another nature of insurance have no rule in the sources; and of two factures of one
dispensing, the one refused may be billed again. An impossible day is a year when dates are read the other way round."""


def test_what_is_told_of_simulated_lots_is_a_visible_fault():
    """
    No check says a word of a facture in which the simulator wrote no fault that shows; every other facture at fault is
    told of, but for the faults that no rule of ours finds.
    """
    book, truth = simulated(PLAIN)
    visible: dict[tuple[object, ...], str] = {
        (one.officine, one.lot_date, one.lot, one.facture): one.cause for one in truth.fautes if one.visible
    }
    told = {key for key, _, _ in told_of(book)}
    assert set() == told - visible.keys()
    missed = {visible[key] for key in visible.keys() - told}
    assert NOT_STOPPED == missed - PARTLY_STOPPED
    found = {visible[key] for key in told}
    assert set() == found & missed - PARTLY_STOPPED
    assert {"nir_cle", "amc_absente", "taux_faux", "prix_faux", "soins_tardifs"} <= found


def test_nothing_that_blocks_is_told_of_clean_factures():
    """
    Even where answers lose the key of their facture: the corrections of what they refuse may then look like duplicates,
    which is no more than a warning, and nothing else is said.
    """
    book, truth = simulated(attrs.evolve(MANY, numeros_ressaisis=0.3))
    visible = {(one.officine, one.lot_date, one.lot, one.facture) for one in truth.fautes if one.visible}
    again = {tuple(one.nouvelle[:4]) for one in truth.refacturations}
    wrong = {(key, name, severity) for key, name, severity in told_of(book) if key not in visible}
    assert {("doublon_contenu", Severite.AVERTISSEMENT)} == {(name, severity) for _, name, severity in wrong}
    assert {key for key, _, _ in wrong} <= again


def test_without_the_answers_corrections_look_like_duplicates():
    """
    What was refused and billed again is told once more, and nothing else of clean factures.
    """
    book, truth = simulated(PLAIN)
    alone = attrs.evolve(book, tables=attrs.evolve(book.tables, reponses=Reponses.empty()))
    more = told_of(alone) - told_of(book)
    assert {"doublon_contenu"} == {name for _, name, _ in more}
    again = {tuple(one.nouvelle[:4]) for one in truth.refacturations}
    twice = {(one.officine, one.lot_date, one.lot, one.facture) for one in truth.fautes if one.cause == "double_envoi"}
    assert {key for key, _, _ in more} <= again | twice


MESSY = st.sampled_from


@st.composite
def messy(draw: st.DrawFn) -> Tables:
    """Draw factures and lines of which every column may be wrong, from few values so that faults meet."""
    day = dt.date(2026, 3, 2)
    days = MESSY([day, day, day - dt.timedelta(days=1), day + dt.timedelta(days=9), dt.date(2026, 2, 18), None,
                  dt.date(2025, 1, 1)])  # fmt: skip
    nirs = MESSY(["1550899999001", "155082A999001", "155082b999001", "7559999999001", "1551399999001", "155", "",
                  "0000000000000", "15508Z9999001", "15508999990012"])  # fmt: skip
    cents = MESSY([0, 150, 650, 700, 800, 1500, -1, 99999999])
    rows = st.fixed_dictionaries(
        {
            "facture": MESSY(["000000001", "000000002", ""]), "lot_date": days, "date_facture": days,
            "date_soins": days, "date_prescription": days, "regime": MESSY(["01", "04", "42", "", "A1", "1"]),
            "caisse": MESSY(["999", "", "99", "A99"]), "amc": MESSY(["99999997", "", "0099999997", "12", "X9999999"]),
            "contrat": MESSY(["", "89", "85", "87"]), "paiement": MESSY(["00", "05", "15", "25", "77", ""]),
            "nature_assurance": MESSY(["10", "41", "", "55"]), "exoneration": MESSY(["0", "4", "6", "8", ""]),
            "nir": nirs, "nir_cle": MESSY(["47", "00", "", "A1", "4"]), "nir_beneficiaire": nirs,
            "naissance": MESSY(["150855", "550815", "151355", "290200", "310631", "", "000000", "1508", "15085A"]),
            "rang": MESSY(["1", "0", "", "A", "12"]), "total_cents": cents, "part_amo_cents": cents,
            "part_amc_cents": cents, "part_assure_cents": cents,
            "prescripteur": MESSY(["991000019", "991000018", "", "000000000", "12", "10000000009", "A91000019"]),
        }
    )  # fmt: skip
    factures = [{**FACTURE, **row} for row in draw(st.lists(rows, min_size=1, max_size=5))]
    lignes = st.fixed_dictionaries(
        {
            "facture_rang": st.integers(-1, len(factures) - 1), "date_soins": days,
            "acte": MESSY(["PH7", "PH2", "HD7", "AAD", "BMI", "ZZZ", "", "PH7XXXXXXX"]),
            "quantite": MESSY([0, 1, 2, 30]), "coefficient": MESSY([0, 100, 150]),
            "prix_unitaire_cents": MESSY([0, 33, 500, 1000, 1002]), "base_cents": MESSY([0, 1000, 1001, 1011, 231]),
            "taux": MESSY([0, 65, 15, 100]), "montant_amo_cents": MESSY([0, 650, 150, 800, 651]),
            "montant_amc_cents": MESSY([0, 350, 700]), "depense_cents": MESSY([0, 650, 1000, 1500]),
        }
    )  # fmt: skip
    lines = [{**LIGNES[0], **line} for line in draw(st.lists(lignes, min_size=1, max_size=8))]
    return Tables(factures=table(Factures, factures), lignes=table(Lignes, lines))


@given(messy())
@settings(max_examples=60)
def test_any_facture_is_judged_as_the_naive_reading_does(tables):
    """
    Whatever the columns hold.
    """
    checks = tuple(check for check in CHECKS if check.name not in ALONE)
    assert faults(tables, TODAY) == found(examen(tables), checks)


@settings(max_examples=60)
@given(st.text("0123456789ABab", min_size=12, max_size=14), st.sampled_from([None, "19", "2A", "2B", "2C", "2b"]))
def test_a_nir_is_judged_by_the_column_as_by_the_object(text, place):
    """
    The same numbers are taken, and have the same key.
    """
    text = text if place is None else text[:5] + place + text[7:]
    table = lots({"nir": text, "nir_cle": "00"})
    wrong = {name for row, name in found(examen(table)) if row == 1}
    try:
        nir = Nir.parse(text[:13]) if len(text) == 13 else None
    except IdentifierError:
        nir = None
    assert (nir is None) == bool(wrong & {"nir_absent", "nir_forme", "nir_mois"})
    if nir is not None:
        good = found(examen(lots({"nir": text, "nir_cle": nir.cle})))
        assert "nir_cle" not in {name for row, name in good if row == 1}
        assert "nir_cle" in wrong


@pytest.mark.parametrize(
    ("number", "key"),
    [("2951099126111", "93"), ("253072B073004", "70"), ("253072A073004", "43")],
)
def test_published_numbers_have_their_keys(number, key):
    """
    The test values of python-stdnum `fr.nir`, Corsica included (confidence H).
    """
    right, wrong = ({"nir": number, "nir_cle": told} for told in (key, "01"))
    assert not {name for _, name in found(examen(lots(right)), ALWAYS) if name.startswith("nir")}
    assert (1, "nir_cle") in found(examen(lots(wrong)), ALWAYS)


@pytest.mark.parametrize("last", [dt.date(2026, 5, 15), dt.date(2026, 5, 16)])
def test_lateness_is_counted_in_business_days(last):
    """
    Completed on 30 April 2026, a facture may leave until 15 May: 1 May, 8 May and Ascension Day do not count (R161-47).
    """
    day = dt.date(2026, 4, 30)
    same = {"date_facture": day, "date_soins": day}
    late = (1, "retard_transmission") in found(examen(lots(same, {"date_soins": day}), today=last))
    assert (last > dt.date(2026, 5, 15)) == late


def test_holidays_of_the_place_count():
    """
    26 December is a holiday in Alsace-Moselle: there the delay ends one day later.
    """
    day, today = dt.date(2025, 12, 18), dt.date(2026, 1, 2)
    tables = lots({"date_facture": day, "date_soins": day}, sans_lignes=True)
    told = [
        (1, "retard_transmission") in found(examen(tables, today=today, calendrier=Calendrier(place)))
        for place in ("metropole", "alsace_moselle")
    ]
    assert [True, False] == told


def test_a_history_is_judged_as_of_its_own_days():
    """
    Each facture on the day of its lot; where that is not known, on the day given.
    """
    months_later = dt.date(2026, 9, 1)
    told = examine(examen(lots({"lot_date": None}), today=months_later, historique=True), ALWAYS)
    assert [(1, b"retard_transmission")] == list(zip(told.facture.tolist(), told.controle.tolist(), strict=True))
    assert 3 == len(examine(examen(today=months_later), ALWAYS))


@pytest.mark.parametrize("case", [case for case in CASES if len(case.tables.factures) == 3], ids=lambda c: c.controle)
def test_order_of_rows_does_not_matter(case: Case):
    """
    Factures and lines the other way round: the same factures are told of, of the same faults.
    """
    tables = case.tables
    back, count = np.arange(3)[::-1], len(tables.lignes)
    lignes = tables.lignes.take(np.arange(count)[::-1])
    turned = attrs.evolve(
        tables,
        factures=tables.factures.take(back),
        lignes=lignes.with_columns(facture_rang=(2 - lignes.facture_rang).astype(np.int32)),
    )
    told = found(examen(turned, deja=case.deja, today=case.today))
    assert found(case.examen) == {(2 - row, name) for row, name in told}


JUNK = (b"", b"\0", b"\0\0A", b"\xff\xfe", b"-1", b"9" * 60, b" 1 ", b"\xc2\xb2", b"A" * 13, b"\n")


@given(st.data())
@settings(max_examples=25)
def test_junk_never_raises(data):
    """
    Whatever bytes stand in the columns of text, whatever numbers and days in the others.
    """
    factures = {
        name: np.array([data.draw(st.sampled_from(JUNK)) for _ in range(3)], dtype="S60")
        for name, kind in Factures.kinds().items()
        if kind.dtype == "S"
    }
    extremes = st.sampled_from([-(2**62), -1, 0, 1, 2**62])
    factures |= {
        name: np.array([data.draw(extremes) for _ in range(3)])
        for name, kind in Factures.kinds().items()
        if name.endswith("_cents")
    }
    days = st.sampled_from(["NaT", "0001-01-01", "9999-12-31", "-5000-01-01", "20000-01-01"])
    factures |= {
        name: np.array([data.draw(days) for _ in range(3)], dtype="datetime64[D]")
        for name, kind in Factures.kinds().items()
        if kind.dtype.startswith("datetime64")
    }
    clean = lots()
    tables = attrs.evolve(clean, factures=clean.factures.with_columns(**factures))
    alertes = examine(examen(tables, deja=clean), CHECKS)
    assert isinstance(alertes, Alertes)
    assert 3 == len(set(alertes.facture.tolist()))


def test_nothing_to_examine():
    """
    Empty tables, and no checks.
    """
    assert 0 == len(examine(examen(Tables()), CHECKS))
    assert 0 == len(examine(examen(Tables(), deja=lots()), CHECKS))
    assert 0 == len(examine(examen(), ()))


# --- duplicates


@pytest.mark.parametrize(
    ("deja", "again"),
    [
        (lots(), True),
        (answers(Reponse.PAYEE), True),
        (answers(Reponse.DIFFEREE), True),
        (answers(Reponse.TRAITEMENT_CAISSE), True),
        (answers(Reponse.REJETEE), False),
        (answers(Reponse.REJETEE, part=Part.NON_PRECISEE), False),
        (answers(Reponse.REJETEE, part=Part.AMC), True),
        (answers(Reponse.REJETEE, Reponse.PAYEE), True),
        (answers(Reponse.REJETEE, Reponse.TRAITEMENT_CAISSE), True),
        (answers(Reponse.PAYEE, Reponse.REJETEE), False),
        (answers(Reponse.PAYEE, cents=-800), False),
        (acknowledged(lots(), positif=False), False),
        (acknowledged(lots(), positif=True), True),
    ],
    ids=[
        "sent",
        "paid",
        "deferred",
        "reprocessed",
        "refused",
        "refused-whole",
        "other-share-refused",
        "paid-at-last",
        "reprocessed-at-last",
        "refused-at-last",
        "taken-back",
        "lot-refused",
        "lot-taken-in",
    ],
)
def test_what_was_refused_may_be_billed_again(deja, again):
    """
    Under the same number or another; what was not refused may not, nor what the caisse says it processes again.
    """
    same = found(examen(lots({"lot": "002"}), deja=deja))
    other = found(examen(lots({"facture": "000000777"}), deja=deja))
    assert again == ((1, "doublon_numero") in same)
    assert again == ((1, "doublon_envoye") in other)


def test_lot_given_twice_was_sent_under_its_own_number():
    """
    The same lot to be sent and among those sent: its numbers have served, none of it was billed under another.
    """
    assert {(rank, "doublon_numero") for rank in range(3)} == found(examen(lots(), deja=lots()))


def test_one_of_two_sent_bears_another_number():
    """
    Sent under its number and under another: both are told.
    """
    told = found(examen(lots(), deja=lots(plus=NEW)))
    assert {(1, "doublon_numero"), (1, "doublon_envoye")} == {(row, name) for row, name in told if row == 1}


def test_answers_without_the_lots_sent_serve():
    """
    What was sent stands among the lots, as in a history, and the answers beside.
    """
    history = lots(plus=NEW)
    refused = attrs.evolve(Tables(), reponses=answers(Reponse.REJETEE).reponses.with_columns(retour=[-1]))
    assert {(3, "doublon_contenu")} == found(examen(history))
    assert set() == found(examen(history, deja=refused))


def test_shares_billed_apart_are_no_duplicates():
    """
    The AMO share of a dispensing in one facture, its AMC share in another.
    """
    assert set() == found(examen(lots({"paiement": "05"}, plus={"paiement": "25", "facture": "000000009"})))


def test_the_first_of_several_is_left_alone():
    """
    By dates, lot and number, whatever the order of rows.
    """
    earlier = {"facture": "000000009", "lot_date": dt.date(2026, 3, 1), "lot": "950"}
    assert {(1, "doublon_contenu")} == found(examen(lots(plus=earlier)))


def test_other_lines_make_another_dispensing():
    """
    Same person, same day, same amounts, other acts: two dispensings.
    """
    told = found(examen(lots({"facture": "000000777"}, {"acte": "HD7"}), deja=lots()))
    assert "doublon_envoye" not in {name for row, name in told if row == 1}


@st.composite
def twins(draw: st.DrawFn) -> Tables:
    """Draw a few factures that often bill the same."""
    rows = st.fixed_dictionaries(
        {
            "facture": MESSY(["000000001", "000000002"]), "lot": MESSY(["001", "002", "003"]),
            "nir": MESSY(["1550899999001", "2550899999001", ""]), "paiement": MESSY(["00", "05", "15", "25"]),
            "part_amc_cents": MESSY([700, 0]), "date_soins": MESSY([dt.date(2026, 3, 1), dt.date(2026, 3, 2), None]),
        }
    )  # fmt: skip
    key = ("lot", "facture")
    drawn = draw(st.lists(rows, min_size=1, max_size=7, unique_by=lambda row: tuple(row[name] for name in key)))
    lignes = [{**LIGNES[draw(st.integers(0, 1))], "facture_rang": rank} for rank in range(len(drawn)) for _ in range(2)]
    return Tables(factures=table(Factures, [{**FACTURE, **row} for row in drawn]), lignes=table(Lignes, lignes))


@given(twins(), st.data())
@settings(max_examples=50)
def test_duplicates_are_those_of_a_naive_search(tables, data):
    """
    Every pair compared, share by share, answers taken into account; some of them sent before.
    """
    count = len(tables.factures)
    sent = data.draw(st.integers(0, count - 1))
    told = data.draw(st.lists(st.tuples(st.integers(0, count - 1), MESSY([Part.AMO, Part.AMC])), max_size=4))
    before, now = (tables.keep({"factures": mask}) for mask in (np.arange(count) < sent, np.arange(count) >= sent))
    for row, part in told:
        answered = answers(Reponse.REJETEE, rang=row, part=part, tables=tables).reponses.with_columns(retour=[-1])
        now = attrs.evolve(now, reponses=type(answered).concat([now.reponses, answered]))
    refused = {(row, part.name.lower()) for row, part in told}
    checks = tuple(check for check in CHECKS if check.name.startswith("doublon"))
    assert repeats(tables, sent, refused) == found(examen(now, deja=before), checks)


# --- parameters and lists


def test_thresholds_are_parameters():
    """
    Days and cents; the sentence says them.
    """
    old = lots({"date_prescription": dt.date(2026, 1, 1)})
    assert {(1, "prescription_ancienne")} == found(examen(old), (prescription_ancienne(30),))
    assert set() == found(examen(old), (prescription_ancienne(90),))
    assert {(0, "devis"), (1, "devis"), (2, "devis")} == found(examen(), (devis(1499),))
    assert set() == found(examen(), (devis(1500),))
    assert "14,99 €" in devis(1499).phrase


def test_lists_that_are_not_given_judge_nothing():
    """
    No code is unknown to whoever has no list.
    """
    wrong = lots({"regime": "42", "paiement": "77", "nature_assurance": "55", "exoneration": "8"}, {"acte": "ZZZ"})
    assert not [name for _, name in found(examen(wrong), controles(CodesConnus())) if name.endswith("_inconnu")]


@pytest.mark.parametrize(("format", "judged"), [("b2", True), ("neutre-csv", False)])
def test_a_table_of_factures_alone_is_not_asked_for_lines(format, judged):
    """
    A neutral file has no place for them; a file of lots has.
    """
    tables = attrs.evolve(lots(), lignes=Lignes.empty(), sources=(Source(nom="exemple", format=format),))
    told = [name for _, name in found(examen(tables))]
    assert ["facture_sans_ligne"] * 3 * judged == told


def test_alerts_are_sorted():
    """
    By facture, the most severe first, then by name.
    """
    tables = lots({"nir_cle": "95", "naissance": "", "nir": "7550899999001", "prescripteur": ""})
    alertes = examine(examen(tables), CHECKS[::-1])
    names = [name.decode() for name in alertes.controle.tolist()]
    assert ["nir_cle", "naissance_absente", "prescripteur_absent", "nir_provisoire"] == names
    assert [Severite.BLOQUANT, Severite.AVERTISSEMENT, Severite.AVERTISSEMENT, Severite.INFORMATION] == [
        Severite(value) for value in alertes.severite.tolist()
    ]


def test_the_page_is_that_of_the_checks():
    """
    docs/reference/controles.md says what the checks say.
    """
    assert page() == PAGE.read_text(encoding="utf-8")
