"""The answers of a NOÉMIE return: what it says of each share of each facture, and why.

The new set says it: one 198 for the AMO, one 199 for the AMC. The old set has to be understood: the signed lines of 210
are payments, a 290 where nothing is paid is a reject, and a 290 where something is paid is a signal. In a facture
without any line, the sum of its own 990 is what was paid, of a share that is not said.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Part, Reponse
from tiers_payant.errors import shape
from tiers_payant.formats._noemie_contexte import Column, Contexte, Factures, Mask, merge_order, strip_amc
from tiers_payant.formats._noemie_controles import Fermetures
from tiers_payant.formats._noemie_entites import Rows

__all__ = ["Answers", "Motifs", "read_answers", "read_motifs", "reprocessed", "without_detail"]

_LINES = (210, 212, 216, 220)
"""The entities that pay a facture line by line. Only 210 can be read: where another stands, the lines do not tell
all, and the 990 of the facture does."""
_ETATS = {b"": Reponse.NON_TRAITEE, b"P": Reponse.PAYEE, b"R": Reponse.REJETEE, b"D": Reponse.DIFFEREE}


@attrs.frozen(eq=False)
class Motifs:
    """The reject and signal lines (290, 294) under factures, in file order."""

    rows: Rows
    factures: Rows
    codes: Column
    libelles: Column
    parts: Column
    portees: Column
    actes: Column
    dates: Column
    caisse: Mask
    """Whether the label says that the insurer re-processes."""


@attrs.frozen(eq=False)
class Answers:
    """One row per answer, in file order."""

    rows: Rows
    """The entity that says it."""
    factures: Rows
    parts: npt.NDArray[np.int8]
    reponses: npt.NDArray[np.int8]
    demandes: npt.NDArray[np.int64]
    annonces: npt.NDArray[np.int64]
    amc: Column

    @classmethod
    def build(
        cls,
        rows: Rows,
        factures: Rows,
        part: int,
        reponses: object,
        annonces: object = 0,
        demandes: object = 0,
        amc: object = b"",
    ) -> Answers:
        """Build answers for one share; what is one value stands for all."""
        length = len(rows)
        return cls(
            rows=rows,
            factures=factures,
            parts=np.full(length, part, dtype=np.int8),
            reponses=np.broadcast_to(np.asarray(reponses, dtype=np.int8), length),
            demandes=np.broadcast_to(np.asarray(demandes, dtype=np.int64), length),
            annonces=np.broadcast_to(np.asarray(annonces, dtype=np.int64), length),
            amc=np.broadcast_to(np.asarray(amc, dtype="S10"), length),
        )

    @classmethod
    def join(cls, parts: Sequence[Answers]) -> Answers:
        """Join answers and put them in file order."""
        columns = {field.name: np.concatenate([getattr(part, field.name) for part in parts])
                   for field in attrs.fields(cls)}  # fmt: skip
        order = merge_order(*(part.rows for part in parts))
        return cls(**{name: column[order] for name, column in columns.items()})


# --- why


def read_motifs(contexte: Contexte, factures: Factures) -> Motifs:
    """Read the reject lines; one that is under no facture is kept raw."""
    old, new = contexte.lus(290), contexte.lus(294)
    contexte.tell_unlisted(294, "part")
    for numero in (290, 294):
        _under(contexte, factures, numero)
    order = merge_order(old.rows, new.rows)
    rows = np.concatenate([old.rows, new.rows])[order]
    under = factures.of(contexte, rows)
    kept = (under >= 0) & (factures.complete[under] if len(factures) else False)
    order, rows, under = np.arange(len(rows))[order][kept], rows[kept], under[kept]
    libelles = np.array(
        [text.decode("latin-1") for text in np.concatenate([old["libelle"], new["libelle"]])[order].tolist()], dtype="O"
    )
    return Motifs(
        rows=rows,
        factures=under,
        codes=np.concatenate([old["code"], new["code"]])[order],
        libelles=libelles,
        parts=np.concatenate([np.zeros(len(old), dtype="S1"), new["part"]])[order],
        portees=np.concatenate([np.zeros(len(old), dtype="S1"), new["portee"]])[order],
        actes=np.concatenate([np.zeros(len(old), dtype="S5"), new["acte"]])[order],
        dates=np.concatenate([np.full(len(old), "NaT", dtype="datetime64[D]"), new["date_soins"]])[order],
        caisse=reprocessed(libelles.tolist(), contexte.layout.extra["regles"]["traitement_caisse"]["mots"]),
    )


def reprocessed(labels: Sequence[str], words: Sequence[str]) -> Mask:
    """Return the labels that hold one of *words*, whatever their accents and case."""
    wanted = [_bare(word) for word in words]
    said = {label: any(word in _bare(label) for word in wanted) for label in set(labels)}
    return np.array([said[label] for label in labels], dtype=np.bool_)


def _bare(text: str) -> str:
    """Drop accents, case and repeated spaces."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return " ".join(letters.casefold().split())


def _under(contexte: Contexte, factures: Factures, numero: int) -> tuple[Any, Rows, Rows]:
    """Set aside the entities that are under no facture, or under one without its key.

    Returns:
        Which ones are left, by rank among those of that number; their rows, and the rank of the facture of each.
    """
    rows, under = contexte.lus(numero).rows, factures.of_kind(contexte, numero)
    complete = np.append(factures.complete, False)[under]  # -1 reads the added one
    if complete.all():
        return slice(None), rows, under
    contexte.set_aside(rows[under < 0], "100, 102")
    contexte.ecartes[rows[~complete]] = True
    kept = np.flatnonzero(complete)
    return kept, rows[kept], under[kept]


# --- what


