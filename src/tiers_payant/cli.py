"""The command line: thin, over the public API, in French on screen.

Exit status: 0 done; 1 done, with problems in the input; 2 wrong usage, or a path that is missing or cannot be written;
3 nothing could be read, or a law broke; 130 interrupted from the keyboard.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import os
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from tiers_payant import __version__
from tiers_payant.errors import Gravite, LawError, SourceError, TiersPayantError

__all__ = ["main"]

DONE, WITH_PROBLEMS, USAGE, NOTHING, INTERRUPTED = 0, 1, 2, 3, 130

_DEMO_FACTURES = 3000
_DEMO_MONTHS = 2
_MOST_OFFICINES = 999

_IN_FRENCH = (
    (r"the following arguments are required: (.*)", r"il manque : \1"),
    (r"unrecognized arguments: (.*)", r"arguments inconnus : \1"),
    (r"argument (\S+): expected (?:one argument|at least one argument)", r"\1 attend une valeur"),
    (r"argument (.+): invalid choice: (.+) \(choose from (.*)\)", r"\1 : choix inconnu, parmi \3"),
    (r"argument (.+): invalid \S+ value: (.+)", r"\1 : valeur incorrecte \2"),
    (r"ambiguous option: (.+) could match (.+)", r"option ambiguë : \1 peut être \2"),
    (r"argument (\S+): ignored explicit argument (.+)", r"\1 n'attend pas de valeur : \2"),
    ("usage:", "usage :"),
    ("positional arguments:", "arguments :"),
    ("show this help message and exit", "affiche cette aide"),
)


def _in_french(text: str) -> str:
    for english, french in _IN_FRENCH:
        text = re.sub(english, french, text)
    return text


class _Parser(argparse.ArgumentParser):
    """argparse, speaking French."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"{self.format_usage()}{self.prog} : {_in_french(message)}\n")

    def format_usage(self) -> str:
        return _in_french(super().format_usage())

    def format_help(self) -> str:
        return _in_french(super().format_help())


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without accents gets question marks, not a traceback
            stream.reconfigure(errors="replace")
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        status = command(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()  # here, so that what cannot be written is told like the rest
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output, such as `head`, has seen enough
        _forget_output()
        return DONE
    except SourceError as error:
        _complain(f"introuvable ou illisible : {str(error).rpartition(': ')[0] or error}")
        return USAGE
    except LawError as error:
        _complain(f"une loi du rapprochement est violée, merci de le signaler : {error}")
        return NOTHING
    except TiersPayantError as error:
        _complain(str(error))
        return NOTHING
    except OSError as error:
        _forget_output()
        _complain(f"écriture impossible : {error.filename or 'la sortie'}: {error.strerror}")
        return USAGE


def _forget_output() -> None:
    """Send nowhere what is still to be written, so that Python does not try again, and fail, when it ends."""
    if sys.stdout is sys.__stdout__ and sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str) -> None:
    print(f"tiers-payant : {message}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="tiers-payant", description="Suivi du tiers payant : facturé, annoncé, crédité.")
    parser.add_argument("--version", action="version", version=f"tiers-payant {__version__}", help="donne la version")
    commands = parser.add_subparsers(metavar="COMMANDE", required=True, title="commandes", parser_class=_Parser)

    demo = commands.add_parser("demo", help="rapproche une pharmacie simulée, de bout en bout")
    demo.set_defaults(command=_demo)

    reconcile = commands.add_parser("reconcile", help="rapproche lots, retours et relevés bancaires")
    reconcile.add_argument("paths", metavar="CHEMIN", nargs="+", help="fichiers ou dossiers, dans n'importe quel ordre")
    reconcile.add_argument("--json", metavar="SORTIE", type=Path, help="écrit le résultat en JSON")
    reconcile.add_argument("--today", metavar="JOUR", type=_day, help="jour pour juger des retards (AAAA-MM-JJ)")
    reconcile.set_defaults(command=_reconcile)

    simulate = commands.add_parser("simulate", help="écrit les fichiers de pharmacies simulées, et leur vérité")
    simulate.add_argument("folder", metavar="DOSSIER", type=Path, help="où écrire ; créé s'il manque")
    simulate.add_argument("--officines", metavar="K", type=_officines, default=1, help="nombre d'officines (1)")
    simulate.add_argument("--factures", metavar="N", type=_count, default=3000, help="nombre de factures (3000)")
    simulate.add_argument("--months", metavar="M", type=_count, default=1, help="nombre de mois (1)")
    simulate.add_argument("--seed", metavar="S", type=int, default=1, help="graine du hasard (1)")
    simulate.set_defaults(command=_simulate)
    return parser


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def _officines(text: str) -> int:
    value = _count(text)
    if value > _MOST_OFFICINES:
        raise ValueError(text)
    return value


def _reconcile(arguments: argparse.Namespace) -> int:
    import tiers_payant as tp
    from tiers_payant.reports import rapprochement_text

    manager = tp.build_manager(entry_points=True)
    with _Progress("lecture") as progress:
        book = tp.read(*arguments.paths, manager=manager, progress=progress.files)
    if not any(source.format for source in book.sources):
        _complain("aucun fichier n'a pu être lu")
        for problem in book.problems:
            _complain(f"{problem.at} : {problem.message_fr}")
        return NOTHING
    result = tp.reconcile(book)
    if arguments.json:
        tp.write_json(result, arguments.json)
    print(rapprochement_text(result, arguments.today or dt.date.today()))
    serious = any(problem.gravite is not Gravite.INFORMATION for problem in result.problems)
    return WITH_PROBLEMS if serious else DONE


def _simulate(arguments: argparse.Namespace) -> int:
    import tiers_payant as tp

    with _Progress("écriture") as progress:
        tp.simulate(
            arguments.folder,
            officines=arguments.officines,
            factures=arguments.factures,
            mois=arguments.months,
            seed=arguments.seed,
            progress=progress.counts,
        )
    print(f"Simulation écrite dans {arguments.folder} ; la vérité est dans verite.json.")
    return DONE


def _demo(arguments: argparse.Namespace) -> int:
    import tiers_payant as tp
    from tiers_payant.reports import rapprochement_text

    with tempfile.TemporaryDirectory() as name, _Progress("simulation") as progress:
        truth = tp.simulate(Path(name), factures=_DEMO_FACTURES, mois=_DEMO_MONTHS, progress=progress.counts)
        result = tp.reconcile(tp.read(name, progress=progress.files))
    print(f"Une pharmacie simulée : {_DEMO_FACTURES} factures sur {_DEMO_MONTHS} mois. Tout y est inventé.\n")
    print(rapprochement_text(result, truth.coupure))
    example = next(creance for creance in result.creances if creance.etat is tp.Etat.CREDITEE)
    print(f"\nPourquoi une créance est dite réglée :\n{result.explain(example)}")
    return DONE


class _Progress:
    """One line on the error stream that says how far long work is; silent when nobody looks at a terminal."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def files(self, rank: int, total: int, name: str) -> None:
        self._show(rank, total, name)

    def counts(self, rank: int, total: int) -> None:
        self._show(rank, total, "")

    def _show(self, rank: int, total: int, name: str) -> None:
        if self._shown and total:
            share = 100 * rank // total
            print(f"\r\033[K{self._what} {share:3d} %  {name[-60:]}", end="", file=sys.stderr, flush=True)
