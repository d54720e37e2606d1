"""The command line: exit statuses, French on screen, the same bytes for the same facts."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import jsonschema
import pytest
from tests.formats.golden import GOLDEN

import tiers_payant as tp
from tiers_payant import cli
from tiers_payant.domain import Choix, groupe_ids, virement_ids
from tiers_payant.errors import ColumnError, LawError
from tiers_payant.matching import _executeur
from tiers_payant.reports import rapprochement_schema

LOTS = GOLDEN / "b2" / "deux_lots.txt"
BROKEN = GOLDEN / "b2" / "montant_illisible.txt"
BANK = GOLDEN / "cfonb120" / "deux_comptes_deux_jours.txt"
ENGLISH = re.compile(
    r"\b(the|usage:|argument |required|expected|invalid|unrecognized|choose|show|exit|error|message|and|file)\b"
)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command in this process; return its status and what it wrote on both streams."""
    try:
        status = cli.main([str(argument) for argument in arguments])
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulation")
    assert 0 == cli.main(["simulate", str(folder), "--officines", "2", "--factures", "120", "--seed", "5"])
    return folder


def test_clean_input_is_done(capsys, tmp_path):
    """
    Status 0, the figures on screen, nothing on the error stream.
    """
    status, out, err = run(capsys, "reconcile", LOTS)
    assert (0, "") == (status, err)
    assert "142,75\u00a0€" in out
    assert "Fichiers lus : 1 b2" in out


def test_problems_in_the_input_are_told(capsys):
    """
    Status 1: it is done, and what is wrong is shown with its place.
    """
    status, out, _ = run(capsys, "reconcile", LOTS, BROKEN)
    assert 1 == status
    assert "montant_illisible.txt" in out
    assert "3 problèmes dans les fichiers" in out


