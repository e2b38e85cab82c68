"""How masking is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.evaluation.masking import FOLDER, covered, masking, read_marked
from bot.evaluation.report import Report
from bot.masking import Span

from .made_up import write_lines

if TYPE_CHECKING:
    from pathlib import Path


def test_a_marked_line_is_read_into_text_and_places() -> None:
    line = read_marked("my husband {name|Dave} is {name|Dave}")
    assert line.text == "my husband Dave is Dave"
    assert line.spans == ((11, 15, "name"), (19, 23, "name"))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'nmae' in .* is no kind"):
        read_marked("my husband {nmae|Dave}")


def test_a_name_of_which_a_letter_can_be_read_is_not_hidden() -> None:
    assert covered((0, 8, "name"), "Ann Hall", [Span(0, 3, "name"), Span(4, 8, "address")])
    assert not covered((0, 8, "name"), "Ann Hall", [Span(0, 7, "name")])


def test_recall_and_precision_are_counted_by_kind_and_apart_for_new_lines(tmp_path: Path) -> None:
    write_lines(tmp_path / "tuned.jsonl", '{"marked": "my wife {name|Hannah} left"}', '{"marked": "so tired"}')
    write_lines(tmp_path / "kept_aside.jsonl", '{"marked": "so Bambi and {name|zzyx} met"}')
    report = Report()
    masking(report, tmp_path)
    assert report.value("masking.recall name") == 0.5
    assert report.value("masking.precision") == 0.5
    assert report.value("masking.new recall") == 0
    assert report.value("masking.lines left alone") == 1
    assert [row["suite"] for row in report.wrong] == ["masking missed", "masking too much"]


def test_there_are_enough_lines_of_every_kind_and_without_any() -> None:
    report = Report()
    masking(report)
    of = {figure.name: figure.of for figure in report.figures}
    assert of["recall"] >= 200
    assert of["lines left alone"] >= 200
    assert min(count for name, count in of.items() if name.startswith("recall ")) >= 5
    assert list(FOLDER.glob("*.jsonl"))
