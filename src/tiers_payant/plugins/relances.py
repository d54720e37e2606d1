"""What plugins bring to dunning: policies, addressees, gates."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pluggy

from tiers_payant.domain import Annuaire, Contact, GateSpec, RelancePolicy
from tiers_payant.errors import GateError, LayoutError, PolicyError, shape
from tiers_payant.plugins._demandes import specs_of
from tiers_payant.plugins._greffons import BUILTIN

__all__ = ["annuaire_of", "gates_of", "politiques_of"]


def politiques_of(manager: pluggy.PluginManager) -> Mapping[str, RelancePolicy]:
    """Return every dunning policy, by name: the library's, replaced and completed by those of plugins.

    Raises:
        PolicyError: A plugin fails, what it brings is no policy, or two plugins bring one name; they are named.
    """
    found: dict[str, tuple[str, RelancePolicy]] = {}
    for name, policy in specs_of(manager, "tiers_payant_politiques", RelancePolicy, PolicyError):
        other = found.get(policy.nom, (BUILTIN, policy))[0]
        if BUILTIN not in (name, other):
            raise PolicyError(f"policy {policy.nom!r}: brought by {_both(name, other)}")
        if name != BUILTIN or policy.nom not in found:
            found[policy.nom] = name, policy
    return MappingProxyType({nom: found[nom][1] for nom in sorted(found)})


def annuaire_of(manager: pluggy.PluginManager) -> Annuaire:
    """Return every addressee that the plugins of *manager* know.

    Raises:
        LayoutError: A plugin fails, what it brings is no addressee, or a customer without its officine, or two bring
            one id on the same day; they are named, and the id is not.
    """
    found: dict[str, list[tuple[str, Contact]]] = {}
    for name, contact in specs_of(manager, "tiers_payant_annuaires", Contact, LayoutError):
        if contact.anybodys:
            raise LayoutError(f"contact '{shape(contact.id)}' of {name}: a customer without its officine")
        before = found.setdefault(contact.id, [])
        for other, one in before:
            if one.overlaps(contact):
                raise LayoutError(f"contact '{shape(contact.id)}': brought twice for one day, by {_both(name, other)}")
        before.append((name, contact))
    ordered = [
        contact for id_ in sorted(found) for _, contact in sorted(found[id_], key=lambda pair: str(pair[1].du or ""))
    ]
    return Annuaire(contacts=ordered)


def gates_of(manager: pluggy.PluginManager) -> tuple[GateSpec, ...]:
    """Return every gate that the plugins of *manager* bring, by name.

    Raises:
        GateError: A plugin fails, what it brings is no gate, or two gates have one name; both providers are told.
    """
    found: dict[str, GateSpec] = {}
    for _, gate in specs_of(manager, "tiers_payant_gates", GateSpec, GateError):
        if gate.name in found:
            raise GateError(f"gate {gate.name}: brought by {_both(gate.provider, found[gate.name].provider)}")
        found[gate.name] = gate
    return tuple(found[name] for name in sorted(found))


def _both(one: str, other: str) -> str:
    return " and ".join(sorted((one, other)))
