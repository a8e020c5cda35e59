"""Places that a command will write to, looked at before it begins.

An hour of work must not end in "permission denied". What a command writes is known by the names of
its options, so that no command can forget to look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import typer
from typer.core import TyperCommand

from arborisk.errors import OutputError
from arborisk.files import check_folder, check_place

OUTPUTS: Final = frozenset(
    {
        *("out", "report", "page", "pdf", "figure", "csv", "readable", "save_form", "write_map"),
        *("pairs_out", "zones_out", "consensus_out", "serial_copy", "preview", "figures"),
    }
)
"""Parameters that name what a command writes; all others that hold a path name what it reads."""

FOLDERS: Final = {
    "train": ("out",),
    "experiment": ("out",),
    "tune": ("out",),
    "explain": ("out",),
    "interpret": ("out",),
    "simulate": ("out",),
    "demo": ("out",),
    "import": ("out", "serial_copy"),
}
"""Commands that write folders, and the parameters that name these; other outputs are files."""


class PlacesFirst(TyperCommand):
    """A command that looks at the places of its outputs first, and writes figures where asked."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - click's own, which Typer has in two places
        """Runs the command.

        Raises:
            OutputError: A place that cannot or must not be written.
        """
        check_places(str(self.name), ctx.params)
        figures = ctx.params.get("figures")
        if figures is None:
            return super().invoke(ctx)
        from arborisk.report.figure_files import figures_into

        with figures_into(figures):
            return super().invoke(ctx)


def check_places_of(app: typer.Typer) -> None:
    """Makes every command of an application look first, those of its groups too."""
    for info in app.registered_commands:
        if info.cls is None or not issubclass(info.cls, PlacesFirst):
            info.cls = PlacesFirst
    for group in app.registered_groups:
        if group.typer_instance is not None:
            check_places_of(group.typer_instance)


def check_places(command: str, values: Mapping[str, Any]) -> None:
    """Looks at the places that a command was given.

    Args:
        command: Its last word.
        values: Its parameters by name.

    Raises:
        OutputError: A place that cannot or must not be written; says why.
    """
    read = [path for name in values if name not in OUTPUTS for path in _files(values[name])]
    taken: dict[Path, str] = {}
    for name in sorted(OUTPUTS & set(values)):
        path = values[name]
        if not isinstance(path, Path):
            continue
        other = taken.setdefault(path.resolve(), name)
        if other != name:
            both = " and ".join("--" + one.replace("_", "-") for one in (other, name))
            raise OutputError(
                "a file of its own for each result", f"one for {both}", str(path),
                "Choose another name for one of them.",
            )  # fmt: skip
        if name == "figures" or name in FOLDERS.get(command, ()):
            check_folder(path, outside=_files(values.get("photos")))
        else:
            check_place(path, inputs=read)


def _files(value: object) -> Iterator[Path]:
    """Paths in the value of a parameter; a map file's layer and a book's sheet are cut off."""
    for one in value if isinstance(value, list | tuple) else (value,):
        if isinstance(one, Path) or (isinstance(one, str) and "." in one):
            yield Path(one)
            file, colon, _ = str(one).rpartition(":")
            if colon and file:
                yield Path(file)
