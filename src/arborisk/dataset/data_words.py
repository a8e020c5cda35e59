"""What is said of a data set, in sentences that follow from its counts."""

from __future__ import annotations

from collections.abc import Mapping

from arborisk.dataset.data_summary import MOST_NAMED, NOT_STATED, DataSummary
from arborisk.wording.counts import counted
from arborisk.wording.percent import counted_share
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


def description(summary: DataSummary) -> str:
    """What the data set is, in a few sentences."""
    kind = "photos of trees"
    if summary.n_drawn == summary.n_photos and summary.n_drawn:
        kind = "drawn pictures of drawn trees"
    named = [
        counted(summary.n_trees, "tree") if summary.n_trees else "",
        f"at {counted(summary.n_sites, 'site')}" if summary.n_sites else "",
    ]
    where = " ".join(part for part in named if part)
    text = f"{summary.n_photos} {kind}{f' ({where})' if where else ''}"
    n_rated = summary.n_photos - summary.n_unrated
    text += f", {n_rated} of them labelled" if n_rated else ", none of them labelled"
    text += f": {labels(summary)}." if n_rated else "."
    if summary.n_drawn:
        text += (
            f" {DRAWN_SENTENCE}"
            if summary.n_drawn == summary.n_photos
            else f" {summary.n_drawn} of them show drawn trees. {DRAWN_TREES}"
        )
    return text


def facts(summary: DataSummary) -> list[tuple[str, str]]:
    """The data set as lines of a name and a text, in the order of a card."""
    lines = [
        ("Photos", _photos(summary)),
        ("Labels", labels(summary) or "none"),
        ("How they were made", how_labelled(summary)),
        ("Time frame of the labels, years", _shares(summary.time_frames)),
        ("Trees", _groups(summary.n_trees, summary.n_without_tree, "tree")),
        ("Sites", _groups(summary.n_sites, summary.n_without_site, "site")),
        ("Taken", _days(summary)),
        ("Places", places(summary)),
        ("Views", _shares(summary.views)),
        ("Seasons", _shares(summary.seasons)),
        ("Copies", _copies(summary)),
        ("Left out as unreadable", _shares(summary.failures) or "none"),
        ("Sources", _sources(summary)),
        ("Licences", _shares(summary.licences)),
        ("Content hash", summary.content_hash),
    ]
    return [(name, text) for name, text in lines if text]


def labels(summary: DataSummary) -> str:
    """Labels with their counts and shares of the labelled photos."""
    n_rated = sum(summary.label_counts.values())
    return ", ".join(
        f"{label} {counted_share(count, n_rated)}" for label, count in summary.label_counts.items()
    )


def how_labelled(summary: DataSummary) -> str:
    """Where the labels came from, who gave them, and what was done where raters disagreed."""
    if not summary.label_counts:
        return "no photo is labelled"
    text = f"Read from: {summary.labels_from}"
    text += f", column {summary.label_column!r}." if summary.label_column else "."
    if summary.n_ratings:
        who = counted(summary.n_raters, "named rater") if summary.n_raters else "raters not named"
        text += f" {counted(summary.n_ratings, 'rating')}, {who}"
        text += f", up to {summary.most_ratings} a photo." if summary.most_ratings > 1 else "."
    if summary.most_ratings > 1:
        rule = (
            "the median, of two middle ratings the likelier"
            if summary.isa_labels
            else "the most frequent one; on a tie the photo stays unrated"
        )
        text += f" Raters disagree on {counted(summary.n_rater_conflicts, 'photo')}: {rule}."
    return text


def places(summary: DataSummary) -> str:
    """Whether photos state coordinates, and what is told of them."""
    if not summary.n_with_place:
        return "no photo states coordinates"
    text = f"{counted(summary.n_with_place, 'photo')} with coordinates"
    if summary.box is None:
        return f"{text}; left out of this card, which tells no place"
    box = summary.box
    return (
        f"{text}, within {box.south:.2f} to {box.north:.2f} degrees north and {box.west:.2f} to "
        f"{box.east:.2f} degrees east (widened to 0.01 degrees)"
    )


def markdown(summary: DataSummary, *, creator: str = "") -> str:
    """The card as people read it, in Markdown."""
    lines = [f"# Data card: {summary.name}", "", description(summary), "", "| | |", "|---|---|"]
    shown = facts(summary)
    if creator:
        shown.insert(0, ("Creator", creator))
    lines += [f"| {name} | {text.replace('|', chr(92) + '|')} |" for name, text in shown]
    lines += ["", "## Limits", ""]
    lines += [f"- {sentence}" for sentence in limits(summary)]
    lines += ["", "## People and places", "", privacy(summary), ""]
    lines += ["Generated from the tables of the data set by arborisk.", ""]
    return "\n".join(lines)


def _photos(summary: DataSummary) -> str:
    text = f"{summary.n_photos}"
    if summary.n_unrated:
        text += f", {summary.n_unrated} without a label"
    if summary.smallest_px and summary.largest_px:
        small, large = (
            f"{width} \N{MULTIPLICATION SIGN} {height}"
            for width, height in (summary.smallest_px, summary.largest_px)
        )
        text += f"; {small} px" if small == large else f"; {small} to {large} px"
    if summary.formats:
        text += f"; {_shares(summary.formats)}"
    return text


def _groups(n_groups: int, n_without: int, kind: str) -> str:
    text = f"{n_groups} named" if n_groups else "none named"
    return f"{text}; {counted(n_without, 'photo')} without" if n_groups and n_without else text


def _days(summary: DataSummary) -> str:
    if summary.first_day is None or summary.last_day is None:
        return "no photo states a time"
    text = f"{summary.first_day.isoformat()} to {summary.last_day.isoformat()}"
    if summary.n_without_time:
        text += f"; {counted(summary.n_without_time, 'photo')} without a time"
    return text


def _copies(summary: DataSummary) -> str:
    same = counted(summary.n_exact_copies, "group")
    near = counted(summary.n_near_duplicates, "group")
    return f"{same} of the same file, {near} of nearly the same picture"


def _sources(summary: DataSummary) -> str:
    if summary.n_sources > MOST_NAMED or (summary.n_sources and not summary.sources):
        return f"{summary.n_sources} different ones, stated photo by photo in the table"
    return _shares(summary.sources)


def _shares(counts: Mapping[str, int]) -> str:
    """Values with their counts."""
    return ", ".join(f"{value} ({count})" for value, count in counts.items())
