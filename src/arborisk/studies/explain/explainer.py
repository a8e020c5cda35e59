"""Explains photos of one model, a few at a time: maps together, then each photo in a thread."""

from __future__ import annotations

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arborisk.bundle.activation_map import Contrast
from arborisk.errors import PhotoError
from arborisk.explanation.attribution.methods import attribute
from arborisk.explanation.measures.measure import measure_tree
from arborisk.explanation.measures.overlay import measure_overlay
from arborisk.explanation.measures.table import Measure
from arborisk.explanation.opened import OpenedModel
from arborisk.explanation.parts.part_map import PARTS, PartMap
from arborisk.explanation.parts.reader import PartsReader
from arborisk.explanation.parts.shares import photo_shares
from arborisk.explanation.photo_record import (
    LabelledNeighbours,
    Neighbour,
    PhotoExplanation,
    PhotoShare,
)
from arborisk.files import write_bytes_whole
from arborisk.photos.decode import read_photo
from arborisk.photos.files import sha256_of
from arborisk.photos.overlay import heat_overlay
from arborisk.photos.workers import n_cores
from arborisk.preprocess.prepare import photo_seed, prepare_image, seen_box
from arborisk.records import Failure
from arborisk.report.explain_page import picture_path
from arborisk.report.parts_section import part_overlay
from arborisk.studies.explain.asked import ALL_MEMBERS, AskedPhoto, ExplainOptions

