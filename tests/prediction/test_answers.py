"""Calibrated, for the prevalence in use, with sets and referrals that can be promised."""

import csv
import dataclasses
import json

import numpy as np
import pytest

from arborisk.calibration.table import CalibrationTable
from arborisk.cli.app import app
from arborisk.errors import ArboriskError, SettingsError, TableError
from arborisk.prediction.answer_rule import missed_share
from arborisk.prediction.answers import Answering
from arborisk.prediction.decide import Finding
from arborisk.prediction.gates.gating import Gating
from arborisk.prediction.options import AnswerOptions, parse_prevalence
from arborisk.prediction.promises import promises_of
from arborisk.prediction.rows import read_tree_ids
from arborisk.prediction.run import predict_photos, trees_path


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def options(**given):
    return AnswerOptions(**given)


@pytest.fixture
def refit(bundle):
    """The bundle without its calibration."""
    description = bundle.description.model_copy(
        update={"kind": "refit", "calibration": None, "scores": {}}
    )
    record = bundle.record.model_copy(update={"description": description})
    return dataclasses.replace(bundle, record=record, calibration=None)


MEMBERS = np.log(np.array([[[0.7, 0.2, 0.1], [0.5, 0.3, 0.2]], [[0.1, 0.2, 0.7]] * 2]))
RAW = np.exp(MEMBERS).mean(axis=1)


def test_probabilities_are_the_mean_of_calibrated_members(bundle):
    found = Answering(bundle, options()).answer(MEMBERS, RAW)
    powers = np.exp(0.5 * MEMBERS + np.array([0.5, 0.0, -0.5]))
    by_hand = (powers / powers.sum(axis=2, keepdims=True)).mean(axis=1)
    assert found.probability == pytest.approx(by_hand)
    assert found.answer.tolist() == [0, 2]  # as it was measured: by the raw probabilities


def test_a_stated_prevalence_moves_probabilities_and_nothing_else(bundle):
    usual = Answering(bundle, options()).answer(MEMBERS, RAW)
    rare = Answering(bundle, options(prevalence={"Probable": 0.01, "Po": 0.09})).answer(
        MEMBERS, RAW
    )
    assert (rare.probability[:, 2] < usual.probability[:, 2] / 3).all()
    assert (rare.inside == usual.inside).all()
    assert (rare.answer == usual.answer).all()
    assert (rare.score == usual.score).all()


def test_the_score_is_what_the_most_worried_member_says(bundle):
    assert Answering(bundle, options()).answer(MEMBERS, RAW).score == pytest.approx([0.2, 0.7])
    possible = Answering(bundle, options(refer="possible")).answer(MEMBERS, RAW)
    assert possible.score == pytest.approx([0.5, 0.9])


def test_a_person_is_sent_where_the_class_cannot_be_ruled_out(bundle):
    answering = Answering(bundle, options())
    found = answering.answer(MEMBERS, RAW)
    expected = found.inside[:, 2] | (found.answer == 2)
    assert found.asks.tolist() == expected.tolist()
    assert answering.reasons(found, 1) == ("the model's answer is Probable",)


def test_too_few_trees_for_a_promise_are_told_how_many_it_takes(bundle):
    with pytest.raises(SettingsError, match="at least 59 groups with Probable") as raised:
        Answering(bundle, options(miss_rate=0.05))
    assert "20 groups with Probable were held back" in str(raised.value)


def test_a_promise_that_can_be_kept_gives_the_threshold(bundle):
    answering = Answering(bundle, options(miss_rate=0.3, confidence=0.9))
    rule = answering.miss_rule
    found = answering.answer(MEMBERS, RAW)
    assert found.asks.tolist() == (found.score >= rule.threshold).tolist()
    assert 0 < rule.threshold < 1


@pytest.mark.parametrize(
    "given", [{"miss_rate": 0.3}, {"prevalence": "estimate"}, {"prevalence": {"Pr": 0.1, "Po": 0}}]
)
def test_nothing_is_promised_of_a_refit(refit, given):
    with pytest.raises(SettingsError, match="a bundle with calibration; found one without"):
        Answering(refit, options(**given))


def test_a_refit_sends_a_person_to_every_tree(refit):
    answering = Answering(refit, options())
    found = answering.answer(MEMBERS, RAW)
    assert found.asks.all()
    assert found.inside.all()
    assert found.probability == pytest.approx(RAW)
    assert "never measured" in answering.reasons(found, 0)[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Probable", "CLASS=SHARE"),
        ("Probable=many", "CLASS=SHARE"),
        ("Probable=0.5", "the share of each class"),
        ("Probable=0.7,Possible=0.7", "the share of each class"),
        ("Probable=nan", "the share of each class once"),
        ("Probable=0.1,probable=0.2", "the share of each class once"),
        ("Dead=0.5", "one of the classes Improbable, Possible, Probable; found 'Dead'"),
    ],
)
def test_a_prevalence_that_cannot_be(bundle, text, message):
    with pytest.raises(SettingsError, match=message):
        Answering(bundle, options(prevalence=parse_prevalence(text)))


