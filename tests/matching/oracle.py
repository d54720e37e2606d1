"""A naive reconciliation: loops over plain dictionaries, obviously right, quadratic. The core is compared with it.

It knows the three bank texts that `books.py` writes, and none of the core's shortcuts.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from tiers_payant.domain import Etat, Part, Reponse, Tables

Row = dict[str, Any]
Key = tuple[Any, ...]
Class = tuple[frozenset[int], frozenset[int]]
Pairs = frozenset[tuple[int, int]]

BILLED = {"05": [Part.AMO], "15": [Part.AMO, Part.AMC], "25": [Part.AMC]}
PAYS = {"CPAM": {"CP"}, "CETIP": {"OC"}}


def rows(table: Any) -> list[Row]:
    return [table.row(number) for number in range(len(table))]


class Oracle:
    """The same verdicts as `reconcile`, reached the slow way."""

    def __init__(
        self,
        tables: Tables,
        accidents_max: float = 0.0001,
        *,
        rivales_max: float = 0.01,
        lies: Pairs = frozenset(),
        refuses: Pairs = frozenset(),
    ) -> None:
        self.accidents_max, self.rivales_max, self.lies, self.refuses = accidents_max, rivales_max, lies, refuses
        self.retours, self.groupes = rows(tables.retours), rows(tables.groupes)
        self.reponses, self.mouvements = rows(tables.reponses), rows(tables.mouvements)
        self.virements, self.factures = rows(tables.virements), rows(tables.factures)
        self.owner = {row["compte"]: row["officine"] for row in rows(tables.comptes)}
        self.creances = {key: row for row in self.factures for key, row in self._shares(row)}
        self.about = [self._creances_of(reponse) for reponse in self.reponses]
        self.doubtful: set[Class] = set()
        while True:
            self.classes: set[Class] = set()
            self.by_amount: set[Class] = set()
            self.links = self._links()
            self.splits = self._splits()
            self.links |= self.splits
            rivalled = {ends for ends in self.by_amount if self._rivalled(*ends)}
            if not rivalled:
                break
            self.doubtful |= rivalled
        self.sums = self._sums()
        self.links |= {pair for one in self.sums for pair in one}
        self.partials = self._partials()
        self.links |= set(self.partials.items())
        self.parts = {group: self._parts(group, line) for group, line in self.partials.items()}

    def _shares(self, facture: Row) -> list[tuple[Key, Row]]:
        found = []
        for part in BILLED.get(facture["paiement"], []):
            due = facture["part_amo_cents"] if part is Part.AMO else facture["part_amc_cents"]
            if due:
                found.append(((*key_of(facture), part), {**facture, "part": part, "du": due}))
        return found

    def _creances_of(self, reponse: Row) -> list[tuple[Key, int]]:
        """Each créance that an answer is about, with its cents."""
        amo, amc = ((*key_of(reponse), part) for part in (Part.AMO, Part.AMC))
        if reponse["part"] != Part.NON_PRECISEE:
            key = (*key_of(reponse), Part(reponse["part"]))
            return [(key, reponse["annonce_cents"])] if key in self.creances else []
        bill = self.creances.get(amc, {"contrat": "", "amc": "?"})
        c2s = bill["contrat"] in ("85", "89") or not bill["amc"]
        if self.retours[reponse["retour"]]["emetteur_type"] == "OC":
            asked = [amc] if amc in self.creances and not c2s else []
        else:
            asked = [key for key in (amo, amc) if key in self.creances and (key == amo or c2s)]
        if len(asked) == 1:
            return [(asked[0], reponse["annonce_cents"])]
        dues = [self.creances[key]["du"] for key in asked]
        if reponse["annonce_cents"] == 0:
            return [(key, 0) for key in asked]
        return list(zip(asked, dues, strict=True)) if asked and sum(dues) == reponse["annonce_cents"] else []

    def net(self, group: int) -> int:
        announced: int = sum(row["annonce_cents"] for row in self.reponses if row["groupe"] == group)
        moved: int = sum(row["montant_cents"] for row in self.mouvements if row["groupe"] == group)
        return announced + moved

    def _agree(self, group: int, line: int) -> bool:
        one, other = self.groupes[group], self.virements[line]
        days = (other["date"] - one["date"]).days
        owner = self.owner.get(other["compte"])
        money = self.net(group) == other["montant_cents"] != 0 and other["statut"] == 0
        free = (group, line) not in self.refuses
        return money and free and -1 <= days <= 90 and owner in (None, one["officine"])

    def _near(self, believes: Any, group: int, line: int) -> bool:
        return believes == self._labelled or self._soon(group, line)

    def _rare(self, cents: list[int], target: int, most: int) -> bool:
        return accidents(cents, target, most) <= self.accidents_max

    def _soon(self, group: int, line: int) -> bool:
        return bool((self.virements[line]["date"] - self.groupes[group]["date"]).days <= 15)

    def _denied(self, group: int, line: int) -> bool:
        """Say whether every TP- block of the line is another one, as far as it goes."""
        label, text = self.groupes[group]["libelle_1"], self.virements[line]["libelle"]
        if "TP-" not in label or "TP-" not in text:
            return False
        blocks = ["TP-" + block.split(" ")[0] for block in text.split("TP-")[1:]]
        return not any(label.startswith(block) or block.startswith(label) for block in blocks)

    def _paid_by(self, group: int, line: int) -> bool:
        return self._sender_fits(group, line) and not self._denied(group, line)

    def _sender_fits(self, group: int, line: int) -> bool:
        sender = self.retours[self.groupes[group]["retour"]]["emetteur_type"]
        return any(self.virements[line]["libelle"].startswith(name) and sender in pays for name, pays in PAYS.items())

    def _known_payer(self, group: int, line: int) -> bool:
        """Say whether the line is of the group's officine, of a payer that fits, and not before it, nor refused."""
        one, other = self.groupes[group], self.virements[line]
        mine = self.owner.get(other["compte"]) == one["officine"] and other["statut"] == 0
        timely = (other["date"] - one["date"]).days >= -1
        return mine and timely and self._sender_fits(group, line) and (group, line) not in self.refuses

    def _links(self) -> set[tuple[int, int]]:
        pairs = [
            (group, line)
            for group in range(len(self.groupes))
            for line in range(len(self.virements))
            if self._agree(group, line)
        ]
        links: set[tuple[int, int]] = set(self.lies)
        for believes in (self._labelled, self._paid_by, self._paid_by):
            taken_groups, taken_lines = {group for group, _ in links}, {line for _, line in links}
            believed = [
                pair for pair in pairs if pair[0] not in taken_groups and pair[1] not in taken_lines and believes(*pair)
            ]
            near = [pair for pair in believed if self._near(believes, *pair)]
            told = believes == self._labelled
            alone = [
                (frozenset({group}), frozenset({line}))
                for group, line in near
                if [one for one, _ in near].count(group) == 1 and [other for _, other in believed].count(line) == 1
            ]
            for groups, lines in [*alone, *self._classes(believed, near)]:
                if told or not (self._by_chance(groups, lines) or self._doubted(groups, lines)):
                    links |= set(zip(sorted(groups), sorted(lines), strict=True))
                    self.classes |= {(groups, lines)} if len(groups) > 1 else set()
                    self.by_amount |= set() if told else {(groups, lines)}
        return links

    def _doubted(self, groups: frozenset[int], lines: frozenset[int]) -> bool:
        return any(groups & others or lines & other_lines for others, other_lines in self.doubtful)

    def _rivalled(self, groups: frozenset[int], lines: frozenset[int]) -> bool:
        """Say whether one of these ends is in a sum of what is left open, so small that chance does not explain it."""
        left = [g for g in range(len(self.groupes)) if g not in {group for group, _ in self.links}]
        free = [n for n in range(len(self.virements)) if n not in {line for _, line in self.links}]
        with_group = any(
            (group, n) in pairs for group in groups for pairs in self._near_sums([*left, group], free) for n in free
        )
        with_line = any(
            (g, line) in pairs for line in lines for pairs in self._near_sums(left, [*free, line]) for g in left
        )
        return with_group or with_line or any(self._strays(group, free) for group in groups)

    def _strays(self, group: int, free: list[int]) -> bool:
        """Say whether a line that nothing explains may pay this group too: late, or short of an answer or two."""
        net, booked = self.net(group), {n: self.virements[n]["montant_cents"] for n in free}
        if any(self._agree(group, n) and self._may_pay(group, n) for n in free):
            return True
        below = [n for n in free if 0 < booked[n] < net and self._soon(group, n) and self._known_payer(group, n)]
        answers = [row["annonce_cents"] for row in self.reponses if row["groupe"] == group and row["annonce_cents"] > 0]
        for most in (1, 2):
            left_out = {sum(some) for size in range(1, most + 1) for some in combinations(answers, size)}
            if len(below) * len(left_out) > self.rivales_max * net:
                return False
            if any(net - booked[n] in left_out and not self._denied(group, n) for n in below):
                return True
        return False

    def _near_sums(self, groups: list[int], lines: list[int]) -> Iterator[Pairs]:
        """Every sum among these ends whose parts are all soon, and that chance does not explain."""
        for line in lines:
            cents = {g: self.net(g) for g in groups if self._may_pay(g, line) and self._soon(g, line)}
            target = self.virements[line]["montant_cents"]
            for parts in self._makes(cents, target):
                if accidents(list(cents.values()), target, len(parts)) <= self.rivales_max:
                    yield frozenset((group, line) for group in parts)
        for group in groups:
            cents = {
                n: self.virements[n]["montant_cents"] for n in lines if self._may_pay(group, n) and self._soon(group, n)
            }
            target = self.net(group)
            for parts in self._makes(cents, target):
                if accidents(list(cents.values()), target, len(parts)) <= self.rivales_max:
                    yield frozenset((group, line) for line in parts)

    def _by_chance(self, groups: frozenset[int], lines: frozenset[int]) -> bool:
        """Say whether a share that nobody answered has the amount too, billed in the 90 days before a line."""
        booked = [self.virements[line]["date"] for line in lines]
        first, last = min(booked) - dt.timedelta(days=90), max(booked)
        wanted = {(self.groupes[group]["officine"], self.net(group)) for group in groups}
        return any((officine, cents) in wanted and first <= day <= last for officine, day, cents in self._waiting())

    def _waiting(self) -> list[tuple[str, dt.date, int]]:
        """What each share without answer is owed, and both shares of a facture that the AMO owes."""
        heard = {key for about in self.about for key, _ in about}
        free = {key: row for key, row in self.creances.items() if key not in heard}
        found = [(key[0], key[1], row["du"]) for key, row in free.items()]
        for key, row in free.items():
            amc = free.get((*key[:4], Part.AMC))
            if key[4] == Part.AMO and amc and (amc["contrat"] in ("85", "89") or not amc["amc"]):
                found.append((key[0], key[1], row["du"] + amc["du"]))
        return found

    @staticmethod
    def _classes(believed: list[tuple[int, int]], near: list[tuple[int, int]]) -> set[Class]:
        """Every set of groups that have the same near lines, as many, which believe in no other group."""
        found = set()
        for first, _ in near:
            lines = frozenset(line for group, line in near if group == first)
            groups = frozenset(group for group, line in believed if line in lines)
            same = all(frozenset(line for one, line in near if one == group) == lines for group in groups)
            if len(groups) == len(lines) > 1 and same:
                found.add((groups, lines))
        return found

    def _sums(self) -> set[Pairs]:
        """Every sum that shares no group and no line with another explanation, is soon, and no accident."""
        groups = [g for g in range(len(self.groupes)) if g not in {group for group, _ in self.links}]
        lines = [n for n in range(len(self.virements)) if n not in {line for _, line in self.links}]
        found: list[tuple[Pairs, bool]] = [
            (frozenset({(group, line)}), False) for group in groups for line in lines if self._asked(group, line)
        ]
        for line in lines:
            nets = {group: self.net(group) for group in groups if self._may_pay(group, line)}
            for parts in self._makes(nets, self.virements[line]["montant_cents"]):
                pairs = frozenset((group, line) for group in parts)
                found.append((pairs, self._sure(pairs, nets, self.virements[line]["montant_cents"])))
        for group in groups:
            amounts = {line: self.virements[line]["montant_cents"] for line in lines if self._may_pay(group, line)}
            for parts in self._makes(amounts, self.net(group)):
                pairs = frozenset((group, line) for line in parts)
                found.append((pairs, self._sure(pairs, amounts, self.net(group))))
        self.explained = [pairs for pairs, _ in found]
        return {
            pairs
            for pairs, sure in found
            if sure and [self._touch(pairs, other) for other, _ in found].count(True) == 1
        }

    def _asked(self, group: int, line: int) -> bool:
        """Say whether a person may believe that this line alone pays this group."""
        known = any(self.virements[line]["libelle"].startswith(name) for name in PAYS)
        if self._agree(group, line):
            unknown = not known and self._soon(group, line) and not self._denied(group, line)
            return unknown or self._paid_by(group, line)
        gross = sum(row["annonce_cents"] for row in self.reponses if row["groupe"] == group)
        same = gross == self.virements[line]["montant_cents"] != self.net(group)
        return bool(same) and self._known(group, line, owned=False) and self._soon(group, line)

    def _may_pay(self, group: int, line: int) -> bool:
        """Say whether the line may be a part of what pays the group, or pay it among others."""
        credit = self.virements[line]["montant_cents"] > 0 and self.net(group) != 0
        return bool(credit and self._known(group, line, owned=True))

    def _known(self, group: int, line: int, *, owned: bool) -> bool:
        """Say whether the payer of the group made this line, whatever they hold, on an account that may be theirs."""
        one, other = self.groupes[group], self.virements[line]
        mine = self.owner.get(other["compte"]) in ((one["officine"],) if owned else (one["officine"], None))
        days = (other["date"] - one["date"]).days
        mine = mine and (group, line) not in self.refuses
        return bool(other["statut"] == 0 and mine and -1 <= days <= 90 and self._paid_by(group, line))

    def _splits(self) -> set[tuple[int, int]]:
        """The groups whose label stands in several lines, which bear no other and together make the net."""
        shared = self._shared()
        found = set()
        for group in {group for group, _ in shared}:
            lines = [line for one, line in shared if one == group]
            other = any(line in lines for one, line in shared if one != group)
            whole = sum(self.virements[line]["montant_cents"] for line in lines) == self.net(group)
            if len(lines) > 1 and whole and not other:
                found |= {(group, line) for line in lines}
        return found

    def _shared(self) -> list[tuple[int, int]]:
        """Every open pair of which the line bears the whole label of the group."""
        groups, lines = {group for group, _ in self.links}, {line for _, line in self.links}
        return [
            (group, line)
            for group in range(len(self.groupes))
            for line in range(len(self.virements))
            if group not in groups and line not in lines
            and self._may_pay(group, line) and self._labelled(group, line)
        ]  # fmt: skip

    def _partials(self) -> dict[int, int]:
        """The groups, each with the one line of its label, soon, for less than the net, explained by nothing else."""
        shared = [(group, line) for group, line in self._shared() if self.net(group) > 0]
        return {
            group: line
            for group, line in shared
            if [one for one, _ in shared].count(group) == 1 and [other for _, other in shared].count(line) == 1
            and self.virements[line]["montant_cents"] < self.net(group) and self._soon(group, line)
            and not any(self._touch(frozenset({(group, line)}), other) for other in self.explained)
        }  # fmt: skip

    def _labelled(self, group: int, line: int) -> bool:
        """Say whether the label stands in the line, and not inside a longer number."""
        label = self.groupes[group]["libelle_1"].replace("-", "")
        text = f" {self.virements[line]['libelle'].replace('-', '').replace(' ', '')} "
        starts = [place for place in range(len(text)) if label and text.startswith(label, place)]
        return any(
            not (text[at - 1].isdigit() and label[0].isdigit()) and not text[at + len(label)].isdigit() for at in starts
        )

    def _parts(self, group: int, line: int) -> frozenset[tuple[str, int]]:
        """The answers and movements that make the line, when nothing else of the group does, nor might by accident."""
        cents = {("reponse", n): row["annonce_cents"] for n, row in enumerate(self.reponses) if row["groupe"] == group}
        for number, row in enumerate(self.mouvements):
            if row["groupe"] == group:
                cents["mouvement", number] = row["montant_cents"]
        cents = {part: amount for part, amount in cents.items() if amount}
        target = self.virements[line]["montant_cents"]
        found = [
            parts
            for size in range(1, len(cents) + 1)
            for parts in combinations(cents, size)
            if sum(cents[part] for part in parts) == target
        ]
        sure = accidents([*cents.values(), 0], target, len(cents) + 1) <= self.accidents_max
        return frozenset(found[0]) if len(found) == 1 and sure else frozenset()

    def _paid(self, number: int) -> bool:
        """Say whether an answer is paid: with all of its group, or among the parts that are told."""
        group = self.reponses[number]["groupe"]
        if group in self.partials:
            return ("reponse", number) in self.parts[group]
        return group in {one for one, _ in self.links}

    @staticmethod
    def _makes(cents: dict[int, int], target: int) -> list[tuple[int, ...]]:
        sizes = range(2, 7) if target > 0 else ()
        return [
            parts for n in sizes for parts in combinations(cents, n) if sum(map(cents.__getitem__, parts)) == target
        ]

    def _sure(self, pairs: Pairs, cents: dict[int, int], target: int) -> bool:
        return all(self._soon(*pair) for pair in pairs) and self._rare(list(cents.values()), target, len(pairs))

    @staticmethod
    def _touch(one: Pairs, other: Pairs) -> bool:
        return bool({g for g, _ in one} & {g for g, _ in other} or {n for _, n in one} & {n for _, n in other})

    def verdicts(self) -> dict[Key, tuple[int, int, int, Etat]]:
        """For each créance: dû, annoncé, crédité, state."""
        announced: dict[Key, int] = defaultdict(int)
        credited: dict[Key, int] = defaultdict(int)
        received: dict[Key, int] = defaultdict(int)
        answers: dict[Key, list[tuple[Any, ...]]] = defaultdict(list)
        for rank, (reponse, about) in enumerate(zip(self.reponses, self.about, strict=True)):
            for key, cents in about:
                announced[key] += cents
                if self._paid(rank):
                    credited[key] += cents
                    received[key] += max(cents, 0)
                answers[key].append((self._when(reponse), self._print(reponse), rank, reponse["reponse"]))
        last = {key: max(found) for key, found in answers.items()}
        replaced = self._replaced(last, credited, announced)
        return {
            key: (
                row["du"], announced[key], credited[key],
                state(row["du"], announced[key], credited[key], received[key], last.get(key), key in replaced),
            )
            for key, row in self.creances.items()
        }  # fmt: skip

    def _when(self, reponse: Row) -> dt.date:
        date: dt.date = self.groupes[reponse["groupe"]]["date"]
        return date

    def _print(self, reponse: Row) -> str:
        mark: str = self.retours[reponse["retour"]]["empreinte"]
        return mark

    def _replaced(
        self, last: dict[Key, tuple[Any, ...]], credited: dict[Key, int], announced: dict[Key, int]
    ) -> set[Key]:
        refused = {
            key: answer[0] for key, answer in last.items() if answer[3] == Reponse.REJETEE and credited[key] <= 0
        }
        pairs = [
            (old, new)
            for old, day in refused.items()
            for new in self.creances
            if old != new and self._same_care(self.creances[old], self.creances[new])
            and self.creances[new]["lot_date"] >= day
            and self.creances[new]["lot_date"] > self.creances[old]["lot_date"]
        ]  # fmt: skip
        return {
            old
            for old, new in pairs
            if [one for one, _ in pairs].count(old) == 1 and [other for _, other in pairs].count(new) == 1
            and not self._sold_twice(old, new, announced)
        }  # fmt: skip

    def _sold_twice(self, old: Key, new: Key, announced: dict[Key, int]) -> bool:
        """Say whether the new facture asks again for the share beside it that the old one was promised."""
        beside = Part.AMC if old[4] == Part.AMO else Part.AMO
        return announced.get((*old[:4], beside), 0) > 0 and (*new[:4], beside) in self.creances

    @staticmethod
    def _same_care(one: Row, other: Row) -> bool:
        return bool(one["nir"]) and all(
            one[name] == other[name] for name in ("officine", "nir", "naissance", "rang", "date_soins", "part", "du")
        )


