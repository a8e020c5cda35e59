"""Answers of ``arborisk predict`` as likelihoods: what is taken, and what is refused."""

import pytest
from risk_forms import assess
from typer.testing import CliRunner

from arborisk.cli.app import app as cli
from arborisk.errors import ArboriskError, AssessmentError
from arborisk.risk.annual.chances import ClassChances, refuse_without_prevalence
from arborisk.risk.annual.prior import StormRate, load_prior
from arborisk.risk.annual.sentences import chance_rows
from arborisk.risk.model_answers import NOT_IMMINENT, Take, read_model_answers, with_model
from arborisk.risk.rating.rating import rate
from arborisk.scales import FailureLikelihood
from arborisk.tables.write import write_table

THREE = {"p_Im": 0.5, "p_Po": 0.3, "p_Pr": 0.2}
ROW = {
    "photo": "a.jpg",
    "tree_id": "T-1",
    "status": "ok",
    "scheme": "Pr_Po_Im",
    **THREE,
    "likelihood": "Improbable",
    "likelihood_set": "Improbable | Possible",
    "referral": "routine",
    "reasons": "",
    "time_frame_years": "not stated",
    "calibration": "bias",
    "bundle_id": "abcdef",
}


@pytest.fixture
def table(tmp_path):
    def write(*rows):
        path = tmp_path / "predictions.csv"
        lines = [",".join(rows[0])] + [",".join(map(str, row.values())) for row in rows]
        path.write_text("\n".join(lines) + "\n")
        return path

    return write


def two_classes(scheme, names, *, likelihood):
    row = {key: value for key, value in ROW.items() if key not in THREE}
    low, high = names
    return row | {"scheme": scheme, f"p_{low}": 0.7, f"p_{high}": 0.3, "likelihood": likelihood}


def test_chances_go_through_the_matrices_and_say_whose_they_are(table):
    answer = read_model_answers(table(ROW))["T-1"]
    rated = rate(with_model(assess(None, "High", "Severe"), answer))
    assert rated.rating.lowest == pytest.approx((0.5, 0.3, 0.2, 0.0))
    assert rated.rows[0].row.failure.by == "photo model abcdef"
    assert NOT_IMMINENT in rated.assessment.notes
    assert any("no prevalence" in note for note in rated.assessment.notes)


def test_a_set_gives_a_range(table):
    answer = read_model_answers(table(ROW), take=Take.SETS)["T-1"]
    rated = rate(with_model(assess(None, "High", "Severe"), answer))
    assert rated.rating.words == ("Low", "Moderate")


def test_a_persons_word_goes_before_the_models(table):
    answer = read_model_answers(table(ROW))["T-1"]
    rated = rate(with_model(assess("Imminent", "High", "Severe"), answer))
    assert rated.rating.words == ("Extreme",)
    assert NOT_IMMINENT not in rated.assessment.notes


def test_a_model_alone_has_no_rating(table):
    answer = read_model_answers(table(ROW))["T-1"]
    with pytest.raises(AssessmentError, match="A photo gives a likelihood, never a rating"):
        rate(with_model(assess(None, targets=[]), answer))


def test_a_merged_class_is_a_range_of_words(table):
    row = two_classes("PrPo_Im", ("Im", "PrPo"), likelihood="Improbable")
    failure = read_model_answers(table(row))["T-1"].failure
    assert failure.masses == (
        ((FailureLikelihood.IMPROBABLE,), 0.7),
        ((FailureLikelihood.POSSIBLE, FailureLikelihood.PROBABLE), 0.3),
    )
    row["likelihood_set"] = "Probable or Possible"
    assert read_model_answers(table(row), take=Take.SETS)["T-1"].failure.words == (
        "Possible or Probable"
    )


def test_a_study_only_model_needs_an_override(table):
    path = table(two_classes("Pr_Im", ("Im", "Pr"), likelihood="Improbable"))
    with pytest.raises(AssessmentError, match=r"Pr_Im, which leaves a class out.*study only"):
        read_model_answers(path)
    assert read_model_answers(path, allow_study_only=True)


@pytest.mark.parametrize(
    ("change", "take", "message"),
    [
        ({"calibration": "not calibrated"}, Take.CHANCES, "never measured"),
        ({"likelihood_set": ""}, Take.SETS, "a likelihood set"),
        ({"scheme": "Pr_PoIm"}, Take.CHANCES, "scheme 'Pr_PoIm'"),
    ],
)
def test_answers_without_doubt_or_meaning_are_refused(table, change, take, message):
    with pytest.raises(AssessmentError, match=message):
        read_model_answers(table(ROW | change), take=take)


def test_no_answer_and_two_answers(table):
    silent = ROW | {"photo": "b.jpg", "tree_id": "T-2", "likelihood": ""}
    assert set(read_model_answers(table(ROW, silent))) == {"T-1"}
    with pytest.raises(AssessmentError, match=r"one row a tree.*'T-1'"):
        read_model_answers(table(ROW, ROW))


def test_another_time_frame_is_refused(table):
    answer = read_model_answers(table(ROW | {"time_frame_years": "1"}))["T-1"]
    with pytest.raises(AssessmentError, match=r"3 years.*1 year"):
        with_model(assess(None, "High", "Severe"), answer)


