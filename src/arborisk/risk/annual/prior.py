"""A named, cited and editable table of what became of trees of each class in a storm."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.files import write_text_whole
from arborisk.risk.rating.reading import checked_number
from arborisk.scales import FailureLikelihood
from arborisk.text_files import read_toml
from arborisk.wording.counts import counted

DEFAULT_PRIOR = "koeser_2020_matthew"
JEFFREYS = 0.5
"""Added to both counts: none of n is not a chance of zero. Source: Jeffreys' prior of a share."""
LARGEST_EQUIVALENT = 1e6


@dataclass(frozen=True, slots=True)
class ClassPrior:
    """Chance of the event in one storm, for each class, as Beta distributions.

    Attributes:
        name: Of the table, printed with every number that rests on it.
        event: What counts, in words.
        source: Where the shares come from.
        cautions: What limits them.
        share: Share of trees with the event, by class, shape (4,).
        equivalent: Trees that each share is taken to rest on, by class: an assumption where the
            source does not give counts.
    """

    name: str
    event: str
    source: str
    cautions: tuple[str, ...]
    share: tuple[float, ...]
    equivalent: tuple[float, ...]

    @property
    def beta(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Both parameters of each class's Beta distribution, each of shape (4,)."""
        share, equivalent = np.array(self.share), np.array(self.equivalent)
        return share * equivalent + JEFFREYS, (1 - share) * equivalent + JEFFREYS

    def resting_on(self, equivalent: Mapping[FailureLikelihood, float]) -> ClassPrior:
        """The same shares, taken to rest on other numbers of trees."""
        sizes = list(self.equivalent)
        for level, size in equivalent.items():
            sizes[level] = checked_number(
                size,
                f"equivalent sample size of {level.word}",
                self.name,
                low=0.0,
                high=LARGEST_EQUIVALENT,
            )
        return replace(self, equivalent=tuple(sizes))


def load_prior(name: str | Path = DEFAULT_PRIOR) -> ClassPrior:
    """A table by name, or from a TOML file in the same form.

    Raises:
        AssessmentError: No such table, or shares that cannot be; says where.
    """
    if str(name) == DEFAULT_PRIOR:
        file = resources.files("arborisk.risk").joinpath(f"{DEFAULT_PRIOR}.toml")
        return _prior(tomllib.loads(file.read_text(encoding="utf-8")), DEFAULT_PRIOR)
    path = Path(name)
    if not path.is_file():
        raise AssessmentError(
            f"{DEFAULT_PRIOR}, or a TOML file",
            repr(str(name)),
            "--prior",
            "Give the name of the table, or the path of a TOML file.",
        )
    return _prior(read_toml(path, "a table of shares", AssessmentError), str(path))


def write_prior(prior: ClassPrior, path: Path) -> None:
    """Writes a table as TOML, to be given with ``--prior``."""
    quoted = {
        key: json.dumps(getattr(prior, key), ensure_ascii=False)
        for key in ("name", "event", "source")
    }
    lines = [f"{key} = {value}" for key, value in quoted.items()]
    lines.append(f"cautions = {json.dumps(list(prior.cautions), ensure_ascii=False)}")
    lines.append("\n[classes]")
    lines += [
        f"{level.word} = {{ share = {prior.share[level]!r}, equivalent = "
        f"{prior.equivalent[level]!r} }}"
        for level in FailureLikelihood
    ]
    write_text_whole(path, "\n".join(lines) + "\n")


def _prior(data: Mapping[str, object], where: str) -> ClassPrior:
    classes = data.get("classes")
    words = [level.word for level in FailureLikelihood]
    missing = [key for key in ("name", "event", "source") if not data.get(key)]
    if missing or not isinstance(classes, Mapping) or set(classes) != set(words):
        raise AssessmentError(
            f"name, event, source and [classes] with {', '.join(words)}",
            f"no {', '.join(missing)}" if missing else f"the classes {classes!r}",
            where,
            "Name what the shares are of and where they come from.",
        )

    def number(word: str, key: str, high: float) -> float:
        value = classes[word].get(key) if isinstance(classes[word], Mapping) else None
        return checked_number(value, f"{key} of {word}", where, low=0.0, high=high)

    cautions = data.get("cautions", ())
    return ClassPrior(
        name=str(data["name"]),
        event=str(data["event"]),
        source=str(data["source"]),
        cautions=tuple(map(str, cautions)) if isinstance(cautions, list) else (),
        share=tuple(number(word, "share", 1.0) for word in words),
        equivalent=tuple(number(word, "equivalent", LARGEST_EQUIVALENT) for word in words),
    )


_COUNTED = re.compile(r"\s*(\d+(?:\.\d+)?)\s+in\s+(\d+(?:\.\d+)?)\s*(?:years?)?\s*")


@dataclass(frozen=True, slots=True)
class StormRate:
    """Storms a year: a number taken as known, or a count in so many years.

    Attributes:
        storms: Storms counted, or the rate itself where `years` is None.
        years: Years they were counted in; None for a rate taken as known.
    """

    storms: float
    years: float | None = None

    @property
    def gamma(self) -> tuple[float, float] | None:
        """Shape and years of the Gamma distribution of the rate; None where it is taken as known.

        Source: Jeffreys' prior of a Poisson rate: shape k + 1/2 after k storms.
        """
        return None if self.years is None else (self.storms + JEFFREYS, self.years)

    @property
    def mean(self) -> float:
        """Expected storms a year."""
        return self.storms if self.gamma is None else self.gamma[0] / self.gamma[1]

    def draws(self, n: int, random: np.random.Generator) -> NDArray[np.float64]:
        """Rates a year, shape (n,)."""
        if self.gamma is None:
            return np.full(n, self.storms)
        shape, years = self.gamma
        return random.gamma(shape, 1 / years, n)

    @property
    def text(self) -> str:
        """For example ``2 storms in 10 years``."""
        if self.years is None:
            return f"{self.storms:g} storms a year, taken as known"
        return f"{self.storms:g} storms in {counted(self.years, 'year')}"


def read_storm_rate(text: str) -> StormRate:
    """Reads ``0.2`` (a year, taken as known) or ``2 in 10`` (counted in so many years).

    Raises:
        AssessmentError: Neither, or below 0.

    >>> read_storm_rate("2 in 10").mean
    0.25
    """
    counted = _COUNTED.fullmatch(text)
    if counted and float(counted[2]) > 0:
        return StormRate(float(counted[1]), float(counted[2]))
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate < 100:
        raise AssessmentError(
            "storms a year, as 0.2 or counted, as '2 in 10'",
            repr(text),
            "--storms",
            "Count storms like the prior's at your site; there is no default.",
        )
    return StormRate(rate)
