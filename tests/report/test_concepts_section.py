"""The section on concepts: what moves the answer, what does not, what cannot be read."""

import numpy as np
import pytest

pytest.importorskip("torch")

from arborisk.explanation.concepts.sets import ConceptFinding, Concepts, ConceptSet
from arborisk.records import Interval
from arborisk.report.concepts_section import concepts_section
from arborisk.report.page import _environment


def finding(title, standing, cosine):
    p_value = None if standing == "not readable" else 0.01
    return ConceptFinding(
        title,
        "last maps",
        standing,
        f"Of {title}.",
        accuracy=0.9,
        chance_accuracy=0.6,
        cosine=cosine,
        spread=(cosine - 0.1, cosine + 0.1),
        random_band=(-0.05, 0.05),
        positive_share=1.0,
        p_value=p_value,
        corrected_p=p_value,
        direct=Interval(cosine, cosine - 0.2, cosine + 0.2),
    )


def page(content):
    template = _environment().from_string(
        '{% import "concepts_section.html.j2" as part %}{{ part.section(content) }}'
    )
    return template.render(content=content)


def test_the_headline_names_what_moves_the_answer():
    findings = (
        finding("dead wood", "towards", 0.4),
        finding("sky", "away", -0.3),
        finding("wires", "no more than random", 0.02),
        finding("lean", "not readable", 0.3),
    )
    found = Concepts("Probable and not Possible", findings, True, 20, 400, drawn=True)
    picture = np.zeros((12, 32, 32, 3), np.uint8)
    content = concepts_section(found, (ConceptSet("dead wood", picture, picture),))
    assert content.headline == (
        "Concepts that move the answer towards it: dead wood; away from it: sky."
    )
    text = page(content)
    assert "not readable: no statement" in text and "last layer is linear" in text
    assert "what holds for drawn wires need not for real ones" in text
    assert text.count("data:image/jpeg;base64,") == 2 and text.count("<svg") == 2


def test_no_concept_is_said_so():
    found = Concepts("A and not B", (finding("sky", "not readable", 0.1),), False, 20, 400, False)
    content = concepts_section(found)
    assert content.headline.startswith("No concept moves the answer more than a random direction")
    assert "linear" not in page(content) and "drawn wires" not in page(content)
