"""A comparison as text and as JSON, and groups of new photos from a CSV."""

from __future__ import annotations

import csv
from dataclasses import asdict
from pathlib import Path
from typing import Any

from arborisk.errors import SettingsError
from arborisk.prediction.drift.record import Drift
from arborisk.prediction.drift.words import beyond_sentence, headline, leaf_sentence


def drift_text(drift: Drift) -> str:
    """The comparison for people."""
    lines = [
        headline(drift),
        f"{drift.n_new} new photos of {drift.n_new_groups} groups against {drift.n_old} training "
        f"photos of {drift.n_old_groups} groups.",
        f"Out of leaf: {leaf_sentence(drift.leafless)}.",
        "",
    ]
    for shift in drift.shifts:
        p_value = f"p {shift.p_value:.3f}, corrected {shift.corrected_p:.3f}"
        lines.append(f"{'!' if shift.alarm else ' '} {shift.title}: {p_value}. {shift.sentence}")
    lines += ["", beyond_sentence(drift.beyond, drift.n_new), ""]
    for share in drift.classes:
        line = f"  {share.title}: {share.training:.1%} in training, {share.predicted:.1%} answered"
        if share.estimated is not None:
            line += f", {share.estimated:.1%} with errors allowed for"
        if share.low is not None and share.high is not None:
            line += f" ({share.low:.1%} to {share.high:.1%})"
        lines.append(line)
    return "\n".join([*lines, drift.classes_note, "", *drift.cautions])


def drift_json(drift: Drift) -> dict[str, Any]:
    """The comparison as plain values; what is drawn and not read is left out."""
    left_out = ("map_old", "map_new", "distance_old", "distance_new", "distance_limit")
    values = {name: getattr(drift, name) for name in drift.__slots__ if name not in left_out}
    return values | {
        "alarm": drift.alarm,
        "can_alarm": drift.can_alarm,
        "headline": headline(drift),
        "shifts": [asdict(shift) for shift in drift.shifts],
        "classes": [asdict(share) for share in drift.classes],
        "beyond": asdict(drift.beyond),
        "farthest": [asdict(item) for item in drift.farthest],
        "failures": dict(drift.failures),
        "months": {str(month): count for month, count in drift.months.items()},
        "cautions": list(drift.cautions),
    }


def read_groups(path: Path) -> dict[str, str]:
    """Group by photo, from a CSV with the columns ``file`` and ``group``.

    Args:
        path: The CSV; ``file`` is the path of a photo within the folder of photos. Instead of
            ``group`` the second column may be called ``outing``, ``site`` or ``tree``.

    Raises:
        SettingsError: No such file, not a CSV in UTF-8, or a column is missing.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            columns = reader.fieldnames or []
            name = next(one for one in ("group", "outing", "site", "tree") if one in columns)
            rows = [(row["file"], row[name]) for row in reader]
    except (OSError, KeyError, StopIteration, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(
            "a CSV in UTF-8 with the columns file and group",
            f"{type(error).__name__}: {error}",
            str(path),
            "Write these two columns, or leave out --groups.",
        ) from error
    return {file.replace("\\", "/"): group or "" for file, group in rows}
