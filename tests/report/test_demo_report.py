"""The page of the whole job: data, audit, models side by side, new photos."""

import csv
import json
import re

import pytest

from arborisk.dataset.audit import audit_dataset
from arborisk.dataset.importing import import_photos
from arborisk.dataset.loading import load_dataset
from arborisk.errors import DatasetError
from arborisk.report.demo_report import write_demo_report
from arborisk.report.run_report import write_run_report


@pytest.fixture(scope="module")
def demo(tmp_path_factory, make_run, photo_folder):
    """Folder of a small demo, its two runs and its audit."""
    out = tmp_path_factory.mktemp("demo")
    import_photos(photo_folder, out / "dataset", n_processes=1)
    good = {"n_trees": 90, "source": "drawn", "epochs": 0, "photo_root": str(photo_folder)}
    runs = [
        make_run(out / "run-model1", model="model1", constant=True, **good),
        make_run(out / "run-default", model="efficientnet_lite0", **good),
    ]
    for run in runs:
        write_run_report(run)
    with (out / "new.csv").open("w", newline="") as file:
        columns = ["photo", "status", "failure", "p_Im", "p_Pr", "likelihood", "time_frame_years"]
        columns += ["likelihood_set", "referral", "reasons", "priority", "calibration"]
        columns += ["training_share_Im", "training_share_Pr", "answer_rule"]
        about = ",bias,0.8,0.2,most-raised"
        csv.writer(file).writerows(
            [
                columns,
                *(
                    (line + about).split(",")
                    for line in (
                        "Improbable/photo-0.jpg,ok,,0.8,0.2,Improbable,3,"
                        "Improbable,routine,nothing asks; roots were not seen,2",
                        "Probable/photo-5.jpg,ok,,0.005,0.995,Probable,3,"
                        "Improbable | Probable,level_2,the answer is Probable,1",
                        "broken.jpg,failed,truncated: <cut> off.,,,,3,,retake,unreadable,",
                    )
                ),
            ]
        )
    audit = json.loads(audit_dataset(load_dataset(out / "dataset")).to_json())
    return out, runs, audit


def write(demo, photo_folder, **changes):
    out, runs, audit = demo
    parts = {
        "dataset_folder": out / "dataset",
        "runs": runs,
        "predictions": out / "new.csv",
        "audit_json": audit,
        "predicted_photos": photo_folder,
        **changes,
    }
    return write_demo_report(out / "report.html", **parts)


@pytest.fixture(scope="module")
def text(demo, photo_folder):
    return write(demo, photo_folder).read_text(encoding="utf-8")


def test_each_new_photo_says_what_to_do_and_why(text):
    assert "Not ruled out: Improbable, Probable" in text
    assert "<strong>Send a person (Level 2)</strong>: the answer is Probable." in text
    assert text.index("Probable/photo-5.jpg") < text.index("Improbable/photo-0.jpg")


def test_each_answer_has_its_rule_and_the_share_before_and_after_the_photo(text):
    plain = " ".join(text.split())
    assert "The answer is the class that the photo raised most above its share" in plain
    assert "Probable: 20 % before the photo (its share in training), over 99 % after it" in plain
    assert "5.0 times" in plain


def test_both_models_with_their_verdicts_and_links(demo, text):
    out, *_ = demo
    links = re.findall(r'<a href="([^"]*)"', text)
    assert links == ["run-model1/report.html", "run-default/report.html"]
    assert all((out / link).is_file() for link in links)
    assert text.index("Degenerate: one answer for all") < text.index("Better than the baseline")
    assert "Drawn trees are never evidence about real ones" in " ".join(text.split())


def test_new_photos_likeliest_first_and_failures_with_reason(text):
    section = text[text.index('id="new"') : text.index('id="data"')]
    assert section.index("photo-5.jpg") < section.index("photo-0.jpg") < section.index("broken.jpg")
    assert section.count("<img ") == 2
    assert "over 99" in section
    assert "under 1" in section
    assert "truncated: &lt;cut&gt; off." in section
    assert "Time frame in years: 3." in section


def test_the_data_set_at_a_glance(text):
    section = text[text.index('id="data"') : text.index('id="audit"')]
    assert "6 photos" in section
    assert section.count("labelled Improbable") == 4
    assert section.count("labelled Probable") == 2


def test_the_audit_counts_what_it_found(demo, photo_folder, text):
    _, _, audit = demo
    assert "Leaks of the split" not in text
    leaking = {
        **audit,
        "exact_duplicates": [["a.jpg", "b.jpg"]],
        "split": {},
        "leaks": [{"kind": "same_tree"}],
    }
    page = write(demo, photo_folder, audit_json=leaking).read_text(encoding="utf-8")
    rows = page[page.index('id="audit"') :]
    assert re.search(r"Exact duplicates</th><td><strong>1</strong>", rows)
    assert "between parts of the split: same tree" in rows


def test_runs_of_other_classes_are_refused(demo, photo_folder, make_run, tmp_path):
    other = make_run(tmp_path / "other", names=("Im", "Po", "Pr"), n_trees=20)
    with pytest.raises(DatasetError, match="all of the same classes; found Pr_Im, Pr_Po_Im"):
        write(demo, photo_folder, runs=[demo[1][0], other])


def test_a_table_without_answers_for_these_classes_is_refused(demo, photo_folder, tmp_path):
    (tmp_path / "other.csv").write_text(
        "photo,failure,time_frame_years,likelihood_set,referral,reasons,priority,p_yes\n"
    )
    with pytest.raises(DatasetError, match="p_Im") as raised:
        write(demo, photo_folder, predictions=tmp_path / "other.csv")
    assert "arborisk predict" in raised.value.remedy
