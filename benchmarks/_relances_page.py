"""The page that tells what an officine lives with reminders: errors, delays, what holds claims back, and the work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks._exactitude_page import prose, upper_bound
from benchmarks._relances_juge import HORIZONS, SUR, Comptes
from benchmarks._relances_monde import ATTENTE
from benchmarks._relances_verite import DEMANDABLES, Sort

__all__ = ["render"]

_STANDARD = 90
_WAYS = {
    "rien": "sends, and nothing else",
    "retours": "has returns sent again",
    "propositions": "decides proposals",
    "tout": "does it all",
}
_SORTS = {
    Sort.MUETTE: "never answered",
    Sort.PROMISE: "announced, never credited",
    Sort.ENTAMEE: "paid for less",
}
_TOLD = {
    "payees": "paid in truth",
    "jamais_demandees": "never paid, not asked for yet",
    "deja_demandees": "never paid, asked for before",
    "autres": "others",
}
_OURS = ("REJET_A_TRAITER", "LOT_A_RENVOYER", "REPRISE_A_TRAITER", "FORCLOSE")
"""Reasons that no insurer can end: the officine acts, or nobody does."""
_WIDE = 40
_MONTH = 365.25 / 12

Cas = Mapping[str, Comptes]


def render(data: dict[str, Any]) -> str:
    """Return the page of a run's data, as `reminders-accuracy.json` keeps them."""
    every = {name: Comptes(counts) for name, counts in data["cas"].items()}
    cas = {way: every[f"{way}/{_STANDARD}"] for way in _WAYS}
    worlds = Comptes(data["mondes"])
    lines = [
        *_head(data, cas, worlds), *_errors(data, every), *_delays(cas), *_holders(cas), *_work(cas, worlds),
        *_memory(every),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _head(data: dict[str, Any], cas: Cas, worlds: Comptes) -> Iterator[str]:
    first, last = data["graines"]
    most, least = cas["tout"], cas["rien"]
    yield "# Accuracy of reminders"
    yield ""
    yield from prose(
        "Written by `make reminders` from `reminders-accuracy.json`, never by hand. The judge is the simulator's truth,"
        " told from what happened and never from a file. A test reruns a small world and finds the same counts."
    )
    yield ""
    yield from prose(
        f"**Of {most['parts']} shares that reminders named in officines that look at what is shown to them,"
        f" {most['fausses']} were paid, or billed again, by then: {_bound(most)} at most, with 95 % confidence. Of the"
        f" shares never paid and refused by nobody, such an officine has asked for {_reached(most, 60)} within 60 days"
        f" of their due day, and for {_reached(most, 180)} within 180; one that only sends what is planned, for"
        f" {_reached(least, 60)} and {_reached(least, 180)}.**"
    )
    yield ""
    taille = data["taille"]
    yield from prose(
        f"Seeds {first} to {last}: one officine each, {taille['mois']} months, {taille['factures']} dispensings,"
        f" {worlds['retours_perdus']} transfers in all whose return was lost. It plans once a week with the standard"
        " policy, on the last day of a statement or on the day after, from what it has received by then; what it sends"
        " is the history of the next plan. It knows an address for every insurer. Nobody pays because of a reminder:"
        " simulated insurers do as they would have done."
    )
    yield ""
    yield "| officine | what it does besides |"
    yield "|---|---|"
    for way, does in _ACTS.items():
        yield f"| {_WAYS[way]} | {does} |"
    yield ""


_ACTS = {
    "rien": "nothing",
    "retours": f"each lost return is delivered {ATTENTE} days after its credit was on a statement",
    "propositions": "before each plan, it accepts or refuses what is proposed for bank lines, rightly",
    "tout": (
        f"both; and {ATTENTE} days after a line that nothing explains was on a statement, it ties it by hand, or lifts"
        " it when it pays nothing that is still open"
    ),
}


def _errors(data: dict[str, Any], every: Cas) -> Iterator[str]:
    yield "## Contacts in error"
    yield ""
    yield from prose(
        "A share is asked for *in error* when on that day it was paid in full on the bank, seen or not, or billed"
        " again; *too much* when less was owed than asked. Shares count once, however often they are asked for. *Later*"
        " ones were paid after the contact, late. The bound is exact (Clopper and Pearson, one-sided)."
    )
    yield ""
    heads = ("contacts", "shares", "in error", "at most", "too much", "never paid", "later", "other")
    yield f"| officine | `memoire_jours` | {' | '.join(heads)} |"
    yield "|---" * (len(heads) + 2) + "|"
    for name, counts in every.items():
        way, memory = name.split("/")
        never = sum(counts[f"parts/{sort}"] for sort in DEMANDABLES)
        later = counts[f"parts/{Sort.PAYEE}"]
        yield (
            f"| {_WAYS[way]} | {memory} | {counts['contacts']} | {counts['parts']} | {counts['fausses']} |"
            f" {_bound(counts)} | {counts['trop_demandees']} | {never} | {later - counts['fausses']} |"
            f" {counts['parts'] - never - later} |"
        )
    yield ""
    yield from prose("*Other* shares are on their way at the end, refused or taken back later, or billed again later.")
    yield ""
    if data["fausses"]:
        yield from prose(
            "In error, or too much, each share once: *sent* is the day of its lot; *since*, the last day on which the"
            " bank shows some of its money, or that on which it was billed again."
        )
        yield ""
        yield "| seed | what | sent | lot | facture | share | since | asked for first | lines of the table above |"
        yield "|---|---|---|---|---|---|---|---|---|"
        found: dict[tuple[str, ...], list[str]] = {}
        for _, seed, what, _, *share, day, paid in data["fausses"]:
            found.setdefault((str(seed), _WHAT[what], *share, paid), []).append(day)
        for key, days in sorted(found.items()):
            yield f"| {' | '.join(key)} | {min(days)} | {len(days)} |"
        yield ""


_WHAT = {"payee": "paid", "refaite": "billed again", "trop": "too much"}


def _delays(cas: Cas) -> Iterator[str]:
    yield "## How soon"
    yield ""
    yield from prose(
        "Of the shares that were never paid though nobody refused them, those that were asked for within so many days"
        " of their due day; in euros in brackets. Only shares whose horizon lies inside the world count, and that were"
        f" due {SUR} days before its end at least: later ones may still be paid. What is refused or taken back is not"
        " here: the officine acts first."
    )
    yield ""
    yield f"| within | shares | {' | '.join(_WAYS.values())} |"
    yield "|---" * (len(_WAYS) + 2) + "|"
    for horizon in HORIZONS:
        due = cas["rien"][f"horizon/{horizon}/dues"]
        cells = " | ".join(
            f"{_reached(counts, horizon)} ({_reached(counts, horizon, '_cents')})" for counts in cas.values()
        )
        yield f"| {horizon} days | {due} | {cells} |"
    yield f"| median wait | | {' | '.join(_median(counts) for counts in cas.values())} |"
    yield ""
    yield from prose(
        f"The median is that of the shares due {HORIZONS[-1]} days before the end, those never asked for included."
    )
    yield ""
    yield "```text"
    for way, counts in cas.items():
        yield _WAYS[way]
        for horizon in HORIZONS:
            share = _part(counts, f"horizon/{horizon}/demandees", f"horizon/{horizon}/dues")
            yield f"{horizon:>5} days  {'█' * round(share * _WIDE):<{_WIDE}} {share:.0%}"
    yield "```"
    yield ""
    yield "The same by what became of them, in the officine that does it all:"
    yield ""
    yield f"| within | {' | '.join(_SORTS.values())} |"
    yield "|---" * (len(_SORTS) + 1) + "|"
    for horizon in HORIZONS:
        names = [f"horizon/{horizon}/{sort}" for sort in _SORTS]
        shares = " | ".join(_of(cas["tout"], f"{name}/demandees", f"{name}/dues") for name in names)
        yield f"| {horizon} days | {shares} |"
    yield ""


def _holders(cas: Cas) -> Iterator[str]:
    yield "## What holds the others"
    yield ""
    yield from prose(
        "Claims over their delay that were left alone, added up over all plans: one that waits ten weeks counts ten"
        " times. Most of what the gates of money hold is paid in truth; they are there for it. Euros are those of the"
        " claims never paid and not asked for yet. The reasons that follow a contact, and those that the officine ends"
        " itself, are told apart."
    )
    yield ""
    for way, counts in cas.items():
        yield from _held(f"An officine that {_WAYS[way]}, over all plans", counts, "jours")
    yield from prose("On the last day alone, claims counted once:")
    yield ""
    for way in ("rien", "tout"):
        yield from _held(f"An officine that {_WAYS[way]}, on the last day", cas[way], "fin")


def _held(title: str, counts: Comptes, when: str) -> Iterator[str]:
    reasons = {name.split("/")[1] for name in counts if name.startswith(f"{when}/")}
    ranked = sorted(
        reasons,
        key=lambda one: (one in _OURS, -counts[f"{when}/{one}/jamais_demandees"], -_sum(counts, when, one), one),
    )
    yield f"{title}:"
    yield ""
    yield f"| reason | {' | '.join(_TOLD.values())} | euros | who acts |"
    yield "|---" * (len(_TOLD) + 3) + "|"
    for one in ranked:
        cells = " | ".join(str(counts[f"{when}/{one}/{told}"]) for told in _TOLD)
        euros = f"{counts[f'{when}/{one}/jamais_demandees_cents'] / 100:,.0f}".replace(",", "\u00a0")
        yield f"| `{one}` | {cells} | {euros} | {_ACTOR.get(one, '')} |"
    yield ""


_ACTOR = {
    "REJET_A_TRAITER": "the officine",
    "REPRISE_A_TRAITER": "the officine",
    "LOT_A_RENVOYER": "the officine",
    "FORCLOSE": "nobody",
    "TRAITEMENT_CAISSE": "the insurer",
    "VIREMENT_ATTENDU": "time: a transfer may come",
    "RETOUR_ABSENT": "the officine, by looking",
    "CREDIT_NON_AFFECTE": "the officine, by looking",
    "REPONSE_NON_RATTACHEE": "the officine, by looking",
    "PROPOSITION_OUVERTE": "the officine, by deciding",
    "RELEVE_ANCIEN": "the bank",
    "CONTACT_RECENT": "time",
    "DELAI_SUIVANT": "time",
    "HORS_JOURS": "time",
    "SCENARIO_TERMINE": "the officine, by deciding",
    "MONTANT_INSUFFISANT": "nobody: too small for the step",
    "SOUS_LE_COUT": "nobody: too small for the step",
}


def _sum(counts: Comptes, when: str, reason: str) -> int:
    return sum(counts[f"{when}/{reason}/{told}"] for told in _TOLD)


def _work(cas: Cas, worlds: Comptes) -> Iterator[str]:
    yield "## What it costs"
    yield ""
    yield from prose(
        "A month of one officine. Lines *that hold* are bank lines that `retenants` shows at least once; *settled* ones"
        " were tied, or lifted, by somebody. Decisions that the matching did not follow would be told here."
    )
    yield ""
    heads = ("credits of insurers", "lines that hold", "lines settled", "returns asked for", "contacts", "not followed")
    yield f"| officine | {' | '.join(heads)} |"
    yield "|---" * (len(heads) + 1) + "|"
    months = cas["rien"]["jours"] / _MONTH  # both are sums over the worlds
    for way, counts in cas.items():
        again = worlds["retours_redemandes"] if way in ("retours", "tout") else 0
        figures = (
            worlds["virements"],
            counts["lignes_retenantes"],
            counts["lignes_regardees"],
            again,
            counts["contacts"],
        )
        cells = " | ".join(f"{figure / months:.1f}" for figure in figures)
        yield f"| {_WAYS[way]} | {cells} | {counts['decisions_perdues']} |"
    yield ""


def _memory(every: Cas) -> Iterator[str]:
    names = sorted((name for name in every if name.split("/")[0] in ("retours", "tout")), key=_by_memory)
    yield "## How long unexplained money holds"
    yield ""
    yield from prose(
        "`memoire_jours` is how long after its lot a claim may be paid by money that nothing explains. Shares asked for"
        " within so many days of their due day, and those asked for in error:"
    )
    yield ""
    yield f"| officine | `memoire_jours` | {' | '.join(f'{each} days' for each in HORIZONS)} | shares | in error |"
    yield "|---" * (len(HORIZONS) + 4) + "|"
    for name in names:
        way, memory = name.split("/")
        counts = every[name]
        cells = " | ".join(_reached(counts, horizon) for horizon in HORIZONS)
        yield f"| {_WAYS[way]} | {memory} | {cells} | {counts['parts']} | {counts['fausses']} |"


def _by_memory(name: str) -> tuple[int, int]:
    way, memory = name.split("/")
    return list(_WAYS).index(way), -int(memory)


def _median(counts: Comptes) -> str:
    """Return the median wait of the shares whose longest horizon is inside; beyond it when half were not asked for."""
    waits = sorted(
        (int(name.rsplit("/", 1)[1]), count)
        for name, count in counts.items()
        if name.startswith("cohorte/") and not name.endswith("/jamais")
    )
    whole = sum(count for _, count in waits) + counts["cohorte/jamais"]
    reached = 0
    for wait, count in waits:
        reached += count
        if 2 * reached >= whole:
            return f"{wait} days"
    return f"beyond {HORIZONS[-1]} days" if whole else "–"


def _reached(counts: Comptes, horizon: int, unit: str = "") -> str:
    return _of(counts, f"horizon/{horizon}/demandees{unit}", f"horizon/{horizon}/dues{unit}")


def _of(counts: Comptes, part: str, whole: str) -> str:
    return f"{_part(counts, part, whole):.0%}".replace("%", " %") if counts[whole] else "–"


def _part(counts: Comptes, part: str, whole: str) -> float:
    return counts[part] / counts[whole] if counts[whole] else 0.0


def _bound(counts: Comptes) -> str:
    return f"{upper_bound(counts['fausses'], counts['parts']):.2%}".replace("%", " %") if counts["parts"] else "–"
