"""The models one can ask for by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from arborisk.errors import Remedy, SettingsError, command, option
from arborisk.models.settings import Model1Settings, Output
from arborisk.models.weights import FROM_SCRATCH, IMAGENET, PACKAGED, find_imported, packaged_bodies
from arborisk.preprocess.settings import Crop, PreprocessSettings, Scaling

if TYPE_CHECKING:
    from arborisk.models.network import Network


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """What a model is, without building it.

    Attributes:
        title: Name for people.
        size_px: Side of the input picture unless asked otherwise, in pixels.
        least_px: Smallest side it can see.
        channels: 1 (grey) or 3 (colour) unless asked otherwise.
        scaling: How pixels become numbers (`arborisk.preprocess.PreprocessSettings`).
        usual_weights: What its weights are unless asked otherwise: `IMAGENET`, installed with the
            package, or `FROM_SCRATCH`.
        weights_licence: Licence of the installed weights, or "".
        source: Who described it first.
        crop: What of the photo it sees unless asked otherwise.
        parts: Lengths of the parts that its embedding is made of; empty for one part.
    """

    title: str
    size_px: int
    least_px: int
    channels: Literal[1, 3]
    scaling: Scaling
    usual_weights: str
    weights_licence: str
    source: str
    crop: Crop = "centre"
    parts: tuple[int, ...] = ()

    @property
    def preprocess(self) -> PreprocessSettings:
        """Preprocessing unless asked otherwise."""
        return PreprocessSettings(
            size_px=self.size_px, channels=self.channels, scaling=self.scaling, crop=self.crop
        )


def _lite(title: str, size_px: int) -> ModelEntry:
    """An EfficientNet-Lite at the size its weights were fitted at."""
    return ModelEntry(
        title=title,
        size_px=size_px,
        least_px=32,  # it halves its picture five times
        channels=3,
        scaling="efficientnet",
        usual_weights=IMAGENET,
        weights_licence="Apache-2.0",
        source="Tan and Le (2019), ICML; EfficientNet-Lite (2020), tensorflow/tpu",
    )


DEFAULT_MODEL = "efficientnet_depths"
MODELS: dict[str, ModelEntry] = {
    "model1": ModelEntry(
        title="CNN Model 1",
        size_px=108,
        least_px=1,
        channels=1,
        scaling="unit",
        usual_weights=FROM_SCRATCH,
        weights_licence="",
        source="NARS Lab deck (2 December 2020)",
    ),
    "efficientnet_depths": ModelEntry(
        title="EfficientNet-Lite2 at three depths",
        size_px=224,
        least_px=32,
        channels=3,
        scaling="efficientnet",
        usual_weights=IMAGENET,
        weights_licence="Apache-2.0",
        source="docs/decisions/0013-skill.md",
        crop="stretch",
        parts=(1280, 120, 120, 48),
    ),
    "efficientnet_pair": ModelEntry(
        title="EfficientNet-Lite0 and Lite2 side by side",
        size_px=224,
        least_px=32,
        channels=3,
        scaling="efficientnet",
        usual_weights=IMAGENET,
        weights_licence="Apache-2.0",
        source="docs/decisions/0006-default-features.md",
        crop="stretch",
        parts=(1280, 112, 1280, 120),
    ),
    "efficientnet_lite0": _lite("EfficientNet-Lite0", 224),
    "efficientnet_lite1": _lite("EfficientNet-Lite1", 240),
    "efficientnet_lite2": _lite("EfficientNet-Lite2", 260),
    "resnet50": ModelEntry(
        title="ResNet-50",
        size_px=224,
        least_px=32,
        channels=3,
        scaling="imagenet",
        usual_weights=FROM_SCRATCH,
        weights_licence="",
        source="He et al. (2016), CVPR; as torchvision builds it",
    ),
    "googlenet": ModelEntry(
        title="GoogLeNet",
        size_px=224,
        least_px=32,
        channels=3,
        scaling="symmetric",
        usual_weights=FROM_SCRATCH,
        weights_licence="",
        source="Szegedy et al. (2015), CVPR; as torchvision builds it",
    ),
}


def model_entry(name: str) -> ModelEntry:
    """The model of that name.

    Raises:
        SettingsError: No such model; names those there are.
    """
    if name not in MODELS:
        raise SettingsError(
            expected=f"one of the models {', '.join(MODELS)}",
            found=repr(name),
            where="name of the model",
            remedy="Choose one of them.",
        )
    return MODELS[name]


def weights_identity(model: str, weights: str) -> str:
    """Short text that differs whenever a model's pretrained weights do.

    Args:
        model: A key of `MODELS`.
        weights: `IMAGENET`, the name of imported weights, or "" for the model's usual ones.

    Raises:
        SettingsError: The model has no such weights, or they are drawn afresh for each seed.
    """
    chosen = weights or model_entry(model).usual_weights
    if chosen == FROM_SCRATCH:
        raise SettingsError(
            expected=f"pretrained weights of {model}",
            found=f"{FROM_SCRATCH!r}: weights drawn afresh for each seed",
            where="weights of the network",
            remedy=Remedy("Name pretrained weights; {} shows them.", command("info weights")),
        )
    if chosen == IMAGENET and packaged_bodies(model):
        return "-".join(PACKAGED[body].identity for body in packaged_bodies(model))
    return find_imported(model, chosen).identity


def build(
    name: str,
    *,
    n_classes: int,
    channels: int,
    size: int,
    settings: Model1Settings | None = None,
    seed: int = 0,
    weights: str = "",
    output: Output = "nominal",
) -> Network:
    """A network by name, with fresh weights or its pretrained ones.

    Args:
        name: A key of `MODELS`.
        n_classes: Number of classes, at least 2.
        channels: 1 (grey) or 3 (colour).
        size: Side of the input picture, in pixels.
        settings: Choices of Model 1; None means the deck's.
        seed: Start of the weights: same seed, same weights. Torch's own generator is left as it
            was.
        weights: `IMAGENET`, `FROM_SCRATCH`, the name of imported weights, or "" for the model's
            usual ones.
        output: Kind of the last layer, see `arborisk.models.network`.

    Raises:
        SettingsError: Unknown name, impossible size, or settings for a model that has none.
        MissingDependencyError: Torch or the weights are not installed.
    """
    _check(name, n_classes=n_classes, channels=channels, size=size)
    import torch

    from arborisk.models.building import make_network

    if settings is not None and name != "model1":
        raise SettingsError(
            expected=f"no settings of its own for {name}",
            found="settings of model1",
            where="settings of the model",
            remedy="Leave them out, or choose model1.",
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make_network(
            name,
            weights or model_entry(name).usual_weights,
            settings or Model1Settings(),
            n_classes=n_classes,
            channels=channels,
            size=size,
            output=output,
        )


def _check(name: str, *, n_classes: int, channels: int, size: int) -> None:
    """Refuses numbers the network cannot have."""
    least = model_entry(name).least_px
    for name, value, wanted, fits in (
        ("n_classes", n_classes, "at least 2 classes", n_classes >= 2),
        ("channels", channels, "1 (grey) or 3 (colour) channels", channels in (1, 3)),
        ("size", size, f"a picture of at least {least} px a side", size >= least),
    ):
        if not fits:
            raise SettingsError(
                expected=wanted,
                found=str(value),
                where=f"{name} of the network",
                remedy=Remedy(
                    "Change the scheme, {} or {}.",
                    option("--channels", "train"),
                    option("--size", "train"),
                ),
            )
