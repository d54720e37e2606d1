"""The cascade: factures to créances, answers to créances, groups to bank lines, then states and balance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Book,
    Creances,
    EtatVirement,
    LiensReponses,
    LiensVirements,
    Part,
    Payeurs,
    Propositions,
    Rapprochement,
    Recherche,
    Reponse,
    Tables,
    Totaux,
    load_payeurs,
    net_cents,
    paid_answers,
    paid_moves,
)
from tiers_payant.errors import Location, Problem
from tiers_payant.matching._candidats import unique_both_ways
from tiers_payant.matching._classes import equal_classes
from tiers_payant.matching._creances import billed, refused_lots
from tiers_payant.matching._debiteurs import open_creances
from tiers_payant.matching._etats import facts_of, states
from tiers_payant.matching._groupes import Banque, bank_of, candidates, in_period
from tiers_payant.matching._partiels import LIBELLES_PARTIELS, Partiels, labelled, settle_partials, settle_splits
from tiers_payant.matching._passes import PASSES, Contexte, Passe
from tiers_payant.matching._passes_reponses import REPONSES, PasseReponse, with_orphans
from tiers_payant.matching._passes_sans_retour import SANS_RETOUR, SansRetour
from tiers_payant.matching._passes_sommes import SOMMES, Somme, open_pairs, settle_sums
from tiers_payant.matching._politique import MatchPolicy
from tiers_payant.matching._propositions import Questions, proposals
from tiers_payant.matching._reponses import PASSES_REPONSES, Answers, answered, rejected_rows
from tiers_payant.matching._retransmissions import retransmissions
from tiers_payant.matching._sans_retour import Ouvertes, credited, settle_directs

__all__ = ["reconcile"]

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

    Returns:
        Every créance with its dû, annoncé, crédité and state, every bank line with its own, in balance to the cent.

    Raises:
        PolicyError: The policy has windows of a payer that the table does not know.
        LawError: The result does not balance: a defect of the library, never of the input.
    """
    tables, policy = book.tables, policy or MatchPolicy()
    dues = billed(tables)
    answers = with_orphans(tables, dues, answered(tables, dues), policy, reponses)
    payeurs = payeurs or load_payeurs()
    banque = bank_of(tables, payeurs, policy)
    contexte = Contexte(tables, banque)
    alone = _settle(contexte, passes)
    pairs = open_pairs(contexte, alone)
    labels = labelled(contexte, pairs.edges)
    alone = LiensVirements.concat([alone, settle_splits(contexte, labels)])
    questions = proposals(contexte, alone)
    par_sommes = settle_sums(contexte, alone, pairs, questions.pairs, policy, sommes)
    liens = LiensVirements.concat([alone, par_sommes.liens])
    partiels = settle_partials(contexte, liens, labels, questions, par_sommes, policy)
    liens = LiensVirements.concat([liens, partiels.liens])
    open_questions = Propositions.concat([questions.listed, partiels.questions])
    short = _mask(partiels.liens.groupe, len(tables.groupes))
    paid = paid_answers(tables, liens, short, partiels.ventilations)
    moved = paid_moves(tables, liens, short, partiels.ventilations)
    creances = _states(tables, dues.creances, answers.liens, paid, short, open_questions)
    etats = _bank_states(banque, questions, open_questions, liens, partiels)
    rejected, rows = rejected_rows(tables, dues, answers)
    spoken_of = np.concatenate([rejected, answers.propositions.creance])
    ouvertes = Ouvertes(
        creances=open_creances(tables, creances, answers.liens, spoken_of),
        by_amo=dues.amc_is_amo,
        lignes=~np.isin(etats, (EtatVirement.EXPLIQUE, EtatVirement.PARTIEL)),
        libres=(etats == EtatVirement.INEXPLIQUE) & ~par_sommes.virements_pris,
    )
    directs = settle_directs(contexte, creances, ouvertes, policy, sans_retour)
    creances = credited(creances, directs.liens)
    etats[directs.propositions.virement] = EtatVirement.PROPOSE
    etats[directs.liens.virement] = EtatVirement.EXPLIQUE
    unsearched = (par_sommes.hors_budget | directs.hors_budget) & (etats == EtatVirement.INEXPLIQUE)
    return Rapprochement(
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
        totaux=_totals(tables, creances, answers, paid, moved, partiels, etats),
        ventilations=partiels.ventilations,
        problems=(
            *book.problems,
            *dues.problems,
            *answers.problems(tables),
            *_told(tables, ~banque.argent, "LIGNES_NON_COMPTABILISEES"),
            *_told(tables, questions.unlisted, "CANDIDATS_TROP_NOMBREUX"),
            *_told(tables, unsearched, "SOMMES_HORS_BUDGET"),
        ),
        passes={
            **PASSES_REPONSES,
            **{passe.nom: passe.libelle for passe in reponses},
            **{passe.nom: passe.libelle for passe in passes},
            **{somme.nom: somme.libelle for somme in sommes},
            **LIBELLES_PARTIELS,
            **{passe.nom: passe.libelle for passe in sans_retour},
        },
        payeurs=payeurs,
        recherche_virements=_searched(questions.unlisted, unsearched),
    ).verify()


