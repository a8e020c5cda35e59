"""Suspect labels as a table with a column for what a person decides."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from arborisk.evaluation.label_quality import LabelQuality
from arborisk.files import write_text_whole
from arborisk.report.label_quality_words import reason

COLUMNS = (
    "rank",
    "photo_id",
    "file",
    "group",
    "tree_id",
    "label",
    "class",
    "model_says",
    "p_class",
    "p_model_says",
    "steps_off",
    "why",
    "decision",
)


def write_suspects_table(quality: LabelQuality, path: Path) -> Path:
    """Writes every suspect as a row, the most suspect first; ``decision`` is left empty.

    Args:
        quality: The suspect labels.
        path: CSV file to write or replace.
    """
    predictions, names = quality.evaluation.predictions, quality.evaluation.config.scheme.names
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for suspect in quality.suspects:
        row = suspect.row
        writer.writerow(
            [
                suspect.rank,
                predictions.photo_id[row],
                predictions.file[row],
                predictions.group[row],
                predictions.tree[row],
                predictions.label[row],
                names[suspect.given_index],
                names[suspect.said_index],
                f"{suspect.given_probability:.6g}",
                f"{suspect.said_probability:.6g}",
                f"{suspect.steps_off:.6g}",
                reason(quality, suspect),
                "",
            ]
        )
    write_text_whole(path, stream.getvalue())
    return path
