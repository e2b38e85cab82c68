"""Figures of a benchmark: ratios, what is held, and the page that they are written into."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from bot.bench.pictures import load_picture, turns_picture, write_pictures
from bot.bench.report import BEGIN, END, as_dict, cells, headings, markdown, write_into
from bot.bench.results import Row, Section, percentile

if TYPE_CHECKING:
    from pathlib import Path

ABOUT = {
    "date": "2027-01-01", "cores": 2, "processor": "a processor", "memory GB": 24, "system": "Linux 6",
    "python": "3.10", "rasa": "3.6.21", "load before": 0.1,
}  # fmt: skip


def turns() -> Section:
    both = {"floor": 5.0, "attune": 15.0}
    rows = [Row("p50", "ms", both, 4.0, ratio=True), Row("p95", "ms", {"floor": 8.0, "attune": 80.0}, 60.0)]
    return Section("turns", "A turn, one at a time", rows, ["some messages"])


def load() -> Section:
    rows = [
        Row(f"{parents} parents, 0 s think time: p95", "ms", {"floor": 5.0 * parents, "attune": 20.0 * parents})
        for parents in (1, 8, 32)
    ]
    return Section("load", "Parents at the same time", rows)


def test_a_figure_is_a_multiple_of_the_floor_and_held_or_missed() -> None:
    p50, p95 = turns().rows
    assert p50.to_floor() == pytest.approx(3.0)
    assert p50.held() is True
    assert p95.held() is False
    assert Row("x", "ms", {"attune": 1.0}).to_floor() is None
    assert Row("x", "1/s", {"attune": 50.0}, 40.0, more_is_better=True).held() is True
    assert Row("x", "s", {"floor": 1.0}, 15.0).held() is None


def test_percentiles_are_by_nearest_rank() -> None:
    assert percentile([float(n) for n in range(100)], 0.95) == 95.0
    assert percentile([3.0], 0.99) == 3.0
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.5)


def test_every_line_of_a_table_is_as_long_as_its_heading() -> None:
    for section in (turns(), load()):
        assert {len(cells(section, row)) for row in section.rows} == {len(headings(section))}
    assert cells(turns(), turns().rows[1])[-2:] == ["10.00 x", "<= 60.0, missed"]


def test_the_page_gets_the_tables_and_keeps_what_stands_around_them(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    write_into(page, markdown(ABOUT, [turns()], ["turns.svg"]))
    text = page.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "2 cores of a processor" in text
    assert "| p50 | ms | 5.00 | 15.0 | 3.00 x | <= 4.00 x, held |" in text
    assert "(images/bench/turns.svg)" in text


def test_a_page_without_marks_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("nothing here", "utf-8")
    with pytest.raises(ValueError, match="has no"):
        write_into(page, "tables")


def test_json_has_values_ratio_and_what_was_asked() -> None:
    row = as_dict(ABOUT, [turns()])["sections"]["turns"]["rows"][0]
    assert row["values"] == {"floor": 5.0, "attune": 15.0}
    assert (row["ratio to floor"], row["held"]) == (3.0, True)


def test_pictures_are_xml_that_says_its_figures(tmp_path: Path) -> None:
    assert write_pictures([turns(), load()], tmp_path) == ["turns.svg", "load.svg"]
    for drawing in (turns_picture(turns()), load_picture(load())):
        root = ET.fromstring(drawing.svg())  # noqa: S314 - our own
        assert "attune" in "".join(root.itertext())
    assert "80 ms" in turns_picture(turns()).svg()
