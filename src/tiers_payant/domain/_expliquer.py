"""The one door of explanations: what is asked about, and who answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiers_payant.domain._codes import Sujet
from tiers_payant.domain._creance import Creance
from tiers_payant.domain._exceptions import Constat
from tiers_payant.domain._explication import Explication
from tiers_payant.domain._explique_creance import explain_creance
from tiers_payant.domain._explique_reponse import explain_groupe, explain_reponse
from tiers_payant.domain._explique_virement import explain_virement
from tiers_payant.domain._reperes import Repere, repere_of

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["explained"]

_BY_SUJET = {
    Sujet.CREANCE: explain_creance,
    Sujet.REPONSE: explain_reponse,
    Sujet.GROUPE: explain_groupe,
    Sujet.VIREMENT: explain_virement,
}


def explained(result: Rapprochement, what: Creance | Repere | Constat | str) -> Explication:
    """Explain one thing of *result*.

    Raises:
        ColumnError: It has no such thing.
    """
    repere = repere_of(result, what)
    return _BY_SUJET[repere.sujet](result, repere.rang)
