"""What each channel gives: pages, messages, scripts and tables, read back by other means than ours."""

from __future__ import annotations

import csv
import io
from email import policy
from email.parser import BytesParser
from typing import Any

import attrs
import pytest
from lxml import html
from tests.dunning.courriers_exemples import entete_of, insurer, line, patient, professional

from tiers_payant.domain import Canal, Destinataire, Lettre, RendererSpec, Support, cents_from_french
from tiers_payant.dunning.lettres import RENDUS, merge_rendus, render_lettre, render_lettres, supports_of
from tiers_payant.dunning.lettres._rendus import SANS_PDF
from tiers_payant.errors import LetterError, SourceError

pytest.importorskip("typst")


def message_of(lettre: Lettre):
    (data,) = lettre.fichiers.values()
    return BytesParser(policy=policy.default).parsebytes(data)


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize(
    ("courrier", "expected"),
    [
        (patient(), [".pdf"]),
        (insurer(1), [".pdf"]),
        (insurer(2), [".pdf", ".bordereau.csv"]),
        (professional(canal=Canal.RECOMMANDE), [".pdf", ".bordereau.csv"]),
        (patient("patient_rappel", Canal.EMAIL), [".eml"]),
        (insurer(2, "organisme_reclamation", Canal.EMAIL), [".eml"]),
        (patient("patient_appel", Canal.TELEPHONE), [".script.txt"]),
        (insurer(2, "organisme_verification", Canal.PORTAIL), [".script.txt", ".bordereau.csv"]),
        (professional("remise_recouvrement", Canal.RECOUVREMENT), [".txt", ".remise.csv"]),
    ],
)
def test_channel_gives_its_files(courrier, expected):
    """
    Each channel gives what it needs, named by the opaque id of the contact; a patient gets no table beside the letter.
    """
    lettre = render_lettre(courrier, pdf=True)
    assert [f"{courrier.relance}{suffix}" for suffix in expected] == list(lettre.fichiers)
    assert (courrier.relance, courrier.canal, "") == (lettre.relance, lettre.canal, lettre.remarque)
    assert lettre == render_lettre(courrier, pdf=True)


def test_paper_without_the_pdf_extra_is_a_page_to_print_and_says_so():
    """
    The letter is whole; a remark tells whoever posts it that it is to be printed.
    """
    lettre = render_lettre(patient(), pdf=False)
    assert (["r7f3a91c2e5b8.html"], SANS_PDF) == (list(lettre.fichiers), lettre.remarque)


def test_letters_are_written_in_their_order():
    """
    One after the other; one that cannot be written stops there, after those before it.
    """
    written = render_lettres(iter([patient(relance="raaaaaaaa"), patient(relance="rbbbbbbbb", modele="aucun")]))
    assert "raaaaaaaa" == next(written).relance
    with pytest.raises(LetterError, match="rbbbbbbbb: no template 'aucun'"):
        next(written)


@pytest.mark.parametrize("papier", [True, False])
@pytest.mark.parametrize("courrier", [patient(), insurer(40), professional()], ids=lambda one: one.modele)
def test_html_is_one_page_that_needs_nothing_else(courrier, papier):
    """
    No script, nothing loaded from elsewhere, every claim in the table with its cents.
    """
    from tiers_payant.dunning.lettres import load_modeles
    from tiers_payant.dunning.lettres._html import page_html
    from tiers_payant.dunning.lettres._page import compose

    tree: Any = html.fromstring(page_html(compose(courrier, load_modeles()[courrier.modele]), papier=papier))
    assert [] == tree.xpath("//script | //link | //iframe | //@onload | //form")
    assert all(src.startswith("data:image/") for src in tree.xpath("//@src"))
    assert "fr" == tree.get("lang")
    claims = [row for row in tree.xpath("//tbody/tr") if len(row) > 2]
    assert [one.facture for one in courrier.lignes] == [row[0].text for row in claims]
    assert courrier.principal_cents == sum(cents_from_french(row[-1].text) for row in claims)
    assert papier is bool(tree.xpath("//address"))


