"""The command line: thin, over the public API, in French on screen.

One module per command; each hangs itself on the parser with its `add_to`.

Exit status: 0 done; 1 done, with problems in the input, or with a facture that `controle` says not to send; 2 wrong
usage, or a path that is missing or cannot be written; 3 nothing could be read, a table of layout contradicts itself, a
check failed, or a law broke; 130 interrupted from the keyboard.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Callable, Sequence

from tiers_payant import __version__
from tiers_payant.cli import _controle, _demo, _explain, _formats, _inspect, _reconcile, _rejets, _simulate
from tiers_payant.cli._ecran import DONE, INTERRUPTED, NOTHING, USAGE, complain, forget_output
from tiers_payant.cli._parser import FrenchParser
from tiers_payant.errors import CheckError, DecisionError, LawError, LayoutError, SourceError, TiersPayantError

__all__ = ["main"]

_COMMANDS = (_demo, _reconcile, _explain, _rejets, _controle, _inspect, _simulate, _formats)


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
        forget_output()
        return DONE
    except TiersPayantError as error:
        status, message = _told(error)
        for line in message.split("\n"):  # one fault each
            complain(line)
        return status
    except OSError as error:
        forget_output()
        complain(f"écriture impossible : {error.filename or 'la sortie'}: {error.strerror}")
        return USAGE


def _told(error: TiersPayantError) -> tuple[int, str]:
    """Return the exit status of an error, and its words."""
    match error:
        case SourceError():
            return USAGE, f"introuvable ou illisible : {str(error).rpartition(': ')[0] or error}"
        case LayoutError():
            return NOTHING, f"table de format contradictoire : {error}"
        case DecisionError():
            rank = re.match(r"decision (\d+)", str(error))
            return NOTHING, "fichier de décisions à corriger" + (f", décision n° {rank[1]}" if rank else "")
        case CheckError():
            return NOTHING, f"un contrôle est en défaut, rien n'est conclu : {error}"
        case LawError():
            return NOTHING, f"une loi du rapprochement est violée, merci de le signaler : {error}"
        case _:
            return NOTHING, str(error)


def _parser() -> argparse.ArgumentParser:
    parser = FrenchParser(prog="tiers-payant", description="Suivi du tiers payant : facturé, annoncé, crédité.")
    parser.add_argument("--version", action="version", version=f"tiers-payant {__version__}", help="donne la version")
    commands = parser.add_subparsers(metavar="COMMANDE", required=True, title="commandes", parser_class=FrenchParser)
    for command in _COMMANDS:
        command.add_to(commands)
    return parser
