"""Strike results in sentences."""

from __future__ import annotations

import math

from arborisk.risk.storm.left_out import MOST_NAMED, Status, refused_sentences
from arborisk.risk.strike.analysis import StrikeAnalysis
from arborisk.risk.strike.by_target import NOT_STATED, StatedRange, TargetStrikes
from arborisk.risk.strike.targets import KINDS, LeftOut, TargetKind
from arborisk.tables.imminent import called
from arborisk.wording.counts import agreeing, counted, listed
from arborisk.wording.intervals import rounded_end
from arborisk.wording.numbers import LEAST_COUNT, expected_count, number
from arborisk.wording.sentences import NEAR_WIRES, WIRES_NOT_RULED_OUT, imminent_line

LIMITS = (
    "Level ground, a straight stem that turns about its base, nothing in between: other trees, "
    "poles and buildings may hold it up or let it pass. On a slope the reach is another.",
    "Chances of a strike given that the tree fails as a whole. Branches that fall are not in them.",
)


STEM_ALONE = (
    "The stem's axis alone: a wide crown meets more, so these chances are too low for wide crowns "
    "beside a line. With --crown a strip as wide as the crown falls, which is too much for most."
)
WITH_CROWN = (
    "A strip as wide as the crown, all along the stem: more than most crowns are, so these chances "
    "are rather too high. Without --crown they are those of the stem's axis alone."
)


def limits_of(found: StrikeAnalysis) -> tuple[str, ...]:
    """What the numbers leave out."""
    return (*LIMITS, WITH_CROWN if found.request.crown else STEM_ALONE)


def first_lines(found: StrikeAnalysis) -> list[str]:
    """What stands before everything else: Imminent, wires, and targets that are in no count."""
    lines = [imminent_line(called(found.rows, found.imminent)), wires_line(found)]
    lines += [_left_out(kind, found.result.targets.left_out(kind)) for kind in KINDS]
    return [line for line in lines if line]


def wires_line(found: StrikeAnalysis) -> str:
    """What to do near wires, where a line is in reach or may be; else that none is ruled out."""
    result = found.result
    if (result.by_kind[0].high > 0).any():
        return f"Trees within reach of a line: {NEAR_WIRES}"
    if _has(found, "line") and (_refused(found) or result.targets.left_out("line")):
        return f"What could not be computed may be within reach of a line: {NEAR_WIRES}"
    return WIRES_NOT_RULED_OUT


def headline(found: StrikeAnalysis) -> str:
    """What came out, in a sentence or two; none found is said only with what was left out."""
    result = found.result
    parts = []
    for kind, chance in zip(KINDS, result.by_kind, strict=True):
        if _has(found, kind):
            n_trees = int((chance.value > 0).sum())
            parts.append(f"{f'{n_trees:,}' if n_trees else 'none'} could meet a {kind}")
    told = f"Of {counted(len(result.trees), 'tree')}, should they fail, {', '.join(parts)}."
    lacking = []
    refused = _refused(found)
    if refused:
        lacking.append(f"{counted(refused, 'tree')} that could not be computed")
    for kind in KINDS:
        left = result.targets.left_out(kind)
        if left:
            named = listed([one.name for one in left], most=MOST_NAMED)
            were = agreeing(len(left), "was", "were")
            lacking.append(f"{counted(len(left), kind)} that {were} left out ({named})")
    return f"{told} Not counted, so more may: {listed(lacking)}." if lacking else told


def _has(found: StrikeAnalysis, kind: TargetKind) -> bool:
    """Whether a layer of a kind was given."""
    targets = found.result.targets
    kinds = [one.kind for one in targets.targets] + [one.kind for one in targets.refused]
    return kind in kinds


def _refused(found: StrikeAnalysis) -> int:
    """Rows that could not be computed; earlier inspections are none of them."""
    return sum(item.status is Status.REFUSED for item in found.checked.refused)


def _left_out(kind: TargetKind, left: tuple[LeftOut, ...]) -> str:
    if not left:
        return ""
    named = listed([one.words for one in left], most=MOST_NAMED)
    return (
        f"Left out, so that no count holds {agreeing(len(left), 'it', 'them')}: {named}. "
        f"{left[0].reason}"
    )


