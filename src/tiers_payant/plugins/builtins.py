"""The library's own formats, payers, passes, letters and the rest, through the same hooks as a vendor's."""

from __future__ import annotations

from collections.abc import Iterable

from tiers_payant.domain import (
    CalendrierSpec,
    CheckSpec,
    CodeRejet,
    ExportSpec,
    FormatSpec,
    IndicateurSpec,
    JournalSpec,
    ModeleSpec,
    PassReponseSpec,
    PassSpec,
    Payeur,
    RelancePolicy,
    RendererSpec,
    calendriers_territoires,
    hookimpl,
    load_payeurs,
)

__all__ = [
    "tiers_payant_calendriers",
    "tiers_payant_codes_rejets",
    "tiers_payant_controles",
    "tiers_payant_exports",
    "tiers_payant_formats",
    "tiers_payant_indicateurs",
    "tiers_payant_journaux",
    "tiers_payant_modeles",
    "tiers_payant_passes",
    "tiers_payant_payeurs",
    "tiers_payant_politiques",
    "tiers_payant_rendus",
]


@hookimpl
def tiers_payant_formats() -> Iterable[FormatSpec]:
    """Return B2, NOÉMIE, CAMT.052, 053 and 054, CFONB 120 and 240, the map of officines and the neutral tables."""
    from tiers_payant.formats import FORMATS  # here: the readers load numpy and lxml

    return FORMATS


@hookimpl
def tiers_payant_payeurs() -> Iterable[Payeur]:
    """Return the payers of `domain/data/payeurs.toml`."""
    return load_payeurs().payeurs


@hookimpl
def tiers_payant_codes_rejets() -> Iterable[CodeRejet]:
    """Return the public codes of `rejets/data/codes.csv`."""
    from tiers_payant.rejets import load_codes  # here: most runs classify nothing

    return load_codes().lignes


@hookimpl
def tiers_payant_controles() -> Iterable[CheckSpec]:
    """Return the checks of `rejets`, which judge codes by the lists of the B2 layout."""
    from tiers_payant.formats import listes
    from tiers_payant.rejets import CodesConnus, controles

    known = listes("b2")
    return controles(
        CodesConnus(
            regimes=[code.code for code in known["REGIME"]],
            natures=[code.code for code in known["NATURE_ASSURANCE"]],
            exonerations=[code.code for code in known["EXONERATION"]],
            paiements=[code.code for code in known["PAIEMENT"]],
            actes=[code.code for code in known["ACTE"]],
        )
    )


@hookimpl
def tiers_payant_modeles() -> Iterable[ModeleSpec]:
    """Return the templates of `dunning/lettres/modeles`."""
    from tiers_payant.dunning.lettres import load_modeles  # here: most runs write no letter

    return load_modeles().values()


@hookimpl
def tiers_payant_rendus() -> Iterable[RendererSpec]:
    """Return text, HTML, PDF, e-mail, script, bordereau and hand-over."""
    from tiers_payant.dunning.lettres import RENDUS

    return RENDUS


@hookimpl
def tiers_payant_politiques() -> Iterable[RelancePolicy]:
    """Return the policy of `domain/data/relances_standard.toml`."""
    return [RelancePolicy.standard()]


@hookimpl
def tiers_payant_passes() -> Iterable[PassSpec | PassReponseSpec]:
    """Return the passes that end in one answer or one credit; sums and credits without return are no plugin's."""
    from tiers_payant.matching import PASSES, REPONSES

    return (*REPONSES, *PASSES)


@hookimpl
def tiers_payant_calendriers() -> Iterable[CalendrierSpec]:
    """Return the public holidays of each territory, from `domain/data/jours_feries.toml`."""
    return calendriers_territoires()


@hookimpl
def tiers_payant_exports() -> Iterable[ExportSpec]:
    """Return the JSON of a reconciliation, as `write_json` writes it."""
    from tiers_payant.reports import EXPORTS

    return EXPORTS


@hookimpl
def tiers_payant_indicateurs() -> Iterable[IndicateurSpec]:
    """Return the indicators of `reports`."""
    from tiers_payant.reports import INDICATEURS

    return INDICATEURS


@hookimpl
def tiers_payant_journaux() -> Iterable[JournalSpec]:
    """Return `dossier`, the run files beside the letters."""
    from tiers_payant.journal import JOURNAUX  # here: most runs keep no history

    return JOURNAUX
