"""Words of labels: each published wording, its spellings, what is contradictory, what is nothing."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiers_payant.domain import Famille
from tiers_payant.rejets import expressions
from tiers_payant.rejets._mots import AMC, AMO, INDECIS, RIEN, Lecteur, Sens, bare

DATA = tomllib.loads(resources.files("tiers_payant.rejets").joinpath("data/mots.toml").read_text("utf-8"))
F = Famille

PUBLISHED = {
    # CPAM memo to orthoptists, studylibfr.com/doc/3925819
    "L'ETABLISSEMENT PRESCRIPTEUR EST INCONNU AU FICHIER NATIONAL": F.PRESCRIPTEUR,
    "PRESCRIPTION INTERDITE A CETTE DATE": F.PRESCRIPTEUR,
    "FACTURE DEJA PAYEE": F.DOUBLON,
    "L'assuré est absent de notre référentiel": F.IDENTITE_NIR,
    "Incompatibilité nature d'assurance": F.NATURE_ASSURANCE,
    # Le Quotidien du pharmacien: the retour NOÉMIE; how to handle rejects, 15/01/2018
    "ETM NON TROUVÉE EN BDO": F.EXONERATION,
    "ALD INCONNUE EN BASE (MAIS PEC POSSIBLE SUR MOTIF FSV)": F.EXONERATION,
    "Traitement caisse": F.TRAITEMENT_CAISSE,
    "Lot en attente de retarification": F.TRAITEMENT_CAISSE,
    # SNDS IR_TAN_V: wordings of the insurers, not codes of returns
    "famille mutee ou epuree": F.DROITS_AMO,
    "Assuré non géré par la caisse": F.IDENTITE_NIR,
    "incomp. asu-nat / sexe / age": F.NATURE_ASSURANCE,
    "entente prealable possible": F.ACCORD_PREALABLE,
    "ald non trouv en bdo mais rgm exo": F.EXONERATION,
    "org. compl. inconnu dans la bdo": F.AMC_CONTRAT,
    "Situation d'exoneration inconnue pour le bénéficiaire": F.EXONERATION,
    "numero d'adherent inconnu bdo": F.AMC_CONTRAT,
    "contrat mutuelle incorrect": F.AMC_CONTRAT,
    "double paiement sur une periode": F.DOUBLON,
    "justif. qualite benef. absent": F.PIECE_JUSTIF,
    "droits non ouverts": F.DROITS_AMO,
    "cip supprime fichier date facture": F.PRODUIT_TARIF,
    "pu saisi > pu fichier medicament": F.PRODUIT_TARIF,
    "P.U. transmis  > P.U. OPPOSABLE": F.PRODUIT_TARIF,
    "PU TRANSMIS>PU OPPOSABLE 4000-090": F.PRODUIT_TARIF,
}


def read(label: str, whose: int = AMO) -> Sens:
    return Lecteur().read(bare(label))[whose]


@pytest.mark.parametrize(("label", "famille"), PUBLISHED.items())
def test_published_wording_has_its_family(label, famille):
    """
    Each wording that a public source prints, as a compulsory insurer would say it.
    """
    assert famille is read(label).famille


@pytest.mark.parametrize(
    ("label", "famille"),
    [
        ("BENEF. INC.", F.IDENTITE_NIR),
        ("ASS. INCONNU", F.IDENTITE_NIR),
        ("ASSURES INCONNUS", F.IDENTITE_NIR),
        ("NAT. ASS. INCOMPAT.", F.NATURE_ASSURANCE),
        ("EXO. INC.", F.EXONERATION),
        ("ORD. PERIMEE", F.PRESCRIPTION),
        ("NUM. PRESCR. INC.", F.PRESCRIPTEUR),
        ("ADH. INCONNU", F.AMC_CONTRAT),
        ("TRAIT. CAISSE", F.TRAITEMENT_CAISSE),
        ("JUSTIF. ILLISIBLE", F.PIECE_JUSTIF),
        ("DDN INCORRECTE", F.IDENTITE_NIR),
        ("NUM. SS INC.", F.IDENTITE_NIR),
        ("AT NON RECONNU", F.NATURE_ASSURANCE),
        ("ORD. NON LISIBLE", F.PIECE_JUSTIF),
        ("TX DE REMBT INCORRECT", F.PRODUIT_TARIF),
    ],
)
def test_short_form_is_read_as_its_word(label, famille):
    """
    Words cut after four letters or more, and the short forms that are listed.
    """
    assert famille is read(label).famille


SPELLINGS = [
    str.upper, str.lower, str.title, lambda text: text.replace("e", "é").replace("E", "È"),
    lambda text: text.replace(" ", " - "), lambda text: text.replace("'", "’"),
    lambda text: f"{text} (n° 12 du 05/01/2026)", lambda text: f"  {text}...", lambda text: "REJET : " + text,
    lambda text: text.replace("i", "i\u0302"),
]  # fmt: skip


@settings(max_examples=120)
@given(
    st.sampled_from([each for each in expressions() if not re.search(r"\b(de|la|du)\b", each.texte)]),
    st.lists(st.sampled_from(SPELLINGS), max_size=4),
)
def test_spelling_changes_nothing(expression, spellings):
    """
    Accents, case, signs, numbers, apostrophes of a word processor: the family and the evidence are those of the words.
    """
    label = expression.texte
    for spell in spellings:
        label = spell(label)
    assert Lecteur().read(bare(expression.texte)) == Lecteur().read(bare(label))


@pytest.mark.parametrize("expression", expressions(), ids=lambda each: f"{each.famille.name}-{each.texte}")
def test_each_expression_says_its_family(expression):
    """
    Alone in a label, whoever sends it: no expression is hidden by another one.
    """
    groups = {name: body["mots"][0] for name, body in DATA["synonymes"].items()}
    _, amo, amc = Lecteur().read(bare(" ".join(groups.get(word, word) for word in expression.texte.split())))
    assert (expression.famille, expression.famille_amc) == (amo.famille, amc.famille)


def test_an_accord_that_nothing_qualifies_is_not_chosen():
    """
    It may be that of the service médical, or what a complementary insurer gives online.
    """
    assert F.ACCORD_PREALABLE is read("accord préalable refusé").famille
    assert {F.INCONNU} == {read("accord refusé", whose).famille for whose in (AMO, AMC, INDECIS)}


def test_more_words_say_more():
    """
    Several words that stand together outrank one; of two as long, none wins, and both are told, in no order of theirs.
    """
    assert F.PRESCRIPTEUR is read("prescripteur inconnu, voir contrat").famille
    both = read("prescripteur inconnu ; contrat resilie")
    assert Sens(F.INCONNU, "PRESCRIPTEUR : prescripteur inconnu | AMC_CONTRAT : contrat fermé") == both
    assert both == read("contrat resilie ; prescripteur inconnu")


def test_short_form_of_two_words_is_not_chosen():
    """
    PRESCR. is the prescripteur in one list of the insurers, the prescription in another: nothing is guessed.
    """
    assert F.INCONNU is read("PRESCR. INC.").famille
    assert "PRESCRIPTEUR" in read("PRESCR. INC.").indice


@pytest.mark.parametrize("label", ["droits non ouverts", "bénéficiaire inconnu", "assuré radié"])
def test_same_words_mean_the_contract_from_a_complementary_insurer(label):
    """
    An AMC's rights are those of its contract; when nothing tells who speaks, both are told and none is chosen.
    """
    assert F.AMC_CONTRAT is read(label, AMC).famille
    assert read(label, AMO).famille in (F.DROITS_AMO, F.IDENTITE_NIR)
    assert F.INCONNU is read(label, INDECIS).famille


@pytest.mark.parametrize(
    "label",
    ["NIR INVALIDE : TRAITEMENT CAISSE", "doublon, retarification en cours", "Traitement par la caisse, droits fermés"],
)
def test_words_that_tell_to_wait_come_before_any_other(label):
    """
    Sending again what the caisse re-processes makes a doublon.
    """
    assert [F.TRAITEMENT_CAISSE] * 3 == [each.famille for each in Lecteur().read(bare(label))]


def test_a_centre_of_treatment_is_not_a_caisse_that_treats():
    """
    More words than those of the wait, around them, say something else.
    """
    assert F.CAISSE_DEST is read("Centre de traitement de la caisse inconnu").famille


@pytest.mark.parametrize("label", ["", "   ", "12345", "MOTIF EXEMPLE", "INCONNU", "NON", "DEJA", "AU DE LA", "L' D'"])
def test_words_that_say_nothing_are_nothing(label):
    """
    No family from a word that means nothing alone.
    """
    assert RIEN == read(label)


@settings(max_examples=80)
@given(st.text(max_size=60) | st.text(alphabet="éAEIRS .'-12", max_size=60))
def test_any_text_is_read_and_nothing_of_it_is_told(label):
    """
    Junk raises nothing, and the evidence is made of our words alone.
    """
    ours = {word for each in expressions() for word in each.lu.split()} | {famille.name for famille in Famille}
    for each in Lecteur().read(bare(label)):
        assert set(each.indice.replace("|", " ").replace(":", " ").split()) <= ours


def test_label_is_read_no_further_than_its_length_allows():
    """
    A text of any size costs what four hundred characters cost.
    """
    assert RIEN == read("x" * 400 + " nir invalide")
    assert len(bare("é" * 1_000_000)) <= 800


def test_every_family_that_a_label_can_say_has_words_with_their_source():
    """
    All but `INCONNU`, which nothing says, and `ECART`, which is a payment and no reject.
    """
    assert set(Famille) - {F.INCONNU, F.ECART} == {each.famille for each in expressions()}
    sources = [*DATA["expressions"], *DATA["synonymes"].values(), *DATA["abreviations"].values()]
    assert [] == [body for body in sources if not body["source"]]


def test_expressions_are_written_with_the_names_of_their_groups():
    """
    `absent` in an expression would never match: a label says it by the name of its group.
    """
    variants = {word for body in DATA["synonymes"].values() for word in body["mots"] if " " not in word}
    written = [(each.texte, word) for each in expressions() for word in each.texte.split()]
    assert [] == [text for text, word in written if word in variants - set(DATA["synonymes"])]


def test_words_are_shown_with_their_accents():
    """
    Each accented word is one of ours, and is matched as it is without accents.
    """
    ours = {word for each in expressions() for word in each.texte.split()}
    assert [] == [plain for plain, shown in DATA["accents"].items() if plain == shown or plain not in ours]
    assert list(DATA["accents"]) == [bare(shown).decode().lower() for shown in DATA["accents"].values()]
    assert "établissement prescripteur inconnu" == read("ETABLISSEMENT PRESCRIPTEUR INCONNU").indice
