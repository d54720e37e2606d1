"""The override files of layouts under the paths that a caller gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tiers_payant.domain import Surcharges, printable
from tiers_payant.errors import LayoutError, SourceError
from tiers_payant.formats import check_surcharges
from tiers_payant.pipeline._fichiers import source_error

__all__ = ["read_surcharges"]

_MOST_FILES, _MOST_BYTES = 500, 1 << 20
"""What a folder of overrides may hold: far more than a vendor writes, little enough to be proved at once."""


def read_surcharges(paths: str | Path | Iterable[str | Path]) -> Surcharges:
    """Read and prove overrides: files, or folders whose `.toml` files are all taken, hidden ones left out.

    Raises:
        SourceError: A path does not exist, or cannot be read.
        LayoutError: A file is no override, or contradicts its layout or another file; the file is told.
    """
    given = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    found = {name: file for path in given for name, file in _files(path, alone=len(given) == 1)}
    if len(found) > _MOST_FILES:
        raise LayoutError(f"{len(found)} files of overrides: {_MOST_FILES} at most")
    surcharges = Surcharges((name, _text(name, file)) for name, file in found.items())
    check_surcharges(surcharges)
    return surcharges


def _files(path: Path, *, alone: bool) -> Iterator[tuple[str, Path]]:
    """Yield the override files of a path, each named relative to it when no other path is given."""
    try:
        # Opening a pipe would wait for whoever writes to it.
        if path.exists() and not path.is_dir() and not path.is_file():
            raise SourceError(f"{printable(str(path))}: neither a file nor a folder")
        if not path.is_dir():
            yield printable(path.name if alone else str(path)), path
            return
        inside = sorted(file for file in path.rglob("*.toml") if file.is_file())
    except (OSError, ValueError) as error:
        raise source_error(path, error) from error
    kept = [file for file in inside if not any(part.startswith(".") for part in file.relative_to(path).parts)]
    if not kept:
        raise LayoutError(f"{printable(str(path))}: no .toml file in this folder")
    for file in kept:
        name = file.relative_to(path).as_posix() if alone else str(file)
        yield printable(name), file


def _text(name: str, file: Path) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise source_error(file, error) from error
    if len(content) > _MOST_BYTES:
        raise LayoutError(f"{name}: longer than {_MOST_BYTES} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LayoutError(f"{name}: not TOML: not UTF-8") from None
