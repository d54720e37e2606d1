"""The page that tells how well rejects are classified, and how many the checks would have stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from benchmarks._exactitude_page import prose, upper_bound
from benchmarks._rejets_juge import Comptes

__all__ = ["render"]

_TAIL = 0.025
_INCONNU = "INCONNU"
_HELD = "held out"
_TELLS = {"code": "a published code", "mots": "words alone", "rien": "nothing"}

Labels = Mapping[str, Mapping[str, int]]
"""For each true family, how many labels were found to be of each."""


def render(data: dict[str, Any]) -> str:
    """Return the page of a run's data, as `rejects-accuracy.json` keeps them."""
    lines = [*_head(data), *_labels(data["libelles"]), *_lines(data), *_seeds(data), *_confused(data), *_checks(data)]
    return "\n".join(lines) + "\n"


def _head(data: dict[str, Any]) -> Iterator[str]:
    first, last = data["graines"]
    right, unknown, wrong = _outcomes(data["libelles"][_HELD])
    checks = Comptes(data["controles"])
    yield "# Accuracy of rejects"
    yield ""
    yield from prose(
        "Written by `make rejects` from `rejects-accuracy.json`, never by hand. The judge is the simulator's truth,"
        " made before any file ([what it knows of causes](../explanation/simulation.md)). A test reruns a small world"
        " and finds the same counts."
    )
    yield ""
    yield from prose(
        f"**Of {right + unknown + wrong} labels held out from whoever builds the word lists, {right} are classified"
        f" right ({_interval(right, right + unknown + wrong)}), {unknown} left `INCONNU` and {wrong} classified wrong"
        f" ({_interval(wrong, right + unknown + wrong)}). Of {checks['total/refuses']} refused factures, the checks"
        f" before sending would have stopped {checks['total/arretes']}"
        f" ({_interval(checks['total/arretes'], checks['total/refuses'])}); {checks['total/visibles']} showed"
        " something.** Intervals are exact ones of 95 % (Clopper and Pearson)."
    )
    yield ""
    yield from prose(
        f"Seeds {first} to {last}, {data['factures']} dispensings each. All labels are invented: they say how the word"
        " lists fare with wordings that nobody showed to them, not how often insurers use which. Whoever mends the word"
        " lists looks at families here, never at the labels."
    )
    yield ""


def _labels(labels: Mapping[str, Labels]) -> Iterator[str]:
    yield "## By label"
    yield ""
    yield from prose(
        "Lines of one label are classified alike, but for what one insurer or another may mean by it: what counts is"
        " labels. One is `INCONNU` when it is so to one insurer, *wrong* when it is taken for another family. *Recall*"
        " is of the labels of a family, *precision* of the labels found to be of it; *shown* labels are those that word"
        " lists may be built on."
    )
    yield ""
    yield "| family | labels held out | right | `INCONNU` | wrong | recall | precision | recall, shown |"
    yield "|---|---|---|---|---|---|---|---|"
    held, shown = labels[_HELD], labels["shown"]
    for family in [*held, "all"]:
        right, unknown, wrong = _outcomes(held, family)
        total = right + unknown + wrong
        found = sum(counts.get(family, 0) for counts in held.values()) if family != "all" else right + wrong
        easy = _outcomes(shown, family)
        yield (
            f"| {_code(family)} | {total} | {right} | {unknown} | {wrong} | {_interval(right, total)} |"
            f" {_interval(right, found)} | {_percent(easy[0], sum(easy))} |"
        )
    yield ""


def _outcomes(labels: Labels, family: str = "all") -> tuple[int, int, int]:
    """Count the labels right, unknown to one insurer at least, and wrong for one at least."""
    chosen = labels if family == "all" else {family: labels.get(family, {})}
    right = wrong = total = 0
    for true, counts in chosen.items():
        right += counts.get(true, 0)
        wrong += sum(count for found, count in counts.items() if _is_wrong(true, found))
        total += sum(counts.values())
    return right, total - right - wrong, wrong


def _is_wrong(true: str, found: str) -> bool:
    return not {true, _INCONNU}.issuperset(found.split("+"))


