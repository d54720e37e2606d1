"""What a NOÉMIE return cannot hold: told before anything is written, so that nothing is lost silently."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Mouvements, NatureMouvement, Part, Rejets, Reponse, Reponses, Tables
from tiers_payant.errors import ColumnError
from tiers_payant.formats._layout import Layout
from tiers_payant.formats._noemie_plan import Plan
from tiers_payant.formats._noemie_reponses import reprocessed

__all__ = ["check_writable"]

Mask = npt.NDArray[np.bool_]

_REFUSED = (Reponse.REJETEE, Reponse.TRAITEMENT_CAISSE)


def check_writable(tables: Tables, plan: Plan, layout: Layout) -> None:
    """Check that reading what would be written gives the same facts.

    Raises:
        ColumnError: It would not; the words say which rule of the format stands in the way.
    """
    rows, new = tables.reponses, plan.nouveau[plan.of_reponses]
    unsaid = rows.part == Part.NON_PRECISEE
    _refuse(rows.part == Part.ASSURE, "a return answers for no patient share")
    _refuse((rows.amc != b"") & ~(new & (rows.part == Part.AMC)), "only a 199 names a complementary insurer")
    _refuse((unsaid | ~new) & (rows.demande_cents != 0), "only 198 and 199 hold an amount asked")
    _check_reasons(tables, plan, layout)
    _check_unsaid(rows, unsaid & new, unsaid & ~new)
    _check_old(rows, plan, ~unsaid & ~new)
    _check_old_rejects(tables.rejets, ~plan.nouveau[plan.of_rejets])
    _check_movements(tables.mouvements, layout)


def _refuse(mask: Mask, why: str) -> None:
    if mask.any():
        raise ColumnError(f"{why}: {int(mask.sum())} rows")


def _check_reasons(tables: Tables, plan: Plan, layout: Layout) -> None:
    """What the insurer re-processes is told by the words of a reject line, and by nothing else."""
    rows, rejets, size = tables.reponses, tables.rejets, len(plan.slots)
    said = reprocessed(rejets.libelle.tolist(), layout.extra["regles"]["traitement_caisse"]["mots"])
    refused = np.isin(rows.reponse, _REFUSED)
    for part, other in ((Part.NON_PRECISEE, b"-"), (Part.AMO, b"C"), (Part.AMC, b"O")):
        named = np.zeros(size, dtype=np.bool_)
        named[plan.of_rejets[said & (rejets.part != other)]] = True
        mine = refused & (rows.part == part)
        differs = named[plan.of_reponses] != (rows.reponse == Reponse.TRAITEMENT_CAISSE)
        _refuse(mine & differs, "TRAITEMENT_CAISSE needs a reject line that says so, REJETEE none")
    reasons = np.bincount(plan.of_rejets, minlength=size)[plan.of_reponses] > 0
    unsaid = rows.part == Part.NON_PRECISEE
    _refuse(unsaid & (refused != reasons), "an answer that names no share is a reject when it has a reject line")


def _check_unsaid(rows: Reponses, new: Mask, old: Mask) -> None:
    paid = rows.reponse == Reponse.PAYEE
    _refuse((new | old) & (rows.reponse == Reponse.DIFFEREE), "only 198 and 199 say that a share is deferred")
    _refuse(new & paid, "the new set pays no share that it does not name")
    _refuse((new | old) & (paid != (rows.annonce_cents != 0)), "an answer of no named share is paid when it pays")


def _check_old(rows: Reponses, plan: Plan, mine: Mask) -> None:
    _refuse(mine & (rows.reponse != Reponse.PAYEE), "a line of 210 is a payment")
    _refuse(
        mine & (rows.part == Part.AMC) & (rows.annonce_cents == 0), "a 210 that pays no AMC share says nothing of it"
    )
    size = len(plan.slots)
    with_amc = np.bincount(plan.of_reponses[mine & (rows.part == Part.AMC)], minlength=size) > 0
    empty = mine & (rows.part == Part.AMO) & (rows.annonce_cents == 0)
    reasons = np.bincount(plan.of_rejets, minlength=size) > 0
    _refuse(empty & (with_amc | reasons)[plan.of_reponses], "a 210 that pays nothing stands alone")


def _check_old_rejects(rejets: Rejets, old: Mask) -> None:
    said = (rejets.part != b"") | (rejets.portee != b"") | (rejets.acte != b"") | ~np.isnat(rejets.date_soins)
    _refuse(old & said, "a 290 says neither share, scope, act nor care date")


def _check_movements(rows: Mouvements, layout: Layout) -> None:
    codes = [code.encode() for code in layout.extra["regles"]["mouvements"]["inscriptions"]]
    lump = np.isin(rows.nature, (NatureMouvement.FORFAIT, NatureMouvement.PENALITE_RETARD))
    entered = rows.nature == NatureMouvement.INDU
    _refuse(lump & (rows.montant_cents < 0), "a 261 has no sign")
    _refuse(lump & ((rows.solde_cents != 0) | (rows.dette != b"") | (rows.operation != b"") | ~np.isnat(rows.date)),
            "a 261 says neither balance, debt, operation nor date")  # fmt: skip
    _refuse(~lump & (rows.libelle != ""), "a 250 has no label")
    _refuse(entered != np.isin(rows.operation, codes), "INDU is what a first entry tells")
    _refuse(entered & (rows.montant_cents != 0), "a debt that is only told of moves no money")
    _refuse((rows.nature == NatureMouvement.RETENUE) & (rows.montant_cents >= 0), "a withholding is negative")
    _refuse((rows.nature == NatureMouvement.AUTRE) & (rows.montant_cents < 0), "a negative 250 is a withholding")
