"""Rules of law as dated data: deadlines, thresholds, rates, each with its reference and how well it is known.

The rules ship in `data/regles.toml`. A user who knows better, or whose convention says otherwise, merges a file of
the same shape over ours with `load_regles`; each rule so changed is reported.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs

from tiers_payant.domain._calendrier import Calendrier, Unite
from tiers_payant.domain._donnees import Confiance, read_builtin, read_path, structure
from tiers_payant.errors import LayoutError, UnknownRuleError

__all__ = [
    "Echeance",
    "Evenement",
    "Origine",
    "Regle",
    "Regles",
    "Surcharge",
    "UniteRegle",
    "VersionRegle",
    "deadline",
    "load_regles",
    "regle",
]


class UniteRegle(StrEnum):
    """What the value of a rule is counted in: the units of a delay, or an amount, or a rate."""

    JOURS_OUVRES = "jours_ouvres"
    JOURS_OUVRABLES = "jours_ouvrables"
    JOURS = "jours"
    MOIS = "mois"
    CENTS = "cents"
    POINTS_DE_BASE = "points_de_base"
    """Hundredths of a percent: 10 % is 1000."""


class Evenement(StrEnum):
    """What starts a delay."""

    FEUILLE_COMPLETEE = "feuille_completee"
    """The fields of the claim form are complete: payment, or last delivery (R161-42 10°)."""
    TRANSMISSION = "transmission"
    """The pharmacy sent the electronic claim (FSE or DRE)."""
    ENVOI_PAPIER = "envoi_papier"
    """The pharmacy sent the paper claim."""
    ARL = "arl"
    """The caisse acknowledged reception."""
    SOINS = "soins"
    """The care was given."""
    DELIVRANCE = "delivrance"
    """The product was delivered."""
    CONSTAT_GROSSESSE = "constat_grossesse"
    """The pregnancy was first found by a doctor."""
    AVIS_DEROGATION = "avis_derogation"
    """The caisse gave notice that it will pay later."""
    PAIEMENT_INDU = "paiement_indu"
    """The undue sum was paid."""
    NOTIFICATION = "notification"
    """The decision or the claim was notified."""
    MISE_EN_DEMEURE = "mise_en_demeure"
    """The formal summons was received."""
    FAIT_GENERATEUR = "fait_generateur"
    """The event that the insurance covers."""
    EXIGIBILITE = "exigibilite"
    """The creditor could first act."""
    DECISION_EXECUTOIRE = "decision_executoire"
    """The court's decision became enforceable."""
    ORDONNANCE = "ordonnance"
    """The court's order to pay was made."""


class Origine(StrEnum):
    """From which day the delay runs, once its event is known."""

    EVENEMENT = "evenement"
    """The day of the event."""
    TRIMESTRE_SUIVANT = "trimestre_suivant"
    """The first day of the calendar quarter after that of the event."""


@attrs.frozen(kw_only=True)
class VersionRegle:
    """A rule as it stood between two dates."""

    code: str
    """The rule it belongs to."""
    valeur: int
    unite: UniteRegle
    reference: str
    """Article, with its identifier where it was read, or page."""
    confiance: Confiance
    depart: Evenement | None = None
    """What starts the delay; None for an amount or a rate."""
    confiance_depart: Confiance | None = None
    """When the start event is less well known than the value."""
    du: dt.date | None = None
    """First day in force; None when the source does not give it."""
    au: dt.date | None = None
    """Last day in force; None while it is."""
    origine: Origine = Origine.EVENEMENT
    origine_comprise: bool = False
    """Whether the first day of the delay counts as one of its days."""
    prorogation: bool = False
    """Whether a delay ending on a Saturday, Sunday or holiday runs on to the next open day (CPC art. 642)."""
    note: str = ""
    """What a reader should know before relying on it, in French."""

    def __attrs_post_init__(self) -> None:
        if self.valeur < 0:
            raise ValueError("valeur is negative")
        if self.du is not None and self.au is not None and self.au < self.du:
            raise ValueError("au comes before du")
        if (self.depart is None) == self.is_delai:
            raise ValueError("a delay needs a depart, an amount or a rate has none")

    @property
    def is_delai(self) -> bool:
        return self.unite in (UniteRegle.JOURS_OUVRES, UniteRegle.JOURS_OUVRABLES, UniteRegle.JOURS, UniteRegle.MOIS)

    @property
    def confiance_globale(self) -> Confiance:
        """The least sure of the value and of the start event."""
        return max(self.confiance, self.confiance_depart or self.confiance, key=lambda known: known.rang)

    def is_in_force(self, day: dt.date) -> bool:
        return (self.du is None or self.du <= day) and (self.au is None or day <= self.au)


@attrs.frozen(kw_only=True)
class Regle:
    """A rule of law and its successive versions, oldest first."""

    code: str
    libelle: str
    """What it is, in French."""
    versions: tuple[VersionRegle, ...]

    def __attrs_post_init__(self) -> None:
        if not self.versions:
            raise ValueError("a rule needs a version")
        for older, newer in pairwise(self.versions):
            if older.au is None or newer.du is None or newer.du <= older.au:
                raise ValueError("versions overlap, or are not in order of date")

    def on(self, day: dt.date) -> VersionRegle:
        """Return the version in force on *day*.

        >>> regle("taux_interet_legal").on(dt.date(2025, 9, 1)).valeur
        276

        Raises:
            UnknownRuleError: None was in force, or the one in force is not known.
        """
        for version in self.versions:
            if version.is_in_force(day):
                return version
        raise UnknownRuleError(f"no version of {self.code} known on {day}")


