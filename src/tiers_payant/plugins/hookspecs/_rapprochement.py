"""Hooks of the matching: payers, passes, and the calendars that days are counted by."""

from __future__ import annotations

from collections.abc import Iterable

from tiers_payant.domain import CalendrierSpec, PassReponseSpec, PassSpec, Payeur
from tiers_payant.plugins.hookspecs._marque import hookspec

__all__ = ["tiers_payant_calendriers", "tiers_payant_passes", "tiers_payant_payeurs"]


@hookspec
def tiers_payant_payeurs() -> Iterable[Payeur]:  # type: ignore[empty-body]
    """Return the payers, as bank lines name them, that this plugin brings.

    They replace the library's of the same id, and complete the others; a text that a plugin claims is taken away from
    the library's payers. Two plugins that claim one text on the same day contradict each other: nothing is reconciled
    then, and the error names both payers.

    Example:
        A regional mutuelle that pays the compulsory part too, under a name of its own since 2026::

            from datetime import date
            from tiers_payant.domain import Payeur, hookimpl

            @hookimpl
            def tiers_payant_payeurs():
                return [
                    Payeur(
                        id="mutuelle-exemple", nom="Mutuelle d'Exemple", textes=("MUT EXEMPLE",),
                        emetteurs=frozenset({"OC", "SM"}), du=date(2026, 1, 1), source="the site's own statements",
                    )
                ]
    """


@hookspec
def tiers_payant_passes() -> Iterable[PassSpec | PassReponseSpec]:  # type: ignore[empty-body]
    """Return more ways to recognise what a bank line pays, or what an answer is about.

    A `PassSpec` is asked about pairs of an announced group and a bank line of its net; a `PassReponseSpec` says what an
    answer and a share must have in common. They are asked after the library's own of their kind, those of all plugins
    by name, about what nothing before them settled. The laws hold for them as for ours: a pair is settled when it is
    the only one of both its ends among those that the pass believes, a tie is proposed, and the money is a gate that no
    pass opens. A name belongs to one pass alone: two of one name are an error that tells both providers. A pass that
    raises, or gives anything but a yes or no for each pair, is named, and nothing is concluded. `reconcile` asks them;
    `suivre`, which keeps of a book only what the library's passes look at, does not.

    Example:
        A bank that writes the provider number of the officine and the day of the transfer on each line::

            import numpy as np
            from tiers_payant.domain import PassSpec, hookimpl

            def day_is_told(paires):
                groupes = paires.tables.groupes
                rows = zip(paires.groupes.tolist(), paires.virements.tolist(), strict=True)
                told = [
                    f"{groupes.officine[groupe].decode()}J{groupes.date[groupe]}".replace("-", "")
                    in paires.textes[virement].compact
                    for groupe, virement in rows
                ]
                return np.array(told, dtype=np.bool_)

            @hookimpl
            def tiers_payant_passes():
                return [
                    PassSpec(
                        name="exemple_jour_ecrit", label="le relevé porte l'officine et le jour du règlement",
                        keeps=day_is_told, in_period=False, provider="banque-exemple",
                    )
                ]
    """


@hookspec
def tiers_payant_calendriers() -> Iterable[CalendrierSpec]:  # type: ignore[empty-body]
    """Return business calendars, each under a name that `calendrier=` and `--calendrier` take.

    The library brings the public holidays of each territory, under the name of the territory. A name belongs to one
    calendar alone: those of two plugins that claim it are both set aside and told, as is one that takes the name of a
    territory. Days off count as public holidays wherever days are counted, delays of law included: bring those on which
    whoever must act does not work, never the closing days of one officine, which lengthen no delay.

    Example:
        A town of Martinique whose caisse keeps one more day, by custom::

            from datetime import date
            from tiers_payant.domain import Calendrier, CalendrierSpec, hookimpl

            @hookimpl
            def tiers_payant_calendriers():
                return [
                    CalendrierSpec(
                        name="ville-exemple", label="Ville-Exemple : Martinique, et la fête de la ville",
                        calendrier=Calendrier("martinique", fermetures={date(2026, 2, 16): "Fête de la ville"}),
                        provider="lgo-exemple",
                    )
                ]
    """
