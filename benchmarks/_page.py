"""What was measured, as docs/reference/benchmarks.md. Every figure comes from the run; only the targets are told."""

from __future__ import annotations

import math
import statistics
import textwrap
from collections.abc import Iterable, Sequence

import attrs

from benchmarks._cadres import Cadre
from benchmarks._chemin import Chemin, Importation
from benchmarks._decodage import Debit, Memoire
from benchmarks._greffons import GREFFONS, Demarrage, Surcout
from benchmarks._memes_paires import MemesPaires
from benchmarks._objets import Objets
from benchmarks._parties import Partie
from benchmarks._passes import Course, Grande
from benchmarks._profil import Profil
from benchmarks._rejets import Classement
from benchmarks._suivi import JOUR, PAR_OFFICINE, Suivie
from benchmarks.relances import Planification

__all__ = ["Resultats", "render"]

_IMPORT_MS, _OBJETS_MS, _CHEMIN_S, _MEMOIRE = 60, 100, 5, 3
_DUCKDB, _SECOND, _PAIR = 3, 1.6, 10
"""Times faster: than DuckDB, with a second core, than the peer on objects."""
_ETAPE_MS, _TOUCHEES = 50, 15
_REJETS_S, _CIBLE_REJETS = 2, 1_000_000
_DEMARRAGE_MS, _HOOKS = 150, 0.01
"""Of plugins: milliseconds of a start with twenty, and their part of a run."""
_PLAN_S, _LENDEMAIN_MS, _CIBLE_CREANCES = 5, 200, 1_000_000
_CIBLE_FACTURES = 1_000_000
_BAR = 40
_WIDTH = 118
_CONSTANT = 1.1
"""Ten times the bytes may take that many times the working memory before it is no longer called constant."""

Cells = Sequence[str]


@attrs.frozen(kw_only=True)
class Resultats:
    """All that one run measured."""

    date: str
    machine: dict[str, str]
    repetitions: int
    ecarts: list[float]
    """For each median, the distance from the fastest to the slowest repetition, relative to it."""
    debits: list[Debit]
    banque: list[Debit]
    memoire: list[Memoire]
    parties: list[Partie]
    profils: list[Profil]
    chemins: list[Chemin]
    cadres: list[Cadre]
    courses: list[Course]
    grande: Grande
    importation: Importation
    objets: Objets
    suivies: list[Suivie]
    classements: list[Classement]
    planifications: list[Planification]
    demarrage: Demarrage
    surcouts: list[Surcout]


def render(r: Resultats) -> str:
    """Return the page."""
    sections = (
        _head(r),
        _decoding(r),
        _bank(r),
        _parts(r),
        _profiles(r),
        _path(r),
        _passes(r),
        _frames(r),
        _import(r),
        _objects(r),
        _follow_up(r),
        _rejects(r),
        _dunning(r),
        _plugins(r),
    )
    return "\n".join(line for section in sections for line in [*section, ""])


def _head(r: Resultats) -> Iterable[str]:
    yield "# Benchmarks"
    yield ""
    yield from _prose(
        "Written by `make bench`, never by hand; `python -m benchmarks --full` adds a million factures. Compare ratios,"
        " not seconds: both sides of a ratio were measured in the same run."
    )
    yield ""
    yield f"Run of {r.date}: " + ", ".join(f"{name} {value}" for name, value in r.machine.items()) + "."
    yield ""
    yield from _prose(
        f"Each figure is the median of {r.repetitions} repetitions or more, after one for nothing; memory is the"
        " highest of them. **Noise**: from the fastest to the slowest repetition there was"
        f" {statistics.median(r.ecarts):.0%} of the median for half of the figures, {max(r.ecarts):.0%} for the worst;"
        " a difference smaller than that says nothing. Files were just written, so they were read from the cache of"
        " the system. MB are millions of bytes."
    )
    yield ""
    yield from _prose(
        "*Built* data are months of invented officines made with numpy (`benchmarks/_donnees.py`): plausible in volume,"
        " poor in accidents. *Simulated* data are what `tiers-payant simulate` writes."
    )


# --- decoding


