"""The figure of free times, as `attune bench` shows it."""

from __future__ import annotations

import pytest

from bot.bench.booking import DAYS, THERAPISTS, SlotsFigure, measure_slots


def test_the_target_is_fifty_milliseconds():
    assert SlotsFigure(50.0, 90.0, 50.0, 4500, 900).good
    assert not SlotsFigure(50.1, 50.2, 49.0, 4500, 900).good
    assert not SlotsFigure(30.0, 50.2, 50.1, 4500, 900).good


@pytest.mark.long
def test_sixty_days_of_ten_therapists_are_found_and_some_are_taken():
    figure = measure_slots()
    assert (figure.days, figure.therapists) == (DAYS, THERAPISTS)
    assert figure.slots > 4000
    assert figure.bookings > 800
    assert 0 < figure.median_ms <= figure.p95_ms
    assert figure.answer_ms > figure.median_ms
