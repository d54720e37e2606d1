"""Pass one, the exact key: which answer is about which créance."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    AMC_SENDERS,
    AMO_SENDERS,
    Creances,
    LiensReponses,
    Part,
    PropositionsReponses,
    Rejets,
    Reponses,
    Tables,
    facture_codes,
    row_codes,
)
from tiers_payant.errors import Problem
from tiers_payant.matching._creances import Dues
from tiers_payant.matching._par_fichier import told_by_file

__all__ = [
    "EXACTE",
    "PASSES_REPONSES",
    "Answers",
    "answered",
    "rejected_rows",
    "sender_shares",
]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

EXACTE = b"cle_exacte"
"""Name of the first pass."""
_NOWHERE = -1

PASSES_REPONSES = {EXACTE.decode(): "l'officine, la date et le numéro du lot, et le numéro de facture sont les mêmes"}
"""What each pass from answers to créances means, in French."""


@attrs.frozen(eq=False)
class Answers:
    """The links found, and what became of the other answers."""

    liens: LiensReponses
    orphelines: Mask
    """Answers whose key is no facture's, and that nothing else placed."""
    sans_part: Mask
    """Answers whose facture is known, but not the share that they are about: it is not billed."""
    ambigues: Mask
    """Answers whose facture is known, and of which nobody can say which share they are about."""
    autres_personnes: Mask
    """Orphans at first: their key is a facture's, and of somebody else's."""
    propositions: PropositionsReponses = attrs.field(factory=PropositionsReponses.empty)

    @property
    def placed(self) -> Mask:
        """For each answer, whether its cents found a créance."""
        return ~self.orphelines & ~self.sans_part & ~self.ambigues

    def unanswered(self, dues: Dues) -> Creances:
        """Return the shares of insurers that no answer is about; as one too, both of a facture that the AMO owes."""
        creances = dues.creances
        waiting = creances.part != Part.ASSURE
        waiting[self.liens.creance] = False
        both = (dues.amo_of >= 0) & _owed_by_amo(dues.amc_of, dues)
        amo, amc = dues.amo_of[both], dues.amc_of[both]
        pairs = waiting[amo] & waiting[amc]
        amo, amc = amo[pairs], amc[pairs]
        whole = creances.take(amo).with_columns(du_cents=creances.du_cents[amo] + creances.du_cents[amc])
        return Creances.concat([creances.take(waiting), whole])

    def completed(self, liens: LiensReponses, propositions: PropositionsReponses) -> Answers:
        """Return these answers with more links, of orphans, and what is proposed for the other orphans."""
        orphans = self.orphelines.copy()
        orphans[liens.reponse] = False
        liens = LiensReponses.concat([self.liens, liens])
        return attrs.evolve(self, liens=liens, orphelines=orphans, propositions=propositions)

    def problems(self, tables: Tables) -> list[Problem]:
        """Tell the answers that found no créance, file by file."""
        told = {
            "REPONSES_SANS_FACTURE": (self.orphelines & ~self.autres_personnes) | self.sans_part,
            "REPONSES_AMBIGUES": self.ambigues,
            "REPONSES_AUTRE_ASSURE": self.orphelines & self.autres_personnes,
        }
        sources = tables.reponses.source
        return [one for code, rows in told.items() for one in told_by_file(tables, sources[rows], code)]


@attrs.frozen(eq=False)
class _Asked:
    """For each row: the créances that its sender was asked to pay, -1 for none, and whether nobody can say."""

    amo: Rows
    amc: Rows
    unsure: Mask

    @property
    def count(self) -> Rows:
        return np.where(self.unsure, 0, (self.amo >= 0).astype(np.int64) + (self.amc >= 0))


