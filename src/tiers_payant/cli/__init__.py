"""The command line: thin, over the public API, in French on screen.

One module per command; each hangs itself on the parser with its `add_to`.

Exit status: 0 done; 1 done, with problems in the input, or with a facture that `controle` says not to send; 2 wrong
usage, or a path that is missing or cannot be written; 3 nothing could be read, a table of data is wrong, a check
failed, or a law broke; 130 interrupted from the keyboard.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence

from tiers_payant import __version__
from tiers_payant.cli import (
    _controle,
    _demo,
    _explain,
    _formats,
    _indicateurs,
    _inspect,
    _plugins,
    _reconcile,
    _rejets,
    _relances,
    _simulate,
)
from tiers_payant.cli._ecran import DONE, INTERRUPTED, USAGE, complain, forget_output
from tiers_payant.cli._erreurs import reason_in_french, told
from tiers_payant.cli._greffons import tell_set_aside
from tiers_payant.cli._parser import FrenchParser
from tiers_payant.errors import TiersPayantError

__all__ = ["main"]

_COMMANDS = (
    _demo, _reconcile, _explain, _rejets, _relances, _controle, _indicateurs, _inspect, _simulate, _formats, _plugins,
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without accents gets question marks, not a traceback
            stream.reconfigure(errors="replace")
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        status = _carried_out(command, arguments)
        if sys.stdout is not None:
            sys.stdout.flush()  # here, so that what cannot be written is told like the rest
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output, such as `head`, has seen enough
        forget_output()
        return DONE
    except TiersPayantError as error:
        status, lines = told(error)
        for line in lines:
            complain(line)
        return status
    except OSError as error:
        forget_output()
        complain(f"écriture impossible : {error.filename or 'la sortie'} : {reason_in_french(str(error.strerror))}")
        return USAGE


def _carried_out(command: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """Return the status of a command; what was set aside of the plugins is told after its work, failed or not."""
    try:
        return command(arguments)
    finally:
        tell_set_aside(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = FrenchParser(prog="tiers-payant", description="Suivi du tiers payant : facturé, annoncé, crédité.")
    parser.add_argument("--version", action="version", version=f"tiers-payant {__version__}", help="donne la version")
    commands = parser.add_subparsers(metavar="COMMANDE", required=True, title="commandes", parser_class=FrenchParser)
    for command in _COMMANDS:
        command.add_to(commands)
    return parser
