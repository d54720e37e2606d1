"""Hostile names and addresses: a clear error or a safe text, and never half a letter."""

from __future__ import annotations

import re
import unicodedata
from email import policy
from email.parser import BytesParser
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from tests.dunning.courriers_exemples import entete_of, insurer, patient, professional

from tiers_payant.domain import Adresse, Canal, Courrier, Destinataire
from tiers_payant.dunning.lettres import render_lettre
from tiers_payant.dunning.lettres._textes import clean
from tiers_payant.errors import LetterError

pdfium = pytest.importorskip("pypdfium2")
pytest.importorskip("typst")

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}",
    "{% for x in (1,) %}x{% endfor %}",
    "{# rien #}",
    '#import "/etc/passwd"',
    "#{ 7 * 7 } $x^2$ *gras* @ref <etiquette> \\ // /*",
    "Ligne\nautre\r\nBcc: x@exemple.invalid",
    "EXEMPLE\x00NUL",
    "\u202eELPMEXE\u202c",
    "EX\u200bEM\u200dPLE\ufeff",
    "Zalgo\u0301\u0302\u0303\u0304\u0305",
    "Emoji 😀 🏥",
    '=HYPERLINK("x")',
    "\ue000\ue001\ue002",
    "&lt;b&gt;&amp;",
    "--=_r7f3a91c2e5b8_0_=",
    ".",
    "  espaces   ",
    "D’EXEMPLE & FILS « Le Modèle » – 1/2 %",
]

CHANNELS = [
    ("patient_relance", Canal.LETTRE), ("patient_rappel", Canal.EMAIL), ("patient_appel", Canal.TELEPHONE),
]  # fmt: skip


def everything(courrier: Courrier) -> str:
    """All that the files of a letter show, on paper and on screens."""
    shown = []
    for pdf in (True, False):
        for name, data in render_lettre(courrier, pdf=pdf).fichiers.items():
            if name.endswith(".pdf"):
                shown += [page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(data)]
            elif name.endswith(".html"):
                shown.append(shown_html(data.decode()))
            elif name.endswith(".eml"):
                message: Any = BytesParser(policy=policy.default).parsebytes(data)
                check_message(message)
                shown.append(message.get_body(("plain",)).get_content())
                shown.append(shown_html(message.get_body(("html",)).get_content()))
            else:
                shown.append(data.decode("utf-8-sig"))
    return "\n".join(shown)


def shown_html(text: str) -> str:
    tree: Any = html.fromstring(text)
    assert [] == tree.xpath("//script | //body//style | //a | //b | //i | //@onerror | //@onload")
    assert {"data:image"} >= {src[:10] for src in tree.xpath("//img/@src")}
    return str(tree.text_content())


def check_message(message) -> None:
    assert 1 == len(message["To"].addresses) == len(message["From"].addresses)
    wanted = {
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "content-type",
        "content-language",
        "x-unsent",
    }
    assert wanted == {name.lower() for name in message}
    assert not message.defects


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("nom", HOSTILE)
@pytest.mark.parametrize(("modele", "canal"), CHANNELS, ids=[str(canal) for _, canal in CHANNELS])
def test_hostile_name_is_shown_as_a_name(nom, modele, canal):
    """
    Nothing is run, added or hidden: what can be seen of the name is in the letter, as text.
    """
    who = attrs.evolve(patient().destinataire, nom=nom, civilite="")
    courrier = patient(modele, canal, destinataire=who)
    if not clean(nom):
        with pytest.raises(LetterError, match="no name that can be printed"):
            everything(courrier)
        return
    text = everything(courrier)
    assert "{{" not in text or "{{" in nom
    assert "49" not in text
    assert [] == [one for one in text if unicodedata.category(one) in ("Cf", "Co") or one == "\0"]
    if canal is Canal.LETTRE:  # the e-mail of a patient does not say the name
        assert squeezed(clean(nom)) in squeezed(text)


