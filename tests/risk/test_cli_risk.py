"""``arborisk risk``: the command line gives what Python gives, and never too much."""

import json

import pytest
import tomli_w
from risk_forms import form
from typer.testing import CliRunner

from arborisk.cli.risk import app
from arborisk.errors import ArboriskError
from arborisk.risk.rating.forms import assessment_of
from arborisk.risk.rating.rating import rate, value_of_information
from arborisk.risk.rating.sentences import rating_json
from arborisk.wording.sentences import IMMINENT


def run(*arguments):
    done = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


WORDS = ("--level", 1, "--time-frame-years", 3, "--target", "path", "--tree", "T-9")
OPTIONS = [{"name": "fell", "cost": 900, "removes_tree": True}]


@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_a_form_gives_what_python_gives(tmp_path, suffix):
    content = form("Possible | Probable", "High", None, options=OPTIONS)
    path = tmp_path / f"tree.{suffix}"
    path.write_text(
        tomli_w.dumps(without_none(content)) if suffix == "toml" else json.dumps(content)
    )
    assessment = assessment_of(content, where="a test")
    expected = rating_json(rate(assessment), value_of_information(assessment))
    assert json.loads(run("rate", path, "--format", "json")) == json.loads(json.dumps(expected))


def without_none(content):
    if isinstance(content, dict):
        return {key: without_none(value) for key, value in content.items() if value is not None}
    return [without_none(one) for one in content] if isinstance(content, list) else content


def test_words_on_the_command_line():
    words = ("--failure", "probable", "--impact", "high", "--consequences", "severe")
    found = json.loads(run("rate", *words, *WORDS, "--format", "json"))
    assert found["risk_rating"] == "High"
    assert found["failure_and_impact"] == "Likely"
    assert found["distribution"] == {"Low": 0, "Moderate": 0, "High": 1, "Extreme": 0}
    assert any("Matrix 1" in rule for rule in found["rules"])
    missing = json.loads(run("rate", *words[:4], *WORDS, "--format", "json"))
    assert missing["risk_rating"] == ["Low", "Moderate", "High"]
    assert missing["distribution"] is None
    assert missing["information"][0]["input"] == "consequences of path"


@pytest.mark.parametrize("option", ["--impact-chance", "--harm-chance", "--loss"])
def test_harm_and_loss_are_never_of_a_whole_table(tmp_path, option):
    (tmp_path / "p.csv").write_text("photo,likelihood\na,Probable\n")
    model = ["--model", str(tmp_path / "p.csv"), "--storms", "0.2", option, "0.1"]
    found = CliRunner().invoke(app, ["annual", *model])
    assert isinstance(found.exception, ArboriskError)
    assert "never for a sum over trees" in str(found.exception)


def test_a_few_words_are_looked_up_and_make_no_report(tmp_path):
    words = ["--failure", "probable", "--impact", "high", "--consequences", "severe"]
    found = CliRunner().invoke(app, ["rate", *words, "--format", "json"])
    content = json.loads(found.stdout)
    assert (content["failure_and_impact"], content["risk_rating"]) == ("Likely", "High")
    assert (content["level"], content["time_frame_years"]) == (1, None)
    text = CliRunner().invoke(app, ["rate", *words]).stdout
    assert "Time frame not stated" in text
    assert "Level not stated: taken as Level 1" in text
    page = CliRunner().invoke(app, ["rate", *words, "--out", str(tmp_path / "a.html")])
    assert page.exit_code != 0
    assert not (tmp_path / "a.html").exists()


def test_the_text_names_time_frame_target_level_and_who(tmp_path):
    said = run("rate", "--failure", "probable", "--assessor", "J. Doe", *WORDS)
    for words in ("over 3 years", "targets: path", "Level 1", "by J. Doe", "not known", "Draft"):
        assert words in said
    page = tmp_path / "page.html"
    run("rate", "--failure", "probable", *WORDS, "--out", page)
    text = page.read_text()
    assert "Draft until signed" in text
    assert "No assessor is named" in text
    for told in (said, text):
        assert "safe" not in told.lower()


def test_a_likelihood_alone_is_refused():
    with pytest.raises(ArboriskError, match="never a rating"):
        run("rate", "--failure", "probable", "--level", 1, "--time-frame-years", 3)


