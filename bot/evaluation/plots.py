"""The pictures of `attune eval --plots`: what the figures cannot show in one number each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bot.evaluation.confusion_plot import confusion_plot
from bot.evaluation.statistics import calibration_error
from bot.evaluation.svg import Chart, Drawing, decimals, number, square_root
from bot.understanding.labels import labels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bot.evaluation.learning_curve import Step
    from bot.evaluation.report import Report
    from bot.evaluation.screening import Curve, Rates
    from bot.evaluation.statistics import Bin

WIDTH, HEIGHT = 900.0, 530.0
LEGEND = 650.0  # where the words beside a chart begin
TENTHS = decimals([tenth / 10 for tenth in range(0, 11, 2)])
FALSE_ALARMS = decimals([0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1])


def write_plots(report: Report, folder: Path) -> list[Path]:
    """Writes a picture of everything that `report` holds into `folder`, which is made; returns the files."""
    drawings: list[Drawing] = []
    confusions = [one for one in (report.confusion, report.crisis_confusion) if one and one.counts]
    if confusions:
        drawings.append(confusion_plot(confusions, {name: label.family for name, label in labels().items()}))
    if report.reliability:
        drawings.append(reliability_plot(report.reliability))
    if report.screening and report.screening.steps:
        drawings += [tradeoff_plot(report.screening), thresholds_plot(report.screening)]
    if report.learning:
        drawings.append(learning_plot(report.learning))
    if drawings:
        folder.mkdir(parents=True, exist_ok=True)
    written = [folder / f"{drawing.name}.svg" for drawing in drawings]
    for path, drawing in zip(written, drawings, strict=True):
        path.write_text(drawing.svg(), "utf-8")
    return written


def reliability_plot(bins: Sequence[Bin]) -> Drawing:
    """Share right against confidence, with the number of readings in each bin below."""
    total = sum(one.right.total for one in bins)
    error = calibration_error(bins)
    drawing = _drawing(
        "reliability",
        "How far confidence can be believed",
        f"Share of readings that are acceptable against their confidence, in ten bins. Expected calibration error "
        f"{error:.3f} over {total} readings. "
        + " ".join(
            f"Confidence {one.confidence:.2f}: {one.right.value:.2f} right of {one.right.total}." for one in bins
        ),
    )
    chart = Chart.within(drawing, (0, 1), (0, 1))
    chart.axes("confidence of the first reading", "share that is acceptable", TENTHS, TENTHS)
    most = max(one.right.total for one in bins)
    for one in bins:
        left, right = chart.x(one.low) + 2, chart.x(one.high) - 2
        height = 0.15 * one.right.total / most
        corner = (left, chart.y(height))
        drawing.rectangle(corner, (right - left, chart.y(0) - corner[1]), "bars", hint=f"{one.right.total} readings")
    drawing.line(chart.at(0, 0), chart.at(1, 1), "even")
    chart.curve([(one.confidence, one.right.value) for one in bins], "one")
    for one in bins:
        chart.whisker(one.confidence, one.right.interval, "one")
        said = f"confidence {one.confidence:.2f}, right {one.right.value:.2f}, {one.right.total} readings"
        drawing.circle(chart.at(one.confidence, one.right.value), 5, "one", said)
    _legend(drawing, [("one", "share right, with its 95 % interval"), ("even", "where confidence equals it")])
    _notes(drawing, ["Above the dotted line: more often", "right than it dares to say.", "Grey bars: readings of a bin.",
                     f"Calibration error: {error:.3f} ({total} readings)"], 2)  # fmt: skip
    return drawing


def tradeoff_plot(curve: Curve) -> Drawing:
    """Alarms on danger against alarms on twins and on ordinary lines, over all thresholds."""
    drawing = _drawing(
        "screening",
        "Alarms on danger against false alarms",
        "Share of crisis lines that alarm against the share of twins and of ordinary lines that do, over all "
        f"thresholds of the classifier's score. {_spoken(curve.alarm, 'alarm')} {_spoken(curve.check, 'check')}",
    )
    chart = Chart.within(drawing, (0, 1), (0, 1), bend_x=square_root)
    chart.axes("share of harmless lines that alarm (square-root scale)", "share of crisis lines that alarm",
               FALSE_ALARMS, TENTHS)  # fmt: skip
    for style, alone, together in _harmless():
        chart.curve([(alone(step), step.crisis) for step in curve.steps], f"{style} dashed")
        chart.curve([(together(step), step.crisis_with_rules) for step in curve.steps], style)
        for rates, mark in ((curve.alarm, style), (curve.check, f"{style} open")):
            drawing.circle(chart.at(alone(rates), rates.crisis), 5, mark, _spoken(rates, "this point"))
            drawing.circle(chart.at(together(rates), rates.crisis_with_rules), 5, mark, _spoken(rates, "this point"))
    _legend(drawing, [("two", "twins, rules and classifier"), ("two dashed", "twins, classifier alone"),
                      ("three", "ordinary lines, both layers"), ("three dashed", "ordinary, classifier alone")])  # fmt: skip
    _notes(drawing, [f"Filled dot: alarm, from {number(curve.alarm.threshold)}",
                     f"Open dot: check, from {number(curve.check.threshold)}", "(asks, does not alarm)",
                     f"AUROC against twins {curve.auroc_twins:.3f}", f"and ordinary lines {curve.auroc_ordinary:.3f}"], 4)  # fmt: skip
    return drawing


def thresholds_plot(curve: Curve) -> Drawing:
    """The same rates over the classifier's score itself: what moving a threshold would do."""
    drawing = _drawing(
        "thresholds",
        "What another threshold would do",
        "Shares of crisis lines, twins and ordinary lines that score at least a threshold, rules and classifier "
        f"together. {_spoken(curve.alarm, 'alarm')} {_spoken(curve.check, 'check')}",
    )
    steps = sorted(curve.steps, key=lambda step: step.threshold)
    low, high = math.floor(steps[0].threshold), math.ceil(steps[-1].threshold)
    chart = Chart.within(drawing, (low, max(high, low + 1)), (0, 1))
    chart.axes("threshold on the classifier's score (log-odds of danger)", "share of lines that reach it or meet a rule",
               decimals(range(low, high + 1, max(1, (high - low) // 8))), TENTHS)  # fmt: skip
    chart.curve([(step.threshold, step.crisis_with_rules) for step in steps], "one")
    for style, _, together in _harmless():
        chart.curve([(step.threshold, together(step)) for step in steps], style)
    for rates, name, end in ((curve.alarm, "alarm", "start"), (curve.check, "check", "end")):
        across = chart.x(rates.threshold)
        drawing.line((across, chart.y(0)), (across, chart.y(1) - 12), "axis")
        words = f"{name} {number(rates.threshold)}"
        drawing.text((across + (4 if end == "start" else -4), chart.y(1) - 4), words, anchor=end)
    _legend(drawing, [("one", "crisis lines"), ("two", "twins"), ("three", "ordinary lines")])
    _notes(drawing, ["Upright: today's thresholds", "of config.yml."], 3)
    return drawing


def learning_plot(steps: Sequence[Step]) -> Drawing:
    """Acceptable and top-3 readings of held-out voices over the number of phrasings learnt from."""
    spoken = " ".join(
        f"{step.phrasings} phrasings of {step.voices} voices: acceptable {step.acceptable.value:.3f}, "
        f"among the first three {step.top3.value:.3f}." for step in steps
    )  # fmt: skip
    drawing = _drawing(
        "learning", "What more phrasings bring", f"How held-out voices are read after learning from more. {spoken}"
    )
    bottom = math.floor(min(step.acceptable.interval[0] for step in steps) * 10) / 10
    few, many = steps[0].phrasings, steps[-1].phrasings
    chart = Chart.within(drawing, (few / 1.2, max(many, few + 1) * 1.2), (bottom, 1), bend_x=math.log2)
    tenths = [tenth / 10 for tenth in range(round(bottom * 10), 11)]
    names = [(float(step.phrasings), f"{step.phrasings} ({step.share})") for step in steps]
    chart.axes(
        "phrasings learnt from, and their share (doubling scale)", "share of held-out lines", names, decimals(tenths)
    )
    for style, shares in (("one", [s.acceptable for s in steps]), ("three", [s.top3 for s in steps])):
        chart.curve([(step.phrasings, one.value) for step, one in zip(steps, shares, strict=True)], style)
        for step, one in zip(steps, shares, strict=True):
            chart.whisker(step.phrasings, one.interval, style)
            x, y = chart.at(step.phrasings, one.value)
            drawing.circle((x, y), 5, style, f"{one.value:.3f} of {one.total} lines")
            drawing.text((x + 8, y + 16), f"{one.value:.3f}", "small")
    _legend(drawing, [("three", "right one among the first three"), ("one", "first reading acceptable")])
    _notes(drawing, [f"Read: {steps[-1].acceptable.total} lines of voices", "that nothing has learnt from.",
                     "Whole voices are added:", *(f"{step.share}: {step.voices} voices" for step in steps)], 2)  # fmt: skip
    return drawing


def _harmless() -> list[tuple[str, Callable[[Rates], float], Callable[[Rates], float]]]:
    """Style of the two harmless groups, their rate by the classifier alone and with the rules."""
    return [
        ("two", lambda rates: rates.twins, lambda rates: rates.twins_with_rules),
        ("three", lambda rates: rates.ordinary, lambda rates: rates.ordinary_with_rules),
    ]


def _spoken(rates: Rates, name: str) -> str:
    return (
        f"At {name} ({number(rates.threshold)}), with the rules: crisis {rates.crisis_with_rules:.3f}, "
        f"twins {rates.twins_with_rules:.3f}, ordinary {rates.ordinary_with_rules:.3f}."
    )


def _drawing(name: str, title: str, description: str) -> Drawing:
    drawing = Drawing(name, title, description, WIDTH, HEIGHT)
    drawing.text((24, 34), title, "title")
    return drawing


def _legend(drawing: Drawing, entries: Sequence[tuple[str, str]]) -> None:
    for row, (style, words) in enumerate(entries):
        height = 84 + 22 * row
        drawing.path([(LEGEND, height), (LEGEND + 28, height)], style if style == "even" else f"line {style}")
        drawing.text((LEGEND + 36, height + 4), words)


def _notes(drawing: Drawing, lines: Sequence[str], below: int) -> None:
    """Further words under a legend of `below` entries."""
    for row, words in enumerate(lines):
        drawing.text((LEGEND, 84 + 22 * below + 20 + 18 * row), words)
