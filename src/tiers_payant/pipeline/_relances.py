"""A result to whom to remind today: deadlines, the annuaire completed by the lots, the plan, its letters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import attrs
import pluggy

from tiers_payant import dunning, rejets
from tiers_payant.domain import (
    Annuaire,
    Calendrier,
    Echanges,
    Echeancier,
    Entete,
    Lettre,
    LettreImpossible,
    Levee,
    ModeleSpec,
    MotifNirFictif,
    PlanRelances,
    Promesse,
    Rapprochement,
    Regles,
    RelancePolicy,
    Suspension,
    load_nir_fictifs,
)
from tiers_payant.dunning.lettres import check_redaction, merge_entetes, merge_modeles, redaction_faults, render_plan
from tiers_payant.pipeline._calendriers import calendar_of
from tiers_payant.pipeline._fichiers import source_error
from tiers_payant.plugins import annuaire_of, build_manager, gates_of, modeles_of, politiques_of, rendus_of
from tiers_payant.reports import relances_chunks

__all__ = ["plan_relances", "write_relances_json"]


def plan_relances(
    result: Rapprochement,
    *,
    today: dt.date,
    policy: RelancePolicy | None = None,
    annuaire: Annuaire | None = None,
    suspensions: Sequence[Suspension] = (),
    promesses: Sequence[Promesse] = (),
    echeanciers: Sequence[Echeancier] = (),
    levees: Sequence[Levee] = (),
    echanges: Echanges | None = None,
    entete: Entete | Iterable[Entete] | None = None,
    modeles: Iterable[ModeleSpec] = (),
    manager: pluggy.PluginManager | None = None,
    calendrier: Calendrier | str | None = None,
    regles: Regles | None = None,
    nirs_fictifs: Iterable[MotifNirFictif] | None = None,
) -> PlanRelances:
    """Say whom to remind today of what, and why the others are left alone. Nothing is written, nothing is sent.

    Args:
        result: A reconciliation.
        today: The day of the plan.
        policy: Who is reminded when and how; the one that plugins, or else the library, call `standard` when not given.
        annuaire: Whom to write to, over what plugins know. Patients whom neither knows are completed by the addresses
            of the lots (B2 2B and 2C); an insurer never is.
        suspensions: What holds claims back for a while.
        promesses: What debtors promised to pay.
        echeanciers: Instalment plans.
        levees: What people verified, and that holds back no more.
        echanges: Contacts made before, as `read_echanges` gives them; without them, everybody is at the first step.
        entete: In whose name letters are written, one for each officine; without it, a plan has no letters.
        modeles: Templates in place of those of plugins and of the library, or beside them: see `read_modeles`.
        manager: The plugins to ask; the built-in ones when not given.
        calendrier: The business calendar, or the name of one that plugins or the library bring; that of metropolitan
            France when not given.
        regles: The rules of law; those of the library when not given.
        nirs_fictifs: Patterns of numbers that stand for confidential care, for the plan and for its letters; those of
            `load_nir_fictifs` when not given.

    Raises:
        LetterError: Two templates of one name, or one at fault.
        TiersPayantError: A plugin fails, or what it brings contradicts another; two letterheads are of one officine.
    """
    plugins = manager or build_manager()
    jours = calendar_of(calendrier, plugins)
    fictifs = tuple(load_nir_fictifs() if nirs_fictifs is None else nirs_fictifs)
    heads = None if entete is None else merge_entetes([entete] if isinstance(entete, Entete) else entete)
    brought = tuple(modeles)
    checked = merge_modeles(brought)
    known = dunning.with_patients(annuaire_of(plugins).with_contacts(annuaire or ()), result, today)
    history = Echanges.empty() if echanges is None else echanges
    plan = dunning.plan(
        result,
        rejets.deadlines(result, today=today, calendrier=jours),
        policy=policy or politiques_of(plugins)["standard"],
        today=today,
        annuaire=known,
        suspensions=suspensions,
        promesses=promesses,
        echeanciers=echeanciers,
        levees=levees,
        echanges=history,
        calendrier=jours,
        regles=regles,
        nirs_fictifs=fictifs,
        gates=gates_of(plugins),
    )
    words = {**modeles_of(plugins), **{one.name: checked[one.name] for one in brought}}
    told = dunning.constats_of(
        result, today=today, suspensions=suspensions, promesses=promesses, echeanciers=echeanciers, echanges=history
    )
    rendus = rendus_of(plugins)
    faults = redaction_faults(plan, heads, words, rendus)
    plan = attrs.evolve(plan, constats=attrs.evolve(told, redaction=faults))
    if heads is None:
        return plan

    def redaction(asked: PlanRelances) -> Iterator[Lettre | LettreImpossible]:
        check_redaction(asked, heads, words, rendus)
        return render_plan(
            result, asked, heads, history, suspensions=suspensions, nirs_fictifs=fictifs, regles=regles, modeles=words,
            rendus=rendus,
        )  # fmt: skip

    return attrs.evolve(plan, redaction=redaction)


def write_relances_json(plan: PlanRelances, result: Rapprochement, path: str | Path) -> None:
    """Write *plan* as JSON of schema `tiers-payant/relances-plan/1`: same facts, same bytes.

    Raises:
        SourceError: The file cannot be written.
    """
    try:
        with Path(path).open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(relances_chunks(plan, result))
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        raise source_error(Path(path), error) from error
