"""The checks said again, one facture at a time, in plain Python: slow, and written apart from those of the library."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np

from tiers_payant.domain import Calendrier, Tables, deadline, regle

__all__ = ["faults", "repeats"]

Row = dict[str, Any]

REGIMES = [f"{code:02}" for code in (*range(1, 11), 12, 14, 15, 16, 17, *range(90, 97))]
ACTES = ["PH1", "PH2", "PH4", "PH7", "HD7", "AAD", "BMI"]
"""Of the acts that tests draw, those that exist."""


def faults(tables: Tables, today: dt.date) -> set[tuple[int, str]]:
    """Return the row of each facture at fault and the name of the check, duplicates and payers never met left out."""
    found = set()
    tells_lines = bool((tables.lignes.facture_rang >= 0).any()) or any(one.format == "b2" for one in tables.sources)
    for row in range(len(tables.factures)):
        facture = tables.factures.row(row)
        numbers = np.flatnonzero(tables.lignes.facture_rang == row).tolist()
        lines = [tables.lignes.row(number) for number in numbers]
        names = [*_nir(facture), *_beneficiary(facture), *_prescriber(facture), *_payer(facture), *_insurance(facture)]
        names += [*_sums(facture, lines, tells_lines), *_shares(facture), *_days(facture, lines, today)]
        names += [name for line in lines for name in _line(facture, line)]
        found |= {(row, name) for name in names}
    return found


def _empty(text: str) -> bool:
    return text.strip("0 ") == ""


def _has_form(nir: str) -> bool:
    return re.fullmatch(r"[1-8][0-9]{4}([0-9]{2}|2[AB])[0-9]{6}", nir.upper(), re.ASCII) is not None


def _nir(f: Row) -> list[str]:
    nir = f["nir"]
    if _empty(nir):
        return ["nir_absent"]
    if not _has_form(nir):
        return ["nir_forme"]
    found = []
    month = int(nir[3:5])
    if nir[0] in "1234" and not (1 <= month <= 12 or 20 <= month <= 42 or month >= 50):
        found.append("nir_mois")
    key = f"{97 - int(nir.upper().replace('2A', '19').replace('2B', '18')) % 97:02}"
    if f["nir_cle"] != key:
        found.append("nir_cle" if f["nir_cle"] else "nir_cle_absente")
    return found + ["nir_provisoire"] * (nir[0] in "345678")


def _is_day(year: str, month: str, day: str) -> bool:
    for century in ("19", "20"):
        try:
            dt.date(int(century + year), int(month), int(day))
        except ValueError:
            continue
        return True
    return False


def _beneficiary(f: Row) -> list[str]:
    found = []
    own, birth = f["nir_beneficiaire"], f["naissance"]
    if not _empty(own) and not _has_form(own):
        found.append("nir_beneficiaire")
    if _empty(birth):
        found.append("naissance_absente")
    else:
        first, month, last = birth[:2], birth[2:4], birth[4:]
        six = re.fullmatch("[0-9]{6}", birth, re.ASCII)
        if not six or not (_is_day(first, month, last) or _is_day(last, month, first)):
            found.append("naissance_impossible")
        elif _has_form(own) and own[0] in "1234" and 1 <= int(own[3:5]) <= 12:
            found += ["naissance_nir"] * (month != own[3:5] or own[1:3] not in (first, last))
    if not _empty(f["rang"]) and f["rang"] not in list("123456789"):
        found.append("rang_naissance")
    return found


def _luhn(number: str) -> bool:
    doubled = [int(figure) * (1 + rank % 2) for rank, figure in enumerate(reversed(number))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _prescriber(f: Row) -> list[str]:
    found = []
    number = f["prescripteur"]
    if _empty(number):
        found.append("prescripteur_absent")
    elif not re.fullmatch("[0-9]{9}|[0-9]{11}", number, re.ASCII):
        found.append("prescripteur_forme")
    elif not _luhn(number):
        found.append("prescripteur_cle")
    if f["date_prescription"] is None:
        found.append("prescription_absente")
    elif f["date_soins"] is not None and f["date_soins"] < f["date_prescription"]:
        found.append("prescription_apres_soins")
    elif f["date_soins"] is not None and (f["date_soins"] - f["date_prescription"]).days > 365:
        found.append("prescription_ancienne")
    return found


def _payer(f: Row) -> list[str]:
    found = []
    lacking = _empty(f["regime"]) or _empty(f["caisse"])
    if lacking or not re.fullmatch("[0-9]{2}", f["regime"]) or not re.fullmatch("[0-9]{3}", f["caisse"]):
        found.append("caisse_absente")
    if not _empty(f["regime"]) and f["regime"] not in REGIMES:
        found.append("regime_inconnu")
    if f["paiement"] not in ("00", "05", "06", "10", "15", "25"):
        found.append("paiement_inconnu")
    if f["paiement"] in ("15", "25"):
        if not _empty(f["amc"]):
            found += ["amc_forme"] * (re.fullmatch("[0-9]{8}|[0-9]{10}", f["amc"]) is None)
        elif f["part_amc_cents"] > 0 and f["contrat"] not in ("85", "89"):
            found.append("amc_absente" if f["paiement"] == "15" else "amc_seule_absente")
    return found


def _insurance(f: Row) -> list[str]:
    found = []
    if _empty(f["nature_assurance"]):
        found.append("nature_absente")
    elif f["nature_assurance"] not in ("10", "13", "30", "41", "90"):
        found.append("nature_inconnue")
    if not _empty(f["exoneration"]) and f["exoneration"] not in list("1345679C"):
        found.append("exoneration_inconnue")
    if f["exoneration"] == "6" and not _empty(f["regime"]) and f["regime"] not in ("04", "05"):
        found.append("exoneration_regime")
    if f["nature_assurance"] == "41" and f["paiement"] in ("15", "25") and f["part_amc_cents"] > 0:
        found.append("accident_part_amc")
    return found


def _sums(f: Row, lines: list[Row], tells_lines: bool) -> list[str]:
    """Lines against totals; *tells_lines* is whether the file, of which all the factures are, tells any line."""
    if not lines:
        return ["facture_sans_ligne"] * tells_lines
    total, amo, amc = (
        sum(line[name] for line in lines) for name in ("depense_cents", "montant_amo_cents", "montant_amc_cents")
    )
    found = []
    if total != f["total_cents"]:
        found.append("lignes_total")
    if amo != f["part_amo_cents"]:
        found.append("lignes_amo")
    if amc not in (0, f["part_amc_cents"]):
        found.append("lignes_amc")
    return found


def _shares(f: Row) -> list[str]:
    found = []
    total, amo, amc, patient = (
        f[name] for name in ("total_cents", "part_amo_cents", "part_amc_cents", "part_assure_cents")
    )
    if total == 0 and (amo or amc):
        found.append("total_absent")
    if total != 0 and amo + amc > total:
        found.append("parts_total")
    if total != 0 and patient != 0 and total not in (amo + patient, amo + amc + patient):
        found.append("part_assure")
    if min(total, amo, amc) < 0:
        found.append("part_negative")
    asked = {"05": [amo], "15": [amo, amc], "25": [amc]}.get(f["paiement"], [])
    if asked and not any(asked):
        found.append("parts_nulles")
    if total > 7000:
        found.append("devis")
    return found


def _line(f: Row, line: Row) -> list[str]:
    found = []
    base, rate, amo, charged = line["base_cents"], line["taux"], line["montant_amo_cents"], line["depense_cents"]
    exact = base * rate / 100
    capped = amo == charged < exact
    if (base or rate) and not capped and abs(exact - amo) > (abs(line["quantite"]) + 1) / 2:
        found.append("ligne_taux")
    price, count = line["prix_unitaire_cents"], line["quantite"]
    exact = price * count * (line["coefficient"] or 100) / 100
    if price and count and min(abs(exact - base), abs(exact - charged)) > (abs(count) + 1) / 2:
        found.append("ligne_prix")
    if charged and amo + line["montant_amc_cents"] > charged:
        found.append("ligne_parts")
    nominal = {"PH1": 100, "PH2": 15, "PH4": 30, "PH7": 65}.get(line["acte"])
    if rate and nominal not in (None, rate) and f["exoneration"] == "0" and f["nature_assurance"] == "10":
        found.append("taux_acte")
    if line["acte"] not in ACTES:
        found.append("acte_inconnu")
    return found


def _days(f: Row, lines: list[Row], today: dt.date) -> list[str]:
    cares = [day for day in (f["date_soins"], *(line["date_soins"] for line in lines)) if day]
    found = []
    if not cares:
        found.append("soins_sans_date")
    if any(day > today for day in (f["date_facture"], f["date_prescription"], *cares) if day):
        found.append("date_future")
    if f["lot_date"] and f["lot_date"] > today:
        found.append("lot_futur")
    ready = max((day for day in (f["date_facture"], *cares) if day), default=None)
    if ready and today > deadline(regle("transmission_fse_tiers_payant").on(ready), ready, Calendrier()).le:
        found.append("retard_transmission")
    return found


def repeats(tables: Tables, sent: int, refused: set[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return the duplicates among factures, of which the first *sent* were sent before; rows are those of the others.

    Args:
        tables: All the factures.
        sent: How many of them were sent.
        refused: Row and share of each that may be billed again.
    """
    found = set()
    factures = [tables.factures.row(row) for row in range(len(tables.factures))]
    for row in range(sent, len(factures)):
        for other in range(len(factures)):
            for part in ("amo", "amc"):
                if other == row or not all(_asks(factures, one, part, refused) for one in (row, other)):
                    continue
                before = other < sent or _place(factures[other]) < _place(factures[row])
                if not before or not _same(factures[row], factures[other], "officine", "nir", "naissance", "rang"):
                    continue
                if _same(factures[row], factures[other], "facture"):
                    found.add((row - sent, "doublon_numero"))
                alike = _same(factures[row], factures[other], "date_soins", "total_cents", f"part_{part}_cents")
                if alike and factures[row]["date_soins"] and _lines_of(tables, row) == _lines_of(tables, other):
                    renumbered = not _same(factures[row], factures[other], "facture") or not factures[row]["facture"]
                    if other >= sent or renumbered:
                        found.add((row - sent, "doublon_envoye" if other < sent else "doublon_contenu"))
    return found


def _asks(factures: list[Row], row: int, part: str, refused: set[tuple[int, str]]) -> bool:
    facture = factures[row]
    billed = facture["paiement"] in ({"05", "15"} if part == "amo" else {"15", "25"})
    return billed and facture[f"part_{part}_cents"] != 0 and not _empty(facture["nir"]) and (row, part) not in refused


def _same(one: Row, other: Row, *names: str) -> bool:
    return all(one[name] == other[name] for name in names)


def _place(facture: Row) -> tuple[Any, ...]:
    return facture["date_facture"], facture["lot_date"], facture["lot"], facture["facture"]


def _lines_of(tables: Tables, row: int) -> list[list[tuple[str, Any]]]:
    kept = ("acte", "quantite", "base_cents", "depense_cents", "montant_amo_cents", "montant_amc_cents")
    lines = [tables.lignes.row(number) for number in np.flatnonzero(tables.lignes.facture_rang == row).tolist()]
    return sorted([(name, line[name]) for name in kept] for line in lines)
