"""The way to a free consultation. Times and the form are the web process's; no detail is asked in the chat."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.paths import KNOWLEDGE
from actions.session import Session, say
from knowledge.practice import load_practice


class ActionBooking(Action):
    """Shows the booking card; after a crisis together with the helplines."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_booking"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One message with the card; its times are filled in by the web process."""
        show_booking(dispatcher, Session(tracker))
        return []


def show_booking(dispatcher: CollectingDispatcher, session: Session) -> None:
    """The booking card with the words that fit the practice and what came before."""
    practice = load_practice(KNOWLEDGE)
    policy = practice.booking
    first = f"A first talk with {practice.name} is {policy.cost}, takes about {policy.minutes} minutes and binds you to nothing."
    if session.risk:
        first = "Please keep the numbers close until then; a consultation does not replace them. " + first
    if session.risk == "V":
        first += " You decide whether and how anyone may contact you."
    say(
        dispatcher,
        f"{first} Choose a time below, and type your details there rather than into the chat.",
        card={"type": "booking", "kinds": list(policy.kinds)},
    )