def answered(tables: Tables, dues: Dues) -> Answers:
    """Link each answer to the créances that it is about.

    An answer that names no share is about every share that its sender was asked for. Where two are, its amount is
    shared out only if it is nothing, or the sum of what they owe; otherwise it is ambiguous, told, and changes no
    state.
    """
    reponses, due = tables.reponses, dues.creances.du_cents
    factures = _factures_of(tables, reponses)
    others = _other_persons(tables, factures)
    factures = np.where(others, _NOWHERE, factures)
    asked = _asked(tables, reponses, factures, dues)
    unnamed = reponses.part == Part.NON_PRECISEE
    only = np.where(asked.count == 1, np.maximum(asked.amo, asked.amc), _NOWHERE)
    one = np.where(unnamed, only, _by_part(reponses, factures, dues))
    both = unnamed & (asked.count == 2)
    split = both & _covers_both(reponses, asked, due)
    rows, pairs = np.flatnonzero(one >= 0), np.flatnonzero(split)
    sides = [side[pairs] for side in (asked.amo, asked.amc)]
    paid = reponses.annonce_cents[pairs] != 0
    placed, ambiguous = (one >= 0) | split, unnamed & (asked.unsure | (both & ~split))
    return Answers(
        liens=LiensReponses.of(
            creance=np.concatenate([one[rows], *sides]).astype(np.int32),
            reponse=np.concatenate([rows, pairs, pairs]).astype(np.int32),
            cents=np.concatenate([reponses.annonce_cents[rows], *(np.where(paid, due[side], 0) for side in sides)]),
            passe=np.full(len(rows) + 2 * len(pairs), EXACTE),
        ),
        orphelines=~placed & ~ambiguous & (factures < 0),
        sans_part=~placed & ~ambiguous & (factures >= 0),
        ambigues=ambiguous,
        autres_personnes=others,
    )


def _factures_of(tables: Tables, rows: Reponses | Rejets) -> Rows:
    """Return the facture that each row names, or -1."""
    if not len(tables.factures) or not len(rows):
        return np.full(len(rows), _NOWHERE, dtype=np.int64)
    known, asked = facture_codes([tables.factures, rows])
    order = np.argsort(known, kind="stable")
    places = np.searchsorted(known[order], asked)
    places[places == len(known)] = 0
    found = order[places]
    return np.where(known[found] == asked, found, _NOWHERE)


def _other_persons(tables: Tables, factures: Rows) -> Mask:
    """Say of each answer whether the facture of its key is of another insured, born on another day.

    Whoever typed the number swapped two digits, and hit a neighbour's. An NIR alone may change, and a birth date be
    written in another order: both must differ, and be told on both sides.
    """
    reponses, billed = tables.reponses, tables.factures
    other = np.zeros(len(reponses), dtype=np.bool_)
    rows = np.flatnonzero(factures >= 0)
    for mine, theirs in ((reponses.nir, billed.nir), (reponses.naissance, billed.naissance)):
        said, known = mine[rows], theirs[factures[rows]]
        rows = rows[(said != known) & (said != b"") & (known != b"")]
    same = reponses.nir[rows] == billed.nir_beneficiaire[factures[rows]]
    other[rows[~same]] = True
    return other


def _by_part(reponses: Reponses, factures: Rows, dues: Dues) -> Rows:
    """Return the créance of the share that each row names, or -1."""
    amo, amc = _at(dues.amo_of, factures), _at(dues.amc_of, factures)
    return np.where(reponses.part == Part.AMO, amo, np.where(reponses.part == Part.AMC, amc, _NOWHERE))


def _at(values: Rows, places: Rows) -> Rows:
    """Return the values at *places*, -1 where the place is -1."""
    return np.where(places >= 0, values[places], _NOWHERE) if len(values) else places


def _asked(tables: Tables, rows: Reponses | Rejets, factures: Rows, dues: Dues) -> _Asked:
    """Return what each row's sender was asked for: its own share, and the AMC share when the AMO owes it.

    A sender of neither list was asked for the only share billed, if there is but one; else nobody can say.
    """
    amo, amc = _at(dues.amo_of, factures), _at(dues.amc_of, factures)
    by_amo = _owed_by_amo(amc, dues)
    pays = sender_shares(tables, rows)
    is_amo, is_amc = pays == Part.AMO, pays == Part.AMC
    return _Asked(
        amo=np.where(is_amc, _NOWHERE, amo),
        amc=np.where((is_amo & ~by_amo) | (is_amc & by_amo), _NOWHERE, amc),
        unsure=~is_amo & ~is_amc & (amo >= 0) & (amc >= 0) & ~by_amo,
    )


