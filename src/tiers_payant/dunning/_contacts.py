"""The contacts of a plan: claims of one addressee at one step, what they cost and may bring, under a stable id."""

from __future__ import annotations

import datetime as dt
from hashlib import blake2b
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Creances, Relances, RelancesCreances, mixed
from tiers_payant.dunning._debiteurs import GENRES
from tiers_payant.dunning._etude import Etude
from tiers_payant.dunning._interets import indemnite_cents, interets
from tiers_payant.dunning._jours import INCONNU
from tiers_payant.dunning._levees import JAMAIS
from tiers_payant.dunning._paliers import Mesures
from tiers_payant.dunning._preparation import Preparation
from tiers_payant.dunning._une_fois import Gardees

__all__ = ["contacts_of"]

Rows = npt.NDArray[np.int64]

_ID_BYTES = 10
_TEXT = 64
"""Characters of a number that an id is made of: one width, so that the longest text of a book changes no id."""


@attrs.frozen(kw_only=True, eq=False)
class _Contacts:
    """Claims by contact: those of one contact stand together, in the order of créances."""

    rows: Rows
    """Claims, as rows of `Dues`."""
    starts: Rows
    """Where each contact begins in them."""
    de: Rows
    """For each claim, its contact."""
    porteuse: Rows
    """For each contact, the claim that decided."""
    place: Rows
    """For each contact, the place of its step in the scenario."""

    def __len__(self) -> int:
        return len(self.starts)

    def summed(self, cents: Rows) -> Rows:
        """Return the sum of each contact."""
        return np.add.reduceat(cents, self.starts) if len(self) else np.empty(0, dtype=np.int64)


def contacts_of(
    ready: Preparation, etude: Etude, mesures: Mesures, gardees: Gardees, today: dt.date, seen: Rows
) -> tuple[Relances, RelancesCreances]:
    """Gather the claims to which a step is applied.

    Args:
        ready: What is planned.
        etude: The claims.
        mesures: What steps cost.
        gardees: The claims asked for, and the step of each.
        today: The day of the plan.
        seen: For each claim that a levée freed, the day on which somebody had looked, from 1970; `JAMAIS` for others.
    """
    contacts = _gathered(gardees)
    columns = _columns(ready, etude, mesures, contacts, today)
    ids = _ids(etude, contacts, columns["palier"], today)
    order = np.lexsort((ids, -columns["gain_cents"]))
    relances = Relances.of(len(order), id=ids[order], **{name: column[order] for name, column in columns.items()})
    return relances, _members(etude, contacts, order, today, seen)


def _gathered(gardees: Gardees) -> _Contacts:
    order = np.argsort(gardees.groupe, kind="stable")
    ranked, places, groups = gardees.rows[order], gardees.place[order], gardees.groupe[order]
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    de = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(ranked))))
    by_claim = np.lexsort((ranked, de))
    return _Contacts(rows=ranked[by_claim], starts=starts, de=de, porteuse=ranked[starts], place=places[starts])


def _columns(
    ready: Preparation, etude: Etude, mesures: Mesures, contacts: _Contacts, today: dt.date
) -> dict[str, npt.NDArray[Any]]:
    vue, dues = etude.vue, etude.vue.dues
    carrier = contacts.porteuse
    debtors, consignes = dues.debiteur[carrier], vue.consignes.de[carrier]
    addressee = vue.destinataires.de[debtors]
    names = np.array([*(one.id.encode("ascii") for one in vue.destinataires.contacts), b""], dtype="S")
    cents = contacts.summed(dues.reste[contacts.rows])
    paliers = _said(etude, consignes, contacts.place)
    return {
        "officine": _tight(dues.debiteurs.officines[debtors]),
        "debiteur": _tight(dues.debiteurs.noms[debtors]),
        "contact": _tight(names[addressee]),
        "type": np.array([genre.encode() for genre in GENRES], dtype="S")[vue.genres[carrier]],
        "palier": paliers[0],
        "niveau": contacts.place + 1,
        "canal": paliers[1],
        "porteuse": dues.rangs[carrier].astype(np.int32),
        "creances": np.diff(np.append(contacts.starts, len(contacts.rows))),
        "cents": cents,
        "interets_cents": contacts.summed(_interest(ready, etude, contacts.rows, today)),
        "indemnite_cents": _indemnities(ready, etude, contacts, today),
        "cout_cents": mesures.cout[consignes, contacts.place],
        "gain_cents": mesures.gain(consignes, contacts.place, cents),
        "precedent": etude.contacte[debtors],
    }


def _tight(column: npt.NDArray[np.bytes_]) -> npt.NDArray[np.bytes_]:
    """Return texts as wide as the longest: what else the book holds does not show."""
    return column.astype(f"S{max(1, int(np.char.str_len(column).max(initial=0)))}")


