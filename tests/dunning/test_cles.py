"""A contact of the history is about one créance: no two of them share a key, however a file tells them."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dunning.livres_faits import AMC, PERSON, book, facture, owing

from tiers_payant.matching import reconcile

NUMBERS = ("1", "01", "000000001", "A1", "0A1", "2")

told = st.fixed_dictionaries({
    "facture": st.sampled_from(NUMBERS), "lot": st.sampled_from(["1", "001", "L1"]),
    "shape": st.sampled_from([AMC, PERSON, {"total_cents": 3000, "part_amo_cents": 3000}]),
})  # fmt: skip


def bare(text: str) -> str:
    return text.lstrip("0") or "0" if text.isdigit() else text


@settings(max_examples=150, deadline=None)
@given(st.lists(told, min_size=2, max_size=6), st.lists(st.tuples(st.sampled_from(NUMBERS), st.sampled_from("12"))))
def test_no_two_creances_share_a_key(factures, accounts):
    """
    Factures of one number, with other amounts or other zeros before it, and accounts told twice: one créance each.
    """
    rows: list[dict[str, Any]] = [
        facture(1, **{**one["shape"], "facture": one["facture"], "lot": one["lot"]}) for one in factures
    ]
    owed = [{**owing(1, f"C{client}"), "facture": number} for number, client in accounts]
    creances = reconcile(book(*rows, comptes_clients=owed)).creances
    keys = [
        (one.officine, one.lot_date, bare(one.lot), bare(one.facture), one.part)
        for one in map(creances.__getitem__, range(len(creances)))
    ]
    assert sorted(set(keys)) == sorted(keys)
