"""From factures to créances: one per share that is billed and not zero."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    CONTRATS_PAYES_PAR_AMO,
    PARTS_OF_PAIEMENT,
    ComptesClients,
    Creances,
    Etat,
    Factures,
    Organisme,
    Part,
    Tables,
    facture_codes,
    lot_codes,
    row_codes,
    text_codes,
)
from tiers_payant.errors import Location, Problem, shape

__all__ = ["Dues", "billed", "refused_lots"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.bytes_]

_PAID_BY_AMO = [contrat.encode() for contrat in CONTRATS_PAYES_PAR_AMO]
_NO_AMC = [b"", b"0000000000"]
_NOWHERE = -1
_CODE_LENGTH = 2
_SPAN = 10**5
"""Above any caisse or centre: three of them fit one int64."""


@attrs.frozen(eq=False)
class Dues:
    """The créances, and where to find those of a facture.

    `amo_of` and `amc_of` give, for each row of `factures`, the row of its créance, or -1. `amc_is_amo` tells the
    créances of an AMC share that the AMO owes, and `sans_amc` those of them that it is only presumed to owe, because
    their facture bears no AMC number: an AMC may answer them all the same.
    """

    creances: Creances
    amo_of: Rows
    amc_of: Rows
    amc_is_amo: Mask
    sans_amc: Mask
    problems: tuple[Problem, ...]


def billed(tables: Tables) -> Dues:
    """Build the créances of *tables*, sorted by key, AMO before AMC; patient shares come last."""
    factures = tables.factures
    shares = {
        Part.AMO: _bills(factures, Part.AMO) & (factures.part_amo_cents != 0),
        Part.AMC: _bills(factures, Part.AMC) & (factures.part_amc_cents != 0),
    }
    rows, parts = _in_order(factures, shares)
    by_contract, nameless = np.isin(factures.contrat, _PAID_BY_AMO), np.isin(factures.amc, _NO_AMC)
    by_amo = (parts == Part.AMC) & (by_contract | nameless)[rows]
    of_insurers = Creances.of(
        len(rows),
        officine=factures.officine[rows],
        lot_date=factures.lot_date[rows],
        lot=factures.lot[rows],
        facture=factures.facture[rows],
        part=parts,
        debiteur=np.where((parts == Part.AMO) | by_amo, _amo_names(factures)[rows], _amc_names(factures)[rows]),
        du_cents=np.where(parts == Part.AMO, factures.part_amo_cents[rows], factures.part_amc_cents[rows]),
        etat=np.full(len(rows), Etat.NON_REPONDUE, dtype=np.int8),
        facture_rang=rows.astype(np.int32),
    )
    patients = _patients(tables)
    return Dues(
        creances=Creances.concat([of_insurers, patients]) if len(patients) else of_insurers,
        amo_of=_places(rows, parts == Part.AMO, len(factures)),
        amc_of=_places(rows, parts == Part.AMC, len(factures)),
        amc_is_amo=np.concatenate([by_amo, np.zeros(len(patients), dtype=np.bool_)]),
        sans_amc=np.concatenate([by_amo & ~by_contract[rows], np.zeros(len(patients), dtype=np.bool_)]),
        problems=tuple(_unknown_codes(factures)),
    )


def _bills(factures: Factures, part: Part) -> Mask:
    return np.isin(factures.paiement, [code.encode() for code, parts in PARTS_OF_PAIEMENT.items() if part in parts])


def _in_order(factures: Factures, shares: dict[Part, Mask]) -> tuple[Rows, npt.NDArray[np.int8]]:
    """Return the facture and the share of each créance, sorted by key then share."""
    order = _key_order(factures)
    both = np.stack([shares[Part.AMO][order], shares[Part.AMC][order]], axis=1)
    places, share = np.nonzero(both)
    return order[places], np.where(share == 0, Part.AMO, Part.AMC).astype(np.int8)


def _key_order(factures: Factures | ComptesClients) -> Rows:
    if not len(factures):
        return np.empty(0, dtype=np.int64)
    texts = [text_codes([column])[0] for column in (factures.facture, factures.lot, factures.officine)]
    return np.lexsort((texts[0], texts[1], factures.lot_date.astype(np.int64), texts[2]))


def _places(rows: Rows, wanted: Mask, length: int) -> Rows:
    places = np.full(length, _NOWHERE, dtype=np.int64)
    places[rows[wanted]] = np.flatnonzero(wanted)
    return places


def _amo_names(factures: Factures) -> Texts:
    codes = [text_codes([column])[0] for column in (factures.regime, factures.caisse, factures.centre)]
    return _named(codes, (factures.regime, factures.caisse, factures.centre), Organisme.read_amo)


def _amc_names(factures: Factures) -> Texts:
    return _named(text_codes([factures.amc]), (factures.amc,), Organisme.read_amc)


def _named(codes: list[Rows], columns: tuple[Texts, ...], read: Callable[..., Organisme | None]) -> Texts:
    """Name the organism of each row, reading each distinct combination of *columns* once."""
    if not len(columns[0]):
        return np.empty(0, dtype="S1")
    _, first, inverse = np.unique(_packed(codes), return_index=True, return_inverse=True)
    texts = [[column[row].decode("latin-1") for column in columns] for row in first.tolist()]
    return np.array([str(read(*text) or "").encode("latin-1") for text in texts], dtype="S")[inverse]


def _packed(codes: list[Rows]) -> Rows:
    """Return one integer per row, equal where all *codes* are; short ones, as those of caisses, stand side by side."""
    if len(codes) > 1 and any(code.max(initial=0) >= _SPAN - 1 for code in codes):
        return row_codes([codes])[0]
    packed = codes[0]
    for code in codes[1:]:
        packed = packed * _SPAN + code + 1
    return packed


def _unknown_codes(factures: Factures) -> list[Problem]:
    known = [code.encode() for code in PARTS_OF_PAIEMENT]
    codes, counts = np.unique(factures.paiement[~np.isin(factures.paiement, known)], return_counts=True)
    return [
        Problem(
            code="CODE_PAIEMENT_INCONNU",
            at=Location(file="", field="paiement"),
            params={"code": _shown(code), "nombre": count},
        )
        for code, count in zip(codes.tolist(), counts.tolist(), strict=True)
    ]


def _shown(code: bytes) -> str:
    """Return a payment code as it is told; what is longer than a code may be anything, so only its shape is."""
    return (code.decode("latin-1") if len(code) <= _CODE_LENGTH else shape(code)) or "vide"


def _patients(tables: Tables) -> Creances:
    """Patient shares left owing by a client account, and what was received for each; they are sorted by key.

    An account told twice for one facture counts once, for the larger amount.
    """
    accounts = tables.comptes_clients
    owing = accounts.take(accounts.du_cents > 0)
    factures, receipts, own = facture_codes([tables.factures, tables.encaissements, owing])
    order = np.lexsort((-owing.du_cents, own))
    _, first = np.unique(own[order], return_index=True)
    first = first[_key_order(owing.take(order[first]))]
    owing, own = owing.take(order[first]), own[order[first]]
    received = np.zeros(len(owing), dtype=np.int64)
    place_of = {code: place for place, code in enumerate(own.tolist())}
    for code, cents in zip(receipts.tolist(), tables.encaissements.montant_cents.tolist(), strict=True):
        if code in place_of:
            received[place_of[code]] += cents
    row_of = {code: row for row, code in enumerate(factures.tolist())} if len(owing) else {}
    return Creances.of(
        len(owing),
        officine=owing.officine,
        lot_date=owing.lot_date,
        lot=owing.lot,
        facture=owing.facture,
        part=np.full(len(owing), Part.ASSURE, dtype=np.int8),
        debiteur=np.full(len(owing), b"ASSURE"),
        du_cents=owing.du_cents,
        credite_cents=received,
        etat=np.full(len(owing), Etat.NON_REPONDUE, dtype=np.int8),
        facture_rang=np.array([row_of.get(code, _NOWHERE) for code in own.tolist()], dtype=np.int32),
    )


def refused_lots(tables: Tables, creances: Creances) -> Mask:
    """Return the créances whose lot's latest acknowledgement is negative."""
    arls = tables.arls
    refused = np.zeros(len(creances), dtype=np.bool_)
    if not len(arls):
        return refused
    codes, own = lot_codes([arls, creances])
    order = np.lexsort((arls.positif, arls.date.astype(np.int64), codes))
    last = np.append(np.diff(codes[order]) != 0, True)
    negative = codes[order][last & ~arls.positif[order]]
    return np.isin(own, negative)
