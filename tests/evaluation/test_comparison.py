"""Fold tables and runs compared: pairing, families, what is refused and what is said beside it."""

import csv
import shutil

import numpy as np
import pytest
from scipy import stats

from arborisk.errors import DatasetError, SettingsError
from arborisk.evaluation.comparison import compare_folds
from arborisk.evaluation.comparison_text import verdict_sentences
from arborisk.evaluation.fold_scores import natural_order, plain, read_fold_scores
from arborisk.evaluation.paired_runs import compare_runs
from arborisk.metrics.paired_tests import holm

FOLDS = range(1, 6)
SCORES = {
    ("Pr_Im", 64): [0.70, 0.72, 0.71, 0.69, 0.73],
    ("Pr_Im", 128): [0.78, 0.77, 0.80, 0.76, 0.79],
    ("Pr_Im", 108): [0.71, 0.70, 0.73, 0.70, 0.71],
    ("PrPo_Im", 64): [0.60, 0.66, 0.61, 0.65, 0.63],
    ("PrPo_Im", 128): [0.61, 0.64, 0.64, 0.63, 0.66],
}


def fold_rows(scores=SCORES, **more):
    """Rows as dictionaries, in no order."""
    rows = [
        {"accuracy": score, "fold": fold, "size": size, "scheme": scheme, **more}
        for (scheme, size), of_fold in scores.items()
        for fold, score in zip(FOLDS, of_fold, strict=True)
    ]
    return rows[::-1]


def write(path, rows, *, encoding="utf-8", space=""):
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.writer(file)
        writer.writerow([space + name for name in rows[0]])
        writer.writerows([f"{space}{cell}" for cell in row.values()] for row in rows)
    return path


def compare(path, *, factor="size", within=("scheme",), metrics=("accuracy",), **options):
    where, ignore = options.pop("where", None), options.get("ignore", ())
    columns = [factor, *within, *ignore]
    table = read_fold_scores(path, columns=columns, metrics=metrics, where=where)
    return compare_folds(table, factor=factor, within=within, metrics=metrics, **options)


@pytest.fixture
def table(tmp_path):
    """Writes rows as folds.csv and gives its path."""

    def make(rows, **how):
        return write(tmp_path / "folds.csv", rows, **how)

    return make


def test_every_pair_within_every_stratum(table):
    found = compare(table(fold_rows(), encoding="utf-8-sig", space=" "))
    told = [(row.within, row.a, row.b) for row in found.rows]
    assert told == [
        *(("Pr_Im", "64", "108"), ("Pr_Im", "64", "128"), ("Pr_Im", "108", "128")),
        ("PrPo_Im", "64", "128"),
    ]
    row = found.rows[1]
    first, second = (np.array(SCORES["Pr_Im", size]) for size in (64, 128))
    gain = second - first
    t = gain.mean() / np.sqrt((1 / 5 + 1 / 4) * gain.var(ddof=1))
    assert (row.mean_a, row.mean_b) == pytest.approx((0.71, 0.78))
    assert row.difference == pytest.approx(0.07)
    assert row.welch_p == pytest.approx(stats.ttest_ind(first, second, equal_var=False).pvalue)
    assert row.corrected_p == pytest.approx(2 * stats.t.sf(t, 4))
    assert [one.holm_p for one in found.rows] == pytest.approx(
        holm([one.corrected_p for one in found.rows])
    )
    assert verdict_sentences(found)[0].startswith("Pr_Im, 64 against 108, accuracy: no difference")
    assert "difference shown (Holm p 0.0" in verdict_sentences(found)[1]


def test_percentages_give_the_same_p(table):
    shares = compare(table(fold_rows()))
    rows = [{**row, "accuracy": f"{100 * row['accuracy']:.1f} %"} for row in fold_rows()]
    percent = compare(table(rows))
    for one, other in zip(shares.rows, percent.rows, strict=True):
        assert other.corrected_p == pytest.approx(one.corrected_p)
        assert other.difference == pytest.approx(100 * one.difference)


