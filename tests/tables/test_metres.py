"""True metres: hand-known lengths, another library's map, and there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arborisk.errors import TableError
from arborisk.tables.systems import Metres


def test_a_quarter_of_a_meridian_and_a_degree_on_the_equator():
    middle = Metres(0.0, 0.0)
    assert middle.to(np.array([0.0]), np.array([90.0 - 1e-9]))[1][0] == pytest.approx(10_001_965.7)
    assert middle.to(np.array([0.01]), np.array([0.0]))[0][0] == pytest.approx(1113.195, abs=1e-3)


def test_lengths_are_true_to_a_thousandth_within_200_km():
    pyproj = pytest.importorskip("pyproj")
    earth = pyproj.Geod(ellps="WGS84")
    middle = Metres(-72.52, 42.37)
    for bearing in (0, 60, 90, 200):
        for start_m in (0, 100_000, 199_900):
            place = earth.fwd(-72.52, 42.37, bearing, start_m)[:2]
            for heading in (0, 45, 90):
                end = earth.fwd(*place, heading, 100.0)[:2]
                east, north = middle.to(np.array([place[0], end[0]]), np.array([place[1], end[1]]))
                assert np.hypot(np.diff(east), np.diff(north))[0] == pytest.approx(100.0, rel=1e-3)


@given(st.floats(-179.9, 179.9), st.floats(-79, 79), st.floats(-2.0, 2.0), st.floats(-2.0, 2.0))
def test_the_map_is_that_of_another_library_and_leads_back(longitude, latitude, east, north):
    pyproj = pytest.importorskip("pyproj")
    place = np.array([longitude + east]), np.array([latitude + north])
    middle = Metres(longitude, latitude)
    theirs = pyproj.Proj(proj="tmerc", lat_0=latitude, lon_0=longitude, k=1, ellps="WGS84")
    assert np.allclose(middle.to(*place), [theirs(*place)[0], theirs(*place)[1]], atol=2e-3)
    back = middle.back(*middle.to(*place))
    assert np.allclose((back[0] - place[0] + 180) % 360 - 180, 0, atol=1e-8)
    assert np.allclose(back[1], place[1], atol=1e-8)


def test_the_date_line_is_no_border():
    middle = Metres.around(np.array([179.9, -179.9, np.nan]), np.array([-17.0, -17.0, 0.0]))
    east, _ = middle.to(np.array([179.9, -179.9]), np.array([-17.0, -17.0]))
    assert np.diff(east)[0] == pytest.approx(0.2 * 106_500, rel=1e-2)


def test_places_too_far_apart_for_one_map_are_refused():
    with pytest.raises(TableError, match="within 500 km from west to east"):
        Metres.around(np.array([2.0, 10.0]), np.array([48.0, 48.0]))
    with pytest.raises(TableError, match="at least one place"):
        Metres.around(np.array([np.nan]), np.array([48.0]))
