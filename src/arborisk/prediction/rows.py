"""Rows and columns of the tables of predictions: one row a photo, one row a tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from arborisk.bundle.load import Bundle
from arborisk.errors import TableError
from arborisk.metrics.drawn import never_certain
from arborisk.prediction.answers import Answering, Answers
from arborisk.prediction.assessment import AssessedPhotos
from arborisk.prediction.decide import Referral
from arborisk.prediction.journal import PROBABILITY_DIGITS, Journal, PhotoPrediction
from arborisk.tables import write
from arborisk.tables.choices import TableChoices
from arborisk.tables.role_table import read_role_table
from arborisk.tables.table import clean

OUT_SUFFIXES = write.FORMATS
NUMBERS = (
    "p_",
    "training_share_",
    "prevalence_",
    "latitude",
    "longitude",
    "priority",
    "n_photos",
    "n_silent",
)
"""Beginnings of the names of columns that hold numbers."""


def write_predictions(out: Path, columns: list[str], rows: Iterable[Row]) -> None:
    """Writes all rows or none; photos with a place are points where the format has them.

    Raises:
        OutputError, MissingDependencyError, TableError: See `arborisk.tables.write.write_table`.
    """
    fields = [
        write.Field(name, "number" if name.startswith(NUMBERS) else "text") for name in columns
    ]
    write.write_table(out, fields, rows)


def read_tree_ids(path: Path, choices: TableChoices | None = None) -> dict[str, str]:
    """Tree by photo, from a table with columns of photos and trees.

    Args:
        path: Table of any format; a photo is named as in the column ``photo`` of the predictions.
        choices: What the user says of its columns.

    Raises:
        TableError: No table, a column is missing, a row that does not fit, or a photo that stands
            under two trees.
    """
    table = read_role_table(path, choices, needed=("file", "tree"), command="predict")
    for row, why in table.problems.items():
        raise TableError("a whole row", why, table.where(row), "Correct the row.")
    found: dict[str, str] = {}
    rows = zip(table.text("file"), table.text("tree"), strict=True)
    for row, (written, tree) in enumerate(rows):
        file = written.replace("\\", "/")
        if found.setdefault(file, tree) != tree:
            raise TableError(
                "one tree for each photo",
                f"{file!r} under {found[file]!r} and {tree!r}",
                table.where(row),
                "Keep one of the rows.",
            )
    return found


def trees_of_photos(tree_ids: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Tree of each photo by the photo's own name; a table may have its odd spaces cleaned.

    >>> trees_of_photos({"a b.jpg": "T1"}, ["a  b.jpg", "c.jpg"])
    {'a  b.jpg': 'T1'}
    """
    keys = ((name, name if name in tree_ids else clean(name)) for name in names)
    return {name: tree_ids[key] for name, key in keys if key in tree_ids}


Row = dict[str, str | float | None]
SET_SEPARATOR = " | "
REASON_SEPARATOR = "; "


def answer_column(bundle: Bundle) -> str:
    """``likelihood`` when the classes are ISA words; ``class`` for other labels."""
    return "class" if bundle.description.scheme.isa_words is None else "likelihood"


def photo_columns(answering: Answering) -> list[str]:
    """Columns of the table of photos. Every probability has its training share beside it."""
    return [
        "photo",
        "tree_id",
        "status",
        "failure",
        *_answer_columns(answering),
        "taken_at",
        "latitude",
        "longitude",
        "remark",
        *_model_columns(),
    ]


def tree_columns(answering: Answering) -> list[str]:
    """Columns of the table of trees."""
    return [
        "tree_id",
        "n_photos",
        "n_silent",
        *_answer_columns(answering),
        "photos_say",
        *_model_columns(),
    ]


def photo_rows(
    journal: Journal, assessment: AssessedPhotos, answering: Answering, tree_ids: dict[str, str]
) -> Iterator[Row]:
    """One row a photo, in the order of the photos; what does not apply is empty."""
    priority = assessment.priority(of_trees=False)
    for place, name in enumerate(assessment.names):
        prediction, row = journal[name], int(assessment.row_of[place])
        yield {
            **_about(prediction, tree_ids.get(name, "")),
            **_answer(assessment.answers, row, answering, assessment.referrals[place]),
            "priority": float(priority[row]) if row >= 0 else None,
            "taken_at": prediction.taken_at,
            "latitude": prediction.latitude,
            "longitude": prediction.longitude,
            "remark": prediction.remark,
            **_model(answering),
        }


