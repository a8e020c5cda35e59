"""Ratings of whole assessments: words, ranges, chances; exact against brute force."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from risk_forms import assess, form

from arborisk.errors import AssessmentError
from arborisk.risk.rating.form_rows import assessment_of_rows, write_form
from arborisk.risk.rating.forms import assessment_of, read_form_file
from arborisk.risk.rating.rating import rate, value_of_information
from arborisk.risk.rating.rules import load_rules
from arborisk.risk.rating.sentences import TOO_MANY, rules_used
from arborisk.scales import Consequence, FailureLikelihood, ImpactLikelihood, RiskRating
from arborisk.tables.role_table import read_role_table

RULES = load_rules()


def spaced(text):
    """With plain spaces, so that tests can be read."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


FAILURE, IMPACT, CONSEQUENCES = (
    [level.word for level in kind] for kind in (FailureLikelihood, ImpactLikelihood, Consequence)
)


@pytest.mark.parametrize("words", [*itertools.product(FAILURE, IMPACT, CONSEQUENCES)])
def test_three_words_give_the_word_of_the_matrices(words):
    rated = rate(assess(*words))
    cell = (FAILURE.index(words[0]), IMPACT.index(words[1]), CONSEQUENCES.index(words[2]))
    assert rated.rating.possible == (RiskRating(int(RULES.outcome[cell])),)
    assert rated.rating.text == rated.rating.words[0]
    assert rated.event.is_certain


def test_missing_inputs_give_a_range_and_never_a_default():
    assert rate(assess("Probable", None, "Severe")).rating.words == ("Low", "Moderate", "High")
    assert rate(assess("Possible", None, None)).rating.words == ("Low", "Moderate")
    assert rate(assess(None, "High", "Severe")).rating.words == (
        "Low",
        "Moderate",
        "High",
        "Extreme",
    )
    assert rate(assess("Improbable", None, None)).rating.words == ("Low",)


def test_a_likelihood_alone_is_refused():
    with pytest.raises(AssessmentError, match=r"A photo gives a likelihood, never a rating"):
        rate(assess(targets=[]))


def test_chances_of_failure_give_chances_of_ratings_by_hand():
    rated = rate(assess({"Improbable": 0.5, "Possible": 0.3, "Probable": 0.2}, "High", "Severe"))
    assert rated.rating.lowest == pytest.approx((0.5, 0.3, 0.2, 0.0))
    assert spaced(rated.rating.text) == "Low 50 %, Moderate 30 %, High 20 %"
    assert spaced(rated.event.text) == "Unlikely 50 %, Somewhat likely 30 %, Likely 20 %"


def test_a_merged_class_is_a_range_of_words():
    rated = rate(assess({"Improbable": 0.6, "Possible | Probable": 0.4}, "High", "Severe"))
    assert not rated.rating.has_chances
    assert rated.rating.words == ("Low", "Moderate", "High")
    assert rated.rating.at_least(RiskRating.MODERATE) == pytest.approx((0.4, 0.4))
    assert rated.rating.at_least(RiskRating.HIGH) == pytest.approx((0.0, 0.4))


def test_the_highest_row_wins_and_a_finding_has_one_failure():
    # Two targets under one branch: both rows fall together, 30 %, not 1 - 0.7 ** 2.
    chance = {"Improbable": 0.7, "Probable": 0.3}
    targets = [
        {"name": name, "impact": "High", "consequences": "Severe"} for name in ("bench", "path")
    ]
    rated = rate(assess(chance, targets=targets))
    assert rated.rating.at_least(RiskRating.HIGH) == pytest.approx((0.3, 0.3))
    # Two branches above one target: independent.
    findings = [{"part": name, "failure": chance} for name in ("branch 1", "branch 2")]
    rated = rate(assess(findings=findings, targets=targets[:1]))
    assert rated.rating.at_least(RiskRating.HIGH) == pytest.approx((0.51, 0.51))


def test_what_rows_share_does_not_vary_between_them():
    # Whatever the consequences are, they are the same for both branches: Moderate cannot be.
    findings = [{"part": "a", "failure": "Probable"}, {"part": "b", "failure": "Imminent"}]
    target = {"name": "path", "impact": "High", "consequences": "Negligible | Severe"}
    rated = rate(assess(findings=findings, targets=[target]))
    assert rated.rating.words == ("Low", "Extreme")


WORDS = {
    "failure": FAILURE,
    "impact": IMPACT,
    "consequences": CONSEQUENCES,
}


