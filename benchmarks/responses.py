"""How a model's score follows what is seen: in drawn trees that are changed, and over its photos.

    python benchmarks/responses.py RUN [--of CLASS] [--trees 24] [--levels 7] [--seed 0]
                                       [--truth TRUTH.csv] [--page PAGE.html]
    python benchmarks/responses.py --pictures

RUN is the folder of a run, or of a bundle. Prints for each factor the verdict, the change of the
class's probability, of the score and of the expected class, the rank correlation with the critical
gust, the share of trees that never step back, and the curves; then the findings in sentences, and
seconds by the clock and of the processors. ``--truth`` adds how the score of the run's photos,
each by the model that did not learn from it, follows the true measures of a stand of drawn trees;
the run must be of that stand. ``--page`` writes the report's sections.

``--pictures`` needs no model: it prints what else changes in the picture with each factor, at its
highest level against its lowest, over 12 drawn trees.
"""

from __future__ import annotations

import argparse
import csv
import resource
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from arborisk.bundle.activation_map import Contrast
from arborisk.evaluation.run_tables import read_predictions
from arborisk.explanation.opened import OpenedModel, open_model
from arborisk.explanation.responses.intervene import SIZE_PX, interventions
from arborisk.explanation.responses.partial import Dependence, dependence
from arborisk.explanation.responses.records import FACTORS, Factor, Interventions
from arborisk.explanation.responses.scene import BaseTree, draw_base_trees, draw_in_scene
from arborisk.explanation.responses.verdicts import FactorSummary, summarise
from arborisk.explanation.responses.words import Sentences, dependence_sentences, sentences
from arborisk.simulate.drawing.canvas import PART_CODES
from arborisk.simulate.drawing.compose import shape_seed
from arborisk.simulate.drawing.figure import figure_of
from arborisk.simulate.drawing.noise import Purpose, generator
from arborisk.simulate.drawing.tree import grow_tree
from arborisk.simulate.drawing.view import Plane, choose_view, frame_tree
from arborisk.simulate.trees import DrawnTree
from arborisk.wording.intervals import interval_text

TITLES = {
    "lean": "lean, degrees",
    "cavity": "opening, share of the circumference",
    "dead_crown": "dead crown, share",
    "slenderness": "height over diameter",
    "plate_lift": "lift of the root plate, degrees",
    "brackets": "fungus brackets",
    "density": "crown density",
    "height": "height, m",
    "normal_gust": "normal gust of the site, m/s",
}
TREE_PARTS = ("crown", "dead_crown", "stem", "root_flare", "defect")
NEAR_PX = 9
CLEARLY = 16
STILL_PX = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, nargs="?")
    parser.add_argument("--of", default=None)
    parser.add_argument("--trees", type=int, default=24)
    parser.add_argument("--levels", type=int, default=7)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--truth", type=Path, default=None)
    parser.add_argument("--page", type=Path, default=None)
    parser.add_argument("--pictures", action="store_true")
    options = parser.parse_args()
    if options.pictures:
        print_pictures(options.seed)
        return
    opened = open_model(options.run)
    contrast = Contrast.between(opened.titles, options.of or opened.titles[-1])
    started = time.perf_counter()
    found = interventions(
        opened, contrast, n_trees=options.trees, levels=options.levels, seed=options.seed
    )
    seconds = time.perf_counter() - started
    print(f"{opened.model}: why {contrast.title(opened.titles)}?")
    print_responses(found)
    print_sentences(sentences(found))
    own, drawing = (
        resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"{seconds:.0f} s by the clock; {own:.0f} s of this process, {drawing:.0f} s of drawing")
    measured = None
    if options.truth:
        measured = over_photos(opened, options.run, options.truth, contrast, options.seed)
        print_dependence(measured)
    if options.page:
        write_sections(found, measured, options.page)


def print_responses(found: Interventions) -> None:
    print(f"{found.n_trees} drawn trees, intervals over trees, P is P({found.of})")
    for one in summarise(found):
        print_summary(one, found)
        if one.response.factor.name == "lean":
            print_still_feet(one, found)


def print_still_feet(one: FactorSummary, found: Interventions) -> None:
    """Change of P of trees whose foot the lean leaves where it was, and of the others."""
    factor, levels = one.response.factor, one.response.levels
    across = np.array(
        [
            [plane_of(base, factor.change(base.tree, level)).foot_px[0] for level in levels]
            for base in draw_base_trees(found.n_trees, found.seed)
        ]
    )
    still = np.abs(across - across[:, :1]) < STILL_PX
    of_class = one.response.probability[:, :, found.contrast.of]
    change = of_class - of_class[:, :1]
    print(
        f"  change of P from level {levels[0]:g}, foot moved by less than {STILL_PX} px, or more:"
    )
    for place, level in enumerate(levels[1:], start=1):
        of_still, of_moved = change[still[:, place], place], change[~still[:, place], place]
        words = [
            f"{len(some)} trees {some.mean():+.3f}" if len(some) else "no tree"
            for some in (of_still, of_moved)
        ]
        print(f"  {level:8.2f}  {words[0]:18}  {words[1]}")