def _lines(data: dict[str, Any]) -> Iterator[str]:
    yield "## By reject line"
    yield ""
    yield from prose(
        "As often as the simulator writes them. A line *tells* its cause by a published code, or by its words; for one"
        " that tells nothing, `INCONNU` is the right answer, and any other a guess. A published code may still be"
        " wrong: 0250 050 covers two families."
    )
    yield ""
    yield "| words | what tells | lines | right | `INCONNU` | wrong |"
    yield "|---|---|---|---|---|---|"
    for words, seeds in data["rejets"].items():
        lines = list(_rows(_summed(seeds.values())))
        for tells, name in _TELLS.items():
            rows = [(true, found, count) for (tell, true, found), count in lines if tell == tells]
            total = sum(each for *_, each in rows)
            right = sum(each for true, found, each in rows if true == found)
            unknown = sum(each for true, found, each in rows if found == _INCONNU)
            missed = 0 if tells == "rien" else unknown
            yield (
                f"| {words} | {name} | {total} | {_percent(right, total)} | {_percent(unknown, total)} |"
                f" {_percent(total - right - missed, total)} |"
            )
    yield ""
    yield "| family, words held out | lines | recall | precision | `INCONNU` |"
    yield "|---|---|---|---|---|"
    rows = [(true, found, count) for (_, true, found), count in _rows(_summed(data["rejets"][_HELD].values()))]
    for family in sorted({true for true, *_ in rows}):
        mine = [(found, count) for true, found, count in rows if true == family]
        total = sum(count for _, count in mine)
        right = sum(count for found, count in mine if found == family)
        claimed = sum(count for _, found, count in rows if found == family)
        unknown = sum(count for found, count in mine if found == _INCONNU)
        yield (
            f"| {_code(family)} | {total} | {_percent(right, total)} | {_percent(right, claimed)} |"
            f" {_percent(unknown, total)} |"
        )
    yield ""


def _seeds(data: dict[str, Any]) -> Iterator[str]:
    yield "Right lines, seed by seed, all that tell something:"
    yield ""
    yield "| words | " + " | ".join(data["rejets"][_HELD]) + " |"
    yield "|---" * (1 + len(data["rejets"][_HELD])) + "|"
    for words, seeds in data["rejets"].items():
        cells = []
        for counts in seeds.values():
            rows = [(true, found, count) for (tell, true, found), count in _rows(Comptes(counts)) if tell != "rien"]
            right = sum(count for true, found, count in rows if true == found)
            cells.append(_percent(right, sum(count for *_, count in rows)))
        yield f"| {words} | " + " | ".join(cells) + " |"
    yield ""


def _confused(data: dict[str, Any]) -> Iterator[str]:
    yield "## What is taken for what"
    yield ""
    wrong = [
        (true, found, count)
        for true, counts in data["libelles"][_HELD].items()
        for found, count in counts.items()
        if _is_wrong(true, found)
    ]
    if not wrong:
        yield "No label held out is taken for one of another family."
        yield ""
        return
    yield "| true family | found | labels held out |"
    yield "|---|---|---|"
    for true, found, count in wrong:
        yield f"| {_code(true)} | {_code(found)} | {count} |"
    yield ""


def _checks(data: dict[str, Any]) -> Iterator[str]:
    counts = Comptes(data["controles"])
    yield "## Checks before sending"
    yield ""
    yield from prose(
        "Every lot of ordinary worlds, examined on the day it was sent beside those sent before. A check *stops* a"
        " reject when it finds, in a facture refused later, the visible fault of its own family; *other* are refused"
        " ones where it finds something else; *let pass* bear that fault, which the insurer did not mind; *for nothing*"
        f" bear none. {counts['total/signalees']} of {counts['total/factures']} factures are flagged by some check,"
        f" {counts['total/signalees_sans_faute']} of them without any fault. A check that stops nothing here may look"
        " for what the simulator does not do."
    )
    yield ""
    yield "| check | stops | other | let pass | for nothing |"
    yield "|---|---|---|---|---|"
    for name in sorted({key.split("/")[1] for key in counts if key.startswith("controle/")}):
        cells = [str(counts[f"controle/{name}/{what}"]) for what in ("arretes", "autres", "admises", "pour_rien")]
        yield f"| `{name}` | " + " | ".join(cells) + " |"
    yield ""
    yield "| true family | refused factures | that show something | stopped |"
    yield "|---|---|---|---|"
    for family in [*sorted({key.split("/")[1] for key in counts if key.startswith("famille/")}), "total"]:
        name = family if family == "total" else f"famille/{family}"
        refused, visible, stopped = (counts[f"{name}/{what}"] for what in ("refuses", "visibles", "arretes"))
        yield f"| {_code(family)} | {refused} | {visible} | {stopped}, {_interval(stopped, refused)} |"


def _rows(counts: Comptes) -> Iterator[tuple[tuple[str, str, str], int]]:
    for name, count in counts.items():
        _, tells, true, found, _ = name.split("/")
        yield (tells, true, found), count


def _summed(seeds: Iterable[Mapping[str, int]]) -> Comptes:
    total: Comptes = Comptes()
    for counts in seeds:
        total.update(counts)
    return total


def _interval(count: int, total: int) -> str:
    """Return a share and its exact interval of 95 %."""
    if not total:
        return "–"
    low, high = 1.0 - upper_bound(total - count, total, _TAIL), upper_bound(count, total, _TAIL)
    return f"{count / total:.0%}, {low:.0%} to {high:.0%}"


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def _code(family: str) -> str:
    return "all" if family in ("all", "total") else " or ".join(f"`{name}`" for name in family.split("+"))
