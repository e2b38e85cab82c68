"""When a message was not understood, or the answer missed: ask once with choices, then offer people."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.booking import show_booking
from actions.session import Session, fresh, say, slots
from actions.wording import short_name

TOPICS = 3
MOST_LIKELY = 6  # labels of the ranking; what follows is noise
TO_PEOPLE_AT = 2
# What a parent whose baby has died may have meant; topics of a living baby stay out.
OF_A_LOSS = frozenset(
    {
        "about_loss",
        "feel_low",
        "feel_alone",
        "feel_numb",
        "feel_guilty",
        "feel_angry",
        "feel_anxious",
        "feel_exhausted",
        "feel_overwhelmed",
        "about_partner",
        "about_birth",
        "request_exercise",
        "request_booking",
        "request_helplines",
    }
)
OPENINGS = (
    "I may have missed what you mean. Is it one of these?",
    "I'm not sure I follow. Which of these is nearest, or would you say it another way?",
    "Let me try to get it right. Is it about one of these?",
)
# Of something told about what was answered before: it was no question, and nothing has to be chosen.
TOLD = (
    "Thank you for telling me. Shall we stay with that, is it one of these, or will you go on?",
    "I have read that. You can go on, or take one of these if it is nearer to what you need.",
    "That is part of it, then. One of these may help, or you write what comes next.",
)
MISSED = (
    "That missed it, then; thank you for saying so. Which of these is nearer, or what did you mean?",
    "I took that the wrong way. Is it nearer to one of these? You can also put it in other words.",
    "Then I got it wrong, and that is mine. What was it about: one of these, or something else?",
)
TO_PEOPLE = (
    "I am a program, and I am not getting this right. A person will understand you better. "
    "If you need someone now, I can show helplines.",
    "This needs somebody who can listen properly, and I am a program. A person will understand you better. "
    "For right now there are helplines.",
)
STILL = (
    "I still don't follow, and I don't want to go round in circles. These ways stay open, and I read whatever you write next.",
    "I can't make it out, and asking again would wear you out. You can choose one of these, or leave it for now.",
    "Let us not guess any longer. A person, a number to call, or a list of what I know: whichever you like.",
)
WAYS = [
    ("Talk to a person", "/request_human"),
    ("Helplines", "/request_helplines"),
    ("What can you do?", "/ask_capabilities"),
]
# Topics for who was not understood and gave no lead.
USUAL = ("feel_disconnected", "feel_low", "feel_overwhelmed", "feel_exhausted")
USUAL_AFTER_LOSS = ("about_loss", "feel_low", "feel_alone", "about_partner")
SURELY_MISSED = 0.7  # below this "but not the other one" is as likely more of the story as a complaint
SHORT_COMPLAINT = 8  # words: "that has nothing to do with me"
_ASKS = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay|no|yes|well|then) )*(?:what|whats|how|hows|why|when|where|who|whos|which|is|are|am|was|were|do|does|"
    r"did|can|could|should|shall|will|would|any|got)\b",
    re.IGNORECASE,
)
NO_TOPIC = ("ask_bot", "ask_privacy", "ask_capabilities")


class ActionNotUnderstood(Action):
    """First time: the likeliest topics as choices. Second time in a row: people. After that: the ways, without asking."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_not_understood"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Ask or hand over; the count starts again with the next answer."""
        session = Session(tracker)
        missed = session.count("missed") + 1
        if session.risk:  # no guessing at topics while somebody is in danger
            dispatcher.utter_message(response="utter_small_talk")
        elif missed == 1 and _tells(session):
            say(dispatcher, fresh(TOLD, session), choices=[_more(session), *topics(session)[1:]], asks="offer")
        elif missed == 1:
            words = MISSED if session.intent == "not_helpful" else OPENINGS
            say(dispatcher, fresh(words, session), choices=topics(session), asks="offer")
        elif missed == TO_PEOPLE_AT:
            choices = [("Show helplines", "/request_helplines"), ("Try other words", "/ask_capabilities")]
            say(dispatcher, fresh(TO_PEOPLE, session), choices=choices)
            show_booking(dispatcher, session)
        else:
            say(dispatcher, fresh(STILL, session), choices=WAYS, asks="offer")
        return slots(missed=missed)


def _tells(session: Session) -> bool:
    """Whether something is told rather than asked, after an answer about how somebody feels or what happened."""
    about = session.topic or ""
    short = len(session.text.split()) <= SHORT_COMPLAINT and not session.text.lower().startswith("but ")
    sure = session.intent == "not_helpful" and (short or session.confidence >= SURELY_MISSED)
    asks = "?" in session.text or _ASKS.match(session.text)
    return bool(about.startswith(("feel_", "about_")) and short_name(about) and session.typed and not (sure or asks))


def _more(session: Session) -> tuple[str, str]:
    """More of the topic that was answered last."""
    name = short_name(session.topic or "") or ""
    return f"More on: {name[0].lower()}{name[1:]}", f'/{session.topic}{{"choice": "more"}}'


def topics(session: Session) -> list[tuple[str, str]]:
    """The three likeliest topics that were not the last answer, and a way out."""
    likely = [label for label, _ in session.ranking if label not in {session.topic, *NO_TOPIC}]
    usual = USUAL_AFTER_LOSS if session.loss else USUAL
    named = [
        label
        for label in dict.fromkeys([*likely[:MOST_LIKELY], *usual])
        if short_name(label) and label != session.topic
    ]
    if session.loss:
        named = list(dict.fromkeys(["about_loss", *(n for n in named if n in OF_A_LOSS)]))
    return [
        *[(short_name(label) or "", f"/{label}") for label in named[:TOPICS]],
        ("Something else", "/ask_capabilities"),
    ]
