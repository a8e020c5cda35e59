"""Trees made by hand give the measures they were made with, or the right reason."""

import numpy as np
import pytest

from arborisk.explanation.measures.crown_measures import FINE_GAPS
from arborisk.explanation.measures.measure import EXCESS_PX, measure_tree
from arborisk.explanation.measures.stem_line import middle_below
from arborisk.explanation.measures.table import MEASURES, StemLine, caption_lines, measure_row
from arborisk.explanation.parts.part_map import PARTS, PartMap
from arborisk.wording.sentences import NEAR_WIRES, WIRES_NOT_RULED_OUT

HOUSE = ("built", 260, 330, 245, 290)


@pytest.mark.parametrize("lean_deg", [-20.0, -5.0, 0.0, 3.0, 12.0])
def test_the_lean_of_a_straight_stem(made, lean_deg):
    lean = measure_tree(made(lean_deg=lean_deg, half_height=60.0))["lean_deg"]
    assert lean.value == pytest.approx(lean_deg, abs=0.4)
    assert lean.low < lean_deg < lean.high
    assert "far edge of the ground" in lean.remark


def test_without_a_vertical_the_lean_is_against_the_frame_and_less_certain(made):
    flat = measure_tree(made(lean_deg=6.0))["lean_deg"]
    hilly = measure_tree(made(lean_deg=6.0, hilly=True))["lean_deg"]
    assert "against the frame" in hilly.remark
    assert hilly.high - hilly.low > flat.high - flat.low + 0.5


def test_a_mirrored_photo_turns_the_signs(made):
    right = measure_tree(made(lean_deg=10.0, crown_across=180.0))
    part_map = made(lean_deg=10.0, crown_across=180.0)
    left = measure_tree(
        PartMap(part_map.probability[:, :, ::-1].copy(), part_map.picture[:, ::-1].copy())
    )
    for name in ("lean_deg", "crown_asymmetry"):
        assert left[name].value == pytest.approx(
            -right[name].value, abs=0.02 if name != "lean_deg" else 0.3
        )
    for name in ("live_crown_ratio", "height_to_diameter", "dead_crown_share"):
        assert left[name].value == pytest.approx(right[name].value, abs=0.01, rel=0.02)


def test_proportions_of_a_plain_tree(made):
    found = measure_tree(made())
    height = 360.0 - 80.0
    assert found["live_crown_ratio"].value == pytest.approx(180.0 / height, abs=0.015)
    assert found["height_to_diameter"].value == pytest.approx(height / (12.0 - EXCESS_PX), rel=0.06)
    assert found["crown_asymmetry"].value == pytest.approx(0.0, abs=0.02)
    assert found["dead_crown_share"].value == pytest.approx(0.0, abs=0.005)
    assert "Excellent" in found["dead_crown_share"].remark
    assert found["crown_transparency"].value == pytest.approx(FINE_GAPS, abs=0.02)
    assert found["n_stems"].value == 1.0


@pytest.mark.parametrize("aside", [-30.0, 15.0, 30.0])
def test_a_crown_set_aside_is_one_sided(made, aside):
    # Share of an ellipse right of a chord `d` half-widths off its middle.
    d = -aside / 75.0
    right = (np.arccos(d) - d * np.sqrt(1.0 - d**2)) / np.pi
    found = measure_tree(made(crown_across=150.0 + aside))["crown_asymmetry"]
    assert found.value == pytest.approx(2.0 * right - 1.0, abs=0.03)
    assert found.low < 2.0 * right - 1.0 < found.high


@pytest.mark.parametrize("holes", [0.1, 0.2, 0.35])
def test_holes_make_a_crown_transparent(made, holes):
    found = measure_tree(made(holes=holes))["crown_transparency"]
    assert found.value == pytest.approx(0.85 * holes + FINE_GAPS, abs=0.04)
    assert "class" in found.remark


