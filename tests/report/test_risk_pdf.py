"""The draft report on paper: the words of the page, numbered, whole on A4 and US letter."""

import builtins
import datetime
import html
import io
import math
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

import arborisk
from arborisk.cli.risk_rate import rate as rate_command
from arborisk.errors import AssessmentError, MissingDependencyError, SettingsError
from arborisk.report.pdf_sheet import check_letters, font_files
from arborisk.report.risk_draft import (
    CHANCES_CAPTION,
    NOT_THIS,
    PHOTO_CAPTION,
    STANDING,
    risk_draft,
    risk_page,
)
from arborisk.report.risk_pdf import About, draw_pdf, risk_pdf
from arborisk.risk.model_answers import NOT_IMMINENT
from arborisk.risk.rating.forms import assessment_of
from arborisk.risk.rating.rating import rate, value_of_information
from arborisk.scales import RiskRating
from arborisk.wording.intervals import share_range
from arborisk.wording.sentences import IMMINENT, NEVER_IMMINENT

FORM = {
    "tree": "Bäume & <b>17</b>",
    "assessor": "J. Doe",
    "date": "2026-05-04",
    "level": 1,
    "time_frame_years": 3,
    "limitations": ["ivy on the lower trunk"],
    "species": "Quercus robur",
    "client": "Łódź Parks, Ms Müller",
    "dbh": "24 in",
    "notes": "brackets at the base",
    "findings": [{"part": "crown", "condition": "dead limb", "failure": "Possible | Probable"}],
    "targets": [
        {"name": "footpath", "impact": "High", "consequences": "Severe"},
        {"name": "house", "zone": "Within", "consequences": "Minor"},
    ],
    "options": [
        {"name": "cable the crown", "cost": 1900},
        {"name": "fell", "removes_tree": True},
    ],
}
A4_HIGH_PT, LETTER_HIGH_PT, UNPRINTABLE_PT = 842, 792, 18


def rated(**changes):
    assessment = assessment_of(FORM | changes, where="a test")
    return rate(assessment), value_of_information(assessment)


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    path = tmp_path_factory.mktemp("photo") / "tree.jpg"
    Image.linear_gradient("L").save(path)
    return path


@pytest.fixture(scope="module")
def paper(photo):
    return PdfReader(io.BytesIO(risk_pdf(*rated(), photo=photo)))


def plain(text):
    return " ".join(text.split())


def sentences(draft):
    for table in (draft.parts, draft.options, draft.inputs):
        yield from table.columns
        for row in table.rows:
            yield from row
    for one in draft.telling:
        yield from (one.name, one.words)
        yield from (f"{answer}: {rating}" for answer, rating in one.by_answer)
    for one in draft.signature:
        yield from (one.name, one.text)
    yield from (text for one in draft.facts if one.text for text in (one.name, one.text))
    yield from draft.notes
    yield from (draft.kind, draft.title, draft.subtitle, draft.headline, *draft.caveats)
    yield from (one.words for one in draft.chances)
    yield from (draft.rating_words, draft.causes, draft.idle, draft.not_assumed, draft.alert)
    yield from (*draft.rules, *NOT_THIS, PHOTO_CAPTION, CHANCES_CAPTION, STANDING)


def test_page_and_paper_say_the_same_and_never_too_much(paper, photo):
    draft = risk_draft(*rated())
    assert draft.chances and draft.telling and draft.options.rows
    on_paper = plain(" ".join(page.extract_text() for page in paper.pages))
    body = re.sub(r"<style>.*?</style>", "", risk_page(*rated(), photo=photo), flags=re.DOTALL)
    on_page = plain(html.unescape(re.sub(r"<[^>]+>", "", body)))
    for sentence in sentences(draft):
        assert plain(sentence) in on_paper
        assert plain(sentence) in on_page
    assert "safe" not in on_paper.lower()
    assert "keep people away and call an arborist now" in on_paper
    assert "the far side" in on_paper  # Level 1: what was not inspected