def _decoding(r: Resultats) -> Iterable[str]:
    largest = max(d.factures or 0 for d in r.debits)
    yield "## Decoding to columns, checks included"
    yield ""
    yield from _prose(
        "One core, built data. *Raw* reads the file into memory. *Loop* cuts the same fields of the same bytes one row"
        " at a time, with `struct` for B2, by `split` on the end mark and slices for NOÉMIE, turns numbers into `int`,"
        " and checks nothing. A short return holds some ten answers, a long one some hundreds, file after file in one;"
        " the framing in blocks has no loop. Targets are judged on the largest files; small ones show the fixed cost."
    )
    yield ""
    yield from _table(
        ("factures", "file", "MB", "raw MB/s", "MB/s", "target", "", "loop MB/s", "× loop", "× slower than raw"),
        [(_thousands(d.factures or 0), d.nom, *_rate(d, d.factures == largest)) for d in r.debits],
    )


def _rate(d: Debit, judged: bool = True) -> Cells:
    cible = d.cible_mo if judged else None
    loop = ("–", "–") if d.boucle_s is None else (f"{d.octets / 1e6 / d.boucle_s:.0f}", f"{d.boucle_s / d.lu_s:.1f}")
    return (
        _mb(d.octets),
        f"{d.octets / 1e6 / d.brut_s:.0f}",
        f"{d.mo_par_s:.0f}",
        "–" if cible is None else f"≥ {cible:.0f}",
        "" if cible is None else _verdict(d.mo_par_s >= cible),
        *loop,
        f"{d.lu_s / d.brut_s:.1f}",
    )


def _bank(r: Resultats) -> Iterable[str]:
    yield "## Bank statements"
    yield ""
    yield from _table(
        ("file", "MB", "raw MB/s", "MB/s", "target", "", "× slower than raw"),
        [(d.nom, *_rate(d)[:5], _rate(d)[-1]) for d in r.banque],
    )
    yield ""
    yield from _prose(
        "Memory of reading one CAMT.053 file, in a process of its own. *Growth* is the peak of resident memory less"
        " what the process held before; *tables* is what the columns weigh once read, texts included; *work* is the"
        " difference: what the reader needs besides what it gives. Constant memory means that it does not grow."
    )
    yield ""
    yield from _table(
        ("MB read", "lines", "growth, MB", "tables, MB", "work, MB", "work, bytes per line"),
        [(_mb(m.octets), _thousands(m.lignes), _mb(m.croissance), _mb(m.tables), _mb(m.travail),
          f"{m.travail / m.lignes:.0f}") for m in r.memoire],
    )  # fmt: skip
    yield ""
    first, last = r.memoire[0], r.memoire[-1]
    grown, more = last.travail / first.travail, last.octets / first.octets
    verdict = "reached" if grown <= _CONSTANT else "not reached"
    yield from _prose(
        f"From the first to the last, {more:.1f} times the bytes took {grown:.1f} times the work memory and"
        f" {last.croissance / first.croissance:.1f} times the growth. Target, constant: {verdict}."
    )


def _parts(r: Resultats) -> Iterable[str]:
    yield "## Files in parts"
    yield ""
    yield from _prose(
        "`read_parts` on files that grow, each in a process of its own, nothing kept of a part but how many rows it"
        " held. *Growth* is the peak of resident memory less what the process held before. Flat means that it does not"
        " grow once a file is longer than a part."
    )
    yield ""
    yield from _table(
        ("file", "MB read", "rows", "s", "MB/s", "growth, MB"),
        [(p.nom, _mb(p.octets), _thousands(p.lignes), f"{p.duree_s:.1f}", f"{p.octets / 1e6 / p.duree_s:.0f}",
          _mb(p.croissance)) for p in r.parties],
    )  # fmt: skip


def _profiles(r: Resultats) -> Iterable[str]:
    yield "## Where the time goes"
    yield ""
    yield from _prose(
        "One reading of each format under Python's profiler: the part of each module, with what it calls of numpy, lxml"
        " and Python. The profiler itself weighs on what makes many small calls, above all on the bank's formats."
    )
    for profil in r.profils:
        yield ""
        yield f"**{profil.nom}**"
        yield ""
        yield from _table(
            ("part", "module", "what it does"), [(f"{part:.0%}", name, promise) for name, promise, part in profil.parts]
        )


# --- whole path


