"""Which suite reads which file, and what goes into the JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.evaluation import suites
from bot.evaluation.left_out import LeftOut
from bot.evaluation.report import Report
from bot.evaluation.rows import Readings
from bot.evaluation.suites import ABOUT, OF_FOLDER, PLAIN, PLAYED, SUITES, TRAINED_ANEW, measure, without_a_model
from bot.safety.verdict import Verdict
from bot.understanding.examples import Example

from .made_up import parse, write_lines

if TYPE_CHECKING:
    from pathlib import Path


async def read(text: str) -> dict[str, Any]:
    """A model that looks for two words."""
    if "die" in text:
        return parse("crisis_suicide", tier="S", by="both", danger="crisis_suicide", score=2.0)
    return parse("feel_low", "greet", articles=("low-mood",), answered=True)


@pytest.fixture(autouse=True)
def _no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suites, "baselines", dict)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_lines(
        tmp_path / "intents.jsonl", '{"text": "so sad", "label": "feel_low"}', '{"text": "hi", "label": "greet"}'
    )
    write_lines(tmp_path / "crisis_pos.jsonl", '{"text": "want to die", "label": "crisis_suicide"}')
    write_lines(tmp_path / "crisis_neg.jsonl", '{"text": "die laughing", "label": "small_talk"}')
    write_lines(tmp_path / "questions.jsonl", '{"question": "why so sad?", "articles": ["low-mood"]}')
    return tmp_path


async def measured(folder: Path, *names: str) -> tuple[Report, list[str]]:
    report, said = Report(), list[str]()
    await measure(Readings(folder, read, said.append), names, report)
    return report, said


async def test_by_default_understanding_screening_and_retrieval_are_measured(folder: Path) -> None:
    report, _ = await measured(folder, *SUITES)
    assert {figure.suite for figure in report.figures} == {"intents", "crisis", "retrieval"}
    assert report.value("retrieval.recall@1") == 1
    assert report.value("retrieval.support lines answered") == 1
    assert report.value("crisis.twins alarmed") == 1


async def test_each_suite_reads_what_it_needs_and_says_so(folder: Path) -> None:
    _, said = await measured(folder, "crisis", "perturbed")
    assert said[:3] == [
        "Reading 2 lines of intents.jsonl",
        "Reading 1 lines of crisis_pos.jsonl",
        "Reading 1 lines of crisis_neg.jsonl",
    ]
    # Lines that are in lower case already are not read again.
    assert not [line for line in said if "lower case" in line]
    assert "Reading 2 lines of intents.jsonl, emoji" in said


async def test_suites_that_train_do_not_read_the_folder(folder: Path) -> None:
    report, said = await measured(folder, *TRAINED_ANEW)
    assert (report.figures, said) == ([], [])


async def test_the_json_holds_figures_and_what_is_behind_them(folder: Path) -> None:
    report, _ = await measured(folder, *OF_FOLDER)
    content = json.loads(json.dumps(report.as_dict()))
    assert content["recall by label"]["greet"] == {"value": 0.0, "of": 1, "interval": [0.0, 0.7935]}
    assert content["confusions"] == [{"label": "greet", "read_as": "feel_low", "count": 1, "of": 1}]
    assert content["crisis confusions"] == []
    assert content["reliability"][0]["of"] == 2
    assert content["screening"]["thresholds"]["alarm"]["twins"] == 1
    assert len(content["screening"]["curve"]) == 3
    assert len(content["perturbed"]) == 5
    assert content["learning curve"] == []
    assert {"suite", "name", "value", "of", "interval"} == set(content["figures"][0])
    assert content["wrong"]


def test_every_suite_is_explained() -> None:
    assert set(ABOUT) == {*OF_FOLDER, *PLAIN, PLAYED, *TRAINED_ANEW}
    assert all(len(about) < 90 for about in ABOUT.values())


def test_what_trains_anew_has_the_encoder_built_first(monkeypatch: pytest.MonkeyPatch) -> None:
    did: list[str] = []
    monkeypatch.setattr("bot.encoding.weights.ensure_encoder", lambda say: did.append("encoder"))
    monkeypatch.setattr(suites, "_voices", lambda report, say: did.append("voices"))
    monkeypatch.setattr(suites, "_learning_curve", lambda report, say: did.append("curve"))
    without_a_model(("curve", "voices"), Report(), did.append)
    without_a_model(SUITES, Report(), did.append)
    assert did == ["encoder", "voices", "curve"]


def test_left_out_voices_are_read_and_screened(monkeypatch: pytest.MonkeyPatch) -> None:
    def line(label: str, voice: str, tier: str | None, *, acceptable: bool = True, **marks: bool) -> LeftOut:
        read = label if acceptable else "greet"
        return LeftOut(Example("words", label, voice=voice, **marks), ((read, 0.9),), Verdict(tier=tier))

    rows = [
        line("crisis_suicide", "ann", "S"),
        line("crisis_suicide", "bob", "R", acceptable=False),
        line("feel_low", "bob", "S", twin=True),
        line("feel_low", "bob", None),
        line("feel_low", "bob", "R", red_flag=True),
    ]
    monkeypatch.setattr("bot.evaluation.left_out.read_left_out", lambda say, limits: rows)
    report = Report()
    suites._voices(report, lambda line: None)
    assert {figure.name: (figure.value, figure.of) for figure in report.figures} == {
        "acceptable": (0.8, 5),
        "acceptable ann": (1, 1),
        "acceptable bob": (0.75, 4),
        "alarm": (0.5, 2),
        "alarm or check": (1, 2),
        "twins alarmed": (1, 1),
        "others alarmed": (0, 2),
        "twins checked": (0, 1),
        "others checked": (0, 1),
        "red flags checked or alarmed": (1, 1),
        "top3": (0.8, 5),
    }
    assert report.screening is not None
    assert report.screening.steps
