"""`tiers-payant rejets`: what a pharmacist reads, what a spreadsheet opens, what a program reads."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from pathlib import Path

import attrs
import jsonschema
import numpy as np
import pytest
from tests.rejets.livres_actions import book, refused

import tiers_payant as tp
from tiers_payant import cli
from tiers_payant.domain import (
    Acteur,
    Audit,
    Axe,
    Changement,
    Confiance,
    Famille,
    Inconnus,
    NatureEcheance,
    Preuve,
    Renvoi,
    Urgence,
    fiches,
)
from tiers_payant.pipeline import chosen_checks
from tiers_payant.rejets import load_codes
from tiers_payant.reports import actions_csv, controle_chunks, controle_text, rejets_chunks, rejets_schema, rejets_text

TODAY = "2025-11-10"
DAY = dt.date(2025, 11, 10)
ENGLISH = re.compile(r"\b(the|usage:|argument |required|expected|invalid|error|message|and|file|of)\b")


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command in this process; return its status and what it wrote on both streams, plain spaces."""
    try:
        status = cli.main([str(argument) for argument in arguments])
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    out, err = capsys.readouterr()
    return status, out.replace("\u00a0", " "), err.replace("\u00a0", " ")


LABELS = (
    ("EX1", "EXEMPLE - BENEFICIAIRE INCONNU"),
    ("EX2", "EXEMPLE - PRESCRIPTEUR INCONNU AU FICHIER"),
    ("EX3", "EXEMPLE - CONTRAT RESILIE"),
    ("EX4", "EXEMPLE"),
)


def written(folder: Path, factures: int, refused: int) -> Path:
    """Write a neutral file of factures of October; the first ones are refused, four reasons in turn."""
    billed = [
        {"lot_date": f"2025-10-{1 + rank % 28:02d}", "date_facture": f"2025-10-{1 + rank % 28:02d}",
         "date_soins": f"2025-10-{1 + rank % 28:02d}", "nir": f"1999999999{rank:03d}", "caisse": f"99{rank % 3}",
         "part_amo_cents": 150 + 37 * rank}
        for rank in range(factures)
    ]  # fmt: skip
    answers = [{"de": rank} for rank in range(refused)]
    lines = [{"de": rank, "code": LABELS[rank % 4][0], "libelle": LABELS[rank % 4][1]} for rank in range(refused)]
    lignes = {"facture_rang": list(range(factures)), "acte": ["ZZ9"] * factures, "montant_amo_cents": [150] * factures}
    tp.write_donnees(book(billed, answers, lines, lignes=lignes), folder / "donnees.json")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return written(tmp_path_factory.mktemp("apres"), 120, 24)


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    return written(tmp_path_factory.mktemp("avant"), 90, 3)


@pytest.fixture(scope="module")
def result(folder):
    return tp.reconcile(tp.read(folder))


@pytest.fixture(scope="module")
def plan(result):
    return tp.plan_actions(result, today=DAY)


def test_page_tells_what_to_do_and_fits_the_screen(capsys, folder):
    """
    Sections in their order, a hundred columns at most, no English.
    """
    status, out, err = run(capsys, "rejets", folder, "--today", TODAY, "--statistiques")
    assert (0, "") == (status, err)
    places = [
        out.index(words)
        for words in (
            "Rejets et suites à donner, au 10/11/2025",
            "À faire, le plus d'euros attendus par minute de travail d'abord",
            "Que faire, famille par famille",
            "D'où viennent les rejets, et comment les éviter",
            "Par organisme",
            "Par mois de facture",
        )
    ]
    assert sorted(places) == places
    assert [] == [line for line in out.splitlines() if len(line) > 100]
    assert None is ENGLISH.search(out)