def test_the_ratio_of_test_to_training_photos(table):
    usual = compare(table(fold_rows())).rows[1]
    counted = compare(table(fold_rows(n_test=20, n_train=80))).rows[1]
    told = compare(table(fold_rows()), test_share=0.2).rows[1]
    assert (
        usual.corrected_p == pytest.approx(counted.corrected_p) == pytest.approx(told.corrected_p)
    )
    half = compare(table(fold_rows(n_test=50, n_train=50))).rows[1]
    assert half.corrected_p > usual.corrected_p
    assert half.high - half.low > usual.high - usual.low
    repeats = [{**row, "fold": 1, "repeat": row["fold"]} for row in fold_rows()]
    with pytest.raises(SettingsError, match="--test-share"):
        compare(table(repeats))
    assert compare(table(repeats), test_share=0.2).rows[1] == told


def test_swapping_the_names_turns_the_difference_round(table):
    there = compare(table(fold_rows())).rows[3]
    turned = {("PrPo_Im", 64): SCORES["PrPo_Im", 128], ("PrPo_Im", 128): SCORES["PrPo_Im", 64]}
    back = compare(table(fold_rows(turned))).rows[0]
    assert back.difference == pytest.approx(-there.difference)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))
    assert (back.welch_p, back.corrected_p) == pytest.approx((there.welch_p, there.corrected_p))


def test_folds_of_several_settings_are_never_averaged(table):
    rows = fold_rows(model="model1") + fold_rows(model="resnet50")
    path = table(rows)
    with pytest.raises(SettingsError, match=r"model1, resnet50 .*Add model to --within"):
        compare(path)
    assert len(compare(path, within=("scheme", "model")).rows) == 8
    assert len(compare(path, where={"model": "model1"}).rows) == 4
    (same, *_) = compare(path, factor="model", within=("scheme", "size")).rows
    assert (same.within, same.corrected_p, same.welch_p, same.low) == ("Pr_Im, 64", 1.0, 1.0, None)
    # A number under an unknown name: the folds stand twice.
    with pytest.raises(SettingsError, match="differ in epochs"):
        compare(table(fold_rows(epochs=4) + fold_rows(epochs=8)))


def test_columns_of_folds_and_remarks(table):
    """What belongs to a fold may vary with it; words of a row are refused unless left out."""
    rows = [{**row, "held_back": f"site {row['fold']}"} for row in fold_rows()]
    assert len(compare(table(rows)).rows) == 4
    rows = [{**row, "remark": f"row {place}"} for place, row in enumerate(rows)]
    with pytest.raises(SettingsError, match="--ignore remark"):
        compare(table(rows))
    assert len(compare(table(rows), ignore=("remark",)).rows) == 4


def test_what_changes_along_is_said(table):
    rows = [
        {**row, "model": f"m{row['size']}", "weights": "none" if row["size"] == 64 else "imagenet"}
        for row in fold_rows()
        if row["scheme"] == "PrPo_Im"
    ]
    notes = compare(table(rows)).notes
    assert any(note.startswith("model changes along with size (m64 at 64") for note in notes)
    assert any("against one from scratch says nothing on architectures" in note for note in notes)
    sized = [{**row, "n_test": row["size"], "n_train": 400} for row in fold_rows()]
    assert any("paired by name only" in note for note in compare(table(sized)).notes)


def test_missing_folds_and_scores(table):
    rows = [row for row in fold_rows() if (row["size"], row["fold"]) != (128, 5)]
    found = compare(table(rows))
    row = found.rows[1]
    assert row.mean_a == pytest.approx(np.mean(SCORES["Pr_Im", 64][:4]))
    assert "1 folds that only one of them has" in found.notes[0]
    rows = [{**row, "accuracy": "" if row["fold"] > 1 else 0.5} for row in fold_rows()]
    found = compare(table(rows))
    assert {one.corrected_p for one in found.rows} == {None} == {one.holm_p for one in found.rows}
    with pytest.raises(SettingsError, match="at least two folds that both have"):
        compare(table([row for row in fold_rows() if row["size"] == 64 or row["fold"] == 1]))
    shift = {("S", 1): [0.5, 0.6, 0.7, 0.8, 0.9], ("S", 2): [0.6, 0.7, 0.8, 0.9, 1.0]}
    found = compare(table(fold_rows(shift)))
    assert (found.rows[0].corrected_p, found.rows[0].holm_p) == (None, None)
    assert found.rows[0].difference == pytest.approx(0.1)
    assert "no spread to judge it by" in found.notes[0]


