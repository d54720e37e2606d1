"""Journals of plugins: the history elsewhere than in run files, and whatever it does wrong told before it costs."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.dunning.test_commit import MONDAY, files_of, four_claims, letters, one_refused, plan_of, rows
from tests.plugins.exemples import answers, example_of

from tiers_payant.domain import Journal, JournalSpec, Lettre, PlanRelances, Rapprochement
from tiers_payant.errors import LetterError, RelanceError
from tiers_payant.journal import JournalDossier, Marque, mark, mark_of
from tiers_payant.pipeline import commit_relances, read_echanges
from tiers_payant.pipeline._fichiers import find_files
from tiers_payant.plugins import PluginManager, build_manager, consult, journaux_of

HOOK = "tiers_payant_journaux"
SQLITE = "exemple-sqlite"
TUESDAY = MONDAY + dt.timedelta(days=1)


@pytest.fixture(scope="module", name="result")
def reconciled() -> Rapprochement:
    return four_claims()


@pytest.fixture(scope="module", name="vendor")
def with_the_example(tmp_path_factory: pytest.TempPathFactory) -> PluginManager:
    """The worked example of the hook, as a vendor would ship it."""
    return build_manager(example_of(HOOK, tmp_path_factory.mktemp("exemple")))


@pytest.fixture(name="keep")
def keeping(result: Rapprochement, vendor: PluginManager, tmp_path: Path) -> Callable[..., Any]:
    """A commit into `out`, its history in SQLite."""

    def keep(plan: PlanRelances) -> Any:
        return commit_relances(plan, result, tmp_path / "out", journal=SQLITE, manager=vendor)

    return keep


def told(folder: Path, manager: PluginManager) -> list[str]:
    return sorted({row["relance"] for row in rows(read_echanges(folder, manager=manager))})


class TestSqlite:
    """The example of the documentation keeps every promise of the folder."""

    def test_letters_are_files_and_the_history_is_not(self, keep, vendor, tmp_path):
        """
        The folder tells who keeps it, and up to which day; no run file is written.
        """
        done = keep(plan_of())
        assert (("r-a-0302", "r-b-0302"), 2, None) == (done.nouvelles, len(done.lettres), done.journal)
        expected = {"relances.journal", "relances.sqlite", "lettres-2026-03-02/r-a-0302.txt",
                    "lettres-2026-03-02/r-b-0302.txt"}  # fmt: skip
        assert expected == set(files_of(tmp_path / "out"))
        assert b"exemple-sqlite\n2026-03-02\n" == (tmp_path / "out" / "relances.journal").read_bytes()
        assert ["r-a-0302", "r-b-0302"] == told(tmp_path / "out", vendor)

    def test_twice_writes_once(self, keep, tmp_path):
        """
        No byte of a letter moves, nobody is added.
        """
        keep(plan_of())
        before = files_of(tmp_path / "out")
        again = keep(plan_of())
        assert ((), 2, ()) == (again.nouvelles, again.deja, again.lettres)
        assert before == files_of(tmp_path / "out")

    def test_day_before_a_run_is_refused(self, keep, tmp_path):
        """
        The past is not rewritten.
        """
        keep(plan_of())
        before = files_of(tmp_path / "out")
        with pytest.raises(RelanceError, match="a run of a later day is there, of 2026-03-02"):
            keep(plan_of(MONDAY - dt.timedelta(days=1)))
        assert before == files_of(tmp_path / "out")

    def test_commit_cut_short_records_nothing_and_is_made_whole_by_the_next(self, keep, vendor, tmp_path):
        """
        One letter is there, nothing says that anybody was written to; the next commit writes all, each once.
        """

        def breaks(plan: PlanRelances) -> Iterator[Lettre]:
            yield next(letters(plan))
            raise LetterError("r-b-0302: care is confidential")

        with pytest.raises(LetterError):
            keep(plan_of(redaction=breaks))
        assert 1 == len(list((tmp_path / "out").glob("lettres-*/*")))
        assert [] == told(tmp_path / "out", vendor)
        assert 2 == len(keep(plan_of()).nouvelles)
        assert 2 == len(list((tmp_path / "out").glob("lettres-*/*")))

    def test_letters_that_nobody_recorded_go(self, keep, tmp_path):
        """
        The plan changed since the commit that was cut short: its letter is not posted by mistake.
        """

        def breaks(plan: PlanRelances) -> Iterator[Lettre]:
            yield next(letters(plan))
            raise LetterError("stopped")

        plan = plan_of()
        named = attrs.evolve(plan, relances=plan.relances.with_columns(id=["a" * 20, "b" * 20]))
        with pytest.raises(LetterError):
            keep(attrs.evolve(named, redaction=breaks))
        assert [f"{'a' * 20}.txt"] == [path.name for path in (tmp_path / "out").glob("lettres-*/*")]
        keep(plan_of(names=("c",)))
        assert ["r-c-0302.txt"] == [path.name for path in (tmp_path / "out").glob("lettres-*/*")]

    def test_contact_left_out_is_not_recorded(self, keep, vendor, tmp_path):
        """
        Once its letter can be written, the same commit makes it, and no other.
        """
        assert ("r-a-0302", "r-c-0302") == keep(plan_of(names=("a", "b", "c"), redaction=one_refused)).nouvelles
        assert ["r-a-0302", "r-c-0302"] == told(tmp_path / "out", vendor)
        assert ("r-b-0302",) == keep(plan_of(names=("a", "b", "c"))).nouvelles

    def test_plan_made_without_the_history_is_refused(self, keep):
        """
        It may send a step again.
        """
        keep(plan_of())
        with pytest.raises(RelanceError, match="without the history"):
            keep(plan_of(TUESDAY))

    def test_who_holds_it_keeps_the_other_out(self, keep, vendor, tmp_path):
        """
        A journal that is held elsewhere, without the lock of the folder: nothing is written.
        """
        keep(plan_of())
        before = files_of(tmp_path / "out")
        held = journaux_of(vendor)[SQLITE].open(tmp_path / "out")
        with held, pytest.raises(RelanceError, match=r"^journal exemple-sqlite \(lgo-exemple\): __enter__ failed"):
            keep(plan_of(TUESDAY))
        assert before == files_of(tmp_path / "out")
        assert 2 == keep(plan_of()).deja

    def test_lock_of_the_folder_keeps_the_other_out(self, keep, tmp_path):
        """
        Letters stand there: one commit at a time, whatever keeps the history.
        """
        keep(plan_of())
        with JournalDossier(tmp_path / "out"), pytest.raises(RelanceError, match="at work"):
            keep(plan_of())

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.tuples(st.booleans(), st.sets(st.sampled_from("abc"))), max_size=4))
    def test_it_holds_what_the_folder_would(self, result, vendor, tmp_path_factory, commits):
        """
        Whatever is committed, in whatever order of days: the same is made, refused and remembered.
        """
        place = tmp_path_factory.mktemp("deux")
        for later, names in commits:
            outcomes: list[object] = []
            for journal in ("dossier", SQLITE):
                folder = place / journal
                plan = plan_of(TUESDAY if later else MONDAY, tuple(sorted(names)))
                plan = attrs.evolve(plan, echanges=read_echanges(folder, journal=journal, manager=vendor))
                try:
                    done = commit_relances(plan, result, folder, journal=journal, manager=vendor)
                    outcomes.append((done.nouvelles, done.deja, [path.name for path in done.lettres]))
                except RelanceError as error:
                    outcomes.append(str(error).split(": ", 1)[1])
            assert outcomes[0] == outcomes[1]
        one, other = (rows(read_echanges(place / name, manager=vendor)) for name in ("dossier", SQLITE))
        assert list(map(str, one)) == list(map(str, other))


class Memoire:
    """A journal that keeps its promises, in the memory of the test."""

    kept: dict[dt.date, str]

    def __init__(self, folder: Path) -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> object:
        return None

    def runs(self) -> Any:
        return sorted(self.kept.items())

    def record(self, day: dt.date, text: str) -> None:
        self.kept[day] = text


def fails(*_: object) -> Any:
    raise ValueError("1850599999001 EXEMPLE")


def leaves(*_: object) -> Any:
    raise SystemExit(3)


class Perd(Memoire):
    """Keeps until it is closed."""

    def __exit__(self, *error: object) -> None:
        self.kept.pop(MONDAY, None)


class Oublie(Memoire):
    """Holds two days."""

    def record(self, day: dt.date, text: str) -> None:
        self.kept[day] = text
        while len(self.kept) > 2:
            del self.kept[min(self.kept)]


DAY = (MONDAY, "x")
NOON = dt.datetime(2026, 3, 2, 12)  # noqa: DTZ001 - a date with an hour is what is wrong
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "enter-raises": ({"__enter__": fails}, r"__enter__ failed \(ValueError\)"),
    "exit-raises": ({"__exit__": fails}, r"__exit__ failed \(ValueError\)"),
    "runs-raises": ({"runs": fails}, r"runs failed \(ValueError\)"),
    "runs-half-way": ({"runs": lambda self: (1 / 0 for _ in "x")}, r"runs failed \(ZeroDivisionError\)"),
    "runs-none": ({"runs": lambda self: None}, r"runs failed \(TypeError\)"),
    "runs-text": ({"runs": lambda self: "ab"}, r"runs: expected a date and a text, got str"),
    "runs-dates": ({"runs": lambda self: [MONDAY]}, r"runs: expected a date and a text, got date"),
    "runs-iso": ({"runs": lambda self: [("2026-03-02", "x")]}, r"runs: expected a date and a text, got tuple"),
    "runs-noon": ({"runs": lambda self: [(NOON, "x")]}, r"runs: expected a date and a text, got tuple"),
    "runs-bytes": ({"runs": lambda self: [(MONDAY, b"x")]}, r"runs: expected a date and a text, got tuple"),
    "runs-three": ({"runs": lambda self: [(MONDAY, "x", 1)]}, r"runs: expected a date and a text, got tuple"),
    "runs-twice": ({"runs": lambda self: [DAY, DAY]}, r"runs: gives two runs of 2026-03-02"),
    "runs-backwards": ({"runs": lambda self: [(TUESDAY, "x"), DAY]}, r"runs: gives runs out of the order of days"),
    "runs-other": ({"runs": lambda self: [DAY]}, r"2026-03-02: expected a JSON document"),
    "record-raises": ({"record": fails}, r"record failed \(ValueError\)"),
    "record-leaves": ({"record": leaves}, r"record failed \(SystemExit\)"),
    "record-forgets": (
        {"record": lambda self, day, text: None},
        r"record: the run of 2026-03-02 is not given back as it was recorded",
    ),
    "record-strips": (
        {"record": lambda self, day, text: self.kept.update({day: text.strip()})},
        r"record: the run of 2026-03-02 is not given back as it was recorded",
    ),
    "record-elsewhere": (
        {"record": lambda self, day, text: self.kept.update({TUESDAY: text})},
        r"record: the run of 2026-03-02 is not given back as it was recorded",
    ),
    "closes-empty": (dict(vars(Perd)), r"record: the run of 2026-03-02 is not given back as it was recorded"),
}


def journal_of(changed: dict[str, Any]) -> JournalSpec:
    """A journal that does one thing wrong."""
    kind = type("Faux", (Memoire,), {**changed, "kept": {}})
    return JournalSpec(name="faux", label="Exemple", open=kind)


class TestWrongOnes:
    """Whatever a journal does wrong is told in its name, and no commit is told as done."""

    @pytest.mark.parametrize("what", WRONG)
    def test_it_is_named(self, result, tmp_path, what):
        """
        The plugin, the call, what was expected: never its words, which may quote a name.
        """
        changed, expected = WRONG[what]
        manager = build_manager(answers(HOOK, [journal_of(changed)]))
        with pytest.raises(RelanceError, match=rf"^journal faux \(Plugin\): {expected}") as caught:
            commit_relances(plan_of(), result, tmp_path / "out", journal="faux", manager=manager)
        assert "EXEMPLE" not in str(caught.value)
        assert [] == list(tmp_path.rglob("relances.verrou"))

    def test_the_right_one_is_not(self, result, tmp_path):
        """
        What the wrong ones are made from commits, and remembers.
        """
        manager = build_manager(answers(HOOK, [journal_of({})]))
        commit = lambda: commit_relances(plan_of(), result, tmp_path, journal="faux", manager=manager)  # noqa: E731
        assert (2, 0) == (len(commit().nouvelles), len(commit().nouvelles))

    @pytest.mark.parametrize(
        ("opened", "expected"),
        [
            (fails, r"open failed \(ValueError\)"),
            (lambda folder: None, "open: expected a Journal, got NoneType"),
            (lambda folder: {}, "open: expected a Journal, got dict"),
        ],
    )
    def test_what_is_opened_is_no_journal(self, result, tmp_path, opened, expected):
        """
        Nothing is made, not even the folder.
        """
        spec = JournalSpec(name="faux", label="Exemple", open=opened, provider="lgo")
        manager = build_manager(answers(HOOK, [spec]))
        with pytest.raises(RelanceError, match=rf"^journal faux \(lgo\): {expected}$"):
            commit_relances(plan_of(), result, tmp_path / "out", journal="faux", manager=manager)
        with pytest.raises(RelanceError, match=rf"^journal faux \(lgo\): {expected}$"):
            read_echanges(tmp_path / "out", journal="faux", manager=manager)
        assert not (tmp_path / "out").exists()

    def test_one_that_loses_an_earlier_day(self, result, tmp_path):
        """
        The day that is lost is told, and the commit is not done.
        """
        manager = build_manager(answers(HOOK, [journal_of(dict(vars(Oublie)))]))

        def commit(days: int) -> None:
            before = read_echanges(tmp_path, journal="faux", manager=manager)
            plan = plan_of(MONDAY + dt.timedelta(days=days), echanges=before)
            commit_relances(plan, result, tmp_path, journal="faux", manager=manager)

        commit(0)
        commit(1)
        with pytest.raises(RelanceError, match="record: the run of 2026-03-02 is not given back as it was recorded"):
            commit(2)

    def test_one_that_swallows_what_goes_wrong(self, result, tmp_path):
        """
        A true value at the end of the block does not turn a failure into a success.
        """
        manager = build_manager(answers(HOOK, [journal_of({"__exit__": lambda self, *error: True})]))

        def breaks(plan: PlanRelances) -> Iterator[Lettre]:
            yield from ()
            raise LetterError("stopped")

        with pytest.raises(LetterError, match="stopped"):
            commit_relances(plan_of(redaction=breaks), result, tmp_path, journal="faux", manager=manager)

    def test_one_that_fails_twice(self, result, tmp_path):
        """
        What went wrong first is what is told.
        """
        manager = build_manager(answers(HOOK, [journal_of({"record": fails, "__exit__": leaves})]))
        with pytest.raises(RelanceError, match=r"record failed \(ValueError\)$"):
            commit_relances(plan_of(), result, tmp_path, journal="faux", manager=manager)

    def test_words_of_an_error_of_ours_are_kept(self, result, tmp_path):
        """
        A vendor that says what to do in a `RelanceError` is heard, under its name.
        """

        def busy(self: object) -> None:
            raise RelanceError("the server is being backed up until noon")

        manager = build_manager(answers(HOOK, [journal_of({"__enter__": busy})]))
        with pytest.raises(RelanceError, match=r"^journal faux \(Plugin\): the server is being backed up until noon$"):
            commit_relances(plan_of(), result, tmp_path, journal="faux", manager=manager)


class TestWhoKeepsAFolder:
    """One journal a folder: another would know nothing of its history, and write to everybody again."""

    def test_run_files_are_there(self, result, vendor, keep, tmp_path):
        """
        A journal of a plugin does not start over them.
        """
        commit_relances(plan_of(), result, tmp_path / "out")
        before = files_of(tmp_path / "out")
        with pytest.raises(RelanceError, match="its history is kept by the journal 'dossier', not by 'exemple-sqlite'"):
            keep(plan_of(TUESDAY))
        assert before == files_of(tmp_path / "out")
        assert 4 == len(read_echanges(tmp_path / "out", journal=SQLITE, manager=vendor))

    def test_a_journal_of_a_plugin_is_there(self, result, vendor, keep, tmp_path):
        """
        Nor do run files start over it; reading asks the one that the folder tells.
        """
        keep(plan_of())
        before = files_of(tmp_path / "out")
        with pytest.raises(RelanceError, match="its history is kept by the journal 'exemple-sqlite', not by 'dossier'"):
            commit_relances(plan_of(TUESDAY), result, tmp_path / "out", manager=vendor)
        assert before == files_of(tmp_path / "out")
        assert 4 == len(read_echanges(tmp_path / "out", manager=vendor))

    def test_its_plugin_is_gone(self, keep, tmp_path):
        """
        Nobody is held to have never been reminded.
        """
        keep(plan_of())
        with pytest.raises(RelanceError, match="no journal 'exemple-sqlite'; known: dossier"):
            read_echanges(tmp_path / "out")

    def test_its_history_is_gone(self, keep, vendor, tmp_path):
        """
        The folder knows the last day that was recorded: a database that was deleted is told, not begun anew.
        """
        keep(plan_of())
        (tmp_path / "out" / "relances.sqlite").unlink()
        for ask in (lambda: keep(plan_of(TUESDAY)), lambda: read_echanges(tmp_path / "out", manager=vendor)):
            with pytest.raises(RelanceError, match="the run of 2026-03-02 was recorded, and is not there"):
                ask()

    def test_its_history_is_broken(self, keep, vendor, tmp_path):
        """
        A text that somebody changed is located by journal and day.
        """
        keep(plan_of())
        with closing(sqlite3.connect(tmp_path / "out" / "relances.sqlite", isolation_level=None)) as found:
            found.execute("UPDATE runs SET text = '{}'")
        with pytest.raises(RelanceError, match=r"^journal exemple-sqlite \(lgo-exemple\): 2026-03-02: expected"):
            read_echanges(tmp_path / "out", manager=vendor)

    @pytest.mark.parametrize(
        "text", ["", "dossier", "../x\n", "faux\n2026-02-31\n", "faux\nhier\n", "é\n", "a\nb\nc\n"]
    )
    def test_mark_that_cannot_be_understood(self, tmp_path, text):
        """
        It is told, not taken for none.
        """
        (tmp_path / "relances.journal").write_text(text, encoding="utf-8")
        with pytest.raises(RelanceError, match=r"^relances.journal: expected the name of a journal, and a day$"):
            mark_of(tmp_path)

    @pytest.mark.parametrize("marque", [Marque(journal="faux"), Marque(journal="faux-2", dernier=MONDAY)])
    def test_mark_is_read_as_it_was_written(self, tmp_path, marque):
        """
        With its day, or without.
        """
        assert mark_of(tmp_path / "nowhere") is mark_of(tmp_path) is None
        mark(tmp_path, marque)
        assert marque == mark_of(tmp_path)

    def test_readers_of_facts_pass_over_it(self, keep, tmp_path):
        """
        Letters, mark, lock and database: a folder inside the one that is read gives nothing else than its own files.
        """
        keep(plan_of())
        for name in ("relances.verrou", "relances.sqlite-journal", "virements.csv"):
            (tmp_path / "out" / name).write_text("x")
        assert ["out/virements.csv"] == [name for name, _ in find_files([tmp_path]).files]


class TestHook:
    def test_the_library_brings_the_folder(self):
        """
        Through the same hook as a vendor's; what it opens is a journal.
        """
        ((name, spec),) = journaux_of(build_manager()).items()
        assert "dossier" == name == spec.name
        assert isinstance(spec.open(Path("nowhere")), Journal)

    @pytest.mark.parametrize(
        ("brought", "words"),
        [
            ([3], "tiers_payant_journaux of lgo-a: expected JournalSpec, got int"),
            (fails, r"tiers_payant_journaux of lgo-a: failed \(ValueError\)"),
            ([journal_of({}), journal_of({})], "tiers_payant_journaux of lgo-a: brings 'faux' twice"),
            (
                [attrs.evolve(journal_of({}), name="dossier")],
                "tiers_payant_journaux of lgo-a: 'dossier' is brought by lgo-a and tiers-payant",
            ),
            (
                [attrs.evolve(journal_of({}), name="b")],
                "tiers_payant_journaux of lgo-a: 'b' is brought by lgo-a and lgo-b",
            ),
        ],
    )
    def test_plugin_at_fault_stops_every_commit(self, result, tmp_path, brought, words):
        """
        Even of the folder: the history that it may keep would be missing. It fails closed, and says who.
        """
        one, other = answers(HOOK, brought), answers(HOOK, [attrs.evolve(journal_of({}), name="b")])
        manager = build_manager()
        manager.register(one, "lgo-a")
        manager.register(other, "lgo-b")
        with pytest.raises(RelanceError, match=rf"^{words}$"):
            commit_relances(plan_of(), result, tmp_path / "out", manager=manager)
        assert not (tmp_path / "out").exists()
        assert [HOOK] == [refus.hook for refus in consult(manager)]

    def test_name_that_nobody_brings(self, result, vendor, tmp_path):
        """
        The nearest one is told, and nothing is made.
        """
        with pytest.raises(
            RelanceError, match=r"^no journal 'exemple-sqlit'; did you mean 'exemple-sqlite'\?; known: "
        ):
            commit_relances(plan_of(), result, tmp_path / "out", journal="exemple-sqlit", manager=vendor)
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize("name", ["", "a b", "../a", "é", "a\n", "-a"])
    def test_name_that_is_none(self, name):
        """
        A folder tells it on a line of its own.
        """
        with pytest.raises(ValueError, match="name"):
            JournalSpec(name=name, label="Exemple", open=Memoire)
