"""Lots to alerts: the checks that plugins bring, those that the caller wants, put to the lots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import pluggy

from tiers_payant.domain import Alertes, Book, Calendrier, CheckSpec, Examen, Tables
from tiers_payant.errors import CheckError
from tiers_payant.pipeline._calendriers import calendar_of
from tiers_payant.plugins.manager import build_manager, controles_of
from tiers_payant.rejets import examine

__all__ = ["check_lots", "chosen_checks"]


def check_lots(
    book: Book,
    *,
    today: dt.date,
    deja: Book | None = None,
    checks: Mapping[str, bool | CheckSpec] | None = None,
    manager: pluggy.PluginManager | None = None,
    calendrier: Calendrier | str | None = None,
    historique: bool = False,
) -> Alertes:
    """Examine lots before they are sent, for what usually comes back refused.

    Args:
        book: The lots to be sent. Answers and acknowledgements in it say what was refused, and may be billed again.
        today: The day they are sent.
        deja: What was already sent, and what was answered, for duplicates and payers never met.
        checks: What to ask besides or instead, by name: True asks a check that is not asked by default, False leaves
            one out, a `CheckSpec` is asked in place of the one of that name, or besides the others.
        manager: The plugins to ask for checks; the built-in ones when not given.
        calendrier: The business calendar, or the name of one that plugins or the library bring; that of metropolitan
            France when not given.
        historique: Whether the lots left long ago, each on its own date: judged as of then.

    Returns:
        What was found, by facture, the most severe first; empty when there is nothing to say.

    Raises:
        CheckError: A name that no check has, two checks of one name, or a check that failed or did not give back what
            it must; nothing is concluded then.
    """
    examen = Examen(
        tables=book.tables,
        deja=deja.tables if deja else Tables(),
        today=today,
        calendrier=calendar_of(calendrier, manager),
        historique=historique,
    )
    return examine(examen, chosen_checks(manager, checks))


def chosen_checks(
    manager: pluggy.PluginManager | None = None, checks: Mapping[str, bool | CheckSpec] | None = None
) -> tuple[CheckSpec, ...]:
    """Return the checks that `check_lots` asks with the same *manager* and *checks*, by name.

    Raises:
        CheckError: A name that no check has, or two checks of one name.
    """
    wanted = checks or {}
    known = {check.name: check for check in controles_of(manager or build_manager())}
    given = _given(wanted)
    for name in wanted:
        if name not in known and name not in given:
            raise CheckError(f"no check {name!r}{_hint(name, known)}")
    asked = [check for name, check in known.items() if name not in given and wanted.get(name, check.actif)]
    return tuple(sorted((*asked, *given.values()), key=lambda check: check.name))


def _given(wanted: Mapping[str, bool | CheckSpec]) -> dict[str, CheckSpec]:
    given = {name: check for name, check in wanted.items() if isinstance(check, CheckSpec)}
    for name, check in given.items():
        if name != check.name:
            raise CheckError(f"checks: {check.name} is given under the name {name}")
    return given


def _hint(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
