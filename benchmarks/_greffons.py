"""What plugins cost: the start of a program that loads twenty, and their share of a whole run."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from benchmarks._chemin import start_s
from benchmarks._donnees import write_months
from benchmarks._mesure import Chrono, child

__all__ = ["GREFFONS", "Demarrage", "Surcout", "measure_start", "measure_surcharge"]

GREFFONS = 20

_SOURCE = '''
"""A plugin of an invented vendor: a format that no file here is of, a payer, an indicator."""

from tiers_payant.domain import FormatSpec, IndicateurSpec, Lecture, Payeur, Tables, hookimpl

requires_api = ">=1,<2"
__version__ = "1.0"


def sniff(head):
    return 1.0 if head.startswith(b"LGO-EXEMPLE-{rang}|") else 0.0


def read(entree):
    return Lecture(Tables())


@hookimpl
def tiers_payant_formats():
    return [FormatSpec(name="lgo-{rang}", label="LGO {rang}", sniff=sniff, read=read)]


@hookimpl
def tiers_payant_payeurs():
    return [
        Payeur(id="exemple-{rang}", nom="Exemple {rang}", textes=("MUTUELLE EXEMPLE {rang}",),
               emetteurs=frozenset({{"OC"}}), source="invented")
    ]


@hookimpl
def tiers_payant_indicateurs():
    return [IndicateurSpec(name="creances-{rang}", label="Créances", unite="nombre",
                           compute=lambda result, today: len(result.creances))]
'''


@attrs.frozen(kw_only=True)
class Demarrage:
    """How long a program takes to be ready, beyond a bare start of Python."""

    sans_s: float
    """With a manager that has the library's own plugins."""
    avec_s: float
    """With twenty more, each in a file of a folder."""


@attrs.frozen(kw_only=True)
class Surcout:
    """One run, files to states, with the library's plugins alone and with twenty more."""

    factures: int
    sans_s: float
    avec_s: float
    hooks_s: float
    """What all the hooks of the run took, asked by themselves, the twenty plugins included."""


def measure_start(chrono: Chrono, starts: int) -> Demarrage:
    """Start Python *starts* times bare, with a manager, and with a manager of twenty plugins, in turn."""
    with TemporaryDirectory() as place:
        _write_plugins(Path(place))
        manager = "from tiers_payant.plugins import build_manager, formats_of; formats_of(build_manager({}))"
        codes = ("pass", manager.format(""), manager.format(f"folders=[{place!r}]"))
        took: list[list[float]] = [[] for _ in codes]
        for _ in range(starts):
            for seconds, code in zip(took, codes, strict=True):
                seconds.append(start_s(code))
    bare, ours, every = map(chrono.of, took)
    return Demarrage(sans_s=ours - bare, avec_s=every - bare)


def measure_surcharge(chrono: Chrono, sizes: tuple[int, ...]) -> list[Surcout]:
    """Run built months, each time in a process of its own: without and with the twenty, either one first."""
    return [_measure(chrono, size) for size in sizes]


def _measure(chrono: Chrono, factures: int) -> Surcout:
    with TemporaryDirectory() as place:
        months, plugins = Path(place, "mois"), Path(place, "greffons")
        months.mkdir()
        plugins.mkdir()
        write_months(months, factures)
        _write_plugins(plugins)
        runs = [child("greffons", str(months), str(plugins), str(turn % 2)) for turn in range(chrono.repetitions)]
    return Surcout(
        factures=factures,
        **{name: chrono.of([run[name] for run in runs]) for name in ("sans_s", "avec_s", "hooks_s")},
    )


def _write_plugins(folder: Path) -> None:
    for rang in range(GREFFONS):
        (folder / f"lgo_{rang}.py").write_text(_SOURCE.format(rang=rang), encoding="utf-8")
