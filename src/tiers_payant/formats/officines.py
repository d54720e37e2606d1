"""Officines and their bank accounts: a small neutral JSON map, which no insurer and no bank gives.

```json
{"schema": "tiers-payant/officines/1",
 "officines": [{"numero": "992000010", "nom": "PHARMACIE EXEMPLE 1", "comptes": ["99999000010000000000A"]}]}
```

An account is a French RIB without its key (21 characters: bank, branch, account) or an IBAN.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from tiers_payant.domain import Comptes, Entree, FormatSpec, Lecture, ProblemLog, Source, Tables, canonical_compte
from tiers_payant.errors import shape

__all__ = ["OFFICINES", "SCHEMA", "read_officines", "sniff_officines", "write_officines"]

SCHEMA = "tiers-payant/officines/1"

_MENTION = re.compile(rb'"schema"\s*:\s*"tiers-payant/officines/1"')
_TEXTE = "un texte"
_LISTE = "une liste"


def sniff_officines(head: bytes) -> float:
    """Tell how surely *head* opens such a file: 1 when it is JSON that names the schema, else 0."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return 1.0 if text.startswith(b"{") and _MENTION.search(text) else 0.0


def read_officines(entree: Entree) -> Lecture:
    """Read the map into `comptes`, one row per account; an entry that is no officine is told and left out.

    An officine without any account makes no row: there is nothing to tie to it.

    Raises:
        SourceError: The file cannot be opened.
    """
    log = ProblemLog(entree.nom)
    content = bytes(entree.octets)
    rows = list(_rows(_load(content, log), log))
    comptes = Comptes.of(
        len(rows),
        officine=[numero.encode("ascii") for numero, _, _ in rows],
        nom=np.array([nom for _, nom, _ in rows], dtype=object),
        compte=[compte.encode("ascii") for _, _, compte in rows],
        source=[0] * len(rows),
    )
    source = Source(
        nom=entree.nom, format="officines", reference=SCHEMA, octets=len(content), enregistrements=len(rows)
    )
    return Lecture(Tables(sources=(source,), comptes=comptes), log.problems())


def write_officines(tables: Tables, out: BinaryIO) -> None:
    """Write the `comptes` of *tables*: officines by number, their accounts in order, the same bytes every time."""
    comptes: dict[str, list[str]] = {}
    noms: dict[str, str] = {}
    for row in range(len(tables.comptes)):
        said = tables.comptes.row(row)
        comptes.setdefault(said["officine"], []).append(said["compte"])
        noms.setdefault(said["officine"], said["nom"])
    officines = [
        {"numero": numero, "nom": noms[numero], "comptes": sorted(set(comptes[numero]))} for numero in sorted(comptes)
    ]
    text = json.dumps({"schema": SCHEMA, "officines": officines}, ensure_ascii=False, indent=2)
    out.write(f"{text}\n".encode())


def _load(content: bytes, log: ProblemLog) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        # The words of the exception may quote the file.
        log.add("FICHIER_ILLISIBLE", offset=0, raison=type(error).__name__)
        return {"officines": []}


def _rows(data: Any, log: ProblemLog) -> Iterator[tuple[str, str, str]]:
    for entry in _list(data.get("officines") if isinstance(data, dict) else data, "officines", log):
        if not isinstance(entry, dict):
            log.add("VALEUR_ATTENDUE", offset=0, field="officines", attendu="un objet", forme=_shape(entry))
            continue
        numero, nom = _text(entry, "numero", log), _text(entry, "nom", log, required=False)
        for compte in _list(entry.get("comptes"), "comptes", log):
            if not isinstance(compte, str) or not compte.isascii() or not compte.strip():
                log.add("VALEUR_ATTENDUE", offset=0, field="comptes", attendu=_TEXTE, forme=_shape(compte))
            elif numero:
                yield numero, nom, canonical_compte(compte)


def _list(value: Any, field: str, log: ProblemLog) -> list[Any]:
    if isinstance(value, list):
        return value
    log.add("VALEUR_ATTENDUE", offset=0, field=field, attendu=_LISTE, forme=_shape(value))
    return []


def _text(entry: dict[str, Any], field: str, log: ProblemLog, *, required: bool = True) -> str:
    value = entry.get(field, "")
    good = isinstance(value, str) and (not required or (value.strip() != "" and value.isascii()))
    if not good:
        log.add("VALEUR_ATTENDUE", offset=0, field=field, attendu=_TEXTE, forme=_shape(value))
        return ""
    return str(value).strip()


def _shape(value: Any) -> str:
    return shape(value) if isinstance(value, str) else type(value).__name__


OFFICINES = FormatSpec(
    name="officines",
    label="Officines et comptes bancaires",
    sniff=sniff_officines,
    read=read_officines,
    write=write_officines,
)
"""The neutral map of officines and bank accounts."""
