"""`tiers-payant plugins`: who is plugged in, what is wrong with them, who reads a file, and a new one."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tiers_payant.cli._ecran import DONE, NOTHING, WITH_PROBLEMS
from tiers_payant.cli._greffons import add_greffons, cause, manager_of, remedy
from tiers_payant.cli._parser import Commands, FrenchParser
from tiers_payant.cli._plugins_new import add_new

if TYPE_CHECKING:
    from tiers_payant.pipeline import Trace
    from tiers_payant.plugins import Greffon, PluginManager, Verdict

__all__ = ["add_to"]

_HORS_BORNES = "un score qui n'est pas de 0 à 1"


def add_to(commands: Commands) -> None:
    """Hang the command, and those of its own, on the parser."""
    parser = commands.add_parser("plugins", help="montre les greffons, ce qui ne va pas, et qui lit un fichier")
    actions = parser.add_subparsers(metavar="ACTION", required=True, title="actions", parser_class=FrenchParser)

    known = actions.add_parser("list", help="tous les greffons, et ce qu'ils apportent")
    add_greffons(known)
    known.set_defaults(command=_list)

    doctor = actions.add_parser("doctor", help="interroge chaque greffon, et dit que faire de ceux qui sont en défaut")
    add_greffons(doctor)
    doctor.set_defaults(command=_doctor)

    trace = actions.add_parser("trace", help="dit quel format lit un fichier, et pourquoi pas les autres")
    trace.add_argument("path", metavar="FICHIER", help="un fichier ; gzip et zip sont ouverts")
    add_greffons(trace)
    trace.set_defaults(command=_trace)

    add_new(actions)


def _list(arguments: argparse.Namespace) -> int:
    from tiers_payant.formats import printed_table

    manager = manager_of(arguments)
    headings = ("greffon", "version", "distribution", "origine", "API", "état", "apporte")
    print("\n".join(printed_table(headings, [_row(manager, greffon) for greffon in manager.greffons])))
    return DONE


def _row(manager: PluginManager, greffon: Greffon) -> tuple[str, ...]:
    codes = sorted({one.code.value for one in manager.quarantaines if one.plugin == greffon.name and not one.hook})
    hooks = ", ".join(hook.removeprefix("tiers_payant_") for hook in greffon.hooks)
    state = "actif" if greffon.actif else f"à l'écart ({', '.join(codes)})"
    return (
        greffon.name, greffon.version, greffon.distribution, greffon.origine.value, greffon.requires_api, state, hooks
    )  # fmt: skip


def _doctor(arguments: argparse.Namespace) -> int:
    from tiers_payant.domain import counted, printable
    from tiers_payant.plugins import consult

    manager = manager_of(arguments)
    refusals = consult(manager)
    quarantaines = manager.quarantaines
    del arguments.manager  # all is told here
    print(f"{counted(len(manager.greffons), 'greffon')}, {counted(len(quarantaines), 'mise')} à l'écart.")
    for one in quarantaines:
        who = " ".join(part for part in (one.plugin, one.version) if part)
        print()
        print(printable(f"{who} : {one.hook or 'au chargement'} : {one.code}"))
        for label, text in (("cause", cause(one)), ("à faire", remedy(one)), ("pour l'éditeur", one.raison)):
            print(f"  {label} : {printable(text)}")
    told = {one.raison for one in quarantaines}
    for refusal in refusals:
        if refusal.raison not in told:
            print(f"\n{refusal.hook} : rien n'est conclu tant que ce n'est pas réglé")
            print(f"  pour l'éditeur : {printable(refusal.raison)}")
    return WITH_PROBLEMS if quarantaines or refusals else DONE


def _trace(arguments: argparse.Namespace) -> int:
    from tiers_payant.domain import printable
    from tiers_payant.formats import printed_table
    from tiers_payant.pipeline import trace_formats

    traces = trace_formats(arguments.path, manager=manager_of(arguments))
    for trace in traces:
        print(f"{printable(trace.nom)} : {_reader(trace)}")
        if trace.verdicts:
            headings = ("format", "greffon", "version", "score", "ms", "verdict")
            print("\n".join(printed_table(headings, [_judged(trace, verdict) for verdict in trace.verdicts])))
    return DONE if any(trace.claim.spec is not None for trace in traces) else NOTHING


def _reader(trace: Trace) -> str:
    if trace.problem is not None:
        return trace.problem.message_fr
    if trace.ecrit_ici:
        return "écrit par tiers-payant, il n'est pas relu"
    if trace.claim.spec is not None:
        return f"lu par {trace.claim.spec.name} ({trace.claim.spec.provider})"
    return "à égalité entre plusieurs greffons, personne ne le lit" if trace.claim.tied else "personne ne le reconnaît"


def _judged(trace: Trace, verdict: Verdict) -> tuple[str, ...]:
    spec = verdict.spec
    return (
        spec.name, spec.provider, spec.version, f"{verdict.score:.2f}", f"{verdict.secondes * 1000:.1f}",
        _verdict(trace, verdict),
    )  # fmt: skip


def _verdict(trace: Trace, verdict: Verdict) -> str:
    """Say why this format reads the file, or why it does not."""
    if verdict.spec is trace.claim.spec:
        return "lit le fichier"
    if verdict.spec in trace.claim.tied:
        return "à égalité"
    if verdict.faute:
        return f"en défaut ({_HORS_BORNES if verdict.faute == 'out of bounds' else verdict.faute})"
    if verdict.score == 0:
        return "ne le reconnaît pas"
    best = max(each.score for each in trace.verdicts)
    return "s'efface devant un greffon aussi sûr" if verdict.score == best else "moins sûr"
