"""What nothing singles out: candidates shown to a person, with their rivals. They never count as paid."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import LiensVirements, Propositions, group_ids, virement_ids
from tiers_payant.matching._candidats import Edges
from tiers_payant.matching._groupes import candidates, gross_cents, net_cents
from tiers_payant.matching._passes import Contexte, payer_fits
from tiers_payant.matching._politique import MatchPolicy

__all__ = ["proposals"]

Mask = npt.NDArray[np.bool_]


def proposals(contexte: Contexte, settled: LiensVirements, policy: MatchPolicy) -> Propositions:
    """Propose every pair still open whose net agrees, and every pair whose total before movements agrees."""
    tables, banque = contexte.tables, contexte.banque
    net, gross = net_cents(tables), gross_cents(tables)
    on_net = _open(candidates(tables, banque, net, policy), settled)
    on_net, unknown = _believable(contexte, on_net)
    on_gross = _open(candidates(tables, banque, gross, policy), settled)
    on_gross = on_gross.where((gross != net)[on_gross.left] if len(gross) else np.zeros(0, np.bool_))
    on_gross = on_gross.where(payer_fits(contexte, on_gross))
    motifs = np.concatenate(
        [np.where(unknown, b"PAYEUR_INCONNU", b"AMBIGU"), np.full(len(on_gross), b"BRUT", dtype="S14")]
    )
    edges = Edges(np.concatenate([on_net.left, on_gross.left]), np.concatenate([on_net.right, on_gross.right]))
    return Propositions.of(
        len(edges),
        groupe=edges.left.astype(np.int32),
        virement=edges.right.astype(np.int32),
        cents=tables.virements.montant_cents[edges.right],
        passe=np.where(motifs == b"BRUT", b"payeur_brut_periode", b"payeur_net_periode"),
        motif=motifs,
        rivaux=_rivals(contexte, edges),
        date=tables.virements.date[edges.right],
    )


def _open(edges: Edges, settled: LiensVirements) -> Edges:
    return edges.where(~np.isin(edges.left, settled.groupe) & ~np.isin(edges.right, settled.virement))


def _believable(contexte: Contexte, edges: Edges) -> tuple[Edges, Mask]:
    """Drop the pairs whose bank line names a payer that does not pay this sender; tell those that name none."""
    fits = payer_fits(contexte, edges)
    unknown = np.array([contexte.banque.textes[line].payeur is None for line in edges.right.tolist()], dtype=np.bool_)
    return edges.where(fits | unknown), unknown[fits | unknown]


def _rivals(contexte: Contexte, edges: Edges) -> list[str]:
    """Name, for each pair, the other groups of its bank line and the other bank lines of its group."""
    groups, lines = group_ids(contexte.tables), virement_ids(contexte.tables)
    of_line: dict[int, set[int]] = {}
    of_group: dict[int, set[int]] = {}
    pairs = list(zip(edges.left.tolist(), edges.right.tolist(), strict=True))
    for group, line in pairs:
        of_line.setdefault(line, set()).add(group)
        of_group.setdefault(group, set()).add(line)
    return [
        " ".join(
            sorted(groups[other] for other in of_line[line] - {group})
            + sorted(lines[other] for other in of_group[group] - {line})
        )
        for group, line in pairs
    ]
