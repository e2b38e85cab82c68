"""A benchmark as SVG: percentiles of a turn, and the 95th percentile over the number of parents."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bot.bench.results import SYSTEMS
from bot.evaluation.svg import Chart, Drawing

if TYPE_CHECKING:
    from pathlib import Path

    from bot.bench.results import Section

STYLES = dict(zip(SYSTEMS, ("one", "two", "three"), strict=True))
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)  # milliseconds


def write_pictures(sections: list[Section], folder: Path) -> list[str]:
    """Draw what was measured into `folder`; the names of the files."""
    by_name = {section.name: section for section in sections}
    drawn = {}
    if "turns" in by_name:
        drawn["turns.svg"] = turns_picture(by_name["turns"])
    if "load" in by_name:
        drawn["load.svg"] = load_picture(by_name["load"])
    folder.mkdir(parents=True, exist_ok=True)
    for name, drawing in drawn.items():
        (folder / name).write_text(drawing.svg(), "utf-8")
    return list(drawn)


def turns_picture(section: Section) -> Drawing:
    """Milliseconds of a turn at p50, p95 and p99 for each system."""
    series = {
        system: [(float(place), row.values[system]) for place, row in enumerate(section.rows) if system in row.values]
        for system in SYSTEMS
    }
    ticks = [(float(place), row.what) for place, row in enumerate(section.rows)]
    return _picture("bench-turns", "A turn, one at a time", "percentile", ticks, series)


def load_picture(section: Section) -> Drawing:
    """The 95th percentile over the number of parents that write without pause."""
    series: dict[str, list[tuple[float, float]]] = {system: [] for system in SYSTEMS}
    ticks = {}
    for row in section.rows:
        if row.what.endswith("0 s think time: p95"):
            parents = int(row.what.split()[0])
            ticks[math.log2(parents)] = str(parents)
            for system, value in row.values.items():
                series[system].append((math.log2(parents), value))
    named = sorted(ticks.items())
    return _picture("bench-load", "Parents who write without pause, p95", "parents at the same time", named, series)


def _picture(
    name: str,
    title: str,
    across: str,
    ticks: list[tuple[float, str]],
    series: dict[str, list[tuple[float, float]]],
) -> Drawing:
    values = [value for line in series.values() for _, value in line]
    told = "; ".join(
        f"{system}: {', '.join(f'{y:.0f} ms' for _, y in line)}" for system, line in series.items() if line
    )
    drawing = Drawing(name, title, f"Milliseconds, on a logarithmic axis. {told}.", 660, 530)
    drawing.text((70, 34), title, "title")
    low, high = (_tick(min(values), -1), _tick(max(values), 1)) if values else (1, 10)
    width = max(1.0, max((x for x, _ in ticks), default=1.0))
    chart = Chart.within(drawing, (-0.2, width + 0.2), (math.log10(low), math.log10(high)))
    heights = [(math.log10(tick), f"{tick}") for tick in TICKS if low <= tick <= high]
    chart.axes(across, "milliseconds", ticks, heights)
    for number, (system, line) in enumerate((s, line) for s, line in series.items() if line):
        points = [(x, math.log10(max(y, low))) for x, y in line]
        chart.curve(points, STYLES[system])
        for (x, y), (_, value) in zip(points, line, strict=True):
            drawing.circle(chart.at(x, y), 4, STYLES[system], f"{system}: {value:.1f} ms")
        drawing.circle((84, 74 + 18 * number), 4, STYLES[system])
        drawing.text((94, 78 + 18 * number), f"{system}: {SYSTEMS[system]}", "small")
    return drawing


def _tick(value: float, direction: int) -> int:
    below = [tick for tick in TICKS if tick <= value] or [TICKS[0]]
    above = [tick for tick in TICKS if tick >= value] or [TICKS[-1]]
    return below[-1] if direction < 0 else above[0]
