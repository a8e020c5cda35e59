"""A file is written whole or stays as it was, and only over what is its own."""

import os

import pytest

from arborisk.errors import OutputError
from arborisk.files import check_place, write_text_whole


def test_text_is_written_as_it_is_into_a_new_folder(tmp_path):
    path = tmp_path / "new" / "a.csv"
    write_text_whole(path, "Bäume\r\n1\n")
    assert path.read_bytes() == "Bäume\r\n1\n".encode()


def test_what_stops_the_writing_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    path = tmp_path / "a.csv"
    write_text_whole(path, "old")
    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_text_whole(path, "new")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a.csv", "old")]


@pytest.mark.parametrize("refuse", [check_place, lambda path: write_text_whole(path, "x")])
def test_devices_links_pipes_and_folders_are_never_replaced(tmp_path, refuse):
    (tmp_path / "real.csv").write_text("kept")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    before = sorted(os.listdir(tmp_path))
    for name, what in (
        ("link.csv", "symbolic link"),
        ("dangling.csv", "symbolic link"),
        ("folder.csv", "a folder"),
        ("pipe.csv", "device or pipe"),
    ):
        with pytest.raises(OutputError, match=what):
            refuse(tmp_path / name)
    with pytest.raises(OutputError, match="device or pipe"):
        refuse(type(tmp_path)(os.devnull))
    assert sorted(os.listdir(tmp_path)) == before
    assert (tmp_path / "real.csv").read_text() == "kept"


def test_an_input_is_never_the_output_by_any_name(tmp_path):
    (tmp_path / "in.csv").write_text("x")
    os.link(tmp_path / "in.csv", tmp_path / "same.csv")
    for name in ("in.csv", "same.csv", "../" + tmp_path.name + "/in.csv"):
        with pytest.raises(OutputError, match="which is read as input"):
            check_place(tmp_path / name, inputs=[tmp_path / "in.csv"])
    check_place(tmp_path / "out.csv", inputs=[tmp_path / "in.csv", tmp_path / "missing.csv"])
    assert sorted(os.listdir(tmp_path)) == ["in.csv", "same.csv"]


def test_a_place_that_cannot_be_written_is_refused_before_work(tmp_path):
    (tmp_path / "file").write_text("")
    for path, what in (
        (tmp_path / "file" / "a.csv", "found a file"),
        (tmp_path / ("x" * 300), "too long"),
        (tmp_path / "a\x00b", "a NUL"),
    ):
        with pytest.raises(OutputError, match=what):
            check_place(path)
    check_place(tmp_path / "new" / "deep" / "a.csv")
    assert os.listdir(tmp_path) == ["file"]


def test_a_name_as_long_as_the_file_system_allows_is_written(tmp_path):
    path = tmp_path / ("x" * 251 + ".csv")
    write_text_whole(path, "x")
    assert path.read_text() == "x"
