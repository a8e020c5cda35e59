"""Tables as arborists type them: long and wide, messy words, blanks, repeats, rounds."""

import numpy as np
import pytest

from arborisk.agreement.ratings import BLIND, NOT_STATED, SHOWN
from arborisk.agreement.reading import ReadingOptions, read_ratings
from arborisk.errors import DatasetError, TableError
from arborisk.tables.rating_words import is_no_answer, isa_word

ISA = ("Improbable", "Possible", "Probable")


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("prob.", "Probable"),
        ("Probable ", "Probable"),
        ("PROBABLE?", "Probable"),
        ("poss", "Possible"),
        ("imp", "Improbable"),
        ("Probable (dead top)", "Probable"),
        ("imm.", "Imminent"),
        ("p", None),
        ("im", None),
        ("po", None),
    ],
)
def test_words_that_can_mean_one_thing_only_are_read(word, label):
    assert isa_word(word) == label


@pytest.mark.parametrize("word", ["n/a", "-", "can't tell", "can\u2019t tell", "?", "N/A", "--"])
def test_words_for_no_answer_are_no_class(word):
    assert is_no_answer(word)


def test_long_form(write):
    found = read_ratings(
        write(
            "Photo;Tree;Arborist;LoF\nIMG_1.JPG;7;J.B.;prob.\nimg_1.jpg;7;Tom;PROBABLE?\n"
            "IMG_2.jpg;7;jb;poss\nIMG_2.jpg;7;Tom;n/a\nimg_3;;JB;imp\nimg_3;;Tom;\n"
        )
    )
    assert found.scheme.titles == ISA
    assert found.kind == "photo"
    assert found.items == ("IMG_1.JPG", "IMG_2.jpg", "img_3")
    assert len(found.raters) == 2
    assert found.trees[0] == found.trees[1] != found.trees[2]
    jb, tom = (found.raters.index(name) for name in ("J.B.", "Tom"))
    assert found.first()[:, jb].tolist() == [2, 1, 0]
    assert found.first()[:, tom].tolist() == [2, -1, -1]
    notes = " ".join(found.notes)
    assert "2 cells without a rating ('n/a' 1)" in notes
    assert "1 rating with a question mark" in notes
    assert "also" in notes and "jb" in notes


def test_wide_form_with_names_as_headers_is_the_same_as_long(write):
    wide = read_ratings(
        write("Tree no.,JB,Maria,Notes\n1,prob.,poss,windy\n2,imp,,\n3,can't tell,Imp.,x\n")
    )
    long = read_ratings(
        write(
            "tree,rater,label\n1,JB,Probable\n1,Maria,Possible\n2,JB,Improbable\n"
            "3,Maria,Improbable\n",
            "long.csv",
        )
    )
    assert wide.raters == long.raters == ("JB", "Maria")
    assert wide.kind == "tree"
    np.testing.assert_array_equal(wide.first(), long.first())


def test_two_rows_of_a_tree_in_wide_form_are_repeats(write):
    found = read_ratings(write("tree,JB,Ann\n1,imp,imp\n2,prob,poss\n1,poss,imp\n"))
    assert len(found.item) == 6
    assert found.first()[0].tolist() == [0, 0]


def test_rounds_order_the_ratings_whatever_the_order_of_the_rows(write):
    found = read_ratings(
        write("tree,rater,label,round\n1,A,Probable,2\n1,A,Possible,1\n1,B,Improbable,1\n")
    )
    assert found.first().tolist() == [[1, 0]]
    assert (found.saw_model == NOT_STATED).all()
    assert "Rounds are taken as repeats" in " ".join(found.notes)


def test_whether_the_model_was_seen_is_read_from_a_column_or_a_round(write):
    text = "tree,rater,label,{}\n1,A,Probable,{}\n1,A,Possible,{}\n1,B,Improbable,\n"
    by_column = read_ratings(write(text.format("Saw model", "yes", "no")))
    by_round = read_ratings(write(text.format("Round", "after", "before"), "round.csv"))
    assert by_column.saw_model.tolist() == [SHOWN, BLIND, NOT_STATED]
    assert sorted(by_round.saw_model.tolist()) == sorted([SHOWN, BLIND, NOT_STATED])
    # What was said with the model in sight does not count for agreement between people.
    assert by_column.first().tolist() == by_round.first().tolist() == [[1, 0]]
    with pytest.raises(DatasetError, match=r"yes or no.*'perhaps'.*row 2"):
        read_ratings(write(text.format("saw_model", "perhaps", "no")))


