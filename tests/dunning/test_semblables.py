"""Shares of one number are told, all at once or as créances come."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tiers_payant.domain import Creances
from tiers_payant.dunning._semblables import Semblables

numbers = st.tuples(st.sampled_from("AB"), st.sampled_from(["1", "2", "01", "1" * 12]), st.integers(0, 2))
rows = st.lists(numbers, max_size=8)


def table(told: list[tuple[str, str, int]]) -> Creances:
    columns: list[Any] = [[row[place] for row in told] for place in range(3)]
    return Creances.of(
        len(told),
        officine=np.array(columns[0], dtype="S9"),
        facture=np.array(columns[1], dtype=f"S{max(map(len, columns[1]), default=1)}"),
        part=np.array(columns[2], dtype=np.int8),
    )


@given(rows, rows, rows)
def test_rows_of_one_number_are_all_there_however_they_came(first, second, third):
    """
    Every row whose officine, number and share stand twice, whether they came at once or in three times.
    """
    every = [*first, *second, *third]
    wanted = [row for row, one in enumerate(every) if every.count(one) > 1]
    assert wanted == Semblables.of(table(every)).rangs.tolist()
    come = Semblables.of(table(first)).after(table([*first, *second])).after(table(every))
    assert wanted == come.rangs.tolist()