def _path(r: Resultats) -> Iterable[str]:
    yield "## Whole path: files to states"
    yield ""
    yield from _prose(
        "`read` then `reconcile`, in a fresh process whose modules are loaded; layouts are loaded while the clock runs."
        f" The targets are for {_thousands(_CIBLE_FACTURES)} factures: at most {_CHEMIN_S} s, peak memory at most"
        f" {_MEMOIRE} times the bytes read. *Peak* is all the resident memory of the process, pages of mapped files and"
        f" interpreter included. A process that only imports takes {_mb(r.chemins[0].pic_a_vide)} MB, which is most of"
        " the peak of the small runs: *own ×* leaves it out."
    )
    yield ""
    yield from _table(
        ("data", "factures", "files", "MB", "read s", "read ms per file", "reconcile s", "whole s", "target", "",
         "peak MB", "peak ×", "target", "", "own ×", "credited"),
        [_path_row(c) for c in r.chemins],
    )  # fmt: skip
    yield ""
    yield "*Credited* is the part of the créances found credited to the cent: the work was done."
    yield ""
    yield "Time for one facture as their number grows by tens; a bar that keeps its length is a cost that is linear:"
    yield ""
    yield "```text"
    yield from _bars(r.chemins)
    yield "```"
    if not any(c.factures >= _CIBLE_FACTURES for c in r.chemins):
        yield ""
        yield "This run stopped short of a million factures: whether the targets hold there is not measured."


def _path_row(c: Chemin) -> Cells:
    full = c.factures >= _CIBLE_FACTURES
    ratio = c.pic / c.octets
    return (
        c.nom, _thousands(c.factures), _thousands(c.fichiers), _mb(c.octets), f"{c.lecture_s:.2f}",
        f"{c.lecture_s / c.fichiers * 1e3:.1f}", f"{c.rapprochement_s:.2f}", f"{c.total_s:.2f}",
        f"≤ {_CHEMIN_S}" if full else "–", _verdict(c.total_s <= _CHEMIN_S) if full else "",
        _mb(c.pic), f"{ratio:.1f}", f"≤ {_MEMOIRE}" if full else "–", _verdict(ratio <= _MEMOIRE) if full else "",
        f"{(c.pic - c.pic_a_vide) / c.octets:.1f}", f"{c.part_creditee:.0%}",
    )  # fmt: skip


def _bars(chemins: Sequence[Chemin]) -> Iterable[str]:
    costs = [c.total_s / c.factures * 1e6 for c in chemins]
    widest = max(costs)
    name = ""
    for c, cost in zip(chemins, costs, strict=True):
        if c.nom != name:
            yield from ([""] if name else [])
            yield c.nom
        name = c.nom
        bar = "█" * max(1, math.ceil(_BAR * cost / widest))
        yield f"{_thousands(c.factures):>11}  {bar} {cost:.0f} µs"


def _passes(r: Resultats) -> Iterable[str]:
    yield "## Two passes against DuckDB, polars and pandas"
    yield ""
    yield from _prose(
        "The same work in each: an exact key (officine and reference), then officine, payer, amount and a window of"
        " thirty days, each unique both ways; 500 officines, 101 payers, 20 % of the references missing, 2 % of the"
        " lines paid short. Columns in, each engine's own, made before the clock starts; numpy arrays of pairs out."
        " `pair_cascade` is what the library's own passes are made of. *True* is the part of the pairs that are those"
        " of the maker of the data."
    )
    yield ""
    yield from _table(
        ("factures", "with", "ms", "factures/s", "times faster than DuckDB", "target", "", "pairs", "true"),
        [_course_row(course, r.courses) for course in r.courses],
    )
    g, alone = r.grande, _of_largest(r.courses)
    yield ""
    if alone:
        times = alone[0] / alone[1]
        yield from _prose(
            f"The second core, on the most factures of the table: {times:.2f} times faster with two threads than with"
            f" one (target {_SECOND}: {_verdict(times >= _SECOND)})."
        )
        yield ""
    yield from _prose(
        f"{_thousands(g.factures)} factures in one process, alone: {g.duree_s:.2f} s,"
        f" {_thousands(round(g.factures / g.duree_s))} factures a second; {_mb(g.colonnes)} MB of columns, and"
        f" {_mb(g.pic)} MB more at the peak."
    )


