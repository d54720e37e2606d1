"""What each reject line means: columns in, columns out, each distinct case judged once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import AMC_SENDERS, AMO_SENDERS, ClassementRejets, CodeRejet, Famille, Preuve, Rejets, Tables
from tiers_payant.errors import LayoutError
from tiers_payant.rejets._attentes import reprocessed
from tiers_payant.rejets._codes import TableCodes
from tiers_payant.rejets._emetteurs import PARTS, Emetteurs, coded
from tiers_payant.rejets._lignes import code_of
from tiers_payant.rejets._mots import AMC, AMO, INDECIS, Lecteur, bare
from tiers_payant.rejets._portees import Niveaux, niveaux_of

__all__ = ["classify"]

Ints = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class _Cas:
    """The distinct cases of codes: what each says, and which is that of each row."""

    famille: Ints
    poids: Ints
    """`_RIEN`, `_PREFIXE`, `_CODE` or `_CONTREDIT`."""
    indice: list[str]
    classe: Ints
    """Whose words the label is made of."""
    rangs: Ints


_REPONSE = "réponse : traitement caisse"
_RIEN, _PREFIXE, _CODE, _CONTREDIT = range(4)


@attrs.frozen(eq=False)
class _Phrases:
    """What the distinct labels say: a family and an evidence for each, whoever's words they are."""

    famille: npt.NDArray[np.int64]
    """One row per label, one column for each of `INDECIS`, `AMO`, `AMC`."""
    rang: npt.NDArray[np.int64]
    """Likewise the rank of the evidence in `indice`: 0 for none."""
    indice: list[str]
    rangs: Ints


def classify(tables: Tables, codes: TableCodes) -> ClassementRejets:
    """Say what each reject line means, and from what it was read.

    In this order: an answer, or words, that say that the caisse re-processes it; the code, in force on the day of the
    return, of the narrowest scope that knows it; the words of the label; what the longer codes that begin like it
    share. What two of the same weight contradict is `INCONNU`, and the evidence tells both. The order of rows changes
    nothing.

    Returns:
        One row per row of `tables.rejets`, in its order.
    """
    rejets = tables.rejets
    if not len(rejets):
        return ClassementRejets.empty()
    cas, phrases = _judge_codes(tables, codes), _judge_labels(rejets.libelle.tolist())
    classe, poids = cas.classe[cas.rangs], cas.poids[cas.rangs]
    mots, rang = phrases.famille[phrases.rangs, classe], phrases.rang[phrases.rangs, classe]
    waits = mots == Famille.TRAITEMENT_CAISSE
    by_code = ~waits & ((poids == _CODE) | (poids == _CONTREDIT))
    by_words = ~by_code & (rang > 0)
    by_case = by_code | (~by_words & (poids == _PREFIXE))
    famille = np.where(by_case, cas.famille[cas.rangs], np.where(by_words, mots, int(Famille.INCONNU)))
    preuve = np.select(
        [famille == Famille.INCONNU, by_code, by_words, by_case],
        [int(Preuve.AUCUNE), int(Preuve.CODE), int(Preuve.MOTS), int(Preuve.PREFIXE)],
        default=int(Preuve.AUCUNE),
    )
    indices = np.array([*phrases.indice, *cas.indice, _REPONSE], dtype=object)
    chosen = np.where(by_case, len(phrases.indice) + cas.rangs, np.where(by_words, rang, 0))
    answered = reprocessed(tables, rejets) & ~waits
    famille[answered], preuve[answered] = int(Famille.TRAITEMENT_CAISSE), int(Preuve.REPONSE)
    chosen[answered] = len(indices) - 1
    return ClassementRejets(
        rejet=np.arange(len(rejets), dtype=np.int32),
        famille=famille.astype(np.int8),
        preuve=preuve.astype(np.int8),
        indice=indices[chosen],
    )


# --- codes


