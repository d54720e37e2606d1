"""The passes from announced groups to bank lines, in order, each a named object."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Creances, Tables, announced, announced_blocs
from tiers_payant.errors import PassError
from tiers_payant.matching._candidats import Edges
from tiers_payant.matching._decisions import AUCUNE, Tranche
from tiers_payant.matching._groupes import Banque
from tiers_payant.matching._noms_passes import texte

__all__ = ["PASSES", "Contexte", "Passe", "denied", "label_holds", "payer_fits"]

Mask = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class Contexte:
    """What a pass may look at."""

    tables: Tables
    banque: Banque
    tranche: Tranche = AUCUNE
    """What people decided."""
    sans_reponse: Creances = attrs.field(factory=Creances.empty)
    """The shares of insurers that no answer is about: a return may be lost."""


@attrs.frozen(kw_only=True)
class Passe:
    """One way to recognise the credit of a group.

    Every pass works on the same candidates: pairs of one net amount, within the time that a transfer is remembered, on
    an account that may be the officine's. `keeps` says which pairs it believes; those that are unique both ways among
    them are settled.
    """

    nom: str = attrs.field(validator=texte)
    """Written on each link that it makes."""
    libelle: str = attrs.field(validator=texte)
    """What it means, in French."""
    keeps: Callable[[Contexte, Edges], Mask]
    in_period: bool
    """Whether it settles only in the period of the policy. An older transfer stays a rival for the credit all the same:
    it may be the one that is paid, late."""

    def believed(self, contexte: Contexte, edges: Edges) -> Mask:
        """Return what `keeps` says of *edges*.

        Raises:
            PassError: It raised, or gave anything but one yes or no for each pair.
        """
        try:
            kept = np.asarray(self.keeps(contexte, edges.read_only()))
        except Exception as error:  # its message may quote the text of a bank line
            raise PassError(f"pass {self.nom}: failed ({type(error).__name__})") from error
        if kept.dtype != np.bool_ or kept.shape != (len(edges),):
            found = f"{kept.dtype} of shape {kept.shape}"
            raise PassError(f"pass {self.nom}: expected a yes or no for each of {len(edges)} pairs, got {found}")
        return kept


def payer_fits(contexte: Contexte, edges: Edges) -> Mask:
    """Say, for each pair, whether the payer that the bank line names pays the returns of that sender."""
    tables, textes = contexte.tables, contexte.banque.textes
    kinds, kind_of = np.unique(np.append(tables.retours.emetteur_type, b""), return_inverse=True)
    senders = [kind.decode("latin-1") for kind in kinds.tolist()]
    lines, line_of = np.unique(edges.right, return_inverse=True)
    payers = [textes[line].payeur for line in lines.tolist()]
    pays = np.array([[payer is not None and sender in payer.emetteurs for sender in senders] for payer in payers])
    # A group of no return points to -1: the entry appended, which no payer pays for.
    return pays.astype(np.bool_).reshape(len(payers), len(senders))[line_of, kind_of[tables.groupes.retour[edges.left]]]


def label_holds(contexte: Contexte, edges: Edges) -> Mask:
    """Say, for each pair, whether the bank line holds the whole transfer label that the return announces."""
    groups, texts = contexte.tables.groupes, contexte.banque.textes
    rows = np.unique(edges.left)
    told = zip(rows.tolist(), groups.libelle_1[rows].tolist(), groups.libelle_2[rows].tolist(), strict=True)
    labels = {group: label for group, first, second in told if (label := announced(first, second))}
    pairs = zip(edges.left.tolist(), edges.right.tolist(), strict=True)
    holds = [group in labels and texts[line].holds_whole(labels[group]) for group, line in pairs]
    return np.array(holds, dtype=np.bool_)


def _payer_alone(contexte: Contexte, edges: Edges) -> Mask:
    """Say, for each pair, whether the payer fits and no reference in the bank line is of another transfer."""
    return payer_fits(contexte, edges) & ~denied(contexte, edges)


def denied(contexte: Contexte, edges: Edges) -> Mask:
    """Say, for each pair, whether a reference in the bank line is of another transfer than the group."""
    groups, texts = contexte.tables.groupes, contexte.banque.textes
    rows = np.unique(edges.left)
    told = zip(rows.tolist(), groups.libelle_1[rows].tolist(), groups.libelle_2[rows].tolist(), strict=True)
    blocs = {group: own for group, first, second in told if (own := announced_blocs(first, second))}
    found = np.isin(edges.left, np.fromiter(blocs, dtype=np.int64, count=len(blocs)))
    told_apart = edges.where(found)
    pairs = zip(told_apart.left.tolist(), told_apart.right.tolist(), strict=True)
    found[found] = [texts[line].contradicts(blocs[group]) for group, line in pairs]
    return found


PASSES = (
    Passe(
        nom="libelle_virement",
        libelle="le relevé porte le libellé de virement que le retour annonce, et le montant net",
        keeps=label_holds,
        in_period=False,
    ),
    Passe(
        nom="payeur_net_periode",
        libelle="le payeur, le montant net et la période ne désignent qu'un règlement et qu'un virement",
        keeps=_payer_alone,
        in_period=True,
    ),
    Passe(
        nom="payeur_net_reste",
        libelle="le payeur, le montant net et la période, une fois écarté ce qui est déjà reconnu",
        keeps=_payer_alone,
        in_period=True,
    ),
)
