"""Answers whose key is no facture's: recognised without the lot date, or by beneficiary, amount, date and payer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    LiensReponses,
    Part,
    PassReponseSpec,
    PropositionsReponses,
    Tables,
    text_codes,
)
from tiers_payant.matching._appariement import ABSENT, Cle, pair_cascade
from tiers_payant.matching._candidats import LISTED, Edges
from tiers_payant.matching._creances import Dues
from tiers_payant.matching._demandes import Demandes, gathered
from tiers_payant.matching._politique import MatchPolicy
from tiers_payant.matching._reponses import Answers

__all__ = ["REPONSES", "with_orphans"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


_SAME_CARE = ("officine", "payeur", "nir", "naissance", "cents")

REPONSES = (
    PassReponseSpec(
        name="cle_sans_date",
        label="le lot, la facture, le payeur et le montant ne désignent qu'une part, sous une autre date de lot",
        egales=("officine", "lot", "facture", "payeur", "cents"),
        jour="reponse_date",
    ),
    PassReponseSpec(
        name="beneficiaire_lot",
        label="le bénéficiaire, le payeur, le montant et la date du lot ne désignent qu'une part et qu'une réponse",
        egales=_SAME_CARE,
        jour="lot_date",
    ),
    PassReponseSpec(
        name="beneficiaire_periode",
        label="le bénéficiaire, le payeur, le montant et la période ne désignent qu'une part et qu'une réponse",
        egales=_SAME_CARE,
        jour="seule_date",
    ),
)


def with_orphans(
    tables: Tables, dues: Dues, answers: Answers, policy: MatchPolicy, passes: Sequence[PassReponseSpec] = REPONSES
) -> Answers:
    """Link the answers whose key is no facture's, where one of *passes* recognises their share.

    Every share of an insurer is a candidate, those that have their answer too: they are rivals, and what fits them
    alone is proposed. A share without AMC number is a candidate for the AMO and for any AMC, and never settled by both.
    No answer is about a share that was not sent yet. Equal shares answered by as many answers that all say the same are
    a class.
    """
    if not answers.orphelines.any() or not passes:
        return answers
    asked = gathered(tables, answers)
    creances = dues.creances
    fits = creances.part != Part.ASSURE
    if all("cents" in passe.egales for passe in passes):  # the sieve of most books
        fits &= np.isin(creances.du_cents, asked.colonnes["cents"])
    rows, twice = np.flatnonzero(fits), np.flatnonzero(fits & dues.sans_amc)
    payers = np.where((creances.part == Part.AMO) | dues.amc_is_amo, Part.AMO, Part.AMC).astype(np.int64)[rows]
    rows, payers = np.append(rows, twice), np.append(payers, np.full(len(twice), int(Part.AMC)))
    shares = {**_shares(tables, dues, rows, asked), "payeur": payers}
    found = pair_cascade(shares, asked.colonnes, [_key(passe, policy) for passe in passes])
    names = np.array([passe.name.encode() for passe in passes])
    free = np.ones(len(creances), dtype=np.bool_)
    free[answers.liens.creance] = False
    pairs = Edges(rows[found.gauche], found.droite)
    open_ends = free[pairs.left] & (np.bincount(pairs.left, minlength=len(free))[pairs.left] == 1)
    open_ends &= _sent_before(creances.lot_date, asked.colonnes["reponse_date"], pairs)
    sure = _of_one_voice(found.classe, open_ends, asked.dit[found.droite])
    told, of_told = _every_pair(pairs.where(~sure), found.classe[~sure], found.passe[~sure])
    unsure = Edges.concat([told, Edges(rows[found.questions.left], found.questions.right)])
    of_key = np.concatenate([of_told, found.questions_passe])
    return answers.completed(
        _links(tables, asked, pairs.where(sure), names[found.passe[sure]], found.classe[sure]),
        _questions(tables, asked, unsure, names[of_key]),
    )


def _shares(tables: Tables, dues: Dues, rows: Rows, asked: Demandes) -> dict[str, Rows]:
    """Return what these créances have in common with answers, and complete the columns of the answers with theirs."""
    creances, factures = dues.creances.take(rows), tables.factures.take(dues.creances.facture_rang[rows])
    answers = tables.reponses.take(asked.premieres)
    texts = {name: (getattr(creances, name), getattr(answers, name)) for name in ("officine", "lot", "facture")}
    texts |= {name: (getattr(factures, name), getattr(answers, name)) for name in ("nir", "naissance", "amc")}
    shares = {
        "cents": creances.du_cents,
        "lot_date": np.where(np.isnat(creances.lot_date), ABSENT, creances.lot_date.astype(np.int64)),
    }
    shares["reponse_date"] = shares["seule_date"] = shares["lot_date"]
    for name, sides in texts.items():
        codes = text_codes(sides)
        shares[name], asked.colonnes[name] = (
            np.where(side == b"", ABSENT, code) for side, code in zip(sides, codes, strict=True)
        )
    asked.colonnes["facture"] = np.where(asked.autres_personnes, ABSENT, asked.colonnes["facture"])
    return shares


def _sent_before(sent: npt.NDArray[np.datetime64], answered: Rows, pairs: Edges) -> Mask:
    """Say of each pair whether its share was sent when the answer was given, as far as both days are told."""
    day = np.where(np.isnat(sent), ABSENT, sent.astype(np.int64))[pairs.left]
    told = answered[pairs.right]
    return np.asarray((told == ABSENT) | (day <= told), dtype=np.bool_)


def _key(passe: PassReponseSpec, policy: MatchPolicy) -> Cle:
    told = passe.jour == "lot_date"
    return Cle(
        nom=passe.name,
        egales=passe.egales,
        jour=passe.jour,
        avant=policy.lot_jours if told else 0,
        apres=policy.lot_jours if told else policy.reponse_jours,
        classes=True,
    )


def _of_one_voice(classes: Rows, free: Mask, said: Rows) -> Mask:
    """Say of each pair whether its share has no answer yet and, in a class, whether all answers say the same."""
    size = int(classes.max(initial=0)) + 1
    least, most = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)
    heard = np.where(free, said, -1)
    np.minimum.at(least, classes, heard)
    np.maximum.at(most, classes, heard)
    one = (least == most) & (least >= 0)
    return np.where(classes > 0, one[classes], free)


def _every_pair(pairs: Edges, classes: Rows, of_key: npt.NDArray[np.int8]) -> tuple[Edges, npt.NDArray[np.int8]]:
    """Return the pairs that are not settled, and every pair that a class which is not stands for."""
    alone = classes == 0
    edges, keys = [pairs.where(alone)], [of_key[alone]]
    for number in np.unique(classes[~alone]).tolist():
        members = classes == number
        count = int(members.sum())
        if count <= LISTED:
            edges.append(Edges(np.repeat(pairs.left[members], count), np.tile(pairs.right[members], count)))
            keys.append(np.repeat(of_key[members], count))
    return Edges.concat(edges), np.concatenate(keys)


def _links(
    tables: Tables, asked: Demandes, pairs: Edges, names: npt.NDArray[np.bytes_], classes: Rows
) -> LiensReponses:
    counts = np.diff(asked.debuts)[pairs.right]
    creances, answers = asked.answers_of(pairs)
    return LiensReponses.of(
        len(answers),
        creance=creances.astype(np.int32),
        reponse=answers.astype(np.int32),
        cents=tables.reponses.annonce_cents[answers],
        passe=np.repeat(names, counts),
        classe=np.repeat(classes, counts),
    )


def _questions(tables: Tables, asked: Demandes, pairs: Edges, names: npt.NDArray[np.bytes_]) -> PropositionsReponses:
    rivals = _others(pairs.left) + _others(pairs.right)
    counts = np.diff(asked.debuts)[pairs.right]
    creances, answers = asked.answers_of(pairs)
    return PropositionsReponses.of(
        len(answers),
        creance=creances.astype(np.int32),
        reponse=answers.astype(np.int32),
        cents=tables.reponses.annonce_cents[answers],
        passe=np.repeat(names, counts),
        motif=np.repeat(np.where(rivals > 0, b"AMBIGU", b"DEJA_REPONDUE"), counts),
        rivaux=np.repeat(rivals, counts),
    )


def _others(ends: Rows) -> Rows:
    """Return how many other pairs each end has."""
    return np.bincount(ends)[ends] - 1 if len(ends) else ends
