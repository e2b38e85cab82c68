"""What yes, no, again, stop, better and worse mean, by what runs and by what was asked."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.booking import show_booking
from actions.exercise import RESUME, current, exercises, may_play, offer, playable, show, start
from actions.quoted import quotes, tell_again
from actions.session import Running, Session, fresh, say, slots

ON_OR_OUT = [("Go on", "/affirm"), ("Again", "/repeat"), ("Stop", "/stop")]
AFTER_STOP = [("Something different", "/request_exercise"), ("Talk to a person", "/request_human")]
STOPPED = (
    "We stop here.{worse} Look around the room for a moment, at something that stays where it is. What would you like now?",
    "All right, we stop here.{worse} Let your eyes rest on something in the room. What would help next?",
)
NO_NEED = (
    "No need to decide. You can stay with this step, go on, or stop.",
    "That's fine. No need to decide anything: stay a while, go on, or stop.",
)
WAITING = (
    "Take the time you need. I keep the place, and we go on when you are back.",
    "No hurry. The step stays here until you are ready.",
)
EASED_MIDWAY = (
    "Good to know that it eased a little. You can leave it at that, or go on.",
    "That is worth noticing. You may stop here with it, or go on.",
)
GO_ON_TALKING = (
    "All right. Tell me more, in your own words, whenever you like.",
    "Go on when you like. I'm listening for what you need most.",
    "All right. What is it like right now?",
)
NOT_NOW = (
    "That's fine. I'm here when you want to go on.",
    "All right, not now. Is there something else on your mind?",
    "No need to. What would be more use at the moment?",
)
DONT_KNOW = (
    "You don't have to know. You can write one word, try something small, or leave it for now.",
    "That's all right. You don't have to know yet. One of these may do for the moment.",
    "Not knowing is fine here. A word, something small, or nothing at all: as you like.",
)
LEFT = (
    "We can leave it there. I'm here if you want to write again.",
    "All right, we can leave it there. Nothing has to be finished here.",
    "Of course. We can leave it there, and you can come back to it at any hour.",
)
NOTHING_YET = (
    "There is nothing yet to go back to. What is on your mind?",
    "So far there is nothing yet to go back to. You can begin with any word.",
)
ONCE_MORE = ("Once more:", "Here it is again:", "Of course, again:")
EASED = (
    "Good to know that it eased a little. You can come back to it whenever you need it. What now?",
    "Good that it eased a little. The body remembers such a thing better each time. What would you like next?",
    "A little easier is something: it eased a little, and it can again. Where would you like to go from here?",
)
BETTER_TODAY = (
    "A better moment counts. What made it easier, if you know?",
    "That is good to read. You can say what helped, or leave it at that.",
    "A lighter moment, then. It may help to remember what was in it.",
)
SAME = (
    "No change is an answer too, and it says nothing about you. Some days the body needs another way in. Another kind, or somebody to talk to?",
    "The same, then; that happens. We could try another kind, or leave exercises and look for a person.",
    "Then this one was not it, and nothing is lost. Shall we try another kind, or something else?",
)
WORSE = (
    "Thank you for saying so. Not everything suits every body, and it says nothing about you. "
    "Shall we try another kind, or would a person be better?",
    "Thank you for telling me. Then we leave that one. Would another kind be worth a try, or a person?",
)
HEAVIER = (
    "It has got heavier, then. Thank you for saying so. Would another kind of help be better now: something small, or a person?",
    "That sounds harder than before. You don't have to sit with it alone: another kind of thing to try, or a person?",
)
SAFETY = (
    "This is staying hard, and that matters. May I ask directly: are you having thoughts of not wanting to live, "
    "or of harming yourself?",
    "It keeps being hard, so one careful question. May I ask directly: do thoughts come of not wanting to live, "
    "or of harming yourself?",
)


_OF_WHAT_WAS_TRIED = re.compile(r"\b(?:help|helps|helped|work|works|worked|that|this|it|exercise|tried)\b")


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
    """Next, again, back, skip, pause, another, or out."""
    choice = session.choice
    if session.intent == "affirm" and choice is not None and choice.isdigit():
        noted = replace(running, before=int(choice))
        return show(dispatcher, session, noted, before=f"Noted: {choice}. Stay with this step as long as you like. ")
    if (
        session.intent == "affirm"
        and choice == "skip"
        and session.asked == "rating_before"
        and "step" not in session.text.lower()
    ):
        return show(dispatcher, session, running, before="That's fine. ")
    if session.intent == "affirm":
        return show(dispatcher, session, replace(running, step=running.step + 1))
    if session.intent == "repeat":
        back = 1 if choice == "back" or "back" in session.text.lower() else 0
        return show(dispatcher, session, replace(running, step=max(0, running.step - back)))
    if session.intent == "unsure" and choice == "switch":
        return [*offer(dispatcher, session), *slots(paused=running.as_slot())]
    if session.intent in {"unsure", "feel_better"}:
        words = WAITING if choice == "pause" else EASED_MIDWAY if session.intent == "feel_better" else NO_NEED
        say(dispatcher, fresh(words, session), choices=ON_OR_OUT, asks="exercise_next")
        return slots(exercise=replace(running, at=time.time()).as_slot())
    return stopped(dispatcher, session, running)


def stopped(dispatcher: CollectingDispatcher, session: Session, running: Running) -> list[EventType]:
    """Out of the exercise at once; what made it worse counts like a worse rating after its end."""
    gone = slots(exercise=None, paused=running.as_slot())
    if session.intent == "feel_worse" and session.count("worse") >= 1:
        return [*gone, *ask_about_safety(dispatcher, session)]
    worse = " It is good that you noticed." if session.intent == "feel_worse" else ""
    say(dispatcher, fresh(STOPPED, session).format(worse=worse), choices=AFTER_STOP)
    return [*gone, *slots(worse=session.count("worse") + bool(worse))]


def affirm(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """Yes: take the first thing that was offered."""
    if session.asked == "offer":
        return take(dispatcher, session, session.offered)
    say(dispatcher, fresh(GO_ON_TALKING, session))
    return []


def take(dispatcher: CollectingDispatcher, session: Session, offered: list[str]) -> list[EventType]:
    """Do what the `offered` payloads stand for: an exercise that was left, then the first of the others."""
    resume = any(f'"{RESUME}"' in payload for payload in offered)
    if resume and (left := playable(session, session.paused)):
        return show(dispatcher, session, left, before="From where we were. ")
    for payload in offered:
        if payload.startswith("/request_exercise"):
            chosen = next((name for name in exercises() if f'"{name}"' in payload), None)
            if chosen and may_play(session, chosen):
                return start(dispatcher, session, chosen)
            return offer(dispatcher, session)
        if payload.startswith("/request_booking"):
            show_booking(dispatcher, session)
            return []
    people = any(payload.startswith("/request_human") for payload in offered)
    return [FollowupAction("utter_request_human" if people else "utter_ask_capabilities")]


def deny(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """No, with nothing running: it is accepted, and nothing more is offered."""
    say(dispatcher, fresh(NOT_NOW, session))
    return []


def unsure(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """Not sure: small ways to go on; after a rating, no change."""
    if session.asked == "rating_after" and session.choice:
        say(
            dispatcher,
            fresh(SAME, session),
            choices=[
                ("Another kind", "/request_exercise"),
                ("Talk to a person", "/request_human"),
                ("Leave it for now", "/stop"),
            ],
            asks="offer",
        )
        return []
    say(
        dispatcher,
        fresh(DONT_KNOW, session),
        choices=[
            ("Something small", "/request_exercise"),
            ("Talk to a person", "/request_human"),
            ("Not now", "/deny"),
        ],
    )
    return []


def stop(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """Stop, with nothing running: the door stays open, and an exercise that was left is forgotten."""
    say(dispatcher, fresh(LEFT, session))
    return slots(paused=None)


def repeat(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """Again, with nothing running: what was quoted, or what was said last."""
    choices = []
    if session.topic:
        more = f'/{session.topic}{{"choice": "more"}}'
        choices = [("More about that", more), ("Something else", "/ask_capabilities")]
    if (session.choice or quotes(session)) and tell_again(dispatcher, session, choices):
        return []
    if not session.said:
        say(dispatcher, fresh(NOTHING_YET, session))
        return []
    *before, last = session.said
    say(dispatcher, fresh(ONCE_MORE, session))
    for text in before:
        say(dispatcher, text)
    say(dispatcher, last, choices=choices)
    return []


def better(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """Something helped, or today is better."""
    if not (session.done_exercises or session.paused or session.asked == "rating_after"):
        say(dispatcher, fresh(BETTER_TODAY, session))  # nothing was tried that could be tried once more
        return slots(worse=0)
    say(
        dispatcher,
        fresh(EASED, session),
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
        return ask_about_safety(dispatcher, session)
    tried = not session.typed or _OF_WHAT_WAS_TRIED.search(session.text.lower())
    say(
        dispatcher,
        fresh(WORSE if tried else HEAVIER, session),
        choices=[
            ("Another kind", "/request_exercise"),
            ("Talk to a person", "/request_human"),
            ("Helplines", "/request_helplines"),
        ],
        asks="offer",
    )
    return slots(worse=times)


def ask_about_safety(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """Twice worse: one direct question, each answer of which has its own next step (data/rules/safety_questions.yml)."""
    say(
        dispatcher,
        fresh(SAFETY, session),
        choices=[("Yes", "/affirm"), ("No", "/deny"), ("I'm not sure", "/unsure")],
        asks="safety",
    )
    return slots(worse=0)


def goodbye(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """A goodbye that leaves the door open; after risk with the numbers."""
    dispatcher.utter_message(response="utter_goodbye")
    return slots(exercise=None, paused=None)


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