def test_unknown_words_are_refused_by_name_or_counted(write):
    path = write("tree,rater,label\n1,A,Probable\n1,B,poss/prob\n2,A,imp\n2,B,poss/prob\n")
    with pytest.raises(DatasetError, match=r"'poss/prob' \(2\).*--map"):
        read_ratings(path)
    mapped = read_ratings(path, ReadingOptions(word_map={"poss/prob": "Possible"}))
    assert mapped.first().tolist() == [[2, 1], [0, 1]]
    skipped = read_ratings(path, ReadingOptions(skip_unknown=True))
    assert len(skipped.item) == 2
    assert "passed over: 'poss/prob' 2" in " ".join(skipped.notes)


def test_labels_of_the_users_own_have_no_order(write):
    found = read_ratings(
        write("photo,rater,label\na,A,leaf on\na,B,Leaf On?\nb,A,leaf off\nc,A,leaf on\n")
    )
    assert found.scheme.titles == ("leaf off", "leaf on")
    assert not found.scheme.ordered
    assert found.first().tolist() == [[1, 1], [0, -1], [1, -1]]


def test_a_scheme_joins_classes_and_leaves_others_out(write):
    path = write("tree,rater,label\n1,A,prob\n1,B,poss\n2,A,imp\n2,B,imp\n")
    joined = read_ratings(path, ReadingOptions(scheme="PrPo_Im"))
    assert joined.first().tolist() == [[1, 1], [0, 0]]
    two = read_ratings(path, ReadingOptions(scheme="Pr_Im"))
    assert two.first().tolist() == [[1, -1], [0, 0]]
    assert "no class, left out: 'Possible' 1" in " ".join(two.notes)


def test_imminent_is_told_first(write):
    found = read_ratings(write("tree,rater,label\n1,A,imminent\n1,B,prob\n2,A,imp\n2,B,imp\n"))
    assert found.notes[0].startswith("1 rating Imminent (1): have these trees seen to now")
    assert found.first()[0].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tree,rater,label\n1,,Probable\n2,A,imp\n", "a rater for every rating.*row 2"),
        ("tree,rater,label\n,A,Probable\n2,A,imp\n", "a tree in every row.*row 2"),
        ("rater,label\nA,Probable\n", "--column file=HEADER"),
        ("tree,when\n1,2\n", "--column label=HEADER"),
        ("tree,rater,label\n1,A,imp\n1,B,imp\n", "at least two classes.*only Improbable"),
        ("photo,tree,rater,label\na,1,A,imp\na,2,B,prob\n", "one tree for a photo.*'1' in row 2"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_remedy(write, text, message):
    with pytest.raises((DatasetError, TableError), match=message):
        read_ratings(write(text))


def test_words_taken_for_labels_and_rows_left_out_are_told(write):
    text = "tree,rater,label\n1,A,Imp.\n1,B,poss?\n2,A,prob\n2,B,prob,sure, old\n3,A,-\n"
    notes = " ".join(read_ratings(write(text)).notes)
    assert "'Imp.' as Improbable 1, 'poss?' as Possible 1, 'prob' as Probable 1" in notes
    assert "1 row of the table cannot be used, left out: row 5: 5 cells" in notes
    assert "1 rating with a question mark or a hedge" in notes
    assert "1 cell without a rating ('-' 1): missing" in notes


def test_imminent_in_a_range_or_an_unknown_word_is_named(write):
    rows = "tree,rater,label\n1,A,imp\n1,B,Imminent!! call\n2,A,imp\n2,B,prob\n3,A,imm.\n3,B,imm.\n"
    found = read_ratings(write(rows), ReadingOptions(skip_unknown=True))
    assert found.imminent == ("tree 1", "tree 3")
