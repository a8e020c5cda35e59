"""Drift from photos to words: every photo counts, few groups promise nothing, a change is named."""

import dataclasses
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from arborisk.errors import ArboriskError, BundleError, TableError
from arborisk.prediction.drift.compare import drift_of
from arborisk.prediction.drift.photos import measure_photos
from arborisk.prediction.drift.words import beyond_sentence, drift_json, drift_text, read_groups
from arborisk.report.drift_report import drift_page
from arborisk.wording.percent import percent

N_GOOD = 7


@pytest.fixture
def new(bundle, photos):
    return measure_photos(bundle, photos, n_threads=2)


def as_training(bundle, n_groups, shift=0.0, seed=0):
    """New photos drawn around the training photos of a bundle, some way off."""
    random, reference = np.random.default_rng(seed), bundle.reference
    rows = random.integers(len(reference.points), size=3 * n_groups)
    spread = reference.points.std(axis=0)
    points = reference.points[rows] + 0.1 * spread * random.normal(size=(len(rows), len(spread)))
    log = np.log(np.full((len(rows), 2, 3), 1 / 3))
    from arborisk.prediction.drift.photos import NewPhotos

    return NewPhotos(
        names=tuple(f"{row}.jpg" for row in range(len(rows))),
        groups=tuple(f"day {row // 3}" for row in range(len(rows))),
        grouped_by="given",
        points=points + shift * spread,
        distance=reference.held_out[rows] * (1 + shift),
        facts=reference.facts[rows].astype(float),
        members=log,
        probability=np.exp(log).mean(axis=1),
        months=(5,) * len(rows),
        leafless=0.25,
        failures={},
        n_left_out=0,
    )


def test_every_photo_is_measured_or_counted_as_failed(bundle, new):
    assert len(new.names) == len(set(new.groups)) == N_GOOD
    assert sum(new.failures.values()) == 2
    assert new.grouped_by == "photo"
    assert np.isfinite(new.points).all()
    assert sorted(new.months)[-3:] == [5, 5, 5]


def test_the_number_of_threads_changes_nothing(bundle, photos, new):
    alone = measure_photos(bundle, photos, n_threads=1)
    assert alone.names == new.names
    assert (alone.points == new.points).all()


def test_of_many_photos_some_are_drawn(bundle, photos):
    found = measure_photos(bundle, photos, most=4)
    assert len(found.names) + sum(found.failures.values()) == 4
    assert found.n_left_out == 5


def test_groups_are_those_given(bundle, photos):
    found = measure_photos(bundle, photos, groups={"0.JPG": "a", "2.JPG": "a"})
    assert found.grouped_by == "given"
    assert found.groups.count("a") == 2
    # Those that the table leaves out may be of one tree.
    assert found.groups.count("without a group") == N_GOOD - 2
    assert "5 photos have no group in the table" in drift_text(drift_of(bundle, found))


def test_no_photo_that_can_be_used_is_an_error(bundle, photos):
    with pytest.raises(ArboriskError, match="at least one photo that can be used"):
        measure_photos(bundle, photos / "cut.jpg")


def test_a_bundle_without_training_photos_is_refused(bundle, photos):
    with pytest.raises(BundleError, match="remembers its training photos"):
        measure_photos(dataclasses.replace(bundle, reference=None), photos)


def test_photos_like_those_of_training_alarm_no_more_than_stated(bundle):
    found = [drift_of(bundle, as_training(bundle, 9, seed=seed)) for seed in range(10)]
    # At 5 % three or more of ten would come once in 90 times.
    assert sum(drift.alarm for drift in found) <= 2


def test_answers_that_have_changed_are_named(bundle):
    new = as_training(bundle, 30)
    log = np.log(np.tile([0.9, 0.05, 0.05], (len(new.names), 2, 1)))
    new = dataclasses.replace(new, members=log, probability=np.exp(log).mean(axis=1))
    found = drift_of(bundle, new)
    assert [shift.name for shift in found.shifts if shift.alarm] == ["classes"]
    commonest = found.classes[0]
    assert commonest.predicted == 1.0
    assert commonest.estimated > commonest.training


