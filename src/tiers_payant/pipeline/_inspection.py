"""One file looked at: what it is, who claims it, what it is made of, what is wrong with it; no value of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path

import attrs
import pluggy

from tiers_payant.domain import (
    Candidat,
    Element,
    Entree,
    FormatSpec,
    Inspection,
    Lecture,
    Surcharges,
    printable,
)
from tiers_payant.errors import Location, Problem, SourceError, kind_of
from tiers_payant.formats.archives import is_archive
from tiers_payant.pipeline._arbre import tree_of
from tiers_payant.pipeline._fichiers import check_file
from tiers_payant.pipeline._lecture import opened, read_entree
from tiers_payant.pipeline._surcharges import read_surcharges
from tiers_payant.plugins.manager import build_manager, formats_of, scores

__all__ = ["inspect"]


def inspect(
    path: str | Path,
    *,
    manager: pluggy.PluginManager | None = None,
    options: Mapping[str, Mapping[str, str]] | None = None,
    layouts: str | Path | Iterable[str | Path] = (),
    raw: int = 0,
) -> Inspection:
    """Look at one file as `read` sees it, broken or not, without a value of it.

    Args:
        path: A file; a gzip or a zip is opened, and each of its files looked at.
        manager: The plugins to ask; the built-in formats when not given.
        options: For each format by name, what its reader is to assume, as for `read`.
        layouts: What corrects the built-in layouts, as for `read`.
        raw: How many records to give one by one, field by field, besides the tree.

    Raises:
        SourceError: The path does not exist, or is a folder.
        LayoutError: An override of a layout is none, or contradicts its layout or another.
    """
    place = Path(path)
    check_file(place)
    look = _Look(formats_of(manager or build_manager()), options or {}, read_surcharges(layouts), raw)
    entree = Entree(nom=printable(place.name), chemin=place)
    pieces = list(map(look.at, opened(entree, look.formats)))
    if len(pieces) == 1 and pieces[0].nom == entree.nom:
        return attrs.evolve(pieces[0], archive=_is_archive(entree))
    octets = place.stat().st_size
    return Inspection(nom=entree.nom, octets=octets, archive=True, membres=pieces)


def _is_archive(entree: Entree) -> bool:
    try:
        return is_archive(entree.head())
    except (SourceError, OSError):
        return False


@attrs.frozen
class _Look:
    """How every file of one call is looked at."""

    formats: Sequence[FormatSpec]
    options: Mapping[str, Mapping[str, str]]
    surcharges: Surcharges
    raw: int

    def at(self, piece: Entree | Problem) -> Inspection:
        """Look at one file, or at what stands in the place of one."""
        if isinstance(piece, Problem):
            return Inspection(nom=piece.at.file, problems=(piece,))
        try:
            head = piece.head()
            octets = _size(piece)
        except (SourceError, OSError):
            head, octets = b"", 0  # the reading tells why
        lecture = next(iter(read_entree(piece, self.formats, self.options, self.surcharges)), None)
        if lecture is None:
            return Inspection(nom=piece.nom, octets=octets, ecrit_ici=True)
        source = next(iter(lecture.tables.sources), None)
        inspection = Inspection(
            nom=piece.nom,
            octets=octets,
            candidats=[
                Candidat(nom=spec.name, label=spec.label, fournisseur=spec.provider, score=score)
                for spec, score in scores(head, self.formats)
            ],
            source=source,
            tables={name: len(table) for name, table in lecture.tables.each() if len(table)},
            problems=lecture.problems,
        )
        return self._with_elements(inspection, piece, lecture)

    def _with_elements(self, inspection: Inspection, entree: Entree, lecture: Lecture) -> Inspection:
        """Add the tree and the records, when the format can give them."""
        chosen = [spec for spec in self.formats if inspection.source and spec.name == inspection.source.format]
        elements = chosen[0].elements if chosen else None
        if elements is None:
            return inspection
        asked = attrs.evolve(entree, options=self.options.get(chosen[0].name, {}), surcharges=self.surcharges)
        first: list[Element] = []
        try:
            every = elements(asked, lecture)
            first = list(islice(every, self.raw))
            noeuds, autres = tree_of(chain(first, every), lecture.problems)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a plugin's; what was read stands
            params = {
                "format": chosen[0].name, "fournisseur": chosen[0].provider, "erreur": kind_of(error)
            }  # fmt: skip
            problem = Problem(code="STRUCTURE_EN_ECHEC", at=Location(file=entree.nom), params=params)
            return attrs.evolve(inspection, problems=(*inspection.problems, problem), enregistrements=first)
        return attrs.evolve(inspection, noeuds=noeuds, autres=autres, enregistrements=first)


def _size(entree: Entree) -> int:
    with entree.flux() as stream:
        return stream.seek(0, 2)
