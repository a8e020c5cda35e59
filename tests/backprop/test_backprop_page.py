"""The page holds the trace, and its own arithmetic gives Python's numbers, changed or not."""

import html
import json
import re
import shutil
import subprocess

import numpy as np
import pytest

from arborisk.backprop import draw_network, trace
from arborisk.backprop.trace import example_samples
from arborisk.errors import SettingsError
from arborisk.report.backprop_page import backprop_page


def traced(sizes=(2, 3, 1), *, n_samples=1, eta=0.5, n_steps=3, **choices):
    network = draw_network(sizes, **choices)
    return trace(network, *example_samples(network, n_samples, 0), eta=eta, n_steps=n_steps)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """Gives the state of a page after its scripts have run."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs Chromium")

    def run(page, query):
        folder = tmp_path_factory.mktemp("page")
        (folder / "page.html").write_text(page, encoding="utf-8")
        done = subprocess.run(
            [
                *(program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
                *("--disable-background-networking", "--disable-component-update"),
                *("--disable-sync", f"--user-data-dir={folder / 'user'}", "--dump-dom"),
                f"{(folder / 'page.html').as_uri()}?{query}",
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
        kept = re.search(r'<script type="application/json" id="state">(.*?)</script>', done.stdout)
        assert kept, done.stderr[-2000:]
        return json.loads(kept[1]), html.unescape(done.stdout)

    return run


def test_the_page_computes_what_python_computes_after_eta_input_and_sigma_changed(chromium):
    page = backprop_page(traced())
    query = "state=1&eta=0.3&input=-0.7,1.1&target=0.25&sigma=tanh&at=10"
    state, shown = chromium(page, query)
    wanted = trace(draw_network((2, 3, 1), sigma="tanh"), [-0.7, 1.1], [0.25], eta=0.3, n_steps=3)
    assert state["costs"] == pytest.approx(wanted.costs, rel=1e-12)
    assert len(state["values"]) == len(wanted.entries) > 70
    for ours, entry in zip(state["values"], wanted.entries, strict=True):
        assert np.allclose(ours, entry.values, rtol=1e-12, atol=1e-15), entry.label
    assert "Iteration 0, backward pass, layer 1: gradient of the weights" in shown
    assert "Equations 8, 14, 27, 36" in shown
    # The gradient of a weight stands there as the product of its factors, in words too.
    gradient = next(e for e in wanted.entries if e.label == "dC_dw(1)").values[0, 0]
    assert f"is {gradient:.4f}.".replace("-", "minus ") in shown
    assert "computed on this page alone" in shown


def test_untouched_the_page_says_that_it_agrees(chromium):
    found = traced((3, 4, 3), cost="cross_entropy", sigma="relu", n_steps=2)
    state, shown = chromium(backprop_page(found), "state=1&at=9999")
    assert state["largest"] < 1e-14
    n_numbers = sum(entry.values.size for entry in found.entries)
    assert f"All {n_numbers} numbers agree with those of Python" in shown
    assert "End: after 2 updates" in shown


def test_the_page_stands_alone_and_reads_without_scripts():
    page = backprop_page(traced())
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", page)
    assert "http" not in re.sub(r"http://www\.w3\.org/[\w/]+", "", page)
    without = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert without.count("<math") == 2 * 38
    assert "∂C/∂w(2) = ∂C/∂a(2) · ∂a/∂z(2) · ∂z/∂w(2)" in without
    assert 'aria-live="polite"' in without


def test_data_cannot_end_the_script():
    page = backprop_page(traced())
    data = re.search(r'id="trace">(.*?)</script>', page, re.DOTALL)[1]
    assert "</" not in data
    assert json.loads(data)["formulas"]["4"]["printed"].endswith("</math>")


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"n_samples": 2}, "one sample; found 2"),
        ({"sizes": (2, 7, 1)}, "6 neurons a layer and 6 layers; found 2, 7, 1"),
    ],
)
def test_what_cannot_be_drawn_is_refused(choices, said):
    with pytest.raises(SettingsError, match=said):
        backprop_page(traced(**choices))
