"""The figures of the suite intents."""

from __future__ import annotations

import pytest

from bot.evaluation.report import Report
from bot.evaluation.understanding import confusion, intents

from .made_up import row

ROWS = [
    row("feel_low", "feel_low", confidence=0.95),
    row("feel_low", "feel_numb", "feel_low", also=("feel_numb",), confidence=0.55),
    row("feel_low", "feel_numb", "feel_low", confidence=0.55),
    row("feel_low", "feel_numb", confidence=0.35),
    row("ask_why", "feel_low", confidence=0.15),
    row("out_of_scope", "out_of_scope", confidence=0.95),
]


@pytest.fixture
def report() -> Report:
    measured = Report()
    intents(ROWS, measured)
    return measured


def test_figures_of_before_keep_their_names_and_meaning(report: Report) -> None:
    assert report.value("intents.acceptable") == pytest.approx(3 / 6)
    assert report.value("intents.strict") == pytest.approx(2 / 6)
    assert report.value("intents.top3") == pytest.approx(4 / 6)
    assert report.value("intents.acceptable feel") == pytest.approx(2 / 4)
    assert report.value("intents.out_of_scope recall") == 1
    assert report.value("intents.false out_of_scope") == 0


def test_macro_recall_gives_every_label_the_same_weight(report: Report) -> None:
    assert {label: recall.value for label, recall in report.recalls.items()} == {
        "ask_why": 0,
        "feel_low": 0.5,
        "out_of_scope": 1,
    }
    assert report.value("intents.macro recall") == pytest.approx(0.5)


def test_confusions_are_counted_the_most_frequent_first(report: Report) -> None:
    assert report.confusion
    assert [pair.as_dict() for pair in report.confusion.pairs()] == [
        {"label": "feel_low", "read_as": "feel_numb", "count": 2, "of": 4},
        {"label": "ask_why", "read_as": "feel_low", "count": 1, "of": 1},
    ]


def test_a_line_read_as_its_further_label_is_no_confusion() -> None:
    found = confusion([row("feel_low", "feel_numb", also=("feel_numb",))])
    assert found.pairs() == []
    assert found.totals == {"feel_low": 1}


def test_the_bins_of_the_diagram_give_the_calibration_error(report: Report) -> None:
    assert [(round(one.confidence, 2), one.right.hits, one.right.total) for one in report.reliability] == [
        (0.15, 0, 1),
        (0.35, 0, 1),
        (0.55, 1, 2),
        (0.95, 2, 2),
    ]
    assert report.value("intents.calibration error") == pytest.approx((0.15 + 0.35 + 2 * 0.05 + 2 * 0.05) / 6)


def test_wrong_lines_are_listed(report: Report) -> None:
    assert [(line["label"], line["got"]) for line in report.wrong] == [
        ("feel_low", "feel_numb"),
        ("feel_low", "feel_numb"),
        ("ask_why", "feel_low"),
    ]


def test_no_lines_are_no_error() -> None:
    measured = Report()
    intents([], measured)
    assert measured.value("intents.macro recall") == 0
    assert measured.value("intents.calibration error") == 0
