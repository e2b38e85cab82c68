"""A conversation stays with its process, and moves only when that one fails."""

from __future__ import annotations

from collections import Counter

from bot.routing import AVOIDED, Routes

THREE = ["http://a:1", "http://b:1", "http://c:1"]
SESSIONS = [f"session-{number}" for number in range(3000)]


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def first(routes: Routes, session: str, addresses: list[str]) -> str:
    return routes.ranked(session, addresses)[0]


def test_a_conversation_always_goes_to_the_same_process_whatever_the_order() -> None:
    routes = Routes()
    for session in SESSIONS[:50]:
        assert first(routes, session, THREE) == first(Routes(), session, THREE[::-1])


def test_conversations_are_spread_evenly() -> None:
    counts = Counter(first(Routes(), session, THREE) for session in SESSIONS)
    assert all(abs(count - 1000) < 150 for count in counts.values())


def test_when_a_process_goes_only_its_own_conversations_move() -> None:
    for session in SESSIONS[:300]:
        before = first(Routes(), session, THREE)
        after = first(Routes(), session, [each for each in THREE if each != THREE[0]])
        assert after == before or before == THREE[0]


def test_a_process_that_failed_is_asked_last_for_a_while() -> None:
    clock = Clock()
    routes = Routes(clock)
    own = first(routes, "s", THREE)
    routes.failed(own)
    assert routes.ranked("s", THREE)[-1] == own
    clock.now += AVOIDED
    assert first(routes, "s", THREE) == own
    routes.failed(own)
    routes.answered(own)
    assert first(routes, "s", THREE) == own
