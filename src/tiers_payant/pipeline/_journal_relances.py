"""A plan of dunning carried out on disk: letters first, and last the run of the day, which is the history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np
import pluggy

from tiers_payant.domain import Echanges, LettreImpossible, PlanRelances, Rapprochement, printable, source_error
from tiers_payant.dunning import (
    echanges_from_json,
    echanges_of,
    echanges_to_json,
    fournitures_from_json,
    fournitures_of,
    join_echanges,
    nouvelles,
)
from tiers_payant.errors import RelanceError
from tiers_payant.journal import DOSSIER, MOST_BYTES, drop_orphans, mark_of, see_written
from tiers_payant.pipeline._journaux import JournalTenu, journal_of
from tiers_payant.plugins import build_manager, journaux_of

__all__ = ["RelancesFaites", "commit_relances", "read_echanges"]


@attrs.frozen(kw_only=True)
class RelancesFaites:
    """What a commit did."""

    jour: dt.date
    nouvelles: tuple[str, ...]
    """Ids of the contacts that it made."""
    deja: int
    """Contacts of the plan that the history held already: nothing was written for them."""
    lettres: tuple[Path, ...]
    """Files of letters, in the order of contacts."""
    journal: Path | None
    """The run file of the day; None when nothing was new, or when another journal than `dossier` keeps the history."""
    refusees: tuple[LettreImpossible, ...] = ()
    """Contacts whose letter cannot be written, and why: they are not recorded, and the next plan asks again."""


def commit_relances(
    plan: PlanRelances,
    result: Rapprochement,
    folder: str | Path,
    *,
    journal: str = DOSSIER,
    manager: pluggy.PluginManager | None = None,
) -> RelancesFaites:
    """Carry out *plan* in *folder*: write its letters, then, last and at once, the run of the day.

    Nobody is written to twice: a contact that the history holds already, by its id or as that step for that debtor that
    day, writes nothing. A contact whose letter cannot be written is left out of the run and told; the others are made,
    and once the fault is mended the same commit makes those that are missing. A commit that stops half way leaves no
    run: the next one takes away the letters that it left, and writes everything again. Nothing is sent: who posts the
    letters is the officine.

    The journal keeps the history, and is not trusted with it: what it was given is asked back before anything is told
    as done, and again once it is closed. A folder whose history another journal keeps is refused.

    Args:
        plan: What `plan_relances` gave for one day.
        result: The reconciliation that it was made from.
        folder: Where letters and history stand, a folder of its own; made when missing.
        journal: Where the history is kept: `dossier`, in run files of that folder, or the name of a plugin's.
        manager: The plugins to ask; the built-in ones when not given.

    Raises:
        RelanceError: The history holds a run of a later day, or an earlier one that the plan was made without; another
            commit is at work; the history is broken; or a run could not hold a contact, told by its rank. No journal
            has this name, the history of the folder is another's, or it fails or loses a run: it is named.
        LetterError: What the letters of a step or of an officine need is missing, each fault being told, or the plan
            was made on other facts: nothing is written.
        SourceError: A file cannot be written.
    """
    place, known = Path(folder), journaux_of(manager or build_manager())
    _check_mark(place, journal)
    kept = journal_of(place, journal, known)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        raise source_error(place, error) from error
    with kept.alone():
        _check_mark(place, journal)  # again: another's first commit may have ended meanwhile
        runs = kept.runs()
        later = [day for day in runs if day > plan.today]
        if later:
            raise RelanceError(
                f"{printable(place.name)}: a run of a later day is there, of {max(later).isoformat()}: "
                f"none is made for {plan.today.isoformat()}"
            )
        return _committed(plan, result, place, kept, runs)


def _check_mark(place: Path, journal: str) -> None:
    """Refuse a folder whose history another journal keeps: this one would know nothing of it, and write again."""
    marque = mark_of(place)
    if marque is not None and marque.journal != journal:
        raise RelanceError(
            f"{printable(place.name)}: its history is kept by the journal {marque.journal!r}, not by {journal!r}"
        )


def _committed(
    plan: PlanRelances, result: Rapprochement, place: Path, kept: JournalTenu, runs: Mapping[dt.date, str]
) -> RelancesFaites:
    known, jour, nom = _told(kept, runs), plan.today, kept.place(plan.today)
    _check_history(plan, known, place)
    drop_orphans(place, known)
    new = nouvelles(plan, known)
    ids = [name.decode() for name in plan.relances.id[new].tolist()]
    deja = len(plan) - len(ids)
    if not ids:
        return RelancesFaites(jour=jour, nouvelles=(), deja=deja, lettres=(), journal=None)
    made = echanges_of(plan, result)
    today = known.take(known.le == np.datetime64(jour, "D"))
    whole = join_echanges(today, made.take(np.isin(made.relance, plan.relances.id[new])))
    _recorded(whole, jour, nom)  # what cannot be is refused before anything is written
    kept.claim()
    written = _letters(plan, ids, place / f"lettres-{jour.isoformat()}")
    left = {one.relance for one in written.refusees}
    ids = [name for name in ids if name not in left]
    if ids:
        rows = whole.take(~np.isin(whole.relance, [name.encode() for name in sorted(left)]))
        before = fournitures_from_json(runs[jour], nom) if len(today) else {}
        kept.record(jour, _recorded(rows, jour, nom, {**before, **written.faites}.values()), runs)
    return RelancesFaites(
        jour=jour, nouvelles=tuple(ids), deja=deja, lettres=tuple(written.fichiers),
        journal=kept.path(jour) if ids else None, refusees=written.refusees,
    )  # fmt: skip


def _check_history(plan: PlanRelances, known: Echanges, place: Path) -> None:
    """Refuse a plan that does not know all that the folder holds of earlier days: it may send a step again."""
    earlier = known.relance[known.le < np.datetime64(plan.today, "D")]
    if not np.isin(earlier, plan.echanges.relance).all():
        raise RelanceError(f"{printable(place.name)}: the plan was made without the history of this folder")


def _recorded(echanges: Echanges, jour: dt.date, nom: str, lettres: Iterable[Mapping[str, object]] = ()) -> str:
    """Return the content of a run, read back before anything is written: no commit closes its own folder."""
    text = echanges_to_json(echanges, jour, lettres)
    try:
        length = len(text.encode())
    except UnicodeEncodeError:
        raise RelanceError(f"{nom}: politique: expected a text that UTF-8 can hold") from None
    if length > MOST_BYTES:
        raise RelanceError(f"{nom}: longer than {MOST_BYTES} bytes")
    echanges_from_json(text, jour, nom)
    return text


@attrs.frozen(kw_only=True)
class _Ecrites:
    """The letters of a day: their files, who made each, and the contacts that have none."""

    fichiers: tuple[Path, ...]
    faites: Mapping[str, Mapping[str, object]]
    refusees: tuple[LettreImpossible, ...]


def _letters(plan: PlanRelances, ids: Sequence[str], folder: Path) -> _Ecrites:
    """Write the letters of the contacts of those ids, and see them on the disk."""
    paths: list[Path] = []
    faites: dict[str, Mapping[str, object]] = {}
    wanted = dict.fromkeys(ids, "no letter was made for it")
    for one in plan.redigees():
        if one.relance not in wanted:
            continue
        if isinstance(one, LettreImpossible):
            wanted[one.relance] = one.raison
        elif one.fichiers:
            paths += one.write(folder)
            faites[one.relance] = fournitures_of(one)
            del wanted[one.relance]
    see_written(paths)
    refused = tuple(LettreImpossible(relance=name, raison=why) for name, why in wanted.items())
    return _Ecrites(fichiers=tuple(paths), faites=faites, refusees=refused)


def read_echanges(
    *folders: str | Path, journal: str = DOSSIER, manager: pluggy.PluginManager | None = None
) -> Echanges:
    """Read the history of *folders*: every contact of every run, by day, then id; told twice, it counts once.

    A folder tells which journal keeps its history, by the mark of a commit or by its run files, and that one is asked.
    Files of other names are not looked at. A folder that is not there has no history in run files.

    Args:
        folders: Those that were given to `commit_relances`.
        journal: Which to ask about a folder that tells none.
        manager: The plugins to ask; the built-in ones when not given.

    Raises:
        RelanceError: A run is broken, of another kind, or of another day than its name; what is wrong is located. No
            journal has the name, or it fails or has lost a run: it is named.
        SourceError: The folder, or a file of it, cannot be read.
    """
    known = journaux_of(manager or build_manager())
    every = [journal_of(Path(folder), journal, known) for folder in folders]
    return join_echanges(*(_told(kept, kept.runs()) for kept in every))


def _told(kept: JournalTenu, runs: Mapping[dt.date, str]) -> Echanges:
    """Return what the runs of a journal tell."""
    return join_echanges(*(echanges_from_json(text, day, kept.place(day)) for day, text in runs.items()))
