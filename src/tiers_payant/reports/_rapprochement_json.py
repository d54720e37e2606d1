"""A reconciliation as JSON: deterministic bytes, arrays sorted by key, absent values null.

The document is made piece by piece, so that a million créances need no million dictionaries at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import attrs
import numpy as np

from tiers_payant.domain import (
    EtatVirement,
    NatureMouvement,
    Part,
    Rapprochement,
    groupe_ids,
    motif_texte,
    repere_ids,
    virement_ids,
)
from tiers_payant.errors import Problem
from tiers_payant.reports._json import Object, array_chunks, json_text, read_schema

__all__ = ["SCHEMA", "rapprochement_chunks", "rapprochement_schema"]

SCHEMA = "tiers-payant/rapprochement/1"


def rapprochement_schema() -> Object:
    """Return the JSON Schema of the document."""
    return read_schema("rapprochement-1.json")


def rapprochement_chunks(result: Rapprochement) -> Iterator[str]:
    """Yield the text of the document; joined, the chunks are one JSON object that ends with a line feed."""
    view = _View(result)
    yield '{\n"schema": ' + json_text(SCHEMA)
    for name, objects in (
        ("sources", view.sources()),
        ("passes_fournies", view.passes_fournies()),
        ("problemes", view.problemes()),
        ("creances", view.creances()),
        ("virements", view.virements()),
        ("mouvements", view.mouvements()),
        ("propositions", view.propositions()),
        ("propositions_reponses", view.propositions_reponses()),
        ("exceptions", view.exceptions()),
    ):
        yield from array_chunks(name, objects)
    yield ',\n"totaux": ' + json_text(view.totaux()) + "\n}\n"


class _View:
    """The result, seen as lists of plain objects in their order."""

    def __init__(self, result: Rapprochement) -> None:
        self.result = result
        self.tables = result.tables
        self.groupe_ids = groupe_ids(result.tables)
        self.virement_ids = virement_ids(result.tables)
        self.lines_of = result.liens_virements.lignes_de

    def sources(self) -> Iterable[Object]:
        for source in sorted(self.tables.sources, key=lambda source: source.nom):
            yield {
                "fichier": source.nom,
                "format": source.format or None,
                "reference": source.reference or None,
                "enregistrements": source.enregistrements,
                "confiance": source.confiance_min or None,
                "champs": [{"champ": name, "confiance": grade} for name, grade in sorted(source.confiance.items())],
                "surcharges": sorted(source.surcharges),
                "lecteur": source.lecteur or None,
                "lecteur_version": source.lecteur_version or None,
            }

    def passes_fournies(self) -> Iterable[Object]:
        for name, (provider, version) in sorted(self.result.passes_fournies.items()):
            libelle = self.result.passes.get(name, "")
            yield {"passe": name, "libelle": libelle, "greffon": provider, "version": version or None}

    def problemes(self) -> Iterable[Object]:
        yield from sorted(map(_problem, self.result.problems), key=json_text)

    def creances(self) -> Iterable[Object]:
        files, lines = self._evidence()
        for row, creance in enumerate(self.result.creances):
            yield {
                "officine": creance.officine,
                "lot_date": _day(creance.lot_date),
                "lot": creance.lot,
                "facture": creance.facture,
                "part": creance.part.name,
                "debiteur": creance.debiteur,
                "du_cents": creance.du_cents,
                "annonce_cents": creance.annonce_cents,
                "credite_cents": creance.credite_cents,
                "etat": creance.etat.name.lower(),
                "rejets": [{"code": code, "libelle": words} for code, words in self.result.rejets_of(row)],
                "retours": sorted(files[row]),
                "virements": sorted(lines[row]),
                "motif": creance.motif,
                "motif_texte": motif_texte(creance.motif),
            }

    def _evidence(self) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
        """Return, for each créance, the files that answer about it and the bank lines that settle it."""
        files: dict[int, set[str]] = defaultdict(set)
        lines: dict[int, set[str]] = defaultdict(set)
        reponses, links = self.tables.reponses, self.result.liens_reponses
        rows = links.reponse
        paid_by = np.where(self.result.reponses_versees[rows], reponses.groupe[rows], -1)
        for creance, source, group in zip(
            links.creance.tolist(), reponses.source[rows].tolist(), paid_by.tolist(), strict=True
        ):
            if source >= 0:
                files[creance].add(self.tables.file_of(source))
            lines[creance].update(self.virement_ids[line] for line in self.lines_of.get(group, ()))
        directs = self.result.liens_directs
        for creance, line in zip(directs.creance.tolist(), directs.virement.tolist(), strict=True):
            lines[creance].add(self.virement_ids[line])
        for creance, row in zip(self.result.rejets_creances.tolist(), self.result.rejets_rangs.tolist(), strict=True):
            source = int(self.tables.rejets.source[row])
            if source >= 0:
                files[creance].add(self.tables.file_of(source))
        return files, lines

    def virements(self) -> Iterable[Object]:
        table, links = self.tables.virements, self.result.liens_virements
        explained_of = np.zeros(len(table), dtype=np.int64)
        np.add.at(explained_of, links.virement, links.cents)
        np.add.at(explained_of, self.result.liens_directs.virement, self.result.liens_directs.cents)
        for row in sorted(range(len(table)), key=self._bank_order):
            cents = int(table.montant_cents[row])
            explained = int(explained_of[row])
            yield {
                "id": self.virement_ids[row],
                "fichier": self._file(table.source[row]),
                "date": _day(table.date[row]),
                "montant_cents": cents,
                "libelle": table.libelle[row],
                "etat": EtatVirement(self.result.etats_virements[row]).name.lower(),
                "affecte_cents": explained,
                "reste_cents": cents - explained,
            }

    def _bank_order(self, row: int) -> tuple[str, str, int, str]:
        account, day, cents, digest = self.virement_ids[row].rsplit(":", 3)
        return account, day, int(cents), digest

    def mouvements(self) -> Iterable[Object]:
        table = self.tables.mouvements
        paid_by = np.where(self.result.mouvements_verses, table.groupe, -1)
        moves = [
            {
                "nature": NatureMouvement(table.nature[row]).name.lower(),
                "montant_cents": int(table.montant_cents[row]),
                "officine": table.officine[row].decode("latin-1"),
                "retour": self._file(table.source[row]),
                "virement": self._line_of(int(paid_by[row])),
                "date": _day(table.date[row]),
            }
            for row in range(len(table))
        ]
        yield from sorted(moves, key=json_text)

    def _line_of(self, group: int) -> str | None:
        lines = self.lines_of.get(group, ())
        return self.virement_ids[lines[0]] if len(lines) == 1 else None  # of several, nothing says which

    def propositions(self) -> Iterable[Object]:
        table, members = self.result.propositions, self._members()
        found = [
            {
                "creances": members.get(int(table.groupe[row]), []),
                "groupe": self.groupe_ids[table.groupe[row]],
                "virement": self.virement_ids[table.virement[row]],
                "cents": int(table.cents[row]),
                "rivaux": table.rivaux[row].split(),
                "motif": table.motif[row].decode(),
            }
            for row in range(len(table))
        ]
        found += self._without_return()
        yield from sorted(
            found,
            key=lambda value: (value["virement"], value["groupe"] or "", value["motif"], json_text(value["creances"])),
        )

    def _without_return(self) -> list[Object]:
        """Return one proposal for each set of créances that a bank line may pay although no return says so."""
        table = self.result.propositions_directes
        rows_of: dict[int, list[int]] = defaultdict(list)
        for row, number in enumerate(table.ensemble.tolist()):
            rows_of[number].append(row)
        return [
            {
                "creances": [self._key(creance) for creance in sorted(table.creance[rows].tolist())],
                "groupe": None,
                "virement": self.virement_ids[table.virement[rows[0]]],
                "cents": int(table.cents[rows].sum()),
                "rivaux": table.rivaux[rows[0]].split(),
                "motif": table.motif[rows[0]].decode(),
            }
            for rows in rows_of.values()
        ]

    def propositions_reponses(self) -> Iterable[Object]:
        """Return the answers that a créance may be the subject of, by créance."""
        table = self.result.propositions_reponses
        names = repere_ids(self.result, [self.result.reponses[row] for row in table.reponse.tolist()])
        found = [
            (
                creance,
                {
                    "creance": self._key(creance),
                    "reponse": name,
                    "fichier": self._file(self.tables.reponses.source[reponse]),
                    "cents": cents,
                    "motif": motif.decode(),
                    "nombre_rivaux": rivals,
                },
            )
            for creance, reponse, name, cents, motif, rivals in zip(
                table.creance.tolist(), table.reponse.tolist(), names, table.cents.tolist(), table.motif.tolist(),
                table.rivaux.tolist(), strict=True,
            )
        ]  # fmt: skip
        yield from (one for _, one in sorted(found, key=lambda each: (each[0], each[1]["reponse"])))

    def exceptions(self) -> Iterable[Object]:
        """What is worth a person's time, whatever the day: the most euros first."""
        found = list(self.result.exceptions())
        for one, name in zip(found, repere_ids(self.result, found), strict=True):
            yield {
                "code": one.code,
                "sujet": one.sujet.name.lower(),
                "id": name,
                "cents": one.cents,
                "nombre": one.nombre,
                "phrase": one.phrase,
            }

    def _members(self) -> dict[int, list[Object]]:
        """Return the keys of the créances of each group that is proposed."""
        links = self.result.liens_reponses
        groups = self.tables.reponses.groupe[links.reponse]
        wanted = np.isin(groups, self.result.propositions.groupe)
        rows: dict[int, set[int]] = defaultdict(set)
        for group, creance in zip(groups[wanted].tolist(), links.creance[wanted].tolist(), strict=True):
            rows[group].add(creance)
        return {group: [self._key(row) for row in sorted(creances)] for group, creances in rows.items()}

    def _key(self, row: int) -> Object:
        table = self.result.creances
        return {
            "officine": table.officine[row].decode("latin-1"),
            "lot_date": _day(table.lot_date[row]),
            "lot": table.lot[row].decode("latin-1"),
            "facture": table.facture[row].decode("latin-1"),
            "part": Part(table.part[row]).name,
        }

    def totaux(self) -> Object:
        return attrs.asdict(self.result.totaux)

    def _file(self, source: int) -> str | None:
        return self.tables.file_of(source) or None


def _problem(problem: Problem) -> Object:
    at = problem.at
    return {
        "code": problem.code,
        "gravite": problem.gravite.value,
        "fichier": at.file or None,
        "ligne": at.line,
        "octet": at.offset,
        "colonne": at.column,
        "champ": at.field,
        "message": problem.message_fr,
    }


def _day(value: object) -> str | None:
    if value is None or (isinstance(value, np.datetime64) and np.isnat(value)):
        return None
    return str(value)