def test_a_shift_is_named(bundle):
    found = drift_of(bundle, as_training(bundle, 9, shift=6.0))
    alarms = {shift.name for shift in found.shifts if shift.alarm}
    assert {"embedding", "distance"} <= alarms
    assert 0.3 < found.apart <= 1
    text = drift_text(found)
    assert text.startswith("The new photos differ from those of training more than luck explains")
    assert f"The clouds are {percent(found.apart)} apart" in text


def test_one_new_group_can_show_nothing_and_says_so(bundle):
    found = drift_of(bundle, as_training(bundle, 1, shift=50.0))
    assert not found.alarm
    assert not found.can_alarm
    assert drift_text(found).startswith("Too few groups to tell")
    assert "add photos of other outings" in drift_text(found)


def test_without_calibration_answers_stand_untested(bundle, new):
    found = drift_of(dataclasses.replace(bundle, calibration=None), new)
    assert "classes" not in {shift.name for shift in found.shifts}
    assert {share.estimated for share in found.classes} == {None}
    assert "errors and all" in found.classes_note
    assert sum(share.predicted for share in found.classes) == pytest.approx(1)


def test_leaves_are_told_where_the_gate_can(bundle):
    new = as_training(bundle, 3)
    assert "Out of leaf: not told" in drift_text(drift_of(bundle, new))
    description = bundle.description.model_copy(update={"gate_alarms": {"leaf": 0.1}})
    record = bundle.record.model_copy(update={"description": description})
    found = drift_of(dataclasses.replace(bundle, record=record), new)
    assert "Out of leaf: 10 % of training photos, 25 % of new ones" in drift_text(found)


def test_few_training_groups_set_no_limit(bundle, new):
    found = drift_of(bundle, new)
    assert found.beyond.stated is None
    assert "too few groups to set a limit" in beyond_sentence(found.beyond, found.n_new)


def test_many_training_groups_state_what_the_gate_may_stop(bundle):
    many = dataclasses.replace(
        bundle.reference,
        points=np.tile(bundle.reference.points, (12, 1)),
        facts=np.tile(bundle.reference.facts, (12, 1)),
        held_out=np.tile(bundle.reference.held_out, 12),
        group=np.arange(12 * len(bundle.reference.points), dtype=np.int32),
    )
    found = drift_of(dataclasses.replace(bundle, reference=many), as_training(bundle, 9, shift=6.0))
    assert found.beyond.stated == pytest.approx(0.01, abs=1e-9)
    assert found.beyond.share == 1.0
    assert "more than what the gate may really stop" in beyond_sentence(found.beyond, found.n_new)


def test_groups_from_a_table(tmp_path):
    table = tmp_path / "groups.csv"
    table.write_text("file,outing\nnorth\\1.JPG,monday\n2.JPG,\n", encoding="utf-8")
    assert read_groups(table) == {"north/1.JPG": "monday", "2.JPG": ""}
    table.write_text("photo,day\n", encoding="utf-8")
    with pytest.raises(TableError, match="columns file and group"):
        read_groups(table)


def test_the_page_holds_what_the_text_holds(bundle, photos, new):
    found = drift_of(bundle, new)
    page = drift_page(found, bundle, photos)
    for shift in found.shifts:
        assert shift.title in page
    assert page.count('<svg class="figure"') == 4
    assert "cannot say Imminent" in page
    assert "safe" not in page
    assert drift_page(found, bundle, photos) == page


def test_command_line_is_python(fake_bundle, photos, tmp_path, bundle, new):
    import typer

    from arborisk.cli.drift import drift

    app = typer.Typer()
    app.command()(drift)
    out = tmp_path / "drift.html"
    arguments = [str(fake_bundle), str(photos), "--format", "json", "--out", str(out)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said == json.loads(json.dumps(drift_json(drift_of(bundle, new))))
    assert out.is_file()
