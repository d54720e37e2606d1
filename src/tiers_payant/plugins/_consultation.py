"""Every hook asked once, to know beforehand what would fail."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pluggy

from tiers_payant.errors import TiersPayantError
from tiers_payant.plugins._rapprochement import calendriers_of, passes_of
from tiers_payant.plugins._sorties import exports_of, indicateurs_of, journaux_of
from tiers_payant.plugins.manager import (
    codes_rejets_of,
    controles_of,
    formats_of,
    modeles_of,
    operateurs_of,
    payeurs_of,
    rendus_of,
)
from tiers_payant.plugins.relances import annuaire_of, gates_of, politiques_of

__all__ = ["Refus", "consult"]

_ASKING: dict[str, Callable[[pluggy.PluginManager], object]] = {
    "tiers_payant_annuaires": annuaire_of,
    "tiers_payant_calendriers": calendriers_of,
    "tiers_payant_codes_rejets": codes_rejets_of,
    "tiers_payant_controles": controles_of,
    "tiers_payant_exports": exports_of,
    "tiers_payant_formats": formats_of,
    "tiers_payant_gates": gates_of,
    "tiers_payant_indicateurs": indicateurs_of,
    "tiers_payant_journaux": journaux_of,
    "tiers_payant_modeles": modeles_of,
    "tiers_payant_operateurs": operateurs_of,
    "tiers_payant_passes": passes_of,
    "tiers_payant_payeurs": payeurs_of,
    "tiers_payant_politiques": politiques_of,
    "tiers_payant_rendus": rendus_of,
}
"""What puts the answers to each hook together."""


@attrs.frozen(kw_only=True)
class Refus:
    """A hook from which nothing can be concluded."""

    hook: str
    raison: str
    """In English, as the error that whoever needs the hook would meet."""


def consult(manager: pluggy.PluginManager) -> tuple[Refus, ...]:
    """Ask every hook once, and return those that refuse; what is set aside is told by the manager."""
    found = []
    for hook in sorted(_ASKING):
        try:
            _ASKING[hook](manager)
        except TiersPayantError as error:
            found.append(Refus(hook=hook, raison=str(error)))
    return tuple(found)
