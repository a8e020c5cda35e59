"""The page on a trained model: what it uses, what it ignores, where it disagrees with physics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

import arborisk
from arborisk.bundle.load import Bundle
from arborisk.report.page import Fact, render_page, write_page
from arborisk.wording.counts import counted


@dataclass(frozen=True, slots=True)
class Chapter:
    """What one study found of a model.

    Attributes:
        name: Short name, unique in the report.
        title: Heading, a question that the chapter answers.
        html: Its figures and tables.
        uses: What the model uses, sentences with figures.
        ignores: What it does not use, likewise.
        disagrees: Where it goes against physics or looks at the wrong thing, likewise.
        cautions: What limits the chapter.
        figures: Every figure by name, for other software.
    """

    name: str
    title: str
    html: str
    uses: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()
    disagrees: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    figures: dict[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InterpretPage:
    """What the page shows.

    Attributes:
        bundle: The model.
        question: The contrast in words.
        headline: The outcome in a sentence or two.
        standing: ``better``, ``undecided`` or ``worse``, for the colour of the verdict.
        word: The verdict in a few words.
        chapters: In order.
        n_photos: Photos looked at.
        n_groups: Groups that they come from.
        drawn: Whether the trees are drawn.
    """

    bundle: Bundle
    question: str
    headline: str
    standing: str
    word: str
    chapters: Sequence[Chapter]
    n_photos: int
    n_groups: int
    drawn: bool

    @property
    def uses(self) -> tuple[str, ...]:
        """What the model uses, of all chapters."""
        return tuple(line for one in self.chapters for line in one.uses)

    @property
    def ignores(self) -> tuple[str, ...]:
        """What it does not use, of all chapters."""
        return tuple(line for one in self.chapters for line in one.ignores)

    @property
    def disagrees(self) -> tuple[str, ...]:
        """Where it goes against physics or looks at the wrong thing, of all chapters."""
        return tuple(line for one in self.chapters for line in one.disagrees)


def write_interpret_page(path: Path, page: InterpretPage) -> Path:
    """Writes the page and gives its path.

    Args:
        path: HTML file to write.
        page: What it shows.

    Raises:
        MissingDependencyError: Jinja2 is not installed.
    """
    description = page.bundle.description
    text = render_page(
        "interpret.html.j2",
        kind="arborisk · inside a trained model",
        title=f"What makes it say {page.question}?",
        subtitle=(
            f"{description.model}, {counted(page.n_photos, 'photo')} of "
            f"{counted(page.n_groups, 'group')}, each asked of a network that had not learnt from "
            "it"
        ),
        version=arborisk.__version__,
        page=page,
        facts=[
            Fact("Model", f"{description.model}, bundle {page.bundle.bundle_id}"),
            Fact("Classes", ", ".join(description.scheme.scheme.titles)),
            Fact("Trained on", f"{counted(description.n_training_photos, 'photo')}"),
        ],
        scheme=description.scheme.scheme,
    )
    return write_page(path, text)
