"""`tiers-payant relances`: shown first, carried out when asked, compared when replayed."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import tiers_payant as tp
from tiers_payant import cli
from tiers_payant.cli._fautes import fault_in_french
from tiers_payant.domain import write_policy
from tiers_payant.dunning import lettres
from tiers_payant.dunning.lettres import _rendus
from tiers_payant.reports import relances_schema

TODAY = "10/12/2025"
OFFICINE = "992000018"
ENGLISH = re.compile(r"\b(the|usage:|argument |required|expected|invalid|error|message|and|file|of)\b")
CUT_SHORT = (
    "out/relances.verrou : un envoi s'est interrompu (le processus 12 n'existe plus) ; supprimez ce fichier, puis "
    "recommencez"
)
ENTETE = f"""
officine = "{OFFICINE}"
nom = "PHARMACIE EXEMPLE"
signataire = "Camille Exemple"
telephone = "01 99 00 00 00"
[adresse]
lignes = ["1 RUE EXEMPLE"]
code_postal = "99999"
ville = "VILLE EXEMPLE"
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command in this process; return its status and what it wrote on both streams, plain spaces."""
    try:
        status = cli.main(["relances", *(str(argument) for argument in arguments)])
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    out, err = capsys.readouterr()
    return status, out.replace("\u00a0", " "), err.replace("\u00a0", " ")


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three months of one pharmacy whose patients owe."""
    folder = tmp_path_factory.mktemp("mois")
    tp.simulate(folder, factures=900, mois=3, seed=1, comptes_clients=True)
    return folder


