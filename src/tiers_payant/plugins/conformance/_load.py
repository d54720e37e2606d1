"""From the NAME that the kit is given to the plugin that it means."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from importlib import metadata
from pathlib import Path

import attrs

from tiers_payant.domain import PROJECT
from tiers_payant.errors import SourceError
from tiers_payant.plugins._greffons import BUILTIN

__all__ = ["Loaded", "load"]


@attrs.frozen(kw_only=True)
class Loaded:
    """A plugin, and what is known of it before anything is asked."""

    plugins: tuple[object, ...]
    """What carries the marked functions; a distribution may declare several."""
    distribution: str = ""
    version: str = ""


def load(name: str) -> Loaded:
    """Return the plugin that *name* means: an entry point, a distribution, a module, or the path of a file.

    Raises:
        SourceError: It means none.
    """
    if name == BUILTIN:
        from tiers_payant.plugins import builtins

        return Loaded(plugins=(builtins,), distribution=BUILTIN, version=metadata.version(BUILTIN))
    if name.endswith(".py"):
        return _of_file(Path(name))
    return _of_entry_points(name) or _of_module(name)


def _of_file(path: Path) -> Loaded:
    spec = importlib.util.spec_from_file_location("_tiers_payant_plugin", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise SourceError(f"no plugin {path.name!r}: no such file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return Loaded(plugins=(module,), version=str(getattr(module, "__version__", "")))


def _of_entry_points(name: str) -> Loaded | None:
    found = [
        point
        for point in metadata.entry_points(group=PROJECT)
        if point.name == name or (point.dist is not None and _plain(point.dist.name) == _plain(name))
    ]
    if not found:
        return None
    dist = found[0].dist
    return Loaded(
        plugins=tuple(point.load() for point in found),
        distribution="" if dist is None else dist.name,
        version="" if dist is None else dist.version,
    )


def _of_module(name: str) -> Loaded:
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and not f"{name}.".startswith(f"{error.name}."):
            raise  # the plugin is there, and lacks something
        raise SourceError(f"no plugin {name!r}: neither an entry point, a distribution, a module nor a file") from None
    return Loaded(plugins=(module,), version=str(getattr(module, "__version__", "")))


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
