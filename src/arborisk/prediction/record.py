"""What is said of one photo, and of a whole run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from arborisk.bundle import IMMINENT_SENTENCE, LEANS, LEVEL_SENTENCE, BundleDescription
from arborisk.records import Failure

PROBABILITY_DIGITS = 6
"""Decimals kept of a probability: far below any meaning, above the noise of float32."""


@dataclass(frozen=True, slots=True)
class PhotoPrediction:
    """Answer for one photo, or why there is none.

    Attributes:
        photo: Path relative to the folder given, with forward slashes; the name of a single file.
        n_bytes: Size of the file when it was read.
        modified_ns: Its time of change, nanoseconds since 1970: a changed photo is read again.
        probability: One for each class in the order of the scheme; empty when the photo failed.
        failure: Why there is no answer, or None.
        taken_at: Local time of exposure, ISO 8601, or "".
        latitude: Degrees north, if stated.
        longitude: Degrees east, if stated.
    """

    photo: str
    n_bytes: int
    modified_ns: int
    probability: tuple[float, ...] = ()
    failure: Failure | None = None
    taken_at: str = ""
    latitude: float | None = None
    longitude: float | None = None

    @property
    def likeliest(self) -> int:
        """Index of the most probable class; of equals the last, likelier one."""
        return max(range(len(self.probability)), key=lambda k: (self.probability[k], k))


@dataclass(frozen=True, slots=True)
class PredictionSummary:
    """What a run did.

    Attributes:
        out: The table that was written.
        n_photos: Rows in it: one for each photo found.
        n_done_before: Of these, answers kept from an earlier run.
        failures: Reason to number of photos that could not be used.
        counts: Class name to number of photos for which it is the most probable.
        bundle_id: Bundle that answered.
        description: What the bundle states about itself.
    """

    out: Path
    n_photos: int
    n_done_before: int
    failures: dict[str, int]
    counts: dict[str, int]
    bundle_id: str
    description: BundleDescription

    @property
    def n_failed(self) -> int:
        """Photos without an answer."""
        return sum(self.failures.values())

    def lines(self) -> list[str]:
        """The summary for people, with the shares in training beside those found."""
        n_answered = self.n_photos - self.n_failed
        share = self.description.training_share
        lines = [
            f"{self.n_photos} photos: {n_answered} answered ({self.n_done_before} earlier), "
            f"{self.n_failed} failed.",
            *(f"Caution: {caution}" for caution in self.description.cautions),
            *(f"  failed, {reason}: {n}" for reason, n in sorted(self.failures.items())),
            "Most probable class, ascending by likelihood (share of training photos):"
            if self.description.scheme.ordered
            else "Most probable class (share of training photos):",
        ]
        for item in self.description.scheme.classes:
            lines.append(
                f"  {item.name} ({item.title}): {self.counts[item.name]} of {n_answered} photos "
                f"(training {share[item.name]:.1%})"
            )
        if self.description.scheme.study_only:
            lines.append("For study only: a rating that occurs in practice has no class here.")
        if self.description.kind == "refit":
            lines.append("This model is a refit: it was never measured itself.")
        return [*lines, LEANS[self.description.lean], LEVEL_SENTENCE, IMMINENT_SENTENCE]

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "out": str(self.out),
            "n_photos": self.n_photos,
            "n_done_before": self.n_done_before,
            "n_failed": self.n_failed,
            "failures": self.failures,
            "counts": self.counts,
            "training_share": self.description.training_share,
            "lean": self.description.lean,
            "scheme": self.description.scheme.name,
            "study_only": self.description.scheme.study_only,
            "model_kind": self.description.kind,
            "protocol": self.description.protocol,
            "cautions": list(self.description.cautions),
            "bundle_id": self.bundle_id,
            "message": f"{LEVEL_SENTENCE} {IMMINENT_SENTENCE}",
        }
