"""Memory of a run: one JSON line for each finished photo, so that nothing is done twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from arborisk.errors import ArboriskError, SettingsError
from arborisk.prediction.record import PhotoPrediction
from arborisk.records import Failure

JOURNAL_VERSION = 1


def journal_path(out: Path) -> Path:
    """Where the journal of a table lies: beside it."""
    return out.with_name(f"{out.name}.journal.jsonl")


class Journal:
    """Lines in the order in which photos were finished; of several for a photo the last counts.

    Use as a context manager. Of each line only its place is kept in memory.

    Args:
        path: The journal; made if there is none.
        settings: All that changes results. The first line holds it.

    Raises:
        SettingsError: The journal was made with other settings, and says which differ; or it
            cannot be written.
        ArboriskError: The journal is damaged before its last line.
    """

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        self.path = path
        self._offsets: dict[str, int] = {}
        self._header = {"journal_version": JOURNAL_VERSION, **settings}
        self._stream = _open(path)
        try:
            self._load()
        except BaseException:
            self._stream.close()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def append(self, prediction: PhotoPrediction) -> None:
        """Keeps one finished photo, on disk when this returns."""
        self._write(_to_json(prediction))

    def __contains__(self, photo: str) -> bool:
        return photo in self._offsets

    def __getitem__(self, photo: str) -> PhotoPrediction:
        """The last finished answer for a photo."""
        self._stream.seek(self._offsets[photo])
        return _from_json(json.loads(self._stream.readline()))

    def _write(self, content: Mapping[str, Any]) -> None:
        line = json.dumps(content, ensure_ascii=True, allow_nan=False).encode() + b"\n"
        offset = self._stream.seek(0, 2)
        self._stream.write(line)
        self._stream.flush()
        if "photo" in content:
            self._offsets[content["photo"]] = offset

    def _load(self) -> None:
        """Reads the lines there are; a last line cut by a kill is taken off."""
        self._stream.seek(0)
        offset = 0
        for number, line in enumerate(iter(self._stream.readline, b"")):
            if not line.endswith(b"\n"):
                self._stream.truncate(offset)
                break
            content = self._parse(line, number)
            if number == 0:
                self._check(content)
            else:
                self._offsets[content["photo"]] = offset
            offset += len(line)
        if offset == 0:
            self._write(self._header)

    def _parse(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            content = json.loads(line)
            if number > 0:
                _from_json(content)
        except (ValueError, KeyError, TypeError) as error:
            raise ArboriskError(
                "a journal as arborisk writes it",
                f"{type(error).__name__} in line {number + 1}",
                str(self.path),
                "Start again with --restart, or choose another --out.",
            ) from error
        if not isinstance(content, dict):
            content = {}
        return content

    def _check(self, found: Mapping[str, Any]) -> None:
        """Refuses to mix answers of different models or settings in one table."""
        differing = [
            f"{key} was {found.get(key)!r}, now {self._header.get(key)!r}"
            for key in {**self._header, **found}
            if found.get(key) != self._header.get(key)
        ]
        if differing:
            raise SettingsError(
                "the settings with which this table was begun",
                "; ".join(differing)[:600],
                str(self.path),
                "Choose another --out, or start this one again with --restart.",
            )


def _open(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+b")
    except OSError as error:
        raise SettingsError(
            "a folder in which the table and its journal can be written",
            str(error),
            "--out",
            "Choose another place.",
        ) from error


def _to_json(prediction: PhotoPrediction) -> dict[str, Any]:
    failure = prediction.failure
    return {
        "photo": prediction.photo,
        "n_bytes": prediction.n_bytes,
        "modified_ns": prediction.modified_ns,
        "probability": list(prediction.probability),
        "failure": failure and {"reason": failure.reason, "message": failure.message},
        "taken_at": prediction.taken_at,
        "latitude": prediction.latitude,
        "longitude": prediction.longitude,
    }


def _from_json(content: dict[str, Any]) -> PhotoPrediction:
    failure = content["failure"]
    return PhotoPrediction(
        photo=content["photo"],
        n_bytes=content["n_bytes"],
        modified_ns=content["modified_ns"],
        probability=tuple(content["probability"]),
        failure=failure and Failure(content["photo"], failure["reason"], failure["message"]),
        taken_at=content["taken_at"],
        latitude=content["latitude"],
        longitude=content["longitude"],
    )
