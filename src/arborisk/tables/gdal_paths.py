"""Paths that GDAL reads as they are written: pyogrio takes `!` for the border of an archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_BORDER = "!"


@contextmanager
def plain_path(path: Path) -> Iterator[Path]:
    """The same file under a name without ``!``, for as long as it is needed.

    Without this, reading ``oaks!.gpkg`` reads ``.gpkg`` of the working folder, and writing below
    a folder with such a name writes there.

    Args:
        path: File or folder to read, or file to write.

    Yields:
        The path itself; or one through links in a temporary folder, which is then removed.
    """
    path = path.absolute()
    if _BORDER not in str(path):
        yield path
        return
    with TemporaryDirectory(prefix="arborisk-") as folder:
        if _BORDER not in path.name:
            linked = Path(folder) / "folder"
            linked.symlink_to(path.parent, target_is_directory=True)
            yield linked / path.name
            return
        for part in path.parent.glob(f"{_quoted(path.stem)}.*"):  # a shapefile is several files
            (Path(folder) / _without(part.name)).symlink_to(part)
        yield Path(folder) / _without(path.name)


def _without(name: str) -> str:
    return name.replace(_BORDER, "_")


def _quoted(text: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in text)
