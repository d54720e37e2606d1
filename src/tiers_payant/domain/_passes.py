"""What a plugin brings to recognise more: passes from announced groups to bank lines, and from answers to shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain._libelles import Textes
from tiers_payant.domain.tables import Tables
from tiers_payant.errors import PassError

__all__ = ["Paires", "PassReponseSpec", "PassSpec", "pass_text"]

Rows = npt.NDArray[np.int64]

_COMMUN = frozenset({"officine", "lot", "facture", "payeur", "cents", "nir", "naissance", "amc"})
_JOURS = ("lot_date", "reponse_date", "seule_date")


def pass_text(instance: Any, field: attrs.Attribute[Any], value: object) -> None:
    """Check the name or the sentence of a pass; a validator: a wrong name would fail far from where it was given.

    Raises:
        PassError: It is no text, or an empty one.
    """
    if not isinstance(value, str) or not value:
        raise PassError(f"pass {instance.name!r}: {field.name}: expected a text, got {value!r}")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Paires:
    """The pairs that a pass is asked about: an announced group, and a bank line that may settle it.

    Both arrays are of one length and read-only: `groupes[i]` may go with `virements[i]`.
    """

    tables: Tables
    """Every fact of the officines that are matched together."""
    textes: Sequence[Textes]
    """What the text of each bank line says, for every row of `tables.virements`: the payer it names, its words."""
    groupes: Rows
    """int64, rows of `tables.groupes`."""
    virements: Rows
    """int64, rows of `tables.virements`."""

    def __len__(self) -> int:
        return len(self.groupes)


@attrs.frozen(kw_only=True)
class PassSpec:
    """One way to recognise the credit of a group.

    Every pass is asked about the same candidates: pairs of one net amount, within the time that a transfer is
    remembered, on an account that may be the officine's, less what the passes before it settled. `keeps` says which
    pairs it believes; those that are unique both ways among them are settled, and a tie is proposed to a person.

    Raises:
        PassError: Its name or its sentence is no text.
    """

    name: str = attrs.field(validator=pass_text)
    """Written on each link that it makes."""
    label: str = attrs.field(validator=pass_text)
    """What it means, in French."""
    keeps: Callable[[Paires], npt.NDArray[np.bool_]]
    """Says yes or no of each pair. A function of a module where the matching is handed to other processes."""
    in_period: bool = True
    """Whether it settles only in the period of the policy, and nothing that chance may have made: what only an amount
    and a payer decide. False for a pass that reads a reference, which says what is paid whenever it is. An older
    transfer stays a rival for the credit all the same: it may be the one that is paid, late."""
    provider: str = "tiers-payant"
    """The distribution that brings it."""
    version: str = attrs.field(default="", eq=False)
    """Not compared: a pass of the library is known by what it does, whoever writes a version on it."""
    requires_api: str = ""


def _shared(spec: PassReponseSpec, field: attrs.Attribute[tuple[str, ...]], value: object) -> None:
    if not isinstance(value, tuple) or not value or not all(isinstance(one, str) and one in _COMMUN for one in value):
        raise PassError(f"pass {spec.name!r}: {field.name}: expected a tuple of some of {', '.join(sorted(_COMMUN))}")


def _day(spec: PassReponseSpec, field: attrs.Attribute[str], value: object) -> None:
    if value not in _JOURS:
        raise PassError(f"pass {spec.name!r}: {field.name}: expected one of {', '.join(_JOURS)}, got {value!r}")


@attrs.frozen(kw_only=True)
class PassReponseSpec:
    """One way to recognise which share an answer is about when no facture has its key.

    What the two may have in common: `officine`, `lot`, `facture`, `payeur` (who owes the share, and what the sender of
    the answer pays: the AMO or an AMC), `cents` (billed; asked or, when the answer does not repeat it, announced),
    `nir`, `naissance`, `amc`.

    Raises:
        PassError: Its name or its sentence is no text, or what it names is none of these.
    """

    name: str = attrs.field(validator=pass_text)
    """Written on each link that it makes."""
    label: str = attrs.field(validator=pass_text)
    """What it means, in French."""
    egales: tuple[str, ...] = attrs.field(validator=_shared)
    """What the share and the answer have in common."""
    jour: str = attrs.field(default="reponse_date", validator=_day)
    """What is compared with the date of the lot billed: `lot_date`, the one that the answer tells; `reponse_date`, the
    day of the answer; `seule_date`, that day when the answer tells no lot date."""
    provider: str = "tiers-payant"
    """The distribution that brings it."""
    version: str = attrs.field(default="", eq=False)
    requires_api: str = ""
