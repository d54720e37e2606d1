"""Objects to columns and back. Columns are what everything works on; objects are for who has them, or looks.

What objects do not hold (place in a file, header of a file, records kept raw) is absent from the columns made here.
The way back never raises on what a file got wrong: texts are kept as they were read.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import chain, pairwise
from operator import attrgetter
from typing import Any, TypeVar

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain._banque import CompteClient, Encaissement, Releve, Virement
from tiers_payant.domain._champs import TexteBrut
from tiers_payant.domain._codes import NatureMouvement, Part, Reponse, Statut
from tiers_payant.domain._facture import (
    PARTS_OF_PAIEMENT,
    Arl,
    Assure,
    Beneficiaire,
    Facture,
    LigneFacture,
    Lot,
    Officine,
    PartFacturee,
    debtor_of_amc,
)
from tiers_payant.domain._organismes import Organisme
from tiers_payant.domain._retour import MotifRejet, Mouvement, ReponseFacture, Retour, VirementAnnonce
from tiers_payant.domain._source import Source
from tiers_payant.domain._table import Kind, Table
from tiers_payant.domain.tables import (
    Arls,
    Comptes,
    ComptesClients,
    Encaissements,
    Factures,
    Groupes,
    Lignes,
    Lots,
    Mouvements,
    Rejets,
    Releves,
    Reponses,
    Retours,
    Tables,
    Virements,
)
from tiers_payant.errors import ColumnError

__all__ = [
    "facture_at",
    "lot_at",
    "officines_of",
    "releve_at",
    "retour_at",
    "tables_from_objects",
    "virement_at",
    "with_empreintes",
]

T = TypeVar("T", bound=Table)
V = TypeVar("V")
Rows = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int64]

_OBJETS = "objets"
"""Name of the format that objects come in, for what is reported."""

_NOBODY = Beneficiaire(assure=Assure(nir=TexteBrut()))

_OF_LOT = {"officine": "officine.numero", "lot_date": "date", "lot": "numero"}
_KEY = ("officine", "lot_date", "lot", "facture")
_LOT = {**_OF_LOT, "destinataire": "destinataire", "nom_officine": "officine.nom"}
_FACTURE = {
    "facture": "numero",
    "date_facture": "date",
    **{name: name for name in ("date_soins", "contrat", "paiement", "nature_assurance", "exoneration")},
    **{name: name for name in ("prescripteur", "date_prescription", "total_cents", "part_assure_cents")},
}
_PERSONNE = {
    "nir": "assure.nir",
    "nir_cle": "assure.cle",
    "nir_beneficiaire": "nir",
    "naissance": "naissance",
    "rang": "rang",
}
_RETOUR = (
    "reference", "emetteur_type", "emetteur", "destinataire_type", "destinataire", "date", "fichier", "total_cents",
    "empreinte",
)  # fmt: skip
_GROUPE = ("officine", "date", "libelle_1", "libelle_2", "organisme", "part")
_REPONSE = (*_KEY, "part", "reponse", "demande_cents", "annonce_cents", "amc", "nir", "naissance")
_REJET = (*_KEY, "code", "libelle", "part", "portee", "acte", "date_soins")
_MOUVEMENT = (
    "officine", "nature", "montant_cents", "solde_cents", "reference", "dette", "operation", "date", "libelle",
)  # fmt: skip
_RELEVE = ("compte", "compte_affiche", "identifiant", "devise", "avis", "du", "au")
_VIREMENT = (
    "date", "date_valeur", "montant_cents", "devise", "statut", "emetteur", "libelle", "textes", "code_operation",
    "extourne",
)  # fmt: skip
_LIGNE = (
    "date_soins", "acte", "quantite", "coefficient", "prix_unitaire_cents", "base_cents", "taux", "montant_amo_cents",
    "montant_amc_cents", "depense_cents",
)  # fmt: skip
_ARL = ("officine", "lot_date", "lot", "date", "positif", "libelle")
_CLIENT = (*_KEY, "client", "du_cents")
_ENCAISSEMENT = (*_KEY, "date", "montant_cents")


def tables_from_objects(
    *,
    officines: Iterable[Officine] = (),
    lots: Iterable[Lot] = (),
    retours: Iterable[Retour] = (),
    releves: Iterable[Releve] = (),
    arls: Iterable[Arl] = (),
    comptes_clients: Iterable[CompteClient] = (),
    encaissements: Iterable[Encaissement] = (),
    nom: str = _OBJETS,
) -> Tables:
    """Return the same facts as columns.

    Args:
        officines: For their bank accounts; the officines of *lots* need not be told again.
        nom: How the source is called in what is reported. Each statement is a source of its own, as a file would
            be, so that two deliveries of one account and day are told from two lines of one statement.

    Raises:
        ColumnError: A text that is no ASCII text where a code is expected, a date that is no `date`, an amount that
            is no `int`.
    """
    sent, received, statements = tuple(lots), tuple(retours), tuple(releves)
    factures = [facture for lot in sent for facture in lot.factures]
    return Tables(
        sources=_sources(nom, len(statements)),
        lots=_build(Lots, _columns(sent, _LOT), source=0),
        factures=_factures(sent, factures),
        lignes=_lignes(factures),
        comptes=_comptes([*officines, *(lot.officine for lot in sent)]),
        arls=_plain_table(Arls, tuple(arls), _ARL),
        comptes_clients=_plain_table(ComptesClients, tuple(comptes_clients), _CLIENT),
        encaissements=_plain_table(Encaissements, tuple(encaissements), _ENCAISSEMENT),
        **_retours(received),
        **_releves(statements),
    )


def _sources(nom: str, statements: int) -> tuple[Source, ...]:
    width = len(str(statements))
    names = [nom, *(f"{nom}:releve-{rank:0{width}}" for rank in range(1, statements + 1))]
    return tuple(Source(nom=name, format=_OBJETS) for name in names)


def _plain_table(rows: type[T], objects: Sequence[object], names: Sequence[str]) -> T:
    return _build(rows, _columns(objects, dict.fromkeys(names)), source=0)


# --- lists of values to checked columns


def _columns(objects: Sequence[object], names: Mapping[str, str | None]) -> dict[str, Sequence[Any]]:
    """Return, for each column of *names*, the attribute of every object."""
    return {column: list(map(attrgetter(name or column), objects)) for column, name in names.items()}


def _build(rows: type[T], given: Mapping[str, Sequence[Any]], **arrays: Any) -> T:
    """Build a table of *given* values, which are checked, and of *arrays*, or one number for every row."""
    kinds = rows.kinds()
    length = len(next(iter(given.values()), ()))
    checked = {name: _checked(kinds[name], name, values) for name, values in given.items()}
    spread = {
        name: np.full(length, value, np.int32) if isinstance(value, int) else value for name, value in arrays.items()
    }
    return rows.of(length, **checked, **spread)


def _checked(kind: Kind, name: str, values: Sequence[Any]) -> npt.NDArray[Any]:
    with suppress(ValueError, TypeError, OverflowError):
        return _CHECKS[np.dtype(kind.dtype).kind](values, kind)
    # Not chained: numpy's words quote the value, which may be health data.
    raise ColumnError(f"{name}: expected {_EXPECTED[np.dtype(kind.dtype).kind]}")


def _of_type(values: Iterable[Any], *allowed: type) -> None:
    if not set(map(type, values)) <= set(allowed):
        raise TypeError


def _textes(values: Sequence[Any], kind: Kind) -> npt.NDArray[Any]:
    distinct = set(values)
    _of_type(distinct, str)
    joined = "".join(distinct)
    if "\0" in joined:
        raise ValueError
    if len(distinct) == 1:
        text = joined.strip().encode("ascii")
        return np.full(len(values), text, dtype=f"S{max(len(text), 1)}")
    if joined.split() != [joined]:
        values = [value.strip() for value in values]
    widths = set(map(len, values))
    if len(widths) == 1 and 0 not in widths:  # numpy looks at each text where these say it all
        return np.frombuffer(bytearray("".join(values), "ascii"), dtype=f"S{widths.pop()}")
    return np.array(values, dtype="S")


def _libelles(values: Sequence[Any], kind: Kind) -> npt.NDArray[Any]:
    _of_type(values, str)
    return np.fromiter(values, dtype=object, count=len(values))


def _entiers(values: Sequence[Any], kind: Kind) -> npt.NDArray[Any]:
    wide = np.array(values) if values else np.empty(0, np.int64)
    if wide.dtype.kind != "i":
        raise TypeError
    return wide


def _jours(values: Sequence[Any], kind: Kind) -> npt.NDArray[Any]:
    days, ranks = _distinct(values)  # few are met many times, and numpy is slow on dates
    _of_type(days, dt.date, type(None))
    return np.array(days, dtype="datetime64[D]")[ranks]


def _drapeaux(values: Sequence[Any], kind: Kind) -> npt.NDArray[Any]:
    _of_type(values, bool)
    return np.array(values, dtype=np.bool_)


_CHECKS: Mapping[str, Callable[[Sequence[Any], Kind], npt.NDArray[Any]]] = {
    "S": _textes,
    "O": _libelles,
    "i": _entiers,
    "M": _jours,
    "b": _drapeaux,
}
_EXPECTED = {"S": "ASCII texts", "O": "texts", "i": "whole numbers that fit", "M": "dates or None", "b": "booleans"}


# --- lots


def _factures(lots: Sequence[Lot], factures: Sequence[Facture]) -> Factures:
    if not factures:
        return Factures.of()
    lot_of = np.repeat(np.arange(len(lots), dtype=np.int32), [len(lot.factures) for lot in lots])
    heads = {name: _checked(Factures.kinds()[name], name, held) for name, held in _columns(lots, _OF_LOT).items()}
    return _build(
        Factures,
        {**_columns(factures, _FACTURE), **_persons(factures)},
        **_insurers(factures),
        **{name: column[lot_of] for name, column in heads.items()},
        **_amounts(factures),
        lot_rang=lot_of,
        source=0,
    )


def _insurers(factures: Sequence[Facture]) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of both insurers; few are met many times, so each distinct code is cut once."""
    funds, ranks = _distinct([organism.code if (organism := facture.amo) else "--" for facture in factures])
    split = list(zip(*(code.split("-") for code in funds), strict=True))
    kinds = Factures.kinds()
    columns = {
        name: _checked(kinds[name], name, texts)[ranks]
        for name, texts in zip(("regime", "caisse", "centre"), split, strict=True)
    }
    insurers, ranks = _distinct([organism.code if (organism := facture.amc) else "" for facture in factures])
    return {**columns, "amc": _checked(kinds["amc"], "amc", insurers)[ranks]}


