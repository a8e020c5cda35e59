"""From a run to a report on what its model uses, what it ignores, and where physics disagrees."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from arborisk.errors import Remedy, SettingsError, option
from arborisk.files import write_text_whole
from arborisk.report.interpret_page import Chapter, InterpretPage, write_interpret_page
from arborisk.studies.interpret.questions import CHAPTERS
from arborisk.studies.interpret.readings import fingerprint, keep_chapter, kept_chapter
from arborisk.studies.interpret.subject import InterpretOptions, Subject, open_subject
from arborisk.studies.learners import ProgressFor
from arborisk.wording.counts import agreeing, counted
from arborisk.wording.sentences import DRAWN_TREES


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What stands at the top of the report.

    Attributes:
        headline: The outcome.
        standing: ``better``, ``undecided`` or ``worse``, for the colour.
        word: The outcome in a few words.
    """

    headline: str
    standing: str
    word: str


def conclude(chapters: Sequence[Chapter], *, drawn: bool) -> Conclusion:
    """The outcome: the worst first, and never that there is nothing wrong.

    Args:
        chapters: All that were made.
        drawn: Whether the photos are of drawn trees.
    """
    by_name = {one.name: one for one in chapters}
    tail = f" All of it is of drawn trees. {DRAWN_TREES}" if drawn else ""
    shortcut = by_name.get("shortcuts")
    if shortcut is not None and shortcut.disagrees:
        return Conclusion(f"{shortcut.disagrees[0]}{tail}", "worse", "A shortcut was found")
    belief = by_name.get("belief")
    if belief is not None and belief.figures.get("verdict") == "not to be believed":
        return Conclusion(f"{belief.cautions[0]}{tail}", "worse", "The maps are not to be believed")
    n_against = sum(len(one.disagrees) for one in chapters)
    n_used = sum(len(one.uses) for one in chapters)
    things = (
        f"{counted(n_used, 'thing')} that it uses and {n_against} that "
        f"{agreeing(n_against, 'goes', 'go')} against physics or "
        f"{agreeing(n_against, 'lies', 'lie')} beside the tree; all are listed below."
    )
    if n_against:
        return Conclusion(f"Found: {things}{tail}", "undecided", "Not all of it is as it should be")
    return Conclusion(
        f"Nothing against it among what was looked for. Found: {things}{tail}",
        "better",
        "Nothing of what was looked for",
    )


CONTENT = "interpret.json"
PAGE = "index.html"


@dataclass(frozen=True, slots=True)
class Interpreted:
    """What was written.

    Attributes:
        path: The report.
        page: What it says.
    """

    path: Path
    page: InterpretPage


def interpret(
    run: Path,
    out: Path,
    options: InterpretOptions,
    *,
    restart: bool = False,
    progress_for: ProgressFor,
    tell: Callable[[str], None],
) -> Interpreted:
    """Interprets the model of a run; finished chapters are kept, so that a rerun goes on.

    Args:
        run: Run folder of `arborisk train`.
        out: Folder to write.
        options: What is asked.
        restart: Make all chapters anew.
        progress_for: Gives the progress of a named piece of long work.
        tell: Called with a line for each chapter.

    Raises:
        ArboriskError: The run cannot be used, there is no such chapter, or `out` holds something
            else; says what to do.
    """
    wanted = _wanted(options)
    if out.is_dir() and any(out.iterdir()) and not (out / "chapters").is_dir():
        raise SettingsError(
            "a new folder, or one that an earlier run of interpret made",
            "something else",
            str(out),
            Remedy("Choose another {}.", option("--out", "interpret")),
        )
    (out / "chapters").mkdir(parents=True, exist_ok=True)
    subject = open_subject(
        run,
        out / "cache",
        of=options.of,
        against=options.against,
        n_photos=options.n_photos,
        seed=options.seed,
        progress=progress_for("Preparing photos"),
    )
    bundle = subject.opened.own_bundle
    mark = fingerprint({"bundle_id": bundle.bundle_id, **options.as_json(), "chapters": []})
    found = []
    for number, name in enumerate(wanted, start=1):
        chapter = None if restart else kept_chapter(out, name, mark)
        told = "" if chapter is None else " (kept from an earlier run)"
        tell(f"{number} of {len(wanted)}  {CHAPTERS[name].title}{told}")
        if chapter is None:
            chapter = CHAPTERS[name].make(subject, options, out, progress_for)
            keep_chapter(out, chapter, mark)
        found.append(chapter)
    return _write(subject, found, out)


def _wanted(options: InterpretOptions) -> list[str]:
    """Chapters asked for, in the order of the report."""
    unknown = [name for name in options.chapters if name not in CHAPTERS]
    if unknown:
        raise SettingsError(
            f"chapters out of {', '.join(CHAPTERS)}",
            ", ".join(unknown),
            "--chapters",
            "Use these names, with commas between.",
        )
    return [name for name in CHAPTERS if not options.chapters or name in options.chapters]


def _write(subject: Subject, chapters: list[Chapter], out: Path) -> Interpreted:
    """The report, as a page and for other software."""
    bundle = subject.opened.own_bundle
    conclusion = conclude(chapters, drawn=subject.drawn)
    page = InterpretPage(
        bundle=bundle,
        question=subject.contrast.title(subject.opened.titles),
        headline=conclusion.headline,
        standing=conclusion.standing,
        word=conclusion.word,
        chapters=chapters,
        n_photos=len(subject.rows),
        n_groups=len(set(subject.groups)),
        drawn=subject.drawn,
    )
    content = {
        "bundle_id": bundle.bundle_id,
        "question": page.question,
        "headline": page.headline,
        "uses": page.uses,
        "ignores": page.ignores,
        "disagrees": page.disagrees,
        "n_photos": page.n_photos,
        "n_groups": page.n_groups,
        "drawn_trees": page.drawn,
        "chapters": {
            one.name: {key: value for key, value in asdict(one).items() if key != "html"}
            for one in chapters
        },
    }
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    write_text_whole(out / CONTENT, text + "\n")
    return Interpreted(write_interpret_page(out / PAGE, page), page)