def test_options_change_the_table_and_no_photo_is_read_again(bundle, photos, tmp_path):
    out = tmp_path / "out.csv"
    predict_photos(bundle, photos, out)
    first = rows_of(out)
    summary = predict_photos(
        bundle, photos, out, options=options(prevalence={"Pr": 0.01, "Po": 0.01})
    )
    assert summary.n_done_before == 7
    second = rows_of(out)
    assert float(second[0]["p_Pr"]) < float(first[0]["p_Pr"])
    assert second[0]["prevalence_Im"] == "0.98"


def test_expected_numbers_need_a_prevalence(bundle, photos, tmp_path):
    without = predict_photos(bundle, photos, tmp_path / "a.csv")
    assert without.expected is None
    assert "Expected numbers are not given" in "\n".join(without.lines())
    given = predict_photos(
        bundle, photos, tmp_path / "b.csv", options=options(prevalence={"Pr": 0.1, "Po": 0.2})
    )
    assert sum(given.expected.values()) == pytest.approx(7)
    assert "Expected numbers of photos" in "\n".join(given.lines())


def test_photos_of_one_tree_are_one_answer(bundle, photos, tmp_path):
    out = tmp_path / "out.csv"
    trees = {
        "0.JPG": "oak",
        "2.JPG": "oak",
        "cut.jpg": "oak",
        "4.JPG": "elm",
        "empty, name.png": "fir",
    }
    summary = predict_photos(bundle, photos, out, tree_ids=trees)
    elm, fir, oak = rows_of(trees_path(out))
    by_photo = {row["photo"]: row for row in rows_of(out)}
    assert (oak["n_photos"], oak["n_silent"]) == ("3.0", "1.0")
    assert fir["referral"] == "retake"
    assert fir["likelihood"] == fir["priority"] == ""
    mean = (float(by_photo["0.JPG"]["p_Pr"]) + float(by_photo["2.JPG"]["p_Pr"])) / 2
    assert float(oak["p_Pr"]) == pytest.approx(mean, abs=0.02)
    assert float(elm["p_Pr"]) == pytest.approx(float(by_photo["4.JPG"]["p_Pr"]), abs=1e-5)
    assert oak["photos_say"].startswith("2 ") or "," in oak["photos_say"]
    assert sum(summary.referrals.values()) == 3


@pytest.fixture
def unordered(bundle):
    """The bundle as if its classes had no order."""
    scheme = bundle.description.scheme.model_copy(update={"ordered": False})
    description = bundle.description.model_copy(update={"scheme": scheme})
    record = bundle.record.model_copy(update={"description": description})
    return dataclasses.replace(bundle, record=record)


def test_classes_without_an_order_need_a_name_before_any_tree_is_routine(unordered):
    answering = Answering(unordered, options())
    found = answering.answer(MEMBERS, RAW)
    assert found.asks.all()
    assert "name with --refer the one" in answering.reasons(found, 0)[0]
    with pytest.raises(SettingsError, match=r"the class that must not be missed.*--refer"):
        Answering(unordered, options(miss_rate=0.3))
    named = Answering(unordered, options(refer="Probable")).answer(MEMBERS, RAW)
    assert named.score == pytest.approx([0.2, 0.7])


def test_marginal_sets_promise_nothing_of_a_class(bundle):
    lines = Answering(bundle, options(set_kind="marginal")).coverage_lines()
    assert len(lines) == 1
    assert "all classes together" in lines[0]
    assert "a rare class may be missed nearly always" in lines[0]


def test_the_table_of_trees_overwrites_nothing_of_the_user(bundle, photos, tmp_path):
    taken = trees_path(tmp_path / "out.csv")
    taken.write_text("mine")
    with pytest.raises(ArboriskError, match="a free place for the table of trees"):
        predict_photos(bundle, photos, tmp_path / "out.csv", tree_ids={"0.JPG": "oak"})
    assert taken.read_text() == "mine"


def test_trees_of_other_photos_are_refused(bundle, photos, tmp_path):
    with pytest.raises(ArboriskError, match=r"1 other names, the first 'elsewhere\.jpg'"):
        predict_photos(bundle, photos, tmp_path / "out.csv", tree_ids={"elsewhere.jpg": "oak"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tree,file\nT1\n", "a whole row; found 1 cell "),
        ("file,tree\na.jpg,oak\na.jpg,elm\n", "one tree for each photo"),
    ],
)
def test_a_list_of_trees_that_cannot_be(tmp_path, text, message):
    (tmp_path / "trees.csv").write_text(text)
    with pytest.raises(TableError, match=message):
        read_tree_ids(tmp_path / "trees.csv")