def test_matrices_are_printed_with_their_sources():
    said = run("matrices")
    assert said.count("Source:") == 3
    assert "Very likely                       Low         Moderate  High         Extreme" in said


def test_annual_chance_harm_and_loss():
    told = ("--impact-chance", "0.02", "--harm-chance", "0.1..0.3", "--loss", "500..1500")
    person = ("--person", "one walker")
    words = ("annual", "--storms", "0.2", "--failure", "probable", *told, *person)
    found = json.loads(run(*words, "--format", "json"))
    chance = found["chance"][0]["mean"]
    assert found["harm"]["mean"] == pytest.approx(chance * 0.02 * 0.2)
    assert found["harm"]["band"] == "above the limit for the public"
    assert found["loss"]["mean"] == pytest.approx(chance * 0.02 * 1000)
    said = run(*words)
    for phrase in ("mostly of branches", "126701", "an assumption", "Whose: one walker"):
        assert phrase in said


def test_annual_says_imminent_first():
    words = ("annual", "--storms", "0.2", "--failure", "Probable to Imminent")
    done = CliRunner().invoke(app, list(words))
    assert done.stdout.startswith(IMMINENT)
    assert done.stderr.startswith(IMMINENT)
    found = json.loads(run(*words, "--format", "json"))
    assert next(iter(found)) == "imminent"
    assert json.loads(run(*words[:-1], "probable", "--format", "json"))["imminent"] is None


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--impact-chance", "0.1", "--harm-chance", "0.1"), "whose risk"),
        (("--impact-chance", "1.2"), "--impact-chance"),
        (("--impact-chance", "0.1", "--loss", "1", "--years", "3"), "one year"),
        (("--equivalent", "Improbable"), "CLASS=N"),
        (("--years", "0"), "above 0 years"),
    ],
)
def test_impossible_requests_are_refused(more, message):
    with pytest.raises(ArboriskError, match=message):
        run("annual", "--storms", "0.2", "--failure", "probable", *more)


def test_inventory_and_plan(tmp_path):
    trees = tmp_path / "trees.csv"
    trees.write_text("tree,target,failure,impact,consequences\nT1,road,Probable,High,Severe\n")
    out = tmp_path / "rated.csv"
    said = run("inventory", trees, "--out", out, "--time-frame-years", 3)
    assert "High: 1" in said
    assert "safe" not in said.lower()
    trees.write_text(trees.read_text() + "T2,road,Often,High,Severe\n")
    told = ("inventory", trees, "--out", out, "--time-frame-years", 3)
    done = CliRunner().invoke(app, list(map(str, told)))
    assert done.exit_code == 3
    assert "'Often'" in done.stdout
    options = tmp_path / "options.csv"
    options.write_text("tree,option,cost,risk,risk_after\nT1,fell,5,3,0\nT2,fell,6,2,0\n")
    found = json.loads(run("plan", options, "--budget", 10, "--format", "json"))
    assert (found["risk_removed"], found["risk_left"], found["gap"]) == (3.0, 2.0, 0.0)
    page = tmp_path / "plan.html"
    said = run("plan", options, "--budget", 10, "--page", page, "--unit", "euros a year")
    text = page.read_text()
    assert "2 euros a year remains" in text or "2 remains" in text
    assert "was not found to be without risk" in text
    assert "safe" not in text.lower()
    assert "thresholds for one person's risk do not apply" in said


def test_explain_reads_out_every_cell(tmp_path):
    table = tmp_path / "trees.csv"
    table.write_text(
        "tree,part,target,failure,occupancy,protection,zone,consequences\n"
        "T1,limb,path,Probable,Frequent,Exposed | Partly protected,Within,Severe\n"
    )
    said = run("explain", table, "--level", 2, "--time-frame-years", 3)
    for line in (
        "Row 1: limb, above path",
        "Impact, default rule: Frequent, Exposed, Within: Medium",
        "Impact, default rule: Frequent, Partly protected, Within: Low",
        "Probable and Low: Unlikely (matrix 1); with Severe: Low (matrix 2)",
        "Probable and Medium: Somewhat likely (matrix 1); with Severe: Moderate (matrix 2)",
    ):
        assert line in said
    assert "over 3 years" in said