@pytest.fixture(scope="module")
def few(months: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same facts in few files, read in a thirtieth of the time: the lots in one, the returns in a neutral one."""
    folder = tmp_path_factory.mktemp("peu")
    for path in months.rglob("*"):
        if path.suffix in (".csv", ".json", ".xml"):
            (folder / path.name).write_bytes(path.read_bytes())
    (folder / "lots.b2").write_bytes(b"".join(path.read_bytes() for path in sorted(months.rglob("*.b2"))))
    tp.write_donnees(tp.read(*months.rglob("*.noe")), folder / "retours.json")
    return folder


@pytest.fixture
def entete(tmp_path: Path) -> Path:
    path = tmp_path / "entete.toml"
    path.write_text(ENTETE, encoding="utf-8")
    return path


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_preview_is_the_default_and_writes_nothing(months, few, tmp_path, capsys, monkeypatch):
    """
    Who is to be reminded, who is not and why, in French; not one file.
    """
    monkeypatch.chdir(tmp_path)
    before = files_of(months)
    status, out, err = run(capsys, months, "--today", TODAY)
    assert (0, "") == (status if status != 1 else 0, err)
    assert "Relances du mercredi 10/12/2025, politique « standard »" in out
    assert "À contacter" in out
    assert "Laissées de côté" in out
    assert "Aperçu : rien n'est écrit ni envoyé." in out
    assert (before, {}) == (files_of(months), files_of(tmp_path))
    assert [] == ENGLISH.findall(out)
    assert (out, "") == run(capsys, few, "--today", TODAY, "--preview")[1:]


def test_no_patient_is_named(few, capsys):
    """
    The officine's own reference stands for each.
    """
    _, out, _ = run(capsys, few, "--today", TODAY, "--nombre", 1000)
    assert "client C001" in out
    names = {each.decode().split()[-1] for each in (b"CAMILLE", b"DOMINIQUE", b"SACHA")}
    assert set() == {name for name in names if name in out}


def test_json_is_of_its_schema(few, tmp_path, capsys):
    """
    Same facts, same bytes; every contact, every step left out.
    """
    paths = [tmp_path / "un.json", tmp_path / "deux.json"]
    for path in paths:
        _, _, err = run(capsys, few, "--today", TODAY, "--json", path)
        assert f"écrit : {path}" in err
    assert paths[0].read_bytes() == paths[1].read_bytes()
    document = json.loads(paths[0].read_text("utf-8"))
    jsonschema.validate(document, relances_schema())
    assert len(document["contacts"]) == document["totaux"]["contacts"] > 0
    for contact in document["contacts"]:
        assert contact["cents"] == sum(claim["cents"] for claim in contact["creances"])


def test_policy_of_a_plugin_is_called_by_its_name(few, capsys):
    """
    The library's own comes by the same way; a name that is neither a file nor a policy is told.
    """
    expected = run(capsys, few, "--today", TODAY)
    assert expected == run(capsys, few, "--today", TODAY, "--policy", "standard")
    assert 2 == run(capsys, few, "--today", TODAY, "--policy", "inconnue")[0]


def test_order_of_files_changes_nothing(months, tmp_path):
    """
    The same facts, read the other way round, make the same document.
    """
    files = sorted(path for path in months.rglob("*") if path.suffix in (".b2", ".noe", ".xml", ".csv", ".json"))
    texts = []
    for paths in (files, files[::-1]):
        result = tp.reconcile(tp.read(*paths))
        plan = tp.plan_relances(result, today=dt.date(2025, 12, 10))
        tp.write_relances_json(plan, result, tmp_path / "plan.json")
        texts.append((tmp_path / "plan.json").read_bytes())
    assert texts[0] == texts[1]


def test_commit_writes_letters_then_the_history(few, entete, tmp_path, capsys):
    """
    Once; the same day again says that nothing is new.
    """
    out_folder = tmp_path / "relances"
    asked = (few, "--today", TODAY, "--commit", out_folder, "--entete", entete)
    _, out, _ = run(capsys, *asked)
    assert "relances enregistrées" in out
    files = files_of(out_folder)
    assert "relances-2025-12-10.json" in files
    assert len(files) > 2
    _, again, _ = run(capsys, *asked)
    assert "Aucune relance nouvelle" in again
    assert files == files_of(out_folder)


def test_page_to_print_is_told(few, entete, tmp_path, capsys, monkeypatch):
    """
    Without the extra `pdf`, letters are pages to print: whoever looks for a PDF learns why there is none.
    """
    for module in (lettres, _rendus):
        monkeypatch.setattr(module, "has_pdf", lambda: False)
    _, out, _ = run(capsys, few, "--today", TODAY, "--commit", tmp_path / "relances", "--entete", entete)
    made = {Path(name).suffix for name in files_of(tmp_path / "relances")}
    assert {".html"} == made & {".html", ".pdf"}
    assert lettres.SANS_PDF in out.replace("\u00a0", " ")


def test_history_keeps_debtors_from_being_reminded_again(few, entete, tmp_path, capsys):
    """
    Two days later, with the history, the same people are left alone; without it, they would not be.
    """
    out_folder = tmp_path / "relances"
    run(capsys, few, "--today", TODAY, "--commit", out_folder, "--entete", entete)
    _, without, _ = run(capsys, few, "--today", "12/12/2025")
    _, knowing, _ = run(capsys, few, "--today", "12/12/2025", "--historique", out_folder)
    assert "À contacter" in without
    assert "Personne à relancer aujourd'hui." in knowing


def test_day_before_a_run_is_refused_in_french(few, entete, tmp_path, capsys):
    """
    What is recorded stays as it is.
    """
    out_folder = tmp_path / "relances"
    run(capsys, few, "--today", TODAY, "--commit", out_folder, "--entete", entete)
    status, _, err = run(capsys, few, "--today", "09/12/2025", "--commit", out_folder, "--entete", entete)
    assert 3 == status
    assert "des relances y sont déjà enregistrées au 10/12/2025" in err
    assert [] == ENGLISH.findall(err)


def test_policies_are_compared(few, tmp_path, capsys):
    """
    One column for each, over the same days.
    """
    policy = tmp_path / "politique.toml"
    write_policy(tp.RelancePolicy.standard(), policy)
    status, out, _ = run(
        capsys, few, "--simuler", "01/12/2025", "10/12/2025", "--pas", 7, "--policy", policy, "--policy", policy
    )
    assert 0 == status
    assert 2 == next(line for line in out.splitlines() if "standard" in line).count("standard")
    assert re.search(r"Relances à tort +0 +0\n", out)
    assert "Relances rejouées du 01/12/2025 au 10/12/2025 : 2 jours de plan" in out
    assert [] == ENGLISH.findall(out)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--commit", "ici"), "--commit écrit des lettres : donnez l'en-tête de l'officine par --entete"),
        (("--policy", "a", "--policy", "b"), "--policy : plusieurs politiques ne se comparent qu'avec --simuler"),
        (("--simuler", "10/12/2025", "01/12/2025"), "--simuler : le dernier jour est avant le premier"),
        (("--policy", "nulle-part.toml"), "politique de relance introuvable ou illisible : nulle-part.toml"),
        (("--annuaire", "nulle-part.csv"), "annuaire introuvable ou illisible : nulle-part.csv"),
        (("--preview", "--commit", "ici"), "ne va pas avec"),
    ],
)
def test_what_cannot_be_asked(few, more, told, capsys, tmp_path, monkeypatch):
    """
    Told in French before anything is read or written.
    """
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, few, *more)
    assert (2, "") == (status, out)
    assert told in err
    assert {} == files_of(tmp_path)


def test_nothing_readable(tmp_path, capsys):
    """
    As the other commands say it.
    """
    (tmp_path / "vide").mkdir()
    (tmp_path / "vide" / "notes.txt").write_text("rien")
    for more in ((), ("--simuler", "01/12/2025", "10/12/2025")):
        status, _, err = run(capsys, tmp_path / "vide", *more)
        assert 3 == status
        assert "aucun fichier n'a pu être lu" in err


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("out: a run of a later day is there, of 2026-03-05: none is made for 2026-03-02",
         "out : des relances y sont déjà enregistrées au 05/03/2026 ; aucune n'est faite pour le 02/03/2026"),
        ("out/relances.verrou: another run is at work (process 12)",
         "out/relances.verrou : un autre envoi est en cours (processus 12) ; réessayez quand il est fini"),
        ("out/relances.verrou: a run was cut short (process 12 is gone); delete this file",
         CUT_SHORT),
        ("relances-2026-03-02.json: contact 1, claim 2: cents: expected cents",
         "relances-2026-03-02.json: contact 1, claim 2: cents : centimes attendus, entiers"),
        ("s.csv:2:9: montant: expected an amount such as '1234,50', got 'aa'",
         "s.csv:2:9: montant : montant attendu, comme 1234,50 ; lu « aa »"),
        ("s.csv:2:1: type: expected one of contestation, piece, got 'aa'",
         "s.csv:2:1: type : valeurs possibles : contestation, piece ; lu « aa »"),
        ("s.csv:2:9: au: expected a last day: accord ends by itself",
         "s.csv:2:9: au : dernier jour attendu, ce type de suspension finit de lui-même"),
        ("releve_max_jours_ouvres: expected 0 to 60 @ p.toml", "p.toml: releve_max_jours_ouvres : de 0 à 60 attendu"),
        ("indemnite: never claimed from a patient (code de la consommation L121-21) @ p.toml.scenarios",
         "p.toml.scenarios: indemnite : jamais réclamée à un patient (code de la consommation, L121-21)"),
        ("s.csv:2:1: officine: expected an officine, and a debtor or a facture",
         "s.csv:2:1: officine : une officine, et un débiteur ou une facture"),
        ("r1: no letterhead for its officine", "r1 : il manque l'en-tête de cette officine"),
        ("patient.x: no template 'x'", "patient.x : aucun modèle de lettre ne s'appelle « x »"),
        ("m.corps: line 3: unexpected end", "m.corps : ligne 3 du modèle, incorrecte"),
        ("relances-2026-02-31.json: no such day", "relances-2026-02-31.json : ce jour n'existe pas"),
    ],
)  # fmt: skip
def test_faults_of_the_history_are_told_in_french(fault, expected):
    """
    The library tells them in English; the screen does not.
    """
    assert expected == fault_in_french(fault)


def test_simulated_accounts_are_an_option(tmp_path, capsys):
    """
    `simulate --comptes-clients` writes what patients owe and paid.
    """
    assert 0 == cli.main(["simulate", str(tmp_path / "x"), "--factures", "200", "--comptes-clients"])
    capsys.readouterr()
    assert any("comptes_clients" in name for name in files_of(tmp_path / "x"))


def test_plan_has_no_letters_without_a_letterhead(few):
    """
    The public name plans; letters ask for somebody to sign them.
    """
    result = tp.reconcile(tp.read(few))
    plan = tp.plan_relances(result, today=dt.date(2025, 12, 10))
    with pytest.raises(tp.TiersPayantError, match="entete"):
        list(plan.lettres())


def test_line_that_was_looked_at_holds_nothing(months, tmp_path, capsys):
    """
    The identifier that the page shows, written into a levée, is no more in its list; a name that is none is told.
    """
    seen, after = tmp_path / "avant.json", tmp_path / "apres.json"
    arguments = (months, "--today", TODAY, "--json")
    _, out, err = run(capsys, *arguments, seen)
    first, *_ = json.loads(seen.read_text(encoding="utf-8"))["virements"]
    assert (False, True) == ("levees" in err, first["virement"] in out)
    said: dict[str, Any] = {
        "par": "EXEMPLE",
        "pourquoi": "exemple",
        "le": dt.date(2025, 12, 1),
        "au": dt.date(2025, 12, 31),
    }
    table = tmp_path / "levees.csv"
    tp.write_levees([tp.Levee(virement=name, **said) for name in (first["virement"], "A:2025-12-01:1:00")], table)
    _, out, err = run(capsys, *arguments, after, "--levees", table)
    document = json.loads(after.read_text(encoding="utf-8"))
    jsonschema.validate(document, relances_schema())
    assert first["virement"] not in [one["virement"] for one in document["virements"]]
    held = {one["virement"] for one in document["ecarts"] if one["raison"] != "PROPOSITION_OUVERTE"}
    assert first["virement"] not in held
    assert ["tiers-payant : levees.csv:3 : cette ligne ne vise ni virement ni créance lus"] == [
        line for line in err.splitlines() if "levees" in line
    ]


def test_table_of_levees_that_is_wrong(months, tmp_path, capsys):
    """
    Told in French, with its place; nothing is planned.
    """
    table = tmp_path / "levees.csv"
    table.write_text("virement;le;au;par;pourquoi\n;2025-12-01;2025-12-31;E;e\n", encoding="utf-8")
    status, out, err = run(capsys, months, "--today", TODAY, "--levees", table)
    assert (3, "") == (status, out)
    assert "levees.csv:2:1" in err
    assert "un virement, ou bien des créances ou un débiteur" in err
    assert [] == ENGLISH.findall(err.replace(str(table), ""))