def detail_sentences(found: StrikeAnalysis) -> list[str]:
    """What stands behind the numbers."""
    result, lines = found.result, []
    lines.append(
        f"Direction of fall: {result.directions.words}. Error of a tree's place: "
        f"{result.position_error_m:.3g} m (standard deviation of each coordinate); intervals are "
        "over it, the height, and the height of conductors."
    )
    if found.conductor_height is not None and _has(found, "line"):
        lines.append(
            "Lines that state no conductor height are taken at "
            f"{found.conductor_height.value:.3g}±{found.conductor_height.deviation:.2g} m."
        )
    if found.request.road_width_m is not None and _has(found, "road"):
        lines.append(
            f"Roads drawn as lines without a width are taken {found.request.road_width_m:.3g} m "
            "wide."
        )
    n_brittle = int(result.trees.brittle.sum())
    if n_brittle:
        lines.append(f"Dead or brittle, so that parts reach 1.5 times the height: {n_brittle}.")
    if found.request.failure:
        lines.append(
            f"Expected strikes use {found.request.failure} of the inventory; their intervals are "
            "its own, all trees at the same end at once. Failing and falling that way are taken as "
            "independent."
        )
    else:
        lines.append(
            "No chance of failure was given (--failure), so nothing is said of how many strikes "
            "to expect."
        )
    lines += refused_sentences(found.checked.refused, len(found.rows))
    lines += [f"Doubted: {doubt}" for doubt in (*found.checked.doubts, *result.targets.doubts)]
    lines += found.notes
    return lines


TARGET_COLUMNS = ("target", "kind", "trees in reach", "expected strikes", "interval")


def target_rows(strikes: list[TargetStrikes]) -> list[list[str]]:
    """Cells under `TARGET_COLUMNS`."""
    return [
        [
            one.target.name,
            one.target.kind,
            f"{one.n_trees:,}",
            NOT_STATED if one.expected is None else expected_count(one.expected),
            NOT_STATED
            if one.expected_low is None or one.expected_high is None
            else " to ".join(
                _end(end, one.expected) for end in (one.expected_low, one.expected_high)
            ),
        ]
        for one in strikes
    ]


def _end(value: float, estimate: float | None = None) -> str:
    """An end of an expected number, to one digit.

    Each chance of failure stands at its own end there, a quantile of some hundred worlds that all
    trees share: so is their sum, and of such a quantile one digit
    is known. It never passes the estimate, where one is given.

    >>> _end(0.0), _end(0.034), _end(17.2), _end(17.2, 17.5)
    ('under 0.01', '0.03', '20', '10')
    """
    if value < LEAST_COUNT:
        return expected_count(value)
    decimals = -math.floor(math.log10(value))
    rounded = round(value, decimals)
    if estimate is not None:
        rounded = rounded_end(value, decimals, estimate)
    return number(rounded, max(decimals, 0))


def consequence_sentences(one: TargetStrikes) -> list[str]:
    """Direct and indirect consequences of strikes on a circuit, as stated by its owner."""
    said = one.consequences
    if said is None:
        return [one.note] if one.note else []
    direct = _amount(one.repair_cost, said.repair_cost, "repair", "a strike")
    outage = _amount(one.customer_hours, said.customer_hours, "customer-hours", "a strike")
    flags = {None: NOT_STATED, True: "yes", False: "no"}
    lines = [
        f"Direct: {direct}.",
        f"Indirect: {outage}; ground that could catch fire: {flags[said.fire_ground]}; people "
        f"below: {flags[said.people_below]}.",
    ]
    if said.missing:
        lines.append(f"To be stated by the owner, in the layer: {', '.join(said.missing)}.")
    return lines


def _amount(expected: StatedRange | None, of_one: StatedRange | None, what: str, unit: str) -> str:
    if of_one is None:
        return f"{what} {NOT_STATED}"
    text = f"{what} {of_one.low:,.4g} to {of_one.high:,.4g} {unit}"
    if expected is None:
        return text
    low, high = _end(expected.low), _end(expected.high)
    return f"{text}, {low} to {high} expected were each strike one of its own"