def _of_largest(courses: Sequence[Course]) -> list[float]:
    """Return how long the library's own two runs on the most factures took."""
    largest = max(course.factures for course in courses)
    own = [course for course in courses if course.factures == largest and course.nom.startswith("tiers_payant")]
    return [course.duree_s for course in own if course.duree_s is not None]


def _course_row(c: Course, every: Sequence[Course]) -> Cells:
    if c.duree_s is None:
        return (_thousands(c.factures), c.nom, "not installed", "–", "–", "–", "", "–", "–")
    duck = next((one.duree_s for one in every if one.factures == c.factures and one.nom.startswith("DuckDB")), None)
    times = duck / c.duree_s if duck else None
    judged = c.nom == "tiers_payant" and c.factures == max(one.factures for one in every)
    target, verdict = (f"≥ {_DUCKDB} ×", _verdict(times >= _DUCKDB)) if judged and times else ("–", "")
    speed = _thousands(round(c.factures / c.duree_s))
    shown = f"{times:.2f}" if times else "–"
    pairs = _thousands(c.paires)
    return (
        _thousands(c.factures),
        c.nom,
        f"{c.duree_s * 1e3:.1f}",
        speed,
        shown,
        target,
        verdict,
        pairs,
        f"{c.justes:.4%}",
    )


def _frames(r: Resultats) -> Iterable[str]:
    yield "## The same columns in pandas and in polars"
    yield ""
    yield from _prose(
        "The core only, columns already decoded: answers joined to créances by key, summed by transfer, transfers"
        " joined to credits by officine, amount and window, what is unique both ways kept, each créance given what it"
        " was credited. pandas and polars stop there; the library also reads the text of the bank, tells ties with"
        " their rivals, follows re-billed factures, attaches rejects, decides states and checks the balance. So this is"
        " no race: it says what those answers cost. polars uses every core, the library one."
    )
    yield ""
    yield from _table(
        ("factures", "with", "ms", "× the library", "credited, % of the library's"),
        [_frame_row(c, r.cadres) for c in r.cadres],
    )


def _frame_row(c: Cadre, every: Sequence[Cadre]) -> Cells:
    own = next(one for one in every if one.factures == c.factures and one.nom == "tiers_payant")
    if c.duree_s is None or own.duree_s is None:
        return (_thousands(c.factures), c.nom, "not installed", "–", "–")
    share = f"{c.credite_cents / own.credite_cents:.2%}"
    return (_thousands(c.factures), c.nom, f"{c.duree_s * 1e3:.0f}", f"{c.duree_s / own.duree_s:.2f}", share)


# --- import and objects


def _import(r: Resultats) -> Iterable[str]:
    i = r.importation
    yield "## `import tiers_payant`"
    yield ""
    yield from _table(
        ("work", "target", "reached", "", "ratio"),
        [("start of Python", "–", f"{i.a_vide_s * 1e3:.0f} ms", "", "1.0"),
         ("import, beyond that start", f"≤ {_IMPORT_MS} ms", f"{i.import_s * 1e3:.0f} ms",
          _verdict(i.import_s * 1e3 <= _IMPORT_MS), f"{i.import_s / i.a_vide_s:.1f}"),
         ("numpy, lxml or pluggy loaded by it", "none", ", ".join(i.charges) or "none", _verdict(not i.charges), "–")],
    )  # fmt: skip


def _objects(r: Resultats) -> Iterable[str]:
    o = r.objets
    yield "## Objects instead of files"
    yield ""
    yield from _prose(
        f"{_thousands(o.factures)} factures of one AMO share each, {_thousands(o.reponses)} answers and"
        f" {_thousands(o.virements)} credits as objects, no act lines."
    )
    yield ""
    steps = (
        ("building the objects", o.objets_s),
        ("`Book.from_objects`", o.book_s),
        ("`reconcile`", o.rapprochement_s),
    )
    whole = o.total_s * 1e3
    rows: list[Cells] = [(nom, "–", f"{s * 1e3:.0f} ms", "", f"{s / o.total_s:.0%}") for nom, s in steps]
    rows.append(("the three together", f"≤ {_OBJETS_MS} ms", f"{whole:.0f} ms", _verdict(whole <= _OBJETS_MS), "100%"))
    yield from _table(("work", "target", "reached", "", "part"), rows)
    if o.memes:
        yield ""
        yield from _same_pairs(o.memes, o.total_s)


