"""A result of the matching judged by the truth of the simulator: facts that neither side shares with the other.

What is compared is named as the files name it: a bank line by account, day, amount and rank among its equals; a
transfer by officine, file identifier of its return, label and share; a créance by its key. Counts are kept under flat
names, so that those of many seeds add up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from benchmarks._exactitude_noms import Names, Written, names_of
from tiers_payant.domain import EtatVirement, Rapprochement
from tiers_payant.simulation import Cle, LienReponseVrai, Verite

__all__ = ["Comptes", "judge"]

Comptes = Counter[str]
"""How often each thing was seen; amounts in cents under names that end in `_cents`."""

Paid = Counter[tuple[Cle, int]]


def judge(truth: Verite, result: Rapprochement) -> Comptes:
    """Count what *result* settles, and what of it is false by *truth*.

    Raises:
        ValueError: A bank line or a transfer of the result that the truth does not know.
    """
    names = names_of(truth, result)
    found: Comptes = Counter()
    for count in (_bank_links, _members, _beyond, _misses, _proposals, _answers, _chains):
        found.update(count(truth, result, names))
    found["factures"] = truth.factures
    return found


# --- transfers and bank lines


def _bank_links(truth: Verite, result: Rapprochement, names: Names) -> Comptes:
    """A class is one link: right when its lines are those that pay its transfers, whichever pays which."""
    found: Comptes = Counter()
    true_lines: defaultdict[str, set[str]] = defaultdict(set)
    for link in truth.liens:
        true_lines[link.groupe].add(link.ligne)
    for groups, lines, cents in _settled(result, names):
        found["liens"] += 1
        found["classes"] += len(groups) > 1
        if len(groups) > 1:
            right = set().union(*(true_lines[group] for group in groups)) == set(lines)
        else:
            true = names.vraies.get((groups[0], lines[0]))
            right = true is not None and true.cents == cents
        found["liens_faux"] += not right
        found["liens_faux_cents"] += 0 if right else abs(cents)
    return found


def _settled(result: Rapprochement, names: Names) -> Iterator[tuple[list[str], list[str], int]]:
    """Yield each link, or each class: its transfers, its lines, its cents."""
    links = result.liens_virements
    classes: defaultdict[int, tuple[list[str], list[str], list[int]]] = defaultdict(lambda: ([], [], []))
    rows = zip(links.groupe.tolist(), links.virement.tolist(), links.cents.tolist(), links.classe.tolist(), strict=True)
    for rank, (group, line, cents, number) in enumerate(rows, 1):
        each = classes[number or -rank]
        each[0].append(names.groupes[group])
        each[1].append(names.lignes[line])
        each[2].append(cents)
    for groups, lines, amounts in classes.values():
        yield groups, lines, sum(amounts)


# --- créances and bank lines


def _members(truth: Verite, result: Rapprochement, names: Names) -> Comptes:
    """A créance credited: an answer's cents, or those of a line without return, tied to it by settled bank lines."""
    found: Comptes = Counter()
    members = {each.id: each.membres for each in truth.lignes}
    said: defaultdict[tuple[str, ...], Paid] = defaultdict(Counter)
    for lines, creance, cents in _credited(result, names):
        if cents:
            said[lines][creance, cents] += 1
    for lines, paid in said.items():
        true: Paid = Counter(each for line in lines for each in members[line])
        wrong = paid - true
        found["creances_reglees"] += paid.total()
        found["creances_fausses"] += wrong.total()
        found["faux_cents"] += sum(abs(cents) * count for (_, cents), count in wrong.items())
    found["creances_vraies"] = sum(1 for each in members.values() for _, cents in each if cents)
    scope = {each.id for each in truth.lignes if each.tiers_payant}
    done = [names.lignes[row] for row, etat in enumerate(result.etats_virements.tolist()) if etat == _DONE]
    found["lignes"] = len(scope)
    found["lignes_refusees"] = len(scope - set(done))
    return found


_DONE = int(EtatVirement.EXPLIQUE)


def _beyond(truth: Verite, result: Rapprochement, names: Names) -> Comptes:
    """Créances said to have received more than the bank ever brought them, by whatever way: links are not looked at.

    What was taken back since is not deducted: a debit that nobody explained is no false credit.
    """
    found: Comptes = Counter()
    brought: Counter[Cle] = Counter()
    for line in truth.lignes:
        for cle, cents in line.membres:
            brought[cle] += max(cents, 0)
    for cle, cents in zip(names.creances, result.creances.credite_cents.tolist(), strict=True):
        found["creances_trop"] += cents > brought[cle]
        found["trop_cents"] += max(cents - brought[cle], 0)
    return found


def _credited(result: Rapprochement, names: Names) -> Iterator[tuple[tuple[str, ...], Cle, int]]:
    """Yield the lines that pay, the créance and the cents."""
    lines_of, answers = result.liens_virements.lignes_de, result.liens_reponses
    groups = np.where(result.reponses_versees, result.tables.reponses.groupe, -1)[answers.reponse].tolist()
    for creance, group, cents in zip(answers.creance.tolist(), groups, answers.cents.tolist(), strict=True):
        if group in lines_of:
            yield tuple(sorted({names.lignes[line] for line in lines_of[group]})), names.creances[creance], cents
    directs = result.liens_directs
    alike: defaultdict[int, set[str]] = defaultdict(set)
    rows = list(
        zip(
            directs.creance.tolist(),
            directs.virement.tolist(),
            directs.cents.tolist(),
            directs.classe.tolist(),
            strict=True,
        )
    )
    for _, line, _, number in rows:
        alike[number].add(names.lignes[line])
    for creance, line, cents, number in rows:
        lines = tuple(sorted(alike[number])) if number else (names.lignes[line],)
        yield lines, names.creances[creance], cents


