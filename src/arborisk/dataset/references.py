"""Which photo a table means: by path, bare name, stem or image number."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from arborisk.photos.files import PHOTO_SUFFIXES
from arborisk.tables.table import fold

MatchKind = Literal["path", "name", "stem", "number", "ambiguous", "missing"]

_NUMBER = re.compile(r"\d+(?:[a-z](?![a-z]))?")
_NUMBER_REFERENCE = re.compile(
    r"(?:#|no\.?|nr\.?|number|photo|image|img|picture)?[ _#-]*(\d+[a-z]?)"
)

_UPLOAD = re.compile(r"[0-9a-f]{8}-(?=.)")
"""What Label Studio sets before the name of each file that is uploaded to it."""

_KeysOf = Callable[[tuple[str, ...]], list[str]]


@dataclass(frozen=True, slots=True)
class Match:
    """What a reference leads to.

    Attributes:
        kind: How it was matched, or why not.
        files: The photo, relative to the root; several when ambiguous, none when missing.
    """

    kind: MatchKind
    files: tuple[str, ...] = ()


class PhotoIndex:
    """Finds photos by what people write for them.

    Args:
        root: Photo root.
        files: Photos, relative to the root, with forward slashes.
    """

    def __init__(self, root: Path, files: Iterable[str]) -> None:
        prefix = _parts(root.resolve().as_posix())
        self._n_root = len(prefix)
        self._parts = {file: (*prefix, *_parts(file)) for file in files}
        self._by_name = self._group(lambda parts: [parts[-1]])
        self._by_stem = self._group(lambda parts: [_stem(parts[-1])])
        self._by_last_number = self._group(lambda parts: _numbers(parts[-1])[-1:])
        self._by_number = self._group(lambda parts: _numbers(parts[-1]))

    def _group(self, keys_of: _KeysOf) -> dict[str, list[str]]:
        groups = defaultdict(list)
        for file, parts in self._parts.items():
            for key in dict.fromkeys(keys_of(parts)):
                groups[key].append(file)
        return dict(groups)

    def match_all(self, references: Sequence[str]) -> list[Match]:
        """Matches the references of one table.

        A reference whose folder is unknown here (a path of another computer) means the photo whose
        path below the root it ends with: ``C:/ann/b/1.jpg`` may be ``b/1.jpg`` or ``1.jpg``, never
        ``a/1.jpg``; and only while no other reference of the table has the same name. The mark
        that Label Studio sets before an uploaded file's name is passed over.
        """
        folders = defaultdict(set)
        plain = {reference: self._without_upload(_parts(reference)) for reference in references}
        for reference, parts in plain.items():
            if parts:
                folders[parts[-1]].add(_parts(reference))
        found: dict[str, Match] = {}
        for reference in references:
            if reference not in found:
                parts = plain[reference]
                one_folder = bool(parts) and len(folders[parts[-1]]) == 1
                found[reference] = self._match(reference, parts, name_is_enough=one_folder)
        return [found[reference] for reference in references]

    def _match(self, reference: str, parts: tuple[str, ...], *, name_is_enough: bool) -> Match:
        if reference in self._parts:
            return Match("path", (reference,))
        if not parts:
            return Match("missing")
        named = self._by_name.get(parts[-1], [])
        ending = [file for file in named if self._parts[file][-len(parts) :] == parts]
        if ending:
            return _one_of(ending, "path" if len(parts) > 1 else "name")
        if named:
            below = [file for file in named if self._ends_below_root(parts, file)]
            deepest = max((len(self._parts[file]) for file in below), default=0)
            found = [file for file in below if len(self._parts[file]) == deepest]
            return _one_of(found if name_is_enough else [], "name")
        stem = (*parts[:-1], _stem(parts[-1]))
        alike = self._by_stem.get(stem[-1], [])
        inside = [
            file
            for file in alike
            if (*self._parts[file][:-1], _stem(self._parts[file][-1]))[-len(stem) :] == stem
        ]
        if inside:
            return _one_of(inside, "stem")
        number = _NUMBER_REFERENCE.fullmatch(parts[-1])
        if number is None or len(parts) > 1:
            return Match("missing")
        key = _plain(number[1])
        last = self._by_last_number.get(key, [])
        return _one_of(last or self._by_number.get(key, []), "number")

    def _without_upload(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """A path without the mark of an upload, where only then a photo is called so."""
        if not parts or self._is_name(parts[-1]) or not _UPLOAD.match(parts[-1]):
            return parts
        name = _UPLOAD.sub("", parts[-1], count=1)
        return (*parts[:-1], name) if self._is_name(name) else parts

    def _is_name(self, name: str) -> bool:
        return name in self._by_name or _stem(name) in self._by_stem

    def _ends_below_root(self, parts: tuple[str, ...], file: str) -> bool:
        """Whether a path ends with the whole path of a photo below the root."""
        own = self._parts[file][self._n_root :]
        return parts[-len(own) :] == own


def _one_of(files: list[str], kind: MatchKind) -> Match:
    if not files:
        return Match("missing")
    return Match(kind if len(files) == 1 else "ambiguous", tuple(sorted(files)))


def _parts(path: str) -> tuple[str, ...]:
    """Folded parts of a path of any system."""
    plain = fold(path).strip("'\"").replace("\\", "/")
    return tuple(
        part for part in (item.strip() for item in plain.split("/")) if part not in {"", "."}
    )


def _stem(name: str) -> str:
    """Name without a photo suffix; other dots belong to the stem."""
    path = PurePosixPath(name)
    return path.stem if path.suffix in PHOTO_SUFFIXES else name


def _numbers(name: str) -> list[str]:
    return [_plain(number) for number in _NUMBER.findall(_stem(name))]


def _plain(number: str) -> str:
    """Number without leading zeros."""
    return number.lstrip("0") or "0"
