"""What the matching concludes, as columns: créances, links, and the state of each bank line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

import attrs

from tiers_payant.domain import _table as kind
from tiers_payant.domain._codes import Etat, Part
from tiers_payant.domain._creance import Creance
from tiers_payant.domain._table import Codes, Entiers, Jours, Libelles, Renvois, Table, Textes

__all__ = [
    "Creances",
    "LiensDirects",
    "LiensReponses",
    "LiensVirements",
    "Propositions",
    "PropositionsDirectes",
    "PropositionsReponses",
    "Ventilations",
]


@attrs.frozen(eq=False, repr=False)
class Creances(Table):
    """One billed share of one facture, owed by one debtor: the unit of follow-up. Sorted by key, then share."""

    officine: Textes = kind.texte("provider number of the officine")
    lot_date: Jours = kind.jour("creation date of the lot")
    lot: Textes = kind.texte("lot number")
    facture: Textes = kind.texte("facture number")
    part: Codes = kind.code("`Part`: AMO, AMC or ASSURE")
    debiteur: Textes = kind.texte("who owes: `AMO:regime-caisse-centre`, `AMC:number` or `ASSURE`")
    du_cents: Entiers = kind.entier("billed")
    annonce_cents: Entiers = kind.entier("announced by returns, signed")
    credite_cents: Entiers = kind.entier("really credited, signed")
    etat: Codes = kind.code("`Etat`")
    motif: Textes = kind.texte("code of the reason, in `motifs.toml`")
    facture_rang: Renvois = kind.renvoi("factures", "its facture, or -1 for a patient share known by its account only")
    remplacee_par: Renvois = kind.renvoi("creances", "the créance that bills the same share again")

    def __getitem__(self, row: int) -> Creance:
        """Return one créance as an object."""
        values = self.row(row)
        for column in ("facture_rang", "remplacee_par"):
            del values[column]
        part, etat = Part(values.pop("part")), Etat(values.pop("etat"))
        return Creance(**values, part=part, etat=etat)

    def __iter__(self) -> Iterator[Creance]:
        return (self[row] for row in range(len(self)))


@attrs.frozen(eq=False, repr=False)
class LiensReponses(Table):
    """Which answer is about which créance."""

    creance: Renvois = kind.renvoi("creances")
    reponse: Renvois = kind.renvoi("reponses")
    cents: Entiers = kind.entier("part of the announced amount that goes to this créance")
    passe: Textes = kind.texte("name of the pass that found it")
    classe: Entiers = kind.entier("number of its class, 0 for a pair that is alone")


@attrs.frozen(eq=False, repr=False)
class LiensDirects(Table):
    """Which créance a bank line pays although no return says so: one row for each créance that a line pays."""

    creance: Renvois = kind.renvoi("creances")
    virement: Renvois = kind.renvoi("virements")
    cents: Entiers = kind.entier("amount of the line that goes to the créance")
    passe: Textes = kind.texte("name of the pass that found it")
    classe: Entiers = kind.entier("number of its class, 0 for a link that is alone")


@attrs.frozen(eq=False, repr=False)
class LiensVirements(Table):
    """Which bank line settles which announced group.

    A line that pays several groups has a row for each of them, and a group that several lines pay a row for each line:
    `cents` share the line, or the net of the group, to the cent. A group announced below zero takes negative cents.

    A partial transfer has one row alone, whose cents are those of the line and less than the net of the group: all of
    the line is the group's, and `Ventilations` says which answers it pays, where that is proved.

    Where n groups of one net and n bank lines of that amount have only each other, the n rows of their class are one
    link: every group is paid, and no row says which line pays which group.
    """

    groupe: Renvois = kind.renvoi("groupes")
    virement: Renvois = kind.renvoi("virements")
    cents: Entiers = kind.entier("amount of the line that goes to the group")
    passe: Textes = kind.texte("name of the pass that settled it")
    classe: Entiers = kind.entier("number of its class, 0 for a pair that is alone")

    @cached_property
    def lignes_de(self) -> Mapping[int, tuple[int, ...]]:
        """For each settled group, the rows of the bank lines that pay it, or that pay its class."""
        lines: dict[int, list[int]] = defaultdict(list)
        for number, line in zip(self.classe.tolist(), self.virement.tolist(), strict=True):
            if number:
                lines[number].append(line)
        found: dict[int, list[int]] = defaultdict(list)
        for group, line, number in zip(self.groupe.tolist(), self.virement.tolist(), self.classe.tolist(), strict=True):
            found[group].extend(lines[number] if number else (line,))
        return {group: tuple(sorted(rows)) for group, rows in found.items()}


@attrs.frozen(eq=False, repr=False)
class Ventilations(Table):
    """What a partial transfer pays of its group, where one choice of its answers and movements alone makes the amount.

    One row for each answer or movement that it pays; a partial transfer without rows pays nobody knows which of them.
    """

    groupe: Renvois = kind.renvoi("groupes")
    virement: Renvois = kind.renvoi("virements")
    reponse: Renvois = kind.renvoi("reponses", "the answer paid, or -1")
    mouvement: Renvois = kind.renvoi("mouvements", "the movement taken into account, or -1")
    cents: Entiers = kind.entier("what the answer announces, or the movement, signed")


@attrs.frozen(eq=False, repr=False)
class Propositions(Table):
    """Candidates that nothing singles out: shown to a person, never counted as paid."""

    groupe: Renvois = kind.renvoi("groupes")
    virement: Renvois = kind.renvoi("virements")
    cents: Entiers = kind.entier("amount of the bank line")
    passe: Textes = kind.texte("name of the pass that proposes it")
    motif: Textes = kind.texte(
        "why it is not settled: `AMBIGU`, `BRUT`, `FORTUIT`, `PAYEUR_INCONNU`, `HORS_PERIODE`, "
        "`MONTANT_INFERIEUR`, `MONTANT_SUPERIEUR`"
    )
    rivaux: Libelles = kind.libelle("identifiers of the rivals, separated by spaces")
    date: Jours = kind.jour("booking date of the bank line")


@attrs.frozen(eq=False, repr=False)
class PropositionsReponses(Table):
    """Créances that an answer may be about, which nothing singles out: shown to a person, never counted."""

    creance: Renvois = kind.renvoi("creances")
    reponse: Renvois = kind.renvoi("reponses")
    cents: Entiers = kind.entier("announced amount of the answer")
    passe: Textes = kind.texte("name of the pass that proposes it")
    motif: Textes = kind.texte("why it is not settled: `AMBIGU`, `DEJA_REPONDUE`")
    rivaux: Entiers = kind.entier("how many other créances and answers compete for it")


@attrs.frozen(eq=False, repr=False)
class PropositionsDirectes(Table):
    """Sets of créances that a bank line may pay although no return says so: one row for each créance of a set.

    Shown to a person, never counted as paid.
    """

    creance: Renvois = kind.renvoi("creances")
    virement: Renvois = kind.renvoi("virements")
    cents: Entiers = kind.entier("what the créance owes: its part of the line")
    passe: Textes = kind.texte("name of the pass that proposes it")
    motif: Textes = kind.texte("why it is not settled: `AMBIGU`, `FORTUIT`, `HORS_BUDGET`")
    rivaux: Libelles = kind.libelle("identifiers of the rival bank lines, separated by spaces")
    ensemble: Entiers = kind.entier("number of its set, from 1: its rows go together")
