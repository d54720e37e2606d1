"""Tables that go with a letter: the factures concerned, and what a collector is handed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence

from tiers_payant.domain import Courrier, LigneCourrier, ModeleSpec, TypeDebiteur, escaped, write_rows
from tiers_payant.dunning.lettres._textes import cleaned

__all__ = ["has_bordereau", "render_bordereau", "render_remise"]

_BORDEREAU = (
    "reference", "officine", "organisme", "facture", "date", "lot", "lot_date", "part", "echeance", "retard_jours",
    "du", "regle", "reste_du",
)  # fmt: skip
_REMISE = (
    "reference", "date_remise", "creancier", "creancier_adresse", "creancier_telephone", "creancier_email",
    "debiteur_type", "debiteur", "debiteur_adresse", "debiteur_telephone", "debiteur_email", "facture", "date_facture",
    "echeance", "nature", "fondement", "montant", "contacts_precedents",
)  # fmt: skip
_NUMBER = re.compile(r"-?[0-9]+(?:,[0-9]{2})?")


def has_bordereau(courrier: Courrier) -> bool:
    """Tell whether a table goes with a letter: several factures, and somebody whose software may read it."""
    return len(courrier.lignes) > 1 and courrier.type is not TypeDebiteur.PATIENT


def render_bordereau(courrier: Courrier, modele: ModeleSpec) -> bytes:
    """Return the factures of a letter, one row each, as a French spreadsheet opens them; amounts in euros.

    Raises:
        LetterError: A text cannot be shown.
    """
    ready = cleaned(courrier)
    return _csv(_BORDEREAU, (_line(ready, line) for line in ready.lignes))


def render_remise(courrier: Courrier, modele: ModeleSpec) -> bytes:
    """Return what a collector needs (CPCE R124-4): who owes what to whom, on what ground, principal and accessories.

    One row an amount: the principal of each facture, then the interest and the indemnity where there are some; the
    column `montant` adds up to what is asked.

    Raises:
        LetterError: A text cannot be shown.
    """
    return _csv(_REMISE, _handed(cleaned(courrier)))


def _line(courrier: Courrier, line: LigneCourrier) -> tuple[str, ...]:
    amounts = (_euros(cents) for cents in (line.du_cents, line.regle_cents, line.reste_cents))
    return (
        courrier.reference, courrier.officine, line.organisme, line.facture, _day(line.date), line.lot,
        _day(line.lot_date), line.part, _day(line.echeance), str(line.retard_jours), *amounts,
    )  # fmt: skip


def _handed(courrier: Courrier) -> Iterator[tuple[str, ...]]:
    who, owes = courrier.entete, courrier.destinataire
    before = ", ".join(f"{words} du {day:%d/%m/%Y}" for day, words in courrier.precedents)
    place = owes.adresse
    parties = (
        courrier.reference, _day(courrier.le), who.nom,
        _joined(who.adresse.lignes, who.adresse.code_postal, who.adresse.ville), who.telephone, who.email,
        courrier.type.value, f"{owes.civilite} {owes.nom}".strip(),
        _joined(place.lignes, place.code_postal, place.ville) if place else "", owes.telephone, owes.email,
    )  # fmt: skip
    for line in courrier.lignes:
        facts = (line.facture, _day(line.date), _day(line.echeance), "principal", "facture impayée")
        yield (*parties, *facts, _euros(line.reste_cents), before)
    for nature, ground, cents in (
        ("interets", courrier.taux_interet, courrier.interets_cents),
        ("indemnite", "code de commerce D441-5", courrier.indemnite_cents),
    ):
        if cents:
            yield (*parties, "", "", "", nature, ground, _euros(cents), before)


def _joined(lines: Iterable[str], code: str, town: str) -> str:
    return ", ".join((*lines, f"{code} {town}"))


def _day(day: object) -> str:
    return "" if day is None else f"{day:%d/%m/%Y}"


def _euros(cents: int) -> str:
    """Write an amount that a French spreadsheet takes for a number."""
    euros, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{euros},{rest:02d}"


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    # A name may begin like a formula; a number, negative or not, is one for the spreadsheet too.
    write_rows(out, head, (tuple(cell if _NUMBER.fullmatch(cell) else escaped(cell) for cell in row) for row in rows))
    return out.getvalue()
