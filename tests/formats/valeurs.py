"""What hypothesis draws for the fields of any layout: values that a field can hold and give back."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from tiers_payant.formats._layout import Field, Record, layout_names, load_layout
from tiers_payant.plugins.conformance.strategies import jours

__all__ = ["RECORDS", "columns_of", "record_of", "values_of"]

RECORDS = [(name, code) for name in layout_names() for code in load_layout(name).records]
"""Name of the layout and code of the record: all that the package ships, so that a new layout is tested by itself."""


def record_of(name: str, code: str) -> Record:
    return load_layout(name).records[code]


def values_of(field: Field) -> st.SearchStrategy[Any]:
    """Values that a field can hold and give back."""
    width = field.width
    match field.type:
        case "entier" | "cents":
            return st.integers(0, 10**width - 1)
        case "cents_signes":
            return st.integers(-(10**width) + 1, 10**width - 1)
        case "date":
            return jours() if field.required else st.one_of(st.none(), jours())
        case "signe":
            return st.sampled_from([-1, 1])
        case "chiffres":
            digits = st.text("0123456789", min_size=width, max_size=width).map(str.encode)
            return digits if field.required else st.one_of(st.just(b""), digits)
        case _:
            letters = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=width)
            return letters.map(lambda text: text.encode("latin-1").rstrip(b" \0"))


@st.composite
def columns_of(draw: st.DrawFn, record: Record, size: int) -> dict[str, npt.NDArray[Any]]:
    """Columns of *size* values, one for each field that is no constant."""
    drawn = {
        field.id: draw(st.lists(values_of(field), min_size=size, max_size=size))
        for field in record.fields
        if field.type != "constante"
    }
    return {
        name: np.array(values, dtype="datetime64[D]") if record.field(name).type == "date" else np.asarray(values)
        for name, values in drawn.items()
    }