def _settle(contexte: Contexte, passes: Sequence[Passe]) -> LiensVirements:
    """Run the passes: each judges its whole graph before it consumes anything."""
    tables = contexte.tables
    found_on_net = candidates(tables, contexte.banque, net_cents(tables))
    edges = found_on_net.edges
    found, classes = [], 0
    for passe in passes:
        believed = edges.where(passe.believed(contexte, edges))
        near = in_period(tables, contexte.banque, believed) if passe.in_period else None
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
        edges = edges.where(~np.isin(edges.left, left) & ~np.isin(edges.right, right))
    return LiensVirements.concat(found)


def _states(
    tables: Tables,
    creances: Creances,
    liens: LiensReponses,
    paid: Mask,
    short: Mask,
    asked: Propositions,
) -> Creances:
    faits = facts_of(tables, creances, liens, paid)
    refused = refused_lots(tables, creances) & (faits.derniere < 0)
    rejected = (faits.derniere == Reponse.REJETEE) | refused
    unpaid = rejected & (faits.credite <= 0)
    chain = retransmissions(
        tables, creances, unpaid, np.where(refused, creances.lot_date.astype(np.int64), faits.derniere_le)
    )
    replaced = _mask(chain.left, len(creances))
    following = np.full(len(creances), -1, dtype=np.int32)
    following[chain.left] = chain.right
    group_of = tables.reponses.groupe[liens.reponse]
    to_confirm = _inside(group_of, _mask(asked.groupe, len(tables.groupes)))
    untold = _inside(group_of, short) & ~paid[liens.reponse]
    proposed, left = (_mask(liens.creance[rows], len(creances)) for rows in (to_confirm, untold))
    result = states(creances, faits, replaced, refused, proposed, left)
    return result.with_columns(remplacee_par=following)


def _mask(rows: npt.NDArray[np.integer], length: int) -> Mask:
    mask = np.zeros(length, dtype=np.bool_)
    mask[rows] = True
    return mask


def _bank_states(
    banque: Banque, questions: Questions, asked: Propositions, settled: LiensVirements, partiels: Partiels
) -> npt.NDArray[np.int8]:
    """In scope is a line with a known payer, a typed reference or a candidate; the rest is not ours to explain."""
    named = [texte.payeur is not None or texte.typed for texte in banque.textes]
    found = np.where(
        (np.array(named, dtype=np.bool_) & banque.argent) | questions.unlisted,
        EtatVirement.INEXPLIQUE,
        EtatVirement.HORS_PERIMETRE,
    )
    found[asked.virement] = EtatVirement.PROPOSE
    found[settled.virement] = EtatVirement.EXPLIQUE
    found[partiels.untold.virement] = EtatVirement.PARTIEL
    return found.astype(np.int8)


def _searched(unlisted: Mask, unsearched: Mask) -> npt.NDArray[np.int8]:
    """Say of each bank line how far its candidates were searched."""
    too_many = np.where(unlisted, Recherche.CANDIDATS_TROP_NOMBREUX, Recherche.ENTIERE)
    return np.where(unsearched, Recherche.HORS_BUDGET, too_many).astype(np.int8)


def _totals(
    tables: Tables,
    creances: Creances,
    answers: Answers,
    paid: Mask,
    moves: Mask,
    partiels: Partiels,
    etats: npt.NDArray[np.int8],
) -> Totaux:
    insurers = creances.part != Part.ASSURE
    moved = tables.mouvements.montant_cents[moves]
    orphans = tables.reponses.annonce_cents[paid & ~answers.placed]
    amounts = tables.virements.montant_cents
    return Totaux(
        du_cents=int(creances.du_cents[insurers & (creances.remplacee_par < 0)].sum()),
        annonce_cents=int(creances.annonce_cents[insurers].sum()),
        credite_cents=int(creances.credite_cents[insurers].sum()),
        mouvements_cents=int(moved.sum()),
        retenu_cents=int(np.minimum(moved, 0).sum()),
        non_ventile_cents=int(orphans.sum() + partiels.untold.cents.sum()),
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
