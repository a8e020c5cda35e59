"""What was found, in sentences: values with intervals and what chance gives, no bare adjectives."""

from __future__ import annotations

from arborisk.agreement.consensus import FEW_RATERS
from arborisk.agreement.measure import Agreement
from arborisk.agreement.model_rater import ModelResult
from arborisk.agreement.ratings import MISSING
from arborisk.records import Interval
from arborisk.wording.counts import counted
from arborisk.wording.intervals import ends, interval_text, share_text
from arborisk.wording.numbers import number
from arborisk.wording.percent import counted_part, percent

WEIGHTING_WORDS = {"quadratic": "quadratic-weighted", "linear": "linear-weighted", "none": ""}


def headline(agreement: Agreement) -> str:
    """How much these raters agree."""
    if agreement.overall is None:
        return "No two raters rated the same trees: agreement between people was not measured."
    same, alpha = agreement.overall.statistics[:2]
    n_raters, kind = len(agreement.ratings.raters), agreement.ratings.kind
    who = "The two raters" if n_raters == 2 else f"Two of these {counted(n_raters, 'rater')}"
    return (
        f"{who} say the same of a {kind} in {share_text(same.interval, named=True)} of cases. "
        "Raters who drew their words at random, each word as often as here, would do so in "
        f"{percent(same.by_chance)}. {alpha.title}, is {interval_text(alpha.interval)}: 0 is "
        "what chance gives, 1 full agreement."
    )


def detail_sentences(agreement: Agreement) -> list[str]:
    """The next things to know."""
    lines = []
    overall = agreement.overall
    if overall is not None:
        lines.append(
            f"All raters agree on {overall.n_unanimous} of {overall.n_several} "
            f"{agreement.ratings.kind}s that two or more rated."
        )
        kappa = agreement.mean_kappas[agreement.weighting]
        words = f"{WEIGHTING_WORDS[agreement.weighting]} kappa".strip()
        lines.append(f"Mean {words} of two raters: {interval_text(kappa)}.")
    if agreement.repeats:
        everybody = agreement.repeats[0]
        lines.append(
            f"The same rater says the same again in {share_text(everybody.same)} of "
            f"{counted(everybody.n_pairs, 'repeat')}."
        )
    lines += bias_sentences(agreement)
    return lines


def bias_sentences(agreement: Agreement) -> list[str]:
    """Who rates higher or lower than the others, as far as the intervals show it."""
    shown = [
        (rater.name, rater.bias)
        for rater in agreement.raters
        if rater.bias is not None and rater.bias.low is not None and rater.bias.high is not None
    ]
    apart = [
        f"{name} rates {'higher' if bias.value > 0 else 'lower'} than the others on the same "
        f"{agreement.ratings.kind}s, by {interval_text(bias, signed=True)} classes."
        for name, bias in shown
        if bias.low is not None and bias.high is not None and (bias.low > 0 or bias.high < 0)
    ]
    if shown and not apart:
        return ["No rater is shown to rate higher or lower than the others."]
    if apart:
        apart.append(
            f"Such an interval misses one time in 20 by chance, and there are {len(shown)} of them."
        )
    return apart


def consensus_sentences(agreement: Agreement) -> list[str]:
    """Where vote and Dawid-Skene differ, and what hangs on the prior."""
    consensus, kind = agreement.consensus, agreement.ratings.kind
    n_items, n_raters = len(agreement.ratings.items), len(agreement.ratings.raters)
    n_ties = int(((consensus.vote == MISSING) & (consensus.likeliest != MISSING)).sum())
    ties = f", {n_ties} of them ties of the vote" if n_ties else ""
    lines = [
        f"Vote and Dawid-Skene differ on {consensus.n_differ} of {counted(n_items, kind)}{ties}; "
        f"on {consensus.n_open} the likeliest class has less than 80 %.",
        "With a prior four times weaker or stronger, the answer changes on "
        f"{counted(consensus.n_hanging, kind)}.",
    ]
    if n_raters <= FEW_RATERS:
        lines.append(
            f"With {counted(n_raters, 'rater')}, Dawid-Skene hangs on its prior: who errs cannot "
            "be told from so few, so each is taken to be right two times of three beforehand."
        )
    if not consensus.model.settled:
        lines.append("Dawid-Skene did not come to rest; take its probabilities as rough.")
    lines.append(
        "Its probabilities take the raters' errors as known and as independent of each other, so "
        "they are too sure where raters share a blind spot or rated few trees. It is what people "
        "said, not what the tree later did."
    )
    return lines


def model_sentences(model: ModelResult, kind: str) -> list[str]:
    """The model beside the people, ceiling first."""
    lines = [
        f"People with each other, the ceiling: mean kappa {interval_text(model.people)}.",
        f"The model with people: mean kappa {interval_text(model.model)}.",
        f"The model less the people: {interval_text(model.difference, signed=True)}.",
    ]
    if model.inside is not None:
        where = (
            "inside that spread"
            if model.inside
            else ("below that spread" if model.model.value < model.lowest else "above that spread")
        )
        lines.append(
            f"Single people reach {number(model.lowest)} to {number(model.highest)} with the "
            f"others; the model's {number(model.model.value)} lies {where}."
        )
    lines.append(
        f"On {counted(len(model.apart), kind)} rated by two people or more, nobody said what the "
        "model said."
    )
    if model.n_without:
        lines.append(f"Left out here, without a prediction: {counted(model.n_without, kind)}.")
    if not model.held_back:
        lines.append(
            "The table does not say whether the model was trained on these photos. If it was, this "
            "flatters it: use predictions.csv of a run, where each photo was held back."
        )
    lines.append(
        "A model that learned from these raters shares their habits. To agree with people is not "
        "to be right about the tree."
    )
    return lines


