"""Secrecy, by construction and by test: what a letter can never say, and to whom none is ever written."""

from __future__ import annotations

import datetime as dt
import re
from email import policy
from email.parser import BytesParser

import attrs
import numpy as np
import pytest
from tests.dunning.courriers_exemples import LE, OFFICINE, entete_of
from tests.dunning.livres_lettres import ANNUAIRE, CANARIS, CLE, CLIENT, NIR, plan_of, result_of

from tiers_payant.domain import (
    Annuaire,
    Canal,
    Cible,
    Confiance,
    Contact,
    Courrier,
    Echanges,
    Lettre,
    LigneCourrier,
    MotifNirFictif,
    Part,
    RelancePolicy,
    Suspension,
    TypeDebiteur,
    TypeSuspension,
)
from tiers_payant.dunning.lettres import courriers, render_lettres
from tiers_payant.errors import LetterError

pdfium = pytest.importorskip("pypdfium2")
pytest.importorskip("typst")

ENTETES = {OFFICINE: entete_of()}
AMC, PATIENT = 0, 1
"""Rows of the two créances of the book."""
WHOM = {TypeDebiteur.AMC: ("amc-1", [AMC]), TypeDebiteur.PATIENT: ("patient-1", [PATIENT])}
STEPS = [
    (scenario.debiteur, palier.code, *who)
    for scenario in RelancePolicy.standard().scenarios
    for palier in scenario.paliers
    if (
        who := {TypeDebiteur.AMC: ("amc-1", [AMC]), TypeDebiteur.PATIENT: ("patient-1", [PATIENT])}.get(
            scenario.debiteur
        )
    )
]


def readings(lettre: Lettre) -> str:
    """All that a letter says, its bytes and what they hold: text of PDF, parts of messages, names, subject."""
    said = [lettre.objet, repr(lettre), *lettre.fichiers]
    for name, data in lettre.fichiers.items():
        said.append(data.decode("latin-1"))
        said.append(data.decode("utf-8", "replace"))
        if name.endswith(".pdf"):
            pdf = pdfium.PdfDocument(data)
            said += [page.get_textpage().get_text_bounded() for page in pdf]
            said += list(pdf.get_metadata_dict().values())
        if name.endswith(".eml"):
            message = BytesParser(policy=policy.default).parsebytes(data)
            said += [str(value) for value in message.values()]
            said += [str(part.get_content()) for part in message.walk() if not part.is_multipart()]
    return "\n".join(said)


def letters(result, plan, **asked) -> list[Lettre]:
    return [one for pdf in (True, False) for one in render_lettres(courriers(result, plan, ENTETES, **asked), pdf=pdf)]


def test_nothing_medical_is_in_any_byte_of_any_letter():
    """
    NIR, exemption, prescriber, birth date, act, reject and customer reference are in the book, and in no letter.
    """
    result = result_of()
    written = letters(result, plan_of(result, *STEPS))
    assert 2 * len(STEPS) == len(written)
    for lettre in written:
        said = readings(lettre)
        squeezed = re.sub(r"\s+", "", said)
        for what, canari in CANARIS.items():
            assert canari not in said, f"{what} in {lettre.relance}"
            assert re.sub(r"\s+", "", canari) not in squeezed, f"{what} in {lettre.relance}"
        assert "000000101" in said  # what is read is the letter


def test_courrier_has_no_field_for_care():
    """
    What a template can name is a short list; whoever adds to it reads this.
    """
    assert {
        "relance", "officine", "type", "palier", "niveau", "canal", "modele", "le", "repondre_avant", "entete",
        "destinataire", "lignes", "principal_cents", "interets_cents", "taux_interet", "indemnite_cents",
        "mise_en_demeure", "precedents",
    } == {field.name for field in attrs.fields(Courrier)}  # fmt: skip
    assert {
        "facture", "date", "lot", "lot_date", "part", "du_cents", "regle_cents", "reste_cents", "echeance",
        "retard_jours", "organisme",
    } == {field.name for field in attrs.fields(LigneCourrier)}  # fmt: skip


MOTIF = MotifNirFictif(masque="155??????????", libelle="exemple", reference="exemple", confiance=Confiance.BASSE)


