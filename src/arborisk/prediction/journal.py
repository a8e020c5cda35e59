"""Memory of a run: one JSON line for each finished photo, so that nothing is done twice."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from arborisk.errors import ArboriskError, Remedy, SettingsError, option
from arborisk.records import Failure

PROBABILITY_DIGITS = 6
"""Decimals kept of a probability or its logarithm: below any meaning, above float32's noise."""


@dataclass(frozen=True, slots=True)
class PhotoPrediction:
    """Answer for one photo, or why there is none.

    Attributes:
        photo: Path relative to the folder given, with forward slashes; the name of a single file.
        n_bytes: Size of the file when it was read.
        modified_ns: Its time of change, nanoseconds since 1970: a changed photo is read again.
        probability: What the model said of each class in the order of the scheme, not calibrated;
            empty when the photo failed.
        members: Log-probabilities of each averaged network, one row a member; empty likewise.
        fitness: What the gates measured, by name; empty where nothing was.
        failure: Why there is no answer, or None.
        taken_at: Local time of exposure, ISO 8601, or "".
        latitude: Degrees north, if stated.
        longitude: Degrees east, if stated.
        remark: What the photo's header says and is not used, or "".
    """

    photo: str
    n_bytes: int
    modified_ns: int
    probability: tuple[float, ...] = ()
    members: tuple[tuple[float, ...], ...] = ()
    fitness: Mapping[str, float] = field(default_factory=dict)
    failure: Failure | None = None
    taken_at: str = ""
    latitude: float | None = None
    longitude: float | None = None
    remark: str = ""


if sys.platform != "win32":
    import fcntl

JOURNAL_VERSION = 2


def journal_path(out: Path) -> Path:
    """Where the journal of a table lies: beside it."""
    return out.with_name(f"{out.name}.journal.jsonl")


class Journal:
    """Lines in the order in which photos were finished; of several for a photo the last counts.

    Use as a context manager. Of each line only its place is kept in memory. The journal is locked
    until it is closed, so that two runs never write one table; a killed run holds nothing. Windows
    has no such lock: there, let one run finish before another one starts.

    Args:
        path: The journal; made if there is none.
        settings: All that changes results. The first line holds it.
        restart: Forget what the journal holds.

    Raises:
        SettingsError: The journal was made with other settings, and says which differ; or it
            cannot be written.
        ArboriskError: Another run is writing, or the journal is damaged before its last line.
    """

    def __init__(self, path: Path, settings: Mapping[str, Any], *, restart: bool = False) -> None:
        self.path = path
        self._offsets: dict[str, int] = {}
        self._header = {"journal_version": JOURNAL_VERSION, **settings}
        self._stream = _open(path)
        try:
            self._lock()
            if restart:
                self._stream.truncate(0)
            self._load()
        except BaseException:
            self._stream.close()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def append(self, prediction: PhotoPrediction) -> None:
        """Keeps one finished photo: a killed run has it, a loss of power may take the last ones."""
        self._write(_to_json(prediction))

    def __contains__(self, photo: str) -> bool:
        return photo in self._offsets

    def __getitem__(self, photo: str) -> PhotoPrediction:
        """The last finished answer for a photo.

        Raises:
            ArboriskError: Its line is no longer where it was: something else wrote the journal.
        """
        self._stream.seek(self._offsets[photo])
        line = self._stream.readline()
        try:
            found = _from_json(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise self._changed(photo, f"{type(error).__name__}") from error
        if found.photo != photo:
            raise self._changed(photo, f"the line of {found.photo!r}")
        return found

    def _changed(self, photo: str, found: str) -> ArboriskError:
        return ArboriskError(
            f"the line of {photo!r} where this run left it",
            f"{found}: something else wrote the journal",
            str(self.path),
            Remedy("Let one run finish, then start again with {}.", option("--restart", "predict")),
        )

    def _lock(self) -> None:
        if sys.platform == "win32":
            return
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ArboriskError(
                "a table that no other run is writing",
                "that another run is writing it",
                str(self.path),
                Remedy(
                    "Wait until it has finished, or choose another {}.", option("--out", "predict")
                ),
            ) from error

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
                Remedy(
                    "Start again with {}, or choose another {}.",
                    option("--restart", "predict"),
                    option("--out", "predict"),
                ),
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
                Remedy(
                    "Choose another {}, or start this one again with {}.",
                    option("--out", "predict"),
                    option("--restart", "predict"),
                ),
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
            "Choose a folder that you may write into.",
        ) from error


def _to_json(prediction: PhotoPrediction) -> dict[str, Any]:
    failure = prediction.failure
    return {
        "photo": prediction.photo,
        "n_bytes": prediction.n_bytes,
        "modified_ns": prediction.modified_ns,
        "probability": list(prediction.probability),
        "members": [list(member) for member in prediction.members],
        "fitness": dict(prediction.fitness),
        "failure": failure and {"reason": failure.reason, "message": failure.message},
        "taken_at": prediction.taken_at,
        "latitude": prediction.latitude,
        "longitude": prediction.longitude,
        "remark": prediction.remark,
    }


def _from_json(content: dict[str, Any]) -> PhotoPrediction:
    failure = content["failure"]
    return PhotoPrediction(
        photo=content["photo"],
        n_bytes=content["n_bytes"],
        modified_ns=content["modified_ns"],
        probability=tuple(content["probability"]),
        members=tuple(map(tuple, content["members"])),
        fitness=content["fitness"],
        failure=failure and Failure(content["photo"], failure["reason"], failure["message"]),
        taken_at=content["taken_at"],
        latitude=content["latitude"],
        longitude=content["longitude"],
        remark=content.get("remark", ""),  # journals of earlier versions have none
    )
