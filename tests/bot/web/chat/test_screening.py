"""The real safety rules, as the chat asks them when Rasa is not to be had."""

from __future__ import annotations

import time

import pytest

from bot.web.chat import screening

REAL = screening._screen


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "_screen", REAL)


async def test_after_warming_up_a_plain_cry_for_help_is_found() -> None:
    await screening.warm_up()
    assert await screening.screen("I want to kill myself") == screening.Screened("S")
    assert await screening.screen("my baby loves bananas") == screening.Screened()


async def test_screening_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "_screen", lambda text: time.sleep(0.3))
    screening._loaded.set()  # while the rules are loading, more time is given
    assert await screening.screen("anything", 0.02) == screening.Screened(unheard=True)
