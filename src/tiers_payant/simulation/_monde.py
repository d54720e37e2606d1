"""The simulated world: what happened, as plain objects. Files and truth are both told from it, neither from the other.

Nothing here is a table, a record or a key packed for speed: the truth must share no shortcut with what it judges.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum

import attrs

from ._taux import Taux

__all__ = [
    "AMC",
    "AMO",
    "CleEcrite",
    "CompteOuvert",
    "Domicile",
    "Faute",
    "Fichier",
    "Genre",
    "Groupe",
    "LigneBancaire",
    "LigneVendue",
    "Lot",
    "Monde",
    "Mouvement",
    "Mutuelle",
    "Nature",
    "Officine",
    "Operateur",
    "Patient",
    "Payeur",
    "Recu",
    "Releve",
    "ReponseRecue",
    "Ressaisie",
    "Retour",
    "Saisie",
    "Vente",
    "Versement",
]

AMO = "AMO"
AMC = "AMC"

_PARTS_OF = {"00": (), "05": (AMO,), "15": (AMO, AMC), "25": (AMC,)}
"""Shares billed by each PAYEE code (B2 type 2, 115-116)."""


class Genre(StrEnum):
    """What an answer says of a share."""

    PAYEE = "payee"
    REJETEE = "rejetee"
    DIFFEREE = "differee"
    TRAITEMENT_CAISSE = "traitement_caisse"


class Ressaisie(StrEnum):
    """What an insurer lost of a facture's key when it typed the facture in anew."""

    DATE = "date"
    """The date of the lot: absent, or another."""
    NUMERO = "numero"
    """The number of the facture: absent, or one of the insurer's own; the date of the lot may be lost too."""
    PERMUTATION = "permutation"
    """Two digits of the number changed places: it may be the number of another facture of the lot."""


class Nature(StrEnum):
    """What moves money and is no facture."""

    RETENUE = "retenue"
    FORFAIT = "forfait"
    PENALITE_RETARD = "penalite_retard"
    INDU = "indu"


@attrs.frozen(kw_only=True, eq=False)
class Payeur:
    """Who answers and pays: a caisse, a platform, a mutuelle."""

    code: str
    nom: str
    """As the bank line gives it, before the bank cuts it."""
    marque: str
    """What stands for it in the reference of its transfers."""
    emetteur_type: str
    emetteur: str
    """Number of the sender of its returns."""
    regime: str = ""
    caisse: str = ""
    centre: str = ""
    separe: bool = False
    """It manages both shares and pays them by separate transfers (AMC_HANDLING V)."""

    @property
    def obligatoire(self) -> bool:
        return self.caisse != ""


@attrs.frozen(kw_only=True, eq=False)
class Mutuelle:
    """A complementary insurer, and who pays for it."""

    numero: str
    payeur: Payeur
    couvre_15: bool
    """Whether it covers the medicines of weak service (15 %)."""


@attrs.frozen(kw_only=True, eq=False)
class Officine:
    """A pharmacy, its account, and how its bank writes."""

    numero: str
    nom: str
    rib: str
    """Bank, branch, account: 21 characters."""
    iban: str
    banque: str
    """Format of the statements: camt053 or cfonb120."""
    style: int
    """Which of the bank wordings."""
    concentrateur: bool
    """Whether a concentrator brings it all the returns of a day in one file."""


@attrs.frozen(kw_only=True, eq=False)
class Patient:
    """A beneficiary under an insured's NIR."""

    nir: str
    cle: str
    naissance: str
    """JJMMAA."""
    rang: str
    nom: str
    prenom: str
    caisse: Payeur
    mutuelle: Mutuelle | None
    c2s: bool
    ald: bool


@attrs.frozen(kw_only=True)
class Domicile:
    """Where a patient lives, as B2 2B and 2C cut an address."""

    numero: str
    type_voie: str
    voie: str
    code_postal: str
    ville: str


@attrs.frozen(kw_only=True, eq=False)
class LigneVendue:
    """An act line; cents."""

    acte: str
    taux: int
    quantite: int
    prix: int
    amo: int
    amc: int

    @property
    def montant(self) -> int:
        return self.quantite * self.prix


@attrs.frozen(kw_only=True)
class Faute:
    """What is wrong in a facture as it was sent."""

    nom: str
    """Which one of `_fautes`."""
    famille: str
    """Family of the reject that it may bring."""
    visible: bool
    """Whether the lot, with what was sent before it, shows it: nothing that only an insurer or the press knows."""


@attrs.frozen(kw_only=True, eq=False)
class Saisie:
    """What the lot says of a facture: what is true, but for what was typed wrong."""

    nir: str
    cle: str
    naissance: str
    rang: str
    centre: str
    """Managing centre of the caisse."""
    amc: str
    nature: str
    exoneration: str
    prescripteur: str
    date_prescription: dt.date
    date_soins: dt.date
    date_facture: dt.date
    lignes: tuple[LigneVendue, ...]
    prix_affiches: tuple[int, ...]
    """Unit price printed on each line: its own, but for a mistyped one, which changes no amount."""


