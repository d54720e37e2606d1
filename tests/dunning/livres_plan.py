"""Small books to plan: few amounts, few days, two officines, so that gates, groups and ties are the rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st
from tests.matching.books import ACCOUNTS, JANUARY, OFFICINES, books

from tiers_payant.domain import (
    LEVABLES,
    Adresse,
    Annuaire,
    Book,
    Canal,
    Cible,
    ComptesClients,
    Contact,
    Delai,
    Depart,
    Derogation,
    Echanges,
    Encaissements,
    JourSemaine,
    Levee,
    Palier,
    Part,
    Porteuse,
    Raison,
    Rapprochement,
    RelancePolicy,
    Releves,
    Scenario,
    TypeDebiteur,
    Unite,
    virement_ids,
)
from tiers_payant.matching import reconcile

__all__ = ["annuaires", "echanges_of", "levees_of", "policies", "results", "todays"]

todays = st.integers(20, 160).map(lambda number: JANUARY + dt.timedelta(days=number))
DAY = dt.timedelta(days=1)
NIRS = ("1990599999001",) * 6 + ("",)


CLE = str(97 - int(NIRS[0]) % 97).zfill(2)


@st.composite
def results(draw: st.DrawFn, today: dt.date) -> Rapprochement:
    """Draw a reconciliation as known on *today*: its statements end near that day, its returns too."""
    tables = draw(books())
    length = len(tables.factures)
    nirs = draw(st.lists(st.sampled_from(NIRS), min_size=length, max_size=length))
    factures = tables.factures.with_columns(
        nir=np.array(nirs, dtype="S13"), nir_cle=np.array([CLE if nir else "" for nir in nirs], dtype="S2")
    )  # fmt: skip
    owing = draw(st.lists(st.integers(0, length - 1), max_size=3, unique=True))
    clients = draw(st.lists(st.sampled_from(["C1", "C2", ""]), min_size=len(owing), max_size=len(owing)))
    keys = {name: getattr(factures, name)[owing] for name in ("officine", "lot_date", "lot", "facture")}
    accounts = ComptesClients.of(len(owing), **keys, client=np.array(clients, dtype="S2"), du_cents=[350] * len(owing))
    paid = draw(st.lists(st.sampled_from([0, 0, 100, 400]), min_size=len(owing), max_size=len(owing)))
    receipts = Encaissements.of(
        len(owing), **keys, date=[JANUARY + dt.timedelta(days=12)] * len(owing), montant_cents=paid
    )  # fmt: skip
    statements = _statements(draw, today)
    stray = draw(st.booleans()) and draw(st.booleans())
    receipts = Encaissements.concat([receipts, _stray()]) if stray else receipts
    return reconcile(
        Book(
            tables=attrs.evolve(
                tables,
                factures=factures,
                comptes_clients=accounts,
                encaissements=receipts,
                releves=statements,
                retours=_dated(draw, tables.retours, today),
                virements=_lines(draw, tables.virements, statements, today),
            )
        )
    )


def _stray() -> Encaissements:
    return Encaissements.of(
        1, officine=[OFFICINES[0]], lot_date=[JANUARY], lot=["999"], facture=["000000099"],
        date=[JANUARY + dt.timedelta(days=3)], montant_cents=[100],
    )  # fmt: skip


def _statements(draw: st.DrawFn, today: dt.date) -> Releves:
    """Statements of some accounts, each one alone; lines stand in none, as in an extract."""
    accounts = draw(st.sampled_from([[*ACCOUNTS.values()]] * 6 + [[ACCOUNTS[OFFICINES[0]]], []]))
    ends = [today - dt.timedelta(days=draw(st.sampled_from([0, 0, 0, 1, 9]))) for _ in accounts]
    starts = [JANUARY + dt.timedelta(days=draw(st.sampled_from([-30] * 7 + [5]))) for _ in accounts]
    return Releves.of(len(accounts), compte=accounts, devise=["EUR"] * len(accounts), du=starts, au=ends)


def _lines(draw: st.DrawFn, lines: Any, statements: Releves, today: dt.date) -> Any:
    """The lines booked by *today*, each in the statement of its account, and often none at all."""
    kept = lines.take(np.flatnonzero(lines.date <= np.datetime64(today)) if draw(st.booleans()) else np.arange(0))
    places = {account: place for place, account in enumerate(statements.compte.tolist())}
    of = np.array([places.get(account, -1) for account in kept.compte.tolist()], dtype=np.int32)
    return kept.with_columns(releve=of)


def _dated(draw: st.DrawFn, retours: Any, today: dt.date) -> Any:
    days = [today - dt.timedelta(days=draw(st.sampled_from([0, 0, 0, 2, 30]))) for _ in range(len(retours))]
    return retours.with_columns(date=np.array(days, dtype="datetime64[D]"))


_delais = st.builds(
    Delai,
    valeur=st.sampled_from([0, 1, 5, 10]),
    unite=st.sampled_from([*Unite][:3]),
    depuis=st.sampled_from([*Depart, Depart.DERNIER_CONTACT, Depart.ECHEANCE]),
)


@st.composite
def policies(draw: st.DrawFn) -> RelancePolicy:
    """Draw a policy of short scenarios, with derogations of every width; often one kind of debtor is left out."""
    kinds = draw(st.lists(st.sampled_from([*TypeDebiteur]), min_size=3, max_size=4, unique=True))
    scenarios = [
        Scenario(
            debiteur=genre,
            paliers=[_step(draw, place) for place in range(draw(st.integers(1, 3)))],
            porteuse=draw(st.sampled_from([*Porteuse])),
            repos_jours=draw(st.sampled_from([0, 7, 30])),
            jours=draw(st.sampled_from([tuple(JourSemaine)] * 3 + [(JourSemaine.LUNDI, JourSemaine.MARDI)])),
        )
        for genre in kinds
    ]  # fmt: skip
    widths: list[dict[str, Any]] = [
        {"officine": OFFICINES[0]}, {"debiteur": "AMO:01-999-0000"},
        {"officine": OFFICINES[0], "lot": "001", "facture": "000000001"},
    ]  # fmt: skip
    codes = [palier.code for one in scenarios for palier in one.paliers]
    changes: list[dict[str, Any]] = [
        {"suspendu": True}, {"suspendu": False}, {"montant_min_cents": 200}, {"repos_jours": 2},
        {"porteuse": Porteuse.CHACUNE}, {"paliers": (codes[-1],)},
    ]  # fmt: skip
    names = draw(st.lists(st.sampled_from(range(3)), max_size=2, unique=True))
    return RelancePolicy(
        nom="exemple",
        scenarios=scenarios,
        derogations=[Derogation(**widths[at], **draw(st.sampled_from(changes))) for at in names],
        cout_minute_cents=draw(st.sampled_from([0, 10])),
        retour_max_jours_ouvres=draw(st.sampled_from([5, 60, 60])),
        memoire_jours=draw(st.sampled_from([10, 40, 90])),
        gain_min_cents=draw(st.sampled_from([0, 50])),
    )


def _step(draw: st.DrawFn, place: int) -> Palier:
    return Palier(
        code=f"p{place}", libelle="Exemple", modele="exemple", canal=draw(st.sampled_from([Canal.PORTAIL, *Canal])),
        delai=draw(_delais), montant_min_cents=draw(st.sampled_from([0, 0, 300])), minutes=draw(st.integers(0, 2)),
        espoir=draw(st.sampled_from([40, 100])), mise_en_demeure=draw(st.sampled_from([False, False, True])),
    )  # fmt: skip


@st.composite
def annuaires(draw: st.DrawFn) -> Annuaire:
    """Draw addressees: one for insurers of each kind, a professional customer, each perhaps unknown."""
    place = Adresse(code_postal="99999", ville="VILLE-EXEMPLE")
    whole = draw(st.booleans())
    every = [
        Contact(id="amo", nom="EXEMPLE", type=TypeDebiteur.AMO, debiteurs=("AMO:*",), adresse=place if whole else None),
        Contact(id="amc", nom="EXEMPLE", type=TypeDebiteur.AMC, debiteurs=("AMC:*",), email="exemple@example.org"),
        Contact(id="c1", nom="EXEMPLE", type=TypeDebiteur.PROFESSIONNEL, debiteurs=("CLIENT:C1",), adresse=place),
        Contact(id="c2", nom="EXEMPLE", type=TypeDebiteur.PATIENT, debiteurs=("CLIENT:C2",), telephone="0000000000"),
    ]
    return Annuaire(contacts=[one for one in every if draw(st.sampled_from([True, True, False]))])


def echanges_of(draw: st.DrawFn, result: Rapprochement, policy: RelancePolicy, today: dt.date) -> Echanges:
    """Draw contacts already made about some créances, and one of an older policy."""
    rows = draw(st.lists(st.integers(0, len(result.creances) - 1), max_size=4)) if len(result.creances) else []
    table = result.creances.take(np.array(rows, dtype=np.int64))
    length = len(rows)
    return Echanges.of(
        length,
        relance=[f"r{rank}" for rank in range(length)],
        le=[today - dt.timedelta(days=draw(st.sampled_from([-2, 0, 3, 40]))) for _ in rows],
        officine=table.officine,
        debiteur=table.debiteur,
        type=[draw(st.sampled_from([one.debiteur for one in policy.scenarios])) for _ in rows],
        palier=[draw(st.sampled_from(["p0", "p1", "ancien", "ancien"])) for _ in rows],
        canal=[draw(st.sampled_from([*Canal])) for _ in rows],
        mise_en_demeure=[draw(st.sampled_from([False, False, True])) for _ in rows],
        lot_date=table.lot_date, lot=table.lot, facture=table.facture, part=table.part,
    )  # fmt: skip


_ARGENT = (Raison.RETOUR_ABSENT, Raison.CREDIT_NON_AFFECTE)


@st.composite
def levees_of(
    draw: st.DrawFn, result: Rapprochement, today: dt.date, counts: Sequence[int] = (0, 0, 1, 3)
) -> list[Levee]:
    """Draw what people verified: bank lines, factures, debtors, often on a day of the bank."""
    names, booked = virement_ids(result.tables), result.tables.virements.date.tolist()
    found = []
    for _ in range(draw(st.sampled_from(counts))):
        first = draw(st.sampled_from([today + DAY, today, today - 2 * DAY, *booked, *(one - DAY for one in booked)]))
        days = {"le": first, "au": first + draw(st.sampled_from([0, 20, 400])) * DAY}
        said: dict[str, Any] = {"par": "EXEMPLE", "pourquoi": "exemple", **days}
        if draw(st.booleans()) and names:
            found.append(Levee(virement=draw(st.sampled_from(names)), **said))
        elif len(result.creances):
            row = draw(st.integers(0, len(result.creances) - 1))
            found.append(
                Levee(
                    cible=_cible(draw, result, row),
                    raison=draw(st.sampled_from([*LEVABLES, *_ARGENT, *_ARGENT])),
                    **said,
                )
            )
    return found


def _cible(draw: st.DrawFn, result: Rapprochement, row: int) -> Cible:
    one = result.creances[row]
    if one.part is not Part.ASSURE and draw(st.booleans()):
        return Cible(officine=one.officine, debiteur=one.debiteur)
    part = draw(st.sampled_from([None, one.part]))
    return Cible(officine=one.officine, lot=one.lot, facture=one.facture, lot_date=one.lot_date, part=part)
