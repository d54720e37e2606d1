"""`tiers-payant controle`: what is shown, what is written, and what the exit status says."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from pathlib import Path

import attrs
import numpy as np
import pytest
from tests.rejets.controle.lots import TODAY, lots
from tests.rejets.controle.test_examine import check, plugin

import tiers_payant as tp
from tiers_payant import cli
from tiers_payant.domain import Lots, Tables
from tiers_payant.formats.b2 import B2
from tiers_payant.plugins import build_manager, controles_of

NIR = "2550899999001"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = cli.main(["controle", *map(str, arguments)])
    out, err = capsys.readouterr()
    return status, out, err


def write(folder: Path, name: str, tables: Tables) -> Path:
    """Write lots as B2."""
    lot = Lots.of(
        1, officine=["992000018"], lot_date=[tables.factures.lot_date[0]], lot=[tables.factures.lot[0]],
        nom_officine=["PHARMACIE EXEMPLE"], emetteur_type=["TP"], emetteur=["992000018"], destinataire_type=["CP"],
        destinataire_fichier=["019910000"], date_fichier=[tables.factures.lot_date[0]], source=[0],
    )  # fmt: skip
    in_lot = tables.factures.with_columns(lot_rang=np.zeros(len(tables.factures), dtype=np.int32))
    out = io.BytesIO()
    assert B2.write is not None
    B2.write(attrs.evolve(tables, lots=lot, factures=in_lot), out)
    path = folder / name
    path.write_bytes(out.getvalue())
    return path


@pytest.fixture(autouse=True)
def hundred_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def clean(tmp_path):
    return write(tmp_path, "sain.b2", lots())


@pytest.fixture
def wrong(tmp_path):
    return write(tmp_path, "faux.b2", lots({"nir_cle": "95", "prescripteur": "000000000"}))


def test_clean_lots_may_leave(capsys, clean):
    """
    Status 0, and it is said that there is nothing to say.
    """
    status, out, err = run(capsys, clean, "--today", TODAY)
    assert (0, "") == (status, err)
    assert re.fullmatch(r"Rien à signaler : 3 factures examinées, \d+ contrôles.\n", out)


def test_what_should_not_leave_is_told(capsys, wrong):
    """
    Status 1: lot by lot, the sentence and the name of each check, then the factures; never the person.
    """
    status, out, err = run(capsys, wrong, "--today", TODAY)
    assert (1, "") == (status, err)
    assert out.startswith(
        "Officine 992000018, lot 001 du 02/03/2026\n"
        "  BLOQUANT       La clé du NIR ne correspond pas au numéro : un chiffre de l'un ou de l'autre est\n"
        "                 faux. [nir_cle]\n"
        "                 1 facture : 000000002\n"
        "  avertissement  Le numéro du prescripteur manque : le relever sur l'ordonnance.\n"
        "                 [prescripteur_absent]\n"
        "                 1 facture : 000000002\n"
    )
    assert "       1  BLOQUANT       nir_cle              Identité ou NIR\n" in out
    assert "1 facture à revoir, 1 à ne pas envoyer en l'état (3 factures examinées, " in out
    assert NIR not in out


def test_the_page_is_as_wide_as_the_terminal(capsys, wrong, monkeypatch):
    """
    A hundred columns where there is no terminal, as in a file.
    """
    monkeypatch.setenv("COLUMNS", "200")
    assert "un chiffre de l'un ou de l'autre est faux. [nir_cle]\n" in run(capsys, wrong, "--today", TODAY)[1]
    monkeypatch.delenv("COLUMNS")
    monkeypatch.setattr("sys.__stdout__", io.StringIO())
    assert "un chiffre de l'un ou de l'autre est\n" in run(capsys, wrong, "--today", TODAY)[1]


def test_every_facture_is_named_when_asked(capsys, tmp_path):
    """
    With `--tout`; the JSON holds them all in any case.
    """
    tp.simulate(tmp_path, factures=60, mois=1)
    lots, out = next(tmp_path.glob("*/lots")), tmp_path / "alertes.json"
    page = run(capsys, lots, "--today", "2026-06-01", "--json", out)[1]
    whole = run(capsys, lots, "--today", "2026-06-01", "--tout")[1]
    assert re.search(r" et \d+ autres?\n", page)
    assert not re.search(r" et \d+ autres?\n", whole)
    told = json.loads(out.read_text("utf-8"))["alertes"]
    assert len({tuple(one[name] for name in ("lot_date", "lot", "facture")) for one in told}) > 20


def test_json_is_told_once_written(capsys, clean, tmp_path):
    """
    On the error stream; a place that cannot be written is told in French, status 2.
    """
    status, _, err = run(capsys, clean, "--today", TODAY, "--json", tmp_path / "x.json")
    assert (0, f"tiers-payant : écrit : {tmp_path / 'x.json'}\n") == (status, err)
    status, _, err = run(capsys, clean, "--today", TODAY, "--json", tmp_path)
    assert (2, f"tiers-payant : écriture impossible : {tmp_path} : c'est un dossier\n") == (status, err)


def test_warnings_let_lots_leave(capsys, wrong):
    """
    Status 0 once the check that blocks is left out.
    """
    status, out, _ = run(capsys, wrong, "--today", TODAY, "--sans", "nir_cle")
    assert 0 == status
    assert "1 facture à revoir, rien de bloquant" in out


def test_a_check_is_turned_on(capsys, clean):
    """
    By its name.
    """
    assert "[prescription_ancienne]" not in run(capsys, clean, "--today", TODAY)[1]
    status, out, _ = run(capsys, clean, "--today", TODAY, "--avec", "prescription_ancienne", "--avec", "devis")
    assert (0, True) == (status, "Rien à signaler" in out)
    count = sum(one.actif for one in controles_of(build_manager()))
    assert f"{count + 2} contrôles" in out


def test_what_was_sent_is_not_sent_again(capsys, clean, tmp_path):
    """
    The same factures in another lot; `--deja` may be repeated.
    """
    again = write(tmp_path, "encore.b2", lots({"lot": "002"}).keep({"factures": np.array([False, True, False])}))
    status, out, _ = run(capsys, again, "--today", TODAY, "--deja", clean, "--deja", clean)
    assert 1 == status
    assert "[doublon_numero]" in out


def test_json_holds_the_same_and_nothing_of_the_person(capsys, wrong, clean, tmp_path):
    """
    The same bytes whatever the order of files.
    """
    other = write(tmp_path, "autre.b2", lots({"lot": "002", "nir_cle": "95"}, rang=0))
    texts = []
    for paths in ((wrong, other), (other, wrong)):
        run(capsys, *paths, "--today", TODAY, "--json", tmp_path / "alertes.json")
        texts.append((tmp_path / "alertes.json").read_bytes())
    assert texts[0] == texts[1]
    told = json.loads(texts[0])
    assert ("tiers-payant/controle/1", "2026-03-04") == (told["schema"], told["today"])
    key = {"officine": "992000018", "lot_date": "2026-03-02", "lot": "001", "facture": "000000002"}
    alert = {"controle": "nir_cle", "severite": "BLOQUANT", "famille": "IDENTITE_NIR"}
    assert {**key, **alert} in told["alertes"]
    assert {one["nom"]: one["trouvees"] for one in told["controles"] if one["trouvees"]} == dict(
        Counter(one["controle"] for one in told["alertes"])
    )
    assert NIR.encode() not in texts[0]


def test_a_json_that_cannot_be_written(capsys, clean, tmp_path):
    """
    Status 2, in French.
    """
    status, _, err = run(capsys, clean, "--json", tmp_path / "absent" / "alertes.json")
    assert (2, True) == (status, err.startswith("tiers-payant : écriture impossible"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"rien de connu", "aucun fichier n'a pu être lu"),
        (b"officine;compte;nom\n999000019;EXEMPLE;PHARMACIE EXEMPLE\n", "aucune facture à examiner"),
    ],
)
def test_nothing_to_examine(capsys, tmp_path, content, words):
    """
    Status 3: what could not be examined is never said to be clean.
    """
    (tmp_path / "fichier").write_bytes(content)
    status, out, err = run(capsys, tmp_path / "fichier")
    assert (3, "") == (status, out)
    assert words in err


def test_problems_in_the_files_are_told(capsys, clean):
    """
    Status 1: a facture that could not be read was not examined.
    """
    clean.write_bytes(clean.read_bytes()[:-128])
    status, out, err = run(capsys, clean, "--today", TODAY)
    assert (1, True) == (status, "Rien à signaler" in out)
    assert "sain.b2" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "il manque : LOT"),
        (("x", "--sans", "nir_clef"), "aucun contrôle ne s'appelle nir_clef"),
        (("absent.b2",), "introuvable"),
    ],
)
def test_wrong_usage_is_told_in_french(capsys, tmp_path, monkeypatch, arguments, words):
    """
    Status 2.
    """
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *arguments)
    assert (2, "") == (status, out)
    assert words in err


def test_every_check_is_listed(capsys):
    """
    Each with what it says, what it prevents, its source and its confidence.
    """
    status, out, err = run(capsys, "--liste")
    assert (0, "") == (status, err)
    for one in controles_of(build_manager()):
        assert f"\n{one.name} (" in f"\n{out}"
        assert one.phrase in out
    assert "devis (information, éteint)" in out


def test_a_broken_check_is_told(capsys, clean, monkeypatch):
    """
    Status 3: it is named with who brings it, and nothing is shown.
    """
    manager = build_manager(plugin(check(rows=(7,))))
    monkeypatch.setattr("tiers_payant.build_manager", lambda **_: manager, raising=False)
    status, out, err = run(capsys, clean)
    assert (3, "") == (status, out)
    assert "un contrôle est en défaut, rien n'est conclu : check exemple of un-lgo" in err
