"""How what is heard after a crisis reply is counted."""

from __future__ import annotations

import pytest

from bot.evaluation.after_risk import HeardLine, figures
from bot.evaluation.report import Report
from bot.understanding.after_risk import Heard
from bot.understanding.examples import Example


def line(kind: str, heard: str) -> HeardLine:
    return HeardLine(Example(f"{kind} heard as {heard}", kind), Heard(heard, 0.5))


def test_kinds_that_are_missed_mistaken_and_taken_are_counted_apart() -> None:
    report = Report()
    own = [line("calling", "calling"), line("calling", "other"), line("language", "calling"), line("other", "language")]
    figures(own, [line("other", "other"), line("other", "calling")], report)
    assert report.value("after_risk.recall") == pytest.approx(1 / 3)
    assert report.value("after_risk.precision") == pytest.approx(1 / 3)
    assert report.value("after_risk.other taken") == 1.0
    assert report.value("after_risk.ordinary taken") == 0.5
    assert report.value("after_risk.recall calling") == 0.5
    assert [row["got"] for row in report.wrong] == ["other", "calling", "language"]
