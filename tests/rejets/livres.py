"""Small books for deadlines and penalties: every fact given by the test, and adversarial ones drawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st
from tests.matching.books import JANUARY, OFFICINES, books

from tiers_payant.domain import (
    Arls,
    Book,
    Etat,
    LiensDirects,
    LiensReponses,
    LiensVirements,
    NatureMouvement,
    Part,
    Rapprochement,
    Reponses,
    Tables,
    Virements,
    net_cents,
    summed,
)
from tiers_payant.matching import reconcile

OFFICINE = "999000019"
CPAM, CETIP = "CPAM DE VILLE-EXEMPLE", "CETIP EXEMPLE"
NEVER = np.datetime64("NaT", "D")


def livre(*factures: dict[str, Any], **tables: list[dict[str, Any]]) -> Rapprochement:
    """Reconcile factures of 10 EUR of one lot of Monday 2 March 2026, that the AMO owes unless a row says otherwise."""
    facture = {
        "officine": OFFICINE, "lot_date": "2026-03-02", "lot": "001", "date_facture": "2026-03-02",
        "date_soins": "2026-03-02", "regime": "01", "caisse": "999", "centre": "0000", "amc": "", "contrat": "",
        "paiement": "05", "nature_assurance": "10", "part_amo_cents": 1000, "part_amc_cents": 0,
    }  # fmt: skip
    rows = [{"facture": f"{rank:09d}", **facture, **row} for rank, row in enumerate(factures, 1)]
    given = {"factures": rows, **tables}
    return reconcile(Book.from_columns({name: columns(rows) for name, rows in given.items() if rows}))


def amc(**row: Any) -> dict[str, Any]:
    """A facture that only AMC 99999997 owes."""
    return {"paiement": "25", "amc": "0099999997", "part_amo_cents": 0, "part_amc_cents": 1000, **row}


def columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def answer(facture: int = 1, **row: Any) -> dict[str, Any]:
    """The insurer's answer to one facture: paid in full, in the first transfer."""
    said = {
        "officine": OFFICINE, "lot_date": "2026-03-02", "lot": "001", "facture": f"{facture:09d}", "part": 1,
        "reponse": 1, "annonce_cents": 1000, "groupe": 0, "retour": 0,
    }  # fmt: skip
    return {**said, **row}


def paid(
    day: str, *factures: dict[str, Any], sender: str = "CP", label: str = CPAM, part: int = 1, **moves: Any
) -> Rapprochement:
    """Reconcile factures that one return announces in one transfer, credited on *day*; nowhere when it is empty."""
    rows: list[dict[str, Any]] = list(factures or ({},))
    cents = [row.get("part_amc_cents" if part == 2 else "part_amo_cents", 1000) for row in rows]
    answers = [answer(rank, part=part, annonce_cents=due) for rank, due in enumerate(cents, 1)]
    total = sum(cents) + sum(move["montant_cents"] for move in moves.get("mouvements", []))
    line = {"compte": "A", "date": day, "montant_cents": total, "libelle": label, "devise": "EUR"}
    return livre(
        *rows,
        retours=[{"emetteur_type": sender, "emetteur": "999", "empreinte": "exemple", "date": "2026-03-05"}],
        groupes=[{"officine": OFFICINE, "date": "2026-03-05", "retour": 0}],
        reponses=answers,
        virements=[line] if day else [],
        **moves,
    )


some_days = st.sampled_from(
    [
        JANUARY - dt.timedelta(days=30),
        JANUARY - dt.timedelta(days=8),
        JANUARY,
        None,
        dt.date(1990, 1, 1),
        dt.date(2059, 6, 1),
    ]
)


