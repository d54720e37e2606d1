"""The world as readers would give it, without a byte: the same tables as those that the files are written from."""

from __future__ import annotations

from tiers_payant.domain import Lecture, with_empreintes

from ._monde import Monde
from ._tables import officines_of, tables_of

__all__ = ["lectures_of"]


def lectures_of(world: Monde) -> list[Lecture]:
    """Return one lecture for each file of *world*, and one for `officines.json`, under the names that they would have.

    A test holds that the book made of them says what that of the files says. What only bytes tell is not in them:
    places in a file, formats, confidence, problems of reading.
    """
    tables = [*map(tables_of, world.fichiers), officines_of(world.officines)]
    return [Lecture(with_empreintes(each)) for each in tables]
