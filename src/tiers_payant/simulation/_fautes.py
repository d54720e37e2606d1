"""What goes wrong before a facture leaves, and how it reads in the lot.

A cause has a family of rejects and a weight among the causes of its family. Some are written in the lot, which then
says something false; of these, some show in the lot by themselves, or beside what was sent before: a check may stop
them. The others nobody sees before the insurer does. Weights are choices.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from typing import TypeVar

import attrs

from ._catalogue import CONTRAT_FERME, MUTUELLES, luhn
from ._monde import AMC, AMO, Saisie, Vente

__all__ = ["AU_COMPTOIR", "CAUSES", "PAR_NOM", "Cause"]

T = TypeVar("T")

Ecrit = tuple[Saisie, bool]
"""What the lot says, and whether that shows."""
Ecrire = Callable[[random.Random, Vente], Ecrit | None]
"""Return None where the facture cannot bear it."""

_MALADIE, _MATERNITE, _ACCIDENT = "10", "30", "41"
_ALD, _EXONERE = "4", "5"
_PLEIN = 100
_TAUX = (15, 30, 65, 100)


@attrs.frozen(kw_only=True, eq=False)
class Cause:
    """Something that gets a share refused."""

    nom: str
    famille: str
    poids: float
    """Weight among the causes of the family that this insurer may give."""
    parts: tuple[str, ...] = (AMO, AMC)
    """Who may refuse for it."""
    ecrire: Ecrire | None = None
    """Writes it in the lot; None when nothing of it is there."""
    sans_suite: bool = False
    """Whether such a reject is never followed by another facture."""
    admise: float = 0.0
    """Weight among the faults that insurers let pass."""


# --- who


def _cle(rng: random.Random, vente: Vente) -> Ecrit:
    vraie = vente.vraie
    wrong = (int(vraie.cle) + rng.randrange(1, 96)) % 97 + 1
    return attrs.evolve(vraie, cle=f"{wrong if wrong != int(vraie.cle) else wrong % 97 + 1:02}"), True


def _chiffre(rng: random.Random, vente: Vente) -> Ecrit:
    """One digit of the number within the commune: the key, typed right, no longer fits."""
    vraie, at = vente.vraie, rng.randrange(10, 13)
    digit = rng.choice([each for each in "0123456789" if each != vraie.nir[at]])
    return attrs.evolve(vraie, nir=vraie.nir[:at] + digit + vraie.nir[at + 1 :]), True


def _naissance_impossible(rng: random.Random, vente: Vente) -> Ecrit:
    vraie = vente.vraie
    return attrs.evolve(vraie, naissance=f"{rng.randrange(32, 70)}{vraie.naissance[2:]}"), True


def _naissance_autre(rng: random.Random, vente: Vente) -> Ecrit:
    """Another day of the same month and year: it may be anybody's."""
    vraie = vente.vraie
    days = [f"{day:02}" for day in range(1, 29) if f"{day:02}" != vraie.naissance[:2]]
    return attrs.evolve(vraie, naissance=rng.choice(days) + vraie.naissance[2:]), False


def _rang_nul(rng: random.Random, vente: Vente) -> Ecrit:
    return attrs.evolve(vente.vraie, rang="0"), True


def _rang_autre(rng: random.Random, vente: Vente) -> Ecrit:
    vraie = vente.vraie
    return attrs.evolve(vraie, rang=str(int(vraie.rang) % 3 + 1)), False


# --- who pays, and for what


def _centre(rng: random.Random, vente: Vente) -> Ecrit:
    return attrs.evolve(vente.vraie, centre=f"{rng.randrange(1, 10):04}"), False


def _amc_absente(rng: random.Random, vente: Vente) -> Ecrit | None:
    return (attrs.evolve(vente.vraie, amc=""), True) if _has_own_amc(vente) else None


def _amc_autre(rng: random.Random, vente: Vente) -> Ecrit | None:
    if not _has_own_amc(vente):
        return None
    others = [each.numero for each in MUTUELLES if each is not vente.patient.mutuelle]
    return attrs.evolve(vente.vraie, amc=rng.choice(others)), False


def _has_own_amc(vente: Vente) -> bool:
    """Whether the facture asks an AMC that is not managed by the caisse."""
    return AMC in vente.parts() and vente.patient.mutuelle is not None and not vente.patient.caisse.separe


def _exoneration_a_tort(rng: random.Random, vente: Vente) -> Ecrit | None:
    """An ALD nobody granted, lines at the ordinary rate as those of another illness are."""
    return None if vente.patient.ald else (attrs.evolve(vente.vraie, exoneration=_ALD), False)


def _exoneration_sans_effet(rng: random.Random, vente: Vente) -> Ecrit | None:
    """An insured exempt of everything, lines that are not."""
    if all(ligne.taux == _PLEIN for ligne in vente.lignes):
        return _exoneration_a_tort(rng, vente)
    return attrs.evolve(vente.vraie, exoneration=_EXONERE), True


