"""The outcome of a reconciliation: what is owed, announced, credited, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain._calendrier import Calendrier
from tiers_payant.domain._codes import Etat, Sujet
from tiers_payant.domain._creance import Creance
from tiers_payant.domain._exceptions import Constat, Exceptions
from tiers_payant.domain._exceptions_faits import exceptions_of
from tiers_payant.domain._explication import Explication
from tiers_payant.domain._expliquer import explained
from tiers_payant.domain._infractions import Infraction
from tiers_payant.domain._lois import breaches_of, check_laws
from tiers_payant.domain._payeurs import Payeurs, load_payeurs
from tiers_payant.domain._reperes import Repere, Reperes, named
from tiers_payant.domain._resultat import (
    Creances,
    LiensDirects,
    LiensReponses,
    LiensVirements,
    Propositions,
    PropositionsDirectes,
    PropositionsReponses,
    Ventilations,
)
from tiers_payant.domain._sommaire import summary_of
from tiers_payant.domain._versements import net_cents, paid_answers, paid_moves, short_groups
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
    """Money of settled groups that no créance can take: its facture is unknown, or its share is not told; and that of
    partial transfers which do not say what they pay."""
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
    ventilations: Ventilations = attrs.field(factory=Ventilations.empty)
    problems: tuple[Problem, ...] = ()
    passes: Mapping[str, str] = attrs.field(factory=dict)
    """What each pass that links name means, in French."""
    passes_fournies: Mapping[str, tuple[str, str]] = attrs.field(factory=dict)
    """For each pass that a plugin brought, by its name, that plugin and its version; the library's own are not told."""
    payeurs: Payeurs = attrs.field(factory=load_payeurs)
    """Who pays behind the names of bank lines: the table that was used."""
    recherche_virements: npt.NDArray[np.int8] = attrs.field()
    """`Recherche` of each row of `tables.virements`: how far its candidates were searched."""

    @recherche_virements.default
    def _searched_in_full(self) -> npt.NDArray[np.int8]:
        return np.zeros(len(self.tables.virements), dtype=np.int8)

    def __repr__(self) -> str:
        return f"<Rapprochement of {len(self.creances)} créances, {len(self.tables.virements)} bank lines>"

    def verify(self) -> Rapprochement:
        """Check the laws on this result, from its tables and links, without any other truth.

        Links point to rows that exist, and tie nothing twice; the balance holds and totals are sums of rows; what links
        take of each settled line is its amount, what they bring to each settled group its net, or
        less for a partial transfer, whose parts are its group's and make its amount; what they take of each
        answer what it announces; each créance was announced and received what its links bring; classes are whole;
        nothing proposed is settled; each state is that of its amounts, links and chain.

        Returns:
            Itself, so that the call can be chained.

        Raises:
            LawError: A law does not hold; it names the law, the table, the rows and their identifiers.
        """
        check_laws(self)
        return self

    def breaches(self) -> tuple[Infraction, ...]:
        """Return every law that does not hold on this result, instead of raising: none, or the result is wrong."""
        return breaches_of(self)

    def count(self, etat: Etat) -> int:
        """Return how many créances are in a state."""
        return int((self.creances.etat == etat).sum())

    def summary(self) -> str:
        """Return what a pharmacist wants to know, in French, a few lines."""
        return summary_of(self)

    def exceptions(self, today: dt.date | None = None, calendrier: Calendrier | None = None) -> Exceptions:
        """Return what is worth a person's time, the most euros at risk first; ties in the order of keys.

        No subject stands twice. A créance that is announced in a transfer is not listed: its transfer is.

        Args:
            today: The day to judge lateness from; without it nothing is late.
            calendrier: The business calendar; that of metropolitan France when not given.
        """
        return exceptions_of(self, today, calendrier)

    def explain(self, what: Creance | Repere | Constat | str) -> Explication:
        """Say why a créance, an answer, an announced transfer or a bank line stands where it stands, and why not else.

        Args:
            what: One of `creances` (from the whole or from a part of them), of `reponses`, `groupes` or `virements`, an
                exception, or the identifier that an explanation or the JSON gives.

        Raises:
            ColumnError: This result has no such thing.
        """
        return explained(self, what)

    def named(self, name: str) -> list[Repere]:
        """Return what bears a name: the one thing of an identifier, or every share of a facture number."""
        return named(self, name)

    @property
    def reponses(self) -> Reperes:
        """The answers, as `explain` takes them, in the order of `tables.reponses`."""
        return Reperes(Sujet.REPONSE, len(self.tables.reponses))

    @property
    def groupes(self) -> Reperes:
        """The announced transfers, as `explain` takes them, in the order of `tables.groupes`."""
        return Reperes(Sujet.GROUPE, len(self.tables.groupes))

    @property
    def virements(self) -> Reperes:
        """The bank lines, as `explain` takes them, in the order of `tables.virements`."""
        return Reperes(Sujet.VIREMENT, len(self.tables.virements))

    @cached_property
    def net_groupes_cents(self) -> npt.NDArray[np.int64]:
        """What each announced transfer should credit: its announced lines and its signed movements. Cents."""
        return net_cents(self.tables)

    @cached_property
    def _short(self) -> npt.NDArray[np.bool_]:
        return short_groups(self.tables, self.liens_virements)

    @cached_property
    def reponses_versees(self) -> npt.NDArray[np.bool_]:
        """For each answer, whether a bank line pays it."""
        return paid_answers(self.tables, self.liens_virements, self._short, self.ventilations)

    @cached_property
    def mouvements_verses(self) -> npt.NDArray[np.bool_]:
        """For each movement, whether a bank line takes it into account."""
        return paid_moves(self.tables, self.liens_virements, self._short, self.ventilations)

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
