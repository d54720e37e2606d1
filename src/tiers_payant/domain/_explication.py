"""Why a créance stands where it stands, in French."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._creance import Creance
from tiers_payant.errors import ColumnError

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["explain_creance"]


def explain_creance(result: Rapprochement, creance: Creance) -> str:
    """Say why *creance* stands where it stands: its answers, its group, the bank line, or what is missing.

    Raises:
        ColumnError: *result* has no such créance.
    """
    row = _row_of(result, creance)
    where = f"Facture {creance.facture}, lot {creance.lot} du {_jour(creance.lot_date)}, part {creance.part.name}"
    lines = [
        f"{where}, due par {creance.debiteur} : {format_cents(creance.du_cents)}",
        f"{creance.etat.name.lower()} : {creance.motif_texte}",
    ]
    links = np.flatnonzero(result.liens_reponses.creance == row)
    lines += [_told(result, int(link)) for link in links]
    lines += _without_return(result, row)
    lines += [f"  rejet {code} : {words}" for code, words in result.rejets_of(row)]
    replaced = int(result.creances.remplacee_par[row])
    if replaced >= 0:
        lines.append(f"  remplacée par la facture {result.creances[replaced].facture}")
    return "\n".join(lines)


def _told(result: Rapprochement, link: int) -> str:
    reponse = int(result.liens_reponses.reponse[link])
    groupe = int(result.tables.reponses.groupe[reponse])
    said = f"  annoncé {format_cents(int(result.liens_reponses.cents[link]))} par {_file(result, reponse)}"
    lines = result.liens_virements.lignes_de.get(groupe, ())
    if not lines:
        return f"{said}, {_proposed(result, groupe)}"
    bank, links = result.tables.virements, result.liens_virements
    link = int(np.flatnonzero(links.groupe == groupe)[-1])
    passe, days = links.passe[link].decode(), ", ".join(sorted({_jour(bank.date[line].item()) for line in lines}))
    amounts = [format_cents(int(bank.montant_cents[line])) for line in lines]
    if links.classe[link]:
        same = f"{len(lines)} règlements de {amounts[0]}, {len(lines)} virements de ce montant ({days})"
        return f"{said}, réglé : {same} ; lequel paie lequel n'est pas dit ({passe})"
    if len(lines) > 1:
        return f"{said}, réglé par {len(lines)} virements, {' et '.join(amounts)} ({days}) ({passe})"
    others = int((links.virement == lines[0]).sum()) - 1
    also = f" qui en règle aussi {others} autre{'s' * (others > 1)}" if others else ""
    return f"{said}, réglé par le virement de {amounts[0]} du {days}{also} ({passe})"


def _without_return(result: Rapprochement, row: int) -> list[str]:
    """Say which bank line pays a créance that no return announces, or which may."""
    links, asked, bank = result.liens_directs, result.propositions_directes, result.tables.virements
    found = []
    for link in np.flatnonzero(links.creance == row).tolist():
        line = int(links.virement[link])
        others = int((links.virement == line).sum()) - 1
        also = f" qui en règle aussi {others} autre{'s' * (others > 1)}" if others else ""
        paid = f"le virement de {format_cents(int(bank.montant_cents[line]))} du {_jour(bank.date[line].item())}"
        found.append(f"  réglé sans retour par {paid}{also} ({links.passe[link].decode()})")
    for line in np.unique(asked.virement[asked.creance == row]).tolist():
        paid = f"le virement de {format_cents(int(bank.montant_cents[line]))} du {_jour(bank.date[line].item())}"
        found.append(f"  à confirmer, sans retour : {paid} pourrait la régler")
    return found


def _proposed(result: Rapprochement, groupe: int) -> str:
    """Say which bank lines may settle a group that none settles."""
    mine = np.flatnonzero(result.propositions.groupe == groupe)
    if groupe < 0 or not len(mine):
        return "aucun virement reconnu pour ce règlement"
    days = ", ".join(sorted({_jour(result.propositions.date[row].item()) for row in mine}))
    return f"aucun virement reconnu, à confirmer : {format_cents(int(result.propositions.cents[mine[0]]))} ({days})"


def _file(result: Rapprochement, reponse: int) -> str:
    return result.tables.file_of(int(result.tables.reponses.source[reponse])) or "objets"


def _row_of(result: Rapprochement, creance: Creance) -> int:
    """Find a créance by its key: it may come from a selection, whose rows are others."""
    table = result.creances
    same = (table.facture == creance.facture.encode()) & (table.lot == creance.lot.encode())
    rows = [row for row in np.flatnonzero(same).tolist() if table[row].cle == creance.cle]
    if not rows:
        raise ColumnError("this result has no such créance")
    return int(rows[0])


def _jour(day: dt.date | None) -> str:
    return "?" if day is None else f"{day:%d/%m/%Y}"
