"""Parameters to world: the officines live their months one after the other, each from a seed of its own."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable

import attrs

from ._catalogue import Panier, make_officine, make_patients, make_prescripteurs
from ._causes import explain
from ._chronique import Chronique
from ._clients import deliver_accounts, open_accounts
from ._jours import add_months
from ._livraison import deliver
from ._monde import Monde
from ._operateurs import make_operateurs
from ._taux import Taux
from ._ventes import Comptoir, spread

__all__ = ["DEBUT", "Progress", "make_world"]

DEBUT = dt.date(2025, 9, 1)

Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is."""

_VISITES_PAR_MOIS = 1.5
_MAX_OFFICINES = 999
_FIRST_YEAR, _LAST_YEAR = 1971, 2068
"""B2 writes the year of a date in two digits, read as 1970 to 2069."""


def make_world(
    *,
    officines: int = 1,
    factures: int = 3000,
    mois: int = 1,
    seed: int = 1,
    debut: dt.date = DEBUT,
    taux: Taux | None = None,
    comptes_clients: bool = False,
    progress: Progress | None = None,
) -> Monde:
    """Return what happens to *officines* pharmacies that make *factures* dispensings in all over *mois* months.

    Factures that are billed again after a reject come on top. One seed gives one world, on every machine; the world of
    an officine does not depend on how many follow it.

    Args:
        officines: How many pharmacies, 1 to 999.
        factures: Dispensings in all, shared evenly.
        mois: Whole months, from the first day of the month of *debut*.
        seed: Any integer.
        debut: A day of the first month.
        taux: How often things happen.
        comptes_clients: Whether some patients leave their share owing, pay it late, in part or never, and lots tell
            where some of them live. Nothing else of the world changes.
        progress: Told after each officine.

    Raises:
        ValueError: A count below its least value, too many officines, or months that two digits of a year cannot tell.
    """
    if not 1 <= officines <= _MAX_OFFICINES or factures < 0 or mois < 1:
        raise ValueError(f"expected 1 to {_MAX_OFFICINES} officines, 0 factures or more, 1 month or more")
    first = debut.replace(day=1)
    if not _FIRST_YEAR <= first.year <= _LAST_YEAR - (mois + 11) // 12:
        raise ValueError(f"expected months from {_FIRST_YEAR} on that end before {_LAST_YEAR}")
    rates = Taux() if taux is None else taux
    world = Monde(
        officines=[],
        debut=first,
        coupure=add_months(first, mois) + dt.timedelta(days=rates.jours_apres - 1),
        parametres={
            "officines": officines,
            "factures": factures,
            "mois": mois,
            "seed": seed,
            "debut": first.isoformat(),
            "taux": attrs.asdict(rates),
            **({"comptes_clients": True} if comptes_clients else {}),
        },
        taux=rates,
    )
    accidents: Counter[str] = Counter()
    for rank in range(officines):
        count = factures * (rank + 1) // officines - factures * rank // officines
        _live(world, rank, count, mois, seed, accidents)
        if comptes_clients:
            _owe(world, rank, seed)
        if progress is not None:
            progress(rank + 1, officines)
    world.accidents = dict(sorted(accidents.items()))
    return world


def _live(world: Monde, rank: int, count: int, mois: int, seed: int, accidents: Counter[str]) -> None:
    rng = random.Random(f"{seed}/{rank}")  # noqa: S311  # not for secrets
    officine, taux = make_officine(rank), world.taux
    history = Chronique(officine, taux, world.coupure, rng)
    comptoir = Comptoir(
        officine=officine,
        patients=make_patients(rng, rank, max(40, int(count / mois / _VISITES_PAR_MOIS))),
        prescripteurs=make_prescripteurs(),
        panier=Panier(taux.panier_moyen_cents, taux.prix_distincts),
    )
    for day, dispensed in spread(count, world.debut, add_months(world.debut, mois) - dt.timedelta(days=1)):
        for sent, vente in comptoir.sell(rng, day, dispensed):
            history.plan(sent, vente)
    history.run(world.debut)
    history.tresorerie.close(world.debut)
    apart = random.Random(f"{seed}/{rank}/causes")  # noqa: S311  # not for secrets
    operateurs = make_operateurs(apart, officine)
    explain(history.lots, taux, operateurs, apart)
    releves = history.tresorerie.releves(world.debut)
    world.officines.append(officine)
    world.operateurs[officine.numero] = operateurs
    world.lots += history.lots
    world.retours += history.retours
    world.groupes += history.groupes
    world.lignes += history.tresorerie.lignes
    world.fichiers += deliver(
        officine, history.lots, history.retours, releves, taux=taux, rng=rng, accidents=history.accidents
    )
    accidents.update(history.accidents)


def _owe(world: Monde, rank: int, seed: int) -> None:
    """Open the client accounts of the officine of that rank, drawn apart so that the rest of its months is the same."""
    rng = random.Random(f"{seed}/{rank}/comptes")  # noqa: S311  # not for secrets
    officine = world.officines[rank]
    lots = [lot for lot in world.lots if lot.officine is officine]
    comptes = open_accounts(rng, rank, lots, world.coupure)
    world.comptes += comptes
    world.fichiers += deliver_accounts(officine, comptes)
