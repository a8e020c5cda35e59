"""The ranked list of an inventory: Imminent first, what people said kept, one inspection."""

import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from arborisk.cli.app import app
from arborisk.risk.portfolio.inputs import sort_inspections
from arborisk.risk.portfolio.rating import possible_words, rank_inventory, rate_inventory
from arborisk.risk.portfolio.writing import disagreements
from arborisk.scales import RiskRating
from arborisk.tables.read import read_table
from arborisk.tables.role_table import read_role_table
from arborisk.wording.sentences import IMMINENT


@pytest.fixture
def write(tmp_path):
    def put(text, name="trees.csv"):
        path = tmp_path / name
        path.write_text(text.lstrip())
        return path

    return put


def run(*arguments):
    return CliRunner().invoke(app, ["risk", *map(str, arguments)])


def listed(path, out, *options):
    done = run("inventory", path, "--out", out, "--time-frame-years", 3, *options)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    with out.open(newline="") as stream:
        return done, list(csv.DictReader(stream))


def rated(path):
    return rate_inventory(read_role_table(path, command="inventory"))


def words(found, row):
    return possible_words(found.tree_rating[row], RiskRating)


URGENT = """
tree,species,target,failure,impact,consequences
1,Acer rubrum,path,Probable,High,Severe
2,Tilia cordata,path,Imminent,Very low,Minor
3,Tilia cordata,path,imminent,Hihg,Minor
"""


def test_imminent_is_first_whatever_the_matrix_gives(write, tmp_path):
    done, rows = listed(write(URGENT), tmp_path / "out.csv")
    assert done.stdout.startswith(f"{IMMINENT} It stands at tree 2; tree 3.")
    assert done.stderr.startswith(IMMINENT)
    assert [row["tree"] for row in rows] == ["2", "3", "1"]
    assert [row["imminent"] for row in rows] == ["true", "true", "false"]
    assert [row["warning"] for row in rows] == [IMMINENT, IMMINENT, ""]
    assert rows[0]["arborisk_tree_rating"] == "Low"
    assert rows[0]["arborisk_score"] == "4.0"
    # The misspelt row is not rated, and still says what cannot wait.
    assert "'Hihg'" in rows[1]["arborisk_problem"]
    assert done.exit_code == 3


def test_a_mark_of_an_earlier_list_is_carried(write, tmp_path):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    listed(write(URGENT), first)
    text = first.read_text().replace("Imminent,Very low", "Probable,Very low")
    _, rows = listed(write(text, "again.csv"), second)
    assert [row["tree"] for row in rows][:1] == ["2"]
    # Our own columns are written anew, not once more beside themselves.
    assert list(rows[0]).count("arborisk_rank") == 1
    assert "arborisk_rank_2" not in rows[0]


STATED = """
OBJECTID,Likelihood_of_Failure,Likelihood_of_Impacting_Target,Likelihood_of_Failure_and_Impac,Consequence,Risk_Rating,imminent
1,Possible,Low,Likely,Severe,High,no
2,Probable,High,Likely,Severe,High,
3,Probable,High,Likely,Svere,Extreme,
"""


def test_what_the_assessor_said_stays_and_is_compared(write, tmp_path):
    path = write(STATED)
    done, rows = listed(path, tmp_path / "out.csv")
    by_id = {row["OBJECTID"]: row for row in rows}
    assert [by_id[one]["Risk_Rating"] for one in "123"] == ["High", "High", "Extreme"]
    assert by_id["1"]["imminent"] == "no"
    assert by_id["1"]["imminent_2"] == "false"
    assert by_id["1"]["arborisk_differs"].startswith("Risk_Rating says High, found Low")
    assert by_id["2"]["arborisk_differs"] == ""
    assert "1 of 2 rows differs" in done.stdout
    assert all(len(name) <= 31 for name in rows[0])
    found = disagreements(rated(path))
    assert (list(found.said), found.n_compared, found.n_unread) == ([0], 2, 0)


def test_the_input_is_never_the_output(write):
    path = write(URGENT)
    done = run("inventory", path, "--out", path, "--time-frame-years", 3)
    assert done.exit_code != 0
    assert path.read_text() == URGENT.lstrip()


INSPECTED = """
tree,part,target,inspection date,failure,impact,consequences
A,stem,path,2021-05-01,Probable,High,Severe
A,stem,path,2024-05-01,Improbable,High,Severe
B,stem,path,,Probable,High,Severe
B,stem,path,,Improbable,High,Severe
C,stem,path,,Probable,High,Severe
C,limb,path,,Improbable,High,Severe
D,stem,path,2024-05-01,Probable,High,Severe
D,stem,path,,Improbable,High,Severe
E,stem,path,,Improbable,High,Severe
E,stem,path,,Improbable,High,Severe
"""


