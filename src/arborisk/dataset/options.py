"""Options of an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

LabelSource = Literal["auto", "table", "names", "file-name", "folder", "none"]


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
    """

    labels: Path | None = None
    labels_from: LabelSource = "auto"
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    label_columns: tuple[str, ...] = ()
    word_map: Mapping[str, str] = field(default_factory=dict)
    scheme: str | None = None

    def as_text(self) -> dict[str, str]:
        """Options that are set, as text, for the manifest; a table is named without its folder."""
        given = {
            "labels": self.labels.name if self.labels else "",
            "labels_from": self.labels_from,
            "sheet": self.sheet or "",
            "scheme": self.scheme or "",
            "label_columns": ", ".join(self.label_columns),
            **{f"{role}_column": header for role, header in self.columns.items()},
            "map": ", ".join(f"{word}={label}" for word, label in self.word_map.items()),
        }
        return {name: value for name, value in given.items() if value}
