"""A plan of dunning carried out on disk: letters first, and last the run file of the day, which is the history."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np

from tiers_payant.domain import Echanges, LettreImpossible, PlanRelances, Rapprochement, printable
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
from tiers_payant.pipeline._disque import put_whole, see_written
from tiers_payant.pipeline._fichiers import VERROU_RELANCES, source_error
from tiers_payant.pipeline._lettres_orphelines import drop_orphans
from tiers_payant.pipeline._verrou import locked

__all__ = ["RelancesFaites", "commit_relances", "read_echanges"]

_JOURNAL = re.compile(r"relances-(\d{4}-\d{2}-\d{2})\.json")
_MOST_BYTES = 1 << 28


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
    """The run file of the day; None when nothing was new."""
    refusees: tuple[LettreImpossible, ...] = ()
    """Contacts whose letter cannot be written, and why: they are not recorded, and the next plan asks again."""


def commit_relances(plan: PlanRelances, result: Rapprochement, folder: str | Path) -> RelancesFaites:
    """Carry out *plan* in *folder*: write its letters, then, last and at once, the run file of the day.

    Nobody is written to twice: a contact that the folder holds already, by its id or as that step for that debtor that
    day, writes nothing. A contact whose letter cannot be written is left out of the run and told; the others are made,
    and once the fault is mended the same commit makes those that are missing. A commit that stops half way leaves no
    run file: the next one takes away the letters that it left, and writes everything again. Nothing is sent: who posts
    the letters is the officine.

    Args:
        plan: What `plan_relances` gave for one day.
        result: The reconciliation that it was made from.
        folder: Where letters and history stand, a folder of its own; made when missing.

    Raises:
        RelanceError: The folder holds a run of a later day, or an earlier one that the plan was made without; another
            process commits into it; its history is broken; or a run file could not hold a contact, told by its rank.
        LetterError: What the letters of a step or of an officine need is missing, each fault being told, or the plan
            was made on other facts: nothing is written.
        SourceError: A file cannot be written.
    """
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        raise source_error(place, error) from error
    with locked(place, VERROU_RELANCES):
        later = [day for day, _ in _journals(place) if day > plan.today]
        if later:
            raise RelanceError(
                f"{printable(place.name)}: a run of a later day is there, of {max(later).isoformat()}: "
                f"none is made for {plan.today.isoformat()}"
            )
        return _committed(plan, result, place)


def _committed(plan: PlanRelances, result: Rapprochement, place: Path) -> RelancesFaites:
    known = read_echanges(place)
    _check_history(plan, known, place)
    drop_orphans(place, known)
    new = nouvelles(plan, known)
    ids = [name.decode() for name in plan.relances.id[new].tolist()]
    deja = len(plan) - len(ids)
    if not ids:
        return RelancesFaites(jour=plan.today, nouvelles=(), deja=deja, lettres=(), journal=None)
    made = echanges_of(plan, result)
    today = known.take(known.le == np.datetime64(plan.today, "D"))
    whole = join_echanges(today, made.take(np.isin(made.relance, plan.relances.id[new])))
    journal = place / f"relances-{plan.today.isoformat()}.json"
    _recorded(whole, plan.today, journal.name)  # what cannot be is refused before anything is written
    written = _letters(plan, ids, place / f"lettres-{plan.today.isoformat()}")
    left = {one.relance for one in written.refusees}
    ids = [name for name in ids if name not in left]
    if ids:
        kept = whole.take(~np.isin(whole.relance, [name.encode() for name in sorted(left)]))
        before = fournitures_from_json(_text(journal), journal.name) if len(today) else {}
        put_whole(journal, _recorded(kept, plan.today, journal.name, {**before, **written.faites}.values()))
    return RelancesFaites(
        jour=plan.today, nouvelles=tuple(ids), deja=deja, lettres=tuple(written.fichiers),
        journal=journal if ids else None, refusees=written.refusees,
    )  # fmt: skip


def _check_history(plan: PlanRelances, known: Echanges, place: Path) -> None:
    """Refuse a plan that does not know all that the folder holds of earlier days: it may send a step again."""
    earlier = known.relance[known.le < np.datetime64(plan.today, "D")]
    if not np.isin(earlier, plan.echanges.relance).all():
        raise RelanceError(f"{printable(place.name)}: the plan was made without the history of this folder")


def _recorded(echanges: Echanges, jour: dt.date, nom: str, lettres: Iterable[Mapping[str, object]] = ()) -> bytes:
    """Return the content of a run file, read back before anything is written: no commit closes its own folder."""
    text = echanges_to_json(echanges, jour, lettres)
    try:
        content = text.encode()
    except UnicodeEncodeError:
        raise RelanceError(f"{nom}: politique: expected a text that UTF-8 can hold") from None
    if len(content) > _MOST_BYTES:
        raise RelanceError(f"{nom}: longer than {_MOST_BYTES} bytes")
    echanges_from_json(text, jour, nom)
    return content


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


def read_echanges(*folders: str | Path) -> Echanges:
    """Read the history of *folders*: every contact of every run file, by day, then id; told twice, it counts once.

    Files of other names are not looked at. A folder that is not there has no history.

    Raises:
        RelanceError: A run file is broken, of another kind, or of another day than its name; what is wrong is located.
        SourceError: The folder, or a file of it, cannot be read.
    """
    found = [one for folder in folders for one in _journals(Path(folder))]
    return join_echanges(*(echanges_from_json(_text(path), day, path.name) for day, path in found))


def _journals(place: Path) -> Iterator[tuple[dt.date, Path]]:
    """Yield the run files of a folder and the day of each, in order."""
    try:
        names = sorted(path.name for path in place.iterdir())
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise source_error(place, error) from error
    for name in names:
        found = _JOURNAL.fullmatch(name)
        if found is None:
            continue
        try:
            day = dt.date.fromisoformat(found[1])
        except ValueError:
            raise RelanceError(f"{name}: no such day") from None
        yield day, place / name


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise RelanceError(f"{path.name}: longer than {_MOST_BYTES} bytes")
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise RelanceError(f"{path.name}: expected a JSON document in UTF-8") from None
    except OSError as error:
        raise source_error(path, error) from error
