"""Templates: reading them, checking them when they are loaded, and filling them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs

from tiers_payant.domain import Courrier, ModeleSpec, TypeDebiteur, format_cents, insecable, read_path, structure
from tiers_payant.dunning.lettres._champs import FILTRES, MARQUES, racine
from tiers_payant.dunning.lettres._textes import clean, iban, jour, pluriel
from tiers_payant.errors import LayoutError, LetterError

if TYPE_CHECKING:
    from jinja2 import Environment, Template

__all__ = ["check_modele", "fill", "load_modeles", "merge_modeles", "read_modeles"]

_FILES = ("organisme", "patient", "professionnel", "recouvrement")
_MONTANT = re.compile(r"[0-9][\s.,]*(?:€|euros?\b|eur\b|cents\b|centimes?\b)|€[\s]*[0-9]", re.IGNORECASE)
"""An amount in digits, that no field gave."""
_FONCTIONS = {"euros": format_cents, "jour": jour, "iban": iban, "pluriel": pluriel, "length": len}


@attrs.frozen(kw_only=True)
class _Entree:
    """A template as its file says it."""

    nom: str
    objet: str
    corps: str
    types: tuple[TypeDebiteur, ...] = ()
    source: str = ""


@attrs.frozen(kw_only=True)
class _Fichier:
    modeles: tuple[_Entree, ...]


@cache
def load_modeles() -> Mapping[str, ModeleSpec]:
    """Return the templates of the library, by name.

    >>> sorted(load_modeles())[:2]
    ['organisme_appel', 'organisme_lettre']
    """
    folder = resources.files("tiers_payant.dunning.lettres").joinpath("modeles")
    found = [
        spec
        for name in _FILES
        for spec in _specs(tomllib.loads(folder.joinpath(f"{name}.toml").read_text("utf-8")), f"{name}.toml")
    ]
    return MappingProxyType({spec.name: spec for spec in found})


def read_modeles(path: str | Path, *, provider: str = "") -> tuple[ModeleSpec, ...]:
    """Read the templates of a TOML file: one `[[modeles]]` table each, with the fields of `ModeleSpec`.

    Args:
        path: The file.
        provider: Who brings them; the name of the file when empty.

    Raises:
        SourceError: The file cannot be opened.
        LayoutError: It is no such table, or a name stands twice.
        LetterError: A template names what `Courrier` has not, or does what no template may.
    """
    place = Path(path)
    specs = tuple(attrs.evolve(spec, provider=provider or place.name) for spec in _specs(read_path(place), place.name))
    names = [spec.name for spec in specs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise LayoutError(f"{place.name}: {twice[0]!r} stands twice")
    for spec in specs:
        check_modele(spec)
    return specs


def merge_modeles(
    brought: Iterable[ModeleSpec], *, defaut: Iterable[ModeleSpec] | None = None
) -> Mapping[str, ModeleSpec]:
    """Return the templates of the library, replaced and completed by those *brought*, each one checked.

    Args:
        brought: Those of plugins.
        defaut: The library's, signed with its version; as it ships them when None.

    Raises:
        LetterError: Two that are brought have one name (both providers are told), or one of them is at fault.
    """
    ours = load_modeles() if defaut is None else {spec.name: spec for spec in defaut}
    theirs = dict[str, ModeleSpec]()
    for spec in brought:
        other = theirs.setdefault(spec.name, spec)
        if other is not spec:
            providers = " and ".join(sorted((other.provider, spec.provider)))
            raise LetterError(f"the template {spec.name!r} is brought twice, by {providers}")
        check_modele(spec)
    return MappingProxyType({**ours, **theirs})


def check_modele(spec: ModeleSpec) -> None:
    """Check a template: every name that it uses is a field of `Courrier`, and nothing else can be reached.

    Raises:
        LetterError: It is at fault; its name, its line and what is wrong are told. One that may go to a patient writes
            no amount of its own: sums come from fields, and no fee is asked of a patient (CPCE L111-8, code de la
            consommation L121-21).
    """
    if not spec.types or TypeDebiteur.PATIENT in spec.types:
        for part, text in (("objet", spec.objet), ("corps", spec.corps)):
            found = _MONTANT.search(text)
            if found:
                line = text.count("\n", 0, found.start()) + 1
                raise LetterError(f"{spec.name}.{part}: line {line}: an amount written by hand, in words for a patient")
    _compiled(spec)


def fill(courrier: Courrier, spec: ModeleSpec) -> tuple[str, str]:
    """Return the subject and the body of a letter, blocks still as their marks; *courrier* is clean.

    Raises:
        LetterError: The template is at fault, is for somebody else, or leaves the subject or the body empty.
    """
    if spec.types and courrier.type not in spec.types:
        whom = " or ".join(spec.types)
        raise LetterError(f"{courrier.relance}: the template {spec.name!r} is for {whom}, not {courrier.type}")
    fields: dict[str, Any] = {name: getattr(courrier, name) for name in racine() if name not in MARQUES}
    objet, corps = (part.render({**fields, **MARQUES}) for part in _compiled(spec))
    subject = insecable(clean(objet))
    if not subject or not corps.strip():
        raise LetterError(f"{courrier.relance}: the template {spec.name!r} leaves its subject or its body empty")
    return subject, insecable(corps)


def _specs(data: object, at: str) -> list[ModeleSpec]:
    told = (attrs.asdict(one, recurse=False) for one in structure(data, _Fichier, at).modeles)
    return [ModeleSpec(name=one.pop("nom"), **one) for one in told]


@lru_cache(maxsize=256)
def _compiled(spec: ModeleSpec) -> tuple[Template, Template]:
    """Return the subject and the body of a template, checked and ready to be filled."""
    from jinja2 import TemplateSyntaxError

    from tiers_payant.dunning.lettres._controle import check_template

    environment, ready = _environment(), []
    for part, text in (("objet", spec.objet), ("corps", spec.corps)):
        at = f"{spec.name}.{part}"
        try:
            check_template(environment.parse(text), at, sujet=part == "objet")
            ready.append(environment.from_string(text))
        except TemplateSyntaxError as error:
            raise LetterError(f"{at}: line {error.lineno}: {error.message}") from None
        except RecursionError:
            raise LetterError(f"{at}: a nesting beyond all measure") from None
        except (SyntaxError, ValueError, MemoryError):  # of Python, which has bounds of its own
            raise LetterError(f"{at}: loops, conditions or numbers beyond all measure") from None
    return ready[0], ready[1]


@cache
def _environment() -> Environment:
    # Imported here: most runs write no letter. Text is filled as text; the page that shows it escapes it.
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    found = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
    )
    found.filters = {name: _FONCTIONS[name] for name in FILTRES}
    found.tests, found.globals = {}, {}
    return found
