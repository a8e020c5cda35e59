"""Damage that a decoder only warns of, or does not look for, is a reason."""

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from arborisk.errors import PhotoError
from arborisk.photos.decode import can_decode_strictly, decode_photo, png_sums_hold

strict = pytest.mark.skipif(not can_decode_strictly(), reason="simplejpeg is not installed")


@pytest.fixture(scope="module")
def jpeg(scene, tmp_path_factory):
    path = tmp_path_factory.mktemp("damage") / "whole.jpg"
    scene(320, 240, 0).save(path, quality=90)
    return path.read_bytes()


def reason_of(path, content, **options):
    path.write_bytes(content)
    with pytest.raises(PhotoError) as caught:
        decode_photo(path, **options)
    return caught.value.reason


@strict
@pytest.mark.parametrize("options", [{}, {"at_least_px": 60}, {"channels": 1}])
def test_half_a_jpeg_closed_with_an_end_mark_is_damaged(tmp_path, jpeg, options):
    half = jpeg[: len(jpeg) // 2] + b"\xff\xd9"
    assert reason_of(tmp_path / "half.jpg", half, **options) == "damaged"


@strict
def test_bytes_too_many_are_damage_unless_they_are_padding(tmp_path, jpeg):
    scan = jpeg.removesuffix(b"\xff\xd9")
    assert reason_of(tmp_path / "more.jpg", scan + b"leaf" * 9 + b"\xff\xd9") == "damaged"
    (tmp_path / "whole.jpg").write_bytes(jpeg)
    (tmp_path / "padded.jpg").write_bytes(scan + bytes(37) + b"\xff\xd9")
    whole, padded = (decode_photo(tmp_path / name).image for name in ("whole.jpg", "padded.jpg"))
    assert np.array_equal(np.asarray(padded), np.asarray(whole))


@strict
@pytest.mark.parametrize("scale", [1, 2, 4, 8])
@pytest.mark.parametrize(("mode", "channels"), [("RGB", 3), ("L", 1)])
def test_the_pixels_are_those_of_pillow(tmp_path, scene, scale, mode, channels):
    scene(403, 301, 3).save(tmp_path / "a.jpg", quality=80)
    with Image.open(tmp_path / "a.jpg") as picture:
        picture.draft(mode, (403 // scale, 301 // scale))
        expected = np.asarray(picture)
    found = decode_photo(tmp_path / "a.jpg", at_least_px=301 // scale, channels=channels).image
    assert np.array_equal(np.asarray(found), expected)


def test_a_png_is_held_to_its_checksums(tmp_path, scene):
    scene(40, 30, 0).save(tmp_path / "a.png")
    content = bytearray((tmp_path / "a.png").read_bytes())
    assert png_sums_hold(bytes(content))
    place = content.index(b"IDAT") - 4
    end = place + 8 + int.from_bytes(content[place : place + 4])
    content[end] ^= 1  # the checksum itself: the pixels still decode
    assert reason_of(tmp_path / "a.png", bytes(content)) == "damaged"
    assert not png_sums_hold(bytes(content[: end + 4]))  # no end


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_a_tiff_is_turned_once(tmp_path, scene, orientation, compression):
    exif = Image.Exif()
    exif[0x0112] = orientation
    scene(48, 32, 1).save(tmp_path / "a.tif", exif=exif, compression=compression)
    with Image.open(tmp_path / "a.tif") as picture:
        expected = np.asarray(picture)
    decoded = decode_photo(tmp_path / "a.tif")
    assert decoded.image.size == (decoded.facts.width, decoded.facts.height)
    assert decoded.image.size == ((48, 32) if orientation < 5 else (32, 48))
    assert np.array_equal(np.asarray(decoded.image), expected)


@pytest.mark.parametrize("name", ["a.bmp", "a.avif", "a.jfif"])
def test_more_kinds_are_read(tmp_path, name):
    format = "JPEG" if name == "a.jfif" else None
    picture = Image.linear_gradient("L").resize((48, 32)).convert("RGB")
    picture.save(tmp_path / name, format=format)
    found = decode_photo(tmp_path / name).image
    assert np.abs(np.asarray(found, float) - np.asarray(picture)).mean() < 3


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "avif", "tif"])
def test_an_orientation_that_only_xmp_states(tmp_path, scene, suffix):
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/'
        b'22-rdf-syntax-ns#"><rdf:Description tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
    )
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp.decode())
    options = {"png": {"pnginfo": info}, "tif": {"tiffinfo": {700: xmp}}}
    lying = scene(48, 32, 1).resize((6, 4)).resize((48, 32))  # smooth, for it is compressed
    lying.save(tmp_path / f"a.{suffix}", **options.get(suffix, {"xmp": xmp}))
    decoded = decode_photo(tmp_path / f"a.{suffix}")
    assert decoded.image.size == (decoded.facts.width, decoded.facts.height) == (32, 48)
    assert decoded.extent == (0, 0, 32, 48)
    expected = np.asarray(lying.transpose(Image.Transpose.ROTATE_270), float)
    assert np.abs(np.asarray(decoded.image, float) - expected).mean() < 8


def test_a_cut_avif_and_a_tiff_of_another_kind_are_named_as_such(tmp_path, scene):
    scene(48, 32, 1).save(tmp_path / "a.avif")
    content = (tmp_path / "a.avif").read_bytes()
    assert reason_of(tmp_path / "a.avif", content[: len(content) // 2]) == "corrupt"
    scene(48, 32, 1).save(tmp_path / "a.tif")
    content = bytearray((tmp_path / "a.tif").read_bytes())
    content[content.index(b"\x06\x01\x03\x00") + 8] = 77  # its colours are of an unknown kind
    assert reason_of(tmp_path / "a.tif", bytes(content)) == "unsupported"
    assert reason_of(tmp_path / "a.tif", bytes(content[:6])) == "truncated"
