"""Results for other programs: JSON, and the consensus as a table of labels."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.measure import Agreement
from arborisk.agreement.ratings import MISSING
from arborisk.dataset.label_words import agreed_label
from arborisk.metrics.drawn import never_certain
from arborisk.records import Interval
from arborisk.tables.fields import Row
from arborisk.tables.write import write_table
from arborisk.wording.sentences import imminent_json

DECIMALS = 6


def as_json(agreement: Agreement) -> dict[str, Any]:
    """All results; what is not defined is null."""
    ratings, scheme = agreement.ratings, agreement.ratings.scheme
    consensus = agreement.consensus
    model, change = agreement.model, agreement.before_after
    return {
        "imminent": imminent_json(ratings.imminent),
        "classes": list(scheme.titles),
        "ordered": scheme.ordered,
        "kind": ratings.kind,
        "n_items": len(ratings.items),
        "n_trees": len(set(ratings.trees)),
        "n_ratings": len(ratings.item),
        "raters": [
            {
                "name": rater.name,
                "n_items": rater.n_items,
                "n_shared": rater.n_shared,
                "shares": _numbers(rater.shares),
                "bias": _interval(rater.bias),
                "rated_higher": _number(rater.higher),
                "rated_lower": _number(rater.lower),
                "mean_kappa": _interval(rater.kappa),
                "confusion_with_others": _numbers(rater.confusion),
                "dawid_skene_confusion": _numbers(consensus.model.confusion[index]),
            }
            for index, rater in enumerate(agreement.raters)
        ],
        "statistics": {
            item.key: {**_interval(item.interval), "by_chance": _number(item.by_chance)}
            for item in (agreement.overall.statistics if agreement.overall else ())
        },
        "mean_pairwise_kappa": {
            kind: _interval(item) for kind, item in agreement.mean_kappas.items()
        },
        "exchange": _numbers(agreement.overall.exchange) if agreement.overall else None,
        "pairs": [
            {
                "raters": [ratings.raters[pair.first], ratings.raters[pair.second]],
                "n_items": pair.n_items,
                "n_trees": pair.n_trees,
                "percent_agreement": _interval(pair.percent),
                "kappa": {kind: _interval(item) for kind, item in pair.kappas.items()},
            }
            for pair in agreement.pairs
        ],
        "repeats": [
            {
                "rater": item.name,
                "n_pairs": item.n_pairs,
                "same": _interval(item.same),
                "kappa": _interval(item.kappa),
            }
            for item in agreement.repeats
        ],
        "consensus": {
            "n_vote_and_dawid_skene_differ": consensus.n_differ,
            "n_hanging_on_prior": consensus.n_hanging,
            "n_below_80_percent": consensus.n_open,
            "dawid_skene_shares": _numbers(consensus.model.shares),
            "settled": consensus.model.settled,
        },
        "model": None
        if model is None
        else {
            "n_items": model.n_items,
            "n_trees": model.n_trees,
            "n_without_prediction": model.n_without,
            "held_back": model.held_back,
            "people_with_each_other": _interval(model.people),
            "model_with_people": _interval(model.model),
            "difference": _interval(model.difference),
            "lowest_person": _number(model.lowest),
            "highest_person": _number(model.highest),
            "inside_spread": model.inside,
            "in_place_of": [
                {
                    "rater": item.name,
                    "person": _interval(item.person),
                    "model": _interval(item.model),
                    "difference": _interval(item.difference),
                }
                for item in model.in_place_of
            ],
            "kappa_with_each": dict(
                zip(ratings.raters, map(_number, model.with_each), strict=True)
            ),
            "bias": _interval(model.bias),
            "people_who_say_the_same": _interval(model.same),
            "apart": [
                {
                    "item": ratings.items[item.item],
                    "model": scheme.titles[item.model],
                    "people": dict(zip(scheme.titles, map(int, item.counts), strict=True)),
                }
                for item in model.apart
            ],
        },
        "before_after": None
        if change is None
        else {
            "n_pairs": change.n_pairs,
            "n_items": change.n_items,
            "n_raters": change.n_raters,
            "over_raters": change.over_raters,
            "n_toward_model": change.toward,
            "n_away_from_model": change.away,
            "changed_on_repeats_without_model": _number(change.changed_on_repeats),
            **{item.key: _interval(item.interval) for item in change.shifts},
        },
        "notes": list(agreement.notes),
    }


def _interval(interval: Interval | None) -> dict[str, Any]:
    """Value, ends and note; all null where it does not apply."""
    if interval is None:
        return {"value": None, "low": None, "high": None, "note": "does not apply"}
    ends = {"low": _number(interval.low), "high": _number(interval.high)}
    return {"value": _number(interval.value), **ends, "note": interval.note}


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(float(value), DECIMALS)


def _numbers(values: NDArray[np.float64]) -> Any:  # noqa: ANN401 - nested as deep as the array
    return np.round(values, DECIMALS).tolist()


def consensus_columns(agreement: Agreement) -> list[str]:
    """Columns of the consensus table."""
    name = "file" if agreement.ratings.kind == "photo" else "tree"
    tree = ["tree"] if agreement.ratings.kind == "photo" else []
    shares = [f"p_{item.name}" for item in agreement.ratings.scheme.classes]
    counts = [f"n_{item.name}" for item in agreement.ratings.scheme.classes]
    return [name, *tree, "label", "n_raters", *counts, "dawid_skene", *shares, "differs"]


def write_consensus(agreement: Agreement, path: Path) -> None:
    """Writes one row an item: label by vote, and Dawid and Skene's class probabilities.

    ``label`` is the vote over the words as given, as `arborisk import` takes it, so that
    the table can be imported with ``--labels``. ``p_<class>`` are the probabilities of the classes.

    Args:
        agreement: The results.
        path: File to write; its ending says the format.
    """
    columns = consensus_columns(agreement)
    write_table(path, columns, _consensus_rows(agreement, columns))


def _consensus_rows(agreement: Agreement, columns: list[str]) -> Iterator[Row]:
    ratings, consensus = agreement.ratings, agreement.consensus
    titles = ratings.scheme.titles
    words = _words_of_items(agreement)
    for item, name in enumerate(ratings.items):
        likeliest = int(consensus.likeliest[item])
        tree = ratings.trees[item]
        of_photo = [tree.removeprefix("tree ") if tree != name else ""]
        cells = [
            name,
            *(of_photo if ratings.kind == "photo" else []),
            agreed_label(words[item]),
            int(consensus.counts[item].sum()),
            *(int(count) for count in consensus.counts[item]),
            titles[likeliest] if likeliest != MISSING else "",
            *(round(never_certain(value), 6) for value in consensus.model.probability[item]),
            "yes" if likeliest != consensus.vote[item] else "no",
        ]
        yield dict(zip(columns, cells, strict=True))


def _words_of_items(agreement: Agreement) -> dict[int, list[str]]:
    """Words that count for the vote on each item: the first independent one of each rater."""
    ratings = agreement.ratings
    words: dict[int, list[str]] = defaultdict(list)
    seen = set()
    for row in np.flatnonzero(ratings.independent):
        key = int(ratings.item[row]), int(ratings.rater[row])
        if key not in seen:
            seen.add(key)
            words[key[0]].append(ratings.words[row])
    return words
