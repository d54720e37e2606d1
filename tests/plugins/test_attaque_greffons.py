"""Plugins that are hostile, or odd: what they bring is set aside, and nothing of another's is lost or told."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import pytest
from tests.matching.test_passes import book, etats
from tests.plugins.exemples import answers

from tiers_payant.domain import (
    Etat,
    ExportSpec,
    FormatSpec,
    IndicateurSpec,
    Lecture,
    Paires,
    PassSpec,
    Rapprochement,
    Tables,
    hookimpl,
)
from tiers_payant.errors import ExportError, LayoutError, PluginError, SourceError, kind_of
from tiers_payant.pipeline import export, indicators, read, reconcile
from tiers_payant.plugins import annuaire_of, build_manager, formats_of
from tiers_payant.plugins.manager import BUILTIN

SECRET = "CAMILLE EXEMPLE 1990599999001"  # noqa: S105


class Above(BaseException):
    """Neither an error nor an exit."""


class Shy(type):
    """A class that does not tell its name."""

    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise RuntimeError(SECRET)


def nameless() -> Exception:
    """An error that cannot be named; here, since whoever looks for tests asks the name of each class of a module."""

    class Nameless(Exception, metaclass=Shy):  # noqa: N818
        pass

    return Nameless(SECRET)


def raising(error: BaseException) -> Callable[..., Any]:
    def raises(*_: object) -> Any:
        raise error

    return raises


def bring(name: str = "x", kind: type[FormatSpec] = FormatSpec, **fields: Any) -> FormatSpec:
    given = {"label": "", "sniff": lambda head: 0.0, "read": lambda entree: Lecture(Tables()), **fields}
    return kind(name=name, **given)


def plugin(name: str, answer: Callable[[], Any]) -> object:
    """A plugin of this name whose formats are what *answer* gives."""
    hook = "tiers_payant_formats"
    return SimpleNamespace(__name__=name, **{hook: hookimpl(lambda: answer(), specname=hook)})


class Touchy(FormatSpec):
    @property
    def nom(self) -> str:
        raise RuntimeError(SECRET)


class Liar:
    __class__ = FormatSpec  # type: ignore[assignment]


class Closed:
    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise RuntimeError(SECRET)


def half_way() -> Any:
    yield bring("moitie")
    raise Above(SECRET)


ERRORS = {
    "above": Above(SECRET), "cancelled": asyncio.CancelledError(SECRET), "generator": GeneratorExit(),
    "nameless": nameless(), "named after a value": type(f"{SECRET}\n\x1b[31m", (Exception,), {})(),
}  # fmt: skip
HOSTILE: dict[str, Callable[[], Any]] = {
    **{name: raising(error) for name, error in ERRORS.items()},
    "half way": half_way,
    "property that raises": lambda: [bring(kind=Touchy)],
    "type that lies": lambda: [Liar()],
    "type that raises": lambda: [Closed()],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answer_is_set_aside_alone(name: str) -> None:
    """
    What the others bring stays; the reason tells no value.
    """
    manager = build_manager(plugin("mal", HOSTILE[name]), plugin("bon", lambda: [bring("bon")]))
    assert ["bon"] == [spec.name for spec in formats_of(manager) if spec.provider != BUILTIN]
    (told,) = manager.quarantaines
    assert "mal" == told.plugin
    assert "CAMILLE" not in repr(told)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answer_is_an_error_of_ours_when_strict(name: str) -> None:
    """
    Whatever the plugin raises.
    """
    with pytest.raises(PluginError):
        formats_of(build_manager(plugin("mal", HOSTILE[name]), strict=True))


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("part", ["sniff", "read"])
def test_hostile_reader_loses_its_own_file(tmp_path: Path, name: str, part: str) -> None:
    """
    A problem without a value; whoever reads the other files is not stopped.
    """
    (tmp_path / "f.txt").write_text(SECRET)
    fields: dict[str, Any] = {"sniff": lambda head: 1.0, part: raising(ERRORS[name])}
    spec = bring(**fields)
    found = read(tmp_path, manager=build_manager(plugin("mal", lambda: [spec])))
    assert [{"sniff": "FORMAT_INCONNU", "read": "LECTEUR_EN_ECHEC"}[part]] == [one.code for one in found.problems]
    assert "CAMILLE" not in repr(found.problems)


@pytest.mark.parametrize("error", [SourceError(SECRET), OSError(5, SECRET), OSError(SECRET)])
def test_words_of_an_error_that_a_reader_makes_are_not_told(tmp_path: Path, error: Exception) -> None:
    """
    Those of the system and of the library are, which quote no value; a vendor's own may.
    """
    (tmp_path / "f.txt").write_text(SECRET)
    spec = bring(sniff=lambda head: 1.0, read=raising(error))
    found = read(tmp_path, manager=build_manager(plugin("mal", lambda: [spec])))
    assert 1 == len(found.problems)
    assert "CAMILLE" not in f"{found.problems[0]} {found.problems[0].message_fr} {found.problems[0]!r}"


def test_words_of_a_plugin_that_raises_an_error_of_ours_are_not_told() -> None:
    """
    A hook that fails closed raises the library's words, not the plugin's.
    """
    hook = "tiers_payant_annuaires"
    failing = SimpleNamespace(__name__="mal", **{hook: hookimpl(raising(LayoutError(SECRET)), specname=hook)})
    with pytest.raises(LayoutError, match=r"of mal: failed \(LayoutError\)"):
        annuaire_of(build_manager(failing))


@attrs.define
class Unhashable:
    """A plugin that is an object, equal to its like: Python cannot hash it."""

    level: int = 1

    @hookimpl
    def tiers_payant_formats(self) -> list[FormatSpec]:
        return [bring("objet")]


GOOD = """from tiers_payant.domain import FormatSpec, Lecture, Tables, hookimpl
@hookimpl
def tiers_payant_formats():
    return [FormatSpec(name="bon", label="", sniff=lambda head: 0.0, read=lambda entree: Lecture(Tables()))]
