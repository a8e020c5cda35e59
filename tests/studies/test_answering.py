"""The rule of answers that a bundle records."""

import pytest

from arborisk.dataset.schemes import load_scheme
from arborisk.errors import SettingsError
from arborisk.studies.answering import stated_costs, with_answers
from arborisk.studies.settings import load_settings

SCHEME = load_scheme("Pr_Po_Im", set())
COSTS = {"Improbable": {"Pr": 20}, "Possible": {"Probable": 10}}


def test_costs_are_read_by_name_or_title_and_recorded(fake_description):
    settings = load_settings({"answer": "cost", "costs": COSTS})
    assert stated_costs(settings, SCHEME).tolist() == [[0, 0, 20], [0, 0, 10], [0, 0, 0]]
    found = with_answers(fake_description, settings, SCHEME, None)
    assert found.answer_rule == "cost"
    assert found.answer_costs["Im"] == {"Im": 0.0, "Po": 0.0, "Pr": 20.0}
    plain = with_answers(fake_description, load_settings({}), SCHEME, None)
    assert (plain.answer_rule, plain.answer_costs) == ("likeliest", {})


@pytest.mark.parametrize(
    "given",
    [{"answer": "cost"}, {"costs": COSTS}, {"answer": "cost", "costs": {"Oak": {"Pr": 1}}}],
)
def test_a_rule_without_its_costs_is_refused(given):
    with pytest.raises(SettingsError, match=r"one without the other|'Oak'"):
        stated_costs(load_settings(given), SCHEME)


def test_an_unknown_rule_is_refused():
    with pytest.raises(SettingsError, match="answer: input should be"):
        load_settings({"answer": "highest"})
