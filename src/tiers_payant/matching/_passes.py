"""The passes from announced groups to bank lines, in order, each a named object."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Creances, Paires, PassSpec, Tables, announced, announced_blocs
from tiers_payant.errors import PassError, kind_of
from tiers_payant.matching._candidats import Edges
from tiers_payant.matching._decisions import AUCUNE, Tranche
from tiers_payant.matching._groupes import Banque

__all__ = ["PASSES", "Contexte", "believed", "denied", "label_holds", "payer_fits"]

Mask = npt.NDArray[np.bool_]

_OURS = "tiers-payant"


@attrs.frozen(eq=False)
class Contexte:
    """What a pass may look at."""

    tables: Tables
    banque: Banque
    tranche: Tranche = AUCUNE
    """What people decided."""
    sans_reponse: Creances = attrs.field(factory=Creances.empty)
    """The shares of insurers that no answer is about: a return may be lost."""

    def paires(self, edges: Edges) -> Paires:
        """Return *edges* as a pass, a vendor's perhaps, may look at them."""
        shown = edges.read_only()
        return Paires(tables=self.tables, textes=self.banque.textes, groupes=shown.left, virements=shown.right)


def believed(passe: PassSpec, contexte: Contexte, edges: Edges) -> Mask:
    """Return what *passe* says of *edges*.

    Raises:
        PassError: It raised, or gave anything but one yes or no for each pair; its provider is told when it is not us.
    """
    named = f"pass {passe.name}" if passe.provider == _OURS else f"pass {passe.name} of {passe.provider}"
    try:
        given = passe.keeps(contexte.paires(edges))
        kept = np.asarray(given)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # its message may quote the text of a bank line
        raise PassError(f"{named}: failed ({kind_of(error)})") from None
    # No masked array either: what it hides is neither a yes nor a no.
    if isinstance(given, np.ma.MaskedArray) or kept.dtype != np.bool_ or kept.shape != (len(edges),):
        found = f"{type(given).__name__} of {kept.dtype}, of shape {kept.shape}"
        raise PassError(f"{named}: expected a yes or no for each of {len(edges)} pairs, got {found}")
    return kept


def payer_fits(paires: Paires) -> Mask:
    """Say, for each pair, whether the payer that the bank line names pays the returns of that sender."""
    tables, textes = paires.tables, paires.textes
    kinds, kind_of = np.unique(np.append(tables.retours.emetteur_type, b""), return_inverse=True)
    senders = [kind.decode("latin-1") for kind in kinds.tolist()]
    lines, line_of = np.unique(paires.virements, return_inverse=True)
    payers = [textes[line].payeur for line in lines.tolist()]
    pays = np.array([[payer is not None and sender in payer.emetteurs for sender in senders] for payer in payers])
    # A group of no return points to -1: the entry appended, which no payer pays for.
    sender_of = kind_of[tables.groupes.retour[paires.groupes]]
    return pays.astype(np.bool_).reshape(len(payers), len(senders))[line_of, sender_of]


def label_holds(paires: Paires) -> Mask:
    """Say, for each pair, whether the bank line holds the whole transfer label that the return announces."""
    groups, texts = paires.tables.groupes, paires.textes
    rows = np.unique(paires.groupes)
    told = zip(rows.tolist(), groups.libelle_1[rows].tolist(), groups.libelle_2[rows].tolist(), strict=True)
    labels = {group: label for group, first, second in told if (label := announced(first, second))}
    pairs = zip(paires.groupes.tolist(), paires.virements.tolist(), strict=True)
    holds = [group in labels and texts[line].holds_whole(labels[group]) for group, line in pairs]
    return np.array(holds, dtype=np.bool_)


def _payer_alone(paires: Paires) -> Mask:
    """Say, for each pair, whether the payer fits and no reference in the bank line is of another transfer."""
    return payer_fits(paires) & ~denied(paires)


def denied(paires: Paires) -> Mask:
    """Say, for each pair, whether a reference in the bank line is of another transfer than the group."""
    groups, texts = paires.tables.groupes, paires.textes
    rows = np.unique(paires.groupes)
    told = zip(rows.tolist(), groups.libelle_1[rows].tolist(), groups.libelle_2[rows].tolist(), strict=True)
    blocs = {group: own for group, first, second in told if (own := announced_blocs(first, second))}
    found = np.isin(paires.groupes, np.fromiter(blocs, dtype=np.int64, count=len(blocs)))
    pairs = zip(paires.groupes[found].tolist(), paires.virements[found].tolist(), strict=True)
    found[found] = [texts[line].contradicts(blocs[group]) for group, line in pairs]
    return found


PASSES = (
    PassSpec(
        name="libelle_virement",
        label="le relevé porte le libellé de virement que le retour annonce, et le montant net",
        keeps=label_holds,
        in_period=False,
    ),
    PassSpec(
        name="payeur_net_periode",
        label="le payeur, le montant net et la période ne désignent qu'un règlement et qu'un virement",
        keeps=_payer_alone,
        in_period=True,
    ),
    PassSpec(
        name="payeur_net_reste",
        label="le payeur, le montant net et la période, une fois écarté ce qui est déjà reconnu",
        keeps=_payer_alone,
        in_period=True,
    ),
)
