"""Lots to be examined: three factures in which nothing is wrong, and one fault at a time. All of it invented."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import numpy as np

from tiers_payant.domain import Arls, Examen, Factures, Lignes, Part, Reponse, Reponses, Retours, Source, Tables

__all__ = ["CASES", "NEW", "TODAY", "Case", "acknowledged", "answers", "examen", "lots"]

TODAY = dt.date(2026, 3, 4)
"""A Wednesday."""
DAY = dt.date(2026, 3, 2)
KEY = {"officine": "992000018", "lot_date": DAY, "lot": "001"}
NIRS = (("1550899999001", "47"), ("2550899999001", "94"), ("1991299999123", "64"))

FACTURE = {
    **KEY,
    "date_facture": DAY,
    "date_soins": DAY,
    "regime": "01",
    "caisse": "999",
    "centre": "0000",
    "amc": "99999997",
    "contrat": "",
    "paiement": "15",
    "nature_assurance": "10",
    "exoneration": "0",
    "nir_beneficiaire": "",
    "naissance": "150855",
    "rang": "1",
    "prescripteur": "991000019",
    "date_prescription": DAY - dt.timedelta(days=3),
    "total_cents": 1500,
    "part_amo_cents": 800,
    "part_amc_cents": 700,
    "part_assure_cents": 700,
    "lot_rang": -1,
    "source": 0,
}
LIGNE = {"date_soins": DAY, "quantite": 1, "coefficient": 100}
LIGNES = (
    {**LIGNE, "acte": "PH7", "prix_unitaire_cents": 1000, "base_cents": 1000, "taux": 65, "montant_amo_cents": 650,
     "montant_amc_cents": 350, "depense_cents": 1000},
    {**LIGNE, "acte": "PH4", "prix_unitaire_cents": 500, "base_cents": 500, "taux": 30, "montant_amo_cents": 150,
     "montant_amc_cents": 350, "depense_cents": 500},
)  # fmt: skip


def clean_factures() -> list[dict[str, Any]]:
    """The rows of three factures of three persons: both shares, the AMO share alone, the AMC share alone."""
    return [
        {**FACTURE, "facture": f"{rank + 1:09}", "nir": nir, "nir_cle": key, "paiement": paiement}
        for rank, ((nir, key), paiement) in enumerate(zip(NIRS, ("15", "05", "25"), strict=True))
    ]


def lots(
    change: dict[str, Any] | None = None,
    ligne: dict[str, Any] | None = None,
    *,
    rang: int = 1,
    sans_lignes: bool = False,
    plus: dict[str, Any] | None = None,
) -> Tables:
    """Return the clean lots, but for one facture.

    Args:
        change: Columns of the facture of that *rang* that are other.
        ligne: Columns of its first line that are other.
        rang: Which of the three.
        sans_lignes: Whether it has no line.
        plus: Columns that are other in a fourth facture, else the same as that of *rang*.
    """
    factures = clean_factures()
    if plus is not None:
        factures.append({**factures[rang], **plus})
    factures[rang] |= change or {}
    rows = []
    for number in range(len(factures)):
        if number == rang and sans_lignes:
            continue
        first, second = LIGNES
        if number == rang:
            first = {**first, **(ligne or {})}
        rows += [{**first, "facture_rang": number}, {**second, "facture_rang": number}]
    return Tables(
        sources=(Source(nom="exemple.b2", format="b2"),),
        factures=table(Factures, factures),
        lignes=table(Lignes, rows),
    )


def sent(change: dict[str, Any] | None = None) -> Tables:
    """Return the facture of rank 1 alone, as it was sent, but for the columns of *change*."""
    return lots(change).keep({"factures": np.array([False, True, False])})


def answers(
    *reponses: Reponse, rang: int = 1, part: Part = Part.AMO, tables: Tables | None = None, cents: int = 0
) -> Tables:
    """Return *tables*, the clean lots when None, with answers about the facture of that *rang*, a day after each other.

    Args:
        reponses: What each says, the first first; rows are the other way round.
        rang: Row of the facture.
        part: Which share they are about.
        tables: The lots.
        cents: What each announces.
    """
    given = tables or lots()
    row = given.factures.row(rang)
    told = {name: row[name] for name in ("officine", "lot_date", "lot", "facture")}
    told |= {"part": int(part), "annonce_cents": cents, "source": 0}
    rows = [{**told, "reponse": int(one), "retour": rank} for rank, one in enumerate(reponses)]
    days = [{"date": TODAY + dt.timedelta(days=rank), "source": 0} for rank in range(len(rows))]
    return attrs.evolve(given, reponses=table(Reponses, rows[::-1]), retours=table(Retours, days))


def acknowledged(tables: Tables, *, positif: bool) -> Tables:
    """Return *tables*, of which the lot is taken in, or refused."""
    return attrs.evolve(tables, arls=table(Arls, [{**KEY, "date": TODAY, "positif": positif, "source": 0}]))


def table(kind: Any, rows: list[dict[str, Any]]) -> Any:
    return kind.of(len(rows), **{name: [row[name] for row in rows] for name in rows[0]})


def examen(tables: Tables | None = None, **others: Any) -> Examen:
    return Examen(tables=lots() if tables is None else tables, **{"today": TODAY, **others})


@attrs.frozen(kw_only=True)
class Case:
    """A fault of the facture of that rank, which one check finds; others may find it too."""

    controle: str
    tables: Tables
    deja: Tables = attrs.field(factory=Tables)
    today: dt.date = TODAY
    rang: int = 1
    aussi: frozenset[str] = frozenset()
    """The other checks that find it."""

    @property
    def examen(self) -> Examen:
        return examen(self.tables, deja=self.deja, today=self.today)


def case(
    controle: str,
    change: dict[str, Any] | None = None,
    ligne: dict[str, Any] | None = None,
    *,
    aussi: str = "",
    today: dt.date = TODAY,
    deja: Tables | None = None,
    **others: Any,
) -> Case:
    """Return a case: the columns that are other, in the facture and in its first line."""
    return Case(
        controle=controle,
        tables=lots(change, ligne, **others),
        deja=deja or Tables(),
        today=today,
        rang=3 if others.get("plus") else others.get("rang", 1),
        aussi=frozenset(aussi.split()),
    )


LATER = dt.date(2026, 3, 10)
NEW = {"facture": "000000009", "lot": "002"}

CASES = (
    case("nir_absent", {"nir": ""}),
    case("nir_absent", {"nir": "0000000000000"}),
    case("nir_forme", {"nir": "255089999900"}),
    case("nir_forme", {"nir": "25508999990011"}),
    case("nir_forme", {"nir": "9550899999001"}),
    case("nir_forme", {"nir": "25508A9999001"}),
    case("nir_forme", {"nir": "255082C999001"}),
    case("nir_mois", {"nir": "2551399999001", "nir_cle": "77"}),
    case("nir_cle", {"nir_cle": "95"}),
    case("nir_cle", {"nir_cle": "A2"}),
    case("nir_cle", {"nir_cle": "00"}),
    case("nir_cle_absente", {"nir_cle": ""}),
    case("nir_provisoire", {"nir": "7550899999001", "nir_cle": "38"}),
    case("nir_beneficiaire", {"nir_beneficiaire": "25508"}),
    case("naissance_absente", {"naissance": ""}),
    case("naissance_absente", {"naissance": "000000"}),
    case("naissance_impossible", {"naissance": "151355"}),
    case("naissance_impossible", {"naissance": "410241"}),
    case("naissance_impossible", {"naissance": "15A855"}),
    case("naissance_impossible", {"naissance": "15081955"}),
    case("naissance_nir", {"nir_beneficiaire": "2550999999001"}),
    case("rang_naissance", {"rang": "A"}),
    case("rang_naissance", {"rang": "12"}),
    case("prescripteur_absent", {"prescripteur": "000000000"}),
    case("prescripteur_forme", {"prescripteur": "9910000"}),
    case("prescripteur_cle", {"prescripteur": "991000018"}),
    case("prescription_absente", {"date_prescription": None}),
    case("prescription_apres_soins", {"date_prescription": DAY + dt.timedelta(days=1)}),
    case("prescription_ancienne", {"date_prescription": DAY - dt.timedelta(days=366)}),
    case("caisse_absente", {"caisse": ""}),
    case("caisse_absente", {"regime": "00"}, aussi=""),
    case("regime_inconnu", {"regime": "42"}),
    case("regime_inconnu", {"regime": "99"}),
    case("caisse_nouvelle", {"caisse": "998"}, deja=sent({"nir": "2990899999777"})),
    case("paiement_inconnu", {"paiement": "77"}),
    case("amc_absente", {"amc": ""}, rang=0),
    case("amc_seule_absente", {"amc": "0000000000"}, rang=2),
    case("amc_forme", {"amc": "999999"}, rang=2),
    case("amc_nouvelle", {"amc": "99999998"}, rang=2, deja=sent({"nir": "2990899999777"})),
    case("nature_absente", {"nature_assurance": ""}),
    case("nature_inconnue", {"nature_assurance": "77"}),
    case("exoneration_inconnue", {"exoneration": "8"}),
    case("exoneration_regime", {"exoneration": "6"}),
    case("accident_part_amc", {"nature_assurance": "41"}, rang=0),
    case("ligne_taux", {}, {"base_cents": 1002}),
    case("ligne_prix", {}, {"prix_unitaire_cents": 1002}),
    case("ligne_prix", {}, {"quantite": 2, "coefficient": 0}),
    case("ligne_prix", {}, {"coefficient": 200}),
    case("ligne_parts", {}, {"montant_amc_cents": 351}, aussi="lignes_amc"),
    case("taux_acte", {}, {"acte": "PH2"}),
    case("acte_inconnu", {}, {"acte": "ZZZ9"}),
    case("facture_sans_ligne", sans_lignes=True),
    case("lignes_total", {"total_cents": 1501, "part_assure_cents": 701}),
    case("lignes_amo", {"part_amo_cents": 799, "part_assure_cents": 701}),
    case("lignes_amc", {"part_amc_cents": 699}),
    case("total_absent", {"total_cents": 0}, aussi="lignes_total"),
    case("parts_total", {"part_amc_cents": 701}, aussi="lignes_amc"),
    case("part_assure", {"part_assure_cents": 600}),
    case("part_negative", {"part_amc_cents": -1}, aussi="lignes_amc"),
    case("parts_nulles", {"part_amo_cents": 0, "part_assure_cents": 1500}, aussi="lignes_amo"),
    case("devis", {"total_cents": 7001, "part_assure_cents": 6201}, {"depense_cents": 6501}),
    case("soins_sans_date", {"date_soins": None}, {"date_soins": None}, sans_lignes=True, aussi="facture_sans_ligne"),
    case("date_future", {"date_facture": LATER}),
    case("date_future", {}, {"date_soins": LATER}),
    case("lot_futur", {"lot_date": LATER}),
    case("retard_transmission", {"date_facture": dt.date(2026, 2, 19), "date_soins": dt.date(2026, 2, 19),
                                 "date_prescription": dt.date(2026, 2, 19)}, sans_lignes=True,
         aussi="facture_sans_ligne"),
    case("doublon_numero", {"lot": "002"}, deja=sent()),
    case("doublon_envoye", {"facture": "000000777"}, deja=sent()),
    case("doublon_contenu", plus=NEW),
)  # fmt: skip
"""Each check has one case at least; the fault is in one facture, and the two others of the lot are right."""