@attrs.frozen(kw_only=True)
class Operateur:
    """Somebody at the counter."""

    nom: str
    """A pseudonym."""
    part: float
    """How much of the trade is hers or his, beside the others."""
    fautes: float
    """How prone to faults, beside the others."""


@attrs.define(kw_only=True, eq=False)
class Vente:
    """A facture: one dispensing, billed."""

    officine: Officine
    patient: Patient
    numero: str
    date_soins: dt.date
    date_facture: dt.date
    prescripteur: str
    date_prescription: dt.date
    paiement: str
    """PAYEE code: 00 no third party, 05 AMO, 15 both, 25 AMC."""
    lignes: tuple[LigneVendue, ...]
    lot: Lot | None = None
    remplace: Vente | None = None
    """The refused facture that this one corrects."""
    remplacantes: dict[str, Vente] = attrs.field(factory=dict)
    """For each refused share, the facture that bills it again."""
    reponses: list[ReponseRecue] = attrs.field(factory=list)
    faute: Faute | None = None
    fausse: Saisie | None = None
    """What the lot says of it, when that is not the truth."""
    operateur: str = ""
    """Who sold it: a pseudonym."""
    domicile: Domicile | None = None
    """What the lot says of where the patient lives; None where it says nothing."""

    @property
    def saisie(self) -> Saisie:
        """What the lot says of it."""
        return self.fausse or self.vraie

    @property
    def vraie(self) -> Saisie:
        """What the lot should say of it."""
        patient = self.patient
        return Saisie(
            nir=patient.nir,
            cle=patient.cle,
            naissance=patient.naissance,
            rang=patient.rang,
            centre=patient.caisse.centre,
            amc="" if patient.mutuelle is None else patient.mutuelle.numero,
            nature="10",
            exoneration="4" if patient.ald else "0",
            prescripteur=self.prescripteur,
            date_prescription=self.date_prescription,
            date_soins=self.date_soins,
            date_facture=self.date_facture,
            lignes=self.lignes,
            prix_affiches=tuple(ligne.prix for ligne in self.lignes),
        )

    @property
    def total(self) -> int:
        return sum(ligne.montant for ligne in self.lignes)

    @property
    def contrat(self) -> str:
        return "89" if self.patient.c2s else ""

    def montant(self, part: str) -> int:
        """The share as printed, billed or not."""
        return sum(ligne.amo if part == AMO else ligne.amc for ligne in self.lignes)

    def parts(self) -> tuple[str, ...]:
        """The shares billed: those of the PAYEE code that are not zero."""
        return tuple(part for part in _PARTS_OF[self.paiement] if self.montant(part))

    def payeur(self, part: str) -> Payeur:
        """Who answers for *part*: the caisse for both shares when it manages both, or under C2S."""
        mutuelle = self.patient.mutuelle
        return self.patient.caisse if part == AMO or self.patient.c2s or mutuelle is None else mutuelle.payeur

    def debiteur(self, part: str) -> str:
        """Managing fund (régime, caisse, centre) or AMC number: who owes *part*, as the lot says."""
        caisse, saisie = self.patient.caisse, self.saisie
        if part == AMO or self.patient.c2s or self.patient.mutuelle is None:
            return caisse.regime + caisse.caisse + saisie.centre
        return saisie.amc


@attrs.define(kw_only=True, eq=False)
class Lot:
    """Factures sent together to one addressee on one day."""

    officine: Officine
    date: dt.date
    numero: str
    payeur: Payeur
    ventes: list[Vente]


@attrs.frozen(kw_only=True)
class CleEcrite:
    """The key that a return writes of a facture, when it is not the facture's own."""

    perdu: Ressaisie
    lot_date: dt.date | None
    lot: str
    facture: str


@attrs.define(kw_only=True, eq=False)
class ReponseRecue:
    """What an insurer says of one share of one facture, on one day."""

    vente: Vente
    part: str
    genre: Genre
    date: dt.date
    annonce: int = 0
    """Signed cents."""
    code: str = ""
    motif: str = ""
    cause: str = ""
    """Why it refuses: one of `_fautes`."""
    dit: str = ""
    """What of the reject tells its cause: `code` (a published one), `mots`, or `rien`."""
    groupe: Groupe | None = None
    cle: CleEcrite | None = None
    """The key as the insurer writes it; None when it is that of the facture."""


@attrs.frozen(kw_only=True, eq=False)
class Mouvement:
    """Money of a return that is no facture; signed cents, as it changes the transfer."""

    nature: Nature
    cents: int
    solde: int
    reference: str
    date: dt.date
    libelle: str
    annonce: int = 0
    """What the return tells of without moving the transfer (a claim to be paid back)."""


