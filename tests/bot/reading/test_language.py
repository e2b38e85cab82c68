"""Other languages are found, and hurried English is not taken for one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.evaluation.perturb import perturb
from bot.reading.language import OTHER, SPANISH, language_of, spanish_answer

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "text", ["hola", "no puedo dormir desde que nació mi bebé", "Me siento muy sola", "quiero morir", "ya no quiero vivir",
             "mi bebe llora y no se que hacer"],
)  # fmt: skip
def test_spanish_is_spanish(text: str) -> None:
    assert language_of(text) == SPANISH


@pytest.mark.parametrize(
    "text", ["je suis tellement fatiguée et je pleure tout le temps", "ich kann nicht mehr", "我很累",
             "nie mam siły, płaczę cały dzień", "estou muito cansada e não consigo dormir"],
)  # fmt: skip
def test_other_languages_are_other(text: str) -> None:
    assert language_of(text) == OTHER


@pytest.mark.parametrize("text", ["no", "theo", "im so tierd", "asdf qwer zxcv", "abuela says i spoil him", "🙃", ""])
def test_short_and_odd_messages_stay_english(text: str) -> None:
    assert language_of(text) not in {SPANISH, OTHER}


def test_no_english_line_of_the_evaluation_is_taken_for_another_language(root: Path) -> None:
    files = [root / "tests" / "eval" / name for name in ("intents.jsonl", "crisis_pos.jsonl", "crisis_neg.jsonl")]
    texts = [json.loads(line)["text"] for path in files for line in path.read_text("utf-8").splitlines()]
    written = [*texts, *(perturb(text, kind) for text in texts for kind in ("typos", "no punctuation"))]
    assert [text for text in written if language_of(text) in {SPANISH, OTHER}] == []


@pytest.mark.parametrize(("text", "label"), [("Sí", "affirm"), ("no", "deny"), ("no lo sé", "unsure"), ("hoy", None)])
def test_a_spanish_answer(text: str, label: str | None) -> None:
    assert spanish_answer(text) == label