def test_measures_rise_with_what_they_measure(made):
    dead = [measure_tree(made(dead_above=share)) for share in (0.0, 0.2, 0.4, 0.6)]
    shares = [found["dead_crown_share"].value for found in dead]
    ratios = [found["live_crown_ratio"].value for found in dead]
    assert shares == sorted(shares)
    assert shares[-1] > 0.5
    assert ratios == sorted(ratios, reverse=True)
    slender = [measure_tree(made(stem_px=px))["height_to_diameter"].value for px in (20, 14, 8)]
    assert slender == sorted(slender)


def test_every_measure_has_a_value_or_a_reason(made):
    for found in (
        measure_tree(made()),
        measure_tree(made(stem=False)),
        measure_tree(made(crown=False)),
    ):
        assert [one.name for one in found.measures] == [kind.name for kind in MEASURES]
        for one in found.measures:
            assert (one.value is None) == bool(one.why_not)
            if one.value is not None:
                assert one.low <= one.value <= one.high


@pytest.mark.parametrize(
    ("changes", "name", "reason"),
    [
        ({"stem": False}, "lean_deg", "no stem seen"),
        ({"crown": False}, "live_crown_ratio", "no crown"),
        ({"crown_row": 60.0}, "live_crown_ratio", "runs out of the photo"),
        ({"crown_across": 70.0}, "crown_asymmetry", "runs out of the photo"),
        ({"dead_above": 1.0}, "dead_crown_share", "no green leaves seen"),
        ({"dead_above": 0.85}, "crown_transparency", "too little of the crown is in leaf"),
        ({"crown_row": 195.0, "half_height": 145.0}, "height_to_diameter", "leaves hide the stem"),
        ({"blocks": (("built", 340, 400, 100, 200),)}, "lean_deg", "foot of the stem is hidden"),
        (
            {"blocks": (("stem", 200, 360, 180, 193),)},
            "crown_asymmetry",
            "which tree is meant cannot be told",
        ),
    ],
)
def test_what_cannot_be_measured_says_why(made, changes, name, reason):
    if "blocks" in changes and changes["blocks"][0][0] == "built":
        part_map = _with_front(made(), changes["blocks"][0])
    else:
        part_map = made(**changes)
    found = measure_tree(part_map)[name]
    assert found.value is None
    assert reason in found.why_not


def _with_front(part_map, block):
    """A map with something built before everything."""
    name, top, bottom, left, right = block
    probability = part_map.probability.copy()
    probability[:, top:bottom, left:right] = 0.0
    probability[PARTS.index(name), top:bottom, left:right] = 1.0
    return PartMap(probability, part_map.picture)


def test_a_photo_on_its_side_is_refused(made):
    part_map = made()
    turned = PartMap(
        np.rot90(part_map.probability, axes=(1, 2)).copy(), np.rot90(part_map.picture).copy()
    )
    found = measure_tree(turned)
    assert "lie on its side" in found["lean_deg"].why_not
    assert not any(one.is_measured for one in found.measures[:7])


def test_a_wire_comes_with_its_sentence(made):
    found = measure_tree(made(wire=True))
    assert len(found.shown.wires) >= 1
    assert found.sentences[0].startswith(NEAR_WIRES)
    assert caption_lines(found)[0].startswith(NEAR_WIRES)
    assert next(iter(measure_row(found).values())).startswith(NEAR_WIRES)
    assert NEAR_WIRES in found["gap_to_wires"].remark
    # The crown's top is at row 80; the wire passes there at row 75.
    assert found["gap_to_wires"].value < 0.03


def test_without_a_wire_nothing_is_promised(made):
    found = measure_tree(made())
    assert found["gap_to_wires"].value is None
    said = " ".join([*found.sentences, found["gap_to_wires"].why_not]).lower()
    assert found.sentences == (WIRES_NOT_RULED_OUT,)
    assert WIRES_NOT_RULED_OUT.lower().rstrip(".") in said