def _nature(code: str) -> Ecrire:
    """Care of this nature is covered in full: an ordinary rate, or an ALD, shows that it is another's."""

    def ecrire(rng: random.Random, vente: Vente) -> Ecrit:
        shows = vente.patient.ald or any(ligne.taux != _PLEIN for ligne in vente.lignes)
        return attrs.evolve(vente.vraie, nature=code), shows

    return ecrire


# --- who prescribed, and when


def _prescripteur_absent(rng: random.Random, vente: Vente) -> Ecrit:
    return attrs.evolve(vente.vraie, prescripteur=""), True


def _prescripteur_cle(rng: random.Random, vente: Vente) -> Ecrit:
    true = vente.prescripteur
    return attrs.evolve(vente.vraie, prescripteur=f"{true[:-1]}{(int(true[-1]) + rng.randrange(1, 10)) % 10}"), True


def _prescripteur_autre(rng: random.Random, vente: Vente) -> Ecrit:
    """A number that nobody has, with the key that it would have."""
    base = f"9919{rng.randrange(10_000):04}"
    return attrs.evolve(vente.vraie, prescripteur=base + luhn(base)), False


def _prescription_apres(rng: random.Random, vente: Vente) -> Ecrit:
    later = vente.date_soins + dt.timedelta(days=rng.randrange(1, 30))
    return attrs.evolve(vente.vraie, date_prescription=later), True


def _ordonnance_perimee(rng: random.Random, vente: Vente) -> Ecrit:
    older = vente.date_soins - dt.timedelta(days=rng.randrange(400, 700))
    return attrs.evolve(vente.vraie, date_prescription=older), True


# --- lines


def _taux(rng: random.Random, vente: Vente) -> Ecrit:
    """The rate of a line no longer gives its share."""
    at = rng.randrange(len(vente.lignes))
    ligne = vente.lignes[at]
    other = rng.choice([rate for rate in _TAUX if rate != ligne.taux])
    return attrs.evolve(vente.vraie, lignes=_with(vente.lignes, at, attrs.evolve(ligne, taux=other))), True


def _acte(rng: random.Random, vente: Vente) -> Ecrit:
    at = rng.randrange(len(vente.lignes))
    return attrs.evolve(vente.vraie, lignes=_with(vente.lignes, at, attrs.evolve(vente.lignes[at], acte="ZZ9"))), True


def _prix(rng: random.Random, vente: Vente) -> Ecrit:
    """Quantity times price is no longer the amount."""
    vraie, at = vente.vraie, rng.randrange(len(vente.lignes))
    return attrs.evolve(vraie, prix_affiches=_with(vraie.prix_affiches, at, vente.lignes[at].prix + 100)), True


def _with(items: Sequence[T], at: int, item: T) -> tuple[T, ...]:
    return (*items[:at], item, *items[at + 1 :])


# --- when


def _soins_anciens(rng: random.Random, vente: Vente) -> Ecrit | None:
    """Care of more than two years and a quarter ago."""
    return _older(vente, rng.randrange(840, 1100))


def _soins_tardifs(rng: random.Random, vente: Vente) -> Ecrit | None:
    """Care of weeks ago, where eight open days are given."""
    return _older(vente, rng.randrange(20, 60))


def _older(vente: Vente, days: int) -> Ecrit | None:
    """Date care and facture back: the lot left long after; a correction keeps the care date of what it corrects."""
    if vente.remplace is not None:
        return None
    before, vraie = dt.timedelta(days=days), vente.vraie
    return attrs.evolve(
        vraie,
        date_soins=vraie.date_soins - before,
        date_facture=vraie.date_facture - before,
        date_prescription=vraie.date_prescription - before,
    ), True


