"""What things are: the facts of tiers payant as types and as columns. Imports nothing of this library but `errors`."""

from __future__ import annotations

from tiers_payant.domain._banque import CompteClient, Encaissement, Releve, Virement
from tiers_payant.domain._book import Book
from tiers_payant.domain._calendrier import Calendrier, JourFerie, Territoire, Unite
from tiers_payant.domain._cents import cents_from_decimal, cents_from_digits, cents_from_french, format_cents
from tiers_payant.domain._cles import facture_codes, lot_codes, mixed, row_codes, text_codes
from tiers_payant.domain._codes import Etat, EtatVirement, Issue, NatureMouvement, Part, Reponse, Statut
from tiers_payant.domain._comptes import canonical_compte, compte_of_rib, is_iban
from tiers_payant.domain._creance import Creance, motif_texte
from tiers_payant.domain._donnees import Confiance
from tiers_payant.domain._facture import Arl, Assure, Beneficiaire, CONTRAT_C2S, Facture, LigneFacture, Lot, Officine, PARTS_OF_PAIEMENT, PartFacturee
from tiers_payant.domain._identifiants import CIP13, CIP7, CodeOrganisme, MotifNirFictif, NatureNir, Nir, NumeroAMC, NumeroFacture, NumeroLot, NumeroPS, load_nir_fictifs
from tiers_payant.domain._identites import group_ids, virement_ids
from tiers_payant.domain._objets import facture_at, lot_at, officines_of, releve_at, retour_at, tables_from_objects, virement_at
from tiers_payant.domain._organismes import NatureOrganisme, Organisme
from tiers_payant.domain._payeurs import Payeur, Payeurs, load_payeurs, plain_text
from tiers_payant.domain._rapprochement import ETATS, Rapprochement, Totaux
from tiers_payant.domain._regles import Echeance, Evenement, Origine, Regle, Regles, Surcharge, UniteRegle, VersionRegle, deadline, load_regles, regle
from tiers_payant.domain._resultat import Creances, LiensReponses, LiensVirements, Propositions
from tiers_payant.domain._retards import late
from tiers_payant.domain._retour import MotifRejet, Mouvement, ReponseFacture, Retour, VirementAnnonce
from tiers_payant.domain._source import Entree, Source
from tiers_payant.domain._specs import FormatSpec, Lecture, PROJECT, hookimpl
from tiers_payant.domain._table import Table
from tiers_payant.domain.tables import Arls, Bruts, Comptes, ComptesClients, Encaissements, Factures, Groupes, Lignes, Lots, Mouvements, Rejets, Releves, Reponses, Retours, Tables, Virements

__all__ = [
    "Arl",
    "Arls",
    "Assure",
    "Beneficiaire",
    "Book",
    "Bruts",
    "CIP13",
    "CIP7",
    "CONTRAT_C2S",
    "Calendrier",
    "CodeOrganisme",
    "CompteClient",
    "Comptes",
    "ComptesClients",
    "Confiance",
    "Creance",
    "Creances",
    "ETATS",
    "Echeance",
    "Encaissement",
    "Encaissements",
    "Entree",
    "Etat",
    "EtatVirement",
    "Evenement",
    "Facture",
    "Factures",
    "FormatSpec",
    "Groupes",
    "Issue",
    "JourFerie",
    "Lecture",
    "LiensReponses",
    "LiensVirements",
    "LigneFacture",
    "Lignes",
    "Lot",
    "Lots",
    "MotifNirFictif",
    "MotifRejet",
    "Mouvement",
    "Mouvements",
    "NatureMouvement",
    "NatureNir",
    "NatureOrganisme",
    "Nir",
    "NumeroAMC",
    "NumeroFacture",
    "NumeroLot",
    "NumeroPS",
    "Officine",
    "Organisme",
    "Origine",
    "PARTS_OF_PAIEMENT",
    "PROJECT",
    "Part",
    "PartFacturee",
    "Payeur",
    "Payeurs",
    "Propositions",
    "Rapprochement",
    "Regle",
    "Regles",
    "Rejets",
    "Releve",
    "Releves",
    "Reponse",
    "ReponseFacture",
    "Reponses",
    "Retour",
    "Retours",
    "Source",
    "Statut",
    "Surcharge",
    "Table",
    "Tables",
    "Territoire",
    "Totaux",
    "Unite",
    "UniteRegle",
    "VersionRegle",
    "Virement",
    "VirementAnnonce",
    "Virements",
    "canonical_compte",
    "cents_from_decimal",
    "cents_from_digits",
    "cents_from_french",
    "compte_of_rib",
    "deadline",
    "facture_at",
    "facture_codes",
    "format_cents",
    "group_ids",
    "hookimpl",
    "is_iban",
    "late",
    "load_nir_fictifs",
    "load_payeurs",
    "load_regles",
    "lot_at",
    "lot_codes",
    "mixed",
    "motif_texte",
    "officines_of",
    "plain_text",
    "regle",
    "releve_at",
    "retour_at",
    "row_codes",
    "tables_from_objects",
    "text_codes",
    "virement_at",
    "virement_ids",
]
