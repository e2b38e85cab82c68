"""The suite perturbed: the same lines, written badly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.evaluation.perturb import KINDS
from bot.evaluation.perturbed import CLEAN, read_perturbed
from bot.evaluation.report import Report
from bot.evaluation.rows import Readings

from .made_up import parse, write_lines

if TYPE_CHECKING:
    from pathlib import Path

INTENTS = [
    '{"text": "Everything feels Empty", "label": "feel_numb"}',
    '{"text": "nothing feels real", "label": "feel_numb"}',
]


async def reads_capitals(text: str) -> dict[str, Any]:
    """A model that understands, and fears, nothing but capitals and lines about nothing."""
    known = any(character.isupper() for character in text) or text.startswith("nothing feels real")
    label = "feel_numb" if known else "greet"
    return parse(label, tier="S" if known else None, by="rules" if known else None)


@pytest.fixture
async def report(tmp_path: Path) -> Report:
    write_lines(tmp_path / "intents.jsonl", *INTENTS)
    write_lines(tmp_path / "crisis_pos.jsonl", '{"text": "Help now", "label": "crisis_suicide"}')
    write_lines(tmp_path / "crisis_neg.jsonl", '{"text": "dying of laughter", "label": "small_talk"}')
    measured = Report()
    await read_perturbed(Readings(tmp_path, reads_capitals, lambda line: None), measured)
    return measured


def test_every_kind_has_its_figures(report: Report) -> None:
    names = [figure.name for figure in report.figures]
    for kind in (CLEAN, *KINDS):
        for figure in ("acceptable", "alarm or check", "alarm", "twins alarmed"):
            assert f"{figure} {kind}" in names
    assert [f"acceptable drop {kind}" in names for kind in KINDS] == [True] * len(KINDS)
    assert {figure.suite for figure in report.figures} == {"perturbed"}


def test_a_drop_is_the_clean_value_less_the_new_one(report: Report) -> None:
    assert report.value("perturbed.acceptable clean") == 1
    assert report.value("perturbed.acceptable lower case") == 0.5
    assert report.value("perturbed.acceptable drop lower case") == 0.5
    assert report.value("perturbed.acceptable drop emoji") == 0


def test_screening_is_read_in_each_kind(report: Report) -> None:
    assert report.value("perturbed.alarm clean") == 1
    assert report.value("perturbed.alarm lower case") == 0
    assert report.value("perturbed.twins alarmed lower case") == 0


def test_lines_that_a_kind_leaves_as_they_are_are_counted(report: Report) -> None:
    changed = {one.kind: (one.changed, one.lines) for one in report.perturbed}
    assert changed["lower case"] == (2, 4)
    assert changed["emoji"] == (4, 4)


def test_only_what_went_wrong_by_the_new_form_is_listed(report: Report) -> None:
    lower = [(line["suite"], line["text"]) for line in report.wrong if "lower case" in line["suite"]]
    assert lower == [
        ("perturbed lower case", "everything feels empty"),
        ("perturbed lower case missed", "help now"),
    ]
