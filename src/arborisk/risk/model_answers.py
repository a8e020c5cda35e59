"""What a photo model says of trees, as likelihoods of failure: chances, sets, or a refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from arborisk.dataset.schemes import AS_LABELLED, ClassScheme, as_labelled, load_scheme
from arborisk.errors import AssessmentError, Remedy, command, option
from arborisk.risk.rating.assessment import Assessment, Belief, chances, one_of
from arborisk.scales import FailureLikelihood
from arborisk.tables.numbers import read_number
from arborisk.tables.quantity_columns import (
    WRITE_AGAIN,
    answered_rows,
    probability_columns,
    read_probabilities,
)
from arborisk.tables.read import read_table
from arborisk.tables.table import Table, is_missing
from arborisk.tables.word_columns import cell_text
from arborisk.wording.counts import counted
from arborisk.wording.sentences import rise_words

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
        path: Table that `arborisk predict` wrote, in any format.
        take: Calibrated probabilities, or likelihood sets.
        scheme: Class scheme, where the table's is the user's own (a TOML file).
        allow_study_only: Take answers of a model that leaves a class out, all the same.
        time_frame_years: Refuse answers that are about other years than these.

    Raises:
        AssessmentError: No such columns, a study-only model, probabilities that are not
            calibrated, several photos of one tree; says what to do.
        TableError: A blank probability, one outside 0 to 1, a row whose sum is not 1, or an answer
            in a row that failed; names row and column.
    """
    table = read_table(path)
    columns = probability_columns(table)
    if not columns or not len(table) or not {"likelihood", "class"} & set(table.headers):
        raise AssessmentError(
            "a table of `arborisk predict` with columns p_<class> and likelihood",
            f"{counted(len(table), 'row')} with the headers {', '.join(table.headers[:30])}",
            table.source,
            WRITE_AGAIN,
        )
    if "class" in table.headers:
        raise AssessmentError(
            "classes that are ISA words",
            "a model of other labels",
            table.source,
            "Such a model says nothing on failure: no risk follows from it.",
        )
    answered = answered_rows(table, table.headers.index("likelihood"), list(columns.values()))
    rows = [_texts(table, row) for row in answered]
    titles, words = _words_of(list(columns), rows, table, answered, scheme, allow_study_only)
    probability = read_probabilities(table, list(columns.values()), answered)
    found: dict[str, ModelAnswer] = {}
    for number, row, said in zip(answered, rows, probability, strict=True):
        weights = dict(zip(columns, map(float, said), strict=True))
        answer = _answer(row, weights, titles, words, take, table.where(number))
        if time_frame_years is not None:
            check_time_frame(answer, time_frame_years)
        if answer.name in found:
            raise AssessmentError(
                "one row a tree",
                f"two of {answer.name!r}",
                table.where(number),
                Remedy("Use the table of trees that {} writes.", command("predict --trees")),
            )
        found[answer.name] = answer
    return found


def _texts(table: Table, row: int) -> dict[str, str]:
    return {
        header: cell_text(cell) for header, cell in zip(table.headers, table.rows[row], strict=True)
    }


def check_time_frame(answer: ModelAnswer, years: float) -> None:
    """Refuses an answer about other years; one without a time frame is taken, with a note.

    Raises:
        AssessmentError: The model was taught likelihoods for other years.
    """
    found = answer.time_frame_years
    if found is not None and found != years:
        raise AssessmentError(
            f"a likelihood for {counted(years, 'year')}",
            f"a model that was taught likelihoods for {counted(found, 'year')}",
            f"tree {answer.name}",
            "State the model's time frame, or rate the likelihood yourself.",
        )


def _words_of(
    names: list[str],
    rows: list[dict[str, str]],
    table: Table,
    answered: list[int],
    scheme_name: str | None,
    allow_study_only: bool,
) -> tuple[dict[str, str], dict[str, tuple[FailureLikelihood, ...]]]:
    """Title and ISA words of each class of the table."""
    stated = [row.get("scheme", "") for row in rows]
    name = scheme_name or (stated[0] if stated else "")
    for row, one in zip(answered, stated, strict=True):
        if scheme_name is None and one != name:
            raise AssessmentError(
                f"one scheme, {name!r}", repr(one), f"{table.where(row)}, column scheme",
                "Keep the answers of one model in a table.",
            )  # fmt: skip
    if not rows:
        return {}, {}
    scheme: ClassScheme = (
        as_labelled(set(names)) if name == AS_LABELLED else load_scheme(name, set(names))
    )
    isa = scheme.isa_words
    if isa is None or set(scheme.names) != set(names):
        raise AssessmentError(
            f"the classes {', '.join(names)} as ISA words",
            f"the scheme {name!r} with {', '.join(scheme.names)}",
            table.source,
            "Give the scheme of the model.",
        )
    if scheme.study_only and not allow_study_only:
        raise AssessmentError(
            "a model that knows Improbable, Possible and Probable",
            f"the scheme {scheme.name}, which leaves a class out: such trees were forced into "
            "another",
            table.source,
            Remedy(
                "It is for study only. Train on Pr_Po_Im or PrPo_Im, or override this with {} and"
                " say so.",
                option("--allow-study-only", "risk rate", "risk inventory"),
            ),
        )
    words = {one: tuple(_WORDS[word] for word in members) for one, members in isa.items()}
    return dict(zip(scheme.names, scheme.titles, strict=True)), words


