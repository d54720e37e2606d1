"""Actions before they have their place, and the order that gives them one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from tiers_payant.domain import (
    Acteur,
    Actions,
    CreancesActions,
    Famille,
    FicheFamille,
    MouvementsActions,
    PlanActions,
    Preuve,
    RejetsActions,
)
from tiers_payant.rejets._limites import Limite

__all__ = ["Brouillon", "ordered"]


@attrs.frozen(kw_only=True)
class Brouillon:
    """An action before it has its place."""

    id: str
    famille: Famille
    officine: str
    payeur: str = ""
    cause: str
    cents: int = 0
    attendu_cents: int = 0
    factures: int = 0
    preuve: Preuve = Preuve.AUCUNE
    indice: str = ""
    autres: frozenset[Famille] = frozenset()
    operateurs: frozenset[str] = frozenset()
    limite: Limite | None = None
    creances: tuple[tuple[int, int], ...] = ()
    """Rows of `creances`, each with what is still owed of it."""
    rejets: tuple[int, ...] = ()
    mouvements: tuple[int, ...] = ()


def ordered(
    drafts: Sequence[Brouillon], fiches: Mapping[Famille, FicheFamille], today: dt.date, *, closed: int
) -> PlanActions:
    """Put drafts in their order, as columns."""

    def place(draft: Brouillon) -> tuple[bool, float, dt.date, str]:
        fiche = fiches[draft.famille]
        waits = fiche.acteur is Acteur.PERSONNE
        worth = 0.0 if waits else draft.attendu_cents / max(fiche.minutes, 1)
        return waits, -worth, draft.limite.le if draft.limite else dt.date.max, draft.id

    placed = sorted(drafts, key=place)
    waiting = [fiches[draft.famille].acteur is Acteur.PERSONNE for draft in placed]
    limites = [draft.limite for draft in placed]
    actions = Actions.of(
        len(placed),
        id=[draft.id for draft in placed],
        famille=[int(draft.famille) for draft in placed],
        officine=[draft.officine for draft in placed],
        payeur=[draft.payeur for draft in placed],
        cause=[draft.cause for draft in placed],
        rang=[0 if waits else rank for rank, waits in enumerate(waiting, start=1)],
        cents=[draft.cents for draft in placed],
        attendu_cents=[draft.attendu_cents for draft in placed],
        minutes=[fiches[draft.famille].minutes for draft in placed],
        creances=[len(draft.creances) for draft in placed],
        factures=[draft.factures for draft in placed],
        rejets=[len(draft.rejets) for draft in placed],
        preuve=[int(draft.preuve) for draft in placed],
        indice=[draft.indice for draft in placed],
        autres=[" ".join(sorted(one.name for one in draft.autres - {draft.famille})) for draft in placed],
        le=np.array([limite.le if limite else None for limite in limites], dtype="datetime64[D]"),
        jours=[limite.jours if limite else 0 for limite in limites],
        unite=[limite.unite if limite else "" for limite in limites],
        echeance=[int(limite.nature) if limite else 0 for limite in limites],
        niveau=[int(limite.niveau) if limite else 0 for limite in limites],
        regle=[limite.regle if limite else "" for limite in limites],
        reference=[limite.reference if limite else "" for limite in limites],
        confiance=[limite.confiance if limite else "" for limite in limites],
        operateurs=["\n".join(sorted(draft.operateurs)) for draft in placed],
        patient=[fiches[draft.famille].patient for draft in placed],
    )
    creances = [(row, *pair) for row, draft in enumerate(placed) for pair in draft.creances]
    return PlanActions(
        actions=actions,
        creances=CreancesActions.of(
            len(creances),
            action=[row for row, _, _ in creances],
            creance=[creance for _, creance, _ in creances],
            cents=[cents for _, _, cents in creances],
        ),
        rejets=RejetsActions.of(**_pairs(placed, "rejets", "rejet")),
        mouvements=MouvementsActions.of(**_pairs(placed, "mouvements", "mouvement")),
        rejets_clos=closed,
        fiches=fiches,
        today=today,
    )


def _pairs(drafts: Sequence[Brouillon], name: str, column: str) -> dict[str, list[int]]:
    pairs = [(row, one) for row, draft in enumerate(drafts) for one in getattr(draft, name)]
    return {"action": [row for row, _ in pairs], column: [one for _, one in pairs]}
