"""What nothing singles out: candidates shown to a person, with their rivals. They never count as paid."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import LiensVirements, Propositions, Tables, gross_cents, groupe_ids, net_cents, virement_ids
from tiers_payant.matching._candidats import LISTED, Candidates, Edges, unique_both_ways, without_ends
from tiers_payant.matching._fortuits import by_chance
from tiers_payant.matching._groupes import candidates, in_period
from tiers_payant.matching._passes import Contexte, denied, payer_fits
from tiers_payant.matching._sommes_rivales import Rivales

__all__ = ["Questions", "listed", "proposals"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class Questions:
    """The proposals, and for each bank line whether it has candidates that are too many to propose any."""

    listed: Propositions
    unlisted: Mask
    pairs: Candidates
    """Every pair that a person may believe, listed or not."""


def proposals(contexte: Contexte, settled: LiensVirements, rivales: Rivales) -> Questions:
    """Propose every pair still open whose net agrees, and every pair whose total before movements agrees.

    A group or a bank line with more than `LISTED` such pairs has none of them proposed.
    """
    edges, motifs, found = _asked(contexte, settled)
    motifs[(motifs == b"AMBIGU") & rivales.bars(edges)] = b"FORTUIT"
    few = _few(edges)
    passes = np.where(motifs == b"BRUT", b"payeur_brut_periode", b"payeur_net_periode")
    return Questions(
        listed=listed(contexte, edges, motifs, passes, rivales),
        unlisted=_unlisted(edges, few, found, settled),
        pairs=Candidates(
            edges, found[0].left_crowded | found[1].left_crowded, found[0].right_crowded | found[1].right_crowded
        ),
    )


def _asked(
    contexte: Contexte, settled: LiensVirements
) -> tuple[Edges, npt.NDArray[np.bytes_], tuple[Candidates, Candidates]]:
    """Return the pairs still open that a person may believe, why each is not settled, and where they were found."""
    tables, banque = contexte.tables, contexte.banque
    net, gross = net_cents(tables), gross_cents(tables)
    offered, ends = contexte.tranche.offered, (settled.groupe, settled.virement)
    by_net = offered(candidates(tables, banque, net))
    by_gross = offered(candidates(tables, banque, np.where(gross != net, gross, 0)))
    on_net, on_net_motifs = _believable(contexte, without_ends(by_net.edges, *ends), net)
    on_gross = without_ends(by_gross.edges, *ends)
    on_gross = on_gross.where(
        payer_fits(contexte.paires(on_gross)) & in_period(tables, banque, on_gross) & ~denied(contexte.paires(on_gross))
    )
    motifs = np.concatenate([on_net_motifs, np.full(len(on_gross), b"BRUT", dtype="S14")])
    return Edges.concat([on_net, on_gross]), motifs, (by_net, by_gross)


def _few(edges: Edges) -> Mask:
    """Say, for each pair, whether its bank line is shown: with all of its pairs, none of whose ends has too many.

    Of a part of the candidates a person would choose one, and the right one might be among the others.
    """
    if not len(edges):
        return np.zeros(0, dtype=np.bool_)
    many = (np.bincount(edges.left)[edges.left] > LISTED) | (np.bincount(edges.right)[edges.right] > LISTED)
    few: Mask = ~np.isin(edges.right, edges.right[many])
    return few


def listed(
    contexte: Contexte,
    edges: Edges,
    motifs: npt.NDArray[np.bytes_],
    passes: npt.NDArray[np.bytes_],
    rivales: Rivales | None = None,
) -> Propositions:
    """Propose these pairs, except where one end has more than `LISTED` of them; each names its rivals.

    Rivals are the others among these pairs, and what stands with one end in one of the sums *rivales*.
    """
    few, lines = _few(edges), contexte.tables.virements
    shown = edges.where(few)
    return Propositions.of(
        len(shown),
        groupe=shown.left.astype(np.int32),
        virement=shown.right.astype(np.int32),
        cents=lines.montant_cents[shown.right],
        passe=passes[few],
        motif=motifs[few],
        rivaux=np.array(_rivals(contexte, edges, few, rivales or Rivales.none(contexte)), dtype=object),
        date=lines.date[shown.right],
    )


def _unlisted(edges: Edges, few: Mask, found: tuple[Candidates, ...], settled: LiensVirements) -> Mask:
    """Return the bank lines still open that have candidates, none of them listed."""
    crowded: Mask = np.logical_or.reduce([one.right_crowded for one in found])
    crowded[edges.right] = True
    crowded[edges.right[few]] = False
    crowded[settled.virement] = False
    return crowded


def _believable(contexte: Contexte, edges: Edges, net: Rows) -> tuple[Edges, npt.NDArray[np.bytes_]]:
    """Keep the pairs that a person may believe, each with the reason why it is not settled.

    A bank line that names another payer, or another transfer, is none; one that names no payer must be in the period.
    """
    soon = in_period(contexte.tables, contexte.banque, edges)
    unknown = np.array([contexte.banque.textes[line].payeur is None for line in edges.right.tolist()], dtype=np.bool_)
    kept = (payer_fits(contexte.paires(edges)) | (unknown & soon)) & ~denied(contexte.paires(edges))
    motifs = np.where(unknown, b"PAYEUR_INCONNU", np.where(soon, b"AMBIGU", b"HORS_PERIODE"))
    edges, motifs = edges.where(kept), motifs[kept].astype("S14")
    alone = (motifs == b"AMBIGU") & unique_both_ways(edges)
    motifs[alone] = np.where(by_chance(contexte, edges.where(alone), net), b"FORTUIT", b"AMBIGU")
    return edges, motifs


def _names(tables: Tables, edges: Edges) -> tuple[dict[int, str], dict[int, str]]:
    """Name the ends of *edges*, from the groups of their returns and the bank lines of their amounts alone."""
    retours, cents = tables.groupes.retour, tables.virements.montant_cents
    groups = np.flatnonzero(np.isin(retours, retours[edges.left]))
    lines = np.flatnonzero(np.isin(cents, cents[edges.right]))
    some = attrs.evolve(tables, groupes=tables.groupes.take(groups), virements=tables.virements.take(lines))
    return (
        dict(zip(groups.tolist(), groupe_ids(some), strict=True)),
        dict(zip(lines.tolist(), virement_ids(some), strict=True)),
    )


def _rivals(contexte: Contexte, edges: Edges, shown: Mask, rivales: Rivales) -> list[str]:
    """Name, for each pair *shown*, the other groups of its bank line and the other bank lines of its group."""
    if not shown.any():
        return []
    groups, lines = _names(contexte.tables, Edges.concat([edges, *rivales.sommes]))
    of_line: dict[int, set[int]] = {}
    of_group: dict[int, set[int]] = {}
    for group, line in zip(edges.left.tolist(), edges.right.tolist(), strict=True):
        of_line.setdefault(line, set()).add(group)
        of_group.setdefault(group, set()).add(line)
    told = []
    for group, line in zip(edges.left[shown].tolist(), edges.right[shown].tolist(), strict=True):
        other_groups, other_lines = rivales.beside(group, line)
        told.append(
            " ".join(
                sorted(groups[other] for other in (of_line[line] | other_groups) - {group})
                + sorted(lines[other] for other in (of_group[group] | other_lines) - {line})
            )
        )
    return told
