"""A bundle's network in torch again, so that gradients and maps can be taken from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from arborisk.bundle.activation_map import Contrast
from arborisk.bundle.files import WEIGHTS, check_hash, read_file, safe_arrays
from arborisk.bundle.load import Bundle, load_bundle
from arborisk.bundle.session import probe_array
from arborisk.errors import BundleError
from arborisk.models.averaged import AveragedNetwork
from arborisk.models.network import Network
from arborisk.models.settings import Model1Settings
from arborisk.models.table import build
from arborisk.models.weights import FROM_SCRATCH
from arborisk.preprocess.settings import PreprocessSettings

SAME = 1e-3
"""Largest difference of a probability between the network built here and the bundle's own file;
processors and libraries differ by about 1e-5."""


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A trained model whose inside can be looked at.

    A bundle may average several networks and several views of a photo; explanations are of the
    mean over its networks, on the photo itself, without further views.

    Attributes:
        network: Its networks, with the scaling of pixels inside, in evaluation mode.
        preprocess: How a photo becomes an array.
        titles: Titles of the classes, in class order.
        model: Name in the table of models.
        bundle: The bundle it came from, or None for networks made in memory.
    """

    network: AveragedNetwork
    preprocess: PreprocessSettings
    titles: tuple[str, ...]
    model: str
    bundle: Bundle | None = None

    @property
    def bodies(self) -> list[Network]:
        """Networks with weights of their own below the classifier; one when all share a body."""
        return [cast(Network, body) for body in self.network.bodies]

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.titles)

    @property
    def own_bundle(self) -> Bundle:
        """The bundle that it came from.

        Raises:
            BundleError: It was made in memory.
        """
        if self.bundle is None:
            raise BundleError(
                "a model from a bundle",
                "one made in memory",
                f"the model {self.model}",
                "Write it as a bundle, and open that with open_model.",
            )
        return self.bundle

    def only(self, member: int) -> OpenedModel:
        """One of its networks alone, for example the one that did not learn from a photo.

        Args:
            member: Its number, from 0.
        """
        bodies = self.bodies
        body = bodies[member] if len(bodies) > 1 else bodies[0]
        one = body.with_classifier(self.network.classifiers[member])
        network = AveragedNetwork([one], self.preprocess)
        return OpenedModel(network, self.preprocess, self.titles, self.model)

    def pictures(self, arrays: NDArray[np.uint8]) -> Tensor:
        """Normalised pictures, float32 (n, channels, size, size), of prepared photos.

        Args:
            arrays: Bytes, shape (n, size, size, channels).
        """
        # A copy: arrays may be read-only, which torch warns of.
        return cast(Tensor, self.network.scaling(torch.from_numpy(np.array(arrays))))

    def log_probability(self, pictures: Tensor) -> Tensor:
        """Log of what each member says, shape (members, n, n_classes). Keeps gradients.

        Args:
            pictures: Normalised, shape (n, channels, size, size).
        """
        return self.log_probability_of_maps([body.features(pictures) for body in self.bodies])

    def log_probability_of_maps(self, maps: list[Tensor]) -> Tensor:
        """The same of the feature maps of each body, each of shape (n, c, h, w)."""
        embeddings = [body.pool(one) for body, one in zip(self.bodies, maps, strict=True)]
        classifiers = list(self.network.classifiers)
        each = embeddings * (len(classifiers) // len(embeddings))
        logits = [classify(one) for classify, one in zip(classifiers, each, strict=True)]
        return torch.log_softmax(torch.stack(logits), dim=2)

    def score(self, pictures: Tensor, contrast: Contrast) -> Tensor:
        """Score of a contrast, see `arborisk.bundle.activation_map.Contrast`, shape (n,).

        Args:
            pictures: Normalised, shape (n, channels, size, size).
            contrast: What is asked.
        """
        return self.score_of(self.log_probability(pictures), contrast)

    def score_of(self, log_probability: Tensor, contrast: Contrast) -> Tensor:
        """Score of a contrast, shape (n,), of what each member says, shape (members, n, k)."""
        weights = torch.from_numpy(contrast.weights(self.n_classes)).to(log_probability)
        return log_probability.mean(dim=0) @ weights

    def probability(self, arrays: NDArray[np.uint8], *, batch: int = 32) -> NDArray[np.float64]:
        """Mean over the members of what they say, uncalibrated, shape (n, n_classes).

        Args:
            arrays: Bytes, shape (n, size, size, channels); n may be 0.
            batch: Photos at a time.
        """
        found = [np.empty((0, self.n_classes))]
        with torch.inference_mode():
            for start in range(0, len(arrays), batch):
                said = self.log_probability(self.pictures(arrays[start : start + batch]))
                found.append(said.exp().mean(dim=0).double().numpy())
        return np.concatenate(found)


def open_model(path: Path) -> OpenedModel:
    """Opens a bundle, or the bundle of a run, and builds its network in torch.

    Args:
        path: Run folder or bundle folder.

    Raises:
        BundleError: The bundle cannot be used, or what is built from its weights does not answer as
            its own file does; says what to do.
    """
    bundle = load_bundle(path)
    members = _members(bundle)
    training = bundle.description.training
    views = training.get("test_views", "one")
    network = AveragedNetwork(members, bundle.description.preprocess, views)  # type: ignore[arg-type]
    for weight in network.parameters():
        weight.requires_grad_(False)
    opened = OpenedModel(
        network,
        bundle.description.preprocess,
        bundle.description.scheme.scheme.titles,
        bundle.description.model,
        bundle,
    )
    _check_same(opened, bundle)
    return opened


def _members(bundle: Bundle) -> list[Network]:
    """The networks of a bundle with their weights."""
    content = read_file(bundle.folder, WEIGHTS)
    where = bundle.folder / WEIGHTS
    check_hash(where, bundle.record.files.by_name()[WEIGHTS], content)
    arrays = safe_arrays(content, str(where))
    state = {name: torch.from_numpy(np.array(value)) for name, value in arrays.items()}
    base: Network | None = None
    members: list[Network] = []
    try:
        for number in range(bundle.description.n_members):
            own = _under(state, f"{number}.")
            if base is None or len(own) > len(_under(own, f"{base.head_name}.")):
                base = _fresh(bundle)
                _load(base, own)
                members.append(base)
                continue
            head = _fresh_head(bundle)
            head.load_state_dict(_under(own, f"{base.head_name}."))
            members.append(base.with_classifier(head))
    except (RuntimeError, KeyError) as error:
        raise BundleError(
            f"weights of {bundle.description.n_members} networks {bundle.description.model}",
            str(error).splitlines()[0][:200],
            str(where),
            "Get the bundle again, or train the model again.",
        ) from error
    return members


def _fresh(bundle: Bundle) -> Network:
    """A network of the bundle's kind; its weights are to be replaced."""
    description = bundle.description
    training = description.training
    own = Model1Settings.model_validate(training["model1"]) if "model1" in training else None
    return build(
        description.model,
        n_classes=len(description.scheme.classes),
        channels=description.preprocess.channels,
        size=description.preprocess.size_px,
        settings=own if description.model == "model1" else None,
        weights=FROM_SCRATCH,
        output=training.get("output", "nominal"),  # type: ignore[arg-type]
    ).eval()


def _fresh_head(bundle: Bundle) -> torch.nn.Module:
    """A last layer of the bundle's kind; its weights are to be replaced."""
    from arborisk.models.network import make_head

    description = bundle.description
    width = next(item.shape[1] for item in bundle.session.get_outputs() if item.name == "embedding")
    output = description.training.get("output", "nominal")
    return make_head(output, int(width), len(description.scheme.classes))  # type: ignore[arg-type]


def _load(network: Network, state: dict[str, Tensor]) -> None:
    """Loads all weights but those that only training needs, which no bundle holds."""
    missing, unexpected = network.load_state_dict(state, strict=False)
    left_out = tuple(f"{part}." for part in network.training_only)
    lacking = [name for name in missing if not name.startswith(left_out or ("\0",))]
    if lacking or unexpected:
        raise KeyError(f"missing {lacking[:3]}, unexpected {unexpected[:3]}")


def _under(state: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Weights whose name begins with a prefix, without it."""
    return {
        key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)
    }


def _check_same(opened: OpenedModel, bundle: Bundle) -> None:
    """The torch network answers the probe as the bundle's own file did."""
    probe = torch.from_numpy(probe_array(opened.preprocess))
    with torch.inference_mode():
        answer = opened.network(probe)[0].softmax(dim=1)[0].double().numpy()
    largest = float(np.abs(answer - np.array(bundle.parity.probe_probability)).max())
    if largest > SAME:
        raise BundleError(
            f"a network that answers as the bundle's own file does, within {SAME:g}",
            f"a difference of {largest:.3g}",
            str(bundle.folder),
            "It was made by another version of arborisk: train the model again.",
        )
