"""Penalties: the figures of the law, the day of the bank, what is never claimed, what was received."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from tests.matching.oracle import rows
from tests.rejets.livres import CETIP, CPAM, OFFICINE, amc, answer, conclusions, livre, paid

import tiers_payant as tp
from tiers_payant.domain import (
    Accreditations,
    Calendrier,
    Etat,
    LiensVirements,
    NatureMouvement,
    Part,
    Penalites,
    Rapprochement,
    Rejets,
    Reponse,
    Unite,
    Virements,
    load_contrats,
    load_regles,
)
from tiers_payant.errors import ColumnError, LayoutError, UnknownRuleError

TODAY = dt.date(2026, 3, 20)
METROPOLE = Calendrier()


def cents(result: Rapprochement, today: dt.date = TODAY, **given: Any) -> list[int]:
    return [int(due) for due in tp.penalites(result, today=today, **given).creances.cents]


# --- the law


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-03-11", []),  # 7th jour ouvré after Monday 2 March: in time
        ("2026-03-12", [100]),  # 8th
        ("2026-03-13", [100]),  # 9th
        ("2026-03-14", [100]),  # a Saturday: no 10th jour ouvré yet
        ("2026-03-16", [900]),  # 10th
        ("2026-03-19", [900]),
    ],
)
def test_amo_owes_1_eur_then_10_percent(day: str, expected: list[int]) -> None:
    """
    CSS D161-13-4: 1 EUR for a facture paid on the 8th or 9th jour ouvré, 10 % of the AMO share from the 10th, rounded
    down; the day is that of the bank line.
    """
    assert expected == cents(paid(day, {"part_amo_cents": 9009}))


def transfers(groups: list[tuple[int, int]], lines: list[tuple[str, int]]) -> Rapprochement:
    """Reconcile answers, each of a facture and so many cents in a transfer of its own, and the lines of the bank."""
    count = max(facture for facture, _ in groups)
    return livre(
        *[{"part_amo_cents": 9000}] * count,
        retours=[{"emetteur_type": "CP", "emetteur": "999", "empreinte": "exemple", "date": "2026-03-05"}],
        groupes=[{"officine": OFFICINE, "date": "2026-03-05", "retour": 0}] * len(groups),
        reponses=[answer(facture, annonce_cents=due, groupe=rank) for rank, (facture, due) in enumerate(groups)],
        virements=[
            {"compte": "A", "date": day, "montant_cents": due, "libelle": CPAM, "devise": "EUR"} for day, due in lines
        ],
    )


def test_facture_paid_in_two_times_is_paid_on_the_second() -> None:
    """
    Its penalty is that of the day on which all of it had come; what came for another facture does not count.
    """
    result = transfers(
        [(1, 8000), (1, 1000), (2, 8500), (2, 500)],
        [("2026-03-06", 8000), ("2026-03-10", 1000), ("2026-03-09", 8500), ("2026-03-16", 500)],
    )
    found = tp.penalites(result, today=TODAY)
    assert [Etat.CREDITEE] * 2 == [one.etat for one in result.creances]
    assert [(1, 900, False, dt.date(2026, 3, 16))] == amo_rows(found)


def test_earliest_line_is_kept_where_several_may_have_paid() -> None:
    """
    Two transfers of one amount and two lines of it: nobody knows which paid which, so the lowest penalty is told, with
    what was supposed.
    """
    result = transfers([(1, 9000), (2, 9000)], [("2026-03-12", 9000), ("2026-03-16", 9000)])
    assert [1, 1] == result.liens_virements.classe.tolist()
    found = tp.penalites(result, today=TODAY)
    day = dt.date(2026, 3, 12)
    assert [(0, 100, False, day), (1, 100, False, day)] == amo_rows(found)
    assert [b"CREDIT_AU_PLUS_TOT"] * 2 == found.creances.doute.tolist()


def test_earliest_answer_is_kept_where_several_may_be_about_it() -> None:
    """
    Members of a class of answers share its days too.
    """
    result = transfers([(1, 9000), (2, 9000)], [("2026-03-12", 9000)])
    lines = result.tables.virements.with_columns(date=np.array(["2026-03-12"], dtype="datetime64[D]"))
    links = result.liens_reponses.with_columns(classe=[1, 1])
    two = Virements.concat([lines, lines.with_columns(date=np.array(["2026-03-16"], dtype="datetime64[D]"))])
    bank = LiensVirements.of(2, groupe=[0, 1], virement=[0, 1], cents=[9000, 9000])
    credited = result.creances.with_columns(etat=np.array([Etat.CREDITEE] * 2), credite_cents=[9000, 9000])
    result = attrs.evolve(
        result, tables=attrs.evolve(result.tables, virements=two), liens_reponses=links, liens_virements=bank,
        creances=credited,
    )  # fmt: skip
    assert [100, 100] == cents(result)


def test_announced_and_not_credited_still_runs() -> None:
    """
    An announcement is not money: the penalty is that of today, and is told as running.
    """
    for day, expected in ((11, []), (12, [100]), (16, [100]), (31, [100])):
        found = tp.penalites(paid("", {}), today=dt.date(2026, 3, day))
        assert expected == found.creances.cents.tolist()
        assert [True] * len(expected) == found.creances.en_cours.tolist()
        assert 0 == len(found.semestres)


def test_what_was_refused_put_off_or_taken_over_is_not_claimed() -> None:
    """
    The delay of a facture that came back does not run as that of another: too little is claimed rather than too much.
    """
    for said in (Reponse.REJETEE, Reponse.DIFFEREE, Reponse.TRAITEMENT_CAISSE):
        result = livre({}, retours=[{"emetteur_type": "CP", "empreinte": "x"}],
                       reponses=[answer(reponse=said, annonce_cents=0, groupe=-1)])  # fmt: skip
        assert [] == cents(result)
    assert [100] == cents(livre({}))


def test_facture_paid_after_a_reject_line_is_not_claimed() -> None:
    """
    It came back once: its delay did not run as that of another, whatever its state today.
    """
    result = paid("2026-03-16", {"part_amo_cents": 9000})
    line = Rejets.of(1, facture=["000000001"], code=["0450054"], retour=[0])
    told = attrs.evolve(result.tables, rejets=line)
    one = np.zeros(1, dtype=np.int64)
    refused = attrs.evolve(result, tables=told, rejets_creances=one, rejets_rangs=one)
    assert ([900], []) == (cents(result), cents(refused))


def test_only_the_amo_share_is_the_amos_penalty() -> None:
    """
    The complementary share that it pays for C2S makes none.
    """
    result = livre({"contrat": "89", "paiement": "15", "part_amc_cents": 5000})
    found = tp.penalites(result, today=TODAY)
    assert [Part.AMO] == [result.creances.part[row] for row in found.creances.creance]


def test_what_is_still_owed_of_a_part_payment_runs() -> None:
    """
    10 % of what is missing, not of what came.
    """
    result = livre({"part_amo_cents": 9000})
    partly = result.creances.with_columns(etat=np.array([Etat.PARTIELLE]), credite_cents=[4000])
    assert [500] == cents(attrs.evolve(result, creances=partly))


def test_penalty_follows_the_calendar_of_the_officine() -> None:
    """
    Good Friday 2026 is open in metropolitan France and closed in Alsace-Moselle: one day less of lateness.
    """
    result = livre({"lot_date": "2026-03-30", "part_amo_cents": 9000})
    today = dt.date(2026, 4, 14)
    assert [900] == cents(result, today)
    assert [100] == cents(result, today, calendrier=Calendrier("alsace_moselle"))


def test_hypotheses_are_told() -> None:
    """
    What no file says is said: secured by the card, sent on the day of the lot, rounded down.
    """
    told = " ".join(tp.penalites(livre({}), today=TODAY).hypotheses)
    assert all(word in told for word in ("sécurisée", "jour du lot", "arrondi"))


# --- what was received


NRD = {"officine": OFFICINE, "nature": NatureMouvement.PENALITE_RETARD, "montant_cents": 250, "groupe": 0, "retour": 0}


def test_received_penalties_are_of_the_semester_before() -> None:
    """
    CSS D161-13-4: paid in the semester that follows. Late payments of March are awaited until 31 December; what comes
    in March pays those of the second semester of the year before.
    """
    found = tp.penalites(paid("2026-03-12", {}, mouvements=[NRD]), today=TODAY)
    old, new = rows(found.semestres)
    assert (dt.date(2025, 7, 1), dt.date(2026, 6, 30)) == (old["semestre"], old["au"])
    assert (0, 250, -250) == (old["du_cents"], old["recu_cents"], old["ecart_cents"])
    assert (dt.date(2026, 1, 1), dt.date(2026, 12, 31)) == (new["semestre"], new["au"])
    assert (1, 100, 0, 100) == (new["factures"], new["du_cents"], new["recu_cents"], new["ecart_cents"])
    assert {(OFFICINE, "CP:999")} == {(row["officine"], row["payeur"]) for row in (old, new)}


def test_announced_penalty_is_not_received() -> None:
    """
    Nor is it lost: it has its own column, on the day of its transfer.
    """
    (row,) = rows(tp.penalites(paid("", {}, mouvements=[NRD]), today=TODAY).semestres)
    assert (0, 250, 0) == (row["recu_cents"], row["annonce_cents"], row["ecart_cents"])


def test_summary_in_french() -> None:
    """
    Due, running, received.
    """
    found = tp.penalites(paid("2026-03-12", {}, mouvements=[NRD]), today=TODAY)
    assert [
        "1 facture payée en retard : 1,00 €", "0 facture encore attendue : 0,00 €", "0 rejet à réclamer : 0,00 €",
        "Pénalités AMO : 1,00 € calculés, 2,50 € reçus",
    ] == found.summary().replace("\u00a0", " ").splitlines()  # fmt: skip
    assert repr(found) == "<Penalites of 1 créances, 2 semesters>"


# --- AMC


def test_operators_penalty_is_off_until_its_contract_is_enabled() -> None:
    """
    1 % over 3 jours ouvrés (FSPF convention, press): of an AMC that the CETIP's bank lines pay, once it is enabled.
    """
    late, in_time = (paid(day, amc(), sender="OC", label=CETIP, part=2) for day in ("2026-03-06", "2026-03-05"))
    enabled = load_contrats().enable("fspf_cetip")
    assert [] == cents(late)
    assert [] == cents(in_time, contrats=enabled)
    found = tp.penalites(late, today=TODAY, contrats=enabled)
    assert ([10], [b"fspf_cetip"]) == (found.creances.cents.tolist(), found.creances.contrat.tolist())
    assert 0 == len(found.semestres)  # no movement tells of it


def test_a_delay_is_no_penalty() -> None:
    """
    A contract that names the wrong rule is an error, not a penalty of nothing.
    """
    contracts = load_contrats().enable("fspf_cetip")
    wrong = attrs.evolve(contracts, contrats=tuple(
        attrs.evolve(one, penalite="paiement_amo", debiteurs=("AMC:99999997",), payeurs=()) if one.penalite else one
        for one in contracts.contrats))  # fmt: skip
    with pytest.raises(UnknownRuleError, match="no penalty"):
        cents(livre(amc()), contrats=wrong)


def test_rate_of_the_largest_amounts() -> None:
    """
    A thousand billion euros at a rate of a user's own does not wrap around.
    """
    result = livre({"part_amo_cents": 10**14 - 1})
    assert [(10**14 - 1) * 1000 // 10_000] == cents(result)


# --- claims


def accredited(*numbers: str, **changes: Any) -> Accreditations:
    rows = len(numbers)
    given = {
        "officine": [OFFICINE] * rows, "lot_date": ["2026-03-02"] * rows, "lot": ["001"] * rows,
        "facture": [f"{rank}" for rank in range(1, rows + 1)], "numero": list(numbers),
    }  # fmt: skip
    return Accreditations.of(rows, **{**given, **changes})


def refused(day: str = "2026-03-05") -> Rapprochement:
    """Two factures of an AMC, the first refused on *day*."""
    return livre(
        amc(), amc(),
        retours=[{"emetteur_type": "OC", "empreinte": "x", "date": day}],
        reponses=[answer(part=2, reponse=2, annonce_cents=0, groupe=-1)],
    )  # fmt: skip


def test_refused_although_accredited_is_claimed() -> None:
    """
    1 EUR for each facture refused although it carries an accreditation (FSPF convention, from 1 January 2025); one that
    was not refused claims nothing.
    """
    found = tp.penalites(refused(), today=TODAY, accreditations=accredited("ACC1", "ACC2")).reclamations
    (row,) = rows(found)
    assert (0, "ACC1", 100, dt.date(2026, 3, 5)) == (row["creance"], row["numero"], row["cents"], row["rejetee_le"])
    assert "ACCREDITATION_A_VERIFIER" == row["doute"]


def test_nothing_is_claimed_of_a_reject_before_the_convention() -> None:
    """
    31 December 2024 is a day before; a return of no date claims nothing either.
    """
    for day in ("2024-12-31", None):
        found = tp.penalites(refused(day), today=TODAY, accreditations=accredited("ACC1"))  # type: ignore[arg-type]
        assert 0 == len(found.reclamations)
    assert 0 == len(tp.penalites(refused(), today=TODAY).reclamations)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (accredited("ACC1", "ACC2", facture=["1", "000000001"]), "twice"),
        (accredited("ACC1", "", facture=["1", "2"]), "without a number"),
    ],
)
def test_accreditations_that_contradict_themselves(given: Accreditations, said: str) -> None:
    """
    Which number holds is never chosen.
    """
    with pytest.raises(ColumnError, match=said):
        tp.penalites(refused(), today=TODAY, accreditations=given)


CSV = """Facture;lot;LOT_DATE;officine;accreditation;note
000000001;001;02/03/2026;999000019;ACC1;exemple