def test_a_chance_of_a_rating_has_both_its_ends():
    """Possible or Probable, whichever: High impact and Severe is Moderate or High at the least."""
    draft = risk_draft(*rated())
    for one, (low, high) in zip(
        draft.chances, map(rated()[0].rating.at_least, list(RiskRating)[1:]), strict=True
    ):
        assert (one.low, one.high) == (low, high)
    widest = max(draft.chances, key=lambda one: one.high - one.low)
    assert (widest.low, widest.high) == (0.0, 1.0)
    assert widest.words == share_range(0.0, 1.0)


def test_a_model_says_what_it_cannot_say():
    tree, information = rated()
    about = replace(tree.assessment, notes=(NOT_IMMINENT,))
    paper = PdfReader(io.BytesIO(risk_pdf(replace(tree, assessment=about), information)))
    assert NEVER_IMMINENT in plain(" ".join(page.extract_text() for page in paper.pages))


def test_every_page_is_a_numbered_draft(paper):
    for number, page in enumerate(paper.pages, start=1):
        foot = f"Draft until signed · tree Bäume & <b>17</b> · page {number} of {len(paper.pages)}"
        assert foot in plain(page.extract_text())
    long = PdfReader(io.BytesIO(risk_pdf(*rated(tree="oak " * 60))))
    assert "oak … · page 1" in plain(long.pages[0].extract_text())
    assert paper.metadata.title == risk_draft(*rated()).title


def test_the_file_says_who_and_when(paper):
    about = paper.metadata
    assert (about.author, about.creator) == ("J. Doe", f"arborisk {arborisk.__version__}")
    assert about.subject.startswith("Tree risk assessment, level 1, inspected 2026-05-04.")
    assert about.creation_date.date() == datetime.date(2026, 5, 4)
    nobody = PdfReader(io.BytesIO(risk_pdf(*rated(assessor="", date="")))).metadata
    assert nobody.author == "not named"
    assert "day of inspection not stated" in nobody.subject
    assert nobody.creation_date.year > 2000  # the day of writing, not a stand-in


def test_what_is_not_stated_is_a_line_for_the_pen():
    blank = risk_draft(*rated())
    assert {one.name for one in blank.facts if not one.text} >= {"Place", "Next inspection"}
    text = pages_of(rated(notes="", client=""))
    assert "Client" in text[-2] + text[-1]
    body = risk_page(*rated(client=""))
    assert "<dt>Client" not in body


def test_imminent_stands_above_all_else_on_paper():
    findings = [{"part": "limb", "failure": "Imminent"}]
    text = pages_of(rated(findings=findings, options=[]))
    assert text[0].split("arborisk 0.1.0", 1)[1].strip().startswith(IMMINENT)
    assert IMMINENT not in "".join(pages_of(rated()))


def pages_of(tree):
    """Text of each page."""
    paper = PdfReader(io.BytesIO(risk_pdf(*tree)))
    return [plain(page.extract_text()) for page in paper.pages]


@pytest.mark.parametrize(
    ("findings", "words", "expected"),
    [
        (1, "Probable", 2),
        (1, "Possible | Probable", 2),
        (12, "Probable", 2),
        (12, "", 4),
        (50, "Probable", 4),
    ],
)
def test_no_page_is_empty_and_there_are_as_many_as_needed(findings, words, expected):
    changes = {
        "findings": [{"part": f"limb {one}", "failure": words} for one in range(findings)],
        "targets": FORM["targets"][:1],
        "options": [],
    }
    pages = pages_of(rated(**changes))
    assert len(pages) == expected
    for page in pages:
        assert len(page) > 250, page


@pytest.mark.parametrize("height_pt", range(660, 722, 6))
def test_what_ends_near_the_foot_of_a_page_brings_no_empty_one(height_pt):
    about = About("title", "subject", "author", datetime.date(2026, 5, 4), "foot")

    def story(sheet):
        box = sheet.boxed([sheet.line("one")], edge="#000000", fill="#ffffff")
        return [sheet.space(height_pt), box, sheet.space(20)]

    pages = [
        plain(page.extract_text()) for page in PdfReader(io.BytesIO(draw_pdf(story, about))).pages
    ]
    assert "one" in pages[-1]


