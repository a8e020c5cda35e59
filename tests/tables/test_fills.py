"""What stands in for cells that say nothing."""

import pytest

from arborisk.tables.choices import TableChoices, mapping_text, read_mapping
from arborisk.tables.fills import kind_of
from arborisk.tables.role_table import role_table_of
from arborisk.tables.table import Table

HEADERS = ("Tree ID", "Species", "Kind", "Height (m)", "DBH (cm)")
ROWS = (
    ("1", "Acer platanoides", None, "18", "40"),
    ("2", "white pine", "broadleaf", None, "40"),
    ("3", "unknown", "?", "n/a", "40"),
)


def read(choices=None):
    return role_table_of(Table("t.csv", HEADERS, ROWS, (2, 3, 4)), choices, command="storm")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Acer platanoides", "broadleaf"),
        ("PINUS", "conifer"),
        ("Quercus cf. rubra", "broadleaf"),
        ("Norway spruce", "conifer"),
        ("Eastern redcedar (Juniperus virginiana)", "conifer"),
        ("Winter-Linde", "broadleaf"),
        ("Ginkgo biloba", None),
        ("cedar elm", None),  # words of both lists, no genus
        ("", None),
    ],
)
def test_a_name_tells_the_kind_or_leaves_it_open(name, kind):
    assert kind_of(name) == kind


def test_the_genus_stands_in_for_a_kind_and_never_over_one():
    table = read()
    assert table.text("kind") == ["broadleaf", "broadleaf", "?"]
    assert any("broadleaf for 1; not known for 1" in note for note in table.notes)


def test_a_constant_holds_where_nothing_was_measured_and_is_said(tmp_path):
    path = tmp_path / "map.toml"
    said = TableChoices(constants={"height": "12 ± 4 m", "kind": "conifer", "condition": "living"})
    path.write_text(mapping_text(said, comments={}), encoding="utf-8")
    table = read(read_mapping(path))
    assert table.quantity("height").value.tolist() == [18, 12, 12]
    assert table.quantity("height").deviation.tolist()[1:] == [4, 4]
    assert table.text("kind") == ["broadleaf", "broadleaf", "conifer"]
    assert table.text("condition") == ["living"] * 3
    notes = " ".join(table.notes)
    assert "Height: 12 ± 4 m for the 2 of 3 rows that say nothing, as map.toml states." in notes
    assert "Condition: living for 3 of 3 rows" in notes
    chosen = table.select([2])
    assert chosen.quantity("height").value.tolist() == [12]
    assert chosen.text("kind") == ["conifer"]


def test_a_stump_or_an_empty_site_is_no_tree():
    rows = (("1", "Alive", "Acer"), ("2", "Stump", None), ("3", None, "Vacant site"))
    table = role_table_of(
        Table("t.csv", ("Tree", "Condition", "Species"), rows, (2, 3, 4)),
        command="storm",
        needed=(),
    )
    assert table.problems == {
        1: "no tree: Condition says 'Stump'",
        2: "no tree: Species says 'Vacant site'",
    }


@pytest.mark.parametrize(("cells", "is_condition"), [(("I", "P"), False), (("Dead", "P"), True)])
def test_a_status_is_a_condition_only_by_its_words(cells, is_condition):
    rows = tuple((str(index), cell) for index, cell in enumerate(cells))
    table = role_table_of(
        Table("t.csv", ("Tree", "Status"), rows, (2, 3)), command="strike", needed=()
    )
    assert table.has("condition") == is_condition
