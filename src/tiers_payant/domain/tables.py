"""The facts of the domain as columns: what readers give, what writers take, what the matching works on.

One table per kind of fact. Amounts are signed integer cents; texts are ASCII bytes, trailing blanks removed; rows of
one table point to rows of another by number (`renvoi`). The key of a facture is officine + lot date + lot number +
facture number, spelled out in each table that refers to a facture, since the file that answers never saw ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import _table as kind
from tiers_payant.domain._champs import as_tuple
from tiers_payant.domain._source import Source
from tiers_payant.domain._table import (
    Codes,
    Drapeaux,
    Entiers,
    Jours,
    Libelles,
    Renvois,
    Table,
    Textes,
)

__all__ = [
    "Adresses",
    "Arls",
    "Bruts",
    "Comptes",
    "ComptesClients",
    "Encaissements",
    "Factures",
    "Groupes",
    "Lignes",
    "Lots",
    "Mouvements",
    "Rejets",
    "Releves",
    "Reponses",
    "Retours",
    "Tables",
    "Virements",
]

_OFFICINE = "provider number of the officine, 9 digits with its key"
_LOT_DATE = "creation date of the lot"
_LOT = "lot number: text, it cycles and may hold letters"
_FACTURE = "facture number, as text with its leading zeros"
_OCTET = "byte of the file where the record starts, from 0"


@attrs.frozen(eq=False, repr=False)
class Lots(Table):
    """Lots as the officine sent them (B2 types 1 and 6)."""

    officine: Textes = kind.texte(_OFFICINE)
    lot_date: Jours = kind.jour(_LOT_DATE)
    lot: Textes = kind.texte(_LOT)
    destinataire: Textes = kind.texte("destination organism (B2 type 1, 17-19): not the debtor, not who pays")
    nom_officine: Libelles = kind.libelle("name of the officine")
    emetteur_type: Textes = kind.texte("kind of sender of the file (B2 000, 4-5)")
    emetteur: Textes = kind.texte("number of the sender of the file")
    destinataire_type: Textes = kind.texte("kind of addressee of the file")
    destinataire_fichier: Textes = kind.texte("number of the addressee of the file")
    date_fichier: Jours = kind.jour("creation date of the file")
    source: Renvois = kind.renvoi("sources")
    octet: Entiers = kind.entier(_OCTET)


@attrs.frozen(eq=False, repr=False)
class Factures(Table):
    """Factures as billed: one row per B2 type 2 to 5 sequence."""

    officine: Textes = kind.texte(_OFFICINE)
    lot_date: Jours = kind.jour(_LOT_DATE)
    lot: Textes = kind.texte(_LOT)
    facture: Textes = kind.texte(_FACTURE)
    date_facture: Jours = kind.jour("invoicing date")
    date_soins: Jours = kind.jour("earliest dispensing date of its lines")
    regime: Textes = kind.texte("grand régime of the managing fund, 2 digits")
    caisse: Textes = kind.texte("managing fund, 3 digits")
    centre: Textes = kind.texte("managing centre, 4 digits")
    amc: Textes = kind.texte("complementary insurer's number, as written")
    contrat: Textes = kind.texte("type of complementary contract: 85, 87, 88, 89, 99 or empty")
    paiement: Textes = kind.texte("PAYEE code (B2 type 2, 115-116): which shares are billed")
    nature_assurance: Textes = kind.texte(
        "10 sickness, 13 Alsace-Moselle, 30 maternity, 41 work accident, 90 prevention"
    )
    exoneration: Textes = kind.texte("exemption of the co-payment", sensible=True)
    nir: Textes = kind.texte("NIR of the insured, 13 characters", sensible=True)
    nir_cle: Textes = kind.texte("its key, 2 digits", sensible=True)
    nir_beneficiaire: Textes = kind.texte("individual NIR of the beneficiary, or empty", sensible=True)
    naissance: Textes = kind.texte(
        "birth date of the beneficiary, 6 digits as written (order not stated)", sensible=True
    )
    rang: Textes = kind.texte("birth rank", sensible=True)
    prescripteur: Textes = kind.texte("prescriber number with its key")
    date_prescription: Jours = kind.jour("prescription date")
    total_cents: Entiers = kind.entier("amount charged")
    part_amo_cents: Entiers = kind.entier("share of the compulsory insurer")
    part_amc_cents: Entiers = kind.entier("share of the complementary insurer")
    part_assure_cents: Entiers = kind.entier("patient share before the complementary insurer")
    lot_rang: Renvois = kind.renvoi("lots")
    source: Renvois = kind.renvoi("sources")
    octet: Entiers = kind.entier(_OCTET)


@attrs.frozen(eq=False, repr=False)
class Lignes(Table):
    """Act lines of factures (B2 type 4)."""

    facture_rang: Renvois = kind.renvoi("factures")
    date_soins: Jours = kind.jour("dispensing date")
    acte: Textes = kind.texte("act code", sensible=True)
    quantite: npt.NDArray[np.int16] = kind.entier("quantity", dtype="int16")
    coefficient: npt.NDArray[np.int32] = kind.entier("coefficient, in hundredths", dtype="int32")
    prix_unitaire_cents: npt.NDArray[np.int32] = kind.entier("unit price", dtype="int32")
    base_cents: npt.NDArray[np.int32] = kind.entier("base of reimbursement", dtype="int32")
    taux: npt.NDArray[np.int16] = kind.entier("rate, percent", dtype="int16")
    montant_amo_cents: npt.NDArray[np.int32] = kind.entier("asked of the AMO", dtype="int32")
    montant_amc_cents: npt.NDArray[np.int32] = kind.entier("asked of the AMC", dtype="int32")
    depense_cents: npt.NDArray[np.int32] = kind.entier("amount charged", dtype="int32")


@attrs.frozen(eq=False, repr=False)
class Adresses(Table):
    """Where the beneficiary of a facture lives, as the lot says it (B2 records 2B and 2C): one row a facture at most.

    A postal address comes from two records, of which most fields rest on few sources: see `Source.confiance`.
    """

    facture_rang: Renvois = kind.renvoi("factures")
    civilite: Libelles = kind.libelle("title, as written", sensible=True)
    nom_beneficiaire: Libelles = kind.libelle("name of the beneficiary", sensible=True)
    prenom_beneficiaire: Libelles = kind.libelle("first name of the beneficiary", sensible=True)
    numero_voie: Textes = kind.texte("number in the street, as written, leading zeros included", sensible=True)
    complement_voie: Textes = kind.texte("letter that follows the number: B for bis", sensible=True)
    type_voie: Libelles = kind.libelle("kind of street, shortened: RUE, AV, BD", sensible=True)
    voie: Libelles = kind.libelle("name of the street", sensible=True)
    adresse_2: Libelles = kind.libelle("second line of the address", sensible=True)
    code_postal: Textes = kind.texte("postcode, 5 digits", sensible=True)
    ville: Libelles = kind.libelle("town", sensible=True)


@attrs.frozen(eq=False, repr=False)
class Arls(Table):
    """Logical acknowledgements: an event with a neutral input, since no public source gives their layout."""

    officine: Textes = kind.texte(_OFFICINE)
    lot_date: Jours = kind.jour(_LOT_DATE)
    lot: Textes = kind.texte(_LOT)
    date: Jours = kind.jour("date of the acknowledgement")
    positif: Drapeaux = kind.drapeau("false: the lot is refused and must be sent again")
    libelle: Libelles = kind.libelle("reason in clear")
    source: Renvois = kind.renvoi("sources")


@attrs.frozen(eq=False, repr=False)
class Retours(Table):
    """Returns received: one row per 000 to 999 sequence."""

    reference: Textes = kind.texte("exchange reference: 576, 578R, 908...")
    emetteur_type: Textes = kind.texte("kind of sender: CP, CT, MA, OC...")
    emetteur: Textes = kind.texte("number of the sender, without padding")
    destinataire_type: Textes = kind.texte("kind of addressee")
    destinataire: Textes = kind.texte("number of the addressee, without padding")
    date: Jours = kind.jour("creation date of the file")
    fichier: Textes = kind.texte("file identifier given by the sender")
    total_cents: Entiers = kind.entier("total of the 999")
    empreinte: Textes = kind.texte("fingerprint of the content, framing left out, hexadecimal")
    source: Renvois = kind.renvoi("sources")
    octet: Entiers = kind.entier(_OCTET)


@attrs.frozen(eq=False, repr=False)
class Groupes(Table):
    """Announced transfers: what one bank credit should settle."""

    officine: Textes = kind.texte(_OFFICINE)
    date: Jours = kind.jour("accounting day or issue date of the transfer (070, 071)")
    libelle_1: Libelles = kind.libelle("transfer label, line 1 (071); empty in the old set")
    libelle_2: Libelles = kind.libelle("transfer label, line 2")
    organisme: Textes = kind.texte("organism that pays (071), without padding")
    part: Codes = kind.code("`Part`: AMO or AMC when the shares are paid apart (AMC_HANDLING V), else NON_PRECISEE")
    identifiant: Textes = kind.texte("what a neutral file calls the transfer; empty in a return of an insurer")
    retour: Renvois = kind.renvoi("retours")
    source: Renvois = kind.renvoi("sources")
    octet: Entiers = kind.entier(_OCTET)


@attrs.frozen(eq=False, repr=False)
class Reponses(Table):
    """Answers: what a return says of one share of one facture."""

    officine: Textes = kind.texte(_OFFICINE)
    lot_date: Jours = kind.jour(_LOT_DATE)
    lot: Textes = kind.texte(_LOT)
    facture: Textes = kind.texte(_FACTURE)
    part: Codes = kind.code("`Part`; NON_PRECISEE when the file names none")
    reponse: Codes = kind.code("`Reponse`")
    demande_cents: Entiers = kind.entier("amount asked, as the insurer read it (198, 199); 0 in the old set")
    annonce_cents: Entiers = kind.entier("amount announced, signed")
    amc: Textes = kind.texte("complementary insurer's number (199), as written")
    nir: Textes = kind.texte("NIR of the insured", sensible=True)
    naissance: Textes = kind.texte("birth date, 6 digits as written", sensible=True)
    groupe: Renvois = kind.renvoi("groupes")
    retour: Renvois = kind.renvoi("retours")
    source: Renvois = kind.renvoi("sources")
    octet: Entiers = kind.entier(_OCTET)


@attrs.frozen(eq=False, repr=False)
class Rejets(Table):
    """Reject and signal lines (290, 294): why a facture, or one of its lines, is refused."""

    officine: Textes = kind.texte(_OFFICINE)
    lot_date: Jours = kind.jour(_LOT_DATE)
    lot: Textes = kind.texte(_LOT)
    facture: Textes = kind.texte(_FACTURE)
    code: Textes = kind.texte("reject code: opaque text")
    libelle: Libelles = kind.libelle("message in clear", sensible=True)
    part: Textes = kind.texte("C: AMC only; O: AMO, plus AMC when billed to the same debtor; empty: not said (290)")
    portee: Textes = kind.texte("F facture, L act line, A refined code, empty: not said")
    acte: Textes = kind.texte("act concerned", sensible=True)
    date_soins: Jours = kind.jour("care date concerned")
    retour: Renvois = kind.renvoi("retours")
    source: Renvois = kind.renvoi("sources")
    octet: Entiers = kind.entier(_OCTET)


@attrs.frozen(eq=False, repr=False)
class Mouvements(Table):
    """What a return pays or withholds that is no facture (250, 261, 262)."""

    officine: Textes = kind.texte(_OFFICINE)
    nature: Codes = kind.code("`NatureMouvement`")
    montant_cents: Entiers = kind.entier("amount, signed: negative lowers the transfer")
    solde_cents: Entiers = kind.entier("debt that remains")
    reference: Textes = kind.texte("reference of the debt, or code of the payment")
    dette: Textes = kind.texte("nature of the debt (250, 24-26)")
    operation: Textes = kind.texte("recovery operation (250, 27-29)")
    date: Jours = kind.jour("date of the debt")
    libelle: Libelles = kind.libelle("detail in clear (262)", sensible=True)
    groupe: Renvois = kind.renvoi("groupes")
    retour: Renvois = kind.renvoi("retours")
    source: Renvois = kind.renvoi("sources")
    octet: Entiers = kind.entier(_OCTET)


@attrs.frozen(eq=False, repr=False)
class Releves(Table):
    """Bank statements: one row per statement of one account."""

    compte: Textes = kind.texte("account as every format can say it: the 21 characters of a French RIB, else the IBAN")
    compte_affiche: Libelles = kind.libelle("account as the file writes it")
    identifiant: Libelles = kind.libelle("the bank's identifier of the statement")
    devise: Textes = kind.texte("ISO currency")
    avis: Drapeaux = kind.drapeau("an advice (052, 054, 240), which a statement (053, 120) outranks")
    initial_connu: Drapeaux = kind.drapeau("whether an opening balance is given")
    initial_cents: Entiers = kind.entier("opening balance, in hundredths of the currency")
    final_connu: Drapeaux = kind.drapeau("whether a closing balance is given")
    final_cents: Entiers = kind.entier("closing balance, in hundredths of the currency")
    du: Jours = kind.jour("day of the opening balance")
    au: Jours = kind.jour("day of the closing balance")
    source: Renvois = kind.renvoi("sources")
    octet: Entiers = kind.entier(_OCTET)


@attrs.frozen(eq=False, repr=False)
class Virements(Table):
    """Bank lines, credits and debits, as booked."""

    compte: Textes = kind.texte("account, as in `releves`")
    date: Jours = kind.jour("booking date")
    date_valeur: Jours = kind.jour("value date")
    montant_cents: Entiers = kind.entier("amount, signed: credits positive; hundredths of the currency")
    devise: Textes = kind.texte("ISO currency")
    statut: Codes = kind.code("`Statut`; only what is booked is money")
    emetteur: Libelles = kind.libelle("name of the payer, when the bank gives it")
    libelle: Libelles = kind.libelle("label, as the bank prints it")
    textes: Libelles = kind.libelle(
        "every other text of the line, one per line of text, each after its tag and a colon"
    )
    code_operation: Textes = kind.texte("interbank operation code (CFONB)")
    extourne: Drapeaux = kind.drapeau("whether the bank marks it as a reversal; the sign is already in the amount")
    position: Entiers = kind.entier("rank of the line in its statement, from 0")
    releve: Renvois = kind.renvoi("releves")
    source: Renvois = kind.renvoi("sources")
    octet: Entiers = kind.entier(_OCTET)


@attrs.frozen(eq=False, repr=False)
class Comptes(Table):
    """Which bank account is which officine's; an account not listed may be any officine's."""

    officine: Textes = kind.texte(_OFFICINE)
    compte: Textes = kind.texte("account, as in `releves`")
    nom: Libelles = kind.libelle("name of the officine")
    source: Renvois = kind.renvoi("sources")


@attrs.frozen(eq=False, repr=False)
class ComptesClients(Table):
    """Patient shares that the officine says are owed; without a row, a share is presumed paid over the counter."""

    officine: Textes = kind.texte(_OFFICINE)
    lot_date: Jours = kind.jour(_LOT_DATE)
    lot: Textes = kind.texte(_LOT)
    facture: Textes = kind.texte(_FACTURE)
    client: Textes = kind.texte("the officine's own reference of the debtor", sensible=True)
    du_cents: Entiers = kind.entier("what the patient owes")
    source: Renvois = kind.renvoi("sources")


@attrs.frozen(eq=False, repr=False)
class Encaissements(Table):
    """Patient receipts over the counter."""

    officine: Textes = kind.texte(_OFFICINE)
    lot_date: Jours = kind.jour(_LOT_DATE)
    lot: Textes = kind.texte(_LOT)
    facture: Textes = kind.texte(_FACTURE)
    date: Jours = kind.jour("day of the receipt")
    montant_cents: Entiers = kind.entier("amount received, signed")
    source: Renvois = kind.renvoi("sources")


@attrs.frozen(eq=False, repr=False)
class Bruts(Table):
    """Records kept raw: unknown to the layout, or broken. Nothing that was read vanishes."""

    code: Textes = kind.texte("record or entity, as the file names it")
    contenu: Libelles = kind.libelle("the record, bytes as latin-1", sensible=True)
    source: Renvois = kind.renvoi("sources")
    octet: Entiers = kind.entier(_OCTET)


def _table(rows: type[Table]) -> Any:
    return attrs.field(factory=rows.empty, metadata={"table": rows})


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Tables:
    """Every table, and the sources that their rows come from."""

    sources: tuple[Source, ...] = attrs.field(default=(), converter=as_tuple)
    lots: Lots = _table(Lots)
    factures: Factures = _table(Factures)
    lignes: Lignes = _table(Lignes)
    adresses: Adresses = _table(Adresses)
    arls: Arls = _table(Arls)
    retours: Retours = _table(Retours)
    groupes: Groupes = _table(Groupes)
    reponses: Reponses = _table(Reponses)
    rejets: Rejets = _table(Rejets)
    mouvements: Mouvements = _table(Mouvements)
    releves: Releves = _table(Releves)
    virements: Virements = _table(Virements)
    comptes: Comptes = _table(Comptes)
    comptes_clients: ComptesClients = _table(ComptesClients)
    encaissements: Encaissements = _table(Encaissements)
    bruts: Bruts = _table(Bruts)

    def __repr__(self) -> str:
        filled = ", ".join(f"{name}={len(table)}" for name, table in self.each() if len(table))
        return f"<Tables of {len(self.sources)} sources: {filled or 'no rows'}>"

    @classmethod
    def kinds(cls) -> dict[str, type[Table]]:
        """Return the class of each table, by name."""
        return {field.name: field.metadata["table"] for field in attrs.fields(cls) if "table" in field.metadata}

    def each(self) -> Iterable[tuple[str, Table]]:
        """Yield each table with its name."""
        for name in self.kinds():
            yield name, getattr(self, name)

    def file_of(self, source: int) -> str:
        """Return the name of the file of that number, as columns called `source` give it; empty for -1, no file."""
        return self.sources[source].nom if source >= 0 else ""

    @classmethod
    def concat(cls, parts: Iterable[Self]) -> Self:
        """Join several `Tables`: rows keep pointing to the rows they pointed to."""
        joined = list(parts)
        shifts = _shifts(joined, cls.kinds())
        tables: dict[str, Any] = {
            name: rows.concat([getattr(part, name) for part in joined], shifts) for name, rows in cls.kinds().items()
        }
        return cls(sources=tuple(source for part in joined for source in part.sources), **tables)

    def keep(self, kept: Mapping[str, npt.NDArray[np.bool_]]) -> Self:
        """Keep the rows where the masks of *kept* are true; a row that points to one left out goes too.

        Args:
            kept: For each table to thin out, one boolean per row. Tables not named are kept whole.
        """
        masks = {name: kept.get(name, np.ones(len(table), dtype=np.bool_)) for name, table in self.each()}
        changed = True
        while changed:
            lost = [self._drop_orphans(name, table, masks) for name, table in self.each()]
            changed = any(lost)
        renumbered = {name: _renumbered(mask) for name, mask in masks.items()}
        tables: dict[str, Any] = {name: _repointed(table.take(masks[name]), renumbered) for name, table in self.each()}
        return attrs.evolve(self, **tables)

    def _drop_orphans(self, name: str, table: Table, masks: dict[str, npt.NDArray[np.bool_]]) -> bool:
        alive = masks[name]
        for column, held in table.kinds().items():
            if held.vers and held.vers != "sources" and not masks[held.vers].all():
                target = getattr(table, column)
                alive = alive & ((target < 0) | masks[held.vers][target])
        lost = bool((alive != masks[name]).any())
        masks[name] = alive
        return lost


def _shifts(parts: Sequence[Tables], kinds: Mapping[str, type[Table]]) -> dict[str, list[int]]:
    """For each table and each part, how many rows stand before it once joined."""
    sizes = {name: [len(getattr(part, name)) for part in parts] for name in kinds}
    sizes["sources"] = [len(part.sources) for part in parts]
    return {name: [0, *np.cumsum(lengths)[:-1].tolist()] if lengths else [] for name, lengths in sizes.items()}


def _renumbered(mask: npt.NDArray[np.bool_]) -> Renvois:
    """Return, for each old row, its new number."""
    return (np.cumsum(mask) - 1).astype(np.int32)


def _repointed(table: Table, renumbered: Mapping[str, Renvois]) -> Table:
    pointers = {
        name: np.where(getattr(table, name) < 0, getattr(table, name), renumbered[held.vers][getattr(table, name)])
        for name, held in table.kinds().items()
        if held.vers and held.vers != "sources" and len(renumbered[held.vers])
    }
    return table.with_columns(**pointers) if pointers else table
