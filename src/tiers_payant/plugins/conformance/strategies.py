"""What hypothesis draws for several test modules: facts that the formats can hold, all invented."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tiers_payant.domain import Factures, Lignes, Lots, Source, Tables

__all__ = ["jours", "lots_and_factures", "textes"]

ALNUM = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
FAR_AWAY = "99999"
"""Department 99, commune 999: no such birthplace."""


def jours() -> st.SearchStrategy[dt.date]:
    """Every day that two digits of a year can write."""
    return st.dates(dt.date(1970, 1, 1), dt.date(2069, 12, 31))


def textes(least: int, most: int) -> st.SearchStrategy[bytes]:
    """ASCII identifiers without blanks."""
    return st.text(ALNUM, min_size=least, max_size=most).map(str.encode)


def chiffres(width: int) -> st.SearchStrategy[bytes]:
    return st.text("0123456789", min_size=width, max_size=width).map(str.encode)


def cents(digits: int) -> st.SearchStrategy[int]:
    return st.integers(0, 10**digits - 1)


def _nir() -> st.SearchStrategy[bytes]:
    return st.tuples(st.sampled_from([b"1", b"2"]), chiffres(4), chiffres(3)).map(
        lambda parts: parts[0] + parts[1] + FAR_AWAY.encode() + parts[2]
    )


_LOT = {
    "officine": chiffres(9),
    "lot_date": jours(),
    "lot": textes(1, 3),
    "destinataire": chiffres(3),
    "nom_officine": st.integers(1, 9).map("PHARMACIE EXEMPLE {}".format),
    "emetteur_type": st.just(b"TP"),
    "emetteur": st.sampled_from([b"00000992000010", b"00000992000028"]),
    "destinataire_type": st.just(b"CT"),
    "destinataire_fichier": st.sampled_from([b"00000000000999", b"00000000000998"]),
    "date_fichier": jours(),
}
_FACTURE = {
    "facture": textes(1, 9),
    "date_facture": jours(),
    "regime": chiffres(2),
    "caisse": chiffres(3),
    "centre": chiffres(4),
    "amc": textes(0, 10),
    "contrat": st.sampled_from([b"", b"85", b"89"]),
    "paiement": st.sampled_from([b"00", b"05", b"15", b"25"]),
    "nature_assurance": st.sampled_from([b"10", b"30", b"41"]),
    "exoneration": st.sampled_from([b"0", b"4", b"C"]),
    "nir": _nir(),
    "nir_cle": chiffres(2),
    "nir_beneficiaire": st.one_of(st.just(b""), _nir()),
    "naissance": chiffres(6),
    "rang": chiffres(1),
    "prescripteur": chiffres(9),
    "date_prescription": st.one_of(st.none(), jours()),
}
_LIGNE = {
    "date_soins": jours(),
    "acte": textes(1, 5),
    "quantite": st.integers(0, 99),
    "coefficient": cents(6),
    "prix_unitaire_cents": cents(7),
    "base_cents": cents(7),
    "taux": st.integers(0, 999),
    "montant_amo_cents": cents(7),
    "montant_amc_cents": cents(7),
    "depense_cents": cents(7),
}


@st.composite
def lots_and_factures(draw: st.DrawFn, *, lots: int = 3, factures: int = 4, lignes: int = 3) -> Tables:
    """Draw lots that a B2 file can hold, whose totals are those of their lines; no two share their key.

    Args:
        draw: Given by hypothesis.
        lots: At most so many lots.
        factures: At most so many factures in each, with distinct numbers.
        lignes: At most so many lines in each facture, at least one.
    """
    key = ("officine", "lot_date", "lot")
    drawn = draw(
        st.lists(
            st.fixed_dictionaries(_LOT),
            min_size=1,
            max_size=lots,
            unique_by=lambda lot: [lot[k] for k in key].__repr__(),
        )
    )
    of_factures: list[dict[str, Any]] = []
    of_lignes: list[dict[str, Any]] = []
    for rank, lot in enumerate(drawn):
        rows = draw(st.lists(st.fixed_dictionaries(_FACTURE), max_size=factures, unique_by=lambda row: row["facture"]))
        for row in rows:
            lines = draw(st.lists(st.fixed_dictionaries(_LIGNE), min_size=1, max_size=lignes))
            of_lignes += [{**line, "facture_rang": len(of_factures)} for line in lines]
            of_factures.append({**row, **{name: lot[name] for name in key}, **_totals(lines), "lot_rang": rank})
    return Tables(
        sources=(Source(nom="exemple.b2", format="b2"),),
        lots=_table(Lots, [{**lot, "source": 0} for lot in drawn]),
        factures=_table(Factures, [{**row, "source": 0} for row in of_factures]),
        lignes=_table(Lignes, of_lignes),
    )


def _totals(lines: list[dict[str, Any]]) -> dict[str, Any]:
    charged, amo, amc = (
        sum(line[name] for line in lines) for name in ("depense_cents", "montant_amo_cents", "montant_amc_cents")
    )
    return {
        "date_soins": min(line["date_soins"] for line in lines),
        "total_cents": charged,
        "part_amo_cents": amo,
        "part_amc_cents": amc,
        "part_assure_cents": max(charged - amo, 0),
    }


def _table(kind: Any, rows: list[dict[str, Any]]) -> Any:
    names = rows[0] if rows else ()
    return kind.of(
        len(rows), **{name: _column(kind.kinds()[name].dtype, [row[name] for row in rows]) for name in names}
    )


def _column(dtype: str, values: list[Any]) -> Any:
    return np.array(values, dtype=dtype)
