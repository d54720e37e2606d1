"""Why a créance stands where it stands: its answers, what pays them, its rejects, its chain, or what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._codes import Sujet
from tiers_payant.domain._creance import Creance
from tiers_payant.domain._explication import Bloc, Explication, joined
from tiers_payant.domain._explique_paiement import paiement
from tiers_payant.domain._explique_sans_reponse import answer_order, unanswered
from tiers_payant.domain._explique_textes import (
    DOUTES,
    debiteur_texte,
    facture_texte,
    ligne_texte,
    passe_texte,
    reponse_texte,
)
from tiers_payant.domain._mots import counted, jour_texte
from tiers_payant.domain._reperes import Repere, repere_id

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["explain_creance"]


def explain_creance(result: Rapprochement, row: int) -> Explication:
    """Say why the créance of that row stands where it stands."""
    creance = result.creances[row]
    answers = _answers(result, row)
    blocs = [
        *answers, *_directs(result, row), _rejects(result, row), _chain(result, row),
        *([] if answers else [unanswered(result, row, creance)]),
    ]  # fmt: skip
    return Explication(
        sujet="creance",
        id=repere_id(result, Repere(sujet=Sujet.CREANCE, rang=row)),
        lignes=(*_head(creance), *(f"  {line}" for line in joined(blocs))),
        faits={
            "etat": creance.etat.name.lower(), "motif": creance.motif, "du_cents": creance.du_cents,
            "annonce_cents": creance.annonce_cents, "credite_cents": creance.credite_cents,
            "reponses": [dict(bloc.faits) for bloc in answers],
            "autres": [dict(bloc.faits) for bloc in blocs[len(answers) :] if bloc.faits],
        },
    )  # fmt: skip


def _head(creance: Creance) -> tuple[str, ...]:
    where = facture_texte(creance.facture, creance.lot, jour_texte(creance.lot_date), creance.part)
    amounts = f"Dû {format_cents(creance.du_cents)}, annoncé {format_cents(creance.annonce_cents)}"
    return (
        f"{where}, {debiteur_texte(creance.debiteur)}.",
        f"{amounts}, crédité {format_cents(creance.credite_cents)}.",
        creance.motif_texte,
    )


def _answers(result: Rapprochement, row: int) -> list[Bloc]:
    """Say each answer, the oldest first, and how its transfer was paid; a transfer is told once."""
    links = result.liens_reponses
    found = np.flatnonzero(links.creance == row).tolist()
    blocs, told = [], set()
    for link in sorted(found, key=lambda link: answer_order(result, int(links.reponse[link]))):
        reponse = int(links.reponse[link])
        groupe, said = int(result.tables.reponses.groupe[reponse]), _answer(result, reponse, link)
        if links.cents[link] and groupe not in told:
            told.add(groupe)
            paid = paiement(result, groupe) if groupe >= 0 else _LOOSE
            lines = (*said.lignes, *paid.indented().lignes, *_in_part(result, reponse, groupe))
            said = Bloc(lines, {**said.faits, "paiement": dict(paid.faits)})
        blocs.append(said)
    return blocs


def _in_part(result: Rapprochement, reponse: int, groupe: int) -> tuple[str, ...]:
    """Say whether a partial transfer that tells what it pays pays this answer."""
    if not (result.ventilations.groupe == groupe).any():
        return ()
    paid = result.reponses_versees[reponse]
    return ("  Cette réponse en fait partie." if paid else "  Cette réponse n'en fait pas partie.",)


_LOOSE = Bloc(("Cette annonce n'appartient à aucun règlement : aucun virement ne peut la montrer.",))


def _answer(result: Rapprochement, reponse: int, link: int) -> Bloc:
    links = result.liens_reponses
    cents, passe = int(links.cents[link]), links.passe[link]
    whole = int(result.tables.reponses.annonce_cents[reponse])
    share = f" ; {format_cents(cents)} pour cette part" if cents != whole else ""
    number = int(links.classe[link])
    same = int((links.classe == number).sum()) if number else 0
    equal = f" ; une de {counted(same, 'réponse')} égales, laquelle n'est pas dit" if number else ""
    return Bloc(
        (
            f"{reponse_texte(result, reponse)}{share}.",
            f"  Rattachée : {passe_texte(result, passe)}{equal}.",
        ),
        {
            "id": repere_id(result, Repere(sujet=Sujet.REPONSE, rang=reponse)), "cents": cents,
            "passe": passe.decode(), "classe": same,
        },
    )  # fmt: skip


def _directs(result: Rapprochement, row: int) -> list[Bloc]:
    """Say which bank lines pay the créance without any return."""
    links = result.liens_directs
    found = []
    for link in np.flatnonzero(links.creance == row).tolist():
        line, others = int(links.virement[link]), int((links.virement == links.virement[link]).sum()) - 1
        also = f", qui en paie aussi {counted(others, 'autre')}" if others else ""
        if links.classe[link]:
            also = (
                f", ou par un autre virement égal : lequel paie laquelle des {_class_size(result, link)} n'est pas dit"
            )
        paid = f"Payée sans retour, pour {format_cents(int(links.cents[link]))}, par le {ligne_texte(result, line)}"
        facts = {
            "virement": repere_id(result, Repere(sujet=Sujet.VIREMENT, rang=line)), "cents": int(links.cents[link]),
            "passe": links.passe[link].decode(), "autres": others,
        }  # fmt: skip
        found.append(Bloc((f"{paid}{also}.", f"  Reconnu : {passe_texte(result, links.passe[link])}."), facts))
    return found or _asked_directs(result, row)


def _asked_directs(result: Rapprochement, row: int) -> list[Bloc]:
    """Say which bank lines may pay the créance without any return, and why it is not sure."""
    asked = result.propositions_directes
    mine = np.flatnonzero(asked.creance == row)
    told = []
    for line in np.unique(asked.virement[mine]).tolist():
        sets = asked.ensemble[mine[asked.virement[mine] == line]]
        sizes = {int((asked.ensemble == number).sum()) - 1 for number in sets.tolist()}
        others = f", avec {counted(sizes.pop(), 'autre')}" if len(sizes) == 1 and sizes != {0} else ""
        motifs = sorted({motif.decode() for motif in asked.motif[np.isin(asked.ensemble, sets)].tolist()})
        phrase = DOUTES[motifs[0]]
        said = f"À confirmer, sans retour : le {ligne_texte(result, line)} pourrait la régler{others}."
        name = repere_id(result, Repere(sujet=Sujet.VIREMENT, rang=line))
        told.append(Bloc((said, f"  {phrase}"), {"virement": name, "propose": True, "motif": motifs[0]}))
    return told


def _class_size(result: Rapprochement, link: int) -> str:
    links = result.liens_directs
    return counted(len(np.unique(links.creance[links.classe == links.classe[link]])), "créance")


def _rejects(result: Rapprochement, row: int) -> Bloc:
    rejects = result.rejets_of(row)
    said = tuple(f"Rejet {code} : {words}" if words else f"Rejet {code}" for code, words in rejects)
    return Bloc(said, {"rejets": [code for code, _ in rejects]} if rejects else {})


def _chain(result: Rapprochement, row: int) -> Bloc:
    table = result.creances
    said, facts = [], {}
    after = int(table.remplacee_par[row])
    if after >= 0:
        said.append(f"Remplacée par la {_lower(result, after)}.")
        facts["remplacee_par"] = repere_id(result, Repere(sujet=Sujet.CREANCE, rang=after))
    for before in np.flatnonzero(table.remplacee_par == row).tolist():
        said.append(f"Remplace la {_lower(result, before)}, refusée.")
        facts["remplace"] = repere_id(result, Repere(sujet=Sujet.CREANCE, rang=before))
    return Bloc(tuple(said), facts)


def _lower(result: Rapprochement, row: int) -> str:
    other = result.creances[row]
    return f"facture {other.facture}, lot {other.lot} du {jour_texte(other.lot_date)}"
