"""When a message was not understood, or the answer missed: ask once with choices, then offer people."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.booking import show_booking
from actions.session import Session, say, slots
from actions.wording import short_name

TOPICS = 3
OPENINGS = (
    "I may have missed what you mean. Is it one of these?",
    "I'm not sure I follow. Which of these is nearest, or would you say it another way?",
    "Let me try to get it right. Is it about one of these?",
)


class ActionNotUnderstood(Action):
    """First time: the likeliest topics as choices. Second time in a row: people."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_not_understood"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Ask or hand over; the count starts again with the next answer."""
        session = Session(tracker)
        missed = session.count("missed") + 1
        if missed >= 2:
            say(
                dispatcher,
                "I am a program, and I am not getting this right. A person will understand you better. "
                "If you need someone now, I can show helplines.",
                choices=[("Show helplines", "/request_helplines"), ("Try other words", "/ask_capabilities")],
            )
            show_booking(dispatcher, session)
            return slots(missed=0)
        say(dispatcher, OPENINGS[len(session.shown) % len(OPENINGS)], choices=topics(session), asks="offer")
        return slots(missed=missed)


def topics(session: Session) -> list[tuple[str, str]]:
    """The likeliest topics that were not the last answer, and a way out."""
    names = [(short_name(label), label) for label, _ in session.ranking if label != session.topic]
    chosen = [(name, f"/{label}") for name, label in names if name][:TOPICS]
    if session.loss:
        chosen = [("Losing a baby", "/about_loss"), *[c for c in chosen if c[1] != "/about_loss"]][:TOPICS]
    return [*chosen, ("Something else", "/ask_capabilities")]
