"""`tiers-payant relances`: what is checked around the plan, and what a broken pipe must not lose."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.cli.test_relances import ENGLISH, ENTETE, OFFICINE, TODAY, entete, few, files_of, months, run

import tiers_payant as tp
from tiers_payant.domain import Courrier, Lettre
from tiers_payant.dunning.lettres import _lettres as dunning_lettres
from tiers_payant.errors import LetterError
from tiers_payant.reports import relances_schema

__all__ = ["entete", "few", "months"]  # fixtures

TARGET = "officine;debiteur;lot;facture"


class _ClosedPipe(io.StringIO):
    """The output of a command whose reader went away, as `| head` does."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


@pytest.fixture(scope="module")
def client(few: Path) -> str:
    """The reference of a customer who owes."""
    return str(tp.read(few).tables.comptes_clients.client[0].decode())


def document_of(capsys: pytest.CaptureFixture[str], path: Path, *arguments: object) -> Any:
    run(capsys, *arguments, "--json", path)
    found: dict[str, object] = json.loads(path.read_text("utf-8"))
    jsonschema.validate(found, relances_schema())
    return found


def test_a_reader_that_goes_away_does_not_lose_the_commit(few, entete, tmp_path, capsys, monkeypatch):
    """
    `relances --commit | head` writes the letters and the run file before it prints a word.
    """
    out_folder = tmp_path / "relances"
    monkeypatch.setattr(sys, "stdout", _ClosedPipe())
    status, _, _ = run(capsys, few, "--today", TODAY, "--commit", out_folder, "--entete", entete)
    assert 0 == status
    assert "relances-2025-12-10.json" in files_of(out_folder)


def test_history_that_is_not_there_is_an_error(few, tmp_path, capsys):
    """
    A folder misspelt is never `no history`: everybody would be reminded again.
    """
    status, out, err = run(capsys, few, "--today", TODAY, "--historique", tmp_path / "nulle-part")
    assert (2, "") == (status, out)
    assert f"tiers-payant : historique introuvable ou illisible : {tmp_path / 'nulle-part'}\n" == err


def test_commit_reads_its_own_folder_beside_the_history(few, entete, tmp_path, capsys):
    """
    What the folder of `--commit` recorded keeps debtors from being reminded again, whatever `--historique` names.
    """
    out_folder, other = tmp_path / "relances", tmp_path / "avant"
    other.mkdir()
    run(capsys, few, "--today", TODAY, "--commit", out_folder, "--entete", entete)
    before = files_of(out_folder)
    _, out, _ = run(
        capsys, few, "--today", "12/12/2025", "--commit", out_folder, "--historique", other, "--entete", entete
    )
    assert "Personne à relancer aujourd'hui." in out
    assert before == files_of(out_folder)


def test_rows_that_aim_at_nothing_are_told_with_their_place(few, client, tmp_path, capsys):
    """
    A reference misspelt holds nothing: it is told, in French, and makes the exit status.
    """
    suspensions, promesses, plans = (tmp_path / f"{name}.csv" for name in ("suspensions", "promesses", "plans"))
    suspensions.write_text(
        f"type;{TARGET};du;au\ncontestation;{OFFICINE};CLIENT:{client};;;2025-12-01;2025-12-31\n"
        f"contestation;{OFFICINE};CLIENT:ABSENT;;;2025-12-01;2025-12-31\n"
        f"contestation;{OFFICINE};CLIENT:PASSE;;;2025-11-01;2025-11-30\n"
    )
    promesses.write_text(f"{TARGET};faite_le;le;montant\n{OFFICINE};CLIENT:ABSENT;;;2025-12-01;2025-12-31;10,00\n")
    plans.write_text(
        f"{TARGET};accorde_le;total;le;montant\n"
        f"{OFFICINE};CLIENT:{client};;;2025-12-01;20,00;2025-12-31;10,00\n"
        f"{OFFICINE};CLIENT:{client};;;2025-12-01;20,00;2026-01-31;10,00\n"
        f"{OFFICINE};CLIENT:ABSENT;;;2025-12-01;20,00;2025-12-31;10,00\n"
        f"{OFFICINE};CLIENT:ABSENT;;;2025-12-01;20,00;2026-01-31;10,00\n"
    )
    status, _, err = run(
        capsys, few, "--today", TODAY,
        "--suspensions", suspensions, "--promesses", promesses, "--echeanciers", plans,
    )  # fmt: skip
    assert 1 == status
    aimless = "cette ligne ne vise aucune créance lue"
    expected = [
        f"tiers-payant : {place} : {aimless}" for place in ("suspensions.csv:3", "promesses.csv:2", "plans.csv:4")
    ]
    assert expected == err.splitlines()


