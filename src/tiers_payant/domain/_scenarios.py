"""Dunning policies as data: who is reminded, when, through which channel, from what amount, at what cost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

import attrs

from tiers_payant.domain._calendrier import Unite
from tiers_payant.domain._champs import as_tuple
from tiers_payant.domain._choix import Canal, Depart, JourSemaine, Porteuse, TypeDebiteur
from tiers_payant.domain._donnees import read_builtin, structure
from tiers_payant.domain._horizons import Horizon
from tiers_payant.errors import PolicyError

__all__ = ["Delai", "Derogation", "Palier", "RelancePolicy", "Scenario"]

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_MOST_DAYS = 3650
_MOST_MINUTES = 10_000
_OPEN_DAYS = (JourSemaine.LUNDI, JourSemaine.MARDI, JourSemaine.MERCREDI, JourSemaine.JEUDI, JourSemaine.VENDREDI)


def _between(least: int, most: int) -> Any:
    def check(instance: object, field: attrs.Attribute[Any], value: int | None) -> None:
        if value is not None and not least <= value <= most:
            raise PolicyError(f"{field.name}: expected {least} to {most}")

    return check


def _code(instance: object, field: attrs.Attribute[Any], value: str) -> None:
    if _CODE.fullmatch(value) is None:
        raise PolicyError(f"{field.name}: expected lower case letters, digits and _, a letter first")


def _unique(what: str, names: Iterable[str]) -> None:
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise PolicyError(f"{what}: '{twice[0]}' stands twice")


@attrs.frozen(kw_only=True)
class Delai:
    """How long to wait, and from when."""

    valeur: int = attrs.field(validator=_between(0, _MOST_DAYS))
    unite: Unite = Unite.JOURS_OUVRES
    depuis: Depart = Depart.DERNIER_CONTACT


@attrs.frozen(kw_only=True)
class Palier:
    """One step of a scenario.

    Minutes and hope are choices, measured nowhere: they put the cost of a step beside what it may bring.

    Raises:
        PolicyError: A code that is none, or a number out of bounds; the field is told.
    """

    code: str = attrs.field(validator=_code)
    """Unique in its scenario; with the claim and the day, what a reminder is known by."""
    libelle: str
    """In French."""
    canal: Canal
    modele: str = attrs.field(validator=_code)
    """Name of the template."""
    delai: Delai
    montant_min_cents: int = attrs.field(default=0, validator=_between(0, 10**12))
    """Below it, the step is skipped: cents, of all that the contact claims."""
    minutes: int = attrs.field(default=0, validator=_between(0, _MOST_MINUTES))
    """Work of one contact, whatever the number of its claims."""
    fournitures_cents: int = attrs.field(default=0, validator=_between(0, 10**9))
    """Paper, envelope, printing, or the fee of a collector; postage comes from the dated rules."""
    espoir: int = attrs.field(default=0, validator=_between(0, 100))
    """Part of what is claimed that this step is hoped to bring, in percent."""
    mise_en_demeure: bool = False
    """Whether it is a formal summons (code civil 1344): interest may run from it."""


@attrs.frozen(kw_only=True)
class Scenario:
    """The steps for one kind of debtor, in their order.

    Raises:
        PolicyError: No step or no day, one that stands twice, or the indemnity asked of anybody but a professional.
    """

    debiteur: TypeDebiteur
    paliers: tuple[Palier, ...] = attrs.field(converter=as_tuple)
    porteuse: Porteuse = Porteuse.PLUS_ANCIENNE
    repos_jours: int = attrs.field(default=7, validator=_between(0, _MOST_DAYS))
    """Least delay between two contacts of one debtor, calendar days, whatever the step; never less than the days that
    a letter leaves to answer (`reponse_jours`), and one."""
    jours: tuple[JourSemaine, ...] = attrs.field(default=_OPEN_DAYS, converter=as_tuple)
    """Days of the week on which somebody is contacted; public holidays are left out."""
    interets: bool = False
    """Whether interest at the legal rate is claimed, from the mise en demeure on (code civil 1231-6, 1344-1)."""
    indemnite: bool = False
    """Whether the fixed indemnity between professionals is claimed (code de commerce D441-5)."""

    def __attrs_post_init__(self) -> None:
        if not self.paliers:
            raise PolicyError("paliers: expected one at least")
        _unique("paliers", (palier.code for palier in self.paliers))
        _unique("jours", self.jours)
        if not self.jours:
            raise PolicyError("jours: expected one at least")
        if self.debiteur is TypeDebiteur.PATIENT and self.indemnite:
            raise PolicyError("indemnite: never claimed from a patient (code de la consommation L121-21)")
        if self.indemnite and self.debiteur is not TypeDebiteur.PROFESSIONNEL:
            raise PolicyError("indemnite: claimed from professional customers alone (code de commerce D441-5)")

    def palier(self, code: str) -> Palier:
        """Return the step of that code.

        Raises:
            PolicyError: There is none.
        """
        for palier in self.paliers:
            if palier.code == code:
                return palier
        raise PolicyError(f"{self.debiteur}: no palier {code!r}")


@attrs.frozen(kw_only=True)
class Derogation:
    """What changes for one officine, one debtor, or one claim; what is not given stays as it was.

    The narrowest wins, field by field: officine, then debtor, then claim.

    Raises:
        PolicyError: It names nothing, or a number is out of bounds.
    """

    officine: str = ""
    debiteur: str = ""
    """As `creances.debiteur`, or an id of the annuaire."""
    facture: str = ""
    """Number of the facture; with *officine* and *lot*."""
    lot: str = ""
    suspendu: bool | None = None
    """Whether nobody is contacted at all."""
    montant_min_cents: int | None = attrs.field(default=None, validator=_between(0, 10**12))
    """Takes the place of that of every step."""
    repos_jours: int | None = attrs.field(default=None, validator=_between(0, _MOST_DAYS))
    porteuse: Porteuse | None = None
    paliers: tuple[str, ...] | None = attrs.field(default=None, converter=attrs.converters.optional(as_tuple))
    """Codes of the steps that remain; the others are left out without a word."""
    raison: str = ""
    """Why, in French."""

    def __attrs_post_init__(self) -> None:
        if not (self.officine or self.debiteur or self.facture):
            raise PolicyError("a derogation names an officine, a debtor or a facture")
        if self.facture and not (self.officine and self.lot):
            raise PolicyError("facture: expected with its officine and its lot")
        if self.paliers is not None and not self.paliers:
            raise PolicyError("paliers: expected one at least; `suspendu` stops everything")

    @property
    def rang(self) -> int:
        """How narrow it is: 1 an officine, 2 a debtor, 3 a claim."""
        return 3 if self.facture else 2 if self.debiteur else 1


@attrs.frozen(kw_only=True)
class RelancePolicy:
    """A written recovery policy: scenarios, what changes for whom, and what keeps a wrong letter from leaving.

    Raises:
        PolicyError: Two scenarios for one kind of debtor, a derogation that keeps no known step, or a number out of
            bounds.
    """

    nom: str
    scenarios: tuple[Scenario, ...] = attrs.field(converter=as_tuple)
    derogations: tuple[Derogation, ...] = attrs.field(default=(), converter=as_tuple)
    releve_max_jours_ouvres: int = attrs.field(default=3, validator=_between(0, 60))
    """Jours ouvrés after which the last bank statement is too old for anybody to be reminded."""
    retour_max_jours_ouvres: int = attrs.field(default=5, validator=_between(0, 60))
    """Jours ouvrés after which the last return of an insurer is too old for it to be reminded."""
    memoire_jours: int = attrs.field(default=90, validator=_between(1, 3650))
    """Calendar days after its lot in which money that nothing explains may pay a claim, as long as the matching
    remembers a transfer. A credit of the very amount that is owed may pay it whatever the day."""
    cout_minute_cents: int = attrs.field(default=50, validator=_between(0, 100_000))
    """What a minute of work costs."""
    gain_min_cents: int = attrs.field(default=0, validator=_between(0, 10**12))
    """Least expected gain, cost taken off, for which somebody is contacted."""
    reponse_jours: int = attrs.field(default=15, validator=_between(1, 365))
    """Calendar days that a letter leaves to answer or to pay."""
    forclusion: Horizon = Horizon(bientot=180, urgent=60)
    """From how many days left the forclusion of a claim is told of."""

    def __attrs_post_init__(self) -> None:
        if not self.scenarios:
            raise PolicyError("scenarios: expected one at least")
        _unique("scenarios", (scenario.debiteur for scenario in self.scenarios))
        known = {palier.code for scenario in self.scenarios for palier in scenario.paliers}
        for derogation in self.derogations:
            unknown = sorted(set(derogation.paliers or ()) - known)
            if unknown:
                raise PolicyError(f"derogations: no palier {unknown[0]!r}")

    @classmethod
    def standard(cls) -> RelancePolicy:
        """Return the policy of the library: careful, cheap, and referenced (`relances_standard.toml`).

        >>> RelancePolicy.standard().scenario(TypeDebiteur.PATIENT).indemnite
        False
        """
        return _standard()

    def scenario(self, debiteur: TypeDebiteur) -> Scenario | None:
        """Return the steps for one kind of debtor; None when this policy reminds none of it."""
        return next((scenario for scenario in self.scenarios if scenario.debiteur is debiteur), None)


@cache
def _standard() -> RelancePolicy:
    return structure(read_builtin("relances_standard.toml"), RelancePolicy, "relances_standard.toml")
