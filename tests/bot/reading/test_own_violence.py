"""The writer's own violence against an adult is told from harm to the baby."""

from __future__ import annotations

import pytest

from bot.reading.own_violence import hurt_an_adult


@pytest.mark.parametrize(
    "text",
    [
        "I pushed my wife", "i slapped my husband in the kitchen", "I threw a plate at my partner",
        "ive just hit my girlfriend", "I grabbed my mum and she fell", "I'm going to hurt my husband",
    ],
)  # fmt: skip
def test_an_adult_who_was_hurt_by_the_writer(text: str) -> None:
    assert hurt_an_adult(text)


@pytest.mark.parametrize(
    "text",
    [
        "my husband pushed me",
        "I shook my baby",
        "I hit him",
        "I am hurt by my husband",
        "I pushed the pram past my mum",
    ],
)
def test_other_violence_is_none_of_that(text: str) -> None:
    assert not hurt_an_adult(text)
