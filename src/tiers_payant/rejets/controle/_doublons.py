"""What was already asked: by its number, or by what it bills under another, unless it was refused.

A share may be billed again once its last answer refuses it or takes it back, or its lot is refused. Shares are compared
one by one: the AMO share of a dispensing in one facture and its AMC share in another are no duplicates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from weakref import WeakKeyDictionary

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Arls,
    CheckSpec,
    Confiance,
    Examen,
    Factures,
    Famille,
    Lignes,
    Part,
    Reponse,
    Reponses,
    Severite,
    Tables,
    facture_codes,
    lot_codes,
    mixed,
    row_codes,
)
from tiers_payant.rejets.controle._colonnes import Ints, Mask, Rows, blank, rows_of
from tiers_payant.rejets.controle._payeur import bills

__all__ = ["CONTROLES"]

_Cle = tuple[list[npt.NDArray[np.generic]], Mask]
"""Columns that two factures share when one repeats the other, and the factures that tell them."""

_PERSONNE = ("officine", "nir", "naissance", "rang")
_LIGNE = ("acte", "quantite", "base_cents", "depense_cents", "montant_amo_cents", "montant_amc_cents")
_ORDRE = ("facture", "lot", "lot_date", "date_facture")
"""What says which of several came first: the last of these first."""
_MONTANTS = {Part.AMO: "part_amo_cents", Part.AMC: "part_amc_cents"}


@attrs.frozen(eq=False)
class _Envois:
    """All that was sent, then all that is to be."""

    factures: Factures
    lignes: Lignes
    avant: int
    """How many were sent."""
    vivantes: dict[Part, Mask]
    """For each share, the factures that ask it for a person known and were not refused."""
    personnes: Ints
    """One number for each person of each officine."""

    @classmethod
    def of(cls, examen: Examen) -> _Envois:
        parts = [_thin(examen.deja), _thin(examen.tables)]
        known_before = any(len(table) for _, table in parts[0].each())
        joined = Tables.concat(parts) if known_before else parts[1]
        factures = joined.factures
        known = ~blank(factures.nir)
        live = {
            part: known & bills(factures, part) & (getattr(factures, cents) != 0) & ~_refused(joined, part)
            for part, cents in _MONTANTS.items()
        }
        (people,) = row_codes([[getattr(factures, name) for name in _PERSONNE]])
        return cls(factures, joined.lignes, len(parts[0].factures), live, people)

    def again(self, cle: _Cle, part: Part, *, renumbered: bool = False) -> tuple[Mask, Mask]:
        """Tell what is to be sent and was sent under that key, and what repeats another that is to be sent.

        Args:
            cle: What one repeats of the other.
            part: Which share is asked.
            renumbered: Whether what was sent counts only under another number.
        """
        columns, told = cle
        live = np.flatnonzero(self.vivantes[part] & told)
        (codes,) = row_codes([[column[live] for column in columns]]) if len(live) else (np.zeros(0, dtype=np.int64),)
        to_send = live >= self.avant
        met = self._renumbered(live, codes) if renumbered else np.isin(codes, codes[~to_send])
        sent = self._mask(live[to_send & met])
        return sent, self._mask(self._repeats(live[to_send], codes[to_send]))

    def _renumbered(self, live: Rows, codes: Ints) -> Mask:
        """Tell the rows of which the code was sent under another number; none is never the same as none."""
        if not len(live):
            return np.zeros(0, dtype=np.bool_)
        numbers = self.factures.facture[live]
        (pairs,) = row_codes([[codes, numbers]])
        sent = live < self.avant
        distinct, first = np.unique(pairs[sent], return_index=True)
        several = np.bincount(codes[sent][first], minlength=int(codes.max()) + 1)
        own = np.isin(pairs, distinct) & (numbers != b"")
        other: Mask = several[codes] > own
        return other

    def _repeats(self, rows: Rows, codes: Ints) -> Rows:
        """Return the rows of one code but the first of them, by dates, lot and number."""
        _, which, counts = np.unique(codes, return_inverse=True, return_counts=True)
        several = counts[which] > 1
        rows, codes = rows[several], codes[several]
        order = np.lexsort([*(getattr(self.factures, name)[rows] for name in _ORDRE), codes])
        repeated: Rows = rows[order][1:][codes[order][1:] == codes[order][:-1]]
        return repeated

    def _mask(self, rows: Rows) -> Mask:
        mask = np.zeros(len(self.factures) - self.avant, dtype=np.bool_)
        mask[rows - self.avant] = True
        return mask

    def by_number(self, part: Part) -> _Cle:
        return [self.personnes, self.factures.facture], self.factures.facture != b""

    def by_content(self, part: Part) -> _Cle:
        factures = self.factures
        cents = getattr(factures, _MONTANTS[part])
        columns = [self.personnes, factures.date_soins, factures.total_cents, cents, self._prints]
        return columns, ~np.isnat(factures.date_soins)

    @cached_property
    def _prints(self) -> Ints:
        """Return one word for the lines of each facture, whatever their order: a sieve beside the amounts."""
        rows = self.lignes.facture_rang
        words = mixed([getattr(self.lignes, name) for name in _LIGNE])
        total = np.zeros(len(self.factures), dtype=np.uint64)
        np.add.at(total, rows[rows >= 0], words[rows >= 0])
        return total.view(np.int64)


def _thin(tables: Tables) -> Tables:
    """Keep what duplicates are judged by."""
    return Tables(
        sources=tables.sources,
        factures=tables.factures,
        lignes=tables.lignes,
        lots=tables.lots,
        arls=tables.arls,
        retours=tables.retours,
        reponses=tables.reponses.with_columns(groupe=np.full(len(tables.reponses), -1, dtype=np.int32)),
    )


def _refused(tables: Tables, part: Part) -> Mask:
    """Tell the factures of which *part* may be billed again: its last answer refuses it or takes it back."""
    reponses: Reponses = tables.reponses
    refused = np.zeros(len(tables.factures), dtype=np.bool_)
    told = np.flatnonzero(np.isin(reponses.part, (part, Part.NON_PRECISEE)))
    if len(told):
        factures, answers = facture_codes([tables.factures, reponses])
        codes, which = np.unique(answers[told], return_inverse=True)
        days = _days_of_answers(tables)[told]
        last = np.full(len(codes), np.iinfo(np.int64).min)
        np.maximum.at(last, which, days)
        free = (reponses.reponse == Reponse.REJETEE) | (reponses.annonce_cents < 0)
        # Several answers of the last day that do not agree free nothing.
        held = (days == last[which]) & ~free[told]
        refused = np.isin(factures, np.setdiff1d(codes, codes[which[held]]))
    arls: Arls = tables.arls
    if len(arls):
        lots, acknowledged = lot_codes([tables.factures, arls])
        refused |= np.isin(lots, acknowledged[~arls.positif])
    return refused


_ENVOIS: WeakKeyDictionary[Examen, _Envois] = WeakKeyDictionary()


def _envois(examen: Examen) -> _Envois:
    """Return what was and is to be sent: put together once for the checks of one examination, and let go with it."""
    if examen not in _ENVOIS:
        _ENVOIS[examen] = _Envois.of(examen)
    return _ENVOIS[examen]


def _days_of_answers(tables: Tables) -> Ints:
    """Return the day of each answer as a number, the least of all where it is not known."""
    retour = tables.reponses.retour
    days = np.full(len(retour), np.datetime64("NaT"), dtype="datetime64[D]")
    days[retour >= 0] = tables.retours.date[retour[retour >= 0]]
    return days.astype(np.int64)


def _content_again(*, sent: bool) -> Callable[[Examen], Mask]:
    def asked(examen: Examen) -> Mask:
        envois = _envois(examen)
        found: Sequence[tuple[Mask, Mask]] = [
            envois.again(envois.by_content(part), part, renumbered=True) for part in _MONTANTS
        ]
        both = [one[0] if sent else one[1] for one in found]
        either: Mask = both[0] | both[1]
        return either

    return asked


def _number_again(examen: Examen) -> Mask:
    envois = _envois(examen)
    found = [mask for part in _MONTANTS for mask in envois.again(envois.by_number(part), part)]
    again: Mask = np.logical_or.reduce(found)
    return again


CONTROLES = (
    CheckSpec(
        name="doublon_numero",
        phrase="Ce numéro de facture a déjà servi pour la même personne, sans rejet : ne pas renvoyer.",
        severite=Severite.BLOQUANT,
        famille=Famille.DOUBLON,
        champ="facture",
        examine=rows_of(_number_again),
        source="rejet 2900 005, facture déjà payée : même numéro, même bénéficiaire (MÉMO)",
        confiance=Confiance.MOYENNE,
        reserve="Un rejet ou un ARL négatif, lu avec les lots ou les envois antérieurs, permet de refacturer.",
    ),
    CheckSpec(
        name="doublon_envoye",
        phrase="La même délivrance a déjà été facturée sous un autre numéro, sans rejet : chercher son paiement.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.DOUBLON,
        champ="facture",
        examine=rows_of(_content_again(sent=True)),
        source="rejet 2900 005 ; même personne, même jour, mêmes lignes, même part : inférence",
        reserve="Muet tant qu'aucun envoi antérieur n'est donné.",
    ),
    CheckSpec(
        name="doublon_contenu",
        phrase="Deux factures à envoyer portent la même délivrance : garder la première.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.DOUBLON,
        champ="facture",
        examine=rows_of(_content_again(sent=False)),
        source="rejet 2900 005 ; même personne, même jour, mêmes lignes, même part : inférence",
        reserve="La première, par dates, lot et numéro, n'est pas signalée.",
    ),
)
