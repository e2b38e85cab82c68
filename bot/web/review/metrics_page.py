"""The metrics page: each figure as a drawing with its table below, and as CSV."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from bot.evaluation.svg import Chart, Drawing, number
from bot.web.review import metrics as figures
from bot.web.review.access import access
from bot.web.review.models import ViewRecord
from bot.web.spreadsheets import harmless

if TYPE_CHECKING:
    from django.http import HttpRequest

STYLES = ("one", "two", "three")
WIDTH, HEIGHT = 640.0, 300.0
FIELD = (84.0, 46.0, 620.0, 236.0)  # left, top, right, bottom
MOST_TICKS = 6
GAPS = 4  # between the grid lines of a chart


@require_safe
@access("staff")
def metrics(request: HttpRequest) -> HttpResponse:
    """Every figure, by day, week or month."""
    step = _step(request)
    chosen = figures.period(step, timezone.now())
    drawn = [{"table": table, "drawing": _drawing(table)} for table in figures.tables(chosen)]
    context: dict[str, Any] = {"figures": drawn, "step": step, "steps": figures.STEPS, "since": chosen.starts[0]}
    return render(request, "review/metrics.html", context)


@require_safe
@access("staff")
def export(request: HttpRequest, table: str) -> HttpResponse:
    """One figure as CSV. Recorded, as everything is that leaves the console as a file."""
    chosen = figures.period(_step(request), timezone.now())
    makers: dict[str, Any] = {
        "conversations": figures.conversations,
        "topics": figures.topics,
        "answers": figures.answers,
        "exercises": figures.exercises,
        "bookings": figures.bookings,
        "crises": figures.crises,
        "latency": figures.latency,
        "agreement": figures.agreement,
    }
    if table not in makers:
        raise Http404
    found = makers[table](chosen)
    ViewRecord.objects.record(request.user, ViewRecord.METRICS, detail=f"{table} by {chosen.step}")
    answer = HttpResponse(as_csv(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="attune-{table}-by-{chosen.step}.csv"'
    return answer


def _step(request: HttpRequest) -> str:
    wanted = request.GET.get("by", "")
    return wanted if wanted in figures.STEPS else "week"


def as_csv(table: figures.Table) -> str:
    """The table; an empty cell is "not known". No cell begins as a formula does."""
    file = io.StringIO()
    writer = csv.writer(file)
    rows: list[list[figures.Cell]] = [[*table.columns], *table.rows]
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return file.getvalue()


def _drawing(table: figures.Table) -> str:
    """The chart of the table's drawn columns; empty where there is nothing to draw."""
    if table.empty or not table.drawn:
        return ""
    drawing = Drawing(table.name, table.title, _spoken(table), WIDTH, HEIGHT)
    gap = _gap(max(float(row[column] or 0) for row in table.rows for column in table.drawn))
    chart = Chart.within(drawing, (-0.5, len(table.rows) - 0.5), (0, GAPS * gap), field=FIELD)
    every = -(-len(table.rows) // MOST_TICKS)
    ticks = [(float(n), _short(row[0])) for n, row in enumerate(table.rows) if n % every == 0]
    heights = [(float(n * gap), f"{n * gap:,}") for n in range(GAPS + 1)]
    chart.axes("", table.unit, ticks, heights)
    if len(table.drawn) == 1:
        _bars(chart, table)
    else:
        for style, column in zip(STYLES, table.drawn, strict=False):
            values = [(n, table.value(n, column)) for n in range(len(table.rows))]
            points = [(float(n), value) for n, value in values if value is not None]
            chart.curve(points, style)
            for n, value in points:
                drawing.circle(chart.at(n, value), 3, style, f"{table.rows[int(n)][0]}: {number(value)}")
    for n, (style, column) in enumerate(zip(STYLES, table.drawn, strict=False)):
        x = FIELD[0] + 190 * n
        drawing.circle((x, 26), 5, style)
        drawing.text((x + 12, 30), table.columns[column])
    return mark_safe(drawing.svg(styled=False))  # noqa: S308 - Drawing escapes all words


def _gap(top: float) -> int:
    """The distance of two grid lines, so that GAPS of them hold `top`: 1, 2 or 5 with zeros behind."""
    gap = 1
    while gap * GAPS < top:
        gap = gap * 5 // 2 if str(gap)[0] == "2" else gap * 2
    return gap


def _bars(chart: Chart, table: figures.Table) -> None:
    """Upright bars for a single column."""
    column, half = table.drawn[0], 0.36
    for n, row in enumerate(table.rows):
        value = float(row[column] or 0)
        left, upper = chart.at(n - half, value)
        right, lower = chart.at(n + half, 0)
        chart.drawing.rectangle(
            (left, upper), (right - left, lower - upper), "right", hint=f"{row[0]}: {number(value)}"
        )


def _short(cell: figures.Cell) -> str:
    try:
        return f"{date.fromisoformat(str(cell)):%-d %b}"
    except ValueError:
        return str(cell).split(" ", 1)[0]


def _spoken(table: figures.Table) -> str:
    """What a screen reader says of the chart; all values stand in the table below it."""
    parts = []
    for column in table.drawn:
        known = [table.value(n, column) for n in range(len(table.rows))]
        values = [value for value in known if value is not None]
        if values:
            parts.append(f"{table.columns[column]}: {number(min(values))} to {number(max(values))}")
    return f"{'; '.join(parts)}. The values stand in the table below."
