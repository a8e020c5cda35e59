"""The page holds the trace, and its own arithmetic gives Python's numbers, changed or not."""

import html
import json
import re
import shutil
import subprocess
from urllib.parse import unquote

import numpy as np
import pytest

from arborisk.deck.backprop_page import backprop_page
from arborisk.deck.dense_network import draw_network
from arborisk.deck.tracing import example_samples, trace
from arborisk.errors import SettingsError


def traced(sizes=(2, 3, 1), *, n_samples=1, eta=0.5, n_steps=3, **choices):
    network = draw_network(sizes, **choices)
    return trace(network, *example_samples(network, n_samples, 0), eta=eta, n_steps=n_steps)


REPORT = """<script>
const said = { values: DATA.entries.map(entry => quantity(run.iterations, entry)), costs: run.costs,
  at: state.at, n_moments: moments.length, heard, wide: document.documentElement.scrollWidth };
document.body.append(Object.assign(document.createElement("pre"),
  { id: "said", textContent: encodeURIComponent(JSON.stringify(said)) }));
</script></body>"""
HELPERS = """<script>
const heard = [];
const press = key => {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  heard.push(document.getElementById("say").textContent);
};
const slide = (number, value) => {
  const slider = document.querySelectorAll("#sliders input")[number];
  slider.value = value;
  slider.dispatchEvent(new Event("input"));
};
"""


@pytest.fixture(scope="module")
def browse(tmp_path_factory):
    """Opens a page, acts on it, and gives what it then holds and shows."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs Chromium")

    def act(page, *, query="", acts=""):
        folder = tmp_path_factory.mktemp("page")
        added = f"{HELPERS}{acts}</script>{REPORT}"
        (folder / "page.html").write_text(page.replace("</body>", added), encoding="utf-8")
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
        kept = re.search(r'<pre id="said">(.*?)</pre>', done.stdout)
        assert kept, done.stderr[-2000:]
        return json.loads(unquote(kept[1])), html.unescape(done.stdout)

    return act


def assert_same(said, wanted):
    """The page holds every number of a trace."""
    assert said["costs"] == pytest.approx(wanted.costs, rel=1e-12)
    assert len(said["values"]) == len(wanted.entries)
    for ours, entry in zip(said["values"], wanted.entries, strict=True):
        assert np.allclose(ours, entry.values, rtol=1e-12, atol=1e-15), entry.label


def test_sliders_keys_and_buttons_and_the_numbers_they_give(browse):
    acts = """
      slide(0, 0.3); slide(1, -0.7); slide(2, 1.1); slide(3, 0.25);
      document.getElementById("sigma").value = "tanh";
      document.getElementById("sigma").dispatchEvent(new Event("change"));
      press("End"); press("Home"); press("ArrowLeft");
      for (let n = 0; n < 9; n += 1) press("ArrowRight");
      document.getElementById("back").click();
      document.getElementById("next").click();
      document.getElementById("next").click();
    """
    said, shown = browse(backprop_page(traced()), acts=acts)
    wanted = trace(draw_network((2, 3, 1), sigma="tanh"), [-0.7, 1.1], [0.25], eta=0.3, n_steps=3)
    assert_same(said, wanted)
    assert said["at"] == 10
    assert "Iteration 0, backward pass, layer 1: gradient of the weights" in shown
    assert "Equations 8, 14, 27, 36" in shown
    assert "computed on this page alone" in shown
    # The gradient of a weight is heard and shown as the product of its factors.
    first = {e.label: e.values for e in wanted.entries if e.iteration == 0}
    factors = [first["dC_da(1)"][0], first["da_dz(1)"][0], first["dz_dw(1)"][0]]
    spoken = " times ".join(f"{factor:.4f}".replace("-", "minus ") for factor in factors)
    assert f"w 1 1 of layer 1: {spoken} is " in shown
    assert said["heard"][0].startswith("End: after 3 updates. ")
    assert said["heard"][1] == said["heard"][2]  # nothing is before the start
    assert "Equations 18. " not in said["heard"][3]
    assert "Equation 18. " in said["heard"][3]


def test_untouched_the_page_agrees_with_python_and_says_so(browse):
    found = traced((3, 4, 3), cost="cross_entropy", sigma="relu", n_steps=2)
    said, shown = browse(backprop_page(found), query="at=7&eta=0.5")
    assert_same(said, found)
    n_numbers = sum(entry.values.size for entry in found.entries)
    assert f"All {n_numbers} numbers agree with those of Python" in shown
    assert "Iteration 0, backward pass, layer 2: gradient of the weights" in shown
    assert "In place of equations 4, 23" in shown


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