def test_counts_are_never_naked(capsys, folder):
    """
    Every line of a table of causes has its rate, its interval and its euros.
    """
    _, out, _ = run(capsys, "rejets", folder, "--today", TODAY, "--statistiques")
    cells = re.findall(
        r"^  \S.{30,40}\s+(\d+)\s+(\d+)\s+([\d,]+ %)\s+([\d,]+ et [\d,]+ %)\s+([\d ]+,\d\d €)$", out, re.M
    )
    assert len(cells) > 10
    for no, sent, rate, _, _ in cells:
        assert f"{100 * int(no) / int(sent):.1f} %".replace(".", ",") == rate


def test_shown_actions_are_counted(capsys, folder):
    """
    Three are shown when three are asked for, the others counted with their euros; --toutes shows them.
    """
    _, some, _ = run(capsys, "rejets", folder, "--today", TODAY, "--nombre", "3")
    _, every, _ = run(capsys, "rejets", folder, "--today", TODAY, "--toutes")
    ranks = re.compile(r"^ {1,3}(\d+)  +[\d ]+,\d\d €", re.MULTILINE)
    assert ["1", "2", "3"] == ranks.findall(some)
    (rest,) = re.findall(r"\.\.\. et (\d+) autres \(.* €\) : --toutes", some)
    assert 3 + int(rest) == len(ranks.findall(every))