def _distinct(values: Sequence[V]) -> tuple[list[V], Rows]:
    """Return each value once, and for each of *values* its rank there."""
    ranks = {value: rank for rank, value in enumerate(dict.fromkeys(values))}
    if len(ranks) == 1:
        return list(ranks), np.zeros(len(values), dtype=np.int64)
    return list(ranks), np.fromiter(map(ranks.__getitem__, values), dtype=np.int64, count=len(values))


def _persons(factures: Sequence[Facture]) -> dict[str, Sequence[str]]:
    persons = list(map(attrgetter("beneficiaire"), factures))
    return _columns([person or _NOBODY for person in persons], _PERSONNE) if any(persons) else {}


def _amounts(factures: Sequence[Facture]) -> dict[str, Ints]:
    """Return the amount of each share, 0 where a facture tells none."""
    told, owner = _inside(factures, "parts")
    kinds = Factures.kinds()
    parts = np.fromiter(map(attrgetter("part"), told), dtype=np.int8, count=len(told))
    cents = _checked(kinds["part_amo_cents"], "montant_cents", list(map(attrgetter("montant_cents"), told)))
    amounts = {}
    for name, part in (("part_amo_cents", Part.AMO), ("part_amc_cents", Part.AMC)):
        amounts[name] = np.zeros(len(factures), dtype=np.int64)
        amounts[name][owner[parts == part]] = cents[parts == part]
    return amounts


