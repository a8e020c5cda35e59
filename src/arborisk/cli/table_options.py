"""Options by which a user says what the columns of a table hold; the same for every command."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from arborisk.tables.choices import TableChoices

Command = Callable[..., None]
ColumnOption = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        help="ROLE=HEADER: which column holds what, such as height=HAUTEUR; 'ROLE=' leaves it out. "
        "Repeatable.",
        show_default="usual headers",
    ),
]
UnitsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--units",
        help="ROLE=UNIT of bare numbers, such as height=ft or dbh=in. Repeatable.",
        show_default="as headers and cells say",
    ),
]
MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        help="FILE.toml: columns, units, codes and words, as arborisk table --write-map writes it; "
        "or WORD=LABEL. Repeatable.",
        show_default="none",
    ),
]
PlacesOption = Annotated[
    str,
    typer.Option(
        "--places",
        help="Coordinate system of the places, such as EPSG:2263.",
        show_default="as the file says",
    ),
]
SheetOption = Annotated[
    str | None, typer.Option("--sheet", help="Sheet of a workbook.", show_default="the first")
]
LayerOption = Annotated[
    str | None,
    typer.Option("--layer", help="Layer of a map file.", show_default="its only one"),
]


def _option(name: str, kind: object, default: str | None = None) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


TABLE_OPTIONS: Final[Mapping[str, inspect.Parameter]] = {
    "column": _option("column", ColumnOption),
    "units": _option("units", UnitsOption),
    "mapped": _option("mapped", MapOption),
    "places": _option("places", PlacesOption, ""),
    "sheet": _option("sheet", SheetOption),
    "layer": _option("layer", LayerOption),
}


def own_header(role: str) -> Any:  # noqa: ANN401 - typer's own type differs by use
    """The option of 0.1.0 that named the column of one role; ``--column`` has taken its place."""
    return typer.Option(f"--{role.replace('_', '-')}-column", hidden=True)


def with_headers(
    column: Iterable[str] | None, headers: Mapping[str, str | None]
) -> tuple[list[str], tuple[str, ...]]:
    """Pairs of ``--column`` and of the options of 0.1.0, and the headers of columns of labels.

    ``--column label=HEADER`` may be repeated where each rater has a column.

    Args:
        column: Values of ``--column``.
        headers: Role to the header that an option of 0.1.0 named, or None.
    """
    pairs = [f"{role}={header}" for role, header in headers.items() if header is not None]
    labels: list[str] = []
    others: list[str] = []
    for pair in [*pairs, *(column or ())]:
        role, sign, header = pair.partition("=")
        is_label = role.strip().lower() == "label" and sign and header.strip()
        (labels if is_label else others).append(header.strip() if is_label else pair)
    return others, tuple(labels)


def with_table_options(*leave_out: str) -> Callable[[Command], Command]:
    """Gives a command that takes ``choices`` the options by which a user states them.

    Args:
        leave_out: Of `TABLE_OPTIONS`, those that would mean nothing for its tables.
    """
    options = {name: one for name, one in TABLE_OPTIONS.items() if name not in leave_out}

    def filled_by_options(command: Command) -> Command:
        kinds = typing.get_type_hints(command, localns={"TableChoices": Any}, include_extras=True)
        parameters: list[inspect.Parameter] = []
        for name, one in inspect.signature(command).parameters.items():
            if name == "choices":
                parameters += options.values()
            else:
                parameters.append(one.replace(annotation=kinds[name], kind=one.KEYWORD_ONLY))

        @functools.wraps(command)
        def filled(**values: Any) -> None:  # noqa: ANN401 - those of the command
            stated = {name: values.pop(name) for name in options}
            command(**values, choices=choices_of(**stated))

        filled.__annotations__ = {one.name: one.annotation for one in parameters}
        filled.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return filled

    return filled_by_options


def choices_of(
    column: Iterable[str] | None = None,
    units: Iterable[str] | None = None,
    mapped: Iterable[str] | None = None,
    places: str = "",
    sheet: str | None = None,
    layer: str | None = None,
) -> TableChoices:
    """What the user says of a table.

    Raises:
        TableError: See `arborisk.tables.choices.TableChoices.from_options`; or several map files.
    """
    from arborisk.tables.choices import TableChoices

    files, words = map_values(mapped or ())
    return TableChoices.from_options(
        column=column or (),
        units=units or (),
        map_file=files,
        words=words,
        places=places,
        sheet=sheet,
        layer=layer,
    )


def map_values(values: Iterable[str]) -> tuple[Path | None, dict[str, str]]:
    """The map file and the words of ``--map``: a value that ends in .toml is a file.

    Raises:
        TableError: Several files.
        typer.BadParameter: A value that is neither a file nor WORD=LABEL.
    """
    from arborisk.errors import TableError
    from arborisk.tables.choices import MAP_SUFFIX

    files, words = [], {}
    for value in values:
        word, sign, label = value.rpartition("=")
        if value.lower().endswith(MAP_SUFFIX) and (not sign or Path(value).exists()):
            files.append(Path(value))
        elif sign and word.strip():
            words[word.strip()] = label.strip()
        else:
            raise typer.BadParameter(
                f"write FILE.toml or WORD=LABEL, not {value!r}", param_hint="--map"
            )
    if len(files) > 1:
        raise TableError(
            "one map file", ", ".join(map(str, files)), "--map", "Put them into one file."
        )
    return (files[0] if files else None), words
