"""A text file is written whole or stays as it was."""

import os

import pytest

from arborisk.files import write_text_whole


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
