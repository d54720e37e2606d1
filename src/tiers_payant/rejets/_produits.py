"""What was sent, shared out between the kinds of acts that factures hold."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import NON_CONNU, Lignes, Part, Rapprochement, summed
from tiers_payant.rejets._refus import Envois
from tiers_payant.rejets._repartition import Repartition

__all__ = ["by_product"]

Ints = npt.NDArray[np.int64]


def by_product(result: Rapprochement, envois: Envois) -> Repartition:
    """Share out each share between the kinds of acts of its facture, as its lines ask of that insurer.

    A facture that holds several kinds is in each of them. The cents of a share are those it bills, never more: they go
    to the kinds in proportion to the amounts of their lines, rounded so that nothing is lost. A facture without lines
    is of no known kind; without any line in the whole, there is nothing to tell apart.
    """
    lignes = result.tables.lignes
    kinds = (*sorted({*_acts().values(), "autres"}), NON_CONNU)
    lined = np.flatnonzero(lignes.facture_rang >= 0)
    if not len(lined):
        return _repartition((), envois, *(np.zeros(0, dtype=np.int64) for _ in range(3)))
    width = len(kinds)
    keys = lignes.facture_rang[lined].astype(np.int64) * width + _ranks(lignes, kinds)[lined]
    held, which = np.unique(keys, return_inverse=True)
    asked = {
        part: summed(which, cents[lined].astype(np.int64), len(held))
        for part, cents in ((Part.AMO, lignes.montant_amo_cents), (Part.AMC, lignes.montant_amc_cents))
    }
    # Each share meets the kinds of its facture; that of none meets one more, which is not known.
    first = np.searchsorted(held, envois.facture_rang * width)
    number = np.searchsorted(held, (envois.facture_rang + 1) * width) - first
    number[envois.facture_rang < 0] = 0
    rows = np.maximum(number, 1)
    share = np.repeat(np.arange(len(rows)), rows)
    place = np.arange(len(share)) - np.repeat(np.cumsum(rows) - rows, rows)
    known = number[share] > 0
    pair = np.where(known, first[share] + place, 0)
    weights = np.where(envois.part[share] == Part.AMO, asked[Part.AMO][pair], asked[Part.AMC][pair])
    rang = np.where(known, held[pair] % width, width - 1)
    return _repartition(kinds, envois, share, rang, shared_out(envois.cents, share, weights))


def _repartition(kinds: tuple[str, ...], envois: Envois, share: Ints, rang: Ints, cents: Ints) -> Repartition:
    return Repartition(
        valeurs=kinds,
        rang=rang,
        facture=envois.facture[share],
        cents=cents,
        repondue=envois.repondue[share],
        refusee=envois.refusee[share],
    )


def shared_out(cents: Ints, share: Ints, weights: Ints) -> Ints:
    """Return the cents of each share between its rows, in proportion to their weights; equally when none weighs.

    Args:
        cents: Of each share.
        share: That of each row, in order, each share having one row at least.
        weights: Of each row; what is below 0 weighs nothing.
    """
    weighed = np.maximum(weights, 0).astype(np.float64)
    nothing = np.bincount(share, weighed, len(cents)) == 0
    weighed[nothing[share]] = 1
    first = share != np.append(-1, share[:-1])
    last = share != np.append(share[1:], -1)
    before = np.cumsum(weighed) - weighed
    upto = before + weighed - before[first][share]
    # Rounding what is summed so far, and not each row, loses no cent; the last row ends on the whole.
    total = upto[last][share]
    reached = np.where(last, cents[share], np.rint(cents[share] * (upto / total)).astype(np.int64))
    return reached - np.where(first, 0, np.append(0, reached[:-1]))


def _ranks(lignes: Lignes, kinds: tuple[str, ...]) -> Ints:
    """Return the kind of each line, by its rank."""
    ranks = {name: rank for rank, name in enumerate(kinds)}
    codes, which = np.unique(lignes.acte, return_inverse=True)
    of_code = np.array([ranks[_acts().get(code.decode("latin-1"), "autres")] for code in codes], dtype=np.int64)
    of_line: Ints = of_code[which]
    return of_line


@cache
def _acts() -> Mapping[str, str]:
    """Return the kind of each act code of `data/actes.toml`."""
    text = resources.files("tiers_payant.rejets").joinpath("data", "actes.toml").read_text("utf-8")
    return {code: name for name, body in tomllib.loads(text).items() for code in body["codes"]}
