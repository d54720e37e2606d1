"""Policies of dunning side by side: one column each, what they did, what they may bring, what they got wrong."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence

from tiers_payant.domain import BilanRelances, Canal, counted, format_cents, insecable, printable
from tiers_payant.reports._relances_texte import CANAUX

__all__ = ["bilans_text"]

WIDTH = 100
_LABEL = 34
_LEAST, _TOLD = 14, 10

_ROWS: tuple[tuple[str, Callable[[BilanRelances], str]], ...] = (
    ("Contacts", lambda one: _number(one.contacts)),
    ("Créances relancées", lambda one: _number(one.creances)),
    ("Réclamé, à la première relance", lambda one: format_cents(one.reclame_cents)),
    ("Coût", lambda one: format_cents(one.cout_cents)),
    ("Gain attendu par les plans", lambda one: format_cents(one.gain_cents)),
    ("Espéré d'impayés jamais réglés", lambda one: format_cents(one.recouvre_cents)),
    ("Espéré plus tôt que réglé", lambda one: format_cents(one.avance_cents)),
    ("  avance moyenne, jours", lambda one: _number(one.avance_jours)),
    ("Âge médian à la 1re relance, jours", lambda one: _age(one.age_median_jours)),
    ("Forclusions devancées", lambda one: _number(one.forclusions_evitees)),
    ("  pour", lambda one: format_cents(one.forclusions_cents)),
    ("Relances à tort", lambda one: _number(len(one.fausses))),
)  # fmt: skip


def bilans_text(bilans: Sequence[BilanRelances]) -> str:
    """Return the page, in French: policies side by side, then the claims that were asked for wrongly.

    Args:
        bilans: What each policy did over the same days; one at least.
    """
    sections = [_head(bilans[0]), _table(bilans), _wrong(bilans), _words()]
    told = [list(lines) for lines in sections]
    return "\n\n".join("\n".join(insecable(printable(line)) for line in lines) for lines in told if lines)


def _head(one: BilanRelances) -> Iterable[str]:
    yield (
        f"Relances rejouées du {one.du:%d/%m/%Y} au {one.au:%d/%m/%Y} : {counted(one.jours, 'jour')} de plan, chacun "
        "avec ce qu'on savait alors"
    )


def _table(bilans: Sequence[BilanRelances]) -> Iterable[str]:
    width = max(_LEAST, *(len(one.politique) for one in bilans))
    yield f"  {'':<{_LABEL}}" + "".join(f"  {one.politique:>{width}}" for one in bilans)
    for label, value in _ROWS:
        yield f"  {label:<{_LABEL}}" + "".join(f"  {value(one):>{width}}" for one in bilans)
        if label == "Contacts":
            for canal in Canal:
                if any(canal in one.canaux for one in bilans):
                    counts = "".join(f"  {_number(one.canaux.get(canal, 0)):>{width}}" for one in bilans)
                    yield f"  {'  ' + CANAUX[canal]:<{_LABEL}}{counts}"


def _age(days: int | None) -> str:
    return "-" if days is None else _number(days)


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\u00a0")


def _wrong(bilans: Sequence[BilanRelances]) -> Iterable[str]:
    for one in bilans:
        if one.fausses:
            yield f"Relances à tort de « {one.politique} » : cette politique ne doit pas servir telle quelle"
        for wrong in one.fausses[:_TOLD]:
            yield (
                f"  {wrong.le:%d/%m/%Y}  facture {wrong.facture}, lot {wrong.lot}, part {wrong.part.name} : "
                f"{format_cents(wrong.reclame_cents)} réclamés, {format_cents(wrong.du_cents)} dus ({wrong.pourquoi})"
            )
        if len(one.fausses) > _TOLD:
            yield f"  ... et {counted(len(one.fausses) - _TOLD, 'autre')}"


def _words() -> Iterable[str]:
    yield from textwrap.wrap(
        insecable(
            "Ce qu'une relance aurait rapporté, nul ne le sait : chaque palier est supposé rapporter son espoir, un "
            "délai de réponse plus tard, l'un après l'autre, et ce que les fichiers montrent réglé l'aurait été le "
            "même jour sans relance. Une relance est à tort quand, tout relu, moins était dû ce jour-là."
        ),
        WIDTH,
        initial_indent="  ",
        subsequent_indent="  ",
    )
