"""Renderers and templates: the sum is told, hostile text stays text, and nobody's name is said elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from email import policy
from email.parser import BytesParser
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import attrs
from lxml import html

from tiers_payant.domain import Canal, Courrier, ModeleSpec, RendererSpec, Support, TypeDebiteur, format_cents
from tiers_payant.dunning.lettres import RENDUS, check_modele, load_modeles
from tiers_payant.errors import LetterError
from tiers_payant.plugins.conformance._calls import Capture, call, leaks
from tiers_payant.plugins.conformance._courriers import courrier_for, hostile
from tiers_payant.plugins.conformance._inventory import Inventory

__all__ = ["judge_renderer", "judge_template"]

Faults = dict[str, list[str]]
_HEADERS = frozenset({"bcc", "cc", "reply-to", "sender", "resent-to"})
"""What no letter of ours has: text that becomes one left its place."""
_CANALS = {Support.EMAIL: Canal.EMAIL, Support.SCRIPT: Canal.TELEPHONE, Support.REMISE: Canal.RECOUVREMENT}
_PDFIUM = "pypdfium2"
"""Reads the text of a PDF where it is installed: the library does not need it."""
_BLANKS = re.compile(r"\s+")
_LIVE = "//script | //@onerror | //@onload | //img[not(starts-with(@src, 'data:'))]"
"""What markup that was not escaped leaves in a page."""


def judge_renderer(spec: RendererSpec, capture: Capture | None, inventory: Inventory) -> Faults:
    """Judge a renderer on the library's own templates."""
    faults: Faults = {"raises": [], "sum": [], "hostile": [], "twice": [], "leak": []}
    for modele, courrier in _letters(spec.support):
        first, again = call(capture, spec.render, courrier, modele), call(capture, spec.render, courrier, modele)
        faults["leak"] += leaks("what it says or raises", first.said)
        if first.raised or not isinstance(first.value, bytes) or not first.value:
            faults["raises"].append(f"{modele.name}: {first.raised or 'no bytes'}")
            continue
        if first.value != again.value:
            faults["twice"].append(f"{modele.name}: rendered twice, the bytes differ")
        _judge_text(spec.support, modele, courrier, first.value, faults)
        shown = shown_of(spec.support, first.value)
        for text, letter in hostile(courrier):
            outcome = call(capture, spec.render, letter, modele)
            faults["leak"] += leaks("what it says or raises", outcome.said)
            if outcome.raised and outcome.raised != LetterError.__name__:
                faults["raises"].append(f"a hostile text: {outcome.raised}")
            elif isinstance(outcome.value, bytes):
                faults["hostile"] += hostile_faults(spec.support, outcome.value, text, shown)
    return {what: sorted(set(found)) for what, found in faults.items()}


def judge_template(spec: ModeleSpec, capture: Capture | None, inventory: Inventory) -> Faults:
    """Judge a template: only fields that exist, and the sum of the letter among its words."""
    faults: Faults = {"fields": [], "sum": []}
    checked = call(capture, check_modele, spec)
    if checked.raised:
        # The words of the library name fields and lines, never a value.
        return {**faults, "fields": [f"refused: {checked.said.strip().splitlines()[-1][:200]}"]}
    (texte,) = [one for one in RENDUS if one.support is Support.TEXTE]
    for kind in spec.types or tuple(TypeDebiteur):
        courrier = courrier_for(spec, kind)
        outcome = call(capture, texte.render, courrier, spec)
        if outcome.raised:
            faults["fields"].append(f"for {kind}: raised {outcome.raised}")
        else:
            _judge_text(Support.TEXTE, spec, courrier, outcome.value, faults)
    return faults


def _letters(support: Support) -> Iterator[tuple[ModeleSpec, Courrier]]:
    """Yield a template and a letter for each kind of debtor."""
    seen = set[TypeDebiteur]()
    for nom, modele in sorted(load_modeles().items()):
        for kind in modele.types:
            if kind not in seen:
                seen.add(kind)
                courrier = courrier_for(modele, kind, _CANALS.get(support, Canal.LETTRE))
                yield modele, attrs.evolve(courrier, modele=nom)


def _judge_text(support: Support, modele: ModeleSpec, courrier: Courrier, data: bytes, faults: Faults) -> None:
    shown = shown_of(support, data)
    if shown is None:
        return
    sums = [courrier.total_cents]
    if support in (Support.BORDEREAU, Support.REMISE):
        sums = [ligne.reste_cents for ligne in courrier.lignes]
    squeezed = _BLANKS.sub("", shown)
    for cents in sums:
        wanted = {_BLANKS.sub("", format_cents(cents)).rstrip("€"), f"{cents / 100:.2f}", str(cents)}
        if not any(one in squeezed for one in wanted):
            faults["sum"].append(f"{modele.name}: the exact sum is not told")


def shown_of(support: Support, data: bytes) -> str | None:
    """Return what a reader of a letter sees; None when it cannot be told, of a PDF without `pypdfium2`."""
    if data.startswith(b"%PDF"):
        return _pdf_text(data) if find_spec(_PDFIUM) else None
    if support is Support.EMAIL:
        message: Any = BytesParser(policy=policy.default).parsebytes(data)
        parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
        return "\n".join([str(message["Subject"]), *map(str, parts)])
    text = data.decode("utf-8-sig", "replace")
    return "".join(map(str, html.fromstring(text).itertext())) if support is Support.HTML else text


def _pdf_text(data: bytes) -> str:
    pdf = import_module(_PDFIUM).PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)


def hostile_faults(support: Support, data: bytes, text: str, shown_before: str | None) -> list[str]:
    """Return what a hostile text did to a letter, by what it tried."""
    shown, found = shown_of(support, data), []
    if shown is None:
        return []
    pages = [data.decode("utf-8", "replace")] if support is Support.HTML else []
    if support is Support.EMAIL:
        message: Any = BytesParser(policy=policy.default).parsebytes(data)
        found += ["a header was added"] if _HEADERS & {name.lower() for name in message} else []
        pages += [str(part.get_content()) for part in message.walk() if part.get_content_type() == "text/html"]
    found += ["markup was not escaped" for page in pages if html.fromstring(page).xpath(_LIVE)]
    if "{{ 7*7 }}" in text and shown.count("49") > (shown_before or "").count("49"):
        found.append("a template in a name was evaluated")
    if any(unicodedata.category(one) in ("Cf", "Co", "Cs") or one == "\0" for one in shown):
        found.append("marks that nobody sees stay in the text")
    if support in (Support.BORDEREAU, Support.REMISE) and re.search(r"(?m)(^|[;,\t])\"?=", shown):
        found.append("a cell that a spreadsheet would run")
    return found
