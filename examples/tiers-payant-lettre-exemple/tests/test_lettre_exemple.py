"""A letter on the paper of the vendor."""

from __future__ import annotations

import datetime as dt
import html

import attrs
import pytest
import tiers_payant_lettre_exemple as vendeur

import tiers_payant as tp
from tiers_payant.domain import Adresse, Canal, Courrier, Destinataire, Entete, LigneCourrier, Support, TypeDebiteur
from tiers_payant.dunning.lettres import render_lettre
from tiers_payant.errors import LetterError
from tiers_payant.plugins import modeles_of, rendus_of

PLACE = Adresse(lignes=["1 rue de l’Exemple"], code_postal="99990", ville="Exempleville")
ENTETE = Entete(officine="999000019", nom="Pharmacie de l’Exemple", adresse=PLACE, mentions=["SIREN 999 999 990"])
CLAIM = LigneCourrier(
    facture="000000101", date=dt.date(2026, 1, 5), part="Part à votre charge", du_cents=3625, regle_cents=0,
    reste_cents=3625, echeance=None,
)  # fmt: skip
COURRIER = Courrier(
    relance="r7f3a91c2e5b8", officine="999000019", type=TypeDebiteur.PATIENT, palier="P1", niveau=1,
    canal=Canal.LETTRE, modele="patient_rappel", le=dt.date(2026, 3, 2), repondre_avant=dt.date(2026, 3, 17),
    entete=ENTETE, destinataire=Destinataire(nom="Camille EXEMPLE", adresse=PLACE), lignes=[CLAIM],
    principal_cents=3625,
)  # fmt: skip


def page_of(courrier: Courrier) -> str:
    manager = tp.build_manager(vendeur)
    lettre = render_lettre(courrier, modeles=modeles_of(manager), rendus=rendus_of(manager), pdf=False)
    (content,) = lettre.fichiers.values()
    return content.decode()


def test_letter_is_on_the_paper_of_the_vendor() -> None:
    """
    Its band, the officine, the words of the library and the sum.
    """
    page = html.unescape(page_of(COURRIER))
    for text in ("LGO EXEMPLE · tiers payant", "Pharmacie de l’Exemple", "99990 EXEMPLEVILLE", "36,25\xa0€"):
        assert text in page


def test_a_name_is_never_a_tag() -> None:
    """
    What a file says is text, whatever it looks like.
    """
    person = attrs.evolve(COURRIER.destinataire, nom="<script>alert(1)</script> EXEMPLE")
    assert "<script" not in page_of(attrs.evolve(COURRIER, destinataire=person))


def test_without_an_address_there_is_no_letter() -> None:
    """
    Never half a letter.
    """
    nowhere = attrs.evolve(COURRIER.destinataire, adresse=None)
    with pytest.raises(LetterError):
        page_of(attrs.evolve(COURRIER, destinataire=nowhere))


def test_vendor_takes_the_place_of_the_library() -> None:
    """
    For pages alone.
    """
    rendus = rendus_of(tp.build_manager(vendeur))
    assert "papier-exemple" == rendus[Support.HTML].name
    assert "texte" == rendus[Support.TEXTE].name
