"""What yes, no, again, stop, better and worse mean, by what runs and by what was asked."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.booking import show_booking
from actions.exercise import allowed, current, exercises, offer, show, start
from actions.session import Running, Session, say, slots

GOING_ON = {"affirm", "feel_better"}
LEAVING = {"stop", "deny"}


class ActionMove(Action):
    """One move in the conversation."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_move"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Move within the exercise, answer the open question, or say something that leaves the door open."""
        session = Session(tracker)
        running = current(session)
        if running and session.intent != "goodbye":
            return within_exercise(dispatcher, session, running)
        return MOVES[session.intent](dispatcher, session)


def within_exercise(dispatcher: CollectingDispatcher, session: Session, running: Running) -> list[EventType]:
    """Next, again, back or out."""
    if session.intent in GOING_ON:
        return show(dispatcher, session, Running(running.id, running.step + 1, running.at))
    if session.intent == "repeat":
        back = 1 if "back" in session.text.lower() else 0
        return show(dispatcher, session, Running(running.id, max(0, running.step - back), running.at))
    if session.intent == "unsure":
        say(
            dispatcher,
            "No need to decide. You can stay with this step, go on, or stop.",
            choices=[("Next", "/affirm"), ("Again", "/repeat"), ("Stop", "/stop")],
            asks="exercise_next",
        )
        return []
    worse = " It is good that you noticed." if session.intent == "feel_worse" else ""
    say(
        dispatcher,
        f"We stop here.{worse} Look around the room for a moment, at something that stays where it is. What would you like now?",
        choices=[("Something different", "/request_exercise"), ("Talk to a person", "/request_human")],
    )
    return slots(exercise=None)


def affirm(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """Yes: take the first thing that was offered."""
    if session.asked == "offer":
        return take(dispatcher, session, session.offered)
    say(dispatcher, "All right. Tell me more, in your own words, whenever you like.")
    return []


def take(dispatcher: CollectingDispatcher, session: Session, offered: list[str]) -> list[EventType]:
    """Do what the first of the `offered` payloads stands for."""
    for payload in offered:
        if payload.startswith("/request_exercise"):
            chosen = next((name for name in exercises() if f'"{name}"' in payload), None)
            if chosen and allowed(session, chosen):
                return start(dispatcher, session, chosen)
            return offer(dispatcher, session)
        if payload.startswith("/request_booking"):
            show_booking(dispatcher, session)
            return []
    people = any(payload.startswith("/request_human") for payload in offered)
    return [FollowupAction("utter_request_human" if people else "utter_ask_capabilities")]


def deny(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """No: no pushing."""
    texts = (
        "That's fine. I'm here when you want to go on.",
        "All right, not now. Is there something else on your mind?",
    )
    say(dispatcher, texts[len(session.shown) % len(texts)])
    return []


def unsure(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """Not sure: small ways to go on."""
    say(
        dispatcher,
        "You don't have to know. You can write one word, try something small, or leave it for now.",
        choices=[
            ("Something small", "/request_exercise"),
            ("Talk to a person", "/request_human"),
            ("Not now", "/deny"),
        ],
    )
    return []


def stop(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """Stop: stop."""
    say(dispatcher, "We can leave it there. I'm here if you want to write again.")
    return []


def repeat(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """Again, with nothing running: back to the topic."""
    if session.topic:
        say(
            dispatcher,
            "We were here.",
            choices=[
                ("More about that", f'/{session.topic}{{"choice": "more"}}'),
                ("Something else", "/ask_capabilities"),
            ],
        )
        return []
    say(dispatcher, "There is nothing yet to go back to. What is on your mind?")
    return []


def better(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """Something helped."""
    say(
        dispatcher,
        "Good to know that it eased a little. You can come back to it whenever you need it. What now?",
        choices=[
            ("Once more", "/request_exercise"),
            ("Free consultation", "/request_booking"),
            ("That's all", "/goodbye"),
        ],
        asks="offer",
    )
    return slots(worse=0)


def worse(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """Nothing helped: another kind or people; the second time a gentle question about safety."""
    times = session.count("worse") + 1
    if times >= 2:
        say(
            dispatcher,
            "This is staying hard, and that matters. May I ask directly: are you having thoughts of not wanting to live, "
            "or of harming yourself?",
            choices=[("Yes", "/affirm"), ("No", "/deny"), ("I'm not sure", "/unsure")],
            asks="safety",
        )
        return slots(worse=0)
    say(
        dispatcher,
        "Thank you for saying so. Not everything suits every body, and it says nothing about you. "
        "Shall we try another kind, or would a person be better?",
        choices=[
            ("Another kind", "/request_exercise"),
            ("Talk to a person", "/request_human"),
            ("Helplines", "/request_helplines"),
        ],
        asks="offer",
    )
    return slots(worse=times)


def goodbye(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """A goodbye that leaves the door open; after risk with the numbers."""
    dispatcher.utter_message(response="utter_goodbye_after_risk" if session.risk else "utter_goodbye")
    return slots(exercise=None)


MOVES = {
    "affirm": affirm,
    "deny": deny,
    "unsure": unsure,
    "stop": stop,
    "repeat": repeat,
    "feel_better": better,
    "feel_worse": worse,
    "goodbye": goodbye,
}
