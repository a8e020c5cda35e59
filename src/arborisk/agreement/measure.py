"""Everything that `arborisk agree` measures, from a table to one record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.consensus import Consensus, make_consensus
from arborisk.agreement.model_rater import (
    BeforeAfter,
    ModelResult,
    measure_before_after,
    measure_model,
)
from arborisk.agreement.overall import Overall, measure_overall
from arborisk.agreement.pairs import (
    Pair,
    RaterResult,
    Repeats,
    mean_kappa,
    measure_pairs,
    measure_raters,
    measure_repeats,
)
from arborisk.agreement.predictions import (
    ModelAnswers,
    match_predictions,
    read_prediction_table,
    scheme_of_predictions,
)
from arborisk.agreement.ratings import NOT_STATED, SHOWN, Ratings
from arborisk.agreement.reading import ReadingOptions, read_ratings
from arborisk.agreement.sums import Weighting
from arborisk.errors import DatasetError, Remedy, option
from arborisk.records import Interval
from arborisk.wording.counts import counted


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far some raters agree.

    Attributes:
        ratings: What was read.
        said: First independent rating by each rater of each item, -1 missing; (n_items, n_raters).
        overall: All raters together; None where nobody rated what another rated.
        weighting: Of the kappas to go by.
        mean_kappas: Mean of Cohen's kappa over all pairs, by weighting.
        pairs: Every two raters with an item in common.
        raters: Each rater beside the others.
        repeats: Repeats of the same rater; all together first; may be empty.
        consensus: One answer for each item.
        model: The model as one more rater, if predictions were given.
        answers: Its answers, likewise.
        before_after: What moved when the model's answer was seen, if anybody rated both ways.
        notes: What a reader must know, a sentence each.
    """

    ratings: Ratings
    said: NDArray[np.int64]
    overall: Overall | None
    weighting: Weighting
    mean_kappas: dict[Weighting, Interval]
    pairs: tuple[Pair, ...]
    raters: tuple[RaterResult, ...]
    repeats: tuple[Repeats, ...]
    consensus: Consensus
    model: ModelResult | None
    answers: ModelAnswers | None
    before_after: BeforeAfter | None
    notes: tuple[str, ...]


def compare_raters(
    path: Path, *, model: Path | None = None, options: ReadingOptions | None = None
) -> Agreement:
    """Reads a table of ratings, and of predictions if given, and measures everything.

    Args:
        path: Ratings, see `arborisk.agreement.reading.read_ratings`.
        model: Predictions, see `arborisk.agreement.predictions.read_prediction_table`. Without a
            scheme in ``options``, the ratings are read in the classes of these.
        options: How the ratings are read.

    Raises:
        DatasetError: A table that cannot be read, or ratings of one person without repeats.
    """
    options = options or ReadingOptions()
    table = read_prediction_table(model) if model is not None else None
    if table is not None and options.scheme is None:
        options = replace(options, scheme=scheme_of_predictions(table))
    ratings = read_ratings(path, options)
    answers = match_predictions(table, ratings) if table is not None else None
    return measure_agreement(ratings, answers)


def measure_agreement(ratings: Ratings, answers: ModelAnswers | None = None) -> Agreement:
    """Everything, from ratings that were read.

    Args:
        ratings: The ratings.
        answers: The model's answers on the same items, if there is a model.

    Raises:
        DatasetError: One person who rated nothing twice: there is nothing to compare.
    """
    scheme, tree = ratings.scheme, ratings.tree_of_item
    k, ordered = len(scheme.classes), scheme.ordered
    said = ratings.first()
    repeats = measure_repeats(ratings)
    shared = bool(((said >= 0).sum(axis=1) >= 2).any())
    before_after = measure_before_after(ratings, answers)
    if not shared and not repeats and answers is None and before_after is None:
        raise DatasetError(
            "two raters of the same trees, or one rater who rated some twice",
            f"{len(ratings.raters)} rater{'s' * (len(ratings.raters) != 1)} "
            f"({', '.join(ratings.raters[:5])}) and no {ratings.kind} rated twice",
            "the ratings",
            Remedy(
                "Let a second person rate the same trees, or the same person rate some again. If "
                "a column says who rated, name it with {}.",
                option("--column rater=HEADER", "agree"),
            ),
        )
    pairs, spreads = measure_pairs(said, tree, k, ordered=ordered)
    weighting = next(iter(spreads))
    everyone = list(range(len(ratings.raters)))
    rated = np.zeros(int(tree.max()) + 1, dtype=bool)
    rated[tree[(said >= 0).sum(axis=1) >= 2]] = True
    return Agreement(
        ratings,
        said,
        measure_overall(said, tree, k, ordered=ordered) if shared else None,
        weighting,
        {kind: mean_kappa(spread, everyone, everyone, rated) for kind, spread in spreads.items()},
        pairs,
        measure_raters(ratings.raters, said, tree, k, spreads[weighting], ordered=ordered),
        repeats,
        make_consensus(said, k, ordered=ordered),
        measure_model(ratings.raters, said, tree, answers, k, ordered=ordered)
        if answers is not None
        else None,
        answers,
        before_after,
        (*ratings.notes, *_notes(ratings, said)),
    )


def _notes(ratings: Ratings, said: NDArray[np.int64]) -> Sequence[str]:
    """What follows from which ratings count."""
    notes = []
    shown = ratings.saw_model == SHOWN
    if shown.all():
        notes.append(
            "Every rating was made with the model's answer in sight: people then agree with it and "
            "with each other more than they would on their own."
        )
    elif shown.any():
        notes.append(
            f"{int(shown.sum())} ratings made with the model's answer in sight count for before "
            "and after only, not for agreement between people."
        )
    elif (ratings.saw_model == NOT_STATED).any() and (ratings.saw_model != NOT_STATED).any():
        notes.append("Where the table does not say that the model was seen, it is taken as unseen.")
    n_single = int(((said >= 0).sum(axis=1) == 1).sum())
    if n_single:
        notes.append(f"Rated by one person only: {counted(n_single, ratings.kind)}.")
    return notes