def _inside(objects: Sequence[object], name: str) -> tuple[list[Any], npt.NDArray[np.int32]]:
    """Return all that *objects* hold under this name, and for each the rank of who holds it."""
    held = list(map(attrgetter(name), objects))
    sizes = np.fromiter(map(len, held), dtype=np.int64, count=len(held))
    return list(chain.from_iterable(held)), np.repeat(np.arange(len(held), dtype=np.int32), sizes)


def _lignes(factures: Sequence[Facture]) -> Lignes:
    lines, owner = _inside(factures, "lignes")
    return _build(Lignes, _columns(lines, dict.fromkeys(_LIGNE)), facture_rang=owner) if lines else Lignes.of()


def _comptes(officines: Sequence[Officine]) -> Comptes:
    held = dict.fromkeys(
        (officine.numero, account, officine.nom) for officine in officines for account in officine.comptes
    )
    columns = zip(("officine", "compte", "nom"), zip(*held, strict=True), strict=True) if held else ()
    return _build(Comptes, dict(columns), source=0)


# --- returns


def _retours(retours: Sequence[Retour]) -> dict[str, Any]:
    """Return the tables of returns; the rows of one return stand together, transfers in order, then the rest."""
    groups: list[VirementAnnonce] = [virement for retour in retours for virement in retour.virements]
    group_of, return_of = _holders(retours)
    answers = [holder.reponses for holder in _held(retours)]
    movements = [holder.mouvements for holder in _held(retours)]
    rejects = [retour.rejets for retour in retours]
    ranks = np.arange(len(retours), dtype=np.int32)
    return {
        "retours": _plain_table(Retours, retours, _RETOUR),
        "groupes": _build(
            Groupes,
            _columns(groups, dict.fromkeys(_GROUPE)),
            **_pointed(groups, retour=np.repeat(ranks, [len(retour.virements) for retour in retours])),
        ),
        "reponses": _spread(Reponses, answers, _REPONSE, groupe=group_of, retour=return_of),
        "mouvements": _spread(Mouvements, movements, _MOUVEMENT, groupe=group_of, retour=return_of),
        "rejets": _spread(Rejets, rejects, _REJET, retour=ranks),
    }


