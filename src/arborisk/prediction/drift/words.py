"""What a comparison found, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from arborisk.prediction.drift.arrangements import Outcome
from arborisk.prediction.drift.photos import NO_GROUP, NewPhotos
from arborisk.prediction.drift.record import Beyond, Drift, Size
from arborisk.wording.counts import agreeing, counted
from arborisk.wording.percent import counted_share, percent

TITLES: Final = {
    "embedding": "what the photos show, as the network sees it",
    "distance": "distance from the nearest training photos",
    "classes": "mix of classes, as the model sees it",
    "light": "light and sharpness",
}
FACT_TITLES: Final = {
    "dark": "darkest twentieth",
    "middle": "middle brightness",
    "bright": "brightest twentieth",
    "blur": "blur",
}
NEVER: Final = (
    "A shift says that the photos differ, not that the answers are wrong; no shift does not show "
    "that they are right. Only labels of new trees show that."
)
WHAT_TO_DO: Final = (
    "Look at the farthest photos. If the change is one of camera, season or framing, photograph as "
    "for training; if the trees are others, have a sample of them rated and measure the model on "
    "it before relying on its numbers."
)
GROUPS_WORDS: Final = {
    "given": "groups as given",
    "day": "photos of one day as a group",
    "photo": "each photo as a group of its own",
}


def headline(drift: Drift) -> str:
    """The finding in a sentence."""
    changed = [shift.title for shift in drift.shifts if shift.alarm]
    if changed:
        return (
            f"The new photos differ from those of training more than luck explains: "
            f"{'; '.join(changed)}."
        )
    if not drift.can_alarm:
        return (
            "Too few groups to tell: with so few no change, however large, could be told from luck."
        )
    return "No change was found that luck does not explain. That does not prove that there is none."


def sentence_of(name: str, outcome: Outcome, sizes: Mapping[str, Size], alarm: bool) -> str:
    """One comparison in sentences."""
    luck = (
        f"the difference is {outcome.times_luck:.1f} times what luck gives at most in 19 of 20 "
        "cases"
        if outcome.times_luck > 0
        else "there is no difference to speak of"
    )
    verdict = "More than luck explains" if alarm else "Luck can explain it"
    if not alarm and outcome.times_luck > 1:
        verdict = "Not shown, for with several comparisons one may well be as large"
    said = f"{verdict}: {luck}."
    if outcome.apart is not None:
        said += (
            f" The clouds are {percent(outcome.apart)} apart, where 0 % is one cloud and 100 % are "
            "two with nothing in common."
        )
    if name == "distance" and sizes[name].old > 0:
        times = sizes[name].new / sizes[name].old
        said += f" New photos lie {times:.2f} times as far out as training photos left out."
    if name == "light":
        facts = (
            f"{title} {sizes[fact].old:.3g} before, {sizes[fact].new:.3g} now"
            for fact, title in FACT_TITLES.items()
        )
        said += f" {'; '.join(facts)}.".replace(" d", " D", 1)
    if name == "classes":
        size = sizes[name]
        said += (
            f" {size.name}, each group counting once: {percent(size.old)} before, "
            f"{percent(size.new)} now."
        )
    return said


def leaf_sentence(leafless: tuple[float, float] | None) -> str:
    """Shares out of leaf, in a sentence."""
    if leafless is None:
        return "not told: the gate on leaves needs the embedding of the default model as it comes"
    old, new = (percent(share) for share in leafless)
    return f"{old} of training photos, {new} of new ones, by the gate"


def beyond_sentence(beyond: Beyond, n_new: int) -> str:
    """Share of photos beyond the gate's limit, in a sentence."""
    if beyond.stated is None or beyond.most_by_luck is None:
        return (
            "The training photos are of too few groups to set a limit from which on a photo is "
            "called unlike them."
        )
    many = "more than" if beyond.share > beyond.most_by_luck else "within"
    return (
        f"{counted_share(beyond.n_photos, n_new, 1)} of {counted(n_new, 'new photo')} "
        f"{agreeing(beyond.n_photos, 'lies', 'lie')} beyond the limit of the gate "
        f'"unlike the training photos", which is set to stop {percent(beyond.stated, 1)} of photos '
        f"like those of training: {many} what the gate may really stop of such photos (up to "
        f"{percent(beyond.most_by_luck, 1)}, with the groups that set it)."
    )


def cautions_of(
    new: NewPhotos, n_new_groups: int, smallest_p: float, level: float
) -> tuple[str, ...]:
    """What the comparison cannot say."""
    found = []
    if new.grouped_by == "photo":
        found.append(
            "No groups and no dates: every photo was taken for independent of all others. Photos "
            "of one outing or one tree are not, so that alarms come too easily; name the groups "
            "with --groups."
        )
    if new.grouped_by == "day":
        found.append("Photos of one day were taken for a group; --groups names them better.")
    if lost := new.groups.count(NO_GROUP):
        named = "group in the table" if new.grouped_by == "given" else "date"
        found.append(
            f"{counted(lost, 'photo')} {agreeing(lost, 'has', 'have')} no {named}: they may be of "
            "one tree and count as one group together; name the groups of all."
        )
    if smallest_p > level:
        found.append(
            f"{counted(n_new_groups, 'group')} of new photos: the smallest p "
            f"value that can come out is {smallest_p:.2g}, above {level:g}. Nothing can be shown; "
            "add photos of other outings."
        )
    elif n_new_groups < 10:
        found.append(
            f"{counted(n_new_groups, 'group')} of new photos: only large changes can be told from "
            "luck."
        )
    if new.n_left_out:
        found.append(
            f"{new.n_left_out} more photos were found and not looked at; --most sets how many are."
        )
    return (*found, NEVER)