def print_summary(one: FactorSummary, found: Interventions) -> None:
    response = one.response
    print(f"\n{response.factor.title}: {one.verdict}")
    change = interval_text(one.change, signed=True)
    print(f"  change of P {change}, score {interval_text(one.score_change, signed=True)}")
    if one.index_change is not None:
        print(
            f"  change of the expected class index {interval_text(one.index_change, signed=True)}"
        )
    if one.rank is not None and one.monotone_share is not None:
        print(f"  rank {interval_text(one.rank, signed=True)}, never back {one.monotone_share:.0%}")
    print(f"  typical difference of P between two levels {one.typical_difference:.3f}")
    of_class = response.probability[:, :, found.contrast.of].mean(axis=0)
    for name, row, digits in (
        ("level", response.levels, 2),
        ("P", of_class, 3),
        ("gust", response.critical_gust_ms.mean(axis=0), 1),
    ):
        print(f"  {name:6}" + "".join(f"{value:8.{digits}f}" for value in row))


def print_sentences(said: Sentences) -> None:
    for heading, lines in (
        ("Uses", said.uses),
        ("Ignores", said.ignores),
        ("Disagrees with physics", said.disagrees),
        ("Open", said.unclear),
        ("Cautions", said.cautions),
    ):
        print(f"\n{heading}" + "".join(f"\n- {line}" for line in lines))
    print()


def over_photos(
    opened: OpenedModel, run: Path, truth: Path, contrast: Contrast, seed: int
) -> Dependence:
    """How the score of photos held back follows the true measures of their drawn trees."""
    if opened.bundle is None:
        raise SystemExit("--truth needs a run with its predictions")
    predictions = read_predictions(run, opened.bundle.description.scheme.scheme)
    rows = {row["tree_id"]: row for row in csv.DictReader(truth.open(encoding="utf-8"))}
    measures = np.array([measures_of(rows[tree]) for tree in predictions.tree])
    log = np.log(np.clip(predictions.probability, 1e-9, None))
    score = log @ contrast.weights(opened.n_classes)
    return dependence(score, measures, list(TITLES), predictions.group, seed=seed)


def measures_of(row: Mapping[str, str]) -> list[float]:
    """True measures of a drawn tree, in the order of `TITLES`."""
    number = {
        key: float(row[key])
        for key in row
        if key not in ("tree_id", "site_id", "kind", "class") and not key.startswith("p_")
    }
    return [
        abs(number["lean_deg"]),
        number["cavity_share"],
        number["dead_crown_share"],
        number["height_m"] / number["stem_diameter_m"],
        number["root_plate_lift_deg"],
        number["n_conks"],
        number["crown_density"],
        number["height_m"],
        number["normal_gust_ms"],
    ]


def print_dependence(found: Dependence) -> None:
    print(
        f"Over {found.n_photos} photos of {found.n_groups} groups: all curves explain "
        f"{found.r2:.2f} of the variance of photos left out; the score varies by "
        f"{found.score_spread:.3f}"
    )
    print_sentences(dependence_sentences(found, TITLES))


def write_sections(found: Interventions, measured: Dependence | None, path: Path) -> None:
    """Both sections in a page of their own, to look at."""
    from arborisk.report.page import render_page, write_page
    from arborisk.report.responses_section import responses_html

    empty = render_page("base.html.j2", kind="arborisk", title="Responses", subtitle="", version="")
    sections = responses_html(found, measured, TITLES)
    write_page(path, empty.replace("</main>", sections + "</main>"))


def print_pictures(seed: int, n_trees: int = 12) -> None:
    """What changes in the picture from the lowest to the highest level of each factor."""
    bases = draw_base_trees(n_trees, seed)
    print("elsewhere: share of pixels that differ, ground and a rim round the tree left out")
    print(f"ground, tree: share of their pixels that differ by more than {CLEARLY} of 255")
    print("scale: pixels a metre, highest level over lowest; foot: shift in pixels of 378")
    print(f"{'factor':22}{'elsewhere':>10}{'ground':>8}{'tree':>7}{'scale, least to most':>22}foot")
    for factor in FACTORS.values():
        rows = np.array([compared(base, factor) for base in bases])
        elsewhere, ground, tree, scale, foot = rows.T
        print(
            f"{factor.name:22}{elsewhere.max():10.4f}{ground.mean():8.3f}{tree.mean():7.2f}"
            f"{np.median(scale):9.3f} ({scale.min():.2f}-{scale.max():.2f}){foot.max():7.1f}"
        )


def compared(base: BaseTree, factor: Factor) -> tuple[float, float, float, float, float]:
    versions = [factor.change(base.tree, level) for level in (factor.low, factor.high)]
    low, high = draw_in_scene(base, versions, SIZE_PX)
    difference = np.abs(high.image.astype(int) - low.image).max(axis=2)
    codes = [PART_CODES[part] for part in TREE_PARTS]
    tree = np.isin(low.parts, codes) | np.isin(high.parts, codes)
    ground = (low.parts == PART_CODES["ground"]) & ~widened(tree)
    elsewhere = ~widened(tree) & ~widened(ground)
    first, second = (plane_of(base, one) for one in versions)
    return (
        float((difference[elsewhere] > 0).mean()),
        float((difference[ground] > CLEARLY).mean()),
        float((difference[tree] > CLEARLY).mean()),
        second.px_per_m / first.px_per_m,
        abs(second.foot_px[0] - first.foot_px[0]),
    )


def plane_of(base: BaseTree, tree: DrawnTree) -> Plane:
    """Where a tree stands in its picture, and how large."""
    grown = grow_tree(figure_of(tree), generator(Purpose.SHAPE, shape_seed(tree)))
    return frame_tree(choose_view(*SIZE_PX, base.photo_seed), grown.outline(), grown.room_m())


def widened(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask with a rim, which blur and grain reach."""
    return np.asarray(Image.fromarray(mask).convert("L").filter(ImageFilter.MaxFilter(NEAR_PX))) > 0


if __name__ == "__main__":
    main()