def test_message_is_ready_to_send():
    """
    From, to, subject, day, a name of its own; text and HTML say the same; the bordereau goes with it.
    """
    courrier = insurer(12, "organisme_reclamation", Canal.EMAIL)
    message = message_of(render_lettre(courrier))
    assert "contact@pharmacie-exemple.invalid" == message["From"].addresses[0].addr_spec
    assert ["ps@mutuelle-exemple.invalid"] == [one.addr_spec for one in message["To"].addresses]
    assert "Réclamation pour 12 factures en attente de règlement, référence r7f3-a91c-2e" == message["Subject"]
    assert "2026-03-02" == message["Date"].datetime.date().isoformat()
    assert "<r7f3a91c2e5b8@pharmacie-exemple.invalid>" == message["Message-ID"]
    plain, rich = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert all(one.facture in plain and one.facture in rich for one in courrier.lignes)
    (attached,) = message.iter_attachments()
    assert "r7f3a91c2e5b8.bordereau.csv" == attached.get_filename()
    rows = rows_of(
        attached.get_content().encode() if isinstance(attached.get_content(), str) else attached.get_content()
    )
    assert courrier.principal_cents == sum(cents_from_french(row["reste_du"]) for row in rows)


def test_message_is_the_same_bytes_each_time():
    """
    Parts are told apart by a text made of the letter, not drawn by lot.
    """
    courrier = insurer(12, "organisme_reclamation", Canal.EMAIL)
    first, second = (next(iter(render_lettre(courrier).fichiers.values())) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "email",
    ["", "exemple", "a@b", "a@b.fr, c@d.fr", "a@b.fr\r\nBcc: c@d.fr", "<a@b.fr>", "a b@c.fr", '"a b"@c.fr',
     "a@[127.0.0.1]", "a@-b.fr", "a@b..fr", ".a@b.fr", "a@b.fr;c@d.fr", f"{'a' * 250}@b.fr", "é@b.fr", "a@b.fr\u2028x"],
)  # fmt: skip
def test_address_that_is_none_is_refused_on_either_side(email):
    """
    One plain address, or no message: nothing can be slipped in beside it.
    """
    who = attrs.evolve(patient().destinataire, email=email)
    with pytest.raises(LetterError, match="its e-mail is missing, or is none"):
        render_lettre(patient("patient_rappel", Canal.EMAIL, destinataire=who))
    with pytest.raises(LetterError, match="the e-mail of the officine is missing, or is none"):
        render_lettre(patient("patient_rappel", Canal.EMAIL, entete=entete_of(email=email)))


def test_headers_cannot_be_added_by_a_name():
    """
    Line ends in a name, an officine, a mention: they are spaces by then, and no header is added.
    """
    who = attrs.evolve(patient().destinataire, nom="EXEMPLE\r\nBcc: autre@exemple.invalid\r\n\r\nCorps")
    entete = entete_of(nom="Pharmacie\nX-Autre: 1\r\n\r\n<b>")
    message = message_of(render_lettre(patient("patient_rappel", Canal.EMAIL, destinataire=who, entete=entete)))
    assert {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Content-Language",
        "MIME-Version",
        "Content-Type",
        "X-Unsent",
    } == set(message.keys())
    assert ["dominique@exemple.invalid"] == [one.addr_spec for one in message["To"].addresses]


def test_script_says_whom_to_call_and_what_was_done():
    """
    Whoever calls has the number, the sum, the history, and what not to say.
    """
    text = render_lettre(patient("patient_appel", Canal.TELEPHONE)).fichiers["r7f3a91c2e5b8.script.txt"].decode()
    wanted = ("Madame Dominique EXEMPLE", "09 99 00 00 01", "36,25\u00a0€", "5\u00a0janvier\u00a02026\u00a0: courriel",
              "parler à la personne elle-même")  # fmt: skip
    for expected in wanted:
        assert expected in " ".join(text.split(" ")).replace("\n", " ")


