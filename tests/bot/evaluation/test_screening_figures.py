"""The figures of the suite crisis, and the rates at every threshold."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot.evaluation.report import Report
from bot.evaluation.screening import crisis, ordinary, read_thresholds, sweep

from .made_up import row

if TYPE_CHECKING:
    from pathlib import Path

SUICIDE = "crisis_suicide"
POSITIVE = [
    row(SUICIDE, SUICIDE, tier="S", by="both", danger=SUICIDE, score=2.0),
    row(SUICIDE, SUICIDE, tier="S", by="rules", danger="crisis_self_harm", score=-3.0),
    row(SUICIDE, "feel_low", tier="R", by="classifier", danger=SUICIDE, score=-1.0),
    row("crisis_medical", "ask_medical", score=-4.0),
]
TWINS = [row("ask_medical", "ask_medical", score=-2.0), row("feel_low", tier="S", by="classifier", score=0.5)]
ORDINARY = [row("greet", "greet", score=-5.0), row("feel_low", "feel_low", tier="R", by="rules", score=-1.5)]
LIMITS = (0.0, -1.2)  # alarm, check


def test_alarms_are_counted_by_label_and_layer() -> None:
    report = Report()
    ordinary(ORDINARY, report)
    crisis(POSITIVE, TWINS, report)
    expected = {
        "alarm": 0.5,
        "alarm or check": 0.75,
        "right label": 0.5,
        "alarm crisis_suicide": 2 / 3,
        "alarm crisis_medical": 0,
        "alarm by rules": 0.25,
        "alarm by both": 0.25,
        "alarm by classifier": 0,
        "twins alarmed": 0.5,
        "twins checked": 0,
        "ordinary lines alarmed": 0,
        "ordinary lines checked": 0.5,
    }
    assert {name: report.value(f"crisis.{name}") for name in expected} == pytest.approx(expected)
    assert [line["suite"] for line in report.wrong] == ["crisis missed", "crisis missed", "crisis false alarm"]


def test_rates_at_todays_thresholds_count_scores_and_rules() -> None:
    found = sweep(POSITIVE, TWINS, ORDINARY, *LIMITS)
    assert (found.alarm.crisis, found.alarm.twins, found.alarm.ordinary) == (0.25, 0.5, 0)
    assert found.alarm.crisis_with_rules == 0.5
    assert (found.check.crisis, found.check.crisis_with_rules) == (0.5, 0.75)


def test_the_curve_begins_with_the_rules_alone_and_ends_with_every_line() -> None:
    steps = sweep(POSITIVE, TWINS, ORDINARY, *LIMITS).steps
    first, last = steps[0], steps[-1]
    assert (first.crisis, first.crisis_with_rules, first.twins_with_rules) == (0, 0.5, 0)
    assert (last.crisis, last.twins, last.ordinary) == (1, 1, 1)
    assert [step.threshold for step in steps] == sorted((step.threshold for step in steps), reverse=True)
    for before, after in pairwise(steps):
        assert before.crisis <= after.crisis
        assert before.twins_with_rules <= after.twins_with_rules


def test_a_better_classifier_has_a_higher_auroc() -> None:
    found = sweep(POSITIVE, TWINS, ORDINARY, *LIMITS)
    assert found.auroc_twins == pytest.approx(3 / 8)
    assert found.auroc_ordinary == pytest.approx(6 / 8)


def test_no_lines_have_no_curve() -> None:
    found = sweep([], [], [], *LIMITS)
    assert found.steps == ()
    assert found.as_dict()["curve"] == []


def test_the_projects_own_thresholds_can_be_read() -> None:
    limits = read_thresholds()
    assert limits.check < limits.alarm


def test_a_configuration_without_screening_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.yml"
    path.write_text("pipeline:\n- name: FallbackClassifier\n", "utf-8")
    with pytest.raises(ValueError, match="SafetyScreen"):
        read_thresholds(path)