def _judge_codes(tables: Tables, table: TableCodes) -> _Cas:
    """Look up each distinct code, for each group of payers that the table tells apart, between two of its dates."""
    rejets = tables.rejets
    payers, payer = _payers(Emetteurs.of(tables, rejets), table.portees())
    known, code = coded(rejets.code.tolist())
    jours = table.jours()
    days = [jours[0] - dt.timedelta(days=1) if jours else dt.date.min, *jours, None]
    packed = (payer * len(days) + _times(tables, rejets, jours)) * len(known) + code
    distinct, rangs = np.unique(packed, return_inverse=True)
    rest, codes = np.divmod(distinct, len(known))
    found = [
        _judge_code(table, known[code], days[moment], payers[group])
        for group, moment, code in zip(
            *(each.tolist() for each in np.divmod(rest, len(days))), codes.tolist(), strict=True
        )
    ]
    familles, poids, indices, classes = zip(*found, strict=True)
    return _Cas(
        famille=np.array(familles, dtype=np.int64),
        poids=np.array(poids, dtype=np.int64),
        indice=list(indices),
        classe=np.array(classes, dtype=np.int64),
        rangs=rangs.reshape(-1).astype(np.int64),
    )


@attrs.frozen
class _Payeurs:
    """Payers to whom a table says the same."""

    niveaux: Niveaux
    classe: int
    """Whose words their labels are made of."""


def _payers(emetteurs: Emetteurs, portees: frozenset[str]) -> tuple[list[_Payeurs], Ints]:
    """Return the groups of payers that scopes tell apart, and that of each row: a table names few of the senders."""
    every = [
        _Payeurs(
            tuple(level for level in niveaux_of(*sender, part) if not portees.isdisjoint(level)),
            _class_of_words(sender[0], part),
        )
        for sender in emetteurs.connus
        for part in PARTS
    ]
    groups, of_pair = coded(every)
    return groups, of_pair[emetteurs.rangs * len(PARTS) + emetteurs.parts]


def _times(tables: Tables, rejets: Rejets, jours: Sequence[dt.date]) -> Ints:
    """Return between which of *jours* each row falls: after how many of them; one more than all when no day is told."""
    dates = np.append(tables.retours.date, np.datetime64("NaT", "D"))
    bounds = np.array(jours, dtype="datetime64[D]")
    after = np.searchsorted(bounds, dates, side="right")
    after[np.isnat(dates)] = len(jours) + 1
    return after[rejets.retour].astype(np.int64)


def _judge_code(table: TableCodes, printed: bytes, day: dt.date | None, payers: _Payeurs) -> tuple[int, int, str, int]:
    """Return the family of a code, what is known of it, the evidence, and whose words its label is made of."""
    niveaux, classe = payers.niveaux, payers.classe
    try:
        code = code_of(printed.decode("latin-1"))
    except LayoutError:
        return Famille.INCONNU, _RIEN, "", classe
    lines = table.find(code, day, niveaux)
    if len(lines) > 1:
        return (
            Famille.INCONNU,
            _CONTREDIT,
            " | ".join(sorted({f"{_told(one)} : {one.famille.name}" for one in lines})),
            classe,
        )
    if lines:
        return lines[0].famille, _CODE, _told(lines[0]), classe
    shared = table.find_prefix(code, day, niveaux)
    if shared:
        return shared.famille, _PREFIXE, _told(shared), classe
    return Famille.INCONNU, _RIEN, "", classe


def _told(line: CodeRejet) -> str:
    return f"{line.portee} {line.code}"


def _class_of_words(kind: str, part: str) -> int:
    """Return which insurer the words are about: the sender's kind and the part must not contradict each other."""
    amo, amc = kind.encode() in AMO_SENDERS or part == "O", kind.encode() in AMC_SENDERS or part == "C"
    return INDECIS if amo is amc else AMO if amo else AMC


# --- labels


def _judge_labels(labels: Sequence[str]) -> _Phrases:
    # Numbers make most labels one of a kind; without them few wordings are left to be judged.
    labels_met, of_row = coded(labels)
    known, of_label = coded([bare(label) for label in labels_met])
    lecteur = Lecteur()
    read = [each for plain in known for each in lecteur.read(plain)]
    indices, ranks = coded(["", *(each.indice for each in read)])
    shape = (len(known), len((INDECIS, AMO, AMC)))
    return _Phrases(
        famille=np.fromiter((each.famille for each in read), dtype=np.int64, count=len(read)).reshape(shape),
        rang=ranks[1:].reshape(shape),
        indice=indices,
        rangs=of_label[of_row],
    )
