"""The outcome of a reconciliation: what is owed, announced, credited, and why."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._codes import Etat, EtatVirement, Part
from tiers_payant.domain._creance import Creance
from tiers_payant.domain._resultat import Creances, LiensReponses, LiensVirements, Propositions
from tiers_payant.domain._table import Entiers, Renvois
from tiers_payant.domain.tables import Tables
from tiers_payant.errors import ColumnError, LawError, Problem

__all__ = ["ETATS", "Rapprochement", "Totaux"]

ETATS = {
    Etat.CREDITEE: "réglées",
    Etat.PARTIELLE: "réglées en partie",
    Etat.REPRISE: "reprises par l'organisme",
    Etat.REJETEE: "rejetées",
    Etat.TRAITEMENT_CAISSE: "en traitement à la caisse",
    Etat.DIFFEREE: "différées",
    Etat.ANNONCEE: "annoncées, non créditées",
    Etat.LOT_REFUSE: "en lot refusé",
    Etat.NON_REPONDUE: "sans réponse",
    Etat.RETRANSMISE: "remplacées par une nouvelle facture",
    Etat.REGLEE_COMPTOIR: "réglées au comptoir",
}
"""What a pharmacist reads for each state, in the plural."""


def _agree(what: str, told: Entiers, found: Entiers) -> None:
    gaps = np.flatnonzero(told != found)
    if len(gaps):
        raise LawError(f"{what}: {int(told[gaps[0]] - found[gaps[0]])} cents apart, at rank {int(gaps[0])}")


def _summed(ends: Renvois, cents: Entiers, amounts: Entiers) -> tuple[Entiers, Entiers]:
    """Return what links bring to each of their *ends*, and the *amounts* of these ends; zero for all others."""
    summed, linked = np.zeros_like(amounts), np.zeros(len(amounts), dtype=np.bool_)
    np.add.at(summed, ends, cents)
    linked[ends] = True
    return summed, np.where(linked, amounts, 0)


_NOTHING_OWED = (Etat.CREDITEE, Etat.RETRANSMISE, Etat.REGLEE_COMPTOIR)


def _jour(day: dt.date | None) -> str:
    return "?" if day is None else f"{day:%d/%m/%Y}"


def _agreed(words: str, count: int) -> str:
    """Return *words* of `ETATS` in the singular when there is one."""
    return words if count > 1 else re.sub(r"(ée|ise)s\b", r"\1", words)


@attrs.frozen(kw_only=True)
class Totaux:
    """Sums over insurers' créances and in-scope bank lines, in cents.

    `virements_cents = credite_cents + mouvements_cents + non_ventile_cents + propose_cents + inexplique_cents`, debits
    counted negative. A share billed again counts once in `du_cents`: with its new facture.
    """

    du_cents: int
    annonce_cents: int
    credite_cents: int
    mouvements_cents: int
    """Movements of the groups that a bank line settled, signed."""
    retenu_cents: int
    """The negative part of these movements."""
    non_ventile_cents: int
    """Money of settled groups that no créance can take: its facture is unknown, or its share is not told."""
    propose_cents: int
    inexplique_cents: int
    virements_cents: int

    @property
    def ecart_cents(self) -> int:
        """What the balance misses: 0, or a law is broken."""
        explained = self.credite_cents + self.mouvements_cents + self.non_ventile_cents
        return self.virements_cents - explained - self.propose_cents - self.inexplique_cents


@attrs.frozen(kw_only=True, repr=False)
class Rapprochement:
    """What became of every créance and of every bank line."""

    tables: Tables
    creances: Creances
    liens_reponses: LiensReponses
    liens_virements: LiensVirements
    propositions: Propositions
    rejets_creances: npt.NDArray[np.int64]
    """For each pair of `rejets_rangs`, the créance that the reject is about."""
    rejets_rangs: npt.NDArray[np.int64]
    """Rows of `tables.rejets`."""
    etats_virements: npt.NDArray[np.int8]
    """`EtatVirement` of each row of `tables.virements`."""
    totaux: Totaux
    problems: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        return f"<Rapprochement of {len(self.creances)} créances, {len(self.tables.virements)} bank lines>"

    def verify(self) -> Rapprochement:
        """Check the laws of conservation on this result, from its tables and links, without any other truth.

        The balance holds; no group and no bank line is settled twice; what links take of each settled line is its
        amount, and what they bring to each settled group is its net; what each créance received is what its settled
        answers announce; the totals are those of the rows.

        Returns:
            Itself, so that the call can be chained.

        Raises:
            LawError: A cent appeared, vanished or was used twice; the message says where.
        """
        if self.totaux.ecart_cents:
            raise LawError(f"the balance misses {self.totaux.ecart_cents} cents")
        self._check_links()
        insurers = self.creances.part != Part.ASSURE
        _agree("what a créance received", self.creances.credite_cents[insurers], self._received_cents()[insurers])
        _agree("the bank lines of a state", *self._bank_sums())
        return self

    def _check_links(self) -> None:
        links, tables = self.liens_virements, self.tables
        pairs, counts = np.unique(links.groupe.astype(np.int64) << 32 | links.virement, return_counts=True)
        if (counts > 1).any():
            raise LawError(f"a bank line and a group are settled twice: group {int(pairs[counts > 1][0] >> 32)}")
        many = [np.bincount(ends)[ends] > 1 if len(ends) else ends > 0 for ends in (links.groupe, links.virement)]
        if (many[0] & many[1]).any():
            link = int(np.flatnonzero(many[0] & many[1])[0])
            raise LawError(f"a bank line of several groups pays a group of several bank lines: link {link}")
        _agree("the links of a bank line", *_summed(links.virement, links.cents, tables.virements.montant_cents))
        _agree("the links of a group and its net", *_summed(links.groupe, links.cents, self._net_cents()))

    def _net_cents(self) -> Entiers:
        """Return what each group announces, movements included."""
        net = np.zeros(len(self.tables.groupes), dtype=np.int64)
        for table, cents in (
            (self.tables.reponses, self.tables.reponses.annonce_cents),
            (self.tables.mouvements, self.tables.mouvements.montant_cents),
        ):
            inside = table.groupe >= 0
            np.add.at(net, table.groupe[inside], cents[inside])
        return net

    def _received_cents(self) -> Entiers:
        """Return, for each créance, what its answers in settled groups announce."""
        received = np.zeros(len(self.creances), dtype=np.int64)
        paid = np.isin(self.tables.reponses.groupe[self.liens_reponses.reponse], self.liens_virements.groupe)
        np.add.at(received, self.liens_reponses.creance[paid], self.liens_reponses.cents[paid])
        return received

    def _bank_sums(self) -> tuple[Entiers, Entiers]:
        """Return the bank lines proposed and unexplained, as the totals tell them and as the rows do."""
        amounts, etats = self.tables.virements.montant_cents, self.etats_virements
        told = (self.totaux.propose_cents, self.totaux.inexplique_cents)
        found = [int(amounts[etats == etat].sum()) for etat in (EtatVirement.PROPOSE, EtatVirement.INEXPLIQUE)]
        return np.array(told, dtype=np.int64), np.array(found, dtype=np.int64)

    def count(self, etat: Etat) -> int:
        """Return how many créances are in a state."""
        return int((self.creances.etat == etat).sum())

    def summary(self) -> str:
        """Return what a pharmacist wants to know, in French, a few lines."""
        sections = ["\n".join(lines) for lines in (self._totals(), self._states(), self._bank())]
        return "\n\n".join(section for section in sections if section)

    def _totals(self) -> Iterable[str]:
        t = self.totaux
        yield f"Facturé à l'AMO et aux AMC   {format_cents(t.du_cents):>18}"
        yield f"Annoncé par les retours      {format_cents(t.annonce_cents):>18}"
        yield f"Crédité à la banque          {format_cents(t.credite_cents):>18}"

    def _states(self) -> Iterable[str]:
        table = self.creances
        if len(table):
            yield "Créances (parts de facture)"
        for etat, words in ETATS.items():
            rows = table.etat == etat
            if rows.any():
                count = int(rows.sum())
                rest = int(np.maximum(table.du_cents - table.credite_cents, 0)[rows].sum())
                owed = "" if etat in _NOTHING_OWED or not rest else f"reste {format_cents(rest):>14}"
                yield f"{count:>9} {_agreed(words, count):<36} {owed}".rstrip()

    def _bank(self) -> Iterable[str]:
        t = self.totaux
        counts = {etat: int((self.etats_virements == etat).sum()) for etat in EtatVirement}
        yield f"Virements reconnus     {counts[EtatVirement.EXPLIQUE]:>9}"
        yield f"  à confirmer          {counts[EtatVirement.PROPOSE]:>9}{format_cents(t.propose_cents):>15}"
        yield f"  inexpliqués          {counts[EtatVirement.INEXPLIQUE]:>9}{format_cents(t.inexplique_cents):>15}"
        yield f"  hors tiers payant    {counts[EtatVirement.HORS_PERIMETRE]:>9}"
        if t.mouvements_cents or t.retenu_cents:
            yield f"Retenues et autres mouvements {format_cents(t.mouvements_cents):>17}"

    def explain(self, creance: Creance) -> str:
        """Say why a créance stands where it stands: its answers, its group, the bank line, or what is missing.

        Args:
            creance: One of `self.creances`, from the whole or from a part of them.

        Raises:
            ColumnError: This result has no such créance.
        """
        row = self._row_of(creance)
        where = f"Facture {creance.facture}, lot {creance.lot} du {_jour(creance.lot_date)}, part {creance.part.name}"
        lines = [
            f"{where}, due par {creance.debiteur} : {format_cents(creance.du_cents)}",
            f"{creance.etat.name.lower()} : {creance.motif_texte}",
        ]
        links = np.flatnonzero(self.liens_reponses.creance == row)
        lines += [self._told(int(link)) for link in links]
        lines += [f"  rejet {code} : {words}" for code, words in self.rejets_of(row)]
        replaced = int(self.creances.remplacee_par[row])
        if replaced >= 0:
            lines.append(f"  remplacée par la facture {self.creances[replaced].facture}")
        return "\n".join(lines)

    def _told(self, link: int) -> str:
        reponse = int(self.liens_reponses.reponse[link])
        groupe = int(self.tables.reponses.groupe[reponse])
        said = f"  annoncé {format_cents(int(self.liens_reponses.cents[link]))} par {self._file(reponse)}"
        lines = self.liens_virements.lignes_de.get(groupe, ())
        if not lines:
            return f"{said}, {self._proposed(groupe)}"
        bank, links = self.tables.virements, self.liens_virements
        link = self._link_of_group[groupe]
        passe, days = links.passe[link].decode(), ", ".join(sorted({_jour(bank.date[line].item()) for line in lines}))
        amounts = [format_cents(int(bank.montant_cents[line])) for line in lines]
        if links.classe[link]:
            same = f"{len(lines)} règlements de {amounts[0]}, {len(lines)} virements de ce montant ({days})"
            return f"{said}, réglé : {same} ; lequel paie lequel n'est pas dit ({passe})"
        if len(lines) > 1:
            return f"{said}, réglé par {len(lines)} virements, {' et '.join(amounts)} ({days}) ({passe})"
        others = int((links.virement == lines[0]).sum()) - 1
        also = f" qui en règle aussi {others} autre{'s' * (others > 1)}" if others else ""
        return f"{said}, réglé par le virement de {amounts[0]} du {days}{also} ({passe})"

    def _proposed(self, groupe: int) -> str:
        """Say which bank lines may settle a group that none settles."""
        mine = np.flatnonzero(self.propositions.groupe == groupe)
        if groupe < 0 or not len(mine):
            return "aucun virement reconnu pour ce règlement"
        days = ", ".join(sorted({_jour(self.propositions.date[row].item()) for row in mine}))
        return f"aucun virement reconnu, à confirmer : {format_cents(int(self.propositions.cents[mine[0]]))} ({days})"

    def _file(self, reponse: int) -> str:
        return self.tables.file_of(int(self.tables.reponses.source[reponse])) or "objets"

    @cached_property
    def _link_of_group(self) -> dict[int, int]:
        return {groupe: link for link, groupe in enumerate(self.liens_virements.groupe.tolist())}

    @cached_property
    def _rejets_by_creance(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for creance, row in zip(self.rejets_creances.tolist(), self.rejets_rangs.tolist(), strict=True):
            found.setdefault(creance, []).append(row)
        return found

    def _row_of(self, creance: Creance) -> int:
        """Find a créance by its key: it may come from a selection, whose rows are others."""
        table = self.creances
        same = (table.facture == creance.facture.encode()) & (table.lot == creance.lot.encode())
        rows = [row for row in np.flatnonzero(same).tolist() if table[row].cle == creance.cle]
        if not rows:
            raise ColumnError("this result has no such créance")
        return int(rows[0])

    def rejets_of(self, row: int) -> list[tuple[str, str]]:
        """Return the code and the words of each reject line about the créance of that row, sorted."""
        rejets = self.tables.rejets
        rows = self._rejets_by_creance.get(row, [])
        return sorted({(rejets.code[row].decode("latin-1"), str(rejets.libelle[row])) for row in rows})
