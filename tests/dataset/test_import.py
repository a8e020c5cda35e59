import json
import shutil

import pytest

from arborisk.dataset.importing import import_photos
from arborisk.dataset.labelling import ImportOptions
from arborisk.dataset.loading import load_dataset
from arborisk.dataset.schemes import ISA_SCHEMES
from arborisk.dataset.table import apply_scheme
from arborisk.errors import DatasetError, TableError

THREE = ("a.jpg", "b.jpg", "c.jpg")


@pytest.fixture
def import_table(make_photos, write_table, tmp_path):
    """Imports photos with a table given as text."""

    def run(text, files=THREE, **options):
        root = make_photos(*files)
        chosen = ImportOptions(labels=write_table(text), **options)
        return import_photos(root, tmp_path / "data", chosen, n_processes=1)

    return run


def labels_of(imported):
    return {row.file: row.label for row in imported.dataset.photos}


def test_a_folder_a_class_with_isa_words(make_photos, tmp_path):
    root = make_photos("Probable/1.jpg", "Improbable/1.jpg", "unknown/2.jpg", "Possible/x.PNG")
    imported = import_photos(root, tmp_path / "data", n_processes=1)
    assert labels_of(imported) == {
        "Improbable/1.jpg": "Improbable",
        "Possible/x.PNG": "Possible",
        "Probable/1.jpg": "Probable",
        "unknown/2.jpg": "",
    }
    assert imported.report.label_counts == {"Probable": 1, "Possible": 1, "Improbable": 1}
    assert imported.report.unrated_files == ("unknown/2.jpg",)


def test_a_folder_a_class_with_labels_of_its_own(make_photos, tmp_path):
    root = make_photos("leaf on/s1/1.jpg", "leaf off/1.jpg", "Leaf On/2.jpg")
    imported = import_photos(root, tmp_path / "data", n_processes=1)
    assert sorted(labels_of(imported).values()) == ["Leaf On", "Leaf On", "leaf off"]
    none = ImportOptions(labels_from="none")
    imported = import_photos(root, tmp_path / "none", none, n_processes=1)
    assert imported.report.n_unrated == 3


def test_a_slip_in_a_mapped_label_is_refused_for_names_too(make_photos, tmp_path):
    root = make_photos("prob/1.jpg", "imp/1.jpg")
    options = ImportOptions(word_map={"prob": "Probabel"})
    with pytest.raises(DatasetError, match="Did you mean 'Probable'"):
        import_photos(root, tmp_path / "data", options, n_processes=1)


def test_contradicting_names_are_listed_and_left_unrated(make_photos, tmp_path):
    root = make_photos("probable/improbable-1.jpg", "probable/probable-2.jpg")
    imported = import_photos(root, tmp_path / "data", n_processes=1)
    assert imported.report.unclear_names == (
        "probable/improbable-1.jpg: file name says Improbable, folder says Probable",
    )
    assert labels_of(imported)["probable/improbable-1.jpg"] == ""


def test_the_lab_s_own_table_of_image_numbers(import_table):
    text = (
        '"Image number (file name is ""IMG_18##.HEIC""",Likelihood of Failure Rating\n'
        "1835,Possible \n1845,Improbable\xa0\n1988a,Probable \n1999,\n2013,Improbable\n"
    )
    files = ("IMG_1835.jpg", "IMG_1845.JPG", "IMG_1988a.jpg", "IMG_1999.jpg", "IMG_2000.jpg")
    imported = import_table(text, files)
    assert list(labels_of(imported).values()) == ["Possible", "Improbable", "Probable", "", ""]
    report = imported.report
    assert (report.n_blank, report.n_not_in_table) == (1, 1)
    assert report.rows_without_photo == ("row 6: 2013",)
    assert report.n_matched_by == {"number": 4}


def test_image_numbers_exported_with_a_decimal_point_are_matched(import_table):
    text = "image no,label\n1.0,Possible\n2.0,Probable\n3.00,Improbable\n4.5,Probable\n"
    imported = import_table(text, ("IMG_0001.jpg", "2.0.jpg", "IMG_3.jpg", "IMG_4.jpg"))
    assert labels_of(imported) == {
        "2.0.jpg": "Probable",
        "IMG_0001.jpg": "Possible",
        "IMG_3.jpg": "Improbable",
        "IMG_4.jpg": "",
    }
    assert imported.report.rows_without_photo == ("row 5: 4.5",)


