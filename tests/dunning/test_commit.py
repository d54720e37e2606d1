"""Commit: letters first, the run file last; twice writes once; nothing is recorded by halves."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tiers_payant.domain import (
    Book,
    Canal,
    Ecarts,
    Echanges,
    Lettre,
    LettreImpossible,
    PlanRelances,
    Rapprochement,
    RelancePolicy,
    Relances,
    RelancesCreances,
    Requalifications,
)
from tiers_payant.dunning import echanges_from_json, echanges_of, echanges_to_json, join_echanges, nouvelles
from tiers_payant.errors import LetterError, RelanceError, SourceError, TiersPayantError
from tiers_payant.matching import reconcile
from tiers_payant.pipeline._journal_relances import commit_relances, read_echanges

MONDAY = dt.date(2026, 3, 2)
OFFICINE = "999000019"
DEBTORS = ("AMO:01-999-0000", "AMC:0099999997", "CLIENT:C1")


@pytest.fixture(scope="module", name="result")
def reconciled() -> Rapprochement:
    return four_claims()


def four_claims() -> Rapprochement:
    keys = {"officine": [OFFICINE] * 4, "lot_date": ["2026-01-05"] * 4, "lot": ["001"] * 4,
            "facture": [f"{rank:09}" for rank in range(1, 5)]}  # fmt: skip
    return reconcile(Book.from_columns({
        "factures": {**keys, "paiement": ["05"] * 4, "part_amo_cents": [1000, 2000, 3000, 4000], "regime": ["01"] * 4,
                     "caisse": ["999"] * 4, "centre": ["0000"] * 4},
    }))  # fmt: skip


def plan_of(today: dt.date = MONDAY, names: tuple[str, ...] = ("a", "b"), **changed: Any) -> PlanRelances:
    """A plan of one contact for each of *names*, about two claims each."""
    count = len(names)
    relances = Relances.of(
        count, id=[f"r-{name}-{today:%m%d}" for name in names], officine=[OFFICINE] * count,
        debiteur=[DEBTORS[ord(name) - ord("a")] for name in names], type=["amo"] * count,
        palier=["mise_en_demeure" if name == "b" else "lettre" for name in names], canal=["lettre"] * count,
    )  # fmt: skip
    lines = RelancesCreances.of(
        2 * count, relance=[rank for rank in range(count) for _ in range(2)],
        creance=[2 * (rank % 2) + place for rank in range(count) for place in range(2)], cents=[500] * 2 * count,
    )  # fmt: skip
    return PlanRelances(**{
        "relances": relances, "creances": lines, "ecarts": Ecarts.empty(), "requalifications": Requalifications.empty(),
        "policy": RelancePolicy.standard(), "today": today, "pourquoi": str, "redaction": letters, **changed,
    })  # fmt: skip


def letters(plan: PlanRelances) -> Iterator[Lettre]:
    for name in plan.relances.id.tolist():
        yield Lettre(relance=name.decode(), canal=Canal.LETTRE, objet="Exemple",
                     fichiers={f"{name.decode()}.txt": b"Exemple\n"})  # fmt: skip


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(echanges: Echanges) -> list[dict[str, Any]]:
    return [echanges.row(row) for row in range(len(echanges))]


def test_letters_and_run_file_are_written(result, tmp_path):
    """
    One file of letters each, and the history says what was sent about which claims.
    """
    done = commit_relances(plan_of(), result, tmp_path)
    expected = {"relances-2026-03-02.json", "lettres-2026-03-02/r-a-0302.txt", "lettres-2026-03-02/r-b-0302.txt"}
    assert expected == set(files_of(tmp_path))
    assert (("r-a-0302", "r-b-0302"), 0, 2) == (done.nouvelles, done.deja, len(done.lettres))
    history = rows(read_echanges(tmp_path))
    assert [("r-a-0302", "000000001", 500), ("r-a-0302", "000000002", 500)] == [
        (row["relance"], row["facture"], row["cents"]) for row in history[:2]
    ]
    assert [False, False, True, True] == [row["mise_en_demeure"] for row in history]
    assert {(MONDAY, "standard", dt.date(2026, 1, 5))} == {
        (row["le"], row["politique"], row["lot_date"]) for row in history
    }


def test_second_commit_of_a_plan_writes_nothing(result, tmp_path):
    """
    It says that everything was there, and no byte moves.
    """
    commit_relances(plan_of(), result, tmp_path)
    before = files_of(tmp_path)
    again = commit_relances(plan_of(), result, tmp_path)
    assert ((), 2, (), None) == (again.nouvelles, again.deja, again.lettres, again.journal)
    assert before == files_of(tmp_path)


def test_contacts_of_later_the_same_day_are_added(result, tmp_path):
    """
    Those already made are neither written again nor lost.
    """
    commit_relances(plan_of(names=("a",)), result, tmp_path)
    done = commit_relances(plan_of(names=("a", "b", "c")), result, tmp_path)
    assert (("r-b-0302", "r-c-0302"), 1) == (done.nouvelles, done.deja)
    assert {"r-a-0302", "r-b-0302", "r-c-0302"} == {row["relance"] for row in rows(read_echanges(tmp_path))}


def test_same_step_of_a_debtor_on_one_day_is_one_contact(result, tmp_path):
    """
    Another id, because a file came in between, is no reason to write twice.
    """
    commit_relances(plan_of(names=("a",)), result, tmp_path)
    plan = plan_of(names=("a",))
    done = commit_relances(attrs.evolve(plan, relances=plan.relances.with_columns(id=["r-other"])), result, tmp_path)
    assert ((), 1) == (done.nouvelles, done.deja)
    assert {"r-a-0302"} == {row["relance"] for row in rows(read_echanges(tmp_path))}


def test_day_before_a_run_is_refused(result, tmp_path):
    """
    The past is not rewritten; the folder stays as it was.
    """
    commit_relances(plan_of(MONDAY), result, tmp_path)
    before = files_of(tmp_path)
    with pytest.raises(RelanceError, match="2026-03-02"):
        commit_relances(plan_of(MONDAY - dt.timedelta(days=1)), result, tmp_path)
    assert before == files_of(tmp_path)


def test_days_follow_one_another(result, tmp_path):
    """
    One run file a day; the history reads them all.
    """
    for days in (0, 7):
        before = read_echanges(tmp_path)
        commit_relances(plan_of(MONDAY + dt.timedelta(days=days), echanges=before), result, tmp_path)
    history = read_echanges(tmp_path)
    assert [dt.date(2026, 3, 2)] * 4 + [dt.date(2026, 3, 9)] * 4 == history.le.tolist()


def test_commit_cut_short_leaves_no_run_file_and_is_made_whole_by_the_next(result, tmp_path):
    """
    Half of the letters are there, nothing says that anybody was written to; the same plan then writes all.
    """

    def breaks(plan: PlanRelances) -> Iterator[Lettre]:
        yield next(letters(plan))
        raise LetterError("r-b-0302: care is confidential")

    with pytest.raises(LetterError):
        commit_relances(plan_of(redaction=breaks), result, tmp_path)
    assert {"lettres-2026-03-02/r-a-0302.txt"} == set(files_of(tmp_path))
    assert 0 == len(read_echanges(tmp_path))
    assert 2 == len(commit_relances(plan_of(), result, tmp_path).nouvelles)


def one_refused(plan: PlanRelances) -> Iterator[Lettre | LettreImpossible]:
    for letter in letters(plan):
        faulty = letter.relance.startswith("r-b")
        yield LettreImpossible(relance=letter.relance, raison="no telephone to call") if faulty else letter


def test_contact_whose_letter_cannot_be_written_is_left_out_of_the_run(result, tmp_path):
    """
    The others are made; it is told, and neither recorded nor on the disk.
    """
    done = commit_relances(plan_of(names=("a", "b", "c"), redaction=one_refused), result, tmp_path)
    assert ("r-a-0302", "r-c-0302") == done.nouvelles
    assert (LettreImpossible(relance="r-b-0302", raison="no telephone to call"),) == done.refusees
    assert {"r-a-0302", "r-c-0302"} == {row["relance"] for row in rows(read_echanges(tmp_path))}
    assert {"r-a-0302.txt", "r-c-0302.txt"} == {path.name for path in tmp_path.glob("lettres-*/*")}


def test_contact_left_out_is_made_once_the_fault_is_mended(result, tmp_path):
    """
    The same plan again writes that letter alone, and no other moves.
    """
    commit_relances(plan_of(names=("a", "b", "c"), redaction=one_refused), result, tmp_path)
    before = {name: content for name, content in files_of(tmp_path).items() if name.endswith(".txt")}
    done = commit_relances(plan_of(names=("a", "b", "c")), result, tmp_path)
    assert (("r-b-0302",), 2, ()) == (done.nouvelles, done.deja, done.refusees)
    assert before.items() <= files_of(tmp_path).items()
    assert {"r-a-0302", "r-b-0302", "r-c-0302"} == {row["relance"] for row in rows(read_echanges(tmp_path))}


@pytest.mark.parametrize("said", [[], ["r-a-0302"]])
def test_contact_without_any_file_is_not_recorded(said, result, tmp_path):
    """
    Whoever writes letters may forget one, or give one of no file: nobody was written to.
    """

    def forgets(plan: PlanRelances) -> Iterator[Lettre]:
        return (Lettre(relance=name, canal=Canal.LETTRE, objet="Exemple", fichiers={}) for name in said)

    done = commit_relances(plan_of(names=("a",), redaction=forgets), result, tmp_path)
    assert ((), None) == (done.nouvelles, done.journal)
    assert ["no letter was made for it"] == [one.raison for one in done.refusees]
    assert {} == files_of(tmp_path)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sets(st.sampled_from("abc")), min_size=1, max_size=4))
def test_recorded_contacts_are_those_whose_letter_is_on_the_disk(result, tmp_path_factory, faults):
    """
    Whatever fails at each run, and in whatever order: history and letters tell the same, each once.
    """
    place, made = tmp_path_factory.mktemp("runs"), set[str]()
    for wrong in faults:

        def some(plan: PlanRelances, wrong: set[str] = wrong) -> Iterator[Lettre | LettreImpossible]:
            for letter in letters(plan):
                faulty = letter.relance[2] in wrong
                yield LettreImpossible(relance=letter.relance, raison="x") if faulty else letter

        done = commit_relances(plan_of(names=("a", "b", "c"), redaction=some), result, place)
        made |= set("abc") - wrong
        assert {f"r-{name}-0302" for name in wrong - made} == {one.relance for one in done.refusees}
        told = [row["relance"] for row in rows(read_echanges(place))]
        assert sorted([f"r-{name}-0302" for name in made] * 2) == sorted(told)
        assert {f"r-{name}-0302.txt" for name in made} == {path.name for path in place.glob("lettres-*/*")}


def test_disk_that_fails_at_the_last_moment(result, tmp_path, monkeypatch):
    """
    The run file is there whole or not at all: no draft of it stays.
    """

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(SourceError):
        commit_relances(plan_of(), result, tmp_path)
    assert [] == [name for name in files_of(tmp_path) if "relances" in name]


def test_plan_without_contacts_writes_nothing(result, tmp_path):
    """
    Not even an empty day.
    """
    done = commit_relances(plan_of(names=()), result, tmp_path)
    assert ((), 0, None) == (done.nouvelles, done.deja, done.journal)
    assert {} == files_of(tmp_path)


def test_plan_without_an_officine_to_write_in_the_name_of(result, tmp_path):
    """
    Nothing is recorded of letters that cannot be written.
    """
    with pytest.raises(TiersPayantError, match="entete"):
        commit_relances(plan_of(redaction=None), result, tmp_path)
    assert {} == files_of(tmp_path)


def test_run_at_work_is_told(result, tmp_path):
    """
    The lock of a living process keeps the other out, and stays.
    """
    (tmp_path / "relances.verrou").write_text(f"{os.getpid()}\n")
    with pytest.raises(RelanceError, match="at work"):
        commit_relances(plan_of(), result, tmp_path)
    assert {"relances.verrou"} == set(files_of(tmp_path))


@pytest.mark.skipif(os.name != "posix", reason="who lives cannot be asked")
def test_run_that_was_killed_is_told(result, tmp_path):
    """
    Its lock is named, and deleting it is what to do: then the commit goes on.
    """
    killed = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    (tmp_path / "relances.verrou").write_bytes(killed.stdout)
    with pytest.raises(RelanceError, match=r"cut short.*delete"):
        commit_relances(plan_of(), result, tmp_path)
    (tmp_path / "relances.verrou").unlink()
    assert 2 == len(commit_relances(plan_of(), result, tmp_path).nouvelles)


_RACE = """
import sys, time
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.dunning import test_commit
from tiers_payant.errors import RelanceError
result = test_commit.four_claims()
folder = Path({folder!r})
(folder / sys.argv[1]).touch()
while not (folder / "go").exists():
    time.sleep(0.001)