def test_workers_change_nothing(capsys, tmp_path, monkeypatch, simulated):
    """
    Matched in two processes, the document has the same bytes.
    """
    monkeypatch.setattr(_executeur, "LEAST", 50)
    for name, workers in (("one", "1"), ("two", "2")):
        run(capsys, "reconcile", simulated, "--json", tmp_path / name, "--workers", workers)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_information_is_no_problem(capsys, tmp_path):
    """
    The same lots delivered twice are worth knowing, and put no figure in doubt.
    """
    (tmp_path / "copie.txt").write_bytes(LOTS.read_bytes())
    assert 0 == run(capsys, "reconcile", LOTS, tmp_path / "copie.txt")[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "il manque : COMMANDE"),
        (["reconcile"], "il manque : CHEMIN"),
        (["simulate"], "il manque : DOSSIER"),
        (["couleur"], "choix inconnu"),
        (["reconcile", "x", "--couleur"], "arguments inconnus : --couleur"),
        (["reconcile", "x", "--json"], "--json attend une valeur"),
        (["reconcile", "x", "--today", "hier"], "--today : valeur incorrecte 'hier'"),
        (["reconcile", "x", "--today", "2026-02-30"], "valeur incorrecte"),
        (["simulate", "d", "--factures", "0"], "--factures : valeur incorrecte '0'"),
        (["simulate", "d", "--months", "x"], "--months : valeur incorrecte 'x'"),
        (["simulate", "d", "--seed", "x"], "--seed : valeur incorrecte 'x'"),
        (["demo", "--help=x"], "n'attend pas de valeur"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told_in_french(capsys, arguments, words):
    """
    Status 2, on the error stream, without a word of English.
    """
    status, out, err = run(capsys, *arguments)
    assert (2, "") == (status, out)
    assert words in err
    assert err.startswith("usage : tiers-payant")
    assert None is ENGLISH.search(err)


@pytest.mark.parametrize(
    "arguments", [["-h"], ["demo", "-h"], ["explain", "-h"], ["reconcile", "-h"], ["simulate", "--help"]], ids=" ".join
)
def test_help_is_french(capsys, arguments):
    """
    Status 0, without a word of English.
    """
    status, out, err = run(capsys, *arguments)
    assert (0, "") == (status, err)
    assert out.startswith("usage : tiers-payant")
    assert None is ENGLISH.search(out)


def test_missing_path(capsys, tmp_path):
    """
    Status 2: nothing is read, and the path is told.
    """
    status, out, err = run(capsys, "reconcile", LOTS, tmp_path / "absent")
    assert (2, "") == (status, out)
    assert "introuvable ou illisible" in err
    assert "absent" in err


@pytest.mark.parametrize("content", [None, b"", b"Bonjour"])
def test_nothing_could_be_read(capsys, tmp_path, content):
    """
    Status 3: an empty folder, an empty file, a file of nobody's.
    """
    if content is not None:
        (tmp_path / "a.txt").write_bytes(content)
    status, out, err = run(capsys, "reconcile", tmp_path)
    assert (3, "") == (status, out)
    assert "aucun fichier n'a pu être lu" in err
    assert (content is None) == ("a.txt" not in err)


@pytest.mark.parametrize(
    ("error", "words"), [(LawError("1 cent"), "loi du rapprochement"), (ColumnError("largeur"), "largeur")]
)
def test_broken_law(capsys, monkeypatch, error, words):
    """
    Status 3: figures that do not add up are never shown.
    """

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(tp, "reconcile", fail)
    status, out, err = run(capsys, "reconcile", LOTS)
    assert (3, "") == (status, out)
    assert words in err


def test_json_follows_its_schema(capsys, tmp_path, simulated):
    """
    A whole simulated folder gives a document that its schema accepts.
    """
    path = tmp_path / "r.json"
    assert run(capsys, "reconcile", simulated, "--json", path)[0] in (0, 1)
    document = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(document, rapprochement_schema())
    assert all(document[name] for name in ("sources", "creances", "virements"))


def test_json_is_the_same_bytes_whatever_the_order(capsys, tmp_path, simulated):
    """
    Two runs, and the same inputs named in another order or through other folders first, write one document.
    """
    parts = [*sorted(simulated.glob("officine-*")), simulated / "officines.json"]
    runs = [parts, parts, parts[::-1], [*parts[1:], parts[0]]]
    documents = set()
    for rank, paths in enumerate(runs):
        run(capsys, "reconcile", *paths, "--json", tmp_path / f"{rank}.json")
        documents.add((tmp_path / f"{rank}.json").read_bytes())
    assert 1 == len(documents)


def test_today_changes_lateness_and_no_state(capsys, tmp_path):
    """
    The day judges delays; the document knows nothing of it.
    """
    early = run(capsys, "reconcile", LOTS, "--today", "2026-01-07", "--json", tmp_path / "a.json")[1]
    later = run(capsys, "reconcile", LOTS, "--today", "2026-12-31", "--json", tmp_path / "b.json")[1]
    assert "Au 07/01/2026, 0 créance dépasse" in early
    assert "Au 31/12/2026, 4 créances dépassent" in later
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_json_that_cannot_be_written(capsys, tmp_path):
    """
    Status 2, and the path is told.
    """
    status, _, err = run(capsys, "reconcile", LOTS, "--json", tmp_path / "absent" / "r.json")
    assert 2 == status
    assert "r.json" in err


def test_simulation_is_the_same_for_the_same_seed(capsys, tmp_path, simulated):
    """
    Two folders, the same files, byte for byte; another seed, others.
    """
    for name, seed in (("a", 5), ("b", 6)):
        run(capsys, "simulate", tmp_path / name, "--officines", 2, "--factures", 120, "--seed", seed)

    def content(folder):
        return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert content(simulated) == content(tmp_path / "a")
    assert content(simulated) != content(tmp_path / "b")


def test_demo_shows_what_a_pharmacist_wants_to_know(capsys):
    """
    Billed, announced, credited, what to look at, and why a créance is said to be settled.
    """
    status, out, err = run(capsys, "demo")
    assert (0, "") == (status, err)
    for words in ("Facturé", "Annoncé", "Crédité", "À traiter d'abord", "Pourquoi une créance est dite réglée"):
        assert words in out


def test_module_runs_as_the_command_does():
    """
    `python -m tiers_payant` is the command, exit status included.
    """
    command = [sys.executable, "-W", "error", "-m", "tiers_payant", "reconcile"]
    good = subprocess.run([*command, LOTS, BANK], capture_output=True, text=True, encoding="utf-8", check=False)
    assert (0, "") == (good.returncode, good.stderr)
    assert "Facturé" in good.stdout
    bad = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (2, "") == (bad.returncode, bad.stdout)


def test_version_is_told(capsys):
    """
    The version of the library, and nothing else.
    """
    with pytest.raises(SystemExit) as stop:
        cli.main(["--version"])
    assert 0 == stop.value.code
    assert f"tiers-payant {tp.__version__}\n" == capsys.readouterr().out


def test_missing_path_is_told_in_french(tmp_path, capsys):
    """
    What the library says to developers is not shown.
    """
    assert 2 == cli.main(["reconcile", str(tmp_path / "absent")])
    assert f"tiers-payant : introuvable ou illisible : {tmp_path / 'absent'}\n" == capsys.readouterr().err


def test_folder_that_is_not_empty_is_told(capsys, tmp_path):
    """
    Status 2: what stands in it would be read with the simulation, so nothing is written.
    """
    (tmp_path / "ancien.txt").write_text("EXEMPLE", encoding="utf-8")
    assert 2 == cli.main(["simulate", str(tmp_path), "--factures", "20", "--seed", "5"])
    assert "n'est pas vide" in capsys.readouterr().err
    assert ["ancien.txt"] == [path.name for path in tmp_path.iterdir()]


def test_day_is_written_the_french_way_too(capsys):
    """
    The same page for both; a day that is none is told with the forms that are.
    """
    (_, iso, _), (status, french, _) = (
        run(capsys, "reconcile", LOTS, "--today", day) for day in ("2026-02-01", "01/02/2026")
    )
    assert (0, iso) == (status, french)
    status, out, err = run(capsys, "reconcile", LOTS, "--today", "31/02/2026")
    assert (2, "") == (status, out)
    assert "--today : valeur incorrecte '31/02/2026', un jour s'écrit JJ/MM/AAAA ou AAAA-MM-JJ" in err


@pytest.mark.parametrize(
    ("typed", "words"),
    [("rejet", "vouliez-vous dire rejets ?"), ("Reconcil", "vouliez-vous dire reconcile ?"), ("zzz", "'plugins'")],
)
def test_nearest_command_is_offered(capsys, typed, words):
    """
    Status 2; nothing is offered for what is like none of them.
    """
    status, _, err = run(capsys, typed, "x")
    assert 2 == status
    assert err.endswith(f"{words}\n")


def test_what_is_written_is_told(capsys, tmp_path):
    """
    On the error stream, so that the page stays what it was.
    """
    _, page, _ = run(capsys, "reconcile", LOTS, "--today", "2026-02-01")
    _, out, err = run(capsys, "reconcile", LOTS, "--today", "2026-02-01", "--json", tmp_path / "x.json")
    assert (page, f"tiers-payant : écrit : {tmp_path / 'x.json'}\n") == (out, err)


def test_output_that_cannot_be_written_is_told(capsys, tmp_path):
    """
    Status 2, as an output, with why in French.
    """
    status, _, err = run(capsys, "reconcile", LOTS, "--json", tmp_path)
    assert (2, f"tiers-payant : écriture impossible : {tmp_path} : c'est un dossier\n") == (status, err)


def test_payers_of_a_file_are_checked_and_serve(capsys, tmp_path):
    """
    A table that holds none is refused with its place; a good one is laid over the library's.
    """
    table = tmp_path / "payeurs.toml"
    table.write_text('[[payeur]]\nid = ""\nnom = "E"\ntextes = []\nemetteurs = []\n', encoding="utf-8")
    status, _, err = run(capsys, "reconcile", LOTS, "--payeurs", table)
    assert 3 == status
    assert [
        "tiers-payant : table de payeurs à corriger",
        "tiers-payant : payeurs.toml.payeur[0]: id : texte attendu",
    ] == err.splitlines()
    table.write_text('[[payeur]]\nid = "e"\nnom = "E"\ntextes = ["EXEMPLE"]\nemetteurs = ["OC"]\n', encoding="utf-8")
    assert 0 == run(capsys, "reconcile", LOTS, "--payeurs", table)[0]


def test_a_facture_number_is_explained(capsys, simulated):
    """
    Status 0: every share of that number, each with the identifier that leads back to it.
    """
    number = tp.reconcile(tp.read(simulated)).creances[0].facture
    status, out, err = run(capsys, "explain", simulated, number)
    assert (0, "") == (status, err)
    names = re.findall(r"^  \[(.+)\]$", out, re.MULTILINE)
    assert len(names) == out.count(f"Facture {number}, lot") - out.count(f": Facture {number}") > 0
    status, again, _ = run(capsys, "explain", simulated, names[0])
    assert 0 == status
    assert out.startswith(again.rstrip("\n"))


def test_facts_are_given_as_json(capsys, simulated):
    """
    One object on one line, with its name.
    """
    result = tp.reconcile(tp.read(simulated))
    name = result.explain(result.virements[0]).id
    status, out, _ = run(capsys, "explain", simulated, name, "--json")
    assert 0 == status
    assert ("virement", name) == (json.loads(out)["sujet"], json.loads(out)["id"])


def test_a_name_of_nothing_is_wrong_usage(capsys, simulated, tmp_path):
    """
    Status 2, in French; status 3 when nothing could be read at all.
    """
    status, out, err = run(capsys, "explain", simulated, "couleur")
    assert (2, "") == (status, out)
    assert "rien ne porte ce nom : couleur" in err
    (tmp_path / "a.txt").write_bytes(b"Bonjour")
    assert 3 == run(capsys, "explain", tmp_path, "couleur")[0]


def test_decisions_of_people_are_followed(capsys, simulated, tmp_path):
    """
    A refused proposal is proposed no more; a decision that names nothing is told.
    """
    book = tp.read(simulated)
    settled = tp.reconcile(book).liens_virements
    names = groupe_ids(book.tables)[settled.groupe[0]], virement_ids(book.tables)[settled.virement[0]]
    day = book.tables.virements.date[settled.virement[0]].item()
    ones = [
        tp.Decision(choix=Choix.REFUSER, groupes=groupe, virements=names[1], auteur="EXEMPLE", le=day)
        for groupe in (names[0], "inconnu")
    ]
    tp.write_decisions(ones, tmp_path / "decisions.json")
    given = ("--decisions", tmp_path / "decisions.json", "--json", tmp_path / "resultat.json")
    status, _, _ = run(capsys, "reconcile", simulated, *given)
    document = json.loads((tmp_path / "resultat.json").read_text("utf-8"))
    assert 1 == status
    assert ["DECISION_INCONNUE"] == [one["code"] for one in document["problemes"] if one["code"].startswith("DECISION")]
    assert names not in {(one["groupe"], one["virement"]) for one in document["propositions"]}


def test_a_bad_file_of_decisions_is_told_in_french(capsys, tmp_path):
    """
    Nothing is reconciled, and the decision to correct is named.
    """
    bad = tmp_path / "decisions.json"
    bad.write_text('{"schema": "tiers-payant/decisions/1", "decisions": [{}]}', encoding="utf-8")
    status, out, err = run(capsys, "reconcile", LOTS, "--decisions", bad)
    assert (3, "") == (status, out)
    assert "fichier de décisions à corriger, décision n° 1 : attendu, choix, groupes," in err
    assert None is ENGLISH.search(err)


def test_rejects_and_explanations_are_of_the_reconciliation_decided(capsys, simulated, tmp_path):
    """
    A decision that `reconcile` follows, `explain` and `rejets` follow; a bad one stops them alike.
    """
    book = tp.read(simulated)
    settled = tp.reconcile(book).liens_virements
    names = groupe_ids(book.tables)[settled.groupe[0]], virement_ids(book.tables)[settled.virement[0]]
    day = book.tables.virements.date[settled.virement[0]].item()
    refused = tp.Decision(choix=Choix.REFUSER, groupes=names[0], virements=names[1], auteur="EXEMPLE", le=day)
    tp.write_decisions([refused], tmp_path / "decisions.json")
    decided = tp.reconcile(book, decisions=tp.read_decisions(tmp_path / "decisions.json"))
    given = ("--decisions", tmp_path / "decisions.json")
    before = run(capsys, "explain", simulated, names[1])[1]
    _, out, _ = run(capsys, "explain", simulated, names[1], *given)
    assert str(decided.explain(decided.named(names[1])[0])).replace("\u00a0", " ") in out.replace("\u00a0", " ")
    assert before != out
    assert 0 == run(capsys, "rejets", simulated, *given)[0]
    (tmp_path / "decisions.json").write_text("{}", encoding="utf-8")
    assert {3} == {
        run(capsys, *arguments, *given)[0]
        for arguments in (("explain", simulated, names[1]), ("rejets", simulated), ("reconcile", simulated))
    }


@pytest.mark.parametrize("command", [("explain", LOTS, "exemple"), ("rejets", LOTS), ("reconcile", LOTS)])
def test_payers_serve_every_command(capsys, tmp_path, command):
    """
    A table that holds no payer is refused by each, with its place.
    """
    table = tmp_path / "payeurs.toml"
    table.write_text('[[payeur]]\nid = ""\nnom = "E"\ntextes = []\nemetteurs = []\n', encoding="utf-8")
    status, _, err = run(capsys, *command, "--payeurs", table)
    assert 3 == status
    assert "payeurs.toml" in err
