"""Hooks of what is looked at: exports and indicators."""

from __future__ import annotations

from collections.abc import Iterable

from tiers_payant.domain import ExportSpec, IndicateurSpec
from tiers_payant.plugins.hookspecs._marque import hookspec

__all__ = ["tiers_payant_exports", "tiers_payant_indicateurs"]


@hookspec
def tiers_payant_exports() -> Iterable[ExportSpec]:  # type: ignore[empty-body]
    """Return ways to write a reconciliation as a file, each under a name that `tp.export` and `--export` take.

    `write` is given the result and a file open for bytes, once. What it writes replaces the file that was asked for
    when it is complete, and never before. A name belongs to one export alone: those of two plugins that claim it are
    both set aside and told, as is one that takes a name of the library's. One that raises is named, its file is not
    written, and the others are.

    Example:
        The credits that nothing explains, for the accounts of a group of pharmacies::

            import csv
            import io
            from tiers_payant.domain import EtatVirement, ExportSpec, hookimpl

            def write(result, out):
                text = io.StringIO(newline="")
                rows = csv.writer(text, delimiter=";")
                rows.writerow(["compte", "date", "cents"])
                lines = result.tables.virements
                for row in (result.etats_virements == EtatVirement.INEXPLIQUE).nonzero()[0].tolist():
                    rows.writerow([lines.compte[row].decode(), lines.date[row], int(lines.montant_cents[row])])
                out.write(text.getvalue().encode())

            @hookimpl
            def tiers_payant_exports():
                return [
                    ExportSpec(
                        name="exemple-471", label="crédits à mettre en compte d'attente", suffix=".csv", write=write,
                        provider="groupement-exemple",
                    )
                ]
    """


@hookspec
def tiers_payant_indicateurs() -> Iterable[IndicateurSpec]:  # type: ignore[empty-body]
    """Return numbers that sum a reconciliation up, for `tp.indicators` and `tiers-payant indicateurs`.

    `compute` is given a result and a day, once, and returns a number of its unit, or None when there is nothing to
    count. A name belongs to one indicator alone: those of two plugins that claim it are both set aside and told, as is
    one that takes a name of the library's. One that raises, or gives no number of its unit, is told as failed with its
    provider; the others are told all the same.

    Example:
        How many claims a group of pharmacies gives up, those of less than 2 EUR that are still owed::

            from tiers_payant.domain import IndicateurSpec, hookimpl

            def small(result, today):
                return sum(0 < creance.reste_cents < 200 for creance in result.creances)

            @hookimpl
            def tiers_payant_indicateurs():
                return [
                    IndicateurSpec(
                        name="exemple_petites", label="Créances de moins de 2 €, laissées", unite="nombre",
                        compute=small, source="the group's own rule", provider="groupement-exemple",
                    )
                ]
    """