@pytest.mark.parametrize(
    ("facture", "asked"),
    [
        ({}, {"nirs_fictifs": [MOTIF]}),
        ({"nir": "0000000000000", "nir_cle": ""}, {}),
        ({"nir": "9999999999999", "nir_cle": ""}, {}),
        ({"nir": NIR, "nir_cle": "01"}, {}),
        ({"nir": "155", "nir_cle": ""}, {}),
        ({"nir_beneficiaire": "0000000000000"}, {}),
    ],
)
@pytest.mark.parametrize("step", ["rappel", "appel", "relance", "mise_en_demeure"])
def test_number_that_may_stand_for_confidential_care_raises(facture, asked, step):
    """
    A forged plan changes nothing: a fictive number, or one that is none of a person, is no letter to the household.
    """
    result = result_of(**facture)
    plan = plan_of(result, (TypeDebiteur.PATIENT, step, "patient-1", [PATIENT]))
    with pytest.raises(LetterError, match="no letter") as told:
        letters(result, plan, **asked)
    assert NIR not in str(told.value)


CIBLES = [
    Cible(officine=OFFICINE, debiteur=f"CLIENT:{CLIENT}"),
    Cible(officine=OFFICINE, lot="001", facture="000000101"),
    Cible(officine=OFFICINE, lot="001", facture="000000101", part=Part.ASSURE),
]


@pytest.mark.parametrize("cible", CIBLES)
@pytest.mark.parametrize("kind", [TypeSuspension.CONFIDENTIEL, TypeSuspension.DECES])
def test_confidential_care_and_death_raise(cible, kind):
    """
    Whatever names the claim, no letter is written to the person; the insurer is still asked.
    """
    result = result_of()
    asked = {"suspensions": [Suspension(type=kind, cible=cible, du=LE)]}
    with pytest.raises(LetterError, match="no letter"):
        letters(result, plan_of(result, (TypeDebiteur.PATIENT, "relance", "patient-1", [PATIENT])), **asked)
    assert letters(result, plan_of(result, (TypeDebiteur.AMC, "lettre", "amc-1", [AMC])), **asked)


def test_dispute_is_no_secret():
    """
    Other holds are the plan's business: the last guard is about secrecy alone.
    """
    result = result_of()
    held = Suspension(type=TypeSuspension.CONTESTATION, cible=CIBLES[0], du=LE, au=LE)
    assert letters(
        result, plan_of(result, (TypeDebiteur.PATIENT, "relance", "patient-1", [PATIENT])), suspensions=[held]
    )


def one(result, **columns) -> Courrier:
    plan = plan_of(result, (TypeDebiteur.PATIENT, "relance", "patient-1", [PATIENT]), **columns)
    (courrier,) = courriers(result, plan, ENTETES)
    return courrier


def test_courrier_says_what_the_claims_say():
    """
    Who, what, how much, by when: from the plan, the result and the directory.
    """
    courrier = one(result_of())
    (ligne,) = courrier.lignes
    assert ("000000101", dt.date(2025, 12, 15), "Part à votre charge") == (ligne.facture, ligne.date, ligne.part)
    assert (1800, 0, 1800, 1800) == (ligne.du_cents, ligne.regle_cents, ligne.reste_cents, courrier.total_cents)
    assert ("Dominique EXEMPLE", LE, LE + dt.timedelta(days=15)) == (
        courrier.destinataire.nom, courrier.le, courrier.repondre_avant,
    )  # fmt: skip
    assert (Canal.LETTRE, "patient_relance", False) == (courrier.canal, courrier.modele, courrier.mise_en_demeure)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"cents": [1799]}, "not the sum"),
        ({"officine": ["999000027"]}, "no letterhead"),
        ({"contact": ["inconnu"]}, "nobody is known"),
        ({"indemnite_cents": [4000]}, "never claimed from a patient"),
        ({"interets_cents": [10]}, "without a mise en demeure"),
    ],
)
def test_forged_plan_is_no_letter(columns, words):
    """
    A sum that is not that of the claims, nobody to write to, a fee for a patient: told, and nothing is written.
    """
    with pytest.raises(LetterError, match=words):
        one(result_of(), **columns)


def test_plan_made_on_other_facts_is_no_letter():
    """
    What was paid since the plan was made is not asked again.
    """
    before = result_of()
    plan = plan_of(before, (TypeDebiteur.AMC, "lettre", "amc-1", [AMC]))
    paid = attrs.evolve(
        before, creances=before.creances.with_columns(credite_cents=np.array([4200, 0], dtype=np.int64))
    )
    with pytest.raises(LetterError, match="other facts"):
        list(courriers(paid, plan, ENTETES))


def test_contact_that_is_no_longer_right_is_not_written_to():
    """
    An entry of the directory has its days.
    """
    gone = attrs.evolve(ANNUAIRE.contacts[0], au=LE - dt.timedelta(days=1))
    now = attrs.evolve(ANNUAIRE.contacts[0], nom="Camille NOUVEAU", du=LE)
    result = result_of()
    step = (TypeDebiteur.PATIENT, "relance", "patient-1", [PATIENT])
    (courrier,) = courriers(result, plan_of(result, step, annuaire=Annuaire(contacts=(gone, now))), ENTETES)
    assert "Camille NOUVEAU" == courrier.destinataire.nom
    with pytest.raises(LetterError, match="nobody is known"):
        list(courriers(result, plan_of(result, step, annuaire=Annuaire(contacts=(gone,))), ENTETES))


