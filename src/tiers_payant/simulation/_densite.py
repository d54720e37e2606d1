"""How crowded a world is: how many equal transfers of one payer are open at once."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict

from ._enumerateur import MEMOIRE
from ._monde import Groupe, Monde

__all__ = ["measure_pool"]


def measure_pool(world: Monde) -> float:
    """Return how many transfers of one officine, payer and net are open when one of them is announced, on average.

    It is measured on what happened: a transfer is open from the day it is announced to the day that the bank shows all
    of it, ninety days when it never does. The transfer itself counts, and those announced on its day. 0 when there is
    no transfer.
    """
    alike: defaultdict[tuple[str, str, int], list[Groupe]] = defaultdict(list)
    for groupe in world.groupes:
        if groupe.net > 0:
            alike[groupe.officine.numero, groupe.payeur.code, groupe.net].append(groupe)
    opened = sum(sum(_open_at_birth(same)) for same in alike.values())
    count = sum(map(len, alike.values()))
    return opened / count if count else 0.0


def _open_at_birth(groupes: list[Groupe]) -> list[int]:
    """Return, for each transfer, how many of *groupes* are open on the day it is announced."""
    born = sorted(groupe.date for groupe in groupes)
    ended: list[dt.date] = []
    for groupe in groupes:
        insort(ended, _last_day(groupe))
    return [bisect_right(born, groupe.date) - bisect_left(ended, groupe.date) for groupe in groupes]


def _last_day(groupe: Groupe) -> dt.date:
    shown = [paid.ligne.date for paid in groupe.versements if paid.ligne is not None]
    paid = sum(paid.cents for paid in groupe.versements if paid.ligne is not None)
    return max(*shown, groupe.date) if paid == groupe.net else groupe.date + dt.timedelta(days=MEMOIRE)
