"""The way to a free consultation. Times and the form are the web process's; no detail is asked in the chat."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.paths import KNOWLEDGE
from actions.session import Session, fresh, say
from knowledge.practice import current_practice

CARD = {"type": "booking"}  # filled by the web process, which has the times (bot/web/booking/card.py)


class ActionBooking(Action):
    """Shows the booking card; after a crisis together with the helplines."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_booking"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One message with the card, of which the web process knows times, kinds and mode."""
        show_booking(dispatcher, Session(tracker))
        return []


FIRST = (
    "A first talk with {name} is free, takes about {minutes} minutes and binds you to nothing.",
    "The first talk with {name} is free: about {minutes} minutes, and no duty to go on.",
    "You can have a first talk with {name}: free, about {minutes} minutes, with nothing to sign up for.",
)
CHOOSE = (
    "Choose a time below, and type your details there rather than into the chat.",
    "Times are below; please type your details there rather than into the chat.",
    "Pick what suits you below, and type your details there rather than into the chat.",
)
NO_BOOKING = (
    "Consultations are not booked here. Please use the contact on the practice's own website; I can show you people to talk to now.",
    "I can't book anything here; the practice is reached through its own website. For a person right now, there are helplines.",
)


def _in_sentence(name: str) -> str:
    """ "The Willow Practice" is "the Willow Practice" within a sentence."""
    return f"the {name[4:]}" if name.startswith("The ") else name


def show_booking(dispatcher: CollectingDispatcher, session: Session) -> None:
    """The booking card with the words that fit the practice and what came before."""
    practice = current_practice(KNOWLEDGE)
    policy = practice.booking
    if policy.mode == "off":
        say(dispatcher, fresh(NO_BOOKING, session), choices=[("Helplines", "/request_helplines")], asks="offer")
        return
    first = fresh(FIRST, session).format(name=_in_sentence(practice.name), minutes=policy.minutes)
    if session.risk:
        first = "Please keep the numbers close until then; a consultation does not replace them. " + first
    if session.violence:
        first += " You decide whether and how anyone may contact you."
    say(dispatcher, f"{first} {fresh(CHOOSE, session)}", card=CARD, asks="booking")


SPECIALIST = (
    "A therapist of the practice knows thoughts like these well, and you can tell one without being judged. "
    "The first talk is free; times are below.",
    "Saying these thoughts aloud to somebody trained in them often takes weight off. The first talk with a therapist "
    "is free; times are below.",
)


def show_specialist(dispatcher: CollectingDispatcher, session: Session) -> None:
    """After unwanted thoughts: a consultation with somebody who knows them (docs/safety-case.md, rule 7). Nothing where none is booked."""
    policy = current_practice(KNOWLEDGE).booking
    if policy.mode != "off" and not session.risk:
        say(dispatcher, fresh(SPECIALIST, session), card=CARD, asks="booking")
