"""The simulated files, read back with the real readers."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from tiers_payant.domain import Entree, Lecture, Reponse, Tables
from tiers_payant.errors import Gravite, SourceError
from tiers_payant.formats import FORMATS
from tiers_payant.simulation import Taux, Verite, simulate

OFTEN = Taux(retours_en_double=0.2, lots_en_double=0.2)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory) -> tuple[Path, Verite]:
    folder = tmp_path_factory.mktemp("simulation")
    return folder, simulate(folder, officines=2, factures=900, seed=11, taux=OFTEN)


@pytest.fixture(scope="module")
def lectures(delivered) -> dict[str, Lecture]:
    """What each file says, by the name of the only format that claims it."""
    folder, _ = delivered
    return {path.relative_to(folder).as_posix(): read(path) for path in files(folder) if path.name != "verite.json"}


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def read(path: Path) -> Lecture:
    with path.open("rb") as stream:
        head = stream.read(4096)
    claims = [spec for spec in FORMATS if spec.sniff(head) > 0]
    assert 1 == len(claims), path.name
    return claims[0].read(Entree(nom=path.name, chemin=path))


def once(lectures: dict[str, Lecture], kind: str) -> Tables:
    """The files of *kind*, those delivered a second time left out."""
    return Tables.concat([each.tables for name, each in lectures.items() if f"/{kind}/" in name and "-bis" not in name])


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files(folder)
    }


def test_same_seed_writes_the_same_bytes(tmp_path):
    """
    Every file, `verite.json` included; another seed writes other ones.
    """
    for name, seed in (("one", 4), ("same", 4), ("other", 5)):
        simulate(tmp_path / name, officines=2, factures=120, seed=seed)
    assert digest(tmp_path / "one") == digest(tmp_path / "same")
    assert digest(tmp_path / "one")["verite.json"] != digest(tmp_path / "other")["verite.json"]


def test_truth_file_is_claimed_by_no_format(delivered):
    """
    A reconciliation of the folder never reads its own answers.
    """
    head = (delivered[0] / "verite.json").read_bytes()[:4096]
    assert [] == [spec.name for spec in FORMATS if spec.sniff(head) > 0]


def test_truth_returned_is_the_truth_written(delivered):
    """
    `simulate` gives back what `verite.json` says.
    """
    folder, truth = delivered
    data = json.loads((folder / "verite.json").read_text(encoding="ascii"))
    assert truth.etats() == data["etats"]
    assert truth.factures == data["factures"]


def test_files_read_without_an_error(lectures):
    """
    What is missing from the figures would be an error; there is none.
    """
    assert [] == [str(p) for each in lectures.values() for p in each.problems if p.gravite is Gravite.ERREUR]


def test_lots_hold_every_facture(delivered, lectures):
    """
    As many factures as the truth counts, and the shares it says are owed.
    """
    factures = once(lectures, "lots").factures
    owed = sum(creance.du_cents for creance in delivered[1].creances)
    billed = {b"05": (True, False), b"15": (True, True), b"25": (False, True)}
    amo = [bool(billed.get(code, (False, False))[0]) for code in factures.paiement.tolist()]
    amc = [bool(billed.get(code, (False, False))[1]) for code in factures.paiement.tolist()]
    assert delivered[1].factures == len(factures)
    assert owed == int(factures.part_amo_cents[amo].sum() + factures.part_amc_cents[amc].sum())


def test_returns_announce_what_the_truth_says(delivered, lectures):
    """
    Facture by facture, to the cent; what lost its key under the key that the insurer wrote instead.
    """
    reponses = once(lectures, "retours").reponses
    read_back: Counter[tuple[object, ...]] = Counter()
    for row in range(len(reponses)):
        said = reponses.row(row)
        read_back[said["officine"], said["lot_date"], said["lot"], said["facture"]] += said["annonce_cents"]
    told: Counter[tuple[object, ...]] = Counter()
    for creance in delivered[1].creances:
        told[creance.cle[:4]] += creance.annonce_cents
    for lien in delivered[1].liens_reponses:
        ecrit = lien.ecrit
        told[lien.creance[:4]] -= lien.annonce_cents
        told[lien.creance.officine, ecrit.lot_date, ecrit.lot, ecrit.facture] += lien.annonce_cents
    assert delivered[1].liens_reponses
    assert {key: cents for key, cents in told.items() if cents} == {k: c for k, c in read_back.items() if c}


def test_returns_refuse_what_the_truth_says(delivered, lectures):
    """
    Every share that stays refused was refused by a return that reads as such.
    """
    reponses = once(lectures, "retours").reponses
    rows = (reponses.row(row) for row in range(len(reponses)))
    refused = {
        (said["officine"], said["lot_date"], said["lot"], said["facture"])
        for said in rows
        if said["reponse"] == Reponse.REJETEE
    }
    expected = {creance.cle[:4] for creance in delivered[1].creances if creance.etat == "rejetee"}
    assert len(expected) > 0
    assert set() == expected - refused


def test_statements_hold_every_bank_line(delivered, lectures):
    """
    Account, day and amount; a day delivered twice is there twice, never more.
    """
    virements = once(lectures, "banque").virements
    rows = (virements.row(row) for row in range(len(virements)))
    read_back = Counter((said["compte"], said["date"], said["montant_cents"]) for said in rows)
    told = Counter((ligne.compte, ligne.date, ligne.montant_cents) for ligne in delivered[1].lignes)
    assert told.keys() == read_back.keys()
    assert all(read_back[key] in (count, 2 * count) for key, count in told.items())


def test_one_officine_on_each_bank_format(delivered, lectures):
    """
    CAMT.053 then CFONB 120, and every statement adds up.
    """
    banks = [each for name, each in lectures.items() if "/banque/" in name]
    assert {"camt053", "cfonb120"} == {each.tables.sources[0].format for each in banks}
    assert [] == [str(problem) for each in banks for problem in each.problems]


def test_file_sent_twice_is_the_same_bytes_and_return_delivered_twice_says_the_same(delivered, lectures):
    """
    Under another name; a return may come in another framing, and reads to the same content.
    """
    folder, _ = delivered
    lots = [path for path in files(folder) if path.name.endswith("-bis.b2")]
    retours = [name for name in lectures if name.endswith("-bis.noe")]
    assert len(lots) > 0
    assert len(retours) > 0
    assert [] == [p for p in lots if p.read_bytes() != p.with_name(p.name.replace("-bis", "")).read_bytes()]
    assert [] == [
        name
        for name in retours
        if lectures[name].tables.retours.empreinte.tolist()
        != lectures[name.replace("-bis", "")].tables.retours.empreinte.tolist()
    ]


def test_officines_are_tied_to_their_accounts(delivered, lectures):
    """
    One account each, written the way the statements read.
    """
    comptes = lectures["officines.json"].tables.comptes
    truth = {(ligne.officine, ligne.compte) for ligne in delivered[1].lignes}
    assert truth == {(row["officine"], row["compte"]) for row in map(comptes.row, range(len(comptes)))}


def test_progress_is_told_up_to_the_last_file(tmp_path):
    """
    Done and total, file after file.
    """
    seen: list[tuple[int, int]] = []
    simulate(tmp_path, factures=20, progress=lambda done, total: seen.append((done, total)))
    assert [(rank + 1, len(seen)) for rank in range(len(seen))] == seen


def test_two_simulations_never_mix(tmp_path):
    """
    A folder that holds anything is refused before a byte is written; one that is there and empty serves.
    """
    place = tmp_path / "dossier"
    place.mkdir()
    simulate(place, factures=20)
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    with pytest.raises(SourceError, match="dossier: not an empty folder"):
        simulate(place, factures=20, seed=2, operateurs=tmp_path / "operateurs.csv")
    assert before == {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert [place] == list(tmp_path.iterdir())
