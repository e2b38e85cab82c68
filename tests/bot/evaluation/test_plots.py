"""The pictures: valid XML that says what it shows, with every line in its place."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from bot.evaluation.confusion_plot import confusion_plot
from bot.evaluation.learning_curve import Step
from bot.evaluation.plots import learning_plot, reliability_plot, thresholds_plot, tradeoff_plot, write_plots
from bot.evaluation.report import Report
from bot.evaluation.screening import sweep
from bot.evaluation.statistics import Share, reliability
from bot.evaluation.svg import Drawing, Scale, number, square_root
from bot.evaluation.understanding import Confusion
from bot.understanding.labels import labels

from .made_up import row

if TYPE_CHECKING:
    from pathlib import Path

NARROW = 6.0  # units; the mean width of a letter of 12 units
SVG = "{http://www.w3.org/2000/svg}"
FAMILIES = {"feel_low": "feel", "feel_numb": "feel", "ask_why": "ask"}
COUNTS = {("feel_low", "feel_low"): 3, ("feel_low", "feel_numb"): 1, ("ask_why", "ask_why"): 2}
STEPS = [
    Step(Fraction(1, 8), 100, 2, Share(50, 100), Share(70, 100)),
    Step(Fraction(1, 2), 400, 6, Share(70, 100), Share(90, 100)),
]
CURVE = sweep(
    [row("crisis_suicide", tier="S", by="rules", score=-1.0), row("crisis_suicide", score=1.0)],
    [row("feel_low", score=-2.0), row("feel_low", score=0.5)],
    [row("greet", score=-6.0)],
    -0.75,
    -2.25,
)


def read(drawing: Drawing) -> ET.Element:
    return ET.fromstring(drawing.svg())  # noqa: S314 - our own file


def marks(root: ET.Element, tag: str, style: str) -> list[ET.Element]:
    return [one for one in root.iter(f"{SVG}{tag}") if style in one.get("class", "").split()]


def words(root: ET.Element) -> list[str]:
    return [one.text or "" for one in root.iter(f"{SVG}text")]


def full_report() -> Report:
    return Report(
        confusion=Confusion(COUNTS),
        crisis_confusion=Confusion({("crisis_suicide", "feel_low"): 1}),
        reliability=reliability([0.9, 0.4, 0.95], [True, False, True]),
        screening=CURVE,
        learning=STEPS,
    )


def test_everything_measured_is_drawn_as_valid_xml(tmp_path: Path) -> None:
    written = write_plots(full_report(), tmp_path / "new" / "folder")
    names = ["confusion.svg", "reliability.svg", "screening.svg", "thresholds.svg", "learning.svg"]
    assert [path.name for path in written] == names
    for path in written:
        root = ET.parse(path).getroot()  # noqa: S314 - our own file
        assert root.tag == f"{SVG}svg"
        assert root.get("role") == "img"


def test_nothing_measured_draws_nothing(tmp_path: Path) -> None:
    assert write_plots(Report(), tmp_path / "new") == []
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "drawing",
    [
        confusion_plot([Confusion(COUNTS)], FAMILIES),
        reliability_plot(reliability([0.9, 0.4], [True, False])),
        tradeoff_plot(CURVE),
        thresholds_plot(CURVE),
        learning_plot(STEPS),
    ],
    ids=lambda drawing: drawing.name,
)
class TestEveryPicture:
    """What all of them have."""

    def test_a_screen_reader_hears_what_it_shows(self, drawing: Drawing) -> None:
        root = read(drawing)
        title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert description is not None
        assert title.get("id") == root.get("aria-labelledby")
        assert description.get("id") == root.get("aria-describedby")
        assert any(character.isdigit() for character in description.text or "")

    def test_the_title_can_be_seen(self, drawing: Drawing) -> None:
        assert drawing.title in words(read(drawing))

    def test_dark_pages_have_their_own_colours(self, drawing: Drawing) -> None:
        assert "prefers-color-scheme:dark" in drawing.svg()
        assert "currentColor" in drawing.svg()

    def test_nothing_stands_outside(self, drawing: Drawing) -> None:
        for one in read(drawing).iter():
            for name, most in (("x", drawing.width), ("y", drawing.height), ("cx", drawing.width)):
                assert 0 <= float(one.get(name, 0)) <= most

    def test_no_words_are_cut_off(self, drawing: Drawing) -> None:
        for one in read(drawing).iter(f"{SVG}text"):
            if one.get("text-anchor") == "start" and not one.get("transform") and one.get("class") != "title":
                assert float(one.get("x", 0)) + NARROW * len(one.text or "") < drawing.width


class TestConfusion:
    """The matrix."""

    def test_only_cells_with_lines_are_drawn(self) -> None:
        root = read(confusion_plot([Confusion(COUNTS)], FAMILIES))
        # One of each more: the legend.
        assert len(marks(root, "rect", "right")) == 3
        assert len(marks(root, "rect", "wrong")) == 2
        hints = [one.findtext(f"{SVG}title") for one in marks(root, "rect", "wrong")]
        assert "feel_low read as feel_numb: 1 of 4 (25%)" in hints

    def test_every_label_names_a_row_and_a_column(self) -> None:
        shown = words(read(confusion_plot([Confusion(COUNTS)], FAMILIES)))
        assert "feel_low (4)" in shown
        assert "feel_numb (0)" in shown
        for label in FAMILIES:
            assert label in shown

    def test_all_labels_of_the_project_fit(self) -> None:
        families = {name: label.family for name, label in labels().items()}
        root = read(confusion_plot([Confusion({("greet", "(nothing)"): 1})], families))
        assert len([word for word in words(root) if word.endswith("(0)")]) == len(families)
        for family in set(families.values()):
            assert words(root).count(family) == 2

    def test_two_files_of_lines_are_added(self) -> None:
        root = read(confusion_plot([Confusion(COUNTS), Confusion(COUNTS)], FAMILIES))
        assert "feel_low (8)" in words(root)

    def test_a_cell_stands_where_row_and_column_meet(self) -> None:
        root = read(confusion_plot([Confusion(COUNTS)], FAMILIES))
        wrong = marks(root, "rect", "wrong")[-1]
        right = next(r for r in marks(root, "rect", "right") if "feel_low" in (r.findtext(f"{SVG}title") or ""))
        assert wrong.get("y") == right.get("y")
        assert float(wrong.get("x", 0)) > float(right.get("x", 0))


class TestCharts:
    """Curves and dots."""

    def test_each_bin_is_a_dot_with_its_interval(self) -> None:
        root = read(reliability_plot(reliability([0.9, 0.42, 0.45], [True, False, True])))
        assert len(marks(root, "circle", "one")) == 2
        assert len(marks(root, "line", "whisker")) == 2 * 3
        assert len(marks(root, "rect", "bars")) == 2

    def test_todays_thresholds_are_marked_on_every_curve(self) -> None:
        root = read(tradeoff_plot(CURVE))
        for style in ("two", "three"):
            assert len([one for one in marks(root, "circle", style) if "open" not in one.get("class", "")]) == 2
            assert len([one for one in marks(root, "circle", style) if "open" in one.get("class", "")]) == 2
            assert len([one for one in marks(root, "polyline", style) if one.get("points", "").count(",") > 2]) == 2
        assert any("-0.75" in shown for shown in words(root))

    def test_thresholds_stand_upright_over_the_score(self) -> None:
        root = read(thresholds_plot(CURVE))
        assert "alarm -0.75" in words(root)
        assert "check -2.25" in words(root)

    def test_the_learning_curve_names_shares_and_phrasings(self) -> None:
        root = read(learning_plot(STEPS))
        assert "100 (1/8)" in words(root)
        assert "400 (1/2)" in words(root)
        assert len(marks(root, "circle", "one")) == len(marks(root, "circle", "three")) == 2

    def test_a_single_score_or_step_still_has_a_picture(self) -> None:
        alone = sweep([row("crisis_suicide", score=1.0)], [], [], 0.0, -1.0)
        for drawing in (tradeoff_plot(alone), thresholds_plot(alone), learning_plot(STEPS[:1])):
            read(drawing)


class TestWriter:
    """The small writer itself."""

    def test_words_are_escaped(self) -> None:
        drawing = Drawing("a", "<b> & c", '"d"', 10, 10)
        drawing.text((1, 2), "<script>")
        drawing.circle((1, 1), 1, "one", "5 < 6")
        root = read(drawing)
        assert root.findtext(f"{SVG}title") == "<b> & c"
        assert words(root) == ["<script>"]

    def test_a_scale_ends_where_it_ends(self) -> None:
        scale = Scale(0, 1, 100, 200)
        assert [scale(value) for value in (-1, 0, 0.5, 1, 7)] == [100, 100, 150, 200, 200]
        assert Scale(0, 1, 0, 100, square_root)(0.25) == 50

    @pytest.mark.parametrize(("value", "shown"), [(1.0, "1"), (0.5, "0.5"), (-0.754, "-0.75"), (100, "100"), (0, "0")])
    def test_numbers_have_no_idle_digits(self, value: float, shown: str) -> None:
        assert number(value) == shown
