"""What a person should do about one photo or tree, with the reasons.

A referral is never a rating of risk, and ``routine`` is no promise: it says that nothing in the
photo asks for an earlier inspection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from arborisk.wording.sentences import NOTHING_URGENT

Action = Literal["level_2", "retake", "not_a_tree", "routine"]
UNREADABLE = "the photo could not be used"
UNMEASURED = "this model was refitted on everything: how far to trust it was never measured"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a gate says of a photo.

    Attributes:
        gate: Name of the gate.
        action: What it asks for; a ``note`` asks for nothing.
        sentence: Why, in words.
    """

    gate: str
    action: Literal["level_2", "retake", "not_a_tree", "note"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Referral:
    """What to do, and why.

    Attributes:
        action: ``level_2``: send a person to inspect the tree from all sides. ``retake``: the photo
            does not allow an answer. ``not_a_tree``: no tree was recognised; a person must look at
            the photo. ``routine``: see `NOTHING_URGENT`.
        reasons: In words, the weightiest first.
        asks_for_a_person: Whether the model or a gate asked for one, whatever else stands above it.
    """

    action: Action
    reasons: tuple[str, ...]
    asks_for_a_person: bool = False


def refer(asks: Sequence[str], findings: Sequence[Finding] = (), *, failed: str = "") -> Referral:
    """The referral of one photo.

    A photo without a tree cannot speak of one, so that this comes first; what the model said of it
    stays among the reasons. Next comes what asks for a person: a poor photo that worries the model
    sends one all the same.

    Args:
        asks: Reasons of the model to send a person, none if it has none.
        findings: What the gates say.
        failed: Why the photo could not be read, or "".
    """
    if failed:
        return Referral("retake", (f"{UNREADABLE}: {failed}",))
    of = {
        action: [finding.sentence for finding in findings if finding.action == action]
        for action in ("not_a_tree", "level_2", "retake", "note")
    }
    asking = [*asks, *of["level_2"]]
    rest = (*of["retake"], *of["note"])
    if of["not_a_tree"]:
        doubtful = [f"if it is a tree: {reason}" for reason in asking]
        return Referral("not_a_tree", (*of["not_a_tree"], *doubtful, *rest), bool(asking))
    if asking:
        return Referral("level_2", (*asking, *rest), asks_for_a_person=True)
    if of["retake"]:
        return Referral("retake", rest)
    return Referral("routine", (NOTHING_URGENT, *rest))


def of_tree(photos: Sequence[Referral]) -> Referral:
    """The referral of a tree from those of its photos: what any of them asks for.

    A person whom one photo asks for is sent, whatever the others show. Photos that cannot speak and
    ask for nobody leave the word to those that can; without any of these the tree must be
    photographed again.
    """
    seen = [photo for photo in photos if photo.action in ("level_2", "routine")]
    asking = [photo for photo in photos if photo.asks_for_a_person]
    if asking and (seen or any(photo.action != "not_a_tree" for photo in photos)):
        return Referral("level_2", _reasons(asking), asks_for_a_person=True)
    if seen:
        return Referral("routine", _reasons(seen))
    for action in ("not_a_tree", "retake"):
        speaking = [photo for photo in photos if photo.action == action]
        if speaking:
            return Referral(action, _reasons(speaking), bool(asking))
    raise ValueError("a tree has at least one photo")


def _reasons(photos: Sequence[Referral]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason for photo in photos for reason in photo.reasons))
