"""From photos to explained pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from arborisk.bundle.load import Bundle
from arborisk.errors import ArboriskError, Remedy, SettingsError, option
from arborisk.evaluation.run_photos import RunPhotos, read_run_photos
from arborisk.explanation.attribution.methods import METHODS
from arborisk.explanation.opened import open_model
from arborisk.explanation.parts.reader import PartsReader
from arborisk.explanation.photo_record import PhotoExplanation
from arborisk.records import Failure
from arborisk.report.explain_page import ExplainContext, explained_card, write_explain_pages
from arborisk.report.page import class_entries
from arborisk.studies.explain.asked import (
    AskedPhoto,
    ExplainOptions,
    held_back_photos,
    labelled_photos,
    new_photos,
)
from arborisk.studies.explain.believing import BeliefShown, believe
from arborisk.studies.explain.explainer import Explainer, file_mark
from arborisk.studies.explain.results import KeptExplanations, write_explanations
from arborisk.studies.interpret.subject import usual_method
from arborisk.studies.learners import ProgressFor
from arborisk.wording.counts import counted
from arborisk.wording.sentences import DRAWN_MODEL

AT_A_TIME = 8
"""Photos in memory at once."""
TRAINED_ON_DRAWN = f"{DRAWN_MODEL} Nothing that it says of photos of real trees counts."


@dataclass(frozen=True, slots=True)
class Explained:
    """What was written.

    Attributes:
        page: The first page.
        table: One row a photo.
        explanations: Of all photos, in the order of the pages.
        belief: Whether the maps are to be believed.
    """

    page: Path
    table: Path
    explanations: tuple[PhotoExplanation, ...]
    belief: BeliefShown

    @property
    def n_failed(self) -> int:
        """Photos that could not be explained."""
        return sum(one.failure is not None for one in self.explanations)


def explain(
    model: Path,
    photos: Path | None,
    out: Path,
    options: ExplainOptions,
    *,
    restart: bool = False,
    progress_for: ProgressFor,
) -> Explained:
    """Explains what a model said of photos; finished ones are kept, so that a rerun goes on.

    Args:
        model: Run folder or bundle folder.
        photos: A photo or a folder; None for photos of the run, each explained by the network that
            had not learnt from it.
        out: Folder to write.
        options: What is asked.
        restart: Forget an earlier run into `out`.
        progress_for: Gives the progress of a named piece of long work.

    Raises:
        ArboriskError: The model or the photos cannot be used, or `out` holds something else; says
            what to do.
    """
    opened = open_model(model)
    bundle = opened.own_bundle
    run_photos = _run_photos(model, needed=photos is None)
    method = usual_method(opened, options.method)
    _refuse_place(out, photos)
    options.contrast(opened.titles, len(opened.titles) - 1)  # refuses names before any photo
    header = {"bundle_id": bundle.bundle_id, "method": method, **options.as_json()}
    kept = KeptExplanations(out, header, restart=restart)
    if photos is None and run_photos is not None:
        asked = held_back_photos(bundle, run_photos, n_photos=options.n_photos, seed=options.seed)
    else:
        step = progress_for("Assessing photos")
        asked = new_photos(bundle, photos or out, out, restart=restart, progress=step)
    labelled = labelled_photos(bundle, run_photos, progress=progress_for("Labelled photos"))
    belief = believe(opened, method, options, out, run_photos, asked, progress_for=progress_for)
    explainer = Explainer(opened, method, options, out, labelled, PartsReader.load())
    found = _explain_all(explainer, kept, asked, progress_for)
    table = write_explanations(out, found, options.n_nearest)
    context = _context(bundle, method, belief, run_photos, asked, held_back=photos is None)
    entries = {entry.title: entry for entry in class_entries(bundle.description.scheme.scheme)}
    root = run_photos.data.photo_root if run_photos else None
    cards = [
        explained_card(
            one.answer, done, folder=out, entries=entries, label=one.label, photo_root=root
        )
        for one, done in zip(asked, found, strict=True)
    ]
    page = write_explain_pages(out, context, cards)
    return Explained(page, table, tuple(found), belief)


def _explain_all(
    explainer: Explainer,
    kept: KeptExplanations,
    asked: Sequence[AskedPhoto],
    progress_for: ProgressFor,
) -> list[PhotoExplanation]:
    """All photos in their order; those that an earlier run finished are not explained again."""
    found: dict[str, PhotoExplanation] = {}
    todo: list[AskedPhoto] = []
    for one in asked:
        earlier = kept.get(one.name, file_mark(one.path))
        if earlier is not None:
            found[one.name] = earlier
        elif one.answer.failure:
            failure = Failure(one.name, "no_answer", one.answer.failure)
            found[one.name] = PhotoExplanation(one.name, "", failure=failure)
        else:
            todo.append(one)
    step = progress_for("Explaining photos")
    for start in range(0, len(todo), AT_A_TIME):
        for done in explainer.explain(todo[start : start + AT_A_TIME]):
            kept.append(done)
            found[done.photo] = done
        step(min(start + AT_A_TIME, len(todo)), len(todo))
    return [found[one.name] for one in asked]


def _run_photos(model: Path, *, needed: bool) -> RunPhotos | None:
    """Photos of the run, where `model` is one and its photos are at hand.

    Raises:
        ArboriskError: They are needed, and not at hand.
    """
    try:
        return read_run_photos(model)
    except ArboriskError as error:
        if not needed:
            return None
        raise SettingsError(
            "photos to explain, or a run whose photos are at hand",
            f"neither: {error}",
            str(model),
            "Name a photo or a folder of photos after the model.",
        ) from error


def _refuse_place(out: Path, photos: Path | None) -> None:
    """Writes into a new folder, or into one of an earlier run; never among the photos."""
    if photos is not None and photos.is_dir() and out.resolve().is_relative_to(photos.resolve()):
        raise SettingsError(
            "a place outside the folder of photos",
            "one inside it: the next run would take its pictures for photos",
            str(out),
            Remedy("Choose an {} elsewhere.", option("--out", "explain")),
        )
    if out.is_dir() and any(out.iterdir()) and not (out / "explanations.jsonl").is_file():
        raise SettingsError(
            "a new folder, or one that an earlier run of explain made",
            "something else",
            str(out),
            Remedy("Choose another {}.", option("--out", "explain")),
        )


def _context(
    bundle: Bundle,
    method: str,
    belief: BeliefShown,
    run_photos: RunPhotos | None,
    asked: Sequence[AskedPhoto],
    *,
    held_back: bool,
) -> ExplainContext:
    """What is the same on all pages."""
    entry = METHODS[method]
    about = counted(len(asked), "photo")
    if held_back:
        about += " of the run, each explained by a network that had not learnt from it"
    own = run_photos if held_back else None
    drawn = own is not None and own.is_drawn
    strange = TRAINED_ON_DRAWN if bundle.description.drawn and not drawn else ""
    return ExplainContext(
        bundle=bundle,
        method=entry.title,
        method_sentence=f"{entry.does} Limits: {entry.limits[0].lower()}{entry.limits[1:]}",
        belief_headline=belief.headline,
        belief_standing=belief.standing,
        belief_word=belief.word,
        belief_html=belief.html,
        about=about,
        drawn=drawn,
        strange=strange,
    )
