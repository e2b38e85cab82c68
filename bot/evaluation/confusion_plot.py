"""The picture of the confusion matrix: every label as a row, what its lines were read as across."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from bot.evaluation.svg import Drawing
from bot.evaluation.understanding import Confusion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CELL = 15.0
LEFT, TOP, EDGE = 270.0, 270.0, 30.0
FAINTEST = 0.4  # a single line of many must still be seen


def confusion_plot(confusions: Sequence[Confusion], families: Mapping[str, str]) -> Drawing:
    """All `confusions` in one matrix. `families` gives the family of each label, in the order of rows and columns."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in confusions:
        counts.update(one.counts)
    totals = Confusion(counts).totals
    order = [*families, *sorted({name for names in counts for name in names} - set(families))]
    place = {label: number for number, label in enumerate(order)}
    side = CELL * len(order)
    wrong = sum(count for (label, read_as), count in counts.items() if label != read_as)
    drawing = Drawing(
        "confusion",
        "What each label was read as",
        f"A matrix of {len(order)} labels by family. Each row is a label, each column what its lines were read as. "
        f"Of {sum(counts.values())} lines, {wrong} stand beside the diagonal. {_most_frequent(counts)}",
        LEFT + side + EDGE,
        TOP + side + EDGE + 20,
    )
    drawing.text((20, 34), drawing.title, "title")
    _legend(drawing, sum(counts.values()), wrong)
    _frame(drawing, order, families, totals)
    for (label, read_as), count in sorted(counts.items()):
        corner = (LEFT + place[read_as] * CELL, TOP + place[label] * CELL)
        part = count / totals[label]
        words = f"{label} read as {read_as}" if label != read_as else f"{label} read right"
        style = "right" if label == read_as else "wrong"
        drawing.rectangle(
            corner, (CELL, CELL), style, max(FAINTEST, part), f"{words}: {count} of {totals[label]} ({part:.0%})"
        )
        drawing.text((corner[0] + CELL / 2, corner[1] + CELL / 2 + 3), str(count), "tiny", "middle")
    return drawing


def _most_frequent(counts: Mapping[tuple[str, str], int]) -> str:
    pairs = sorted((-count, *names) for names, count in counts.items() if len(set(names)) == 2)[:5]
    listed = "; ".join(f"{label} as {read_as}: {-count}" for count, label, read_as in pairs)
    return f"The most frequent: {listed}." if listed else "Nothing was confused."


def _legend(drawing: Drawing, lines: int, wrong: int) -> None:
    drawing.rectangle((20, 52), (CELL, CELL), "right")
    drawing.text((42, 64), f"read right, or as one of `also`: {lines - wrong} lines")
    drawing.rectangle((20, 74), (CELL, CELL), "wrong")
    drawing.text((42, 86), f"read as another label: {wrong} lines")
    drawing.text((20, 112), "Rows: the label, with its lines.")
    drawing.text((20, 128), "Columns: what was read.")
    drawing.text((20, 144), "Numbers: lines. Stronger colour:")
    drawing.text((20, 160), "a larger part of the row.")


def _frame(drawing: Drawing, order: Sequence[str], families: Mapping[str, str], totals: Mapping[str, int]) -> None:
    side = CELL * len(order)
    for number, label in enumerate(order):
        middle = (number + 0.5) * CELL
        drawing.line((LEFT, TOP + middle), (LEFT + side, TOP + middle), "grid")
        drawing.line((LEFT + middle, TOP), (LEFT + middle, TOP + side), "grid")
        drawing.text((LEFT - 6, TOP + middle + 3.5), f"{label} ({totals.get(label, 0)})", "small", "end")
        drawing.text((LEFT + middle + 3.5, TOP - 6), label, "small", turn=-90)
    start = 0
    for family, members in groupby(order, lambda label: families.get(label, "other")):
        end = start + len(list(members))
        middle = (start + end) / 2 * CELL
        drawing.text((LEFT - 218, TOP + middle), family, anchor="middle", turn=-90)
        drawing.text((LEFT + middle, TOP - 176), family, anchor="middle")
        for edge in {start, end}:
            drawing.line((LEFT - 210, TOP + edge * CELL), (LEFT + side, TOP + edge * CELL), "axis")
            drawing.line((LEFT + edge * CELL, TOP - 170), (LEFT + edge * CELL, TOP + side), "axis")
        start = end
