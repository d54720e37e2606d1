"""What speaks for a pair of an announced transfer and a bank line, and against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._libelles import Textes, announced, texts_of
from tiers_payant.domain._mots import jours_apres
from tiers_payant.domain._payeurs import Payeur

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["Temoins", "days_between", "payer_of", "witnesses"]


@attrs.frozen(kw_only=True)
class Temoins:
    """How one announced transfer and one bank line agree."""

    ecart_cents: int
    """Amount of the line less the net of the transfer."""
    jours: int | None
    """Days from the announcement to the booking; None when a date is not known."""
    libelle: str
    """The announced transfer label that the line holds; empty for none."""
    payeur: str
    """Who the line says pays; empty when nobody known."""
    payeur_convient: bool
    """Whether that payer pays the returns of this sender."""
    autre_date: bool
    """Whether the line dates its transfer on another day than the label does."""
    autre_compte: bool
    """Whether the account is claimed by another officine alone."""
    debit: bool = False
    """Whether the line takes money from the account."""

    def evidence(self) -> list[str]:
        """Say what agrees, in French."""
        said = [f"libellé « {self.libelle} » porté par le relevé"] if self.libelle else []
        said += [f"payeur nommé : {self.payeur}"] if self.payeur_convient else []
        said += [] if self.ecart_cents else ["montant égal au centime"]
        return [*said, self.passe_en_banque]

    @property
    def quand(self) -> str:
        """When the line was booked, from the announcement, in French."""
        return jours_apres(self.jours, "l'annonce")

    @property
    def passe_en_banque(self) -> str:
        """The same, with what the line does to the account."""
        return f"{'débité' if self.debit else 'crédité'} {self.quand}"

    def objections(self) -> list[str]:
        """Say what does not agree, in French, and by how much."""
        said = []
        if self.autre_compte:
            said.append("compte d'une autre officine")
        if self.ecart_cents:
            more = (self.ecart_cents > 0) != self.debit
            said.append(f"{format_cents(abs(self.ecart_cents))} de {'plus' if more else 'moins'}")
        if self.autre_date:
            said.append("la référence du relevé est d'un autre virement")
        if not self.payeur:
            said.append("aucun payeur connu n'est nommé")
        elif not self.payeur_convient:
            said.append(f"autre payeur nommé : {self.payeur}")
        return said


def witnesses(result: Rapprochement, groupe: int, line: int) -> Temoins:
    """Compare one group and one bank line."""
    groups, lines = result.tables.groupes, result.tables.virements
    text, sender = text_of(result, line), _sender(result, groupe)
    payeur = text.payeur
    labels = [str(groups.libelle_1[groupe]), str(groups.libelle_2[groupe])]
    return Temoins(
        ecart_cents=int(lines.montant_cents[line] - result.net_groupes_cents[groupe]),
        jours=days_between(groups.date[groupe], lines.date[line]),
        libelle="".join(labels) if text.holds_whole(announced(*labels)) else "",
        payeur=payeur.nom if payeur else "",
        payeur_convient=payeur is not None and sender in payeur.emetteurs,
        autre_date=text.denies(*labels),
        autre_compte=_owner(result, line) not in (b"", groups.officine[groupe]),
        debit=bool(lines.montant_cents[line] < 0),
    )


def text_of(result: Rapprochement, line: int) -> Textes:
    """Return what was read in the text of a bank line."""
    return texts_of(result.tables.virements.take(np.array([line])), result.payeurs)[0]


def payer_of(result: Rapprochement, line: int) -> Payeur | None:
    """Return who a bank line says pays, None when nobody known."""
    return text_of(result, line).payeur


def days_between(first: np.datetime64, then: np.datetime64) -> int | None:
    """Return the calendar days from one day to another; None when one is not known."""
    return None if np.isnat(first) or np.isnat(then) else int((then - first).astype(np.int64))


def _sender(result: Rapprochement, groupe: int) -> str:
    retour = int(result.tables.groupes.retour[groupe])
    return result.tables.retours.emetteur_type[retour].decode("latin-1") if retour >= 0 else ""


def _owner(result: Rapprochement, line: int) -> bytes:
    """Return the officine that alone claims the account of a line; empty for none, or several."""
    comptes = result.tables.comptes
    owners = np.unique(comptes.officine[comptes.compte == result.tables.virements.compte[line]])
    return bytes(owners[0]) if len(owners) == 1 else b""