def _same_pairs(m: MemesPaires, total_s: float) -> Iterable[str]:
    yield from _prose(
        "Against `bankstatementparser`, on the same shares and answers: it ties dicts of texts by currency, reference"
        " and amount, unique both ways, and returns a report of them. The target is judged on the same pairs,"
        " from columns and from the dicts of the peer; the last row is no race, since it does what the peer does not."
    )
    yield ""
    rows = (
        ("`bankstatementparser`", "dicts made before the clock starts; a report of pairs", m.pair_s, m.pair_paires),
        ("`pair_cascade`", "columns made before the clock starts; columns of pairs", m.colonnes_s, m.paires),
        ("`pair_cascade`", "the dicts of the peer turned into columns, then the same", m.dicts_s, m.paires),
        ("the three together", "objects built, bank lines, groups, states, reasons, balance", total_s, None),
    )
    yield from _table(
        ("with", "what the time includes", "ms", "times faster", "target", "", "pairs"),
        [_same_row(m, rank, *row) for rank, row in enumerate(rows)],
    )


def _same_row(m: MemesPaires, rank: int, nom: str, includes: str, seconds: float, pairs: int | None) -> Cells:
    times = m.pair_s / seconds
    target, verdict = (f"≥ {_PAIR} ×", _verdict(times >= _PAIR)) if rank in (1, 2) else ("–", "")
    told = "–" if pairs is None else _thousands(pairs)
    return nom, includes, f"{seconds * 1e3:.1f}", f"{times:.1f}", target, verdict, told


# --- a day more


def _follow_up(r: Resultats) -> Iterable[str]:
    yield "## A day's returns onto an open book"
    yield ""
    yield from _prose(
        f"Books of officines with {_thousands(PAR_OFFICINE)} open créances each, 200 of them paid before by 20 bank"
        f" lines; every account is known. The day brings {_thousands(JOUR)} return lines, spread evenly over the"
        " officines *touched*, one announced transfer for each. *Step* gives the new follow-up and its delta; *CPU* is"
        " the same as the processor counts it, which other programs weigh on less. *Full run* reconciles the same"
        " readings from nothing: it is also what the full table costs when it is asked for. What a"
        " step takes grows with the officines touched, not with the book: the target is judged on 15 of them."
    )
    yield ""
    yield from _table(
        ("open créances", "officines", "touched", "lines", "start", "step", "CPU", "", "full run", "ratio"),
        [
            (
                _thousands(s.creances), str(s.officines), str(s.touchees), _thousands(s.lignes), f"{s.debut_s:.2f} s",
                f"{s.etape_s * 1e3:.0f} ms", f"{s.etape_cpu_s * 1e3:.0f} ms",
                _verdict(s.etape_s * 1e3 <= _ETAPE_MS) if s.touchees == _TOUCHEES else "",
                f"{s.entier_s * 1e3:.0f} ms", f"{s.entier_s / s.etape_s:.1f} ×",
            )
            for s in r.suivies
        ],
    )  # fmt: skip


# --- rejects


def _rejects(r: Resultats) -> Iterable[str]:
    yield "## Rejects to families"
    yield ""
    yield from _prose(
        f"`rejets.classify` on reject lines of 120 senders over a year, 403 codes, a table of 210 lines of which half"
        f" begin in July. *Labels* are the distinct ones: a dozen wordings, or each line with a number of its own. The"
        f" target, {_REJETS_S} s, is for {_thousands(_CIBLE_REJETS)} lines. The share that is neither by code nor by"
        " words is `INCONNU`."
    )
    yield ""
    yield from _table(
        ("rejects", "labels", "ms", "rejects/s", "target", "", "by code", "by words"),
        [
            (
                _thousands(c.rejets), _thousands(c.libelles), f"{c.secondes * 1e3:.0f}",
                _thousands(round(c.rejets / c.secondes)),
                *((f"≤ {_REJETS_S} s", _verdict(c.secondes <= _REJETS_S)) if c.rejets >= _CIBLE_REJETS else ("–", "")),
                f"{c.par_code:.0%}", f"{c.par_mots:.0%}",
            )
            for c in r.classements
        ],
    )  # fmt: skip


# --- dunning


