"""Finished explanations, one JSON line each, so that an interrupted run goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import JsonValue

from arborisk.errors import Remedy, SettingsError, option
from arborisk.explanation.photo_record import PhotoExplanation
from arborisk.files import write_text_whole

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
