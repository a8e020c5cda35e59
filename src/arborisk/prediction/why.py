"""Overlays beside a table of predictions: which places of each photo the answer came from."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from arborisk.bundle.activation_map import Question, exact_map, usual_question
from arborisk.bundle.linear_head import read_linear_head
from arborisk.bundle.load import Bundle, BundleOutput
from arborisk.errors import ArboriskError, OutputError, Remedy, SettingsError, option
from arborisk.files import write_bytes_whole
from arborisk.metrics.scores import predicted_class
from arborisk.photos.decode import DecodedPhoto
from arborisk.photos.overlay import heat_overlay, with_caption
from arborisk.prediction.answers import Answering
from arborisk.prediction.gates.gating import Gating
from arborisk.prediction.journal import PhotoPrediction
from arborisk.preprocess.prepare import seen_box
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.wording.percent import percent
from arborisk.wording.sentences import DRAWN_MODEL, LEVEL_1_SHORT

BELIEF: Final = "An exact map of this network's arithmetic; not a finding about the tree."
NO_LIKELIHOOD: Final = "No likelihood is given."
MOST_CLASSES: Final = 5  # whose probabilities stand in a caption
LONG_SIDE_PX: Final = 640
"""Large enough to tell branches, small enough to write a thousand of them."""
FULL_COLOUR: Final = 0.98
"""Share of the places below the full colour, so that one place does not fade all others."""
_QUALITY: Final = 82  # of the JPEG, of 95
_VERSION: Final = 1  # raised whenever the same photo would give another overlay
_HEAD_BYTES: Final = 512  # an overlay's mark stands before its pixels


@dataclass(frozen=True, slots=True)
class SeenPhoto:
    """What an overlay is made of, besides the answer.

    Attributes:
        photo: As it was decoded for the network.
        seed: Of a random crop.
        output: What the network gave for it alone.
    """

    photo: DecodedPhoto
    seed: int
    output: BundleOutput


def overlays_folder(out: Path) -> Path:
    """Where the overlays of a table lie: beside it."""
    return out.with_name(f"{out.stem}_why")


class Overlays:
    """Writes the overlays of one run, each whole or not at all; threads may share it.

    An overlay carries a mark of the photo's state and the model, so that a rerun knows which are
    there. It holds nothing of the photo's header.

    Args:
        folder: Where they are written, under the names of the photos.
        answering: Of the run.
        gating: Of the run.
        settings: How photos are prepared.

    Raises:
        BundleError: The bundle has no exact map; says why, and what to use instead.
    """

    def __init__(
        self, folder: Path, answering: Answering, gating: Gating, settings: PreprocessSettings
    ) -> None:
        self.folder = folder
        self.answering = answering
        self.gating = gating
        self.settings = settings
        self.head = read_linear_head(self._bundle)

    @property
    def _bundle(self) -> Bundle:
        return self.answering.bundle

    def path(self, name: str) -> Path:
        """The overlay of a photo, by the photo's name in the table."""
        return self.folder / f"{name}.jpg"

    def is_current(self, name: str, n_bytes: int, modified_ns: int) -> bool:
        """Whether the overlay of a photo, as the photo is now, was written by this model."""
        try:
            with self.path(name).open("rb") as stream:
                return self._mark(n_bytes, modified_ns) in stream.read(_HEAD_BYTES)
        except OSError:
            return False

    def update(self, prediction: PhotoPrediction, seen: SeenPhoto | None) -> None:
        """Writes the overlay of a photo, or takes away that of one that cannot be used any more.

        Args:
            prediction: Its answer.
            seen: What the overlay is made of; None for a photo without an answer.

        Raises:
            SettingsError: It cannot be written there.
        """
        place = self.path(prediction.photo)
        try:
            if seen is None:
                place.unlink(missing_ok=True)
            else:
                write_bytes_whole(place, self._content(prediction, seen))
        except (OSError, OutputError) as error:
            raise SettingsError(
                "a folder in which the overlays of --why can be written",
                str(error),
                str(self.folder),
                Remedy(
                    "Choose another {}, or leave out {}.",
                    option("--out", "predict"),
                    option("--why", "predict"),
                ),
            ) from error

    def _content(self, prediction: PhotoPrediction, seen: SeenPhoto) -> bytes:
        """The overlay of a photo as a JPEG with its mark."""
        answer = int(predicted_class(seen.output.probability)[0])
        question = usual_question(self.head, self.answering.titles, answer)
        values = exact_map(self.head, question, seen.output.feature_map).place_score[0]
        picture = _small(seen.photo)
        box = seen_box(*picture.size, self.settings, seed=seen.seed)
        whole = self.settings.crop == "stretch"
        limit = float(np.quantile(np.abs(values), FULL_COLOUR))
        overlay = with_caption(
            heat_overlay(picture, values, limit=limit, box=None if whole else box),
            self._caption(prediction, question, answer),
            legend=(f"speaks for {question.speaks_against}", f"speaks for {question.speaks_for}"),
        )
        content = io.BytesIO()
        mark = self._mark(prediction.n_bytes, prediction.modified_ns)
        overlay.save(content, "JPEG", quality=_QUALITY, comment=mark)
        return content.getvalue()

    def _caption(self, prediction: PhotoPrediction, question: Question, answer: int) -> list[str]:
        """What is asked, what the model says, what that is worth."""
        description = self._bundle.description
        findings = self.gating.findings(prediction.fitness)
        no_tree = any(one.action == "not_a_tree" for one in findings)
        lines = [
            f"Why {question.title}",
            NO_LIKELIHOOD if no_tree else self._said(prediction, answer),
            *(_sentence(one.sentence) for one in findings if one.action != "note"),
        ]
        if description.drawn:
            lines.append(DRAWN_MODEL)
        return [
            *lines,
            BELIEF if description.scheme.isa_words is None else f"{BELIEF} {LEVEL_1_SHORT}",
        ]

    def _said(self, prediction: PhotoPrediction, answer: int) -> str:
        """The answer, and the probability of each class, the likeliest to fail first."""
        answering = self.answering
        probability = np.array(prediction.probability)
        kind, end = "not calibrated", ""
        if answering.calibration is not None:
            members = np.array([prediction.members])
            probability = answering.calibration.map.apply(members).mean(axis=1)[0]
            kind, end = "calibrated", ", if the classes are as common as in training"
        order = range(len(probability))[::-1] if answering.ordered else np.argsort(-probability)
        shown = [f"{answering.titles[one]} {percent(probability[one])}" for one in order]
        more = ", ..." if len(shown) > MOST_CLASSES else ""
        said = f"{', '.join(shown[:MOST_CLASSES])}{more}"
        return f"The model answers {answering.titles[answer]}. Probabilities, {kind}: {said}{end}."

    def _mark(self, n_bytes: int, modified_ns: int) -> bytes:
        """Differs whenever the overlay would; says nothing of the photo by itself."""
        settings = self.settings.model_dump_json()
        text = f"{_VERSION} {self._bundle.bundle_id} {settings} {n_bytes} {modified_ns}"
        return f"arborisk why {hashlib.sha256(text.encode()).hexdigest()[:32]}".encode()


