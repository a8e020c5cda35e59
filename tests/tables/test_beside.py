"""Our columns beside the user's: free names, Imminent first, nothing replaced."""

import pytest

from arborisk.errors import OutputError
from arborisk.tables.beside import (
    LONGEST_NAME,
    beside,
    check_beside,
    check_ours,
    names_beside,
    renamed_note,
)
from arborisk.tables.inspections import latest_inspections
from arborisk.tables.role_table import role_table_of
from arborisk.tables.table import Table

HEADERS = ("Tree ID", "Likelihood of failure", "lon", "lat", "Inspection date")


def table(*rows, headers=HEADERS):
    return role_table_of(
        Table("t.csv", headers, rows, range(2, len(rows) + 2)), needed=(), command="storm"
    )


def test_our_names_are_free_stable_and_short():
    long = "a_name_of_exactly_31_characters"
    assert len(long) == LONGEST_NAME
    names = names_beside([long.upper(), "risk", "risk_2"], [long, "risk", "rank"])
    assert names == {long: f"{long[:29]}_2", "risk": "risk_3", "rank": "rank"}
    assert renamed_note(names).endswith("ours are a_name_of_exactly_31_characte_2 "
                                        f"(not {long}), risk_3 (not risk).")  # fmt: skip
    assert renamed_note({"rank": "rank"}) == ""


def test_rows_rated_imminent_come_first_and_every_cell_stays(tmp_path):
    rows = table(("7", "Low", 8.5, 47.4, None), (8, "Imminent", None, None, None))
    out = beside(rows, ["rank"], [{"rank": 1}, {"rank": None}])
    assert [field.name for field in out.fields] == [*HEADERS, "imminent", "warning", "rank"]
    first, second = out.rows
    assert (first["Tree ID"], first["imminent"], first["rank"]) == (8, True, None)
    assert (second["Tree ID"], second["imminent"], second["warning"]) == ("7", False, "")
    assert out.write(tmp_path / "a.jsonl").read_text().count("\n") == 2


def test_a_table_of_an_earlier_run_keeps_its_imminent_column():
    rows = table(
        ("7", "Low", 8.5, 47.4, None, "true", "w"), headers=(*HEADERS, "imminent", "warning")
    )
    assert [field.name for field in beside(rows, [], [{}]).fields] == [
        *HEADERS, "imminent", "warning",
    ]  # fmt: skip


def test_only_a_table_of_the_same_run_is_replaced(tmp_path):
    rows = table(("7", "Low", 8.5, 47.4, None))
    ours = tmp_path / "out.csv"
    check_beside(ours, rows, ["rank"])
    beside(rows, ["rank"], [{"rank": 1}]).write(ours)
    check_beside(ours, rows, ["rank", "p_year"])
    for text in ("mine\n1\n", "", "\x00"):
        ours.write_text(text)
        with pytest.raises(OutputError, match="a file with something else"):
            check_ours(ours, [*HEADERS, "rank"])
        assert ours.read_text() == text


@pytest.mark.parametrize(
    ("second", "history", "conflict"),
    [
        (("A", "", 8.5, 47.4, "2024-05-01"), "that of 2024-05-01 (row 3) counts", ""),
        (("A", "", 8.5, 47.4, "2020-05-01"), "that of 2022-01-01 (row 2) counts", ""),
        (("A", "", 8.5, 47.4, "2022-01-01"), "", "both are of 2022-01-01"),
        (("A", "", 8.5, 47.4, ""), "", "no date of inspection"),
        (("A", "", 8.51, 47.4, "2024-05-01"), "", "away: one of the names is wrong"),
        (("B", "", 8.5, 47.4, "2024-05-01"), "", ""),
        (("B", "", 28.5, 47.4, "2024-05-01"), "", ""),
    ],
)
def test_the_latest_inspection_counts_or_a_conflict_is_named(second, history, conflict):
    rows = table(("A", "", 8.5, 47.4, "2022-01-01"), second)
    found = latest_inspections(rows, rows.text("tree"))
    assert [history in why for why in found.history.values()] == ([True] if history else [])
    assert [conflict in why for why in found.conflicts.values()] == ([True] if conflict else [])
