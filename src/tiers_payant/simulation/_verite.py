"""The truth at the cut-off, computed from the world before any file exists.

For each créance what is owed, announced and credited, and its state; for each bank line what it pays; for each link
between an announced transfer and a bank line, and for each facture billed again, whether money and dates alone decide
it (`_enumerateur`). Plain code, on purpose: it shares nothing with the matching that it judges.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

import attrs

from ._enumerateur import Enumerateur, Montant, Part, Refacturation, unique_refacturations
from ._liens_reponses import LienReponseVrai, liens_reponses_of
from ._monde import CompteOuvert, Genre, Groupe, LigneBancaire, Monde, Mouvement, ReponseRecue, Vente, Versement
from ._verite_rejets import FauteVraie, OperateurVrai, RejetVrai, fautes_of, operateurs_of, rejets_of
from ._vraies_cles import Cle, cle_of

__all__ = [
    "SCHEMA",
    "Cle",
    "CreanceVraie",
    "FauteVraie",
    "GroupeVrai",
    "LienReponseVrai",
    "LienVrai",
    "LigneVraie",
    "MouvementVrai",
    "OperateurVrai",
    "PatientVrai",
    "RefacturationVraie",
    "RejetVrai",
    "Verite",
    "truth_of",
]

SCHEMA = "tiers-payant/verite/1"


@attrs.frozen(kw_only=True)
class CreanceVraie:
    """A billed share and where it stands at the cut-off; signed cents."""

    cle: Cle
    debiteur: str
    du_cents: int
    annonce_cents: int
    """What the returns that came announce."""
    credite_cents: int
    """What the bank shows: when a credit settles a transfer, each member is credited what was announced of it."""
    etat: str
    sans_retour: bool = False
    """Credited, although no return ever said so."""
    groupe_incomplet: bool = False
    """Its transfer is paid short at the cut-off: the world knows which members are paid, nobody else can."""
    cle_perdue: bool = False
    """An answer about it came without its key: `annonce_cents` counts it, who reads the returns may not."""


@attrs.frozen(kw_only=True)
class MouvementVrai:
    """Money of a bank line that pays no facture; signed cents."""

    nature: str
    cents: int
    reference: str


@attrs.frozen(kw_only=True)
class GroupeVrai:
    """An announced transfer."""

    id: str
    officine: str
    emetteur: str
    """Number of the sender of the return."""
    date: dt.date
    fichier: str | None
    """File identifier of the return, unique for one officine; None when the return never came."""
    part: str
    """AMO or AMC when the payer separates them, else empty."""
    reference: str
    """Label of the transfer, where the return gives one."""
    net_cents: int


@attrs.frozen(kw_only=True)
class LigneVraie:
    """A bank line and what it pays: its amount is the sum of its members and movements, when it is in scope."""

    id: str
    officine: str
    compte: str
    date: dt.date
    montant_cents: int
    rang: int
    """Rank among the lines of that account, day and amount, in the order of the bank."""
    libelle: str
    tiers_payant: bool
    """False for what concerns no insurer."""
    membres: tuple[tuple[Cle, int], ...]
    mouvements: tuple[MouvementVrai, ...]
    groupes: tuple[str, ...]


@attrs.frozen(kw_only=True)
class LienVrai:
    """What a bank line pays of an announced transfer."""

    groupe: str
    ligne: str
    cents: int
    genre: str
    """`direct`: one transfer, one credit; `eclate`: one transfer, two credits; `groupe`: two transfers, one credit;
    `partiel`: one transfer, one credit of less; `debit`: an announcement below zero, and the debit that pays it."""
    reachable: bool
    """Whether amounts and dates alone decide it."""


@attrs.frozen(kw_only=True)
class RefacturationVraie:
    """A refused share billed again."""

    ancienne: Cle
    nouvelle: Cle
    reachable: bool


@attrs.frozen(kw_only=True)
class PatientVrai:
    """A patient share that was left owing; cents."""

    cle: Cle
    """Its `part` is ASSURE."""
    client: str
    du_cents: int
    recus: tuple[tuple[dt.date, int], ...]
    """Day and cents of each receipt, up to the cut-off."""

    def reste_le(self, day: dt.date) -> int:
        """Return what is still owed in the evening of a day."""
        return self.du_cents - sum(cents for when, cents in self.recus if when <= day)


@attrs.frozen(kw_only=True)
class Verite:
    """All that is true at the cut-off, sorted by key."""

    coupure: dt.date
    parametres: Mapping[str, Any]
    accidents: Mapping[str, int]
    factures: int
    """Factures in the lots, those billed again included."""
    creances: tuple[CreanceVraie, ...]
    groupes: tuple[GroupeVrai, ...]
    lignes: tuple[LigneVraie, ...]
    liens: tuple[LienVrai, ...]
    refacturations: tuple[RefacturationVraie, ...]
    liens_reponses: tuple[LienReponseVrai, ...]
    """The answers that came without their key, and what they are about."""
    rejets: tuple[RejetVrai, ...]
    fautes: tuple[FauteVraie, ...]
    operateurs: tuple[OperateurVrai, ...]
    patients: tuple[PatientVrai, ...] = ()
    """Patient shares left owing; outside every total."""

    def totaux(self) -> dict[str, int]:
        """Return the sums, in cents: a facture billed again is owed once, and only lines in scope count."""
        scope = [ligne for ligne in self.lignes if ligne.tiers_payant]
        return {
            "annonce_cents": sum(creance.annonce_cents for creance in self.creances),
            "credite_cents": sum(creance.credite_cents for creance in self.creances),
            "du_cents": sum(creance.du_cents for creance in self.creances if creance.etat != "retransmise"),
            "mouvements_cents": sum(item.cents for ligne in scope for item in ligne.mouvements),
            "virements_cents": sum(ligne.montant_cents for ligne in scope),
        }

    def etats(self) -> dict[str, int]:
        """Return how many créances are in each state."""
        return dict(sorted(Counter(creance.etat for creance in self.creances).items()))

    def write(self, out: BinaryIO) -> None:
        """Write `verite.json`: sorted, one item a line, the same bytes for the same truth."""
        head = {
            "schema": SCHEMA,
            "coupure": self.coupure,
            "parametres": self.parametres,
            "accidents": self.accidents,
            "factures": self.factures,
            "totaux": self.totaux(),
            "etats": self.etats(),
        }
        lists = {
            "creances": map(_of_creance, self.creances),
            "groupes": map(_plain, self.groupes),
            "lignes": map(_ligne, self.lignes),
            "liens": map(_plain, self.liens),
            "refacturations": map(_refacturation, self.refacturations),
            "liens_reponses": map(_lien_reponse, self.liens_reponses),
            "rejets": map(_of_creance, self.rejets),
            "fautes": map(_plain, self.fautes),
            "operateurs": map(_plain, self.operateurs),
            **({"patients": map(_of_creance, self.patients)} if self.patients else {}),
        }
        items = [f"{json.dumps(name)}: {_json(value)}" for name, value in head.items()]
        items += [f"{json.dumps(name)}: [\n{_lines(rows)}\n]" for name, rows in lists.items()]
        out.write(("{\n" + ",\n".join(items) + "\n}\n").encode("ascii"))


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=lambda day: day.isoformat())


def _lines(rows: Iterable[object]) -> str:
    return ",\n".join(_json(row) for row in rows)


def _plain(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in attrs.fields_dict(type(item))}


def _of_creance(item: CreanceVraie | PatientVrai | RejetVrai) -> dict[str, Any]:
    cle = item.creance if isinstance(item, RejetVrai) else item.cle
    return {**cle._asdict(), **{name: value for name, value in _plain(item).items() if name not in ("cle", "creance")}}


def _ligne(ligne: LigneVraie) -> dict[str, Any]:
    membres = [{**cle._asdict(), "cents": cents} for cle, cents in ligne.membres]
    return {**_plain(ligne), "membres": membres, "mouvements": [_plain(item) for item in ligne.mouvements]}


def _refacturation(link: RefacturationVraie) -> dict[str, Any]:
    return {"ancienne": link.ancienne._asdict(), "nouvelle": link.nouvelle._asdict(), "reachable": link.reachable}


def _lien_reponse(link: LienReponseVrai) -> dict[str, Any]:
    return {**_plain(link), "ecrit": _plain(link.ecrit), "creance": link.creance._asdict()}


def truth_of(world: Monde) -> Verite:
    """Return the truth of *world* at its cut-off."""
    groupes = sorted(world.groupes, key=_groupe_order)
    names = {id(groupe): f"g{rank:06}" for rank, groupe in enumerate(groupes, 1)}
    lines = {id(ligne): f"v{rank:06}" for rank, ligne in enumerate(world.lignes, 1)}
    return Verite(
        coupure=world.coupure,
        parametres=world.parametres,
        accidents=world.accidents,
        factures=sum(len(lot.ventes) for lot in world.lots),
        creances=tuple(
            sorted((_creance_of(vente, part) for vente in world.ventes() for part in vente.parts()), key=_by_cle)
        ),
        groupes=tuple(_groupe_of(groupe, names[id(groupe)]) for groupe in groupes),
        lignes=_lignes_of(world.lignes, names, lines),
        liens=_liens_of(world, groupes, names, lines),
        refacturations=_refacturations_of(world),
        liens_reponses=liens_reponses_of(world),
        rejets=rejets_of(world),
        fautes=fautes_of(world),
        operateurs=operateurs_of(world),
        patients=tuple(sorted(map(_patient_of, world.comptes), key=_by_cle)),
    )


def _by_cle(creance: CreanceVraie | PatientVrai) -> Cle:
    return creance.cle


def _patient_of(compte: CompteOuvert) -> PatientVrai:
    return PatientVrai(
        cle=cle_of(compte.vente, "ASSURE"),
        client=compte.client,
        du_cents=compte.du_cents,
        recus=tuple((recu.date, recu.cents) for recu in compte.recus),
    )


def _groupe_order(groupe: Groupe) -> tuple[str, dt.date, str, str, str]:
    return groupe.officine.numero, groupe.date, groupe.payeur.code, groupe.reference, groupe.part


# --- créances


def _creance_of(vente: Vente, part: str) -> CreanceVraie:
    answers = [reponse for reponse in vente.reponses if reponse.part == part]
    told = [reponse for reponse in answers if reponse.groupe is None or reponse.groupe.retour is not None]
    credits_ = [(reponse, _credited(reponse)) for reponse in answers if _credited(reponse)]
    due, announced = vente.montant(part), sum(reponse.annonce for reponse in told)
    credited = sum(cents for _, cents in credits_)
    return CreanceVraie(
        cle=cle_of(vente, part),
        debiteur=vente.debiteur(part),
        du_cents=due,
        annonce_cents=announced,
        credite_cents=credited,
        etat=_etat(
            replaced=part in vente.remplacantes,
            due=due,
            announced=announced,
            credited=credited,
            was_credited=any(cents > 0 for _, cents in credits_),
            latest=max(told, key=lambda reponse: reponse.date).genre if told else None,
        ),
        sans_retour=any(reponse.groupe is not None and reponse.groupe.retour is None for reponse, _ in credits_),
        groupe_incomplet=any(reponse.groupe is not None and _is_short(reponse.groupe) for reponse in answers),
        cle_perdue=any(reponse.cle is not None for reponse in told),
    )


def _credited(reponse: ReponseRecue) -> int:
    """What the bank shows of an answer."""
    versements = [] if reponse.groupe is None else reponse.groupe.versements
    return sum(
        reponse.annonce
        for paid in versements
        if paid.ligne is not None and any(each is reponse for each in paid.reponses)
    )


def _is_short(groupe: Groupe) -> bool:
    shown = [paid.cents for paid in groupe.versements if paid.ligne is not None]
    return shown != [] and sum(shown) != groupe.net


def _etat(*, replaced: bool, due: int, announced: int, credited: int, was_credited: bool, latest: Genre | None) -> str:
    """Return the first state that holds."""
    said = {
        Genre.REJETEE: "rejetee",
        Genre.TRAITEMENT_CAISSE: "traitement_caisse",
        Genre.DIFFEREE: "differee",
    }
    states = (
        (replaced, "retransmise"),
        (credited >= due, "creditee"),
        (credited > 0, "partielle"),
        (was_credited, "reprise"),
        (latest in said, said.get(latest, "") if latest is not None else ""),
        (announced > 0, "annoncee"),
        (True, "non_repondue"),
    )
    return next(name for holds, name in states if holds)


# --- transfers, bank lines, and what links them


def _groupe_of(groupe: Groupe, name: str) -> GroupeVrai:
    return GroupeVrai(
        id=name,
        officine=groupe.officine.numero,
        emetteur=groupe.payeur.emetteur,
        date=groupe.date,
        fichier=None if groupe.retour is None else groupe.retour.fichier,
        part=groupe.part,
        reference=groupe.reference,
        net_cents=groupe.net,
    )


def _lignes_of(
    lignes: Sequence[LigneBancaire], names: Mapping[int, str], lines: Mapping[int, str]
) -> tuple[LigneVraie, ...]:
    seen: Counter[tuple[str, dt.date, int]] = Counter()
    told = []
    for ligne in lignes:
        alike = (ligne.officine.rib, ligne.date, ligne.cents)
        told.append(_ligne_of(ligne, names, lines[id(ligne)], seen[alike]))
        seen[alike] += 1
    return tuple(told)


def _ligne_of(ligne: LigneBancaire, names: Mapping[int, str], name: str, rang: int) -> LigneVraie:
    reponses = [reponse for paid in ligne.versements for reponse in paid.reponses]
    mouvements = [item for paid in ligne.versements for item in paid.mouvements if item.cents]
    return LigneVraie(
        id=name,
        officine=ligne.officine.numero,
        compte=ligne.officine.rib,
        date=ligne.date,
        montant_cents=ligne.cents,
        rang=rang,
        libelle=ligne.libelle,
        tiers_payant=ligne.tiers_payant,
        membres=tuple(sorted((cle_of(reponse.vente, reponse.part), reponse.annonce) for reponse in reponses)),
        mouvements=(
            *(_mouvement(item, item.cents) for item in mouvements),
            *(_mouvement(item, item.annonce) for item in ligne.mouvements),
        ),
        groupes=tuple(names[id(paid.groupe)] for paid in ligne.versements),
    )


def _mouvement(item: Mouvement, cents: int) -> MouvementVrai:
    return MouvementVrai(nature=item.nature.value, cents=cents, reference=item.reference)


def _liens_of(
    world: Monde, groupes: Sequence[Groupe], names: Mapping[int, str], lines: Mapping[int, str]
) -> tuple[LienVrai, ...]:
    judges = _judges(world)
    return tuple(
        LienVrai(
            groupe=names[id(groupe)],
            ligne=lines[id(paid.ligne)],
            cents=paid.cents,
            genre=_genre(paid, paid.ligne),
            reachable=_is_reachable(paid, paid.ligne, judges[paid.cents > 0, groupe.officine.numero]),
        )
        for groupe in groupes
        for paid in groupe.versements
        if paid.ligne is not None
    )


def _judges(world: Monde) -> dict[tuple[bool, str], Enumerateur]:
    """Return who judges the credits, then who judges the debits, of each officine."""
    groupes: defaultdict[tuple[bool, str], list[Montant]] = defaultdict(list)
    lignes: defaultdict[tuple[bool, str], list[Montant]] = defaultdict(list)
    for groupe in world.groupes:
        if groupe.retour is not None:
            groupes[groupe.net > 0, groupe.officine.numero].append(_montant(groupe))
    for ligne in world.lignes:
        lignes[ligne.cents > 0, ligne.officine.numero].append(_montant(ligne))
    sides = [(credit, officine.numero) for officine in world.officines for credit in (True, False)]
    return {side: Enumerateur(groupes[side], lignes[side]) for side in sides}


def _montant(item: Groupe | LigneBancaire) -> Montant:
    return Montant(cle=id(item), jour=item.date, cents=item.net if isinstance(item, Groupe) else item.cents)


def _genre(paid: Versement, ligne: LigneBancaire) -> str:
    if len(ligne.versements) > 1:
        return "groupe"
    if len(paid.groupe.versements) > 1:
        return "eclate"
    if paid.cents < 0:
        return "debit"
    return "direct" if paid.cents == paid.groupe.net else "partiel"


def _is_reachable(paid: Versement, ligne: LigneBancaire, judge: Enumerateur) -> bool:
    groupe = paid.groupe
    if groupe.retour is None:
        return False
    match _genre(paid, ligne):
        case "direct" | "debit":
            return judge.is_direct(_montant(groupe), _montant(ligne))
        case "partiel":
            return False
        case "eclate":
            shown = [_montant(paid.ligne) for paid in groupe.versements if paid.ligne is not None]
            return len(shown) == 2 and judge.is_eclate(_montant(groupe), (shown[0], shown[1]))
        case _:
            together = [_montant(paid.groupe) for paid in ligne.versements]
            return judge.is_groupe((together[0], together[1]), _montant(ligne))


# --- factures billed again


def _refacturations_of(world: Monde) -> tuple[RefacturationVraie, ...]:
    shares = [(vente, part) for vente in world.ventes() for part in vente.parts()]
    ranks = {(id(vente), part): rank for rank, (vente, part) in enumerate(shares)}
    unique = unique_refacturations(_part(vente, part, rank) for rank, (vente, part) in enumerate(shares))
    found = [
        RefacturationVraie(
            ancienne=cle_of(vente, part),
            nouvelle=cle_of(new, part),
            reachable=Refacturation(ranks[id(vente), part], ranks[id(new), part]) in unique,
        )
        for vente, part in shares
        if (new := vente.remplacantes.get(part)) is not None
    ]
    return tuple(sorted(found, key=lambda link: link.ancienne))


def _part(vente: Vente, part: str, rank: int) -> Part:
    saisie = vente.saisie
    return Part(
        cle=rank,
        beneficiaire=(vente.officine.numero, saisie.nir, saisie.naissance, saisie.rang, part),
        soins=saisie.date_soins,
        cents=vente.montant(part),
        envoi=cle_of(vente, part).lot_date,
        refus=tuple(
            reponse.date for reponse in vente.reponses if reponse.part == part and reponse.genre is Genre.REJETEE
        ),
    )
