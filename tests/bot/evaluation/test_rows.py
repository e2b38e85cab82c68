"""Lines of a folder and their readings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.evaluation.rows import NOTHING, STEP, Readings

from .made_up import parse, row, write_lines

if TYPE_CHECKING:
    from pathlib import Path


def test_the_fallback_is_no_reading() -> None:
    one = row("feel_low", "nlu_fallback", "feel_low", "greet")
    assert one.first == "feel_low"
    assert one.among(1)
    assert row("feel_low", "nlu_fallback").first == NOTHING
    assert row("feel_low").confidence == 0


def test_a_further_label_is_right_too() -> None:
    assert row("feel_low", "feel_numb", also=("feel_numb",)).among(1)
    assert not row("feel_low", "greet", "feel_low").among(1)
    assert row("feel_low", "greet", "feel_low").among(2)


def test_rules_alarm_alone_or_with_the_classifier() -> None:
    assert row("x", tier="S", by="rules").by_rules
    assert row("x", tier="S", by="both").by_rules
    assert not row("x", tier="S", by="classifier").by_rules
    assert not row("x", tier="R", by="rules").by_rules


async def test_each_text_is_read_once_and_progress_is_told(tmp_path: Path) -> None:
    read: list[str] = []
    said: list[str] = []

    async def reader(text: str) -> dict[str, Any]:
        read.append(text)
        return parse("greet")

    lines = [f'{{"text": "hello {number}", "label": "greet"}}' for number in range(STEP + 1)]
    write_lines(tmp_path / "intents.jsonl", *lines, "", lines[0])
    readings = Readings(tmp_path, reader, said.append)
    rows = await readings.rows("intents.jsonl")
    await readings.rows("intents.jsonl")
    assert len(rows) == STEP + 2
    assert len(read) == STEP + 1
    assert said == [f"Reading {STEP + 1} lines of intents.jsonl", f"  {STEP} of {STEP + 1}"]


async def test_a_missing_file_has_no_lines(tmp_path: Path) -> None:
    async def reader(text: str) -> dict[str, Any]:
        raise AssertionError(text)

    assert await Readings(tmp_path, reader, lambda line: None).rows("crisis_pos.jsonl") == []


async def test_changed_words_keep_their_label(tmp_path: Path) -> None:
    async def reader(text: str) -> dict[str, Any]:
        return parse(text)

    readings = Readings(tmp_path, reader, lambda line: None)
    changed = await readings.changed([row("a", "a", also=("b",))], ["b"], "lines")
    assert (changed[0].text, changed[0].label, changed[0].also, changed[0].first) == ("b", "a", ("b",), "b")
