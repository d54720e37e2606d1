"""The whole way: parameters, world, truth, then files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tiers_payant.domain import printable
from tiers_payant.errors import SourceError

from ._histoire import DEBUT, Progress, make_world
from ._operateurs import write_operateurs
from ._taux import Taux
from ._verite import Verite, truth_of

__all__ = ["simulate"]


def simulate(
    folder: str | Path,
    *,
    officines: int = 1,
    factures: int = 3000,
    mois: int = 1,
    seed: int = 1,
    debut: dt.date = DEBUT,
    taux: Taux | None = None,
    comptes_clients: bool = False,
    progress: Progress | None = None,
    operateurs: str | Path | None = None,
) -> Verite:
    """Write the simulated months of *officines* pharmacies under *folder*, with `verite.json` beside them.

    The truth is computed before any file is written. The same arguments give the same bytes, on every machine.

    Args:
        folder: Where to; made when missing. It must hold nothing: what stood there would be read with the simulation,
            as one.
        officines: How many pharmacies, 1 to 999.
        factures: Dispensings in all, shared evenly; factures billed again come on top.
        mois: Whole months, from the first day of the month of *debut*.
        seed: Any integer.
        debut: A day of the first month.
        taux: How often things happen; `Taux()` when None.
        comptes_clients: Whether some patients leave their share owing: client accounts, receipts and addresses are then
            written too.
        progress: Told after each file how many are done, and how many there are.
        operateurs: Where to write who sold each facture, as an LGO would; nowhere when None. Keep it out of *folder*:
            it is no file of facts.

    Raises:
        SourceError: *folder* holds something; nothing is written.
        ValueError: A count below its least value, or too many officines.
    """
    # Here: the world and its truth need neither numpy nor the formats.
    from ._ecriture import write_files

    target = Path(folder)
    if target.is_dir() and any(target.iterdir()):
        raise SourceError(f"{printable(str(target))}: not an empty folder")
    world = make_world(
        officines=officines, factures=factures, mois=mois, seed=seed, debut=debut, taux=taux,
        comptes_clients=comptes_clients,
    )  # fmt: skip
    truth = truth_of(world)
    target.mkdir(parents=True, exist_ok=True)
    with (target / "verite.json").open("wb") as out:
        truth.write(out)
    if operateurs is not None:
        with Path(operateurs).open("wb") as out:
            write_operateurs(world, out)
    write_files(world, target, progress)
    return truth
