"""Why a créance stands where it stands: its answers, what pays them, its rejects, its chain, or what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._codes import Part, Sujet
from tiers_payant.domain._creance import Creance
from tiers_payant.domain._explication import Bloc, Explication, joined
from tiers_payant.domain._explique_paiement import ligne_texte, listed, paiement, passe_texte
from tiers_payant.domain._explique_reponse import facture_texte, reponse_texte
from tiers_payant.domain._motifs import motifs_exceptions
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
        *([] if answers else [_unanswered(result, row, creance)]),
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
        f"{where}, {_debtor(creance.debiteur)}.",
        f"{amounts}, crédité {format_cents(creance.credite_cents)}.",
        creance.motif_texte,
    )


_PLAIN_DEBTORS = {"ASSURE": "à la charge de l'assuré", "AMO": "à la charge de l'assurance maladie obligatoire"}


def _debtor(name: str) -> str:
    """Say who owes in words, from the name that the créance gives."""
    kind, _, code = name.partition(":")
    if kind == "AMO" and code.count("-") == 2:
        regime, caisse, centre = code.split("-")
        return f"à la charge de la caisse {caisse} (régime {regime}, centre {centre})"
    if kind == "AMC":
        return f"à la charge de la complémentaire {code}"
    return _PLAIN_DEBTORS.get(kind, "débiteur inconnu")


def _answers(result: Rapprochement, row: int) -> list[Bloc]:
    """Say each answer, the oldest first, and how its transfer was paid; a transfer is told once."""
    links = result.liens_reponses
    found = np.flatnonzero(links.creance == row).tolist()
    blocs, told = [], set()
    for link in sorted(found, key=lambda link: _order(result, int(links.reponse[link]))):
        reponse = int(links.reponse[link])
        groupe, said = int(result.tables.reponses.groupe[reponse]), _answer(result, reponse, link)
        if links.cents[link] and groupe not in told:
            told.add(groupe)
            paid = paiement(result, groupe) if groupe >= 0 else _LOOSE
            said = Bloc((*said.lignes, *paid.indented().lignes), {**said.faits, "paiement": dict(paid.faits)})
        blocs.append(said)
    return blocs


_LOOSE = Bloc(("Cette annonce n'appartient à aucun règlement : aucun virement ne peut la montrer.",))


def _order(result: Rapprochement, reponse: int) -> tuple[str, bytes, int]:
    """Sort answers by day, then by what their return says: never by the order of files."""
    retour = int(result.tables.reponses.retour[reponse])
    retours = result.tables.retours
    return (str(retours.date[retour]), bytes(retours.empreinte[retour]), reponse) if retour >= 0 else ("", b"", reponse)


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
    """Say which bank lines may pay the créance without any return."""
    asked = result.propositions_directes
    lines = np.unique(asked.virement[asked.creance == row]).tolist()
    return [
        Bloc(
            (f"À confirmer, sans retour : le {ligne_texte(result, line)} pourrait la régler.",),
            {"virement": repere_id(result, Repere(sujet=Sujet.VIREMENT, rang=line)), "propose": True},
        )
        for line in lines
    ]


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


def _unanswered(result: Rapprochement, row: int, creance: Creance) -> Bloc:
    """Say why no answer is tied to a créance: proposed ones, then those that look like it."""
    if creance.part is Part.ASSURE:
        return Bloc(("Part de l'assuré : aucun organisme n'en répond.",))
    asked = result.propositions_reponses
    proposals = np.flatnonzero(asked.creance == row).tolist()
    if proposals:
        head = "Aucune réponse n'est rattachée ; à confirmer par une personne"
        shown = listed(head, proposals, lambda one: _proposed(result, one))
        return Bloc(shown.lignes, {"propositions_reponses": shown.faits["liste"]})
    near = _near(result, row)
    shown = listed(
        "Des réponses sans facture y ressemblent",
        near,
        lambda one: Bloc((reponse_texte(result, one),), _answer_name(result, one)),
    )
    head = _unheard(result)
    return Bloc((head, *shown.indented().lignes), {"ressemblent": shown.faits.get("liste", [])} if near else {})


def _proposed(result: Rapprochement, row: int) -> Bloc:
    asked = result.propositions_reponses
    rivals, motif = int(asked.rivaux[row]), asked.motif[row].decode()
    words = motifs_exceptions().get(motif)
    reponse = int(asked.reponse[row])
    said = (
        reponse_texte(result, reponse),
        f"Proposée : {passe_texte(result, asked.passe[row])}.",
        *([words.phrase_de(rivals)] if words else []),
    )
    return Bloc(said, {**_answer_name(result, reponse), "motif": motif, "rivaux": rivals})


def _answer_name(result: Rapprochement, reponse: int) -> dict[str, Any]:
    return {"id": repere_id(result, Repere(sujet=Sujet.REPONSE, rang=reponse))}


def _near(result: Rapprochement, row: int) -> list[int]:
    """Return the answers tied to no créance that name the same facture, or announce the same amount, by resemblance."""
    table, answers = result.creances, result.tables.reponses
    tied = np.zeros(len(answers), dtype=np.bool_)
    tied[result.liens_reponses.reponse] = True
    loose = np.flatnonzero(~tied)
    loose = loose[answers.officine[loose] == table.officine[row]]
    same_number = answers.facture[loose] == table.facture[row]
    same_cents = (answers.annonce_cents[loose] == table.du_cents[row]) & (table.du_cents[row] != 0)
    score = same_number * 2 + same_cents * 2 + (answers.lot[loose] == table.lot[row])
    alike, score = loose[same_number | same_cents], score[same_number | same_cents]
    ranked = sorted(
        zip((-score).tolist(), alike.tolist(), strict=True), key=lambda one: (one[0], _order(result, one[1]))
    )
    return [reponse for _, reponse in ranked]


def _unheard(result: Rapprochement) -> str:
    """Say that no return speaks of a share, and which returns were read."""
    days = result.tables.retours.date
    count, known = len(days), days[~np.isnat(days)]
    if not count:
        return "Aucun retour n'a été lu."
    told = f"{counted(count, 'retour')} lu{'s' * (count > 1)}"
    first, last = (jour_texte(known.min().item()), jour_texte(known.max().item())) if len(known) else ("?", "?")
    when = f"du {first}" if first == last else f"du {first} au {last}"
    return f"{told}, {when} : aucun ne parle de cette part."