CAUSES: tuple[Cause, ...] = (
    Cause(nom="assure_inconnu", famille="IDENTITE_NIR", poids=2),
    Cause(nom="nir_cle", famille="IDENTITE_NIR", poids=3, ecrire=_cle, admise=1),
    Cause(nom="nir_chiffre", famille="IDENTITE_NIR", poids=3, ecrire=_chiffre),
    Cause(nom="naissance_impossible", famille="IDENTITE_NIR", poids=1, ecrire=_naissance_impossible, admise=1),
    Cause(nom="naissance_autre", famille="IDENTITE_NIR", poids=2, ecrire=_naissance_autre, admise=3),
    Cause(nom="rang_nul", famille="IDENTITE_NIR", poids=1, ecrire=_rang_nul, admise=1),
    Cause(nom="rang_autre", famille="IDENTITE_NIR", poids=1, ecrire=_rang_autre, admise=2),
    Cause(nom="droits_fermes", famille="DROITS_AMO", poids=1, parts=(AMO,)),
    Cause(nom="caisse_changee", famille="CAISSE_DEST", poids=1, parts=(AMO,)),
    Cause(nom="centre_ancien", famille="CAISSE_DEST", poids=2, parts=(AMO,), ecrire=_centre, admise=2),
    Cause(nom="exoneration_inconnue", famille="EXONERATION", poids=3, parts=(AMO,)),
    Cause(nom="exoneration_a_tort", famille="EXONERATION", poids=2, parts=(AMO,), ecrire=_exoneration_a_tort),
    Cause(nom="exoneration_sans_effet", famille="EXONERATION", poids=1, parts=(AMO,), ecrire=_exoneration_sans_effet),
    Cause(nom="nature_inconnue", famille="NATURE_ASSURANCE", poids=1, parts=(AMO,)),
    Cause(nom="nature_accident", famille="NATURE_ASSURANCE", poids=2, parts=(AMO,), ecrire=_nature(_ACCIDENT)),
    Cause(nom="nature_maternite", famille="NATURE_ASSURANCE", poids=1, parts=(AMO,), ecrire=_nature(_MATERNITE)),
    Cause(nom="prescripteur_inconnu", famille="PRESCRIPTEUR", poids=2, parts=(AMO,)),
    Cause(nom="prescripteur_absent", famille="PRESCRIPTEUR", poids=2, parts=(AMO,), ecrire=_prescripteur_absent),
    Cause(nom="prescripteur_cle", famille="PRESCRIPTEUR", poids=2, parts=(AMO,), ecrire=_prescripteur_cle, admise=2),
    Cause(
        nom="prescripteur_autre", famille="PRESCRIPTEUR", poids=2, parts=(AMO,), ecrire=_prescripteur_autre, admise=2
    ),
    Cause(
        nom="prescription_apres", famille="PRESCRIPTEUR", poids=2, parts=(AMO,), ecrire=_prescription_apres, admise=1
    ),
    Cause(nom="ordonnance_incomplete", famille="PRESCRIPTION", poids=3, parts=(AMO,)),
    Cause(
        nom="ordonnance_perimee", famille="PRESCRIPTION", poids=1, parts=(AMO,), ecrire=_ordonnance_perimee, admise=2
    ),
    Cause(nom="piece_absente", famille="PIECE_JUSTIF", poids=1, parts=(AMO,), sans_suite=True),
    Cause(nom="prix_perime", famille="PRODUIT_TARIF", poids=2),
    Cause(nom="taux_faux", famille="PRODUIT_TARIF", poids=2, ecrire=_taux, admise=2),
    Cause(nom="prix_faux", famille="PRODUIT_TARIF", poids=1, ecrire=_prix, admise=1),
    Cause(nom="acte_inconnu", famille="PRODUIT_TARIF", poids=1, ecrire=_acte),
    Cause(nom="substitution_refusee", famille="SUBSTITUTION", poids=1, parts=(AMO,)),
    Cause(nom="double_envoi", famille="DOUBLON", poids=0, sans_suite=True),
    Cause(nom="deja_paye_a_tort", famille="DOUBLON", poids=1, sans_suite=True),
    Cause(nom="accord_absent", famille="ACCORD_PREALABLE", poids=1, parts=(AMO,)),
    Cause(nom=CONTRAT_FERME, famille="AMC_CONTRAT", poids=0, parts=(AMC,)),
    Cause(nom="adherent_inconnu", famille="AMC_CONTRAT", poids=2, parts=(AMC,)),
    Cause(nom="garantie_absente", famille="AMC_CONTRAT", poids=2, parts=(AMC,)),
    Cause(nom="amc_absente", famille="AMC_CONTRAT", poids=2, parts=(AMC,), ecrire=_amc_absente),
    Cause(nom="amc_autre", famille="AMC_CONTRAT", poids=1, parts=(AMC,), ecrire=_amc_autre),
    Cause(nom="accreditation_perdue", famille="AMC_TORT", poids=1, parts=(AMC,)),
    Cause(nom="soins_anciens", famille="FORCLUSION", poids=3, ecrire=_soins_anciens, sans_suite=True),
    Cause(nom="hors_delai_a_tort", famille="FORCLUSION", poids=1, sans_suite=True),
    Cause(nom="soins_tardifs", famille="FORCLUSION", poids=0, ecrire=_soins_tardifs, admise=3),
    Cause(nom="signature", famille="TECHNIQUE", poids=1),
)
"""A weight of 0 is never drawn within its family: the world gives it otherwise, or insurers let it pass."""

PAR_NOM = {cause.nom: cause for cause in CAUSES}

AU_COMPTOIR = frozenset(
    (
        "IDENTITE_NIR",
        "NATURE_ASSURANCE",
        "PRESCRIPTEUR",
        "PRESCRIPTION",
        "PIECE_JUSTIF",
        "PRODUIT_TARIF",
        "SUBSTITUTION",
    )
)
"""Families whose faults are made at the counter: some operators make more of them."""