def test_broken_promises_are_shown(few, client, tmp_path, capsys):
    """
    On the page and in the JSON, by the officine's own reference.
    """
    promesses = tmp_path / "promesses.csv"
    promesses.write_text(f"{TARGET};faite_le;le;montant\n{OFFICINE};CLIENT:{client};;;2025-12-08;2025-12-09;99999,00\n")
    asked = (few, "--today", TODAY, "--promesses", promesses)
    _, out, _ = run(capsys, *asked)
    assert "Engagements rompus" in out
    assert f"client {client} · Engagement rompu" in out
    document = document_of(capsys, tmp_path / "plan.json", *asked)
    assert [("promesse", f"CLIENT:{client}", "rompue", 9999900)] == [
        (one["nature"], one["debiteur"], one["issue"], one["total_cents"]) for one in document["engagements"]
    ]


def test_two_letterheads_of_one_officine(few, entete, tmp_path, capsys):
    """
    Nobody can say which is right: nothing is read, nothing is written.
    """
    other = tmp_path / "autre.toml"
    other.write_text(ENTETE.replace("PHARMACIE EXEMPLE", "AUTRE EXEMPLE"), encoding="utf-8")
    status, out, err = run(
        capsys, few, "--today", TODAY, "--commit", tmp_path / "r", "--entete", entete, "--entete", other
    )
    assert (2, "") == (status, out)
    assert f"--entete : deux en-têtes pour l'officine {OFFICINE}, {entete} et {other}" in err
    assert not (tmp_path / "r").exists()
    heads = [tp.domain.read_entete(path) for path in (entete, other)]
    with pytest.raises(tp.errors.LetterError, match="two letterheads"):
        tp.plan_relances(tp.reconcile(tp.Book.from_columns({})), today=tp.domain.day_of(TODAY), entete=heads)


def test_letters_inside_the_folder_that_is_read_are_no_facts(few, entete, tmp_path, capsys):
    """
    `relances . --commit relances`: the next run reads the same facts as the first.
    """
    home = tmp_path / "officine"
    home.mkdir()
    for path in few.iterdir():
        (home / path.name).write_bytes(path.read_bytes())
    before = tp.read(home)
    run(capsys, home, "--today", TODAY, "--commit", home / "relances", "--entete", entete)
    assert list((home / "relances").glob("lettres-*/*"))
    assert before.problems == tp.read(home).problems
    assert [one.nom for one in before.sources] == [one.nom for one in tp.read(home).sources]
    (home / "relances" / "note.txt").write_text("rien")
    assert "FORMAT_INCONNU" in {one.code for one in tp.read(home).problems}


def test_files_not_read_in_full_are_named(few, tmp_path, capsys):
    """
    On the page and in the JSON, with the problems that make the exit status.
    """
    home = tmp_path / "officine"
    home.mkdir()
    for path in few.iterdir():
        (home / path.name).write_bytes(path.read_bytes())
    (home / "inconnu.pdf").write_bytes(b"%PDF-1.4 rien")
    status, out, _ = run(capsys, home, "--today", TODAY)
    assert 1 == status
    text = " ".join(out.split())
    assert "de lecture : voir tiers-payant reconcile" in text
    assert "Lecture incomplète : 1 fichier à relire, à redemander ou à ôter du dossier" in text
    assert "inconnu.pdf : Aucun format connu ne reconnaît ce fichier." in text
    document = document_of(capsys, tmp_path / "plan.json", home, "--today", TODAY)
    assert [{"fichier": "inconnu.pdf"}] == document["fichiers_douteux"]
    assert {"code": "FORMAT_INCONNU", "gravite": "erreur", "nombre": 1} in document["problemes"]


def test_templates_of_the_user(few, entete, tmp_path, capsys):
    """
    They take the place of the library's; one of another debtor is told at preview, and a commit writes nothing.
    """
    path = tmp_path / "modeles.toml"
    scenario = tp.RelancePolicy.standard().scenario(tp.domain.TypeDebiteur.PATIENT)
    assert scenario is not None
    names = {palier.modele for palier in scenario.paliers}
    name = min(names)
    template = f'[[modeles]]\nnom = "{name}"\nobjet = "Objet EXEMPLE"\ncorps = "Corps EXEMPLE"\n'
    path.write_text(template)
    asked = (few, "--today", TODAY, "--entete", entete, "--modeles", path)
    _, _, err = run(capsys, *asked, "--commit", tmp_path / "bon")
    assert "" == err
    wrong = [template.replace(name, one) + 'types = ["amo"]\n' for one in sorted(names)]
    path.write_text("\n".join(wrong))
    status, _, err = run(capsys, *asked)
    assert 1 == status
    assert "lettres impossibles à écrire : patient." in err
    assert [] == ENGLISH.findall(err)
    status, out, err = run(capsys, *asked, "--commit", tmp_path / "faux")
    assert (3, "") == (status, out)
    assert "rien n'est enregistré" in err
    assert not (tmp_path / "faux").exists()


