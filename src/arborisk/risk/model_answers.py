"""What a photo model says of trees, as likelihoods of failure: chances, sets, or a refusal."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from arborisk.dataset.schemes import AS_LABELLED, ClassScheme, as_labelled, load_scheme
from arborisk.errors import AssessmentError
from arborisk.risk.belief import Belief, chances, one_of
from arborisk.scales import FailureLikelihood

_P = "p_"
_PREVALENCE = "prevalence_"
NOT_CALIBRATED = "not calibrated"
_WORDS = {level.word: level for level in FailureLikelihood}
NOT_IMMINENT = "Imminent is not among a photo model's words: a person must rule it out at the tree."


class Take(StrEnum):
    """What is taken of a model's answer."""

    CHANCES = "chances"
    SETS = "sets"


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """One tree's or photo's answer.

    Attributes:
        name: Tree, or photo where no tree is named.
        failure: Likelihood of failure, never with Imminent.
        referral: What the model asks for, for example ``level_2``.
        time_frame_years: Years that the answer is about; None where it is not stated.
        has_prevalence: Whether its chances were moved to a stated mix of classes.
        notes: What must be said beside it.
    """

    name: str
    failure: Belief[FailureLikelihood]
    referral: str
    time_frame_years: float | None
    has_prevalence: bool
    notes: tuple[str, ...]


def read_model_answers(
    path: Path,
    *,
    take: Take = Take.CHANCES,
    scheme: str | None = None,
    allow_study_only: bool = False,
    time_frame_years: float | None = None,
) -> dict[str, ModelAnswer]:
    """Answers of ``arborisk predict`` by tree, or by photo where no tree is named.

    Rows without an answer (a photo that failed, or shows no tree) are left out.

    Args:
        path: CSV of `arborisk predict`.
        take: Calibrated probabilities, or likelihood sets.
        scheme: Class scheme, where the table's is the user's own (a TOML file).
        allow_study_only: Take answers of a model that leaves a class out, all the same.
        time_frame_years: Refuse answers that are about other years than these.

    Raises:
        AssessmentError: No such columns, a study-only model, probabilities that are not
            calibrated, several photos of one tree; says what to do.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if not rows or not any(key.startswith(_P) for key in rows[0]):
        raise AssessmentError(
            "a CSV of `arborisk predict` with columns p_<class>",
            "none",
            str(path),
            "Write it with `arborisk predict BUNDLE PHOTOS --out predictions.csv`.",
        )
    if "class" in rows[0]:
        raise AssessmentError(
            "classes that are ISA words",
            "a model of other labels",
            str(path),
            "Such a model says nothing on failure: no risk follows from it.",
        )
    words = _words_of(rows[0], path, scheme, allow_study_only)
    found: dict[str, ModelAnswer] = {}
    for number, row in enumerate(rows, start=2):
        if not row.get("likelihood"):
            continue
        answer = _answer(row, words, take, f"{path}, row {number}")
        if time_frame_years is not None:
            check_time_frame(answer, time_frame_years)
        if answer.name in found:
            raise AssessmentError(
                "one row a tree",
                f"two of {answer.name!r}",
                f"{path}, row {number}",
                "Use the table of trees that `arborisk predict --trees` writes.",
            )
        found[answer.name] = answer
    return found


def check_time_frame(answer: ModelAnswer, years: float) -> None:
    """Refuses an answer about other years; one without a time frame is taken, with a note.

    Raises:
        AssessmentError: The model was taught likelihoods for other years.
    """
    found = answer.time_frame_years
    if found is not None and found != years:
        raise AssessmentError(
            f"a likelihood for {years:g} years",
            f"a model that was taught likelihoods for {found:g} years",
            f"tree {answer.name}",
            "State the model's time frame, or rate the likelihood yourself.",
        )


def _words_of(
    row: Mapping[str, str], path: Path, scheme_name: str | None, allow_study_only: bool
) -> dict[str, tuple[FailureLikelihood, ...]]:
    """ISA words of each class of the table."""
    names = [key[len(_P) :] for key in row if key.startswith(_P)]
    name = scheme_name or row.get("scheme", "")
    scheme: ClassScheme = (
        as_labelled(set(names)) if name == AS_LABELLED else load_scheme(name, set(names))
    )
    isa = scheme.isa_words
    if isa is None or set(scheme.names) != set(names):
        raise AssessmentError(
            f"the classes {', '.join(names)} as ISA words",
            f"the scheme {name!r} with {', '.join(scheme.names)}",
            str(path),
            "Give the scheme of the model.",
        )
    if scheme.study_only and not allow_study_only:
        raise AssessmentError(
            "a model that knows Improbable, Possible and Probable",
            f"the scheme {scheme.name}, which leaves a class out: such trees were forced into "
            "another",
            str(path),
            "It is for study only. Train on Pr_Po_Im or PrPo_Im, or override this with "
            "--allow-study-only and say so.",
        )
    return {one: tuple(_WORDS[word] for word in members) for one, members in isa.items()}


def _answer(
    row: Mapping[str, str],
    words: Mapping[str, tuple[FailureLikelihood, ...]],
    take: Take,
    where: str,
) -> ModelAnswer:
    name = row.get("tree_id") or row.get("photo") or ""
    bundle = row.get("bundle_id", "")[:12]
    by = f"photo model {bundle}".rstrip()
    about = f"likelihood of failure of {name}"
    failure: Belief[FailureLikelihood]
    if take is Take.SETS:
        titles = [title for title in row.get("likelihood_set", "").split(" | ") if title]
        if not titles:
            raise _no_doubt_known("a likelihood set", where)
        levels = [_WORDS[word] for title in titles for word in title.split(" or ")]
        failure = one_of(FailureLikelihood, levels, name=about, by=by)
    else:
        if row.get("calibration", NOT_CALIBRATED) == NOT_CALIBRATED:
            raise _no_doubt_known("calibrated probabilities", where)
        weights = {words[one]: float(row[f"{_P}{one}"] or 0) for one in words}
        total = sum(weights.values())
        failure = chances(
            FailureLikelihood,
            {levels: weight / total for levels, weight in weights.items() if weight},
            name=about,
            by=by,
        )
    has_prevalence = any(key.startswith(_PREVALENCE) for key in row)
    years = row.get("time_frame_years", "")
    return ModelAnswer(
        name,
        failure,
        row.get("referral", ""),
        float(years) if years.replace(".", "", 1).isdigit() else None,
        has_prevalence,
        tuple(_notes(row, take, has_prevalence)),
    )


def _notes(row: Mapping[str, str], take: Take, has_prevalence: bool) -> Iterator[str]:
    yield NOT_IMMINENT
    if take is Take.SETS:
        yield (
            "The likelihood comes as a set, which holds the raters' word with the coverage that "
            "the model's card states, not always."
        )
    elif not has_prevalence:
        yield (
            "The model's chances hold for trees mixed as its training photos were: no prevalence "
            "was stated for this place."
        )
    if row.get("referral") == "level_2":
        yield f"The model itself asks for a Level 2 inspection: {row.get('reasons') or 'in doubt'}."


def _no_doubt_known(wanted: str, where: str) -> AssessmentError:
    return AssessmentError(
        wanted,
        "an answer of a model whose errors were never measured",
        where,
        "Use a bundle with calibration, or state the likelihood yourself.",
    )
