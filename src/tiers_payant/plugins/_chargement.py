"""Where plugins are found, and how each is imported: installed distributions, and folders of files."""

from __future__ import annotations

import hashlib
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib import metadata
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import attrs

from tiers_payant.domain import PROJECT, printable
from tiers_payant.errors import SourceError
from tiers_payant.plugins._gestion import PluginManager
from tiers_payant.plugins._greffons import Code, Greffon, Origine
from tiers_payant.plugins._signatures import Fault

__all__ = ["load_found"]


@attrs.frozen(kw_only=True)
class _Found:
    """A plugin that was found and is not imported yet."""

    greffon: Greffon
    module: str
    load: Callable[[], object]

    @property
    def place(self) -> str:
        return self.greffon.distribution or self.module


def load_found(manager: PluginManager, *, entry_points: bool, folders: Iterable[str | Path]) -> None:
    """Import what is found, one by one, and register it; what cannot be used is set aside.

    Raises:
        SourceError: A folder does not exist, or is none.
        PluginError: Something would be set aside, and the manager is strict.
    """
    by_name: dict[str, list[_Found]] = defaultdict(list)
    for found in (*(_installed() if entry_points else ()), *_files(folders)):
        by_name[found.greffon.name].append(found)
    for name in sorted(by_name):
        rivals = by_name[name]
        if len(rivals) == 1 and not manager.has_plugin(name):
            manager.admit_or_set_aside(rivals[0].load, rivals[0].greffon, rivals[0].module)
        elif not manager.is_blocked(name):
            _refuse(manager, name, rivals)


def _refuse(manager: PluginManager, name: str, rivals: list[_Found]) -> None:
    """Set aside all that bear one name: the order in which they are found decides nothing."""
    known = [manager.greffon(name).told] if manager.has_plugin(name) else []
    places = ", ".join(sorted([*known, *(found.place for found in rivals)]))
    fault = Fault(Code.CONFLIT, f"several plugins are called {name}: {places}", places)
    for found in rivals:
        manager.set_aside(found.greffon, fault)


def _installed() -> Iterator[_Found]:
    """Yield what distributions declare; one that is found twice on the path counts once, as it is imported."""
    try:
        points = list(metadata.entry_points(group=PROJECT))
    except Exception:  # of one distribution, perhaps no vendor's: the others are asked one by one
        yield from _one_by_one()
        return
    for point in points:
        yield _of(point, _declaring(point.dist, point.name))


def _one_by_one() -> Iterator[_Found]:
    """Yield the same where a distribution is damaged; that one stands for whatever it may declare."""
    seen: set[str] = set()
    for dist in metadata.distributions():
        declaring = _declaring(dist, "")
        if declaring.distribution in seen:
            continue
        seen.add(declaring.distribution)
        try:
            points = list(dist.entry_points.select(group=PROJECT))
        except Exception:
            damaged = attrs.evolve(declaring, name=declaring.distribution)
            yield _Found(greffon=damaged, module="entry_points.txt", load=partial(_damaged, dist))
            continue
        yield from (_of(point, attrs.evolve(declaring, name=point.name)) for point in points)


def _of(point: metadata.EntryPoint, greffon: Greffon) -> _Found:
    return _Found(greffon=greffon, module=point.value, load=point.load)


def _declaring(dist: metadata.Distribution | None, name: str) -> Greffon:
    """Return the plugin of that name of a distribution, whose metadata may not tell who it is."""
    if dist is None:
        return Greffon(name=name, origine=Origine.ENTRY_POINT)
    told = dist.metadata
    distribution, version = (next(iter(told.get_all(field) or ()), "") for field in ("Name", "Version"))
    return Greffon(name=name, distribution=distribution, version=version, origine=Origine.ENTRY_POINT)


def _damaged(dist: metadata.Distribution) -> object:
    """Fail as the entry points of a damaged distribution do, which are read again."""
    return list(dist.entry_points)


def _files(folders: Iterable[str | Path]) -> Iterator[_Found]:
    """Yield the plugins of one file each; a name that begins with `_` is left to them as a helper of their own."""
    seen: set[Path] = set()
    for folder in map(Path, folders):
        try:
            paths = sorted(_resolved(path) for path in folder.iterdir() if path.suffix == ".py")
        except (OSError, ValueError) as error:
            raise SourceError(f"{printable(str(folder))}: no folder of plugins") from error
        for path in paths:
            if not path.name.startswith("_") and path not in seen:
                seen.add(path)
                greffon = Greffon(name=printable(path.stem), origine=Origine.FICHIER)
                module = printable(f"{path.parent.name}/{path.name}")
                yield _Found(greffon=greffon, module=module, load=partial(_import, path))


def _resolved(path: Path) -> Path:
    """Return where links lead; *path* itself when they lead nowhere, as its import will tell."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


class _Loader(SourceFileLoader):
    """Reads the file itself each time, and leaves no bytecode beside it: the folder is the user's."""

    def path_stats(self, path: str) -> dict[str, int]:
        raise OSError(path)


def _import(path: Path) -> ModuleType:
    """Import one file under a name that no other module can have."""
    if path.exists() and not path.is_file():  # opening a pipe would wait for whoever writes it
        raise IsADirectoryError(path) if path.is_dir() else FileNotFoundError(path)
    name = f"_{PROJECT}_{hashlib.sha256(os.fsencode(path)).hexdigest()[:16]}_{path.stem}"
    spec = spec_from_file_location(name, path, loader=_Loader(name, str(path)))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = module_from_spec(spec)
    sys.modules[name] = module  # where classes of the file look themselves up
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