def test_nothing_is_cut_when_printed_on_letter_unscaled(paper):
    lost = (A4_HIGH_PT - LETTER_HIGH_PT) / 2 + UNPRINTABLE_PT
    heights = []

    def note(text, moved, within, *rest):
        if text.strip():
            heights.append(moved[1] * within[4] + moved[3] * within[5] + moved[5])

    for page in paper.pages:
        page.extract_text(visitor_text=note)
    assert min(heights) > lost
    assert max(heights) + 12 < A4_HIGH_PT - lost


def test_letters_and_photo_are_inside_the_file(paper):
    shown = [page["/Resources"]["/Font"][name] for page in paper.pages for name in fonts(page)]
    assert shown
    for font in shown:
        assert "/FontFile2" in font["/FontDescriptor"]
    (image,) = paper.pages[0].images
    assert image.image.size == (256, 256)


def fonts(page):
    """Names of the fonts that a page sets text in."""
    content = page.get_contents().get_data().decode("latin-1")
    pieces = re.findall(r"(/F\S+) \d\S* Tf|(Tj)", content)
    used, now = set(), None
    for name, _ in pieces:
        now = name or now
        if not name:
            used.add(now)
    return used


def test_the_same_rating_gives_the_same_bytes():
    assert risk_pdf(*rated()) == risk_pdf(*rated())


def test_nothing_is_lost_where_a_page_ends():
    limitations = [f"ivy{number}" for number in range(1000)]
    findings = [{"part": f"limb {number}", "failure": "Probable"} for number in range(20)]
    findings[0]["condition"] = "crack " * 600
    targets = FORM["targets"][:1]
    changes = {"limitations": limitations, "findings": findings, "targets": targets}
    found = PdfReader(io.BytesIO(risk_pdf(*rated(**changes, options=[]))))
    pages = [page.extract_text() for page in found.pages]
    text = plain(" ".join(pages))
    assert all(f"ivy{number}" in text for number in range(1000))
    assert all(f"likelihood of failure of limb {number}" in text for number in range(20))
    draft = risk_draft(*rated(**changes, options=[]))
    cells = [cell for table in (draft.parts, draft.inputs) for row in table.rows for cell in row]
    stated = " ".join((*cells, draft.causes, draft.alert))
    assert text.count("crack") == stated.count("crack")
    assert sum("consequences rating" in plain(page) for page in pages) > 1  # the head again


@pytest.mark.parametrize("letter", ["樹", "ש"])
def test_letters_that_would_be_lost_are_refused(letter):
    with pytest.raises(AssessmentError, match="Write the page instead"):
        risk_pdf(*rated(tree=letter))


def test_a_few_words_make_no_report():
    tree, information = rated()
    about = replace(tree.assessment, time_frame_years=math.nan)
    with pytest.raises(AssessmentError, match="time_frame_years"):
        risk_draft(replace(tree, assessment=about), information)


def test_an_accent_typed_beside_its_letter_is_set_on_it():
    assert "Müller" in pages_of(rated(assessor="Mu\N{COMBINING DIAERESIS}ller"))[0]


def test_letters_known_to_the_font_pass():
    check_letters("A b\n", {65, 98})


def test_without_matplotlib_the_letters_are_those_of_reportlab(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert font_files(Path("r/__init__.py"))[0] == Path("r/fonts/Vera.ttf")


def test_a_missing_package_names_its_extra(monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **others):
        if name.split(".")[0] == "reportlab":
            raise ImportError(name)
        return real(name, *rest, **others)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.delitem(sys.modules, "reportlab", raising=False)
    with pytest.raises(MissingDependencyError, match=r"\[pdf\]"):
        risk_pdf(*rated())


def test_the_command_writes_by_suffix(tmp_path):
    words = {"failure": "Probable", "target": "path", "level": 1, "time_frame_years": 3.0}
    rate_command(**words, tree="T", out=tmp_path / "T.PDF")
    assert (tmp_path / "T.PDF").read_bytes().startswith(b"%PDF-")
    with pytest.raises(SettingsError, match=r"\.docx"):
        rate_command(**words, out=tmp_path / "T.docx")
