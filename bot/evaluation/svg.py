"""A small writer of SVG: marks, axes and a style that is legible on light and on dark pages."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Point = tuple[float, float]

# One style sheet for drawings in files, which carry it, and in pages, whose content security policy allows none in them.
STYLE = (ROOT / "bot/web/review/static/review/charts.css").read_text("utf-8")


def number(value: float) -> str:
    """A coordinate, or a value on an axis, without idle digits."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


@dataclass
class Drawing:
    """A picture of `width` x `height` units (pixels at its own size) with what a screen reader says of it.

    `name` begins the ids in the file, which must be unique where several drawings stand in one page.
    """

    name: str
    title: str
    description: str
    width: float
    height: float
    _marks: list[str] = field(default_factory=list)

    def line(self, start: Point, end: Point, style: str) -> None:
        """A straight line."""
        (x1, y1), (x2, y2) = start, end
        place = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
        self._marks.append(f'<line class="{style}" {place}/>')

    def path(self, points: Sequence[Point], style: str) -> None:
        """Straight lines from point to point."""
        joined = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        self._marks.append(f'<polyline class="{style}" points="{joined}"/>')

    def rectangle(self, corner: Point, size: Point, style: str, opacity: float = 1.0, hint: str = "") -> None:
        """A filled rectangle; `corner` is the upper left one, `hint` is shown under the pointer."""
        place = f'x="{number(corner[0])}" y="{number(corner[1])}" width="{number(size[0])}" height="{number(size[1])}"'
        faint = f' fill-opacity="{number(opacity)}"' if opacity < 1 else ""
        self._marks.append(f'<rect class="{style}" {place}{faint}>{_hint(hint)}</rect>')

    def circle(self, centre: Point, radius: float, style: str, hint: str = "") -> None:
        """A dot."""
        place = f'cx="{number(centre[0])}" cy="{number(centre[1])}" r="{number(radius)}"'
        self._marks.append(f'<circle class="{style}" {place}>{_hint(hint)}</circle>')

    def text(self, at: Point, words: str, style: str = "", anchor: str = "start", turn: float = 0.0) -> None:
        """Words on one line from `at`, or ending or centred there (`anchor`: start, middle, end); `turn` in degrees."""
        x, y = number(at[0]), number(at[1])
        turned = f' transform="rotate({number(turn)} {x} {y})"' if turn else ""
        styled = f' class="{style}"' if style else ""
        self._marks.append(f'<text{styled} x="{x}" y="{y}" text-anchor="{anchor}"{turned}>{escape(words)}</text>')

    def svg(self, *, styled: bool = True) -> str:
        """The file's text; not `styled` for a page that has STYLE in a style sheet of its own."""
        width, height, name = number(self.width), number(self.height), escape(self.name)
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" class="attune" viewBox="0 0 {width} {height}" width="{width}"'
                f' height="{height}" role="img" aria-labelledby="{name}-title" aria-describedby="{name}-desc">',
                f'<title id="{name}-title">{escape(self.title)}</title>',
                f'<desc id="{name}-desc">{escape(self.description)}</desc>',
                *([f"<style>{STYLE}</style>"] if styled else []),
                f'<rect class="paper" width="{width}" height="{height}"/>',
                *self._marks,
                "</svg>\n",
            ]
        )


def _hint(words: str) -> str:
    return f"<title>{escape(words)}</title>" if words else ""


@dataclass(frozen=True)
class Scale:
    """From values to coordinates: `low` and `high` are the ends of the axis, `bend` what makes it straight."""

    low: float
    high: float
    start: float
    end: float
    bend: Callable[[float], float] = float

    def __call__(self, value: float) -> float:
        """Where `value` stands; values beyond an end stand at that end."""
        inside = min(max(value, self.low), self.high)
        low, high = self.bend(self.low), self.bend(self.high)
        return self.start + (self.bend(inside) - low) / (high - low) * (self.end - self.start)


@dataclass
class Chart:
    """A drawing with two axes. `left`, `top`, `right` and `bottom` bound the field between them."""

    drawing: Drawing
    x: Scale
    y: Scale

    @classmethod
    def within(
        cls, drawing: Drawing, x: tuple[float, float], y: tuple[float, float],
        bend_x: Callable[[float], float] = float, field: tuple[float, float, float, float] = (70, 60, 620, 460),
    ) -> Chart:  # fmt: skip
        """Axes over the values `x` and `y`, in the `field` (left, top, right, bottom) of the drawing."""
        left, top, right, bottom = field
        return cls(drawing, Scale(*x, left, right, bend_x), Scale(*y, bottom, top))

    def axes(
        self, across: str, up: str, ticks: Sequence[tuple[float, str]], heights: Sequence[tuple[float, str]]
    ) -> None:
        """Grid, ticks with their words, and the names of both axes."""
        draw, left, right, bottom, top = self.drawing, self.x.start, self.x.end, self.y.start, self.y.end
        for value, words in heights:
            draw.line((left, self.y(value)), (right, self.y(value)), "grid")
            draw.text((left - 8, self.y(value) + 4), words, anchor="end")
        for value, words in ticks:
            draw.line((self.x(value), top), (self.x(value), bottom), "grid")
            draw.text((self.x(value), bottom + 18), words, anchor="middle")
        draw.path([(left, top), (left, bottom), (right, bottom)], "axis")
        draw.text(((left + right) / 2, bottom + 42), across, anchor="middle")
        draw.text((left - 46, (top + bottom) / 2), up, anchor="middle", turn=-90)

    def at(self, x: float, y: float) -> Point:
        """Where the two values meet."""
        return self.x(x), self.y(y)

    def curve(self, points: Sequence[Point], style: str) -> None:
        """A line through values."""
        self.drawing.path([self.at(*point) for point in points], f"line {style}")

    def whisker(self, x: float, interval: tuple[float, float], style: str) -> None:
        """An interval, upright at `x`."""
        low, high = (self.at(x, bound) for bound in interval)
        self.drawing.line(low, high, f"whisker {style}")
        for px, py in (low, high):
            self.drawing.line((px - 4, py), (px + 4, py), f"whisker {style}")


def decimals(values: Sequence[float]) -> list[tuple[float, str]]:
    """Ticks that are named by their own value."""
    return [(value, number(value)) for value in values]


def square_root(value: float) -> float:
    """Spreads small shares on an axis, where a false alarm more or less matters."""
    return math.sqrt(value)
