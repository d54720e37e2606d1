"""One file of the world as the tables that the formats write.

Assumptions, which no public source confirms: the AMO answers in the old set of entities (576, refusals apart in 908),
the AMC in the new set (578); a lump sum and a late-payment penalty are a 261 with its 262, in either set, the code NRD
telling the penalty. An answer repeats what the lot says of the insured and of the care, wrong or right.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import attrs

from tiers_payant.domain import (
    Adresses,
    Comptes,
    ComptesClients,
    Encaissements,
    Factures,
    Groupes,
    Lignes,
    Lots,
    Mouvements,
    NatureMouvement,
    Part,
    Rejets,
    Releves,
    Reponse,
    Reponses,
    Retours,
    Source,
    Table,
    Tables,
    Virements,
)

from ._monde import (
    AMC,
    AMO,
    CompteOuvert,
    Fichier,
    Genre,
    Groupe,
    Lot,
    Mouvement,
    Nature,
    Officine,
    Releve,
    ReponseRecue,
    Retour,
    Vente,
)

__all__ = ["officines_of", "tables_of"]

_REFUS_AMO = "908"
_LIBELLE = 32
"""Width of a line of the transfer label (071)."""

_PARTS = {"": Part.NON_PRECISEE, AMO: Part.AMO, AMC: Part.AMC}
_REPONSES = {
    Genre.PAYEE: Reponse.PAYEE,
    Genre.REJETEE: Reponse.REJETEE,
    Genre.DIFFEREE: Reponse.DIFFEREE,
    Genre.TRAITEMENT_CAISSE: Reponse.TRAITEMENT_CAISSE,
}
_NATURES = {
    Nature.RETENUE: NatureMouvement.RETENUE,
    Nature.FORFAIT: NatureMouvement.FORFAIT,
    Nature.PENALITE_RETARD: NatureMouvement.PENALITE_RETARD,
    Nature.INDU: NatureMouvement.INDU,
}
_DETTE, _INSCRITE, _RETENUE = "IND", "CIN", "RPR"
"""Nature of the debt, and what is done of it: first entry, withheld on what is paid."""

_CENTRE_DE_TRAITEMENT = {"CP": "019910000", "MA": "029940000", "SM": "919970000", "OC": "99000000"}
"""Addressee of the files of lots, for each kind."""

Rows = list[dict[str, Any]]


def tables_of(fichier: Fichier) -> Tables:
    """Return what *fichier* says, rows in the order of the file."""
    if fichier.releve is not None:
        return _statement(fichier.chemin, fichier.releve)
    if fichier.comptes or fichier.recus:
        return _owed(fichier)
    return _billed(fichier.chemin, fichier.lots) if fichier.lots else _answered(fichier.chemin, fichier.retours)


def officines_of(officines: Sequence[Officine]) -> Tables:
    """Return which account is whose."""
    rows: Rows = [{"officine": each.numero, "compte": each.rib, "nom": each.nom} for each in officines]
    return _tables("officines.json", comptes=_table(Comptes, rows))


@cache
def _empty() -> Tables:
    return Tables()


def _tables(nom: str, **tables: Any) -> Tables:
    """Fill a few tables; the empty ones, the same for every file, are made once."""
    return attrs.evolve(_empty(), sources=(Source(nom=nom),), **tables)


def _table(kind: type[Any], rows: Rows) -> Any:
    table: Table = kind.of(len(rows), **{name: [row[name] for row in rows] for name in rows[0]}) if rows else kind.of()
    return table.with_columns(source=[0] * len(rows)) if rows else table


# --- lots


def _billed(nom: str, lots: Sequence[Lot]) -> Tables:
    ventes = [(rank, vente) for rank, lot in enumerate(lots) for vente in lot.ventes]
    lines = [
        (rank, saisie.date_soins, ligne, prix)
        for rank, (_, vente) in enumerate(ventes)
        for saisie in (vente.saisie,)
        for ligne, prix in zip(saisie.lignes, saisie.prix_affiches, strict=True)
    ]
    housed = [(rank, vente) for rank, (_, vente) in enumerate(ventes) if vente.domicile is not None]
    return _tables(
        nom,
        **({"adresses": _adresses(housed)} if housed else {}),
        lots=_table(Lots, [_lot(lot) for lot in lots]),
        factures=_table(Factures, [{**_facture(vente, lots[rank]), "lot_rang": rank} for rank, vente in ventes]),
        lignes=Lignes.of(
            len(lines),
            facture_rang=[rank for rank, *_ in lines],
            date_soins=[day for _, day, *_ in lines],
            acte=[line.acte for *_, line, _ in lines],
            quantite=[line.quantite for *_, line, _ in lines],
            coefficient=[100] * len(lines),
            prix_unitaire_cents=[price for *_, price in lines],
            base_cents=[line.montant for *_, line, _ in lines],
            taux=[line.taux for *_, line, _ in lines],
            montant_amo_cents=[line.amo for *_, line, _ in lines],
            montant_amc_cents=[line.amc for *_, line, _ in lines],
            depense_cents=[line.montant for *_, line, _ in lines],
        ),
    )


def _adresses(housed: Sequence[tuple[int, Vente]]) -> Adresses:
    homes = [vente.domicile for _, vente in housed if vente.domicile is not None]
    return Adresses.of(
        len(housed),
        facture_rang=[rank for rank, _ in housed],
        nom_beneficiaire=[vente.patient.nom for _, vente in housed],
        prenom_beneficiaire=[vente.patient.prenom for _, vente in housed],
        numero_voie=[home.numero for home in homes],
        type_voie=[home.type_voie for home in homes],
        voie=[home.voie for home in homes],
        code_postal=[home.code_postal for home in homes],
        ville=[home.ville for home in homes],
    )


def _owed(fichier: Fichier) -> Tables:
    """Return what patients owe, or what they paid."""
    owed = [{**_key_of_account(each), "client": each.client, "du_cents": each.du_cents} for each in fichier.comptes]
    paid = [
        {**_key_of_account(each), "date": recu.date, "montant_cents": recu.cents}
        for each in fichier.recus
        for recu in each.recus
    ]
    return _tables(
        fichier.chemin, comptes_clients=_table(ComptesClients, owed), encaissements=_table(Encaissements, paid)
    )


def _key_of_account(compte: CompteOuvert) -> dict[str, Any]:
    if compte.vente.lot is None:
        raise ValueError("an account for a facture that was never sent")
    return _key(compte.vente, compte.vente.lot)


def _lot(lot: Lot) -> dict[str, Any]:
    payeur = lot.payeur
    return {
        "officine": lot.officine.numero,
        "lot_date": lot.date,
        "lot": lot.numero,
        "destinataire": payeur.caisse or payeur.emetteur[-3:],
        "nom_officine": lot.officine.nom,
        "emetteur_type": "TP",
        "emetteur": lot.officine.numero,
        "destinataire_type": payeur.emetteur_type,
        "destinataire_fichier": _CENTRE_DE_TRAITEMENT[payeur.emetteur_type],
        "date_fichier": lot.date,
    }


def _facture(vente: Vente, lot: Lot) -> dict[str, Any]:
    caisse, saisie = vente.patient.caisse, vente.saisie
    total, amo = vente.total, vente.montant(AMO)
    return {
        **_key(vente, lot),
        "date_facture": saisie.date_facture,
        "date_soins": saisie.date_soins,
        "regime": caisse.regime,
        "caisse": caisse.caisse,
        "centre": saisie.centre,
        "amc": saisie.amc,
        "contrat": vente.contrat,
        "paiement": vente.paiement,
        "nature_assurance": saisie.nature,
        "exoneration": saisie.exoneration,
        "nir": saisie.nir,
        "nir_cle": saisie.cle,
        "naissance": saisie.naissance,
        "rang": saisie.rang,
        "prescripteur": saisie.prescripteur,
        "date_prescription": saisie.date_prescription,
        "total_cents": total,
        "part_amo_cents": amo,
        "part_amc_cents": vente.montant(AMC),
        "part_assure_cents": total - amo,
    }


def _key(vente: Vente, lot: Lot) -> dict[str, Any]:
    return {"officine": vente.officine.numero, "lot_date": lot.date, "lot": lot.numero, "facture": vente.numero}


def _key_of(reponse: ReponseRecue) -> dict[str, Any]:
    """Return the key that the insurer writes."""
    vente, cle = reponse.vente, reponse.cle
    if vente.lot is None:
        raise ValueError("an answer to a facture that was never sent")
    if cle is None:
        return _key(vente, vente.lot)
    return {"officine": vente.officine.numero, "lot_date": cle.lot_date, "lot": cle.lot, "facture": cle.facture}


# --- returns


def _answered(nom: str, retours: Sequence[Retour]) -> Tables:
    groupes: Rows = []
    reponses: Rows = []
    mouvements: Rows = []
    rejets: Rows = []
    for rank, retour in enumerate(retours):
        for groupe in retour.groupes:
            place = len(groupes)
            groupes.append(_groupe(groupe, rank))
            reponses += [_reponse(each, place, rank) for each in groupe.reponses]
            mouvements += [_mouvement(each, groupe, place, rank) for each in groupe.mouvements]
        refused = -1
        if retour.reference == _REFUS_AMO:
            refused = len(groupes)
            groupes.append(_jour_comptable(retour, rank))
        reponses += [_reponse(each, refused, rank) for each in _told_once(retour)]
        rejets += [_rejet(each, rank) for each in _refusals(retour)]
    return _tables(
        nom,
        retours=_table(Retours, [_retour(retour) for retour in retours]),
        groupes=_table(Groupes, groupes),
        reponses=_table(Reponses, reponses),
        rejets=_table(Rejets, rejets),
        mouvements=_table(Mouvements, mouvements),
    )


def _retour(retour: Retour) -> dict[str, Any]:
    return {
        "reference": retour.reference,
        "emetteur_type": retour.payeur.emetteur_type,
        "emetteur": retour.payeur.emetteur,
        "destinataire_type": "TP",
        "destinataire": retour.officine.numero,
        "date": retour.date,
        "fichier": retour.fichier,
        "total_cents": sum(groupe.net for groupe in retour.groupes),
    }


def _groupe(groupe: Groupe, retour: int) -> dict[str, Any]:
    new_set = _is_new_set(groupe.payeur.obligatoire, separe=groupe.payeur.separe)
    return {
        "officine": groupe.officine.numero,
        "date": groupe.date,
        "libelle_1": groupe.reference[:_LIBELLE] if new_set else "",
        "libelle_2": groupe.reference[_LIBELLE:] if new_set else "",
        "organisme": groupe.payeur.emetteur if new_set else "",
        "part": int(_PARTS[groupe.part]),
        "retour": retour,
    }


def _jour_comptable(retour: Retour, rank: int) -> dict[str, Any]:
    """The accounting day that a return of the old set opens even when it pays nothing."""
    return {
        "officine": retour.officine.numero,
        "date": retour.date,
        "libelle_1": "",
        "libelle_2": "",
        "organisme": "",
        "part": int(Part.NON_PRECISEE),
        "retour": rank,
    }


def _is_new_set(obligatoire: bool, *, separe: bool) -> bool:
    return separe or not obligatoire


def _told_once(retour: Retour) -> list[ReponseRecue]:
    """The answers that pay nothing; an old-set return names no share, so it refuses a facture once for both."""
    return _first_of_each(retour.autres) if retour.reference == _REFUS_AMO else retour.autres


def _refusals(retour: Retour) -> list[ReponseRecue]:
    """The answers that give a reason: once for a facture whose two shares one insurer refuses."""
    return _first_of_each([each for each in retour.autres if each.code])


def _first_of_each(reponses: Sequence[ReponseRecue]) -> list[ReponseRecue]:
    first: dict[int, ReponseRecue] = {}
    for reponse in reponses:
        first.setdefault(id(reponse.vente), reponse)
    return list(first.values())


def _reponse(reponse: ReponseRecue, groupe: int, retour: int) -> dict[str, Any]:
    vente, saisie = reponse.vente, reponse.vente.saisie
    payeur = vente.payeur(reponse.part)
    new_set = _is_new_set(payeur.obligatoire, separe=payeur.separe)
    part = reponse.part if new_set or reponse.genre is Genre.PAYEE else ""
    return {
        **_key_of(reponse),
        "part": int(_PARTS[part]),
        "reponse": int(_REPONSES[reponse.genre]),
        "demande_cents": vente.montant(reponse.part) if new_set else 0,
        "annonce_cents": reponse.annonce,
        "amc": vente.debiteur(AMC) if new_set and reponse.part == AMC else "",
        "nir": saisie.nir,
        "naissance": saisie.naissance,
        "groupe": groupe,
        "retour": retour,
    }


def _rejet(reponse: ReponseRecue, retour: int) -> dict[str, Any]:
    vente = reponse.vente
    payeur = vente.payeur(reponse.part)
    new_set = _is_new_set(payeur.obligatoire, separe=payeur.separe)
    return {
        **_key_of(reponse),
        "code": reponse.code,
        "libelle": reponse.motif,
        "part": ("C" if reponse.part == AMC else "O") if new_set else "",
        "portee": "F" if new_set else "",
        "acte": "",
        "date_soins": vente.saisie.date_soins if new_set else None,
        "retour": retour,
    }


def _mouvement(mouvement: Mouvement, groupe: Groupe, place: int, retour: int) -> dict[str, Any]:
    debt = mouvement.nature in (Nature.RETENUE, Nature.INDU)
    return {
        "officine": groupe.officine.numero,
        "nature": int(_NATURES[mouvement.nature]),
        "montant_cents": mouvement.cents,
        "solde_cents": mouvement.solde,
        "reference": mouvement.reference,
        "dette": _DETTE if debt else "",
        "operation": (_RETENUE if mouvement.cents else _INSCRITE) if debt else "",
        "date": mouvement.date if debt else None,
        "libelle": "" if debt else mouvement.libelle,
        "groupe": place,
        "retour": retour,
    }


# --- bank statements


def _statement(nom: str, releve: Releve) -> Tables:
    officine, rows = releve.officine, len(releve.lignes)
    return _tables(
        nom,
        releves=_table(Releves, [_releve(releve)]),
        virements=Virements.of(
            rows,
            compte=[officine.rib] * rows,
            date=[line.date for line in releve.lignes],
            date_valeur=[line.date for line in releve.lignes],
            montant_cents=[line.cents for line in releve.lignes],
            devise=["EUR"] * rows,
            emetteur=[line.emetteur for line in releve.lignes],
            libelle=[line.libelle for line in releve.lignes],
            code_operation=[line.code for line in releve.lignes],
            position=list(range(rows)),
            releve=[0] * rows,
            source=[0] * rows,
        ),
    )


def _releve(releve: Releve) -> dict[str, Any]:
    officine = releve.officine
    return {
        "compte": officine.rib,
        "compte_affiche": officine.iban if officine.banque == "camt053" else officine.rib,
        "identifiant": f"{officine.numero}-{releve.numero:04}",
        "devise": "EUR",
        "initial_connu": True,
        "initial_cents": releve.initial,
        "final_connu": True,
        "final_cents": releve.final,
        "du": releve.du,
        "au": releve.au,
    }
