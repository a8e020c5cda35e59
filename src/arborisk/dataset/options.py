"""Options of an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from arborisk.tables.choices import TableChoices
from arborisk.tables.rating_words import isa_word

LabelSource = Literal["auto", "table", "names", "file-name", "folder", "none"]


def said_of_table(
    choices: TableChoices, columns: Mapping[str, str], words: Mapping[str, str], sheet: str | None
) -> TableChoices:
    """All that a user says of a table of ratings, in one place.

    A map file may serve several commands: of its words, those for other scales are passed over as
    soon as one is a likelihood of failure.

    Args:
        choices: What a map file and the command line say.
        columns: Role to header, above those.
        words: Word to label, above those.
        sheet: Sheet of a workbook, above those.
    """
    codes = choices.codes.get("label", {})
    said = {**{code: isa_word(label) or label for code, label in codes.items()}, **choices.words}
    if choices.map_file is not None and any(isa_word(label) for label in said.values()):
        said = {word: label for word, label in said.items() if not label or isa_word(label)}
    return replace(
        choices,
        columns={**choices.columns, **columns},
        words={**said, **words},
        sheet=sheet or choices.sheet,
    )


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How labels and facts are read.

    Attributes:
        labels: CSV or XLSX table of ratings, or None.
        labels_from: ``auto`` takes the table if there is one, else ISA words (or those of a scheme
            file or of `word_map`) in file and folder names, else the top folder as the class.
        sheet: Sheet of an XLSX table; the first one by default.
        columns: Role to header, for headers that are not recognised; "" leaves the role out.
            Roles: file, tree, site, view, time_frame, season, rater, ...
        label_columns: Headers of label columns; several when each rater has one.
        word_map: The user's words to labels; an empty label means unrated.
        scheme: Name of a class scheme or a scheme file: says which words are labels.
        choices: What else the user says of the table, as a map file holds it; `columns`,
            `word_map` and `sheet` stand above it.
    """

    labels: Path | None = None
    labels_from: LabelSource = "auto"
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    label_columns: tuple[str, ...] = ()
    word_map: Mapping[str, str] = field(default_factory=dict)
    scheme: str | None = None
    choices: TableChoices = field(default_factory=TableChoices)

    def of_table(self) -> TableChoices:
        """All that the user says of the table."""
        return said_of_table(self.choices, self.columns, self.word_map, self.sheet)

    def as_text(self) -> dict[str, str]:
        """Options that are set, as text, for the manifest; a table is named without its folder."""
        said = self.of_table()
        given = {
            "labels": self.labels.name if self.labels else "",
            "labels_from": self.labels_from,
            "sheet": said.sheet or "",
            "scheme": self.scheme or "",
            "label_columns": ", ".join(self.label_columns),
            **{f"{role}_column": header for role, header in said.columns.items()},
            "map": ", ".join(f"{word}={label}" for word, label in said.words.items()),
        }
        return {name: value for name, value in given.items() if value}
