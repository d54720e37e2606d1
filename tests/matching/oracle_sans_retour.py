"""Credits without a return, the slow way: every set of every pass is listed, line by line, over plain dictionaries.

It knows the payers that `test_sans_retour.py` writes, and books without announced transfers. None of the core's
shortcuts: no key, no window search, no pool trimmed, no halves.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from itertools import combinations
from typing import Any

from tests.matching.oracle import BILLED, Row, accidents, key_of, rows

from tiers_payant.domain import Part, Reponse, Tables

Key = tuple[Any, ...]
Keys = frozenset[Key]

PAYS: dict[str, tuple[set[str], bool]] = {
    "CPAM": ({"01", "02", ""}, False),
    "MSA": ({"02", ""}, False),
    "CETIP": (set(), True),
    "HARMONIE MUT": ({"01", "02", ""}, True),
}
"""For each payer, the régimes of the AMO that it pays for, and whether it pays for AMC."""
MEMORY = dt.timedelta(days=90)
SHOWN = 20


class OracleSansRetour:
    """What each bank line pays, or may pay."""

    def __init__(self, tables: Tables, accidents_max: float = 0.0001) -> None:
        self.accidents_max = accidents_max
        self.lines = rows(tables.virements)
        self.owner = {row["compte"]: row["officine"] for row in rows(tables.comptes)}
        self.creances = {(*key_of(row), share["part"]): share for row in rows(tables.factures) for share in shares(row)}
        self.open = self._open(tables)
        self.found = {line: self._solutions(line) for line in range(len(self.lines)) if self._usable(line)}
        self.settled: set[tuple[int, Keys, str]] = set()
        self.proposed: set[tuple[int, Keys, str, str]] = set()
        for line, (sets, every) in self.found.items():
            for keys, name in sets.items():
                self._judge(line, keys, name, every)

    def _open(self, tables: Tables) -> list[Key]:
        closed = {
            (*key_of(row), Part(row["part"]))
            for row in rows(tables.reponses)
            if row["annonce_cents"] or row["reponse"] == Reponse.REJETEE
        }
        for row in rows(tables.rejets):  # all of them about the AMO, and about what it owes besides
            closed |= {key for key, one in self.creances.items() if key[:4] == key_of(row) and one["by_amo"]}
        refused = {(row["officine"], row["lot_date"], row["lot"]) for row in rows(tables.arls) if not row["positif"]}
        return [key for key in self.creances if key not in closed and key[:3] not in refused]

    def _usable(self, line: int) -> bool:
        row = self.lines[line]
        money = row["statut"] == 0 and row["devise"] == "EUR" and row["montant_cents"] > 0
        return money and row["compte"] in self.owner and any(row["libelle"].startswith(name) for name in PAYS)

    def _payable(self, line: int) -> list[Key]:
        """Every open créance that this line may pay."""
        row = self.lines[line]
        regimes, amc = next(pays for name, pays in PAYS.items() if row["libelle"].startswith(name))
        return [
            key
            for key in self.open
            if key[0] == self.owner[row["compte"]]
            and key[1] <= row["date"] <= key[1] + MEMORY
            and (self.creances[key]["regime"] in regimes if self.creances[key]["by_amo"] else amc)
        ]

    def _structures(self, line: int) -> list[tuple[str, Keys]]:
        """Lots, days and créances alone, by debtor, by kind of insurer and together, in the order of the passes."""
        found: dict[str, set[Keys]] = {"lot_entier": set(), "journee_entiere": set(), "creance_seule": set()}
        payable = self._payable(line)
        for name, same in (("lot_entier", 3), ("journee_entiere", 2), ("creance_seule", 5)):
            for one in payable:
                for asked in (("debiteur", "by_amo"), ("by_amo",), ()):
                    wanted = [self.creances[one][column] for column in asked]
                    found[name].add(
                        frozenset(
                            key
                            for key in payable
                            if key[:same] == one[:same] and [self.creances[key][column] for column in asked] == wanted
                        )
                    )
        return [(name, keys) for name, sets in found.items() for keys in sets]

    def _total(self, keys: Any) -> int:
        return sum(self.creances[key]["du"] for key in keys)

    def _solutions(self, line: int) -> tuple[dict[Keys, str], list[Keys]]:
        """The sets that may be shown, each with its first pass, and all sets."""
        target = self.lines[line]["montant_cents"]
        shown: dict[Keys, str] = {}
        for name, keys in self._structures(line):
            if self._total(keys) == target:
                shown.setdefault(keys, name)
        sums = [
            frozenset(keys)
            for size in range(2, 7)
            for keys in combinations(self._payable(line), size)
            if self._total(keys) == target
        ]
        every = list({*shown, *sums})
        if len(sums) <= SHOWN:
            for keys in sums:
                shown.setdefault(keys, "somme_de_creances")
        return shown, every

    def _accidents(self, line: int, name: str, size: int) -> float:
        target, names = self.lines[line]["montant_cents"], ["lot_entier", "journee_entiere", "creance_seule"]
        known = names if name == "somme_de_creances" else names[: names.index(name) + 1]
        totals = [self._total(keys) for keys in {keys for one, keys in self._structures(line) if one in known}]
        found = equals(totals, target)
        if name == "somme_de_creances":
            dues = [self.creances[key]["du"] for key in self._payable(line)]
            most = target + target // 2 - sum(min(du, 0) for du in dues)  # what is larger is in no sum near the target
            found += accidents([du for du in dues if du <= most], target, size)
        return found

    def _judge(self, line: int, keys: Keys, name: str, every: list[Keys]) -> None:
        expected = self._accidents(line, name, len(keys))
        if expected > 0.05:
            return
        others = [sets for other, (_, all_sets) in self.found.items() if other != line for sets in all_sets]
        if len(every) > 1 or any(keys & sets for sets in others):
            self.proposed.add((line, keys, name, "AMBIGU"))
        elif expected > self.accidents_max or len(keys) < 3:
            self.proposed.add((line, keys, name, "FORTUIT"))
        else:
            self.settled.add((line, keys, name))

    def paid(self) -> dict[Key, int]:
        """What each créance receives."""
        found: dict[Key, int] = defaultdict(int)
        for _, keys, _ in self.settled:
            for key in keys:
                found[key] += self.creances[key]["du"]
        return dict(found)


def shares(facture: Row) -> list[Row]:
    """The shares that a facture bills, with who owes them."""
    by_amo = facture["contrat"] in ("85", "89") or not facture["amc"]
    amounts = {Part.AMO: facture["part_amo_cents"], Part.AMC: facture["part_amc_cents"]}
    return [
        {
            "part": part,
            "du": amounts[part],
            "regime": facture["regime"],
            "by_amo": part is Part.AMO or by_amo,
            "debiteur": facture["regime"] if part is Part.AMO or by_amo else facture["amc"],
        }
        for part in BILLED.get(facture["paiement"], [])
        if amounts[part]
    ]


def equals(cents: list[int], target: int) -> float:
    """How many of these amounts would be the target by accident, among all of them and among the round ones."""
    found = []
    for step in (1, 5, 10, 50, 100, 500, 1000):
        if target % step == 0:
            gaps = [abs(amount - target) for amount in cents if amount % step == 0]
            for width, more in ((target // 100, 0), (target // 10, 0), (target // 2, 1)):
                near = sum(0 < gap <= max(width, 1) for gap in gaps) + more
                found.append(near * step / (2 * max(width, 1)))
    return max(found)
