"""Whatever a system or a library raises becomes one sentence; faults of arborisk stay faults."""

import csv
import errno
import importlib
import json
import os
import sqlite3
import tomllib
import zipfile
import zlib

import pytest

from arborisk.errors import ArboriskError, MissingDependencyError, as_sentence
from arborisk.errors.sentences import CLASSES, SYSTEM, ErrorKind


def raised(call):
    with pytest.raises(Exception) as caught:
        call()
    return caught.value


def open_absent(tmp_path):
    return raised(lambda: (tmp_path / "absent.csv").open())


def open_folder(tmp_path):
    return raised(tmp_path.open)


def write_below_a_file(tmp_path):
    (tmp_path / "file").touch()
    return raised((tmp_path / "file" / "table.csv").touch)


def write_too_long(tmp_path):
    return raised((tmp_path / ("n" * 300)).touch)


def read_deep(tmp_path):
    return raised(lambda: json.loads("[" * 100_000))


@pytest.mark.parametrize(
    ("make", "found", "where"),
    [
        (open_absent, "none of this name", "absent.csv"),
        (open_folder, "a folder", ""),
        (write_below_a_file, "a file", "table.csv"),
        (write_too_long, "too long", "nnn"),
        (read_deep, "nested too deeply", ""),
        (lambda _: raised(lambda: json.loads("[1,")), "line 1 column 4", ""),
        (lambda _: raised(lambda: tomllib.loads("a = ")), "end of document", ""),
        (lambda _: raised(lambda: b"\xe9".decode()), "0xe9", ""),
        (lambda _: raised(lambda: "\udce9".encode()), "udce9", ""),
        (lambda _: raised(lambda: zlib.decompress(b"no")), "incorrect header", ""),
        (lambda _: sqlite3.OperationalError("database is locked"), "locked", ""),
        (lambda _: csv.Error("field larger than field limit"), "larger", ""),
        (lambda _: zipfile.BadZipFile("File is not a zip file"), "not a zip", ""),
        (lambda _: MemoryError(), "too little", ""),
        (lambda _: OSError("decoder error"), "decoder error", ""),
        (lambda _: OSError(errno.ENOSPC, "No space left", "out.csv"), "full", "out.csv"),
    ],
)
def test_an_error_that_a_person_can_act_on(tmp_path, make, found, where):
    told = as_sentence(make(tmp_path))
    assert type(told) is ArboriskError
    assert found in told.found
    assert where in told.where
    assert "\n" not in str(told)


def test_both_files_of_a_rename_are_named(tmp_path):
    told = as_sentence(raised(lambda: os.replace(tmp_path / "a", tmp_path / "b")))
    assert told.where == f"{tmp_path / 'a'} and {tmp_path / 'b'}"


@pytest.mark.parametrize("error", [TypeError("int"), AssertionError(), KeyError("x"), ValueError()])
def test_a_fault_of_ours_is_no_sentence(error):
    assert as_sentence(error) is None


def test_our_own_errors_stay_as_they_are():
    error = ArboriskError("a", "b", "c", "Do d.")
    assert as_sentence(error) is error


def test_a_missing_package_names_its_extra():
    told = as_sentence(raised(lambda: exec("raise ModuleNotFoundError(name='pyogrio.raw')")))
    assert isinstance(told, MissingDependencyError)
    assert told.remedy.steps[0].text == "geo"
    assert as_sentence(ModuleNotFoundError(name="arborisk.absent")) is None


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_in_the_table_exists(name):
    """A library that renames its errors would silently bring tracebacks back."""
    module, _, kind = name.rpartition(".")
    if name.startswith("lxml."):
        pytest.importorskip("lxml")  # openpyxl uses it where it is there
    found = importlib.import_module(module)
    if kind != "*":
        one = getattr(found, kind)
        assert f"{one.__module__}.{one.__qualname__}" == name


@pytest.mark.parametrize("kind", [*SYSTEM.values(), *CLASSES.values()])
def test_every_kind_is_a_noun_phrase_and_an_imperative(kind):
    assert isinstance(kind, ErrorKind)
    assert not kind.expected.endswith(".") and not kind.found.endswith(".")
    assert kind.remedy[0].isupper() and kind.remedy.endswith(".")


def test_a_long_message_is_cut():
    assert len(as_sentence(csv.Error("x" * 10_000)).found) < 400
