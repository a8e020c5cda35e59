"""New photos as a bundle sees them: small numbers only, in flat memory."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.load import Bundle
from arborisk.bundle.reference import Reference, light_facts
from arborisk.errors import ArboriskError, BundleError, PhotoError, Remedy, command
from arborisk.photos.decode import read_facts
from arborisk.photos.files import find_photos, sha256_of
from arborisk.photos.workers import n_cores
from arborisk.prediction.gates.gating import GATES, GateHeads, Gating
from arborisk.preprocess.prepare import photo_seed, prepare_file
from arborisk.records import Progress

MOST_PHOTOS = 2_000
"""Photos looked at unless asked otherwise: more hardly change what a test over groups says."""
DATED_ENOUGH = 0.9
"""Share of photos with a date from which on a day is taken for an outing."""
WAITING_PER_THREAD = 4
NO_GROUP = "without a group"


@dataclass(frozen=True, slots=True)
class NewPhotos:
    """What is known of new photos; rows are those that could be used.

    Attributes:
        names: Path of each relative to the folder.
        groups: Group of each.
        grouped_by: ``given``, ``day`` or ``photo``.
        points: Where it lies among the training photos, shape (n, r).
        distance: From the nearest training photos, shape (n,).
        facts: Light and sharpness, see `arborisk.bundle.reference.LIGHT_FACTS`, shape (n, f).
        members: What each member says of each class, logarithms, shape (n, n_members, k).
        probability: What they say on average, shape (n, k).
        months: Month taken, 1 to 12, or 0.
        leafless: Share that the gate on leaves takes for out of leaf; None where it cannot tell.
        failures: Photos that could not be used, by reason.
        n_left_out: Photos found and not looked at.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    grouped_by: str
    points: NDArray[np.float64]
    distance: NDArray[np.float64]
    facts: NDArray[np.float64]
    members: NDArray[np.float64]
    probability: NDArray[np.float64]
    months: tuple[int, ...]
    leafless: float | None
    failures: Mapping[str, int]
    n_left_out: int


@dataclass(frozen=True, slots=True)
class _Seen:
    """One photo."""

    name: str
    day: str
    month: int
    failure: str = ""
    points: NDArray[np.float64] | None = None
    distance: float = 0.0
    facts: tuple[float, ...] = ()
    members: NDArray[np.float64] | None = None
    probability: NDArray[np.float64] | None = None
    leafless: bool = False


def reference_of(bundle: Bundle) -> Reference:
    """The training photos that a bundle keeps.

    Raises:
        BundleError: It keeps none.
    """
    if bundle.reference is None:
        raise BundleError(
            "a bundle that remembers its training photos",
            "one that does not",
            str(bundle.folder),
            "Train the model again; every new bundle keeps a reference.",
        )
    return bundle.reference


def measure_photos(
    bundle: Bundle,
    photos: Path,
    *,
    groups: Mapping[str, str] | None = None,
    most: int = MOST_PHOTOS,
    n_threads: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> NewPhotos:
    """Looks at new photos.

    Args:
        bundle: The model.
        photos: A folder that is searched with all its folders, or one photo.
        groups: Group by photo, named relative to the folder; photos without one may be of one tree
            and are one group together. Without any, photos of one day are a group where nearly all
            have a date; those without are one group as well.
        most: Largest number of photos looked at; of more, as many are drawn at random.
        n_threads: Photos worked on at once; None means one a core.
        seed: Of the draw.
        progress: Called with photos done and photos in all.

    Raises:
        BundleError: The bundle keeps no training photos.
        ArboriskError: No photo was found, or none can be used.
    """
    reference = reference_of(bundle)
    found = find_photos(photos)
    root = photos if photos.is_dir() else photos.parent
    if len(found) > most:
        drawn = np.random.default_rng(seed).permutation(len(found))[:most]
        chosen = [found[place] for place in sorted(drawn)]
    else:
        chosen = list(found)
    heads = Gating(bundle).heads
    look = partial(_see, bundle, reference, heads, root)
    seen = _look(look, chosen, n_threads or n_cores(), progress)
    good = [one for one in seen if not one.failure]
    if not good:
        raise ArboriskError(
            "at least one photo that can be used",
            f"none of {len(chosen)}",
            str(photos),
            Remedy("Give a folder of photos; {} says what is wrong with each.", command("predict")),
        )
    own_groups, grouped_by = _groups(good, groups)
    return NewPhotos(
        names=tuple(one.name for one in good),
        groups=own_groups,
        grouped_by=grouped_by,
        points=np.array([one.points for one in good]),
        distance=np.array([one.distance for one in good]),
        facts=np.array([one.facts for one in good]),
        members=np.array([one.members for one in good]),
        probability=np.array([one.probability for one in good]),
        months=tuple(one.month for one in good),
        leafless=None if heads is None else sum(one.leafless for one in good) / len(good),
        failures=dict(Counter(one.failure for one in seen if one.failure)),
        n_left_out=len(found) - len(chosen),
    )


def _look(
    look: Callable[[Path], _Seen], paths: list[Path], n_threads: int, progress: Progress | None
) -> list[_Seen]:
    """All photos, in order, a few in flight at a time."""
    seen: list[_Seen] = []
    waiting: deque[Future[_Seen]] = deque()
    with ThreadPoolExecutor(n_threads, thread_name_prefix="drift") as pool:

        def keep_oldest() -> None:
            seen.append(waiting.popleft().result())
            if progress:
                progress(len(seen), len(paths))

        for path in paths:
            waiting.append(pool.submit(look, path))
            if len(waiting) == n_threads * WAITING_PER_THREAD:
                keep_oldest()
        while waiting:
            keep_oldest()
    return seen


def _see(
    bundle: Bundle, reference: Reference, heads: GateHeads | None, root: Path, path: Path
) -> _Seen:
    """One photo; one that cannot be used is a row too."""
    name = path.relative_to(root).as_posix()
    settings = bundle.description.preprocess
    try:
        taken_at = read_facts(path).taken_at
        seed = photo_seed(sha256_of(path)) if settings.crop == "random" else 0
        array = prepare_file(path, settings, seed=seed)
    except PhotoError as error:
        return _Seen(name, "", 0, failure=error.reason)
    except Exception:  # whatever a decoder throws at one photo must not end the run
        return _Seen(name, "", 0, failure="unexpected")
    output = bundle.predict(array[None])
    return _Seen(
        name,
        taken_at.date().isoformat() if taken_at else "",
        taken_at.month if taken_at else 0,
        points=reference.project(output.embedding)[0],
        distance=float(reference.distance(output.embedding)[0]),
        facts=light_facts(array),
        members=output.member_log_probability[0],
        probability=output.probability[0],
        leafless=heads is not None and _is_leafless(heads, output.embedding[0]),
    )


def _is_leafless(heads: GateHeads, embedding: NDArray[np.float32]) -> bool:
    return bool(heads.scores(embedding[None])[0, GATES.index("leaf")] < heads.limit("leaf"))


def _groups(good: list[_Seen], given: Mapping[str, str] | None) -> tuple[tuple[str, ...], str]:
    """Group of each photo, and what a group is."""
    if given:
        return tuple(given.get(one.name) or NO_GROUP for one in good), "given"
    if sum(bool(one.day) for one in good) >= DATED_ENOUGH * len(good):
        return tuple(one.day or NO_GROUP for one in good), "day"
    return tuple(one.name for one in good), "photo"
