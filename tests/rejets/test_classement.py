"""What reject lines mean: against a slow reading of the rules, whatever the order of rows, and told in our words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rejets.books import DAY, tables_of

from tiers_payant.domain import (
    AMC_SENDERS,
    AMO_SENDERS,
    CodeRejet,
    Confiance,
    Famille,
    Part,
    Preuve,
    Rejets,
    Reponse,
    Tables,
)
from tiers_payant.rejets import TableCodes, classify, load_codes

F = Famille
PUBLIC = load_codes()
TURN = dt.date(2026, 1, 5)


def one(tables: Tables, table: TableCodes = PUBLIC) -> tuple[Famille, Preuve, str]:
    """The family, what it was read from, and the evidence of the first line."""
    row = classify(tables, table).row(0)
    return Famille(row["famille"]), Preuve(row["preuve"]), row["indice"]


def sent_by(kind: bytes, day: str | None = DAY) -> list[dict[str, object]]:
    sender: dict[str, object] = {"emetteur_type": kind, "emetteur": b"01991", "date": day}
    return [sender]


def test_code_then_words_then_beginning_then_nothing():
    """
    The four sources, from the surest to the weakest, each told.
    """
    said: list[tuple[dict[str, object], object]] = [
        ({"code": b"0250 050", "libelle": "EXONERATION INCONNUE"}, (F.IDENTITE_NIR, Preuve.CODE, "AMO 0250050")),
        ({"code": b"Z1", "libelle": "EXONERATION INCONNUE"}, (F.EXONERATION, Preuve.MOTS, "exonération inconnu")),
        ({"code": b"0450", "libelle": "NIR INVALIDE"}, (F.IDENTITE_NIR, Preuve.MOTS, "nir invalide")),
        ({"code": b"0450", "libelle": "MOTIF 12"}, (F.EXONERATION, Preuve.PREFIXE, "AMO 0450*")),
        ({"code": b"0460", "libelle": "MOTIF 12"}, (F.INCONNU, Preuve.AUCUNE, "")),
        ({"code": b"", "libelle": ""}, (F.INCONNU, Preuve.AUCUNE, "")),
    ]
    assert [expected for _, expected in said] == [one(tables_of([row])) for row, _ in said]


def test_beginning_says_nothing_once_a_longer_code_contradicts_it():
    """
    A table that knows a 0450 of another family leaves 0450 alone to be classified by somebody.
    """
    line = tables_of([{"code": b"0450"}])
    assert (F.INCONNU, Preuve.AUCUNE, "") == one(line, PUBLIC.learn("AMO", "0450-099", F.DROITS_AMO))
    assert F.DROITS_AMO is one(line, PUBLIC.learn("AMO", "0450", F.DROITS_AMO))[0]
    later = PUBLIC.learn("AMO", "0450", F.DROITS_AMO, du=TURN + dt.timedelta(1))
    assert (F.EXONERATION, Preuve.PREFIXE) == one(line, later)[:2]
    assert F.INCONNU is one(tables_of([{"code": b"0450"}], sent_by(b"OC")))[0]
    assert F.INCONNU is one(tables_of([{"code": b"0450"}], sent_by(b"OT")))[0]


@pytest.mark.parametrize("code", [b"0250-050", b"2900-005", b"0450"])
def test_what_the_caisse_re_processes_is_never_another_family(code):
    """
    Its words come before any code; and DOUBLON, which a second sending would make, never re-sends either.
    """
    for label in ("TRAITEMENT CAISSE", "LOT EN ATTENTE DE RETARIFICATION", "NIR INCONNU - Traitement Caisse"):
        told = one(tables_of([{"code": code, "libelle": label}]))
        assert (F.TRAITEMENT_CAISSE, Preuve.MOTS) == told[:2]


@pytest.mark.parametrize(
    ("line_part", "answers", "waits"),
    [
        (b"", [(Part.NON_PRECISEE, Reponse.TRAITEMENT_CAISSE)], True),
        (b"O", [(Part.AMO, Reponse.TRAITEMENT_CAISSE)], True),
        (b"C", [(Part.AMO, Reponse.TRAITEMENT_CAISSE)], False),
        (b"C", [(Part.AMO, Reponse.TRAITEMENT_CAISSE), (Part.AMC, Reponse.REJETEE)], False),
        (b"O", [(Part.AMO, Reponse.TRAITEMENT_CAISSE), (Part.AMC, Reponse.REJETEE)], True),
        (b"", [(Part.AMO, Reponse.TRAITEMENT_CAISSE), (Part.AMC, Reponse.REJETEE)], False),
        (b"", [(Part.AMO, Reponse.REJETEE)], False),
        (b"", [], False),
    ],
)
def test_answer_that_waits_makes_its_reject_lines_wait(line_part, answers, waits):
    """
    A return may say by its status, and not by words, that a share is re-processed; a rejected share keeps its reason.
    """
    rows = [{"part": part, "reponse": reponse} for part, reponse in answers]
    told = one(tables_of([{"code": b"0250050", "part": line_part}], reponses=rows))
    assert (
        (F.TRAITEMENT_CAISSE, Preuve.REPONSE, "réponse : traitement caisse") == told
        if waits
        else told[1] == Preuve.CODE
    )
    for elsewhere in ({"facture": b"2"}, {"retour": 1}):
        row = {"code": b"0250050", "part": line_part, **elsewhere}
        assert Preuve.CODE is one(tables_of([row], sent_by(b"CP") * 2, reponses=rows))[1]


def test_two_numberings_that_differ_are_both_told():
    """
    Nothing says whose code it is: no family, and both lines in the evidence.
    """
    table = PUBLIC.learn("AMO", "7", F.INDU).learn("AMC", "7", F.DOUBLON)
    unknown = tables_of([{"code": b"7", "libelle": "NIR INVALIDE"}], sent_by(b""))
    assert (F.INCONNU, Preuve.AUCUNE, "AMC 7 : DOUBLON | AMO 7 : INDU") == one(unknown, table)
    assert F.DOUBLON is one(tables_of([{"code": b"7", "part": b"C"}], sent_by(b"OT")), table)[0]


def test_words_of_two_families_are_both_told():
    """
    `INCONNU`, with what was recognised of each.
    """
    told = one(tables_of([{"libelle": "NIR INVALIDE, CONTRAT RESILIE"}]))
    assert (F.INCONNU, Preuve.AUCUNE, "IDENTITE_NIR : nir invalide | AMC_CONTRAT : contrat fermé") == told


@pytest.mark.parametrize(
    ("kind", "part", "expected"),
    [
        (b"CP", b"", F.DROITS_AMO), (b"CP", b"O", F.DROITS_AMO), (b"CP", b"C", F.INCONNU),
        (b"OC", b"", F.AMC_CONTRAT), (b"OC", b"O", F.INCONNU), (b"OT", b"C", F.AMC_CONTRAT),
        (b"OT", b"O", F.DROITS_AMO), (b"", b"", F.INCONNU),
    ],
)  # fmt: skip
def test_sender_and_part_tell_whose_rights_they_are(kind, part, expected):
    """
    When they contradict each other, or say nothing, the same words mean two things: none is chosen.
    """
    assert expected is one(tables_of([{"libelle": "DROITS NON OUVERTS", "part": part}], sent_by(kind)))[0]


def test_day_is_that_of_the_return():
    """
    A code that changed its meaning is read at its date; without a date, or without a return, only what is always so.
    """
    lines = [
        CodeRejet(portee="*", code="7", libelle="", famille=famille, du=du, au=au, source="", confiance=Confiance.BASSE)
        for famille, du, au in ((F.INDU, None, TURN - dt.timedelta(1)), (F.DOUBLON, TURN, None))
    ]
    table = load_codes(extra=lines)
    told = [one(tables_of([{"code": b"7"}], sent_by(b"CP", day)), table)[0] for day in ("2026-01-04", DAY, None)]
    assert [F.INDU, F.DOUBLON, F.INCONNU] == told
    assert F.INCONNU is one(tables_of([{"code": b"7", "retour": -1}]), table)[0]
    assert F.IDENTITE_NIR is one(tables_of([{"code": b"0250050", "retour": -1, "part": b"O"}]), table)[0]


# --- against a slow reading

KINDS = [b"CP", b"MA", b"OC", b"OT", b""]
LABELS = {"": F.INCONNU, "CIP SUPPRIME": F.PRODUIT_TARIF, "RETARIFICATION": F.TRAITEMENT_CAISSE, "EXEMPLE 9": F.INCONNU}
CODES = ["7", "0450", "0450054", "8", ""]


@st.composite
def code_lines(draw) -> list[CodeRejet]:
    made = []
    for code in draw(st.lists(st.sampled_from([*CODES[:-1], "0450*"]), max_size=5)):
        days = sorted(draw(st.lists(st.integers(1, 8), min_size=2, max_size=2)))
        du, au = (dt.date(2026, 1, day) if draw(st.booleans()) else None for day in days)
        made.append(
            CodeRejet(
                portee=draw(st.sampled_from(["*", "AMO", "AMC", "CP", "CP:0001", "OT"])), code=code, libelle="",
                famille=draw(st.sampled_from([F.INDU, F.DOUBLON])), du=du, au=au, source="", confiance=Confiance.BASSE,
            )
        )  # fmt: skip
    return made


@st.composite
def books(draw) -> Tables:
    retours: list[dict[str, object]] = [
        {
            "emetteur_type": draw(st.sampled_from(KINDS)),
            "emetteur": draw(st.sampled_from([b"1", b"02"])),
            "date": draw(st.sampled_from([None, *(f"2026-01-0{day}" for day in range(1, 9))])),
        }
        for _ in range(draw(st.integers(1, 4)))
    ]
    rejets: list[dict[str, object]] = [
        {
            "code": draw(st.sampled_from(CODES)).encode(),
            "libelle": draw(st.sampled_from(list(LABELS))),
            "part": draw(st.sampled_from([b"", b"O", b"C"])),
            "retour": draw(st.integers(-1, len(retours) - 1)),
        }
        for _ in range(draw(st.integers(1, 12)))
    ]
    return tables_of(rejets, retours)


def slowly(tables: Tables, table: TableCodes, row: int) -> Famille:
    """The rules of one line, read one after the other."""
    rejet = tables.rejets.row(row)
    nowhere: dict[str, Any] = {"emetteur_type": "", "emetteur": "", "date": None}
    retour = tables.retours.row(rejet["retour"]) if rejet["retour"] >= 0 else nowhere
    if LABELS[rejet["libelle"]] is F.TRAITEMENT_CAISSE:
        return F.TRAITEMENT_CAISSE
    kind, day = retour["emetteur_type"].encode(), retour["date"]
    amc = kind in AMC_SENDERS or (kind not in AMO_SENDERS and rejet["part"] == "C")
    amo = kind in AMO_SENDERS or (not amc and rejet["part"] == "O")
    classes = ["AMO"] if amo else ["AMC"] if amc else ["AMO", "AMC"]
    number = retour["emetteur"].lstrip("0")
    levels: list[list[str]] = [[f"{retour['emetteur_type']}:{number}"], [retour["emetteur_type"]], classes, ["*"]]

    def known(code: str, level: list[str]) -> list[Famille]:
        return [
            each.famille
            for each in table
            if each.portee.replace(":000", ":") in level
            and each.code == code
            and (day is None or each.is_in_force(day))
        ]

    for level in levels:
        if found := set(known(rejet["code"], level)):
            return found.pop() if len(found) == 1 else F.INCONNU
    if LABELS[rejet["libelle"]]:
        return LABELS[rejet["libelle"]]
    for level in levels:
        if len(level) == 1:
            longer = {
                each.famille
                for each in table
                if each.portee.replace(":000", ":") in level and each.code[:4] == rejet["code"] and len(each.code) > 5
            }
            shared = known(f"{rejet['code']}*", level)
            for famille in shared if day is not None or len(set(shared)) == 1 else []:
                if longer <= {famille}:
                    return famille
    return F.INCONNU


@settings(max_examples=120, deadline=None)
@given(books(), code_lines())
def test_same_as_reading_the_rules_one_by_one(tables, lines):
    """
    Grouping payers, dates and labels is an economy, never another answer.
    """
    table = TableCodes(()).with_codes(lines)
    expected = [slowly(tables, table, row) for row in range(len(tables.rejets))]
    assert expected == classify(tables, table).famille.tolist()


@settings(max_examples=40, deadline=None)
@given(books(), code_lines(), st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(tables, lines, random):
    """
    A line means the same wherever it stands.
    """
    table = load_codes(extra=TableCodes(()).with_codes(lines).lignes)
    order = np.array(random.sample(range(len(tables.rejets)), len(tables.rejets)))
    moved = Tables(retours=tables.retours, rejets=tables.rejets.take(order))
    there, here = classify(moved, table), classify(tables, table)
    for name in ("famille", "preuve", "indice"):
        assert getattr(here, name)[order].tolist() == getattr(there, name).tolist()
    assert list(range(len(order))) == there.rejet.tolist()


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40), st.binary(max_size=10))
def test_junk_is_classified_and_not_repeated(label, code):
    """
    Any label, any code: one row out, nothing of the label in the evidence nor in a repr.
    """
    tables = tables_of([{"libelle": f"DUPONTEXEMPLE {label}", "code": code}])
    told = classify(tables, PUBLIC)
    assert 1 == len(told)
    assert "DUPONT" not in repr(told) + told.indice[0] + repr(tables.rejets)


def test_book_without_rejects_has_none():
    """
    Nothing in, nothing out.
    """
    assert 0 == len(classify(Tables(), PUBLIC))
    assert Rejets.empty() is Tables().rejets
