"""`tiers-payant formats`: the tables that files are read with, as a specification prints them."""

from __future__ import annotations

import argparse
from pathlib import Path

from tiers_payant.cli._ecran import DONE, USAGE, complain
from tiers_payant.cli._greffons import add_greffons, manager_of
from tiers_payant.cli._parser import Commands, FrenchParser, add_layouts, day

__all__ = ["add_to"]


def add_to(commands: Commands) -> None:
    """Hang the command, and its three of its own, on the parser."""
    parser = commands.add_parser("formats", help="montre les tables de formats, et vérifie leurs corrections")
    actions = parser.add_subparsers(metavar="ACTION", required=True, title="actions", parser_class=FrenchParser)

    known = actions.add_parser("list", help="tous les formats connus")
    add_greffons(known)
    known.set_defaults(command=_list)

    show = actions.add_parser("show", help="la table d'un format, comme une spécification l'imprime")
    show.add_argument("name", metavar="NOM", help="nom du format, tel que le donne formats list")
    show.add_argument("record", metavar="ENREGISTREMENT", nargs="?", default="", help="un seul enregistrement")
    add_layouts(show)
    add_greffons(show)
    show.add_argument("--reference", metavar="REF", default="", help="référence ou norme du fichier")
    show.add_argument("--ref-version", metavar="V", default="", help="version de cette référence")
    show.add_argument("--date", metavar="JOUR", type=day, help="date du fichier (JJ/MM/AAAA)")
    show.set_defaults(command=_show)

    check = actions.add_parser("check", help="prouve les corrections d'un dossier, et dit ce qu'elles changent")
    check.add_argument("folder", metavar="DOSSIER", type=Path, help="dossier de corrections (TOML)")
    check.set_defaults(command=_check)


def _list(arguments: argparse.Namespace) -> int:
    from tiers_payant.formats import balises_of, layout_names, load_layout, printed_table
    from tiers_payant.plugins import formats_of

    rows = []
    for spec in sorted(formats_of(manager_of(arguments)), key=lambda spec: (spec.name, spec.provider)):
        balises = balises_of(spec.name)
        if spec.name in layout_names():
            layout = load_layout(spec.name)
            told = (layout.reference, layout.version, str(len(layout.records)), layout.confiance_min)
        else:
            told = ("", "", "", balises.confidence if balises else "")
        rows.append((spec.name, spec.provider, *told, spec.label))
    headings = ("nom", "fournisseur", "références", "version", "enreg.", "conf.", "libellé")
    print("\n".join(printed_table(headings, rows)))
    print("\nconf. : la confiance la plus faible de la table, A, B ou C ; rien quand il n'y a pas de table.")
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    from tiers_payant.formats import balises_of, balises_text, layout_for, layout_names, layout_text
    from tiers_payant.pipeline import read_surcharges
    from tiers_payant.plugins import formats_of

    known = {spec.name: spec for spec in formats_of(manager_of(arguments))}
    balises = balises_of(arguments.name)
    if arguments.name in layout_names():
        layout = layout_for(
            arguments.name,
            read_surcharges(arguments.layouts),
            reference=arguments.reference,
            version=arguments.ref_version,
            jour=arguments.date,
        )
        if arguments.record and arguments.record not in layout.records:
            complain(f"{arguments.name} n'a pas d'enregistrement {arguments.record} : {', '.join(layout.records)}")
            return USAGE
        print(layout_text(layout, arguments.record))
    elif arguments.name not in known:
        complain(f"format inconnu : {arguments.name} ; tiers-payant formats list les donne tous")
        return USAGE
    else:
        print(f"{known[arguments.name].label} ({arguments.name})")
        print(balises_text(balises) if balises else "Ce format n'a pas de table de positions.")
    return DONE


def _check(arguments: argparse.Namespace) -> int:
    from tiers_payant.formats import check_surcharges, printed_table
    from tiers_payant.pipeline import read_surcharges

    layouts = check_surcharges(read_surcharges(arguments.folder))
    changes = sorted({(layout.id, change) for layout in layouts for change in layout.changements}, key=str)
    rows = [
        (
            change.fichier,
            name,
            f"{change.record}.{change.field}" if change.field else change.record,
            change.action,
            change.avant,
            change.apres,
            change.source,
        )
        for name, change in changes
    ]
    print("\n".join(printed_table(("fichier", "format", "champ", "action", "avant", "après", "source"), rows)))
    tables = f"{len(layouts)} tables corrigées sont" if len(layouts) > 1 else "La table corrigée est"
    print(f"\n{tables} sans contradiction : ni trou, ni recouvrement, longueurs, listes et sources connues.")
    return DONE
