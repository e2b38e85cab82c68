"""What a message is while a risk is open: by its words, by what it is heard as, and against an alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.reading.open_risk import follow_up, past_and_over
from bot.safety.verdict import Verdict
from bot.settings import ROOT
from bot.understanding.after_risk import Heard

if TYPE_CHECKING:
    from collections.abc import Callable

SURE, FAIRLY_SURE, UNSURE = 0.9, 0.55, 0.3
WEAK_ALARM = Verdict("S", "crisis_suicide", "classifier", "x", 0.5)
STRONG_ALARM = Verdict("S", "crisis_suicide", "classifier", "x", 2.5)
OF_THE_BODY = Verdict("E", "crisis_medical", "classifier", "x", 0.5)


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(ROOT / "domain.yml"))


@pytest.fixture
def after(domain: Domain) -> Callable[..., DialogueStateTracker]:
    def begin(risk: str | None, crisis: str = "crisis_suicide", **slots: object) -> DialogueStateTracker:
        tracker = DialogueStateTracker.from_events("a", [], domain.slots)
        tracker.update(UserUttered("something grave", intent={"name": crisis, "confidence": 1.0}))
        for name, value in {"risk": risk, **slots}.items():
            tracker.update(SlotSet(name, value))
        return tracker

    return begin


def name(tracker: DialogueStateTracker, text: str, heard: Heard | None, verdict: Verdict = Verdict()) -> str | None:  # noqa: B008 - frozen
    found = follow_up(tracker, text, "small_talk", verdict, heard)
    return found.name if found else None


def test_nothing_is_heard_where_no_risk_is_open(after) -> None:
    assert name(after(None), "my sister is here", Heard("someone_here", SURE)) is None


def test_what_no_rule_knows_is_heard_as_its_kind(after) -> None:
    assert name(after("S"), "my sister is staying with us", Heard("someone_here", UNSURE)) == "someone_here"
    assert name(after("S"), "my sister is staying with us", Heard("other", SURE)) is None


def test_words_go_before_a_kind_that_is_not_surer(after) -> None:
    text = "ignore what I said"
    assert name(after("S"), text, Heard("asks_number", FAIRLY_SURE)) == "takes_it_back"
    assert name(after("S"), text, Heard("asks_number", SURE)) == "number_again"


def test_a_kind_explains_a_weak_alarm_only_where_it_is_fairly_sure(after) -> None:
    text = "it only takes the edge off"
    assert name(after("S"), text, Heard("not_dying", FAIRLY_SURE), WEAK_ALARM) == "not_dying"
    assert name(after("S"), text, Heard("not_dying", UNSURE), WEAK_ALARM) is None
    assert name(after("S"), text, Heard("not_dying", SURE), STRONG_ALARM) is None
    assert name(after("S"), text, Heard("not_dying", SURE), OF_THE_BODY) is None


def test_a_wish_not_to_wake_up_is_answered_as_one_however_strong_its_alarm(after) -> None:
    assert name(after("S"), "only to sleep for good", Heard("only_passive", UNSURE), STRONG_ALARM) == "only_passive"


def test_an_exercise_that_runs_is_not_interrupted_by_a_bare_fact(after) -> None:
    running = after("S", exercise={"id": "a", "step": 0, "at": 0.0})
    assert name(running, "the lamp is yellow", Heard("tells_fact", SURE)) is None


def test_a_doctors_relief_stays_relief(after) -> None:
    seen = after("E", "crisis_medical", follow_up="helped")
    assert name(seen, "he is feeding well again", Heard("good_news", SURE)) == "helped"


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("I used to think I wanted to die and now I only mind the nap schedule", True),
        ("I used to want to die, and now it is back", False),
        ("used to want to die, these days I'm cross about socks", True),
        ("I used to be happy, now I want to die", False),
        ("I used to want to live. now I don't any more", False),
        ("I used to say I would never hurt myself, now I want to", False),
        ("I used to want to die and nobody knew", False),
    ],
)
def test_what_used_to_be_is_asked_about(text: str, over: bool) -> None:
    assert past_and_over(WEAK_ALARM, text) is over
    assert not past_and_over(STRONG_ALARM, text)
    assert not past_and_over(Verdict("S", "crisis_suicide", "rules", "x", 0.5), text)