def tree_rows(assessment: AssessedPhotos, answering: Answering) -> Iterator[Row]:
    """One row a tree, in the order of their names."""
    trees = assessment.trees
    if trees is None:
        return
    priority = assessment.priority(of_trees=True)
    for number, name in enumerate(trees.names):
        place = trees.place[number]
        said = assessment.answers.answer[trees.rows[number]]
        yield {
            "tree_id": name,
            "n_photos": float(len(said) + trees.n_silent[number]),
            "n_silent": float(trees.n_silent[number]),
            **_answer(trees.answers, place, answering, assessment.tree_referrals[number]),
            "priority": float(priority[place]) if place >= 0 else None,
            "photos_say": _counted([answering.titles[one] for one in said]),
            **_model(answering),
        }


def _answer_columns(answering: Answering) -> list[str]:
    names = answering.bundle.description.scheme.scheme.names
    shares = [f"prevalence_{name}" for name in names] if answering.shares is not None else []
    return [
        "scheme",
        *chain.from_iterable((f"p_{name}", f"training_share_{name}") for name in names),
        *shares,
        answer_column(answering.bundle),
        "answer_rule",
        "answer_rise",
        "likelihood_set",
        "referral",
        "reasons",
        "priority",
        "time_frame_years",
    ]


def _model_columns() -> list[str]:
    return ["calibration", "model_kind", "bundle_id"]


def _about(prediction: PhotoPrediction, tree_id: str) -> Row:
    failure = prediction.failure
    return {
        "photo": _as_text(prediction.photo),
        "tree_id": tree_id,
        "status": "failed" if failure else "ok",
        "failure": _as_text(f"{failure.reason}: {failure.message}") if failure else "",
    }


def _answer(answers: Answers, row: int, answering: Answering, referral: Referral) -> Row:
    """What is said of one photo or tree; `row` is -1 for one without an answer.

    Where no tree was recognised there is no likelihood: what the model would say of the picture is
    no statement on a tree.
    """
    description = answering.bundle.description
    scheme = description.scheme
    silent = row < 0 or referral.action == "not_a_tree"
    found: Row = {"scheme": scheme.name}
    for number, item in enumerate(scheme.classes):
        found[f"p_{item.name}"] = (
            None
            if row < 0
            else round(never_certain(answers.probability[row, number]), PROBABILITY_DIGITS)
        )
        found[f"training_share_{item.name}"] = description.training_share[item.name]
    if answering.shares is not None:
        for number, item in enumerate(scheme.classes):
            found[f"prevalence_{item.name}"] = float(answering.shares[number])
    return found | {
        answer_column(answering.bundle): "" if silent else answering.titles[answers.answer[row]],
        "answer_rule": answering.rule,
        "answer_rise": None if silent else _rise(answers, row, answering),
        "likelihood_set": "" if silent else _set_of(answers, row, answering),
        "referral": referral.action,
        "reasons": REASON_SEPARATOR.join(referral.reasons),
        "time_frame_years": description.time_frame_years,
    }


def _rise(answers: Answers, row: int, answering: Answering) -> float | None:
    """How many times its share in training the answer's probability is, after the photo."""
    if answering.shares is not None:
        return None  # the probabilities are of another mix of classes than the shares of training
    answer = int(answers.answer[row])
    share = list(answering.bundle.description.training_share.values())[answer]
    return round(float(answers.probability[row, answer]) / share, 4) if share else None


def _set_of(answers: Answers, row: int, answering: Answering) -> str:
    """Titles in the set; nothing for a model whose errors were never measured."""
    if answering.calibration is None:
        return ""
    return SET_SEPARATOR.join(
        title for title, isin in zip(answering.titles, answers.inside[row], strict=True) if isin
    )


def _model(answering: Answering) -> Row:
    description = answering.bundle.description
    calibration = description.calibration
    return {
        "calibration": calibration.method if calibration else "not calibrated",
        "model_kind": description.kind,
        "bundle_id": answering.bundle.bundle_id,
    }


def _counted(said: list[str]) -> str:
    """What the photos of a tree say one by one, for example ``2 Improbable, 1 Probable``."""
    return ", ".join(f"{count} {title}" for title, count in Counter(said).most_common())


def printable(name: str) -> str:
    """A name without anything that would move a cursor or break a line."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in name)


def _as_text(name: str) -> str:
    """File names may hold bytes that are no text in any encoding; tables may not."""
    return name.encode(errors="backslashreplace").decode()
