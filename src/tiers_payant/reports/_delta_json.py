"""What new files changed, as JSON: deterministic bytes, arrays sorted by identifier, absent values null."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from tiers_payant.domain import Creance, Delta, EtatVirement, Lien, LigneChangee, Retrait, motif_texte
from tiers_payant.reports._json import Object, array_chunks, json_text

__all__ = ["DELTA_SCHEMA", "delta_chunks"]

DELTA_SCHEMA = "tiers-payant/delta/1"


def delta_chunks(delta: Delta) -> Iterator[str]:
    """Yield the text of the document; joined, the chunks are one JSON object that ends with a line feed."""
    yield '{\n"schema": ' + json_text(DELTA_SCHEMA)
    for name, objects in (
        ("creances", (_changed(*pair) for pair in delta.creances())),
        ("creances_nouvelles", ({**_key(one), "apres": _facts(one)} for one in delta.nouvelles)),
        ("creances_retirees", ({**_key(one), "avant": _facts(one)} for one in delta.disparues)),
        ("liens", map(_lien, delta.regles)),
        ("liens_retires", map(_retrait, delta.retires)),
        ("propositions", map(attrs.asdict, delta.offres)),
        ("propositions_retirees", map(attrs.asdict, delta.offres_retirees)),
        ("virements", map(_ligne, delta.virements)),
    ):
        yield from array_chunks(name, objects)
    yield ',\n"totaux_avant": ' + json_text(attrs.asdict(delta.totaux_avant))
    yield ',\n"totaux_apres": ' + json_text(attrs.asdict(delta.totaux_apres)) + "\n}\n"


def _changed(before: Creance, after: Creance) -> Object:
    return {**_key(after), "avant": _facts(before), "apres": _facts(after)}


def _key(creance: Creance) -> Object:
    return {
        "officine": creance.officine,
        "lot_date": None if creance.lot_date is None else creance.lot_date.isoformat(),
        "lot": creance.lot,
        "facture": creance.facture,
        "part": creance.part.name,
    }


def _facts(creance: Creance) -> Object:
    return {
        "debiteur": creance.debiteur,
        "du_cents": creance.du_cents,
        "annonce_cents": creance.annonce_cents,
        "credite_cents": creance.credite_cents,
        "etat": creance.etat.name.lower(),
        "motif": creance.motif,
        "motif_texte": motif_texte(creance.motif),
    }


def _lien(lien: Lien) -> Object:
    return {
        "groupes": list(lien.groupes),
        "creances": list(lien.creances),
        "virements": list(lien.virements),
        "cents": lien.cents,
        "passe": lien.passe,
    }


def _retrait(retrait: Retrait) -> Object:
    return {
        **_lien(retrait.lien),
        "evidence": retrait.evidence,
        "cause": retrait.cause.value,
        "remplace_par": [_lien(one) for one in retrait.remplace_par],
        "rivaux": list(retrait.rivaux),
        "texte": retrait.texte,
    }


def _ligne(ligne: LigneChangee) -> Object:
    return {
        "virement": ligne.virement,
        "montant_cents": ligne.montant_cents,
        "avant": _etat(ligne.avant),
        "apres": _etat(ligne.apres),
    }


def _etat(etat: EtatVirement | None) -> str | None:
    return None if etat is None else etat.name.lower()
