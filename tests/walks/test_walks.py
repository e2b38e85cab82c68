"""Random walks through the dialogue: no state without a way out. `make walks` takes 2,000 of them."""

from __future__ import annotations

import asyncio
import os
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from rasa.shared.core.events import SlotSet

from actions.exercise import exercises
from actions.situation import NOT_UNASKED
from bot.understanding.labels import is_crisis

from .in_process import all_intents, load

pytestmark = pytest.mark.model
WALKS = int(os.environ.get("WALKS", "10"))
STEPS = 12
INTENTS = all_intents()
ORDINARY = [name for name in INTENTS if not is_crisis(name)]
MOVES = ["yes", "no", "ok", "next", "stop", "again", "back", "skip", "hang on", "something else please", "7", "the same", "worse",
         "better", "not sure", "carry on with the exercise", "", "🙃", "hola", "stupid bot", "bye", "sometimes", "his name"]  # fmt: skip
LOOP = asyncio.new_event_loop()
PLAYER: list[Any] = []
REMOTE = {"action_answer", "action_booking", "action_exercise", "action_move", "action_not_understood", "action_region"}


class Walk(RuleBasedStateMachine):
    """One parent; each step types, presses, or lets an hour pass."""

    def __init__(self) -> None:
        super().__init__()
        if not PLAYER:
            PLAYER.extend(load())
        self.player, self.understood, self.actions = PLAYER
        self.sender = uuid.uuid4().hex
        self.before: list[str] = []
        self.turn: Any = None
        self.intent = ""
        self.said = 0

    def play(self, **how: Any) -> None:
        """Play a turn and check what holds for every turn."""
        self.before = [m["text"] for m in self.turn.messages] if self.turn else []
        ran = self.actions.calls
        self.turn = LOOP.run_until_complete(self.player.play(self.sender, region="GB", **how))
        assert self.actions.calls > ran or not REMOTE & set(self.turn.actions), self.turn.actions
        self.intent = self.turn.understood["intent"]

    @rule(intent=st.sampled_from(INTENTS), answered=st.booleans(), words=st.integers(0, 3))
    def types(self, intent: str, answered: bool, words: int) -> None:
        """Some words that mean `intent`."""
        self.said += 1
        self.understood.intent, self.understood.answered, self.understood.tier = intent, answered, None
        self.play(text=f"{'words of mine '}{intent.replace('_', ' ')} {words}")

    @rule(intent=st.sampled_from(ORDINARY), text=st.sampled_from(MOVES))
    def moves(self, intent: str, text: str) -> None:
        """Small words, whatever the pipeline took them for."""
        self.understood.intent, self.understood.tier = intent, None
        self.play(text=text)

    @rule(intent=st.sampled_from(ORDINARY))
    def worries(self, intent: str) -> None:
        """Words that the screening finds possible, but not likely, to be danger."""
        self.understood.intent, self.understood.tier = intent, "R"
        self.play(text=f"heavy words about {intent.replace('_', ' ')}")

    @rule(tier=st.sampled_from("EPISV"))
    def tells_of_somebody(self, tier: str) -> None:
        """Somebody else's crisis."""
        self.understood.intent, self.understood.tier = "crisis_third_party", tier
        self.play(text="words about somebody in danger")

    @precondition(lambda self: self.turn and any(m.get("choices") for m in self.turn.messages))
    @rule(place=st.integers(0, 20))
    def presses(self, place: int) -> None:
        """One of the choices of the last reply."""
        choices = [c for m in self.turn.messages for c in m.get("choices", ())]
        self.play(payload=choices[place % len(choices)]["payload"])

    @rule(choice=st.sampled_from(["cold-water", "small-smile", "one-sense-with-baby", "three-am", "slow-breathing"]))
    def asks_for(self, choice: str) -> None:
        """An exercise of an older reply."""
        self.play(payload=f'/request_exercise{{"choice": "{choice}"}}')

    @precondition(lambda self: self.turn)
    @rule()
    def an_hour_passes(self) -> None:
        """What runs gets stale."""
        store = self.player._agent.tracker_store
        tracker = LOOP.run_until_complete(store.retrieve(self.sender))
        for slot in ("exercise", "paused"):
            if running := tracker.get_slot(slot):
                tracker.update(SlotSet(slot, {**running, "at": running["at"] - 4000}))
        LOOP.run_until_complete(store.save(tracker))

    @invariant()
    def every_turn_ends_with_a_reply(self) -> None:
        """No blank, and nothing broken."""
        if self.turn:
            assert self.turn.messages
            assert all(message["text"].strip() for message in self.turn.messages)
            assert "{" not in " ".join(message["text"] for message in self.turn.messages)
            assert "utter_unavailable" not in self.turn.actions

    @invariant()
    def no_reply_comes_twice(self) -> None:
        """Two turns in a row never read the same."""
        if self.turn:
            assert [m["text"] for m in self.turn.messages] != self.before

    @invariant()
    def a_crisis_brings_helplines(self) -> None:
        """In full with the crisis; as a bar while the risk is open."""
        if self.turn:
            cards = [m["card"] for m in self.turn.messages if (m.get("card") or {}).get("type") == "helplines"]
            assert cards or not self.turn.risk
            if is_crisis(self.intent):
                assert any(not card["compact"] for card in cards)

    @invariant()
    def no_exercise_that_is_excluded(self) -> None:
        """Neither shown nor offered: after a loss, a danger, or a topic that it is not for."""
        if not self.turn:
            return
        shown = [m["card"]["exercise"] for m in self.turn.messages if (m.get("card") or {}).get("type") == "exercise"]
        payloads = [c["payload"] for m in self.turn.messages for c in m.get("choices", ())]
        offered = [p.split('"')[3] for p in payloads if p.startswith("/request_exercise{") and "resume" not in p]
        heard = set(self.turn.slots["heard"] or [])
        for exercise in (exercises()[name] for name in [*shown, *offered]):
            assert exercise.after_loss or not self.turn.slots["loss"]
            assert exercise.baby != "with" or not heard & set(exercise.not_for)
        if "action_answer" in self.turn.actions and self.intent in NOT_UNASKED:
            assert not [p for p in payloads if p == "/request_exercise"]

    @invariant()
    def every_step_has_a_way_out(self) -> None:
        """Stop is always there while an exercise runs."""
        if self.turn and self.turn.slots["exercise"]:
            assert "/stop" in [c["payload"] for m in self.turn.messages for c in m.get("choices", ())]


TestWalks = Walk.TestCase
TestWalks.settings = settings(
    max_examples=WALKS, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
)
