"""The cascade: factures to créances, answers to créances, groups to bank lines, then states and balance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Book,
    Creances,
    Decision,
    EtatVirement,
    LiensReponses,
    LiensVirements,
    Part,
    Payeurs,
    Rapprochement,
    Reponse,
    Tables,
    Totaux,
    load_payeurs,
)
from tiers_payant.errors import Location, Problem
from tiers_payant.matching._candidats import unique_both_ways, without_ends
from tiers_payant.matching._canonique import in_order
from tiers_payant.matching._classes import equal_classes
from tiers_payant.matching._creances import billed, refused_lots
from tiers_payant.matching._debiteurs import open_creances
from tiers_payant.matching._decisions import decided
from tiers_payant.matching._etats import facts_of, states
from tiers_payant.matching._executeur import Avancement, reconcile_with
from tiers_payant.matching._groupes import Banque, bank_of, candidates, in_period, net_cents
from tiers_payant.matching._passes import PASSES, Contexte, Passe
from tiers_payant.matching._passes_reponses import REPONSES, PasseReponse, with_orphans
from tiers_payant.matching._passes_sans_retour import SANS_RETOUR, SansRetour
from tiers_payant.matching._passes_sommes import SOMMES, Somme, settle_sums
from tiers_payant.matching._politique import MatchPolicy
from tiers_payant.matching._propositions import Questions, proposals
from tiers_payant.matching._reglages import Reglages
from tiers_payant.matching._reponses import Answers, answered, rejected_rows
from tiers_payant.matching._retransmissions import retransmissions
from tiers_payant.matching._sans_retour import Ouvertes, credited, settle_directs

__all__ = ["reconcile", "reconcile_tables"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def reconcile(
    book: Book,
    *,
    policy: MatchPolicy | None = None,
    payeurs: Payeurs | None = None,
    reponses: Sequence[PasseReponse] = REPONSES,
    passes: Sequence[Passe] = PASSES,
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
        told = reconcile_tables(book.tables, reglages)
    else:
        told = reconcile_with(executor, reconcile_tables, book.tables, reglages, progress)
    return attrs.evolve(told, problems=(*book.problems, *told.problems))


def reconcile_tables(tables: Tables, reglages: Reglages) -> Rapprochement:
    """Reconcile *tables*, as `reconcile` does; the problems are those of the matching alone."""
    policy, passes = reglages.policy, reglages.passes
    dues = billed(tables)
    answers = with_orphans(tables, dues, answered(tables, dues), policy, reglages.reponses)
    banque = bank_of(tables, reglages.payeurs)
    tranche = decided(tables, banque, reglages.decisions)
    contexte = Contexte(tables, banque, tranche)
    alone = _settle(contexte, passes, policy)
    questions = proposals(contexte, alone, policy)
    par_sommes = settle_sums(contexte, alone, questions.pairs, policy, reglages.sommes)
    liens = LiensVirements.concat([alone, par_sommes.liens])
    open_questions = questions.listed
    creances = _states(tables, dues.creances, answers.liens, liens.groupe, open_questions.groupe)
    etats = _bank_states(banque, liens.virement, questions)
    rejected, rows = rejected_rows(tables, dues, answers)
    spoken_of = np.concatenate([rejected, answers.propositions.creance])
    ouvertes = Ouvertes(
        creances=open_creances(tables, creances, answers.liens, spoken_of),
        by_amo=dues.amc_is_amo,
        lignes=etats != EtatVirement.EXPLIQUE,
        libres=(etats == EtatVirement.INEXPLIQUE) & ~par_sommes.reclamees,
    )
    directs = settle_directs(contexte, creances, ouvertes, policy, reglages.sans_retour)
    creances = credited(creances, directs.liens)
    etats[directs.propositions.virement] = EtatVirement.PROPOSE
    etats[directs.liens.virement] = EtatVirement.EXPLIQUE
    unsearched = (par_sommes.hors_budget | directs.hors_budget) & (etats == EtatVirement.INEXPLIQUE)
    result = Rapprochement(
        tables=tables,
        creances=creances,
        liens_reponses=answers.liens,
        liens_virements=liens,
        propositions=open_questions,
        liens_directs=directs.liens,
        propositions_directes=directs.propositions,
        propositions_reponses=answers.propositions,
        rejets_creances=rejected,
        rejets_rangs=rows,
        etats_virements=etats,
        totaux=_totals(tables, creances, answers, liens, etats),
        problems=(
            *dues.problems,
            *answers.problems(tables),
            *tranche.problems,
            *_told(tables, ~banque.argent, "LIGNES_NON_COMPTABILISEES"),
            *_told(tables, questions.unlisted, "CANDIDATS_TROP_NOMBREUX"),
            *_told(tables, unsearched, "SOMMES_HORS_BUDGET"),
        ),
    )
    return in_order(result).verify()


def _settle(contexte: Contexte, passes: Sequence[Passe], policy: MatchPolicy) -> LiensVirements:
    """Run the passes after what people decided: each judges its whole graph before it consumes anything."""
    tables, decided_links = contexte.tables, contexte.tranche.liens
    found_on_net = contexte.tranche.offered(candidates(tables, contexte.banque, net_cents(tables), policy))
    edges = without_ends(found_on_net.edges, decided_links.groupe, decided_links.virement)
    found, classes = [decided_links], 0
    for passe in passes:
        believed = edges.where(passe.believed(contexte, edges))
        near = in_period(tables, believed, policy) if passe.in_period else None
        pairs = found_on_net.judged(believed.where(unique_both_ways(believed, near)))
        equals, numbers = equal_classes(found_on_net, believed, near)
        left, right = np.concatenate([pairs.left, equals.left]), np.concatenate([pairs.right, equals.right])
        found.append(
            LiensVirements.of(
                len(left),
                groupe=left.astype(np.int32),
                virement=right.astype(np.int32),
                cents=tables.virements.montant_cents[right],
                passe=np.full(len(left), passe.nom.encode()),
                classe=np.concatenate([np.zeros(len(pairs), dtype=np.int64), numbers + classes]),
            )
        )
        classes += len(np.unique(numbers))
        edges = without_ends(edges, left, right)
    return LiensVirements.concat(found)


def _states(
    tables: Tables,
    creances: Creances,
    liens: LiensReponses,
    settled: npt.NDArray[np.int32],
    asked: npt.NDArray[np.int32],
) -> Creances:
    groups = len(tables.groupes)
    faits = facts_of(tables, creances, liens, _mask(settled, groups))
    refused = refused_lots(tables, creances) & (faits.derniere < 0)
    rejected = (faits.derniere == Reponse.REJETEE) | refused
    unpaid = rejected & (faits.credite <= 0)
    chain = retransmissions(
        tables, creances, unpaid, np.where(refused, creances.lot_date.astype(np.int64), faits.derniere_le)
    )
    replaced = _mask(chain.left, len(creances))
    following = np.full(len(creances), -1, dtype=np.int32)
    following[chain.left] = chain.right
    to_confirm = _inside(tables.reponses.groupe[liens.reponse], _mask(asked, groups))
    proposed = _mask(liens.creance[to_confirm], len(creances))
    result = states(creances, faits, replaced, refused, proposed)
    return result.with_columns(remplacee_par=following)


def _mask(rows: npt.NDArray[np.integer], length: int) -> Mask:
    mask = np.zeros(length, dtype=np.bool_)
    mask[rows] = True
    return mask


def _bank_states(banque: Banque, settled: npt.NDArray[np.int32], questions: Questions) -> npt.NDArray[np.int8]:
    """In scope is a line with a known payer, a typed reference or a candidate; the rest is not ours to explain."""
    named = [texte.payeur is not None or texte.typed for texte in banque.textes]
    found = np.where(
        (np.array(named, dtype=np.bool_) & banque.argent) | questions.unlisted,
        EtatVirement.INEXPLIQUE,
        EtatVirement.HORS_PERIMETRE,
    )
    found[questions.listed.virement] = EtatVirement.PROPOSE
    found[settled] = EtatVirement.EXPLIQUE
    return found.astype(np.int8)


def _totals(
    tables: Tables, creances: Creances, answers: Answers, liens: LiensVirements, etats: npt.NDArray[np.int8]
) -> Totaux:
    insurers = creances.part != Part.ASSURE
    settled = _mask(liens.groupe, len(tables.groupes))
    moved = tables.mouvements.montant_cents[_inside(tables.mouvements.groupe, settled)]
    orphans = tables.reponses.annonce_cents[_inside(tables.reponses.groupe, settled) & ~answers.placed]
    amounts = tables.virements.montant_cents
    return Totaux(
        du_cents=int(creances.du_cents[insurers & (creances.remplacee_par < 0)].sum()),
        annonce_cents=int(creances.annonce_cents[insurers].sum()),
        credite_cents=int(creances.credite_cents[insurers].sum()),
        mouvements_cents=int(moved.sum()),
        retenu_cents=int(np.minimum(moved, 0).sum()),
        non_ventile_cents=int(orphans.sum()),
        propose_cents=int(amounts[etats == EtatVirement.PROPOSE].sum()),
        inexplique_cents=int(amounts[etats == EtatVirement.INEXPLIQUE].sum()),
        virements_cents=int(amounts[etats != EtatVirement.HORS_PERIMETRE].sum()),
    )


def _inside(groups: npt.NDArray[np.int32], kept: Mask) -> Mask:
    """Tell which rows point to a group of the mask *kept*; those that point to none do not."""
    return (groups >= 0) & kept[groups] if len(kept) else np.zeros(len(groups), dtype=np.bool_)


def _told(tables: Tables, lines: Mask, code: str) -> list[Problem]:
    """One problem for each file that holds some of these bank *lines*."""
    sources, counts = np.unique(tables.virements.source[lines], return_counts=True)
    return [
        Problem(code=code, at=Location(file=tables.file_of(source)), params={"nombre": count})
        for source, count in zip(sources.tolist(), counts.tolist(), strict=True)
    ]
