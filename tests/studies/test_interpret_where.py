"""Whether the tree is looked at more than its size gives: told only where it is sure."""

from types import SimpleNamespace

import numpy as np
import pytest

from arborisk.explanation.parts.part_map import PARTS
from arborisk.studies.interpret import where
from arborisk.studies.interpret.readings import Readings
from arborisk.wording.intervals import points

N = 24


def chapter(monkeypatch, on_tree):
    """The chapter over photos of one class whose maps lie on the crown to these shares."""
    positive, area = np.zeros((2, N, len(PARTS)))
    positive[:, PARTS.index("crown")], positive[:, PARTS.index("sky")] = on_tree, 1 - on_tree
    area[:, PARTS.index("crown")], area[:, PARTS.index("sky")] = 0.4, 0.6
    unused = np.empty(0)
    readings = Readings(positive, positive, area, unused, unused, unused)
    monkeypatch.setattr(where, "readings_of", lambda *given: readings)
    monkeypatch.setattr(where, "PartsReader", SimpleNamespace(load=lambda: None))
    monkeypatch.setattr(where, "N_OVERLAYS", 0)
    subject = SimpleNamespace(
        opened=SimpleNamespace(titles=("Improbable", "Probable")),
        class_index=np.ones(N, dtype=np.int64),
        groups=tuple(f"tree {number}" for number in range(N)),
    )
    return where.where_chapter(subject, None, None, lambda name: None)


@pytest.mark.parametrize(
    ("mean", "spread", "list_name"),
    [(0.6, 0.05, "uses"), (0.2, 0.05, "disagrees"), (0.41, 0.2, "cautions")],
)
def test_a_sure_sign_is_a_finding_and_no_other(monkeypatch, mean, spread, list_name):
    on_tree = mean + spread * np.linspace(-1, 1, N)
    found = chapter(monkeypatch, on_tree)
    lists = {name: getattr(found, name) for name in ("uses", "ignores", "disagrees", "cautions")}
    told = {name for name, lines in lists.items() if any("For Probable" in one for one in lines)}
    assert told == {list_name}
    line = next(one for one in lists[list_name] if "For Probable" in one)
    assert f"{points(mean - 0.4)} (" in line