def test_the_latest_inspection_counts_and_conflicts_have_names(write):
    found = rated(write(INSPECTED))
    assert words(found, 1) == "Low"  # A: the inspection of 2021 is history
    assert found.tree[0] == -1
    assert "that of 2024-05-01 counts" in found.inspections.history[0]
    assert words(found, 2) == words(found, 3) == "Low or High"  # B: one of the two
    assert words(found, 5) == "High"  # C: two parts of one inspection, the highest wins
    assert words(found, 6) == "Low or High"  # D: one row has no date
    assert words(found, 8) == "Low"  # E: the same twice
    assert set(found.inspections.conflicts) == {"B", "D"}
    assert "row 4 and row 5 say different things" in found.inspections.conflicts["B"]
    assert "row 9 has no date" in found.inspections.conflicts["D"]
    assert found.at_least[2, 1].tolist() == [0.0, 1.0]


def test_history_is_kept_last_and_unranked(write, tmp_path):
    done, rows = listed(write(INSPECTED), tmp_path / "out.csv")
    assert rows[-1]["arborisk_inspection"].startswith("an inspection of 2021-05-01")
    assert rows[-1]["arborisk_rank"] == ""
    assert "2 trees stand several times" in done.stdout
    assert done.exit_code == 3


def test_an_old_imminent_that_was_looked_at_again_is_history(write):
    text = "tree,target,date,failure\nA,x,2021-01-02,Imminent\nA,x,2024-01-02,Possible\n"
    assert rated(write(text)).imminent_trees() == []
    undated = text.replace("2024-01-02", "")
    assert rated(write(undated)).imminent_trees() == ["tree A"]


def test_one_name_at_two_places_is_a_conflict(write):
    text = "tree,target,failure,impact,consequences,latitude,longitude\n"
    near = text + "A,x,Probable,High,Severe,42.0,-72.0\nA,y,Probable,High,Severe,42.0001,-72.0\n"
    table = read_role_table(write(near), command="inventory")
    assert sort_inspections(table, table.text("tree")).conflicts == {}
    far = near.replace("42.0001", "42.01")
    table = read_role_table(write(far), command="inventory")
    # A hundredth of a degree of latitude is 1,111 m.
    assert "1,111 m apart" in sort_inspections(table, table.text("tree")).conflicts["A"]


def test_rank_is_by_rating_and_shared_by_equals(write):
    found = rated(
        write(
            """
tree,target,failure,impact,consequences
low,x,Improbable,High,Severe
high,x,Probable,High,Severe
equal,x,Probable,High,Severe
extreme,x,Imminent|Probable,High,Severe
range,x,,High,Severe
"""
        )
    )
    ranking = rank_inventory(found)
    # The fourth may be Imminent, so it stands first; of the others "range" lies between.
    assert ranking.rank.tolist() == [5, 2, 2, 1, 4]
    assert ranking.score.tolist() == [0.0, 2.0, 2.0, 4.0, 1.5]
    assert found.trees[ranking.order[0]] == "extreme"
    assert ranking.first.tolist() == ranking.order.tolist()


def feature(tree, shape, **properties):
    return {
        "type": "Feature",
        "geometry": shape,
        "properties": {"tree": tree, "failure": "Possible", "impact": "High", "target": "road"}
        | properties,
    }


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def test_types_and_places_are_kept(write, tmp_path):
    square = [[[-72.5, 42.4], [-72.5, 42.5], [-72.4, 42.5], [-72.4, 42.4], [-72.5, 42.4]]]
    path = write(
        collection(
            feature(1, {"type": "Point", "coordinates": [-72.5, 42.4]}, n=3, ok=True, x={"a": 1}),
            feature(2, {"type": "Polygon", "coordinates": square}, n=None, ok=False),
            feature(3, {"type": "Point", "coordinates": []}),
        ),
        "in.geojson",
    )
    out = tmp_path / "out.geojson"
    run("inventory", path, "--out", out, "--time-frame-years", 3)
    found = {one["properties"]["tree"]: one for one in json.loads(out.read_text())["features"]}
    assert found[1]["geometry"]["coordinates"] == [-72.5, 42.4]
    assert found[1]["properties"]["n"] == 3
    assert found[1]["properties"]["ok"] is True
    assert found[1]["properties"]["x"] == {"a": 1}
    assert found[2]["geometry"]["coordinates"] == pytest.approx([-72.45, 42.45])
    assert found[3]["geometry"] is None
    assert found[3]["properties"]["arborisk_rating"] == "Low or Moderate"


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "xlsx", "jsonl"])
def test_every_format_there_and_back(write, tmp_path, suffix):
    for package in {"gpkg": ["pyogrio"], "parquet": ["pyarrow"], "xlsx": ["openpyxl"]}.get(
        suffix, []
    ):
        pytest.importorskip(package)
    path = write(
        "tree,failure,impact,target,latitude,longitude,shade\n"
        "T1,Possible,High,road,42.4,-72.5,north\nT2,Imminent,High,road,,,\n"
    )
    first, second = tmp_path / f"first.{suffix}", tmp_path / "second.csv"
    done = run("inventory", path, "--out", first, "--time-frame-years", 1)
    assert done.exit_code == 0, done.output
    if not set(read_table(first).headers) >= {"arborisk_rank", "imminent", "warning", "shade"}:
        pytest.fail(f"columns: {read_table(first).headers}")
    done, rows = listed(first, second)
    assert [row["tree"] for row in rows] == ["T2", "T1"]
    assert rows[1]["arborisk_tree_rating"] == "Low or Moderate"
    assert float(rows[1]["longitude"]) == -72.5
    assert rows[1]["shade"] == "north"


