"""What is told as long past, and what only begins so."""

from __future__ import annotations

import datetime

import pytest

from bot.reading.past_wish import act_is_long_past, wish_is_past


@pytest.mark.parametrize(
    "text",
    [
        "Just so you know I tried to end my life after my first, in 2019",
        "used to cut when i was a kid. eleven yrs clear",
        "I overdosed ten years ago and got help",
        "I attempted when I was nineteen",
        "tried to kill myself when I was 19. I'm 36, and I'd rather plan than be surprised",
        "I used to cut, clean since 2015",
    ],
)
def test_an_act_of_years_ago_is_long_past(text: str) -> None:
    assert act_is_long_past(text)


@pytest.mark.parametrize(
    "text",
    [
        "I tried to end my life in 2019 and I'm thinking about it again",
        "I attempted ten years ago and tonight it's the same",
        "tried when I was 19 weeks",
        "I tried to end my life last night",
        "my daughter tried in 2019",
        "I cut years ago and the urge is creeping in",
        "ten years ago I would not have wanted this",
        "I tried to kill myself",
        "been burning myself since 2020",
        "I have been cutting myself since 2019",
        "I've been self-harming on and off since 2022 when it gets too much",
        f"I tried to end my life in {datetime.date.today().year - 1}",
        "I tried when I was 19 and I have a plan",
        "I tried five years ago and I want to plan the end",
        "I took an overdose when I was 17. I'd rather plan something painless",
    ],
)
def test_what_goes_on_or_is_somebody_elses_is_not(text: str) -> None:
    assert not act_is_long_past(text)


def test_a_wish_with_something_lighter_after_it_is_past() -> None:
    assert wish_is_past("I used to think I wanted to die and now I'm annoyed about nap schedules")
    assert not wish_is_past("I used to think I wanted to die and now I feel better but it comes back")