def test_the_gap_to_a_house_is_a_share_of_the_height(made):
    found = measure_tree(made(blocks=(HOUSE,)))["gap_to_buildings"]
    # Nearest: the house's upper left corner to the ellipse; worked out by brute force.
    down, across = np.mgrid[:400, :300].astype(float)
    crown = ((across - 150.0) / 75.0) ** 2 + ((down - 170.0) / 90.0) ** 2 < 1.0
    gap = np.hypot(down[crown] - 260.0, across[crown] - 245.0).min()
    assert found.value == pytest.approx(gap / 280.0, abs=0.01)
    assert "no distance in space" in found.remark


def test_two_stems_are_an_observation_only():
    found = measure_tree(_forked())["n_stems"]
    assert found.value == 2.0
    assert "observation only" in found.remark


def test_a_tree_of_two_stems_leans_as_the_line_between_them():
    found = measure_tree(_forked(fork_row=330.0, apart=0.15))
    # Either stem alone leans by 8.5 degrees.
    assert found["lean_deg"].value == pytest.approx(0.0, abs=1.5)
    assert found["crown_asymmetry"].value == pytest.approx(0.0, abs=0.03)


def test_a_tuft_below_the_crown_does_not_lengthen_it(made):
    plain = measure_tree(made())["live_crown_ratio"].value
    tufted = measure_tree(made(blocks=(("crown", 258, 300, 147, 150),)))["live_crown_ratio"].value
    assert tufted == pytest.approx(plain, abs=0.01)


def test_a_stem_that_sways_bears_the_crown_where_it_enters_it():
    rows = np.arange(100, 200)
    stem = np.zeros((240, 120), dtype=bool)
    for row in rows:
        left = 50 + (4 if row < 130 else 0)
        stem[row, left : left + 10] = True
    foot = np.array([54.5, 199.0])
    line = StemLine(foot, 0.0, 0.005, 130, np.full(70, 54.5), np.full(70, 10.0))
    # Halfway between the line and the stem that is seen there.
    assert middle_below(stem, line, row=100, reach=15) == pytest.approx(56.5)
    assert middle_below(stem, line, row=150, reach=15) == pytest.approx(54.5)
    # Above the stem that is seen, the line goes on.
    assert middle_below(stem, line, row=60, reach=15) == pytest.approx(54.5)


@pytest.mark.parametrize(("behind", "is_told"), [(0.05, True), (0.4, False)])
def test_a_crown_that_may_be_of_a_tree_behind_has_no_shape(made, behind, is_told):
    part_map = made()
    probability = part_map.probability.copy()
    crown, other = PARTS.index("crown"), PARTS.index("other_trees")
    left = np.arange(300) < 130
    probability[other] += np.where(left, behind * probability[crown], 0.0)
    probability[crown] *= np.where(left, 1.0 - behind, 1.0)
    found = measure_tree(PartMap(probability, part_map.picture))
    for name in ("crown_asymmetry", "dead_crown_share"):
        assert found[name].is_measured == is_told
        assert is_told or "tree behind" in found[name].why_not
    assert found["live_crown_ratio"].is_measured
    assert found["crown_transparency"].is_measured


def _forked(fork_row=290.0, apart=0.45):
    """A stem that parts into two at a row, under a crown from row 60 to 220."""
    down, across = np.mgrid[:400, :300].astype(float)
    part = np.where(down > 320, PARTS.index("ground"), PARTS.index("sky"))
    apart = np.clip((fork_row - down) * apart, 0.0, None)
    for side in (-1.0, 1.0):
        stem = (np.abs(across - 150.0 - side * apart) < 6.0) & (down <= 360) & (down > 150)
        part[stem] = PARTS.index("stem")
    crown = ((across - 150.0) / 100.0) ** 2 + ((down - 140.0) / 80.0) ** 2 < 1.0
    part[crown] = PARTS.index("crown")
    probability = (part == np.arange(len(PARTS))[:, None, None]).astype(np.float32)
    return PartMap(probability, np.full((400, 300, 3), 180, dtype=np.uint8))
