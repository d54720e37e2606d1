"""A result to what is to be done about its rejects: codes, deadlines, actions; and how often they come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

import pluggy

from tiers_payant import rejets
from tiers_payant.domain import (
    Accreditations,
    Audit,
    Axe,
    Book,
    Calendrier,
    Famille,
    FicheFamille,
    Inconnus,
    Operateurs,
    PlanActions,
    Rapprochement,
    Statistiques,
    load_fiches,
)
from tiers_payant.pipeline._calendriers import calendar_of
from tiers_payant.pipeline._fichiers import source_error
from tiers_payant.pipeline._rejets import classify_rejets
from tiers_payant.plugins.manager import build_manager, operateurs_of
from tiers_payant.rejets import AXES, TableCodes
from tiers_payant.reports import actions_csv, rejets_chunks

__all__ = ["plan_actions", "statistics", "write_actions_csv", "write_rejets_json"]

Codes = TableCodes | str | Path | Iterable[str | Path]


def plan_actions(
    result: Rapprochement,
    *,
    today: dt.date,
    manager: pluggy.PluginManager | None = None,
    codes: Codes = (),
    fiches: Mapping[Famille, FicheFamille] | str | Path | None = None,
    calendrier: Calendrier | str | None = None,
    operateurs: Operateurs | None = None,
    accreditations: Accreditations | None = None,
) -> PlanActions:
    """Say what to do about every reject, short payment, withholding and refused lot, most euros a minute first.

    What one correction mends is one action; `plan.en_attente` is what only the insurer may settle.

    Args:
        result: A reconciliation.
        today: The day that deadlines are counted from.
        manager: The plugins to ask for reject codes and operators; the built-in ones when not given.
        codes: As `classify_rejets` takes them.
        fiches: Your own minutes, hopes and words for families: a TOML file, or what `load_fiches` gave.
        calendrier: The business calendar of the officine, or the name of one that plugins or the library bring; that of
            metropolitan France when not given.
        operateurs: Who billed what; what the plugins tell when not given.
        accreditations: Which factures an AMC vouched for, as `read_accreditations` gives them: to be contested.

    Raises:
        SourceError: A file cannot be opened.
        LayoutError: A file holds no codes, or no families; each fault is located.
    """
    plugins = manager or build_manager()
    return rejets.plan(
        result,
        classify_rejets(Book(tables=result.tables), manager=plugins, codes=codes),
        rejets.deadlines(result, today=today, calendrier=calendar_of(calendrier, plugins)),
        today=today,
        fiches=load_fiches(Path(fiches)) if isinstance(fiches, str | Path) else fiches,
        operateurs=operateurs or operateurs_of(plugins),
        accreditations=accreditations,
    )


def statistics(
    result: Rapprochement,
    *,
    manager: pluggy.PluginManager | None = None,
    codes: Codes = (),
    par: Iterable[Axe] = AXES,
    operateurs: Operateurs | None = None,
) -> Statistiques:
    """Count the factures sent and refused by family, payer, month, prescriber, product and operator.

    Each cell gives its rate, the 95 % interval of it and its euros; `tp.audit` compares two periods.

    Args:
        result: A reconciliation.
        manager: The plugins to ask for reject codes and operators; the built-in ones when not given.
        codes: As `classify_rejets` takes them.
        par: The axes.
        operateurs: Who billed what; what the plugins tell when not given.

    Raises:
        SourceError: A file of codes cannot be opened.
        LayoutError: A file holds no codes.
    """
    plugins = manager or build_manager()
    return rejets.statistics(
        result,
        classify_rejets(Book(tables=result.tables), manager=plugins, codes=codes),
        par=par,
        operateurs=operateurs or operateurs_of(plugins),
    )


def write_actions_csv(plan: PlanActions, result: Rapprochement, path: str | Path) -> None:
    """Write *plan* as a CSV table that a French spreadsheet opens: one row per action, in its order.

    Raises:
        SourceError: The file cannot be written.
    """
    try:
        with Path(path).open("wb") as out:
            actions_csv(plan, result, out)
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        raise source_error(Path(path), error) from error


def write_rejets_json(
    plan: PlanActions,
    result: Rapprochement,
    path: str | Path,
    *,
    statistiques: Statistiques | None = None,
    inconnus: Inconnus | None = None,
    audit: Audit | None = None,
) -> None:
    """Write *plan*, and what else is given, as JSON of schema `tiers-payant/rejets/1`: same facts, same bytes.

    Raises:
        SourceError: The file cannot be written.
    """
    chunks = rejets_chunks(
        plan,
        result,
        Statistiques.empty() if statistiques is None else statistiques,
        Inconnus.empty() if inconnus is None else inconnus,
        audit,
    )
    try:
        with Path(path).open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(chunks)
    except (OSError, ValueError) as error:
        raise source_error(Path(path), error) from error
