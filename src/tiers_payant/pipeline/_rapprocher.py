"""A book to a result: the payers that plugins and files tell, then the matching."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from pathlib import Path

import pluggy

from tiers_payant import matching
from tiers_payant.domain import Book, Decision, PassReponseSpec, PassSpec, Payeurs, Rapprochement, read_payeurs
from tiers_payant.matching import (
    SANS_RETOUR,
    SOMMES,
    MatchPolicy,
    SansRetour,
    Somme,
)
from tiers_payant.plugins import build_manager, passes_of, payeurs_of

__all__ = ["reconcile"]


def reconcile(
    book: Book,
    *,
    policy: MatchPolicy | None = None,
    payeurs: Payeurs | str | Path | Iterable[str | Path] = (),
    manager: pluggy.PluginManager | None = None,
    reponses: Sequence[PassReponseSpec] | None = None,
    passes: Sequence[PassSpec] | None = None,
    sommes: Sequence[Somme] = SOMMES,
    sans_retour: Sequence[SansRetour] = SANS_RETOUR,
    decisions: Iterable[Decision] = (),
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Rapprochement:
    """Reconcile what was billed, what was announced and what the bank shows.

    Args:
        book: The facts.
        policy: The windows; `MatchPolicy()` when not given.
        payeurs: TOML files of payers that complete and replace those of the plugins (how-to "Bring your payers"); or
            the whole table, and then nothing else is asked.
        manager: The plugins to ask for payers and passes; the built-in ones when not given.
        reponses: How the share of an answer is recognised when no facture has its key, in order: ours, then those of
            plugins, when not given.
        passes: How a group's credit is recognised, in order: ours, then those of plugins, when not given.
        sommes: How several groups in one credit, or several credits for one group, are recognised.
        sans_retour: How a credit that no return announces is recognised, in order.
        decisions: What people decided on proposals: it comes before any pass.
        executor: Where to match, officines batched (how-to "Many officines"); the result is the same.
        progress: With an executor, called with how many batches are done, and how many there are.

    Returns:
        Every créance with its dû, annoncé, crédité and state, every bank line with its own, in balance to the cent.

    Raises:
        SourceError: A file of payers cannot be opened.
        LayoutError: A file holds no payers, or two entries claim one text on the same day.
        PolicyError: The policy has windows of a payer that the table does not know.
        PassError: A pass failed, or did not give back what it must; the plugin that brings it is named.
        BatchError: A batch failed where *executor* put it, or its worker died.
        LawError: The result does not balance: a defect of the library, never of the input.
    """
    plugins = manager or build_manager()
    brought = passes_of(plugins)
    return matching.reconcile(
        book,
        policy=policy,
        payeurs=payeurs if isinstance(payeurs, Payeurs) else _payers(plugins, payeurs),
        reponses=brought.reponses if reponses is None else reponses,
        passes=brought.virements if passes is None else passes,
        sommes=sommes,
        sans_retour=sans_retour,
        decisions=decisions,
        executor=executor,
        progress=progress,
    )


def _payers(manager: pluggy.PluginManager, paths: str | Path | Iterable[str | Path]) -> Payeurs:
    files = [paths] if isinstance(paths, str | Path) else list(paths)
    more = [payeur for file in files for payeur in read_payeurs(file)]
    return payeurs_of(manager).with_payeurs(more)
