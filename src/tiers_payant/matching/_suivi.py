"""A book followed day by day: new files touch the officines that they are about, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import attrs

from tiers_payant.domain import (
    Book,
    Choix,
    Decision,
    Delta,
    Lecture,
    Payeurs,
    Rapprochement,
    Tables,
    Totaux,
    load_payeurs,
)
from tiers_payant.matching._cascade import reconcile
from tiers_payant.matching._decisions import LIBELLES
from tiers_payant.matching._ecarts import changes
from tiers_payant.matching._partiels import LIBELLES_PARTIELS
from tiers_payant.matching._passes import PASSES
from tiers_payant.matching._passes_sans_retour import SANS_RETOUR
from tiers_payant.matching._passes_sommes import SOMMES
from tiers_payant.matching._politique import MatchPolicy
from tiers_payant.matching._registre import Etape, Registre, atom_of, cut_readings

__all__ = ["Suivi", "suivre"]

_EVIDENCE = {
    **{passe.name: passe.label for passe in (*PASSES, *SOMMES, *SANS_RETOUR)},
    **LIBELLES_PARTIELS,
    **LIBELLES,
}


@attrs.frozen(eq=False, repr=False)
class Suivi:
    """All that was read so far, and what is concluded of it, part by part. It never changes: each step gives another.

    Made by `suivre`. What it concludes is what `reconcile` concludes of all its readings at once, in whatever order and
    in however many steps they came.
    """

    _registre: Registre

    def __repr__(self) -> str:
        return f"<Suivi of {len(self.lectures)} readings in {len(self._registre.parties)} parts>"

    @property
    def lectures(self) -> tuple[Lecture, ...]:
        """All that was read, as it came."""
        return self._registre.lectures

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What people decided."""
        return self._registre.decisions

    @property
    def totaux(self) -> Totaux:
        """The totals of the whole book."""
        return self._registre.totaux

    @cached_property
    def book(self) -> Book:
        """The facts of all readings, each once; built when it is asked for."""
        return Book.from_lectures(self.lectures)

    @cached_property
    def result(self) -> Rapprochement:
        """The full reconciliation, with its problems; a full run, made when it is asked for."""
        own = self._registre
        return reconcile(self.book, policy=own.policy, payeurs=own.payeurs, decisions=own.decisions)

    def apply(self, lectures: Iterable[Lecture]) -> tuple[Suivi, Delta]:
        """Return the follow-up with new readings, and what they change.

        Only the officines that the new rows are about are judged again, and those tied to them by an account or by a
        return. Where a bank line stands on an account that not exactly one officine claims, it may be any officine's:
        the whole book is then judged again, and so until the account is told.

        Args:
            lectures: What was read of the new files, as `read_lectures` gives it; the same file again changes nothing.
        """
        return self._told(_applied(self._registre, tuple(lectures)))

    def decide(self, decisions: Iterable[Decision]) -> tuple[Suivi, Delta]:
        """Return the follow-up under these decisions, all of them, and what that changes.

        Only the officines of the bank lines that some decision newly names, or names no more, are judged again.
        """
        given = tuple(decisions)
        changed = {name for one in set(given) ^ set(self.decisions) for name in one.virements}
        atomes = self._registre.atomes
        touched = frozenset(atomes[atom] for atom in map(atom_of, changed) if atom in atomes)
        return self._told(attrs.evolve(self._registre, decisions=given).stepped(None, touched))

    def _told(self, etape: Etape) -> tuple[Suivi, Delta]:
        after = Suivi(etape.registre)
        refused = {pair for one in after.decisions if one.choix is Choix.REFUSER for pair in one.paires}
        totals = self.totaux, after.totaux
        return after, changes(etape.avant, etape.apres, totals, _EVIDENCE, frozenset(refused))


def _applied(before: Registre, news: tuple[Lecture, ...]) -> Etape:
    tables = Tables.concat([lecture.tables for lecture in news])
    attaches = before.attaches.with_tables(tables)
    registre = before.with_lectures(news, attaches)
    if before.attaches.entier and not attaches.entier:  # accounts are known at last: everything is cut anew
        return registre.recut()
    coupe = cut_readings(tables, news, attaches, len(before.lectures), len(before.sources))
    return registre.stepped(coupe, frozenset())


def suivre(
    lectures: Iterable[Lecture] = (),
    *,
    policy: MatchPolicy | None = None,
    payeurs: Payeurs | None = None,
    decisions: Iterable[Decision] = (),
) -> Suivi:
    """Begin to follow a book: read once what is there, then `Suivi.apply` what comes.

    Args:
        lectures: What was read, as `read_lectures` gives it.
        policy: The windows; `MatchPolicy()` when not given.
        payeurs: Who pays behind the names of bank lines; the library's own table when not given.
        decisions: What people decided; see `Suivi.decide`.
    """
    empty = Registre(policy=policy or MatchPolicy(), payeurs=payeurs or load_payeurs(), decisions=tuple(decisions))
    return Suivi(_applied(empty, tuple(lectures)).registre)