def test_counts_need_the_prevalence(table):
    told = read_model_answers(table(ROW)).values()
    with pytest.raises(AssessmentError, match=r"prevalence_<class>.*1 answers without"):
        refuse_without_prevalence(told)
    shares = {f"prevalence_{name}": 0.3 for name in ("Im", "Po", "Pr")}
    refuse_without_prevalence(read_model_answers(table(ROW | shares)).values())


def test_what_predict_writes_is_read_as_it_stands(fake_bundle, scene, tmp_path):
    """The table of trees of a calibrated bundle, without and with a stated prevalence."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(2):
        scene(96, 72, number).save(folder / f"{number}.jpg")
    (tmp_path / "trees.csv").write_text("file,tree\n0.jpg,T-1\n1.jpg,T-2\n")
    found = {}
    for name, more in (("plain", ()), ("moved", ("--prevalence", "Probable=0.05,Possible=0.15"))):
        out = tmp_path / f"{name}.csv"
        told = ["predict", fake_bundle, folder, "--out", out]
        told += ["--trees", tmp_path / "trees.csv", *more]
        done = CliRunner().invoke(cli, list(map(str, told)))
        assert done.exit_code == 0, done.output + repr(done.exception)
        found[name] = read_model_answers(out)
        assert set(found[name]) == {"T-1", "T-2"}
    plain, moved = (found[name]["T-1"] for name in ("plain", "moved"))
    assert not plain.has_prevalence
    refuse_without_prevalence([moved])
    assert moved.failure.array("equal")[2] < plain.failure.array("equal")[2]
    assert rate(with_model(assess(None, "High", "Severe"), moved)).rating.has_chances


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"p_Pr": -0.2, "p_Im": 0.9}, r"from 0 to 1; found '-0\.2' .*row 2, column p_Pr"),
        ({"p_Pr": 1.2}, r"from 0 to 1; found '1\.2' .*row 2, column p_Pr"),
        ({"p_Pr": ""}, "found nothing .*row 2, column p_Pr"),
        ({"p_Po": "much"}, "'much', which is no number .*row 2, column p_Po"),
        ({"p_Po": "nan"}, "found nothing .*row 2, column p_Po"),
        ({"p_Po": 0.1}, r"p_Im, p_Po, p_Pr that sum to 1; found a sum of 0\.8 .*row 2"),
        ({"status": "failed"}, "no answer where the status is failed.*row 2, column likelihood"),
        ({"tree_id": "", "photo": ""}, "the name of a tree or photo.*row 2"),
        ({"time_frame_years": "some"}, "years, or not stated.*row 2, column time_frame_years"),
    ],
)
def test_answers_that_cannot_be_are_refused_by_row_and_column(table, change, message):
    with pytest.raises(ArboriskError, match=message):
        read_model_answers(table(ROW | change))


def test_one_table_holds_one_model(table):
    other = ROW | {"tree_id": "T-2", "scheme": "Pr_PoIm"}
    with pytest.raises(AssessmentError, match=r"one scheme, 'Pr_Po_Im'.*row 3, column scheme"):
        read_model_answers(table(ROW, other))
    with pytest.raises(AssessmentError, match="row 2, column likelihood_set"):
        read_model_answers(table(ROW | {"likelihood_set": "Likely"}), take=Take.SETS)


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".geojson"])
def test_answers_come_back_from_every_format(tmp_path, suffix):
    path = tmp_path / f"predictions{suffix}"
    silent = {"tree_id": "T-2", "status": "failed", "likelihood": ""}
    rows = [ROW, ROW | silent | dict.fromkeys(THREE)]
    write_table(path, list(ROW), rows)
    found = read_model_answers(path)
    assert list(found) == ["T-1"]
    assert found["T-1"].failure.array("equal")[0] == pytest.approx(0.5)


def test_classes_that_are_no_likelihoods_are_refused_as_such(table):
    row = {("class" if key == "likelihood" else key): value for key, value in ROW.items()}
    with pytest.raises(AssessmentError, match="a model of other labels"):
        read_model_answers(table(row))


def test_a_row_of_chances_has_both_ends_of_a_merged_class(table):
    row = two_classes("PrPo_Im", ("Im", "PrPo"), likelihood="Improbable")
    answers = list(read_model_answers(table(row)).values())
    (found,) = chance_rows(answers, ClassChances(load_prior(), StormRate(0.2), 3))
    means = ClassChances(load_prior(), StormRate(0.2), 3).means()
    assert found.chance_lowest == pytest.approx(0.7 * means[0] + 0.3 * means[1], abs=1e-7)
    assert found.chance_highest == pytest.approx(0.7 * means[0] + 0.3 * means[2], abs=1e-7)
    assert found.low < found.chance_lowest < found.chance_highest < found.high


def test_the_models_own_answer_stands_with_its_rule_and_rise(table):
    shares = {"training_share_Im": 0.7, "training_share_Po": 0.18, "training_share_Pr": 0.12}
    row = ROW | shares | {"likelihood": "Possible", "answer_rule": "most-raised"}
    told = (
        "The model's own answer, by the rule most-raised, is Possible: 18 % before the photo (its "
        "share in training), 30 % after it, 1.7 times."
    )
    assert told in read_model_answers(table(row))["T-1"].notes
    moved = row | {"prevalence_Im": 0.9, "prevalence_Po": 0.07, "prevalence_Pr": 0.03}
    assert not any("before the photo" in n for n in read_model_answers(table(moved))["T-1"].notes)
