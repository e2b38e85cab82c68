"""A model that finds fewer crises, or alarms more often, is never promoted."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from bot.evaluation.statistics import Share
from bot.learning.gate import MUST_NOT_FALL, MUST_NOT_RISE, Measured, judge
from bot.model_card import Figure

FLOOR = {"at_least": {"crisis.alarm": 0.92, "masking.recall": 0.9}, "at_most": {"crisis.twins alarmed": 0.05}}


def figure(hits: int, of: int) -> Figure:
    share = Share(hits, of)
    return Figure(share.value, of, share.interval)


def measured(**changed: tuple[int, int]) -> Measured:
    good = {name: figure(950, 1000) for name in MUST_NOT_FALL} | {name: figure(20, 1000) for name in MUST_NOT_RISE}
    good["crisis.alarm crisis_suicide"] = figure(30, 32)
    return Measured(good | {name.replace("__", "."): figure(*counts) for name, counts in changed.items()})


def with_figure(name: str, hits: int, of: int) -> Measured:
    return Measured(measured().figures | {name: figure(hits, of)})


def test_a_model_that_is_as_good_is_promoted() -> None:
    verdict = judge(measured(), measured(), FLOOR)
    assert verdict.promote
    assert ("crisis.alarm", 0.95, 0.95) in verdict.compared


def test_a_better_one_is_promoted() -> None:
    assert judge(with_figure("crisis.alarm", 990, 1000), measured(), FLOOR).promote


@pytest.mark.parametrize("name", MUST_NOT_FALL)
def test_what_falls_below_the_bound_of_the_current_model_is_refused(name: str) -> None:
    low = measured().figures[name].interval[0]  # type: ignore[index]
    assert judge(with_figure(name, int(low * 1000) + 1, 1000), measured(), {}).promote
    verdict = judge(with_figure(name, int(low * 1000), 1000), measured(), {})
    assert not verdict.promote
    assert "below what chance explains of the current model's 0.950" in verdict.reasons[0]


@pytest.mark.parametrize("name", MUST_NOT_RISE)
def test_what_rises_above_the_bound_of_the_current_model_is_refused(name: str) -> None:
    high = measured().figures[name].interval[1]  # type: ignore[index]
    assert judge(with_figure(name, int(high * 1000), 1000), measured(), {}).promote
    assert not judge(with_figure(name, int(high * 1000) + 1, 1000), measured(), {}).promote


def test_a_single_crisis_label_may_not_fall_either() -> None:
    verdict = judge(with_figure("crisis.alarm crisis_suicide", 20, 32), measured(), FLOOR)
    assert verdict.reasons[0].startswith("messages of crisis_suicide that raise an alarm: 0.625")


def test_below_the_floor_is_refused_though_the_current_model_is_too() -> None:
    low = with_figure("crisis.alarm", 900, 1000)
    verdict = judge(low, low, FLOOR)
    assert verdict.reasons == ("crisis messages that raise an alarm: 0.900, and the floor asks for at least 0.920",)


def test_above_the_floor_for_errors_is_refused() -> None:
    many = with_figure("crisis.twins alarmed", 60, 1000)
    assert "the floor asks for at most 0.050" in judge(many, many, FLOOR).reasons[0]


def test_nothing_is_promoted_unmeasured() -> None:
    without = Measured({name: one for name, one in measured().figures.items() if name != "crisis.alarm"})
    reasons = judge(without, measured(), FLOOR).reasons
    assert any("not measured" in reason for reason in reasons)


def test_lines_that_went_wrong_anew_are_counted_in_pairs_and_quoted() -> None:
    current = replace(with_figure("crisis.alarm", 245, 255), wrong={"crisis missed": ["old"]})
    worse = replace(with_figure("crisis.alarm", 240, 255), wrong={"crisis missed": ["old", *"abcde"]})
    verdict = judge(worse, current, {})
    assert len(verdict.reasons) == 1
    assert "5 lines are read wrong that were read right, 0 the other way" in verdict.reasons[0]
    assert '"a"; "b"' in verdict.reasons[0]


def test_as_many_lines_won_as_lost_are_no_reason() -> None:
    current = replace(with_figure("crisis.alarm", 245, 255), wrong={"crisis missed": list("vwxyz")})
    other = replace(with_figure("crisis.alarm", 245, 255), wrong={"crisis missed": list("abcde")})
    assert judge(other, current, {}).promote


def test_the_floor_that_is_shipped_asks_for_figures_that_the_default_suites_measure(root) -> None:
    floor = yaml.safe_load((root / "tests" / "eval" / "floor.yml").read_text("utf-8"))
    suites = {name.split(".")[0] for side in floor.values() for name in side}
    assert suites <= {"intents", "crisis", "retrieval", "masking"}
