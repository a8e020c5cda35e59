"""Schemes that a bundle cannot state are refused early and in words."""

import pytest

from arborisk.bundle.record import ClassRecord, SchemeRecord
from arborisk.dataset.schemes import as_labelled
from arborisk.errors import DatasetError


@pytest.mark.parametrize(
    ("label", "why"),
    [
        ("-dead", r"name '-dead', which is empty or begins with a blank, =, \+, - or @"),
        ("d" * 61, "longer than 60 characters"),
        ("de\x07ad", "cannot be printed"),
    ],
    ids=["formula", "long", "unprintable"],
)
def test_a_label_that_cannot_name_a_column(label, why):
    with pytest.raises(DatasetError, match=f"{why}.*--map"):
        SchemeRecord.of(as_labelled({label, "sound"}))


def test_a_single_class_is_no_scheme():
    with pytest.raises(DatasetError, match="classes, which holds too few"):
        SchemeRecord.of(as_labelled({"sound"}))


@pytest.mark.parametrize("members", [("Imminent",), ("imminent",), ("Imminent", "fallen")])
def test_no_class_is_imminent(members):
    low = ClassRecord(name="low", title="low", members=("Improbable", "Possible", "Probable"))
    high = ClassRecord(name="high", title="high", members=members)
    isa_words = {"low": low.members, "high": ()} if len(members) == 1 else None
    with pytest.raises(ValueError, match="class 'high' says Imminent"):
        SchemeRecord(
            name="x", ordered=True, study_only=False, classes=(low, high), isa_words=isa_words
        )