@st.composite
def livres(draw: st.DrawFn) -> Rapprochement:
    """Draw a book whose dates may be missing or far away, of every nature of insurance, with debts and penalties."""
    tables = draw(books())
    factures, moves = tables.factures, tables.mouvements

    def drawn(strategy: st.SearchStrategy[Any], length: int) -> list[Any]:
        return draw(st.lists(strategy, min_size=length, max_size=length))

    count = len(factures)
    natures = st.sampled_from([b"10", b"30", b"41", b"90", b"", b"77"])
    kinds = st.sampled_from([*NatureMouvement])
    undated = draw(st.sampled_from([None, None, JANUARY, JANUARY + dt.timedelta(days=10)]))  # keys stay unique
    factures = factures.with_columns(
        date_facture=np.array(drawn(some_days, count), dtype="datetime64[D]"),
        date_soins=np.array(drawn(some_days, count), dtype="datetime64[D]"),
        nature_assurance=np.array(drawn(natures, count), dtype="S2"),
        lot_date=np.where(factures.lot_date == np.datetime64(undated, "D"), NEVER, factures.lot_date),
    )
    if len(moves):
        moves = moves.with_columns(
            nature=np.array(drawn(kinds, len(moves)), dtype=np.int8),
            reference=np.array(drawn(st.sampled_from([b"", b"R1"]), len(moves)), dtype="S"),
            solde_cents=np.array(drawn(st.sampled_from([0, 50, 300]), len(moves)), dtype=np.int64),
        )
    arls = drawn(
        st.tuples(st.sampled_from(OFFICINES), st.sampled_from(["001", "A02"]), st.integers(0, 9), st.booleans()), 3
    )
    acks = Arls.of(
        3,
        officine=[one[0] for one in arls],
        lot_date=[JANUARY] * 3,
        lot=[one[1] for one in arls],
        date=[JANUARY + dt.timedelta(days=one[2]) for one in arls],
        positif=[one[3] for one in arls],
        source=np.zeros(3, dtype=np.int32),
    )
    changed: Tables = attrs.evolve(tables, factures=factures, mouvements=moves, arls=acks)
    return reconcile(Book(tables=changed))


@st.composite
def conclusions(draw: st.DrawFn) -> Rapprochement:
    """Draw what a reconciliation may conclude, more money and more classes than any small book would give.

    Every group that a line pays is paid in full; a group may have several lines, a line several groups.
    """
    result = draw(livres())
    creances, tables = result.creances, result.tables
    lots, groups = draw(st.integers(1, 4)), len(tables.groupes)
    answers = _drawn_rows(draw, 5, creance=len(creances), groupe=groups, cents=[50, 100, 250, -50], classe=[0, 0, 1])
    payments = _drawn_rows(draw, 4, groupe=groups, virement=lots, classe=[0, 0, 1])
    direct = _drawn_rows(draw, 2, creance=len(creances), virement=lots, cents=[100, 250], classe=[0, 0, 1])
    days = draw(st.lists(st.sampled_from([0, 9, 10, 11, 13, 14, 25]), min_size=lots, max_size=lots))
    count = len(answers["groupe"])
    reponses = Reponses.of(
        count,
        annonce_cents=answers["cents"],
        reponse=draw(st.lists(st.sampled_from([1, 1, 1, 1, 0, 3]), min_size=count, max_size=count)),
        groupe=answers["groupe"],
        retour=[int(tables.groupes.retour[row]) for row in answers["groupe"]],
        source=np.zeros(count, dtype=np.int32),
    )
    dates = np.array([JANUARY + dt.timedelta(days=day) for day in days], dtype="datetime64[D]")
    tables = attrs.evolve(
        tables, reponses=reponses, virements=Virements.of(lots, date=dates, source=np.zeros(lots, dtype=np.int32))
    )
    nets = net_cents(tables)
    paid_groups = payments["groupe"]
    settled = [0 if row in paid_groups[:rank] else int(nets[row]) for rank, row in enumerate(paid_groups)]
    result = attrs.evolve(
        result,
        tables=tables,
        liens_reponses=LiensReponses.of(
            None,
            creance=answers["creance"],
            reponse=list(range(count)),
            cents=answers["cents"],
            classe=answers["classe"],
        ),
        liens_virements=LiensVirements.of(None, **payments, cents=settled),
        liens_directs=LiensDirects.of(None, **direct),
        rejets_creances=np.empty(0, dtype=np.int64),
        rejets_rangs=np.empty(0, dtype=np.int64),
    )
    links, length = result.liens_reponses, len(creances)
    credited = summed(links.creance, np.where(result.reponses_versees[links.reponse], links.cents, 0), length)
    credited += summed(result.liens_directs.creance, result.liens_directs.cents, length)
    etats = np.select([credited >= creances.du_cents, credited > 0], [Etat.CREDITEE, Etat.PARTIELLE], Etat.ANNONCEE)
    patient = creances.part == Part.ASSURE
    told = creances.with_columns(etat=np.where(patient, creances.etat, etats).astype(np.int8), credite_cents=credited)
    return attrs.evolve(result, creances=told)


def _drawn_rows(draw: st.DrawFn, most: int, **columns: int | list[int]) -> dict[str, list[int]]:
    """Draw at most so many rows of whole numbers: below a bound, or among some values."""
    kinds = {
        name: st.integers(0, told - 1) if isinstance(told, int) else st.sampled_from(told)
        for name, told in columns.items()
    }
    empty = any(told == 0 for told in columns.values())
    found = [] if empty else draw(st.lists(st.fixed_dictionaries(kinds), max_size=most))
    return {name: [row[name] for row in found] for name in columns}
