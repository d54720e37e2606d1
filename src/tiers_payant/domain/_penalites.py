"""Penalties for late payment: what each facture is owed, and what payers really paid by semester."""

from __future__ import annotations

import attrs

from tiers_payant.domain import _table as kind
from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._echeances import doutes
from tiers_payant.domain._mots import counted
from tiers_payant.domain._table import Drapeaux, Entiers, Jours, Renvois, Table, Textes

__all__ = ["Accreditations", "Penalites", "PenalitesCreances", "PenalitesSemestres", "Reclamations"]


@attrs.frozen(eq=False, repr=False)
class PenalitesCreances(Table):
    """What late payment makes due for each share, sorted by créance."""

    creance: Renvois = kind.renvoi("creances")
    regle: Textes = kind.texte("code of the rule of the amount")
    contrat: Textes = kind.texte("id of the contract that names the rule; empty for the law")
    transmission: Jours = kind.jour("day of the lot")
    delai: Jours = kind.jour("last day of payment in time")
    payee_le: Jours = kind.jour("booking day of the bank line that completes the payment; absent while unpaid")
    jours: Entiers = kind.entier("days beyond the delay, in its unit, until the payment or today")
    cents: Entiers = kind.entier("due; of what is unpaid, due if it were paid today")
    en_cours: Drapeaux = kind.drapeau("not paid yet: the penalty may still grow")
    doute: Textes = kind.texte("code of what was supposed, in `echeances.toml`; empty when nothing was")


@attrs.frozen(eq=False, repr=False)
class PenalitesSemestres(Table):
    """What each AMO owes to each officine for what it paid late in a semester, against what it paid of it.

    A penalty is paid in the semester that follows (CSS D161-13-4), without a word of the factures: only sums compare.
    Sorted by officine, payer, semester.
    """

    officine: Textes = kind.texte("provider number of the officine")
    payeur: Textes = kind.texte("kind and number of the sender of the returns, `CP:999`; empty when no return tells it")
    semestre: Jours = kind.jour("first day of the semester of the late payments")
    au: Jours = kind.jour("last day of the next semester, by which it pays")
    factures: Entiers = kind.entier("how many shares were paid late")
    du_cents: Entiers = kind.entier("computed on them")
    recu_cents: Entiers = kind.entier("late-payment penalties that bank lines of the next semester paid")
    annonce_cents: Entiers = kind.entier("those announced in the next semester, on no bank line yet")
    ecart_cents: Entiers = kind.entier("computed less received; negative when more was received")


@attrs.frozen(eq=False, repr=False)
class Accreditations(Table):
    """Accreditation numbers that AMC gave for factures: the officine brings them, no file of the exchanges does."""

    officine: Textes = kind.texte("provider number of the officine, 9 digits with its key")
    lot_date: Jours = kind.jour("creation date of the lot")
    lot: Textes = kind.texte("lot number")
    facture: Textes = kind.texte("facture number")
    numero: Textes = kind.texte("accreditation number")


@attrs.frozen(eq=False, repr=False)
class Reclamations(Table):
    """AMC shares refused although the AMC had given an accreditation: what may be claimed, sorted by créance."""

    creance: Renvois = kind.renvoi("creances")
    numero: Textes = kind.texte("accreditation number")
    rejetee_le: Jours = kind.jour("day of the first reject")
    regle: Textes = kind.texte("code of the rule of the amount")
    cents: Entiers = kind.entier("may be claimed")
    doute: Textes = kind.texte("code of what was supposed, in `echeances.toml`")


@attrs.frozen(kw_only=True, repr=False)
class Penalites:
    """What late payment makes due, and what wrong rejects do."""

    creances: PenalitesCreances
    semestres: PenalitesSemestres
    reclamations: Reclamations
    inconnues: int
    """How many shares cannot be judged: the day of the lot or of the payment is not known, or out of the calendar."""

    def __repr__(self) -> str:
        return f"<Penalites of {len(self.creances)} créances, {len(self.semestres)} semesters>"

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """What every figure supposes, in French."""
        codes = ("SECURISEE_SUPPOSEE", "TRANSMISSION_SUPPOSEE", "PENALITE_SANS_REJET", "PENALITE_ARRONDIE")
        return tuple(doutes()[code] for code in codes)

    def summary(self) -> str:
        """Return what is due, received and missing, in French."""
        running = self.creances.en_cours
        due, received = (int(column.sum()) for column in (self.semestres.du_cents, self.semestres.recu_cents))
        told = [
            (
                int((~running).sum()),
                "facture payée en retard",
                "factures payées en retard",
                self.creances.cents[~running],
            ),
            (int(running.sum()), "facture encore attendue", "factures encore attendues", self.creances.cents[running]),
            (len(self.reclamations), "rejet à réclamer", "rejets à réclamer", self.reclamations.cents),
        ]
        lines = [f"{counted(n, one, several)} : {format_cents(int(cents.sum()))}" for n, one, several, cents in told]
        lines.append(f"Pénalités AMO : {format_cents(due)} calculés, {format_cents(received)} reçus")
        if self.inconnues:
            lines.append(f"{counted(self.inconnues, 'facture')} sans date connue")
        return "\n".join(lines)
