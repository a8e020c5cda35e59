"""Every bad file gives a PhotoError with a stable reason, and no warning escapes."""

import struct
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from arborisk.errors import PhotoError
from arborisk.photos.decode import read_facts, read_photo
from arborisk.photos.examine import examine_file
from arborisk.photos.files import REASONS, problem_from


def png(width, height, bits, colour_type, rows):
    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def reason_of(path):
    with pytest.raises(PhotoError) as caught:
        read_photo(path, at_least_px=100)
    assert caught.value.reason in REASONS
    assert str(path) in str(caught.value)
    return caught.value.reason


@pytest.fixture(scope="session")
def picture(scene):
    return scene(320, 240, 0)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.jpg", b"", "empty"),
        ("letter.jpg", b"Dear arborist, the elm by the gate " * 9, "not_an_image"),
        ("zeros.png", bytes(4000), "not_an_image"),
        ("bomb.png", png(40_000, 40_000, 8, 0, b"0"), "too_many_pixels"),
        ("bomb_just_over.png", png(13_400, 13_300, 8, 0, b"0"), "too_many_pixels"),
        ("colour16.png", png(2, 1, 16, 2, bytes(13)), "sixteen_bit"),
        ("grey16.png", png(2, 1, 16, 0, bytes(5)), "sixteen_bit"),
        ("header.jpg", b"\xff\xd8\xff\xe0" + bytes(50) + b"\xff\xd9", "corrupt"),
    ],
)
def test_reason_by_content(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    assert reason_of(tmp_path / name) == reason


def test_a_missing_file_and_a_folder(tmp_path):
    assert reason_of(tmp_path / "none.jpg") == "missing"
    assert reason_of(tmp_path) == "unreadable"


def test_a_file_that_may_not_be_read(tmp_path):
    # An administrator may read any file, so the system's answer is given here, not provoked.
    error = problem_from(tmp_path / "a.jpg", PermissionError(13, "Permission denied"))
    assert error.reason == "unreadable"


@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.jpg", {}),
        ("progressive.jpg", {"progressive": True}),
        ("a.png", {}),
        ("a.webp", {}),
        ("a.tif", {"compression": "tiff_lzw"}),
    ],
)
def test_a_file_that_is_cut_off(tmp_path, picture, name, options, share):
    picture.save(tmp_path / name, **options)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: int(len(content) * share)])
    assert reason_of(tmp_path / name) == "truncated"


def test_a_damaged_png_is_not_taken_for_whole(tmp_path, picture):
    picture.save(tmp_path / "a.png")
    content = bytearray((tmp_path / "a.png").read_bytes())
    content[len(content) // 2 : len(content) // 2 + 50] = bytes(50)
    (tmp_path / "a.png").write_bytes(content)
    assert reason_of(tmp_path / "a.png") == "corrupt"


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.tif"])
def test_several_frames_or_pages(tmp_path, picture, name):
    picture.save(tmp_path / name, save_all=True, append_images=[picture.rotate(90)])
    assert reason_of(tmp_path / name) == "animated"


@pytest.mark.parametrize(
    ("name", "mode", "reason"),
    [
        ("print.jpg", "CMYK", "cmyk"),
        ("print.tif", "CMYK", "cmyk"),
        ("lab.tif", "LAB", "unsupported"),
        ("wide.tif", "I", "sixteen_bit"),
        ("float.tif", "F", "sixteen_bit"),
    ],
)
def test_colours_that_need_a_choice(tmp_path, picture, name, mode, reason):
    picture.convert(mode).save(tmp_path / name)
    assert reason_of(tmp_path / name) == reason


def test_another_format_is_named_whatever_the_suffix(tmp_path, picture):
    picture.save(tmp_path / "a.jpg", format="GIF")
    with pytest.raises(PhotoError, match="a GIF picture"):
        read_facts(tmp_path / "a.jpg")


def test_heic_without_its_package_names_the_command(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pi_heif", None)
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    with pytest.raises(PhotoError, match="pip install") as caught:
        read_photo(tmp_path / "a.heic")
    assert caught.value.reason == "unsupported"


def test_damaged_heic(tmp_path):
    pytest.importorskip("pi_heif")
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    assert reason_of(tmp_path / "a.heic") in ("corrupt", "truncated")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(["a.jpg", "a.png", "a.webp", "a.tif"]),
    damage=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=20)), max_size=5),
    kept=st.floats(0, 1),
)
def test_any_damage_gives_a_picture_or_a_reason(tmp_path, name, damage, kept):
    exif = Image.Exif()
    exif[306] = "2020:05:29 13:14:17"
    exif.get_ifd(0x8825)[2] = (42.0, 10.0, 8.7)
    Image.linear_gradient("L").convert("RGB").save(tmp_path / name, exif=exif)
    content = bytearray((tmp_path / name).read_bytes())
    for place, noise in damage:
        start = int(place * (len(content) - 1))
        content[start : start + len(noise)] = noise
    (tmp_path / name).write_bytes(content[: max(1, int(kept * len(content)))])
    try:
        examined = examine_file(tmp_path / name)
    except PhotoError as error:
        assert error.reason in REASONS
    else:
        assert examined.thumbnail.any()
