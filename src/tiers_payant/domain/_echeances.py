"""Deadlines counted down: what must happen, by when, how many days are left, what is at stake, what was supposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache

import attrs
import numpy as np

from tiers_payant.domain import _table as kind
from tiers_payant.domain._calendrier import Unite
from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._donnees import Confiance, read_builtin, structure
from tiers_payant.domain._horizons import NatureEcheance, Urgence
from tiers_payant.domain._mots import counted, jour_texte
from tiers_payant.domain._table import Codes, Entiers, Jours, Renvois, Table, Textes

__all__ = ["EcheanceSuivie", "Echeances", "doutes"]


@attrs.frozen(kw_only=True)
class EcheanceSuivie:
    """One deadline, as an object."""

    nature: NatureEcheance
    creance: int | None
    """Row of the créance; None for a debt that a return tells of."""
    mouvement: int | None
    regle: str
    contrat: str
    depart: dt.date | None
    le: dt.date | None
    jours: int
    unite: str
    niveau: Urgence
    cents: int
    confiance: Confiance
    doute: str

    @property
    def phrase(self) -> str:
        """The countdown, in French, without anything read from a file but a date."""
        words = _textes().natures[self.nature.name]
        if self.niveau is Urgence.INCONNUE:
            return f"{words.sujet} : dernier jour inconnu."
        day = jour_texte(self.le)
        if self.jours < 0:
            return f"{words.depasse.format(jours=_days(-self.jours, self.unite), le=day)}."
        if not self.jours:
            return f"{words.sujet} : c'est le dernier jour ({day})."
        return f"{words.sujet} : encore {_days(self.jours, self.unite)} (dernier jour le {day})."

    @property
    def doute_texte(self) -> str:
        """What was supposed, in French; empty when nothing was."""
        return doutes()[self.doute] if self.doute else ""


@attrs.frozen(eq=False, repr=False)
class Echeances(Table):
    """Every deadline of what is still owed, by créance then nature; those of debts that returns tell of come last."""

    creance: Renvois = kind.renvoi("creances", "the créance, or -1")
    mouvement: Renvois = kind.renvoi("mouvements", "the debt that a return tells of, or -1")
    nature: Codes = kind.code("`NatureEcheance`")
    regle: Textes = kind.texte("code of the rule, in the table of rules")
    contrat: Textes = kind.texte("id of the contract that names the rule; empty for the law")
    depart: Jours = kind.jour("day that started the delay")
    le: Jours = kind.jour("last day in time")
    jours: Entiers = kind.entier("days left, in `unite`: 0 on the last day, negative beyond; 0 when not known")
    unite: Textes = kind.texte("what `jours` counts: jours_ouvres, jours_ouvrables or jours")
    niveau: Codes = kind.code("`Urgence`")
    cents: Entiers = kind.entier("at stake: what is still owed, or the debt; never negative")
    confiance: Textes = kind.texte("H, M or L: the least sure of the value, the start and the contract")
    doute: Textes = kind.texte("code of what was supposed, in `echeances.toml`; empty when nothing was")

    def __getitem__(self, row: int) -> EcheanceSuivie:
        """Return one deadline as an object."""
        values = self.row(row)
        nature, niveau = NatureEcheance(values.pop("nature")), Urgence(values.pop("niveau"))
        rows = {name: None if values[name] < 0 else values[name] for name in ("creance", "mouvement")}
        confiance = Confiance(values.pop("confiance"))
        return EcheanceSuivie(**{**values, **rows}, nature=nature, niveau=niveau, confiance=confiance)

    def __iter__(self) -> Iterator[EcheanceSuivie]:
        return (self[row] for row in range(len(self)))

    def pressing(self, *niveaux: Urgence) -> Echeances:
        """Keep the deadlines of these levels, `URGENT` and `DEPASSE` when none is given; the nearest day first.

        Those whose day is not known come last; ties stay in the order of the table.
        """
        rows = np.flatnonzero(np.isin(self.niveau, niveaux or (Urgence.URGENT, Urgence.DEPASSE)))
        return self.take(rows[np.argsort(self.le[rows], kind="stable")])

    def count(self, nature: NatureEcheance, niveau: Urgence) -> int:
        """Return how many deadlines of that nature are at that level."""
        return int(((self.nature == nature) & (self.niveau == niveau)).sum())

    def summary(self) -> str:
        """Return how many deadlines of each nature are near, over or not known, and their euros, in French."""
        lines = []
        for nature in NatureEcheance:
            for niveau in (Urgence.DEPASSE, Urgence.URGENT, Urgence.BIENTOT, Urgence.INCONNUE):
                rows = (self.nature == nature) & (self.niveau == niveau)
                if rows.any():
                    told = f"{_textes().natures[nature.name].sujet}, {_LEVELS[niveau]}"
                    lines.append(f"{told} : {int(rows.sum())} ({format_cents(int(self.cents[rows].sum()))})")
        return "\n".join(lines) or "Aucune échéance proche."


_LEVELS = {
    Urgence.DEPASSE: "délai dépassé",
    Urgence.URGENT: "urgent",
    Urgence.BIENTOT: "bientôt",
    Urgence.INCONNUE: "dernier jour inconnu",
}
_UNITS = {Unite.JOURS_OUVRES: " ouvré", Unite.JOURS_OUVRABLES: " ouvrable"}


def _days(number: int, unite: str) -> str:
    word = _UNITS.get(Unite(unite), "")
    return counted(number, f"jour{word}", f"jours{word}s" if word else "jours")


@attrs.frozen(kw_only=True)
class _Nature:
    sujet: str
    depasse: str


@attrs.frozen(kw_only=True)
class _Textes:
    natures: dict[str, _Nature]
    doutes: dict[str, str]


def doutes() -> Mapping[str, str]:
    """Return what may be supposed when a deadline is counted: a French sentence for each code."""
    return _textes().doutes


@cache
def _textes() -> _Textes:
    return structure(read_builtin("echeances.toml"), _Textes, "echeances.toml")
