"""The PDF of a letter, read back: where things stand, what they say, and that its bytes depend on nothing else."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Iterator

import attrs
import pytest
from tests.dunning.courriers_exemples import LE, entete_of, insurer, line, patient, professional

from tiers_payant.domain import Adresse, Canal, Courrier, Destinataire, ModeleSpec, cents_from_french
from tiers_payant.dunning.lettres import load_modeles
from tiers_payant.dunning.lettres._page import adresse_lines, compose
from tiers_payant.dunning.lettres._pdf import render_pdf
from tiers_payant.dunning.lettres._textes import wrapped
from tiers_payant.errors import LetterError

pdfium = pytest.importorskip("pypdfium2")
pytest.importorskip("typst")

PAGE = (210.0, 297.0)
# A DL envelope is 220 by 110 mm, its window 100 by 45, 20 from the right and 20 from the bottom: a sheet folded in
# three, 210 by 99, slides by 10 mm one way and by 11 the other. What the window shows wherever the sheet is, and what
# it may show somewhere; left, top, right and bottom, in mm from the top left corner of the sheet.
ALWAYS = (100.0, 45.0, 190.0, 79.0)
SOMEWHERE = (90.0, 34.0, 200.0, 90.0)
AMOUNT = r"(?<![\d/])(\d{1,3}(?: \d{3})*,\d\d €)"

PAPER = [
    patient(),
    patient("patient_mise_en_demeure", Canal.RECOMMANDE),
    insurer(3),
    insurer(40),
    insurer(120, "organisme_mise_en_demeure", Canal.RECOMMANDE),
    professional(),
    professional("professionnel_mise_en_demeure", Canal.RECOMMANDE),
]


def pdf_of(courrier: Courrier, modele: ModeleSpec | None = None) -> bytes:
    return render_pdf(courrier, modele or load_modeles()[courrier.modele])


def pages_of(courrier: Courrier) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(pdf_of(courrier))]


def text_of(courrier: Courrier) -> str:
    return re.sub(r"\s+", " ", " ".join(pages_of(courrier)))


def letters_of(page) -> Iterator[tuple[str, float, float, float, float]]:
    """Each letter that can be seen, with its box in mm from the top left corner."""
    text = page.get_textpage()
    every = text.get_text_range()
    for rank, letter in enumerate(every):
        left, bottom, right, top = (25.4 * at / 72 for at in text.get_charbox(rank))
        if letter.strip() and right > left:
            yield letter, left, PAGE[1] - top, right, PAGE[1] - bottom


def inside(box: tuple[float, ...], frame: tuple[float, ...]) -> bool:
    return frame[0] <= box[0] and frame[1] <= box[1] and box[2] <= frame[2] and box[3] <= frame[3]


def meets(box: tuple[float, ...], frame: tuple[float, ...]) -> bool:
    return frame[0] < box[2] and box[0] < frame[2] and frame[1] < box[3] and box[1] < frame[3]


def check_window(courrier: Courrier) -> None:
    """Whatever the place of the sheet in the envelope, the whole address shows, and nothing else does."""
    first = pdfium.PdfDocument(pdf_of(courrier))[0]
    seen = [(letter, box) for letter, *box in letters_of(first) if meets(tuple(box), SOMEWHERE)]
    assert [] == [letter for letter, box in seen if not inside(tuple(box), ALWAYS)]
    expected = "".join("".join(adresse_lines(compose(courrier, load_modeles()[courrier.modele]))).split())
    assert expected == "".join(letter for letter, _ in seen)


@pytest.mark.parametrize("courrier", PAPER, ids=lambda one: f"{one.modele}-{len(one.lignes)}")
def test_window_shows_the_address_and_nothing_else(courrier):
    """
    Secrecy: no reference, no subject, no sum behind the window of a DL envelope.
    """
    check_window(courrier)


LONGEST = Adresse(
    lignes=("BATIMENT DES TRES LONGS EXEMPLES ESC W", "APPARTEMENT QUARANTE-DEUX WWWWWWWWWWWW",
            "999 BOULEVARD DES EXEMPLES", "LIEU-DIT LE MODELE"),
    code_postal="99999", ville="Saint-Exemple-sur-Modèle-en-Pays-W", pays="Belgique",
)  # fmt: skip


@pytest.mark.parametrize(
    ("nom", "adresse"),
    [
        ("W" * 38, LONGEST),
        ("Élodie ÇÀÉÈÊËÎÏÔÖÙÛÜŸŒÆ", LONGEST),
        ("X", Adresse(code_postal="99999", ville="Y")),
        ("Łukasz ŻÓŁĆ Ștefan Ňø", Adresse(lignes=("1 rue du Modèle",), code_postal="99999", ville="Ville")),
    ],
)
def test_longest_and_shortest_addresses_stay_in_the_window(nom, adresse):
    """
    Eight lines of thirty-eight wide letters fit, smaller where they must be.
    """
    check_window(patient(destinataire=Destinataire(nom=nom, adresse=adresse)))


def test_long_letterhead_stays_out_of_the_window():
    """
    A letterhead wraps in its own column.
    """
    check_window(patient(entete=entete_of(nom="Grande Pharmacie Centrale des Exemples et du Modèle réunis " * 2)))


def test_letterhead_beyond_the_page_is_refused():
    """
    One that would run over the letter is an error, never a letter over another text.
    """
    with pytest.raises(LetterError, match="cannot be printed"):
        pdf_of(patient(entete=entete_of(nom="Grande Pharmacie " * 50)))


@pytest.mark.parametrize("nom", ["W" * 200, "Un nom de très nombreux mots " * 12])
def test_address_beyond_the_window_is_refused(nom):
    """
    A name that needs more lines than the window has is told: half a name reaches nobody.
    """
    with pytest.raises(LetterError, match="the address takes"):
        pdf_of(patient(destinataire=Destinataire(nom=nom, adresse=LONGEST)))


def test_missing_address_is_refused():
    """
    No envelope without an address.
    """
    with pytest.raises(LetterError, match="no address"):
        pdf_of(patient(destinataire=Destinataire(nom="EXEMPLE")))


@pytest.mark.parametrize("nom", ["محمد", "山田太郎", "अमित"])
def test_letter_that_the_font_has_not_is_an_error(nom):
    """
    No empty box on paper: writing that the page cannot show is told, and nothing is made.
    """
    with pytest.raises(LetterError, match="cannot be printed") as told:
        pdf_of(patient(destinataire=Destinataire(nom=nom, adresse=LONGEST)))
    assert nom not in str(told.value)


@pytest.mark.parametrize("courrier", PAPER, ids=lambda one: f"{one.modele}-{len(one.lignes)}")
def test_sums_on_the_page_are_those_of_the_claims(courrier):
    """
    Every claim is there with its cents, and the sums asked are theirs, split as in the letter.
    """
    words = text_of(courrier)
    rows = re.findall(rf"(000\d{{6}}) .*?{AMOUNT} {AMOUNT} {AMOUNT}", words)
    assert [one.facture for one in courrier.lignes] == [number for number, *_ in rows]
    assert courrier.principal_cents == sum(cents_from_french(last) for *_, last in rows)
    assert all(cents_from_french(a) - cents_from_french(b) == cents_from_french(c) for _, a, b, c in rows)
    if "Total à régler" in words:
        told = {what: cents_from_french(cents) for what, cents in re.findall(
            rf"(Principal|Intérêts au taux légal|Indemnité forfaitaire de recouvrement|Total à régler) {AMOUNT}", words
        )}  # fmt: skip
        assert courrier.principal_cents == told["Principal"]
        assert courrier.total_cents == told.pop("Total à régler") == sum(told.values())


@pytest.mark.parametrize("count", [1, 8, 9, 40, 120])
def test_pages_are_numbered_and_tables_repeat_their_head(count):
    """
    Each page says which it is of how many; each that holds claims names the columns.
    """
    pages = pages_of(insurer(count))
    for rank, page in enumerate(pages, 1):
        assert f"Page {rank}/{len(pages)}" in page
        if re.search(r"^\d{9}", page, flags=re.MULTILINE):
            assert "Reste dû" in page
            assert "Échéance" in page
    assert len(pages) == 1 if count <= 8 else len(pages) > 1


def test_hundred_and_twenty_claims_take_several_pages():
    """
    A long table runs over pages, with the reference of the letter at the head of each.
    """
    courrier = insurer(120)
    pages = pages_of(courrier)
    assert len(pages) >= 4
    assert all(courrier.reference in page for page in pages)


@pytest.mark.parametrize("mentions", range(0, 30, 3))
def test_signature_never_stands_alone(mentions):
    """
    However the text falls, the page of the signature holds the last words of the letter too.
    """
    words = "".join(f"Paragraphe {rank}, sans importance. " * 4 + "\n\n" for rank in range(mentions))
    modele = ModeleSpec(name="essai", objet="Essai", corps=f"Bonjour,\n\n{words}AVANT-DERNIER\n\nDERNIERS MOTS")
    pages = [page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(pdf_of(patient(), modele))]
    signed = next(page for page in pages if "Camille Exemple" in page)
    assert "DERNIERS MOTS" in signed
    assert "AVANT-DERNIER" in signed


def test_nothing_runs_over_the_edges():
    """
    Every letter stands within the printable margins, 12 mm at least.
    """
    for courrier in PAPER:
        for page in pdfium.PdfDocument(pdf_of(courrier)):
            assert all(inside(tuple(box), (12, 8, 198, 289)) for _, *box in letters_of(page))


@pytest.mark.parametrize("courrier", PAPER[:4], ids=lambda one: one.modele)
def test_same_letter_same_bytes(courrier):
    """
    No clock, no chance: twice here, and in another process with another seed of hashes.
    """
    ours = pdf_of(courrier)
    assert ours == pdf_of(courrier)
    assert b"CreationDate" not in ours


def test_bytes_do_not_depend_on_the_process():
    """
    Another process, with other hashes, another zone and another language, makes the same file.
    """
    program = (
        "import hashlib; from tests.dunning.test_lettres_pdf import PAPER, pdf_of;"
        "print(hashlib.sha256(pdf_of(PAPER[5])).hexdigest())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True,
            env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": seed, "TZ": zone, "LANG": "C"},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }  # fmt: skip
    assert 1 == len(told)


def test_fonts_are_embedded_and_the_page_is_tagged():
    """
    A reader of screens knows the language and the order; a printer needs no font of its own.
    """
    data = pdf_of(professional())
    assert b"/StructTreeRoot" in data
    assert b"/Lang" in data
    fonts = {found.split(b"+")[-1] for found in re.findall(rb"/FontName/(\S+?)[/>\s]", data)}
    assert fonts
    assert all(name.startswith(b"LibertinusSerif") for name in fonts)
    assert len(re.findall(rb"/FontFile[23]", data)) == len(fonts)


def test_image_that_is_none_is_an_error():
    """
    A logo that begins like a picture and is none is told; no letter goes without it.
    """
    with pytest.raises(LetterError, match="cannot be printed"):
        pdf_of(patient(entete=entete_of(logo=b"\x89PNG\r\n\x1a\n" + b"\0" * 64)))


def test_letter_without_logo_nor_signature_is_whole():
    """
    Images, hours, mediator, IBAN: what the officine does not give is simply not there.
    """
    bare = entete_of(logo=b"", signature=b"", iban="", bic="", moyens=(), mediateur="", horaires="", mentions=(),
                     telephone="", email="", signataire="", fonction="")  # fmt: skip
    words = text_of(patient(entete=bare))
    assert "IBAN" not in words
    assert "médiateur" not in words
    assert "r7f3-a91c-2e" in words


def test_registered_letter_says_so_outside_the_window():
    """
    The mention is for the file and the post office, not for whoever sees the envelope.
    """
    assert "Lettre recommandée avec avis de réception" in text_of(PAPER[1])
    assert "recommandée" not in text_of(PAPER[2])


def test_claims_without_a_date_leave_their_cell_empty():
    """
    What is not known is not made up.
    """
    lignes = (line(1, 1280, part="Part à votre charge", date=None, echeance=None),)
    assert "000100037 12,80 € 0,00 € 12,80 €" in text_of(patient(lignes=lignes, principal_cents=1280))


def test_first_of_the_month_is_written_in_french():
    """
    The first is the 1er.
    """
    assert "le 1er mars 2026" in text_of(patient(le=dt.date(2026, 3, 1)))


def test_address_lines_are_as_the_post_wants_them():
    """
    NF Z 10-011: the town in capitals, no line above thirty-eight characters.
    """
    page = compose(patient(), load_modeles()["patient_relance"])
    lines = adresse_lines(page)
    assert ("Madame Dominique EXEMPLE", "99990 EXEMPLEVILLE") == (lines[0], lines[-1])
    who = attrs.evolve(page.courrier.destinataire, nom="Un nom de plusieurs mots, plus long que la ligne")
    assert max(map(len, adresse_lines(compose(patient(destinataire=who), load_modeles()["patient_relance"])))) <= 38
    assert ["RESIDENCE", "DES EXEMPLES"] == wrapped("RESIDENCE DES EXEMPLES", 12)
    assert LE == page.courrier.le


def test_pdf_without_its_extra_says_what_to_install(monkeypatch):
    """
    Whoever asks for a PDF outright is told how to have one.
    """
    monkeypatch.setattr("tiers_payant.dunning.lettres._pdf.find_spec", lambda name: None)
    with pytest.raises(LetterError, match=r"pip install tiers-payant\[pdf\]"):
        pdf_of(patient())
