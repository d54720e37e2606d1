"""Code tables: ours, completed and replaced by those of plugins, of files, and by what people classified."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

import attrs

from tiers_payant.domain import CodeRejet, Confiance, Famille, escaped
from tiers_payant.rejets._cellules import COLONNES, write_table
from tiers_payant.rejets._fichier_codes import parse_codes, read_codes
from tiers_payant.rejets._fusion import Remplacement, merged
from tiers_payant.rejets._lignes import Cle, check_line, cle_of, code_of
from tiers_payant.rejets._portees import Niveaux, niveaux_of

__all__ = ["TableCodes", "load_codes", "write_codes"]

_STAR = "*"
"""Ends the code of a line about the beginning of longer ones."""


@attrs.frozen(repr=False)
class TableCodes:
    """What codes mean, to whom, and when. It never changes: `learn` and `with_codes` give another."""

    lignes: tuple[CodeRejet, ...]
    """Every line in force, by scope, code and first day; no two of one scope and code share a day."""
    surcharges: tuple[Remplacement, ...] = attrs.field(default=(), eq=False)
    """What was replaced on the way, in order."""
    siennes: tuple[CodeRejet, ...] = ()
    """The lines that the user brought, by files or by `learn`: what `write_codes` exports."""
    _par_cle: Mapping[Cle, tuple[CodeRejet, ...]] = attrs.field(init=False, eq=False)

    @_par_cle.default
    def _indexed(self) -> Mapping[Cle, tuple[CodeRejet, ...]]:
        found: dict[Cle, list[CodeRejet]] = defaultdict(list)
        for line in self.lignes:
            found[cle_of(line)].append(line)
        return {cle: tuple(lines) for cle, lines in found.items()}

    def __len__(self) -> int:
        return len(self.lignes)

    def __iter__(self) -> Iterator[CodeRejet]:
        return iter(self.lignes)

    def __repr__(self) -> str:
        return f"<TableCodes of {len(self.lignes)} lines, {len(self.siennes)} of the user>"

    def with_codes(self, lines: Iterable[CodeRejet], *, par: str = "") -> TableCodes:
        """Return a table in which *lines*, the user's, replace those of their scope and code on their days.

        A line that is replaced on some of its days only keeps the others: no day loses what was known of it.

        Args:
            lines: In order: a later one replaces an earlier one.
            par: Who brings them, for `surcharges`; the source of each when not given.

        Raises:
            LayoutError: One of them is no line of a code table.
        """
        added = tuple(map(check_line, lines))
        whole, replaced = merged(self.lignes, added, par)
        own, _ = merged(self.siennes, added, par)
        return TableCodes(whole, (*self.surcharges, *replaced), own)

    def learn(
        self,
        portee: str,
        code: str,
        famille: Famille,
        *,
        libelle: str = "",
        du: dt.date | None = None,
        source: str = "classé par l'officine",
    ) -> TableCodes:
        """Return a table that remembers what a code means, from the day *du* when it is given.

        >>> table = load_codes().learn("AMC", "EX1", Famille.AMC_CONTRAT)
        >>> table.line("EX1", None, emetteur_type="OC").famille.name
        'AMC_CONTRAT'

        Raises:
            LayoutError: The scope, the code or the family is none.
        """
        line = CodeRejet(
            portee=portee, code=code, libelle=libelle, famille=famille, du=du, source=source,
            confiance=Confiance.BASSE,
        )  # fmt: skip
        return self.with_codes([line])

    def line(
        self, code: str, day: dt.date | None, *, emetteur_type: str = "", emetteur: str = "", part: str = ""
    ) -> CodeRejet | None:
        """Return the line that says what a code means; None when none does, or when two contradict each other.

        Args:
            code: As printed.
            day: That of the return; None when it is not known: then a code means what it always meant.
            emetteur_type: Kind of the sender of the return: `CP`, `OC`...
            emetteur: Its number.
            part: `C` or `O`, as the reject says.
        """
        found = self.find(code_of(code), day, niveaux_of(emetteur_type, emetteur, part))
        return found[0] if len(found) == 1 else None

    def find(self, code: str, day: dt.date | None, niveaux: Niveaux) -> tuple[CodeRejet, ...]:
        """Return the line of the narrowest scope that knows *code*; several when they contradict each other."""
        for portees in niveaux:
            lines = [line for portee in portees for line in self._on((portee, code), day)]
            if lines:
                return _agreed(lines)
        return ()

    def find_prefix(self, code: str, day: dt.date | None, niveaux: Niveaux) -> CodeRejet | None:
        """Return the line that tells what the longer codes that begin by *code* share.

        It says nothing as soon as one of them, in the same scope, is of another family; nor to a payer of whom nothing
        tells whether it is an AMO or an AMC.
        """
        for portee in (level[0] for level in niveaux if len(level) == 1):
            lines = self._on((portee, f"{code}{_STAR}"), day)
            longer = (
                [] if not lines else [one for one in self.lignes if cle_of(one)[0] == portee and _begins(one, code)]
            )
            if lines and len({one.famille for one in (*lines, *longer)}) == 1:
                return lines[0]
        return None

    def portees(self) -> frozenset[str]:
        """Return the scopes of its lines, as they compare."""
        return frozenset(portee for portee, _ in self._par_cle)

    def jours(self) -> list[dt.date]:
        """Return the days on which something changes, in order."""
        firsts = {line.du for line in self.lignes if line.du}
        return sorted(firsts | {line.au + dt.timedelta(days=1) for line in self.lignes if line.au})

    def _on(self, cle: Cle, day: dt.date | None) -> list[CodeRejet]:
        return [line for line in self._par_cle.get(cle, ()) if day is None or line.is_in_force(day)]


def _begins(line: CodeRejet, code: str) -> bool:
    return line.code.startswith(code) and len(line.code) > len(code) and not line.code.endswith(_STAR)


def _agreed(lines: Sequence[CodeRejet]) -> tuple[CodeRejet, ...]:
    return (lines[0],) if len({line.famille for line in lines}) == 1 else tuple(lines)


def load_codes(*paths: str | Path, extra: Iterable[CodeRejet] = ()) -> TableCodes:
    """Load the public codes, with those of *extra* then of *paths* over them.

    Later ones replace earlier ones of the same scope and code on the days that they share; `TableCodes.surcharges`
    tells each.

    Args:
        paths: CSV files (how-to "Classify rejects"), in order.
        extra: What plugins bring: not exported by `write_codes`.

    Raises:
        SourceError: A file cannot be opened.
        LayoutError: A file is no code table, each fault located; or a line of *extra* is none.
    """
    lines, replaced = merged(_builtin(), tuple(map(check_line, extra)), "")
    table = TableCodes(lines, replaced)
    for path in paths:
        table = table.with_codes(read_codes(path), par=Path(path).name)
    return table


def write_codes(table: TableCodes, path: str | Path) -> None:
    """Write the user's own lines: `load_codes` reads them back into the same table.

    Raises:
        SourceError: The file cannot be written.
    """
    write_table(path, COLONNES, map(_cells, table.siennes))


def _cells(line: CodeRejet) -> list[object]:
    return [
        line.portee, escaped(line.code, digits=True), escaped(line.libelle), line.famille.name, line.du or "",
        line.au or "", escaped(line.source), line.confiance.value,
    ]  # fmt: skip


@cache
def _builtin() -> tuple[CodeRejet, ...]:
    data = resources.files("tiers_payant.rejets").joinpath("data").joinpath("codes.csv").read_bytes()
    return merged((), parse_codes(data, "codes.csv"), "")[0]
