"""What a data set cannot show and what it may tell of people, in sentences from its counts."""

from __future__ import annotations

from arborisk.dataset.data_summary import NOT_STATED, DataSummary
from arborisk.wording.counts import counted
from arborisk.wording.sentences import DRAWN_TREES, ONE_SIDE

FEW_PHOTOS = 20
"""Photos of a label below which hardly anything can be measured of it."""
DRAWN_SENTENCE = f"These are drawn trees: they show that the method works. {DRAWN_TREES}"


def limits(summary: DataSummary) -> list[str]:
    """What the data set cannot show, a sentence each."""
    found = []
    is_real = summary.n_drawn < summary.n_photos
    if summary.n_drawn:
        found.append(
            DRAWN_SENTENCE
            if summary.n_drawn == summary.n_photos
            else f"{counted(summary.n_drawn, 'photo')} of drawn trees. {DRAWN_TREES}"
        )
    if summary.label_counts and not summary.isa_labels:
        found.append(
            "The labels are not likelihoods of failure: nothing here says whether a tree fails."
        )
    elif summary.label_counts and is_real:
        found.append(
            "A label is what people said of a tree, not what the tree later did; from a photo it "
            f"is {ONE_SIDE}."
        )
    if summary.label_counts and is_real:
        found.append(
            "How the photos were chosen is not recorded: the shares of the labels are those of "
            "this set, not of a street or a town."
        )
    if summary.label_counts:
        if summary.isa_labels and NOT_STATED in summary.time_frames:
            n_without = summary.time_frames[NOT_STATED]
            found.append(f"{counted(n_without, 'label')} without a time frame.")
        if summary.most_ratings < 2:
            found.append("No photo has two ratings: how far raters would agree is unknown.")
    for label, count in summary.label_counts.items():
        if count < FEW_PHOTOS:
            found.append(f"{label}: {counted(count, 'photo')}, too few to measure much of it.")
    if summary.n_without_tree and summary.n_photos:
        found.append(
            f"{counted(summary.n_without_tree, 'photo')} without a tree's name: photos of one "
            "tree can stand on both sides of a split unless sites keep them together."
        )
    if summary.n_without_site and summary.n_photos:
        found.append(
            f"{counted(summary.n_without_site, 'photo')} without a site: neighbouring trees can "
            "stand on both sides of a split."
        )
    if summary.n_label_clashes:
        found.append(
            f"More than one label for the same photo, picture or tree: {summary.n_label_clashes}."
        )
    n_unlicensed = summary.licences.get(NOT_STATED, 0)
    if n_unlicensed and is_real:
        found.append(
            f"{counted(n_unlicensed, 'photo')} without a stated licence: not to be passed on "
            "without asking."
        )
    return found


def privacy(summary: DataSummary) -> str:
    """What the card tells of people and places, and what the files themselves may tell."""
    text = "This card names no photo, no rater and no tree."
    if summary.n_drawn < summary.n_photos:
        text += " Photos may show people, homes and cars."
    if summary.n_with_place:
        told = "are told only as a bounding box" if summary.box else "are left out"
        text += (
            f" Coordinates {told} here; the table of photos and the photos themselves "
            "hold them exactly."
        )
    if summary.n_raters:
        text += " The table of ratings names the raters."
    return text