def test_call_without_a_telephone_is_refused():
    """
    Nobody can be called without a number.
    """
    with pytest.raises(LetterError, match="no telephone"):
        render_lettre(patient("patient_appel", Canal.TELEPHONE, destinataire=Destinataire(nom="EXEMPLE")))


def test_text_has_short_lines():
    """
    Paragraphs are cut at 78 characters; only tables are wider.
    """
    courrier = professional("remise_recouvrement", Canal.RECOUVREMENT)
    text = render_lettre(courrier).fichiers["r7f3a91c2e5b8.txt"].decode()
    assert all(len(row) <= 78 or "€" in row for row in text.splitlines())
    assert "1\u00a0916,35\u00a0€" in text


def test_bordereau_adds_up():
    """
    One row a facture; what is left is what was billed less what was paid.
    """
    courrier = insurer(40)
    rows = rows_of(render_lettre(courrier).fichiers["r7f3a91c2e5b8.bordereau.csv"])
    assert [one.facture for one in courrier.lignes] == [row["facture"] for row in rows]
    for row in rows:
        assert cents_from_french(row["du"]) - cents_from_french(row["regle"]) == cents_from_french(row["reste_du"])


def test_collector_is_handed_principal_and_accessories_apart():
    """
    CPCE R124-4: ground and amount split; the column adds up to what is asked.
    """
    courrier = professional("remise_recouvrement", Canal.RECOUVREMENT)
    rows = rows_of(render_lettre(courrier).fichiers["r7f3a91c2e5b8.remise.csv"])
    assert ["principal"] * 3 + ["interets", "indemnite"] == [row["nature"] for row in rows]
    assert courrier.total_cents == sum(cents_from_french(row["montant"]) for row in rows)
    assert {"Pharmacie de l’Exemple"} == {row["creancier"] for row in rows}
    assert all(row["fondement"] for row in rows)


@pytest.mark.parametrize("nom", ["=CMD()", "+1", "@SUM(A1)", "-2+3", "\t=1"])
def test_spreadsheet_runs_no_name(nom):
    """
    A name that a spreadsheet would run is kept from it.
    """
    who = attrs.evolve(professional().destinataire, nom=nom)
    data = render_lettre(professional("remise_recouvrement", Canal.RECOUVREMENT, destinataire=who)).fichiers
    assert all(row["debiteur"].startswith("'") for row in rows_of(data["r7f3a91c2e5b8.remise.csv"]))


def test_notice_before_its_day_stays_a_number():
    """
    A delay that is not past is negative, and a number for the spreadsheet too.
    """
    lignes = (line(1, 100, part="x", retard_jours=-3), line(2, 100, part="x"))
    courrier = insurer(2, lignes=lignes, principal_cents=200)
    assert "-3" == rows_of(render_lettre(courrier).fichiers["r7f3a91c2e5b8.bordereau.csv"])[0]["retard_jours"]


def spec(**changes) -> RendererSpec:
    fields = {"name": "mien", "support": Support.PDF, "label": "Mien", "suffix": ".mien", "provider": "lgo-a",
              "render": lambda courrier, modele: b"ici"}  # fmt: skip
    return RendererSpec(**{**fields, **changes})


def test_vendor_takes_the_place_of_a_support():
    """
    What it makes is in the letter, under its suffix and its name.
    """
    lettre = render_lettre(patient(), rendus=merge_rendus([spec()]), pdf=True)
    assert ({"r7f3a91c2e5b8.mien": b"ici"}, "lgo-a") == (lettre.fichiers, lettre.provider)


@pytest.mark.parametrize("other", [{"support": Support.HTML}, {"name": "autre"}], ids=["same name", "same support"])
def test_two_renderers_of_one_name_or_support_contradict_each_other(other):
    """
    Both providers are named: the order of plugins decides nothing.
    """
    with pytest.raises(LetterError, match="brought twice, by lgo-a and lgo-b"):
        merge_rendus([spec(), spec(provider="lgo-b", **other)])