@attrs.frozen(kw_only=True)
class Surcharge:
    """One rule that a user's file brought over ours."""

    code: str
    fichier: str
    remplace: bool
    """True when it replaces a rule of the library, whole; False when it is new."""

    def __str__(self) -> str:
        return f"{self.fichier}: {self.code} {'replaced' if self.remplace else 'added'}"


@attrs.frozen
class Regles:
    """A set of rules, by code, and what a user's file changed in it."""

    _par_code: Mapping[str, Regle]
    surcharges: tuple[Surcharge, ...] = ()

    def regle(self, code: str) -> Regle:
        """Return one rule.

        Raises:
            UnknownRuleError: No rule of that code.
        """
        try:
            return self._par_code[code]
        except KeyError:
            close = get_close_matches(code, self._par_code, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise UnknownRuleError(f"no rule {code!r}{hint}") from None

    def __iter__(self) -> Iterator[Regle]:
        return iter(self._par_code.values())

    def __len__(self) -> int:
        return len(self._par_code)

    def __contains__(self, code: object) -> bool:
        return code in self._par_code


@attrs.frozen(kw_only=True)
class Echeance:
    """The last day of a delay, and the rule that makes it so."""

    le: dt.date
    """Last day still in time."""
    depart: dt.date
    """Day of the event that started the delay."""
    version: VersionRegle

    def is_past(self, day: dt.date) -> bool:
        """Tell whether *day* is too late."""
        return day > self.le


def regle(code: str) -> Regle:
    """Return one rule of the library.

    >>> regle("paiement_amo").on(dt.date(2026, 3, 2)).valeur
    7

    Raises:
        UnknownRuleError: No rule of that code.
    """
    return load_regles().regle(code)


def load_regles(path: Path | None = None) -> Regles:
    """Return the rules of the library, with those of the TOML file *path* merged over them.

    A rule of the file replaces ours of the same code whole, versions included; a new code is added. Nothing else
    changes, and `Regles.surcharges` tells each one.

    Raises:
        SourceError: The file cannot be opened.
        LayoutError: The file is no table of rules; each line of the message names a rule and a key.
    """
    ours = _builtin()
    if path is None:
        return Regles(ours)
    theirs = _structure(read_path(path), path.name)
    surcharges = tuple(Surcharge(code=code, fichier=path.name, remplace=code in ours) for code in theirs)
    return Regles(MappingProxyType({**ours, **theirs}), surcharges)


def deadline(version: VersionRegle, depart: dt.date, calendrier: Calendrier) -> Echeance:
    """Compute the last day still in time of a delay that *depart* started.

    The day of the event does not count, unless the rule says so.

    >>> envoi = regle("transmission_fse_tiers_payant").on(dt.date(2026, 4, 30))
    >>> deadline(envoi, dt.date(2026, 4, 30), Calendrier()).le
    datetime.date(2026, 5, 15)

    Raises:
        CalendarError: The calendar does not cover the delay.
        UnknownRuleError: The rule is an amount or a rate.
    """
    if not version.is_delai:
        raise UnknownRuleError(f"{version.code} is in {version.unite.value}: it is no delay")
    unite = Unite(version.unite.value)
    origine = _next_quarter(depart) if version.origine is Origine.TRIMESTRE_SUIVANT else depart
    le = _last_day(calendrier, origine, version, unite)
    return Echeance(le=calendrier.next_ouvre(le) if version.prorogation else le, depart=depart, version=version)


def _last_day(calendrier: Calendrier, origine: dt.date, version: VersionRegle, unite: Unite) -> dt.date:
    if not version.origine_comprise:
        return calendrier.add(origine, version.valeur, unite)
    if unite is Unite.MOIS:
        return calendrier.add(calendrier.add(origine, version.valeur, unite), -1, Unite.JOURS)
    return calendrier.add(calendrier.add(origine, -1, Unite.JOURS), version.valeur, unite)


def _next_quarter(day: dt.date) -> dt.date:
    month = (day.month - 1) // 3 * 3 + 4
    return dt.date(day.year + 1, 1, 1) if month > 12 else dt.date(day.year, month, 1)


@cache
def _builtin() -> Mapping[str, Regle]:
    return MappingProxyType(_structure(read_builtin("regles.toml"), "regles.toml"))


def _structure(data: Mapping[str, Any], fichier: str) -> dict[str, Regle]:
    regles, faults = {}, []
    for code, body in data.items():
        try:
            regles[code] = structure(_with_code(code, body), Regle, f"{fichier}: {code}")
        except LayoutError as error:
            faults.append(str(error))
    if faults:
        raise LayoutError("\n".join(faults))
    return regles


def _with_code(code: str, body: object) -> object:
    """Write the rule's code, which TOML gives as the name of its table, where the types expect it."""
    if not isinstance(body, dict):
        return body
    versions = body.get("versions")
    if isinstance(versions, list):
        body = {**body, "versions": [{**v, "code": code} if isinstance(v, dict) else v for v in versions]}
    return {**body, "code": code}