@st.composite
def said(draw, words):
    """A range of words, or chances of them."""
    some = draw(st.lists(st.sampled_from(words), min_size=1, max_size=3, unique=True))
    if draw(st.booleans()):
        return some
    parts = [draw(st.integers(1, 5)) for _ in some]
    return {word: part / sum(parts) for word, part in zip(some, parts, strict=True)}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_exact_against_brute_force_over_every_joint_case(data):
    """Two findings above two targets, whose inputs each vary once."""
    findings = [{"part": part, "failure": data.draw(said(FAILURE))} for part in "ab"]
    targets = [
        {
            "name": name,
            "impact": data.draw(said(IMPACT)),
            "consequences": data.draw(said(CONSEQUENCES)),
        }
        for name in ("x", "y")
    ]
    rated = rate(assess(findings=findings, targets=targets))
    told = [one["failure"] for one in findings]
    told += [target[key] for target in targets for key in ("impact", "consequences")]
    scales = [FAILURE, FAILURE, IMPACT, CONSEQUENCES, IMPACT, CONSEQUENCES]
    for spread, pick in ((rated.rating.lowest, min), (rated.rating.highest, max)):
        expected, possible = np.zeros(4), set()
        for case in itertools.product(*told):
            cell = [scale.index(word) for scale, word in zip(scales, case, strict=True)]
            highest = max(
                int(RULES.outcome[failure, impact, consequence])
                for failure in cell[:2]
                for impact, consequence in (cell[2:4], cell[4:])
            )
            possible.add(highest)
            weight = 1.0
            for one, scale, word in zip(told, scales, case, strict=True):
                if isinstance(one, dict):
                    weight *= one[word]
                else:  # a range lies wholly at its lower or at its upper end
                    weight *= scale.index(word) == pick(scale.index(other) for other in one)
            expected[highest] += weight
        assert spread == pytest.approx(expected)
        assert {int(level) for level in rated.rating.possible} == possible


@settings(max_examples=40, deadline=None)
@given(*(said(words) for words in WORDS.values()), st.sampled_from(list(WORDS)))
def test_a_higher_word_never_lowers_any_chance(failure, impact, consequences, raised):
    told = {"failure": failure, "impact": impact, "consequences": consequences}
    top = WORDS[raised][-1]
    before, after = rate(assess(**told)).rating, rate(assess(**told | {raised: top})).rating
    for level in RiskRating:
        for low, high in zip(before.at_least(level), after.at_least(level), strict=True):
            assert high >= low - 1e-12


def test_the_most_telling_input_by_hand():
    # Rare or constant decides between Low and High; the consequences change nothing any more.
    found = value_of_information(
        assess(
            "Probable",
            None,
            "Significant | Severe",
            occupancy="Rare | Constant",
            protection="Exposed",
            zone="Within",
        )
    )
    assert [one.name for one in found] == ["occupancy of footpath", "consequences of footpath"]
    assert found[0].bits == pytest.approx(1.0)
    assert found[0].ratings_left == 1
    assert dict(found[0].by_answer) == {"Rare": "Low", "Constant": "High"}
    assert found[1].bits == pytest.approx(0.0)


@settings(max_examples=25, deadline=None)
@given(*(said(words) for words in WORDS.values()))
def test_knowing_something_never_widens_the_rating(failure, impact, consequences):
    assessment = assess(failure, impact, consequences)
    n_possible = len(rate(assessment).rating.possible)
    for one in value_of_information(assessment):
        assert one.bits >= 0
        assert one.ratings_left <= n_possible


def test_causes_of_the_highest_rating():
    rated = rate(assess({"Possible": 0.8, "Probable": 0.2}, "High", "Significant | Severe"))
    assert [cause.text for cause in rated.causes] == [
        "trunk, cavity: Probable × High × Significant (footpath)",  # noqa: RUF001
        "trunk, cavity: Probable × High × Severe (footpath)",  # noqa: RUF001
    ]
    assert rated.causes[0].chance == pytest.approx(0.1)