def before_after_sentences(agreement: Agreement) -> list[str]:
    """What moved once the model's answer was seen."""
    change = agreement.before_after
    if change is None:
        return []
    lines = [
        f"{counted(change.n_pairs, 'rating')} of "
        f"{counted(change.n_items, agreement.ratings.kind)} by "
        f"{counted(change.n_raters, 'rater')}, each without and with the model's answer.",
        *(
            f"{item.title}: "
            + interval_text(item.interval, signed=item.key in ("shift", "toward_model"))
            + "."
            for item in change.shifts
        ),
    ]
    if change.toward >= 0:
        lines.append(f"{change.toward} ratings moved toward the model, {change.away} away from it.")
    if change.n_repeats:
        lines.append(
            f"Without any new answer to see, {percent(change.changed_on_repeats)} of "
            f"{counted(change.n_repeats, 'repeated rating')} changed too."
        )
    else:
        lines.append(
            "Nobody rated twice without the model, so part of the change may be that people rate "
            "differently the second time."
        )
    if not change.over_raters:
        lines.append("With so few raters the intervals speak of other trees, not of other raters.")
    lines.append("A move toward the model is not a move toward the truth.")
    return lines


MOST_APART = 10


def sections(agreement: Agreement) -> list[tuple[str, list[str], list[list[str]]]]:
    """Title, sentences and table (headings first, or empty) of each part of the text."""
    parts: list[tuple[str, list[str], list[list[str]]]] = [
        ("", [headline(agreement), *detail_sentences(agreement)], statistics_table(agreement))
    ]
    parts.append(("Raters", [], rater_table(agreement)))
    if agreement.repeats:
        parts.append(("The same rater again", [], repeat_table(agreement)))
    parts.append(("Consensus", consensus_sentences(agreement), []))
    if agreement.model is not None:
        parts.append(
            (
                "The model as one more rater",
                model_sentences(agreement.model, agreement.ratings.kind),
                [],
            )
        )
        if agreement.model.apart:
            parts.append(("Where nobody said what the model said", [], apart_table(agreement)))
    if agreement.before_after is not None:
        parts.append(("Before and after seeing the model", before_after_sentences(agreement), []))
    if agreement.notes:
        parts.append(("Notes", list(agreement.notes), []))
    return parts


def statistics_table(agreement: Agreement) -> list[list[str]]:
    """One row a coefficient."""
    rows = [["statistic", "value", "95 % interval over trees", "by chance"]]
    for item in agreement.overall.statistics if agreement.overall else ():
        rows.append([item.title, *_value_and_ends(item.interval), number(item.by_chance)])
    for kind, interval in agreement.mean_kappas.items() if agreement.overall else ():
        title = f"Cohen's kappa, {WEIGHTING_WORDS[kind] or 'unweighted'}, mean of pairs"
        rows.append([title, *_value_and_ends(interval), number(0.0)])
    return rows if len(rows) > 1 else []


def _value_and_ends(interval: Interval) -> tuple[str, str]:
    """The value, and its interval or why there is none."""
    return number(interval.value), ends(interval)


def rater_table(agreement: Agreement) -> list[list[str]]:
    """One row a rater."""
    titles = agreement.ratings.scheme.titles
    ordered = agreement.ratings.scheme.ordered
    higher = ["higher than others"] if ordered else []
    rows = [["rater", "rated", *higher, "kappa with others", *titles]]
    for rater in agreement.raters:
        rows.append(
            [
                rater.name,
                str(rater.n_items),
                *([interval_text(rater.bias, signed=True)] if rater.bias else []),
                interval_text(rater.kappa),
                *(counted_part(share) for share in rater.shares),
            ]
        )
    return rows


def repeat_table(agreement: Agreement) -> list[list[str]]:
    """One row a rater who rated something twice."""
    rows = [["rater", "repeats", "the same", "kappa"]]
    for item in agreement.repeats:
        rows.append(
            [item.name, str(item.n_pairs), interval_text(item.same), interval_text(item.kappa)]
        )
    return rows


def apart_table(agreement: Agreement) -> list[list[str]]:
    """Items on which nobody said what the model said, as many as fit."""
    titles = agreement.ratings.scheme.titles
    rows = [[agreement.ratings.kind, "the model", "people"]]
    model = agreement.model
    for item in model.apart[:MOST_APART] if model else ():
        people = ", ".join(
            f"{int(count)} {title}"
            for title, count in zip(titles, item.counts, strict=True)
            if count
        )
        rows.append([agreement.ratings.items[item.item], titles[item.model], people])
    return rows
