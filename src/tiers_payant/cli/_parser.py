"""argparse, speaking French, and the types of its arguments."""

from __future__ import annotations

import argparse
import datetime as dt
import re
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn, TypeAlias

from tiers_payant.cli._ecran import USAGE
from tiers_payant.errors import LayoutError

__all__ = ["Commands", "FrenchParser", "add_layouts", "count", "day"]

_IN_FRENCH = (
    (r"the following arguments are required: (.*)", r"il manque : \1"),
    (r"unrecognized arguments: (.*)", r"arguments inconnus : \1"),
    (r"argument (\S+): expected (?:one argument|at least one argument)", r"\1 attend une valeur"),
    (r"argument (.+): invalid choice: (.+) \(choose from (.*)\)", r"\1 : choix inconnu, parmi \3"),
    (r"argument (.+): invalid \S+ value: (.+)", r"\1 : valeur incorrecte \2"),
    (r"argument (\S+): not allowed with argument (\S+)", r"\1 ne va pas avec \2"),
    (r"ambiguous option: (.+) could match (.+)", r"option ambiguë : \1 peut être \2"),
    (r"argument (\S+): ignored explicit argument (.+)", r"\1 n'attend pas de valeur : \2"),
    (r"argument (\S+): ", r"\1 : "),
    ("usage:", "usage :"),
    ("positional arguments:", "arguments :"),
    ("show this help message and exit", "affiche cette aide"),
)


def _in_french(text: str) -> str:
    for english, french in _IN_FRENCH:
        text = re.sub(english, french, text)
    return text


def _nearest(message: str) -> str:
    """Return the question that ends an error about a choice, when one of those offered is nearly what was typed."""
    found = re.search(r"invalid choice: '(.+)' \(choose from (.*)\)", message)
    close = get_close_matches(found[1].lower(), re.findall(r"[\w-]+", found[2]), n=1) if found else []
    return f" ; vouliez-vous dire {close[0]} ?" if close else ""


_LONG_USAGE = 8
"""Lines of usage after which an error about one value is told alone."""


class FrenchParser(argparse.ArgumentParser):
    """argparse, speaking French."""

    def error(self, message: str) -> NoReturn:
        usage = self.format_usage()
        if message.startswith("argument ") and usage.count("\n") > _LONG_USAGE:
            usage = ""  # one value is wrong: it would be buried
        self.exit(USAGE, f"{usage}{self.prog} : {_in_french(message)}{_nearest(message)}\n")

    def format_usage(self) -> str:
        return _in_french(super().format_usage())

    def format_help(self) -> str:
        return _in_french(super().format_help())


Commands: TypeAlias = "argparse._SubParsersAction[FrenchParser]"  # noqa: SLF001
"""What commands hang themselves on; argparse gives this type no public name."""


def add_layouts(parser: argparse.ArgumentParser) -> None:
    """Add the option that every command which reads files has: the overrides of layouts, as `arguments.layouts`."""
    parser.add_argument(
        "--layouts",
        metavar="DOSSIER",
        action="append",
        default=[],
        type=Path,
        help="corrections des tables de formats (TOML) ; peut être répété",
    )


def day(text: str) -> dt.date:
    """Read a day, AAAA-MM-JJ or JJ/MM/AAAA."""
    from tiers_payant.domain import day_of

    try:
        return day_of(text.strip())
    except LayoutError:
        message = f"valeur incorrecte {text!r}, un jour s'écrit JJ/MM/AAAA ou AAAA-MM-JJ"
        raise argparse.ArgumentTypeError(message) from None


def count(text: str) -> int:
    """Read a number of at least 1."""
    if not text.strip().isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"valeur incorrecte {text!r}, un entier d'au moins 1 est attendu")
    return int(text)