def test_letter_that_cannot_be_written_leaves_the_others(few, entete, tmp_path, capsys, monkeypatch):
    """
    The exit status says it, the screen names the contact without a name of anybody and says why, in French; once the
    fault is mended the same command makes it.
    """
    asked = (few, "--today", TODAY, "--commit", tmp_path / "r", "--entete", entete)
    maker = dunning_lettres.render_lettre
    failed: list[str] = []

    def fails_once(courrier: Courrier, **options: Any) -> Lettre:
        if not failed or courrier.relance in failed:
            failed.append(courrier.relance)
            raise LetterError(f"{courrier.relance}: no telephone to call")
        return maker(courrier, **options)

    with monkeypatch.context() as patched:
        patched.setattr(dunning_lettres, "render_lettre", fails_once)
        status, out, err = run(capsys, *asked)
    assert 1 == status
    assert "relance non enregistrée, faute de lettre : aucun téléphone à appeler : " in err
    assert f"(réf. {failed[0]})" in err
    assert [] == ENGLISH.findall(err)
    assert "1 relance laissée de côté, faute de lettre" in " ".join(out.split())
    assert failed[0] not in (tmp_path / "r" / "relances-2025-12-10.json").read_text("utf-8")
    assert [] == list((tmp_path / "r").glob(f"lettres-*/{failed[0]}*"))
    _, out, err = run(capsys, *asked)
    assert ("", True) == (err, "1 relance enregistrée" in out)
    assert failed[0] in (tmp_path / "r" / "relances-2025-12-10.json").read_text("utf-8")


def test_letterhead_of_another_officine_is_told_at_preview(few, tmp_path, capsys):
    """
    Before anything is written.
    """
    other = tmp_path / "autre.toml"
    other.write_text(ENTETE.replace(OFFICINE, "992000026"), encoding="utf-8")
    status, _, err = run(capsys, few, "--today", TODAY, "--entete", other)
    assert 1 == status
    assert f"lettres impossibles à écrire : {OFFICINE} : il manque l'en-tête de cette officine" in err


def test_claims_reminded_that_day_are_counted(few, entete, tmp_path, capsys):
    """
    The next preview of the day does not pass them over in silence.
    """
    run(capsys, few, "--today", TODAY, "--commit", tmp_path / "r", "--entete", entete)
    document = document_of(capsys, tmp_path / "plan.json", few, "--today", TODAY, "--historique", tmp_path / "r")
    told = json.loads((tmp_path / "r" / "relances-2025-12-10.json").read_text("utf-8"))
    expected = sum(len(one["creances"]) for one in told["contacts"])
    assert expected == document["deja_relancees"] > 0
    _, out, _ = run(capsys, few, "--today", TODAY, "--historique", tmp_path / "r")
    assert f"Déjà relancées aujourd'hui : {expected} créances" in out


@pytest.mark.parametrize("value", ["0", "-1", "x"])
def test_number_of_contacts_that_is_none(few, value, capsys):
    """
    One line: the usage of the whole command would bury it.
    """
    told = f"valeur incorrecte {value!r}, un entier d'au moins 1 est attendu"
    expected = (2, "", f"tiers-payant relances : --nombre : {told}\n")
    assert expected == run(capsys, few, f"--nombre={value}")


def test_detail_names_the_claims_and_the_file_of_each_contact(few, entete, tmp_path, capsys):
    """
    A letter on disk is found by the reference that the page shows.
    """
    _, out, _ = run(capsys, few, "--today", TODAY, "--commit", tmp_path / "r", "--entete", entete, "--detail")
    told = json.loads((tmp_path / "r" / "relances-2025-12-10.json").read_text("utf-8"))
    assert told["contacts"]
    text = " ".join(out.split())
    for contact in told["contacts"]:
        assert f"réf. {contact['relance']}" in text
        assert list((tmp_path / "r").glob(f"lettres-2025-12-10/{contact['relance']}*"))
        for claim in contact["creances"]:
            assert claim["facture"] in text
    _, without, _ = run(capsys, few, "--today", TODAY)
    assert "factures : " not in without


def test_skipped_steps_are_explained(few, capsys):
    """
    A first contact at a late step says why the earlier ones were not made.
    """
    _, out, _ = run(capsys, few, "--today", TODAY, "--nombre", 1000)
    text = " ".join(out.split())
    assert "premier contact" in text
    wanted = r"palier ([2-9]) sur \d\) : [^.]*premier contact [^.]*\. Paliers? 1 \(courriel inconnu\)"
    assert re.search(wanted, text)
