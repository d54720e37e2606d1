"""NOÉMIE to tables."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Bruts, Entree, Lecture, ProblemLog, Rejets, Reponses, Retours, Source, Tables, row_codes
from tiers_payant.errors import shape
from tiers_payant.formats._choix import chosen_layout, tell_mixed
from tiers_payant.formats._decode import decode
from tiers_payant.formats._layout import load_layout
from tiers_payant.formats._noemie_cadrage import CADRAGES, FIXED, end_of_sequences, unframe
from tiers_payant.formats._noemie_contexte import Column, Contexte, Factures, build_factures, strip_numbers
from tiers_payant.formats._noemie_controles import (
    Fermetures,
    amounts_of,
    check_file,
    check_levels,
    read_fermetures,
)
from tiers_payant.formats._noemie_empreinte import fingerprints
from tiers_payant.formats._noemie_entites import Rows, cut
from tiers_payant.formats._noemie_groupes import Faits, read_groupes
from tiers_payant.formats._noemie_reponses import Answers, Motifs, read_answers, read_motifs, without_detail

__all__ = ["end_of_returns", "read_noemie"]

_ENTETE = ("emetteur_type", "emetteur", "destinataire_type", "destinataire", "date", "reference", "fichier")
_FIN = ("nombre_enregistrements", "nombre_lots", "total_cents", "signe")
_PARTY = 14
_APART = 10_000
_REFERENCE = re.compile(rb"[0-9]{3}[A-Z]?")


def read_noemie(entree: Entree) -> Lecture:
    """Read insurers' returns: any framing, any number of 000 to 999 sequences, old and new set of entities.

    The framing is recognised by what makes sense of the head of the file; `entree.options["cadrage"]` imposes `blocs`,
    `longueurs` or `nu`. Counts and sums of 990 and 999 are checked; every gap is a problem and nothing is refused.
    Unknown and broken entities, and answers whose facture lacks its key, are kept in `bruts`.
    """
    log = ProblemLog(entree.nom)
    layout = chosen_layout("noemie", entree, log)
    data = np.frombuffer(entree.octets, dtype=np.uint8)
    if not len(data):
        log.add("FICHIER_VIDE")
        return Lecture(Tables(sources=(Source(nom=entree.nom, format="noemie"),)), log.problems())
    flux = unframe(data, layout, log, _cadrage(entree, log))
    tell_mixed("noemie", entree, (row.tobytes() for row in flux.fixes if row[0] == ord("0")), layout, log)
    contexte = Contexte(flux, cut(flux, layout, log), layout, log)
    return Lecture(_read(contexte, entree), log.problems())


def end_of_returns(entree: Entree) -> int:
    """Return where the last return that stands whole at the beginning of *entree* ends; 0 when there is none."""
    data, log = np.frombuffer(entree.octets, dtype=np.uint8), ProblemLog("")
    return end_of_sequences(unframe(data, load_layout("noemie"), log, _cadrage(entree, log)))


def _cadrage(entree: Entree, log: ProblemLog) -> str:
    asked = entree.options.get("cadrage", "")
    if asked and asked not in CADRAGES:
        log.add("VALEUR_ATTENDUE", field="cadrage", attendu=", ".join(CADRAGES), forme=shape(asked))
        return ""
    return asked


def _read(contexte: Contexte, entree: Entree) -> Tables:
    entetes, fins = _fixed(contexte, b"000", _ENTETE), _fixed(contexte, b"999", _FIN)
    factures = build_factures(contexte)
    motifs = read_motifs(contexte, factures)
    fermetures = read_fermetures(contexte, factures)
    answers = read_answers(contexte, factures, motifs, fermetures)
    faits = read_groupes(contexte, factures, answers)
    _control(contexte, factures, motifs, fermetures, fins)
    tables = Tables(
        sources=(_source(contexte, entree, entetes),),
        retours=_retours(contexte, entetes, fins),
        groupes=faits.groupes,
        reponses=_reponses(contexte, factures, answers, faits),
        rejets=_rejets(contexte, factures, motifs),
        mouvements=faits.mouvements,
        bruts=_bruts(contexte),
    )
    _tell_ends(contexte)
    return tables


# --- fixed records


def _fixed(contexte: Contexte, code: bytes, names: tuple[str, ...]) -> dict[str, Column]:
    """Decode the 000 or the 999: one row per fixed record, absent where it is the other one."""
    flux, record = contexte.flux, contexte.layout.records[code.decode()]
    mine = np.flatnonzero((flux.fixes[:, :3] == np.frombuffer(code, dtype=np.uint8)).all(axis=1))
    decoded = decode(
        record, np.ascontiguousarray(flux.fixes).reshape(-1), mine * FIXED, names, contexte.log, flux.octets[mine], ()
    )
    columns = {}
    for name, column in decoded.columns.items():
        absent = np.datetime64("NaT") if column.dtype.kind == "M" else 0 if column.dtype.kind == "i" else b""
        columns[name] = np.full(len(flux.fixes) + 1, absent, dtype=column.dtype)
        columns[name][mine] = column
    return columns


def _retours(contexte: Contexte, entetes: Mapping[str, Column], fins: Mapping[str, Column]) -> Retours:
    """Build one row per return; the row -1 of the fixed records is the absent one."""
    spans = contexte.entites.spans
    head, tail = spans.entetes, spans.fins
    fixed = np.append(contexte.flux.octets, 0)
    return Retours.of(
        len(spans),
        **{name: entetes[name][head] for name in ("emetteur_type", "destinataire_type", "date", "fichier")},
        **{name: strip_numbers(entetes[name][head], _PARTY) for name in ("emetteur", "destinataire")},
        reference=entetes["reference"][head],
        total_cents=(fins["total_cents"] * fins["signe"].astype(np.int64))[tail],
        empreinte=fingerprints(contexte.flux, contexte.entites, contexte.layout),
        source=np.zeros(len(spans), dtype=np.int32),
        octet=np.where(head >= 0, fixed[head], contexte.flux.to_file(spans.debuts)),
    )


def _tell_ends(contexte: Contexte) -> None:
    flux, log, spans = contexte.flux, contexte.log, contexte.entites.spans
    octets = np.where(spans.entetes >= 0, np.append(flux.octets, 0)[spans.entetes], flux.to_file(spans.debuts))
    for row in np.flatnonzero((spans.entetes < 0) | (spans.fins < 0)).tolist():
        if spans.entetes[row] < 0:
            log.add("DEBUT_ABSENT", offset=int(octets[row]), code="000")
        if spans.fins[row] < 0:
            log.add("FIN_ABSENTE", offset=int(octets[row]), code="999")


# --- tables


def _reponses(contexte: Contexte, factures: Factures, answers: Answers, faits: Faits) -> Reponses:
    under = answers.factures
    nir = _first(contexte, factures, ((103, "nir"), (110, "nir")))
    naissance = _first(contexte, factures, ((103, "naissance"), (120, "naissance")))
    return Reponses.of(
        len(under),
        officine=factures.officine[under],
        lot_date=factures.lot_date[under],
        lot=factures.lot[under],
        facture=factures.facture[under],
        part=answers.parts,
        reponse=answers.reponses,
        demande_cents=answers.demandes,
        annonce_cents=answers.annonces,
        amc=answers.amc,
        nir=nir[under],
        naissance=naissance[under],
        groupe=faits.answers.astype(np.int32),
        retour=contexte.entites.retours[answers.rows],
        source=np.zeros(len(under), dtype=np.int32),
        octet=contexte.octets(answers.rows),
    )


def _first(contexte: Contexte, factures: Factures, wanted: tuple[tuple[int, str], ...]) -> Column:
    """Return what the first entity that says it says of each facture."""
    found: Column = np.zeros(len(factures), dtype="S13")
    for numero, name in wanted:
        values, under = contexte.lus(numero)[name], factures.of_kind(contexte, numero)
        if len(under) == len(factures) and (under == np.arange(len(under))).all():
            found = values
        elif len(under):
            found = found.copy()
            kept = np.flatnonzero(under >= 0)[::-1]  # the first one is written last
            found[under[kept]] = values[kept]
    return found


def _rejets(contexte: Contexte, factures: Factures, motifs: Motifs) -> Rejets:
    under = motifs.factures
    return Rejets.of(
        len(under),
        officine=factures.officine[under],
        lot_date=factures.lot_date[under],
        lot=factures.lot[under],
        facture=factures.facture[under],
        code=motifs.codes,
        libelle=motifs.libelles,
        part=motifs.parts,
        portee=motifs.portees,
        acte=motifs.actes,
        date_soins=motifs.dates,
        retour=contexte.entites.retours[motifs.rows],
        source=np.zeros(len(under), dtype=np.int32),
        octet=contexte.octets(motifs.rows),
    )


def _bruts(contexte: Contexte) -> Bruts:
    """Keep what no table took; a run of unreadable bytes that no end mark closes is told here too."""
    entites, flux = contexte.entites, contexte.flux
    rows = np.flatnonzero(contexte.ecartes)
    first = _apart(rows, entites.retours)
    last = np.append(first[1:], True)[: len(rows)]
    spans = list(zip(entites.debuts[rows[first]].tolist(), (entites.fins[rows[last]] + 1).tolist(), strict=True))
    spans = sorted([*spans, *entites.restes])
    starts = np.array([start for start, _ in spans], dtype=np.int64)
    octets = flux.to_file(starts)
    for start, _ in entites.restes:
        contexte.log.add("NOEMIE_INACHEVEE", offset=int(flux.to_file(np.array([start]))[0]))
    raw = [flux.data[start:end].tobytes() for start, end in spans]
    return Bruts.of(
        len(spans),
        code=np.array([text[:3] for text in raw], dtype="S3"),
        contenu=np.array([text.decode("latin-1") for text in raw], dtype="O"),
        source=np.zeros(len(spans), dtype=np.int32),
        octet=octets,
    )


def _apart(rows: Rows, retours: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Say which entities set aside begin a row of `bruts`: each, and beyond `_APART` those that follow no other.

    Millions of bytes of junk must not become millions of rows; what is kept is the same.
    """
    first = np.ones(len(rows), dtype=np.bool_)
    here, before = rows[_APART:], rows[_APART - 1 : -1]
    first[_APART:] = (here != before + 1) | (retours[here] != retours[before])
    return first