def test_a_tree_stands_in_the_queue_where_its_most_worrying_photo_stands(bundle, photos, tmp_path):
    out = tmp_path / "out.csv"
    predict_photos(bundle, photos, out)
    ranked = sorted(
        (row for row in rows_of(out) if row["priority"]), key=lambda row: float(row["priority"])
    )
    worst, second, third, *_, mildest = [row["photo"] for row in ranked]
    trees = {worst: "mixed", mildest: "mixed", second: "even", third: "even"}
    predict_photos(bundle, photos, out, tree_ids=trees)
    first = {row["tree_id"]: row["priority"] for row in rows_of(trees_path(out))}
    assert first == {
        "mixed": "1.0",
        "even": "2.0",
    }  # by their means it would be the other way round


def test_pictures_without_a_tree_say_nothing_of_the_tree(bundle, photos, tmp_path, monkeypatch):
    trees = {"0.JPG": "oak", "2.JPG": "oak"}
    out = tmp_path / "out.csv"
    predict_photos(bundle, photos, out, tree_ids=trees)
    lines = map(json.loads, (tmp_path / "out.csv.journal.jsonl").read_text().splitlines()[1:])
    middle = {line["photo"]: line["fitness"].get("middle") for line in lines}
    assert middle["0.JPG"] != middle["2.JPG"]

    def findings(self, fitness):
        unseen = fitness["middle"] == middle["0.JPG"]
        return (Finding("tree", "not_a_tree", "no tree"),) if unseen else ()

    monkeypatch.setattr(Gating, "findings", findings)
    predict_photos(bundle, photos, out, tree_ids=trees)
    (oak,) = rows_of(trees_path(out))
    of_photo = {row["photo"]: row for row in rows_of(out)}
    assert (oak["n_photos"], oak["n_silent"]) == ("2.0", "1.0")
    assert float(oak["p_Pr"]) == pytest.approx(float(of_photo["2.JPG"]["p_Pr"]), abs=1e-5)
    assert of_photo["0.JPG"]["referral"] == "not_a_tree"
    assert of_photo["0.JPG"]["likelihood"] == ""


def test_the_queue_is_in_the_order_of_the_scores(bundle, photos, tmp_path):
    summary = predict_photos(bundle, photos, tmp_path / "out.csv")
    assessment = summary.assessment
    queue = np.argsort(assessment.priority(of_trees=False))
    assert (np.diff(assessment.answers.score[queue]) <= 0).all()
    assert len(summary.first_lines(3)) == 4
    assert summary.first_lines(0) == []


def test_an_estimate_that_cannot_be_is_refused_before_any_photo_is_read(bundle):
    table = bundle.calibration.table
    few = dataclasses.replace(bundle.calibration, table=table.rows(table.group < 12))
    with pytest.raises(SettingsError, match="at least 15 groups of each class held back"):
        Answering(dataclasses.replace(bundle, calibration=few), options(prevalence="estimate"))
    assert Answering(bundle, options(prevalence="estimate")).shares is None  # enough: later


def test_the_command_says_what_can_be_promised_as_python_does(fake_bundle, bundle):
    from typer.testing import CliRunner

    asked = ["--miss-rate", "0.3", "--confidence", "0.9", "--format", "json"]
    result = CliRunner().invoke(app, ["certainty", str(fake_bundle), *asked])
    found = promises_of(bundle, coverage=0.9, miss_rate=0.3, confidence=0.9)
    assert json.loads(result.stdout) == json.loads(json.dumps(found.as_json()))
    assert [row.title for row in found.classes] == ["Probable", "Possible", "Improbable"]
    text = CliRunner().invoke(app, ["certainty", str(fake_bundle)]).stdout
    assert "Probable: 20 groups held back; sets asked for 90 % really cover 78 % to 98 %." in text
    assert "at least 59 are needed" in text


def with_lean(bundle, lean):
    description = bundle.description.model_copy(update={"lean": lean})
    return dataclasses.replace(
        bundle, record=bundle.record.model_copy(update={"description": description})
    )


def answers_of(bundle, **given):
    return Answering(bundle, options(**given)).answer(MEMBERS, RAW).answer.tolist()


