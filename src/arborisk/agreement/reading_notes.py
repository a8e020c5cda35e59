"""What a reader must know of how a table of ratings was read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from arborisk.dataset.label_words import WordsRead
from arborisk.wording.counts import counted
from arborisk.wording.lists import listed

MOST_LISTED = 8


def reading_notes(
    read: WordsRead,
    *,
    n_blank: int,
    left_out: Mapping[str, int],
    spellings: Sequence[str],
    time_frames: Collection[str],
    imminent: Sequence[str],
    rounds: bool,
) -> tuple[str, ...]:
    """Sentences, none where there is nothing to tell.

    Args:
        read: What the words mean.
        n_blank: Blank label cells.
        left_out: Labels for which the scheme has no class, with their counts.
        spellings: Raters written in several ways.
        time_frames: Time frames of the ratings, as written.
        imminent: What was rated Imminent, once for each rating.
        rounds: Whether there are rounds of which nothing tells if the model was seen.
    """
    notes = []
    if imminent:
        named = list(dict.fromkeys(imminent))
        notes.append(
            f"{counted(len(imminent), 'rating')} Imminent "
            f"({listed(named, most=MOST_LISTED)}): have these trees seen to now, whatever "
            "the others said. In the figures below Imminent counts as Probable."
        )
    n_no_answer = n_blank + sum(read.n_no_answer.values())
    if n_no_answer:
        words = f" ({_listed(read.n_no_answer)})" if read.n_no_answer else ""
        notes.append(
            f"{counted(n_no_answer, 'cell')} without a rating{words}: missing, not a class."
        )
    if read.n_taken_for:
        taken = {f"{word!r} as {label}": n for (word, label), n in read.n_taken_for.items()}
        notes.append(f"Words read as labels: {_listed(taken, quoted=False)}.")
    if read.n_unknown:
        notes.append(f"Unknown words, passed over: {_listed(read.n_unknown)}.")
    if read.n_doubtful:
        notes.append(
            f"{counted(read.n_doubtful, 'rating')} with a question mark or a hedge, taken as "
            "written."
        )
    if left_out:
        notes.append(f"Ratings for which the scheme has no class, left out: {_listed(left_out)}.")
    if spellings:
        notes.append(f"Raters written in several ways, taken as one: {'; '.join(spellings)}.")
    if len(time_frames) > 1:
        notes.append(
            f"Time frames differ ({', '.join(sorted(time_frames))}): some disagreement may be of "
            "time, not of judgement."
        )
    if rounds:
        notes.append(
            "Rounds are taken as repeats in the same condition. If the model's answer was shown in "
            "one, add a column saw_model with yes and no."
        )
    return tuple(notes)


def _listed(counts: Mapping[str, int], *, quoted: bool = True) -> str:
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    told = (f"{word!r} {n}" if quoted else f"{word} {n}" for word, n in ranked)
    return listed(told, last="", most=MOST_LISTED)