try:
    done = test_commit.commit_relances(test_commit.plan_of(), result, folder / "out")
    print(len(done.nouvelles), done.deja)
except RelanceError:
    print("refused")
"""


def test_two_processes_at_once(tmp_path):
    """
    One writes the day; the other is refused, or finds everything done. The history holds each contact once.
    """
    script = _RACE.format(root=str(Path(__file__).parents[2]), folder=str(tmp_path))
    running = [
        subprocess.Popen([sys.executable, "-c", script, name], stdout=subprocess.PIPE, text=True) for name in "ab"
    ]
    while not all((tmp_path / name).exists() or one.poll() for name, one in zip("ab", running, strict=True)):
        pass
    (tmp_path / "go").touch()
    told = sorted(one.communicate(timeout=60)[0].strip() for one in running)
    assert "2 0" in told
    assert set(told) <= {"2 0", "0 2", "refused"}
    assert 1 == told.count("2 0")
    assert 4 == len(read_echanges(tmp_path / "out"))


def test_history_of_no_folder(tmp_path):
    """
    Nobody was ever reminded.
    """
    assert 0 == len(read_echanges(tmp_path / "nowhere"))


def broken(**changed: object) -> str:
    document = json.loads(echanges_to_json(history(), MONDAY))
    document["contacts"][0].update(changed)
    return json.dumps(document)


def history() -> Echanges:
    return Echanges.of(
        1, relance=["r-a"], le=np.array(["2026-03-02"], dtype="datetime64[D]"), officine=[OFFICINE],
        debiteur=["CLIENT:C1"], type=["patient"], palier=["rappel"], canal=["email"], mise_en_demeure=[False],
        lot_date=np.array(["2026-01-05"], dtype="datetime64[D]"), lot=["001"], facture=["000000001"],
        part=np.array([3], dtype=np.int8), cents=[1200], politique=np.array(["standard"], dtype=object),
    )  # fmt: skip


CLAIM = {"lot_date": "2026-01-05", "lot": "001", "facture": "000000001", "part": "ASSURE", "cents": 1200}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "relances-2026-03-02.json: expected a JSON document"),
        ("[" * 100_000, "relances-2026-03-02.json: expected a JSON document"),
        ('{"schema": "tiers-payant/rejets/1"}', "expected a document of schema tiers-payant/relances/1"),
        ('{"schema": "tiers-payant/relances/1", "jour": "2026-03-03"}', "jour: expected the day that its name tells"),
        ('{"schema": "tiers-payant/relances/1", "jour": "2026-03-02"}', "contacts: expected an array"),
        (broken(canal="pigeon"), "contact 1: canal: expected one of portail"),
        (broken(type="voisin"), "contact 1: type: expected one of amo"),
        (broken(relance=""), "contact 1: relance: expected a text"),
        (broken(mise_en_demeure=1), "contact 1: mise_en_demeure: expected true or false"),
        (broken(nom="EXEMPLE"), "contact 1: expected relance, officine"),
        (broken(creances=[]), "contact 1: creances: expected a claim at least"),
        (broken(creances=[{**CLAIM, "part": "?"}]), "contact 1, claim 1: part: expected one of AMO"),
        (broken(creances=[CLAIM, {**CLAIM, "cents": -1}]), "contact 1, claim 2: cents: expected cents"),
        (broken(creances=[{**CLAIM, "lot_date": "2026-02-31"}]), "claim 1: lot_date: expected a date"),
        (broken(creances=[{**CLAIM, "facture": "1 85 05 é"}]), "claim 1: facture: expected a text"),
    ],
)  # fmt: skip
def test_broken_history_is_told_where(text, told, tmp_path):
    """
    File, contact, claim, field and what was expected; never the value.
    """
    (tmp_path / "relances-2026-03-02.json").write_text(text, encoding="utf-8")
    with pytest.raises(RelanceError) as caught:
        read_echanges(tmp_path)
    assert told in str(caught.value)
    assert "pigeon" not in str(caught.value)


def test_bytes_that_are_no_text(tmp_path):
    """
    Told as any broken file.
    """
    (tmp_path / "relances-2026-03-02.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(RelanceError, match="UTF-8"):
        read_echanges(tmp_path)


@pytest.mark.parametrize("name", ["relances-2026-02-31.json"])
def test_file_of_no_day(name, tmp_path):
    """
    A name that is no day is not passed over: history would be missing.
    """
    (tmp_path / name).write_text("{}")
    with pytest.raises(RelanceError, match="no such day"):
        read_echanges(tmp_path)


def test_other_files_are_left_alone(result, tmp_path):
    """
    Notes, letters and drafts are no history.
    """
    for name in ("notes.txt", "relances.json", "relances-2026-03-02.json.bak", ".relances-2026-03-02.json.77"):
        (tmp_path / name).write_text("x")
    assert 0 == len(read_echanges(tmp_path))
    commit_relances(plan_of(), result, tmp_path)
    assert 4 == len(read_echanges(tmp_path))


def test_run_file_holds_no_name(result, tmp_path):
    """
    Of an annuaire full of names, the history keeps none.
    """
    commit_relances(plan_of(), result, tmp_path)
    document = json.loads((tmp_path / "relances-2026-03-02.json").read_text("utf-8"))
    keys = {key for contact in document["contacts"] for key in contact}
    assert {"relance", "officine", "debiteur", "type", "palier", "canal", "mise_en_demeure", "politique",
            "creances"} == keys  # fmt: skip


echange_rows = st.fixed_dictionaries({
    "relance": st.sampled_from(["r-1", "r-2", "r-3"]), "facture": st.sampled_from(["000000001", "A2"]),
    "lot_date": st.sampled_from(["2026-01-05", "2026-01-06", "NaT"]), "part": st.sampled_from([1, 2, 3]),
})  # fmt: skip


def history_of(chosen: list[dict[str, Any]]) -> Echanges:
    count = len(chosen)
    return Echanges.of(
        count, relance=[row["relance"] for row in chosen], facture=[row["facture"] for row in chosen],
        lot_date=np.array([row["lot_date"] for row in chosen], dtype="datetime64[D]"),
        part=np.array([row["part"] for row in chosen], dtype=np.int8),
        le=np.full(count, np.datetime64("2026-03-02", "D")), debiteur=["CLIENT:C1"] * count, type=["patient"] * count,
        palier=["rappel"] * count, canal=["email"] * count, cents=[100] * count,
    )  # fmt: skip


@settings(max_examples=50)
@given(st.lists(echange_rows, max_size=8), st.randoms())
def test_history_is_read_as_it_was_written_in_any_order(chosen, rng):
    """
    The same contacts make the same bytes, and the bytes make them again, each once.
    """
    shuffled = list(chosen)
    rng.shuffle(shuffled)
    one, other = history_of(chosen), history_of(shuffled + chosen)
    text = echanges_to_json(one, MONDAY)
    assert text == echanges_to_json(other, MONDAY)
    distinct = {tuple(sorted(row.items())) for row in chosen}
    again = echanges_from_json(text, MONDAY, "relances-2026-03-02.json")
    assert len(distinct) == len(again)
    assert list(map(str, rows(join_echanges(one)))) == list(map(str, rows(again)))


def test_nothing_of_a_plan_is_new_once_it_is_history(result):
    """
    What the plan makes is what it is judged against.
    """
    plan = plan_of(names=("a", "b", "c"))
    assert nouvelles(plan, Echanges.empty()).all()
    assert not nouvelles(plan, echanges_of(plan, result)).any()
