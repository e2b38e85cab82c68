"""`attune eval` on a tiny folder, through the trained model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from bot.cli.evaluate import command
from bot.evaluation.perturb import KINDS

from .made_up import write_lines

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.model

LINES = {
    "intents.jsonl": [
        '{"text": "I feel nothing when I look at my baby, like she is somebody else\'s.", "label": "feel_disconnected", '
        '"also": ["feel_numb"]}',
        '{"text": "Could I book the free consultation please?", "label": "request_booking", "also": ["ask_consultation"]}',
        '{"text": "What is the capital of Peru?", "label": "out_of_scope"}',
    ],
    "crisis_pos.jsonl": ['{"text": "I don\'t want to live any more. I want to die.", "label": "crisis_suicide"}'],
    "crisis_neg.jsonl": ['{"text": "That joke killed me, I nearly died laughing!", "label": "small_talk"}'],
    "questions.jsonl": ['{"question": "Is anybody reading this live?", "articles": ["about-this-assistant"]}'],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("eval")
    for name, lines in LINES.items():
        write_lines(made / name, *lines)
    return made


def test_every_suite_of_a_folder_gives_figures_json_and_pictures(folder: Path) -> None:
    written, pictures = folder / "figures.json", folder / "pictures"
    suites = ["--suite=intents", "--suite=crisis", "--suite=retrieval", "--suite=perturbed"]
    result = CliRunner().invoke(
        command, [str(folder), *suites, "--json", str(written), "--plots", str(pictures)], catch_exceptions=False
    )
    assert result.exit_code == 0
    content = json.loads(written.read_text("utf-8"))
    figures = {f"{one['suite']}.{one['name']}": one for one in content["figures"]}
    assert figures["intents.acceptable"]["of"] == 3
    assert figures["intents.macro recall"]["of"] == 3
    assert figures["crisis.alarm"]["value"] == 1
    assert figures["retrieval.recall@1"]["of"] == 1
    for kind in KINDS:
        assert f"perturbed.acceptable drop {kind}" in figures
        assert figures[f"perturbed.alarm or check {kind}"]["value"] == 1
    assert {row["of"] for row in content["recall by label"].values()} == {1}
    assert content["screening"]["curve"]
    names = {path.name for path in pictures.iterdir()}
    assert names == {"confusion.svg", "reliability.svg", "screening.svg", "thresholds.svg"}
    for path in pictures.iterdir():
        ET.parse(path)  # noqa: S314 - our own file
