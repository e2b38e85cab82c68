"""A parent in danger is answered with helplines also while parts of Attune are dead or frozen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.stack import cards

if TYPE_CHECKING:
    from tests.stack import Stack

pytestmark = pytest.mark.stack

DANGER = "i want to die"
LONGEST = 4.0  # seconds: three are promised, and other tests run on the same machine


def helplines_within_time(stack: Stack, region: str = "GB") -> list[str]:
    parent = stack.parent(region)
    began = time.monotonic()
    messages = parent.says(DANGER)
    took = time.monotonic() - began
    shown = cards(messages, "helplines")
    assert shown, messages
    assert took < LONGEST
    return [line["id"] for line in shown[0]["lines"]]


def test_danger_gets_helplines_while_the_action_server_is_frozen(stack: Stack) -> None:
    stack.wait_until_ready()
    with stack.frozen("actions"):
        assert "gb-samaritans" in helplines_within_time(stack)


def test_danger_gets_helplines_while_the_action_server_is_dead(stack: Stack) -> None:
    stack.wait_until_ready()
    stack.kill("actions")
    assert "gb-samaritans" in helplines_within_time(stack)
    stack.wait_until_ready()


def test_a_question_gets_people_instead_of_silence_while_the_action_server_is_frozen(stack: Stack) -> None:
    stack.wait_until_ready()
    parent = stack.parent("US")
    with stack.frozen("actions"):
        messages = parent.says("will this feeling ever pass")
    assert cards(messages, "helplines")
    assert messages[0]["text"]


def test_danger_gets_helplines_while_rasa_is_frozen(stack: Stack) -> None:
    stack.wait_until_ready()
    with stack.frozen("rasa"):
        assert "gb-samaritans" in helplines_within_time(stack)
    stack.wait_until_ready()


def test_danger_gets_helplines_while_rasa_is_dead_and_rasa_comes_back(stack: Stack) -> None:
    stack.wait_until_ready()
    stack.kill("rasa")
    assert "us-988" in helplines_within_time(stack, "US")
    stack.wait_until_ready()
    messages = stack.parent("US").says("I love my baby but I feel like the babysitter")
    assert cards(messages, "passage")


def test_a_risk_that_opened_before_rasa_died_or_while_it_was_away_is_open_afterwards(stack: Stack) -> None:
    stack.wait_until_ready()
    before, meanwhile = stack.parent("US"), stack.parent("US")
    assert cards(before.says("I want to kill myself"), "helplines")
    stack.kill("rasa")
    assert cards(meanwhile.says("I want to kill myself"), "helplines")
    stack.wait_until_ready()
    for parent in (before, meanwhile):
        shown = cards(parent.says("how do I get closer to my baby"), "helplines")
        assert shown
        assert shown[0]["compact"] is True
