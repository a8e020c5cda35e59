"""The command prints what the functions give, and writes what can be read again."""

import csv
import json

import pytest
from typer.testing import CliRunner

from arborisk.agreement.export import as_json
from arborisk.agreement.measure import compare_raters
from arborisk.cli.app import app
from arborisk.dataset.label_table import match_label_table
from arborisk.dataset.references import PhotoIndex
from arborisk.errors import ArboriskError, DatasetError
from arborisk.simulate.sampling import draw_stand
from arborisk.simulate.tables import RATERS, draw_ratings
from arborisk.wording.sentences import IMMINENT


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Ratings of a drawn stand as typed by people, and two tables of predictions."""
    import numpy as np

    folder = tmp_path_factory.mktemp("agree")
    stand = draw_stand(n_trees=60, seed=7)
    rng = np.random.default_rng(0)
    words = (("Improbable", "imp", "Imp."), ("poss", "Possible?"), ("prob.", "PROBABLE"))
    said = draw_ratings(np.asarray(stand.class_index), rng)
    rows = ["Photo,Tree,Arborist,LoF,Saw model"]
    for tree, answers in enumerate(said):
        for rater, answer in zip(RATERS, answers, strict=True):
            typed = rng.choice([*words[answer], "n/a"] if rng.random() < 0.2 else words[answer])
            rows.append(f"t{tree}.jpg,{tree},{rater.name},{typed},no")
            if rng.random() < 0.3:
                rows.append(f"t{tree}.jpg,{tree},{rater.name},{rng.choice(words[answer])},yes")
    (folder / "ratings.csv").write_text("\n".join(rows), encoding="utf-8")
    predicted = ["photo,tree_id,status,failure,scheme,p_Im,p_Po,p_Pr,likelihood"]
    of_run = ["photo_id,file,group,round,label,class,p_Im,p_Po,p_Pr"]
    titles = ("Improbable", "Possible", "Probable")
    for tree, answer in enumerate(stand.class_index):
        p = [f"{0.8 if k == answer else 0.1}" for k in range(3)]
        predicted.append(f"folder/t{tree}.jpg,,ok,,Pr_Po_Im,{','.join(p)},{titles[answer]}")
        # The true class beside it is another: it must not be taken for the answer.
        of_run.append(f"{tree},folder/t{tree}.jpg,tree:{tree},fold-1,Possible,Po,{','.join(p)}")
    (folder / "predicted.csv").write_text("\n".join(predicted), encoding="utf-8")
    (folder / "of_run.csv").write_text("\n".join(of_run), encoding="utf-8")
    return folder


def run(*arguments):
    return CliRunner().invoke(app, ["agree", *map(str, arguments)])


def test_imminent_is_said_first(tmp_path):
    ratings, page = tmp_path / "ratings.csv", tmp_path / "agree.html"
    ratings.write_text("tree,rater,label\n1,A,imm.\n1,B,prob\n2,A,imp\n2,B,poss\n")
    done = CliRunner().invoke(app, ["agree", str(ratings), "--out", str(page)])
    assert done.stdout.startswith(f"{IMMINENT} It stands at tree 1.")
    assert done.stderr.startswith(IMMINENT)
    body = page.read_text().split("<body>")[1]
    assert body.index(IMMINENT) < body.index("<h1>")
    found = json.loads(CliRunner().invoke(app, ["agree", str(ratings), "--format", "json"]).stdout)
    assert next(iter(found)) == "imminent"
    assert found["imminent"]["ids"] == ["tree 1"]


def test_json_is_what_the_function_gives(tables):
    result = run(*(tables / "ratings.csv", "--model", tables / "predicted.csv", "--format", "json"))
    assert result.exit_code == 0, result.output
    found = compare_raters(tables / "ratings.csv", model=tables / "predicted.csv")
    assert json.loads(result.stdout) == as_json(found)
    assert found.model.n_items == 60


def test_both_tables_of_predictions_are_read_and_the_true_class_is_not_taken(tables):
    one, other = (
        compare_raters(tables / "ratings.csv", model=tables / name)
        for name in ("predicted.csv", "of_run.csv")
    )
    assert one.answers.class_index.tolist() == other.answers.class_index.tolist()
    assert (one.model.held_back, other.model.held_back) == (False, True)


def test_ratings_of_a_data_set_are_matched_by_its_names_of_photos(tables, tmp_path):
    table = tmp_path / "ratings.csv"
    rows = [f"{n},JB,{'imp' if n % 2 else 'poss'}\n{n},Ann,imp" for n in range(60)]
    table.write_text("\n".join(["photo_id,rater,label", *rows]), encoding="utf-8")
    found = compare_raters(table, model=tables / "of_run.csv")
    assert found.model.n_items == 60


def test_trees_are_matched_by_their_number(tables, tmp_path):
    table = tmp_path / "trees.csv"
    lines = ["tree,JB,Ann"] + [f"{tree},imp,{'poss' if tree % 3 else 'imp'}" for tree in range(60)]
    table.write_text("\n".join(lines), encoding="utf-8")
    found = compare_raters(table, model=tables / "of_run.csv")
    assert found.model.n_items == 60


def test_the_table_for_people_says_it_in_words(tables):
    result = run(tables / "ratings.csv", "--model", tables / "predicted.csv")
    assert result.exit_code == 0, result.output
    for words in (
        "Two of these 4 raters say the same of a photo in",
        "Krippendorff's alpha, ordinal",
        "People with each other, the ceiling",
        "Before and after seeing the model",
        "count for before",
    ):
        assert words in result.stdout
    assert "safe" not in result.stdout.lower()


def test_the_consensus_can_be_imported(tables, tmp_path):
    out = tmp_path / "consensus.csv"
    assert run(tables / "ratings.csv", "--consensus-out", out).exit_code == 0
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 60
    names = ("Improbable", "Possible", "Probable")
    for row in rows:
        assert sum(float(row[f"p_{name}"]) for name in names) == pytest.approx(1, abs=2e-4)
        assert row["label"] in names
    from arborisk.dataset.label_columns import rating_columns
    from arborisk.tables.choices import TableChoices
    from arborisk.tables.read import read_table

    known = {name.lower() for name in names}
    table = rating_columns(read_table(out), TableChoices(), (), known, command="import")
    photos = PhotoIndex(tmp_path, [f"photos/t{tree}.jpg" for tree in range(60)])
    matched = match_label_table(table, photos)
    assert [rating.word for rating in matched.ratings] == [row["label"] for row in rows]


def test_predictions_that_do_not_fit_are_refused(tables, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("photo,p_leaf_on,p_leaf_off\nt1.jpg,0.5,0.5\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"classes Improbable.*'leaf_on'.*--scheme"):
        compare_raters(tables / "ratings.csv", model=other)
    other.write_text("photo,likelihood\nelse.jpg,Probable\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="predictions of the photos that were rated"):
        compare_raters(tables / "ratings.csv", model=other)
    other.write_text("photo,colour\nt1.jpg,red\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"p_<class>"):
        compare_raters(tables / "ratings.csv", model=other)


def test_a_coarser_scheme_takes_a_finer_models_answers(tables):
    from arborisk.agreement.reading import ReadingOptions

    found = compare_raters(
        tables / "ratings.csv",
        model=tables / "of_run.csv",
        options=ReadingOptions(scheme="PrPo_Im"),
    )
    assert found.ratings.scheme.name == "PrPo_Im"
    assert set(found.answers.class_index.tolist()) == {0, 1}


def test_options_that_cannot_be_are_told(tables, tmp_path):
    assert run(tables / "ratings.csv", "--map", "prob").exit_code == 2
    missing = run(tmp_path / "none.csv")
    assert isinstance(missing.exception, ArboriskError)
