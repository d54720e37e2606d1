"""For a vendor that has objects, not files: build them, make a book of them, reconcile."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from benchmarks._donnees import PAR_OFFICINE, make_months
from benchmarks._memes_paires import MemesPaires, Texts, measure_same_pairs
from benchmarks._mesure import Chrono
from tiers_payant.domain import (
    Book,
    Facture,
    Lot,
    Officine,
    Organisme,
    Part,
    PartFacturee,
    Releve,
    Reponse,
    ReponseFacture,
    Retour,
    Tables,
    Virement,
    VirementAnnonce,
)
from tiers_payant.pipeline import reconcile

__all__ = ["Objets", "measure_objects"]

Rows = list[tuple[Any, ...]]


@attrs.frozen(kw_only=True)
class Objets:
    """What each step takes, in seconds; the whole is measured apart."""

    factures: int
    reponses: int
    virements: int
    objets_s: float
    book_s: float
    rapprochement_s: float
    total_s: float
    memes: MemesPaires | None
    """The same answers tied to the same shares by `bankstatementparser` and by the library; None when not installed."""


@attrs.frozen(kw_only=True)
class _Donnees:
    """What a vendor's own tables would hold, as plain values."""

    officine: str
    compte: str
    lots: dict[tuple[dt.date, str], Rows]
    """Numbers, days and cents of the factures of each lot."""
    retours: list[tuple[dt.date, str, Rows]]
    """Day, sender and answers of each return, which announces one transfer."""
    banque: Rows


def measure_objects(chrono: Chrono, factures: int = PAR_OFFICINE) -> Objets:
    """Measure one officine of *factures* AMO shares, without act lines."""
    data = _plain(factures)
    built = _build(data)
    book = Book.from_objects(**built)
    return Objets(
        factures=factures,
        reponses=len(book.tables.reponses),
        virements=len(book.tables.virements),
        objets_s=chrono.median_s(lambda: _build(data)),
        book_s=chrono.median_s(lambda: Book.from_objects(**built)),
        rapprochement_s=chrono.median_s(lambda: reconcile(book)),
        total_s=chrono.median_s(lambda: reconcile(Book.from_objects(**_build(data)))),
        memes=measure_same_pairs(chrono, *_texts(data)),
    )


def _texts(data: _Donnees) -> tuple[list[Texts], list[Texts]]:
    """Return the shares as payments and the answers as statement lines, in the texts that the peer takes.

    It ties them by reference and amount; it knows no transfer, no bank line behind it, and no state.
    """
    shares = [
        {"EndToEndId": f"{date}/{lot}/{number}", "Amount": _euros(cents), "Currency": "EUR"}
        for (date, lot), rows in data.lots.items()
        for number, _, cents, _ in rows
    ]
    answers = [
        {"EndToEndId": f"{date}/{lot}/{number}", "Amount": _euros(cents), "Currency": "EUR"}
        for _, _, rows in data.retours
        for date, lot, number, cents, _ in rows
    ]
    return shares, answers


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _plain(factures: int) -> _Donnees:
    mois = next(make_months(factures))
    lots: dict[tuple[dt.date, str], Rows] = {}
    billed = mois.lots.factures
    for lot_date, lot, *rest in _tuples(billed, "lot_date", "lot", "facture", "date_soins", "part_amo_cents", "caisse"):
        lots.setdefault((lot_date, lot), []).append(tuple(rest))
    answers: dict[int, Rows] = {}
    columns = ("retour", "lot_date", "lot", "facture", "annonce_cents", "reponse")
    for retour, *rest in _tuples(mois.amo.reponses, *columns):
        answers.setdefault(retour, []).append(tuple(rest))
    heads = _tuples(mois.amo.retours, "date", "emetteur")
    return _Donnees(
        officine=mois.officine.numero,
        compte=mois.officine.rib,
        lots=lots,
        retours=[(date, sender, answers.get(rank, [])) for rank, (date, sender) in enumerate(heads)],
        banque=_of_amo(mois.banque),
    )


def _of_amo(banque: Tables) -> Rows:
    rows = _tuples(banque.virements, "date", "montant_cents", "libelle", "emetteur")
    return [row for row in rows if row[3].startswith("CPAM")]


def _tuples(table: Any, *names: str) -> Rows:
    columns = [getattr(table, name).tolist() for name in names]
    texts = [[one.decode() for one in column] if isinstance(column[0], bytes) else column for column in columns]
    return list(zip(*texts, strict=True))


def _build(data: _Donnees) -> dict[str, Any]:
    """Build every object: this is timed."""
    officine = Officine(numero=data.officine, nom="PHARMACIE EXEMPLE 1", comptes=(data.compte,))
    funds = {f"{991 + rank}": Organisme.amo("01", f"{991 + rank}", "0000") for rank in range(5)}
    lots = [
        Lot(
            officine=officine,
            date=date,
            numero=lot,
            factures=[
                Facture(
                    numero=number,
                    date=day,
                    date_soins=day,
                    parts=(PartFacturee(part=Part.AMO, montant_cents=cents, debiteur=funds[fund]),),
                )
                for number, day, cents, fund in rows
            ],
        )
        for (date, lot), rows in data.lots.items()
    ]
    retours = [_retour(data.officine, date, sender, rows) for date, sender, rows in data.retours]
    lignes = [
        Virement(date=date, montant_cents=cents, libelle=label, emetteur=payer)
        for date, cents, label, payer in data.banque
    ]
    return {"lots": lots, "retours": retours, "releves": [Releve(compte=data.compte, lignes=lignes)]}


def _retour(officine: str, date: dt.date, sender: str, rows: Rows) -> Retour:
    answers = [
        ReponseFacture(
            officine=officine,
            lot_date=lot_date,
            lot=lot,
            facture=facture,
            part=Part.AMO,
            reponse=Reponse(reponse),
            annonce_cents=cents,
        )
        for lot_date, lot, facture, cents, reponse in rows
    ]
    transfer = VirementAnnonce(officine=officine, date=date, reponses=answers)
    return Retour(date=date, reference="576", emetteur_type="CP", emetteur=sender, virements=(transfer,))
