"""What checks found in lots to be sent, as a page to read before sending. Nothing of the person."""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import attrs

from tiers_payant.domain import Alertes, CheckSpec, Famille, Severite, Tables, counted, fiches, printable
from tiers_payant.reports._alertes import WORDS, Alerte, lot_days, read_alertes

__all__ = ["controle_text"]

_MONTRES = 20
"""How many factures, or lots, are named for one check before the others are only counted."""
_ENTIERS = 3
"""How many lots of several factures a check must find whole for its whole lots to be told together."""
_ETROIT = 40
"""Columns below which nothing can be laid out."""
_MOTS = max(map(len, WORDS.values()))
_RETRAIT = " " * (2 + _MOTS + 2)

_LIE = "\u00a0"

_Lot = tuple[str, str, str]
_Trouve = Mapping[str, Sequence[Alerte]]
"""For each check, what it found; the most severe check first, then by name."""


@attrs.frozen(kw_only=True)
class _Page:
    """How the page is written."""

    controles: Mapping[str, CheckSpec]
    largeur: int
    tout: bool
    """Whether everything is named."""
    officines: bool
    """Whether lots are told with their officine."""

    def wrapped(self, first: str, rest: str, text: str) -> list[str]:
        return textwrap.wrap(
            text, self.largeur, initial_indent=first, subsequent_indent=rest, break_long_words=False,
            break_on_hyphens=False,
        )  # fmt: skip

    def sentence(self, one: Alerte) -> list[str]:
        word = WORDS[Severite(-one.gravite)]
        phrase = printable(self.controles[one.controle].phrase)
        return self.wrapped(f"  {word:<{_MOTS}}  ", _RETRAIT, f"{phrase} [{one.controle}]")

    def named(self, before: str, names: Sequence[str]) -> list[str]:
        shown = names if self.tout else names[:_MONTRES]
        left = len(names) - len(shown)
        ends = f" et {left} autre{'s' * (left > 1)}" if left else ""
        # Neither a name nor the end is cut between two lines.
        told = ", ".join(name.replace(" ", _LIE) for name in shown) + ends.replace(" ", _LIE)
        lines = self.wrapped(_RETRAIT, _RETRAIT, f"{before} : {told}")
        return [line.replace(_LIE, " ") for line in lines]


def controle_text(
    tables: Tables, alertes: Alertes, checks: Sequence[CheckSpec], *, largeur: int = 100, tout: bool = False
) -> str:
    """Return the page, in French: lot by lot, what is wrong and in which factures, then how much of each.

    A sentence is told once for all the factures of a lot, and once for all the lots of which it is told of every
    facture, where these are several.

    Args:
        tables: The lots examined.
        alertes: What was found in them.
        checks: What was asked.
        largeur: Columns of the page.
        tout: Whether every facture is named, however many.
    """
    count = len(tables.factures)
    examined = f"{counted(count, 'facture examinée', 'factures examinées')}, {len(checks)} contrôles"
    if not len(alertes):
        return f"Rien à signaler : {examined}."
    found = read_alertes(tables, alertes)
    page = _Page(
        controles={check.name: check for check in checks},
        largeur=max(largeur, _ETROIT),
        tout=tout,
        officines=len({one.officine for one in found}) > 1,
    )
    of_lots, whole = _split(found, _sizes(tables))
    lines = [*_by_lot(page, of_lots), *_whole_lots(page, whole), *_by_check(page, found)]
    return "\n".join([*lines, "", f"{_total(found)} ({examined})."])


def _sizes(tables: Tables) -> Counter[_Lot]:
    """Count the factures of each lot."""
    factures = tables.factures
    keys = zip(factures.officine.tolist(), lot_days(factures), factures.lot.tolist(), strict=True)
    return Counter((who.decode("latin-1"), day, lot.decode("latin-1")) for who, day, lot in keys)


def _split(found: Sequence[Alerte], sizes: Counter[_Lot]) -> tuple[dict[_Lot, _Trouve], _Trouve]:
    """Return what is told lot by lot, and what is told of whole lots."""
    counts = Counter((one.controle, _lot(one)) for one in found)
    whole = {(name, lot) for (name, lot), count in counts.items() if count == sizes[lot]}
    several = Counter(name for name, lot in whole if sizes[lot] > 1)
    together = {(name, lot) for name, lot in whole if several[name] >= _ENTIERS}
    by_lot: defaultdict[_Lot, list[Alerte]] = defaultdict(list)
    of_whole: list[Alerte] = []
    for one in found:
        if (one.controle, _lot(one)) in together:
            of_whole.append(one)
        else:
            by_lot[_lot(one)].append(one)
    return {lot: _by_name(alerts) for lot, alerts in by_lot.items()}, _by_name(of_whole)


def _by_name(alerts: Sequence[Alerte]) -> _Trouve:
    grouped: defaultdict[str, list[Alerte]] = defaultdict(list)
    for one in sorted(alerts, key=lambda one: (one.gravite, one.controle)):
        grouped[one.controle].append(one)
    return grouped


def _lot(one: Alerte) -> _Lot:
    return one.officine, one.lot_date, one.lot


def _by_lot(page: _Page, of_lots: Mapping[_Lot, _Trouve]) -> Iterator[str]:
    for (officine, day, lot), found in of_lots.items():
        yield f"Officine {printable(officine)}, lot {printable(lot)} du {_day(day)}"
        for alerts in found.values():
            yield from page.sentence(alerts[0])
            numbers = [_number(one) for one in alerts]
            yield from page.named(counted(len(numbers), "facture", "factures"), numbers)
        yield ""


def _whole_lots(page: _Page, found: _Trouve) -> Iterator[str]:
    if not found:
        return
    yield "Lots entiers"
    for alerts in found.values():
        lots: defaultdict[_Lot, list[Alerte]] = defaultdict(list)
        for one in alerts:
            lots[_lot(one)].append(one)
        names = []
        for (officine, day, lot), of_lot in lots.items():
            alone = f" (facture {_number(of_lot[0])})" if len(of_lot) == 1 else ""
            whose = f"{printable(officine)} " if page.officines else ""
            names.append(f"{whose}{printable(lot)} du {_day(day)}{alone}")
        yield from page.sentence(alerts[0])
        both = f"{counted(len(alerts), 'facture', 'factures')} de {counted(len(names), 'lot', 'lots')}"
        yield from page.named(both, names)
    yield ""


def _by_check(page: _Page, found: Sequence[Alerte]) -> Iterator[str]:
    yield "Par contrôle : factures, et ce que chacun évite"
    counts = Counter((one.gravite, one.controle) for one in found)
    longest = max(len(name) for _, name in counts)
    for (grave, name), count in sorted(counts.items(), key=lambda held: (held[0][0], -held[1], held[0][1])):
        first = f"  {count:>6}  {WORDS[Severite(-grave)]:<{_MOTS}}  {name:<{longest}}  "
        famille: Famille = page.controles[name].famille
        yield from page.wrapped(first, " " * len(first), fiches()[famille].libelle)


def _total(found: Sequence[Alerte]) -> str:
    factures = len({(*_lot(one), one.facture) for one in found})
    blocked = len({(*_lot(one), one.facture) for one in found if -one.gravite == Severite.BLOQUANT})
    ends = f"{blocked} à ne pas envoyer en l'état" if blocked else "rien de bloquant"
    return f"{counted(factures, 'facture', 'factures')} à revoir, {ends}"


def _number(one: Alerte) -> str:
    return printable(one.facture) or "?"


def _day(day: str) -> str:
    return "/".join(reversed(day.split("-"))) or "?"
