"""The plan: one action for all that one correction mends, in the order of expected euros per minute of work."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Accreditations,
    ClassementRejets,
    Echeances,
    Famille,
    FicheFamille,
    Operateurs,
    PlanActions,
    Rapprochement,
    Regles,
    facture_codes,
    load_fiches,
    load_regles,
)
from tiers_payant.rejets._brouillons import Brouillon, ordered
from tiers_payant.rejets._causes import Groupe, grouped
from tiers_payant.rejets._indus import indus_of
from tiers_payant.rejets._limites import Limites
from tiers_payant.rejets._ouvertes import Motivee, open_shares, wrongly_refused
from tiers_payant.rejets._verdicts import SURS, check_classement, return_days, verdict_of, verdicts

__all__ = ["plan"]


def plan(
    result: Rapprochement,
    classement: ClassementRejets,
    echeances: Echeances,
    *,
    today: dt.date,
    fiches: Mapping[Famille, FicheFamille] | None = None,
    regles: Regles | None = None,
    operateurs: Operateurs | None = None,
    accreditations: Accreditations | None = None,
) -> PlanActions:
    """Say what to do about every reject, short payment, withholding and refused lot of *result*.

    Every open share is in exactly one action, with what is still owed of it, and the shares of a facture that are of
    one family are in one action. Every reject line is in an action, or counted in `rejets_clos`: a line about a share
    that is not known here joins the action of its facture and family, or makes one without créance, worth nothing until
    somebody finds the share.

    Args:
        result: The reconciliation.
        classement: What each of its reject lines means.
        echeances: The deadlines of its créances.
        today: The day that deadlines are counted from.
        fiches: What is known of each family, as `load_fiches` gives it with your own figures; the library's when None.
        regles: The rules that *echeances* name, for their references; the library's when None.
        operateurs: Who billed what, when the software says so.
        accreditations: Which factures an AMC vouched for: those it refused for their rights are `AMC_TORT`.

    Raises:
        ColumnError: *classement* is not that of these rejects.
    """
    check_classement(result, classement)
    known = load_fiches() if fiches is None else fiches
    named = operateurs.of(result.tables.factures) if operateurs else []
    planner = _Planner(result, classement, Limites(echeances, regles or load_regles()), known, named)
    motivees = open_shares(result, verdicts(result, classement))
    if accreditations is not None:
        motivees = wrongly_refused(result, motivees, accreditations)
    drafts = [*planner.with_strangers(list(planner.of_shares(motivees))), *planner.of_movements()]
    return ordered(drafts, known, today, closed=len(result.tables.rejets) - len(_rows(drafts, "rejets")))


class _Planner:
    """What drafts are made from."""

    def __init__(
        self,
        result: Rapprochement,
        classement: ClassementRejets,
        limites: Limites,
        fiches: Mapping[Famille, FicheFamille],
        operateurs: Sequence[str],
    ) -> None:
        self.result = result
        self.classement = classement
        self.limites = limites
        self.fiches = fiches
        self.operateurs = operateurs

    def of_shares(self, shares: Iterable[Motivee]) -> Iterable[Brouillon]:
        """Draft an action for each group of open shares."""
        motivees = {one.ouverte.creance: one for one in shares}
        lines: dict[int, set[int]] = defaultdict(set)
        for creance, line in zip(self.result.rejets_creances.tolist(), self.result.rejets_rangs.tolist(), strict=True):
            lines[creance].add(line)
        for groupe in grouped(self.result, [one.ouverte for one in motivees.values()]):
            members = [motivees[one.creance] for one in groupe.ouvertes]
            rejets = {line for one in groupe.ouvertes for line in lines[one.creance]}
            yield self._of_group(groupe, members, tuple(sorted(rejets)))

    def _of_group(self, groupe: Groupe, members: Sequence[Motivee], rejets: tuple[int, ...]) -> Brouillon:
        # The surest evidence speaks for the group; of several, the first as text.
        preuve, indice = min((SURS.index(one.preuve), one.indice) for one in members)
        return Brouillon(
            id=f"{groupe.famille.name}:{groupe.nom}",
            famille=groupe.famille,
            officine=groupe.officine,
            payeur=groupe.payeur,
            cause=groupe.cause,
            cents=sum(one.cents for one in groupe.ouvertes),
            attendu_cents=sum(one.cents * self._hope(groupe.famille, one.creance) for one in groupe.ouvertes) // 100,
            factures=groupe.factures,
            preuve=SURS[preuve],
            indice=indice,
            autres=frozenset[Famille]().union(*(one.autres for one in members)),
            operateurs=self._operators(groupe),
            limite=self.limites.of_creances(one.creance for one in groupe.ouvertes),
            creances=tuple((one.creance, one.cents) for one in groupe.ouvertes),
            rejets=rejets,
        )

    def _operators(self, groupe: Groupe) -> frozenset[str]:
        if not self.operateurs:
            return frozenset()
        rows = self.result.creances.facture_rang[[one.creance for one in groupe.ouvertes]]
        return frozenset(self.operateurs[row] for row in rows.tolist() if row >= 0) - {""}

    def _hope(self, famille: Famille, creance: int) -> int:
        """Return how much is expected of a créance, in percent; no more than of a late one once it is out of time."""
        hope = self.fiches[famille].espoir
        return min(hope, self.fiches[Famille.FORCLUSION].espoir) if creance in self.limites.forclos else hope

    def with_strangers(self, drafts: Sequence[Brouillon]) -> Sequence[Brouillon]:
        """Add the lines that are about no share: to the action of their facture and family, or else an action each."""
        ours, theirs = facture_codes([self.result.creances, self.result.tables.rejets])
        held = {
            (ours[creance], draft.famille): rank for rank, draft in enumerate(drafts) for creance, _ in draft.creances
        }
        found = list(drafts)
        for draft in self._of_strangers(theirs):
            rank = held.get((theirs[draft.rejets[0]], draft.famille))
            if rank is None:
                found.append(draft)
            else:
                lines = tuple(sorted({*found[rank].rejets, *draft.rejets}))
                found[rank] = attrs.evolve(found[rank], rejets=lines, autres=found[rank].autres | draft.autres)
        return found

    def _of_strangers(self, factures: npt.NDArray[np.int64]) -> Iterable[Brouillon]:
        """Draft an action for each facture of which reject lines name a share that is not in this book."""
        table = self.result.tables.rejets
        known = np.zeros(len(table), dtype=np.bool_)
        known[self.result.rejets_rangs] = True
        lines: dict[int, list[int]] = defaultdict(list)
        for row in np.flatnonzero(~known).tolist():
            lines[int(factures[row])].append(row)
        days = return_days(self.result)
        for rows in lines.values():
            name = min(_facture_name(self.result, row) for row in rows)
            said = verdict_of(rows, days, self.classement)
            yield Brouillon(
                id=f"{said.famille.name}:{name}",
                famille=said.famille,
                officine=table.officine[rows[0]].decode("latin-1"),
                cause=f"facture:{name}",
                factures=1,
                preuve=said.preuve,
                indice=said.indice,
                autres=said.autres,
                rejets=tuple(rows),
            )

    def of_movements(self) -> Iterable[Brouillon]:
        """Draft an action for each return that withholds or claims."""
        hope = self.fiches[Famille.INDU].espoir
        for indu in indus_of(self.result.tables):
            yield Brouillon(
                id=f"{Famille.INDU.name}:{indu.officine}:{indu.marque}",
                famille=Famille.INDU,
                officine=indu.officine,
                cause=f"retour:{indu.marque}",
                cents=indu.cents,
                attendu_cents=indu.cents * hope // 100,
                indice="mouvement",
                limite=self.limites.of_mouvements(indu.mouvements),
                mouvements=indu.mouvements,
            )


def _facture_name(result: Rapprochement, row: int) -> str:
    line = result.tables.rejets.row(row)
    return f"{line['officine']}:{line['lot_date'] or ''}:{line['lot']}:{line['facture']}"


def _rows(drafts: Iterable[Brouillon], name: str) -> set[int]:
    return {row for draft in drafts for row in getattr(draft, name)}