LONG_SIDE_PX = 640
JPEG_QUALITY = 82
FULL_COLOUR = 0.98
"""Share of a map's places below the full colour, so that one place does not fade all others."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A photo ready to be explained.

    Attributes:
        asked: The photo.
        mark: State of its file.
        photo: Upright, its long side at most twice the grid of parts.
        seed: Of a random crop.
        array: What the network sees, shape (size, size, channels).
    """

    asked: AskedPhoto
    mark: str
    photo: Image.Image
    seed: int
    array: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A photo with its map.

    Attributes:
        prepared: The photo.
        contrast: What was explained.
        score: Of the contrast.
        values: The map over the array, shape (h, w).
    """

    prepared: Prepared
    contrast: Contrast
    score: float
    values: NDArray[np.float32]


class Explainer:
    """Explains photos and writes their pictures.

    Args:
        opened: The model.
        method: A key of `arborisk.explanation.attribution.METHODS`.
        options: What is asked.
        folder: Folder of the explanations.
        labelled: Labelled photos to compare with, or None.
        reader: Tells the parts of photos.
    """

    def __init__(
        self,
        opened: OpenedModel,
        method: str,
        options: ExplainOptions,
        folder: Path,
        labelled: LabelledNeighbours | None,
        reader: PartsReader,
    ) -> None:
        self.opened = opened
        self.method = method
        self.options = options
        self.folder = folder
        self.labelled = labelled
        self.reader = reader
        self._alone: dict[int, OpenedModel] = {ALL_MEMBERS: opened}

    def explain(self, photos: Sequence[AskedPhoto]) -> list[PhotoExplanation]:
        """Explains some photos, in their order; a photo that cannot be used says why.

        Args:
            photos: A few: all are in memory at once.
        """
        with ThreadPoolExecutor(n_cores()) as pool:
            ready = list(pool.map(self._prepare, photos))
            usable = [one for one in ready if isinstance(one, Prepared)]
            finished = {one.photo: one for one in ready if isinstance(one, PhotoExplanation)}
            for done in pool.map(self._finish, self._maps(usable)):
                finished[done.photo] = done
        return [finished[one.name] for one in photos]

    def _prepare(self, asked: AskedPhoto) -> Prepared | PhotoExplanation:
        """Reads a photo."""
        mark = file_mark(asked.path)
        settings = self.opened.preprocess
        try:
            seed = photo_seed(sha256_of(asked.path)) if settings.crop == "random" else 0
            photo = read_photo(asked.path, at_least_px=2 * LONG_SIDE_PX)
            array = prepare_image(photo, settings, seed=seed)
        except PhotoError as error:
            failure = Failure(asked.name, error.reason, error.told_at(asked.name))
            return PhotoExplanation(asked.name, mark, failure=failure)
        return Prepared(asked, mark, photo.convert("RGB"), seed, array)

    def _maps(self, photos: Sequence[Prepared]) -> list[Mapped]:
        """Maps of all photos; those with one question to one network together."""
        questions: dict[tuple[int, Contrast], list[Prepared]] = {}
        for one in photos:
            opened = self._network(one.asked.member)
            answer = int(opened.probability(one.array[None])[0].argmax())
            contrast = self.options.contrast(opened.titles, answer)
            questions.setdefault((one.asked.member, contrast), []).append(one)
        found = []
        for (member, contrast), some in questions.items():
            opened = self._network(member)
            arrays = np.stack([one.array for one in some])
            maps = attribute(opened, arrays, contrast, self.method, seed=self.options.seed)
            scores = opened.score(opened.pictures(arrays), contrast).tolist()
            found += [
                Mapped(one, contrast, score, values)
                for one, score, values in zip(some, scores, maps.values, strict=True)
            ]
        return found

    def _finish(self, mapped: Mapped) -> PhotoExplanation:
        """Parts, measures and neighbours of a photo with its map; writes its pictures."""
        one = mapped.prepared
        parts = self.reader.read(one.photo)
        positive, _, area = photo_shares(
            mapped.values, parts, self.opened.preprocess, seed=one.seed
        )
        self._write(one, "map", self._map_picture(mapped))
        self._write(one, "parts", part_overlay(parts))
        measures: tuple[Measure, ...] = ()
        sentences: tuple[str, ...] = ()
        if self.options.measures:
            measures, sentences = self._measure(one, parts)
        return PhotoExplanation(
            photo=one.asked.name,
            mark=one.mark,
            question=mapped.contrast.title(self.opened.titles),
            score=mapped.score,
            shares=tuple(
                PhotoShare(part, float(share) if np.isfinite(share) else None, float(size))
                for part, share, size in zip(PARTS, positive, area, strict=True)
            ),
            measures=measures,
            sentences=sentences,
            neighbours=self._neighbours(one),
        )

    def _measure(
        self, one: Prepared, parts: PartMap
    ) -> tuple[tuple[Measure, ...], tuple[str, ...]]:
        """Measures of the tree, with their picture."""
        found = measure_tree(parts)
        self._write(one, "measures", measure_overlay(parts, found, with_text=False))
        return found.measures, found.sentences

    def _neighbours(self, one: Prepared) -> tuple[Neighbour, ...]:
        """Nearest labelled photos."""
        bundle = self.opened.bundle
        if self.labelled is None or bundle is None or bundle.reference is None:
            return ()
        point = bundle.reference.project(bundle.predict(one.array[None]).embedding)[0]
        n_nearest = self.options.n_nearest
        return self.labelled.nearest(point, n_nearest=n_nearest, without_group=one.asked.group)

    def _map_picture(self, mapped: Mapped) -> Image.Image:
        """The map over the photo."""
        photo = mapped.prepared.photo.copy()
        photo.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX))
        settings = self.opened.preprocess
        box = seen_box(*photo.size, settings, seed=mapped.prepared.seed)
        limit = float(np.quantile(np.abs(mapped.values), FULL_COLOUR))
        return heat_overlay(
            photo, mapped.values, limit=limit, box=None if settings.crop == "stretch" else box
        )

    def _write(self, one: Prepared, kind: str, picture: Image.Image) -> None:
        """Writes a picture of a photo, whole, without anything of the photo's header."""
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=JPEG_QUALITY, optimize=True)
        write_bytes_whole(picture_path(self.folder, one.asked.name, kind), stream.getvalue())

    def _network(self, member: int) -> OpenedModel:
        """The network that is asked."""
        if member not in self._alone:
            self._alone[member] = self.opened.only(member)
        return self._alone[member]


def file_mark(path: Path) -> str:
    """Size and time of change of a file: a changed photo is explained again."""
    try:
        facts = path.stat()
    except OSError:
        return ""
    return f"{facts.st_size} {facts.st_mtime_ns}"