def test_several_raters_in_long_form_agree_by_the_median(import_table):
    text = (
        "photo;rater;rating;tree;site;time frame;season;view;note\n"
        "a;Ann;improbable;T1;S1;3 years;summer;base;\n"
        "a;Bob;probable;T1;S1;3;summer;base;leaning\n"
        "b;Ann;possible;T2;S1;1 yr;;;\n"
        "b;Ann;possible;T2;S1;3 yr;;;\n"
        "b;Bob;improbable;T2;S1;3 yr;;;\n"
        "b;Cem;improbable;T2;;3 yr;;;\n"
        "c;Ann;;T3;S2;;;;\n"
    )
    imported = import_table(text)
    assert labels_of(imported) == {"a.jpg": "Probable", "b.jpg": "Improbable", "c.jpg": ""}
    first, second, _ = imported.dataset.photos
    assert (first.tree_id, first.site_id, first.view, first.season) == (
        "T1",
        "S1",
        "base",
        "summer",
    )
    assert (first.time_frame_years, second.time_frame_years) == ("3", "")
    assert [rating.rater for rating in imported.dataset.ratings] == [
        *("Ann", "Bob") * 1,
        *["Ann"] * 2,
        "Bob",
        "Cem",
    ]
    conflict = imported.report.conflicts[0]
    assert (conflict.file, conflict.labels, conflict.agreed) == (
        "a.jpg",
        ("Improbable", "Probable"),
        "Probable",
    )
    assert len(imported.report.conflicts) == 2


def test_several_raters_in_columns(import_table):
    text = "file,Ann,Bob\na.jpg,leaf on,leaf off\nb.jpg,leaf on,leaf on\nc.jpg,,\n"
    imported = import_table(text, label_columns=("Ann", "Bob"))
    assert labels_of(imported) == {"a.jpg": "", "b.jpg": "leaf on", "c.jpg": ""}
    assert imported.report.conflicts[0].agreed == ""
    assert imported.report.n_blank == 1
    assert {rating.rater for rating in imported.dataset.ratings} == {"Ann", "Bob"}


def test_a_rater_a_column_known_by_cells_is_named_by_the_header(import_table):
    text = "photo,Date,JB rating,AK rating\na,2021-05-01,Possible,Probable\nb,,Prob.,\n"
    imported = import_table(text, word_map={"Prob.": "Probable"})
    ratings = [(rating.rater, rating.label, rating.rated_at) for rating in imported.dataset.ratings]
    assert ratings == [
        ("JB", "Possible", "2021-05-01"),
        ("AK", "Probable", "2021-05-01"),
        ("JB", "Probable", ""),
    ]


@pytest.mark.parametrize(
    ("text", "files", "message"),
    [
        ("file,label\nzz.jpg,Possible\n", THREE, "no photo for any of 1 rows, .* row 2: zz.jpg"),
        ("file,label\na,Possible\n", ("a.jpg", "a.png"), "row 2: a fits a.jpg, a.png"),
        ("file,label\na.jpg,posbel\nb.jpg,Probable\n", THREE, r"'posbel' \(1\)"),
        ("file,label\na.jpg,Possible-Probable\nb.jpg,Imp\n", THREE, r"'Possible-Probable' \(1\)"),
        ("file,label,tree\na.jpg,Possible,1\na.jpg,Possible,2\n", THREE, "'1' in row 2 and '2' in"),
        ("file,label\n", THREE, "rows below the headers"),
        ("who,label\na.jpg,Possible\n", THREE, "--column file=HEADER"),
        ("file,verdict\na.jpg,risky\n", THREE, "--column label=HEADER"),
        ("file,label,taken_at\na.jpg,Possible,May\n", THREE, "'May'.*a.jpg"),
    ],
)
def test_tables_that_cannot_be_trusted_are_refused(import_table, tmp_path, text, files, message):
    with pytest.raises((DatasetError, TableError), match=message):
        import_table(text, files)
    assert not (tmp_path / "data").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_table_may_add_trees_to_labels_from_names(make_photos, write_table, tmp_path):
    root = make_photos("probable-1.jpg", "possible-1.jpg")
    table = write_table("file,tree\nprobable-1.jpg,T1\n")
    options = ImportOptions(labels=table, labels_from="names")
    imported = import_photos(root, tmp_path / "data", options, n_processes=1)
    assert [(row.label, row.tree_id) for row in imported.dataset.photos] == [
        ("Possible", ""),
        ("Probable", "T1"),
    ]


def test_unreadable_files_are_rows_with_a_reason(make_photos, tmp_path):
    root = make_photos("probable-1.jpg", "improbable-1.jpg")
    (root / "possible-9.jpg").write_bytes(b"no photo")
    imported = import_photos(root, tmp_path / "data", n_processes=1)
    (failure,) = imported.dataset.failures
    assert failure.file == "possible-9.jpg"
    assert failure.reason
    assert imported.report.n_files == 3
    assert len(imported.dataset.photos) == 2


def test_identical_files_keep_rows_of_their_own(make_photos, tmp_path):
    root = make_photos("probable-1.jpg")
    shutil.copy(root / "probable-1.jpg", root / "probable-2.jpg")
    rows = import_photos(root, tmp_path / "data", n_processes=1).dataset.photos
    assert rows[0].sha256 == rows[1].sha256
    assert rows[0].photo_id != rows[1].photo_id