@attrs.define(kw_only=True, eq=False)
class Groupe:
    """An announced transfer: what a return says that one credit should pay."""

    officine: Officine
    payeur: Payeur
    date: dt.date
    part: str
    """AMO or AMC when the payer separates them, else empty."""
    reference: str
    """Label of the transfer; empty where the return gives none."""
    reponses: list[ReponseRecue] = attrs.field(factory=list)
    mouvements: list[Mouvement] = attrs.field(factory=list)
    retour: Retour | None = None
    """None when the return was lost on the way."""
    versements: list[Versement] = attrs.field(factory=list)

    @property
    def net(self) -> int:
        return sum(reponse.annonce for reponse in self.reponses) + sum(item.cents for item in self.mouvements)


@attrs.define(kw_only=True, eq=False)
class Retour:
    """One 000 to 999 sequence."""

    officine: Officine
    payeur: Payeur
    date: dt.date
    reference: str
    """576 payments and 908 refusals of the AMO, 578 of the AMC."""
    fichier: str
    """File identifier given by the sender: unique for one officine."""
    groupes: list[Groupe] = attrs.field(factory=list)
    autres: list[ReponseRecue] = attrs.field(factory=list)
    """Answers that pay nothing."""

    @property
    def reponses(self) -> list[ReponseRecue]:
        """Every answer, those that pay first."""
        return [*(reponse for groupe in self.groupes for reponse in groupe.reponses), *self.autres]


@attrs.define(kw_only=True, eq=False)
class Versement:
    """The part of an announced transfer that one bank line pays."""

    groupe: Groupe
    reponses: list[ReponseRecue]
    mouvements: list[Mouvement]
    ligne: LigneBancaire | None = None
    """None when the bank never showed it before the cut-off."""

    @property
    def cents(self) -> int:
        return sum(reponse.annonce for reponse in self.reponses) + sum(item.cents for item in self.mouvements)


@attrs.define(kw_only=True, eq=False)
class LigneBancaire:
    """A bank line; signed cents."""

    officine: Officine
    date: dt.date
    cents: int
    emetteur: str
    libelle: str
    code: str
    """Interbank operation code."""
    versements: list[Versement] = attrs.field(factory=list)
    mouvements: list[Mouvement] = attrs.field(factory=list)
    """What it pays that no transfer announced: an undue sum paid back."""

    @property
    def tiers_payant(self) -> bool:
        return bool(self.versements or self.mouvements)


@attrs.define(kw_only=True, eq=False)
class Releve:
    """A bank statement: whole days, balances in cents."""

    officine: Officine
    numero: int
    du: dt.date
    au: dt.date
    initial: int
    final: int
    lignes: list[LigneBancaire]


@attrs.frozen(kw_only=True)
class Recu:
    """What a patient paid over the counter on one day; cents."""

    date: dt.date
    cents: int


@attrs.frozen(kw_only=True, eq=False)
class CompteOuvert:
    """A patient share that was not paid when it was dispensed."""

    vente: Vente
    client: str
    """The officine's own reference of the patient; empty for one who has none."""
    du_cents: int
    recus: tuple[Recu, ...]
    """Up to the cut-off."""


@attrs.define(kw_only=True, eq=False)
class Fichier:
    """A file as delivered; its name is decoration."""

    chemin: str
    """Relative to the folder, with slashes."""
    lots: list[Lot] = attrs.field(factory=list)
    retours: list[Retour] = attrs.field(factory=list)
    releve: Releve | None = None
    cadrage: str = ""
    """Framing of a file of returns."""
    comptes: list[CompteOuvert] = attrs.field(factory=list)
    """Client accounts."""
    recus: list[CompteOuvert] = attrs.field(factory=list)
    """Client accounts whose receipts it holds."""


@attrs.define(kw_only=True, eq=False)
class Monde:
    """Everything that happened up to the cut-off, officine by officine."""

    officines: list[Officine]
    operateurs: dict[str, tuple[Operateur, ...]] = attrs.field(factory=dict)
    """Who sells, by number of officine."""
    debut: dt.date
    coupure: dt.date
    """Last day seen: nothing later is in the files, nor in the truth."""
    parametres: dict[str, object]
    taux: Taux
    lots: list[Lot] = attrs.field(factory=list)
    retours: list[Retour] = attrs.field(factory=list)
    groupes: list[Groupe] = attrs.field(factory=list)
    lignes: list[LigneBancaire] = attrs.field(factory=list)
    """Bank lines in the order of the statements."""
    fichiers: list[Fichier] = attrs.field(factory=list)
    accidents: dict[str, int] = attrs.field(factory=dict)
    comptes: list[CompteOuvert] = attrs.field(factory=list)
    """Client accounts; none unless the world was asked for them."""

    def ventes(self) -> Iterator[Vente]:
        """Every facture sent, lot by lot."""
        for lot in self.lots:
            yield from lot.ventes
