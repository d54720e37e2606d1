"""Letters rendered one after the other, each whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from tiers_payant.domain import (
    Courrier,
    Echanges,
    Entete,
    Lettre,
    LettreImpossible,
    ModeleSpec,
    MotifNirFictif,
    PlanRelances,
    Rapprochement,
    Regles,
    RendererSpec,
    Support,
    Suspension,
)
from tiers_payant.dunning.lettres._faits import Faits
from tiers_payant.dunning.lettres._modeles import fill, load_modeles
from tiers_payant.dunning.lettres._rendus import SANS_PDF, merge_rendus, supports_of
from tiers_payant.dunning.lettres._textes import cleaned
from tiers_payant.errors import LetterError, TiersPayantError, kind_of, raised_here

__all__ = ["render_lettre", "render_lettres", "render_plan"]


def render_lettres(
    courriers: Iterator[Courrier],
    *,
    modeles: Mapping[str, ModeleSpec] | None = None,
    rendus: Mapping[Support, RendererSpec] | None = None,
    pdf: bool | None = None,
) -> Iterator[Lettre]:
    """Render letters, in their order; nothing is written to disk.

    Args:
        courriers: What they say, as `courriers` gives it.
        modeles: Templates by name; those of the library when None.
        rendus: Who makes each support; the library when None.
        pdf: Whether paper is a PDF; as the extra is installed or not when None.

    Raises:
        LetterError: A letter cannot be written; those before it were.
    """
    for courrier in courriers:
        yield render_lettre(courrier, modeles=modeles, rendus=rendus, pdf=pdf)


def render_plan(
    result: Rapprochement,
    plan: PlanRelances,
    entetes: Mapping[str, Entete],
    echanges: Echanges | None = None,
    *,
    suspensions: Sequence[Suspension] = (),
    nirs_fictifs: Iterable[MotifNirFictif] | None = None,
    regles: Regles | None = None,
    modeles: Mapping[str, ModeleSpec] | None = None,
    rendus: Mapping[Support, RendererSpec] | None = None,
    pdf: bool | None = None,
) -> Iterator[Lettre | LettreImpossible]:
    """Render the letters of *plan*, in its order, those that can be written: of the others, why they cannot.

    The arguments are those of `courriers` and of `render_lettres`.

    Raises:
        LetterError: The plan was made on other facts: none of its letters is to be trusted.
    """
    facts = Faits(
        result, plan, entetes, echanges, suspensions=suspensions, nirs_fictifs=nirs_fictifs, regles=regles
    )  # fmt: skip

    def tried(row: int, relance: str) -> Lettre | LettreImpossible:
        try:
            return render_lettre(facts.courrier(row), modeles=modeles, rendus=rendus, pdf=pdf)
        except TiersPayantError as error:
            return LettreImpossible.of(relance, error)

    return (tried(row, name.decode("ascii")) for row, name in enumerate(plan.relances.id.tolist()))


def render_lettre(
    courrier: Courrier,
    *,
    modeles: Mapping[str, ModeleSpec] | None = None,
    rendus: Mapping[Support, RendererSpec] | None = None,
    pdf: bool | None = None,
) -> Lettre:
    """Render one letter: all its files, or none.

    Raises:
        LetterError: No template of that name, no renderer of that support, or one of them fails; the id of the contact
            is told.
    """
    try:
        return _whole(courrier, modeles=modeles, rendus=rendus, pdf=pdf)
    except LetterError as error:
        if courrier.relance in str(error):
            raise
        raise LetterError(f"{courrier.relance}: {error}") from None


def _whole(
    courrier: Courrier,
    *,
    modeles: Mapping[str, ModeleSpec] | None,
    rendus: Mapping[Support, RendererSpec] | None,
    pdf: bool | None,
) -> Lettre:
    modele = (load_modeles() if modeles is None else modeles).get(courrier.modele)
    if modele is None:
        raise LetterError(f"{courrier.relance}: no template {courrier.modele!r}")
    makers = _defaults() if rendus is None else rendus
    specs = [makers[support] for support in supports_of(courrier, pdf=pdf)]
    files = {f"{courrier.relance}{spec.suffix}": _rendered(spec, courrier, modele) for spec in specs}
    if len(files) < len(specs):
        raise LetterError(f"{courrier.relance}: two renderers make a file of one name")
    objet, _ = fill(cleaned(courrier), modele)
    return Lettre(
        relance=courrier.relance,
        canal=courrier.canal,
        objet=objet,
        fichiers=files,
        provider=specs[0].provider,
        rendus={f"{courrier.relance}{spec.suffix}": (spec.provider, spec.version) for spec in specs},
        modele=modele.name,
        modele_provider=modele.provider,
        modele_version=modele.version,
        remarque=SANS_PDF if specs[0].support is Support.HTML and specs[0].name == "html" else "",
    )


def _rendered(spec: RendererSpec, courrier: Courrier, modele: ModeleSpec) -> bytes:
    """Ask a renderer; what it raises may quote the letter, and is not told.

    Raises:
        LetterError: It fails, or gives no bytes.
    """
    at = f"{courrier.relance}: {spec.name} of {spec.provider}"
    try:
        done: object = spec.render(courrier, modele)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if isinstance(error, TiersPayantError) and raised_here(error):
            raise
        raise LetterError(f"{at}: failed ({kind_of(error)})") from None
    if not isinstance(done, bytes) or not done:
        raise LetterError(f"{at}: expected bytes, got nothing of the kind")
    return done


@cache
def _defaults() -> Mapping[Support, RendererSpec]:
    return merge_rendus()