def test_documents_tell_the_same(capsys, folder, before, tmp_path):
    """
    JSON after its schema, dates included, same bytes twice; CSV as a French spreadsheet opens it, row for row.
    """
    made = []
    for name in ("a", "b"):
        target = tmp_path / name
        target.mkdir()
        arguments = ("--json", target / "x.json", "--csv", target / "x.csv", "--inconnus", target / "codes.csv")
        status, out, _ = run(capsys, "rejets", folder, "--today", TODAY, *arguments, "--avant", before)
        assert 0 == status
        assert "Avant et après" in out
        made.append([(target / file).read_bytes() for file in ("x.json", "x.csv", "codes.csv")])
    assert made[0] == made[1]
    document = json.loads(made[0][0])
    validator = jsonschema.Draft202012Validator(
        rejets_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    assert [] == [error.message for error in validator.iter_errors(document)]
    assert [] == [name for name in ("actions", "statistiques") if not document[name]]
    assert document["audit"]["comparaisons"] > 0
    assert made[0][1].startswith(b"\xef\xbb\xbfrang;famille;")
    rows = list(csv.DictReader(io.StringIO(made[0][1].decode("utf-8-sig")), delimiter=";"))
    assert [one["id"] for one in document["actions"]] == [row["id"] for row in rows]
    euros = [f"{one['cents'] // 100},{one['cents'] % 100:02d}" for one in document["actions"]]
    assert euros == [row["en_jeu"] for row in rows]
    assert document["totaux"]["cents"] == sum(one["cents"] for one in document["actions"] if one["rang"])


def test_no_health_data_comes_out(capsys, folder, result, tmp_path):
    """
    No NIR, no birth date, no act of any line in the page or in a document; the keys of factures are there.
    """
    _, out, _ = run(
        capsys,
        "rejets",
        folder,
        "--today",
        TODAY,
        "--toutes",
        "--json",
        tmp_path / "x.json",
        "--csv",
        tmp_path / "x.csv",
    )
    told = out + (tmp_path / "x.json").read_text("utf-8") + (tmp_path / "x.csv").read_text("utf-8")
    factures = result.tables.factures
    secrets = {*factures.nir.tolist(), *result.tables.reponses.nir.tolist()} - {b""}
    assert secrets
    assert [] == [secret for secret in secrets if secret.decode() in told]
    assert [] == [act for act in set(result.tables.lignes.acte.tolist()) if f'"{act.decode()}"' in told]


def test_formula_in_a_text_is_not_run(result, plan):
    """
    What a code table or an operator's name brings begins with an apostrophe in the CSV, negative days do not.
    """
    actions = plan.actions
    names = actions.operateurs.copy()
    names[:] = "=1+1"
    late = actions.with_columns(
        operateurs=names, le=["2025-11-01"] * len(actions), jours=[-9] * len(actions),
        echeance=[int(NatureEcheance.FORCLUSION)] * len(actions), niveau=[int(Urgence.DEPASSE)] * len(actions),
        unite=["jours"] * len(actions),
    )  # fmt: skip
    out = io.BytesIO()
    actions_csv(attrs.evolve(plan, actions=late), result, out)
    row = next(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig")), delimiter=";"))
    assert ("'=1+1", "-9") == (row["operateurs"], row["jours"])


def test_own_tables_are_used(capsys, folder, tmp_path):
    """
    A code table, figures of families and operators, all three from files.
    """
    codes, figures, people = tmp_path / "codes.csv", tmp_path / "f.toml", tmp_path / "o.csv"
    codes.write_text("portee;code;libelle;famille;du;au;source;confiance\n*;EX4;;SUBSTITUTION;;;EXEMPLE;L\n", "utf-8")
    figures.write_text("[SUBSTITUTION]\nminutes = 1\nespoir = 100\n", "utf-8")
    people.write_text("officine;lot_date;lot;facture;operateur\n999000019;2026-01-05;001;1;CAMILLE EXEMPLE\n", "utf-8")
    arguments = ("--codes", codes, "--familles", figures, "--operateurs", people, "--statistiques", "--toutes")
    status, out, err = run(capsys, "rejets", folder, "--today", TODAY, *arguments)
    assert 0 == status
    assert "Substitution refusée sans motif reconnu" in out
    assert "Par opérateur" in out
    assert "CAMILLE" not in out + err
    assert "o.csv:2: facture : cette facture n'est pas dans les fichiers lus" in err


@pytest.mark.parametrize(
    ("option", "content", "told"),
    [
        (
            "--codes",
            "portee;code;famille;du\nAMC;1;COULEUR;\nAMC;2;INDUU;\nAMC;3;INDU;hier\n",
            [
                "table de codes à corriger",
                "x.txt:2:3: famille : famille inconnue, lu « AAAAAAA » ; --familles-liste les montre toutes",
                "x.txt:3:3: famille : famille inconnue « INDUU » ; vouliez-vous dire INDU (Indu, retenue) ?",
                "x.txt:4:4: du : date JJ/MM/AAAA ou AAAA-MM-JJ attendue ; lu « AAAA »",
            ],
        ),
        (
            "--codes",
            "portee;famile\n",
            [
                "table de codes à corriger",
                "x.txt:1: code : il manque cette colonne",
                "x.txt:1: famille : il manque cette colonne",
                "x.txt:1:2 : colonne inconnue ; vouliez-vous dire famille ?",
            ],
        ),
        ("--codes", "", ["table de codes à corriger", "x.txt : fichier vide"]),
        (
            "--familles",
            "[COULEUR]\nminutes = 1\n[INDU]\nminutes = 'x'\n[ECART]\nespoir = 101\n",
            [
                "table de familles à corriger",
                "x.txt: COULEUR : famille inconnue ; --familles-liste les montre toutes",
                "x.txt: INDU.minutes : un entier attendu, lu un texte",
                "x.txt: ECART: espoir : pourcentage attendu, de 0 à 100",
            ],
        ),
        ("--familles", "[INDU\n", ["table de familles à corriger", "x.txt:1:6 : TOML incorrect à cet endroit"]),
        (
            "--operateurs",
            "officine;lot_date;lot;facture;operateur\n1;05/01/2026;1;1;A\n1;05/01/2026;1;1;B\n",
            [
                "table d'opérateurs à corriger",
                "x.txt:3: operateur : un autre opérateur que la ligne 2 pour la même facture",
            ],
        ),
        (
            "--accreditations",
            "officine;lot_date;lot;facture;accreditation\n1;05/01/2026;1;1\n",
            ["table d'accréditations à corriger", "x.txt:2 : 5 cellules attendues, lu 4"],
        ),
    ],
)
def test_wrong_table_is_told(capsys, folder, tmp_path, option, content, told):
    """
    Status 3: which table, then each fault with its place and what was expected, and nothing on the page.
    """
    (tmp_path / "x.txt").write_text(content, "utf-8")
    status, out, err = run(capsys, "rejets", folder, option, tmp_path / "x.txt")
    assert (3, "") == (status, out)
    assert [f"tiers-payant : {line}" for line in told] == err.splitlines()


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--codes", "table de codes"),
        ("--familles", "table de familles"),
        ("--operateurs", "table d'opérateurs"),
        ("--accreditations", "table d'accréditations"),
    ],
)
def test_absent_table_is_told(capsys, folder, tmp_path, option, words):
    """
    Status 2, and which one.
    """
    status, out, err = run(capsys, "rejets", folder, option, tmp_path / "absent.csv")
    assert (2, "") == (status, out)
    assert f"tiers-payant : {words} introuvable ou illisible : absent.csv\n" == err