def test_the_rule_of_an_answer_is_the_one_that_was_measured_unless_another_is_asked_for(bundle):
    """Raw: 0.6, 0.25, 0.15 and 0.1, 0.2, 0.7; training shares 0.70, 0.18, 0.12 (as calibrated)."""
    assert list(bundle.description.training_share.values()) == [0.7, 0.18, 0.12]
    equal, leaning = with_lean(bundle, "equal_shares"), with_lean(bundle, "training_shares")
    assert Answering(equal, options()).rule == "most-raised"
    assert Answering(leaning, options()).rule == "likeliest"
    assert answers_of(equal) == answers_of(equal, answer="most-raised") == [0, 2]
    assert answers_of(leaning) == [0, 2]
    # 0.6 / 0.70 < 0.15 / 0.12 < 0.25 / 0.18: the photo raised Possible most.
    assert answers_of(leaning, answer="most-raised") == [1, 2]
    found = Answering(equal, options(answer="likeliest")).answer(MEMBERS, RAW)
    assert found.answer.tolist() == found.probability.argmax(axis=1).tolist()


def test_costs_are_stated_and_the_answer_is_what_costs_least(bundle, tmp_path):
    path = tmp_path / "costs.toml"
    path.write_text("[Improbable]\nPossible = 1\nProbable = 1000\n[Possible]\nPr = 1000\n")
    assert answers_of(bundle, answer="cost", costs=path) == [2, 2]
    path.write_text("[Im]\nPr = 1\n[Po]\nIm = 9\nPr = 9\n[Pr]\nIm = 99\nPo = 99\n")
    assert answers_of(bundle, answer="cost", costs=path) == [0, 0]
    for given in ({"answer": "cost"}, {"costs": path}):
        with pytest.raises(SettingsError, match=r"--answer cost and --costs FILE"):
            Answering(bundle, options(**given))
    for wrong in ("[Oak]\nIm = 1", "[Im]\nPr = -1", "Im = 3", "[Im]\nPr = 0"):
        path.write_text(wrong)
        with pytest.raises(SettingsError):
            Answering(bundle, options(answer="cost", costs=path))


def test_the_rule_stands_in_row_summary_and_json_with_what_it_misses(bundle, photos, tmp_path):
    out = tmp_path / "out.csv"
    summary = predict_photos(bundle, photos, out, options=options(answer="likeliest"))
    row = next(row for row in rows_of(out) if row["status"] == "ok")
    assert row["answer_rule"] == "likeliest" == summary.as_json()["answer_rule"]
    names = {"Improbable": "Im", "Possible": "Po", "Probable": "Pr"}
    own = names[row["likelihood"]]
    rise = float(row[f"p_{own}"]) / float(row[f"training_share_{own}"])
    assert float(row["answer_rise"]) == pytest.approx(rise, abs=1e-3)
    text = "\n".join(summary.lines())
    assert "The answer is the class with the highest probability (--answer likeliest)" in text
    assert "Of trees of Probable held back," in text
    again = predict_photos(bundle, photos, out, options=options(answer="most-raised"))
    assert again.n_done_before >= 7 and rows_of(out)[0]["answer_rule"] == "most-raised"


def test_a_bundle_follows_the_rule_that_it_records_unless_told_otherwise(bundle):
    """Raw and shares as above; a Probable tree costs ten times a wrong walk."""

    def recording(**update):
        description = bundle.description.model_copy(update=update)
        record = bundle.record.model_copy(update={"description": description})
        return dataclasses.replace(bundle, record=record)

    raised = recording(answer_rule="most-raised")
    assert Answering(raised, options()).rule == "most-raised"
    assert answers_of(raised) == [1, 2]
    assert answers_of(raised, answer="likeliest") == [0, 2]
    costs = {"Im": {"Pr": 1000.0, "Po": 1.0}, "Po": {"Pr": 1000.0}}
    costing = Answering(recording(answer_rule="cost", answer_costs=costs), options())
    assert costing.answer(MEMBERS, RAW).answer.tolist() == [2, 2]
    assert costing.costs.tolist() == [[0, 1, 1000], [0, 0, 1000], [0, 0, 0]]
    assert costing.missed.value == 0  # Probable is always answered
    with pytest.raises(SettingsError, match="one without the other"):
        Answering(recording(answer_rule="cost"), options())


def test_what_an_answer_misses_is_counted_over_trees_not_photos(bundle):
    """Tree 0: three photos that say 0.9 Im; tree 1: one photo of two says Pr, more strongly."""
    probability = np.array([[0.9, 0.05, 0.05]] * 3 + [[0.6, 0.0, 0.4], [0.1, 0.0, 0.9]])
    table = CalibrationTable.of(
        probability=probability,
        class_index=np.full(5, 2),
        rounds=["fold 1"] * 5,
        groups=["a"] * 3 + ["b"] * 2,
        trees=["a"] * 3 + ["b"] * 2,
    )
    description = bundle.description.model_copy(update={"lean": "training_shares"})
    missed = missed_share(
        description, table, bundle.calibration.map, "likeliest", None, class_number=2
    )
    assert missed.value == 0.5  # by photos it would be 4 of 5
