"""One photo, from file to answer."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.load import Bundle
from arborisk.errors import PhotoError
from arborisk.photos.decode import read_facts
from arborisk.photos.files import sha256_of
from arborisk.prediction.gates.gating import Fitness, Gating
from arborisk.prediction.journal import PROBABILITY_DIGITS, PhotoPrediction
from arborisk.prediction.why import Overlays, SeenPhoto
from arborisk.preprocess.prepare import decoding_for, photo_seed, prepare_decoded
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.records import Failure, PhotoFacts


def predict_one(
    bundle: Bundle,
    gating: Gating,
    settings: PreprocessSettings,
    name: str,
    path: Path,
    overlays: Overlays | None = None,
) -> PhotoPrediction:
    """Answer for one photo; a photo that cannot be used is an answer too.

    Args:
        bundle: The model.
        gating: Its gates.
        settings: How the photo is prepared.
        name: Of the photo, in the table.
        path: Of the photo.
        overlays: Also write the overlay of the photo; None for none.
    """
    n_bytes, modified_ns = file_stamp(path)
    probability: tuple[float, ...] = ()
    members: tuple[tuple[float, ...], ...] = ()
    fitness: Fitness = {}
    failure = seen = None
    with ExitStack() as held:
        try:
            # Only a random crop needs the seed, and the seed needs every byte of the file.
            seed = photo_seed(sha256_of(path)) if settings.crop == "random" else 0
            photo = held.enter_context(decoding_for(path, settings))
            array, facts = prepare_decoded(photo, settings, seed=seed), photo.facts
            if overlays is None:
                del photo
                held.close()
        except PhotoError as error:
            failure = Failure(name, error.reason, error.told_at(name))
            facts = _stated_facts(path)
        except Exception as error:  # whatever a decoder throws at one photo must not end the run
            said = str(error).replace(str(path), name)
            failure = Failure(name, "unexpected", f"{type(error).__name__}: {said}")
            facts = _stated_facts(path)
        else:
            output = bundle.predict(array[None])
            probability = _rounded(output.probability[0])
            members = tuple(_rounded(member) for member in output.member_log_probability[0])
            fitness = gating.measure(array, output.embedding[0])
            seen = SeenPhoto(photo, seed, output) if overlays else None
        prediction = PhotoPrediction(
            photo=name,
            n_bytes=n_bytes,
            modified_ns=modified_ns,
            probability=probability,
            members=members,
            fitness=fitness,
            failure=failure,
            taken_at=facts.taken_at.isoformat() if facts.taken_at else "",
            latitude=facts.latitude,
            longitude=facts.longitude,
            remark=facts.remark,
        )
        if overlays is not None:
            overlays.update(prediction, seen)
        return prediction


def _stated_facts(path: Path) -> PhotoFacts:
    """What the header of a photo says whose picture cannot be used; it may be damaged itself."""
    try:
        return read_facts(path)
    except PhotoError:
        return PhotoFacts(0, 0)


def _rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(value, PROBABILITY_DIGITS) for value in values.tolist())


def file_stamp(path: Path) -> tuple[int, int]:
    """Size and time of change; zeros for a file that went away."""
    try:
        facts = path.stat()
    except OSError:
        return 0, 0
    return facts.st_size, facts.st_mtime_ns