@pytest.mark.parametrize("suffix", ["pdf", "/../x", ".PDF", "", ".a/b", "." + "a" * 40])
def test_suffix_that_leaves_its_folder_is_refused(suffix):
    """
    A suffix is one, or two, short words.
    """
    with pytest.raises(LetterError, match="suffix"):
        merge_rendus([spec(suffix=suffix)])


def _fails(courrier, modele):
    raise ValueError(courrier.destinataire.nom)


@pytest.mark.parametrize("render", [_fails, lambda courrier, modele: "texte", lambda courrier, modele: b""])
def test_renderer_that_fails_is_named_without_its_words(render):
    """
    Never half a letter, and no name of a person in an error.
    """
    with pytest.raises(LetterError, match="mien of lgo-a") as told:
        render_lettre(patient(), rendus=merge_rendus([spec(render=render)]), pdf=True)
    assert "EXEMPLE" not in str(told.value)


def test_two_files_of_one_name_are_refused():
    """
    One would hide the other.
    """
    with pytest.raises(LetterError, match="one name"):
        render_lettre(insurer(2), rendus=merge_rendus([spec(suffix=".bordereau.csv")]), pdf=True)


def test_every_support_has_its_renderer():
    """
    The library leaves none out, and each channel asks for some.
    """
    assert set(Support) == {one.support for one in RENDUS}
    makers: tuple[Any, ...] = (patient, insurer, professional)
    assert all(supports_of(made(canal=canal)) for made in makers for canal in Canal)


def test_letter_is_written_to_a_folder(tmp_path):
    """
    Files land under their names; a folder that cannot be made is told.
    """
    lettre = render_lettre(insurer(2), pdf=False)
    assert sorted(lettre.fichiers) == sorted(path.name for path in lettre.write(tmp_path / "lettres"))
    (tmp_path / "fichier").write_bytes(b"")
    with pytest.raises(SourceError):
        lettre.write(tmp_path / "fichier")


def test_files_of_people_are_their_owner_s_alone(tmp_path):
    """
    Names, addresses and debts: nobody else of the machine reads them.
    """
    (path,) = render_lettre(patient(), pdf=False).write(tmp_path / "lettres")
    assert (0o700, 0o600) == ((tmp_path / "lettres").stat().st_mode & 0o777, path.stat().st_mode & 0o777)


@pytest.mark.parametrize(
    ("modele", "canal", "suffix"),
    [
        ("organisme_mise_en_demeure", Canal.RECOMMANDE, ".html"),
        ("organisme_verification", Canal.PORTAIL, ".script.txt"),
        ("organisme_lettre", Canal.LETTRE, ".bordereau.csv"),
    ],
)
def test_insurer_finds_who_asks_and_who_owes(modele, canal, suffix):
    """
    The provider number and the insurer's own number stand beside the reference, that the table of factures has too.
    """
    text = render_lettre(insurer(2, modele, canal), pdf=False).fichiers[f"r7f3a91c2e5b8{suffix}"].decode()
    assert all(told in text for told in ("r7f3-a91c-2e", "999000019", "AMC 0099999997"))


def test_message_to_an_insurer_is_a_draft_that_says_who_owes():
    """
    Both parts hold the numbers; mail programs open it to be sent.
    """
    message = message_of(render_lettre(insurer(2, "organisme_reclamation", Canal.EMAIL)))
    assert "1" == message["X-Unsent"]
    for kind in ("plain", "html"):
        text = message.get_body((kind,)).get_content()
        assert all(told in text for told in ("999000019", "AMC 0099999997")), kind
        assert "display: grid" not in text


def test_patient_is_not_told_the_numbers_of_insurers():
    """
    They are of no use to a person.
    """
    lignes = (line(1, 100, part="x", organisme="AMC 0099999997"),)
    text = render_lettre(patient(lignes=lignes, principal_cents=100), pdf=False).fichiers["r7f3a91c2e5b8.html"]
    assert b"0099999997" not in text
