"""The outcome of a reconciliation: what is owed, announced, credited, and why."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain._codes import Etat
from tiers_payant.domain._creance import Creance
from tiers_payant.domain._explication import explain_creance
from tiers_payant.domain._lois import check_laws
from tiers_payant.domain._resultat import (
    Creances,
    LiensDirects,
    LiensReponses,
    LiensVirements,
    Propositions,
    PropositionsDirectes,
    PropositionsReponses,
)
from tiers_payant.domain._sommaire import summary_of
from tiers_payant.domain.tables import Tables
from tiers_payant.errors import Problem

__all__ = ["Rapprochement", "Totaux"]


@attrs.frozen(kw_only=True)
class Totaux:
    """Sums over insurers' créances and in-scope bank lines, in cents.

    `virements_cents = credite_cents + mouvements_cents + non_ventile_cents + propose_cents + inexplique_cents`, debits
    counted negative. A share billed again counts once in `du_cents`: with its new facture.
    """

    du_cents: int
    annonce_cents: int
    credite_cents: int
    mouvements_cents: int
    """Movements of the groups that a bank line settled, signed."""
    retenu_cents: int
    """The negative part of these movements."""
    non_ventile_cents: int
    """Money of settled groups that no créance can take: its facture is unknown, or its share is not told."""
    propose_cents: int
    inexplique_cents: int
    virements_cents: int

    @classmethod
    def sum(cls, totals: Iterable[Totaux]) -> Totaux:
        """Return the sums of several runs about different officines."""
        every = list(totals)
        return cls(**{field.name: sum(getattr(one, field.name) for one in every) for field in attrs.fields(cls)})

    @property
    def ecart_cents(self) -> int:
        """What the balance misses: 0, or a law is broken."""
        explained = self.credite_cents + self.mouvements_cents + self.non_ventile_cents
        return self.virements_cents - explained - self.propose_cents - self.inexplique_cents


@attrs.frozen(kw_only=True, repr=False)
class Rapprochement:
    """What became of every créance and of every bank line."""

    tables: Tables
    creances: Creances
    liens_reponses: LiensReponses
    liens_virements: LiensVirements
    propositions: Propositions
    rejets_creances: npt.NDArray[np.int64]
    """For each pair of `rejets_rangs`, the créance that the reject is about."""
    rejets_rangs: npt.NDArray[np.int64]
    """Rows of `tables.rejets`."""
    etats_virements: npt.NDArray[np.int8]
    """`EtatVirement` of each row of `tables.virements`."""
    totaux: Totaux
    liens_directs: LiensDirects = attrs.field(factory=LiensDirects.empty)
    propositions_directes: PropositionsDirectes = attrs.field(factory=PropositionsDirectes.empty)
    propositions_reponses: PropositionsReponses = attrs.field(factory=PropositionsReponses.empty)
    problems: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        return f"<Rapprochement of {len(self.creances)} créances, {len(self.tables.virements)} bank lines>"

    def verify(self) -> Rapprochement:
        """Check the laws of conservation on this result, from its tables and links, without any other truth.

        The balance holds; no group and no bank line is settled twice; what links take of each settled line is its
        amount, and what they bring to each settled group is its net; what each créance received is what its settled
        answers announce and what bank lines without a return bring it; the totals are those of the rows.

        Returns:
            Itself, so that the call can be chained.

        Raises:
            LawError: A cent appeared, vanished or was used twice; the message says where.
        """
        check_laws(self)
        return self

    def count(self, etat: Etat) -> int:
        """Return how many créances are in a state."""
        return int((self.creances.etat == etat).sum())

    def summary(self) -> str:
        """Return what a pharmacist wants to know, in French, a few lines."""
        return summary_of(self)

    def explain(self, creance: Creance) -> str:
        """Say why a créance stands where it stands: its answers, its group, the bank line, or what is missing.

        Args:
            creance: One of `self.creances`, from the whole or from a part of them.

        Raises:
            ColumnError: This result has no such créance.
        """
        return explain_creance(self, creance)

    @cached_property
    def _rejets_by_creance(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for creance, row in zip(self.rejets_creances.tolist(), self.rejets_rangs.tolist(), strict=True):
            found.setdefault(creance, []).append(row)
        return found

    def rejets_of(self, row: int) -> list[tuple[str, str]]:
        """Return the code and the words of each reject line about the créance of that row, sorted."""
        rejets = self.tables.rejets
        rows = self._rejets_by_creance.get(row, [])
        return sorted({(rejets.code[row].decode("latin-1"), str(rejets.libelle[row])) for row in rows})