"""


def test_plugin_that_cannot_be_hashed_harms_no_other(tmp_path: Path) -> None:
    """
    Those that are found after it are loaded.
    """
    (tmp_path / "bon.py").write_text(GOOD)
    manager = build_manager(Unhashable(), folders=[tmp_path])
    assert {"bon", "objet"} == {spec.name for spec in formats_of(manager) if spec.provider != BUILTIN}


def test_what_is_marked_and_no_function_is_told() -> None:
    """
    Nobody would ever ask it: a gate would hold nothing.
    """
    hook = "tiers_payant_gates"
    with pytest.raises(PluginError, match="tiers_payant_gates is marked, and is no function"):
        build_manager(SimpleNamespace(**{hook: hookimpl(partial(list, ()), specname=hook)}))


@pytest.mark.parametrize("odd", ["loop", "pipe", "bytes", "feed", "leaves"])
def test_odd_file_in_a_folder_of_plugins(tmp_path: Path, odd: str) -> None:
    """
    It is set aside under a name that a screen can show, and those beside it are loaded.
    """
    (tmp_path / "bon.py").write_text(GOOD)
    path = tmp_path / "mal.py"
    if odd == "loop":
        path.symlink_to(path)
    elif odd == "pipe":
        os.mkfifo(path)
    elif odd == "leaves":
        path.write_text("class Above(BaseException): pass\nraise Above\n")
    else:
        name = {"bytes": b"\xe9.py", "feed": b"a\n\x1b[31m.py"}[odd]
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("raise ValueError\n")
    manager = build_manager(folders=[tmp_path])
    assert ["bon"] == [spec.name for spec in formats_of(manager) if spec.provider != BUILTIN]
    (told,) = manager.quarantaines
    assert f"{told.plugin}{told.raison}".isprintable()


@pytest.fixture(scope="module")
def result() -> Rapprochement:
    return reconcile(book(groups=[{}], lines=[{}]))


class Odd(float):
    def __float__(self) -> float:
        return float("nan")

    def __repr__(self) -> str:
        return SECRET


class Told(int):
    def __repr__(self) -> str:
        return SECRET


@pytest.mark.parametrize(
    ("unite", "given", "valeur"), [("jours", Odd(3), 3.0), ("cents", Told(3), 3), ("cents", 10**5000, None)],
    ids=["float", "int", "huge"],
)  # fmt: skip
def test_an_indicator_is_a_plain_number(result: Rapprochement, unite: Any, given: object, valeur: object) -> None:
    """
    Whatever type of its own it is given as; one that no table could hold is none.
    """
    spec = IndicateurSpec(name="i", label="i", unite=unite, compute=lambda result, today: given)  # type: ignore[return-value, arg-type]
    manager = build_manager(answers("tiers_payant_indicateurs", [spec]))
    (found,) = (one for one in indicators(result, today=dt.date(2026, 3, 2), manager=manager) if one.name == "i")
    assert valeur == found.valeur
    assert type(valeur) is type(found.valeur)
    assert SECRET not in repr(found)


def exported(
    result: Rapprochement, path: Path, write: Callable[..., Any] = lambda result, out: out.write(b"x")
) -> Path:
    spec = ExportSpec(name="e", label="e", suffix=".x", write=write)
    return export(result, "e", path, manager=build_manager(answers("tiers_payant_exports", [spec])))


def test_export_to_a_link_writes_the_file_behind_it(result: Rapprochement, tmp_path: Path) -> None:
    """
    The link stays.
    """
    (tmp_path / "vrai").write_text("avant")
    (tmp_path / "lien").symlink_to("vrai")
    exported(result, tmp_path / "lien")
    assert "x" == (tmp_path / "vrai").read_text()
    assert (tmp_path / "lien").is_symlink()


def test_export_takes_no_place_of_a_pipe(result: Rapprochement, tmp_path: Path) -> None:
    """
    Nor of a device: whoever reads it would wait for ever.
    """
    os.mkfifo(tmp_path / "tube")
    with pytest.raises(SourceError, match="tube"):
        exported(result, tmp_path / "tube")
    assert (tmp_path / "tube").is_fifo()


def test_export_to_a_name_that_no_disk_takes(result: Rapprochement, tmp_path: Path) -> None:
    """
    An error of ours.
    """
    with pytest.raises(SourceError):
        exported(result, tmp_path / ("e" * 500))


@pytest.mark.parametrize("error", [Above(SECRET), OSError(28, SECRET)])
def test_export_that_fails_leaves_nothing_and_tells_nothing(
    result: Rapprochement, tmp_path: Path, error: BaseException
) -> None:
    """
    No draft, and none of its words.
    """
    with pytest.raises((ExportError, SourceError)) as told:
        exported(result, tmp_path / "e.x", raising(error))
    assert "CAMILLE" not in str(told.value)
    assert [] == list(tmp_path.iterdir())


def test_pass_that_writes_on_its_pairs_settles_no_other_amount() -> None:
    """
    It is shown a copy: what it makes of it changes nothing.
    """

    def keeps(paires: Paires) -> Any:
        for rows in (paires.groupes, paires.virements):
            owner = rows
            while isinstance(owner.base, np.ndarray):
                owner = owner.base
            owner.setflags(write=True)
            owner[:] = 0
        return np.ones(len(paires), dtype=np.bool_)

    spec = PassSpec(name="essai", label="essai", keeps=keeps, in_period=False, provider="lgo")
    given: dict[str, Any] = {
        "groups": [{}, {"du": 700}],
        "lines": [{"label": "INCONNU UN"}, {"label": "INCONNU DEUX", "cents": 700}],
    }
    found = reconcile(book(**given), manager=build_manager(answers("tiers_payant_passes", [spec])))
    assert [Etat.CREDITEE, Etat.CREDITEE] == etats(found)
    found.verify()


def test_kind_of_what_is_named_after_a_value() -> None:
    """
    Only a name of code is told.
    """
    assert ["ValueError", "?", "Nameless"] == [
        kind_of(one) for one in (ValueError(SECRET), ERRORS["named after a value"], ERRORS["nameless"])
    ]