def refuse_overlays_place(photos: Path, folder: Path, *, earlier: bool) -> None:
    """Never writes overlays where they would be taken for photos, or over other files.

    Args:
        photos: What is predicted: a photo or a folder.
        folder: Where overlays would be written.
        earlier: Whether an earlier run into the same table is known.

    Raises:
        SettingsError: They would lie among the photos.
        ArboriskError: Something else lies there.
    """
    if photos.is_dir() and folder.resolve().is_relative_to(photos.resolve()):
        raise SettingsError(
            "a place for the overlays outside the folder of photos",
            "one inside it: the next run would take them for photos",
            str(folder),
            Remedy("Choose an {} elsewhere.", option("--out", "predict")),
        )
    if folder.exists() and not earlier:
        raise ArboriskError(
            "a free place for the overlays",
            "something that no earlier run wrote",
            str(folder),
            Remedy("Choose another {}, or move it.", option("--out", "predict")),
        )


def _small(photo: DecodedPhoto) -> Image.Image:
    """The decoded photo at the size of an overlay; never enlarged."""
    left, top, right, bottom = photo.extent
    scale = min(1.0, LONG_SIDE_PX / max(right - left, bottom - top))
    size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
    return photo.image.convert("L").resize(size, Image.Resampling.BICUBIC, box=photo.extent)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
