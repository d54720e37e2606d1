"""What new files changed: créances, links, proposals and bank lines, before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

import attrs

from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._codes import Etat, EtatVirement
from tiers_payant.domain._creance import Creance
from tiers_payant.domain._rapprochement import Totaux
from tiers_payant.domain._resultat import Creances
from tiers_payant.domain._sommaire import ETATS

__all__ = ["Cause", "Delta", "Lien", "LigneChangee", "Offre", "Retrait"]


class Cause(StrEnum):
    """Why a link that was settled no longer is."""

    REMPLACE = "remplace"
    """Another link took the transfer or the bank line."""
    RIVAL = "rival"
    """It has a rival now, and nothing tells them apart: it is only proposed."""
    MONTANT = "montant"
    """The net of a transfer changed: the bank line is no longer its amount."""
    DISPARU = "disparu"
    """A transfer or a bank line of it is told otherwise now, or counted with another delivery."""
    REFUSE = "refuse"
    """A person refused it."""
    INDECIS = "indecis"
    """No pass recognises it alone any more, and nothing is proposed in its place."""


CAUSES = {
    Cause.REMPLACE: "un autre lien l'a remplacé",
    Cause.RIVAL: "un rival est apparu, rien ne les départage",
    Cause.MONTANT: "le net du règlement a changé",
    Cause.DISPARU: "le règlement ou la ligne bancaire est désormais lu autrement",
    Cause.REFUSE: "une personne l'a refusé",
    Cause.INDECIS: "plus aucune règle ne le reconnaît seul",
}
"""What a pharmacist reads for each cause."""


@attrs.frozen(kw_only=True)
class Lien:
    """One settled link: these bank lines pay these transfers, or these créances when no return says so."""

    groupes: tuple[str, ...]
    """Identifiers of announced transfers, sorted; `groupe_ids`."""
    creances: tuple[str, ...] = ()
    """Keys of the créances that a line pays without a return: officine, lot date, lot, facture and share."""
    virements: tuple[str, ...]
    """Identifiers of bank lines, sorted; `virement_ids`."""
    cents: int
    """What the lines bring, together."""
    passe: str
    """Name of the pass that settled it."""


@attrs.frozen(kw_only=True)
class Retrait:
    """A link that was settled and no longer is, with both reasons."""

    lien: Lien
    """As it was: its pass says on what evidence."""
    evidence: str
    """What that pass believes, in French."""
    cause: Cause
    remplace_par: tuple[Lien, ...] = ()
    """The links that now hold one of its transfers or bank lines."""
    rivaux: tuple[str, ...] = ()
    """Identifiers of the transfers and bank lines that compete with it now."""

    @property
    def texte(self) -> str:
        """Both reasons, in French."""
        now = CAUSES[self.cause]
        others = [name for lien in self.remplace_par for name in (*lien.groupes, *lien.creances, *lien.virements)]
        who = sorted({*others, *self.rivaux} - {*self.lien.groupes, *self.lien.virements})
        return f"reconnu parce que {self.evidence} ; retiré parce que {now}" + (f" : {', '.join(who)}" if who else "")


@attrs.frozen(kw_only=True)
class Offre:
    """One candidate shown to a person: a bank line for a transfer, or for créances when no return says so."""

    groupe: str
    """Identifier of the transfer; empty when there is none."""
    creances: tuple[str, ...] = ()
    """Keys of the créances that the line may pay without a return."""
    virement: str
    cents: int
    motif: str


@attrs.frozen(kw_only=True)
class LigneChangee:
    """A bank line whose state changed; None for a line that was not, or is no longer, in the book."""

    virement: str
    montant_cents: int
    avant: EtatVirement | None
    apres: EtatVirement | None


@attrs.frozen(kw_only=True, repr=False)
class Delta:
    """What changed, in columns for créances and in objects for the few others; everything sorted by identifier."""

    avant: Creances
    """Créances whose amounts, state, debtor or reason changed, as they were. Their pointers are -1."""
    apres: Creances
    """The same, row by row, as they are."""
    nouvelles: Creances
    disparues: Creances
    """Créances that are in the book no more: a delivery that agrees less was told of their facture."""
    regles: tuple[Lien, ...] = ()
    """Links settled now that were not."""
    retires: tuple[Retrait, ...] = ()
    offres: tuple[Offre, ...] = ()
    """Proposals that are new."""
    offres_retirees: tuple[Offre, ...] = ()
    virements: tuple[LigneChangee, ...] = ()
    totaux_avant: Totaux
    totaux_apres: Totaux

    def __repr__(self) -> str:
        return f"<Delta of {len(self.apres)} changed and {len(self.nouvelles)} new créances>"

    def __bool__(self) -> bool:
        """Tell whether anything changed."""
        tables = (self.apres, self.nouvelles, self.disparues)
        others = (self.regles, self.retires, self.offres, self.offres_retirees, self.virements)
        return any(map(len, tables)) or any(others) or self.totaux_avant != self.totaux_apres

    def creances(self) -> Iterator[tuple[Creance, Creance]]:
        """Yield each créance that changed, before and after."""
        return zip(self.avant, self.apres, strict=True)

    def summary(self) -> str:
        """Return what a pharmacist wants to know of the day, in French, a few lines."""
        if not self:
            return "Rien n'a changé."
        return "\n".join([*self._money(), *self._states(), *self._links()])

    def _money(self) -> Iterator[str]:
        for words, name in (("Facturé", "du_cents"), ("Annoncé", "annonce_cents"), ("Crédité", "credite_cents")):
            gap = getattr(self.totaux_apres, name) - getattr(self.totaux_avant, name)
            if gap:
                yield f"{words:<10}{'+' if gap > 0 else ''}{format_cents(gap)}"

    def _states(self) -> Iterator[str]:
        if len(self.nouvelles):
            yield f"{len(self.nouvelles):>9} créances nouvelles"
        if len(self.disparues):
            yield f"{len(self.disparues):>9} créances retirées"
        moves = Counter(zip(self.avant.etat.tolist(), self.apres.etat.tolist(), strict=True))
        for (old, new), count in sorted(moves.items()):
            if old != new:
                yield f"{count:>9} {ETATS[Etat(old)]} -> {ETATS[Etat(new)]}"

    def _links(self) -> Iterator[str]:
        for count, words in (
            (len(self.regles), "liens reconnus"),
            (len(self.offres), "propositions nouvelles"),
            (len(self.offres_retirees), "propositions retirées"),
            (len(self.retires), "liens retirés :"),
        ):
            if count:
                yield f"{count:>9} {words}"
        for retrait in self.retires:
            names = " + ".join(retrait.lien.groupes or retrait.lien.creances)
            yield f"          {names} / {' + '.join(retrait.lien.virements)} : {retrait.texte}"