def _answer(
    row: Mapping[str, str],
    said: Mapping[str, float],
    title_of: Mapping[str, str],
    words: Mapping[str, tuple[FailureLikelihood, ...]],
    take: Take,
    where: str,
) -> ModelAnswer:
    name = row.get("tree_id") or row.get("photo") or ""
    if not name:
        raise AssessmentError(
            "the name of a tree or photo", "none", f"{where}, columns tree_id and photo",
            WRITE_AGAIN,
        )  # fmt: skip
    bundle = row.get("bundle_id", "")[:12]
    by = f"photo model {bundle}".rstrip()
    about = f"likelihood of failure of {name}"
    failure: Belief[FailureLikelihood]
    if take is Take.SETS:
        titles = [title for title in row.get("likelihood_set", "").split(" | ") if title]
        if not titles:
            raise _no_doubt_known("a likelihood set", where)
        levels = [
            _word(word, f"{where}, column likelihood_set")
            for title in titles
            for word in title.split(" or ")
        ]
        failure = one_of(FailureLikelihood, levels, name=about, by=by)
    else:
        if row.get("calibration", NOT_CALIBRATED) == NOT_CALIBRATED:
            raise _no_doubt_known("calibrated probabilities", where)
        weights: dict[tuple[FailureLikelihood, ...], float] = {}
        for one, weight in said.items():
            if weight:
                weights[words[one]] = weights.get(words[one], 0.0) + weight
        failure = chances(FailureLikelihood, weights, name=about, by=by)
    has_prevalence = any(key.startswith(_PREVALENCE) for key in row)
    return ModelAnswer(
        name,
        failure,
        row.get("referral", ""),
        _years(row.get("time_frame_years", ""), where),
        has_prevalence,
        (*_notes(row, take, has_prevalence), *_rise(row, said, title_of, has_prevalence)),
    )


def _word(text: str, where: str) -> FailureLikelihood:
    if text in _WORDS:
        return _WORDS[text]
    raise AssessmentError(
        f"one of {', '.join(_WORDS)}",
        repr(text),
        where,
        WRITE_AGAIN,
    )


def _years(text: str, where: str) -> float | None:
    """Years, or None where the table does not state them."""
    if is_missing(text):
        return None
    try:
        return read_number(text)
    except ValueError as error:
        raise AssessmentError(
            "years, or not stated",
            str(error),
            f"{where}, column time_frame_years",
            WRITE_AGAIN,
        ) from error


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


def _rise(
    row: Mapping[str, str],
    said: Mapping[str, float],
    title_of: Mapping[str, str],
    has_prevalence: bool,
) -> Iterator[str]:
    """By which rule the model's own answer was chosen, and what the photo did to that class."""
    rule = row.get("answer_rule", "")
    for name, title in title_of.items():
        share = row.get(f"training_share_{name}", "")
        if title == row.get("likelihood") and rule and share and not has_prevalence:
            yield (
                f"The model's own answer, by the rule {rule}, is "
                f"{rise_words(title, float(share), said[name])}."
            )


def _no_doubt_known(wanted: str, where: str) -> AssessmentError:
    return AssessmentError(
        wanted,
        "an answer of a model whose errors were never measured",
        where,
        "Use a bundle with calibration, or state the likelihood yourself.",
    )


def with_model(assessment: Assessment, answer: ModelAnswer) -> Assessment:
    """The assessment with the model's likelihood for findings that nobody rated.

    All such findings share it: the model speaks of the tree, not of its parts.

    Args:
        assessment: What people stated.
        answer: What the model says of this tree.

    Raises:
        AssessmentError: The model speaks of another time frame.
    """
    check_time_frame(answer, assessment.time_frame_years)
    notes = list(answer.notes)
    if answer.time_frame_years is None:
        notes.append("The photo model's time frame is not stated: it is taken for this one.")
    rows = tuple(
        replace(row, failure=answer.failure) if row.failure.is_missing else row
        for row in assessment.rows
    )
    used = any(row.failure is answer.failure for row in rows)
    return replace(
        assessment, rows=rows, notes=(*assessment.notes, *notes) if used else assessment.notes
    )
