"""Letters: renderers and templates."""

from __future__ import annotations

from tiers_payant.plugins.conformance._verdict import reject_faults, reject_unanswered
from tiers_payant.plugins.conformance._workshop import Workshop

_RENDERERS, _TEMPLATES = "tiers_payant_rendus", "tiers_payant_modeles"


def test_a_letter_is_always_bytes(renderer: str, workshop: Workshop) -> None:
    """A renderer comes back in time with bytes; of hostile text it may make a `LetterError`, and nothing else."""
    reject_unanswered(workshop, _RENDERERS, renderer, "raises")


def test_a_renderer_tells_the_exact_sum(renderer: str, workshop: Workshop) -> None:
    """What is asked for is in the letter, to the cent; in a table of factures, what is owed of each."""
    reject_faults(workshop, _RENDERERS, renderer, "sum")


def test_hostile_text_stays_text(renderer: str, workshop: Workshop) -> None:
    """Markup, templates, line feeds, invisible marks, formulas: shown as text, or refused."""
    reject_faults(workshop, _RENDERERS, renderer, "hostile")


def test_a_renderer_says_nothing_elsewhere(renderer: str, workshop: Workshop) -> None:
    """The name of the addressee is in the letter: in no log, on no screen, in no exception."""
    reject_faults(workshop, _RENDERERS, renderer, "leak")


def test_a_letter_rendered_twice_is_one(renderer: str, workshop: Workshop) -> None:
    """The same letter gives the same bytes: no clock, no chance."""
    reject_faults(workshop, _RENDERERS, renderer, "twice")


def test_a_template_names_fields_that_exist(template: str, workshop: Workshop) -> None:
    """No field that a letter has not, none that its place may not say, and it can be filled for everyone it is for."""
    reject_faults(workshop, _TEMPLATES, template, "fields")


def test_a_template_tells_the_exact_sum(template: str, workshop: Workshop) -> None:
    """Whoever reads the letter sees what it asks for."""
    reject_faults(workshop, _TEMPLATES, template, "sum")


def test_templates_come_back(template: str, workshop: Workshop) -> None:
    """Filling a template ends in time."""
    reject_unanswered(workshop, _TEMPLATES, template)