def test_portal_of_an_insurer_needs_no_entry():
    """
    What is asked on a portal is asked of the insurer that owes.
    """
    result = result_of()
    plan = plan_of(result, (TypeDebiteur.AMC, "verification", "", [AMC]), annuaire=Annuaire())
    (courrier,) = courriers(result, plan, ENTETES)
    assert "Complémentaire 0099999997" == courrier.destinataire.nom


def exchanges(*rows, facture: str = "000000101") -> Echanges:
    """Contacts about the patient share: (id, day, channel, summons) each."""
    return Echanges.of(
        relance=[row[0] for row in rows],
        le=np.array([row[1] for row in rows], dtype="datetime64[D]"),
        officine=[OFFICINE] * len(rows),
        type=["patient"] * len(rows),
        canal=[str(row[2]) for row in rows],
        mise_en_demeure=[row[3] for row in rows],
        lot_date=np.array(["2025-12-15"] * len(rows), dtype="datetime64[D]"),
        lot=["001"] * len(rows),
        facture=[facture] * len(rows),
        part=[int(Part.ASSURE)] * len(rows),
    )


def test_earlier_contacts_are_recalled_in_their_order():
    """
    Those about the same claims, each once, the oldest first; neither this one nor those of a day to come.
    """
    result = result_of()
    day = dt.date(2026, 1, 5)
    history = exchanges(
        ("rb", dt.date(2026, 2, 1), Canal.TELEPHONE, False), ("ra", day, Canal.EMAIL, False),
        ("ra", day, Canal.EMAIL, False), ("r0000abcdef", LE, Canal.LETTRE, False),
        ("rc", LE + dt.timedelta(days=9), Canal.LETTRE, False),
    )  # fmt: skip
    plan = plan_of(result, (TypeDebiteur.PATIENT, "relance", "patient-1", [PATIENT]))
    (courrier,) = courriers(result, plan, ENTETES, history)
    assert ((day, "courriel"), (dt.date(2026, 2, 1), "appel téléphonique")) == courrier.precedents
    (courrier,) = courriers(result, plan, ENTETES, exchanges(("ra", day, Canal.EMAIL, False), facture="000000102"))
    assert () == courrier.precedents


def test_interest_says_since_when_and_at_which_rate():
    """
    From the first summons on, with the texts that make it owed.
    """
    result = result_of()
    annuaire = Annuaire(
        contacts=(Contact(id="pro-1", nom="EHPAD", type=TypeDebiteur.PROFESSIONNEL, debiteurs=(f"CLIENT:{CLIENT}",)),)
    )
    step = (TypeDebiteur.PROFESSIONNEL, "recouvrement", "pro-1", [PATIENT])
    plan = plan_of(result, step, annuaire=annuaire, interets_cents=[5], indemnite_cents=[4000])
    history = exchanges(
        ("ra", dt.date(2026, 1, 5), Canal.EMAIL, False), ("rb", dt.date(2026, 1, 20), Canal.RECOMMANDE, True)
    )
    (courrier,) = courriers(result, plan, ENTETES, history)
    assert "20/01/2026" in courrier.taux_interet
    assert "2,62 %" in courrier.taux_interet
    assert 1800 + 5 + 4000 == courrier.total_cents


def test_errors_show_no_person():
    """
    Whatever is refused, neither the name, nor the number, nor the customer is in the words.
    """
    result = result_of(nir="0000000000000", nir_cle=CLE)
    plan = plan_of(result, (TypeDebiteur.PATIENT, "relance", "patient-1", [PATIENT]))
    with pytest.raises(LetterError) as told:
        letters(result, plan)
    assert [] == [word for word in ("Dominique", CLIENT, "0000000000000") if word in str(told.value)]


def test_plan_of_another_policy_is_no_letter():
    """
    A kind of debtor that the policy does not remind has no step, thus no words.
    """
    result = result_of()
    plan = plan_of(result, (TypeDebiteur.PATIENT, "relance", "patient-1", [PATIENT]))
    insurers = [one for one in plan.policy.scenarios if one.debiteur is TypeDebiteur.AMC]
    with pytest.raises(LetterError, match="no scenario for patient"):
        list(courriers(result, attrs.evolve(plan, policy=attrs.evolve(plan.policy, scenarios=insurers)), ENTETES))
