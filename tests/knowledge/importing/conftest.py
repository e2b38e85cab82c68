"""What the tests of importing share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def failing() -> Callable[[Callable[..., object], int, int], Callable[..., object]]:
    """Makes of a function one that fails once, at its so manieth call, with an error of the system."""

    def make(call: Callable[..., object], at: int, number: int) -> Callable[..., object]:
        calls: list[object] = []

        def fails(*given: object) -> object:
            calls.append(given)
            if len(calls) == at:
                raise OSError(number, "it fails", "the file")
            return call(*given)

        return fails

    return make