def test_list_of_unknown_codes_goes_through_a_spreadsheet(capsys, folder, tmp_path):
    """
    Written, filled in with labels as the screen shows them, saved in Windows-1252, given back: nothing is unknown.
    """
    stub = tmp_path / "codes.csv"
    _, out, err = run(capsys, "rejets", folder, "--today", TODAY, "--inconnus", stub)
    assert "Codes inconnus" in out
    assert f"tiers-payant : écrit : {stub}\n" == err
    rows = list(csv.DictReader(io.StringIO(stub.read_text("utf-8-sig")), delimiter=";"))
    with stub.open("w", encoding="cp1252", newline="") as saved:
        writer = csv.DictWriter(saved, rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows({**row, "famille": "Identité ou NIR"} for row in rows)
    status, out, _ = run(capsys, "rejets", folder, "--today", TODAY, "--codes", stub)
    assert 0 == status
    assert "Codes inconnus" not in out


def test_operators_saved_by_a_spreadsheet(capsys, folder, tmp_path):
    """
    Windows-1252, accents included.
    """
    head, row = "officine;lot_date;lot;facture;operateur", "999000019;05/01/2026;001;1;HÉLÈNE EXEMPLE"
    (tmp_path / "o.csv").write_bytes(f"{head}\r\n{row}\r\n".encode("cp1252"))
    arguments = ("--operateurs", tmp_path / "o.csv", "--noms", "--statistiques")
    status, _, err = run(capsys, "rejets", folder, "--today", TODAY, *arguments)
    assert (0, "tiers-payant : o.csv:2: facture : cette facture n'est pas dans les fichiers lus\n") == (status, err)


def test_families_are_listed(capsys):
    """
    Each that classifies, by its name and its label.
    """
    status, out, err = run(capsys, "rejets", "--familles-liste")
    assert (0, "") == (status, err)
    for famille, fiche in fiches().items():
        assert bool(famille) == bool(re.search(rf"^{famille.name} +{re.escape(fiche.libelle)}$", out, re.MULTILINE))


@pytest.mark.parametrize("option", ["--json", "--csv", "--inconnus"])
def test_output_that_cannot_be_written_is_told(capsys, folder, tmp_path, option):
    """
    Status 2, as an output and not as something to read.
    """
    target = tmp_path / "absent" / "x"
    status, _, err = run(capsys, "rejets", folder, option, target)
    assert (2, f"tiers-payant : écriture impossible : {target} : dossier introuvable\n") == (status, err)


def test_usage_is_french(capsys, folder):
    """
    Help, and two options that exclude each other.
    """
    status, out, _ = run(capsys, "rejets", "-h")
    assert 0 == status
    assert None is ENGLISH.search(out)
    status, _, err = run(capsys, "rejets", folder, "--toutes", "--nombre", "3")
    assert 2 == status
    assert "--nombre ne va pas avec --toutes" in err


def test_lots_alone_tell_that_no_return_was_read(capsys, tmp_path, before):
    """
    Nothing to do is not what it means; compared with a period that has answers, nothing has changed.
    """
    tp.write_donnees(book([{}] * 40), tmp_path / "donnees.json")
    status, out, _ = run(capsys, "rejets", tmp_path, "--today", TODAY, "--statistiques", "--avant", before)
    assert 0 == status
    assert "Aucun retour n'a été lu : rien ne dit ce qui est payé ou refusé." in out
    assert "à faire" not in out
    assert re.search(r"^  Toutes les factures \* +0 +0 +pas de réponse +0,00 €$", out, re.M)
    assert "Avant et après : rien à comparer" in out
    assert "ATTENTION, après : aucune réponse n'a été lue pour 40 factures" in out
    assert "vraiment changé :" not in out


def test_many_factures_without_an_answer_are_told(capsys, tmp_path):
    """
    Five of forty: in words that nobody misses; four are the ordinary end of a month.
    """
    for without in (5, 4):
        answers = [{"de": rank, "reponse": 1} for rank in range(40 - without)]
        tp.write_donnees(book([{}] * 40, answers), tmp_path / "donnees.json")
        _, out, _ = run(capsys, "rejets", tmp_path, "--today", TODAY)
        told = "ATTENTION : des réponses manquent\n  5 factures sur 40 n'ont reçu aucune réponse" in out
        assert (without == 5) is told


def test_families_count_their_actions_not_shown(capsys, folder, plan):
    """
    Of all the work, whatever is shown of it.
    """
    _, out, _ = run(capsys, "rejets", folder, "--today", TODAY, "--nombre", "1")
    told = out[out.index("Que faire, famille par famille, toutes actions comptées") :]
    counts = re.findall(r"^  \S.* : (\d+) actions?, ([\d ]+),(\d\d) €$", told, re.M)
    work = list(plan.a_faire)
    assert len(work) == sum(int(number) for number, _, _ in counts) > 15
    assert sum(one.cents for one in work) == sum(int(f"{e.replace(' ', '')}{c}") for _, e, c in counts)


def test_every_rate_is_shown_when_all_are_asked_for(capsys, tmp_path):
    """
    Fourteen payers: twelve, the two others counted, and all with --toutes; each table once.
    """
    payers = [{"caisse": f"9{rank:02d}"} for rank in range(14)]
    tp.write_donnees(
        book(payers, [{"de": rank} for rank in range(14)], [{"de": rank, "code": "EX1"} for rank in range(14)]),
        tmp_path / "donnees.json",
    )
    _, some, _ = run(capsys, "rejets", tmp_path, "--today", TODAY, "--statistiques")
    _, every, _ = run(capsys, "rejets", tmp_path, "--today", TODAY, "--statistiques", "--toutes")
    payer = re.compile(r"^  Caisse 9\d\d .* \* +1 +1 ", re.M)
    assert (12, 14) == (len(payer.findall(some)), len(payer.findall(every)))
    assert "... et 2 autres (20,00 € refusés) : --toutes les montre" in some
    assert 1 == len(re.findall(r"^  Motif inconnu \* +14 +14 ", some, re.M))


def test_mark_of_few_is_never_cut():
    """
    A long name gives way to it; titles are whole.
    """
    long = {"amc": "9" * 40, "paiement": "25", "part_amo_cents": 0, "part_amc_cents": 1000}
    given = tp.reconcile(refused({"de": 0, "code": "EX1"}, factures=[long], part=2))
    page = rejets_text(tp.plan_actions(given, today=DAY), given, tp.statistics(given), Inconnus.empty(), en_detail=True)
    assert re.search(r"^  Complémentaire 9+… \*  ", page, re.M)
    titles = re.findall(r"^  (\S.{0,35}) +refusées", page, re.M)
    assert len(titles) > 4
    assert [] == [title for title in titles if "…" in title]


def test_operators_are_shown_when_they_are_given(capsys, folder, tmp_path):
    """
    Without any other option; pseudonyms that pass are said to, those of a salt and names are not.
    """
    people = tmp_path / "o.csv"
    people.write_text("officine;lot_date;lot;facture;operateur\n999000019;2025-10-01;001;000000101;CAMILLE EXEMPLE\n")
    given = ("rejets", folder, "--today", TODAY, "--operateurs", people)
    pages = [run(capsys, *given, *more)[1] for more in ((), ("--sel", "secret"), ("--noms",), ("--statistiques",))]
    assert [1] * 4 == [page.count("Par opérateur") for page in pages]
    told = ["Ces pseudonymes changent à chaque fois : --sel TEXTE" in page for page in pages]
    assert [True, False, False, True] == told
    assert "Par opérateur" not in run(capsys, "rejets", folder, "--today", TODAY)[1]


def test_signs_stay_with_their_word(result, plan):
    """
    French puts an unbreakable space before `: ; ! ?` and inside quotes.
    """
    table = tp.statistics(result)
    page = rejets_text(plan, result, table, Inconnus.empty(), tp.audit(table, table), most=None, en_detail=True)
    assert "«\u00a0A vraiment changé\u00a0»" in page
    assert [] == re.findall(r"\S [:;!?»](?:\s|$)|« ", page, re.M)


def test_one_facture_is_not_the_same_as_another(result, plan, capsys, folder):
    """
    An action about one facture says nothing of a same patient; words of ours have their accents.
    """
    _, out, _ = run(capsys, "rejets", folder, "--today", TODAY, "--toutes")
    assert {1} == {one.factures for one in plan.a_faire if one.cause.startswith("assure:")}
    assert "même assuré" not in out
    assert "lu : bénéficiaire inconnu" in out


def test_nothing_to_read_is_told(capsys, folder, tmp_path):
    """
    Status 3 when nothing is a known format, in either period; 2 when a path is missing.
    """
    (tmp_path / "x.txt").write_bytes(b"rien")
    assert 3 == run(capsys, "rejets", tmp_path)[0]
    assert 3 == run(capsys, "rejets", folder, "--avant", tmp_path)[0]
    assert 2 == run(capsys, "rejets", tmp_path / "absent")[0]


class TestPage:
    def test_unknown_codes_are_apart(self, result):
        """
        With what to do about them; a line without a code is told as such.
        """
        codes = load_codes()
        plan = tp.plan_actions(result, today=DAY, codes=codes)
        unknown = Inconnus.of(
            2, portee=["AMC", "*"], code=["EX1", ""], nombre=[3, 1], montant_cents=[4200, 0],
        )  # fmt: skip
        page = rejets_text(plan, result, tp.statistics(result), unknown).replace("\u00a0", " ")
        assert re.search(r"^  AMC +EX1 +3 +42,00 €$", page, re.MULTILINE)
        assert "(sans code)" in page
        assert "--inconnus codes.csv écrit cette liste" in page

    def test_nothing_refused_makes_a_page(self):
        """
        No section for what is not there.
        """
        result = tp.reconcile(tp.Book(tables=tp.Tables()))
        plan = tp.plan_actions(result, today=DAY)
        page = rejets_text(plan, result, tp.statistics(result), Inconnus.empty())
        assert 2 == len(page.splitlines())
        document = json.loads("".join(rejets_chunks(plan, result, tp.statistics(result), Inconnus.empty())))
        jsonschema.validate(document, rejets_schema())
        assert None is document["audit"]

    def test_what_would_move_a_terminal_is_escaped(self):
        """
        Numbers come from files, words from tables: neither clears the screen.
        """
        number = "\x1b[2J\x07"
        hostile = {"amc": number, "prescripteur": number, "caisse": "\x1b", "lot": number, "facture": number}
        given = tp.reconcile(refused({"de": 0, "code": "0470049"}, {"de": 0, "code": "EX1"}, factures=[hostile]))
        plan = tp.plan_actions(given, today=DAY)
        page = rejets_text(plan, given, tp.statistics(given), Inconnus.empty(), most=None, en_detail=True)
        assert r"\x1b[2J" in page
        assert set() == {letter for letter in page if ord(letter) < ord(" ")} - {"\n"}

    @pytest.mark.parametrize("day", ["12000-01-01", "-0500-01-01", "NaT", "0001-01-01"])
    def test_day_beyond_the_calendar_is_told_as_it_is(self, tmp_path, day):
        """
        Columns hold days that Python has not.
        """
        given = refused({"de": 0, "code": "EX4"}, factures=[{"lot_date": np.datetime64(day, "D"), "nir": ""}])
        result = tp.reconcile(given)
        plan = tp.plan_actions(result, today=DAY)
        tp.write_actions_csv(plan, result, tmp_path / "x.csv")
        assert rejets_text(plan, result, tp.statistics(result), Inconnus.empty())
        document = json.loads("".join(rejets_chunks(plan, result, tp.statistics(result), Inconnus.empty())))
        expected = None if day == "NaT" else str(np.datetime64(day, "D"))
        assert expected == document["actions"][0]["creances"][0]["lot_date"]
        alertes = tp.check_lots(given, today=DAY)
        assert "000000101" in controle_text(given.tables, alertes, chosen_checks())
        told = json.loads("".join(controle_chunks(given.tables, alertes, chosen_checks(), DAY)))
        assert {expected} == {one["lot_date"] for one in told["alertes"]}

    @pytest.mark.parametrize(
        ("day", "words"), [("12000-01-02", "du 02/01/12000"), ("NaT", "sans date"), ("2026-01-08", "du 08/01/2026")]
    )
    def test_return_that_withholds_is_told_by_its_day(self, day, words):
        """
        Whatever that day is.
        """
        moves = {"officine": ["999000019"], "retour": [0], "nature": [1], "montant_cents": [-300], "groupe": [0]}
        retours = {"emetteur_type": ["CP"], "empreinte": ["a" * 64], "date": [np.datetime64(day, "D")]}
        given = tp.reconcile(book([{}], mouvements=moves, retours=retours))
        page = rejets_text(tp.plan_actions(given, today=DAY), given, tp.statistics(given), Inconnus.empty())
        assert f"retour {words} (aaaaaaaaaaaa)" in page

    def test_audit_of_nothing_follows_the_schema(self, result, plan):
        """
        No comparison is no error.
        """
        document = json.loads(
            "".join(rejets_chunks(plan, result, tp.statistics(result), Inconnus.empty(), Audit.empty()))
        )
        jsonschema.validate(document, rejets_schema())


class TestSchema:
    def test_schema_is_one(self):
        """
        Valid against its dialect, every object closed, every key required.
        """
        schema = rejets_schema()
        jsonschema.Draft202012Validator.check_schema(schema)

        def opened(node: object, path: str = "") -> list[str]:
            if isinstance(node, list):
                return [found for item in node for found in opened(item, path)]
            if not isinstance(node, dict):
                return []
            wrong = "properties" in node and (
                node.get("additionalProperties") is not False or set(node["required"]) != set(node["properties"])
            )
            return [path] * wrong + [found for key, value in node.items() for found in opened(value, f"{path}/{key}")]

        assert [] == opened(schema)

    def test_lists_of_words_are_those_of_the_domain(self):
        """
        What is added to a list of the domain is added to the schema.
        """
        schema = rejets_schema()["properties"]
        action = schema["actions"]["items"]["properties"]
        deadline = action["echeance"]["properties"]
        ecart = schema["audit"]["properties"]["ecarts"]["items"]["properties"]
        assert set(Famille.__members__) == set(action["famille"]["enum"])
        assert {one.value for one in Acteur} == set(action["acteur"]["enum"])
        assert {one.value for one in Renvoi} == set(action["renvoi"]["enum"])
        assert {one.name.lower() for one in Preuve} == set(action["preuve"]["enum"])
        assert {one.name.lower() for one in Urgence} == set(deadline["niveau"]["enum"])
        assert {one.name.lower() for one in NatureEcheance} == set(deadline["nature"]["enum"])
        assert {*Confiance, None} == set(deadline["confiance"]["enum"])
        assert {one.name.lower() for one in Axe} == set(schema["statistiques"]["items"]["properties"]["axe"]["enum"])
        assert {one.name.lower() for one in Axe} == set(ecart["axe"]["enum"])
        assert {one.name.lower() for one in Changement} == set(ecart["changement"]["enum"])
