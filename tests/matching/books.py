"""Small adversarial books: few amounts, few days and few numbers, so that ties and collisions are the rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tiers_payant.domain import (
    Comptes,
    Factures,
    Groupes,
    Mouvements,
    Part,
    Reponse,
    Reponses,
    Retours,
    Source,
    Tables,
    Virements,
)

JANUARY = dt.date(2026, 1, 5)
OFFICINES = ("999000019", "999000027")
ACCOUNTS = {"999000019": "00000000000000000000A", "999000027": "00000000000000000000B"}
LABELS = ("TP-20260105-EXEMPLE-1", "TP-20260105-EXEMPLE-2", "TP-20260106-EXEMPLE-3")
BANK_TEXTS = (
    "CPAM DE VILLE-EXEMPLE 2600500000001",
    "CETIP TP SP S",
    f"CETIP {LABELS[0]}",
    f"VIR EXEMPLE {LABELS[1]}",
    f"CETIP {LABELS[2][:14]} VIREMENT EN VOTRE FAVEUR",
    "LOYER EXEMPLE",
)

officines = st.sampled_from(OFFICINES)
cents = st.sampled_from([100, 250, 350])
days = st.one_of(st.integers(0, 20), st.integers(60, 120)).map(lambda number: JANUARY + dt.timedelta(days=number))

facture_rows = st.fixed_dictionaries(
    {
        "officine": officines,
        "lot_date": st.sampled_from([JANUARY, JANUARY + dt.timedelta(days=10)]),
        "lot": st.sampled_from(["001", "A02"]),
        "facture": st.sampled_from(["000000001", "000000002", "000000003"]),
        "date_soins": st.sampled_from([JANUARY, JANUARY - dt.timedelta(days=1)]),
        "regime": st.just("01"),
        "caisse": st.just("999"),
        "centre": st.just("0000"),
        "amc": st.sampled_from(["0099999997", "0099999997", ""]),
        "contrat": st.sampled_from(["", "85", "89"]),
        "paiement": st.sampled_from(["00", "05", "15", "25"]),
        "nir": st.sampled_from(["1999999999999", "2999999999999", ""]),
        "naissance": st.just("010199"),
        "rang": st.just("1"),
        "part_amo_cents": st.sampled_from([0, 100, 250]),
        "part_amc_cents": st.sampled_from([0, 100]),
    }
)

retour_rows = st.fixed_dictionaries(
    {"emetteur_type": st.sampled_from(["CP", "OC"]), "empreinte": st.uuids().map(lambda value: value.hex)}
)


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["officine"], row["lot_date"], row["lot"], row["facture"]


@st.composite
def books(draw: st.DrawFn) -> Tables:
    """Draw the tables of a book: factures, returns with their groups and answers, movements, bank lines."""
    factures = draw(st.lists(facture_rows, min_size=1, max_size=6, unique_by=_key))
    retours = draw(st.lists(retour_rows, min_size=1, max_size=3, unique_by=lambda row: row["empreinte"]))
    groupes = draw(st.lists(_groupe_rows(len(retours)), min_size=1, max_size=4))
    reponses = draw(st.lists(_reponse_rows(factures, groupes), max_size=8))
    mouvements = draw(st.lists(_mouvement_rows(groupes), max_size=2))
    virements = draw(st.lists(_virement_rows(), max_size=5))
    mapped = draw(st.sets(officines))
    comptes = [{"officine": officine, "compte": ACCOUNTS[officine]} for officine in sorted(mapped)]
    return Tables(
        sources=(Source(nom="livre", format="exemple"),),
        factures=_table(Factures, factures),
        retours=_table(Retours, retours),
        groupes=_table(Groupes, groupes),
        reponses=_table(Reponses, reponses),
        mouvements=_table(Mouvements, mouvements),
        virements=_table(Virements, virements),
        comptes=_table(Comptes, comptes),
    )


def _groupe_rows(retours: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "officine": officines,
            "date": days,
            "libelle_1": st.sampled_from(["", *LABELS]),
            "retour": st.integers(0, retours - 1),
        }
    )


@st.composite
def _reponse_rows(draw: st.DrawFn, factures: list[dict[str, Any]], groupes: list[dict[str, Any]]) -> dict[str, Any]:
    about, group = draw(st.sampled_from(factures)), draw(st.integers(0, len(groupes) - 1))
    said = draw(
        st.sampled_from([Reponse.PAYEE, Reponse.PAYEE, Reponse.REJETEE, Reponse.DIFFEREE, Reponse.TRAITEMENT_CAISSE])
    )
    amount = draw(st.sampled_from([100, 250, 350, -100, 0])) if said is Reponse.PAYEE else 0
    return {
        "officine": about["officine"],
        "lot_date": about["lot_date"],
        "lot": about["lot"],
        "facture": draw(st.sampled_from([about["facture"], about["facture"], "000000009"])),
        "part": int(draw(st.sampled_from([Part.AMO, Part.AMC, Part.NON_PRECISEE]))),
        "reponse": int(said),
        "annonce_cents": amount,
        "groupe": group,
        "retour": groupes[group]["retour"],
    }


@st.composite
def _mouvement_rows(draw: st.DrawFn, groupes: list[dict[str, Any]]) -> dict[str, Any]:
    group = draw(st.integers(0, len(groupes) - 1))
    return {
        "officine": groupes[group]["officine"],
        "montant_cents": draw(st.sampled_from([-100, 100])),
        "groupe": group,
        "retour": groupes[group]["retour"],
    }


def _virement_rows() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "compte": st.sampled_from(list(ACCOUNTS.values())),
            "date": days,
            "montant_cents": st.one_of(cents, st.sampled_from([200, 450, -100])),
            "libelle": st.sampled_from(BANK_TEXTS),
            "statut": st.sampled_from([0, 0, 0, 1]),
        }
    )


def _table(kind: Any, rows: list[dict[str, Any]]) -> Any:
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in (rows[0] if rows else {})}
    if "source" in kind.kinds():
        columns["source"] = np.zeros(len(rows), dtype=np.int32)
    return kind.of(len(rows), **columns)
