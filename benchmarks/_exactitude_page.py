"""The page that tells how exact the matching is, from the counts of a run."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from benchmarks._exactitude_juge import Comptes

__all__ = ["prose", "render", "upper_bound"]

_WIDTH = 120
_DOUBT = 0.05
_WANTED = 1_000_000
_CEILING, _CONTAINS = 0.97, 0.95
_ROUGH = 100
_NEARLY, _WHOLE = 99.9, 100.0
_TOTAL = "all"

Cells = Sequence[str]
Column = tuple[str, Callable[[Comptes], str]]


def upper_bound(failures: int, trials: int, doubt: float = _DOUBT) -> float:
    """Return the exact one-sided 95 % upper bound of a rate (Clopper and Pearson): 3 / *trials* when nothing failed.

    It is the rate under which so few failures would be seen once in twenty times, or as often as *doubt* says.
    """
    if failures >= trials:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(200):
        rate = (low + high) / 2
        low, high = (rate, high) if _at_most(failures, trials, rate) > doubt else (low, rate)
    return high


def _at_most(failures: int, trials: int, rate: float) -> float:
    """Return the chance of *failures* or fewer."""
    if rate in (0.0, 1.0):
        return 1.0 - rate
    logs = [
        math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
        + k * math.log(rate) + (trials - k) * math.log1p(-rate)
        for k in range(failures + 1)
    ]  # fmt: skip
    return math.fsum(map(math.exp, logs))


def render(data: dict[str, Any]) -> str:
    """Return the page of a run's data, as `accuracy.json` keeps them."""
    worlds = {name: Comptes(counts) for name, counts in data["cas"].items()}
    total: Comptes = Comptes()
    for counts in worlds.values():
        total.update(counts)
    rows = {**worlds, _TOTAL: total}
    mondes = {**data["mondes"], _TOTAL: sum(data["mondes"].values())}
    lines = [*_head(data, total), *_links(rows, mondes), *_creances(rows), *_rest(rows), *_fates(total), *_false(data)]
    return "\n".join(lines) + "\n"


def _head(data: dict[str, Any], total: Comptes) -> Iterable[str]:
    first, last = data["graines"]
    links, credited = total["liens"], total["creances_reglees"]
    yield "# Accuracy"
    yield ""
    yield from prose(
        "Written by `make accuracy` from `accuracy.json`, never by hand. The judge is the simulator's truth, made"
        " before any file ([what it may not share](../explanation/simulation.md)); the seeds are kept apart from those"
        " of the tests. A test reruns a small world and finds the same counts."
    )
    yield ""
    yield from prose(
        f"Seeds {first} to {last}, two months of five kinds of world: {_n(total['factures'])} factures,"
        f" {_n(total['creances_vraies'])} créances credited in truth. **{_n(credited)} créances settled,"
        f" {_n(total['creances_fausses'])} of them falsely: {_bound(total['creances_fausses'], credited)} at most, with"
        f" 95 % confidence. {_n(links)} links between a transfer and a bank line, {_n(total['liens_faux'])} of them"
        f" false: {_bound(total['liens_faux'], links)} at most.** Wanted: none in a million"
        f" ({_verdict(credited >= _WANTED and not total['creances_fausses'])}), {_CEILING:.0%} of what is reachable"
        f" ({_verdict(_share(total['atteignables_regles'], total['atteignables']) >= _CEILING)}), the truth in"
        f" {_CONTAINS:.0%} of proposals"
        f" ({_verdict(_share(total['proposees_vraies'], total['proposees']) >= _CONTAINS)})."
    )
    yield ""
    yield from prose(
        "*Ordinary* worlds are what `tiers-payant simulate` writes. In *crowded* ones few prices and many small"
        " transfers leave many equal transfers of one payer open at once; the *pool* is how many were, measured on what"
        " happened. The bound is exact (Clopper and Pearson, one-sided): about 3 / links when none is false."
    )
    yield ""


def _links(rows: dict[str, Comptes], mondes: dict[str, int]) -> Iterable[str]:
    yield "## Transfers and bank lines"
    yield ""
    yield from prose(
        "A *link* ties an announced transfer to a bank line, with its cents; n equal transfers and n equal lines tied"
        " as one class are one link, right when these lines pay these transfers, whichever pays which. *Recall* is of"
        " all true links whose return came, *reachable* of those that amounts and dates alone decide, whatever the"
        " matching thinks. *Refused* is the part of third-party bank lines that are left or only proposed. A *proposal*"
        " is a bank line shown with its candidates; it holds the truth when one of them is right."
    )
    yield ""
    yield from _table(
        {f"{name}, {mondes[name]} worlds": counts for name, counts in rows.items()},
        (
            ("pool", lambda c: f"{_share(c['ouverts_ensemble'], c['reglements']):.1f}"),
            ("links", lambda c: _n(c["liens"])),
            ("of them classes", lambda c: _n(c["classes"])),
            ("false", lambda c: _n(c["liens_faux"])),
            ("false at most", lambda c: _bound(c["liens_faux"], c["liens"])),
            ("precision", lambda c: _percent(c["liens"] - c["liens_faux"], c["liens"])),
            ("recall", lambda c: _percent(c["vrais_regles"], c["vrais"])),
            ("reachable", lambda c: _n(c["atteignables"])),
            ("of it settled", lambda c: _percent(c["atteignables_regles"], c["atteignables"])),
            ("refused", lambda c: _percent(c["lignes_refusees"], c["lignes"])),
            ("proposals", lambda c: _n(c["proposees"])),
            ("with the truth", lambda c: _percent(c["proposees_vraies"], c["proposees"])),
        ),
    )