def test_what_a_scheme_leaves_out_is_counted_and_named(make_photos, tmp_path):
    root = make_photos("probable-1.jpg", "possible-1.jpg", "improbable-1.jpg", "imminent-1.jpg")
    options = ImportOptions(scheme="Pr_Im")
    imported = import_photos(root, tmp_path / "data", options, n_processes=1)
    assert imported.report.class_counts == {"Improbable": 1, "Probable": 2}
    assert imported.report.left_out == {"Possible": 1}
    assert imported.report.left_out_files == ("possible-1.jpg",)
    labelled = apply_scheme(imported.dataset, ISA_SCHEMES["Pr_Im"])
    assert [row.label for row in labelled.rows] == ["Imminent", "Improbable", "Probable"]
    assert labelled.class_index.tolist() == [1, 0, 1]
    assert labelled.left_out == {"Possible": 1}


def test_a_scheme_that_fits_no_label_is_refused(make_photos, tmp_path):
    root = make_photos("leaf on/1.jpg", "leaf off/1.jpg")
    imported = import_photos(root, tmp_path / "data", n_processes=1)
    with pytest.raises(DatasetError, match="found the labels leaf off, leaf on"):
        apply_scheme(imported.dataset, ISA_SCHEMES["Pr_Im"])


def test_a_wrong_scheme_is_told_before_photos_are_read(make_photos, tmp_path):
    def never(done, total):
        raise AssertionError("photos were read")

    root = make_photos("probable-1.jpg")
    options = ImportOptions(scheme="Pr_Imp", labels_from="none")
    with pytest.raises(DatasetError, match="Pr_Im, PrPo_Im"):
        import_photos(root, tmp_path / "data", options, n_processes=1, progress=never)


def test_no_photos_are_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="found none"):
        import_photos(tmp_path / "empty", tmp_path / "data")


def test_the_report_beside_the_data_set_names_everything(import_table):
    imported = import_table("file,label\na.jpg,Possible\nzz.jpg,Probable\n")
    written = json.loads((imported.dataset.folder / "import.json").read_text())
    assert written["rows_without_photo"] == ["row 3: zz.jpg"]
    assert written["unrated_files"] == ["b.jpg", "c.jpg"]
    assert load_dataset(imported.dataset.folder) == imported.dataset


def test_short_forms_hedges_and_missing_words_have_one_reading(import_table):
    text = "file,label\na.jpg,Imp.\nb.jpg,poss?\nc.jpg,n/a\n"
    imported = import_table(text)
    assert labels_of(imported) == {"a.jpg": "Improbable", "b.jpg": "Possible", "c.jpg": ""}
    report = imported.report
    assert report.taken_for == ("'Imp.' -> Improbable (1)", "'poss?' -> Possible (1)")
    assert (report.n_no_answer, report.n_doubtful) == ({"n/a": 1}, 1)


def test_missing_words_are_no_classes_of_labels_of_ones_own(import_table):
    text = "file,condition\na.jpg,good\nb.jpg,?\nc.jpg,n/a\n"
    imported = import_table(text, label_columns=("condition",))
    assert labels_of(imported) == {"a.jpg": "good", "b.jpg": "", "c.jpg": ""}


def test_none_is_an_answer_among_labels_of_ones_own_and_missing_on_the_scale(import_table):
    assert labels_of(import_table("file,label\na.jpg,none\nb.jpg,decay\n"))["a.jpg"] == "none"


def test_none_is_missing_on_the_scale_of_likelihood(import_table):
    assert labels_of(import_table("file,label\na.jpg,none\nb.jpg,Imp\n"))["a.jpg"] == ""


def test_a_row_that_does_not_fit_is_left_out_and_named(import_table):
    imported = import_table("file,label,tree\na.jpg,Possible,big, old,T1\nb.jpg,Probable,T2\n")
    assert labels_of(imported) == {"a.jpg": "", "b.jpg": "Probable", "c.jpg": ""}
    assert imported.report.refused_rows == ("row 2: 5 cells where the headers are 3",)
    assert (imported.report.n_without_tree, imported.report.n_without_site) == (2, 3)


def test_places_with_a_decimal_comma_are_read_and_one_out_of_range_is_named(import_table):
    text = "file;label;lat;lon\na.jpg;Possible;48,8566;2,3522\nb.jpg;Probable;95,5;2,3\n"
    imported = import_table(text)
    first, second, _ = imported.dataset.photos
    assert (first.facts.latitude, first.facts.longitude) == (48.8566, 2.3522)
    assert second.facts.latitude is None
    assert imported.report.unread_places[0].startswith("row 3: ")
    assert "decimal comma" in " ".join(imported.report.table_notes)


def test_a_map_file_names_columns_words_and_codes(import_table):
    from arborisk.tables.choices import TableChoices

    choices = TableChoices(
        columns={"file": "pic", "tree": "No."}, codes={"label": {"1": "Imp", "3": "Probable"}}
    )
    imported = import_table("pic,No.,rating\na.jpg,7,1\nb.jpg,8,3\n", choices=choices)
    assert labels_of(imported) == {"a.jpg": "Improbable", "b.jpg": "Probable", "c.jpg": ""}
    assert [row.tree_id for row in imported.dataset.photos] == ["7", "8", ""]
