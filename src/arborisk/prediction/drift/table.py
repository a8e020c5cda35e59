"""A comparison as text and as JSON, and groups of new photos from a table."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from arborisk.errors import Remedy, TableError, option
from arborisk.prediction.drift.record import Drift
from arborisk.prediction.drift.words import beyond_sentence, headline, leaf_sentence
from arborisk.tables.read import read_table
from arborisk.tables.table import fold
from arborisk.tables.word_columns import cell_text
from arborisk.wording.counts import counted
from arborisk.wording.intervals import share_text
from arborisk.wording.percent import percent


def drift_text(drift: Drift) -> str:
    """The comparison for people."""
    lines = [
        headline(drift),
        f"{counted(drift.n_new, 'new photo')} of {counted(drift.n_new_groups, 'group')} against "
        f"{counted(drift.n_old, 'training photo')} of {counted(drift.n_old_groups, 'group')}.",
        f"Out of leaf: {leaf_sentence(drift.leafless)}.",
        "",
    ]
    for shift in drift.shifts:
        p_value = f"p {shift.p_value:.3f}, corrected {shift.corrected_p:.3f}"
        lines.append(f"{'!' if shift.alarm else ' '} {shift.title}: {p_value}. {shift.sentence}")
    lines += ["", beyond_sentence(drift.beyond, drift.n_new), ""]
    for share in drift.classes:
        line = (
            f"  {share.title}: {percent(share.training, 1)} in training, "
            f"{percent(share.predicted, 1)} answered"
        )
        if share.interval is not None:
            line += f", {share_text(share.interval, 1)} with errors allowed for"
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
    """Group by photo, from a table with the columns ``file`` and ``group``.

    Args:
        path: Table; ``file`` is the path of a photo within the folder of photos. Instead of
            ``group`` the second column may be called ``outing``, ``site`` or ``tree``.

    Raises:
        TableError: No table, a column is missing, or a row that does not fit.
    """
    table = read_table(path)
    for row, why in table.problems.items():
        raise TableError("a whole row", why, table.where(row), "Correct the row.")
    headers = [fold(header) for header in table.headers]
    second = next((name for name in ("group", "outing", "site", "tree") if name in headers), None)
    if "file" not in headers or second is None:
        raise TableError(
            "the columns file and group (or outing, site, tree)",
            ", ".join(table.headers[:30]),
            table.source,
            Remedy("Name two columns so, or leave out {}.", option("--groups", "drift")),
        )
    file, group = headers.index("file"), headers.index(second)
    return {
        cell_text(cells[file]).replace("\\", "/"): cell_text(cells[group]) for cells in table.rows
    }
