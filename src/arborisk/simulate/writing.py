"""A stand of drawn trees in a folder: photos, masks and tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import arborisk
from arborisk.errors import SettingsError
from arborisk.files import write_text_whole
from arborisk.records import Progress
from arborisk.simulate.pictures import (
    Draw,
    PictureSettings,
    available_processes,
    draw_pictures,
    plan_visits,
)
from arborisk.simulate.sampling import CLASS_LABELS, Stand, draw_stand
from arborisk.simulate.tables import (
    draw_ratings,
    toml_text,
    write_labels,
    write_raters,
    write_ratings,
    write_truth,
)
from arborisk.simulate.trees import WIND_DEFINITION
from arborisk.text_files import read_toml

SUMMARY_FILE = "stand.toml"
SMALLEST_PX, LARGEST_PX = 96, 8192
RATERS_SEED = 3
"""Stream of the raters' randomness; 0 to 2 belong to `arborisk.simulate.sampling`."""


def simulate_stand(
    out: Path,
    *,
    n_trees: int = 458,
    seed: int = 7,
    width_px: int = 1008,
    height_px: int = 1344,
    photos_per_tree: int = 1,
    n_processes: int | None = None,
    blank_cues: bool = False,
    progress: Progress | None = None,
    draw: Draw | None = None,
) -> Stand:
    """Writes a stand: ``photos/``, ``masks/``, ``labels.csv``, ``ratings.csv``, ``truth.csv``.

    A second call with the same settings draws only what is missing.

    Args:
        out: New or empty folder, or one of an interrupted call with the same settings.
        n_trees: See `draw_stand`.
        seed: Same seed, same files, whatever the number of processes.
        width_px: Width of a photo.
        height_px: Height of a photo.
        photos_per_tree: Photos of each tree, the camera at another place and time for each.
        n_processes: None for all cores.
        blank_cues: Leave out of the pictures what tells of the trees' state, for chance tests;
            trees and labels stay the same.
        progress: Called as ``progress(done, total)`` by photos.
        draw: Drawing function; None for `arborisk.simulate.drawing.draw_photo`.

    Raises:
        SettingsError: A number out of range, or a folder with something else in it.
    """
    _check_range("photos per tree", photos_per_tree, 1, 1000, "--photos-per-tree")
    _check_range("a width in pixels", width_px, SMALLEST_PX, LARGEST_PX, "--size")
    _check_range("a height in pixels", height_px, SMALLEST_PX, LARGEST_PX, "--size")
    settings: dict[str, str | int | float | bool] = {
        "arborisk_version": arborisk.__version__,
        "n_trees": n_trees,
        "seed": seed,
        "width_px": width_px,
        "height_px": height_px,
        "photos_per_tree": photos_per_tree,
        "blank_cues": blank_cues,
    }
    _check_folder(out, settings)
    stand = draw_stand(n_trees=n_trees, seed=seed)
    jobs = plan_visits(stand.trees, stand.sites, photos_per_tree=photos_per_tree, seed=seed)
    photo_class = np.repeat(stand.class_index, photos_per_tree)
    said = draw_ratings(photo_class, np.random.default_rng([seed, RATERS_SEED]))

    out.mkdir(parents=True, exist_ok=True)
    write_text_whole(out / SUMMARY_FILE, toml_text({"settings": settings, **_summary(stand)}))
    write_labels(out / "labels.csv", jobs, [CLASS_LABELS[index] for index in photo_class])
    write_ratings(out / "ratings.csv", jobs, said)
    write_raters(out / "raters.csv")
    write_truth(out / "truth.csv", stand)
    pictures = PictureSettings(out / "photos", out / "masks", width_px, height_px, blank_cues)
    draw_pictures(
        jobs,
        pictures,
        draw or _real_draw(),
        n_processes=n_processes or available_processes(),
        progress=progress,
    )
    return stand


def _real_draw() -> Draw:
    """The drawing function; imported late, because stands are of use without pictures."""
    from arborisk.simulate.drawing.compose import draw_photo

    return draw_photo


def _summary(stand: Stand) -> dict[str, dict[str, str | int | float | bool]]:
    """What to know of a stand: how classes are defined, how many there are, what is reachable."""
    counts = np.bincount(stand.class_index, minlength=len(CLASS_LABELS))
    ceiling = stand.ceiling
    return {
        "definitions": {
            "Probable": "critical gust below the site's normal gust",
            "Possible": "critical gust from the normal up to the extreme gust",
            "Improbable": "critical gust at or above the extreme gust",
            "gusts": WIND_DEFINITION,
        },
        "trees": {label: int(count) for label, count in zip(CLASS_LABELS, counts, strict=True)},
        "ceiling": {
            "balanced_accuracy": round(ceiling.balanced_accuracy, 4),
            "balanced_accuracy_plug_in": round(ceiling.balanced_accuracy_plug_in, 4),
            "accuracy": round(ceiling.accuracy, 4),
            "n_redraws": ceiling.n_redraws,
            "meaning": "best reader of every visible parameter; photos show less",
        },
    }


def _check_range(what: str, found: int, low: int, high: int, where: str) -> None:
    """Refuses a number out of range."""
    if not low <= found <= high:
        raise SettingsError(
            f"{what} from {low} to {high}",
            f"{found}",
            where,
            f"Give a number from {low} to {high}.",
        )


def _check_folder(out: Path, settings: dict[str, str | int | float | bool]) -> None:
    """Refuses a folder that holds anything but an interrupted stand of the same settings."""
    summary = out / SUMMARY_FILE
    if not summary.is_file():
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise SettingsError(
                "a new or empty folder", "something else in it", str(out), "Choose another folder."
            )
        return
    found = read_toml(summary, "the summary of a stand", SettingsError).get("settings", {})
    different = sorted(key for key in settings if found.get(key) != settings[key])
    if different:
        raise SettingsError(
            "a stand of the same settings to go on with",
            f"one with another {', '.join(different)}",
            str(summary),
            "Choose another folder, or delete this one.",
        )