def read_answers(contexte: Contexte, factures: Factures, motifs: Motifs, fermetures: Fermetures) -> Answers:
    """Say what every facture is answered."""
    amo, amc = (_read_share(contexte, factures, motifs, numero) for numero in (198, 199))
    new = np.bincount(np.concatenate([amo.factures, amc.factures]), minlength=len(factures)) > 0
    old, detailed = _read_lines(contexte, factures, motifs)
    rest = _read_rest(contexte, factures, motifs, fermetures, new | detailed)
    return Answers.join([amo, amc, *old, *rest])


def _read_share(contexte: Contexte, factures: Factures, motifs: Motifs, numero: int) -> Answers:
    """Read 198 or 199: one answer each."""
    lus = contexte.lus(numero)
    ranks, rows, under = _under(contexte, factures, numero)
    etats = lus["etat"][ranks]
    reponses = np.zeros(len(rows), dtype=np.int8)
    known = np.zeros(len(rows), dtype=np.bool_)
    for etat, reponse in _ETATS.items():
        said = etats == etat
        reponses[said] = reponse
        known |= said
    for row in np.flatnonzero(~known).tolist():
        octet = int(contexte.octets(rows[row : row + 1])[0])
        contexte.log.add("VALEUR_ATTENDUE", offset=octet, column=14, field="etat", attendu="P, R, D",
                         forme=shape(etats[row]))  # fmt: skip
    other = b"C" if numero == 198 else b"O"
    caisse = _named(factures, motifs, motifs.caisse & (motifs.parts != other))
    reponses[(reponses == Reponse.REJETEE) & caisse[under]] = Reponse.TRAITEMENT_CAISSE
    return Answers.build(
        rows,
        under,
        Part.AMO if numero == 198 else Part.AMC,
        reponses,
        annonces=lus["paye_cents"][ranks].astype(np.int64) * lus["signe"][ranks],
        demandes=lus["demande_cents"][ranks],
        amc=b"" if numero == 198 else strip_amc(lus["amc"])[ranks],
    )


def _named(factures: Factures, motifs: Motifs, mask: Mask) -> Mask:
    """Return the factures that have a reject line where *mask* is true."""
    named = np.zeros(len(factures), dtype=np.bool_)
    named[motifs.factures[mask]] = True
    return named


def _read_lines(contexte: Contexte, factures: Factures, motifs: Motifs) -> tuple[list[Answers], Mask]:
    """Add the 210 up: an answer of the AMO, and one of the AMC when it has something to say.

    Returns:
        The answers, and the factures that they settle: those with lines, all readable, unless nothing is paid and a
        reject says why.
    """
    lus = contexte.lus(210)
    ranks, _, under = _under(contexte, factures, 210)
    sign = lus["signe"][ranks].astype(np.int64)
    amo = factures.sums(under, (lus["paye_cents"][ranks].astype(np.int64) + lus["alsace_moselle_cents"][ranks]) * sign)
    amc = factures.sums(under, lus["amc_cents"][ranks] * sign)
    base = factures.sums(under, lus["base_amc_cents"][ranks]) != 0
    lined = (factures.count(under) > 0) & ~_broken(contexte, factures, _LINES)
    lined &= ~((amo == 0) & (amc == 0) & _named(factures, motifs, np.ones(len(motifs.rows), dtype=np.bool_)))
    says_amc = lined & ((amc != 0) | base)
    says_amo = lined & ((amo != 0) | ~says_amc)
    answers = [
        Answers.build(factures.rows[mask], np.flatnonzero(mask), part, Reponse.PAYEE, cents[mask])
        for part, mask, cents in ((Part.AMO, says_amo, amo), (Part.AMC, says_amc, amc))
    ]
    return answers, lined


def _broken(contexte: Contexte, factures: Factures, numeros: Sequence[int]) -> Mask:
    """Return the factures under which an entity of these numbers could not be read."""
    rows = np.flatnonzero(contexte.ecartes)
    rows = rows[np.isin(contexte.entites.numeros[rows], numeros)]
    return factures.count(factures.of(contexte, rows)) > 0


def without_detail(contexte: Contexte, factures: Factures, motifs: Motifs) -> Mask:
    """Return the factures of the old set of which the 990 alone tells what was paid.

    They have no line and no reject; or a line that cannot be read, and then a 290 beside it may be a signal.
    """
    unread = _broken(contexte, factures, _LINES)
    silent = (factures.count(factures.of_kind(contexte, 210)) == 0) & (factures.count(motifs.factures) == 0)
    bare: Mask = factures.ancienne & (unread | silent)
    return bare


def _read_rest(
    contexte: Contexte, factures: Factures, motifs: Motifs, fermetures: Fermetures, answered: Mask
) -> list[Answers]:
    """Answer for the factures that no share line answers: rejected, paid as their 990 says, or not handled."""
    rejected = factures.count(motifs.factures) > 0
    closing = fermetures.factures >= 0
    somme = factures.sums(fermetures.factures[closing], fermetures.sommes[closing])
    open_ = factures.complete & ~answered
    paid = open_ & (somme != 0) & without_detail(contexte, factures, motifs)
    caisse = _named(factures, motifs, motifs.caisse)
    said = np.where(
        paid,
        Reponse.PAYEE,
        np.where(rejected, np.where(caisse, Reponse.TRAITEMENT_CAISSE, Reponse.REJETEE), Reponse.NON_TRAITEE),
    )
    # A facture whose only answer could not be read is not one that the insurer left unhandled.
    kept = open_ & (paid | rejected | ~_broken(contexte, factures, (198, 199, *_LINES)))
    return [
        Answers.build(
            factures.rows[kept],
            np.flatnonzero(kept),
            Part.NON_PRECISEE,
            said[kept],
            np.where(paid, somme, 0)[kept],
        )
    ]