@pytest.mark.parametrize(
    "where", ["service", "lignes", "ville", "entete", "signataire", "mentions", "part", "facture", "taux"]
)
@pytest.mark.parametrize("nom", HOSTILE)
def test_hostile_text_anywhere_is_safe(nom, where):
    """
    Not names alone: every text of a letter may come from a file that somebody else wrote.
    """
    courrier = professional()
    who, entete, lignes = courrier.destinataire, courrier.entete, courrier.lignes
    place: Any = who.adresse
    changes: Any = {
        "service": {"destinataire": attrs.evolve(who, service=nom)},
        "lignes": {"destinataire": attrs.evolve(who, adresse=attrs.evolve(place, lignes=(nom,)))},
        "ville": {"destinataire": attrs.evolve(who, adresse=attrs.evolve(place, ville=nom))},
        "entete": {"entete": attrs.evolve(entete, nom=nom)},
        "signataire": {"entete": attrs.evolve(entete, signataire=nom, fonction=nom)},
        "mentions": {"entete": attrs.evolve(entete, mentions=(nom, nom), horaires=nom, moyens=(nom,))},
        "part": {"lignes": tuple(attrs.evolve(one, part=nom, lot=nom) for one in lignes)},
        "facture": {"lignes": tuple(attrs.evolve(one, facture=nom) for one in lignes)},
        "taux": {"taux_interet": nom, "precedents": ((courrier.le, nom),)},
    }[where]
    hostile = attrs.evolve(courrier, **changes)
    if where in ("ville", "entete", "facture", "taux") and not clean(
        nom
    ):  # nothing is left to show where something must be
        with pytest.raises(LetterError):
            everything(hostile)
        return
    assert "1 916,35" in everything(hostile).replace("\u00a0", " ")


@pytest.mark.parametrize("text", ["x" * 1001, "x" * 100_000])
def test_text_beyond_measure_is_refused(text):
    """
    A file that is none may have been read: told by its length alone.
    """
    with pytest.raises(LetterError, match=f"a text of {len(text)} characters"):
        render_lettre(patient("patient_appel", Canal.TELEPHONE, destinataire=Destinataire(nom=text, telephone="1")))


NAMES = st.text(max_size=220)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NAMES, NAMES, st.lists(NAMES, max_size=4), NAMES, st.sampled_from(CHANNELS))
def test_any_text_gives_a_whole_letter_or_an_error(nom, service, lignes, ville, channel):
    """
    Whatever stands in the directory, a letter has all its words and its sum, or there is none.
    """
    who = attrs.evolve(
        patient().destinataire,
        nom=nom,
        service=service,
        adresse=Adresse(lignes=lignes, code_postal="99990", ville=ville if ville.strip() else "X"),
    )
    try:
        text = everything(patient(*channel, destinataire=who))
    except LetterError:
        return
    assert "36,25" in text
    assert "Aucuns frais" in text or "jamais de frais" in text
    assert [] == [one for one in text if unicodedata.category(one) in ("Cf", "Co", "Cs")]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_clean_text_stays_clean(text):
    """
    Cleaning twice is cleaning once; nothing invisible stays, and no letter of a word is lost.
    """
    done = clean(text)
    assert done == clean(done)
    assert "\n" not in done
    assert [] == [one for one in done if unicodedata.category(one) in ("Cc", "Cf", "Co", "Cs", "Cn")]
    assert [one for one in unicodedata.normalize("NFC", text) if one.isalnum()] == [
        one for one in done if one.isalnum()
    ]


def test_surrogate_that_no_file_can_hold_is_dropped():
    """
    Half a character is none.
    """
    assert "AB" == clean("A\ud800B")


def test_letterhead_without_a_name_is_refused():
    """
    A letter says who writes.
    """
    with pytest.raises(LetterError, match="the officine has no name"):
        render_lettre(insurer(1, entete=entete_of(nom="\u200b")))


@pytest.mark.parametrize(
    "relance", ["", "../../etc/passwd", "r1\r\nBcc: x@exemple.invalid", "r 1", "DUPONT_insuline", "é", "-r"]
)
@pytest.mark.parametrize(("modele", "canal"), CHANNELS, ids=[str(canal) for _, canal in CHANNELS])
def test_id_that_may_say_something_or_leave_its_folder_is_refused(relance, modele, canal):
    """
    It names files, messages and pages: letters, digits and dashes, before anything is rendered.
    """
    with pytest.raises(LetterError, match="letters, digits and dashes"):
        render_lettre(patient(modele, canal, relance=relance))