def _said(etude: Etude, consignes: Rows, places: Rows) -> tuple[npt.NDArray[np.bytes_], npt.NDArray[np.bytes_]]:
    """Return the code and the channel of each step."""
    steps = list(etude.echelle.each(consignes, places))
    codes, canaux = ([getattr(step, name).encode() for step, _ in steps] for name in ("code", "canal"))
    of = np.zeros(len(places), dtype=np.int64)
    for number, (_, rows) in enumerate(steps):
        of[rows] = number
    return np.array(codes, dtype="S")[of], np.array(canaux, dtype="S")[of]


def _interest(ready: Preparation, etude: Etude, rows: Rows, today: dt.date) -> Rows:
    """Return the interest of each claim whose scenario claims it, from its mise en demeure on."""
    consignes = etude.vue.consignes
    claims = np.array([bool(one.scenario and one.scenario.interets) for one in consignes.toutes], dtype=np.bool_)
    found = np.zeros(len(rows), dtype=np.int64)
    some = np.flatnonzero(claims[consignes.de[rows]])
    mine = rows[some]
    found[some] = interets(etude.vue.dues.reste[mine], etude.histoire.mise_en_demeure[mine], today, ready.regles)[0]
    return found


def _indemnities(ready: Preparation, etude: Etude, contacts: _Contacts, today: dt.date) -> Rows:
    """Return the fixed indemnity of each contact: once for each facture that is late, where the scenario claims it."""
    found = np.zeros(len(contacts), dtype=np.int64)
    consignes, mine = etude.vue.consignes.toutes, etude.vue.consignes.de[contacts.porteuse]
    claims = np.array([bool(one.scenario and one.scenario.indemnite) for one in consignes], dtype=np.bool_)
    late = contacts.summed((_late_days(etude, contacts.rows, today) > 0).astype(np.int64))
    for number in np.flatnonzero(claims[mine]).tolist():
        genre = consignes[int(mine[number])].genre
        if genre is not None:
            found[number] = indemnite_cents(genre, int(late[number]), today, ready.regles)
    return found


def _late_days(etude: Etude, rows: Rows, today: dt.date) -> Rows:
    """Return the calendar days of each claim beyond its échéance."""
    late: Rows = (np.datetime64(today) - etude.vue.dues.echeance[rows]).astype(np.int64)
    return late


def _ids(etude: Etude, contacts: _Contacts, paliers: npt.NDArray[np.generic], today: dt.date) -> npt.NDArray[np.bytes_]:
    """Return the id of each contact: a digest of officine, debtor, step, day and claims."""
    dues = etude.vue.dues
    words = _words(dues.creances, dues.rangs[contacts.rows])
    said = words[np.lexsort((words, contacts.de))].tobytes()
    bounds = (np.append(contacts.starts, len(words)) * words.itemsize).tolist()
    debtors = dues.debiteur[contacts.porteuse]
    day = b"\0" + today.isoformat().encode() + b"\0"
    named = zip(
        dues.debiteurs.officines[debtors].tolist(), dues.debiteurs.noms[debtors].tolist(), paliers.tolist(),
        bounds[:-1], bounds[1:], strict=True,
    )  # fmt: skip
    digests = [
        blake2b(officine + b"\0" + name + b"\0" + palier + day + said[first:last], digest_size=_ID_BYTES).digest()
        for officine, name, palier, first, last in named
    ]
    return np.frombuffer(b"".join(digests).hex().encode(), dtype=f"S{2 * _ID_BYTES}")


def _words(creances: Creances, rows: Rows) -> npt.NDArray[np.uint64]:
    """Return a word of 64 bits for the key of each créance, the same in every book."""
    keys = [_wide(column[rows]) for column in (creances.officine, creances.lot, creances.facture)]
    return mixed([*keys, creances.lot_date[rows], creances.part[rows]]).astype("<u8")


def _wide(column: npt.NDArray[np.bytes_]) -> npt.NDArray[np.bytes_]:
    return column.astype(f"S{max(_TEXT, -(-column.dtype.itemsize // _TEXT) * _TEXT)}")


def _members(etude: Etude, contacts: _Contacts, order: Rows, today: dt.date, seen: Rows) -> RelancesCreances:
    """Return which claims each contact is about, contacts in *order*."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    relance = place[contacts.de]
    rows = np.argsort(relance, kind="stable")
    claims, echeance = contacts.rows[rows], etude.vue.dues.echeance
    return RelancesCreances.of(
        len(rows),
        relance=relance[rows].astype(np.int32),
        creance=etude.vue.dues.rangs[claims].astype(np.int32),
        cents=etude.vue.dues.reste[claims],
        echeance=echeance[claims],
        retard=_late_days(etude, claims, today),
        verifiee=np.where(seen[claims] == JAMAIS, INCONNU, seen[claims].astype("datetime64[D]")),
    )
