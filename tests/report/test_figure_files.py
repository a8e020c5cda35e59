"""Figures as SVG and PDF, tables as LaTeX: as the page shows them, and only where asked for."""

import pytest

pytest.importorskip("matplotlib")

from arborisk.report.figure_files import figures_into, latex_table, save_tables
from arborisk.report.style import draw_svg

PAGE = (
    "<h2>All <em>metrics</em></h2><table><tr><th>a<br>metric</th><th>n</th></tr>"
    "<tr><td>F_1 &amp; more</td><td>12 %</td></tr></table>"
    "<table><tr><th>again</th></tr></table>"
)


def paint(figure):
    figure.subplots().plot([0, 1])


def test_a_figure_is_also_written_as_svg_and_pdf_with_the_same_bytes(tmp_path):
    alone = draw_svg("Two words", (3, 2), paint, "a line")
    for folder in ("first", "second"):
        with figures_into(tmp_path / folder):
            assert draw_svg("Two words", (3, 2), paint, "a line") == alone
    names = sorted(path.name for path in (tmp_path / "first").iterdir())
    assert names == ["two-words.pdf", "two-words.svg"]
    for name in names:
        first, second = (tmp_path / folder / name for folder in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()
    assert (tmp_path / "first" / "two-words.pdf").read_bytes().startswith(b"%PDF")


def test_tables_of_a_page_are_named_by_their_heading(tmp_path):
    with figures_into(tmp_path):
        save_tables(PAGE)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "all-metrics-2.tex",
        "all-metrics.tex",
    ]
    lines = (tmp_path / "all-metrics.tex").read_text().splitlines()
    assert lines[2] == r"a metric & n \\"
    assert lines[4] == r"F\_1 \& more & 12 \% \\"


def test_nothing_is_written_unless_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_tables(PAGE)
    draw_svg("x", (3, 2), paint, "a line")
    assert not list(tmp_path.iterdir())


def test_rows_of_unlike_length_are_filled_and_words_stand_to_the_left():
    text = latex_table([["who", "n", "note"], ["a", "-1.5"], ["b", "2", "x"]])
    assert text.splitlines()[0] == r"\begin{tabular}{lrl}"
    assert r"a & -1.5 &  \\" in text
