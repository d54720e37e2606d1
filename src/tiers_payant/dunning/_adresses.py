"""Where patients live, as the lots say it (B2 2B and 2C): what completes the annuaire, and never replaces it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from tiers_payant.domain import Adresse, Annuaire, Contact, Part, Rapprochement, TypeDebiteur
from tiers_payant.dunning._ages import may_be_minor
from tiers_payant.dunning._debiteurs import debtors_of

__all__ = ["patient_contacts", "with_patients"]

_CODE_POSTAL = 5
_NOWHERE = "0" * _CODE_POSTAL
_CIVILITES: Mapping[str, str] = {
    "M": "Monsieur", "M.": "Monsieur", "MR": "Monsieur", "MME": "Madame", "MLE": "Madame", "MLLE": "Madame",
}  # fmt: skip
"""What is certain of the title of a 2B, three characters that no source lists; a letter says `Madame, Monsieur` to the
others."""


def with_patients(annuaire: Annuaire, result: Rapprochement, today: dt.date) -> Annuaire:
    """Return *annuaire* completed by the patients that lots give an address of, and that it says nothing of.

    Args:
        annuaire: What the officine knows: it comes first, also where two of its entries contradict each other.
        result: A reconciliation.
        today: The day on which entries of *annuaire* are valid, or not, and patients of age, or not.
    """
    found = patient_contacts(result, today)
    known = _Known(annuaire, today)
    return annuaire.with_contacts(one for one in found if not known.answers(one)) if found else annuaire


def patient_contacts(result: Rapprochement, today: dt.date) -> tuple[Contact, ...]:
    """Return the postal contact of each patient who owes a share, sorted by id; never that of an insurer.

    A patient is who `comptes_clients` says: `CLIENT:` and the officine's own reference, else
    `FACTURE:<day of the lot>/<lot>/<facture>`. One whose factures give two names or two addresses, or an address
    without its postcode or its town, has none; neither has one who may not be of age on *today* (`may_be_minor`): a
    lot names the beneficiary, and no child is asked for money.
    """
    homes = _homes(result)
    if not homes:
        return ()
    found: dict[tuple[str, str], set[Contact | None]] = {}
    born = result.tables.factures.naissance
    for officine, debiteur, facture in _owing(result, homes):
        young = may_be_minor(born[facture].decode("latin-1"), today)
        contact = None if young else _contact(result, officine, debiteur, homes[facture])
        found.setdefault((officine, debiteur), set()).add(contact)
    agreed = [next(iter(told)) for told in found.values() if len(told) == 1]
    return tuple(sorted((one for one in agreed if one is not None), key=lambda one: one.id))


def _homes(result: Rapprochement) -> dict[int, int]:
    """Return the address of each facture that has one: by row, the row of `adresses`."""
    owners = result.tables.adresses.facture_rang.tolist()
    return {facture: row for row, facture in enumerate(owners) if facture >= 0}


def _owing(result: Rapprochement, homes: dict[int, int]) -> Iterator[tuple[str, str, int]]:
    """Yield the officine, the debtor and the facture of each patient share whose facture gives an address.

    A share that two accounts give to two clients is nobody's.
    """
    creances = result.creances
    rows = np.flatnonzero((creances.part == Part.ASSURE) & np.isin(creances.facture_rang, list(homes)))
    debtors = debtors_of(result, rows)
    names, officines = debtors.noms.tolist(), debtors.officines.tolist()
    owners = zip(creances.facture_rang[rows].tolist(), debtors.de.tolist(), debtors.ambigus.tolist(), strict=True)
    for facture, debtor, ambiguous in owners:
        if not ambiguous:
            yield officines[debtor].decode("latin-1"), names[debtor].decode("latin-1"), facture


def _contact(result: Rapprochement, officine: str, debiteur: str, row: int) -> Contact | None:
    """Return who lives at an address; None when a letter could not reach it."""
    said = result.tables.adresses.row(row)
    code, ville = said["code_postal"].strip(), said["ville"].strip()
    if len(code) != _CODE_POSTAL or code == _NOWHERE or not ville:
        return None
    street = _joined((said["numero_voie"].lstrip("0"), said["complement_voie"], said["type_voie"], said["voie"]))
    lines = tuple(line for line in (street, said["adresse_2"].strip()) if line)
    return Contact(
        id=_id(officine, debiteur),
        nom=_joined((said["prenom_beneficiaire"], said["nom_beneficiaire"])),
        civilite=_CIVILITES.get(said["civilite"].strip().upper(), ""),
        type=TypeDebiteur.PATIENT,
        debiteurs=(debiteur,),
        officine=officine,
        adresse=Adresse(lignes=lines, code_postal=code, ville=ville),
    )


def _joined(parts: Iterable[str]) -> str:
    return " ".join(part.strip() for part in parts if part.strip())


def _id(officine: str, debiteur: str) -> str:
    """Return a name that tells nobody who it is: references of clients are opaque, but may be names all the same."""
    return f"b2-{hashlib.blake2b(f'{officine}/{debiteur}'.encode(), digest_size=8).hexdigest()}"


class _Known:
    """What an annuaire answers for, looked up by name."""

    def __init__(self, annuaire: Annuaire, today: dt.date) -> None:
        self._today = today
        self._exact: dict[str, list[Contact]] = {}
        self._wide: list[Contact] = []
        for contact in annuaire:
            for name in contact.debiteurs:
                self._exact.setdefault(name, []).append(contact)
            if any(name.endswith("*") for name in contact.debiteurs):
                self._wide.append(contact)

    def answers(self, other: Contact) -> bool:
        """Say whether somebody known answers for the one debtor of *other*."""
        (debiteur,) = other.debiteurs
        near = (*self._exact.get(debiteur, ()), *self._wide)
        return any(one.rank(other.officine, debiteur, self._today) for one in near)
