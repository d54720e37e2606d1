"""Records that are known by name only: no layout reads them, and they are not strangers either."""

from __future__ import annotations

from collections.abc import Mapping

from tiers_payant.formats._layout import Layout

__all__ = ["problem_of"]


def problem_of(layout: Layout, code: str) -> tuple[str, Mapping[str, str]]:
    """Return the problem to tell of a record that *layout* cannot read, and what fills its words.

    The table `sans_layout` of a layout names records of which no position, or no length, is known. One that holds
    amounts of its own is more than an information: they are missing from what was read.
    """
    known = layout.extra.get("sans_layout", {}).get(code)
    if known is None:
        return "ENREGISTREMENT_INCONNU", {"code": code}
    problem = "ENREGISTREMENT_MONTANTS_NON_LUS" if known.get("montants") else "ENREGISTREMENT_SANS_LAYOUT"
    nom = ", ".join(filter(None, (known.get("nom", ""), known["label"])))
    return problem, {"code": code, "nom": nom}