def test_residual_risk_is_what_the_assessor_entered_or_what_is_gone():
    options = [
        {"name": "fell", "removes_tree": True},
        {"name": "move the path", "removes_targets": ["footpath"]},
        {"name": "prune", "residual": [{"finding": "trunk", "failure": "Possible"}]},
        {"name": "cable"},
    ]
    rated = rate(assess("Probable", "High", "Severe", options=options))
    assert [(one.option.name, one.text) for one in rated.options] == [
        ("fell", "None"),
        ("move the path", "None"),
        ("prune", "Moderate"),
        ("cable", "not stated"),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"failure": "Probabel"}, "'Probabel'.*Did you mean 'Probable'"),
        ({"failure": 3}, "3.*a number.*Write the word"),
        ({"failure": "Possible-Foo"}, "'Possible-Foo'.*Correct the word"),
        ({"failure": {"Probable": 0.4, "Possible": 0.4}}, "sum of 0.8"),
        ({"failure": {"Probable": 1.2}}, "1.2 as the chance"),
        ({"impact": "High to Low"}, "wrong way round"),
        ({"time_frame_years": None}, "time frame.*means nothing"),
        ({"time_frame_years": -1}, "above 0 years"),
        ({"level": 4}, "level of the assessment.*4"),
        ({"assesor": "me"}, "Did you mean 'assessor'"),
        ({"always_there": True, "occupancy": "Rare"}, "Constant for a target.*Rare"),
        ({"pairs": [{"finding": "trunk", "target": "house"}]}, "a target of this form.*'house'"),
        ({"options": [{"name": "x", "removes_targets": ["pond"]}]}, "a target.*'pond'"),
        (
            {"options": [{"name": "x", "residual": [{"finding": "limb", "failure": "Possible"}]}]},
            "a finding of this form.*'limb'",
        ),
        ({"options": [{"name": "x", "cost": -5}]}, "cost: a number, 0 or more.*-5"),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(change, message):
    with pytest.raises(AssessmentError, match=message):
        assess(**change)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("probable", "Probable"),
        ("Possible | Probable", "Possible or Probable"),
        ("Probable or Possible", "Possible or Probable"),
        (["possible", "probable"], "Possible or Probable"),
        ("Improbable to Probable", "Improbable to Probable"),
        ("Possible-Probable", "Possible or Probable"),
        ("Imp.", "Improbable"),
        ("can't tell", "Improbable to Imminent"),
        ("not known", "Improbable to Imminent"),
        ({"possible": 0.25, "probable": 0.75}, "Possible 25 %, Probable 75 %"),
    ],
)
def test_words_as_people_type_them(typed, words):
    assert spaced(assess(typed).rows[0].failure.words) == words


def test_a_pair_goes_before_its_target():
    content = form("Probable", "Low", "Minor")
    content["pairs"] = [
        {"finding": "trunk, cavity", "target": "footpath", "impact": "High", "by": "K. Roe"}
    ]
    row = assessment_of(content, where="a test").rows[0]
    assert row.impact.words == "High"
    assert row.impact.by == "K. Roe"
    assert row.consequences.words == "Minor"
    assert row.consequences.by == "J. Doe"


def test_a_word_without_a_name_is_not_a_missing_word():
    row = assess("Probable", "not known", "Severe", assessor="", occupancy="Frequent").rows[0]
    assert row.failure.by == "not named"
    assert not row.failure.is_missing
    assert row.impact is None  # the default rule stands where nobody stated the impact
    assert row.protection.is_missing


@pytest.mark.parametrize("suffix", ["toml", "json", "csv"])
def test_what_was_stated_can_be_written_and_read_again(tmp_path, suffix):
    content = form("Possible | Probable", None, "Severe", occupancy="Frequent", zone="Within")
    content["targets"].append({"name": "house", "impact": "Low to High", "consequences": "Minor"})
    if suffix != "csv":
        content["findings"].append(
            {"part": "limb", "failure": {"Possible": 0.25, "Probable": 0.75}}
        )
        content["pairs"] = [{"finding": "limb", "target": "house", "consequences": "Significant"}]
    before = assessment_of(content, where="a test")
    path = tmp_path / f"tree.{suffix}"
    write_form(before, path)
    if suffix == "csv":
        after = assessment_of_rows(
            read_role_table(path, command="inventory"),
            {"level": 2, "time_frame_years": 3, "assessor": "J. Doe"},
        )
    else:
        after = assessment_of(read_form_file(path), where=str(path))
        assert after.rows == before.rows
    assert rate(after).rating == rate(before).rating
    assert [one.words for one in after.inputs] == [one.words for one in before.inputs]


def test_one_tree_of_a_table(tmp_path):
    path = tmp_path / "trees.csv"
    lines = ["tree,part,target,failure,impact,consequences"]
    path.write_text("\n".join([*lines, "T1,limb,path,Probable,High,Severe", "T2,limb,path,,,"]))
    told = {"level": 2, "time_frame_years": 3}
    table = read_role_table(path, command="inventory")
    assert rate(assessment_of_rows(table, {"tree": "T1", **told})).rating.words == ("High",)
    with pytest.raises(AssessmentError, match="Name it with --tree"):
        assessment_of_rows(table, told)
    path.write_text(path.read_text() + "\nT1,limb,road,Possible,High,Severe")
    with pytest.raises(AssessmentError, match="'Probable' and 'Possible'"):
        assessment_of_rows(read_role_table(path, command="inventory"), {"tree": "T1", **told})


def test_too_many_shared_inputs_are_said_to_be_taken_as_independent():
    targets = [{"name": f"target {number}"} for number in range(5)]
    findings = [{"part": part, "failure": "Possible"} for part in "ab"]
    rated = rate(assess(findings=findings, targets=targets))
    assert rated.rating.words == ("Low", "Moderate")
    assert TOO_MANY in list(rules_used(rated))
    assert TOO_MANY not in list(rules_used(rate(assess("Possible", None, None))))
