"""Suspect labels as a table with a column for what a person decides."""

from __future__ import annotations

from pathlib import Path

from arborisk.evaluation.label_quality import LabelQuality, Suspect
from arborisk.metrics.drawn import never_certain
from arborisk.report.label_quality_words import reason
from arborisk.tables.fields import Row
from arborisk.tables.write import Field, write_table

COLUMNS = (
    Field("rank", "whole"),
    *map(Field, ("photo_id", "file", "group", "tree_id", "label", "class", "model_says")),
    *(Field(name, "number") for name in ("p_class", "p_model_says", "steps_off")),
    *map(Field, ("why", "decision")),
)
_DIGITS = 6


def write_suspects_table(quality: LabelQuality, path: Path) -> Path:
    """Writes every suspect as a row, the most suspect first; ``decision`` is left empty.

    Args:
        quality: The suspect labels.
        path: File to write or replace; its ending says the format.
    """
    predictions, names = quality.evaluation.predictions, quality.evaluation.config.scheme.names

    def row_of(suspect: Suspect) -> Row:
        row = suspect.row
        return {
            "rank": suspect.rank,
            "photo_id": predictions.photo_id[row],
            "file": predictions.file[row],
            "group": predictions.group[row],
            "tree_id": predictions.tree[row],
            "label": predictions.label[row],
            "class": names[suspect.given_index],
            "model_says": names[suspect.said_index],
            "p_class": round(never_certain(suspect.given_probability), _DIGITS),
            "p_model_says": round(never_certain(suspect.said_probability), _DIGITS),
            "steps_off": round(float(suspect.steps_off), _DIGITS),
            "why": reason(quality, suspect),
        }

    write_table(path, COLUMNS, map(row_of, quality.suspects))
    return path