def test_codes_words_and_headers_of_a_map_file(write, tmp_path):
    path = write("Nr,V,I,F,Ziel\n7,3,4,4,Weg\n")
    mapping = write(
        """
[columns]
tree = "Nr"
failure = "V"
impact = "I"
consequences = "F"
[codes.failure]
3 = "Probable"
[codes.impact]
4 = "High"
[codes.consequences]
4 = "Severe"
""",
        "map.toml",
    )
    done, rows = listed(path, tmp_path / "out.csv", "--map", mapping)
    assert rows[0]["arborisk_tree_rating"] == "High"
    assert done.exit_code == 0
    done, rows = listed(path, tmp_path / "out.csv", "--map", mapping, "--column", "impact=")
    assert rows[0]["arborisk_tree_rating"] == "Low to High"


def test_a_size_without_a_unit_is_not_checked_and_said(write, tmp_path):
    path = write("tree,target,failure,DBH\n1,x,Probable,300000\n")
    done, rows = listed(path, tmp_path / "out.csv")
    assert rows[0]["arborisk_problem"] == ""
    assert "'DBH' has no unit" in " ".join(done.stdout.split())
    done, rows = listed(path, tmp_path / "out.csv", "--units", "dbh=cm")
    assert "300000" in rows[0]["arborisk_problem"]


def test_scores_follow_the_chances(write):
    found = rated(write("tree,target,failure,impact,consequences\n1,x,,High,Severe\n"))
    expected = found.at_least[0].mean(axis=1).sum()
    assert rank_inventory(found).score[0] == pytest.approx(expected)
    assert np.isfinite(expected)


DATED = """
tree,target,date,failure,impact,consequences
1,path,2023-03-25,Imminent,High,Severe
1,path,2024-03-25,Improbable,Low,Minor
2,path,2024-03-25,Probable,High,Severe
2,path,2999-03-25,Improbable,High,Severe
"""


def test_a_day_to_come_is_no_inspection_and_an_old_imminent_is_told(write, tmp_path):
    done, rows = listed(write(DATED), tmp_path / "out.csv")
    assert not done.stdout.startswith(IMMINENT)
    assert "Earlier inspections said Imminent of tree 1;" in done.stdout
    assert "2999-03-25 has not come yet" in " ".join(done.stdout.split())
    assert {row["arborisk_tree_rating"] for row in rows if row["tree"] == "2"} == {"Low or High"}


def test_imminent_in_a_note_or_a_stated_rating_tops_the_list(write, tmp_path):
    header = "tree,target,failure,impact,consequences,Risk_Rating,notes\n"
    text = f"{header}1,path,Probable,High,Severe,High,\n2,path,Improbable,Low,Minor,Imminent,\n"
    text += "3,path,Improbable,Low,Minor,Low,limb: failure imminent\n"
    text += "4,path,Improbable - Imminent,Low,Minor,Low,\n"
    done, rows = listed(write(text), tmp_path / "out.csv")
    assert done.stdout.startswith(f"{IMMINENT} It stands at tree 2; tree 3; tree 4.")
    assert [row["tree"] for row in rows] == ["4", "2", "3", "1"]
    by_tree = {row["tree"]: row["arborisk_reason"] for row in rows}
    assert by_tree["2"].endswith("above path; Imminent stands in 'Risk_Rating'")
    assert by_tree["3"].endswith("above path; Imminent stands in 'notes'")
    assert by_tree["4"].startswith("Improbable to Imminent failure,")


def test_imminent_is_told_of_a_table_that_is_refused(write, tmp_path):
    path = write("species,failure\nAcer,Probable\nTilia,Imminent\n")
    done = run("inventory", path, "--out", tmp_path / "out.csv", "--time-frame-years", 3)
    assert done.exit_code != 0
    assert done.stderr.startswith(f"{IMMINENT} It stands at row 3.")


def test_a_grave_rating_of_a_row_that_is_not_rated_is_told(write, tmp_path):
    header = "tree,target,failure,impact,consequences,Risk_Rating\n"
    rows = "1,path,Probable,High,Svere,Extreme\n2,path,Probable,High,Svere,Low\n"
    done, _ = listed(write(header + rows + "3,path,Possible,Low,Minor,Low\n"), tmp_path / "out.csv")
    said = " ".join(done.stdout.split())
    assert "stated High or Extreme by the assessor, so look at these first: tree 1 (row 2)." in said
