"""Our training step in NumPy against torch's on the processor, in the same run.

    python benchmarks/backprop.py [--rounds 7] [--threads 1]

A step is a forward pass, a backward pass and the update of a 784-128-64-10 network with ReLU and
softmax cross-entropy, 32 samples in float32; torch's is its own autograd and SGD. Rounds of both
take turns, so that what else the machine does meets both alike. The ratio is of the medians. Also:
the largest relative difference of a weight after 200 steps, so that it is the same work.
"""

from __future__ import annotations

import argparse
import os
import time
from itertools import pairwise

SIZES, BATCH, STEPS, ETA = (784, 128, 64, 10), 32, 200, 0.05


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    choices = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = str(choices.threads)

    import numpy as np
    import torch

    from arborisk.deck.checks import relative_difference
    from arborisk.deck.dense_network import draw_network
    from arborisk.deck.passes import backward, forward, updated

    torch.set_num_threads(choices.threads)
    generator = np.random.default_rng(0)
    x = generator.normal(size=(BATCH, SIZES[0])).astype(np.float32)
    y = np.eye(SIZES[-1], dtype=np.float32)[generator.integers(SIZES[-1], size=BATCH)]
    start = draw_network(SIZES, sigma="relu", cost="cross_entropy", dtype=np.float32)

    def by_hand() -> list[np.ndarray]:
        network = start
        for _ in range(STEPS):
            network = updated(network, backward(network, forward(network, x, y)), ETA)
        return [layer.weight for layer in network.layers]

    def by_torch() -> list[np.ndarray]:
        dense = [torch.nn.Linear(n_in, n_out) for n_in, n_out in pairwise(SIZES)]
        with torch.no_grad():
            for module, layer in zip(dense, start.layers, strict=True):
                module.weight.copy_(torch.from_numpy(layer.weight))
                module.bias.zero_()
        network = torch.nn.Sequential(
            dense[0], torch.nn.ReLU(), dense[1], torch.nn.ReLU(), dense[2]
        )
        optimiser = torch.optim.SGD(network.parameters(), lr=ETA)
        pictures, wanted = torch.from_numpy(x), torch.from_numpy(y)
        for _ in range(STEPS):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(network(pictures), wanted).backward()
            optimiser.step()
        return [module.weight.detach().numpy() for module in dense]

    ours, theirs = by_hand(), by_torch()  # also warms both up
    seconds: dict[str, list[float]] = {"by hand": [], "torch": []}
    for _ in range(choices.rounds):
        for name, train in (("by hand", by_hand), ("torch", by_torch)):
            began = time.perf_counter()
            train()
            seconds[name].append((time.perf_counter() - began) / STEPS)
    for name, values in seconds.items():
        low, middle, high = np.quantile(values, [0, 0.5, 1]) * 1e6
        print(f"{name:8} {middle:7.0f} us a step (from {low:.0f} to {high:.0f})")
    ratio = np.median(seconds["by hand"]) / np.median(seconds["torch"])
    print(f"ratio    {ratio:7.2f}  ({choices.threads} thread{'s' * (choices.threads > 1)})")
    apart = max(relative_difference(mine, other) for mine, other in zip(ours, theirs, strict=True))
    print(f"largest relative difference of a weight after {STEPS} steps: {apart:.0e}")


if __name__ == "__main__":
    main()
