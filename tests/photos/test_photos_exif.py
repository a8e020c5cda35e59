from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from arborisk.photos.decode import read_facts
from arborisk.records import PhotoFacts

ORIGINALS = Path(__file__).parents[2].parent / "shared" / "photos" / "nars" / "original"

EXIF_IFD, GPS_IFD = 0x8769, 0x8825
NORTH_AMHERST = {1: "N", 2: (42.0, 24.0, 36.0), 3: "W", 4: (72.0, 31.0, 48.0)}


def facts(folder, *, times=None, place=None, name="a.jpg"):
    exif = Image.Exif()
    for tag, value in (times or {}).items():
        if tag == 306:
            exif[tag] = value
        else:
            exif.get_ifd(EXIF_IFD)[tag] = value
    exif.get_ifd(GPS_IFD).update(place or {})
    Image.new("RGB", (40, 30)).save(folder / name, exif=exif)
    return read_facts(folder / name)


def test_nothing_is_stated(tmp_path):
    assert facts(tmp_path) == PhotoFacts(width=40, height=30)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
def test_time_place_and_heading(tmp_path, name):
    found = facts(
        tmp_path,
        times={306: "2020:06:05 11:49:04"},
        place={**NORTH_AMHERST, 17: 359.5},
        name=name,
    )
    assert found.taken_at == datetime(2020, 6, 5, 11, 49, 4)
    assert found.latitude == pytest.approx(42.41)
    assert found.longitude == pytest.approx(-72.53)
    assert found.heading_deg == pytest.approx(359.5)


def test_the_time_of_exposure_comes_before_that_of_the_file(tmp_path):
    times = {36867: "2019:10:01 08:00:00", 306: "2024:01:01 00:00:00"}
    assert facts(tmp_path, times=times).taken_at == datetime(2019, 10, 1, 8)


@pytest.mark.parametrize("time", ["0000:00:00 00:00:00", "2020:13:45 99:00:00", "yesterday", " "])
def test_a_time_that_is_none_gives_way_to_the_next(tmp_path, time):
    assert facts(tmp_path, times={36867: time}).taken_at is None
    times = {36867: time, 306: "2020:06:05 11:49:04"}
    assert facts(tmp_path, times=times).taken_at == datetime(2020, 6, 5, 11, 49, 4)


@pytest.mark.parametrize(
    "wrong",
    [
        {2: (IFDRational(42, 1), IFDRational(1, 0), IFDRational(0, 0))},
        {2: (42.0, 24.0)},
        {2: (91.0, 0.0, 0.0)},
        {4: (180.0, 0.0, 1.0)},
        {1: "X"},
        {1: ""},
        {2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)},
    ],
)
def test_a_place_that_is_none(tmp_path, wrong):
    found = facts(tmp_path, place={**NORTH_AMHERST, **wrong})
    assert (found.latitude, found.longitude) == (None, None)


def test_half_a_place_is_none(tmp_path):
    found = facts(tmp_path, place={1: "N", 2: (42.0, 24.0, 36.0)})
    assert found.latitude is None


@pytest.mark.parametrize(
    ("stated", "read"), [(0.0, 0.0), (360.0, 0.0), (400.0, None), (IFDRational(0, 0), None)]
)
def test_heading(tmp_path, stated, read):
    assert facts(tmp_path, place={17: stated}).heading_deg == read


@pytest.mark.skipif(not ORIGINALS.is_dir(), reason="shared photos are not here")
def test_phone_photos_are_upright_with_time_place_and_heading():
    found = {path.name: read_facts(path) for path in ORIGINALS.iterdir()}
    assert {(f.width, f.height) for f in found.values()} == {(3024, 4032)}
    elm = found["improbable-example-1.JPG"]
    assert elm.taken_at == datetime(2020, 5, 29, 13, 14, 17)
    assert (elm.latitude, elm.longitude) == (pytest.approx(42.169083), pytest.approx(-71.219489))
    assert elm.heading_deg == pytest.approx(336.944, abs=1e-3)


def test_degrees_in_one_rational(tmp_path):
    found = facts(tmp_path, place={1: "S", 2: 33.8568, 3: "E", 4: 151.25})
    assert (found.latitude, found.longitude) == pytest.approx((-33.8568, 151.25))


def test_hour_24_is_the_first_of_the_day(tmp_path):
    found = facts(tmp_path, times={36867: "2020:05:02 24:13:00"})
    assert found.taken_at == datetime(2020, 5, 2, 0, 13)


@pytest.mark.parametrize("time", ["1970:01:01 00:00:00", "1989:12:31 23:59:59", "2999:01:01 0:0:0"])
def test_a_time_that_cannot_be_is_remarked_and_not_used(tmp_path, time):
    found = facts(tmp_path, times={36867: time})
    assert found.taken_at is None
    assert time[:4] in found.remark and "not used" in found.remark
    likely = facts(tmp_path, times={36867: time, 306: "2020:06:05 11:49:04"})
    assert likely.taken_at == datetime(2020, 6, 5, 11, 49, 4) and not likely.remark


XMP = (
    b'<rdf:Description xmp:CreateDate="2021-02-03T10:00:00" exif:GPSLatitude="42,24.6N">'
    b"<exif:DateTimeOriginal>2021-02-03T09:08:07.12+01:00</exif:DateTimeOriginal>"
    b"<exif:GPSLongitude>72,31,48W</exif:GPSLongitude></rdf:Description>"
)


@pytest.mark.parametrize("name", ["a.jpg", "a.webp", "a.png"])
def test_time_and_place_from_xmp_where_exif_is_silent(tmp_path, name):
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    options = {"pnginfo": info} if name == "a.png" else {"xmp": XMP}
    Image.new("RGB", (40, 30)).save(tmp_path / name, **options)
    found = read_facts(tmp_path / name)
    assert found.taken_at == datetime(2021, 2, 3, 9, 8, 7)
    assert (found.latitude, found.longitude) == pytest.approx((42.41, -72.53))
