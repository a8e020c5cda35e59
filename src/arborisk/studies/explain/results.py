"""Finished explanations, one JSON line each, so that an interrupted run goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import JsonValue

from arborisk.errors import Remedy, SettingsError, option
from arborisk.explanation.measures.table import MEASURES
from arborisk.explanation.parts.part_map import PARTS
from arborisk.explanation.photo_record import PhotoExplanation
from arborisk.files import write_text_whole
from arborisk.tables.write import write_table

KEPT = "explanations.jsonl"


class KeptExplanations:
    """What earlier runs into a folder finished with the same model and settings.

    Args:
        folder: Folder of the explanations.
        settings: All that decides an explanation, besides the photo; the first line holds it.
        restart: Forget what is there.

    Raises:
        SettingsError: The file was begun with other settings, or is none of ours; says what to do.
    """

    def __init__(
        self, folder: Path, settings: Mapping[str, JsonValue], *, restart: bool = False
    ) -> None:
        self.path = folder / KEPT
        self._header = json.dumps(settings, sort_keys=True)
        self._found: dict[str, PhotoExplanation] = {}
        if restart or not self.path.is_file():
            write_text_whole(self.path, self._header + "\n")
            return
        self._load()

    def get(self, photo: str, mark: str) -> PhotoExplanation | None:
        """A finished explanation of a photo as it is now; None where there is none, or it failed.

        Args:
            photo: Its name.
            mark: Of the file, see `PhotoExplanation.mark`.
        """
        found = self._found.get(photo)
        return found if found is not None and found.mark == mark and not found.failure else None

    def append(self, explanation: PhotoExplanation) -> None:
        """Keeps a finished explanation."""
        self._found[explanation.photo] = explanation
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(explanation.to_json() + "\n")

    def _load(self) -> None:
        """Reads the lines there are; a last line cut by a kill is taken off."""
        text = self.path.read_text(encoding="utf-8")
        whole, _, cut = text.rpartition("\n")
        if cut:
            write_text_whole(self.path, whole + "\n" if whole else "")
        header, *lines = whole.split("\n")
        if header != self._header:
            raise SettingsError(
                "the model and settings with which these explanations were begun",
                "others",
                str(self.path),
                Remedy(
                    "Choose another {}, or start this one again with {}.",
                    option("--out", "explain"),
                    option("--restart", "explain"),
                ),
            )
        try:
            for line in lines:
                one = PhotoExplanation.from_json(line)
                self._found[one.photo] = one
        except (ValueError, KeyError, TypeError) as error:
            raise SettingsError(
                "explanations as arborisk writes them",
                f"{type(error).__name__}: {error}"[:200],
                str(self.path),
                Remedy(
                    "Start again with {}, or choose another {}.",
                    option("--restart", "explain"),
                    option("--out", "explain"),
                ),
            ) from error


TABLE = "explanations.csv"


def table_columns(n_nearest: int) -> list[str]:
    """Columns of the table.

    Args:
        n_nearest: Labelled photos beside each.
    """
    return [
        *("photo", "failure", "sentences", "question", "score"),
        *(f"{kind}_{part}" for part in PARTS for kind in ("share", "area")),
        *(
            f"{kind.name}{end}"
            for kind in MEASURES
            for end in ("", "_low", "_high", "_remark", "_why_not")
        ),
        *(
            f"nearest_{number}_{what}"
            for number in range(1, n_nearest + 1)
            for what in ("photo", "label", "distance")
        ),
    ]


def write_explanations(
    folder: Path, explanations: Sequence[PhotoExplanation], n_nearest: int
) -> Path:
    """Writes FOLDER/explanations.csv whole; what does not apply is empty.

    Args:
        folder: Folder of the explanations.
        explanations: One row each.
        n_nearest: Labelled photos beside each.
    """
    path = folder / TABLE
    write_table(path, table_columns(n_nearest), map(_row, explanations))
    return path


def _row(one: PhotoExplanation) -> dict[str, str]:
    """A photo's row."""
    if one.failure is not None:
        return {"photo": one.photo, "failure": one.failure.message}
    row = {"photo": one.photo, "question": one.question, "score": f"{one.score:.4f}"}
    for share in one.shares:
        row[f"share_{share.part}"] = _number(share.share)
        row[f"area_{share.part}"] = _number(share.area)
    for measure in one.measures:
        row |= {
            measure.name: _number(measure.value),
            f"{measure.name}_low": _number(measure.low),
            f"{measure.name}_high": _number(measure.high),
            f"{measure.name}_remark": measure.remark,
            f"{measure.name}_why_not": measure.why_not,
        }
    row["sentences"] = " ".join(one.sentences)
    for number, near in enumerate(one.neighbours, start=1):
        row |= {
            f"nearest_{number}_photo": near.photo,
            f"nearest_{number}_label": near.label,
            f"nearest_{number}_distance": _number(near.distance),
        }
    return row


def _number(value: float | None) -> str:
    """Four decimals, or nothing."""
    return "" if value is None else f"{value:.4f}"
