"""Shares, bins, drops and ranks, checked against values worked out by hand."""

from __future__ import annotations

import pytest

from bot.evaluation.statistics import Share, auroc, calibration_error, paired_drop, reliability, share


def test_a_share_holds_itself_within_its_interval() -> None:
    for hits, total in [(0, 5), (5, 5), (3, 7), (1, 1000)]:
        one = Share(hits, total)
        low, high = one.interval
        assert 0 <= low <= one.value <= high <= 1


def test_wilsons_interval_is_the_published_one() -> None:
    # Newcombe 1998, Statistics in Medicine 17:857-872, table I: 81 of 263 is 0.2553 to 0.3662.
    low, high = Share(81, 263).interval
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_nothing_counted_is_any_share() -> None:
    assert share([]).value == 0
    assert share([]).interval == (0, 1)


def test_readings_are_put_into_bins_by_their_confidence() -> None:
    bins = reliability([0.0, 0.05, 0.1, 0.95, 1.0], [False, True, True, True, False])
    assert [(one.low, one.high, one.right.total) for one in bins] == [(0, 0.1, 3), (0.9, 1, 2)]
    assert bins[0].confidence == pytest.approx(0.05)
    assert bins[1].right.value == 0.5


def test_a_bin_in_json_has_confidence_share_and_count() -> None:
    found = reliability([0.75, 0.75], [True, False])[0].as_dict()
    assert found == {"low": 0.7, "high": 0.8, "confidence": 0.75, "right": 0.5, "of": 2, "interval": [0.0945, 0.9055]}


def test_calibration_error_weighs_bins_by_their_readings() -> None:
    # Three readings at 0.9 of which two are right, one at 0.2 that is right.
    error = calibration_error(reliability([0.9, 0.9, 0.9, 0.2], [True, True, False, True]))
    assert error == pytest.approx(0.75 * abs(0.9 - 2 / 3) + 0.25 * 0.8)
    assert calibration_error([]) == 0


def test_a_drop_counts_only_lines_that_changed() -> None:
    before, after = [True] * 8 + [False] * 2, [True] * 5 + [False] * 3 + [True] + [False]
    drop, (low, high) = paired_drop(before, after)
    assert drop == pytest.approx(0.2)
    assert low < 0 < drop < high


def test_no_change_is_no_drop_but_not_certain() -> None:
    drop, (low, high) = paired_drop([True] * 50, [True] * 50)
    assert drop == 0
    assert -0.1 < low < 0 < high < 0.1


def test_a_drop_needs_the_same_lines() -> None:
    with pytest.raises(ValueError, match="shorter"):
        paired_drop([True, False], [True])


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    assert auroc([3, 2], [1, 0]) == 1
    assert auroc([1], [1]) == 0.5
    assert auroc([2, 0], [1]) == 0.5
    assert auroc([], [1]) == 0.5
