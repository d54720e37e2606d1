"""Somebody who looks at the bank lines that nothing explains, and writes down what is true of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import attrs
import numpy as np

from benchmarks._relances_monde import ATTENTE, Dossier
from benchmarks._relances_noms import groups_of, keys_of, lines_of
from tiers_payant.domain import Choix, Decision, EtatVirement, Levee, Rapprochement, groupe_ids, virement_ids
from tiers_payant.dunning._creances import open_rows
from tiers_payant.simulation import Cle, LigneBancaire
from tiers_payant.simulation._vraies_cles import cle_of

__all__ = ["Titulaire", "Vu"]

_QUI = "EXEMPLE Titulaire"
_DUREE = 365
"""Calendar days that a levée lasts."""
_UNSURE = (EtatVirement.INEXPLIQUE, EtatVirement.PROPOSE)


@attrs.frozen(kw_only=True)
class Vu:
    """What one look brought."""

    decisions: list[Decision] = attrs.field(factory=list)
    levees: list[Levee] = attrs.field(factory=list)


class Titulaire:
    """Decides what is proposed; and once a line that nothing explains was shown for `ATTENTE` days, knows what it pays.

    Args:
        dossier: The world, whose truth is known.
        regarde: Whether to look at what nothing explains; otherwise at proposals alone.
    """

    def __init__(self, dossier: Dossier, *, regarde: bool) -> None:
        self._dossier, self._regarde = dossier, regarde
        self._retours = [*dossier.world.retours, *(retour for _, retour in dossier.retrouves)]
        self.regardees: set[str] = set()
        """Names of the lines that were settled by looking."""

    def look(self, result: Rapprochement, day: dt.date) -> Vu:
        """Look at what *result* leaves open on *day*: ties, refusals and levées that are all right by the truth."""
        names, groups = virement_ids(result.tables), groups_of(self._retours, result)
        lines = lines_of(self._dossier.world.lignes, result)
        row_of = {id(line): row for row, line in lines.items()}
        found = Vu()
        opened = set(keys_of(result.creances.take(open_rows(result))))
        for row in np.flatnonzero(np.isin(result.etats_virements, _UNSURE)).tolist():
            line = lines[row]
            proposed = result.etats_virements[row] == EtatVirement.PROPOSE
            if line.cents <= 0 or names[row] in self.regardees or not (proposed or self._is_known(line, day)):
                continue
            tie = self._tie(line, groups, row_of, names, day)
            if tie is not None:
                found.decisions.append(tie)
                self.regardees.update(tie.virements)
            elif self._is_known(line, day) and not any(cle in opened for cle in _paid_by(line)):
                found.levees.append(_levee(names[row], day))
                self.regardees.add(names[row])
        found.decisions.extend(_refusals(result, lines, groups, names, day))
        return found

    def _is_known(self, line: LigneBancaire, day: dt.date) -> bool:
        """Say whether somebody found out by *day* what a line pays that nothing explains."""
        return self._regarde and self._dossier.shown(line) + dt.timedelta(days=ATTENTE) <= day

    def _tie(
        self, line: LigneBancaire, groups: Mapping[int, str], row_of: Mapping[int, int], names: Sequence[str],
        day: dt.date,
    ) -> Decision | None:  # fmt: skip
        """Tie a line to the transfers that it pays; None when one is not known, or the amounts do not agree."""
        paid = [each.groupe for each in line.versements]
        lines = {id(each.ligne): each.ligne for groupe in paid for each in groupe.versements if each.ligne is not None}
        whole = sum(groupe.net for groupe in paid) == sum(each.cents for each in lines.values())
        known = all(id(groupe) in groups for groupe in paid) and all(key in row_of for key in lines)
        if not paid or not whole or not known or (len(paid) > 1 and len(lines) > 1):
            return None
        return Decision(
            choix=Choix.LIER,
            groupes=[groups[id(groupe)] for groupe in paid],
            virements=[names[row_of[key]] for key in lines],
            auteur=_QUI,
            le=day,
        )


def _refusals(
    result: Rapprochement, lines: Mapping[int, LigneBancaire], groups: Mapping[int, str], names: Sequence[str],
    day: dt.date,
) -> Iterator[Decision]:  # fmt: skip
    """Refuse each pair that is proposed and false."""
    offers, ids = result.propositions, groupe_ids(result.tables)
    for group, row in zip(offers.groupe.tolist(), offers.virement.tolist(), strict=True):
        if ids[group] not in {groups.get(id(paid.groupe)) for paid in lines[row].versements}:
            yield Decision(choix=Choix.REFUSER, groupes=ids[group], virements=names[row], auteur=_QUI, le=day)


def _paid_by(line: LigneBancaire) -> Iterator[Cle]:
    for paid in line.versements:
        for reponse in paid.reponses:
            yield cle_of(reponse.vente, reponse.part)


def _levee(name: str, day: dt.date) -> Levee:
    return Levee(
        virement=name, par=_QUI, le=day, au=day + dt.timedelta(days=_DUREE), pourquoi="ne paie rien de ce qui reste dû"
    )