def _held(retours: Sequence[Retour]) -> list[VirementAnnonce | Retour]:
    held: list[VirementAnnonce | Retour] = []
    for retour in retours:
        held += [*retour.virements, retour]
    return held


def _holders(retours: Sequence[Retour]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return, for each of `_held`, its row in `groupes` (-1 for the return itself) and its return."""
    sizes = [len(retour.virements) + 1 for retour in retours]
    return_of = np.repeat(np.arange(len(retours), dtype=np.int32), sizes)
    is_group = np.ones(len(return_of), dtype=np.bool_)
    is_group[np.cumsum(sizes, dtype=np.int64) - 1] = False
    return np.where(is_group, np.cumsum(is_group) - 1, -1).astype(np.int32), return_of


def _pointed(rows: Sequence[object], **pointers: npt.NDArray[np.int32]) -> dict[str, Any]:
    return {**pointers, "source": 0} if rows else {}


def _spread(
    rows: type[T], held: Sequence[Sequence[object]], names: Sequence[str], **pointers: npt.NDArray[np.int32]
) -> T:
    """Build the table of what each holder holds, each row pointing where its holder does."""
    objects = list(chain.from_iterable(held))
    sizes = [len(part) for part in held]
    repeated = {name: np.repeat(pointer, sizes) for name, pointer in pointers.items()}
    return _build(rows, _columns(objects, dict.fromkeys(names)), **_pointed(objects, **repeated))


def with_empreintes(tables: Tables) -> Tables:
    """Return the same tables, in which each return has a fingerprint: of its content, when it came with none.

    The rows of one return must stand together, as `tables_from_objects` leaves them.
    """
    retours = tables.retours
    if not len(retours):
        return tables
    edges = np.arange(len(retours) + 1)
    parts = (tables.groupes, tables.reponses, tables.rejets, tables.mouvements)
    said: list[list[bytes]] = _contents(retours, edges)
    for part in parts:
        said += _contents(part, np.searchsorted(part.retour, edges))
    prints = [
        known or hashlib.sha256(b"".join(content)).hexdigest().encode()
        for known, content in zip(retours.empreinte.tolist(), zip(*said, strict=True), strict=True)
    ]
    return attrs.evolve(tables, retours=retours.with_columns(empreinte=prints))


_PLACE = {"groupe", "retour", "source", "octet"}
"""Columns that say where a row stands, not what it says."""


def _contents(table: Table, edges: Rows) -> list[list[bytes]]:
    """Return the rows between *edges* as bytes: how many they are, then each column.

    A table without rows is only counted: whether another return has some must not change a fingerprint.
    """
    columns = [column for name, column in table.columns().items() if name not in _PLACE] if len(table) else []
    return [_cut(np.diff(edges), np.arange(len(edges))), *(_cut(column, edges) for column in columns)]


def _cut(column: npt.NDArray[Any], edges: Rows) -> list[bytes]:
    """Return the bytes of a column between *edges*; they do not depend on the width that the other rows give it."""
    if column.dtype.kind == "S" and not column.view(np.uint8).any():  # empty texts, and what ends each
        whole, places = bytes(len(column)), edges
    elif column.dtype.kind in "SO":
        texts, sizes = _texts_and_sizes(column)
        whole, places = b"\0".join([*texts, b""]), np.append(0, np.cumsum(sizes + 1))[edges]
    else:
        whole, places = column.tobytes(), edges * column.itemsize
    return [whole[begin:end] for begin, end in pairwise(places.tolist())]


def _texts_and_sizes(column: npt.NDArray[Any]) -> tuple[list[bytes], Ints]:
    if column.dtype.kind == "S":
        return column.tolist(), np.char.str_len(column)
    texts = [text.encode() for text in column.tolist()]
    return texts, np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))


# --- bank


def _releves(releves: Sequence[Releve]) -> dict[str, Any]:
    own = np.arange(1, len(releves) + 1, dtype=np.int32)
    sizes = [len(releve.lignes) for releve in releves]
    lines = [line for releve in releves for line in releve.lignes]
    accounts = _checked(Releves.kinds()["compte"], "compte", [releve.compte for releve in releves])
    pointers = {
        "compte": np.repeat(accounts, sizes),
        "position": np.concatenate([np.arange(size) for size in sizes]) if sizes else np.empty(0, np.int64),
        "releve": np.repeat(own - 1, sizes),
        "source": np.repeat(own, sizes),
    }
    if not releves:
        return {}
    own_columns = {**_columns(releves, dict.fromkeys(_RELEVE)), **_balances(releves)}
    return {
        "releves": _build(Releves, own_columns, source=own),
        "virements": _build(Virements, _columns(lines, dict.fromkeys(_VIREMENT)), **pointers),
    }


def _balances(releves: Sequence[Releve]) -> dict[str, Sequence[Any]]:
    columns: dict[str, Sequence[Any]] = {}
    for name in ("initial", "final"):
        told = [getattr(releve, f"{name}_cents") for releve in releves]
        columns[f"{name}_connu"] = [cents is not None for cents in told]
        columns[f"{name}_cents"] = [0 if cents is None else cents for cents in told]
    return columns


# --- back to objects


def _raw(table: Table, row: int) -> dict[str, Any]:
    """Return one row; its texts are marked as a file's, so that no parser judges them."""
    return {name: TexteBrut(value) if isinstance(value, str) else value for name, value in table.row(row).items()}


def _named(names: Iterable[str], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of *names* for a constructor: its converters see marked texts, its other fields plain ones."""
    parsed = {"officine", "numero", "nir", "compte"}
    return {
        name: str(value) if isinstance(value := said[name], TexteBrut) and name not in parsed else value
        for name in names
    }


def facture_at(tables: Tables, row: int) -> Facture:
    """Return the facture of this row of `tables.factures`, its lines included."""
    said = _raw(tables.factures, row)
    lines = np.flatnonzero(tables.lignes.facture_rang == row)
    own = {name: said[column] for column, name in _FACTURE.items()}
    amo = Organisme.read_amo(said["regime"], said["caisse"], said["centre"])
    amc = Organisme.read_amc(str(said["amc"]))
    return Facture(
        **_named(own, {**own, "numero": str(own["numero"])}),
        amo=amo,
        amc=amc,
        parts=_parts(said, amo, amc),
        beneficiaire=_person(said),
        lignes=[LigneFacture(**_named(_LIGNE, _raw(tables.lignes, line))) for line in lines.tolist()],
    )


def _parts(said: Mapping[str, Any], amo: Organisme | None, amc: Organisme | None) -> list[PartFacturee]:
    """Return the shares that the code bills, and those whose amount is told without being billed."""
    billed = PARTS_OF_PAIEMENT.get(said["paiement"], frozenset())
    debtors = (
        (Part.AMO, said["part_amo_cents"], amo),
        (Part.AMC, said["part_amc_cents"], debtor_of_amc(amo, amc, said["contrat"])),
    )
    return [
        PartFacturee(part=part, montant_cents=cents, debiteur=debtor)
        for part, cents, debtor in debtors
        if cents or part in billed
    ]


def _person(said: Mapping[str, Any]) -> Beneficiaire | None:
    if not any(said[name] for name in _PERSONNE):
        return None
    return Beneficiaire(
        assure=Assure(nir=said["nir"], cle=str(said["nir_cle"])),
        nir=said["nir_beneficiaire"],
        naissance=str(said["naissance"]),
        rang=str(said["rang"]),
    )


def lot_at(tables: Tables, row: int) -> Lot:
    """Return the lot of this row of `tables.lots`, its factures included."""
    said = _raw(tables.lots, row)
    factures = np.flatnonzero(tables.factures.lot_rang == row)
    accounts = tables.comptes.compte[tables.comptes.officine == tables.lots.officine[row]]
    return Lot(
        officine=Officine(
            numero=said["officine"],
            nom=str(said["nom_officine"]),
            comptes=tuple(account.decode("latin-1") for account in accounts.tolist()),
        ),
        date=said["lot_date"],
        numero=str(said["lot"]),
        destinataire=str(said["destinataire"]),
        factures=[facture_at(tables, facture) for facture in factures.tolist()],
    )


def officines_of(tables: Tables) -> tuple[Officine, ...]:
    """Return the officines whose accounts are listed, in the order of `tables.comptes`."""
    accounts: dict[tuple[str, str], list[str]] = {}
    for row in range(len(tables.comptes)):
        said = tables.comptes.row(row)
        accounts.setdefault((said["officine"], said["nom"]), []).append(said["compte"])
    return tuple(
        Officine(numero=TexteBrut(numero), nom=nom, comptes=tuple(held)) for (numero, nom), held in accounts.items()
    )


def retour_at(tables: Tables, row: int) -> Retour:
    """Return the return of this row of `tables.retours`, with all that it says."""
    transfers = np.flatnonzero(tables.groupes.retour == row)
    reponses, mouvements = tables.reponses, tables.mouvements
    loose_answers = np.flatnonzero((reponses.retour == row) & (reponses.groupe < 0))
    loose_movements = np.flatnonzero((mouvements.retour == row) & (mouvements.groupe < 0))
    return Retour(
        **_named(_RETOUR, _raw(tables.retours, row)),
        virements=[_groupe_at(tables, transfer) for transfer in transfers.tolist()],
        reponses=_reponses_at(tables, loose_answers),
        mouvements=_mouvements_at(tables, loose_movements),
        rejets=[
            MotifRejet(**_named(_REJET, _raw(tables.rejets, reject)))
            for reject in np.flatnonzero(tables.rejets.retour == row).tolist()
        ],
    )


def _groupe_at(tables: Tables, row: int) -> VirementAnnonce:
    said = _named(_GROUPE, _raw(tables.groupes, row))
    return VirementAnnonce(
        **{**said, "part": Part(said["part"])},
        reponses=_reponses_at(tables, np.flatnonzero(tables.reponses.groupe == row)),
        mouvements=_mouvements_at(tables, np.flatnonzero(tables.mouvements.groupe == row)),
    )


def _reponses_at(tables: Tables, rows: Rows) -> list[ReponseFacture]:
    said = [_named(_REPONSE, _raw(tables.reponses, row)) for row in rows.tolist()]
    return [ReponseFacture(**{**one, "part": Part(one["part"]), "reponse": Reponse(one["reponse"])}) for one in said]


def _mouvements_at(tables: Tables, rows: Rows) -> list[Mouvement]:
    said = [_named(_MOUVEMENT, _raw(tables.mouvements, row)) for row in rows.tolist()]
    return [Mouvement(**{**one, "nature": NatureMouvement(one["nature"])}) for one in said]


def virement_at(tables: Tables, row: int) -> Virement:
    """Return the bank line of this row of `tables.virements`."""
    said = _named(_VIREMENT, _raw(tables.virements, row))
    return Virement(**{**said, "statut": Statut(said["statut"])})


def releve_at(tables: Tables, row: int) -> Releve:
    """Return the statement of this row of `tables.releves`, its lines in the bank's order."""
    said = _raw(tables.releves, row)
    lines = np.flatnonzero(tables.virements.releve == row)
    ordered = lines[np.argsort(tables.virements.position[lines], kind="stable")]
    return Releve(
        **_named(_RELEVE, said),
        initial_cents=said["initial_cents"] if said["initial_connu"] else None,
        final_cents=said["final_cents"] if said["final_connu"] else None,
        lignes=[virement_at(tables, line) for line in ordered.tolist()],
    )