# --- what was missed, and what is proposed


def _misses(truth: Verite, result: Rapprochement, names: Names) -> Comptes:
    """For each true link whose return came: its kind, whether it is reachable, and what became of it."""
    found: Comptes = Counter()
    told = {each.id for each in truth.groupes if each.fichier is not None}
    amo = {each.id for each in truth.groupes if each.emetteur.startswith("0")}
    pairs, groups, lines = set(), set(), set()
    for many, those, _ in _settled(result, names):
        pairs |= {(group, line) for group in many for line in those}
        groups |= set(many)
        lines |= set(those)
    asked = {(names.groupes[g], names.lignes[v]): motif.decode() for g, v, motif in _proposed(result)}
    for key, link in names.vraies.items():
        if link.groupe not in told:
            continue
        outcome = (
            "regle"
            if key in pairs
            else f"propose {asked[key]}"
            if key in asked
            else "ailleurs"
            if link.groupe in groups or link.ligne in lines
            else "laisse"
        )
        kind = f"{link.genre}/{'AMO' if link.groupe in amo else 'AMC'}"
        found[f"sort/{kind}/{'atteignable' if link.reachable else 'non'}/{outcome}"] += 1
        found["vrais"] += 1
        found["vrais_regles"] += outcome == "regle"
        found["atteignables"] += link.reachable
        found["atteignables_regles"] += link.reachable and outcome == "regle"
    return found


def _proposed(result: Rapprochement) -> Iterator[tuple[int, int, bytes]]:
    table = result.propositions
    return zip(table.groupe.tolist(), table.virement.tolist(), table.motif.tolist(), strict=True)


def _proposals(truth: Verite, result: Rapprochement, names: Names) -> Comptes:
    """A bank line proposed contains the truth when one of the transfers proposed for it is one that it pays."""
    shown: defaultdict[str, set[str]] = defaultdict(set)
    for group, line, _ in _proposed(result):
        shown[names.lignes[line]].add(names.groupes[group])
    told = {each.id for each in truth.groupes if each.fichier is not None}
    payable = {link.ligne for link in truth.liens if link.groupe in told}
    right = sum(any((group, line) in names.vraies for group in groups) for line, groups in shown.items())
    return Counter(proposees=len(shown), proposees_vraies=right, proposees_sans_retour=len(shown.keys() - payable))


# --- answers, and factures billed again


def _answers(truth: Verite, result: Rapprochement, names: Names) -> Comptes:
    """An answer that kept its key is about the créance of that key; another about what the truth says."""
    found: Comptes = Counter()
    lost: defaultdict[Written, set[LienReponseVrai]] = defaultdict(set)
    for link in truth.liens_reponses:
        ecrit = link.ecrit
        lost[link.creance.officine, link.fichier, ecrit.lot_date, ecrit.lot, ecrit.facture, link.part].add(link)
    done: set[tuple[Written, Cle]] = set()
    links = result.liens_reponses
    for creance, reponse in zip(links.creance.tolist(), links.reponse.tolist(), strict=True):
        written, cle = names.reponses[reponse], names.creances[creance]
        done.add((written, cle))
        own = {link.creance[:4] for link in lost.get(written, ())} or {(written[0], *written[2:5])}
        found["reponses_fausses"] += cle[:4] not in own or written[5] not in ("", cle.part)
    found["reponses"] = len(links)
    for written, each in lost.items():
        for link in each:
            ok = (written, link.creance) in done
            found[f"reponse/{link.ecrit.perdu}/{'atteignable' if link.reachable else 'non'}/{_word(ok)}"] += 1
    offered = result.propositions_reponses
    shown: defaultdict[Written, set[Cle]] = defaultdict(set)
    for creance, reponse in zip(offered.creance.tolist(), offered.reponse.tolist(), strict=True):
        shown[names.reponses[reponse]].add(names.creances[creance])
    found["reponses_proposees"] = len(shown)
    found["reponses_proposees_vraies"] = sum(
        any(link.creance in cles for link in lost.get(written, ())) for written, cles in shown.items()
    )
    return found


def _word(done: bool) -> str:
    return "regle" if done else "laisse"


def _chains(truth: Verite, result: Rapprochement, names: Names) -> Comptes:
    """A chain may skip a facture refused in between whose insured was mistyped: it is still one claim, not two."""
    said = {
        (names.creances[old], names.creances[new])
        for old, new in enumerate(result.creances.remplacee_par.tolist())
        if new >= 0
    }
    following = {link.ancienne: link.nouvelle for link in truth.refacturations}
    reachable = {(link.ancienne, link.nouvelle) for link in truth.refacturations if link.reachable}
    right = {(old, new) for old, new in said if new in _followers(old, following)}
    return Counter(
        chaines=len(said),
        chaines_fausses=len(said - right),
        chaines_sautees=len(right - set(following.items())),
        chaines_vraies=len(following),
        chaines_atteignables=len(reachable),
        chaines_atteignables_reglees=len(reachable & said),
    )


def _followers(cle: Cle, following: Mapping[Cle, Cle]) -> Iterator[Cle]:
    while cle in following:
        cle = following[cle]
        yield cle
