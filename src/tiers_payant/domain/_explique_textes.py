"""How explanations name things: a share of a facture, an answer, an announced transfer, a bank line, a pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._codes import Part, Reponse
from tiers_payant.domain._explication import SHOWN, Bloc
from tiers_payant.domain._identites import groupe_id, virement_id
from tiers_payant.domain._mots import counted, jour_texte
from tiers_payant.domain._source import printable

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = [
    "DOUTES",
    "capital",
    "creance_texte",
    "debiteur_texte",
    "facture_texte",
    "groupe_texte",
    "le_groupe",
    "ligne_texte",
    "listed",
    "passe_texte",
    "reponse_texte",
]

T = TypeVar("T")

_SAID = {
    Reponse.NON_TRAITEE: "sans paiement ni rejet",
    Reponse.REJETEE: "rejet",
    Reponse.DIFFEREE: "paiement différé",
    Reponse.TRAITEMENT_CAISSE: "en traitement à la caisse",
}

DOUTES = {
    "AMBIGU": "D'autres créances ou d'autres virements conviennent aussi, rien ne les départage.",
    "FORTUIT": "Le hasard a pu réunir ce montant : seul l'organisme peut dire ce qu'il paie.",
    "HORS_BUDGET": "Trop de sommes seraient à essayer pour savoir si elle est la seule.",
}
"""Why what a bank line may pay without a return is only proposed."""

_PLAIN_DEBTORS = {"ASSURE": "à la charge de l'assuré", "AMO": "à la charge de l'assurance maladie obligatoire"}


def capital(text: str) -> str:
    """Begin a sentence with *text*."""
    return f"{text[0].upper()}{text[1:]}"


def debiteur_texte(name: str) -> str:
    """Say who owes in words, from the name that the créance gives."""
    kind, _, code = name.partition(":")
    if kind == "AMO" and code.count("-") == 2:
        regime, caisse, centre = code.split("-")
        where = f", centre {centre}" if centre else ""
        return f"à la charge de la caisse {caisse} (régime {regime}{where})"
    if kind == "AMC":
        return f"à la charge de la complémentaire {code}"
    return _PLAIN_DEBTORS.get(kind, "débiteur inconnu")


def facture_texte(facture: str, lot: str, lot_date: str, part: Part) -> str:
    """Name a share of a facture in words."""
    share = "" if part is Part.NON_PRECISEE else f", part {'de l’assuré' if part is Part.ASSURE else part.name}"
    return f"Facture {facture}, lot {lot} du {lot_date}{share}"


def creance_texte(result: Rapprochement, row: int) -> str:
    """Name a créance in words."""
    c = result.creances[row]
    return facture_texte(c.facture, c.lot, jour_texte(c.lot_date), c.part)


def reponse_texte(result: Rapprochement, row: int) -> str:
    """Say what an answer says, on which day and in which file."""
    table = result.tables.reponses
    announced, said = int(table.annonce_cents[row]), Reponse(table.reponse[row])
    what = _SAID.get(said, "")
    if announced > 0:
        what = f"annonce {format_cents(announced)}"
    elif announced < 0:
        what = f"reprend {format_cents(-announced)}"
    retour = int(table.retour[row])
    date = result.tables.retours.date[retour].item() if retour >= 0 else None
    day = f" du {jour_texte(date)}" if date else ""
    file = result.tables.file_of(int(table.source[row]))
    return f"Réponse{day}{f' ({file})' if file else ''} : {what or 'paiement de zéro'}"


def ligne_texte(result: Rapprochement, line: int) -> str:
    """Name a bank line: amount, day, identifier."""
    lines = result.tables.virements
    kind = "virement" if lines.montant_cents[line] >= 0 else "débit"
    amount = format_cents(abs(int(lines.montant_cents[line])))
    return f"{kind} de {amount} du {jour_texte(lines.date[line].item())} ({virement_id(result.tables, line)})"


def groupe_texte(result: Rapprochement, groupe: int) -> str:
    """Name an announced transfer: net, day, identifier; what takes back more than it pays is a *reprise*."""
    net, day = int(result.net_groupes_cents[groupe]), result.tables.groupes.date[groupe].item()
    kind, announced = ("règlement", "annoncé") if net >= 0 else ("reprise", "annoncée")
    name = groupe_id(result.tables, groupe)
    return f"{kind} de {format_cents(abs(net))} {announced} le {jour_texte(day)} ({name})"


def le_groupe(result: Rapprochement, groupe: int) -> str:
    """Name an announced transfer after its article."""
    return f"{'la' if result.net_groupes_cents[groupe] < 0 else 'le'} {groupe_texte(result, groupe)}"


def passe_texte(result: Rapprochement, passe: bytes) -> str:
    """Say what a pass means, and which plugin brought it; its name when the result does not tell."""
    name = passe.decode()
    by = " ".join(filter(None, result.passes_fournies.get(name, ())))
    means = result.passes.get(name, name)
    return f"{means} (passe de {printable(by)})" if by else means


def listed(title: str, items: Sequence[T], tell: Callable[[T], Bloc]) -> Bloc:
    """Put *items* under a title, the first few told in full, the others counted; nothing when there is none."""
    if not items:
        return Bloc()
    lines, shown = [f"{title} :"], [tell(item) for item in items[:SHOWN]]
    for bloc in shown:
        lines += [f"  - {bloc.lignes[0]}", *(f"    {line}" for line in bloc.lignes[1:])]
    if len(items) > SHOWN:
        lines.append(f"  - et {counted(len(items) - SHOWN, 'autre')}")
    return Bloc(tuple(lines), {"liste": [dict(bloc.faits) for bloc in shown], "nombre": len(items)})