def _dunning(r: Resultats) -> Iterable[str]:
    yield "## Dunning"
    yield ""
    yield from _prose(
        f"`dunning.plan` under the standard policy on open créances of 50 officines, ten for each debtor: a fifth"
        f" refused, about half of the others over their delay, nobody contacted yet. Target: {_PLAN_S} s for"
        f" {_thousands(_CIBLE_CREANCES)} créances."
    )
    yield ""
    yield from _table(
        ("créances", "debtors", "contacts", "ms", "target", ""),
        [
            (
                _thousands(p.creances), _thousands(p.debiteurs), _thousands(p.contacts), f"{p.secondes * 1e3:.0f}",
                *_against(p, f"≤ {_PLAN_S} s", p.secondes <= _PLAN_S),
            )
            for p in r.planifications
        ],
    )  # fmt: skip
    yield ""
    yield from _prose(
        f"Another day, each debtor contacted once in the sixteen days up to the first: `prepare` once, a plan of the"
        f" first day, then `Prepared.plan` with the same result and history, with what a day's contacts add to it, or"
        f" `Prepared.follow` with a result in which créances were paid or refused, and its plan. *In full*: the same"
        f" plan by `dunning.plan`. Deadlines (`rejets.deadlines`) and the reading of the history are in"
        f" none of these figures. Target: {_LENDEMAIN_MS} ms for {_thousands(_CIBLE_CREANCES)} créances."
    )
    yield ""
    yield from _table(
        ("créances", "the next plan", "contacts", "ms", "in full, ms", "target", ""),
        [
            (
                _thousands(p.creances), one.cas, _thousands(one.contacts), f"{one.secondes * 1e3:.0f}",
                f"{one.entier_s * 1e3:.0f}",
                *_against(p, f"≤ {_LENDEMAIN_MS} ms", one.secondes * 1e3 <= _LENDEMAIN_MS),
            )
            for p in r.planifications
            for one in p.lendemains
        ],
    )  # fmt: skip


def _against(done: Planification, target: str, reached: bool) -> tuple[str, str]:
    return (target, _verdict(reached)) if done.creances >= _CIBLE_CREANCES else ("–", "")


# --- plugins


def _plugins(r: Resultats) -> Iterable[str]:
    yield "## Plugins"
    yield ""
    ours, every = r.demarrage.sans_s * 1e3, r.demarrage.avec_s * 1e3
    yield from _prose(
        f"Each of {GREFFONS} plugins is a file of a folder, and brings a format, a payer and an indicator. From a bare"
        f" start of Python to the formats told by a manager: {every:.0f} ms with them, {ours:.0f} ms with the library's"
        f" own alone. Target, {_DEMARRAGE_MS} ms: {_verdict(every <= _DEMARRAGE_MS)} for the whole start,"
        f" {_verdict(every - ours <= _DEMARRAGE_MS)} for the {GREFFONS} by themselves."
    )
    yield ""
    yield from _prose(
        "Built months, files to states, in one process without and with them. *Hooks*: all those that such a run asks,"
        f" timed by themselves. Target: {_HOOKS:.0%} of the run for {_thousands(_CIBLE_FACTURES)} factures."
    )
    yield ""
    yield from _table(
        ("factures", "without, s", "with, s", "difference", "hooks, ms", "of the run", "target", ""),
        [
            (
                _thousands(s.factures), f"{s.sans_s:.2f}", f"{s.avec_s:.2f}", f"{s.avec_s / s.sans_s - 1:+.1%}",
                f"{s.hooks_s * 1e3:.1f}", f"{s.hooks_s / s.avec_s:.2%}",
                *(
                    (f"≤ {_HOOKS:.0%}", _verdict(s.hooks_s / s.avec_s <= _HOOKS))
                    if s.factures >= _CIBLE_FACTURES else ("–", "")
                ),
            )
            for s in r.surcouts
        ],
    )  # fmt: skip


# --- words


def _prose(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _table(head: Cells, rows: Iterable[Cells]) -> Iterable[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def _verdict(reached: bool) -> str:
    return "reached" if reached else "**not reached**"


def _mb(octets: float) -> str:
    return f"{octets / 1e6:.1f}" if abs(octets) < 1e7 else f"{octets / 1e6:.0f}"


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", " ")