000000002;001;2026-03-02;999000019;ACC2
"""


def test_accreditations_are_read_from_a_file(tmp_path: Path) -> None:
    """
    The key of the neutral files and the number, columns in any order, a byte-order mark, days of both forms.
    """
    path = tmp_path / "accreditations.csv"
    path.write_text(CSV, encoding="utf-8-sig")
    found = tp.read_accreditations(path)
    assert [b"ACC1", b"ACC2"] == found.numero.tolist()
    assert 1 == len(tp.penalites(refused(), today=TODAY, accreditations=found).reclamations)
    path.write_text(CSV.splitlines()[0], encoding="utf-8")
    assert 0 == len(tp.read_accreditations(path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"a.csv: empty"),
        (CSV.replace("accreditation", "numero"), r"a.csv:1: accreditation: this column is missing"),
        (
            CSV.replace("02/03/2026", "31/02/2026"),
            r"a.csv:2:3: lot_date: expected a date AAAA-MM-JJ or JJ/MM/AAAA, got '99/99/9999'",
        ),
        (CSV.replace("ACC2", ""), r"a.csv:4:5: accreditation: expected 1 to 64 ASCII characters, got ''"),
        (CSV.replace("ACC2", "é" * 3), r"a.csv:4:5: accreditation: .* got 'AAA'"),
        (CSV.replace("000000001;", "x" * 200_000 + ";"), r"a.csv:2: quotes that do not close, or a cell too long"),
        (CSV.replace("ACC1", "\0"), r"a.csv:2"),
        (CSV.replace("ACC1", "ACC;1"), r"a.csv:2: expected 6 cells, got 7"),
    ],
)
def test_broken_file_of_accreditations_is_located(tmp_path: Path, text: str, said: str) -> None:
    """
    File, line, column, what was expected and the shape of what was found, never the value.
    """
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LayoutError, match=said):
        tp.read_accreditations(path)


def test_file_of_accreditations_that_cannot_be_read(tmp_path: Path) -> None:
    """
    Absent, or in another encoding.
    """
    with pytest.raises(tp.TiersPayantError, match=r"absent\.csv"):
        tp.read_accreditations(tmp_path / "absent.csv")
    (tmp_path / "a.csv").write_bytes(CSV.replace("exemple", "é").encode("latin-1"))
    with pytest.raises(LayoutError, match=r"a\.csv:2: expected UTF-8, got byte 0xe9"):
        tp.read_accreditations(tmp_path / "a.csv")


# --- against a slow reference


class Naive:
    """The penalties of the AMO, by loops over plain rows."""

    def __init__(self, result: Rapprochement, today: dt.date) -> None:
        self.result, self.today, self.tables = result, today, result.tables
        self.creances, self.reponses = rows(result.creances), rows(self.tables.reponses)
        self.answers, self.direct = rows(result.liens_reponses), rows(result.liens_directs)
        self.bank, self.lines = rows(result.liens_virements), rows(self.tables.virements)

    def found(self) -> tuple[list[tuple[Any, ...]], int]:
        """Return créance, cents, running and day of each, and how many are not known."""
        found, unknown = [], 0
        for rank, row in enumerate(self.creances):
            if row["part"] != Part.AMO or row["du_cents"] <= 0 or not self._plain(rank, Etat(row["etat"])):
                continue
            running = Etat(row["etat"]) is not Etat.CREDITEE
            day = self.today if running else self._paid_on(rank)
            if day is None or row["lot_date"] is None or not 2003 <= row["lot_date"].year <= 2057:
                unknown += 1
                continue
            rest = row["du_cents"] - (row["credite_cents"] if Etat(row["etat"]) is Etat.PARTIELLE else 0)
            open_days = METROPOLE.count(row["lot_date"], day, Unite.JOURS_OUVRES) if day >= row["lot_date"] else 0
            due = 100 if open_days in (8, 9) else rest * 10 // 100 if open_days >= 10 else 0
            found += [(rank, due, running, None if running else day)] if due else []
        return found, unknown

    def _plain(self, rank: int, etat: Etat) -> bool:
        said = {self.reponses[link["reponse"]]["reponse"] for link in self.answers if link["creance"] == rank}
        awaited = (Etat.CREDITEE, Etat.PARTIELLE, Etat.ANNONCEE, Etat.NON_REPONDUE)
        refused = rank in self.result.rejets_creances.tolist()
        return etat in awaited and said <= {Reponse.PAYEE, Reponse.NON_TRAITEE} and not refused

    def _paid_on(self, rank: int) -> dt.date | None:
        paid = self.result.reponses_versees
        versed = [link for link in self.answers if paid[link["reponse"]]]
        came = [
            (
                min(self._day_of_group(self.reponses[one["reponse"]]["groupe"]) for one in self._class(link, versed)),
                link,
            )
            for link in versed
            if link["creance"] == rank
        ]
        came += [
            (min(self.lines[one["virement"]]["date"] for one in self._class(link, self.direct)), link)
            for link in self.direct
            if link["creance"] == rank
        ]
        total = 0
        for day, link in sorted(came, key=lambda one: one[0]):
            total += link["cents"]
            if total >= self.creances[rank]["du_cents"]:
                return day
        return None

    def _class(self, link: dict[str, Any], links: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one for one in links if one["classe"] == link["classe"]] if link["classe"] else [link]

    def _day_of_group(self, groupe: int) -> dt.date:
        mine = [link for link in self.bank if link["groupe"] == groupe]
        days: list[dt.date] = [
            self.lines[one["virement"]]["date"] for link in mine for one in self._class(link, self.bank)
        ]
        return min(days)


def amo_rows(found: Penalites) -> list[tuple[Any, ...]]:
    return [(row["creance"], row["cents"], row["en_cours"], row["payee_le"]) for row in rows(found.creances)]


@settings(max_examples=25)
@given(conclusions())
def test_penalties_are_those_of_a_slow_reference(result: Rapprochement) -> None:
    """
    Each share, its cents and its day, counted by hand; sums by semester are sums of rows.
    """
    today = dt.date(2026, 4, 30)
    found = tp.penalites(result, today=today)
    assert Naive(result, today).found() == (amo_rows(found), found.inconnues)
    sums: defaultdict[dt.date, int] = defaultdict(int)
    for row in rows(found.creances):
        if not row["en_cours"]:
            sums[dt.date(row["payee_le"].year, 1 if row["payee_le"].month < 7 else 7, 1)] += row["cents"]
    told: defaultdict[dt.date, int] = defaultdict(int)
    for row in rows(found.semestres):
        told[row["semestre"]] += row["du_cents"]
        assert row["du_cents"] - row["recu_cents"] == row["ecart_cents"]
    assert sums == {day: total for day, total in told.items() if total}
    moves = result.tables.mouvements
    penalties = moves.montant_cents[moves.nature == NatureMouvement.PENALITE_RETARD].sum()
    assert penalties == found.semestres.recu_cents.sum() + found.semestres.annonce_cents.sum()


def test_rules_of_a_user_change_the_figures(tmp_path: Path) -> None:
    """
    A rule merged over ours is applied to the lots of its days; of the others, nothing is known any more.
    """
    path = tmp_path / "regles.toml"
    path.write_text(
        """
[penalite_amo_forfait]
libelle = "Exemple"
[[penalite_amo_forfait.versions]]
valeur = 300
unite = "cents"
du = 2026-03-02
reference = "exemple"
confiance = "L"
""",
        encoding="utf-8",
    )
    found = tp.penalites(livre({}, {"lot_date": "2026-02-27"}), today=dt.date(2026, 3, 12), regles=load_regles(path))
    assert ([1], [300], 1) == (found.creances.creance.tolist(), found.creances.cents.tolist(), found.inconnues)