def accidents(cents: list[int], target: int, most: int) -> float:
    """Count the sums near the target, at three widths, among all amounts and among the round ones."""
    found = [0.0]
    for step in {math.gcd(*cents) or 1, 1, 5, 10, 50, 100, 500, 1000}:
        if target % step == 0:
            rounded = [amount for amount in cents if amount % step == 0]
            gaps = [abs(sum(parts) - target) for n in range(2, most + 1) for parts in combinations(rounded, n)]
            for width, more in ((target // 100, 0), (target // 10, 0), (target // 2, 1)):
                near = sum(0 < gap <= max(width, 1) for gap in gaps) + more
                found.append(near * step / (2 * max(width, 1)))
    return max(found)


def key_of(row: Row) -> Key:
    return row["officine"], row["lot_date"], row["lot"], row["facture"]


def state(due: int, announced: int, credited: int, received: int, last: tuple[Any, ...] | None, replaced: bool) -> Etat:
    """The list of the design, read from the top."""
    said = last[3] if last else None
    if replaced:
        return Etat.RETRANSMISE
    if credited >= due:
        return Etat.CREDITEE
    if credited > 0:
        return Etat.PARTIELLE
    if received > 0:
        return Etat.REPRISE
    if said == Reponse.REJETEE:
        return Etat.REJETEE
    if said == Reponse.TRAITEMENT_CAISSE:
        return Etat.TRAITEMENT_CAISSE
    if said == Reponse.DIFFEREE:
        return Etat.DIFFEREE
    if announced > 0:
        return Etat.ANNONCEE
    return Etat.NON_REPONDUE