def _creances(rows: dict[str, Comptes]) -> Iterable[str]:
    yield "## Créances credited"
    yield ""
    yield from prose(
        "A *créance settled* is one answer's cents, or those of a line without return, tied to one créance by settled"
        " bank lines; it is right when these lines pay that créance those cents. *Recall* is of all that the bank"
        " credited, lost returns included. *Credited beyond* looks at no link: créances whose crédité is more than the"
        " bank ever brought them."
    )
    yield ""
    yield from _table(
        rows,
        (
            ("settled", lambda c: _n(c["creances_reglees"])),
            ("false", lambda c: _n(c["creances_fausses"])),
            ("false at most", lambda c: _bound(c["creances_fausses"], c["creances_reglees"])),
            ("precision", lambda c: _percent(c["creances_reglees"] - c["creances_fausses"], c["creances_reglees"])),
            ("recall", lambda c: _percent(c["creances_reglees"] - c["creances_fausses"], c["creances_vraies"])),
            ("false euros", lambda c: f"{c['faux_cents'] / 100:.2f}"),
            ("credited beyond", lambda c: _n(c["creances_trop"])),
            ("by euros", lambda c: f"{c['trop_cents'] / 100:.2f}"),
        ),
    )


def _rest(rows: dict[str, Comptes]) -> Iterable[str]:
    yield "## Answers, and factures billed again"
    yield ""
    yield from prose(
        "An answer that lost its key, because the insurer typed the facture in anew, is about a créance all the same:"
        " *reachable* when its person, with the numbers of the lot and of the facture or with the amount, names one"
        " share only, for it alone. *Answers* are the links between any answer and a créance. A *chain* is a refused"
        " share and the one that replaces it; *longer* ones leave out a facture refused in between, whose insured was"
        " mistyped."
    )
    yield ""
    yield from _table(
        rows,
        (
            ("answers", lambda c: _n(c["reponses"])),
            ("false", lambda c: _n(c["reponses_fausses"])),
            ("without key", lambda c: _n(_summed(c, "reponse/"))),
            ("reachable", lambda c: _n(_summed(c, "reponse/", "/atteignable/"))),
            (
                "of it settled",
                lambda c: _percent(
                    _summed(c, "reponse/", "/atteignable/regle"), _summed(c, "reponse/", "/atteignable/")
                ),
            ),
            ("proposed", lambda c: _n(c["reponses_proposees"])),
            ("with the truth", lambda c: _percent(c["reponses_proposees_vraies"], c["reponses_proposees"])),
            ("chains", lambda c: _n(c["chaines"])),
            ("longer", lambda c: _n(c["chaines_sautees"])),
            ("false", lambda c: _n(c["chaines_fausses"])),
            ("reachable", lambda c: _n(c["chaines_atteignables"])),
            ("of it settled", lambda c: _percent(c["chaines_atteignables_reglees"], c["chaines_atteignables"])),
        ),
    )


_FATES = {"regle": "settled", "laisse": "left", "ailleurs": "one end settled with another"}


def _fates(total: Comptes) -> Iterable[str]:
    yield "## What becomes of each true link"
    yield ""
    yield from prose(
        "All worlds together. `direct`: one transfer, one credit; `eclate`: one transfer, two credits; `groupe`: two"
        " transfers, one credit; `partiel`: credited for less than announced; `debit`: an announcement below zero,"
        " which the pharmacy pays. Answers without key follow, by what was lost of it."
    )
    yield ""
    yield "| what | insurer | reachable | became | links |"
    yield "|---|---|---|---|---|"
    for name, count in sorted(total.items()):
        kind, *rest = name.split("/")
        if kind == "sort":
            genre, insurer, reachable, fate = rest
        elif kind == "reponse":
            (genre, reachable, fate), insurer = rest, ""
            genre = f"answer, {genre}"
        else:
            continue
        word = _FATES.get(fate) or fate.replace("propose", "proposed,")
        yield f"| {genre} | {insurer} | {'yes' if reachable == 'atteignable' else 'no'} | {word} | {_n(count)} |"
    yield ""


def _false(data: dict[str, Any]) -> Iterable[str]:
    yield "## Worlds in which something is false"
    yield ""
    if not data["faux"]:
        yield "None."
        return
    yield "| world | seed | what | how many |"
    yield "|---|---|---|---|"
    for cas, seed, name, count in data["faux"]:
        yield f"| {cas} | {seed} | `{name}` | {count} |"


def _table(rows: dict[str, Comptes], columns: Sequence[Column]) -> Iterable[str]:
    yield "| world | " + " | ".join(name for name, _ in columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for world, counts in rows.items():
        yield f"| {world} | " + " | ".join(shown(counts) for _, shown in columns) + " |"
    yield ""


def _summed(counts: Comptes, *words: str) -> int:
    return sum(count for name, count in counts.items() if all(word in name for word in words))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _percent(part: int, whole: int) -> str:
    """Return a percentage rounded down: a false link in a million must not read as none."""
    shown = math.floor(part * 1_000_000 / whole) / 10_000 if whole else 0.0
    return (f"{shown:.4f} %" if _NEARLY < shown < _WHOLE else f"{shown:.4g} %") if whole else "–"


def _bound(failures: int, trials: int) -> str:
    rate = upper_bound(failures, trials) * 1e6 if trials else 0.0
    return (f"{rate:.1f} in a million" if rate < _ROUGH else f"{_n(round(rate))} in a million") if trials else "–"


def _verdict(reached: bool) -> str:
    return "reached" if reached else "not reached"


def _n(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")


def prose(text: str) -> list[str]:
    """Return the lines of one paragraph of a page; no word is cut."""
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