def test_cells_and_columns_that_cannot_be(table):
    with pytest.raises(SettingsError, match="Did you mean 'accuracy'"):
        compare(table(fold_rows()), metrics=("acuracy",))
    with pytest.raises(SettingsError, match="two values of 'size'"):
        compare(table([row for row in fold_rows() if row["size"] == 64]))
    with pytest.raises(SettingsError, match="In this table size is 64, 108, 128"):
        compare(table(fold_rows()), where={"size": "65"})
    rows = fold_rows()
    rows[3]["accuracy"] = "good"
    with pytest.raises(DatasetError, match=r"found 'good' .*line 5"):
        compare(table(rows))
    rows[3]["accuracy"] = "70 %"
    with pytest.raises(DatasetError, match=r"in one unit.*line 5"):
        compare(table(rows))


def test_order_and_spelling_of_values():
    assert natural_order(["224", "64", "108"]) == ["64", "108", "224"]
    assert natural_order(["lite10", "lite2", "Lite1"]) == ["Lite1", "lite2", "lite10"]
    assert [plain(cell) for cell in ("064", "64.0", "0.50", "Pr_Im")] == [
        "64",
        "64",
        "0.5",
        "Pr_Im",
    ]


@pytest.fixture(scope="module")
def runs(tmp_path_factory, make_run):
    """Two runs on the same photos of the same trees, one more skilled."""
    folder = tmp_path_factory.mktemp("paired")
    return [
        make_run(folder / name, n_trees=60, skill=skill) for name, skill in (("a", 1.5), ("b", 3.0))
    ]


def test_runs_are_compared_on_the_photos_in_common(runs, tmp_path):
    found = compare_runs(runs)
    assert [row.metric for row in found.rows] == ["accuracy", "balanced_accuracy", "macro_f1"]
    row = found.rows[0]
    assert row.low < row.difference < row.high
    assert row.difference == pytest.approx(row.mean_b - row.mean_a)
    assert row.holm_p == row.sign_flip_p < 0.05
    assert any("McNemar's test takes photos for independent" in note for note in found.notes)
    fewer = shutil.copytree(runs[1], tmp_path / "fewer")
    lines = (fewer / "predictions.csv").read_text().splitlines(keepends=True)
    (fewer / "predictions.csv").write_text("".join([lines[0], *lines[:60:-1]]))
    found = compare_runs([runs[0], fewer])
    assert "on the 120 photos that both predict, of 180 and 120" in found.notes[0]
    same = compare_runs([fewer, fewer], metrics=("macro_f1",)).rows[0]
    assert (same.difference, same.low) == (0, None)  # too few trees: then no p value either
    assert (same.mcnemar_p, same.sign_flip_p, same.holm_p) == (None, None, None)


def test_unlike_runs_are_told_or_refused(runs, tmp_path, make_run):
    three = compare_runs([runs[0], runs[1], runs[0]], metrics=("accuracy",)).rows
    assert [row.holm_p for row in three] == pytest.approx(holm([row.sign_flip_p for row in three]))
    leaking = make_run(tmp_path / "deck", n_trees=60, protocol="deck")
    notes = compare_runs([runs[0], leaking]).notes
    assert any("the protocols differ (grouped and deck)" in note for note in notes)
    assert any("deck: The split leaks: 60 groups" in note for note in notes)
    pretrained = [shutil.copytree(run, tmp_path / run.name) for run in runs]
    for run, weights in zip(pretrained, ("none", "imagenet"), strict=True):
        config = run / "config.toml"
        config.write_text(f'weights = "{weights}"\n' + config.read_text())
    assert any("started from scratch" in note for note in compare_runs(pretrained).notes)
    three_classes = make_run(tmp_path / "three", names=("Im", "Po", "Pr"))
    with pytest.raises(SettingsError, match="runs of the same classes"):
        compare_runs([runs[0], three_classes])
    other_labels = make_run(tmp_path / "other", n_trees=60, seed=1)
    with pytest.raises(DatasetError, match="same true class"):
        compare_runs([runs[0], other_labels])
    with pytest.raises(SettingsError, match="metrics of a run: accuracy"):
        compare_runs(runs, metrics=("f2",))
