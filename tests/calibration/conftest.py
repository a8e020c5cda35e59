"""Answers of models whose truth is known."""

import numpy as np
import pytest

from arborisk.calibration.table import CalibrationTable


@pytest.fixture(scope="session")
def drawn_table():
    """Makes tables: `drawn_table(n_groups, ...)`, photos of groups alike, members unlike."""

    def draw(
        n_groups=200,
        *,
        seed=0,
        shares=(0.6, 0.25, 0.15),
        photos_per_group=2,
        n_members=5,
        slope=1.0,
        skill=1.5,
    ):
        random = np.random.default_rng(seed)
        k = len(shares)
        group = np.repeat(np.arange(n_groups), photos_per_group)
        truth = random.choice(k, size=n_groups, p=shares)[group]
        alike = random.normal(size=(n_groups, k))[group]
        noise = random.normal(size=(len(group), k))
        evidence = skill * np.eye(k)[truth] + (alike + noise) / np.sqrt(2)
        # With normal evidence of unit variance these are the true log-odds.
        logits = slope * (skill * evidence + np.log(shares))
        probability = np.exp(logits - logits.max(axis=1, keepdims=True))
        return CalibrationTable.of(
            probability=probability / probability.sum(axis=1, keepdims=True),
            class_index=truth,
            rounds=[f"fold-{number % n_members}" for number in group],
            groups=[str(number) for number in group],
            trees=[str(number) for number in group],
        )

    return draw