def _source(contexte: Contexte, entree: Entree, entetes: Mapping[str, Column]) -> Source:
    references = {_shown(reference) for reference in entetes["reference"].tolist() if reference}
    return Source(
        nom=entree.nom,
        format="noemie",
        reference=", ".join(sorted(references)),
        octets=len(entree.octets),
        enregistrements=len(contexte.entites) + len(contexte.flux.fixes),
        confiance=contexte.confiance(),
        surcharges=contexte.layout.surcharges,
    )


def _shown(reference: bytes) -> str:
    """Return a reference as it is told; what is none may be anything, so only its shape is."""
    return reference.decode("ascii") if _REFERENCE.fullmatch(reference) else shape(reference)


# --- controls


def _control(
    contexte: Contexte, factures: Factures, motifs: Motifs, fermetures: Fermetures, fins: Mapping[str, Column]
) -> None:
    brought = np.zeros(len(contexte.entites), dtype=np.int64)
    for code in contexte.layout.extra["regles"]["sommes"]:
        rows = contexte.lus(int(code)).rows
        brought[rows] = np.where(contexte.ecartes[rows], 0, amounts_of(contexte, int(code)))
    bare = np.append(without_detail(contexte, factures, motifs) & factures.complete, False)
    lines = contexte.lus(210).rows
    brought[lines[bare[factures.of(contexte, lines)]]] = 0  # their 990 stands for them
    own = bare[fermetures.factures]
    brought[fermetures.lus.rows[own]] = fermetures.sommes[own]
    check_levels(contexte, fermetures, brought, own)
    check_file(contexte, fins, brought, _lots(contexte, factures))


def _lots(contexte: Contexte, factures: Factures) -> Rows:
    """Count the lots of each return: its 080, or, where there is none, the lots that its 102 name."""
    retours, count = contexte.entites.retours, len(contexte.entites.spans)
    announced = np.bincount(retours[contexte.lus(80).rows], minlength=count)
    named = np.flatnonzero(~factures.ancienne & (factures.lot != b""))
    owner = retours[factures.rows[named]]
    (codes,) = row_codes([(owner, factures.lot_date[named], factures.lot[named])])
    _, first = np.unique(codes, return_index=True)
    distinct = np.bincount(owner[first], minlength=count)
    return np.where(announced > 0, announced, distinct)