def _owed_by_amo(amc: Rows, dues: Dues) -> Mask:
    return (amc >= 0) & dues.amc_is_amo[amc] if len(dues.amc_is_amo) else np.zeros(len(amc), dtype=np.bool_)


def _covers_both(reponses: Reponses, asked: _Asked, due: Rows) -> Mask:
    total = due[asked.amo] + due[asked.amc] if len(due) else np.zeros(len(reponses), dtype=np.int64)
    covered: Mask = (reponses.annonce_cents == 0) | (reponses.annonce_cents == total)
    return covered


def sender_shares(tables: Tables, rows: Reponses | Rejets) -> npt.NDArray[np.int64]:
    """Return which `Part` the sender of each row pays, NON_PRECISEE when it may be either."""
    senders = tables.retours.emetteur_type
    sender = np.where(rows.retour >= 0, senders[rows.retour], b"") if len(senders) else np.full(len(rows), b"")
    kinds = [np.isin(sender, AMO_SENDERS), np.isin(sender, AMC_SENDERS)]
    return np.select(kinds, [int(Part.AMO), int(Part.AMC)], default=int(Part.NON_PRECISEE))


def rejected_rows(tables: Tables, dues: Dues, answers: Answers) -> tuple[Rows, Rows]:
    """Return the pairs (créance, row of `rejets`): to which shares each reject line applies.

    `C` is the AMC share only; `O` the AMO share, and the AMC one when billed to the same debtor; a line that says
    neither is about every share that its sender was asked for.
    """
    rejets = tables.rejets
    factures = _with_found(tables, dues, answers, _factures_of(tables, rejets))
    asked = _asked(tables, rejets, factures, dues)
    amo, amc = _at(dues.amo_of, factures), _at(dues.amc_of, factures)
    amc_only, amo_first = rejets.part == b"C", rejets.part == b"O"
    of_amo = np.where(amc_only, _NOWHERE, np.where(amo_first, amo, asked.amo))
    shared = np.where(_owed_by_amo(amc, dues), amc, _NOWHERE)
    of_amc = np.where(amc_only, amc, np.where(amo_first, shared, asked.amc))
    of_amo[asked.unsure & ~amc_only & ~amo_first] = of_amc[asked.unsure & ~amc_only & ~amo_first] = _NOWHERE
    rows = [np.flatnonzero(side >= 0) for side in (of_amo, of_amc)]
    return np.concatenate([of_amo[rows[0]], of_amc[rows[1]]]), np.concatenate(rows)


def _with_found(tables: Tables, dues: Dues, answers: Answers, factures: Rows) -> Rows:
    """Return the facture of each reject line, that of an answer of the same key when the key is no facture's.

    A key that answers about several people bear, all numbers lost, says nothing of a reject line, which names nobody.
    """
    lost = np.flatnonzero(factures == _NOWHERE)
    found = answers.liens.take((answers.liens.passe != EXACTE) & (answers.liens.classe == 0))
    if not len(lost) or not len(found):
        return factures
    keyless = tables.reponses.take(np.concatenate([found.reponse.astype(np.int64), np.flatnonzero(answers.orphelines)]))
    known, asked = facture_codes([keyless, tables.rejets.take(lost)])
    (people,) = row_codes([(keyless.nir, keyless.naissance)])
    keys, counts = np.unique(np.unique(np.stack([known, people]), axis=1)[0], return_counts=True)
    named = known[: len(found)]
    alone = ~np.isin(named, keys[counts > 1])
    ranks = dues.creances.facture_rang[found.creance]
    facture_of = dict(zip(named[alone].tolist(), ranks[alone].tolist(), strict=True))
    completed = factures.copy()
    completed[lost] = [facture_of.get(code, _NOWHERE) for code in asked.tolist()]
    return completed
