"""The invented people, insurers and medicines of the simulation: all of it visibly made up.

Patients are born in a département (99) and commune (999) that together no NIR has; insurers are of places named
EXEMPLE. The only real names are those of the platforms, which banks print on the transfers of every mutuelle they
serve: a payer table that reads prefixes must meet them as they are.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from itertools import accumulate

import attrs

from ._monde import AMC, AMO, LigneVendue, Mutuelle, Officine, Patient, Payeur

__all__ = [
    "CONTRAT_FERME",
    "GRIEFS",
    "MUTUELLES",
    "Panier",
    "luhn",
    "make_officine",
    "make_patients",
    "make_prescripteurs",
]


def _caisse(code: str, nom: str, kind: str, organisme: str, *, separe: bool = False) -> Payeur:
    return Payeur(
        code=code,
        nom=nom,
        marque=code.upper(),
        emetteur_type=kind,
        emetteur=organisme,
        regime=organisme[:2],
        caisse=organisme[2:5],
        centre=organisme[5:],
        separe=separe,
    )


def _operateur(code: str, nom: str, marque: str, numero: str) -> Payeur:
    return Payeur(code=code, nom=nom, marque=marque, emetteur_type="OC", emetteur=numero)


# One mutuelle manages the obligatory share too (régime 91), and pays the two shares apart.
_SECTION = _caisse("agents", "MUTUELLE EXEMPLE DES AGENTS", "SM", "919970000", separe=True)

_CAISSES: tuple[tuple[Payeur, int], ...] = (
    (_caisse("ville", "CPAM DE VILLE-EXEMPLE", "CP", "019910000"), 52),
    (_caisse("mer", "CPAM D EXEMPLE-SUR-MER", "CP", "019920000"), 12),
    (_caisse("pays", "CPAM DU PAYS D EXEMPLE", "CP", "019930000"), 7),
    (_caisse("monts", "CPAM DES MONTS D EXEMPLE", "CP", "019960000"), 4),
    (_caisse("msa", "MSA EXEMPLE", "MA", "029940000"), 10),
    (_caisse("val", "MSA DU VAL D EXEMPLE", "MA", "029950000"), 4),
    (_SECTION, 11),
)
"""Compulsory insurers and their weights."""

_PLATEFORMES = (
    (_operateur("cetip", "CETIP", "SP SANTE", "99000011"), 7),
    (_operateur("almerys", "ALMERYS SAS", "ALMERYS TP", "99000022"), 6),
    (_operateur("viamedis", "VIAMEDIS", "VIAMEDIS TP", "99000033"), 5),
)
_DIRECTES = (
    _operateur("exemple", "MUTUELLE EXEMPLE", "MUT EXEMPLE", "99100101"),
    _operateur("bourg", "MUTUELLE DU BOURG D EXEMPLE", "MUT BOURG", "99100102"),
)

MUTUELLES: tuple[Mutuelle, ...] = (
    *(
        Mutuelle(numero=f"992{rank:02}{member:03}", payeur=operateur, couvre_15=member % 2 == 0)
        for rank, (operateur, members) in enumerate(_PLATEFORMES)
        for member in range(members)
    ),
    *(Mutuelle(numero=payeur.emetteur, payeur=payeur, couvre_15=True) for payeur in _DIRECTES),
)
"""Complementary insurers: some paid through a platform, some that pay by themselves."""
_SECTION_AMC = Mutuelle(numero="99300001", payeur=_SECTION, couvre_15=True)

CONTRAT_FERME = "contrat_ferme"
"""The cause after which half of the patients show another cover."""

GRIEFS: dict[str, tuple[str, ...]] = {
    AMO: ("droits_fermes", "assure_inconnu", "prescripteur_inconnu", "exoneration_inconnue", "caisse_changee"),
    AMC: (CONTRAT_FERME, "adherent_inconnu", "garantie_absente"),
}
"""Why a share is refused, first thought: the causes most named by the press. `_causes` says what it really was."""

_PRENOMS = ("CAMILLE", "DOMINIQUE", "CLAUDE", "SACHA", "ALEX", "MORGAN", "LOU", "ANDREA", "EDEN", "NOA")

# Act code, rate, price in cents. Prices are fixed so that equal amounts meet on one day, as they do in life.
_COURANTS = (
    ("PH7", 65, 218),
    ("PH7", 65, 465),
    ("PH7", 65, 687),
    ("PH7", 65, 912),
    ("PH7", 65, 1134),
    ("PH7", 65, 1590),
    ("PH7", 65, 2245),
    ("PH7", 65, 3172),
    ("PH4", 30, 342),
    ("PH4", 30, 518),
    ("PH4", 30, 799),
    ("PH2", 15, 265),
    ("PH2", 15, 611),
    ("PH1", 100, 2899),
)
_CHERS = (
    ("PH7", 65, 6480),
    ("PH7", 65, 9917),
    ("PH7", 65, 15230),
    ("PH1", 100, 28655),
    ("PH1", 100, 61240),
)
_LIGNES, _QUANTITES = (1, 2, 3, 4, 5), (1, 2, 3)
_POIDS_LIGNES, _POIDS_QUANTITES = (35, 30, 18, 10, 7), (88, 9, 3)


def _mean(values: Sequence[float], weights: Sequence[float] | None = None) -> float:
    each = weights or [1.0] * len(values)
    return sum(value * weight for value, weight in zip(values, each, strict=True)) / sum(each)


class Panier:
    """Draws the lines of a dispensing, whose mean is *moyen_cents*: dear medicines are as frequent as that takes.

    With *prix_distincts*, every dispensing is one box of one of so many common medicines, whatever the mean.
    """

    def __init__(self, moyen_cents: int, prix_distincts: int = 0) -> None:
        self._seuls = _COURANTS[:prix_distincts]
        line = moyen_cents / _mean(_LIGNES, _POIDS_LIGNES) / _mean(_QUANTITES, _POIDS_QUANTITES)
        cheap, dear = (_mean([price for _, _, price in kind]) for kind in (_COURANTS, _CHERS))
        rare = min(max((line - cheap) / (dear - cheap), 0.0), 1.0)
        self._produits = (*_COURANTS, *_CHERS)
        weights = [(1 - rare) / len(_COURANTS)] * len(_COURANTS) + [rare / len(_CHERS)] * len(_CHERS)
        self._cumules = list(accumulate(weights))

    def draw(self, rng: random.Random, patient: Patient) -> tuple[LigneVendue, ...]:
        """Return the lines of one dispensing to *patient*; the shares follow from rates and cover."""
        if self._seuls:
            return (_ligne(patient, *rng.choice(self._seuls), 1),)
        count = rng.choices(_LIGNES, _POIDS_LIGNES)[0]
        return tuple(
            _ligne(patient, *product, rng.choices(_QUANTITES, _POIDS_QUANTITES)[0])
            for product in rng.choices(self._produits, cum_weights=self._cumules, k=count)
        )


def _ligne(patient: Patient, acte: str, taux: int, prix: int, quantite: int) -> LigneVendue:
    rate = 100 if patient.ald else taux
    amount = prix * quantite
    amo = (amount * rate + 50) // 100
    covered = patient.c2s or (patient.mutuelle is not None and (acte != "PH2" or patient.mutuelle.couvre_15))
    return LigneVendue(acte=acte, taux=rate, quantite=quantite, prix=prix, amo=amo, amc=amount - amo if covered else 0)


def _cle_nir(nir: str) -> str:
    """Return the key of a NIR of 13 digits: 97 - (number mod 97)."""
    return f"{97 - int(nir) % 97:02}"


def luhn(digits: str) -> str:
    """The ninth digit of a provider number (FNMF annex 102, confidence M)."""
    doubled = [int(digit) * (2 - rank % 2) for rank, digit in enumerate(reversed(digits))]
    return str(-sum(number // 10 + number % 10 for number in doubled) % 10)


def make_officine(rank: int) -> Officine:
    """Return the officine of that rank, from 0: number of département 99, account of a bank 99999, both invented."""
    base, account = f"9920{rank + 1:04}", f"{rank + 1:011}"
    rib = f"9999999999{account}"
    key = 97 - (89 * 99999 + 15 * 99999 + 3 * int(account)) % 97
    bban = f"{rib}{key:02}"
    # F = 15, R = 27 in the letters of an IBAN.
    iban = f"FR{98 - int(f'{bban}152700') % 97:02}{bban}"
    return Officine(
        numero=base + luhn(base),
        nom=f"PHARMACIE EXEMPLE {rank + 1}",
        rib=rib,
        iban=iban,
        banque="camt053" if rank % 2 == 0 else "cfonb120",
        style=rank % 4,
        concentrateur=rank > 0,
    )


def make_prescripteurs() -> tuple[str, ...]:
    """Return the numbers of twelve invented prescribers."""
    return tuple(base + luhn(base) for base in (f"9910{rank:04}" for rank in range(1, 13)))


@attrs.frozen(kw_only=True)
class _Foyer:
    nir: str
    nom: str
    caisse: Payeur
    mutuelle: Mutuelle | None
    c2s: bool


def make_patients(rng: random.Random, rank: int, count: int) -> list[Patient]:
    """Return at least *count* beneficiaries, household by household, of the officine of that *rank*."""
    patients: list[Patient] = []
    seen: set[str] = set()
    while len(patients) < count:
        patients += _household(rng, f"EXEMPLE {rank + 1} {len(seen) + 1}", seen)
    return patients


def _household(rng: random.Random, nom: str, seen: set[str]) -> list[Patient]:
    year, month, day = rng.randrange(30, 100), rng.randrange(1, 13), rng.randrange(1, 29)
    nir = _new_nir(rng, year, month, seen)
    caisse = rng.choices([each for each, _ in _CAISSES], [weight for _, weight in _CAISSES])[0]
    c2s = not caisse.separe and rng.random() < 0.08
    foyer = _Foyer(nir=nir, nom=nom, caisse=caisse, mutuelle=None if c2s else _cover(rng, caisse), c2s=c2s)
    members = [_patient(rng, foyer, f"{day:02}{month:02}{year:02}", "1", ald=rng.random() < 0.12)]
    for _ in range(rng.choices((0, 1, 2, 3), (55, 20, 17, 8))[0]):
        birth = dt.date(rng.randrange(2008, 2025), rng.randrange(1, 13), rng.randrange(1, 29)).strftime("%d%m%y")
        if len(members) > 1 and (members[-1].naissance == birth or rng.random() < 0.05):
            members.append(_patient(rng, foyer, members[-1].naissance, str(int(members[-1].rang) + 1), ald=False))
        else:
            members.append(_patient(rng, foyer, birth, "1", ald=False))
    return members


def _new_nir(rng: random.Random, year: int, month: int, seen: set[str]) -> str:
    while True:
        nir = f"{rng.randrange(1, 3)}{year:02}{month:02}99999{rng.randrange(1, 1000):03}"
        if nir not in seen:
            seen.add(nir)
            return nir


def _cover(rng: random.Random, caisse: Payeur) -> Mutuelle | None:
    if caisse.separe:
        return _SECTION_AMC
    return None if rng.random() < 0.08 else rng.choice(MUTUELLES)


def _patient(rng: random.Random, foyer: _Foyer, naissance: str, rang: str, *, ald: bool) -> Patient:
    return Patient(
        nir=foyer.nir,
        cle=_cle_nir(foyer.nir),
        naissance=naissance,
        rang=rang,
        nom=foyer.nom,
        prenom=rng.choice(_PRENOMS),
        caisse=foyer.caisse,
        mutuelle=foyer.mutuelle,
        c2s=foyer.c2s,
        ald=ald,
    )
