"""Months of dunning replayed: on each day the officine plans from what it has, sends, remembers, and perhaps looks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import attrs
import numpy as np

from benchmarks._relances_monde import Dossier
from benchmarks._relances_titulaire import Titulaire
from tiers_payant import dunning
from tiers_payant.domain import (
    Adresse,
    Annuaire,
    Contact,
    Decision,
    Echanges,
    Echeances,
    Levee,
    PlanRelances,
    Rapprochement,
    RelancePolicy,
    TypeDebiteur,
)
from tiers_payant.matching import reconcile
from tiers_payant.rejets import deadlines

__all__ = ["Conduite", "Journee", "replay"]


@attrs.frozen(kw_only=True)
class Conduite:
    """What an officine does besides sending what is planned."""

    nom: str
    redemande: bool = False
    """It has each missing return delivered again."""
    decide: bool = False
    """Before each plan it decides every proposal, rightly."""
    regarde: bool = False
    """It also finds out what every line that nothing explains pays, and writes it down."""


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Journee:
    """One day of one officine, under each policy."""

    jour: dt.date
    result: Rapprochement
    echeances: Echeances
    plans: Mapping[str, PlanRelances]
    regardees: int
    """Bank lines that somebody looked at and settled, so far."""

    @property
    def perdues(self) -> int:
        """How many decisions are not followed: what is told of them."""
        return sum(one.code.startswith("DECISION_") for one in self.result.problems)


def replay(dossier: Dossier, conduite: Conduite, policies: Mapping[str, RelancePolicy]) -> Iterator[Journee]:
    """Yield each day of *dossier*: nothing of the future is read, and what was sent is never forgotten.

    Args:
        dossier: The files of one world.
        conduite: What the officine does.
        policies: By name; each has a history of its own.
    """
    sent = dict.fromkeys(policies, Echanges.empty())
    decisions: list[Decision] = []
    levees: list[Levee] = []
    titulaire = Titulaire(dossier, regarde=conduite.regarde)
    for day in dossier.jours:
        book = dossier.book(day, redemandes=conduite.redemande)
        result = reconcile(book, decisions=decisions)
        if conduite.decide:
            seen = titulaire.look(result, day)
            decisions += seen.decisions
            levees += seen.levees
            result = reconcile(book, decisions=decisions) if seen.decisions else result
        echeances, annuaire = deadlines(result, today=day), _annuaire(result)
        plans = {
            name: dunning.plan(
                result, echeances, policy=policy, today=day, annuaire=annuaire, levees=levees, echanges=sent[name]
            )
            for name, policy in policies.items()
        }
        for name, plan in plans.items():
            sent[name] = dunning.join_echanges(sent[name], dunning.echanges_of(plan, result))
        yield Journee(jour=day, result=result, echeances=echeances, plans=plans, regardees=len(titulaire.regardees))


def _annuaire(result: Rapprochement) -> Annuaire:
    """Return an addressee for each insurer, whom every channel reaches."""
    adresse = Adresse(lignes=("1 RUE DE L EXEMPLE",), code_postal="99999", ville="VILLE EXEMPLE")
    names = [name.decode("ascii") for name in np.unique(result.creances.debiteur).tolist()]
    return Annuaire(
        contacts=[
            Contact(
                id=name, nom="EXEMPLE", type=TypeDebiteur(name[:3].lower()), debiteurs=(name,), adresse=adresse,
                email="exemple@example.org", telephone="0199000000", portail="portail d'exemple",
            )
            for name in names
            if name[:4] in ("AMO:", "AMC:")
        ]
    )  # fmt: skip
