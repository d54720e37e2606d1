"""Patient shares that somebody else may owe: `dunning.requalifications`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dunning.dossiers import dossier, facture, owing

from tiers_payant.domain import Etat, Part
from tiers_payant.dunning import _requalification
from tiers_payant.dunning._requalification import JOURS, requalifications
from tiers_payant.formats import listes

COVERED = {"amc": "0099999997"}


def shown(result):
    """Facture owed, reason, and the facture that shows it."""
    found, numbers = requalifications(result), result.tables.factures.facture
    return [
        (
            int(result.creances.facture[row]),
            motif.decode(),
            None if other < 0 else int(numbers[other]),
        )
        for row, motif, other in zip(found.creance.tolist(), found.motif.tolist(), found.facture.tolist(), strict=True)
    ]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (COVERED, ["AMC_CONNUE"]),
        ({"contrat": "89"}, ["C2S_CONNUE"]),
        ({**COVERED, "contrat": "89", "exoneration": "4"}, ["AMC_CONNUE", "C2S_CONNUE", "EXONERATION_CONNUE"]),
        ({"exoneration": "5"}, ["EXONERATION_CONNUE"]),
        ({"exoneration": "6"}, ["EXONERATION_CONNUE"]),
        ({"exoneration": "9"}, ["EXONERATION_CONNUE"]),
        ({"exoneration": "1"}, []),
        ({"exoneration": "3"}, []),
        ({"exoneration": "7"}, []),
        ({"exoneration": "C"}, []),
        ({"exoneration": "Z"}, []),
        ({"amc": "0000000000"}, []),
        ({**COVERED, "naissance": "020290"}, []),
        ({**COVERED, "rang": "2"}, []),
        ({**COVERED, "nir": "2990199999001"}, []),
        ({**COVERED, "naissance": ""}, []),
        ({**COVERED, "officine": "999000027"}, []),
    ],
    ids=str,
)
def test_another_facture_of_a_person(other, expected):
    """
    A cover is that of the same person in the same officine; an exemption of one care, or of no known meaning, is none.
    """
    result = dossier(factures=[facture(1), facture(2, date_facture="2026-03-20", **other)], comptes_clients=[owing(1)])
    assert [(1, motif, 2) for motif in expected] == shown(result)


def test_exemptions_are_those_of_the_layout():
    """
    Each code taken for a person's exemption stands in the list of the B2 layout, with a published meaning.
    """
    known = {code.code: code for code in listes("b2")["EXONERATION"]}
    meanings = {code.decode(): known[code.decode()].label for code in _requalification._EXEMPT_PERSON}
    assert {
        "4": "affection de longue durée",
        "5": "assuré exonéré",
        "6": "SNCF, RATP",
        "9": "fonds de solidarité",
    } == meanings


def test_cover_that_the_facture_has_already():
    """
    A facture that bears a complementary insurer, C2S or an exemption suggests nothing of the kind.
    """
    own = {"amc": "0099999989", "contrat": "89", "exoneration": "4"}
    other = {**COVERED, "contrat": "89", "exoneration": "4"}
    assert [] == shown(dossier(factures=[facture(1, **own), facture(2, **other)], comptes_clients=[owing(1)]))


@pytest.mark.parametrize(
    ("date", "expected"), [("2026-06-02", 1), ("2026-06-03", 0), ("2025-11-30", 1), ("2025-11-29", 0)]
)
def test_how_near_in_time(date, expected):
    """
    At most a quarter before or after, a choice of the library.
    """
    result = dossier(factures=[facture(1), facture(2, date_facture=date, **COVERED)], comptes_clients=[owing(1)])
    assert expected == len(shown(result))
    assert 92 == JOURS


def test_c2s_has_no_other_cover():
    """
    Under C2S the AMO owes both shares (CSS D861-4): a complementary insurer known elsewhere says nothing more.
    """
    assert [] == shown(dossier(factures=[facture(1, contrat="89"), facture(2, **COVERED)], comptes_clients=[owing(1)]))


def test_two_factures_of_a_day():
    """
    The first by key shows the cover, wherever its row stands.
    """
    who, when = np.array([1]), np.array([10])
    found = _requalification._nearest(who, when, np.array([1, 1]), np.array([12, 12]), np.array([1, 0]), 5)
    assert [1] == found.tolist()


def test_share_that_is_paid():
    """
    What the patient paid, or was presumed to pay over the counter, is looked at no more.
    """
    factures = [facture(1), facture(2, **COVERED)]
    receipt = {**{name: facture(1)[name] for name in ("officine", "lot_date", "lot", "facture")}, "date": "2026-03-03",
               "montant_cents": 1000}  # fmt: skip
    assert [] == shown(dossier(factures=factures, comptes_clients=[owing(1)], encaissements=[receipt]))
    assert [] == shown(dossier(factures=factures))


@pytest.mark.parametrize(
    ("account", "total", "expected"),
    [(1000, 3000, [(1, "PART_REJETEE", None)]), (3000, 3000, []), (3000, 0, [(1, "PART_REJETEE", None)])],
    ids=["own-share", "charged", "total-not-known"],
)
def test_rejected_share_of_the_same_facture(account, total, expected):
    """
    A share that an insurer rejected may change what the patient owes, unless the account holds it already.
    """
    result = dossier(
        factures=[facture(1, total_cents=total)],
        comptes_clients=[owing(1, cents=account)],
        retours=[{"emetteur_type": "CP", "emetteur": "999", "empreinte": "exemple", "date": "2026-03-12"}],
        reponses=[{"officine": "999000019", "lot_date": "2026-03-02", "lot": "001", "facture": "000000001", "part": 1,
                   "reponse": 2, "annonce_cents": 0, "groupe": -1, "retour": 0}],
    )  # fmt: skip
    assert Etat.REJETEE == result.creances.etat[0]
    assert expected == shown(result)


# --- any factures, against every pair looked at one by one

rows = st.lists(
    st.fixed_dictionaries(
        {
            "nir": st.sampled_from(["1990199999001", "2990199999001", ""]),
            "naissance": st.sampled_from(["010190", ""]),
            "rang": st.sampled_from(["1", "2"]),
            "amc": st.sampled_from(["", "0000000000", "0099999997"]),
            "contrat": st.sampled_from(["", "89"]),
            "exoneration": st.sampled_from(["0", "4", "3"]),
            "date_facture": st.sampled_from(["2026-01-05", "2026-03-02", "2026-03-20", "2026-06-20", None]),
        }
    ),
    min_size=1,
    max_size=8,
)


def naive(result):
    factures, expected = result.tables.factures, []
    every = [factures.row(number) for number in range(len(factures))]
    for row in every:
        row["day"] = row["date_facture"] or row["lot_date"]
    for place in range(len(result.creances)):
        creance = result.creances[place]
        if creance.part is not Part.ASSURE or not creance.reste_cents:
            continue
        own = every[result.creances.facture_rang[place]]
        others = [
            (abs((row["day"] - own["day"]).days), row["day"], int(row["facture"]), row)
            for row in every
            if (own["nir"], own["naissance"], own["rang"]) == (row["nir"], row["naissance"], row["rang"])
            and own["nir"] and own["naissance"] and abs((row["day"] - own["day"]).days) <= JOURS
        ]  # fmt: skip
        covers = {
            "AMC_CONNUE": lambda row: row["amc"].strip("0") != "",
            "C2S_CONNUE": lambda row: row["contrat"] == "89",
            "EXONERATION_CONNUE": lambda row: row["exoneration"] == "4",
        }
        lacks = {
            "AMC_CONNUE": own["amc"].strip("0") == "" and own["contrat"] == "",
            "C2S_CONNUE": own["contrat"] != "89",
            "EXONERATION_CONNUE": own["exoneration"] == "0",
        }
        for motif, covers_it in covers.items():
            best = min((other[:3] for other in others if covers_it(other[3])), default=None)
            if lacks[motif] and best:
                expected.append((int(creance.facture), motif, best[2]))
    return expected


@settings(max_examples=80)
@given(rows, st.randoms())
def test_any_factures_against_every_pair(drawn, random):
    """
    The same suggestions as a slow look at every pair, whatever the order of rows.
    """
    factures = [facture(number, **row) for number, row in enumerate(drawn, 1)]
    accounts = [owing(number) for number in range(1, len(drawn) + 1)]
    result = dossier(factures=factures, comptes_clients=accounts)
    assert naive(result) == shown(result)
    random.shuffle(factures)
    assert shown(result) == shown(dossier(factures=factures, comptes_clients=accounts))


def test_no_patient_account():
    """
    Nothing to look at gives an empty table.
    """
    found = requalifications(dossier(factures=[facture(1)]))
    assert (0, "int32") == (len(found), str(found.creance.dtype))
