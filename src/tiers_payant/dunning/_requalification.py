"""Patient shares that somebody else may owe: another facture of the same person shows a cover that this one has not.

Nothing here is sure: it is to be looked at before a person is asked anything.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    CONTRAT_C2S,
    CONTRATS_PAYES_PAR_AMO,
    Etat,
    Factures,
    Part,
    Rapprochement,
    Requalifications,
    mixed,
    row_codes,
)

__all__ = ["JOURS", "requalifications"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Days = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

JOURS = 92
"""How many days apart the two factures may be, at most: a quarter. A choice, in no text."""

AMC_CONNUE, C2S_CONNUE, EXONERATION_CONNUE, PART_REJETEE = (
    b"AMC_CONNUE", b"C2S_CONNUE", b"EXONERATION_CONNUE", b"PART_REJETEE",
)  # fmt: skip

_NO_AMC = (b"", b"0000000000")
_C2S = CONTRAT_C2S.encode()
_PAID_BY_AMO = tuple(code.encode() for code in CONTRATS_PAYES_PAR_AMO)

_NOT_EXEMPT = (b"", b"0")
_EXEMPT_PERSON = (b"4", b"5", b"6", b"9")
"""Exemptions of a person, ALD, exempt insured, SNCF or RATP, FSV: another facture of theirs may have been exempt too.
Those of one care (3 particular care, 7 prevention, C CCAM) say nothing of another, and the meaning of 1 is not
published (list EXONERATION of the B2 layout)."""

_OVER = (Etat.RETRANSMISE, Etat.CREDITEE, Etat.REGLEE_COMPTOIR)


@attrs.frozen(kw_only=True, eq=False)
class _Cover:
    motif: bytes
    lacking: Mask
    """Factures without that cover."""
    showing: Mask
    """Factures that bear it."""


def requalifications(result: Rapprochement, jours: int = JOURS) -> Requalifications:
    """Return the patient shares still owed that somebody else may owe, with what shows it.

    `AMC_CONNUE`, `C2S_CONNUE` and `EXONERATION_CONNUE`: in the same officine, the same person (insured, birth date and
    rank, the first two being told) has a facture with a complementary insurer, with contract 89, or exempt, at most
    *jours* days before or after, and this one has nothing of the kind. The nearest one is given; the earlier of two,
    then the first by key. `PART_REJETEE`: an insurer's share of the same facture is rejected, and the patient's account
    does not hold it: what the patient owes may change.

    Returns:
        By créance, then in the order above; one row at most for each of them.
    """
    tables, creances = result.tables, result.creances
    rows = np.flatnonzero((creances.part == Part.ASSURE) & (creances.facture_rang >= 0))
    rows = rows[~np.isin(creances.etat[rows], _OVER)]
    if not len(rows):
        return _table(rows, [(PART_REJETEE, rows, rows)])
    rangs = creances.facture_rang[rows].astype(np.int64)
    words = mixed(_people(tables.factures))
    found = [(cover.motif, *_shown(tables.factures, words, rangs, cover, jours)) for cover in _covers(tables.factures)]
    refused = _refused(result, rows, rangs)
    found.append((PART_REJETEE, np.flatnonzero(refused), np.full(int(refused.sum()), -1, dtype=np.int64)))
    return _table(rows, found)


def _covers(factures: Factures) -> tuple[_Cover, ...]:
    nobody = np.isin(factures.amc, _NO_AMC)
    return (
        _Cover(motif=AMC_CONNUE, lacking=nobody & (factures.contrat == b""), showing=~nobody),
        _Cover(
            motif=C2S_CONNUE, lacking=~np.isin(factures.contrat, _PAID_BY_AMO), showing=factures.contrat == _C2S
        ),
        _Cover(
            motif=EXONERATION_CONNUE,
            lacking=np.isin(factures.exoneration, _NOT_EXEMPT),
            showing=np.isin(factures.exoneration, _EXEMPT_PERSON),
        ),
    )  # fmt: skip


def _shown(factures: Factures, words: Words, rangs: Rows, cover: _Cover, jours: int) -> tuple[Rows, Rows]:
    """Return the places in *rangs* of the factures whose cover another one shows, and that other one."""
    days = np.where(np.isnat(factures.date_facture), factures.lot_date, factures.date_facture)
    told = (factures.nir != b"") & (factures.naissance != b"") & ~np.isnat(days)
    asked = np.flatnonzero((cover.lacking & told)[rangs])
    shows = np.flatnonzero(cover.showing & told)
    if not len(asked) or not len(shows):
        none = np.empty(0, dtype=np.int64)
        return none, none
    # The factures of people who stand on one side alone are left out: exact comparison is for the others.
    asked, shows = (
        asked[np.isin(words[rangs[asked]], words[shows])],
        shows[np.isin(words[shows], words[rangs[asked]])],
    )
    people = _people(factures)
    who, whose = row_codes([[column[rangs[asked]] for column in people], [column[shows] for column in people]])
    near = _nearest(who, _numbers(days[rangs[asked]]), whose, _numbers(days[shows]), _key_order(factures, shows), jours)
    return asked[near >= 0], shows[near[near >= 0]]


def _people(factures: Factures) -> tuple[npt.NDArray[np.bytes_], ...]:
    """Return what a person is known by, inside one officine. Never shown."""
    return factures.nir, factures.naissance, factures.rang, factures.officine


def _key_order(factures: Factures, rows: Rows) -> Rows:
    """Return the rank of each facture by its key, so that the order of rows never chooses."""
    keys = (factures.facture[rows], factures.lot[rows], factures.lot_date[rows].astype(np.int64))
    ranks = np.empty(len(rows), dtype=np.int64)
    ranks[np.lexsort(keys)] = np.arange(len(rows))
    return ranks


def _nearest(who: Rows, when: Days, whose: Rows, theirs: Days, keys: Rows, jours: int) -> Rows:
    """Return, for each person and day, the place of the nearest of the same person's others, -1 beyond *jours*.

    The earlier of two that are as near; of one day, the first by *keys*.
    """
    span = int(max(when.max(initial=0), theirs.max(initial=0))) + 1 + 2 * jours
    order = np.lexsort((keys, theirs, whose))
    marks = whose[order] * span + theirs[order]
    first = np.flatnonzero(np.diff(marks, prepend=-1))  # of one person and day, the first by key
    marks, order = marks[first], order[first]
    asked = who * span + when
    after = np.searchsorted(marks, asked)
    found = np.full(len(asked), -1, dtype=np.int64)
    best = np.full(len(asked), jours + 1, dtype=np.int64)
    for place in (after - 1, after):  # the earlier one first: another as near does not take its place
        there = np.clip(place, 0, max(0, len(marks) - 1))
        gaps = np.abs(marks[there] - asked)
        better = (place >= 0) & (place < len(marks)) & (whose[order[there]] == who) & (gaps < best)
        found[better], best[better] = order[there[better]], gaps[better]
    return found


def _refused(result: Rapprochement, rows: Rows, rangs: Rows) -> Mask:
    """Tell where an insurer's share is rejected, and what the patient's account holds is the patient's share alone."""
    creances, factures = result.creances, result.tables.factures
    refused = np.zeros(len(factures) + 1, dtype=np.bool_)
    refused[creances.facture_rang[creances.etat == Etat.REJETEE]] = True  # a patient's share never is
    own = factures.total_cents - factures.part_amo_cents - factures.part_amc_cents
    unknown = factures.total_cents <= 0
    alone: Mask = unknown[rangs] | (creances.du_cents[rows] <= own[rangs])
    return refused[rangs] & alone


def _numbers(days: npt.NDArray[np.datetime64]) -> Days:
    """Return days counted so that none is negative."""
    numbers: Days = days.astype(np.int64) - _LONG_AGO
    return numbers


_LONG_AGO = int(np.datetime64("1800-01-01", "D").astype(np.int64))


def _table(rows: Rows, found: Sequence[tuple[bytes, Rows, Rows]]) -> Requalifications:
    places = np.concatenate([places for _, places, _ in found])
    shown = np.concatenate([others for _, _, others in found])
    motifs = np.concatenate([np.full(len(places), motif, dtype="S18") for motif, places, _ in found])
    order = np.argsort(places, kind="stable")  # motifs stand in their order
    return Requalifications.of(
        len(order),
        creance=rows[places[order]].astype(np.int32),
        motif=motifs[order],
        facture=shown[order].astype(np.int32),
    )
