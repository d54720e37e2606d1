"""The files of one simulated officine, each with the day on which it is there; lost returns may come again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs

from tiers_payant.domain import Book, Lecture, with_empreintes
from tiers_payant.simulation import Fichier, Groupe, LigneBancaire, Monde, Retour, make_world
from tiers_payant.simulation._lectures import lectures_of
from tiers_payant.simulation._ressaisies import keep_apart
from tiers_payant.simulation._tables import tables_of

__all__ = ["ATTENTE", "DEBUT", "Dossier", "Taille", "dossier_of"]

DEBUT = dt.date(2025, 7, 1)
"""A Tuesday: statements end on Mondays. January, when AMC reject most, is inside."""
ATTENTE = 15
"""Calendar days from a statement to what asking about its lines brings: a return again, what a line pays; a choice."""

_LOST = 900_000
"""Above any file identifier that the simulator gives."""


@attrs.frozen(kw_only=True)
class Taille:
    """How large a world is."""

    factures: int
    """Dispensings in all."""
    mois: int


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Dossier:
    """One world as its officine receives it."""

    world: Monde
    jours: tuple[dt.date, ...]
    """When it plans: on the last day of a statement, then on the day after that of the next one, and so on."""
    recus: tuple[tuple[dt.date, Lecture], ...]
    """What each file says, and the day on which it is there."""
    redemandes: tuple[tuple[dt.date, Lecture], ...]
    """The same of each return that was lost, delivered again `ATTENTE` days after its credit was on a statement."""
    retrouves: tuple[tuple[dt.date, Retour], ...]
    """These returns."""

    def book(self, day: dt.date, *, redemandes: bool) -> Book:
        """Return what was received by *day*, with or without what had to be asked for again."""
        files = [*self.recus, *(self.redemandes if redemandes else ())]
        return Book.from_lectures([lecture for there, lecture in files if there <= day])

    def shown(self, ligne: LigneBancaire) -> dt.date:
        """Return the day of the first statement that shows a bank line."""
        return min(end for end in _ends(self.world) if end >= ligne.date)


def dossier_of(seed: int, taille: Taille) -> Dossier:
    """Simulate one officine and sort its files by day."""
    world = make_world(officines=1, factures=taille.factures, mois=taille.mois, seed=seed, debut=DEBUT)
    *files, officines = lectures_of(world)
    told = [(_day_of(fichier), lecture) for fichier, lecture in zip(world.fichiers, files, strict=True)]
    found = tuple(_found_again(world))
    return Dossier(
        world=world,
        jours=tuple(_days(world)),
        recus=((dt.date.min, officines), *told),
        redemandes=tuple((day, _lecture(retour)) for day, retour in found),
        retrouves=found,
    )


def _day_of(fichier: Fichier) -> dt.date:
    if fichier.releve is not None:
        return fichier.releve.au
    return max([*(lot.date for lot in fichier.lots), *(retour.date for retour in fichier.retours)])


def _ends(world: Monde) -> list[dt.date]:
    return sorted({fichier.releve.au for fichier in world.fichiers if fichier.releve is not None})


def _days(world: Monde) -> Iterator[dt.date]:
    """Yield the days of the plans; the last statement, cut short by the end of the world, is none."""
    for rank, end in enumerate(_ends(world)[:-1]):
        yield end + dt.timedelta(days=rank % 2)


def _found_again(world: Monde) -> Iterator[tuple[dt.date, Retour]]:
    """Yield the returns that never came though the bank shows their credit, as the insurer would send them again."""
    for rank, groupe in enumerate(groupe for groupe in world.groupes if groupe.retour is None):
        days = [paid.ligne.date for paid in groupe.versements if paid.ligne is not None]
        seen = [end for end in _ends(world) if days and end >= min(days)]
        if seen:
            yield seen[0] + dt.timedelta(days=ATTENTE), _returned(groupe, rank)


def _returned(groupe: Groupe, rank: int) -> Retour:
    payeur = groupe.payeur
    retour = Retour(
        officine=groupe.officine,
        payeur=payeur,
        date=groupe.date,
        reference="576" if payeur.obligatoire and not payeur.separe else "578",
        fichier=f"{_LOST + rank:06}",
        groupes=[groupe],
    )
    keep_apart(retour)
    return retour


def _lecture(retour: Retour) -> Lecture:
    chemin = f"officine-{retour.officine.numero}/retours/redemande-{retour.fichier}.noe"
    return Lecture(with_empreintes(tables_of(Fichier(chemin=chemin, retours=[retour], cadrage="nu"))))
