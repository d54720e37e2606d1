"""The cascade: factures to créances, answers to créances, groups to bank lines, then states and balance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor

import attrs
import numpy as np

from tiers_payant.domain import (
    Book,
    Decision,
    EtatVirement,
    PassReponseSpec,
    PassSpec,
    Payeurs,
    Rapprochement,
    Tables,
    load_payeurs,
)
from tiers_payant.matching._bornes import check_sums
from tiers_payant.matching._canonique import in_order
from tiers_payant.matching._conclusions import bank_states, searched, states_of, totals
from tiers_payant.matching._creances import billed
from tiers_payant.matching._debiteurs import open_creances
from tiers_payant.matching._decisions import decided
from tiers_payant.matching._executeur import Avancement, reconcile_with
from tiers_payant.matching._groupes import bank_of
from tiers_payant.matching._par_fichier import told_by_file
from tiers_payant.matching._passes import PASSES, Contexte
from tiers_payant.matching._passes_reponses import REPONSES, with_orphans
from tiers_payant.matching._passes_sans_retour import SANS_RETOUR, SansRetour
from tiers_payant.matching._passes_sommes import SOMMES, Somme
from tiers_payant.matching._politique import MatchPolicy
from tiers_payant.matching._reglages import Reglages
from tiers_payant.matching._reglements import settle_groups
from tiers_payant.matching._reponses import answered, rejected_rows
from tiers_payant.matching._sans_retour import Ouvertes, credited, settle_directs

__all__ = ["reconcile", "reconcile_tables"]


def reconcile(
    book: Book,
    *,
    policy: MatchPolicy | None = None,
    payeurs: Payeurs | None = None,
    reponses: Sequence[PassReponseSpec] = REPONSES,
    passes: Sequence[PassSpec] = PASSES,
    sommes: Sequence[Somme] = SOMMES,
    sans_retour: Sequence[SansRetour] = SANS_RETOUR,
    decisions: Iterable[Decision] = (),
    executor: Executor | None = None,
    progress: Avancement | None = None,
) -> Rapprochement:
    """Reconcile what was billed, what was announced and what the bank shows.

    Args:
        book: The facts.
        policy: The windows; `MatchPolicy()` when not given.
        payeurs: Who pays behind the names of bank lines; the library's own table when not given.
        reponses: How the share of an answer is recognised when no facture has its key, in order.
        passes: How a group's credit is recognised, in order.
        sommes: How several groups in one credit, or several credits for one group, are recognised; after the passes,
            and all together.
        sans_retour: How a credit that no return announces is recognised, in order; after everything else.
        decisions: What people decided: their ties come first, and a pair that they refused is nobody's candidate. Those
            that cannot be followed are told as problems.
        executor: Where to match batches of officines: threads, processes, or any executor of `concurrent.futures`, such
            as a cluster's; here and whole when not given. The result is the same. To processes, everything given is
            sent: passes must then be functions of a module.
        progress: Told how many batches are done, and of how many, where there is an executor.

    Returns:
        Every créance with its dû, annoncé, crédité and state, every bank line with its own, in balance to the cent.

    Raises:
        ColumnError: Amounts whose sum is beyond int64.
        PassError: What is given as a pass is none, or two have one name; or one failed.
        PolicyError: The policy has windows of a payer that the table does not know.
        LawError: The result does not balance: a defect of the library, never of the input.
        BatchError: A batch failed where *executor* put it, or its worker died.
    """
    reglages = Reglages(
        policy=policy or MatchPolicy(),
        payeurs=payeurs or load_payeurs(),
        reponses=reponses,
        passes=passes,
        sommes=sommes,
        sans_retour=sans_retour,
        decisions=decisions,
    )
    if executor is None:
        result = reconcile_tables(book.tables, reglages)
    else:
        result = reconcile_with(executor, reconcile_tables, book.tables, reglages, progress)
    return attrs.evolve(result, problems=(*book.problems, *result.problems))


def reconcile_tables(tables: Tables, reglages: Reglages) -> Rapprochement:
    """Reconcile *tables*, as `reconcile` does; the problems are those of the matching alone."""
    check_sums(tables)
    dues = billed(tables)
    answers = with_orphans(tables, dues, answered(tables, dues), reglages.policy, reglages.reponses)
    banque = bank_of(tables, reglages.payeurs, reglages.policy)
    tranche = decided(tables, banque, reglages.decisions)
    contexte = Contexte(tables, banque, tranche, answers.unanswered(dues))
    regles = settle_groups(contexte, reglages)
    creances = states_of(tables, dues.creances, answers.liens, regles)
    etats = bank_states(banque, regles)
    rejected, rows = rejected_rows(tables, dues, answers)
    spoken_of = np.concatenate([rejected, answers.propositions.creance])
    ouvertes = Ouvertes(
        creances=open_creances(tables, creances, answers.liens, spoken_of),
        by_amo=dues.amc_is_amo,
        lignes=~np.isin(etats, (EtatVirement.EXPLIQUE, EtatVirement.PARTIEL)),
        libres=(etats == EtatVirement.INEXPLIQUE) & ~regles.virements_pris,
    )
    directs = settle_directs(contexte, creances, ouvertes, reglages.policy, reglages.sans_retour)
    creances = credited(creances, directs.liens)
    etats[directs.propositions.virement] = EtatVirement.PROPOSE
    etats[directs.liens.virement] = EtatVirement.EXPLIQUE
    unsearched = (regles.hors_budget | directs.hors_budget) & (etats == EtatVirement.INEXPLIQUE)
    sources = tables.virements.source
    result = Rapprochement(
        tables=tables,
        creances=creances,
        liens_reponses=answers.liens,
        liens_virements=regles.liens,
        propositions=regles.propositions,
        liens_directs=directs.liens,
        propositions_directes=directs.propositions,
        propositions_reponses=answers.propositions,
        rejets_creances=rejected,
        rejets_rangs=rows,
        etats_virements=etats,
        totaux=totals(tables, creances, answers, regles, etats),
        ventilations=regles.ventilations,
        problems=(
            *dues.problems,
            *answers.problems(tables),
            *contexte.tranche.problems,
            *told_by_file(tables, sources[~banque.argent], "LIGNES_NON_COMPTABILISEES"),
            *told_by_file(tables, sources[regles.foules], "CANDIDATS_TROP_NOMBREUX"),
            *told_by_file(tables, sources[unsearched], "SOMMES_HORS_BUDGET"),
        ),
        passes=reglages.libelles,
        passes_fournies=reglages.fournies,
        payeurs=reglages.payeurs,
        recherche_virements=searched(regles.foules, unsearched),
    )
    return in_order(result).verify()
