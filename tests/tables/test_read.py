import pytest

from arborisk.errors import TableError
from arborisk.tables.read import read_table


def test_a_file_that_is_there_wins_over_a_name_with_a_layer(write):
    write("a,b\n1,2\n", name="t.csv")
    whole = write("c,d\n3,4\n", name="t.csv:x.csv")
    assert read_table(whole).headers == ("c", "d")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("t.xls", "'.xls'"),
        ("table", "without an ending"),
        ("t.toml", "'.toml'"),
    ],
)
def test_another_format_is_refused_with_those_that_are_read(write, name, found):
    with pytest.raises(TableError, match=rf"CSV, TSV, XLSX.*{found}"):
        read_table(write("x", name=name))


@pytest.mark.parametrize("name", ["missing.csv", "missing.gpkg:trees"])
def test_a_missing_file_is_named(tmp_path, name):
    with pytest.raises(TableError, match="no such file"):
        read_table(tmp_path / name)


def test_a_folder_or_device_is_no_table(tmp_path):
    with pytest.raises(TableError, match="a folder or a device"):
        read_table(tmp_path)
    with pytest.raises(TableError, match="a folder or a device"):
        read_table("/dev/null")
