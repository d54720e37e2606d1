"""A classification of rejects, and checks before sending, judged by the truth of the simulator.

A reject line is right when its family is that of the true cause. Words that say nothing have one right answer,
`INCONNU`: any other is a guess. A check is right about a facture when the lot shows the fault of its family that the
world wrote there.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Calendrier, CheckSpec, ClassementRejets, Examen, Famille, Preuve, Tables
from tiers_payant.simulation import FauteVraie, RejetVrai, Verite

__all__ = ["Comptes", "judge_classement", "judge_controles", "judge_libelles"]

Comptes = Counter[str]
"""How often each thing was seen."""

Key = tuple[str, dt.date | None, str, str]
Written = tuple[str, str, dt.date | None, str, str]
"""A reject line: officine, file, lot date, lot, facture, as written."""

_INCONNU = Famille.INCONNU.name


# --- families


def judge_classement(truth: Verite, tables: Tables, classement: ClassementRejets) -> Comptes:
    """Count the reject lines by what tells their cause, true family, family found and what it was read from.

    Names are `rejet/dit/true/found/preuve`; `rejet/code/...` are lines with a published code.

    Raises:
        ValueError: A reject line of which the truth knows nothing.
    """
    found: Comptes = Counter()
    families = _found(classement, len(tables.rejets))
    for true, (family, evidence) in zip(_true_of_rows(truth, tables), families, strict=True):
        right = _INCONNU if true.dit == "rien" else true.famille
        found[f"rejet/{true.dit}/{right}/{family}/{evidence}"] += 1
    return found


def judge_libelles(truth: Verite, tables: Tables, classement: ClassementRejets) -> dict[str, tuple[str, list[str]]]:
    """Return what each telling label of a refusal was found to mean: its true family, and those found for it, sorted.

    Lines of one label are classified alike, so labels, and not lines, are what an interval may count.
    """
    told: dict[str, tuple[str, set[str]]] = {}
    families = _found(classement, len(tables.rejets))
    for true, (family, _) in zip(_true_of_rows(truth, tables), families, strict=True):
        if true.dit == "mots" and true.cause:
            told.setdefault(true.libelle, (true.famille, set()))[1].add(family)
    return {label: (famille, sorted(found)) for label, (famille, found) in sorted(told.items())}


def _found(classement: ClassementRejets, count: int) -> list[tuple[str, str]]:
    if classement.rejet.tolist() != list(range(count)):
        raise ValueError("expected one row for each reject line, in their order")
    rows = zip(classement.famille.tolist(), classement.preuve.tolist(), strict=True)
    return [(Famille(famille).name, Preuve(preuve).name) for famille, preuve in rows]


def _true_of_rows(truth: Verite, tables: Tables) -> Iterator[RejetVrai]:
    """Yield what is true of each reject line; an answer that names no share is told once for both."""
    written = {(link.creance, link.fichier): link.ecrit for link in truth.liens_reponses}
    of_row: dict[Written, RejetVrai] = {}
    for rejet in truth.rejets:
        cle, ecrit = rejet.creance, written.get((rejet.creance, rejet.fichier))
        own = (cle.lot_date, cle.lot, cle.facture) if ecrit is None else (ecrit.lot_date, ecrit.lot, ecrit.facture)
        of_row[cle.officine, rejet.fichier, *own] = rejet
    files = tables.retours.fichier.tolist()
    rejets = tables.rejets
    rows = zip(
        rejets.officine.tolist(),
        rejets.retour.tolist(),
        rejets.lot_date.tolist(),
        rejets.lot.tolist(),
        rejets.facture.tolist(),
        strict=True,
    )
    for officine, retour, day, lot, facture in rows:
        key = (officine.decode(), files[retour].decode(), day, lot.decode(), facture.decode())
        if key not in of_row:
            raise ValueError("the truth knows nothing of a reject line")
        yield of_row[key]


# --- checks


@attrs.frozen(eq=False)
class _Vrai:
    fautes: dict[Key, FauteVraie]
    rejets: dict[Key, RejetVrai]


def judge_controles(truth: Verite, tables: Tables, controles: Sequence[CheckSpec], calendrier: Calendrier) -> Comptes:
    """Examine every lot on the day it was sent, and count what each check would have done.

    Beside the lot are those sent before, and what was answered of them by then; nothing that came later.

    Names are `controle/check/what`: `arretes` refused factures whose visible fault, of the family of the check, it
    finds; `autres` refused ones that it finds for something else; `admises` those whose fault, of that family, the
    insurers let pass; `pour_rien` those with neither. `total/...` count a facture once whatever the checks, and
    `famille/name/...` the refused factures of each true family: `refuses`, `visibles`, `arretes`.
    """
    vrai = _Vrai(
        {(each.officine, each.lot_date, each.lot, each.facture): each for each in truth.fautes},
        {each.creance[:4]: each for each in truth.rejets if each.cause},
    )
    found: Comptes = Counter()
    stopped: set[Key] = set()
    flagged: set[Key] = set()
    for key, check in _alerts(tables, controles, calendrier):
        what = _what(vrai, key, check.famille.name)
        found[f"controle/{check.name}/{what}"] += 1
        flagged.add(key)
        if what == "arretes":
            stopped.add(key)
    found["total/factures"] = len(tables.factures)
    found["total/signalees"] = len(flagged)
    found["total/signalees_sans_faute"] = len(flagged - vrai.fautes.keys())
    for key, rejet in vrai.rejets.items():
        for name in ("total", f"famille/{rejet.famille}"):
            found[f"{name}/refuses"] += 1
            found[f"{name}/visibles"] += rejet.visible
            found[f"{name}/arretes"] += key in stopped
    return found


def _what(vrai: _Vrai, key: Key, famille: str) -> str:
    faute = vrai.fautes.get(key)
    mine = faute is not None and faute.visible and faute.famille == famille
    if key in vrai.rejets:
        return "arretes" if mine else "autres"
    return "admises" if mine else "pour_rien"


def _alerts(tables: Tables, controles: Sequence[CheckSpec], calendrier: Calendrier) -> Iterator[tuple[Key, CheckSpec]]:
    sent = tables.factures.lot_date
    told = tables.retours.date[tables.reponses.retour]
    for day in np.unique(sent):
        today = _lots(tables, sent == day)
        before = attrs.evolve(
            _lots(tables, sent < day), retours=tables.retours, reponses=tables.reponses.take(told < day)
        )
        examen = Examen(tables=today, deja=before, today=day.item(), calendrier=calendrier)
        keys = _keys(today)
        for check in controles:
            for row in check.examine(examen).tolist():
                yield keys[row], check


def _lots(tables: Tables, mask: npt.NDArray[np.bool_]) -> Tables:
    """Return the lots of these factures, without a word of what was answered: factures, lines, lots as they were."""
    place = np.cumsum(mask) - 1
    lines = tables.lignes.take(mask[tables.lignes.facture_rang])
    renumbered = place[lines.facture_rang].astype(lines.facture_rang.dtype)
    return Tables(
        sources=tables.sources,
        lots=tables.lots,
        factures=tables.factures.take(mask),
        lignes=lines.with_columns(facture_rang=renumbered),
    )


def _keys(tables: Tables) -> list[Key]:
    factures = tables.factures
    rows = zip(
        factures.officine.tolist(),
        factures.lot_date.tolist(),
        factures.lot.tolist(),
        factures.facture.tolist(),
        strict=True,
    )
    return [(officine.decode(), day, lot.decode(), facture.decode()) for officine, day, lot, facture in rows]
